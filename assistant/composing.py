"""Outcome and statements -> the answer's words: quotes with their labels, and fixed wording from prompts/. No judgement here.

Every quote is compared once more with its passage before it leaves (`check_verbatim`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from assistant.answer import Citation, Draft, Section, Statement, form, runs
from index.passages import Passage, Report
from index.text.sentences import fold
from prompts import wording


class NotVerbatim(Exception):
    """A quote that is not a contiguous piece of its passage: a bug, never shown."""


def check_verbatim(statement: Statement) -> Statement:
    """The statement itself. Raises NotVerbatim if its passage does not hold its quote."""
    if not statement.quote or fold(statement.quote) not in fold(statement.passage.text):
        raise NotVerbatim(f"{statement.passage.id}: {statement.quote[:80]}")
    return statement


def compose(draft: Draft) -> str:
    """The answer text: its sections as they are drawn, one paragraph each; a table is one paragraph with a line for each quote."""
    return "\n\n".join(_table(run) if form(run[0]) == "table" else "\n\n".join(map(_section, run)) for run in runs(draft.shown))


def with_question_found(draft: Draft, questions: Sequence[str]) -> Draft:
    """The draft, opened with the questions that were taken out of a longer message."""
    said = wording("answered.question_found", question=" / ".join(questions))
    return replace(draft, opening=" ".join(filter(None, (said, draft.opening))), notes=(*draft.notes, "question_found"))


def with_more_asked(draft: Draft, answered: int) -> Draft:
    """The draft, closed with the remark that only the first questions of a message were looked at."""
    return replace(
        draft, closing=(*draft.closing, wording("answered.more_asked", number=answered)), notes=(*draft.notes, "more_asked")
    )


def in_english_only(draft: Draft) -> Draft:
    """The draft, closed with the remark that there is no answer in another language."""
    return replace(draft, closing=(*draft.closing, wording("answered.english_only")), notes=(*draft.notes, "english_only"))


def without_model(draft: Draft) -> Draft:
    """The engine's own draft, closed with the remark that the language model failed."""
    notes = tuple(dict.fromkeys((*draft.notes, "model_fallback")))
    return replace(draft, closing=(*draft.closing, wording("model.failed")), notes=notes)


def _section(section: Section) -> str:
    return "\n".join([*filter(None, (section.heading, section.text)), *_lines(section.statements)])


def _table(cells: Sequence[Section]) -> str:
    """A line for each cell; its row says what the words that a quote stands under would say."""
    lines = [heading for heading in (cells[0].heading,) if heading]
    for cell in cells:
        said = (*filter(None, (cell.text,)), *(line(statement, with_context=False) for statement in cell.statements))
        row = cell.row or ""
        lines += [f"{cell.column}, {one}" if one.startswith(row) else f"{cell.column}, {row}: {one}" for one in said]
    return "\n".join(lines)


def _lines(statements: Sequence[Statement]) -> list[str]:
    """A line for each statement, each with its label: people copy single lines. Neighbours share their context, and the remark on
    the scan those of one passage, shown with the first.
    """
    lines = []
    previous: Passage | None = None
    for passage, statement in ((one.passage, one) for one in statements):
        same = previous is not None and previous.context == passage.context
        lines.append(line(statement, with_context=not same, with_remark=previous is not passage))
        previous = passage
    return lines


def line(statement: Statement, *, with_context: bool = True, with_remark: bool = True) -> str:
    """One statement: its context where it needs one, its quote, its label in brackets."""
    passage = check_verbatim(statement).passage
    text = statement.quote
    if passage.context and with_context and passage.kind != "footnote":
        context = passage.context.rstrip(":")
        text = f"{context}: {text}"
    if passage.corrected and with_remark:
        text = f"{text} {wording('answered.corrected')}"
    return f"{text} [{passage.label}]"


def shown(one: Citation) -> str:
    """A citation in one line: context, quote, label."""
    context = f"{one.context.rstrip(':')}: " if one.context and one.kind != "footnote" else ""
    return f"{context}{one.quote} [{one.label}]"


def day(iso: str) -> str:
    """2018-01-29 -> 29 January 2018."""
    value = date.fromisoformat(iso)
    return f"{value.day} {value:%B %Y}"


_COUNCIL = re.compile(r"(?: (?:county|city|metropolitan|london|royal|unitary|borough|district))* council$", re.IGNORECASE)
_BOROUGH = re.compile(r"^(?:the )?(?:(?:metropolitan|london|royal) )?(?:borough|city|county|council) of (?:the )?", re.IGNORECASE)


def area_of(authority: str) -> str:
    """What people call a council's area: Somerset County Council -> Somerset; Metropolitan Borough of Solihull -> Solihull."""
    return _BOROUGH.sub("", _COUNCIL.sub("", authority.strip())) or authority


def licence(published: str | None) -> str:
    """The licence of a report's words, with the year in which it was published."""
    return wording("standing.licence", year=f" {published[:4]}" if published else "")


def report_variables(report: Report) -> dict[str, str]:
    """What fixed texts may say of the report: authority, first and last day of inspection, date of publication."""
    first, last = report.inspected or ("", "")
    return {
        "authority": area_of(report.authority),
        "first": day(first) if first else "",
        "last": day(last) if last else "",
        "published": day(report.published) if report.published else "",
    }
