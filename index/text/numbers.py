"""The English words for whole numbers up to ninety-nine."""

from __future__ import annotations

_UNITS = "one two three four five six seven eight nine".split()
_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
UP_TO_NINE, UP_TO_TEN, UP_TO_TWELVE = (
    "|".join([*_UNITS, *_TEENS][:most]) for most in (9, 10, 12)
)  # as alternatives of a pattern
NUMBER_WORDS = {word: str(at) for at, word in enumerate([*_UNITS, *_TEENS], 1)}  # word -> digits; "forty-two" and "forty two"
NUMBER_WORDS |= {ten: str(at) for at, ten in zip(range(20, 100, 10), _TENS, strict=True)}
NUMBER_WORDS |= {
    f"{ten}{gap}{unit}": str(int(NUMBER_WORDS[ten]) + more)
    for ten in _TENS
    for more, unit in enumerate(_UNITS, 1)
    for gap in " -"
}
