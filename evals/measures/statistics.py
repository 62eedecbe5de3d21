"""How sure is a number: intervals for one run, tests for two. Pure; scipy does the arithmetic.

Shares: Wilson (1927). Means and ratios: percentile bootstrap over clusters, since questions about one passage succeed and
fail together. Two runs of the same questions: exact McNemar for right and wrong, sign flips for means.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

LEVEL = 0.95
RESAMPLES = 2_000
SEED = 20180129  # the day the report was published; any fixed number would do


@dataclass(frozen=True)
class Estimate:
    """A value with its 95% interval; `n` were scored, `unscored` could not be. No value: nothing was scored."""

    value: float | None
    low: float | None
    high: float | None
    n: int
    unscored: int = 0


def wilson(successes: int, n: int, unscored: int = 0) -> Estimate:
    """A share with Wilson's interval."""
    if n == 0:
        return Estimate(None, None, None, 0, unscored)
    from scipy.stats import binomtest

    interval = binomtest(successes, n).proportion_ci(LEVEL, method="wilson")
    return Estimate(successes / n, float(interval.low), float(interval.high), n, unscored)


def clustered(
    parts: Sequence[float], wholes: Sequence[float], clusters: Sequence[str], unscored: int = 0, resamples: int = RESAMPLES
) -> Estimate:
    """sum(parts) / sum(wholes) with a bootstrap interval that draws whole clusters. With wholes of 1: a mean."""
    n, total = len(parts), float(np.sum(wholes)) if len(wholes) else 0.0
    if n == 0 or total == 0:
        return Estimate(None, None, None, n, unscored)
    value = float(np.sum(parts)) / total
    names, member = np.unique(np.asarray(clusters), return_inverse=True)
    tops, bottoms = np.zeros(len(names)), np.zeros(len(names))
    np.add.at(tops, member, parts)
    np.add.at(bottoms, member, wholes)
    if len(names) < 2 or bool(np.all(tops * total == bottoms * np.sum(parts))):
        return Estimate(value, value, value, n, unscored)  # nothing varies between the clusters
    from scipy.stats import bootstrap

    drawn = bootstrap(
        (tops, bottoms), _ratio, paired=True, vectorized=True, confidence_level=LEVEL, n_resamples=resamples,
        method="percentile", rng=np.random.default_rng(SEED),
    )  # fmt: skip
    low, high = drawn.confidence_interval
    return Estimate(value, float(low), float(high), n, unscored)


def _ratio(tops: np.ndarray, bottoms: np.ndarray, axis: int = -1) -> np.ndarray:
    bottom = bottoms.sum(axis=axis)
    return np.divide(tops.sum(axis=axis), bottom, out=np.zeros_like(bottom), where=bottom != 0)


@dataclass(frozen=True)
class Paired:
    """Two runs of the same questions: what changed, by name, and how likely such a change is by chance."""

    n: int
    before: float | None
    after: float | None
    gained: tuple[str, ...]
    lost: tuple[str, ...]
    p: float

    @property
    def drop(self) -> float:
        """How much worse the second run is; negative when it is better."""
        return (self.before or 0.0) - (self.after or 0.0)


def mcnemar(gained: int, lost: int) -> float:
    """The exact two-sided p of McNemar's test; 1 when nothing changed."""
    if gained + lost == 0:
        return 1.0
    from scipy.stats import binomtest

    return float(binomtest(min(gained, lost), gained + lost, 0.5).pvalue)


def sign_flip(differences: Sequence[float], resamples: int = 10_000) -> float:
    """The two-sided p of a permutation test that flips the signs of paired differences; 1 for none or one of them."""
    changed = np.array([d for d in differences if d != 0.0])
    if len(changed) < 2:
        return 1.0
    from scipy.stats import permutation_test

    found = permutation_test(
        (changed,), lambda x, axis=-1: np.sum(x, axis=axis), permutation_type="samples", vectorized=True,
        n_resamples=resamples, rng=np.random.default_rng(SEED),
    )  # fmt: skip
    return min(1.0, float(found.pvalue))


def compare_shares(before: dict[str, bool], after: dict[str, bool]) -> Paired:
    """Right and wrong of two runs by case id, over the cases that both have; p by McNemar."""
    shared = [identity for identity in before if identity in after]
    gained = tuple(i for i in shared if after[i] and not before[i])
    lost = tuple(i for i in shared if before[i] and not after[i])
    first, second = sum(before[i] for i in shared), sum(after[i] for i in shared)
    n = len(shared)
    return Paired(n, first / n if n else None, second / n if n else None, gained, lost, mcnemar(len(gained), len(lost)))


def compare_means(before: dict[str, float], after: dict[str, float]) -> Paired:
    """Scores of two runs by case id, over the cases that both have; p by sign flips."""
    shared = [identity for identity in before if identity in after]
    gained = tuple(i for i in shared if after[i] > before[i])
    lost = tuple(i for i in shared if after[i] < before[i])
    n = len(shared)
    first, second = (float(np.mean([run[i] for i in shared])) if n else None for run in (before, after))
    return Paired(n, first, second, gained, lost, sign_flip([after[i] - before[i] for i in shared]))


def confusion(pairs: Iterable[tuple[str, str]]) -> dict[str, dict[str, int]]:
    """(expected, given) outcomes -> counts, row by expected outcome."""
    table: dict[str, dict[str, int]] = {}
    for expected, given in pairs:
        row = table.setdefault(expected, {})
        row[given] = row.get(given, 0) + 1
    return table


def risk_coverage(answers: Iterable[tuple[float, bool]], asked: int) -> list[tuple[float, float]]:
    """(coverage, risk) after each answer, surest first: of all asked, the share answered; of these, the share wrong.

    `answers` holds the confidence and the rightness of every case that was answered. Answers of one confidence enter together.
    Geifman and El-Yaniv, "Selective Classification for Deep Neural Networks", NeurIPS 2017.
    """
    ordered = sorted(answers, key=lambda pair: -pair[0])
    points: list[tuple[float, float]] = []
    wrong = 0
    for at, (confidence, right) in enumerate(ordered, 1):
        wrong += not right
        if at == len(ordered) or ordered[at][0] != confidence:
            points.append((at / asked, wrong / at))
    return points


def area(points: list[tuple[float, float]]) -> float | None:
    """The mean risk over the coverage reached; lower is better; None when nothing was answered."""
    if not points:
        return None
    total = previous = 0.0
    for coverage, risk in points:
        total, previous = total + (coverage - previous) * risk, coverage
    return total / previous
