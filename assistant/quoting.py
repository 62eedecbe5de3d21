"""A quote of a model -> the verbatim piece of the passage it names, or none. Pure."""

from __future__ import annotations

import re

from rapidfuzz import fuzz

from assistant.phrases import entries, words_of
from assistant.reading import NUMBERS, Reading
from index.sentences import fold

QUOTE_SCORE = 95.0  # of 100: how alike an inexact quote must be to what it is snapped to
QUOTE_WORDS = 3
SLIP_SCORE = 80.0  # how alike two words must be that are taken for one, misspelt


def snapped(quote: str, text: str) -> str | None:
    """The verbatim piece of `text` that a quote names, in whole words; None where there is none.

    A quote that is not verbatim is aligned, and taken when it is at least QUOTE_SCORE alike and no number, negation or
    word of proportion differs.
    """
    wanted = fold(quote).strip(" .…\"'")
    words = list(re.finditer(r"\S+", text))
    folded, spans = "", []
    for word in words:
        piece = fold(word[0])
        if not piece:
            continue
        folded += " " if folded else ""
        spans.append((len(folded), len(folded) + len(piece), word))
        folded += piece
    if not wanted or len(wanted) > len(folded):
        return None
    if len(wanted.split()) < QUOTE_WORDS and wanted.casefold() != folded.casefold().strip(" .\"'"):
        return None
    at = folded.casefold().find(wanted.casefold())
    start, end = at, at + len(wanted)
    exact = at >= 0
    if not exact:
        found = fuzz.partial_ratio_alignment(wanted.casefold(), folded.casefold(), score_cutoff=QUOTE_SCORE)
        if found is None or found.score < QUOTE_SCORE:
            return None
        start, end = found.dest_start, found.dest_end
    inside = [(low, high, word) for low, high, word in spans if high > start and low < end]
    if not inside:
        return None
    piece = text[inside[0][2].start() : inside[-1][2].end()]
    return piece if exact or slips(wanted, piece) else None


def slips(wanted: str, piece: str) -> bool:
    """Whether two texts differ by slips of the pen only: the same words, some of them spelt nearly alike."""
    pairs = list(zip(wanted.casefold().split(), fold(piece).casefold().split(), strict=False))
    if len(wanted.split()) != len(fold(piece).split()) or weighty(piece) != weighty(wanted):
        return False
    differing = [(one, other) for one, other in pairs if one.strip(".,;:") != other.strip(".,;:")]
    return all(
        fuzz.ratio(one, other) >= SLIP_SCORE and not one.endswith(other) and not other.endswith(one) for one, other in differing
    )


def weighty(text: str) -> list[str]:
    """What a slip of the pen must not change: numbers, and marks and words of proportion, in order."""
    read = Reading(text)
    kinds = [words_of(one) for one in (*entries("marks").values(), *entries("proportions").values())]
    heavy = {word for group in kinds for phrase in group for word in phrase}
    return [token for token in read.tokens if token[0].isdigit() or token in heavy or token in NUMBERS]
