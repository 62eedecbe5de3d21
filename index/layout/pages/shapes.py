"""What the lines of laid-out pages are, each by itself: headings, tables, contents page, cover, footnotes, beginnings of
numbered paragraphs. Told by size, weight, position and number; what belongs together is index/layout/pages/placed.py's to say.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import groupby, pairwise

from index.formats.placed import PlacedLine
from index.layout.pages.grades import Graded, judgement_table
from index.layout.pages.numbering import Start, numbered_starts

BIGGER = 1.1  # points above the body's size from which a line is a heading
SMALL = 0.8  # points below the body's size from which a line may be a footnote
SMALLEST = 2.5  # points below the body's size: smaller letters number no paragraph
ALIGNED = 5  # points
LONGEST_HEADING = 200  # characters
LONGEST_CONTENTS = 200  # lines
FOOT = 0.4  # of the page's height: footnotes stand below
CONTENTS = {"contents", "table of contents"}

BULLET = re.compile(r"([■□•▪◦●○◼➢✓§·∙‣⁃])(?:\s+|$)|([-–—―‐o])(?:[\t ]+|$)")
LISTED = re.compile(r"^(.*?)[\s.…_\t]*(?<![\d-])(\d{1,3})$")
_NOTE = re.compile(r"(?:<sup>(\d{1,3})</sup>|(\d{1,2})(?=\s))\s*")
_NUMBERED = re.compile(r"\d{1,3}(?:[.)]|\t|$)")
_FLAG_ALONE = re.compile(r"[(\[{]\s*(?:see )?recommendation", re.IGNORECASE)
_KNOWN = re.compile(  # headings of the family, where a file does not tell the weight of its letters
    r"(?:executive )?summary|(?:inspection|key) findings|recommendations|areas for improvement|priority and immediate action|the graded judge?ment .+",
    re.IGNORECASE,
)
_BELOW_COVER = re.compile(
    r"executive summary|what needs to improve|recommendations|the experiences|main findings|context", re.IGNORECASE
)
_NUMBER_ONE = re.compile(r"1(?:\.1)?[.\s]")


class Shapes:
    """The class of each line, by its row in the file. `tables`: the graded rows of each page with a table. `body`, `largest`,
    `leading`: points.
    """

    def __init__(self, lines: list[PlacedLine], sizes: Sequence[tuple[float, float]]) -> None:
        self.lines, self.sizes = lines, sizes
        letters: Counter[float] = Counter()
        for line in lines:
            letters[line.size] += len(line.text)
        self.body = letters.most_common(1)[0][0] if letters else 12.0
        self.largest = max((line.size for line in lines if line.page == 1), default=0.0)  # on the first page
        bold = sum(len(line.text) for line in lines if line.bold and line.size == self.body)
        self.weight_tells = bold < letters[self.body] / 2
        self.leading = _leading(lines, self.body)
        self.tables, self.in_tables = self._tables()
        self.headings = {line.row for line in lines if self._is_heading(line) and line.row not in self.in_tables}
        self.listing = self._listing()
        self.cover = self._cover()
        self.starts = self._starts()

    def _is_heading(self, line: PlacedLine) -> bool:
        text = line.text.strip()
        if len(text) > LONGEST_HEADING or _FLAG_ALONE.match(text) or BULLET.match(text) or not re.search(r"[^\W\d_]", text):
            return False
        if line.size < self.body + BIGGER and _NUMBERED.match(text):
            return False
        if line.size >= self.body + BIGGER or _KNOWN.fullmatch(text):
            return True
        return self.weight_tells and line.bold and line.size >= self.body - SMALL and not text.endswith(".")

    def _tables(self) -> tuple[dict[int, list[Graded]], set[int]]:
        tables: dict[int, list[Graded]] = {}
        taken: set[int] = set()
        for page, lines in groupby(self.lines, key=lambda line: line.page):
            found, rows = judgement_table(list(lines), self.sizes[page - 1][0])
            if found:
                tables[page] = found
                taken |= rows
        return tables, taken

    def _listing(self) -> set[int]:
        """The rows of the contents page: what stands below its heading on the same page."""
        head = next((line for line in self.lines if line.text.strip().casefold() in CONTENTS), None)
        if head is None:
            return set()
        below = [line for line in self.lines if line.page == head.page and line.row > head.row][:LONGEST_CONTENTS]
        last = max((at for at, line in enumerate(below) if LISTED.match(line.text.strip())), default=-1)
        return {line.row for line in below[: last + 1]}

    def _cover(self) -> set[int]:
        """The rows of the cover: the first page where a contents page follows, else what stands above the first paragraph."""
        first = [line for line in self.lines if line.page == 1]
        if self.listing:
            return {line.row for line in first} - self.in_tables
        last = max((row for row in self.in_tables if row <= (first[-1].row if first else -1)), default=None)
        if last is None:
            begins = (
                line.row
                for line in first
                if (line.row in self.headings and line.size < self.largest and _BELOW_COVER.match(line.text))
                or _NUMBER_ONE.match(line.text)
            )
            last = next(begins, len(self.lines) if len(self.sizes) > 1 else 0) - 1
        return {line.row for line in first if line.row <= last} - self.in_tables

    def at_foot(self, line: PlacedLine) -> bool:
        """Whether small letters stand where footnotes do."""
        return line.size <= self.body - SMALL and line.baseline < FOOT * self.sizes[line.page - 1][1]

    def note_mark(self, line: PlacedLine) -> re.Match[str] | None:
        """The mark with which a footnote begins: in small letters at the foot of the page."""
        return _NOTE.match(line.text) if self.at_foot(line) else None

    def _starts(self) -> dict[int, Start]:
        taken = self.in_tables | self.listing | self.cover
        free = [line for line in self.lines if line.row not in taken]
        text = [
            line
            for line in free
            if line.row not in self.headings and line.size > self.body - SMALLEST and not self.note_mark(line)
        ]
        return numbered_starts(text, self.leading, _before(text, free, self.headings))


def _leading(lines: list[PlacedLine], body: float) -> float:
    """The usual distance of lines of body text."""
    apart: Counter[float] = Counter()
    for before, after in pairwise(lines):
        distance = before.baseline - after.baseline
        if before.page == after.page and before.size == after.size == body and 0.8 * body < distance < 2.5 * body:
            apart[round(2 * distance) / 2] += 1
    return apart.most_common(1)[0][0] if apart else 1.2 * body


def _before(text: list[PlacedLine], free: list[PlacedLine], heads: set[int]) -> set[int]:
    """The rows of body text that a heading follows: what comes after them begins anew."""
    rows = {line.row for line in text}
    found, last = set(), None
    for line in free:
        if line.row in heads and last is not None:
            found.add(last)
        elif line.row in rows:
            last = line.row
    return found
