"""The command `findings`: thin commands over library calls. Heavy imports happen inside the commands that need them.

Exit status: 0 done; 1 some questions got outcome `error`; 2 wrong usage or unreadable input; 3 no usable index;
4 a configured model failed and fallback was forbidden; 5 the report does not cover a topic to brief on.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ui.shelf import shelf
from ui.sign_in.people_commands import tokens, users
from ui.terminal.ending import BAD_INPUT, MODEL_FAILED, NO_INDEX, quiet_when_closed, stop, stop_at_once
from ui.terminal.teaching import teach

app = typer.Typer(
    help="Answers about one inspection report, in the report's own words.", no_args_is_help=True,
    add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None,
)  # fmt: skip

app.add_typer(users, name="users")
app.add_typer(tokens, name="tokens")
app.add_typer(shelf, name="shelf")
app.command()(teach)


def main() -> None:
    """The entry point: runs the command, turning a known fault into one line and its exit status."""
    from assistant.errors import UnusableSetting
    from index.errors import IndexFault, NoUsableIndex
    from index.machine.staying import stay_on_this_machine
    from index.machine.threads import one_thread_for_products
    from prompts import UnreadableWording
    from prompts import keys as known_wording
    from ui.terminal.installation import altered, damaged, sentence
    from ui.terminal.streams import FULL, own_output

    stay_on_this_machine()
    if sys.argv[1:2] not in (["index"], ["shelf"], ["teach"]):  # building multiplies large matrices, asking never does
        one_thread_for_products()
    with own_output():
        try:
            if (name := altered()) is not None:
                stop_at_once(sentence(name))
            known_wording()  # a setting that names what is not there is said at once, not by the first text that needs it
            app()
        except NoUsableIndex as fault:
            typer.echo(str(fault), err=True)
            raise SystemExit(NO_INDEX) from None
        except (IndexFault, UnreadableWording, UnusableSetting) as fault:
            typer.echo(str(fault), err=True)
            raise SystemExit(BAD_INPUT) from None
        except BrokenPipeError:
            raise  # settled by own_output
        except Exception as fault:
            if (isinstance(fault, OSError) and fault.errno in FULL) or (name := damaged(fault)) is None:
                raise  # settled by own_output, or a bug
            stop_at_once(sentence(name))


def _version(wanted: bool) -> None:
    if wanted:
        from ui.programs.api import release

        typer.echo(f"findings {release()}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="The version of this program.")
    ] = False,
) -> None:
    pass


@app.command()
def index(
    report: Annotated[
        Path | None, typer.Argument(help="A report, PDF or Markdown; without it the one that comes with findings.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Build even when the index is up to date.")] = False,
) -> None:
    """Build the index, if it is missing or stale."""
    from index import store
    from index.machine.disk import check_readable, sweep
    from ui.terminal.progress import bar

    path = report or store.packaged_report()
    check_readable(path)
    sweep(store.index_folder())
    if not force:
        store.fetched(report=path)
    if not force and store.is_fresh(report=path):
        store.publish(report=path)
        typer.echo("The index is up to date.")
        return
    with bar("Building the index") as show:
        read = store.build(report=path, progress=show)
        store.publish(report=path)
    for warning in read.warnings:
        typer.echo(f"Warning: {warning}", err=True)
    if not store.is_exported():
        typer.echo(
            "This embedding model cannot be exported: questions are answered through sentence-transformers, slower.", err=True
        )
    numbered = sum(1 for passage in read.passages if passage.number)
    kept = "" if read.kept is None else f", with {read.kept:.1%} of its words"
    typer.echo(f"Indexed {len(read.passages)} passages ({numbered} numbered) on {read.pages} pages of {path.name}{kept}.")
    if report is not None:
        typer.echo(f"To ask this report, set FINDINGS_REPORT={path}", err=True)


@app.command()
def ask(
    question: Annotated[str | None, typer.Argument(help="The question, in quotation marks.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer object of docs/contract.md.")] = False,
    batch: Annotated[Path | None, typer.Option("--batch", help="Questions, one JSON object a line.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Where the answers of a batch go, one a line.")] = None,
    model: Annotated[
        str | None, typer.Option(help="A language model, such as ollama:llama3.1; otherwise FINDINGS_MODEL.")
    ] = None,
    no_fallback: Annotated[bool, typer.Option("--no-fallback", help="Exit with 4 when the language model fails.")] = False,
    report: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="A report on the shelf (findings shelf list); two are compared.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Ask all reports on the shelf.")] = False,
) -> None:
    """Ask one question, or a file of them."""
    if (question is None) == (batch is None) or (batch is None) != (out is None):
        stop(
            'Ask one question (findings ask "...") or a file of them (findings ask --batch IN.jsonl --out OUT.jsonl).', BAD_INPUT
        )
    if report and every:
        stop("Ask reports by name (--report NAME) or all of them (--all).", BAD_INPUT)
    target = tuple(report) if report else () if every else None
    with quiet_when_closed():
        if batch is not None and out is not None:
            _ask_batch(batch, out, model, not no_fallback, target)
        elif target is not None:
            from ui.several import ask_one

            ask_one(question or "", target, as_json, model, not no_fallback)
        else:
            _ask_one(question or "", as_json, model, not no_fallback)


def _ask_one(question: str, as_json: bool, model: str | None, fallback: bool) -> None:
    from assistant.answer import error_answer
    from assistant.errors import BadQuestion, ModelFault
    from index.errors import IndexFault
    from ui.engine import make_assistant
    from ui.plain import as_text, json_line

    try:
        answer = make_assistant(model=model, fallback=fallback).ask(question)
    except (IndexFault, BadQuestion, ModelFault) as fault:
        if as_json:
            typer.echo(json_line(error_answer(question, str(fault))))
        stop(str(fault), 1 if isinstance(fault, BadQuestion) else MODEL_FAILED if isinstance(fault, ModelFault) else NO_INDEX)
    typer.echo(json_line(answer, sys.stdout.encoding) if as_json else as_text(answer))


def _ask_batch(batch: Path, out: Path, model: str | None, fallback: bool, target: tuple[str, ...] | None) -> None:
    from assistant.errors import ModelFault
    from ui.batch import BadBatch, run_batch

    try:
        errors = run_batch(batch, out, model, fallback, target)
    except ModelFault as fault:
        stop(f"{fault} The answers up to this question are in {out}.", MODEL_FAILED)
    except BadBatch as fault:
        stop(str(fault), fault.status)
    if errors:
        stop(f"{errors} questions got outcome error: see the reason in their answers.", 1)


@app.command()
def chat(
    port: Annotated[int, typer.Option(min=0, max=65_535, help="The port; 0 takes any that is free.")] = 7860,
    host: Annotated[
        str, typer.Option(help="The address to listen on; others than 127.0.0.1 let other machines in.")
    ] = "127.0.0.1",
    sign_in: Annotated[
        bool | None,
        typer.Option("--sign-in/--no-sign-in", help="Whether people sign in (findings users); needed beyond this machine."),
    ] = None,
    trust_header: Annotated[
        str | None, typer.Option(metavar="HEADER", help="The header by which your sign-on names the user, with --proxy.")
    ] = None,
    proxy: Annotated[
        list[str] | None, typer.Option(metavar="ADDRESS", help="A proxy in front, whose headers are believed; may be repeated.")
    ] = None,
    name: Annotated[list[str] | None, typer.Option(metavar="HOST", help="A host name that people use; may be repeated.")] = None,
    prefix: Annotated[str, typer.Option(metavar="PATH", help="The path at the proxy, such as /findings.")] = "",
    frame: Annotated[
        list[str] | None, typer.Option(metavar="ORIGIN", help="A site whose pages may show the chat in a frame; may be repeated.")
    ] = None,
    may_add_reports: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Somebody who signs in and may add reports in the browser; may be repeated."),
    ] = None,
    mcp: Annotated[bool, typer.Option("--mcp", help="Also serve the Model Context Protocol on /mcp.")] = False,
    log: Annotated[bool, typer.Option("--log", help="A line a request on stderr; always on for a shared server.")] = False,
    log_questions: Annotated[
        str | None, typer.Option(metavar="REASON", help="Write questions to the log for this reason; the page says so.")
    ] = None,
) -> None:
    """Open the chat in the browser."""
    from ui.sign_in.people import People, named
    from ui.web.access import UnusableOption, access
    from ui.web.store import Store, UnusableState, state_file

    try:
        users = state_file().is_file() and People(Store(state_file())).any()
        chosen = access(
            host, port, names=name or (), proxies=proxy or (), trust_header=trust_header, sign_in=sign_in, users=users,
            prefix=prefix, frames=frame or (), mcp=mcp, logs=log, reason=log_questions,
            adders=may_add_reports if may_add_reports and trust_header else [named(one) for one in may_add_reports or ()],
        )  # fmt: skip
        from ui.chat import serve  # imports the engine: what is refused is refused before

        serve(chosen)
    except (UnusableOption, UnusableState) as fault:
        stop(str(fault), BAD_INPUT)


@app.command()
def brief(
    topic: Annotated[
        str | None, typer.Argument(help='A topic in your own words, an area, "recommendation 9" or "everything".')
    ] = None,
    form: Annotated[
        str | None, typer.Option("--format", help="docx, md or html; without it, as the name of OUT says, or md.")
    ] = None,
    length: Annotated[str, typer.Option(help="page (one A4 side) or full (with an annex).")] = "page",
    out: Annotated[Path | None, typer.Option(help="The file to write; with --topics the folder.")] = None,
    topics: Annotated[Path | None, typer.Option(help="A file of topics, one a line.")] = None,
    report: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="A report on the shelf (findings shelf list); may be repeated.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="All reports on the shelf, each under its name.")] = False,
) -> None:
    """Make a briefing, every line quoted with its paragraph and page. Exit status 5: the report does not cover it."""
    from assistant.briefing.briefing import LENGTHS
    from ui.papers.briefs import form_of, topics_in
    from ui.papers.writing import write_briefings

    if (topic is None) == (topics is None):
        stop('Brief on one topic (findings brief "care leavers") or on a file of them (findings brief --topics FILE).', BAD_INPUT)
    if topic is not None and not any(character.isalnum() for character in topic):
        stop('There is no topic here: name one, such as "care leavers".', BAD_INPUT)
    if report and every:
        stop("Brief on reports by name (--report NAME) or on all of them (--all).", BAD_INPUT)
    if length not in LENGTHS:
        stop(f"There is no length {length}: choose {' or '.join(LENGTHS)}.", BAD_INPUT)
    try:
        chosen = form_of(form, out if topics is None else None)
        asked = [topic or ""] if topics is None else topics_in(topics)
    except ValueError as fault:
        stop(
            str(fault) if topics is None or not isinstance(fault, UnicodeError) else f"{topics} is not a text in UTF-8.",
            BAD_INPUT,
        )
    except OSError as fault:
        stop(f"{topics} cannot be read ({fault.strerror}): name a file of topics.", BAD_INPUT)
    if not asked:
        stop(f"{topics} holds no topics: write one a line.", BAD_INPUT)
    with quiet_when_closed():
        names = tuple(report) if report else () if every else None
        write_briefings(asked, chosen, length, out, folder=topics is not None, names=names)


@app.command(name="eval")
def evaluate(
    only: Annotated[list[str] | None, typer.Option("--only", metavar="SLICE", help="Only this slice; may be repeated.")] = None,
    split: Annotated[str | None, typer.Option(help="Only dev or test.")] = None,
    limit: Annotated[int | None, typer.Option(help="Only the first so many cases.")] = None,
    cases: Annotated[list[Path] | None, typer.Option(help="Other cases than the packaged ones; may be repeated.")] = None,
    model: Annotated[str | None, typer.Option(help="The language model to answer with.")] = None,
    out: Annotated[Path | None, typer.Option(help="The folder of the run.")] = None,
    baselines: Annotated[bool, typer.Option("--baselines", help="Also ask what a user would otherwise have.")] = False,
    robustness: Annotated[bool, typer.Option("--robustness", help="Also ask with typos, filler words and so on.")] = False,
    resume: Annotated[Path | None, typer.Option(metavar="RUN", help="Go on with a run that was stopped.")] = None,
    rescore: Annotated[Path | None, typer.Option(metavar="RUN", help="Score a run again, without asking.")] = None,
    answers: Annotated[Path | None, typer.Option(help="Score a file of answer objects instead of asking.")] = None,
    compare: Annotated[tuple[Path, Path] | None, typer.Option(metavar="RUN RUN", help="Compare two runs, paired.")] = None,
    audit: Annotated[bool, typer.Option("--audit", help="Judge the cases themselves.")] = False,
    briefings: Annotated[bool, typer.Option("--briefings", help="Measure briefings instead of answers.")] = False,
    accept: Annotated[Path | None, typer.Option(metavar="RUN", help="Make a run the one the gate compares with.")] = None,
    gate: Annotated[bool, typer.Option("--gate", help="Exit with 1 when quality fell.")] = False,
    replay: Annotated[
        Path | None, typer.Option(metavar="RUN", help="Use the model's replies recorded in a run, or in a file of replies.")
    ] = None,
    judge: Annotated[str | None, typer.Option(help="A language model that grades the answers, as a second opinion.")] = None,
) -> None:
    """Measure the answers with the cases of evals/cases (docs/evaluation.md)."""
    from evals.command import Options, evaluate
    from evals.errors import EvalFault
    from ui.terminal.progress import bar

    chosen = Options(
        tuple(only or ()), split, limit, tuple(cases or ()), model, out, baselines, robustness, resume, rescore, answers,
        compare, audit, briefings, accept, gate, replay, judge,
    )  # fmt: skip
    try:
        with bar("Asking") as show:
            status = evaluate(chosen, typer.echo, show)
    except EvalFault as fault:
        stop(str(fault), BAD_INPUT)
    if status:
        raise typer.Exit(status)


@app.command()
def bench(
    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="PART", help="cold, warm, build, page, people or growth; may be repeated."),
    ] = None,
    rounds: Annotated[int, typer.Option(min=1, help="How often each side takes its turn.")] = 5,
    most: Annotated[int, typer.Option(min=1, help="With growth: the most reports on the shelf (1000 takes an hour).")] = 100,
    questions: Annotated[int, typer.Option(min=1, help="With growth: how many questions each size is asked.")] = 120,
    out: Annotated[Path | None, typer.Option(help="The folder for the table and the plot.")] = None,
) -> None:
    """Measure speed and memory beside the tutorial pipeline (docs/performance.md)."""
    from evals.command import BenchOptions, measure
    from evals.errors import EvalFault

    try:
        measure(BenchOptions(tuple(only or ()), rounds, most, questions, out), typer.echo)
    except EvalFault as fault:
        stop(str(fault), BAD_INPUT)


if __name__ == "__main__":
    main()
