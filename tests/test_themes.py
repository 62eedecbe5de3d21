"""Broad questions on the real report: which form they take, and that each form keeps to its own kind of sentence."""

from __future__ import annotations

import pytest

from assistant.answer import Section
from assistant.assistant import Assistant
from assistant.choosing import subject_scores
from assistant.polarity import MIXED, NEGATIVE, POSITIVE, polarity
from assistant.themes import Subject, broad_sections, comparison, sides_of
from index.search import Found
from index.store import Index
from prompts import wording


@pytest.mark.parametrize(
    ("text", "sides"),
    [
        ("compare adoption and care leavers", ["adoption", "care leavers"]),
        ("how do care leavers compare with adoption?", ["care leavers", "adoption"]),
        ("which is better, adoption or fostering?", ["adoption", "fostering"]),
        ("early help versus child protection", ["early help", "child protection"]),
        ("how does adoption differ?", ["adoption differ"]),
        ("compare adoption", ["adoption"]),
        ("compare adoption, fostering and early help and neglect", ["adoption fostering", "early help", "neglect"]),
    ],
)
def test_the_sides_of_a_comparison(text: str, sides: list[str]) -> None:
    assert sides_of(text) == sides


@pytest.fixture(scope="module")
def assistant(real_index: Index) -> Assistant:
    return Assistant(real_index)


def search_of(assistant: Assistant, text: str) -> Found:
    query = assistant.understanding.understand(text)
    return assistant.ranking.rank(query, assistant.searcher.search(query.search))


def subject_of(assistant: Assistant, question: str) -> Subject:
    query, found = assistant.understanding.understand(question), search_of(assistant, question)
    return Subject(query, found, subject_scores(query, found, lambda text: search_of(assistant, text)))


def sections(assistant: Assistant, question: str) -> tuple[Section, ...]:
    return broad_sections(subject_of(assistant, question), lambda text: search_of(assistant, text))


def headings(told: tuple[Section, ...]) -> list[str | None]:
    return [section.heading for section in told]


def words(told: tuple[Section, ...]) -> int:
    return sum(len(statement.quote.split()) for section in told for statement in section.statements)


GOOD, WEAK, BOTH = wording("answered.good"), wording("answered.weak"), wording("answered.mixed")


@pytest.mark.weights
@pytest.mark.parametrize(
    "question",
    [
        "how good is early help?",
        "what does the report say about fostering?",
        "tell me about domestic abuse",
        "what do inspectors say about neglect?",
    ],
)
def test_a_theme_is_grouped_under_its_headings_within_250_words(question: str, assistant: Assistant) -> None:
    told = sections(assistant, question)
    assert told
    assert headings(told) == [heading for heading in (GOOD, WEAK, BOTH) if heading in headings(told)]
    assert 0 < words(told) <= 250


@pytest.mark.weights
@pytest.mark.parametrize(
    "question",
    ["what are the strengths of adoption?", "what is going well in leadership?", "what are the strengths of early help?"],
)
def test_strengths_hold_no_criticism_alone(question: str, assistant: Assistant) -> None:
    told = sections(assistant, question)
    assert told
    assert set(headings(told)) <= {GOOD, BOTH}
    assert words(told) <= 250


@pytest.mark.weights
@pytest.mark.parametrize(
    "question",
    [
        "what are the weaknesses of child protection?",
        "where do services for care leavers fall short?",
        "what are the problems with early help?",
    ],
)
def test_weaknesses_hold_no_praise_alone(question: str, assistant: Assistant) -> None:
    told = sections(assistant, question)
    assert told
    assert WEAK in headings(told)
    assert set(headings(told)) <= {WEAK, BOTH}
    assert words(told) <= 250


@pytest.mark.weights
@pytest.mark.parametrize("question", ["what has improved since 2015?", "what has improved for care leavers?"])
def test_what_improved_is_never_what_is_wrong(question: str, assistant: Assistant) -> None:
    told = sections(assistant, question)
    assert headings(told) == [wording("answered.improved")]
    assert [s.quote for s in told[0].statements if polarity(s.quote) not in (POSITIVE, MIXED)] == []


@pytest.mark.weights
@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("what did inspectors recommend about children going missing?", "6"),
        ("what was recommended about homeless 16- and 17-year-olds?", "9"),
        ("what was recommended about advocacy?", "8"),
        ("recommendations on children in police custody", "4"),
        ("what is recommended about foster homes?", "11"),
    ],
)
def test_recommendations_on_a_subject_are_whole_and_the_closest_first(question: str, first: str, assistant: Assistant) -> None:
    told = sections(assistant, question)
    assert headings(told) == [wording("answered.recommended")]
    assert told[0].statements[0].passage.id == first
    assert [s for s in told[0].statements if s.passage.kind != "recommendation" or s.quote != s.passage.text] == []
    assert len(told[0].statements) <= 4


@pytest.mark.weights
@pytest.mark.parametrize(
    "question", ["what should we ask the director about care leavers?", "what should scrutiny ask about early help?"]
)
def test_questions_for_scrutiny_rest_on_recommendations_and_weaknesses(question: str, assistant: Assistant) -> None:
    told = sections(assistant, question)
    assert headings(told)[0] == wording("answered.recommended")
    assert set(headings(told)) <= {wording("answered.recommended"), WEAK, BOTH}
    assert words(told) <= 350


@pytest.mark.weights
@pytest.mark.parametrize(
    ("question", "judged"), [("brief me on care leavers", True), ("give me a briefing on sexual exploitation", False)]
)
def test_a_briefing_has_the_judgement_of_a_graded_service_and_ends_with_a_recommendation(
    question: str, judged: bool, assistant: Assistant
) -> None:
    told = sections(assistant, question)
    assert (headings(told)[0] == wording("answered.overall")) is judged
    assert headings(told)[-1] == wording("answered.recommended")
    assert words(told) <= 350


@pytest.mark.weights
def test_a_comparison_gives_both_sides_each_with_its_judgement(assistant: Assistant) -> None:
    told = comparison(subject_of(assistant, "compare adoption and care leavers"), lambda text: search_of(assistant, text))
    assert headings(told) == [wording("answered.side", side="adoption"), wording("answered.side", side="care leavers")]
    assert [section.statements[0].passage.id for section in told] == ["p1.7", "p1.8"]
    said = [(s.passage.id, s.quote) for section in told for s in section.statements]
    assert len(set(said)) == len(said)


@pytest.mark.weights
def test_what_has_not_two_sides_is_no_comparison(assistant: Assistant) -> None:
    assert comparison(subject_of(assistant, "compare adoption"), lambda text: search_of(assistant, text)) == ()


@pytest.mark.weights
def test_negative_and_positive_sentences_never_share_a_heading(assistant: Assistant) -> None:
    told = sections(assistant, "how good are services for care leavers?")
    findings = {section.heading: [s for s in section.statements if s.passage.kind != "recommendation"] for section in told}
    by_heading = {heading: {polarity(s.quote) for s in statements} for heading, statements in findings.items()}
    assert NEGATIVE not in by_heading.get(GOOD, set())
    assert POSITIVE not in by_heading.get(WEAK, set())
