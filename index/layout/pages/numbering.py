"""Which lines begin a numbered paragraph. A number counts only where it is the next one expected and stands where numbers do:
"aged 16-" / "18. ..." is a line that happens to begin with a number.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.formats.placed import PlacedLine

HANGING = 8  # points by which a paragraph's words stand right of its number
COLUMN = 14  # points within which numbers stand in one column (numbers may be ranged right)
SPACED = 1.15  # times the usual distance of lines: more parts paragraphs
LEFT_OUT = 15  # a series may lack so many numbers, where at least as many (or 3) go on after them
RUN = 2  # numbers that must follow before a series that begins (again) with 1 is believed
IN_VIEW = 400  # lines with numbers that are looked at ahead; the longest report has 200 paragraphs
LATE_RUN = 5  # the same where a first series begins with another number

_NUMBERED = re.compile(r"(\d{1,2}\.\d{1,3}|\d{1,3})(?:[.)]?(?:\t|$)|[.)]\s*(?=[^\W\d]|[‘“'\"(\[])|[.)]\s+(?=\d)|\s+(?=[A-Z‘“]))")
_ENDS = re.compile(r"[.:;!?)\]’”'\"](?:<sup>\d+</sup>)*$")


@dataclass(frozen=True)
class Start:
    """A line that may begin a numbered paragraph: its number, where the number and the words behind it stand (points)."""

    number: str
    left: float
    text_left: float
    rest: str

    @property
    def hanging(self) -> bool:
        return self.text_left - self.left >= HANGING


def start_of(line: PlacedLine, after: PlacedLine | None) -> Start | None:
    """The line as the start of a numbered paragraph, if it has that form; `after` is the line that follows it."""
    found = _NUMBERED.match(line.text)
    if not found:
        return None
    rest = line.text[found.end() :].replace("\t", " ").strip()
    if rest and len(line.cells) > 1 and found.end() >= len(line.cells[0].text):
        text_left = line.cells[1].left
    elif (
        after is not None
        and after.page == line.page
        and abs(after.size - line.size) < 1
        and after.baseline > line.baseline - 2 * line.size
    ):
        text_left = max(after.left, line.left)
    else:
        text_left = line.left
    return Start(found[1], line.left, text_left, rest)


def ends_sentence(text: str) -> bool:
    """Whether a line may be the last of a paragraph."""
    return bool(_ENDS.search(text.rstrip()))


@dataclass(frozen=True)
class _Candidate:
    row: int
    start: Start
    stands_out: bool  # by a hanging number, by space above it or after the end of a sentence
    headed: bool  # whether it is the first below a heading


def numbered_starts(lines: Sequence[PlacedLine], leading: float, free: set[int]) -> dict[int, Start]:
    """The lines, by row, that begin a numbered paragraph. `free`: rows before a heading; the line after may begin one."""
    candidates = []
    for at, line in enumerate(lines):
        start = start_of(line, lines[at + 1] if at + 1 < len(lines) else None)
        if start is not None:
            headed = at == 0 or lines[at - 1].row in free
            candidates.append(_Candidate(line.row, start, headed or _stands_out(lines, at, start, leading), headed))
    dotted = sum("." in one.start.number for one in candidates if one.stands_out)
    form = [one for one in candidates if one.stands_out and ("." in one.start.number) == (dotted * 2 > len(candidates))]
    found: dict[int, Start] = {}
    last: Start | None = None
    for at, one in enumerate(form):
        following = form[at + 1 : at + 1 + IN_VIEW]
        if last is None:
            accepted = _opens(one, following)
        elif last.hanging and one.start.left >= last.text_left - 3 and not one.headed:
            accepted = False  # within the words of a paragraph: a line of it, or a numbered list
        else:
            accepted = _continues(last, one, following)
        if accepted:
            found[one.row] = last = one.start
    return found


def _stands_out(lines: Sequence[PlacedLine], at: int, start: Start, leading: float) -> bool:
    if start.hanging:
        return True
    line, before = lines[at], lines[at - 1]
    spaced = before.page == line.page and not 0 < before.baseline - line.baseline <= SPACED * leading
    return spaced or ends_sentence(before.text)


def _opens(one: _Candidate, following: list[_Candidate]) -> bool:
    """Whether a first series begins: with 1, or with what is left of a series whose first numbers cannot be read."""
    run = _run(one.start, following)
    if one.start.number.split(".")[-1] == "1":
        return run >= RUN
    return int(one.start.number.split(".")[-1]) <= LEFT_OUT and run >= LATE_RUN


def _continues(last: Start, one: _Candidate, following: list[_Candidate]) -> bool:
    number = one.start.number
    if number in successors(last.number):
        return _in_column(one.start, last) or not _stands_there_later(last, one.start, following)
    if "." in number:
        return False
    expected = next((at for at, other in enumerate(following) if other.start.number in successors(last.number)), len(following))
    if number == "1":  # a second report, or a second series, counts from 1 again; a list within a paragraph does too
        run = _run(one.start, following[:expected])
        goes_on = expected < len(following) and int(following[expected].start.number) > run + 2
        return run >= RUN and not goes_on
    left_out = int(number) - int(last.number) - 1
    if not -1 <= left_out <= LEFT_OUT or not _in_column(one.start, last):
        return False
    if left_out == -1:  # printed twice
        return one.start.hanging and _run(one.start, following[:1]) == 1
    run = _run(one.start, following[:expected])
    return run >= max(left_out, 3) or (one.start.hanging and left_out == 1 and run >= 1)


def _in_column(one: Start, other: Start) -> bool:
    return abs(one.left - other.left) <= COLUMN


def _stands_there_later(last: Start, one: Start, following: Sequence[_Candidate]) -> bool:
    """Whether the number of a line stands in the column of the last one further down, before a series goes on from the line."""
    for other in following:
        if other.start.number == one.number and _in_column(other.start, last):
            return True
        if other.start.number in successors(one.number) and _in_column(other.start, one):
            return False
    return False


def _run(start: Start, following: Sequence[_Candidate]) -> int:
    """How many of the following candidates continue the series from `start`."""
    count, number = 0, start.number
    for other in following:
        if other.start.number in successors(number) and _in_column(other.start, start):
            count, number = count + 1, other.start.number
    return count


def successors(number: str) -> tuple[str, ...]:
    """The numbers that may come next: 41 after 40; 1.16 or 2.1 after 1.15."""
    if "." not in number:
        return (str(int(number) + 1),)
    chapter, place = map(int, number.split("."))
    return f"{chapter}.{place + 1}", f"{chapter + 1}.1"
