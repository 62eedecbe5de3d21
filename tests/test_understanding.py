"""What a question means: follow-ups and topic switches, two questions in one, spelling, abbreviations both ways."""

from __future__ import annotations

import pytest

from assistant.answer import Turn
from assistant.references import Reference
from assistant.spelling import Speller, english
from assistant.understanding import Query, completed, depends, parts_of, topic_of
from tests.assistant_toys import somerset, understanding


def understood(*questions: str) -> Query:
    """The last of several questions of one conversation, in which every answer cited paragraph 40."""
    turns: tuple[Turn, ...] = ()
    for question in questions[:-1]:
        query = understanding().understand(question, turns)
        turns = (*turns, Turn(question, query.text, query.kind, "answered", ("40",)))
    return understanding().understand(questions[-1], turns)


LONG = "how long do care proceedings take?"


@pytest.mark.parametrize(
    ("questions", "text", "kind"),
    [
        (("what needs to improve for care leavers?", "and for adoption?"), "what needs to improve for adoption?", "fact"),
        (("what needs to improve for care leavers?", "what about foster carers?"), "what needs to improve for foster carers?", "fact"),
        (("how many boys are there?", "and girls?"), "how many girls are there?", "count"),
        (("how was adoption rated in 2017?", "and in 2015?"), "how was adoption rated in 2015?", "judgement"),
        (("how many children are in foster families?", "and in residential homes?"), "how many children are in residential homes?", "count"),
        (("how good is early help?", "and for care leavers?", "and adoption?"), "how good is adoption?", "fact"),
        (("how many adoptions were there?", "and for care leavers?"), "how many adoptions were there - care leavers?", "count"),
    ],
)  # fmt: skip
def test_one_group_takes_the_place_of_another(questions: tuple[str, ...], text: str, kind: str) -> None:
    query = understood(*questions)
    assert (query.follows, query.text, query.kind, query.focus) == (True, text, kind, ("40",))


@pytest.mark.parametrize(
    ("before", "follow_up", "text"),
    [
        (LONG, "why?", f"why - {LONG}"),
        (LONG, "tell me more", f"tell me more - {LONG}"),
        (LONG, "what page is that on?", f"what page is that on - {LONG}"),
        (LONG, "is that good?", f"is that good - {LONG}"),
        ("how many care leavers are there?", "how many of them are not in touch?", "how many of them are not in touch - how many care leavers are there?"),
        ("how good is early help?", "is it getting better?", "is it getting better - how good is early help?"),
        ("how is the DCS doing?", "who is he?", "who is he - how is the DCS doing?"),
    ],
)  # fmt: skip
def test_a_follow_up_brings_the_words_it_leans_on(before: str, follow_up: str, text: str) -> None:
    query = understood(before, follow_up)
    assert (query.follows, query.text, query.focus) == (True, text, ("40",))


@pytest.mark.parametrize(
    "question",
    [
        LONG, "are caseloads manageable?", "do social workers know their children well?", "how many children live in Somerset?",
        "what does the report say about neglect?", "what did inspectors say about their visit to the council?", "is there enough advocacy?",
        "does the report say that children are safe?", "what is the average caseload of social workers and their managers?",
        "which services are good?", "early help", "private fostering arrangements",
    ],
)  # fmt: skip
def test_a_change_of_topic_is_left_alone(question: str) -> None:
    query = understood("how good are adoption services?", question)
    assert (query.follows, query.text, query.focus) == (False, question, ())


def test_nothing_follows_where_nothing_was_asked_before() -> None:
    assert (understood("why?").follows, understood("why?").text) == (False, "why?")
    assert understood("and for care leavers?").follows is False


def test_a_named_passage_never_follows() -> None:
    query = understood("how good is early help?", "paragraph 40")
    assert (query.follows, query.text, query.references) == (False, "paragraph 40", (Reference("paragraph", ("40",)),))


def test_a_follow_up_leans_on_the_last_turn_that_cited_something() -> None:
    turns = (
        Turn("how good is early help?", "how good is early help?", "theme", "answered", ("15",)),
        Turn("thanks", "thanks", "fact", "help", ()),
    )
    query = understanding().understand("and for care leavers?", turns)
    assert (query.text, query.focus) == ("how good is care leavers?", ("15",))


@pytest.mark.parametrize(
    ("text", "depending"),
    [
        ("why?", True), ("how many of them?", True), ("and for care leavers?", True), ("what page is that on?", True),
        ("is it working?", True), ("what about adoption?", True), ("do they agree?", True), ("source please", True),
        ("who is the lead inspector?", False), ("is it true that children are safe?", False), ("what does this report cover?", False),
        ("do children see their social workers?", False), ("why are placements unstable for older children?", False),
    ],
)  # fmt: skip
def test_what_cannot_be_understood_by_itself(text: str, depending: bool) -> None:
    assert depends(text) is depending


