"""Polarity as a table, and the agreement of polarity and derived links with what was set by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.words.polarity import MIXED, NEGATIVE, NEUTRAL, POSITIVE, polarity
from evals.measures.polarity import Labelled, agreement, kappa, read
from index.store import Index


@pytest.mark.parametrize(
    ("sentence", "mark"),
    [
        ("Visits are timely and well planned.", POSITIVE),
        ("Almost all children live close to their schools.", POSITIVE),
        ("The council has reduced delays.", POSITIVE),
        ("After many years of neglect of the service, staff have brought stability.", POSITIVE),
        ("When children need to move, the matching is careful.", POSITIVE),
        ("Plans are not always clear.", NEGATIVE),
        ("The strategy is not yet resulting in better homes.", NEGATIVE),
        ("There is more to do.", NEGATIVE),
        ("Plans are clear, but reviews are too slow.", MIXED),
        ("Early help, although improving, needs to grow.", MIXED),
        ("While staff know families, they do not write this down.", MIXED),
        ("Children do not experience delay.", POSITIVE),
        ("There are no unallocated cases.", POSITIVE),
        ("The council has addressed weaknesses.", POSITIVE),
        ("Managers do not always prevent delay.", NEGATIVE),
        ("There is still more to do to address weaknesses.", NEGATIVE),
        ("Leaders recognise that they need to provide better help.", NEGATIVE),
        ("There is good help for those who need to move on.", POSITIVE),
        ("Few children have an advocate.", NEGATIVE),
        ("Complaints are resolved quickly.", POSITIVE),
        ("Responses to children who go missing are more variable.", NEGATIVE),
        ("Inspectors saw no children whose needs were not met.", POSITIVE),
        ("Referrals are prompt for children who would benefit from a wider search.", POSITIVE),
        ("Visits are less frequent than they were.", NEGATIVE),
        ("During the inspection, the council reviewed ten cases.", NEUTRAL),
        ("The number of children in care has risen to 500.", NEUTRAL),
        ("The panel is chaired by an independent person.", NEUTRAL),
    ],
)
def test_marks(sentence: str, mark: str) -> None:
    assert polarity(sentence) == mark


def test_agreement_is_counted_and_a_mark_that_never_occurs_is_left_out() -> None:
    rows = [
        Labelled("1", "a", POSITIVE, POSITIVE),
        Labelled("1", "b", NEGATIVE, POSITIVE),
        Labelled("1", "c", NEGATIVE, NEGATIVE),
    ]
    got = agreement(rows, resamples=50)
    assert (got.size, round(got.accuracy, 3), round(got.macro_f1, 3)) == (3, 0.667, 0.667)
    assert got.confusion == {(POSITIVE, POSITIVE): 1, (NEGATIVE, POSITIVE): 1, (NEGATIVE, NEGATIVE): 1}


def test_kappa_is_agreement_beyond_chance() -> None:
    marks = [(POSITIVE, POSITIVE), (POSITIVE, NEGATIVE), (NEGATIVE, NEGATIVE), (NEGATIVE, NEGATIVE)]
    rows = [Labelled("1", "a", first, first, second) for first, second in marks]
    assert round(kappa(rows), 3) == 0.5
    assert kappa([*rows, Labelled("1", "b", MIXED, MIXED)]) == kappa(rows)


def test_polarity_agrees_with_the_marks_set_by_hand() -> None:
    rows = read()
    assert len(rows) > 300
    assert agreement(rows, resamples=10).macro_f1 >= 0.80
    assert agreement([replace(row, label=row.second or "") for row in rows], resamples=10).macro_f1 >= 0.80
    test = agreement([row for row in rows if row.split == "test"], resamples=10)
    assert test.accuracy >= 0.85 and min(test.f1[mark] for mark in (POSITIVE, NEGATIVE, MIXED)) >= 0.80


@pytest.mark.weights
def test_derived_links_agree_with_those_set_by_hand(real_index: Index) -> None:
    from evals.measures.links import agreement as of_links

    assert of_links(real_index, resamples=10).f1 >= 0.80
