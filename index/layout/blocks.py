"""What stands together in a report, before it is known what it is: the step between lines and passages."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Block:
    """A heading, a list item, a row, a footnote or a paragraph of prose. `indent`: characters in Markdown, points in a PDF.
    `notes`: a footnote's mark, or the heading of a row's column of earlier grades.
    """

    kind: str
    text: str
    page: int
    page_end: int
    rows: tuple[int, int]
    indent: int = 0
    number: str | None = None
    corrected: bool = False
    notes: list[str] = field(default_factory=list)
    left: float = 0.0  # on a laid-out page: where it begins, the size of its letters, the baselines of its lines (points)
    size: float = 0.0
    cover: bool = False
    baselines: list[float] = field(default_factory=list)

    def extend(self, text: str, row: int, page: int) -> None:
        """Goes on with further words of the same file."""
        self.text = f"{self.text} {text}"
        self.rows, self.page_end = (self.rows[0], row), page
