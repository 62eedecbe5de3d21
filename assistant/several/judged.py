"""How several reports were judged -> one table of grades, every cell a citation. Which questions ask for judgements is told as
for one report.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.answer import Answer, Draft, Section, citation, report_facts, sections_shown
from assistant.composing import compose
from assistant.lookups.judgements import enumerate_judgements, grade_in, same_grade, services_in, statements_of
from index.passages import Judgement, Report
from prompts import wording

# What a question to several reports calls them, and what each of them is called when it is asked alone.
ONE_OF = {
    "reports": "report",
    "councils": "council",
    "authorities": "authority",
    "inspections": "inspection",
    "were": "was",
    "are": "is",
}
_WORD = re.compile(r"[A-Za-z]+")


def as_of_one(question: str) -> str:
    """The question as it is put to one of several: "which of the reports were inadequate?" -> "which of the report was ..."."""
    return _WORD.sub(lambda word: ONE_OF.get(word[0].lower(), word[0]), question)


def judged(question: str, identity: str, reports: Sequence[Report]) -> Answer | None:
    """The table that answers a question about judgements: a row a service, a column a report. None for any other question.

    Where the question names a grade, what was given it stands first. Of a report the latest judgements are told, or those of the
    years asked for.
    """
    asked = as_of_one(question)
    drafts = [(report, enumerate_judgements(report, asked)) for report in reports]
    told = [(report, draft) for report, draft in drafts if draft is not None and draft.outcome == "answered"]
    if not told:
        return None
    services, grade = services_in(asked), grade_in(asked)
    given = [(report, one) for report, draft in told for one in _given(report, draft, services)]
    order = {name: at for at, name in enumerate(dict.fromkeys(one.service for _, one in given))}
    given.sort(key=lambda pair: order[pair[1].service])  # stable: reports stay in their order
    of_grade = [pair for pair in given if grade is not None and same_grade(pair[1].grade, grade)]
    sections = _cells(given, wording("several.judgements"))
    if of_grade:
        sections = _cells(of_grade, wording("several.judged", grade=grade)) + sections
    elif grade is not None:
        sections = (Section(None, (), "answer", text=wording("several.none_judged", grade=grade)), *sections)
    by_report = [
        _answer(question, identity, (report,), _cells([pair for pair in given if pair[0] is report], None)) for report, _ in told
    ]
    return replace(_answer(question, identity, [report for report, _ in told], sections), reports=tuple(by_report))


def _given(report: Report, draft: Draft, services: Sequence[str]) -> list[Judgement]:
    """The judgements of the years that a report's own answer tells, of the services named, or of all."""
    at = {passage.id for passage in (statement.passage for statement in draft.statements)}
    years = {one.year for one in report.judgements if one.passage in at}
    return [one for one in report.judgements if one.year in years and (not services or one.service in services)]


def _cells(given: Sequence[tuple[Report, Judgement]], heading: str | None) -> tuple[Section, ...]:
    cells = []
    for report, one in given:
        latest = max(other.year for other in report.judgements)
        column = report.short if one.year == latest else f"{report.short}, {one.year}"
        cells.append(
            Section(heading, tuple(statements_of(report, [one])), "judgement", one.service, row=one.service, column=column)
        )
        heading = None
    return tuple(cells)


def _answer(question: str, identity: str, reports: Sequence[Report], sections: tuple[Section, ...]) -> Answer:
    draft = Draft("answered", sections)
    owner = {id(passage): report for report in reports for passage in report.passages}
    return Answer(
        id=identity, question=question, understood=question, outcome="answered", confidence=None, answer=compose(draft),
        citations=tuple(citation(one, owner[id(one.passage)]) for one in draft.statements), sections=sections_shown(draft),
        suggestions=(), nearest=(), retrieved=(), notes=(), mode="extractive", report=report_facts(reports[0]), seconds=0.0,
    )  # fmt: skip
