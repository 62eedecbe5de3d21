"""The report as evidence: does a cited passage exist, and are these its words? Judged from the report file itself.

Reads the file's lines, so that a fault of the passages or of the assistant cannot vouch for itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from evals.answers import Cited
from index.layout.source import SourceLine
from index.passages import Passage, Report
from index.store import read_source
from index.text.sentences import fold

_MARK = re.compile(r"<sup>\s*\d+\s*</sup>|[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_CUT = re.compile(r"(?<=\w)[-–]\n(?=\w)(?!and\b|or\b|to\b)")  # a word or a span of years that the end of a line cuts
_HYPHENS = str.maketrans({"\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2212": "-", "\u200b": None, "…": "..."})


@lru_cache(maxsize=8_192)
def plain(text: str) -> str:
    """Text for comparison: white space, quotes, dashes, footnote marks, markup and case folded away."""
    return fold(_CUT.sub("-", _MARK.sub("", text)).translate(_HYPHENS)).casefold()


@dataclass(frozen=True)
class Evidence:
    """The report's passages by id and the lines and pages of its file, in the form in which quotes are compared."""

    report: Report
    lines: tuple[str, ...]
    pages: tuple[int, ...]  # of each line
    asides: frozenset[int] = frozenset()  # lines that stand between those of the text: running heads, footnotes

    @cached_property
    def passages(self) -> dict[str, Passage]:
        return {passage.id: passage for passage in self.report.passages}

    @cached_property
    def text(self) -> str:
        """The whole report, folded."""
        return plain("\n".join(self.lines))

    def span(self, passage: Passage) -> str:
        """The words of the file within the passage's lines, folded."""
        rows = range(passage.rows[0], passage.rows[1] + 1)
        return plain("\n".join(self.lines[row] for row in rows if passage.kind == "footnote" or row not in self.asides))

    def on_pages(self, first: int, last: int) -> str:
        """The words of the file on these pages, folded."""
        return plain("\n".join(line for line, page in zip(self.lines, self.pages, strict=True) if first <= page <= last))

    def exists(self, cited: Cited) -> bool:
        """Whether the passage exists and has the number and the page that the citation gives."""
        passage = self.passages.get(cited.passage)
        return passage is not None and (passage.number, passage.page) == (cited.paragraph, cited.page)

    def verbatim(self, cited: Cited) -> bool:
        """Whether the quote is a contiguous piece of the cited paragraph, or for an unnumbered passage of its pages.

        Where a correction of the scan is recorded, the corrected words count as the file's.
        """
        passage, quote = self.passages.get(cited.passage), plain(cited.quote)
        if passage is None or not quote:
            return False
        if quote in self.span(passage) or (passage.corrected and quote in plain(f"{passage.context or ''} {passage.text}")):
            return True
        return passage.number is None and quote in self.on_pages(passage.page, passage.page_end)


def read_evidence(path: Path, report: Report) -> Evidence:
    """The evidence of a report file. Raises UnreadableReport."""
    _, lines = read_source(path)
    return Evidence(report, tuple(line.text for line in lines), tuple(line.page for line in lines), _asides(lines))


def _asides(lines: Iterable[SourceLine]) -> frozenset[int]:
    return frozenset(row for row, line in enumerate(lines) if line.aside)
