"""Lines with pages -> passages: the only place that knows the layout of inspection reports.

A passage is the smallest citable unit: a numbered recommendation or finding, a summary paragraph, a bullet with its
parent's words, a row of the judgement table, a footnote, a heading that states a grade. Knows no questions, no store.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

from rapidfuzz import fuzz

from index.errors import UnreadableReport
from index.reading import Line
from index.sentences import sentences

GRADES = ("outstanding", "good", "requires improvement to be good", "requires improvement", "inadequate")
FLAG = "(Recommendation)"
PARTS = {  # of such a report, by how the heading of a section begins; any other section holds findings
    "cover": ("cover page",),
    "summary": ("executive summary",),
    "contents": ("contents",),
    "figures": ("the local authority", "information about this local authority"),
    "recommendations": ("recommendations",),
    "young people": ("summary for children",),
    "leadership": ("leadership",),
    "closing": ("information about this inspection",),
    "findings": (),
}
MIN_NUMBERED = 5  # fewer consecutive numbered paragraphs than this is not such a report

_GRADE = "|".join(GRADES)
_HEADING = re.compile(r"^#{1,6}\s+(.*)$")
_ITEM = re.compile(r"^(\s*)-\s+(.*)$")
_NUMBER = re.compile(r"^([0-9]{1,4}(?=\.\s)|[0-9]{1,3}\.[0-9]{1,4})\.?\s+(?=\S)")
_FOOTNOTE = re.compile(r"^<sup>(?:&</sup>lt;sup>)?(\d+)</sup>\s*(.*)$")  # the converter once escaped its own markup
_MARK = re.compile(r"<sup>(\d+)</sup>")
_ROW = re.compile(rf"^(?:\d+(?:\.\d+)?\.?\s*)?(.+?)\t+({_GRADE})\s*$", re.IGNORECASE)
_OVERALL = re.compile(
    rf"^Children.s services in .+? (?:are |is |require(?=s? improvement))(?:{_GRADE}|s? improvement to be good)$"
)
_EARLIER = re.compile(rf"^([A-Z][^:.]+): ({_GRADE})\.?$")
_ONLY_GRADE = re.compile(rf"^({_GRADE})\.?$", re.IGNORECASE)
_CONTENTS_LINE = re.compile(r"^(.*?)\s*([0-9]{1,4})?$")
_GENERIC = {"summary", "inspection findings"}


@dataclass(frozen=True)
class Passage:
    """The smallest citable unit. `rows` is its first and last line in the file (from 0), in which every quote lies.

    `text` is verbatim (the flag "(Recommendation)" aside), `context` the words it needs to be understood, also
    verbatim. `searchable` is False for what answers nothing by itself (contents page, bare lead-ins).
    """

    id: str
    number: str | None
    kind: str
    page: int
    page_end: int
    section: str
    subsection: str | None
    text: str
    context: str | None
    flagged: bool
    corrected: bool
    searchable: bool
    rows: tuple[int, int]

    @property
    def label(self) -> str:
        """How the passage is cited: "paragraph 40, page 18", "page 7, Children looked after in this area"."""
        pages = f"page {self.page}" if self.page == self.page_end else f"pages {self.page} to {self.page_end}"
        if self.number is not None:
            return f"{'recommendation' if self.kind == 'recommendation' else 'paragraph'} {self.number}, {pages}"
        named = self.subsection if self.subsection and self.subsection.casefold() not in _GENERIC else self.section
        return f"{pages}, {named}"

    @property
    def place(self) -> str:
        """The label without the section's name: "paragraph 40, page 18", "page 7"."""
        return self.label if self.number is not None else self.label.split(",")[0]

    @cached_property
    def sentences(self) -> tuple[str, ...]:
        return sentences(self.text)

    @property
    def part(self) -> str:
        """The part of the report that it stands in, one of PARTS, told by its section's heading."""
        named = self.section.casefold()
        return next((part for part, begins in PARTS.items() if begins and named.startswith(begins)), "findings")


def passage_text(passage: Passage) -> str:
    """What is embedded of a passage: its heading path, its parent's words, its own."""
    heading = " - ".join(part for part in (passage.section, passage.subsection) if part)
    return f"{heading}. {passage.context or ''} {passage.text}"


def sentence_text(passage: Passage, sentence: str) -> str:
    """What is embedded of a sentence: with the parent's words where it needs them."""
    return f"{passage.context}: {sentence}" if passage.context else sentence


@dataclass(frozen=True)
class Judgement:
    """One graded judgement: the service, the grade as printed, the year of the inspection, and where it stands."""

    service: str
    grade: str
    year: int
    passage: str


