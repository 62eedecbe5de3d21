"""Questions of other reports: what inspection reports answer, and what looks as if they did and they do not.

For a report that nobody has written questions for, how like a question is to those that other reports answer, and to those that
they do not, stands where the report's own banks would tell it. Vectors are data (other_reports.npz, unit vectors in 8 bits, no
words), drawn by `python -m evals.training.without_banks`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from assistant.learned.classifier import arrays

STEPS = 127  # of a number, on either side of 0
THREE = 3


@dataclass(frozen=True)
class OtherReports:
    """Unit vectors of questions that other reports answer and of near misses, float32 (questions, d) each; `usual`: what `likeness`
    gives on average.
    """

    answered: np.ndarray
    missed: np.ndarray
    usual: np.ndarray

    @classmethod
    def of(cls, held: Mapping[str, np.ndarray]) -> OtherReports:
        """From the arrays that `shipped` made."""
        return cls(held["answered"] * held["answered_step"], held["missed"] * held["missed_step"], held["usual"])

    def likeness(self, vector: np.ndarray | None) -> np.ndarray:
        """How like a question with this unit vector is to others, float64 (4,): the best cosine and the mean of the best three with
        questions that are answered, and the same with near misses. The usual values without a vector of the packaged model.
        """
        if vector is None:
            return np.asarray(self.usual, np.float64)
        return np.array([told for known in (self.answered, self.missed) for told in _best(known @ vector)])


def shipped(answered: np.ndarray, missed: np.ndarray, usual: np.ndarray) -> dict[str, np.ndarray]:
    """The arrays of other_reports.npz: each vector in steps of its own."""
    held: dict[str, np.ndarray] = {"usual": usual.astype(np.float32)}
    for name, vectors in (("answered", answered), ("missed", missed)):
        step = np.abs(vectors).max(axis=1, keepdims=True) / STEPS
        held |= {name: np.round(vectors / step).astype(np.int8), f"{name}_step": step.astype(np.float32)}
    return held


@cache
def packaged() -> OtherReports:
    """The questions that come with the program."""
    return OtherReports.of(arrays("other_reports"))


def _best(cosines: np.ndarray) -> tuple[float, float]:
    best = np.sort(np.partition(cosines, -THREE)[-THREE:])
    return float(best[-1]), float(best.mean())
