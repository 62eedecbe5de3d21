"""An answer on a terminal: the composed text, the nearest passages, and what could be asked instead."""

from __future__ import annotations

from dataclasses import replace

from assistant.answer import Statement, citation, error_answer
from prompts import wording
from tests.assistant_toys import passage, somerset
from ui.plain import as_text

ANSWER = replace(error_answer("What?", ""), answer="Six live here<sup>2</sup> [page 7, Children]\nAdoption, 2015: Good. [page 7]")


def test_the_composed_text_is_printed_as_it_is() -> None:
    assert as_text(ANSWER) == "Six live here² [page 7, Children]\nAdoption, 2015: Good. [page 7]"


def test_nearest_passages_and_suggested_questions_follow() -> None:
    near = citation(Statement(passage("p7.1", "9 boys", kind="figure", context="There were:"), "9 boys"), somerset())
    unclear = replace(ANSWER, answer="Not stated.", nearest=(near,), suggestions=("What is A?", "What is B?"))
    assert as_text(unclear) == (
        f"Not stated.\n{wording('not_stated.nearest')}\n- There were: 9 boys [page 6, Leadership]\n\n"
        f"{wording('chat.follow_ups')}:\n- What is A?\n- What is B?"
    )
