"""What a question takes for granted: wrong grades, directions and numbers are told; right ones are passed over in silence."""

from __future__ import annotations

import pytest

from assistant.answer import Draft, Section, Statement
from assistant.answering.premise import contradicted, corrected, wrong_grade
from prompts import wording
from tests.assistant_toys import answered, cited, somerset

ADOPTION, OVERALL, LEADERSHIP = "Adoption performance", "Overall effectiveness", "Leadership, management and governance"
PROCEEDINGS, WORKERS, MORALE = cited("40", 0), cited("93", 0), cited("92", 0)


@pytest.mark.parametrize(
    ("question", "services"),
    [
        ("why was adoption judged inadequate?", [ADOPTION]),
        ("why was the council rated outstanding?", [OVERALL]),
        ("why was the council rated inadequate?", [OVERALL]),
        ("when was leadership judged outstanding?", [LEADERSHIP]),
        ("why did leadership get an inadequate grade?", [LEADERSHIP]),
        ("is adoption rated inadequate?", [ADOPTION]),
        ("why was adoption rated good?", []),
        ("why was the council judged to require improvement?", []),
        ("why was leadership graded requires improvement?", []),
        ("why were care leavers rated inadequate in 2015?", []),
        ("why was adoption rated inadequate last time?", []),
        ("was the council rated good or inadequate?", []),
        ("why was adoption not rated outstanding?", []),
        ("what grade did adoption get?", []),
        ("do children looked after get good meals?", []),
        ("were care leavers given outstanding advice on housing?", []),
        ("leadership was judged good by inspectors, so why the worry?", [LEADERSHIP]),
        ("is practice good?", []),
    ],
)
def test_a_wrong_grade_names_its_service(question: str, services: list[str]) -> None:
    assert wrong_grade(question, somerset()) == services


@pytest.mark.parametrize(
    ("question", "statement", "wrong"),
    [
        ("why did care proceedings get slower?", PROCEEDINGS, True),
        ("why did the timeliness of care proceedings deteriorate?", PROCEEDINGS, True),
        ("why have care proceedings got quicker?", PROCEEDINGS, False),
        ("why has timeliness improved?", PROCEEDINGS, False),
        ("why has the number of social workers fallen?", WORKERS, True),
        ("what caused the drop in social workers?", WORKERS, True),
        ("why has the number of social workers increased?", WORKERS, False),
        ("what explains the rise in social workers?", WORKERS, False),
        ("why are staff unhappy?", MORALE, True),
        ("why has morale declined?", MORALE, True),
        ("why are staff happy?", MORALE, False),
        ("why has morale improved?", MORALE, False),
        ("why has placement stability improved?", cited("42", 0), True),
        ("why has placement stability deteriorated?", cited("42", 0), False),
    ],
)
def test_a_wrong_direction(question: str, statement: Statement, wrong: bool) -> None:
    assert contradicted(question, [statement]) is wrong


@pytest.mark.parametrize(
    ("question", "statement", "wrong"),
    [
        ("why do care proceedings take 20 weeks?", PROCEEDINGS, True),
        ("do care proceedings take 40 weeks?", PROCEEDINGS, True),
        ("why do care proceedings take 31 weeks?", PROCEEDINGS, False),
        ("why was the high 60 weeks?", PROCEEDINGS, False),
        ("how did proceedings come down to over 30 weeks?", PROCEEDINGS, False),
        ("why did social workers increase by 35%?", WORKERS, True),
        ("why did social workers increase by 20%?", WORKERS, False),
        ("why did social workers increase by 20 per cent?", WORKERS, False),
        ("what happened to staff in 2015?", WORKERS, False),
        ("how long do care proceedings take?", PROCEEDINGS, False),
    ],
)
def test_a_wrong_number(question: str, statement: Statement, wrong: bool) -> None:
    assert contradicted(question, [statement]) is wrong


@pytest.mark.parametrize("question", ["has the number of social workers fallen?", "is the number of social workers going down?"])
def test_a_question_whether_takes_nothing_for_granted(question: str) -> None:
    assert contradicted(question, [WORKERS]) is False


def test_nothing_is_contradicted_by_nothing() -> None:
    assert contradicted("why did care proceedings get slower?", []) is False


def test_the_answer_opens_with_the_correction_and_carries_the_note() -> None:
    draft = answered(PROCEEDINGS, notes=("dated",))
    told = corrected("why did care proceedings get slower?", draft, somerset())
    assert told == answered(PROCEEDINGS, opening=wording("answered.premise"), notes=("dated", "premise_contradicted"))


def test_a_wrong_grade_is_corrected_by_the_judgement_first() -> None:
    judged, other = cited("p1.7"), cited("56", 0)
    told = corrected("why was adoption judged inadequate?", answered(other, judged), somerset())
    assert told == Draft(
        "answered",
        (Section(None, (judged,), "judgement"), Section(None, (other,))),
        opening=wording("answered.premise"),
        notes=("premise_contradicted",),
    )


@pytest.mark.parametrize("outcome", ["not_stated", "out_of_scope", "help", "signpost"])
def test_only_answers_are_corrected(outcome: str) -> None:
    draft = Draft(outcome, nearest=(PROCEEDINGS,))
    assert corrected("why was adoption judged inadequate?", draft, somerset()) is draft


RIGHT = (
    "how long do care proceedings take?", "why do care proceedings take 31 weeks?", "why has the timeliness of care proceedings improved?",
    "how did the council cut care proceedings to 31 weeks?", "why have proceedings become quicker since 60 weeks?",
    "what explains the improvement in the timeliness of proceedings?", "given that proceedings take 31 weeks, what is expected?",
)  # fmt: skip


@pytest.mark.parametrize("question", RIGHT)
def test_a_right_premise_stays_silent(question: str) -> None:
    draft = answered(PROCEEDINGS)
    assert corrected(question, draft, somerset()) is draft


def test_what_is_not_stated_because_it_is_not_so_is_answered_by_the_sentence_that_says_so() -> None:
    homes = cited("p6.1", 0)  # "The local authority operates three children's homes."
    unstated = Draft("not_stated", opening="not found", nearest=(homes, WORKERS), notes=("unsure",))
    told = corrected("which of the council's five children's homes did best?", unstated, somerset())
    assert (told.outcome, told.opening, told.statements, told.nearest) == ("answered", wording("answered.premise"), (homes,), ())
    assert told.notes == ("premise_contradicted",)
    assert corrected("which of the council's three children's homes did best?", unstated, somerset()) == unstated


@pytest.mark.parametrize(
    ("question", "statement", "wrong"),
    [
        ("out of hours cover got worse, so who covers nights", cited("18", 0), True),
        ("do the council's five children's homes do well", cited("p6.1", 0), True),
        ("do the council's three children's homes do well", cited("p6.1", 0), False),
    ],
)
def test_numbers_in_words_and_directions_without_a_why(question: str, statement: Statement, wrong: bool) -> None:
    assert contradicted(question, [statement]) is wrong
