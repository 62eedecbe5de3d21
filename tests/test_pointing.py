"""Messages that point at what a conversation has shown: its places, one of several things, more."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.answer import Draft, Section, Statement, Turn
from assistant.answering.evidence import Evidence
from assistant.answering.pointing import asked_of, brings_new, item_of, located, more_on, only_picks, shown, unquoted
from assistant.question.kinds import NAMES
from assistant.question.references import ordinal
from index.store import Index
from prompts import wording
from tests.assistant_toys import cited, somerset


def turn(*passages: str, relation: str = "new") -> Turn:
    return Turn("q", "q", "answered", tuple((passage, f"quote of {passage}") for passage in passages), relation)


def test_what_was_shown_last_is_that_of_the_last_turn_that_showed_anything() -> None:
    assert shown([turn("9"), turn("4"), turn()]) == (("4", "quote of 4"),)
    assert shown([]) == ()


def test_where_something_stands_is_told_of_the_sentences_that_were_quoted(toy: Index) -> None:
    passages = {passage.id: passage for passage in toy.report.passages}
    quoted = [("9", passages["9"].sentences[0]), ("4", passages["4"].sentences[0])]
    said = tuple(Statement(passages[passage], quote) for passage, quote in quoted)
    assert located(toy, quoted) == Draft("answered", (Section(wording("answered.located"), said),))


@pytest.mark.parametrize(
    ("message", "picked"),
    [
        ("the second one", "4"), ("what about number 1?", "9"), ("and the last?", "5"), ("the 3rd please", "5"), ("the ninth", None), ("that one", None),
        ("the nine point one", None), ("the 2 children", None),
    ],
)  # fmt: skip
def test_one_of_several_is_pointed_at_by_its_place(message: str, picked: str | None, toy: Index) -> None:
    turns = [turn("9", "4", "5"), turn("6", relation="item")]  # what was picked before is no list
    found = item_of(toy, message, turns)
    assert (found and found.id) == picked


def test_each_quotation_counts_where_no_list_was_printed(toy: Index) -> None:
    shown_twice = Turn("q", "q", "answered", (("9", "One."), ("9", "Two."), ("4", "Three.")))
    assert [found and found.id for found in (item_of(toy, f"the {place} one", [shown_twice]) for place in ("second", "third", "fourth"))] == [
        "9", "4", None,
    ]  # fmt: skip


def test_an_answer_brings_something_new_where_it_says_more_than_the_last_one() -> None:
    draft = Draft("answered", (Section(None, (cited("40"), cited("13"))),))
    told = [(statement.passage.id, statement.quote) for statement in draft.statements]
    assert brings_new(draft, [Turn("q", "q", "answered", tuple(told[:1]))])
    assert not brings_new(draft, [Turn("q", "q", "answered", tuple(told))])
    assert not brings_new(Draft("not_stated"), [])


@pytest.mark.parametrize(
    ("message", "only"),
    [
        ("what about the second one?", True),
        ("number 8", True),
        ("the last one - what is it now?", False),
        ("number 6, what lies behind it", False),
    ],
)
def test_a_message_that_only_picks_asks_nothing_else(message: str, only: bool) -> None:
    assert only_picks(message) is only


def test_what_is_asked_of_a_recommendation_names_it() -> None:
    passage = cited("13").passage
    assert (
        asked_of("the last one, what lies behind it?", passage, somerset())
        == "recommendation 13: the last one, what lies behind it?"
    )
    assert asked_of("and the last one?", passage, somerset()) is None
    assert asked_of("why is that?", cited("40").passage, somerset()) is None  # it has no name: it is shown whole


def test_more_is_what_no_turn_has_shown(toy: Index) -> None:
    size = len(toy.sentences)
    evidence = Evidence(np.where(toy.searchable, 0.5, 0.0).astype(np.float32), np.full(len(NAMES), 1 / len(NAMES), np.float32))
    first = more_on(toy, evidence, [])
    told = [(statement.passage.id, statement.quote) for statement in first.statements]
    second = more_on(toy, evidence, [Turn("q", "q", "answered", tuple(told))])
    assert size and told and not {quote for _, quote in told} & {statement.quote for statement in second.statements}
    everything = tuple((passage.id, passage.text) for passage in toy.report.passages)
    assert more_on(toy, evidence, [Turn("q", "q", "answered", everything)]).opening == wording("answered.nothing_more")


def test_what_was_shown_is_taken_out_of_a_draft() -> None:
    draft = Draft("answered", (Section("a", (cited("40"),)), Section("b", (cited("13"),))))
    quoted = Turn("q", "q", "answered", ((cited("40").passage.id, cited("40").quote),))
    assert unquoted(draft, [quoted]) == Draft("answered", (Section("b", (cited("13"),)),))


@pytest.mark.parametrize(
    ("text", "place"), [("the second", 1), ("number three", 2), ("point 4", 3), ("2nd", 1), ("nine points", None), ("2015", None)]
)
def test_a_place_is_named_by_an_ordinal_or_a_number_after_its_word(text: str, place: int | None) -> None:
    assert ordinal(text) == place
