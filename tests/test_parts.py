"""Several questions in one message: each answered under its own words, and what the report does not state is named in its place."""

from __future__ import annotations

from dataclasses import replace

from assistant.answer import Draft, Section, Statement
from assistant.answering.choosing import joined
from prompts import wording
from tests.assistant_toys import answered, passage, understanding

FIRST = Statement(passage("4", "There are 40 foster carers."), "There are 40 foster carers.")
SECOND = Statement(passage("5", "Plans are reviewed each month."), "Plans are reviewed each month.")
ASKED = ("how many carers?", "who chairs it")
QUERY = replace(understanding().understand("how many?"), parts=("how many carers?", "who chairs the panel?"), asked=ASKED)
MISSING = Draft("not_stated", nearest=(SECOND,), confidence=0.1)
ON = [wording("answered.part", part="how many carers"), wording("answered.part", part="who chairs it")]


def test_each_part_stands_under_its_own_words() -> None:
    assert joined(QUERY, [answered(FIRST, confidence=0.9), answered(SECOND, confidence=0.7)]) == Draft(
        "answered",
        (Section(ON[0], (FIRST,), about=ASKED[0]), Section(ON[1], (SECOND,), about=ASKED[1])),
        notes=("parts",),
        confidence=0.7,
    )


def test_a_part_that_is_not_stated_is_named_in_its_place() -> None:
    missing = Section(None, (), "not_stated", ASKED[0], wording("answered.partly_about", part="how many carers"))
    told = joined(QUERY, [MISSING, answered(SECOND, confidence=0.6)])
    assert told.sections == (missing, Section(ON[1], (SECOND,), about=ASKED[1]))
    assert (told.notes, told.confidence) == (("parts", "partly"), 0.6)


def test_headings_of_a_part_follow_its_own_words() -> None:
    headed = Draft("answered", (Section("What works:", (FIRST,), "good"), Section("What does not:", (SECOND,), "weak")))
    told = joined(QUERY, [headed, MISSING])
    assert [section.heading for section in told.sections] == [f"{ON[0]} What works:", "What does not:", None]


def test_a_table_is_announced_by_the_part_s_words() -> None:
    table = Draft("answered", (Section("Grades:", (FIRST,), "judgement", "Adoption", row="Adoption", column="2017"),))
    told = joined(QUERY, [table, MISSING])
    assert [(section.heading, section.row) for section in told.sections[:2]] == [(ON[0], None), ("Grades:", "Adoption")]


def test_a_correction_stands_before_the_part_it_belongs_to() -> None:
    wrong = answered(SECOND, opening="The report says otherwise:", notes=("premise_contradicted",), confidence=0.8)
    told = joined(QUERY, [answered(FIRST, confidence=0.9), wrong])
    assert [(section.role, section.text) for section in told.sections] == [
        ("answer", None),
        ("correction", "The report says otherwise:"),
        ("answer", None),
    ]
    assert "premise_contradicted" in told.notes
