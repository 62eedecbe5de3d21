"""Train the packaged embedder further for inspection reports, and ship what changed (index/vectors/embedder.npz).

    python -m evals.training.networks.embedder --sisters FOLDER    with the PDFs of the sister reports (evals/labels/sisters)
    python -m evals.training.networks.embedder --measure           what is shipped against the packaged weights, meaning alone

Pairs of question and sentence: the question bank, the evidence bank, and questions on Surrey's and Doncaster's reports. The
packaged model's own mistakes are hard negatives where a message's whole evidence is labelled. Multiple negatives ranking loss
(Henderson et al., 2017) over batches without duplicates; the word embeddings stay as they are. Held out: two voices, and Solihull's
report, which nothing is ever trained on. About half an hour on two idle cores.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from evals.sisters import HELD_OUT as SISTER_HELD_OUT
from evals.sisters import NAMES, Sister
from evals.sisters import sisters as opened_sisters
from index.banks.evidence_bank import evidence_bytes, read_evidence_bank
from index.banks.question_bank import bank_bytes, read_bank
from index.machine.staying import stay_on_this_machine
from index.opened import sentences_of
from index.passages import sentence_text
from index.store import packaged_report, read_report
from index.vectors.embedding import CHANGES, packaged_folder, ship_changes

HELD_OUT = ("bank 8", "evidence 10")  # voices that are only measured
RATE, BATCH, SCALE, SEED = 6e-5, 32, 20.0, 2018
LONGEST = 96  # tokens of a text that are read in training
ALIKE = 0.75  # a sentence as near as this to a right one is no wrong one


@dataclass(frozen=True)
class Asked:
    """A question with the positions of the sentences that answer it, and of others that would do, in the texts of its report."""

    text: str
    right: tuple[int, ...]
    okay: tuple[int, ...]
    voice: str


def somerset() -> tuple[list[str], list[Asked]]:
    """The texts of the packaged report's sentences, and every question of the banks."""
    passages = read_report(packaged_report()).passages
    sentences = list(sentences_of(passages))
    first = np.cumsum([0, *(len(passage.sentences) for passage in passages)])
    texts = [sentence_text(passages[s.passage], s.text) for s in sentences]
    asked = [
        Asked(q.text, (int(first[q.passage]) + q.sentence,), (), f"bank {q.voice}")
        for q in read_bank(bank_bytes(), passages) if q.sentence >= 0
    ]  # fmt: skip
    asked += [Asked(m.text, m.vital, m.okay, f"evidence {m.voice}") for m in read_evidence_bank(evidence_bytes(), passages)]
    return texts, asked


def of_sister(sister: Sister) -> list[Asked]:
    """A sister's questions, their voices named as those of the banks are."""
    return [Asked(one.text, one.right, one.okay, one.voice) for one in sister.asked]


def train(sisters: Sequence[Sister]) -> None:
    """One epoch; writes index/vectors/embedder.npz."""
    from datasets import Dataset
    from sentence_transformers import SentenceTransformerTrainer, SentenceTransformerTrainingArguments
    from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss
    from sentence_transformers.sentence_transformer.training_args import BatchSamplers

    model = loaded()
    model.max_seq_length = LONGEST
    network = model[0].model
    before = {name: value.detach().clone() for name, value in network.named_parameters()}
    for name, value in network.named_parameters():
        value.requires_grad_("embeddings" not in name)
    pairs: list[tuple[str, ...]] = []
    triplets: list[tuple[str, ...]] = []
    for texts, asked in (somerset(), *((sister.texts, of_sister(sister)) for sister in sisters)):
        for row in examples(model, texts, [one for one in asked if one.voice not in HELD_OUT]):
            (triplets if len(row) == 3 else pairs).append(row)
    drawn = random.Random(SEED)
    drawn.shuffle(pairs)
    drawn.shuffle(triplets)
    print(f"{len(pairs)} pairs, {len(triplets)} with a hard negative", flush=True)
    sets = {
        name: Dataset.from_dict({column: [row[at] for row in rows] for at, column in enumerate(("question", "right", "wrong")[:size])})
        for name, rows, size in (("pairs", pairs, 2), ("triplets", triplets, 3))
    }  # fmt: skip
    arguments = SentenceTransformerTrainingArguments(
        output_dir="runs/embedder", num_train_epochs=1, per_device_train_batch_size=BATCH, learning_rate=RATE, warmup_steps=0.1,
        batch_sampler=BatchSamplers.NO_DUPLICATES, save_strategy="no", report_to=[], disable_tqdm=True, seed=SEED, use_cpu=True,
        logging_steps=50,
    )  # fmt: skip
    loss = MultipleNegativesRankingLoss(model, scale=SCALE)
    SentenceTransformerTrainer(model=model, args=arguments, train_dataset=sets, loss=loss).train()
    path = Path(str(files("index.vectors").joinpath(CHANGES)))
    ship_changes(path, before, {name: value.detach() for name, value in network.named_parameters()})
    print(
        f"wrote {path.name}, {path.stat().st_size / 1e6:.1f} MB: now run `python -m index.learned` and `python -m evals.training all`"
    )


