"""The document itself: however it is asked for, what it is and what it says come from the report's own layout."""

from __future__ import annotations

import pytest

from assistant.answer import Answer
from assistant.assistant import Assistant
from index.store import Index

pytestmark = [pytest.mark.weights]

SUMMARY = ("Summarise this document", "in five bullet points", "tl;dr", "key messages", "main findings", "give me the gist",
           "executive summary please", "I've not read it, what does it say in short?")  # fmt: skip
ABOUT = ("What is this report about?", "what is this document", "which council is it about", "What kind of report is this?")
OTHERS = ("sum up fostering", "main findings on adoption", "what is early help about?", "how long is it?", "page 7", "thanks, bye",
          "what is recommendation 3 about?", "what grade did they get overall?")  # fmt: skip
JUDGED = "Children's services in Somerset require improvement to be good"


@pytest.fixture(scope="module")
def engine(real_index: Index) -> Assistant:
    return Assistant(real_index)


def asked(engine: Assistant, messages: tuple[str, ...]) -> list[Answer]:
    return list(engine.ask_many([(message, (), "") for message in messages]))


def test_a_summary_opens_with_the_judgement_and_quotes_the_summary_of_the_report(engine: Assistant) -> None:
    for answer in asked(engine, SUMMARY):
        assert answer.outcome == "answered", answer.question
        assert answer.citations[0].quote == JUDGED, answer.question
        rest = answer.citations[1:]
        assert rest and {one.section for one in rest} == {"Executive summary"}
        assert len({one.passage for one in rest}) >= 3  # several parts of the summary have their say
        assert len(answer.answer.split()) <= 250


def test_a_number_of_points_is_kept_to(engine: Assistant) -> None:
    five, three = asked(engine, ("in five bullet points", "sum it up in 3 sentences"))
    assert len(five.citations) == 5
    assert len(three.citations) == 3


def test_what_it_is_about_tells_title_judgements_and_dates(engine: Assistant) -> None:
    for answer in asked(engine, ABOUT):
        quotes = [one.quote for one in answer.citations]
        assert quotes[0].startswith("Reinspection of services for children"), answer.question
        assert any(quote.startswith("Report published") for quote in quotes)
        judged = [one.passage for one in answer.citations if one.kind == "judgement"]
        assert judged == ["p1.4", "p1.5", "p1.6", "p1.7", "p1.8", "p1.9"]


def test_a_subject_a_grade_or_a_courtesy_is_not_the_document(engine: Assistant) -> None:
    for answer in asked(engine, OTHERS):
        opens = answer.citations[0].quote if answer.citations else ""
        assert len(answer.citations) < 6 or not opens.startswith(("Reinspection", JUDGED)), answer.question


def test_what_a_recommendation_rests_on_may_be_asked_in_any_words(engine: Assistant) -> None:
    forms = (
        "which findings are behind recommendation 6?",
        "Rec 6 - what did they see that made them say that?",
        "justify recommendation 6",
    )
    for answer in asked(engine, forms):
        assert [one.passage for one in answer.citations][:2] == ["6", "30"], answer.question
    (whole,) = asked(engine, ("recommendation 6 please",))
    assert [one.passage for one in whole.citations] == ["6"]
