"""What a question means: spelling, abbreviations both ways, its topic."""

from __future__ import annotations

import pytest

from assistant.question.references import Reference
from assistant.question.understanding import topic_of
from assistant.words.spelling import Speller, english
from tests.assistant_toys import somerset, understanding


def test_a_named_passage_is_a_reference() -> None:
    assert understanding().understand("paragraph 40").references == (Reference("paragraph", ("40",)),)


def test_a_message_that_leans_on_another_is_understood_as_what_it_stands_for() -> None:
    query = understanding().understand("and girls?", "how many girls are there?", "swap", ("40",))
    assert (query.question, query.text, query.kind) == ("and girls?", "how many girls are there?", "count")
    assert (query.follows, query.focus) == (True, ("40",))
    assert understanding().understand("and girls?").follows is False


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
        ("accomodation", "accommodation"), ("caroline wlash", "caroline walsh"), ("organization", "organisation"), ("program", "programme"),
    ],
)  # fmt: skip
def test_spelling_is_repaired_against_the_report_and_the_glossary(written: str, meant: str) -> None:
    assert understanding().understand(written).text == meant


@pytest.mark.parametrize(
    "text",
    [
        "form and from, diary and dairy, carer and career", "zebra bicycle foxes", "CAMHS SGO IRO NEET", "Welsh speakers", "Caroline Wlash",
        "Taunton and Minehead", "bitcoin", "stats and specs", "admin staff", "comms docs", "cat dgo", "year-olds in 2015",
    ],
)  # fmt: skip
def test_real_words_abbreviations_and_short_words_are_never_touched(text: str) -> None:
    assert understanding().understand(text).text == text


def test_no_word_of_english_or_of_the_report_is_ever_repaired() -> None:
    speller = understanding().speller
    changed = {word: told for word in sorted(english()) if (told := speller.repaired(word)) != word}
    american = {
        "judgment": "judgement",
        "judgments": "judgements",
        "license": "licence",
        "program": "programme",
        "programs": "programmes",
    }
    assert changed == american
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