@pytest.mark.parametrize(
    ("text", "before", "whole"),
    [
        ("and for adoption?", "how good are services for care leavers?", "how good are services for adoption?"),
        ("and the police?", "how well do schools work with the council?", "how well do the police work with the council?"),
        ("why?", LONG, f"why - {LONG}"),
        ("and in Taunton?", "how many homes are there?", "how many homes are there - Taunton?"),
    ],
)
def test_a_follow_up_made_whole(text: str, before: str, whole: str) -> None:
    assert completed(text, before) == whole


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("how many adoptions were there and who chairs the panel?", ("how many adoptions were there?", "who chairs the panel?")),
        ("how many children are looked after and how many are care leavers?", ("how many children are looked after?", "how many are care leavers?")),
        ("what is the average caseload and is it manageable?", ("what is the average caseload?", "is it manageable - what is the average caseload?")),
        ("Who is the lead inspector? And who is the deputy?", ("Who is the lead inspector?", "who is the deputy - Who is the lead inspector?")),
        ("how many foster carers and adopters are there?", ()),
        ("what about health and education?", ()),
        ("is adoption good and timely?", ()),
        ("how long do proceedings take?", ()),
        ("early help and who uses it", ()),
        ("", ()),
    ],
)  # fmt: skip
def test_two_questions_in_one(text: str, parts: tuple[str, ...]) -> None:
    assert parts_of(text) == parts


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("what needs to improve for care leavers?", "care leavers"),
        ("what did inspectors say about early help?", "early help"),
        ("what has improved since 2015?", ""),
        ("strengths and weaknesses of adoption", "adoption"),
    ],
)
def test_the_topic_is_what_is_left_of_the_asking(text: str, topic: str) -> None:
    assert topic_of(text) == topic


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("how many foster carrers are there?", "how many foster carers are there?"), ("adoptoin", "adoption"),
        ("safegaurding", "safeguarding"), ("how long do care procedings take", "how long do care proceedings take"),
        ("what is the avarage caselod", "what is the average caseload"), ("recomendations", "recommendations"),
        ("sexual exploitaton", "sexual exploitation"), ("independant reviewing officers", "independent reviewing officers"),
        ("Chidlren", "Children"), ("permanance", "permanence"), ("negelct", "neglect"), ("fostring", "fostering"),
        ("accomodation", "accommodation"), ("Caroline Wlash", "Caroline Walsh"),
    ],
)  # fmt: skip
def test_spelling_is_repaired_against_the_report_and_the_glossary(written: str, meant: str) -> None:
    assert understanding().understand(written).text == meant


@pytest.mark.parametrize(
    "text",
    [
        "form and from, diary and dairy, carer and career", "zebra bicycle foxes", "CAMHS SGO IRO NEET", "judgment", "behavior",
        "Taunton and Minehead", "bitcoin", "stats and specs", "admin staff", "comms docs", "cat dgo", "year-olds in 2015",
    ],
)  # fmt: skip
def test_real_words_abbreviations_and_short_words_are_never_touched(text: str) -> None:
    assert understanding().understand(text).text == text


def test_no_word_of_english_or_of_the_report_is_ever_repaired() -> None:
    speller = understanding().speller
    assert [word for word in sorted(english()) if speller.repaired(word) != word] == []
    text = " ".join(passage.text for passage in somerset().passages)
    assert speller.repaired(text) == text


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("adoptin", "adoption"), ("adptn", "adptn"), ("Adoptin", "Adoption"), ("ADOPTIN", "ADOPTIN"), ("xdoption", "adoption"),
        ("adoptionns", "adoptions"), ("ado", "ado"), ("2,480 adoptin", "2,480 adoption"),
    ],
)  # fmt: skip
def test_one_edit_for_short_words_two_for_long_ones(written: str, meant: str) -> None:
    assert Speller({"adoption": 3, "adoptions": 1}).repaired(written) == meant


@pytest.mark.parametrize(
    ("question", "added"),
    [
        ("how good is CAMHS?", "child and adolescent mental health services"),
        ("how good are child and adolescent mental health services?", "CAMHS"),
        ("what does the LSCB do?", "Local Safeguarding Children Board"),
        ("what does the Local Safeguarding Children Board do?", "LSCB"),
    ],
)
def test_abbreviations_are_searched_both_ways_and_the_question_stays(question: str, added: str) -> None:
    query = understanding().understand(question)
    assert query.text == question
    assert query.search.startswith(f"{question} (")
    assert added in query.search


def test_a_question_keeps_its_own_words_beside_what_was_understood() -> None:
    query = understanding().understand("  what’s the avarage   caselod?")
    assert query.question == "  what’s the avarage   caselod?"
    assert query.text == "what's the average caseload?"