def examples(model: Any, texts: list[str], asked: list[Asked]) -> list[tuple[str, ...]]:
    """(question, right sentence) or (question, right, wrong), for at most three right sentences of each question."""
    vectors = model.encode(texts, normalize_embeddings=True, batch_size=64)
    cosines = model.encode([one.text for one in asked], normalize_embeddings=True, batch_size=64) @ vectors.T
    alike = vectors @ vectors.T
    rows: list[tuple[str, ...]] = []
    for one, scores in zip(asked, cosines, strict=True):
        known = {*one.right, *one.okay}
        for right in one.right[:3]:
            wrong = [
                int(at) for at in np.argsort(-scores)[:12] if int(at) not in known and alike[at, list(one.right)].max() < ALIKE
            ] if one.okay else []  # where nobody said what else would do, a near sentence may well be right  # fmt: skip
            rows.append((one.text, texts[right], texts[wrong[0]]) if wrong else (one.text, texts[right]))
    return rows


def loaded() -> Any:
    """The packaged model, without what was changed."""
    stay_on_this_machine()
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(packaged_folder()), device="cpu", local_files_only=True)


# ---- measuring -------------------------------------------------------------------------------------------------


def measure(sisters: Sequence[Sister]) -> None:
    """Meaning alone: the share of questions whose first sentence, or one of whose first five, is labelled; recall of vital ones."""
    from index.vectors.embedding import DEFAULT_MODEL, SentenceTransformerEmbedder

    texts, asked = somerset()
    sets = [(voice, texts, [one for one in asked if one.voice == voice]) for voice in HELD_OUT]
    sets += [(sister.name, sister.texts, of_sister(sister)) for sister in sisters]
    plain = loaded()
    models = {
        "packaged": lambda rows: plain.encode(rows, normalize_embeddings=True),
        "shipped": SentenceTransformerEmbedder(DEFAULT_MODEL).embed,
    }
    for name, embed in models.items():
        for told, sentences, questions in sets:
            scores = embed([one.text for one in questions]) @ embed(sentences).T
            print(
                f"{name:9} {told:12} {len(questions):4} questions: "
                + ", ".join(f"{k} {v:.3f}" for k, v in figures(scores, questions).items())
            )


def figures(scores: np.ndarray, asked: Sequence[Asked]) -> dict[str, float]:
    """hit@1, hit@5 and the recall of right sentences among the first ten; `scores` (questions, sentences)."""
    order = np.argsort(-scores, axis=1)[:, :10]
    rows = [({*one.right, *one.okay}, set(one.right), list(map(int, first))) for one, first in zip(asked, order, strict=True)]
    return {
        "first": float(np.mean([first[0] in known for known, _, first in rows])),
        "first five": float(np.mean([bool(known & set(first[:5])) for known, _, first in rows])),
        "vital in ten": float(np.mean([len(right & set(first)) / len(right) for _, right, first in rows])),
    }


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--sisters", type=Path, help="a folder with the PDFs of the sister reports")
    arguments.add_argument("--measure", action="store_true", help="measure, train nothing")
    given = arguments.parse_args()
    names = ((SISTER_HELD_OUT,) if given.measure else NAMES) if given.sisters else ()
    with opened_sisters(names, given.sisters or Path()) as found:
        (measure if given.measure else train)(found)


if __name__ == "__main__":
    main()
