"""`findings shelf`: which reports are asked beside the one in force. Thin commands over index/shelf.py."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ui.terminal.ending import BAD_INPUT, quiet_when_closed, stop

if TYPE_CHECKING:
    from index.shelf import Entry, Shelf

shelf = typer.Typer(help="Several reports, asked by name or all at once (docs/shelf.md).", no_args_is_help=True)


@shelf.command()
def add(
    name: Annotated[str, typer.Argument(help="Its name on the shelf, such as surrey-2018.")],
    report: Annotated[Path, typer.Argument(metavar="REPORT", help="The report, PDF or Markdown.")],
    replace: Annotated[bool, typer.Option("--replace", help="Take the place of the report of this name.")] = False,
) -> None:
    """Put a report on the shelf: it is read and indexed with what it was taught, and a copy of its file is kept."""
    from index.errors import IndexFault
    from index.shelf import Shelf
    from ui.terminal.progress import bar

    chosen = Shelf()
    try:
        with bar(f"Adding {name}") as show:
            read = chosen.add(name, report, show, replace)
    except IndexFault as fault:
        stop(str(fault), BAD_INPUT)
    for warning in read.warnings:
        typer.echo(f"Warning: {warning}", err=True)
    in_step(chosen)
    numbered = sum(1 for passage in read.passages if passage.number)
    typer.echo(f"Added {name}: {len(read.passages)} passages ({numbered} numbered) on {read.pages} pages of {report.name}.")


@shelf.command(name="list")
def list_(as_json: Annotated[bool, typer.Option("--json", help="One JSON object a report.")] = False) -> None:
    """Show the reports on the shelf. The first is the one that is asked without a name."""
    from index.shelf import Shelf

    chosen = Shelf()
    with quiet_when_closed():
        for entry in chosen.entries():
            said = described(chosen, entry)
            typer.echo(json.dumps(said, ensure_ascii=False) if as_json else in_words(said))


@shelf.command()
def remove(name: Annotated[str, typer.Argument(help="The name of a report on the shelf.")]) -> None:
    """Take a report off the shelf, with its copy and its index. What it was taught is kept, should it be added again."""
    from index.shelf import Shelf

    chosen = Shelf()
    chosen.remove(name)
    in_step(chosen)
    typer.echo(f"Removed {name}.")


@shelf.command()
def update(
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAME]...", help="Only these reports.")] = None,
) -> None:
    """Index anew what cannot be used: after an upgrade of findings, or where files are damaged."""
    from index.shelf import Shelf
    from ui.terminal.progress import bar

    chosen = Shelf()
    built = []
    for entry in [chosen.entry(name) for name in names] if names else chosen.entries():
        with bar(f"Updating {entry.name}") as show:
            if chosen.update(entry, show):
                built.append(entry.name)
    if not in_step(chosen, again=True):
        raise typer.Exit(1)
    typer.echo(f"Indexed anew: {', '.join(built)}." if built else "Everything on the shelf is up to date.")


def in_step(chosen: Shelf, again: bool = False) -> bool:
    """Bring the collection of all sentences in step with the shelf; where that fails it is done when it is needed, and said.

    With `again`, a collection of our own that cannot be used is made anew.
    """
    from index.errors import BrokenIndex, IndexFault

    try:
        with chosen.gathered():
            return True
    except BrokenIndex as fault:
        if again:
            chosen.start_anew()
            return in_step(chosen)
        typer.echo(f"Warning: {fault}", err=True)
    except IndexFault as fault:
        typer.echo(f"Warning: {fault} The reports are on the shelf; their sentences are put there when all are asked.", err=True)
    return False


def described(chosen: Shelf, entry: Entry) -> dict[str, Any]:
    """What is known of a report: facts of its index, and what is wrong with it where it cannot be asked."""
    from assistant.lookups.judgements import OVERALL
    from index.errors import NoUsableIndex
    from ui.terminal.teaching import sentence

    said: dict[str, Any] = {
        "name": entry.name, "authority": None, "title": None, "inspected": [], "published": None, "overall": None, "passages": None,
        "added": entry.added, "taught": None, "fault": None,
    }  # fmt: skip
    try:
        index = chosen.open(entry)
    except NoUsableIndex as fault:
        return said | {"fault": str(fault)}
    report, taught = index.report, index.teaching and sentence(index.teaching)
    latest = max((one.year for one in report.judgements), default=0)
    overall = next((one.grade for one in report.judgements if one.service == OVERALL and one.year == latest), None)
    return said | {
        "authority": report.authority, "title": report.title, "inspected": list(report.inspected or ()),
        "published": report.published, "overall": overall, "passages": len(report.passages), "taught": taught,
    }  # fmt: skip


def in_words(said: dict[str, Any]) -> str:
    """A report of the shelf as a few lines."""
    from assistant.composing import day

    added = f"added {day(said['added'])}" if said["added"] else "asked without a name"
    if said["fault"]:
        return f"{said['name']} ({added})\n  {said['fault']}"
    lines = [f"{said['name']} ({added})", f"  {said['authority']}: {said['title']}"]
    if said["inspected"]:
        first, last = (day(one) for one in said["inspected"])
        lines.append(f"  inspected {first} to {last}")
    lines.append(f"  overall: {said['overall'] or 'no grade found'}; {said['passages']:,} passages")
    if said["taught"]:
        lines.append(f"  {said['taught']}")
    return "\n".join(lines)