@dataclass(frozen=True)
class Report:
    """A report as read: its facts, its passages in reading order, its judgements, and oddities worth a warning."""

    title: str
    authority: str
    inspected: tuple[str, str] | None
    published: str | None
    pages: int
    passages: tuple[Passage, ...]
    judgements: tuple[Judgement, ...]
    warnings: tuple[str, ...] = ()
    sha256: str = ""

    @property
    def short(self) -> str:
        """The report's short name: its authority's, and the year in which it was published ("somerset-2018")."""
        name = re.sub(r"\b(?:county|city|borough|metropolitan|council|london|of|the)\b", " ", self.authority.lower())
        return "-".join([*re.findall(r"[a-z0-9]+", name), *((self.published[:4],) if self.published else ())]) or "report"


@dataclass
class _Block:
    """What stands together in the file: a heading, a list item, a row, a footnote or a paragraph of prose."""

    sort: str
    text: str
    page: int
    page_end: int
    rows: tuple[int, int]
    indent: int = 0
    number: str | None = None
    corrected: bool = False
    notes: list[str] = field(default_factory=list)


def recognise(lines: list[Line]) -> Report:
    """Recognise the report in its lines. Raises UnreadableReport when no numbered passages are recognisable."""
    blocks = _join_broken(_blocks(lines))
    numbered = [block for block in blocks if block.number]
    if _longest_run([block.number or "" for block in numbered]) < MIN_NUMBERED:
        raise UnreadableReport(
            "This file holds no recognisable numbered passages: it is not an inspection report whose paragraphs are numbered."
        )
    contents = _contents(blocks)
    walk = _Walk([title for title, _ in contents])
    for at, block in enumerate(blocks):
        walk.take(block, blocks[at + 1] if at + 1 < len(blocks) else None)
    passages = tuple(walk.passages)
    cover = " ".join(block.text for block in blocks if block.page == 1)
    return Report(
        title=_title(blocks),
        authority=next((b.text for b in blocks if b.sort == "heading"), ""),
        inspected=_dates(cover, r"Inspection dates?: (.+?\d{4}) to (.+?\d{4})"),
        published=(_dates(cover, r"Report published: (.+?\d{4})") or (None,))[0],
        pages=lines[-1].page if lines else 0,
        passages=passages,
        judgements=_judgements(passages, cover),
        warnings=(*_oddities([p.number for p in passages if p.number]), *_misplaced(contents, blocks)),
    )


# ---- lines to blocks -------------------------------------------------------------------------------------------


def _blocks(lines: list[Line]) -> list[_Block]:
    blocks: list[_Block] = []
    open_block: _Block | None = None
    for line in lines:
        if not line.text.strip():
            if open_block is not None and open_block.sort != "item":
                open_block = None
            continue
        indented = line.text[0] in " \t" and not _ITEM.match(line.text)
        if open_block is not None and open_block.sort == "item" and indented:
            _extend(open_block, line.text.strip(), line.row, line.page)  # an indented block continues its list item
            continue
        block = _block(line)
        if not block.text:  # markup around nothing
            continue
        if open_block is not None and open_block.sort == block.sort == "prose":
            _extend(open_block, block.text, line.row, line.page)
            continue
        blocks.append(block)
        open_block = block
    return blocks


def _block(line: Line) -> _Block:
    def made(sort: str, text: str, **more: object) -> _Block:
        text = re.sub(r"\s+", " ", text) if sort != "row" else text
        rows = (line.row, line.row)
        return _Block(sort, text.replace("**", "").strip(), line.page, line.page, rows, corrected=line.corrected, **more)  # type: ignore[arg-type]

    if match := _HEADING.match(line.text):
        return made("heading", match[1])
    if match := _ITEM.match(line.text):
        number = _NUMBER.match(match[2])
        if number:
            return made("item", match[2][number.end() :], indent=len(match[1]), number=number[1])
        return made("item", match[2], indent=len(match[1]))
    if match := _FOOTNOTE.match(line.text):
        return made("footnote", match[2], notes=[match[1]])
    return made("row" if "\t" in line.text.strip() else "prose", line.text.strip(" "))


def _extend(block: _Block, text: str, row: int, page: int) -> None:
    block.text = f"{block.text} {text}"
    block.rows, block.page_end = (block.rows[0], row), page


def _join_broken(blocks: list[_Block]) -> list[_Block]:
    """Join prose that a page break or a stray blank line cut: no full stop before, or a comma, and lower case after."""
    joined: list[_Block] = []
    for block in blocks:
        before = joined[-1] if joined else None
        if before is not None and before.sort == block.sort == "prose":
            cut = block.text[0].islower() and before.text[-1] not in ".:!?"
            if cut or before.text.endswith(","):
                _extend(before, block.text, block.rows[1], block.page_end)
                continue
        joined.append(block)
    return joined


