"""Pages set as a word processor sets them: lines broken by the widths of letters, pages filled, footnotes at their feet. A House
says how a report looks; tests/setting.py says what reports are made of.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from tests.pdf_writer import WIDTH, Page, pdf
from tests.words import width

MARK = re.compile(r"\^(\d+)")  # a footnote's mark in a text: "schools^2"
RAISED = str.maketrans("123", "¹²³")  # the others are not in the fonts' encoding


class Drawn(NamedTuple):
    layer: str
    x: float
    y: float
    words: str
    size: float
    bold: bool = False
    rise: float = 0
    stretch: float = 0  # extra width of a space


@dataclass(frozen=True)
class House:
    """How a report looks; lengths in points."""

    size: float = 12
    leading: float = 14.5
    gap: float = 12
    top: float = 740
    left: float = 71  # where numbers begin
    words: float = 106  # where their words begin
    plain: float = 71  # where text without a number begins
    right: float = 524
    form: str = "{}."
    numbers: Literal["column", "close", "above"] = "column"
    tab: float = 0  # the words of a first line begin at the next of these stops behind "close" numbers
    hanging: bool = True  # whether later lines of a numbered paragraph begin under its words
    bold_numbers: bool = False
    bold_recommendations: bool = False
    number_size: float | None = None
    order: tuple[str, ...] = ()  # layers drawn one after the other: "number", "note", "foot"; without it line by line
    foot: Literal["sides", "centre", "of", "body", "none"] = "sides"
    head: str = ""
    mark: str = "•"
    dash: str = "–"
    indent: float = 18  # of a bullet's words
    justified: bool = False
    pieces: int = 0  # letters in a piece of a line, where lines are drawn in pieces
    heading: float = 14
    heading_bold: bool = True
    notes: Literal["raised", "level", "characters"] = "raised"  # how footnote marks are printed; level: at the foot alone
    note_lines: int = 99  # of a footnote on the page of its mark; the others stand on the next page
    cells: Literal["left", "centre", "right"] = "left"  # of a table's later columns


@dataclass
class Sheets:
    """Pages being filled from top to bottom."""

    house: House
    pages: list[list[Drawn]] = field(default_factory=lambda: [[]])
    feet: dict[int, list[tuple[str, list[str]]]] = field(default_factory=dict)  # page -> footnotes: mark, lines
    y: float = 0
    room: float = 60
    waiting: dict[str, str] = field(default_factory=dict)  # footnotes whose marks have not been set yet
    listed: list[tuple[str, int, float, float]] = field(default_factory=list)  # of the contents: title, page, place of its number
    begun: dict[str, int] = field(default_factory=dict)  # the page of each heading

    def __post_init__(self) -> None:
        self.y = self.house.top

    @property
    def on(self) -> int:
        return len(self.pages)

    def page(self) -> None:
        self.pages.append([])
        self.y, self.room = self.house.top, 60
        self.room += sum(12 * len(lines) + 6 for _, lines in self.feet.get(self.on, ()))

    def fits(self, height: float) -> None:
        if self.y - height < self.room:
            self.page()

    def draw(self, x: float, words: str, size: float, bold: bool = False, layer: str = "text", y: float | None = None, stretch: float = 0) -> None:  # fmt: skip
        """Words with their footnote marks."""
        at = self.y if y is None else y
        for place, bit in enumerate(MARK.split(words)):
            if place % 2:
                small, rise, shown = self.mark(bit, size)
                if self.house.notes == "level":
                    small, rise = size * 0.66, size * 0.4
                self.pages[-1].append(Drawn(layer, x, at, shown, small, bold, rise))
                x += width(shown, small)
                continue
            step = self.house.pieces or max(1, len(bit))
            for piece in (bit[begin : begin + step] for begin in range(0, len(bit), step)):
                self.pages[-1].append(Drawn(layer, x, at, piece, size, bold, 0, stretch))
                x += width(piece, size, bold) + stretch * piece.count(" ")

    def mark(self, number: str, size: float) -> tuple[float, float, str]:
        """Size, rise and words of a footnote's mark."""
        if self.house.notes == "characters":
            return size, 0.0, number.translate(RAISED)
        return (size * 0.66, size * 0.4, number) if self.house.notes == "raised" else (size, 0.0, number)

    def lines(self, words: str, space: float, size: float, bold: bool = False, first: float | None = None) -> list[str]:
        """The words broken into lines, after spaces and after hyphens; the first line may have another space."""
        found, line, free = [], "", space if first is None else first
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

    def note_lines(self, line: str) -> list[tuple[str, list[str]]]:
        """The footnotes whose marks stand in a line, broken into lines."""
        space = self.house.right - 84
        return [
            (mark, self.lines(self.waiting[mark], space, self.house.size - 2))
            for mark in MARK.findall(line)
            if mark in self.waiting
        ]

    def starts(self, line: str) -> None:
        """The next page begins where a line with its footnotes does not fit."""
        more = sum(12 * len(lines[: self.house.note_lines]) + 6 for _, lines in self.note_lines(line))
        self.fits(more)

    def put(self, line: str, x: float, size: float, bold: bool = False, layer: str = "text", stretch: float = 0, leading: float | None = None) -> None:  # fmt: skip
        """One line, on the next page where this one is full; its footnotes with it."""
        self.starts(line)
        for mark, lines in self.note_lines(line):
            most = self.house.note_lines
            self.feet.setdefault(self.on, []).append((mark, lines[:most]))
            self.room += 12 * len(lines[:most]) + 6
            if lines[most:]:
                self.feet.setdefault(self.on + 1, []).append(("", lines[most:]))
            del self.waiting[mark]
        self.draw(x, line, size, bold, layer, stretch=stretch)
        self.y -= leading or self.house.leading

    def flow(self, words: str, first: float, later: float, bold: bool = False) -> None:
        """A paragraph: its first line begins elsewhere than its later ones."""
        house = self.house
        lines = self.lines(words, house.right - later, house.size, bold, house.right - first)
        for at, line in enumerate(lines):
            x, stretch = (later if at else first), 0.0
            if house.justified and at < len(lines) - 1 and " " in line:
                stretch = (house.right - x - width(MARK.sub("", line), house.size)) / line.count(" ")
            self.put(line, x, house.size, bold, stretch=stretch)

    @property
    def notes(self) -> list[str]:
        """The texts of footnotes, page by page: what stands on the next page is told apart."""
        return [
            "".join(line if line[-1] in "-–" else f"{line} " for line in lines).strip()
            for page in sorted(self.feet)
            for _, lines in self.feet[page]
        ]

    # ---- the file ----------------------------------------------------------------------------------------------

    def printed(self) -> bytes:
        """The file, with footnotes, running heads and page numbers added."""
        for title, on, x, y in self.listed:
            self.pages[on - 1].append(Drawn("text", x, y, str(self.begun[title]), 14))
        sheets = []
        for number, drawn in enumerate(self.pages, 1):
            done = [*drawn, *self.foot(number)]
            for layer in self.house.order:
                done.sort(key=lambda one, layer=layer: one.layer == layer)  # type: ignore[misc]
            sheet = Page()
            for one in done:
                sheet.at(one.x, one.y, one.words, one.size, one.bold, one.rise, one.stretch)
            sheets.append(sheet)
        return pdf(*sheets)

    def foot(self, number: int) -> list[Drawn]:
        house, drawn, size = self.house, [], self.house.size - 2
        notes = self.feet.get(number, [])
        y = 52.0 + sum(12 * len(lines) + 2 for _, lines in notes)
        for mark, lines in notes:
            for at, line in enumerate(lines):
                y -= 12
                x = 71.0
                if mark and not at:
                    small, rise, shown = self.mark(mark, size)
                    drawn.append(Drawn("note", 71, y, shown, small, False, rise))
                    x = 82
                drawn.append(Drawn("note", x, y, line, size))
            y -= 2
        if house.head and number > 1:
            drawn.append(Drawn("foot", 71, 800, house.head.format(number), 9))
        shown = {"of": f"Page {number} of {len(self.pages)}", "none": ""}.get(house.foot, str(number))
        x = {"centre": WIDTH / 2, "of": 440, "body": 71}.get(house.foot, 513 if number % 2 else 71)
        return [*drawn, Drawn("foot", x, 28, shown, {"sides": 20, "body": house.size}.get(house.foot, 10))] if shown else drawn
