"""`findings brief`: the briefings of a command, written into files or to the terminal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import typer

from assistant.assistant import Assistant
from assistant.briefing.briefer import Briefer
from assistant.briefing.briefing import Briefing
from assistant.briefing.subject import NotCovered
from assistant.several.asking import Reports
from index.errors import ShelfFault
from ui.papers.brief_across import Across, briefed
from ui.papers.briefing_sheet import file_name
from ui.papers.briefs import declined, rendered
from ui.terminal.ending import BAD_INPUT, NOT_COVERED, stop


def write_briefings(
    topics: list[str], form: str, length: str, out: Path | None, folder: bool, names: Sequence[str] | None = None
) -> None:
    """Of the report in force, of the reports named, or of all where none is (`names` empty). Makes the briefings of a command, into files or to the terminal; what is not covered is said on stderr and the rest is made."""
    of_topic = _one(length) if names is None else _several(names, length)
    missing = 0
    for topic in topics:
        try:
            content = rendered(of_topic(topic), form, date.today())
        except NotCovered as fault:
            typer.echo(declined(fault), err=True)
            missing += 1
            continue
        if out is None and not folder and form != "docx":
            typer.echo(content.decode("utf-8"), nl=False)
            continue
        path = (out or Path()) / file_name(topic, form) if folder or out is None else out
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        except OSError as fault:
            stop(f"{path} cannot be written ({fault.strerror}): name another place with --out.", BAD_INPUT)
        typer.echo(f"{path}")
    if missing:
        raise typer.Exit(NOT_COVERED)


def _one(length: str) -> Callable[[str], Briefing]:
    briefer = Briefer(Assistant())
    return lambda topic: briefer.brief(topic, length)


def _several(names: Sequence[str], length: str) -> Callable[[str], Briefing | Across]:
    reports = Reports()
    try:
        entries = [reports.shelf.entry(name) for name in dict.fromkeys(names)] or reports.shelf.entries()
    except ShelfFault as fault:
        stop(str(fault), BAD_INPUT)

    def of(topic: str) -> Briefing | Across:
        try:
            chosen = entries if names else reports.nearest(entries, topic)
            assistants = [reports.assistant(entry) for entry in chosen]
        finally:
            reports.close()
        if len(assistants) == 1:
            return Briefer(assistants[0]).brief(topic, length)
        return briefed(assistants, topic, length)

    return of
