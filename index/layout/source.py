"""The lines of the file that a report was read from: what every quote is compared with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from index.formats.markdown import Line
from index.formats.placed import PlacedText
from index.layout.pages.running import set_aside
from index.passages import Report


@dataclass(frozen=True)
class SourceLine:
    """A line of the file: its page (from 1), its words, and whether it stands between the lines of the text (a running
    head, a page number, a footnote). `Passage.rows` counts these lines from 0.
    """

    page: int
    text: str
    aside: bool = False


def source_of_markdown(lines: Iterable[Line]) -> tuple[SourceLine, ...]:
    """The lines of a report in Markdown."""
    return tuple(SourceLine(line.page, line.text) for line in lines)


def source_of_placed(text: PlacedText, report: Report) -> tuple[SourceLine, ...]:
    """The lines of a laid-out report, as they were extracted."""
    running = {line.row for line in set_aside(text.lines, text.sizes)[1]}
    notes = {row for p in report.passages if p.kind == "footnote" for row in range(p.rows[0], p.rows[1] + 1)}
    return tuple(SourceLine(line.page, line.text, line.row in running | notes) for line in text.lines)
