"""Blocks -> passages: which section, which kind, which list they belong to. The same for every format."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

from index.layout.blocks import Block
from index.layout.flags import flag_of
from index.layout.titles import (
    BOARD,
    GRADE,
    GRADED_JUDGEMENT,
    ONLY_GRADE,
    OVERALL,
    TITLED_GRADE,
    WITHIN,
    names_section,
    recommends,
    same_title,
)
from index.passages import Passage, PassageKind, part_of
from index.text.numbers import UP_TO_TEN
from index.text.sentences import sentences

UNNUMBERED_FINDINGS = {"findings", "leadership"}  # parts whose prose is findings where a report numbers nothing

_MARK = re.compile(r"<sup>(\d+)</sup>")
_ROW = re.compile(rf"^(?:\d+(?:\.\d+)?\.?\s*)?(.+?)\t+({GRADE})\s*$", re.IGNORECASE)
EARLIER = re.compile(rf"^([A-Z][^:.]+): ((?i:{GRADE}))\.?$")


class Walk:
    """Makes passages of blocks in reading order, keeping the current section and list."""

    def __init__(self, contents: list[str], section_size: float = 0.0, numbered: bool = True, named: bool = False) -> None:
        """`section_size`: on laid-out pages, headings in letters of this size or larger open sections; 0 where sizes tell
        nothing. `named`: then those do whose words say so.
        """
        self.contents = contents
        self.section_size = section_size
        self.named = named
        self.numbered = numbered
        self.passages: list[Passage] = []
        self.taken: set[str] = set()  # passage ids in use
        self.unnumbered: Counter[int] = Counter()  # passages of each page
        self.section = "Cover page"
        self.subsection: str | None = None
        self.lead: Block | None = None  # the line that opens the list we are in
        self.heading: Block | None = None
        self.marked: dict[str, str] = {}  # footnote mark -> the words it stands behind
        self.in_contents = False

    def take(self, block: Block, following: Block | None) -> None:
        for found in _MARK.finditer(block.text):
            self.marked[found[1]] = block.text[: found.start()].rstrip(" ,.;")
        if block.kind == "heading":
            self._head(block)
        elif self.in_contents:
            self._add_contents(block)
        elif block.kind == "footnote":
            mark = block.notes[0]
            self._add(block, "footnote", context=self.marked.get(mark), name=f"fn{mark}")
        elif block.kind == "row":
            self._row(block)
        elif block.kind == "item":
            self._item(block, following)
        else:
            self._prose(block, following)

    def _head(self, block: Block) -> None:
        title = _MARK.sub("", block.text)
        self.lead = None
        self.in_contents = title.casefold() == "contents"
        if GRADED_JUDGEMENT.search(title):
            self.subsection = title
            self._add(replace(block, text=title), "heading", context=None)
        elif ONLY_GRADE.match(title):
            self._add(replace(block, text=title), "heading", context=self.section)
        elif BOARD.match(title) and block.size:
            self._add(replace(block, text=title), "judgement", context=None)
        elif self.in_contents or self._opens_section(title, block):
            self.section, self.subsection = title, None
            if block.size and (graded := TITLED_GRADE.match(title)):
                self.section = graded[1]
                self._add(replace(block, text=title), "heading", context=None)
        elif self.passages:
            self.subsection = title
        self.heading = block

    def _opens_section(self, title: str, block: Block) -> bool:
        if block.size and block.cover:
            return False
        if self.section_size:
            return block.size >= self.section_size
        if any(same_title(title, listed) for listed in self.contents):
            return True
        if self.named:
            return names_section(title)
        return not self.contents and (not block.size or title.casefold() not in WITHIN)

    @property
    def _finding(self) -> bool:
        """Whether prose and bullets of this section are findings: only where the report numbers none."""
        return not self.numbered and part_of(self.section) in UNNUMBERED_FINDINGS

    def _row(self, block: Block) -> None:
        cells = [cell.strip() for cell in block.text.split("\t") if cell.strip()]
        flat = " ".join(cells)
        # A tab inside a word: a cell that goes on in lower case belongs to the one before, without a space.
        area, broken = cells[0], False
        for cell in cells[1:-1]:
            glue = "" if cell[0].islower() else " "
            area, broken = area + glue + cell, broken or not glue
        row = f"{area}\t{cells[-1]}"
        if match := _ROW.match(row):
            made = replace(block, text=match[2])
            made.corrected = made.corrected or broken
            subsection = self.subsection
            self.subsection = block.notes[0] if block.notes else subsection  # what heads the column of an earlier inspection
            self._add(made, "judgement", context=match[1].strip())
            self.subsection = subsection
        else:
            self._add(replace(block, text=flat), "context", context=None)

    def _item(self, block: Block, following: Block | None) -> None:
        block.text = block.text.strip()
        if block.number is not None:
            self.lead = None
            self._add(block, "recommendation" if recommends(self.subsection, self.section) else "finding", context=None)
            return
        nested = following is not None and following.kind == "item" and following.indent > block.indent
        grade = EARLIER.match(block.text)
        lead = (
            self.lead
            if self.lead is not None and (block.indent > self.lead.indent or grade or self.lead.kind != "item")
            else None
        )
        context = lead.text if lead is not None else None
        if grade:
            self._add(block, "judgement", context=context, corrected=bool(lead and lead.corrected))
            return
        if self.section.casefold().startswith("summary"):
            self._add(block, "summary", context=None)
            return
        if recommends(self.subsection, self.section) or self._finding:
            self._add(block, "recommendation" if recommends(self.subsection, self.section) else "finding", context=context)
            return
        figure = re.search(rf"\d|\b(?:{UP_TO_TEN})\b", block.text, re.IGNORECASE)
        kind: PassageKind = "figure" if figure else "context"
        if block.text.endswith(":") and (nested or following is not None):
            self.lead = block
            self._add(block, kind, context=None, searchable=len(sentences(block.text)) > 1)
            return
        if block.indent == 0 and lead is None:
            self.lead = None
        self._add(block, kind, context=context, corrected=bool(lead and lead.corrected))

    def _prose(self, block: Block, following: Block | None) -> None:
        summary = "summary" in (self.subsection or self.section).casefold()
        if OVERALL.match(block.text) and block.page == 1:
            self._add(block, "judgement", context=None)
        elif ONLY_GRADE.match(block.text):
            self._add(block, "heading", context=self.section)
        elif block.size and BOARD.match(block.text):
            self._add(block, "judgement", context=None)
        elif self._finding:
            self._add(block, "finding", context=None)
        elif following is not None and block.text[-1] not in ".:" and block.page > 1 and self._heads_list(block):
            self.lead = block
            self._add(block, "heading", context=None, searchable=False)
        else:
            self._add(block, "summary" if summary else "context", context=None)

    def _heads_list(self, block: Block) -> bool:
        """A short line of prose inside a section of bullets heads the list that follows (footnotes aside)."""
        return (
            bool(self.passages)
            and self.passages[-1].kind in {"figure", "context"}
            and len(block.text.split()) <= 8
            and ":" not in block.text
            and not self.section.casefold().startswith("information about this inspection")
        )

    def _add_contents(self, block: Block) -> None:
        text = re.sub(r"\s+", " ", block.text).strip()
        self._add(replace(block, text=text), "heading", context=None, searchable=False)

    def _add(
        self,
        block: Block,
        kind: PassageKind,
        *,
        context: str | None,
        searchable: bool = True,
        corrected: bool = False,
        name: str | None = None,
    ) -> None:
        text, flagged, named = flag_of(block.text)
        if not text:  # the flag on a line of its own belongs to what stands before it
            at = next((at for at in reversed(range(len(self.passages))) if self.passages[at].kind != "footnote"), None)
            if at is not None:
                before = self.passages[at]
                self.passages[at] = replace(before, flagged=flagged or before.flagged, leads_to=(*before.leads_to, *named))
            return
        if block.number is None:
            if name is None:
                self.unnumbered[block.page] += 1
            identity = f"p{block.page}.{name or self.unnumbered[block.page]}"
        else:
            identity = block.number
        if identity in self.taken:  # numbers that start again in a second report, or a note's mark on the same page
            order = next(n for n in range(1, len(self.taken) + 2) if f"p{block.page}.{identity}.{n}" not in self.taken)
            identity = f"p{block.page}.{identity}.{order}"
        self.taken.add(identity)
        self.passages.append(
            Passage(
                identity, block.number, kind, block.page, block.page_end, self.section, self.subsection, text,
                context, flagged, corrected or block.corrected, searchable, block.rows, named,
            )
        )  # fmt: skip
