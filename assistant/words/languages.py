"""Is a message in a language other than English? By its vocabulary first, then by py3langid (loaded only for strange words)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import Any

KNOWN = 0.75  # share of English words from which a message is English
HALF = 0.5  # share from which another language must be very likely: misspelt English has strange words too
SURE, VERY_SURE = 0.65, 0.95  # probability from which a language is believed: rows of keys pressed at random stay below it
LETTERS = 3  # fewest letters of a message whose language can be told
# The languages that are told apart: those that people in England and Wales speak most, and English.
SPOKEN = (
    "ar bg bn cy de el en es fa fr gu hi hu it ja ku lt lv nl pa pl ps pt ro ru sk so sq sw ta tr uk ur vi zh".split()
)  # ISO 639-1

NAMES = frozenset(  # of those and other languages, as people write them
    """albanian arabic bengali british-sign bulgarian chinese cymraeg czech dutch farsi filipino french français german greek gujarati
    hindi hungarian irish italian japanese korean kurdish latvian lithuanian malayalam mandarin nepali pashto persian polish
    portuguese punjabi romanian russian slovak somali spanish swahili tagalog tamil thai turkish ukrainian urdu vietnamese
    welsh""".split()
)


def language_of(text: str, is_english: Callable[[str], bool]) -> str | None:
    """The code of the language (ISO 639-1) that a message is written in, None when it is English or cannot be told."""
    letters = [character for character in text if character.isalpha()]
    if len(letters) < LETTERS:
        return None
    least = SURE
    latin = sum("LATIN" in unicodedata.name(character, "") for character in letters)
    if latin > len(letters) / 2:
        said = re.findall(r"[^\W\d_]+", text.casefold())
        share = sum(map(is_english, said)) / max(1, len(said))
        if not said or share >= KNOWN:
            return None
        least = VERY_SURE if share >= HALF else SURE
    code, probability = _identifier().classify(text)
    return code if code != "en" and probability >= least else None


def prepare() -> None:
    """Load the language identifier in advance: it takes half a second."""
    _identifier()


@lru_cache(maxsize=1)
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    made = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    made.set_languages(SPOKEN)
    return made
