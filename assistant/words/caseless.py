"""Patterns for which small and capital letters are one, tried several times as fast as with re.IGNORECASE.

The text is made small once, in C, and the pattern is compiled for small letters: so `re` can pass over a place by its first
letter, which it does not do while it ignores case. Where all letters are of ASCII, so are the words looked for, which `re`
does sooner. A question meets some sixty patterns.
"""

from __future__ import annotations

import re
from functools import cached_property

_ESCAPED = re.compile(r"\\.|\(\?P[<=]")
_FOREIGN = re.compile(r"(?![\x00-\x7f])[\w\s]")  # a letter, digit or space that ASCII lacks


class Caseless:
    """A compiled pattern. What matched is told in small letters: for whether and where something stands, not for quoting it."""

    def __init__(self, pattern: str, flags: int = 0) -> None:
        """Raises ValueError for a pattern with a capital letter, which nothing could ever match."""
        if (bare := _ESCAPED.sub("", pattern)) != bare.lower():
            raise ValueError(f"A caseless pattern has a capital letter: {pattern}")
        self._text, self._flags = pattern, flags
        self._plain = re.compile(pattern, flags | re.ASCII)

    def search(self, text: str) -> re.Match[str] | None:
        """The first place at which the pattern matches."""
        low = text.lower()
        return self._for(low).search(low)

    def match(self, text: str) -> re.Match[str] | None:
        """A match at the beginning."""
        low = text.lower()
        return self._for(low).match(low)

    def fullmatch(self, text: str) -> re.Match[str] | None:
        """A match of the whole text."""
        low = text.lower()
        return self._for(low).fullmatch(low)

    def _for(self, text: str) -> re.Pattern[str]:
        return self._plain if text.isascii() or not _FOREIGN.search(text) else self._any

    @cached_property
    def _any(self) -> re.Pattern[str]:
        return re.compile(self._text, self._flags)
