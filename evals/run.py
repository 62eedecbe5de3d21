"""A run: cases asked of the one Assistant, answers and scores written into a folder, which can be resumed and rescored.

The folder holds settings.json, cases.jsonl, answers.jsonl (one line as each answer comes), scores.jsonl, summary.json,
summary.md and report.html; answers of baselines and of derived sets lie in baselines/ and robustness/.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from platform import python_version
from typing import Any, Protocol

from assistant.answer import Answer
from assistant.assistant import Assistant
from evals.answers import Reply, line_of, read_replies, write_lines
from evals.cases import Case, digest, read_cases, write_cases
from evals.comparisons.baselines import BASELINES
from evals.comparisons.model_runs import counted, read_records
from evals.errors import BadAnswers, BadRun
from evals.measures.evidence import Evidence, read_evidence
from evals.measures.judging import summarised
from evals.measures.robustness import KINDS, derive
from evals.measures.summary import Scored, beside, robustness, score_all, summarise
from evals.reporting.page import write_report
from index.store import Index, index_folder, packaged_report, read_report
from prompts import prompt_hash, prompt_names

PACKAGES = ("findings-somerset-2018", "numpy", "onnxruntime", "chromadb", "bm25s", "scipy", "ir-measures")
JUDGED = "judged.jsonl"
ANSWERS, CASES, SETTINGS, SCORES, SUMMARY = "answers.jsonl", "cases.jsonl", "settings.json", "scores.jsonl", "summary.json"

Progress = Callable[[str, float], None]  # what is being done, and the share that is done


class Answerer(Protocol):
    """Anything that answers many questions: the Assistant, a baseline, a test's fake."""

    def ask_many(self, questions: Iterable[tuple[str, Sequence[str], str]]) -> Iterable[Answer]:
        """One answer to each (question, history, id), in order."""
        ...


@dataclass(frozen=True)
class Settings:
    """What a run was made of: enough to repeat it, and nothing of the machine it ran on."""

    system: str
    started: str
    questions: str  # checksum of the questions asked
    n: int
    report: str
    report_sha256: str
    slices: tuple[str, ...] = ()
    split: str | None = None
    limit: int | None = None
    model: str | None = None
    prompts: dict[str, str] = field(default_factory=dict)  # checksums of what the model was told
    commit: str | None = None
    versions: dict[str, str] = field(default_factory=dict)
    seconds: float | None = None  # from the first question to the last answer


def load_evidence() -> Evidence:
    """The report in force, read from its file (no index is needed). Raises UnreadableReport."""
    path = packaged_report()
    return read_evidence(path, read_report(path))


def runs_folder() -> Path:
    """Where runs lie: beside the index."""
    return index_folder() / "runs"


def new_folder(name: str = "run") -> Path:
    """A fresh folder for a run, named by the time (UTC)."""
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    for suffix in ("", *(f"-{n}" for n in range(2, 100))):
        folder = runs_folder() / f"{stamp}-{name}{suffix}"
        if not folder.exists():
            return folder
    raise BadRun("A hundred runs began in this second: try again.")


def settings_of(cases: Sequence[Case], evidence: Evidence, system: str = "findings", **chosen: Any) -> Settings:
    """The settings of a run that begins now."""
    return Settings(
        system=system, started=datetime.now(UTC).isoformat(timespec="seconds"), questions=digest(cases), n=len(cases),
        report=evidence.report.title, report_sha256=evidence.report.sha256, commit=commit(), versions=versions(), **chosen,
    )  # fmt: skip


def prompts(model: str | None) -> dict[str, str]:
    """The checksums of all prompts, for a run with a model."""
    return {name: prompt_hash(name) for name in prompt_names()} if model else {}


