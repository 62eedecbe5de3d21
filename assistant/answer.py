"""The answer and what it is made of, exactly as docs/contract.md names it.

A Statement is a verbatim piece of a passage; a Citation is how it is shown; an Answer is what every door receives.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from index.passages import Passage, Report

VERSION = 1
OUTCOMES = ("answered", "not_stated", "out_of_scope", "no_such_passage", "signpost", "help", "error")


@dataclass(frozen=True)
class Statement:
    """A verbatim piece of a passage that says something asked for; `also` are places that say the same."""

    passage: Passage
    quote: str
    also: tuple[str, ...] = ()
    derived: bool = False


@dataclass(frozen=True)
class Section:
    """Statements shown together, under a fixed heading or none."""

    heading: str | None
    statements: tuple[Statement, ...]


@dataclass(frozen=True)
class Draft:
    """What the steps decided, before it is put into words: one of them ends the walk by returning it."""

    outcome: str
    sections: tuple[Section, ...] = ()
    opening: str | None = None
    closing: tuple[str, ...] = ()
    nearest: tuple[Statement, ...] = ()
    notes: tuple[str, ...] = ()
    confidence: float | None = None

    @property
    def statements(self) -> tuple[Statement, ...]:
        """All statements in the order shown."""
        return tuple(statement for section in self.sections for statement in section.statements)


@dataclass(frozen=True)
class Citation:
    """What a statement rests on, as shown."""

    passage: str
    paragraph: str | None
    kind: str
    page: int
    page_end: int
    section: str
    label: str
    context: str | None
    quote: str
    also: list[str]
    derived: bool
    corrected: bool


@dataclass(frozen=True)
class Retrieved:
    """One of the ranked passages that the answer was chosen from."""

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
    outcome: str
    confidence: float | None
    answer: str
    citations: tuple[Citation, ...]
    nearest: tuple[Citation, ...]
    retrieved: tuple[Retrieved, ...]
    notes: tuple[str, ...]
    mode: str
    report: dict[str, Any]
    seconds: float
    version: int = field(default=VERSION)

    def to_dict(self) -> dict[str, Any]:
        """The contract's object, keys in the contract's order, lists as lists."""
        record = asdict(self)
        for name in ("citations", "nearest", "retrieved", "notes"):
            record[name] = list(record[name])
        return {"version": record.pop("version"), **record}


@dataclass(frozen=True)
class Turn:
    """An earlier question of the conversation with what was answered."""

    question: str
    understood: str
    kind: str
    outcome: str
    passages: tuple[str, ...]


def report_facts(report: Report | None) -> dict[str, Any]:
    """The `report` field of an answer."""
    if report is None:
        return {"title": None, "inspected": [], "published": None, "sha256": None}
    return {
        "title": report.title,
        "inspected": list(report.inspected or ()),
        "published": report.published,
        "sha256": report.sha256,
    }


def citation(statement: Statement) -> Citation:
    passage = statement.passage
    return Citation(
        passage.id, passage.number, passage.kind, passage.page, passage.page_end, passage.section, passage.label,
        passage.context, statement.quote, list(statement.also), statement.derived, passage.corrected,
    )  # fmt: skip
