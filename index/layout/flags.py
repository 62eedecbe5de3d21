"""Flags of findings: "(Recommendation 3)", in whatever spelling a report prints them."""

from __future__ import annotations

import re

from rapidfuzz import fuzz

LONGEST_SPAN = 30  # recommendations that one flag may name as a span
SPELT = 85  # of 100: how close a word must be to "recommendation" to be a slip of it

_ENCLOSED = re.compile(r"[(\[{]([^()\[\]{}]{3,60})(?:[)\]}]\.?|$)")
_AT_THE_END = re.compile(
    r"(?<=[.!?’”)\]] )(Rec[^()\[\]{}.]{1,40})[)\]}.]*$", re.IGNORECASE
)  # without brackets, or with one of them
_SAME = re.compile(
    r"\b(?:areas? for improvement|(?:priority|immediate)(?: and (?:priority|immediate))? actions?|recs?)\b", re.IGNORECASE
)
_WORD = re.compile(r"[^\W\d_]+")
_BESIDE = frozenset(
    "a also an and board is key link linked links lscb no nos number numbers refer refers related see the this to".split()
)
_SPAN = re.compile(r"(?<!\d)(\d{1,3})(?!\d)(?:\s*(?:to|[-–])\s*(\d{1,3})(?!\d))?")


def flag_of(text: str) -> tuple[str, bool, tuple[str, ...]]:
    """The text without the flags at its end, whether it has flags, and the recommendations that they name; others stay."""
    found = [one for pattern in (_ENCLOSED, _AT_THE_END) for one in pattern.finditer(text) if _is_flag(one[1])]
    if not found:
        return text.rstrip(), False, ()
    named: list[str] = []
    for flag in found:
        for first, last in _SPAN.findall(flag[1]):
            span = range(int(first), int(last) + 1) if last else ()
            named += map(str, span) if 0 < len(span) <= LONGEST_SPAN else [first, *([last] if last else [])]
    for flag in reversed(found):
        if flag.end() < len(text.rstrip()):
            break
        text = text[: flag.start()].rstrip()
    return text.rstrip(), True, tuple(dict.fromkeys(named))


def _is_flag(words: str) -> bool:
    """Whether words say "recommendation", figures, and nothing else that tells something."""
    said = [word for word in _WORD.findall(_SAME.sub("recommendation", words).casefold()) if word not in _BESIDE]
    return bool(said) and all(word.startswith("rec") and fuzz.ratio(word, "recommendation") >= SPELT for word in said)
