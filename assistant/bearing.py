"""Whether the words of a sentence are borne out by the sentences it rests on. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.lexicon import Lexicon
from assistant.reading import GENERAL, Reading

SHORT, SHORT_SHARE = 6, 5  # of so few content words, at most one in five may be the model's own


def coverage(read: Reading, source: Reading, lexicon: Lexicon) -> float:
    """Share of the content words of a sentence that the source holds, in these or in other words."""
    held = source.content_stems
    glossed = lexicon.glossed(read.text, held)
    wanted = [one for one in dict.fromkeys(found for _, found in read.content) if one in held or one not in lexicon.light]
    if not wanted:
        return 0.0
    return sum(one in glossed or lexicon.supported(one, held) for one in wanted) / len(wanted)


def uncovered(read: Reading, places: Sequence[str], near: Sequence[Reading], lexicon: Lexicon) -> bool:
    """Too few of the words are in the sentences it rests on, or where these stand; a short sentence may add hardly any."""
    if len(read.content_stems) + len(read.numbers) < 2:
        return True
    close = Reading(" . ".join([*(one.text for one in near), *places]))
    held, glossed = close.content_stems, lexicon.glossed(read.text, close.content_stems)
    lacking = [
        one for one in read.content_stems if one not in glossed and not lexicon.supported(one, held) and one not in GENERAL
    ]
    size = len(read.content_stems) + 2 * len(read.numbers)  # a number that was found right bears more than a word
    if size <= SHORT:
        return len(lacking) * SHORT_SHARE > size
    return coverage(read, close, lexicon) < lexicon.floor
