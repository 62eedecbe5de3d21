"""Two questions in one: both answers, each statement once, and what the report does not state is named."""

from __future__ import annotations

from dataclasses import replace

from assistant.answer import Draft, Section, Statement
from assistant.parts import joined
from prompts import wording
from tests.assistant_toys import answered, passage, understanding

FIRST = Statement(passage("4", "There are 40 foster carers."), "There are 40 foster carers.")
SECOND = Statement(passage("5", "Plans are reviewed each month."), "Plans are reviewed each month.")
QUERY = replace(
    understanding().understand("how many foster carers are there?"),
    parts=("how many carers?", "who chairs the panel - how many carers?"),
)
MISSING = Draft("not_stated", nearest=(SECOND,), confidence=0.1)


def test_both_parts_answered_is_no_partial_answer() -> None:
    assert joined(QUERY, [answered(FIRST, confidence=0.9), answered(SECOND, confidence=0.7)]) == Draft(
        "answered", (Section(None, (FIRST,)), Section(None, (SECOND,))), confidence=0.7
    )


def test_the_part_that_is_not_stated_is_named_in_its_own_words() -> None:
    said = wording("answered.partly_about", part="who chairs the panel")
    assert joined(QUERY, [answered(FIRST, confidence=0.9), MISSING]) == answered(
        FIRST, closing=(said,), notes=("partly",), confidence=0.9
    )


def test_the_first_part_can_be_the_missing_one() -> None:
    said = wording("answered.partly_about", part="how many carers")
    assert joined(QUERY, [MISSING, answered(SECOND, confidence=0.6)]) == answered(
        SECOND, closing=(said,), notes=("partly",), confidence=0.6
    )


def test_a_part_outside_the_report_is_missing_too() -> None:
    assert joined(QUERY, [answered(FIRST), Draft("out_of_scope")]).notes == ("partly",)


def test_what_both_parts_state_is_stated_once() -> None:
    both = [answered(FIRST, confidence=0.9), answered(FIRST, SECOND, confidence=0.8)]
    assert joined(QUERY, both).statements == (FIRST, SECOND)
    assert joined(QUERY, [both[0], both[0]]).sections == (Section(None, (FIRST,)),)


def test_notes_and_closings_of_both_parts_are_kept_once() -> None:
    dated = answered(FIRST, notes=("dated",), closing=("As of 2017.",), confidence=0.9)
    told = joined(QUERY, [dated, replace(dated, sections=(Section(None, (SECOND,)),))])
    assert (told.notes, told.closing) == (("dated",), ("As of 2017.",))


def test_a_correction_stands_before_the_part_it_belongs_to() -> None:
    wrong = answered(SECOND, opening="The report says otherwise:", notes=("premise_contradicted",), confidence=0.8)
    assert joined(QUERY, [answered(FIRST, confidence=0.9), wrong]) == Draft(
        "answered", (Section(None, (FIRST,)), Section(None, (), text="The report says otherwise:"), Section(None, (SECOND,))),
        notes=("premise_contradicted",), confidence=0.8,
    )  # fmt: skip
    assert joined(QUERY, [wrong, answered(FIRST)]).opening == "The report says otherwise:"
