"""Train what a message asks of the report's structure: assistant/learned/structures.npz, from evals/labels/structures.jsonl and the banks.

python -m evals.training structures
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from assistant.assistant import Assistant
from assistant.learned.classifier import Classifier, terms
from assistant.lookups.askings import ASKS, told
from evals.training.common import FOLDS, SEED, arrays, fit, kept, lines

OWN, BANK = 10.0, 0.5  # how much a labelled message and one of the banks weigh
OTHERS = 2_000  # messages of the banks that ask for nothing of the kind


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
        rows = [*((text, label, OWN) for text, label in own), *((text, 0, BANK) for text in banks[:OTHERS])]
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
    taken = sum(told(text, learnt) != "none" for text in banks[OTHERS:])
    print(
        f"structures held out: {right} of {len(found)} right, {wrong} taken for another; {taken} of {len(banks) - OTHERS} others taken for one"
    )
    kept("structures.npz", arrays(made(records)))
