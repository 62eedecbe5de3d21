"""Train whether a message that names a recommendation asks for the findings behind it: assistant/learned/behind.npz, from the evidence
bank and evals/labels/behind.jsonl.

python -m evals.training behind
"""

from __future__ import annotations

import numpy as np

from assistant.assistant import Assistant
from assistant.learned.classifier import terms
from assistant.question.references import references
from evals.training.common import FOLDS, SEED, arrays, fit, kept, lines
from index.banks.evidence_bank import evidence_bytes, read_evidence_bank


def train_behind(engine: Assistant) -> None:
    """A logistic regression over vector and words of all messages that name a recommendation."""
    bank = [(one.text, one.kind == "evidence") for one in read_evidence_bank(evidence_bytes(), engine.index.report.passages)]
    bank += [(one.text, False) for one in (*engine.index.questions, *engine.index.near_misses)]
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
