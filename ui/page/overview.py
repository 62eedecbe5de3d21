"""The report in three lines for the first page: what it is, the overall judgement, and the graded areas. Each grade is a link."""

from __future__ import annotations

from assistant.composing import report_variables
from index.passages import Judgement, Report
from prompts import keys, wording
from ui.html.markup import tag, text
from ui.html.panel import opening, sentence_of
from ui.page.glance import graded


def overview(report: Report) -> str:
    """Three lines, or as many of them as the report has."""
    lines = []
    if report.inspected and report.published and report.title:
        facts = report_variables(report)
        dates = {name: facts[name] for name in ("first", "last", "published")}
        lines.append(_line("overview.what", text(wording("overview.document", title=report.title, **dates))))
    newest = max((one.year for one in report.judgements), default=0)
    now = [one for one in report.judgements if one.year == newest]
    named = set(keys())
    areas = [one for one in now if f"topics.{one.service}" in named]
    lines += [_line("overview.overall", _grade(report, one)) for one in now if one not in areas][:1]
    if areas:
        by_grade: dict[str, list[Judgement]] = {}
        for one in areas:
            by_grade.setdefault(one.grade.casefold(), []).append(one)
        shown = "".join(tag("p", _together(report, group)) for group in by_grade.values())
        lines.append(_line("overview.areas", shown))
    return tag("dl", "".join(lines), class_="overview") if lines else ""


def _together(report: Report, group: list[Judgement]) -> str:
    """Areas of one grade: the grade once, then what the areas are called."""
    names = ", ".join(wording(f"topics.{one.service}") for one in group)
    return f"{_grade(report, group[0])} {text(names)}"


def _line(name: str, content: str) -> str:
    return tag("div", tag("dt", text(wording(name))) + tag("dd", content))


def _grade(report: Report, judgement: Judgement) -> str:
    passage = next(p for p in report.passages if p.id == judgement.passage)
    place = opening(passage, wording("short.page", page=passage.page), passage.place, sentence_of(passage, judgement.grade))
    return f"{graded(judgement)} {place}"
