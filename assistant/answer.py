"""The contract's answer object (docs/contract.md) and what it is made from.

A Statement is a quote with its passage; a Citation is its form in the contract; an Answer is what interfaces return.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, TypeVar

from index.passages import Passage, PassageKind, Report
from index.search import Hit

VERSION = 2

Role = Literal[
    "headline", "answer", "good", "weak", "mixed", "neutral", "side", "figures", "judgement", "recommended", "behind", "suggested",
    "correction", "not_stated",
]  # fmt: skip
Form = Literal["plain", "suggested", "table"]
Outcome = Literal["answered", "not_stated", "out_of_scope", "no_such_passage", "signpost", "unclear", "help", "error"]
Mode = Literal["extractive", "model"]
Relation = Literal["new", "swap", "same", "more", "place", "item", "return"]  # of a message to what was asked before it


@dataclass(frozen=True)
class Statement:
    """A verbatim quote. `also`: labels of passages that say nearly the same; `derived`: by a computed link, not a printed one."""

    passage: Passage
    quote: str
    also: tuple[str, ...] = ()
    derived: bool = False


@dataclass(frozen=True)
class Section:
    """Statements shown together, under a fixed heading or none; `about` is the part, the side or the service they belong to.

    `text` is fixed wording that stands in it; `row` and `column` name its place in a table.
    """

    heading: str | None
    statements: tuple[Statement, ...]
    role: Role = "answer"
    about: str | None = None
    text: str | None = None
    row: str | None = None
    column: str | None = None


@dataclass(frozen=True)
class Draft:
    """An answer before it is put into words; the first step that returns one ends the processing.

    `chosen_by`: whether code or a model chose the statements.
    """

    outcome: Outcome
    sections: tuple[Section, ...] = ()
    opening: str | None = None
    closing: tuple[str, ...] = ()
    nearest: tuple[Statement, ...] = ()
    notes: tuple[str, ...] = ()
    suggestions: tuple[str, ...] = ()
    confidence: float | None = None
    chosen_by: Mode = "extractive"

    @property
    def statements(self) -> tuple[Statement, ...]:
        """All statements in the order shown."""
        return tuple(statement for section in self.sections for statement in section.statements)

    @property
    def shown(self) -> tuple[Section, ...]:
        """The sections as the answer is drawn: opening and closing are sections of fixed wording."""
        role: Role = "answer"
        if self.outcome == "not_stated":
            role = "not_stated"
        elif "premise_contradicted" in self.notes:
            role = "correction"
        before = (Section(None, (), role, text=self.opening),) if self.opening else ()
        return (*before, *self.sections, *(Section(None, (), "answer", text=line) for line in self.closing))


@dataclass(frozen=True)
class Citation:
    """A statement in the contract's form."""

    passage: str
    paragraph: str | None
    kind: PassageKind
    page: int
    page_end: int
    section: str
    label: str
    context: str | None
    quote: str
    also: list[str]
    derived: bool
    corrected: bool
    report: str


@dataclass(frozen=True)
class Shown:
    """A section in the contract's form; `citations` are positions in Answer.citations."""

    heading: str | None
    role: Role
    about: str | None
    citations: list[int]
    text: str | None
    row: str | None = None
    column: str | None = None


AnySection = TypeVar("AnySection", Section, Shown)


def form(section: Section | Shown) -> Form:
    """How a section is drawn: as a cell of a table, as a suggested question, or plainly."""
    if section.row is not None and section.column is not None:
        return "table"
    return "suggested" if section.role == "suggested" and section.text else "plain"


def runs(sections: Sequence[AnySection]) -> list[list[AnySection]]:
    """Sections grouped as they are drawn: adjacent table cells or suggestions under one heading together, any other alone."""
    found: list[list[AnySection]] = []
    for section in sections:
        first = found[-1][0] if found else None
        if first is not None and form(section) == form(first) != "plain" and section.heading in (None, first.heading):
            found[-1].append(section)
        else:
            found.append([section])
    return found


