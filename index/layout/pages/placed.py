"""Lines with places -> blocks: what stands together on laid-out pages, told by position, size, weight and number."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import groupby

from index.formats.placed import PlacedLine, PlacedText
from index.layout.blocks import Block
from index.layout.pages.grades import Graded
from index.layout.pages.joining import Joiner
from index.layout.pages.numbering import ends_sentence
from index.layout.pages.running import set_aside
from index.layout.pages.shapes import ALIGNED, BIGGER, BULLET, CONTENTS, LISTED, SMALL, Shapes

PARAGRAPH = 1.22  # times the usual distance of lines: more begins a paragraph
HEADING_LINES = 1.75  # in letter sizes: lines of one heading stand no further apart


def blocks_of_placed(text: PlacedText) -> tuple[list[Block], list[PlacedLine]]:
    """The blocks of a laid-out report in reading order, and the lines they are made of (running heads set aside)."""
    lines, _ = set_aside(text.lines, text.sizes)
    return _Builder(lines, text.sizes).build(), lines


class _Builder:
    """Goes through the lines with the block in mind that is open."""

    def __init__(self, lines: list[PlacedLine], sizes: Sequence[tuple[float, float]]) -> None:
        self.lines = lines
        self.shapes = Shapes(lines, sizes)
        self.join = Joiner(line.text for line in lines).join
        self.blocks: list[Block] = []
        self.open: Block | None = None
        self.text_left: float | None = None  # where the words of the open item stand
        self.left = 0.0  # where the open block begins
        self.last: PlacedLine | None = None
        self.note: Block | None = None
        self.notes: list[Block] = []

    def build(self) -> list[Block]:
        drawn: set[int] = set()
        for line in self.lines:
            if line.row in self.shapes.in_tables:
                if line.page not in drawn:
                    drawn.add(line.page)
                    self._add_table(self.shapes.tables[line.page], line.page)
                continue
            if line.row in self.shapes.listing:
                continue  # added with its heading
            if not self._takes_note(line):
                self.note = None
                self._take(line)
                self.last = line
        blocks = [block for block in self.blocks if block.text.strip()]
        _indent(blocks, self.shapes.body)
        return blocks

    # ---- lines to blocks ----------------------------------------------------------------------------------------

    def _take(self, line: PlacedLine) -> None:
        if line.row in self.shapes.cover:
            self._cover(line)
        elif (start := self.shapes.starts.get(line.row)) is not None:
            self._begin("item", line, start.rest, number=start.number, text_left=start.text_left if start.hanging else None)
        elif line.row in self.shapes.headings and not self._inside(line):
            self._heading(line)
        elif (bullet := BULLET.match(line.text)) and not self._runs_on(line, bullet):
            self._bullet(line, line.text[bullet.end() :], bullet.end())
        else:
            self._words(line)

    def _cover(self, line: PlacedLine) -> None:
        """The cover: the largest letters name the authority, all else is prose, parted by size and space."""
        kind = "heading" if line.size == self.shapes.largest and line.size > self.shapes.body + BIGGER else "prose"
        same = self.open is not None and self.last is not None and self.open.kind == kind and self.last.size == line.size
        near = self.last is not None and 0 < self.last.baseline - line.baseline <= 1.35 * line.size
        near = near or (kind == "heading" and same)
        if same and near and self.last is not None and self.last.bold == line.bold:
            self._go_on(line)
        elif kind == "heading" and any(block.kind == "heading" for block in self.blocks):
            self._begin("prose", line, line.text)
        else:
            self._begin(kind, line, line.text)
        self.blocks[-1].cover = True

    def _heading(self, line: PlacedLine) -> None:
        """A heading; a cell beside it (its grade) is a heading of its own, and may stand between the lines of the first."""
        listing = line.text.strip().casefold() in CONTENTS
        for cell in line.cells:
            before = self._heading_above(line, cell.left)
            if before is not None and not listing:
                before.text = self.join(before.text, cell.text)
                before.rows, before.page_end = (before.rows[0], line.row), line.page
                before.baselines.append(line.baseline)
                continue
            self._begin("heading", line, cell.text)
            block = self.blocks[-1]
            block.left, block.size, block.baselines = cell.left, line.size, [line.baseline]
        self.open = None
        if listing:
            self.blocks[-1].text = "Contents"
            self._add_listing(line.page)

    def _heading_above(self, line: PlacedLine, left: float) -> Block | None:
        """The heading that a cell goes on with: of the last ones, the one in the same column just above it."""
        for block in reversed(self.blocks[-3:]):
            if block.kind != "heading" or block.page != line.page:
                return None
            same = block.size == line.size and abs(block.left - left) <= 3 * ALIGNED
            if same and block.baselines and 0 < block.baselines[-1] - line.baseline <= HEADING_LINES * line.size:
                return block
        return None

    def _bullet(self, line: PlacedLine, text: str, after: int) -> None:
        inside = self.open is not None and self.open.kind == "item" and self.open.number and self._within_text(line)
        if inside:  # a list within a numbered paragraph belongs to the paragraph
            self._go_on(line, text)
            return
        known = line.cells[1].left if len(line.cells) > 1 and after >= len(line.cells[0].text) else None
        self._begin("item", line, text.replace("\t", " "), text_left=known)

    def _within_text(self, line: PlacedLine) -> bool:
        return line.left >= (self.text_left if self.text_left is not None else self.left + ALIGNED) - ALIGNED

    def _words(self, line: PlacedLine) -> None:
        gap = self._gap(line)
        if self.open is None or self.open.kind not in {"item", "prose"}:
            self._begin("prose", line, line.text)
        elif self.open.kind == "prose":
            same_size = self.last is not None and abs(self.last.size - line.size) < SMALL
            same = same_size and self.last is not None and self.last.bold == line.bold
            broken = gap is None and same_size and not ends_sentence(self.open.text)
            if (gap is not None and gap <= PARAGRAPH and same) or broken or self._lower(line, gap):
                self._go_on(line)
            else:
                self._begin("prose", line, line.text)
        elif self.open.number or self._belongs_to_item(line, gap):
            if self.open.number and self.text_left is not None and gap is not None and gap > 1.6 and not self._within_text(line):
                self._begin("prose", line, line.text)
            else:
                self._go_on(line)
        else:
            self._begin("prose", line, line.text)

    def _belongs_to_item(self, line: PlacedLine, gap: float | None) -> bool:
        """Whether a line goes on with the open bullet: set in as its words are, or close below them."""
        if self.text_left is not None:
            set_in = abs(line.left - self.text_left) <= ALIGNED
        else:
            set_in = ALIGNED <= line.left - self.left <= 40
        if gap is None:
            return set_in or not ends_sentence(self.open.text if self.open else "")
        if gap <= PARAGRAPH and (set_in or self.text_left is None):
            if set_in and self.text_left is None:
                self.text_left = line.left
            return True
        return set_in and gap <= 2 * PARAGRAPH

    def _lower(self, line: PlacedLine, gap: float | None) -> bool:
        """Whether a line goes on with prose because it begins in lower case where no sentence has ended."""
        text = self.open.text if self.open else ""
        return line.text[:1].islower() and not ends_sentence(text) and (gap is None or gap <= 2 * PARAGRAPH)

    def _inside(self, line: PlacedLine) -> bool:
        """Whether a line of bold body text stands within the open numbered paragraph."""
        gap = self._gap(line)
        return (
            self.open is not None and self.open.number is not None and line.size < self.shapes.body + BIGGER
            and gap is not None and gap <= PARAGRAPH and self.text_left is not None and self._within_text(line)
        )  # fmt: skip

    def _runs_on(self, line: PlacedLine, bullet: re.Match[str]) -> bool:
        """Whether a dash at the beginning of a line is one within a sentence."""
        if not bullet[2] or self.open is None or self.open.kind == "heading":
            return False
        if bullet[2] == "o":
            return "\t" not in bullet[0] and len(line.cells) == 1
        if self.text_left is None and self.open.kind == "item":
            return False
        aligned = abs(line.left - (self.text_left if self.text_left is not None else self.left)) <= ALIGNED
        gap = self._gap(line)
        return aligned and not ends_sentence(self.open.text) and (gap is None or gap <= PARAGRAPH)

    def _gap(self, line: PlacedLine) -> float | None:
        """How far below the line before it a line stands, in usual distances; None on another page or further up."""
        if self.last is None or self.last.page != line.page or self.last.baseline <= line.baseline:
            return None
        return (self.last.baseline - line.baseline) / (self.shapes.leading * min(1.0, line.size / self.shapes.body))

    # ---- footnotes and tables -----------------------------------------------------------------------------------

    def _takes_note(self, line: PlacedLine) -> bool:
        mark = self.shapes.note_mark(line)
        if mark or self._note_goes_on(line):
            text, named = (line.text[mark.end() :], mark[1] or mark[2]) if mark else (line.text, self.notes[-1].notes[0])
            words = text.replace("\t", " ").strip()
            self.note = Block("footnote", words, line.page, line.page, (line.row, line.row), notes=[named], size=line.size)
            self.notes.append(self.note)
            self.blocks.append(self.note)
            return True
        small = line.size <= self.shapes.body - SMALL
        if self.note is not None and small and self.note.page == line.page and line.size == self.note.size:
            self.note.text = self.join(self.note.text, line.text.replace("\t", " ")).strip()
            self.note.rows = (self.note.rows[0], line.row)
            return True
        return False

    def _note_goes_on(self, line: PlacedLine) -> bool:
        """Whether a footnote of the page before goes on with a line: it stands below larger text of its own page."""
        return (
            self.note is None and bool(self.notes) and self.notes[-1].page == line.page - 1 and self.shapes.at_foot(line)
            and self.open is not None and self.open.page_end == line.page and self.open.size > line.size + SMALL
        )  # fmt: skip

    def _add_table(self, found: Iterable[Graded], page: int) -> None:
        for row in found:
            block = Block("row", f"{row.service}\t{row.grade}", page, page, row.rows)
            if row.earlier:
                block.notes = [row.heading or "Previous inspection"]
            self.blocks.append(block)
        self.open = None

    def _add_listing(self, page: int) -> None:
        """The rows of the contents page, from top to bottom, though its numbers may be drawn after its titles."""
        waiting: list[PlacedLine] = []
        listed = [line for line in self.lines if line.row in self.shapes.listing]
        for _, level in groupby(
            sorted(listed, key=lambda one: (-round(one.baseline), one.left)), key=lambda one: round(one.baseline)
        ):
            waiting += level
            text = " ".join(one.text.strip() for one in waiting)
            if found := LISTED.match(text):
                title = " ".join(found[1].replace("\t", " ").split())
                rows = sorted(one.row for one in waiting)
                block = Block("row", f"{title}\t{found[2]}", page, page, (rows[0], rows[-1]))
                self.blocks.append(block)
                waiting = []
        for line in waiting:
            self.blocks.append(Block("prose", line.text.replace("\t", " "), page, page, (line.row, line.row)))

    # ---- blocks -------------------------------------------------------------------------------------------------

    def _begin(self, kind: str, line: PlacedLine, text: str, number: str | None = None, text_left: float | None = None) -> None:
        text = " ".join(text.replace("\t", " ").split())
        self.open = Block(kind, text, line.page, line.page, (line.row, line.row), number=number, left=line.left, size=line.size)
        self.blocks.append(self.open)
        self.left, self.text_left = line.left, text_left

    def _go_on(self, line: PlacedLine, text: str | None = None) -> None:
        block = self.open
        assert block is not None
        words = " ".join((line.text if text is None else text).replace("\t", " ").split())
        block.text = self.join(block.text, words)
        block.rows, block.page_end = (block.rows[0], line.row), line.page
        if self.text_left is None and self.last is not None and line.left > self.left + ALIGNED:
            self.text_left = line.left


def _indent(blocks: list[Block], body: float) -> None:
    """How far each bullet is set in, in points, from the outermost of its section."""
    section: list[Block] = []
    for block in [*blocks, Block("heading", "", 0, 0, (0, 0), size=body + 99)]:
        if block.kind == "heading" and block.size >= body + BIGGER:
            base = min((one.left for one in section), default=0.0)
            for one in section:
                one.indent = int(one.left - base) if one.left - base > ALIGNED else 0
            section = []
        elif block.kind == "item" and block.number is None:
            section.append(block)