def versions() -> dict[str, str]:
    """The versions that bear on the numbers."""
    found = {"python": python_version()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def commit() -> str | None:
    """The commit of the checkout, with "+" where files differ from it; None outside of one."""
    folder = Path(__file__).parent
    try:
        told = subprocess.run(
            ["git", "describe", "--always", "--abbrev=12", "--dirty=+"], cwd=folder, capture_output=True, text=True, timeout=20
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return told.stdout.strip() or None


# ---- asking ----------------------------------------------------------------------------------------------------


def begin(folder: Path, cases: Sequence[Case], settings: Settings) -> None:
    """Lay out the folder of a run. Raises BadRun when it already is one."""
    if (folder / SETTINGS).exists():
        raise BadRun(f"{folder.name} is a run already: resume it, or name another folder.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise BadRun(f"{folder} cannot be made ({fault.strerror}): name another folder.") from fault
    write_cases(folder / CASES, cases)
    write_settings(folder, settings)


def ask_all(answerer: Answerer, cases: Sequence[Case], path: Path, show: Progress) -> float:
    """Ask every case that `path` holds no answer to; a line is written as each answer comes. Gives the seconds spent."""
    done = _mend(path)
    waiting = [case for case in cases if case.id not in done]
    started = time.perf_counter()
    with path.open("a", encoding="utf-8") as out:
        asked = ((case.question, case.history, case.id) for case in waiting)
        for count, answer in enumerate(answerer.ask_many(asked), 1):
            out.write(line_of(answer.to_dict()))
            out.flush()
            show(f"{len(done) + count:,} of {len(cases):,}", count / len(waiting))
    return time.perf_counter() - started


def take_answers(source: Path, folder: Path, cases: Sequence[Case], settings: Settings) -> None:
    """A run made of answers from elsewhere, matched by case id. Raises BadAnswers, BadRun."""
    replies = read_replies(source)
    if not any(case.id in replies for case in cases):
        raise BadAnswers(f"{source.name} answers none of these cases: its ids are matched with the ids of cases.")
    begin(folder, cases, settings)
    write_lines(folder / ANSWERS, (replies[case.id].model_dump() for case in cases if case.id in replies))


def _mend(path: Path) -> dict[str, Reply]:
    """The answers a file holds; a last line that was cut off is taken away."""
    if not path.exists():
        return {}
    data = path.read_bytes()
    whole = data[: data.rfind(b"\n") + 1]
    if whole != data:
        path.write_bytes(whole)
    return read_replies(path)


def cached(answerer: Callable[[], Answerer], cases: Sequence[Case], path: Path, key: str, show: Progress) -> None:
    """Answers of a side run into `path`: those kept under `key` from an earlier run, else asked now and kept."""
    kept = runs_folder() / "cache" / f"{key}-{digest(cases)}.jsonl"
    kept.parent.mkdir(parents=True, exist_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    if not (kept.exists() and all(case.id in _mend(kept) for case in cases)):
        ask_all(answerer(), cases, kept, show)
    shutil.copyfile(kept, path)


def ask_baselines(index: Index, cases: Sequence[Case], folder: Path, show: Progress) -> None:
    """The baselines' answers to the same cases, asked or from the cache."""
    code = _checksum([Path(__file__).parent / "comparisons" / "baselines.py"], index)
    for name, make in BASELINES.items():
        cached(lambda make=make: make(index), cases, folder / "baselines" / f"{name}.jsonl", f"{name}-{code}", show)  # type: ignore[misc]


def ask_derived(index: Index, cases: Sequence[Case], folder: Path, show: Progress) -> None:
    """The Assistant's answers to the derived sets, asked or from the cache."""
    root = Path(__file__).parent.parent
    sources = [path for room in ("assistant", "index", "prompts") for path in (root / room).rglob("*.*")]
    code = _checksum(sources, index)
    for kind in KINDS:
        derived = derive(cases, kind)
        cached(lambda: Assistant(index), derived, folder / "robustness" / f"{kind}.jsonl", f"{kind}-{code}", show)


def _checksum(sources: Iterable[Path], index: Index) -> str:
    told = hashlib.sha256(index.folder.name.encode())
    for path in sorted(sources):
        told.update(path.name.encode() + path.read_bytes())
    return told.hexdigest()[:12]


# ---- scoring ---------------------------------------------------------------------------------------------------


def read_settings(folder: Path) -> Settings:
    """The settings of a run. Raises BadRun."""
    try:
        record = json.loads((folder / SETTINGS).read_text(encoding="utf-8"))
        return Settings(**{**record, "slices": tuple(record.get("slices", ()))})
    except (OSError, ValueError, TypeError) as fault:
        raise BadRun(f"{folder.name} is not a run (its {SETTINGS} cannot be read): name a run's folder.") from fault


def write_settings(folder: Path, settings: Settings) -> None:
    """Write the settings of a run."""
    _json(folder / SETTINGS, asdict(settings))


def recorded_cases(folder: Path, evidence: Evidence) -> tuple[Case, ...]:
    """The cases as they were when the run was made. Raises BadCases."""
    return read_cases([folder / CASES], evidence.passages)


def renewed(recorded: Iterable[Case], current: Iterable[Case]) -> tuple[Case, ...]:
    """The recorded cases with today's expectations where the question is still the same."""
    now = {case.id: case for case in current}
    return tuple(
        now[case.id]
        if case.id in now and (now[case.id].question, now[case.id].history) == (case.question, case.history)
        else case
        for case in recorded
    )


def score_run(folder: Path, cases: Sequence[Case], evidence: Evidence) -> tuple[dict[str, Any], tuple[Scored, ...]]:
    """Score a run's answers and write scores.jsonl, summary.json, summary.md and report.html. Raises BadRun, BadAnswers."""
    settings = read_settings(folder)
    if settings.report_sha256 != evidence.report.sha256:
        raise BadRun(f"{folder.name} asked another report than the one in force: set FINDINGS_REPORT to that one.")
    scored = score_all(cases, read_replies(folder / ANSWERS, whole=False), evidence)
    summary = {"settings": asdict(settings), **summarise(scored)}
    summary["baselines"] = {
        name: beside(scored, score_all(cases, read_replies(path), evidence))
        for name in BASELINES
        if (path := folder / "baselines" / f"{name}.jsonl").exists()
    }
    derived = {}
    for kind in KINDS:
        if (path := folder / "robustness" / f"{kind}.jsonl").exists():
            derived[kind] = score_all(derive(cases, kind), read_replies(path), evidence)
    summary["robustness"] = {kind: robustness(scored, found) for kind, found in derived.items()}
    if records := read_records(folder):
        summary["model"] = counted(records)
    if (path := folder / JUDGED).exists():
        summary["judged"] = summarised([json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()])
    write_lines(folder / SCORES, (one.to_dict() for one in scored))
    _json(folder / SUMMARY, summary)
    write_report(folder, summary, scored, evidence)
    return summary, (*scored, *(one for found in derived.values() for one in found))


def read_scores(folder: Path) -> list[dict[str, Any]]:
    """The lines of a run's scores.jsonl. Raises BadRun."""
    try:
        return [json.loads(line) for line in (folder / SCORES).read_text(encoding="utf-8").splitlines()]
    except (OSError, ValueError) as fault:
        raise BadRun(f"{folder.name} has no {SCORES} that can be read: rescore it first.") from fault


def read_summary(folder: Path) -> dict[str, Any]:
    """The summary of a run. Raises BadRun."""
    try:
        record: dict[str, Any] = json.loads((folder / SUMMARY).read_text(encoding="utf-8"))
        return record
    except (OSError, ValueError) as fault:
        raise BadRun(f"{folder.name} has no {SUMMARY} that can be read: rescore it first.") from fault


def _json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
