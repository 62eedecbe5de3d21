"""Evidence weighed once more by the cross-encoder, for a report that nobody has written banks for.

The likeliest sentences are read side by side with the question (index/vectors/cross_encoder.py); what comes of it is weighed
beside their probabilities by coefficients that were learned on a report which the cross-encoder had not seen (reranking.json,
`python -m evals.training.without_banks`; for a report that was taught taught.json, `python -m evals.training.networks.taught`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np

from assistant.answering.evidence import Evidence
from assistant.learned.classifier import numbers
from assistant.question.kinds import FACT
from index.opened import Index
from index.passages import sentence_text

READ = 16  # sentences that are read; 16 take about a tenth of a second
SUREST = 1e-5  # a probability is taken to be no nearer to 0 or 1


class Reranker:
    """Reranks the likeliest sentences of one index with its cross-encoder. `weights`: as in reranking.json."""

    def __init__(self, index: Index, weights: dict[str, list[float]] | None = None) -> None:
        self.index = index
        self._given = weights

    @cached_property
    def weights(self) -> dict[str, list[float]]:
        return self._given or (numbers("reranking") if self.index.teaching is None else {"sentence": numbers("taught")["read"]})

    def rerank(self, question: str, evidence: Evidence) -> Evidence:
        """The evidence with the likeliest sentences reranked; unchanged if the index has no cross-encoder."""
        if self.index.cross_encoder is None:
            return evidence
        rows, read = self.read(question, evidence)
        told = features(evidence, rows, read) @ np.array(self.weights["sentence"])
        probabilities = evidence.probabilities.copy()
        probabilities[rows] = 1 / (1 + np.exp(-told))
        return replace(evidence, probabilities=probabilities, read=read, before=evidence.probabilities)

    def read(self, question: str, evidence: Evidence) -> tuple[np.ndarray, np.ndarray]:
        """Positions of the likeliest sentences, and the cross-encoder's log odds that each answers the question."""
        rows = likeliest(evidence)
        return rows, self.log_odds(question, rows.tolist())

    def log_odds(self, question: str, rows: Sequence[int]) -> np.ndarray:
        """The cross-encoder's log odds that each of these sentences (positions) answers the question."""
        assert self.index.cross_encoder is not None
        return self.index.cross_encoder.log_odds(question, [self._text(at) for at in rows])

    def _text(self, at: int) -> str:
        sentence = self.index.sentences[at]
        return sentence_text(self.index.report.passages[sentence.passage], sentence.text)


def likeliest(evidence: Evidence) -> np.ndarray:
    """Positions of the sentences that are worth reading."""
    rows = np.argsort(-evidence.probabilities, kind="stable")[:READ]
    return rows[evidence.probabilities[rows] > 0]


def features(evidence: Evidence, rows: np.ndarray, read: np.ndarray) -> np.ndarray:
    """What is weighed of each sentence read, (rows, 6): 1, the log odds before, the log odds read, and these three times the
    probability that a fact is asked for.
    """
    before = log_odds(evidence.probabilities[rows])
    own = np.stack([np.ones(len(rows)), before, read], axis=1)
    return np.concatenate([own, own * float(evidence.kinds[FACT])], axis=1)


def log_odds(probabilities: np.ndarray) -> np.ndarray:
    held = np.clip(probabilities, SUREST, 1 - SUREST)
    return np.log(held / (1 - held))


def summary(read: np.ndarray) -> np.ndarray:
    """What the decision sees of the sentences read, (3,): the best log odds, the mean of the best three, and the log of the
    expected number of answers; zeros if none was read.
    """
    best = np.sort(read)[::-1]
    return np.array([best[0], best[:3].mean(), np.log(1e-3 + (1 / (1 + np.exp(-best))).sum())]) if len(best) else np.zeros(3)
