"""Train the cross-encoder that tells whether a sentence follows from the report (index/report/entailment.npz).

    python -m evals.train_entailment       half an hour on two cores; --dry writes nothing

Examples: evals/labels/entailment.jsonl, true and false sentences about every sentence of the report, written by
authors who saw the report alone; the development split of paraphrases.jsonl and hostile.jsonl; and true sentences set
beside another, similar place of the report. One passage in HELD_OUT is held out: what is printed is measured on its sentences.
"""

from __future__ import annotations

import argparse
import random
import time
import zlib
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from assistant.glossary import Glossary
from assistant.grounds import Support, grounds_of
from assistant.lexicon import Lexicon
from assistant.quoting import snapped
from assistant.reading import Reading
from assistant.verification import parts
from evals.verifying import honest, hostile, labels
from index import entailment
from index.store import Index, open_index

EPOCHS, BATCH, RATE, WARMING, SEED = 5, 16, 1.5e-4, 0.1, 2018
LAST_RATE = 3e-3  # of the last layer, which begins with nothing
WRONG_PLACE = 0.4  # true sentences that are shown again beside another place
NEAREST = 8  # places among which that one is drawn
HELD_OUT = 24
LOST = 0.05  # share of true sentences that may fall, in what is printed
Pair = tuple[str, str, bool]  # what a sentence rests on, the sentence, whether it follows
TRUE = frozenset("CMFSJ")  # tags of true sentences; docs/evaluation.md tells what each stands for


@dataclass(frozen=True)
class Example:
    """A sentence beside what it rests on; `place` is the sentence of the report it was written about, if it is one."""

    told: str
    text: str
    true: bool
    tag: str
    passage: str
    place: str = ""


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--dry", action="store_true", help="print, write nothing")
    given = arguments.parse_args()
    index = open_index()
    network = entailment.untrained()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    examples = examples_of(index)
    held = [one for one in examples if held_out(one.passage)]
    learnt = [one for one in examples if not held_out(one.passage)]
    print(f"{len(learnt)} examples, {sum(one.true for one in learnt)} true; held out {len(held)}", flush=True)
    near = nearest(learnt, index)
    train(network, lambda chance: sentence_pairs(learnt, near, chance), EPOCHS, held)
    if not given.dry:
        path = Path(entailment.__file__).parent / "report" / entailment.FILE
        entailment.ship(path, before, dict(network.state_dict()))
        print(f"wrote {path.name}, {path.stat().st_size / 1e6:.1f} MB")


# ---- examples --------------------------------------------------------------------------------------------------


def examples_of(index: Index) -> list[Example]:
    """Every example, in the order of the files."""
    lexicon = Lexicon(Glossary.packaged(), (index.report.authority, "Ofsted"))
    given = {passage.id: passage for passage in index.report.passages}

    def made(text: str, supports: Sequence[Support], true: bool, tag: str, place: str = "") -> Example:
        return Example(grounds_of(Reading(text), supports, lexicon).told, text, true, tag, supports[0].passage.id, place)

    found = []
    for row in labels("entailment.jsonl"):
        passage = given[row["passage"]]
        place = passage.sentences[row["place"]]
        found.append(made(row["sentence"], [Support(passage, place)], row["tag"] in TRUE, row["tag"], place))
    for name, true in (("paraphrases.jsonl", True), ("hostile.jsonl", False)):
        for row in labels(name):
            if row["split"] != "dev":
                continue
            claim = honest(row, given) if true else hostile(row)
            pairs = [(given[one], snapped(quote, given[one].text)) for one, quote in claim.citations if one in given]
            if supports := [Support(passage, quote) for passage, quote in pairs if quote]:
                found += [made(text, supports, true, "honest" if true else "hostile") for text in parts(claim.text)]
    return found


def held_out(passage: str) -> bool:
    return zlib.crc32(f"entailment {passage}".encode()) % HELD_OUT == 0


def sentence_pairs(examples: Sequence[Example], near: dict[str, list[str]], chance: random.Random) -> list[Pair]:
    """All examples, and some true sentences once more beside another place."""
    pairs = [(one.told, one.text, one.true) for one in examples]
    again = [one for one in examples if one.true and one.place and chance.random() < WRONG_PLACE]
    return pairs + [(chance.choice(near[one.place]), one.text, False) for one in again]


