"""`findings ask` of reports by name, or of all: the door to assistant/several/."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

import typer

from assistant.answer import Answer, error_answer
from assistant.errors import BadQuestion, ModelFault
from assistant.several.asking import Reports
from index.errors import IndexFault, ShelfFault
from ui.batch import BatchLine, answers
from ui.engine import make_assistant
from ui.plain import as_text, json_line
from ui.terminal.ending import BAD_INPUT, MODEL_FAILED, NO_INDEX, stop

UNANSWERED = 1  # exit status: some report could not be asked


def reports_to_ask(model: str | None, fallback: bool) -> Reports:
    """The reports of the shelf, with a language model where one is configured."""
    return Reports(make=lambda index: make_assistant(index, model, fallback))


def asked(reports: Reports, names: Sequence[str], question: str, history: Sequence[str] = (), identity: str = "") -> Answer:
    """The answer of the reports named, or of all where none is. Raises ShelfFault, BadQuestion, ModelFault, IndexFault."""
    if not names:
        return reports.all(question, history, identity)
    if len(set(names)) == 1:
        return reports.one(reports.shelf.entry(names[0]), question, history, identity)
    return reports.some(names, question, history, identity)


def ask_one(question: str, names: Sequence[str], as_json: bool, model: str | None, fallback: bool) -> None:
    """Ask and print; ends with the exit status of docs/contract.md."""
    reports = reports_to_ask(model, fallback)
    try:
        answer = asked(reports, names, question)
    except ShelfFault as fault:
        stop(str(fault), BAD_INPUT)
    except (IndexFault, BadQuestion, ModelFault) as fault:
        if as_json:
            typer.echo(json_line(error_answer(question, str(fault))))
        stop(
            str(fault),
            UNANSWERED if isinstance(fault, BadQuestion) else MODEL_FAILED if isinstance(fault, ModelFault) else NO_INDEX,
        )
    finally:
        reports.close()
    for warning in reports.warnings:
        typer.echo(f"Warning: {warning}", err=True)
    failed = [one.answer for one in (answer.reports or (answer,)) if one.outcome == "error"]
    if answer.outcome != "error" or as_json:
        typer.echo(json_line(answer, sys.stdout.encoding) if as_json else as_text(answer))
    if failed:
        stop("\n".join(failed), NO_INDEX if answer.outcome == "error" else UNANSWERED)


def answers_of_several(
    lines: Iterable[BatchLine], names: tuple[str, ...] | None, model: str | None, fallback: bool
) -> Iterator[Answer]:
    """One answer a line, in order: of the report that it names, else of the reports named for all lines (() for all), else of the one in force.

    Raises ShelfFault, NoUsableIndex before the first answer; what fails later is outcome `error` of its line.
    """
    reports = reports_to_ask(model, fallback)
    entries = [reports.shelf.entry(name) for name in names or ()]
    if names is not None and len(entries) == 1:
        reports.assistant(entries[0])  # said before anything is answered
    return _answers(reports, lines, names)


def _answers(reports: Reports, lines: Iterable[BatchLine], names: tuple[str, ...] | None) -> Iterator[Answer]:
    in_force = (reports.shelf.first.name,)
    told = 0
    try:
        for target, group in groupby(lines, lambda line: (line.report,) if line.report else in_force if names is None else names):
            if len(set(target)) == 1:
                yield from _of_one(reports, target[0], group)
                continue
            for line in group:
                yield _of_line(reports, target, line)
                for warning in reports.warnings[told:]:
                    typer.echo(f"Warning: {warning}", err=True)
                told = len(reports.warnings)
    finally:
        reports.close()


def _of_one(reports: Reports, name: str, lines: Iterable[BatchLine]) -> Iterator[Answer]:
    try:
        assistant = reports.assistant(reports.shelf.entry(name))
    except IndexFault as fault:
        for line in lines:
            yield error_answer(line.question, line.reason or str(fault), line.identity)
    else:
        yield from answers(assistant, lines)


def _of_line(reports: Reports, names: Sequence[str], line: BatchLine) -> Answer:
    if line.reason is not None:
        return error_answer(line.question, line.reason, line.identity)
    try:
        return asked(reports, names, line.question, line.history, line.identity)
    except IndexFault as fault:
        return error_answer(line.question, str(fault), line.identity)
