"""Train what a message asks of the document, by vector and words: assistant/learned/documents.npz, from evals/labels/documents.jsonl,
structures.jsonl and the banks.

python -m evals.training documents
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from assistant.assistant import Assistant
from assistant.learned.classifier import Classifier, terms
from assistant.lookups.askings import ASKS, WHOLE, told_by_both
from evals.training.common import FOLDS, SEED, arrays, fit, kept, lines
from index.banks.evidence_bank import evidence_bytes, read_evidence_bank

OTHERS, HELD = (
    2_000,
    2_000,
)  # messages of the banks that ask about a subject: learnt from, and kept apart to see how many are taken for one
EVERY = (*ASKS, *WHOLE)
OWN = 10.0  # how much a labelled message weighs beside one of the banks


def train_documents(engine: Assistant) -> None:
    """A logistic regression over vector and words; what is held out tells how often it is right."""
    index = engine.index
    records = [(record["message"], EVERY.index(record["asks"])) for record in lines("documents.jsonl")]
    named = {text for text, _ in records}
    records += [(one["q"], EVERY.index(one["asks"])) for one in lines("structures.jsonl") if one["q"] not in named]
    drawn = np.random.default_rng(SEED)
    broad = [one.text for one in read_evidence_bank(evidence_bytes(), index.report.passages) if one.kind != "whole"]
    facts = [one.text for bank in (index.questions, index.near_misses) for one in bank]
    every = [*(broad[at] for at in drawn.permutation(len(broad))), *(facts[at] for at in drawn.permutation(len(facts)))]
    others = [*every[: OTHERS // 2], *every[len(broad) : len(broad) + OTHERS // 2]]
    apart = [*every[OTHERS // 2 : (OTHERS + HELD) // 2], *every[len(broad) + OTHERS // 2 : len(broad) + (OTHERS + HELD) // 2]]
    own = {text.casefold() for text, _ in records}
    others += [text for text in _labelled_otherwise() if text.casefold() not in own]
    texts = [*(text for text, _ in records), *others, *apart]
    vectors = dict(zip(texts, index.embedder.embed(texts), strict=True))

    def made(own: Sequence[tuple[str, int]]) -> Classifier:
        rows = [*((text, label, OWN) for text, label in own), *((text, 0, 1.0) for text in others)]
        told, labels, weights = zip(*rows, strict=True)
        seen = [terms(text) for text in told]
        numbers = np.stack([vectors[text] for text in told])
        return fit(seen, numbers, np.array(labels), len(EVERY), weights=np.array(weights))

    order = drawn.permutation(len(records))
    found = []
    for fold in range(FOLDS):
        held = set(map(int, order[fold::FOLDS]))
        learnt = made([one for at, one in enumerate(records) if at not in held])
        found += [(records[at][0], told_by_both(*_seen(records[at][0], vectors), learnt), EVERY[records[at][1]]) for at in held]
    right = sum(one == label for _, one, label in found)
    wrong = [(text, one, label) for text, one, label in found if one != label]
    learnt = made(records)
    taken = [text for text in apart if told_by_both(*_seen(text, vectors), learnt) != "none"]
    print(f"documents held out: {right} of {len(found)} right; {len(taken)} of {len(apart)} others taken for one")
    for row in wrong:
        print("  ", row)
    for text in taken:
        print("   taken:", text)
    kept("documents.npz", arrays(learnt))


def _labelled_otherwise() -> list[str]:
    """Messages of the other label files: greetings, later messages of conversations."""
    said = [
        text for name in ("intents.jsonl", "messages.jsonl") for one in lines(name) for text in (one["q"], *one.get("parts", ()))
    ]
    said += [text for one in lines("conversations.jsonl") for turn in one["turns"] for text in (turn["q"], turn["full"])]
    return said


def _seen(text: str, vectors: dict[str, np.ndarray]) -> tuple[str, np.ndarray]:
    return text, vectors[text]
