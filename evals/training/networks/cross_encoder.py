"""Train the cross-encoder that reads a question and a sentence side by side, and ship what changed (index/vectors/cross_encoder.npz):

    python -m evals.training.networks.cross_encoder FOLDER    with the PDFs of the sister reports (evals/sisters.py)

It starts from the shipped embedder. Pairs: questions of the question bank, of the evidence bank, on Surrey's and Doncaster's reports and on four that
were made for training, with sentences that answer them, and with near ones that do not; near misses with their nearest sentences, which do not. Two made reports are
left out: what weighs the cross-encoder's word is learned there (`python -m evals.training.without_banks`). Solihull's is never trained on. Binary cross-entropy, one
epoch, the word embeddings stay as they are. Half an hour on two cores with bfloat16 products.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from evals.sisters import MADE, NAMES, UNREAD, Sister, sisters
from evals.sisters import Asked as SisterAsked
from evals.training.networks.embedder import Asked, somerset
from index.opened import Index
from index.store import open_index
from index.vectors.cross_encoder import CHANGES, INPUTS, LONGEST, network
from index.vectors.embedding import DEFAULT_MODEL, SentenceTransformerEmbedder, sha256_of, ship_changes

TRAINED_ON = (*NAMES, *(name for name in MADE if name not in UNREAD))
FACTS, MISSES, BROAD = 6_000, 4_000, 2_000  # of the packaged report's banks
AGAIN = 3  # times that a report's questions are taken, with other sentences each time; those of published ones once less
RATE, BATCH, WARM, SEED = 1e-4, 64, 0.1, 1
NEAREST = 20  # sentences among which wrong ones are drawn, the nearest twice as often as the last
OF_MISSES = 6  # the same for near misses
ALIKE = 0.75  # a sentence as near as this to a right one is no wrong one
OKAY = 0.7  # how far a sentence that may be quoted answers

Pair = tuple[str, str, float]  # question, sentence, whether it answers


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("folder", type=Path, help="where the PDFs lie")
    drawn = np.random.default_rng(SEED)
    index = open_index()
    pairs = packaged_pairs(index, drawn)
    with sisters(TRAINED_ON, arguments.parse_args().folder) as found:
        for sister in found:
            for _ in range(AGAIN - (sister.name in NAMES)):
                pairs += sister_pairs(sister, drawn)
    print(f"{len(pairs)} pairs, {sum(one[2] > 0 for one in pairs)} of them answer", flush=True)
    train(pairs)


def packaged_pairs(index: Index, drawn: np.random.Generator) -> list[Pair]:
    texts, asked = somerset()
    banks = (("bank", FACTS, 1, 2), ("evidence", BROAD, 2, 3))
    pairs: list[Pair] = []
    for voice, most, right, wrong in banks:
        of_bank = [one for one in asked if one.voice.startswith(voice)]
        chosen = [of_bank[at] for at in drawn.permutation(len(of_bank))[:most]]
        pairs += answered(chosen, texts, index, drawn, right, wrong)
    misses = [miss.text for miss in index.near_misses if miss.asks_for not in ("offtopic", "unsafe", "broad")]
    return pairs + missed([misses[at] for at in drawn.permutation(len(misses))[:MISSES]], texts, index, drawn)


def sister_pairs(sister: Sister, drawn: np.random.Generator) -> list[Pair]:
    facts, broad = ([one for one in sister.asked if (one.kind == "fact") == fact] for fact in (True, False))
    return (
        answered(facts, sister.texts, sister.index, drawn, 1, 2)
        + answered(broad, sister.texts, sister.index, drawn, 2, 3)
        + missed([one.text for one in sister.misses], sister.texts, sister.index, drawn)
    )


def answered(
    asked: Sequence[Asked | SisterAsked], texts: list[str], index: Index, drawn: np.random.Generator, right: int, wrong: int
) -> list[Pair]:
    """Questions with at most `right` sentences that answer them and one that may be quoted, and `wrong` near ones that do not."""
    vectors = index.sentence_vectors
    alike = vectors @ vectors.T
    pairs: list[Pair] = []
    for one, vector in zip(asked, index.embedder.embed([one.text for one in asked]), strict=True):
        pairs += [(one.text, texts[at], 1.0) for at in drawn.permutation(one.right)[:right]]
        if one.okay:
            pairs.append((one.text, texts[int(drawn.choice(one.okay))], OKAY))
        known = {*one.right, *one.okay}
        near = np.argsort(-(vectors @ vector))[:NEAREST]
        others = [int(at) for at in near if int(at) not in known and alike[at, list(one.right)].max() < ALIKE]
        pairs += [(one.text, texts[at], 0.0) for at in nearly(others, wrong, drawn)]
    return pairs


def missed(questions: list[str], texts: list[str], index: Index, drawn: np.random.Generator) -> list[Pair]:
    """Near misses with two of their nearest sentences."""
    pairs: list[Pair] = []
    for text, vector in zip(questions, index.embedder.embed(questions), strict=True):
        near = [int(at) for at in np.argsort(-(index.sentence_vectors @ vector))[:OF_MISSES]]
        pairs += [(text, texts[at], 0.0) for at in nearly(near, 2, drawn)]
    return pairs


def nearly(near: list[int], most: int, drawn: np.random.Generator) -> list[int]:
    """At most so many of these, nearest first given, the first twice as likely as the last."""
    if not near:
        return []
    shares = np.linspace(2, 1, len(near))
    return [int(at) for at in drawn.choice(near, min(most, len(near)), replace=False, p=shares / shares.sum())]


def train(pairs: list[Pair]) -> None:
    """One epoch; writes index/vectors/cross_encoder.npz."""
    import torch

    torch.manual_seed(SEED)
    embedder = SentenceTransformerEmbedder(DEFAULT_MODEL)
    made = network(embedder)
    torch.nn.init.normal_(made.head.weight, std=0.02)
    torch.nn.init.zeros_(made.head.bias)
    before = {name: value.detach().clone() for name, value in made.transformer.named_parameters()}
    for name, value in made.transformer.named_parameters():
        value.requires_grad_("word_embeddings" not in name)
    trained = [value for value in made.parameters() if value.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=RATE, weight_decay=0.01)
    batches = of_like_length(pairs)
    made.train()
    for at, batch in enumerate(batches):
        for group in optimizer.param_groups:
            group["lr"] = RATE * min(1, (at + 1) / (len(batches) * WARM)) * max(0.02, 1 - at / len(batches))
        with torch.autocast("cpu", torch.bfloat16):
            told = made(**tokens(embedder.model.tokenizer, batch))[:, 0]
        loss = torch.nn.functional.binary_cross_entropy_with_logits(told.float(), torch.tensor([one[2] for one in batch]))
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        if at % 100 == 0:
            print(f"{at} of {len(batches)}: {float(loss.detach()):.3f}", flush=True)
    ship(made, before)


def tokens(tokenizer: Any, batch: list[Pair]) -> dict[str, Any]:
    questions, sentences, _ = zip(*batch, strict=True)
    given = tokenizer(list(questions), list(sentences), padding=True, truncation=True, max_length=LONGEST, return_tensors="pt")
    return {name: given[name] for name in INPUTS}


def of_like_length(pairs: list[Pair]) -> list[list[Pair]]:
    """Batches in random order, each of pairs of like length, so that little is padded."""
    shuffled = random.Random(SEED)
    rows = pairs.copy()
    shuffled.shuffle(rows)
    batches: list[list[Pair]] = []
    for first in range(0, len(rows), 40 * BATCH):
        part = sorted(rows[first : first + 40 * BATCH], key=lambda pair: len(pair[0]) + len(pair[1]))
        groups = [part[at : at + BATCH] for at in range(0, len(part), BATCH)]
        shuffled.shuffle(groups)
        batches += groups
    return batches


def ship(made: Any, before: dict[str, Any]) -> None:
    path = Path(str(files("index").joinpath("vectors", CHANGES)))
    head = {f"head.{name}": value.detach().numpy() for name, value in made.head.named_parameters()}
    ship_changes(path, before, {name: value.detach() for name, value in made.transformer.named_parameters()}, **head)
    print(
        f"wrote {path.name}, {path.stat().st_size / 1e6:.1f} MB: write its checksum into SHA256 of index/vectors/cross_encoder.py ({sha256_of(path)}) "
        "and run `python -m evals.training.without_banks FOLDER`"
    )


if __name__ == "__main__":
    main()
