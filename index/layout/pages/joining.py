"""Lines -> running text: spaces between them, and words that the end of a line cut in two."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_CUT = re.compile(r"([^\W\d_]+)-$")
_FIRST = re.compile(r"[^\W\d_]+")
_SUSPENDED = re.compile(r"(?:and|or|to)\b")  # "16- and 17-year-olds": the hyphen ends a word
HABIT = 3  # words cut at the end of a line that the report writes without a hyphen elsewhere: then it cuts words as a habit


class Joiner:
    """Joins lines of one report. A hyphen at the end of a line is kept if the report has the hyphenated word elsewhere. It is
    dropped if the report has the joined word and not both parts as words. Else the report's habit decides.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        texts = list(texts)
        inside = (word for text in texts for word in _WORD.findall(re.sub(r"[\w-]+-$", "", text).casefold()))
        self.words = set(inside)
        cuts = [
            (found[1].casefold(), first[0].casefold())
            for text, after in pairwise(texts)
            if (found := _CUT.search(text)) and (first := _FIRST.match(after))
        ]
        plain = sum(1 for left, right in cuts if left + right in self.words)
        joined = sum(1 for left, right in cuts if f"{left}-{right}" in self.words)
        self.hyphenates = plain >= HABIT and plain > joined  # most of the family only break at hyphens that they print

    def join(self, before: str, after: str) -> str:
        """The two texts as one."""
        if not before or not after:
            return before + after
        if before.endswith("-") and not before.endswith((" -", "--")) and not _SUSPENDED.match(after):
            found, first = _CUT.search(before), _FIRST.match(after)
            if found and first and after[0].islower() and not self._keeps(found[1].casefold(), first[0].casefold()):
                return before[:-1] + after
            return before + after
        if before[-1] in "–/" and not before[-2:-1].isspace() and (before[-1] == "/" or after[0].isdigit()):
            return before + after
        return f"{before} {after}"

    def _keeps(self, left: str, right: str) -> bool:
        """Whether a word cut between these two parts is printed with a hyphen."""
        if f"{left}-{right}" in self.words:
            return True
        if left + right in self.words and not {left, right} <= self.words:
            return False
        return not self.hyphenates
