"""A briefing as a value: its parts, its annex, and how it is cut to one page. Chooses no lines, knows no file format."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property

from assistant.answer import Statement
from assistant.scrutiny import Suggestion
from index.passages import Judgement, Passage, Report

PAGE, FULL = "page", "full"
LENGTHS = (PAGE, FULL)
ROWS, A_ROW = 51, 96  # rows of an A4 side in type of 11 points, and the characters of a row
KEPT, RECOMMENDED = 3, 5  # on the whole report: lines of a sort that stay while there are more recommendations than this

_DATED = re.compile(
    r"\b(?:19|20)\d\d\b|\b(?:last|past|previous) (?:12 months|inspection|year|two years)\b|\bat the time of", re.IGNORECASE
)


@dataclass(frozen=True)
class Graded:
    """A graded service with its judgement now and in the inspection before, each as printed with its statement, or None."""

    service: str
    now: tuple[Judgement, Statement] | None
    before: tuple[Judgement, Statement] | None


@dataclass(frozen=True)
class Behind:
    """A recommendation with the findings that derived links put behind it; `gist` are their critical sentences."""

    statement: Statement
    findings: tuple[Passage, ...]
    gist: tuple[Statement, ...]


@dataclass(frozen=True)
class Part:
    """Lines of one sort ("good", "weak", "mixed", "neutral", "figures", "named") under a heading, of one area or none."""

    sort: str
    heading: str
    lines: tuple[Statement, ...]
    area: str | None = None


@dataclass(frozen=True)
class Briefing:
    """A briefing ready to be laid out. `silent` says in fixed words what the report does not state of the topic."""

    topic: str
    sort: str
    length: str
    report: Report
    graded: tuple[Graded, ...]
    parts: tuple[Part, ...]
    recommended: tuple[Behind, ...]
    questions: tuple[Suggestion, ...]
    silent: tuple[str, ...]

    @property
    def statements(self) -> tuple[Statement, ...]:
        """Every statement, in the order shown."""
        return (
            *(pair[1] for row in self.graded for pair in (row.now, row.before) if pair),
            *(line for part in self.parts for line in part.lines),
            *(s for made in self.recommended for s in (made.statement, *made.gist)),
        )

    @cached_property
    def annex(self) -> tuple[Passage, ...]:
        """The passages cited, in reading order; none in a briefing of one page."""
        if self.length == PAGE:
            return ()
        cited = {s.passage.id for s in self.statements} | {p.id for q in self.questions for p in q.rests_on}
        cited |= {p.id for made in self.recommended for p in made.findings}
        return tuple(p for p in self.report.passages if p.id in cited and p.kind != "judgement")


def fitted(briefing: Briefing) -> Briefing:
    """The briefing cut to one page: questions, figures and the least central lines go first, one of each sort stays."""
    while height(briefing) > ROWS:
        few = KEPT if briefing.sort == "everything" and len(briefing.recommended) > RECOMMENDED else 1
        longest = max(briefing.parts, key=lambda part: (len(part.lines), part.sort == "figures"), default=None)
        if len(briefing.questions) > 2:
            briefing = replace(briefing, questions=briefing.questions[:-1])
        elif longest is not None and len(longest.lines) > few:
            cut = replace(longest, lines=longest.lines[:-1])
            briefing = replace(briefing, parts=tuple(cut if part is longest else part for part in briefing.parts))
        elif len(briefing.questions) > 1:
            briefing = replace(briefing, questions=briefing.questions[:-1])
        elif len(briefing.recommended) > 1:
            briefing = replace(briefing, recommended=briefing.recommended[:-1])
        else:
            break
    return briefing


def height(briefing: Briefing) -> float:
    """About how many rows of an A4 side in type of 11 points a briefing takes."""
    lines = [
        f"{s.passage.context or ''} {s.quote} {s.passage.place} {' '.join(s.also)}" for part in briefing.parts for s in part.lines
    ]
    for made in briefing.recommended:
        behind = " ".join(p.place for p in made.findings) + "Behind it (derived link, not printed in the report)"
        lines.append(f"{made.statement.quote} {made.statement.passage.label} {behind if briefing.sort != 'everything' else ''}")
    lines += [f"{q.text} {' '.join(p.place for p in q.rests_on)}" for q in briefing.questions]
    lines.append(" ".join(briefing.silent))
    headings = len(briefing.parts) + sum(map(bool, (briefing.graded, briefing.recommended, briefing.questions, briefing.silent)))
    return sum(-(-len(line) // A_ROW) + 0.15 for line in lines) + 1.9 * headings + 1.5 * len(briefing.graded) + 6


def dated(statement: Statement) -> bool:
    """Whether a figure says by itself, or in the words it stands under, of when it is."""
    return _DATED.search(f"{statement.passage.context or ''} {statement.quote}") is not None
