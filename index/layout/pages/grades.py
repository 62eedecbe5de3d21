"""Tables of judgements, read by where their cells stand: services at the left, grades in one or two columns at the right."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.formats.placed import Cell, PlacedLine
from index.passages import GRADES

FEWEST = 3  # grades under each other make a table
ALIGNED = 15  # points within which cells begin at the same place
RIGHT_HALF = 0.35  # of the width: where a column of grades may begin
WRAPPED = 1.35  # in letter sizes: lines nearer than this are one cell
ABOVE = 6  # in letter sizes: how far above a table its column headings stand

_GRADE = re.compile(rf"({'|'.join(GRADES)})\.?", re.IGNORECASE)
_BEGUN = re.compile(r"requires improvement(?: to)?(?: be)?\.?", re.IGNORECASE)
_NUMBER = re.compile(r"^\d(?:\.\d)?\.?\s+")
_EARLIER = re.compile(r"previous|last|earlier|before", re.IGNORECASE)
_YEAR = re.compile(r"\b20\d\d\b")


@dataclass(frozen=True)
class Graded:
    """A row of a table: the service, its grade, what heads the grade's column, whether an earlier inspection gave it,
    and the lines (rows of the file) that it stands on.
    """

    service: str
    grade: str
    heading: str
    earlier: bool
    rows: tuple[int, int]


@dataclass
class _Entry:
    """A cell that may run over several lines."""

    text: str
    top: float
    bottom: float
    rows: list[int]

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


def judgement_table(lines: Sequence[PlacedLine], width: float) -> tuple[list[Graded], set[int]]:
    """The graded rows of a page's table, in the order printed, and the rows of the file that the table takes; ([], set())
    without a table.
    """
    placed = [(line, cell) for line in lines for cell in line.cells]
    grades = [(line, cell) for line, cell in placed if cell.left > RIGHT_HALF * width and _GRADE.fullmatch(cell.text)]
    columns = [found for found in _clusters([cell.left for _, cell in grades]) if found[1] >= FEWEST]
    if not columns:
        return [], set()
    lefts = [left for left, _ in columns]
    size = grades[0][0].size
    top = max(line.baseline for line, _ in grades) + 2 * size
    bottom = min(line.baseline for line, _ in grades) - 2.5 * size
    inside = [(line, cell) for line, cell in placed if bottom <= line.baseline <= top]
    entries = [_entries([(li, ce) for li, ce in inside if abs(ce.left - left) <= ALIGNED]) for left in lefts]
    services = _services([(li, ce) for li, ce in inside if ce.left < lefts[0] - ALIGNED])
    headings = [_heading(placed, left, lefts, top - 2 * size, size) for left in lefts]
    now = _current(headings)
    found, taken = [], set()
    for service in services:
        for at, column in enumerate(entries):
            near = [one for one in column if service.bottom - size <= one.middle <= service.top + size]
            entry = min(near, key=lambda one: abs(one.middle - service.middle), default=None)
            if entry is None or not (match := _GRADE.fullmatch(entry.text)):
                continue
            rows = sorted({*service.rows, *entry.rows})
            taken.update(rows)
            found.append(Graded(_NUMBER.sub("", service.text), match[1], headings[at], at != now, (rows[0], rows[-1])))
    return found, taken


def _clusters(values: list[float]) -> list[tuple[float, int]]:
    """Where values lie close together: the least of them and how many, from left to right."""
    found: list[list[float]] = []
    for value in sorted(values):
        if found and value - found[-1][0] <= ALIGNED:
            found[-1].append(value)
        else:
            found.append([value])
    return [(group[0], len(group)) for group in found]


def _entries(placed: list[tuple[PlacedLine, Cell]]) -> list[_Entry]:
    """The grades of a column, from top to bottom."""
    found: list[_Entry] = []
    for line, cell in sorted(placed, key=lambda one: -one[0].baseline):
        last = found[-1] if found else None
        if last is not None and last.bottom - line.baseline <= WRAPPED * line.size and _BEGUN.fullmatch(last.text):
            joined = f"{last.text} {cell.text}"
            if _GRADE.fullmatch(joined) or _BEGUN.fullmatch(joined):
                last.text, last.bottom = joined, line.baseline
                last.rows.append(line.row)
                continue
        found.append(_Entry(cell.text, line.baseline, line.baseline, [line.row]))
    return found


def _services(placed: list[tuple[PlacedLine, Cell]]) -> list[_Entry]:
    """The services of a table, from top to bottom; one that is numbered begins a row."""
    found: list[_Entry] = []
    for line, cell in sorted(placed, key=lambda one: (-one[0].baseline, one[1].left)):
        last = found[-1] if found else None
        near = last is not None and last.bottom - line.baseline <= WRAPPED * line.size
        if last is not None and near and (not _NUMBER.match(cell.text) or last.text.rstrip(".").isdigit()):
            last.text, last.bottom = f"{last.text} {cell.text}", line.baseline
            last.rows.append(line.row)
        else:
            found.append(_Entry(cell.text, line.baseline, line.baseline, [line.row]))
    return found


def _heading(placed: list[tuple[PlacedLine, Cell]], left: float, lefts: list[float], top: float, size: float) -> str:
    """The words above a column of grades."""
    if len(lefts) == 1:
        return ""
    after = min((other for other in lefts if other > left), default=float("inf"))
    words = [
        (line.baseline, cell.text)
        for line, cell in placed
        if top < line.baseline <= top + ABOVE * size and left - 2 * ALIGNED <= cell.left < after - ALIGNED
    ]
    return " ".join(text for _, text in sorted(words, key=lambda one: -one[0]))


def _current(headings: list[str]) -> int:
    """Which column tells of this inspection: not the one headed as earlier, else the latest year, else the last."""
    named = [at for at, heading in enumerate(headings) if not _EARLIER.search(heading)]
    among = named or list(range(len(headings)))
    years = {at: max(map(int, _YEAR.findall(headings[at])), default=0) for at in among}
    return max(among, key=lambda at: (years[at], at))
