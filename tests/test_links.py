"""Derived links between flagged findings and recommendations: what must hold of them, and the plain ones by name."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.assistant import Assistant
from assistant.lookups.links import DERIVED, PRINTED, RELATED, Link, Links, derive
from assistant.lookups.structure import enumerate_structure
from assistant.words.polarity import POSITIVE, polarity
from evals.measures.links import agreement
from index.store import Index
from prompts import wording
from ui.html.panel import panel
from ui.page.report_tabs import recommendations
from ui.related import ReadingRoom

PLAIN = (("20", "4"), ("30", "6"), ("31", "7"), ("33", "9"), ("72", "12"), ("75", "13"), ("88", "2"))


def test_both_directions_read_the_same_pairs() -> None:
    links = Links([Link("3", "1"), Link("5", "1", RELATED), Link("12", "1"), Link("12", "2")])
    assert [links.recommendations(finding) for finding in ("3", "12", "4")] == [["1"], ["1", "2"], []]
    assert [links.findings(recommendation) for recommendation in ("1", "2", "3")] == [["3", "12"], ["12"], []]
    assert links.recommendations("5") == [] and [link.recommendation for link in links.from_finding("5")] == ["1"]
    assert [link.finding for link in links.behind("1")] == ["3", "12", "5"]  # what is only related comes last


def test_any_index_gives_pairs_of_its_own_numbers(toy: Index) -> None:
    flagged = {passage.number for passage in toy.report.passages if passage.flagged}
    made = {passage.number for passage in toy.report.passages if passage.kind == "recommendation"}
    assert (flagged, made) == ({"3", "12"}, {"1", "2"})
    assert {link.finding for link in derive(toy) if link.kind != RELATED} <= flagged
    assert {link.recommendation for link in derive(toy)} <= made


def test_a_link_that_the_report_prints_is_not_derived(toy: Index) -> None:
    passages = tuple(replace(p, leads_to=("2",)) if p.number == "3" and p.kind == "finding" else p for p in toy.report.passages)
    index = replace(toy, report=replace(toy.report, passages=passages))
    (printed,) = [link for link in derive(index) if link.finding == "3"]
    assert (printed.recommendation, printed.kind) == ("2", PRINTED)
    draft = enumerate_structure(index.report, Links.of(index), "Which recommendation does paragraph 3 lead to?")
    assert draft is not None and draft.sections[0].heading == wording("answered.recommendations_printed", number="3")
    assert [statement.derived for statement in draft.sections[0].statements] == [False]
    room = ReadingRoom(Assistant(index))
    opened = room.open("3")
    assert opened is not None
    shown = panel(opened, (), "work", "1")
    assert wording("panel.printed") in shown and wording("panel.derived") not in shown
    tab = recommendations(room.recommendations(), room.unmatched())
    assert wording("recommendations.findings_printed") in tab and wording("recommendations.intro_printed", page=5) in tab


@pytest.mark.weights
def test_only_flagged_findings_lead_to_recommendations_in_order_and_once(real_index: Index) -> None:
    pairs = [(link.finding, link.recommendation) for link in Links.of(real_index).all if link.kind == DERIVED]
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
    said = {number: " ".join(linked.sentence for linked in one.findings) for number, one in rooms.items()}
    behind = [linked.sentence for one in rooms.values() for linked in one.findings]
    assert all(said.values()) and len(said) == 13
    assert sum(polarity(sentence) == POSITIVE for sentence in behind) <= 2
    assert "not always timely" in said["6"] and "Management oversight of work is also too variable" in said["2"]
    assert {linked.passage.number: linked.kind for linked in rooms["3"].findings} == {"22": RELATED, "38": RELATED}


@pytest.mark.weights
def test_derived_links_agree_with_those_set_by_hand_with_the_evidence_bank_and_without(real_index: Index) -> None:
    assert agreement(real_index).f1 >= 0.93
    assert agreement(replace(real_index, evidence=None)).f1 >= 0.90
