"""Lines of a laid-out page: what a PDF gives, and what layouts are recognised by."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Cell:
    """A piece of a line that stands apart from its neighbours: its words, where it begins and where it ends (points)."""

    text: str
    left: float
    right: float


@dataclass(frozen=True)
class PlacedLine:
    """One line of a page: its row in the file (from 0), its page (from 1), the height of its baseline above the page's
    foot, the size of its letters (points), whether most of them are bold, and its cells from left to right.

    A raised footnote mark is written <sup>1</sup>, as in Markdown.
    """

    row: int
    page: int
    baseline: float
    size: float
    bold: bool
    cells: tuple[Cell, ...]

    @property
    def text(self) -> str:
        """The words of the line, its cells parted by tabs."""
        return "\t".join(cell.text for cell in self.cells)

    @property
    def left(self) -> float:
        return self.cells[0].left

    @property
    def right(self) -> float:
        return self.cells[-1].right


@dataclass(frozen=True)
class PlacedText:
    """The text of a laid-out file: its lines in reading order, the size of each page (points), what could not be read."""

    lines: tuple[PlacedLine, ...]
    sizes: tuple[tuple[float, float], ...]
    unmapped: int = 0  # characters that the file draws without saying which they are
