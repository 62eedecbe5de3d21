"""How a report was read, as it is shown before the report is put on the shelf. Plain values, made in one process and shown in another."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from index.passages import Passage, Report

FIRST_WORDS = 14  # of a paragraph: enough to find it on the paper
OPENINGS = 2_000  # paragraphs whose first words are shown: a report has some hundred
LONGEST = 300  # characters of a title, a council or a label; more is no title
NAME = 40  # characters of a name on the shelf


@dataclass(frozen=True)
class Preview:
    """`judgements` are service, grade and year (0: unknown); `openings` label and first words of each paragraph; `kept` the share of
    the words that stand in some passage; `name` what the report would be called on the shelf; `same` the names of those on the
    shelf that are this report.
    """

    title: str
    authority: str
    inspected: Sequence[str]  # first and last day, ISO; empty where it does not say
    published: str | None
    judgements: Sequence[Sequence[Any]]
    pages: int
    passages: int
    numbered: int
    recommendations: int
    flagged: int
    kept: float | None
    warnings: Sequence[str]
    openings: Sequence[Sequence[str]]
    name: str
    same: Sequence[str]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def previewed(report: Report, same: Iterable[str]) -> Preview:
    """What is shown of a report; `same` as in Preview."""
    numbered = [one for one in report.passages if one.number]
    shown = numbered or [one for one in report.passages if one.kind in ("recommendation", "finding")]
    return Preview(
        title=report.title[:LONGEST], authority=report.authority[:LONGEST], inspected=report.inspected or (),
        published=report.published, judgements=[(one.service[:LONGEST], one.grade[:LONGEST], one.year) for one in report.judgements],
        pages=report.pages, passages=len(report.passages), numbered=len(numbered),
        recommendations=sum(one.kind == "recommendation" for one in report.passages),
        flagged=sum(one.flagged for one in report.passages), kept=report.kept,
        warnings=report.warnings, openings=[_opening(one) for one in shown[:OPENINGS]], name=proposed(report), same=list(same),
    )  # fmt: skip


def proposed(report: Report) -> str:
    """A name that the shelf takes, made of council and year."""
    return re.sub(r"[^a-z0-9-]+", "-", report.short)[:NAME].strip("-") or "report"


def _opening(passage: Passage) -> tuple[str, str]:
    words = passage.text.split()
    return passage.label[:LONGEST], " ".join(words[:FIRST_WORDS])[:LONGEST] + (" ..." if words[FIRST_WORDS:] else "")
