"""Question -> sentences and "is there an answer at all", learnt from the question bank and the near misses at build time.

Kernel ridge regression (Saunders et al., "Ridge regression learning algorithm in dual variables", ICML 1998) with a
Gaussian kernel on unit vectors. Which sentence: on LANDMARKS rows (Nystrom; Williams & Seeger, NIPS 2000), so that a
question costs well under a millisecond. Whether there is an answer: on all rows, solved by conjugate gradients.
Without a question bank there is no probe, and the search goes on without it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from index.machine.products import with_rows

WIDTH = 0.5  # of the kernel: exp((cosine - 1) / WIDTH**2)
RIDGE = 0.2
LANDMARKS = 2_000
STEPS = 60  # of conjugate gradients; the residual is below 1e-3 long before
SEED = 2018


@dataclass(frozen=True)
class Rows:
    """Training rows: unit vectors (rows, d), each row's passage (-1: a near miss) and sentence (-1: the passage as a whole)."""

    vectors: np.ndarray
    sentence: np.ndarray
    passage: np.ndarray


@dataclass(frozen=True)
class Probe:
    """`landmarks` (m,) positions among the rows learnt from, with `weights` (m, sentences); `answers` (rows,).

    The rows are the bank's questions, the sentences, the passages and the near misses, in this order.
    """

    landmarks: np.ndarray
    weights: np.ndarray
    answers: np.ndarray

    def of(self, cosines: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """For each question how far each sentence answers it, float32 (questions, sentences), about 0 to 1, and how far it has an
        answer at all, (questions,), about -1 to 1. Overwrites `cosines`, those of the questions with all rows, (questions, rows).
        """
        near = kernel(cosines)
        answers = [row @ self.answers for row in near]  # each by itself: together they would be added in another order
        return with_rows(near[:, self.landmarks], self._by_sentence), np.array(answers, np.float32)

    @cached_property
    def _by_sentence(self) -> np.ndarray:
        """The weights, a row for each sentence."""
        return np.ascontiguousarray(self.weights.T)


def kernel(cosines: np.ndarray) -> np.ndarray:
    """The kernel's values, written over the cosines: of all rows with all rows they take a gigabyte once, not three times."""
    cosines -= 1.0
    cosines /= WIDTH**2
    return np.exp(cosines, out=cosines)


def fit(rows: Rows, passage_of_sentence: np.ndarray) -> Probe:
    """Learn from the rows. Where a row is tied to a whole passage, the passage's sentences share its target."""
    size, sentences = len(rows.vectors), len(passage_of_sentence)
    targets = np.zeros((size, sentences), np.float32)
    tied = np.flatnonzero(rows.sentence >= 0)
    targets[tied, rows.sentence[tied]] = 1.0
    for at in np.flatnonzero((rows.sentence < 0) & (rows.passage >= 0)):
        own = np.flatnonzero(passage_of_sentence == rows.passage[at])
        targets[at, own] = 1.0 / max(1, len(own))
    chosen = np.random.default_rng(SEED).permutation(size)[:LANDMARKS]
    features = kernel(rows.vectors @ rows.vectors[chosen].T)
    inner = features.T @ features + RIDGE * features[chosen] + 1e-4 * np.eye(len(chosen), dtype=np.float32)
    weights = np.linalg.solve(inner, features.T @ targets).astype(np.float32)
    answers = _conjugate_gradients(rows.vectors, np.where(rows.passage >= 0, 1.0, -1.0).astype(np.float32))
    return Probe(chosen, weights, answers)


def _conjugate_gradients(vectors: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Solve (kernel + RIDGE) x = targets, float32 (rows,)."""
    matrix = kernel(vectors @ vectors.T)
    x = np.zeros_like(targets)
    residual = targets.copy()
    direction = residual.copy()
    norm = float(residual @ residual)
    goal = 1e-6 * norm
    for _ in range(STEPS):
        if norm <= goal:
            break
        image = matrix @ direction + RIDGE * direction
        step = norm / float(direction @ image)
        x += step * direction
        residual -= step * image
        previous, norm = norm, float(residual @ residual)
        direction = residual + (norm / previous) * direction
    return x
