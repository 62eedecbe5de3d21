"""Derived links between flagged findings and recommendations: what must hold of them, and the plain ones by name."""

from __future__ import annotations

import pytest

from assistant.assistant import Assistant
from assistant.links import Links, derive
from assistant.polarity import POSITIVE, polarity
from assistant.reading_room import ReadingRoom
from index.store import Index

PLAIN = (("20", "4"), ("30", "6"), ("31", "7"), ("33", "9"), ("72", "12"), ("75", "13"), ("88", "2"))


def test_both_directions_read_the_same_pairs() -> None:
    links = Links([("3", "1"), ("12", "1"), ("12", "2")])
    assert [links.recommendations(finding) for finding in ("3", "12", "4")] == [["1"], ["1", "2"], []]
    assert [links.findings(recommendation) for recommendation in ("1", "2", "3")] == [["3", "12"], ["12"], []]
    assert links.pairs == (("3", "1"), ("12", "1"), ("12", "2"))


def test_any_index_gives_pairs_of_its_own_numbers(toy: Index) -> None:
    flagged = {passage.number for passage in toy.report.passages if passage.flagged}
    made = {passage.number for passage in toy.report.passages if passage.kind == "recommendation"}
    assert (flagged, made) == ({"3", "12"}, {"1", "2"})
    assert {finding for finding, _ in derive(toy)} <= flagged
    assert {recommendation for _, recommendation in derive(toy)} <= made


@pytest.mark.weights
def test_only_flagged_findings_lead_to_recommendations_in_order_and_once(real_index: Index) -> None:
    pairs = Links.of(real_index).pairs
    flagged = [passage.number for passage in real_index.report.passages if passage.flagged]
    assert len(flagged) == 22
    assert len(set(pairs)) == len(pairs)
    assert [finding for finding, _ in pairs] == sorted((finding for finding, _ in pairs), key=flagged.index)
    assert {recommendation for _, recommendation in pairs} <= {str(number) for number in range(1, 14)}


@pytest.mark.weights
@pytest.mark.parametrize(("finding", "recommendation"), PLAIN)
def test_the_plain_links_are_made_both_ways(finding: str, recommendation: str, real_index: Index) -> None:
    links = Links.of(real_index)
    assert recommendation in links.recommendations(finding)
    assert finding in links.findings(recommendation)


@pytest.mark.weights
def test_the_same_links_are_made_each_time(real_index: Index) -> None:
    assert list(derive(real_index)) == list(derive(real_index)) != []


@pytest.mark.weights
def test_a_recommendation_shows_the_sentence_that_it_takes_up_not_the_praise_before_it(real_index: Index) -> None:
    rooms = {one.recommendation.number: one for one in ReadingRoom(Assistant(real_index)).recommendations()}
    behind = [sentence for one in rooms.values() for sentence in one.sentences]
    assert all(len(one.findings) == len(one.sentences) for one in rooms.values()) and len(behind) >= 13
    assert sum(polarity(sentence) == POSITIVE for sentence in behind) <= 2
    assert any("not always timely" in sentence for sentence in rooms["6"].sentences)
