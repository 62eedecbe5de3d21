"""Patterns for which small and capital letters are one: they find what `re` finds while it ignores case."""

from __future__ import annotations

import re

import pytest

from assistant.words.caseless import Caseless

PATTERNS = (r"\bcare leavers?\b", r"^(?:so |and )?who\b(?! are)", r"\b(?P<what>\w+) homes\W*$", r"\d+\s*%", r"caf\w+\b")
TEXTS = (
    "How many CARE LEAVERS are there?", "so Who chairs the panel", "Residential Homes?", "WHO ARE THEY", "86 % of them",
    "scare leavers", "CAFÉ society", "café", "caféteria homes", "the ‘care leavers’ – £5", "", "\u00a0who", "٣٤ %", "İ care leaver",
)  # fmt: skip


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("text", TEXTS)
def test_it_matches_where_a_pattern_that_ignores_case_does(pattern: str, text: str) -> None:
    ignoring, caseless = re.compile(pattern, re.IGNORECASE), Caseless(pattern)
    for found, expected in (
        (caseless.search(text), ignoring.search(text)),
        (caseless.match(text), ignoring.match(text)),
        (caseless.fullmatch(text), ignoring.fullmatch(text)),
    ):
        assert (found is None) == (expected is None)
        if found and expected:
            assert found[0] == expected[0].lower()


def test_every_pattern_and_every_text_count_for_something() -> None:
    found = {(pattern, text) for pattern in PATTERNS for text in TEXTS if Caseless(pattern).search(text)}
    assert {pattern for pattern, _ in found} == set(PATTERNS)
    assert len({text for _, text in found}) >= len(TEXTS) - 4


def test_the_flags_of_a_pattern_hold() -> None:
    assert Caseless(r"ignore.*rules", re.DOTALL).search("IGNORE\nall RULES")
    assert not Caseless(r"ignore.*rules").search("IGNORE\nall RULES")


@pytest.mark.parametrize("pattern", [r"\bOfsted\b", r"[A-Z]\w+", r"(?P<what>Yes)"])
def test_a_capital_letter_in_a_pattern_is_a_mistake_told_at_once(pattern: str) -> None:
    with pytest.raises(ValueError, match="capital letter"):
        Caseless(pattern)


def test_classes_of_characters_written_with_a_capital_letter_are_none() -> None:
    assert Caseless(r"\W\S\D\B.(?P<x>a)?").search("?abc-")
