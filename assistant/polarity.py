"""Whether a sentence of an inspection report praises, criticises, does both, or neither.

Ofsted's language is formulaic: clauses are split where "however" or "but" turns them, each is judged by its cues, with
denials turning the cue that follows. Cues are data (polarity.toml). Evaluated in docs/evaluation.md.
"""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib.resources import files

POSITIVE, NEGATIVE, MIXED, NEUTRAL = "positive", "negative", "mixed", "neutral"
_REACH = 4  # words after a denial within which a cue is turned


@lru_cache(maxsize=1)
def _cues() -> dict[str, re.Pattern[str]]:
    lists = tomllib.loads(files("assistant").joinpath("polarity.toml").read_text(encoding="utf-8"))

    def pattern(words: list[str], tail: str) -> re.Pattern[str]:
        longest_first = sorted(words, key=len, reverse=True)
        return re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))}){tail}", re.IGNORECASE)

    return {
        "turns": pattern(lists["turns"], r"\b"),
        "denials": pattern(lists["denials"], r"\b"),
        "criticism": pattern(lists["criticism"], ""),
        "bad": pattern(lists["bad"], ""),
        "good": pattern(lists["good"], ""),
    }


@lru_cache(maxsize=4_096)
def polarity(sentence: str) -> str:
    """POSITIVE, NEGATIVE, MIXED or NEUTRAL."""
    marks = {mark for clause in _clauses(sentence) if (mark := _clause(clause)) != NEUTRAL}
    if MIXED in marks or marks == {POSITIVE, NEGATIVE}:
        return MIXED
    return marks.pop() if marks else NEUTRAL


def _clauses(sentence: str) -> list[str]:
    """The sentence cut at turns, and at the comma that ends a clause opened by one."""
    cut: list[str] = []
    for piece in _cues()["turns"].split(sentence):
        opened = bool(cut)
        head, comma, tail = piece.partition(", ")
        if opened and comma and len(tail.split()) > 3 and len(head.split()) > 2:
            cut += [head, tail]
        else:
            cut.append(piece)
    return [piece for piece in cut if piece.strip()]


def _clause(clause: str) -> str:
    cues = _cues()
    if cues["criticism"].search(clause):
        return NEGATIVE
    denied = [match.end() for match in cues["denials"].finditer(clause)]
    score = 0
    for sign, name in ((1, "good"), (-1, "bad")):
        for match in cues[name].finditer(clause):
            turned = any(0 <= match.start() - end and len(clause[end : match.start()].split()) < _REACH for end in denied)
            score += -sign if turned else sign
    return POSITIVE if score > 0 else NEGATIVE if score < 0 else NEUTRAL