def _longest_run(numbers: list[str]) -> int:
    best = run = 0
    previous: int | None = None
    for number in numbers:
        value = int(number.split(".")[-1])
        run = run + 1 if previous is not None and value == previous + 1 else 1
        best, previous = max(best, run), value
    return best


def _contents(blocks: list[_Block]) -> list[tuple[str, int | None]]:
    """The section titles that the contents page lists, with their pages where it has them; empty without such a page."""
    page = next((b.page for b in blocks if b.sort == "heading" and b.text.casefold() == "contents"), None)
    listed = []
    for block in blocks:
        if block.page == page and block.sort in {"row", "prose"}:
            text = re.sub(r"\s+", " ", block.text).strip()
            match = _CONTENTS_LINE.match(text)
            title, number = match.groups() if match else (text, None)
            listed.append((title.strip(), int(number) if number else None))
    return listed


def _same_title(one: str, other: str) -> bool:
    """Whether a heading is the one that the contents page lists, whose words the scan may have put in disorder."""
    return fuzz.token_sort_ratio(one.casefold(), other.casefold()) >= 88


# ---- blocks to passages ----------------------------------------------------------------------------------------


class _Walk:
    """Goes through the blocks in reading order, remembering the section and the list it is in."""

    def __init__(self, contents: list[str]) -> None:
        self.contents = contents
        self.passages: list[Passage] = []
        self.section = "Cover page"
        self.subsection: str | None = None
        self.lead: _Block | None = None  # the line that opens the list we are in
        self.heading: _Block | None = None
        self.marked: dict[str, str] = {}  # footnote mark -> the words it stands behind
        self.in_contents = False

    def take(self, block: _Block, following: _Block | None) -> None:
        for found in _MARK.finditer(block.text):
            self.marked[found[1]] = block.text[: found.start()].rstrip(" ,.;")
        if block.sort == "heading":
            self._head(block)
        elif self.in_contents:
            self._add_contents(block)
        elif block.sort == "footnote":
            mark = block.notes[0]
            self._add(block, "footnote", context=self.marked.get(mark), name=f"fn{mark}")
        elif block.sort == "row":
            self._row(block)
        elif block.sort == "item":
            self._item(block, following)
        else:
            self._prose(block, following)

    def _head(self, block: _Block) -> None:
        title = _MARK.sub("", block.text)
        self.lead = None
        self.in_contents = title.casefold() == "contents"
        if re.search(rf"graded judgement .*\b(?:{_GRADE})$", title, re.IGNORECASE):
            self.subsection = title
            self._add(replace(block, text=title), "heading", context=None)
        elif _ONLY_GRADE.match(title):
            self._add(replace(block, text=title), "heading", context=self.section)
        elif self.in_contents or self._opens_section(title):
            self.section, self.subsection = title, None
        elif self.passages:
            self.subsection = title
        self.heading = block

    def _opens_section(self, title: str) -> bool:
        if not self.contents:
            return True
        return any(_same_title(title, listed) for listed in self.contents)

    def _row(self, block: _Block) -> None:
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
            self._add(made, "judgement", context=match[1].strip())
        else:
            self._add(replace(block, text=flat), "context", context=None)

    def _item(self, block: _Block, following: _Block | None) -> None:
        block.text = block.text.strip()
        if block.number is not None:
            self.lead = None
            recommending = "recommendation" in self.section.casefold()
            self._add(block, "recommendation" if recommending else "finding", context=None)
            return
        nested = following is not None and following.sort == "item" and following.indent > block.indent
        grade = _EARLIER.match(block.text)
        lead = (
            self.lead
            if self.lead is not None and (block.indent > self.lead.indent or grade or self.lead.sort != "item")
            else None
        )
        context = lead.text if lead is not None else None
        if grade:
            self._add(block, "judgement", context=context, corrected=bool(lead and lead.corrected))
            return
        if self.section.casefold().startswith("summary"):
            self._add(block, "summary", context=None)
            return
        figure = re.search(r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten)\b", block.text, re.IGNORECASE)
        kind = "figure" if figure else "context"
        if block.text.endswith(":") and (nested or following is not None):
            self.lead = block
            self._add(block, kind, context=None, searchable=len(sentences(block.text)) > 1)
            return
        if block.indent == 0 and lead is None:
            self.lead = None
        self._add(block, kind, context=context, corrected=bool(lead and lead.corrected))

    def _prose(self, block: _Block, following: _Block | None) -> None:
        summary = "summary" in (self.subsection or self.section).casefold()
        if _OVERALL.match(block.text) and block.page == 1:
            self._add(block, "judgement", context=None)
        elif _ONLY_GRADE.match(block.text):
            self._add(block, "heading", context=self.section)
        elif following is not None and block.text[-1] not in ".:" and block.page > 1 and self._heads_list(block):
            self.lead = block
            self._add(block, "heading", context=None, searchable=False)
        else:
            self._add(block, "summary" if summary else "context", context=None)

    def _heads_list(self, block: _Block) -> bool:
        """A short line of prose inside a section of bullets heads the list that follows (footnotes aside)."""
        return (
            bool(self.passages)
            and self.passages[-1].kind in {"figure", "context"}
            and len(block.text.split()) <= 8
            and ":" not in block.text
            and not self.section.casefold().startswith("information about this inspection")
        )

    def _add_contents(self, block: _Block) -> None:
        text = re.sub(r"\s+", " ", block.text).strip()
        self._add(replace(block, text=text), "heading", context=None, searchable=False)

    def _add(
        self,
        block: _Block,
        kind: str,
        *,
        context: str | None,
        searchable: bool = True,
        corrected: bool = False,
        name: str | None = None,
    ) -> None:
        flagged = block.text.endswith(FLAG)
        text = block.text.removesuffix(FLAG).rstrip()
        if not text:  # the flag on a line of its own belongs to what stands before it
            if self.passages:
                self.passages[-1] = replace(self.passages[-1], flagged=True)
            return
        if block.number is None:
            order = 1 + sum(1 for p in self.passages if p.number is None and p.page == block.page and ".fn" not in p.id)
            identity = f"p{block.page}.{name or order}"
        else:
            identity = block.number
        self.passages.append(
            Passage(
                identity, block.number, kind, block.page, block.page_end, self.section, self.subsection, text,
                context, flagged, corrected or block.corrected, searchable, block.rows,
            )
        )  # fmt: skip


