"""Whether a sentence of an inspection report praises, criticises, does both, or neither.

Ofsted's language is formulaic: what the work is about and where it started from is passed over, clauses are split where
"however" or "but" turns them, each is judged by its cues, with denials turning the cue that follows. What is described
without criticism is praise, unless it only reports an event. Cues are data (polarity.toml); measured by evals/polarity.py.
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

    def either(patterns: list[str]) -> re.Pattern[str]:
        return re.compile("|".join(patterns), re.IGNORECASE)

    return {
        "turns": re.compile(rf"(?:\b|(?=,))(?:{'|'.join(map(re.escape, lists['turns']))})\b", re.IGNORECASE),
        "openers": pattern(lists["openers"], r"\b"),
        "denials": pattern(lists["denials"], r"\b"),
        "subject": pattern(lists["subject"], r"\b"),
        "history": either(lists["history"]),
        "neutral": either(lists["neutral"]),
        "criticism": pattern(lists["criticism"], ""),
        "bad": pattern(lists["bad"], ""),
        "good": pattern(lists["good"], ""),
    }


@lru_cache(maxsize=4_096)
def polarity(sentence: str) -> str:
    """POSITIVE, NEGATIVE, MIXED or NEUTRAL."""
    cues = _cues()
    verdict = cues["subject"].sub(" ", cues["history"].sub(" ", sentence))
    if cues["neutral"].search(sentence) and not cues["criticism"].search(verdict):
        return NEUTRAL
    marks = {_clause(clause) for clause in _clauses(verdict)}
    if NEGATIVE in marks:
        return NEGATIVE if marks == {NEGATIVE} else MIXED  # what is set against criticism is conceded, even without a cue
    return POSITIVE


def _clauses(sentence: str) -> list[str]:
    """The sentence cut at turns, and at the comma that ends a clause opened by one."""
    cues = _cues()
    cut: list[str] = []
    end, opened = 0, False
    for turn in [*cues["turns"].finditer(sentence), None]:
        piece = sentence[end : turn.start() if turn else len(sentence)]
        head, comma, tail = piece.partition(", ")
        cut += [head, tail] if opened and comma and len(tail.split()) > 3 else [piece]
        if turn:
            end, opened = turn.end(), cues["openers"].match(turn[0]) is not None
    return [piece for piece in cut if piece.strip(" ,.")]


def _clause(clause: str) -> str:
    cues = _cues()
    if cues["criticism"].search(clause):
        return NEGATIVE
    denied = [match.end() for match in cues["denials"].finditer(clause)]
    score = 0
    for sign, name in ((1, "good"), (-1, "bad")):
        for match in cues[name].finditer(clause):
            turned = any(match.start() - end >= 0 and len(clause[end : match.start()].split()) < _REACH for end in denied)
            score += -sign if turned else sign
    return POSITIVE if score > 0 else NEGATIVE if score < 0 else NEUTRAL
