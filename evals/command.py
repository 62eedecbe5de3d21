"""What `findings eval` does, option by option, over the library: so that the command line stays thin.

`evaluate` gives the exit status: 0 done, 1 the gate found something. Faults are raised for the command to tell.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

from evals.cases import Case, choose, digest, packaged_files, read_cases
from evals.errors import BadRun, NotInstalled
from evals.measures.evidence import Evidence
from index.store import open_index

NEEDED = ("ir_measures", "langchain_text_splitters", "matplotlib", "scipy")
NEEDED_TO_BENCH = ("langchain_huggingface", "langchain_text_splitters", "matplotlib", "httpx")
GATE_SHUT = 1

Say = Callable[[str], None]
Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Options:
    """The options of `findings eval`."""

    only: tuple[str, ...] = ()
    split: str | None = None
    limit: int | None = None
    cases: tuple[Path, ...] = ()
    model: str | None = None
    out: Path | None = None
    baselines: bool = False
    robustness: bool = False
    resume: Path | None = None
    rescore: Path | None = None
    answers: Path | None = None
    compare: tuple[Path, Path] | None = None
    audit: bool = False
    briefings: bool = False
    accept: Path | None = None
    gate: bool = False
    replay: Path | None = None
    judge: str | None = None

    @property
    def narrowed(self) -> bool:
        """Whether only a part of the packaged cases is asked, or others."""
        return bool(self.only or self.split or self.limit is not None or self.cases)

    @property
    def modes(self) -> list[str]:
        """The options chosen of which only one makes sense."""
        return [
            f"--{name}"
            for name in ("resume", "rescore", "answers", "compare", "audit", "briefings", "accept")
            if getattr(self, name)
        ]


@dataclass(frozen=True)
class BenchOptions:
    """The options of `findings bench`."""

    only: tuple[str, ...]
    rounds: int
    most: int  # reports on the shelf, in the part "growth"
    questions: int  # asked of every size of it
    out: Path | None


def measure(options: BenchOptions, say: Say) -> None:
    """Measure speed, memory and growth. Raises EvalFault, NoUsableIndex."""
    lacking = [name for name in NEEDED_TO_BENCH if find_spec(name) is None]
    if lacking:
        raise NotInstalled(
            f"The bench needs {', '.join(lacking)}: install findings-somerset-2018[eval], or run `make test` once."
        )
    from evals.run import new_folder
    from evals.speed import bench, growth

    parts = options.only or bench.PARTS
    if wrong := [part for part in parts if part not in (*bench.PARTS, "growth")]:
        raise BadRun(f"There is no part {wrong[0]}: choose of {', '.join((*bench.PARTS, 'growth'))}.")
    out = options.out or new_folder("bench")
    if asked := tuple(part for part in parts if part != "growth"):
        for line in bench.table(bench.bench(asked, options.rounds, out, say)):
            say(line)
    if "growth" in parts:
        grown = growth.grow([size for size in growth.SIZES if size <= options.most], options.questions, say)
        growth.write(out, grown)
        for line in growth.table(grown):
            say(line)
    say(f"More in {out}")


def evaluate(options: Options, say: Say, show: Progress) -> int:
    """Do what the options ask. Raises EvalFault, NoUsableIndex, UnreadableReport."""
    lacking = [name for name in NEEDED if find_spec(name) is None]
    if lacking:
        raise NotInstalled(
            f"Evaluations need {', '.join(lacking)}: install findings-somerset-2018[eval], or run `make test` once."
        )
    if len(options.modes) > 1:
        raise BadRun(f"Choose one of {' and '.join(options.modes)}.")
    if options.gate and (options.narrowed or options.compare or options.audit or options.briefings or options.accept):
        raise BadRun("The gate judges the whole suite: leave out what narrows or replaces it.")
    if options.compare:
        return _compare(*options.compare, say)
    if options.accept:
        return _accept(options.accept, say)
    if options.audit:
        return _audit(options, say)
    if options.briefings:
        return _briefings(options, say)
    return _run(options, say, show)


def _run(options: Options, say: Say, show: Progress) -> int:
    from evals import run
    from evals.reporting.report import as_lines

    evidence = run.load_evidence()
    folder, cases = _prepare(options, evidence, say, show)
    if options.judge:
        _judge(options.judge, folder, cases, evidence, say)
    summary, scored = run.score_run(folder, cases, evidence)
    for line in as_lines(summary):
        say(line)
    say(f"\nMore in {folder / 'report.html'}")
    if not options.gate:
        return 0
    from evals import gate

    limits, committed = gate.read_bounds(gate.folder()), gate.read_committed(gate.folder())
    if not limits.floors or not committed.scores:
        say("No run is committed yet: only citations and injected text are judged.")
    found = gate.failures(summary, scored, limits, committed)
    for line in found:
        say(f"GATE: {line}")
    say("The gate is shut." if found else "The gate is open.")
    return GATE_SHUT if found else 0


def _prepare(options: Options, evidence: Evidence, say: Say, show: Progress) -> tuple[Path, tuple[Case, ...]]:
    """The folder with all answers in it, and the cases they are scored by."""
    from evals import run

    current = read_cases(options.cases or packaged_files(), evidence.passages)
    if folder := options.rescore or options.resume:
        settings = run.read_settings(folder)
        cases = run.renewed(run.recorded_cases(folder, evidence), current)
        if options.resume:
            if settings.system != "findings":
                raise BadRun(f"{folder.name} holds answers from elsewhere: it can be rescored, but not resumed.")
            if settings.commit != run.commit():
                say(f"This run began at commit {settings.commit} and goes on at {run.commit()}.")
            _ask(options, folder, cases, show)
        return folder, cases
    cases = choose(current, options.only, options.split, options.limit)
    if options.replay is not None and options.replay.is_file():
        cases = _replied(cases, options.replay)
    if not cases:
        raise BadRun("No case is left to ask: name another slice or split.")
    folder = options.out or run.new_folder()
    settings = run.settings_of(
        cases, evidence, options.answers.stem if options.answers else "findings",
        slices=options.only, split=options.split, limit=options.limit, model=_model(options), prompts=run.prompts(_model(options)),
    )  # fmt: skip
    if options.answers:
        run.take_answers(options.answers, folder, cases, settings)
    else:
        open_index()  # before the folder is made: without an index there is no run
        run.begin(folder, cases, settings)
        _ask(options, folder, cases, show)
    return folder, cases


def _replied(cases: Sequence[Case], replies: Path) -> tuple[Case, ...]:
    """The cases that a file of replies has a reply for, of those asked."""
    from evals.comparisons.model_runs import read_records

    held = {one["id"] for one in read_records(replies)}
    return tuple(case for case in cases if case.id in held)


def _model(options: Options) -> str | None:
    """The model of the run: the one named, or the one of the run that is replayed."""
    from evals import run

    if options.model or options.replay is None:
        return options.model
    return f"replies:{options.replay.stem}" if options.replay.is_file() else run.read_settings(options.replay).model


def _judge(name: str, folder: Path, cases: Sequence[Case], evidence: Evidence, say: Say) -> None:
    """Have a model grade the answers of a run into judged.jsonl."""
    from assistant.model.client import LangChainModel
    from assistant.model.settings import model_settings
    from evals import run
    from evals.answers import read_replies, write_lines
    from evals.measures.judging import judged
    from evals.measures.summary import score_all

    settings = model_settings(name)
    assert settings is not None  # a name was given
    scored = score_all(cases, read_replies(folder / run.ANSWERS, whole=False), evidence)
    say(f"{name} grades {len(scored)} answers.")
    write_lines(folder / run.JUDGED, judged(LangChainModel(settings), scored))


def _ask(options: Options, folder: Path, cases: Sequence[Case], show: Progress) -> None:
    from assistant.assistant import Assistant
    from evals import run

    if model := _model(options):
        from evals.comparisons.model_runs import model_assistant

        assistant = model_assistant(open_index(), model, folder, options.replay)
    else:
        assistant = Assistant(open_index())
    seconds = run.ask_all(assistant, cases, folder / run.ANSWERS, show)
    settings = run.read_settings(folder)
    run.write_settings(folder, replace(settings, seconds=round((settings.seconds or 0.0) + seconds, 3)))
    if options.baselines:
        run.ask_baselines(assistant.index, cases, folder, show)
    if options.robustness:
        run.ask_derived(assistant.index, cases, folder, show)


def _compare(first: Path, second: Path, say: Say) -> int:
    from evals import run
    from evals.measures.summary import comparison
    from evals.reporting.report import comparison_lines

    for line in comparison_lines(comparison(run.read_scores(first), run.read_scores(second))):
        say(line)
    return 0


def _accept(folder: Path, say: Say) -> int:
    from evals import gate, run

    settings = run.read_settings(folder)
    current = read_cases(packaged_files(), run.load_evidence().passages)
    if settings.system != "findings" or digest(current) != settings.questions:
        raise BadRun(f"{folder.name} did not ask all of the packaged cases: only a whole run can be accepted.")
    limits = gate.accept(run.read_summary(folder), run.read_scores(folder), gate.folder())
    say(f"Accepted. Floors: {limits.floors}; ceilings: {limits.ceilings}")
    return 0


def _audit(options: Options, say: Say) -> int:
    from evals import run
    from evals.audit import audit

    evidence = run.load_evidence()
    cases = choose(read_cases(options.cases or packaged_files(), evidence.passages), options.only, options.split, options.limit)
    for line in audit(cases, open_index(), evidence).lines():
        say(line)
    return 0


def _briefings(options: Options, say: Say) -> int:
    from assistant.assistant import Assistant
    from assistant.briefing.briefer import Briefer
    from evals.measures.briefings import lines, listed, packaged_topics, read_topics

    if options.only or options.limit is not None:
        raise BadRun("Briefings are measured topic by topic: choose them with --split or --cases.")
    briefer = Briefer(Assistant(open_index()))
    known = {passage.id for passage in briefer.report.passages}
    topics = [topic for path in options.cases or (packaged_topics(),) for topic in read_topics(path, known)]
    if options.split not in (None, "dev", "test"):
        raise BadRun(f"There is no split {options.split}: choose dev or test.")
    for line in lines(briefer, [topic for topic in topics if options.split in (None, topic.split)]):
        say(line)
    if options.split != "test" and not options.cases:
        for line in listed(briefer):
            say(line)
    return 0