# ---- the report's own facts ------------------------------------------------------------------------------------


def _dates(text: str, pattern: str) -> tuple[str, str] | None:
    match = re.search(pattern, text)
    if not match:
        return None
    found = []
    for words in match.groups():
        try:
            found.append(datetime.strptime(words, "%d %B %Y").date().isoformat())
        except ValueError:  # printed in another form than "29 January 2018": a date that is not known
            return None
    return tuple(found)  # type: ignore[return-value]


def _title(blocks: list[_Block]) -> str:
    first = next((b for b in blocks if b.page == 1 and b.sort == "prose"), None)
    return first.text if first else ""


def _judgements(passages: tuple[Passage, ...], cover: str) -> tuple[Judgement, ...]:
    """The cover's table and the earlier judgements that the report recalls, in the order printed."""
    inspected = _dates(cover, r"Inspection dates?: (.+?\d{4}) to (.+?\d{4})")
    year = int(inspected[1][:4]) if inspected else 0
    found = []
    for passage in passages:
        if passage.kind != "judgement":
            continue
        if match := _EARLIER.match(passage.text):
            earlier = re.search(r"published in \w+ (\d{4})", passage.context or "")
            found.append(Judgement(match[1], match[2], int(earlier[1]) if earlier else 0, passage.id))
        elif passage.context:
            found.append(Judgement(passage.context, passage.text, year, passage.id))
        else:
            grade = re.search(r"(?:requires? improvement to be good|inadequate|outstanding|good)", passage.text)
            found.append(Judgement("Overall effectiveness", grade[0] if grade else passage.text, year, passage.id))
    return tuple(found)


def _oddities(numbers: list[str]) -> list[str]:
    warnings = []
    seen: set[str] = set()
    previous: int | None = None
    for number in numbers:
        value = int(number.split(".")[-1])
        if number in seen:
            warnings.append(f"paragraph number {number} occurs twice")
        elif previous is not None and value > previous + 1:
            warnings.append(f"paragraph numbers jump from {previous} to {value}")
        elif previous is not None and value < previous and "." not in number:
            warnings.append(f"paragraph number {value} stands after {previous}")
        seen.add(number)
        previous = value
    return warnings


def _misplaced(contents: list[tuple[str, int | None]], blocks: list[_Block]) -> list[str]:
    """What the contents page puts on another page than the one it was found on: page breaks were lost or added."""
    warnings = []
    for title, listed in contents:
        pages = [b.page for b in blocks if b.sort == "heading" and _same_title(_MARK.sub("", b.text), title)]
        if listed and pages and listed not in pages:
            warnings.append(f'the contents page puts "{title}" on page {listed}, it was found on page {pages[0]}')
    return warnings
