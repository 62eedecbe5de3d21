"""Derived sets: the same every time, each changed in one way, with the expectations of the original."""

from __future__ import annotations

import pytest

from evals.measures.robustness import KINDS, MARKER, derive
from tests.evals_toys import case, toy_cases

LONG = case(question="Why are initial health assessments for children who become looked after taking too long?")


@pytest.mark.parametrize("kind", KINDS)
def test_a_set_is_the_same_every_time_and_keeps_the_expectations(kind: str) -> None:
    cases = [*toy_cases(), case(id="fact-100", question="How do IROs challenge drift?", key_facts=[{"any": ["8 weeks"]}])]
    first = derive(cases, kind)
    assert first == derive(cases, kind)
    original = {one.id: one for one in cases}
    assert first
    for one in first:
        before = original[one.origin or ""]
        assert one.id == f"{before.id}~{kind}"
        assert one.question != before.question
        assert (one.gold, one.key_facts, one.outcomes, one.split) == (
            before.gold,
            before.key_facts,
            before.outcomes,
            before.split,
        )


def test_typos_change_a_few_words_and_never_a_number_or_a_first_letter() -> None:
    question = "In 2017, which assessments were completed within 45 working days of the referral?"
    (changed,) = derive([case(question=question)], "typos")
    before, after = question.split(), changed.question.split()
    assert len(before) == len(after)
    differing = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert 1 <= len(differing) <= 3
    assert all(old[0] == new[0] and not old[0].isdigit() for old, new in differing)


def test_lower_case_takes_the_question_mark_too_and_leaves_out_what_it_does_not_change() -> None:
    assert [one.question for one in derive([LONG, case(id="b", question="in lower case already")], "lower")] == [
        "why are initial health assessments for children who become looked after taking too long"
    ]


def test_abbreviations_are_written_out_or_put_in() -> None:
    asked = ["How do IROs do?", "what is the emergency duty team like", "nothing to swap here"]
    found = derive([case(id=str(at), question=text) for at, text in enumerate(asked)], "abbreviations")
    assert [one.question for one in found] == ["How do independent reviewing officers do?", "what is the EDT like"]


def test_an_appended_instruction_forbids_its_marker() -> None:
    (found,) = derive([LONG], "instruction")
    assert found.question.startswith(LONG.question)
    assert MARKER in found.question and found.forbidden == (MARKER,)
