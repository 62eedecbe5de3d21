"""Broad questions on the real report: what kind of sections an answer has, and that each keeps to its own kind of sentence."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant.answer import Answer, Shown
from assistant.assistant import Assistant
from assistant.words.polarity import NEGATIVE, POSITIVE, polarity
from index.store import Index
from prompts import wording

pytestmark = pytest.mark.weights

ORDER = (
    "headline",
    "judgement",
    "good",
    "weak",
    "mixed",
    "neutral",
    "recommended",
)  # of sections that tell praise from criticism
Asking = Callable[[str], Answer]


@pytest.fixture(scope="module")
def ask(real_index: Index) -> Asking:
    return Assistant(real_index).ask


def roles(answer: Answer) -> list[str]:
    return [section.role for section in answer.sections]


def quotes(answer: Answer, section: Shown) -> list[str]:
    return [answer.citations[at].quote for at in section.citations]


def marks(answer: Answer, role: str) -> set[str]:
    """The polarities of what stands under the headings of a role."""
    return {polarity(quote) for section in answer.sections if section.role == role for quote in quotes(answer, section)}


def words(answer: Answer) -> int:
    return sum(len(cited.quote.split()) for cited in answer.citations)


@pytest.mark.parametrize(
    "question",
    ["how good is early help?", "what does the report say about fostering?", "brief me on care leavers", "brief me on adoption",
     "give me a briefing on sexual exploitation", "summarise the report"],
)  # fmt: skip
def test_praise_and_criticism_of_a_subject_stand_apart_in_one_order(question: str, ask: Asking) -> None:
    answer = ask(question)
    assert answer.outcome == "answered"
    assert roles(answer) == [role for role in ORDER if role in roles(answer)] and roles(answer)[0] == "headline"
    assert {"good", "weak", "mixed"} & {*roles(answer)[1:]}
    assert NEGATIVE not in marks(answer, "good") and POSITIVE not in marks(answer, "weak")
    assert words(answer) <= 250
    headings = {section.role: section.heading for section in answer.sections}
    assert headings.pop("headline") is None
    said = {"judgement": "overall", **{role: role for role in ORDER[2:]}}
    assert headings == {role: wording(f"answered.{said[role]}") for role in headings}


@pytest.mark.parametrize(
    "question", ["how good is leadership?", "How good is the leadership of the council?", "How good is support for care leavers?"]
)
def test_how_good_something_is_opens_with_the_grade_and_criticism_is_not_left_out(question: str, ask: Asking) -> None:
    answer = ask(question)
    assert quotes(answer, answer.sections[0])[0].startswith("Requires improvement")
    assert {"negative", "mixed"} & {polarity(one.quote) for one in answer.citations[1:]}


def test_of_a_passage_that_is_quoted_the_sentence_on_the_subject_is_not_left_out(ask: Asking) -> None:
    answer = ask("What did inspectors find on return home interviews?")
    assert any(one.quote.startswith("Return home interviews are not always timely") for one in answer.citations)
    assert any(one.paragraph == "49" for one in answer.citations)  # which says nearly the same


@pytest.mark.parametrize(
    "question",
    ["what are the strengths of adoption?", "what is going well in leadership?", "what are the strengths of early help?"],
)
def test_strengths_hold_no_criticism_alone(question: str, ask: Asking) -> None:
    answer = ask(question)
    assert "good" in roles(answer) and "weak" not in roles(answer)
    assert NEGATIVE not in {polarity(cited.quote) for cited in answer.citations}
    assert words(answer) <= 250


@pytest.mark.parametrize(
    "question",
    [
        "what are the weaknesses of child protection?",
        "where do services for care leavers fall short?",
        "what are the problems with early help?",
    ],
)
def test_weaknesses_hold_no_praise_alone(question: str, ask: Asking) -> None:
    answer = ask(question)
    assert "weak" in roles(answer) and "good" not in roles(answer)
    assert POSITIVE not in {polarity(cited.quote) for cited in answer.citations}
    assert words(answer) <= 250


def test_what_improved_is_under_its_heading_and_never_what_is_wrong(ask: Asking) -> None:
    answer = ask("what has improved since 2015?")
    (section,) = answer.sections
    assert (section.role, section.heading) == ("good", wording("answered.improved"))
    assert len(answer.citations) >= 5 and NEGATIVE not in marks(answer, "good")


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
def test_recommendations_on_a_subject_are_whole_and_the_closest_first(
    question: str, first: str, ask: Asking, real_index: Index
) -> None:
    answer = ask(question)
    assert answer.citations[0].passage == first and len(answer.citations) <= 4
    made = {passage.id: passage.text for passage in real_index.report.passages if passage.kind == "recommendation"}
    assert [cited.label for cited in answer.citations if made.get(cited.passage) != cited.quote] == []


@pytest.mark.parametrize(
    "question",
    ["what should we ask the director about care leavers?", "what should scrutiny ask about early help?", "what should scrutiny ask about neglect?"],
)  # fmt: skip
def test_questions_for_scrutiny_each_rest_on_a_weakness_or_a_recommendation(question: str, ask: Asking) -> None:
    answer = ask(question)
    suggested = [section for section in answer.sections if section.role == "suggested"]
    assert len(suggested) >= 2
    assert [section.heading for section in suggested] == [wording("answered.suggested"), *[None] * (len(suggested) - 1)]
    asked = [section.text or "" for section in suggested]
    assert len(set(asked)) == len(asked) and all(text.endswith("?") for text in asked)
    assert all(section.citations for section in suggested)
    rest_on = [answer.citations[at] for section in suggested for at in section.citations]
    assert [one.quote for one in rest_on if one.kind != "recommendation" and polarity(one.quote) == POSITIVE] == []


@pytest.mark.parametrize(
    ("question", "judged"),
    [
        ("compare adoption and care leavers", {"adoption": "p1.7", "care leavers": "p1.8"}),
        ("early help versus child protection", {"child protection": "p1.5"}),
    ],
)
def test_a_comparison_gives_both_sides_each_with_its_judgement(question: str, judged: dict[str, str], ask: Asking) -> None:
    answer = ask(question)
    assert [(section.role, section.heading) for section in answer.sections] == [
        ("side", wording("answered.side", side=str(section.about))) for section in answer.sections
    ]
    said = {str(section.about): [answer.citations[at].passage for at in section.citations] for section in answer.sections}
    assert len(said) == 2
    assert {side: judged[side] for side in judged if judged[side] in said[side]} == judged
    assert len({(cited.passage, cited.quote) for cited in answer.citations}) == len(answer.citations)


def test_what_the_document_is_is_always_answered(ask: Asking) -> None:
    answer = ask("what is this report about?")
    assert answer.outcome == "answered"
    assert {"p1.1", "p1.4"} <= {cited.passage for cited in answer.citations}  # what was inspected, and the judgement
