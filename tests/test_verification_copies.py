"""Models that keep to the report's words: its own sentences, shortened or joined, are kept; the same with one thing changed are not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from evals.verifying import CHANGES, TRUE, Checked, changed, next_number, true
from index.passages import Passage


@pytest.fixture(scope="module")
def checked() -> Checked:
    return Checked()


@pytest.mark.parametrize("change", TRUE)
def test_the_report_s_words_shortened_or_joined_are_kept(change: Callable[[Passage, str], str], checked: Checked) -> None:
    kept, made = true(checked, change)
    assert made > 100
    assert kept >= 0.95 * made


@pytest.mark.parametrize("name", CHANGES)
def test_one_thing_changed_in_the_report_s_own_sentence_is_seen(name: str, checked: Checked) -> None:
    kept, made = changed(checked, CHANGES[name])
    assert made >= 10
    assert kept <= max(1, 0.02 * made)


def test_changes_change_one_thing() -> None:
    assert CHANGES["not left out"]("It is not late and is not lost.") == "It is late and is not lost."
    assert CHANGES["not put in"]("It is late.") == "It is not late."
    assert next_number("In 2017 there were 3.") == "In 2018 there were 3."
