"""Does a clause find something wanting where the report does, and only there? Clauses are laid beside those of the report. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.bearing import Bearing
from assistant.grounds import Grounds
from assistant.lexicon import Lexicon
from assistant.phrases import entries
from assistant.reading import GENERAL, Reading, lowering

ALIKE = 0.7  # of the likeness of the clause most like it: others as near may be meant as well
LAID, WELL_LAID, SURELY = 1.0, 2.0, 4.0  # words in common from which a clause counts as laid beside another, and as surely so


def tone_changed(read: Reading, grounds: Grounds, lexicon: Lexicon, bearing: Bearing) -> bool:
    """A clause denies or finds fault where the clauses of the report beside it do nothing of the kind, or the other way round."""
    asked = "recommendation" in grounds.kinds  # what is recommended is wanting
    theirs = [clause for source in grounds.near for clause in source.stretches]
    for clause in read.stretches:
        scored = [(likeness(clause, one, lexicon, bearing), one) for one in theirs]
        best = max((score for score, _ in scored), default=0.0)
        beside = [one for score, one in scored if score >= min(ALIKE * best, SURELY)]
        if not asked and best >= LAID and finds_fault(clause) and not any(hints(one) for one in beside):
            return True
        if best >= WELL_LAID and all(denies(one) for one in beside) and not hints(clause):
            return True
    return False


def likeness(clause: Reading, other: Reading, lexicon: Lexicon, bearing: Bearing) -> float:
    """How many words of a clause another holds; a word that may stand for one of its words counts half."""
    held = other.content_stems
    total = 0.0
    for word in clause.content_stems - GENERAL:
        if word in held:
            total += 1.0
        elif lexicon.supported(word, held) or any(one in held for one in bearing.stands.get(word, ())):
            total += 0.5
    return total + len({one.value for one in clause.numbers} & {one.value for one in other.numbers})


def denies(clause: Reading) -> bool:
    """Whether a clause denies outright."""
    return _says(clause, entries("marks")["negative"])


def finds_fault(clause: Reading) -> bool:
    """Whether a clause denies or finds something wanting."""
    return _says(clause, [*entries("marks")["negative"], *entries("wanting")["words"]])


def hints(clause: Reading) -> bool:
    """Whether a clause denies, finds fault, asks for more, or says of few only, in any way."""
    marks = entries("marks")
    asked = [
        one for kind in ("modal", "wide", "limit", "exception") for one in marks[kind] if one not in entries("wanting")["not"]
    ]
    cues = [*marks["negative"], *asked, *entries("answers")["negative"], *entries("wanting")["words"]]
    return _says(clause, cues) or any(lowering(token) for token in clause.tokens)


def _says(clause: Reading, cues: Sequence[str]) -> bool:
    return any(kind == "cue" for kind, _, _ in clause.phrases({"idiom": entries("idioms")["plain"], "cue": cues}))
