"""`findings bench`: how fast and how small, beside the tutorial pipeline, in one run. Both take turns, so that what else the
machine does meets both; what counts is the ratio of medians. A time by itself tells about a machine.

Every measure goes through the door that people use: the command in a process of its own, HTTP for the chat. Results are
written as bench.json, bench.md and bench.svg.
"""

from __future__ import annotations

import asyncio
import json
import os
import platform
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from evals.cases import Case, packaged_files, read_cases
from evals.errors import BenchFailed
from index.store import open_index

PARTS = ("cold", "warm", "build", "page", "people")
ROUNDS = 5
A_KIND, BATCH = 40, 1_000
PEOPLE, SECONDS = (1, 10, 50), 10.0
KINDS = {
    "fact": ("fact", "figure", "date", "person"), "yes or no": ("yes_no",), "subject": ("theme", "strengths", "weaknesses"),
    "look-up": ("lookup", "judgement", "list"), "follow-up": ("follow_up",), "not stated": ("not_stated_near",),
}  # fmt: skip
QUESTION = "how long do care proceedings take?"
START_SECONDS = 120.0

Say = Callable[[str], None]


@dataclass
class Measure:
    """One thing measured on both sides, alternately. `goal`: how many times better ours is to be, at least (below 1: worse)."""

    name: str
    unit: str
    ours: list[float] = field(default_factory=list)
    theirs: list[float] = field(default_factory=list)
    goal: float | None = None
    more_is_better: bool = False

    @property
    def times(self) -> float | None:
        """How many times better ours is: the ratio of medians."""
        if not self.ours or not self.theirs:
            return None
        ratio = statistics.median(self.theirs) / statistics.median(self.ours)
        return 1 / ratio if self.more_is_better else ratio

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None without a goal."""
        return None if self.goal is None or self.times is None else self.times >= self.goal


def bench(parts: tuple[str, ...], rounds: int, out: Path, say: Say) -> list[Measure]:
    """Measure the chosen parts and write them into `out`. Raises NoUsableIndex, BenchFailed."""
    open_index()  # asked for what is missing before anything is started
    measures: list[Measure] = []
    with tempfile.TemporaryDirectory() as scratch:
        store = Path(scratch) / "tutorial"
        say("building the tutorial's store")
        _run([sys.executable, "-m", "evals.comparisons.tutorial", "build", str(store)])
        for part in parts:
            say(f"measuring: {part}")
            measures += _PARTS[part](Path(scratch), store, rounds)
            write(out, measures, rounds)  # what is measured is kept, whatever happens to the next part
    return measures


# ---- the parts -------------------------------------------------------------------------------------------------


def cold(scratch: Path, store: Path, rounds: int) -> list[Measure]:
    """From the start of the command to its end with one answer; and the most memory it held."""
    seconds = Measure("first answer from cold", "s", goal=4.0)
    memory = Measure("memory for one answer", "MB", goal=2.0)
    look = Measure("look-up from cold", "s")
    ours, theirs = (
        [*_findings(), "ask", QUESTION],
        [sys.executable, "-m", "evals.comparisons.tutorial", "ask", str(store), QUESTION],
    )
    for turn in _turns(rounds):
        for own in turn:
            took, held = _run(ours if own else theirs)
            (seconds.ours if own else seconds.theirs).append(took)
            (memory.ours if own else memory.theirs).append(held)
        look.ours.append(_run([*_findings(), "ask", "paragraph 40"])[0])
    return [seconds, memory, look]


def warm(scratch: Path, store: Path, rounds: int) -> list[Measure]:
    """A further question in a running process, by kind: our whole answer beside the tutorial's bare retrieval; and a batch."""
    found = {kind: Measure(f"{kind}, warm", "ms", goal=1.0 if kind == "fact" else None) for kind in KINDS}
    batch = Measure(f"{BATCH:,} questions", "a second", goal=5.0, more_is_better=True)
    work = json.dumps(asked())
    for turn in _turns(rounds):
        for own in turn:
            times = json.loads(
                _output([sys.executable, "-m", "evals.speed.bench_work", "findings" if own else "tutorial", str(store)], work)
            )
            for kind, measure in found.items():
                (measure.ours if own else measure.theirs).append(1_000 * statistics.median(times["kinds"][kind]))
            (batch.ours if own else batch.theirs).append(BATCH / times["batch"])
    return [*found.values(), batch]


def build(scratch: Path, store: Path, rounds: int) -> list[Measure]:
    """A first build of the index, and `findings index` when there is nothing to do."""
    first = Measure("first build", "s", goal=0.4)
    again = Measure("build with nothing to do", "s", goal=10.0)
    for number, turn in enumerate(_turns(min(rounds, 3))):
        for own in turn:
            if own:
                folder = {"FINDINGS_INDEX_DIR": str(scratch / f"index-{number}")}
                first.ours.append(_run([*_findings(), "index"], folder)[0])
                again.ours.append(_run([*_findings(), "index"], folder)[0])
            else:
                took, _ = _run([sys.executable, "-m", "evals.comparisons.tutorial", "build", str(scratch / f"tutorial-{number}")])
                first.theirs.append(took)
                again.theirs.append(took)
    return [first, again]


def page(scratch: Path, store: Path, rounds: int) -> list[Measure]:
    """What `make chat` does where all is set up, until the page is there, beside an empty Gradio page."""
    ready = Measure("chat page ready", "s", goal=0.5)
    for turn in _turns(min(rounds, 3)):
        for own in turn:
            started = time.perf_counter()
            if own:
                _run([*_findings(), "index"])
            command = [*_findings(), "chat", "--port"] if own else [sys.executable, "-m", "evals.comparisons.tutorial", "page"]
            with serving(command):
                (ready.ours if own else ready.theirs).append(time.perf_counter() - started)
    return [ready]


