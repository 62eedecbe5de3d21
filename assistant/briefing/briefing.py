"""A briefing as a value: its topic, its parts, its annex, and how it is cut to one page. Chooses no lines, knows no file format."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property

from assistant.answer import Statement
from assistant.answering.scrutiny import Suggestion
from index.passages import Judgement, Passage, Report
from prompts import listed, wording

PAGE, FULL = "page", "full"
LENGTHS = (PAGE, FULL)
DEFAULT = PAGE  # at every door: the command, the page, the API
ROWS, A_ROW = 55, 96  # rows of an A4 side in type of 11 points, and the characters of a row
KEPT = {"good": 2, "weak": 3}  # lines of a role that stay while there are more recommendations than the least; of any other, one
RECOMMENDED = 5  # of a page on the whole report; of any other, one

_DATED = re.compile(
    r"\b(?:19|20)\d\d\b|\b(?:last|past|previous) (?:12 months|inspection|year|two years)\b|\bat the time of", re.IGNORECASE
)


@dataclass(frozen=True)
class ServiceGrades:
    """A graded service with its judgement now and in the inspection before, each as printed with its statement, or None."""

    service: str
    now: tuple[Judgement, Statement] | None
    before: tuple[Judgement, Statement] | None


@dataclass(frozen=True)
class Behind:
    """A recommendation with its findings; `gist`: their sentences that it takes up. `kind`: the kind of the links, `derived` if
    they differ (assistant/lookups/links.py).
    """

    statement: Statement
    findings: tuple[Passage, ...]
    gist: tuple[Statement, ...]
    kind: str


@dataclass(frozen=True)
class BriefingSection:
    """Lines of a role (headline, good, weak, mixed, neutral, figures, named), of one area or none."""

    role: str
    heading: str
    lines: tuple[Statement, ...]
    area: str | None = None


@dataclass(frozen=True)
class Briefing:
    """A briefing ready to be laid out. `silent` says in fixed words what the report does not state of the topic."""

    topic: str
    kind: str
    length: str
    report: Report
    graded: tuple[ServiceGrades, ...]
    parts: tuple[BriefingSection, ...]
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
        """The passages cited or behind recommendations and questions, judgements aside, in reading order; none on one page."""
        if self.length == PAGE:
            return ()
        cited = {s.passage.id for s in self.statements} | {p.id for q in self.questions for p in q.rests_on}
        cited |= {p.id for made in self.recommended for p in made.findings}
        return tuple(p for p in self.report.passages if p.id in cited and p.kind != "judgement")


def plainly(topic: str) -> str:
    """The topic without the words that ask for a briefing; "" if only those words are left."""
    said = " ".join(topic.replace("’", "'").split()).strip(" ?.!")
    begun = [form for form in listed("brief.asking") if f"{said.casefold()} ".startswith(f"{form} ")]
    return said[len(max(begun, key=len, default="")) :].strip()


def fitted(briefing: Briefing) -> Briefing:
    """The briefing cut to one page. First go questions until one is left, those on recommendations first; then lines of the part
    that is most over what KEPT keeps; then recommendations down to the least number; then lines of the longest part until each
    has one.
    """
    whole_report = briefing.kind == "everything"
    least = RECOMMENDED if whole_report else 1
    while height(briefing) > ROWS:
        over = [(len(part.lines) - KEPT.get(part.role, 1), part.role == "figures", at) for at, part in enumerate(briefing.parts)]
        most, _, at = max(over, default=(0, False, 0))
        longest = max((len(part.lines) for part in briefing.parts), default=0)
        if len(briefing.questions) > 1:
            briefing = replace(briefing, questions=_fewer(briefing.questions))
        elif most > 0:
            briefing = _shorter(briefing, at)
        elif len(briefing.recommended) > least:
            briefing = replace(briefing, recommended=briefing.recommended[:-1])
        elif longest > 1:
            briefing = _shorter(briefing, max(range(len(briefing.parts)), key=lambda one: len(briefing.parts[one].lines)))
        else:
            break
    return briefing


def _fewer(questions: tuple[Suggestion, ...]) -> tuple[Suggestion, ...]:
    """The questions without the last that rests on a recommendation, or without the last."""
    restating = [at for at, one in enumerate(questions) if one.rests_on[0].kind == "recommendation"]
    gone = restating[-1] if restating else len(questions) - 1
    return (*questions[:gone], *questions[gone + 1 :])


def _shorter(briefing: Briefing, at: int) -> Briefing:
    """The briefing without the last line of one of its parts."""
    part = briefing.parts[at]
    cut = replace(part, lines=part.lines[:-1])
    return replace(briefing, parts=(*briefing.parts[:at], cut, *briefing.parts[at + 1 :]))


def height(briefing: Briefing) -> float:
    """About how many rows of an A4 side in type of 11 points a briefing takes."""
    lines = [
        f"{s.passage.context or ''} {s.quote} {s.passage.place} {' '.join(s.also)}" for part in briefing.parts for s in part.lines
    ]
    for made in briefing.recommended:
        behind = wording(f"brief.named_{made.kind}", places=" ".join(p.place for p in made.findings)) if made.findings else ""
        lines.append(f"{made.statement.quote} {made.statement.passage.label} {behind if briefing.kind != 'everything' else ''}")
    lines += [f"{q.text} {' '.join(p.place for p in q.rests_on)}" for q in briefing.questions]
    lines.append(" ".join(briefing.silent))
    headings = len(briefing.parts) + sum(map(bool, (briefing.graded, briefing.recommended, briefing.questions, briefing.silent)))
    return sum(-(-len(line) // A_ROW) + 0.15 for line in lines) + 1.9 * headings + 2.1 * len(briefing.graded) + 6


def dated(statement: Statement) -> bool:
    """Whether a figure, or the words it stands under, says which date it is of."""
    return _DATED.search(f"{statement.passage.context or ''} {statement.quote}") is not None
