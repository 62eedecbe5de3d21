"""What toy reports are made of: covers, sections, numbered paragraphs, bullets, tables. What was set is told as well, so that a
reader can be compared with it (tests/test_variations.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from tests.press import Sheets
from tests.words import width

_GRADED = re.compile(r"(?::| is| are)? (?:good|requires? improvement(?: to be good)?|inadequate|outstanding)$")


@dataclass(frozen=True)
class Told:
    """A numbered paragraph, or one of a list of recommendations without numbers, as it was set."""

    number: str | None
    kind: str
    page: int
    page_end: int
    flagged: bool
    leads_to: tuple[str, ...]
    text: str
    part: str
    section: str


@dataclass
class Press(Sheets):
    """One report being set; `told`, `judgements`, `notes` and `nested` are what a reader should find in it."""

    told: list[Told] = field(default_factory=list)
    judgements: list[tuple[str, str]] = field(default_factory=list)  # service, grade
    nested: list[tuple[str, str]] = field(default_factory=list)  # parent, bullet under it
    counted: int = 0
    chapter: str = ""  # "2." before the numbers of another house
    part: str = "cover"
    opened: str = "Cover page"

    def section(self, title: str, part: str = "findings", size: float | None = None, grade: str = "", narrow: float = 0) -> None:
        """A heading that opens a section; narrow: over several lines, its grade beside them."""
        size, space = size or self.house.heading, narrow or self.house.right - 71
        self.part, self.opened = part, _GRADED.sub("", title)
        self.fits(120)
        self.begun.setdefault(title, self.on)
        lines = self.lines(title, space, size, True)
        if grade:
            self.draw(357, grade, size, self.house.heading_bold, y=self.y - (len(lines) - 1) * size * 0.57)
        for line in lines:
            self.put(line, 71, size, self.house.heading_bold, leading=size * 1.18)
        self.y -= 10

    def under(self, title: str, size: float | None = None) -> None:
        """A heading within a section."""
        size = size or self.house.size
        self.fits(70)
        for line in self.lines(title, self.house.right - 71, size, True):
            self.put(line, 71, size, self.house.heading_bold)
        self.y -= self.house.gap

    def text(self, *texts: str) -> None:
        """Paragraphs without numbers."""
        for text in texts:
            self.flow(text, self.house.plain, self.house.plain)
            self.y -= self.house.gap

    def item(self, words: str, flag: str = "", leads: tuple[str, ...] = (), points: tuple[str, ...] = (), lost: bool = False, within: bool = False) -> None:  # fmt: skip
        """The next numbered paragraph with its bullets and its flag at the end. A lost number is not in the file; a flag within
        a paragraph is part of its words.
        """
        house = self.house
        self.counted += 1
        number = f"{self.chapter}{self.counted}"
        shown = "" if lost else house.form.format(number)
        size = house.number_size or house.size
        bold = house.bold_recommendations and self.part == "recommendations"
        body = words if points else f"{words} {flag}".strip()
        begins = house.words
        if house.numbers == "close":
            begins = max(house.words, house.left + width(shown, size))
            while house.tab and begins < house.left + width(shown, size) + 2:
                begins += house.tab
        self.fits((2 if house.numbers == "above" else 0.2) * house.leading)
        self.starts(self.lines(body, house.right - house.words, house.size, bold, house.right - begins)[0])
        page = self.on
        if house.numbers == "above":
            self.put(shown, house.left, size, house.bold_numbers, "number")
        elif shown:
            self.draw(house.left, shown, size, house.bold_numbers or bold, "number")
        self.flow(body, begins, house.words if house.hanging else house.left, bold)
        for at, point in enumerate(points, 1):
            self.point(f"{point} {flag}".strip() if at == len(points) else point, house.words)
        text = " ".join(re.sub(r"(?<=[-–])\n", "", " ".join([words, *points])).split())
        kind = "recommendation" if self.part == "recommendations" else "finding"
        last = self.on
        self.y -= house.gap
        if lost:  # its words belong to the paragraph before
            self.told[-1] = replace(self.told[-1], page_end=last, text=f"{self.told[-1].text} {text}")
            return
        self.told.append(Told(number, kind, page, last, bool(flag) or within, leads, text, self.part, self.opened))

    def more(self, words: str, x: float | None = None) -> None:
        """A further paragraph of the numbered paragraph before, set in as its words are."""
        x = self.house.words if x is None else x
        self.flow(words, x, x)
        self.told[-1] = replace(self.told[-1], page_end=self.on, text=f"{self.told[-1].text} {words}")
        self.y -= self.house.gap

    def items(self, texts: Iterable[str]) -> None:
        for text in texts:
            self.item(text)

    def point(self, words: str, left: float, dash: bool = False) -> None:
        """A bullet."""
        house = self.house
        for at, line in enumerate(self.lines(words, house.right - left - house.indent, house.size)):
            if not at:
                self.fits(0)
                self.starts(line)
                self.draw(left, house.dash if dash else house.mark, house.size)
            self.put(line, left + house.indent, house.size)
        self.y -= 6

    def bullets(self, *listed: str | tuple[str, ...]) -> None:
        """Bullets; a tuple is a parent with the bullets under it. In a part of recommendations each is one."""
        for one in listed:
            parent, *below = (one,) if isinstance(one, str) else one
            self.fits(0)
            page = self.on
            self.point(parent, self.house.plain)
            if self.part == "recommendations":
                self.told.append(Told(None, "recommendation", page, self.on, False, (), parent, self.part, self.opened))
            for each in below:
                self.point(each, self.house.plain + 36, dash=True)
                self.nested.append((parent, each))

    def note(self, mark: str, text: str) -> None:
        """The text of a footnote whose mark is set later."""
        self.waiting[mark] = text

    def rows(self, *rows: tuple[str, ...], at: tuple[float, ...] = (71, 388), bold: bool = False, leading: float = 27) -> None:
        """A table: each cell of a row at its place, broken within its column, in the middle of the row's height."""
        house = self.house
        ends = [*(left - 12 for left in at[1:]), house.right]
        for row in rows:
            cells = [self.lines(cell, end - left, house.size) for cell, left, end in zip(row, at, ends, strict=True)]
            tall = max(len(cell) for cell in cells)
            self.fits(tall * house.leading + 10)
            for column, (cell, left, end) in enumerate(zip(cells, at, ends, strict=True)):
                high = self.y - (tall - len(cell)) * house.leading / 2
                for line in cell:
                    free = end - left - width(line, house.size, bold) if column else 0
                    self.draw(left + free * {"left": 0, "centre": 0.5, "right": 1}[house.cells], line, house.size, bold, y=high)
                    high -= house.leading
            self.y -= (tall - 1) * house.leading + leading

    def judged(self, *rows: tuple[str, str], at: tuple[float, float] = (71, 388)) -> None:
        """The cover's table of judgements: services with their numbers before them, grades beside them."""
        numbers = ("1. ", "2. ", "2.1 ", "2.2 ", "3. ", "")
        self.rows(*((number + service, grade) for number, (service, grade) in zip(numbers, rows, strict=False)), at=at)
        self.judgements += [(service, re.sub(r"\^\d", "", grade)) for service, grade in rows]

    def again(self) -> None:
        """Numbers begin again at 1."""
        self.counted = 0

    def contents(self, *titles: str, dots: bool = False) -> None:
        """The contents page; the numbers are drawn after its titles."""
        self.page()
        self.put("Contents", 71, 26)
        self.y -= 15
        for title in titles:
            lines = self.lines(title, 380, 14)
            for line in lines[:-1]:
                self.put(line, 85, 14, leading=17)
            last = f"{lines[-1]} {'.' * 20}" if dots else lines[-1]
            self.draw(85, last, 14)
            self.listed.append((title, self.on, 85 + width(f"{last} ", 14) if dots else 508, self.y))
            self.y -= 23
