"""A report once read: its passages, judgements and facts.

A passage is the smallest citable unit: a finding, recommendation, judgement, summary, figure, context, footnote or heading
(PassageKind). Knows no files and no layouts: index/layout/ makes these values.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from index.text.sentences import sentences

PassageKind = Literal["recommendation", "finding", "judgement", "summary", "figure", "context", "footnote", "heading"]
GRADES = ("outstanding", "good", "requires improvement to be good", "requires improvement", "inadequate")
_BEST_FIRST = ("outstanding", "good", "require", "inadequate")  # how grades begin: both forms of the third are one
PARTS = {  # of such a report, by how the heading of a section begins; any other section holds findings
    "cover": ("cover page",),
    "summary": ("executive summary", "summary of key findings", "key findings", "the local authority's strengths"),
    "contents": ("contents",),
    "figures": ("the local authority", "information about this local authority"),
    "recommendations": ("recommendations", "what does ", "what needs to improve", "areas for ", "priority "),
    "young people": ("summary for children",),
    "leadership": ("leadership", "the impact of leaders"),
    "closing": ("information about this inspection", "about this inspection"),
    "findings": (),
}

_GENERIC = {"summary", "inspection findings"}


def grade_rank(grade: str) -> int:
    """0 for the best grade; len(GRADES) for an unknown one."""
    return next((at for at, begins in enumerate(_BEST_FIRST) if grade.casefold().startswith(begins)), len(GRADES))


@dataclass(frozen=True)
class Passage:
    """The smallest citable unit. `rows` is its first and last line in the file (from 0), in which every quote lies.

    `text` is verbatim (the flag "(Recommendation)" aside), `context` the words it needs to be understood, also
    verbatim. `searchable` is False for what answers nothing by itself (contents page, bare lead-ins).
    """

    id: str
    number: str | None
    kind: PassageKind
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
    leads_to: tuple[str, ...] = ()  # numbers of the recommendations that its flag names, where the report prints them

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

    def between(self, first: int, last: int) -> str:
        """The text from one sentence to another, by their places, verbatim."""
        start = self.text.find(self.sentences[first])
        return self.text[start : self.text.find(self.sentences[last], start) + len(self.sentences[last])]

    @property
    def part(self) -> str:
        """The part of the report that it stands in, one of PARTS, told by its section's heading."""
        return part_of(self.section)


def part_of(section: str) -> str:
    """The part of the report, one of PARTS, that a section belongs to by its heading."""
    named = re.sub(r"^\d+(?:\.\d+)*\.?\s+", "", section.casefold().replace("’", "'"))
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
    """One judgement: the service, the grade as printed, the inspection's year (0: unknown), the passage's id."""

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
    kept: float | None = None  # the share of a PDF's words that stand in some passage or heading, running heads aside
    shelved: str | None = None  # the name under which it stands on a shelf, where it is asked there

    @property
    def short(self) -> str:
        """The report's name on the shelf, or its authority's and the year in which it was published ("somerset-2018")."""
        if self.shelved is not None:
            return self.shelved
        name = re.sub(r"\b(?:county|city|borough|metropolitan|council|london|of|the)\b", " ", self.authority.lower())
        return "-".join([*re.findall(r"[a-z0-9]+", name), *((self.published[:4],) if self.published else ())]) or "report"