def batches(pairs: list[Pair], chance: random.Random) -> list[list[Pair]]:
    """Pairs of like length together, otherwise in random order."""
    chance.shuffle(pairs)
    found = []
    for start in range(0, len(pairs), 50 * BATCH):
        group = sorted(pairs[start : start + 50 * BATCH], key=lambda pair: len(pair[0]) + len(pair[1]))
        found += [group[at : at + BATCH] for at in range(0, len(group), BATCH)]
    chance.shuffle(found)
    return found


def nearest(examples: Sequence[Example], index: Index) -> dict[str, list[str]]:
    """For each place, what the examples of the most similar places in other passages rest on."""
    of: dict[str, str] = {}
    told: dict[str, list[str]] = defaultdict(list)
    for one in examples:
        if one.place:
            of.setdefault(one.place, one.passage)
            told[one.place].append(one.told)
    places = list(of)
    vectors = index.embedder.embed(places)
    order = np.argsort(-(vectors @ vectors.T), axis=1)
    near = {}
    for row, place in enumerate(places):
        others = [places[at] for at in order[row] if of[places[at]] != of[place]][:NEAREST]
        near[place] = [told[other][0] for other in others]
    return near


# ---- training --------------------------------------------------------------------------------------------------


def train(network: Any, pairs_of: Callable[[random.Random], list[Pair]], epochs: int, held: Sequence[Example]) -> None:
    """Train on what `pairs_of` gives, drawn anew each epoch; prints how the examples held out are told apart.

    Products are taken in 16 bits, which this processor does half as fast again; weights stay at 32.
    """
    import torch
    from tokenizers import Tokenizer

    from index.embedding import packaged_folder

    torch.manual_seed(SEED)
    chance = random.Random(SEED)
    tokenizer = Tokenizer.from_file(str(packaged_folder() / "tokenizer.json"))
    tokenizer.enable_truncation(entailment.LONGEST, strategy="only_first")
    tokenizer.enable_padding()

    def read(pairs: Sequence[tuple[str, str]]) -> list[torch.Tensor]:
        found = tokenizer.encode_batch(list(pairs))
        return [torch.tensor([getattr(one, name) for one in found]) for name in ("ids", "attention_mask", "type_ids")]

    def judged() -> np.ndarray:
        network.eval()
        with torch.no_grad():
            odds = [network(*read([(one.told, one.text)])).numpy() for one in held]
        network.train()
        return np.concatenate(odds)

    for name, weights in network.named_parameters():
        weights.requires_grad = entailment.FROZEN not in name
    trained = [weights for weights in network.parameters() if weights.requires_grad]
    optimiser = torch.optim.AdamW(
        [
            {"params": list(network.transformer.parameters()), "of": RATE},
            {"params": list(network.last.parameters()), "of": LAST_RATE},
        ],
        weight_decay=0.01,
    )
    drawn = [batches(pairs_of(chance), chance) for _ in range(epochs)]
    total, step, started, lost = sum(map(len, drawn)), 0, time.perf_counter(), 0.0
    network.train()
    for number, group in enumerate(drawn, 1):
        for batch in group:
            step += 1
            for setting in optimiser.param_groups:
                setting["lr"] = setting["of"] * min(1.0, step / (WARMING * total)) * max(0.02, 1 - step / total)
            wanted = torch.tensor([float(true) for *_, true in batch])
            with torch.autocast("cpu", dtype=torch.bfloat16):
                odds = network(*read([(told, text) for told, text, _ in batch]))
            loss = torch.nn.functional.binary_cross_entropy_with_logits(odds.float(), wanted)
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(trained, 1.0)
            optimiser.step()
            lost = 0.99 * lost + 0.01 * loss.item()
            if step % 50 == 0:
                print(f"  {step} of {total}, loss {lost:.3f}, {time.perf_counter() - started:.0f} s", flush=True)
        print(f"epoch {number}: {measured(held, judged())}", flush=True)


def measured(held: Sequence[Example], odds: np.ndarray) -> str:
    """How well true and false are told apart: the area under the curve, and the share of each tag kept when LOST of the true fall."""
    true = np.array([odd for one, odd in zip(held, odds, strict=True) if one.true])
    false = np.array([odd for one, odd in zip(held, odds, strict=True) if not one.true])
    area = float((true[:, None] > false[None]).mean())
    limit = np.quantile(true, LOST)
    kept: dict[str, list[bool]] = defaultdict(list)
    for one, odd in zip(held, odds, strict=True):
        kept[one.tag].append(bool(odd >= limit))
    return f"area {area:.3f}; kept { ({tag: round(float(np.mean(rows)), 2) for tag, rows in sorted(kept.items())}) }"


if __name__ == "__main__":
    main()
