"""Train what a message asks of the document: by vector and words (assistant/learned/documents.npz), by words alone (structures.npz), and
whether it asks what a recommendation rests on (behind.npz). Labels: evals/labels/documents.jsonl, structures.jsonl, behind.jsonl, and the banks.

    python -m evals.training documents
    python -m evals.training structures
    python -m evals.training behind
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from assistant.assistant import Assistant
from assistant.learned.classifier import Classifier, terms
from assistant.lookups.askings import ASKS, WHOLE, told, told_by_both
from assistant.question.references import references
from evals.training.common import FOLDS, SEED, arrays, fit, kept, lines
from index.banks.evidence_bank import evidence_bytes, read_evidence_bank

OTHERS, HELD = (
    2_000,
    2_000,
)  # messages of the banks that ask about a subject: learnt from, and kept apart to see how many are taken for one
EVERY = (*ASKS, *WHOLE)
OWN = 10.0  # how much a labelled message weighs beside one of the banks
BY_WORDS, BANK = 10.0, 0.5  # the same where words alone tell, and one of the banks
BESIDE = 2_000  # messages of the banks that ask for nothing of the kind, where words alone tell


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


def train_structures(engine: Assistant) -> None:
    """What a message asks of the report's structure, by those of its words that labelled messages hold."""
    records = [(record["q"], ASKS.index(record["asks"])) for record in lines("structures.jsonl")]
    named = {text for text, _ in records}
    records += [  # by words alone, what asks about the whole is left to the search
        (one["message"], ASKS.index(one["asks"]) if one["asks"] in ASKS else 0)
        for one in lines("documents.jsonl")
        if one["message"] not in named
    ]
    drawn = np.random.default_rng(SEED)
    banks = [one.text for bank in (engine.index.questions, engine.index.near_misses) for one in bank]
    banks = [banks[at] for at in drawn.permutation(len(banks))]

    def made(own: Sequence[tuple[str, int]]) -> Classifier:
        held = Counter(term for text, _ in own for term in terms(text))
        known = {term for term, count in held.items() if count > 1}
        rows = [*((text, label, BY_WORDS) for text, label in own), *((text, 0, BANK) for text in banks[:BESIDE])]
        words = [[term for term in terms(text) if term in known] for text, _, _ in rows]
        _, labels, weights = zip(*rows, strict=True)
        return fit(words, None, np.array(labels), len(ASKS), weights=np.array(weights))

    order = drawn.permutation(len(records))
    found = []
    for fold in range(FOLDS):
        held = set(map(int, order[fold::FOLDS]))
        learnt = made([one for at, one in enumerate(records) if at not in held])
        found += [(ASKS.index(told(records[at][0], learnt)), records[at][1]) for at in held]
    right, wrong = (
        sum(test(one, label) for one, label in found) for test in (int.__eq__, lambda one, label: one not in (0, label))
    )
    taken = sum(told(text, learnt) != "none" for text in banks[BESIDE:])
    print(
        f"structures held out: {right} of {len(found)} right, {wrong} taken for another; {taken} of {len(banks) - BESIDE} others taken for one"
    )
    kept("structures.npz", arrays(made(records)))


def train_behind(engine: Assistant) -> None:
    """A logistic regression over vector and words of all messages that name a recommendation."""
    bank = [(one.text, one.kind == "evidence") for one in read_evidence_bank(evidence_bytes(), engine.index.report.passages)]
    bank += [
        (text, False) for text in [one.text for one in engine.index.questions] + [one.text for one in engine.index.near_misses]
    ]
    named = [(text, behind) for text, behind in bank if any(one.kind == "recommendation" for one in references(text))]
    rows = [*named, *((record["message"], record["behind"]) for record in lines("behind.jsonl"))]
    texts = [text for text, _ in rows]
    labels = np.array([int(behind) for _, behind in rows])
    vectors, seen = engine.index.embedder.embed(texts), [terms(text) for text in texts]
    right = 0
    for held in np.array_split(np.random.default_rng(SEED).permutation(len(rows)), FOLDS):
        rest = np.setdiff1d(np.arange(len(rows)), held)
        learnt = fit([seen[at] for at in rest], vectors[rest], labels[rest], 2)
        right += sum(int(learnt.of(seen[at], vectors[at])[1] >= 0.5) == labels[at] for at in held)
    print(f"behind, held out: {right} of {len(rows)} right, {labels.sum()} of them ask for it")
    kept("behind.npz", arrays(fit(seen, vectors, labels, 2)))
