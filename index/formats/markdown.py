"""A report in Markdown -> lines with their page. Their meaning: index/layout.

Knows Ofsted's Markdown (three or more blank lines are a page break) and nothing of paragraphs or findings.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from index.errors import UnreadableReport

MAX_BYTES = 20_000_000  # a 32-page report is 75 kB; far beyond this it is not one report
BLANK_RUN = 3  # blank lines that mark a page break


@dataclass(frozen=True)
class Line:
    """One line of the file: its text without line ending, its row (from 0) and its page (from 1)."""

    text: str
    row: int
    page: int
    corrected: bool = False


def read_text(path: Path) -> str:
    """The file as text. Raises UnreadableReport when it is missing, too large, binary or not UTF-8."""
    try:
        size = path.stat().st_size
        if not path.is_file():
            raise UnreadableReport(f"{path} is not a file: name a report in Markdown.")
        if size > MAX_BYTES:
            raise UnreadableReport(f"{path} has {size:,} bytes, more than a report has: name one report in Markdown.")
        data = path.read_bytes()
    except OSError as fault:
        raise UnreadableReport(f"{path} cannot be read ({fault.strerror}): name an existing report file.") from fault
    if not data.strip():
        raise UnreadableReport(f"{path} is empty: name a report in Markdown.")
    if b"\0" in data:
        raise UnreadableReport(f"{path} is a binary file: name a report in Markdown (UTF-8 text).")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise UnreadableReport(f"{path} is not UTF-8 text: convert it to UTF-8 first.") from fault


def read_markdown(text: str, corrections: list[dict[str, Any]] | None = None) -> list[Line]:
    """Split the report's text into non-blank and blank lines with pages.

    `corrections` (fields page, read, as) replace what the scan garbled: `read` may span lines, the first one then
    carries the words, the others become blank, and the line is marked as corrected.
    """
    lines: list[Line] = []
    page, blanks, begun = 1, 0, False
    for row, raw in enumerate(text.splitlines()):
        if raw.strip():
            if begun and blanks >= BLANK_RUN:
                page += 1
            begun, blanks = True, 0
        else:
            blanks += 1
        lines.append(Line(raw.rstrip(), row, page))
    for correction in corrections or []:
        lines = _correct(lines, correction)
    return lines


def _correct(lines: list[Line], correction: dict[str, Any]) -> list[Line]:
    wanted = [part.rstrip() for part in correction["read"].split("\n")]
    for at in range(len(lines) - len(wanted) + 1):
        window = lines[at : at + len(wanted)]
        if [line.text for line in window] == wanted and window[0].page == correction["page"]:
            blank = [replace(line, text="") for line in window[1:]]
            return [*lines[:at], replace(window[0], text=correction["as"], corrected=True), *blank, *lines[at + len(wanted) :]]
    return lines  # another edition of the report, without this fault
