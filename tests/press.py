"""Sets toy reports as a word processor would: lines broken by the widths of letters, pages filled, footnotes at their feet. What
was set is told as well, so that a reader can be compared with it (tests/test_variations.py). A House says how a report looks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Literal

from tests.pdf_writer import WIDTH, Page, pdf
from tests.words import width

MARK = re.compile(r"\^(\d+)")  # a footnote's mark in a text: "schools^2"
Draw = tuple[str, float, float, str, float, bool, float, float]  # layer, x, y, words, size, bold, rise, extra width of a space


@dataclass(frozen=True)
class House:
    """How a report looks; lengths in points."""

    size: float = 12
    leading: float = 14.5
    gap: float = 12
    left: float = 71  # where numbers begin
    words: float = 106  # where their words begin
    plain: float = 71  # where text without a number begins
    right: float = 524
    form: str = "{}."
    numbers: Literal["column", "close", "above"] = "column"
    hanging: bool = True  # whether later lines of a numbered paragraph begin under its words
    bold_numbers: bool = False
    number_size: float | None = None
    drop: float = 0  # of a number below the baseline of its words
    order: tuple[str, ...] = ()  # layers drawn one after the other: "number", "note", "foot"; without it line by line
    foot: Literal["sides", "centre", "of", "body", "none"] = "sides"
    head: str = ""
    mark: str = "•"
    dash: str = "–"
    justified: bool = False
    pieces: int = 0  # letters in a piece of a line, where lines are drawn in pieces
    heading_bold: bool = True
    indent: float = 18
    raised: bool = True  # footnote marks


@dataclass(frozen=True)
class Set:
    """A numbered paragraph, or one of a list of recommendations without numbers, as it was set."""

    number: str | None
    kind: str
    page: int
    page_end: int
    flagged: bool
    leads_to: tuple[str, ...]
    text: str
    part: str | None
    section: str


@dataclass
class Press:
    """One report being set; `told` is what a reader should find in it."""

    house: House
    told: list[Set] = field(default_factory=list)
    judgements: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    nested: list[tuple[str, str]] = field(default_factory=list)  # parent, bullet under it
    pages: list[list[Draw]] = field(default_factory=lambda: [[]])
    counted: int = 0
    y: float = 740
    room: float = 60
    part: str | None = None
    opened: str = "Cover page"
    waiting: dict[str, str] = field(default_factory=dict)  # footnotes whose marks have not been set yet
    chapter: str = ""  # "2." before the numbers of another house
    begun: dict[str, int] = field(default_factory=dict)  # the page of each heading, for the contents
    listed: list[tuple[str, int, float, float]] = field(default_factory=list)  # of the contents: title, page, x, y of its number

    # ---- lines and pages ---------------------------------------------------------------------------------------

    def page(self) -> None:
        self.pages.append([])
        self.y, self.room = 740, 60

    @property
    def on(self) -> int:
        return len(self.pages)

    def draw(self, x: float, words: str, size: float, bold: bool = False, layer: str = "text", y: float | None = None, stretch: float = 0) -> None:  # fmt: skip
        """Words with their footnote marks raised."""
        at = self.y if y is None else y
        for place, bit in enumerate(MARK.split(words)):
            if place % 2:
                small, rise = (size * 0.66, size * 0.4) if self.house.raised else (size, 0.0)
                self.pages[-1].append((layer, x, at, bit, small, bold, rise, 0))
                x += width(bit, small)
            elif bit:
                for piece in self.cut(bit, stretch):
                    self.pages[-1].append((layer, x, at, piece, size, bold, 0, stretch))
                    x += width(piece, size, bold) + stretch * piece.count(" ")

    def cut(self, words: str, stretch: float) -> list[str]:
        step = self.house.pieces
        return [words[at : at + step] for at in range(0, len(words), step)] if step else [words]

    def lines(self, words: str, space: float, first: float, size: float, bold: bool = False) -> list[str]:
        """The words broken into lines, after spaces and after hyphens; the first line may have less space."""
        found, line, free = [], "", first
        for forced in words.split("\n"):
            for token in re.findall(r"\S+?[-–](?=\w)|\S+", forced):
                glued = line == "" or (line[-1] in "-–" and f"{line.split(' ')[-1]}{token}" in forced)
                longer = line + token if glued else f"{line} {token}"
                if line and width(MARK.sub("", longer), size, bold) > free:
                    found.append(line)
                    longer, free = token, space
                line = longer
            found.append(line)
            line, free = "", space
        return [one for one in found if one]

    def fits(self, height: float) -> None:
        if self.y - height < self.room:
            self.page()

    def note_room(self, line: str) -> float:
        size = self.house.size - 2
        texts = [self.waiting[mark] for mark in MARK.findall(line) if mark in self.waiting]
        return sum(12 * len(self.lines(text, self.house.right - 78, self.house.right - 78, size)) + 6 for text in texts)

    def put(self, line: str, x: float, size: float, bold: bool = False, layer: str = "text", stretch: float = 0, leading: float | None = None) -> None:  # fmt: skip
        """One line, on the next page where this one is full; its footnotes with it."""
        more = self.note_room(line)
        if self.y - more < self.room:
            self.page()
        self.room += more
        self.draw(x, line, size, bold, layer, stretch=stretch)
        for mark in MARK.findall(line):
            if mark in self.waiting:
                self.pages[-1].append(("footnote", 0, 0, f"{mark} {self.waiting.pop(mark)}", 0, False, 0, 0))
        self.y -= leading or self.house.leading

    # ---- what reports are made of ------------------------------------------------------------------------------

    def section(self, title: str, part: str | None = "findings", size: float = 14, grade: str | None = None, narrow: float = 0, keep: bool = True) -> None:  # fmt: skip
        """A heading that opens a section, over several lines where it is narrow, with its grade beside it or after it."""
        self.part, self.opened = part, re.sub(r": (?:good|requires improvement to be good|inadequate|outstanding)$", "", title)
        self.fits(120 if keep else 40)
        self.begun.setdefault(title, self.on)
        lines = self.lines(title, narrow or self.house.right - 71, narrow or self.house.right - 71, size, True)
        if grade and narrow:
            self.draw(357, grade, size, True, y=self.y - (len(lines) - 1) * size * 0.57)
        elif grade:
            lines[-1] += f" {grade}"
        for line in lines:
            self.put(line, 71, size, self.house.heading_bold, leading=size * 1.18)
        self.y -= 10

    def under(self, title: str, size: float | None = None) -> None:
        """A heading within a section."""
        self.fits(70)
        for line in self.lines(title, self.house.right - 71, self.house.right - 71, size or self.house.size, True):
            self.put(line, 71, size or self.house.size, self.house.heading_bold)
        self.y -= self.house.gap

    def text(self, *texts: str) -> None:
        """Paragraphs without numbers."""
        for text in texts:
            self.flow(text, self.house.plain, self.house.plain)
            self.y -= self.house.gap

    def flow(self, words: str, first: float, later: float, size: float | None = None, layer: str = "text") -> None:
        house, size = self.house, size or self.house.size
        lines = self.lines(words, house.right - later, house.right - first, size)
        for at, line in enumerate(lines):
            x, stretch = (later if at else first), 0.0
            if house.justified and at < len(lines) - 1 and " " in line:
                stretch = (house.right - x - width(MARK.sub("", line), size)) / line.count(" ")
            self.put(line, x, size, layer=layer, stretch=stretch)

    def item(self, words: str, flag: str = "", leads: tuple[str, ...] = (), points: tuple[str, ...] = (), flagged: bool | None = None, lost: bool = False) -> None:  # fmt: skip
        """The next numbered paragraph; its flag at its end, its points as bullets before it. A lost number is not in the file."""
        house = self.house
        self.counted += 1
        told = f"{self.chapter}{self.counted}"
        shown = "" if lost else house.form.format(told)
        size = house.number_size or house.size
        bullets = [*points]
        body = f"{words} {flag}".strip() if flag and not bullets else words
        self.fits(3 * house.leading if house.numbers == "above" else 1.2 * house.leading)
        begins = house.words
        if house.numbers == "close":
            begins = max(house.words, house.left + width(shown, size))
        line = self.lines(body, house.right - house.words, house.right - begins, house.size)[0]
        if self.y - self.note_room(line) < self.room:
            self.page()
        page = self.on
        if house.numbers == "above":
            self.put(shown, house.left, size, house.bold_numbers, "number")
        elif shown:
            self.draw(house.left, shown, size, house.bold_numbers, "number", y=self.y - house.drop)
        self.flow(body, begins, house.words if house.hanging else house.left)
        for at, bullet in enumerate(bullets):
            self.point(f"{bullet} {flag}".strip() if flag and at == len(bullets) - 1 else bullet, house.words)
        last = self.on
        self.y -= house.gap
        text = " ".join(re.sub(r"(?<=[-–])\n", "", " ".join([words, *points])).split())
        kind = "recommendation" if self.part == "recommendations" else "finding"
        if lost:  # its words belong to the paragraph before
            before = self.told[-1]
            self.told[-1] = replace(before, page_end=last, text=f"{before.text} {text}")
            return
        self.told.append(Set(told, kind, page, last, bool(flag) if flagged is None else flagged, leads, text, self.part, self.opened))

    def point(self, words: str, left: float, dash: bool = False) -> None:
        """A bullet."""
        house = self.house
        lines = self.lines(words, house.right - left - house.indent, house.right - left - house.indent, house.size)
        for at, line in enumerate(lines):
            if not at:
                self.fits(house.leading)
                if self.y - self.note_room(line) < self.room:
                    self.page()
                self.draw(left, house.dash if dash else house.mark, house.size)
            self.put(line, left + house.indent, house.size)
        self.y -= 6

    def bullets(self, *listed: str | tuple[str, ...]) -> None:
        """Bullets; a tuple is a parent with the bullets under it. In a part of recommendations each is one."""
        for one in listed:
            parent, *below = (one,) if isinstance(one, str) else one
            page = self.on if self.y - self.house.leading >= self.room else self.on + 1
            self.point(parent, self.house.plain)
            if self.part == "recommendations":
                self.told.append(Set(None, "recommendation", page, self.on, False, (), parent, self.part, self.opened))
            for each in below:
                self.point(each, self.house.plain + 36, dash=True)
                self.nested.append((parent, each))

    def note(self, mark: str, text: str) -> None:
        """The text of a footnote whose mark is set later."""
        self.waiting[mark] = text
        self.notes.append(text)

    def rows(self, *rows: tuple[str, ...], at: tuple[float, ...] = (71, 388), bold: bool = False, size: float | None = None, leading: float = 27) -> None:  # fmt: skip
        """A table: each cell of a row at its place, broken within its column."""
        size = size or self.house.size
        ends = [*(left - 12 for left in at[1:]), self.house.right]
        for row in rows:
            cells = [self.lines(cell, end - left, end - left, size) for cell, left, end in zip(row, at, ends, strict=False)]
            tall = max(len(cell) for cell in cells)
            self.fits(tall * self.house.leading + 10)
            for cell, left in zip(cells, at, strict=False):
                high = self.y - (tall - len(cell)) * self.house.leading / 2
                for line in cell:
                    self.draw(left, line, size, bold, y=high)
                    high -= self.house.leading
            self.y -= (tall - 1) * self.house.leading + leading

    def judged(self, *rows: tuple[str, str], at: tuple[float, float] = (71, 388), numbered: bool = True) -> None:
        """The table of judgements: services with their numbers before them, grades beside them."""
        numbers = ("1. ", "2. ", "2.1 ", "2.2 ", "3. ") if numbered else ("",) * len(rows)
        self.rows(*((number + service, grade) for number, (service, grade) in zip(numbers, rows, strict=True)), at=at)
        self.judgements += rows

    def again(self, first: int = 1) -> None:
        """Numbers go on from `first`."""
        self.counted = first - 1

    def contents(self, *titles: str, dots: bool = False) -> None:
        self.page()
        self.put("Contents", 71, 26)
        self.y -= 15
        for title in titles:
            lines = self.lines(title, 380, 380, 14)
            for line in lines[:-1]:
                self.put(line, 85, 14, leading=17)
            last = f"{lines[-1]} {'.' * 20}" if dots else lines[-1]
            self.draw(85, last, 14)
            self.listed.append((title, self.on, 85 + width(f"{last} ", 14) if dots else 508, self.y))
            self.y -= 23

    # ---- the file ----------------------------------------------------------------------------------------------

    def printed(self) -> bytes:
        """The file, its footnotes, running heads and page numbers added."""
        house, sheets = self.house, []
        for title, on, x, y in self.listed:
            self.pages[on - 1].append(("text", x, y, str(self.begun[title]), 14, False, 0, 0))
        for number, drawn in enumerate(self.pages, 1):
            self.pages_foot(number, drawn)
            done = [one for one in drawn if one[0] != "footnote"]
            for layer in house.order:
                done.sort(key=lambda one, layer=layer: one[0] == layer)
            sheet = Page()
            for _, x, y, words, size, bold, rise, stretch in done:
                sheet.at(x, y, words, size, bold, rise, stretch)
            sheets.append(sheet)
        return pdf(*sheets)

    def pages_foot(self, number: int, drawn: list[Draw]) -> None:
        house, size = self.house, self.house.size - 2
        notes = [one[3].split(" ", 1) for one in drawn if one[0] == "footnote"]
        broken = [(mark, self.lines(text, house.right - 82, house.right - 82, size)) for mark, text in notes]
        y = 52.0 + sum(12 * len(lines) + 2 for _, lines in broken)
        for mark, lines in broken:
            for at, line in enumerate(lines):
                y -= 12
                if not at:
                    small, rise = (size * 0.66, 4.0) if house.raised else (size, 0.0)
                    drawn.append(("note", 71, y, mark, small, False, rise, 0))
                drawn.append(("note", 71 if at else 82, y, line, size, False, 0, 0))
            y -= 2
        if house.head and number > 1:
            drawn.append(("foot", 71, 800, house.head.format(number), 9, False, 0, 0))
        shown = {"of": f"Page {number} of {len(self.pages)}", "none": ""}.get(house.foot, str(number))
        x = {"centre": WIDTH / 2, "of": 440, "body": 71}.get(house.foot, 513 if number % 2 else 71)
        if shown:
            drawn.append(("foot", x, 28, shown, {"sides": 20, "body": house.size}.get(house.foot, 10), False, 0, 0))

