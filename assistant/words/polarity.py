"""Whether a sentence of an inspection report is positive, negative, mixed or neutral.

History and subject are ignored; clauses are split at "however" or "but" and judged by cues, which a denial before them inverts.
Description without criticism is positive, unless it only reports an event. Cues are data (polarity.toml); measured by
evals/measures/polarity.py.
"""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Final, Literal

Polarity = Literal["positive", "negative", "mixed", "neutral"]
POSITIVE: Final = "positive"
NEGATIVE: Final = "negative"
MIXED: Final = "mixed"
NEUTRAL: Final = "neutral"
_REACH = 4  # words after a denial within which a cue is turned
_DENIAL = re.compile(
    r"(?:\w+ ){0,3}(?:not?|\w+n't|cannot)(?: (?!always|yet|all|consistently|sufficiently|routinely|fully|enough)\w+){0,3} ?$"
)


@lru_cache(maxsize=1)
def _cues() -> dict[str, re.Pattern[str]]:
    """The cues as patterns of small letters: a sentence is made small before they are looked for (assistant/words/caseless.py)."""
    lists = tomllib.loads(files("assistant.words").joinpath("polarity.toml").read_text(encoding="utf-8"))

    def plain(words: list[str]) -> re.Pattern[str]:
        longest_first = sorted(words, key=len, reverse=True)
        return re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b")

    def either(patterns: list[str], head: str = r"\b") -> re.Pattern[str]:
        return re.compile(rf"{head}(?:{'|'.join(patterns)})")

    return {
        "turns": re.compile(rf"(?:\b|(?=,))(?:{'|'.join(map(re.escape, lists['turns']))})\b"),
        **{name: plain(lists[name]) for name in ("openers", "denials", "remedies", "subject")},
        **{name: either(lists[name]) for name in ("criticism", "bad", "good", "reports")},
        "history": either(lists["history"], ""),
        "events": either(lists["events"], "^"),
    }


@lru_cache(maxsize=4_096)
def polarity(sentence: str) -> Polarity:
    """A sentence's polarity: POSITIVE, NEGATIVE, MIXED or NEUTRAL."""
    cues, sentence = _cues(), sentence.lower()
    verdict = cues["subject"].sub(" ", cues["history"].sub(" ", sentence))
    if cues["events"].search(sentence) and not cues["criticism"].search(verdict):
        return NEUTRAL
    marks = {_clause(clause) for clause in _clauses(verdict)}
    if NEGATIVE in marks:
        return NEGATIVE if marks == {NEGATIVE} else MIXED  # what is set against criticism is conceded, even without a cue
    return NEUTRAL if POSITIVE not in marks and cues["reports"].search(sentence) else POSITIVE


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


def _clause(clause: str) -> Polarity:
    cues = _cues()
    denied, remedied = ([match.end() for match in cues[name].finditer(clause)] for name in ("denials", "remedies"))

    def follows(at: int, ends: list[int]) -> bool:
        return any(at - end >= 0 and len(clause[end:at].split()) < _REACH for end in ends)

    begun = [match.start() for match in cues["remedies"].finditer(clause)]
    bad = [match.start() for match in cues["bad"].finditer(clause)]
    spared = [at for at in bad if follows(at, denied + remedied) or any(follows(remedy, [at]) for remedy in begun)]
    for match in cues["criticism"].finditer(clause):
        if not any(_takes_back(clause[match.start() : at]) for at in spared if at > match.start()):
            return NEGATIVE
    good = [match.start() for match in cues["good"].finditer(clause)]
    turned = [at for at in good if follows(at, denied)]
    score = len(good) - 2 * len(turned) - len(bad) + 2 * len(spared)
    return POSITIVE if score > 0 else NEGATIVE if score < 0 else NEUTRAL


def _takes_back(said: str) -> bool:
    """Whether what stands before a fault only denies it, as in "children do not experience (delay)"; not "do not always prevent"."""
    return _DENIAL.fullmatch(said) is not None and not _cues()["remedies"].search(said)
