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

_WORDS = [grade.split() for grade in GRADES]
_MARK = re.compile(r"<sup>\d+</sup>")
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
    columns = [column for column in _columns(placed, width) if len(column.entries) >= FEWEST]
    if not columns:
        return [], set()
    lefts = [column.left for column in columns]
    size = columns[0].size
    top = max(one.top for column in columns for one in column.entries) + 2 * size
    bottom = min(one.bottom for column in columns for one in column.entries) - 2.5 * size
    inside = [(line, cell) for line, cell in placed if bottom <= line.baseline <= top]
    services = _services([(li, ce) for li, ce in inside if ce.left < lefts[0] - ALIGNED])
    headings = [_heading(placed, column, lefts, top - 2 * size) for column in columns]
    now = _current(headings)
    found, taken = [], set()
    for service in services:
        for at, column in enumerate(columns):
            near = [one for one in column.entries if service.bottom - size <= one.middle <= service.top + size]
            entry = min(near, key=lambda one: abs(one.middle - service.middle), default=None)
            if entry is None:
                continue
            rows = sorted({*service.rows, *entry.rows})
            taken.update(rows)
            found.append(Graded(_NUMBER.sub("", service.text), entry.text, headings[at], at != now, (rows[0], rows[-1])))
    return found, taken


@dataclass
class _Column:
    """Grades under each other, wherever they stand in their column: ranged left, right or centred."""

    left: float
    right: float
    size: float
    entries: list[_Entry]


def _columns(placed: list[tuple[PlacedLine, Cell]], width: float) -> list[_Column]:
    """The columns of grades at the right of the page, from left to right."""
    parts = [(line, cell) for line, cell in placed if cell.left > RIGHT_HALF * width and _part_of_grade(cell.text)]
    found: list[_Column] = []
    groups: list[list[tuple[PlacedLine, Cell]]] = []
    for line, cell in sorted(parts, key=lambda one: one[1].left):
        if found and cell.left <= found[-1].right:
            found[-1].right = max(found[-1].right, cell.right)
            groups[-1].append((line, cell))
        else:
            found.append(_Column(cell.left, cell.right, line.size, []))
            groups.append([(line, cell)])
    for column, group in zip(found, groups, strict=True):
        column.entries = _entries(group)
    return found


def _part_of_grade(text: str) -> bool:
    """Whether a cell is a grade, or some words of one that runs over several lines."""
    words = _bare(text).casefold().split()
    return any(words == grade[at : at + len(words)] for grade in _WORDS for at in range(len(grade))) and bool(words)


def _is_grade(text: str) -> bool:
    return _bare(text).casefold() in GRADES


def _bare(text: str) -> str:
    return _MARK.sub("", text).strip().removesuffix(".")


def _entries(placed: list[tuple[PlacedLine, Cell]]) -> list[_Entry]:
    """The grades of a column, from top to bottom; one may run over several lines."""
    found: list[_Entry] = []
    for line, cell in sorted(placed, key=lambda one: -one[0].baseline):
        last, text = (found[-1] if found else None), _bare(cell.text)
        if last is not None and last.bottom - line.baseline <= WRAPPED * line.size and _part_of_grade(f"{last.text} {text}"):
            last.text, last.bottom = f"{last.text} {text}", line.baseline
            last.rows.append(line.row)
        else:
            found.append(_Entry(text, line.baseline, line.baseline, [line.row]))
    return [one for one in found if _is_grade(one.text)]


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


def _heading(placed: list[tuple[PlacedLine, Cell]], column: _Column, lefts: list[float], top: float) -> str:
    """The words above a column of grades."""
    if len(lefts) == 1:
        return ""
    after = min((other for other in lefts if other > column.left), default=float("inf"))
    words = [
        (line.baseline, cell.text)
        for line, cell in placed
        if top < line.baseline <= top + ABOVE * column.size and column.left - 2 * ALIGNED <= cell.left < after - ALIGNED
    ]
    return " ".join(text for _, text in sorted(words, key=lambda one: -one[0]))


def _current(headings: list[str]) -> int:
    """Which column tells of this inspection: not the one headed as earlier, else the latest year, else the last."""
    named = [at for at, heading in enumerate(headings) if not _EARLIER.search(heading)]
    among = named or list(range(len(headings)))
    years = {at: max(map(int, _YEAR.findall(headings[at])), default=0) for at in among}
    return max(among, key=lambda at: (years[at], at))
