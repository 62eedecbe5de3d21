"""`findings teach`: a report other than the packaged one is taught with lines that people or, once, a language model wrote.

Everything is checked before anything is touched; the index is built aside and swapped, as `findings index` does.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ui.terminal.ending import BAD_INPUT, MODEL_FAILED, stop

if TYPE_CHECKING:
    from assistant.model.teacher import Kept, Step
    from index.banks.teaching import Line, Teaching
    from index.passages import Report
    from index.shelf import Entry

INTERRUPTED = 130  # exit status, as shells give it


@dataclass(frozen=True)
class Pupil:
    """A report that may be taught: what was named, where its file and index are, what was read in it, and the lines it was taught so far."""

    name: str
    entry: Entry
    report: Report
    lines: tuple[Line, ...]


def teach(
    report: Annotated[str, typer.Argument(help="The report, PDF or Markdown, or its name on the shelf.")],
    further: Annotated[list[Path] | None, typer.Argument(hidden=True)] = None,
    source: Annotated[
        list[Path] | None,
        typer.Option("--from", metavar="FILE...", help="Teaching lines, one JSON object a line (docs/teaching.md)."),
    ] = None,
    numbered: Annotated[
        Path | None, typer.Option("--numbered", metavar="FILE", help="Write the numbered sentences and a guide for authors.")
    ] = None,
    model: Annotated[bool, typer.Option("--model", help="Have the model of FINDINGS_MODEL write lines, once.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="With --model: do not ask before it starts.")] = False,
    forget: Annotated[bool, typer.Option("--forget", help="Take away what the report was taught.")] = False,
    shown: Annotated[bool, typer.Option("--list", help="Say what the report was taught; also without any option.")] = False,
) -> None:
    """Teach a report: questions written for it, each with the sentences that answer it."""
    chosen = [bool(source), numbered is not None, model, forget, shown]
    if sum(chosen) > 1 or (further and not source):
        stop("Teach a report one way at a time: --from FILE..., --model, --numbered FILE, --forget or --list.", BAD_INPUT)
    pupil = _pupil(report)
    if source:
        _from(pupil, [*source, *(further or ())])
    elif numbered is not None:
        _numbered(pupil, numbered)
    elif model:
        _by_model(pupil, yes)
    elif forget:
        _forget(pupil)
    else:
        typer.echo(_amount(pupil.lines) if pupil.lines else f"{pupil.name} was taught nothing.")


def _pupil(named: str) -> Pupil:
    """The report of a file or, where there is no such file, of a name on the shelf.

    Raises UnreadableReport, ShelfFault, and BadTeaching for the report that comes with banks.
    """
    from index.banks.question_bank import bank_bytes, read_bank
    from index.banks.teaching import learnt_lines, stored
    from index.errors import BadTeaching
    from index.shelf import NAME, Entry, Shelf
    from index.store import read_report

    path, shelf = Path(named), Shelf()
    shelved = NAME.fullmatch(named) and not path.exists()
    entry = shelf.entry(named) if shelved else Entry("", shelf.base, path)
    read = read_report(entry.file)
    if read_bank(bank_bytes(), read.passages):
        raise BadTeaching("This is the report that comes with findings, and it has banks of its own: teach another one.")
    lines = learnt_lines(stored(entry.folder, read.sha256), read.passages)[0]
    return Pupil(named if shelved else path.name, entry, read, lines)


# ---- from files ------------------------------------------------------------------------------------------------


def _from(pupil: Pupil, sources: Sequence[Path]) -> None:
    from assistant.question.kinds import NAMES
    from index.banks.teaching import MOST_BYTES, check, taken, told
    from index.errors import BadTeaching

    lines = list(pupil.lines)
    left_out = []
    for source in sources:
        try:
            with source.open("rb") as file:
                data = file.read(MOST_BYTES + 1)
        except OSError as fault:
            raise BadTeaching(
                f"{source} cannot be read ({fault.strerror}): name a file of teaching lines. Nothing was changed."
            ) from None
        try:
            found = check(data, pupil.report.passages, NAMES, source.stem[:40] or "1", lines)
        except BadTeaching as fault:
            raise BadTeaching(f"{source.name} cannot be taught: {fault}. Nothing was changed.") from None
        taken(found, source.name)
        lines += found.lines
        if found.refused:
            left_out.append(f"Left out {len(found.refused):,} of {found.read:,} lines of {source.name}: {told(found.refused)}.")
        if found.doubles:
            left_out.append(f"{found.doubles:,} lines of {source.name} ask what another line asks and were left out.")
    for sentence in left_out:
        typer.echo(sentence, err=True)
    _learn(pupil, lines)


def _learn(pupil: Pupil, lines: Sequence[Line]) -> None:
    """Build the index with these lines, unless they are what is taught already."""
    from index.banks.teaching import MOST_LINES, written
    from index.errors import BadTeaching

    if len(lines) > MOST_LINES:
        raise BadTeaching(
            f"Together these are {len(lines):,} lines, and a report is taught at most {MOST_LINES:,}. Nothing was changed."
        )
    if len(lines) == len(pupil.lines):
        typer.echo(f"Nothing new. {_amount(lines)}")
        return
    started = time.monotonic()
    _build(pupil, written(lines, pupil.report.passages))
    typer.echo(f"{_amount(lines)} ({time.monotonic() - started:.0f} s)")
    how = f"set FINDINGS_REPORT={pupil.entry.file}" if pupil.entry.stays else f"name it: findings ask --report {pupil.name}"
    typer.echo(f"To ask this report, {how}", err=True)


def _build(pupil: Pupil, taught: bytes) -> None:
    from index import store
    from index.shelf import Shelf
    from ui.terminal.progress import bar

    with bar("Teaching") as show:
        Shelf().teach(pupil.entry, taught, show)
        if pupil.entry.stays:
            store.publish(pupil.entry.folder, pupil.entry.file)


def _amount(lines: Sequence[Line]) -> str:
    from index.banks.teaching import amount

    return sentence(amount(lines))


def sentence(teaching: Teaching) -> str:
    """What a report was taught, in words."""
    by = "one voice" if teaching.voices == 1 else f"{teaching.voices} voices"
    return (
        f"Taught by {by}: {_counted(teaching.facts, 'fact')}, {_counted(teaching.broad, 'broad question')}, "
        f"{teaching.misses:,} near miss{'' if teaching.misses == 1 else 'es'}."
    )


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _forget(pupil: Pupil) -> None:
    from index.banks.teaching import kept_of_model, stored

    kept_of_model(pupil.entry.folder, pupil.report.sha256).unlink(missing_ok=True)
    if not stored(pupil.entry.folder, pupil.report.sha256):
        typer.echo(f"{pupil.name} was taught nothing.")
        return
    _build(pupil, b"")
    typer.echo(f"{pupil.name} is as if nobody had taught it.")


# ---- for authors -----------------------------------------------------------------------------------------------


def _numbered(pupil: Pupil, out: Path) -> None:
    from assistant.model.teacher import BROAD_KINDS, numbered
    from prompts import prompt

    if out.is_file() and os.path.samefile(pupil.entry.file, out):
        stop(f"{out} is the report itself: name another file for its sentences. Nothing was written.", BAD_INPUT)
    told = numbered(pupil.report.passages)
    sentences = "\n".join(line for lines in told for line in lines)
    guide, sentences = prompt("teach_guide", authority=pupil.report.authority, kinds=", ".join(BROAD_KINDS), sentences=sentences)
    try:
        out.write_text(f"{guide}\n\n## The sentences\n\n{sentences}\n", encoding="utf-8")
    except OSError as fault:
        stop(f"{out} cannot be written ({fault.strerror}).", BAD_INPUT)
    typer.echo(f"Wrote a guide and {sum(map(len, told)):,} numbered sentences to {out}.")


# ---- by a language model ---------------------------------------------------------------------------------------


def _by_model(pupil: Pupil, yes: bool) -> None:
    from assistant.errors import ModelFault
    from assistant.model.client import LangChainModel
    from assistant.model.settings import model_settings
    from assistant.model.teacher import REPLY_CHARACTERS, Kept, cost, plan, settings_for_teaching
    from index.banks.teaching import kept_of_model
    from index.machine.disk import unwritable
    from ui.terminal.progress import bar

    if (settings := model_settings()) is None:
        stop("No language model is configured: set FINDINGS_MODEL, or teach the report from files.", BAD_INPUT)
    requests = plan(pupil.report.passages)
    kept = Kept(kept_of_model(pupil.entry.folder, pupil.report.sha256))
    left = [request for request in requests if request.key not in kept.lines]
    if left:
        price = cost(left)
        typer.echo(
            f"{settings.name} is sent the report's sentences in {price.requests:,} requests ({len(requests) - len(left):,} are done already): about "
            f"{price.sent:,} tokens to it, at most {price.received:,} back.",
            err=True,
        )
        if not yes and not _agreed():
            stop("Nothing was asked. Say --yes to go on without being asked.", BAD_INPUT)
    pupil.entry.folder.mkdir(parents=True, exist_ok=True)
    if (full := unwritable(pupil.entry.folder)) is not None:
        stop(f"The lines cannot be kept in {pupil.entry.folder} ({full.strerror}): free some space first.", BAD_INPUT)
    last: Step | None = None
    model = LangChainModel(settings_for_teaching(settings), REPLY_CHARACTERS, cut=True)
    from assistant.model.teacher import teach as asked

    again = "Their lines are kept: give the same command again to go on."
    try:
        with bar("Asking the model") as show:
            for last in asked(model, requests, pupil.report.passages, kept, settings.concurrency):
                show(f"{last.done} of {last.of} requests, {last.lines:,} lines", last.done / last.of)
    except ModelFault as fault:
        stop(f"{fault} {_done(kept, len(requests))} {again}", MODEL_FAILED)
    except KeyboardInterrupt:
        stop(f"Interrupted. {_done(kept, len(requests))} {again}", INTERRUPTED)
    typer.echo(f"The model wrote {kept.count:,} good lines; {kept.refused:,} were refused.", err=True)
    if kept.count:
        _from_model(pupil, kept)
    if last is not None and last.failed:
        stop(
            f"{last.failed} of {last.of} requests failed ({last.fault or 'see above'}): give the same command again to ask them once more.",
            MODEL_FAILED,
        )
    if not kept.count:
        stop("The model wrote no line that can be taught. Nothing was changed.", MODEL_FAILED)


def _done(kept: Kept, every: int) -> str:
    return f"{len(kept.lines)} of {every} requests are done."


def _agreed() -> bool:
    if not sys.stdin.isatty():
        return False
    typer.echo("Go on? [y/N] ", nl=False, err=True)
    return sys.stdin.readline().strip().casefold() in ("y", "yes")


def _from_model(pupil: Pupil, kept: Kept) -> None:
    from assistant.question.kinds import NAMES
    from index.banks.teaching import check

    found = check(kept.data(), pupil.report.passages, NAMES, "model", pupil.lines)
    _learn(pupil, [*pupil.lines, *found.lines])
