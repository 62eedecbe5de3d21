"""The kind of thing that a sentence must hold to answer a question, one question a line."""

from __future__ import annotations

import pytest

from assistant.answering.ranking import HOLDS
from assistant.question.answer_types import is_of_kind, kind_of

QUESTIONS = (
    ("count", "how many children are looked after?"), ("count", "number of adoptions last year"), ("count", "average caseload"),
    ("count", "how often are plans reviewed?"), ("count", "what was the total?"),
    ("percentage", "what percentage of children live in poverty?"), ("percentage", "what proportion of care leavers are NEET?"),
    ("percentage", "what % of pupils"), ("percentage", "what share of children are from minority ethnic groups?"),
    ("money", "how much did the council spend on agency staff?"), ("money", "what is the budget?"), ("money", "how much are carers paid?"),
    ("money", "was £5 spent?"), ("money", "what did it cost?"),
    ("person", "who teaches them to budget?"), ("money", "is the budget large enough?"),
    ("date", "when did the inspection start?"), ("date", "what date was the report published?"), ("date", "since when has she been in post?"),
    ("duration", "how long do care proceedings take?"), ("duration", "how many weeks do proceedings take?"),
    ("duration", "how quickly are children seen?"),
    ("person", "who is the lead inspector?"), ("person", "who chairs the LSCB?"), ("person", "name of the director"),
    ("place", "where is the office?"), ("place", "which town is the office in?"), ("place", "where do children live?"),
    ("reason", "why did placement stability get worse?"), ("reason", "what caused the delay?"), ("reason", "how come visits are late?"),
    ("definition", "what is CAMHS?"), ("definition", "what does MASH mean?"), ("definition", "what does 'edge of care' mean?"),
    ("definition", "what does NEET stand for?"),
    ("judgement", "what grade did adoption get?"), ("judgement", "how was leadership rated?"), ("judgement", "what was the verdict?"),
    ("list", "which services are good?"), ("list", "list the recommendations"), ("list", "name three partners"),
    ("list", "what sorts of plans are there?"),
    ("yesno", "has early help got better?"), ("yesno", "are plans better than they used to be?"),
    ("yesno", "are caseloads manageable?"), ("yesno", "do children see their social workers?"), ("yesno", "is it true?"),
    ("keywords", "early help"), ("keywords", "private fostering"), ("keywords", "flaws in supervision"),
    ("keywords", "brief me on care leavers"), ("keywords", "children at risk"),
    ("fact", "what colour are the walls?"), ("fact", "which panel reviews this?"), ("fact", "how good is early help?"),
    ("fact", "what should scrutiny ask about early help?"),
)  # fmt: skip


@pytest.mark.parametrize(("kind", "question"), QUESTIONS)
def test_the_kind_of_a_question(kind: str, question: str) -> None:
    assert kind_of(question) == kind


@pytest.mark.parametrize("question", [question for _, question in QUESTIONS])
def test_a_question_is_of_its_kind_alone(question: str) -> None:
    kinds = {kind for kind, _ in QUESTIONS}
    assert [kind for kind in sorted(kinds) if is_of_kind(question, kind)] == [kind_of(question)]


def test_the_questions_cover_every_kind_that_a_sentence_can_hold() -> None:
    assert set(HOLDS) <= {kind for kind, _ in QUESTIONS}


@pytest.mark.parametrize(
    "text", ["when they go missing, do children talk to someone?", "children who need help", "children who live at home"]
)
def test_words_that_open_a_clause_ask_for_no_date_and_no_person(text: str) -> None:
    assert [kind for kind in ("date", "person") if is_of_kind(text, kind)] == []