@dataclass(frozen=True)
class Retrieved:
    """One of the best passages of the search; for a message with several parts, of the first part's search."""

    passage: str
    paragraph: str | None
    page: int
    page_end: int
    score: float


@dataclass(frozen=True)
class Answer:
    """The answer object of the contract; `to_dict` gives its JSON form."""

    id: str
    question: str
    understood: str
    outcome: Outcome
    confidence: float | None
    answer: str
    citations: tuple[Citation, ...]
    sections: tuple[Shown, ...]
    suggestions: tuple[str, ...]
    nearest: tuple[Citation, ...]
    retrieved: tuple[Retrieved, ...]
    notes: tuple[str, ...]
    mode: Mode
    report: dict[str, Any]
    seconds: float
    version: int = field(default=VERSION)
    reports: tuple[Answer, ...] | None = None  # where several reports were asked: the answer of each

    def to_dict(self) -> dict[str, Any]:
        """The contract's object, keys in the contract's order, lists as lists."""
        record = asdict(self)
        record.pop("reports")
        for name in ("citations", "sections", "suggestions", "nearest", "retrieved", "notes"):
            record[name] = list(record[name])
        several = {} if self.reports is None else {"reports": [one.to_dict() for one in self.reports]}
        return {"version": record.pop("version"), **record, **several}


@dataclass(frozen=True)
class Turn:
    """An earlier question: its outcome, the (passage id, quote) pairs shown (nearest included), its relation to earlier ones."""

    question: str
    understood: str
    outcome: Outcome
    quoted: tuple[tuple[str, str], ...] = ()
    relation: Relation = "new"

    @property
    def passages(self) -> tuple[str, ...]:
        """The passages shown, in order."""
        return tuple(dict.fromkeys(passage for passage, _ in self.quoted))


def retrieved(hit: Hit) -> Retrieved:
    """A ranked passage as an answer names it."""
    passage = hit.passage
    return Retrieved(passage.id, passage.number, passage.page, passage.page_end, round(hit.score, 4))


def report_facts(report: Report | None, taught: bool = False) -> dict[str, Any]:
    """The `report` field of an answer; `taught` stands in it only where somebody has taught the report."""
    if report is None:
        return {"title": None, "inspected": [], "published": None, "sha256": None}
    return {
        "title": report.title,
        "inspected": list(report.inspected or ()),
        "published": report.published,
        "sha256": report.sha256,
        **({} if report.shelved is None else {"name": report.shelved}),
        **({"taught": True} if taught else {}),
    }


def sections_shown(draft: Draft) -> tuple[Shown, ...]:
    """The sections of a draft; each names its statements by their positions among the answer's citations."""
    shown = []
    at = 0
    for section in draft.shown:
        places = list(range(at, at + len(section.statements)))
        at += len(places)
        shown.append(Shown(section.heading, section.role, section.about, places, section.text, section.row, section.column))
    return tuple(shown)


def citation(statement: Statement, report: Report) -> Citation:
    """A statement as it is cited; `report` is the one it stands in."""
    passage = statement.passage
    return Citation(
        passage.id, passage.number, passage.kind, passage.page, passage.page_end, passage.section, passage.label,
        passage.context, statement.quote, list(statement.also), statement.derived, passage.corrected,
        report.short,
    )  # fmt: skip


def error_answer(question: str, reason: str, identity: str = "", report: Report | None = None) -> Answer:
    """The answer object with outcome `error`."""
    return Answer(
        id=identity, question=question, understood=question, outcome="error", confidence=None, answer=reason,
        citations=(), sections=(Shown(None, "answer", None, [], reason),), suggestions=(), nearest=(), retrieved=(), notes=(), mode="extractive",
        report=report_facts(report), seconds=0.0,
    )  # fmt: skip
