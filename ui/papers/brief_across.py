"""Briefings of several reports on one topic -> one sheet: each report under its name, every line with its report, paragraph and page.

Knows no file format, and chooses no lines: each report's own briefing does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from assistant.answer import Citation, citation
from assistant.assistant import Assistant
from assistant.briefing.briefer import Briefer
from assistant.briefing.briefing import Briefing
from assistant.briefing.subject import NotCovered
from assistant.composing import day, licence
from index.passages import Report
from prompts import wording
from ui.html.naming import of
from ui.papers.briefing_sheet import Block, Sheet, told
from ui.related import reference

CITED = ("line", "behind")  # blocks whose place says whose it is


@dataclass(frozen=True)
class Across:
    """What reports say on a topic, in the order asked; None for one that does not cover it."""

    topic: str
    found: tuple[tuple[Report, Briefing | None], ...]

    @property
    def citations(self) -> list[Citation]:
        return [citation(one, made.report) for _, made in self.found if made for one in made.statements]


def briefed(
    assistants: Sequence[Assistant], topic: str, length: str, briefer: Callable[[Assistant], Briefer] = Briefer
) -> Across:  # fmt: skip
    """The briefings of all. Raises NotCovered, of the first report, where none of them covers the topic."""
    found: list[tuple[Report, Briefing | None]] = []
    declined: list[NotCovered] = []
    for assistant in assistants:
        try:
            found.append((assistant.index.report, briefer(assistant).brief(topic, length)))
        except NotCovered as fault:
            declined.append(fault)
            found.append((assistant.index.report, None))
    if len(declined) == len(found):
        raise declined[0]
    return Across(next(made.topic for _, made in found if made), tuple(found))


def sheet_across(across: Across, made: date) -> Sheet:
    """Lay it out."""
    names = ", ".join(report.short for report, _ in across.found)
    title = wording("brief.across", topic=across.topic)
    blocks = [Block("title", title), Block("note", wording("brief.made", date=day(made.isoformat())))]
    for report, briefing in across.found:
        blocks += [Block("heading", report.short), Block("note", reference(report) + ".")]
        blocks += [_named(block, report.short) for block in told(briefing)] if briefing else [
            Block("note", wording("brief.not_in", topic=across.topic))
        ]  # fmt: skip
    foot = " ".join(dict.fromkeys(licence(report.published) for report, _ in across.found))
    return Sheet(title, wording("brief.across_head", names=names), foot, False, tuple(blocks))


def _named(block: Block, name: str) -> Block:
    if block.kind == "heading":
        return replace(block, kind="subheading")
    if block.kind in CITED and block.place:
        return replace(block, place=of(block.place, name), report=name)
    return replace(block, report=name)
