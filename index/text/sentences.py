"""Text -> sentences, each a contiguous piece of the text; and the folding under which a quote counts as verbatim."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_END = re.compile(r"(?<=[.!?])['\"’”)]*\s+(?=['\"‘“(]?[A-Z0-9])")
_NO_END = re.compile(r"\b(?:e\.g|i\.e|etc|Mr|Mrs|Ms|Dr|No|St|T|E|W)\.$")
_QUOTES = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "\u00a0": " ", "\u00ad": None})
_MARKUP = re.compile(r"</?[a-z]+>|\*\*|^[ \t]*#+[ \t]*|^[ \t]*-[ \t]+", re.MULTILINE)


def sentences(text: str) -> tuple[str, ...]:
    """Split at sentence ends; joined by single spaces the parts give the text back (white space aside)."""
    parts: list[str] = []
    start = 0
    for match in _END.finditer(text):
        piece = text[start : match.end()].strip()
        if _NO_END.search(piece):
            continue
        parts.append(piece)
        start = match.end()
    tail = text[start:].strip()
    return tuple([*parts, tail] if tail else parts)


@lru_cache(maxsize=4_096)  # each passage is compared with many quotes
def fold(text: str) -> str:
    """White space, typographic quotes and markup folded away: the form in which quotes are compared."""
    text = unicodedata.normalize("NFC", text).translate(_QUOTES)
    return re.sub(r"\s+", " ", _MARKUP.sub("", text)).strip()
