"""Intervals and tests against values known from elsewhere, and at their edges."""

from __future__ import annotations

import pytest

from evals.measures.statistics import Estimate, clustered, compare_means, compare_shares, mcnemar, sign_flip, wilson


def test_wilson_agrees_with_the_published_example() -> None:
    """Newcombe (1998), table I: 81 of 263 gives 0.2553 to 0.3662."""
    found = wilson(81, 263)
    assert (found.low, found.high) == (pytest.approx(0.2553, abs=1e-4), pytest.approx(0.3662, abs=1e-4))


def test_wilson_at_its_edges() -> None:
    assert wilson(0, 0, 5) == Estimate(None, None, None, 0, 5)
    assert wilson(10, 10).high == pytest.approx(1.0)
    assert (wilson(10, 10).low or 0) < 1.0


def test_a_mean_of_clusters_that_agree_within_is_less_sure_than_one_of_single_cases() -> None:
    values = [float(at < 50) for at in range(100)]
    alone = clustered(values, [1.0] * 100, [str(at) for at in range(100)])
    together = clustered(values, [1.0] * 100, [str(at // 10) for at in range(100)])
    assert alone.value == together.value == 0.5
    assert alone.low is not None and together.low is not None and together.low < alone.low


def test_clustered_at_its_edges() -> None:
    assert clustered([], [], []) == Estimate(None, None, None, 0, 0)
    assert clustered([0.0], [0.0], ["a"]) == Estimate(None, None, None, 1, 0)
    assert clustered([1.0, 1.0], [1.0, 1.0], ["a", "b"]) == Estimate(1.0, 1.0, 1.0, 2, 0)
    assert clustered([0.5], [1.0], ["a"], unscored=3) == Estimate(0.5, 0.5, 0.5, 1, 3)


def test_the_bootstrap_gives_the_same_interval_every_time() -> None:
    values = [at / 10 for at in range(10)]
    first, second = (clustered(values, [1.0] * 10, list("abcdefghij")) for _ in range(2))
    assert first == second


def test_mcnemar_is_the_exact_binomial() -> None:
    assert mcnemar(0, 0) == 1.0
    assert mcnemar(0, 6) == pytest.approx(2 / 2**6)
    assert mcnemar(5, 5) == 1.0


def test_sign_flips_are_exact_for_few_differences() -> None:
    assert sign_flip([]) == sign_flip([0.0, 0.0]) == 1.0
    assert sign_flip([0.5] * 6) == pytest.approx(2 / 2**6)
    assert sign_flip([0.5, -0.5]) == 1.0


def test_two_runs_are_compared_on_the_cases_both_have_by_name() -> None:
    found = compare_shares({"a": True, "b": False, "c": True, "d": True}, {"a": True, "b": True, "c": False, "e": True})
    assert (found.n, found.gained, found.lost, found.p) == (3, ("b",), ("c",), 1.0)
    assert found.drop == 0.0
    means = compare_means({"a": 1.0, "b": 0.5}, {"a": 0.5, "b": 0.5})
    assert (means.gained, means.lost, means.drop) == ((), ("a",), 0.25)
    assert compare_shares({}, {}).before is None
