"""`findings brief`: the briefings of a command, written into files or to the terminal."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import typer

from assistant.assistant import Assistant
from assistant.briefing.briefer import Briefer
from assistant.briefing.subject import NotCovered
from ui.papers.briefing_sheet import file_name
from ui.papers.briefs import declined, rendered
from ui.terminal.ending import BAD_INPUT, NOT_COVERED, stop


def write_briefings(topics: list[str], form: str, length: str, out: Path | None, folder: bool) -> None:
    """Makes the briefings of a command, into files or to the terminal; what is not covered is said on stderr and the rest is made."""
    briefer = Briefer(Assistant())
    missing = 0
    for topic in topics:
        try:
            content = rendered(briefer.brief(topic, length), form, date.today())
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