def people(scratch: Path, store: Path, rounds: int) -> list[Measure]:
    """People who ask one question after another over HTTP without a pause: the seconds they wait, and answers a second."""
    from evals.speed import load

    measures = []
    with serving([*_findings(), "chat", "--port"]) as url:
        for number in PEOPLE:
            found = asyncio.run(load.people(url, number, SECONDS))
            if found.errors:
                raise BenchFailed(found.errors[0])
            name = f"{number} {'person' if number == 1 else 'people'} over HTTP"
            measures += [Measure(f"{name}, median wait", "s", [found.p50]), Measure(f"{name}, 95th percentile", "s", [found.p95])]
            measures.append(Measure(f"{name}, answers", "a second", [found.throughput]))
    return measures


_PARTS: dict[str, Callable[[Path, Path, int], list[Measure]]] = {
    "cold": cold, "warm": warm, "build": build, "page": page, "people": people,
}  # fmt: skip


def asked() -> dict[str, Any]:
    """What is asked warm, by kind, and the batch: the packaged cases that stand by themselves, filled up from the bank."""
    index = open_index()
    cases = read_cases(packaged_files(), [passage.id for passage in index.report.passages])
    chance = random.Random(2018)

    def some(slices: tuple[str, ...]) -> list[Case]:
        fitting = [case for case in cases if case.slice in slices]
        return chance.sample(fitting, min(A_KIND, len(fitting)))

    kinds = {kind: [[case.question, list(case.history)] for case in some(slices)] for kind, slices in KINDS.items()}
    alone = [case.question for case in cases if not case.history]
    more = chance.sample([question.text for question in index.questions], max(0, BATCH - len(alone)))
    return {"kinds": kinds, "batch": [*alone, *more][:BATCH]}


# ---- running ---------------------------------------------------------------------------------------------------


def _findings() -> list[str]:
    return [str(Path(sys.executable).parent / "findings")]


def _turns(rounds: int) -> Iterator[tuple[bool, bool]]:
    """Who goes first takes turns."""
    return ((number % 2 == 0, number % 2 == 1) for number in range(rounds))


def _run(command: list[str], env: dict[str, str] | None = None) -> tuple[float, float]:
    """Seconds and megabytes of a command. Raises BenchFailed with what it said when it fails."""
    with tempfile.TemporaryFile() as said:
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=said, env={**os.environ, **(env or {})})
        _, status, used = os.wait4(process.pid, 0)
        took = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            raise BenchFailed(f"{' '.join(command[1:])}: {said.read().decode(errors='replace')[-500:]}")
    return took, used.ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)


def _output(command: list[str], given: str) -> str:
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BenchFailed(f"{' '.join(command[1:4])}: {done.stderr[-500:]}")
    return done.stdout


@contextmanager
def serving(command: list[str]) -> Iterator[str]:
    """The address of a server whose command takes a free port at its end, once its page is there; it is ended afterwards."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}/"
    process = subprocess.Popen([*command, str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + START_SECONDS
        while True:
            if process.poll() is not None or time.monotonic() > deadline:
                raise BenchFailed(f"{' '.join(command[1:])} showed no page.")
            try:
                with urlopen(url, timeout=5) as answer:
                    if answer.status == 200:
                        break
            except (URLError, OSError):
                time.sleep(0.02)
        yield url
    finally:
        process.terminate()
        process.wait(20)


# ---- writing ---------------------------------------------------------------------------------------------------


def write(out: Path, measures: list[Measure], rounds: int) -> None:
    """Write bench.json, bench.md and bench.svg."""
    from evals.reporting.plots import times_better

    out.mkdir(parents=True, exist_ok=True)
    told = {"made": datetime.now(UTC).isoformat(timespec="seconds"), "machine": machine(), "rounds": rounds}
    record = {**told, "measures": [{**asdict(m), "times": m.times, "met": m.met} for m in measures]}
    (out / "bench.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    (out / "bench.md").write_text("\n".join(table(measures)) + "\n", encoding="utf-8")
    drawn = [(m.name, m.times, m.goal) for m in measures if m.times]
    if drawn:
        (out / "bench.svg").write_text(times_better(drawn), encoding="utf-8")


def machine() -> str:
    """The machine's shape: cores, memory, system and Python; no names."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    )


def table(measures: list[Measure]) -> list[str]:
    """The measures as a Markdown table: medians with the lowest and highest of all rounds."""
    lines = ["| measure | Findings | tutorial pipeline | times better | at least |", "|---|---:|---:|---:|---:|"]
    for m in measures:
        goal = "" if m.goal is None else f"{m.goal:g}{'' if m.met else ' (not met)'}"
        times = "" if m.times is None else f"{m.times:.2f}"
        lines.append(f"| {m.name} | {_spread(m.ours, m.unit)} | {_spread(m.theirs, m.unit)} | {times} | {goal} |")
    return lines


def _spread(values: list[float], unit: str) -> str:
    if not values:
        return ""
    middle = (
        f"{statistics.median(values):.3g} {unit}"
        if statistics.median(values) < 100
        else f"{statistics.median(values):.0f} {unit}"
    )
    return middle if len(values) == 1 else f"{middle} ({min(values):.3g} to {max(values):.3g})"
