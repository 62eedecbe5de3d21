"""How asking changes as the index grows: the report's passages among 10, 100 or 1,000 times as many others.

The others are the real passages with their vectors turned a little (cosine .6 to .9 with the original, seeded) and half of
their words replaced by others of the report. The real questions are asked among them: does the answer stay among the first
five, how long does a question take, what does it hold in memory and on disk? Each size is written by one process and
asked in another.

    python -m evals.speed.growth write FACTOR FOLDER
    python -m evals.speed.growth ask FACTOR FOLDER       what was measured, as JSON
"""

from __future__ import annotations

import json
import os
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from evals.cases import Case, packaged_files, read_cases
from evals.errors import BenchFailed
from index.building import write_passages
from index.opened import Index
from index.passages import Passage
from index.search import Searcher
from index.store import open_index, read_index
from index.vectors.cells import fit_cells

FACTORS = (1, 10, 100, 1_000)
BOTH_UP_TO = 100  # Chroma's graph takes long to build, and looking at every sentence long to answer
ALIKE = (0.6, 0.9)
SEED = 2018

Say = Callable[[str], None]


@dataclass(frozen=True)
class Grown:
    """One size: sizes in megabytes, times in milliseconds. `exact` looks at every sentence, `chroma` asks Chroma's graph of the
    sentences alone; None where it was not tried. `cells_built` and `chroma_built` are the seconds that either takes to make.
    """

    factor: int
    passages: int
    sentences: int
    disk: float
    vectors: float
    memory: float
    opened: float
    p50: float
    p95: float
    exact_p50: float | None
    search_p50: float
    exact_search_p50: float
    chroma_p50: float | None
    cells_built: float  # seconds
    chroma_built: float | None
    hit5: float
    exact_hit5: float | None


def grow(factors: Sequence[int], questions: int, say: Say) -> list[Grown]:
    """Every size measured in a process of its own, by so many questions."""
    found = []
    for factor in factors:
        say(f"measuring: {factor:,} times the report")
        with tempfile.TemporaryDirectory() as folder:
            _run("write", factor, folder, questions)
            found.append(Grown(**json.loads(_run("ask", factor, folder, questions).splitlines()[-1])))
    return found


def _run(what: str, factor: int, folder: str, questions: int) -> str:
    command = [sys.executable, "-m", "evals.speed.growth", what, str(factor), folder, str(questions)]
    env = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}  # as the command has it
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
    if done.returncode:
        raise BenchFailed(done.stderr[-800:])
    return done.stdout


# ---- one size --------------------------------------------------------------------------------------------------


def measured(factor: int, folder: Path, questions: int) -> Grown:
    """One size, as it was written, opened and asked."""
    real = open_index()
    disk = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    vectors = sum(path.stat().st_size for path in folder.glob("*.npy"))
    started = time.perf_counter()
    index = read_index(folder, real.model)
    opened = time.perf_counter() - started
    index.__dict__["embedder"] = real.embedder  # the exported model is not copied for each size
    cases = _cases(real, questions)
    p50, p95, hit5, search = _asked(index, cases)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)
    whole = replace(index, cells=None)
    exact = _asked(whole, cases)[:3] if factor <= BOTH_UP_TO else (None, None, None)
    chroma = _chroma(index, cases, folder) if factor <= BOTH_UP_TO else (None, None)
    return Grown(
        factor, len(index.report.passages), len(index.sentences), disk / 1e6, vectors / 1e6, memory, opened, p50, p95, exact[0],
        search, _searched(whole, cases), chroma[0], _cells_built(index), chroma[1], hit5, exact[2],
    )  # fmt: skip


def write_grown(real: Index, factor: int, folder: Path) -> None:
    """An index of `factor` times the passages of the real one, which stand first in it."""
    chance, draws = random.Random(SEED), np.random.default_rng(SEED)
    vocabulary = sorted({word for passage in real.report.passages for word in re.findall(r"\b[a-z]{4,}\b", passage.text)})
    own = [p for p in real.report.passages if p.searchable and p.kind != "judgement"]
    rows = [real.positions[p.id] for p in own]
    held = np.concatenate([np.arange(real.starts[at], real.starts[at + 1]) for at in rows])
    passages = list(real.report.passages)
    sentence_vectors, passage_vectors = [np.asarray(real.sentence_vectors)], [np.asarray(real.passage_vectors)]
    while len(passages) < factor * len(real.report.passages):
        copy = len(passages)
        passages += [_other(passage, f"{copy}-{at}", vocabulary, chance) for at, passage in enumerate(own)]
        passage_vectors.append(_turned(real.passage_vectors[rows], draws))
        sentence_vectors.append(_turned(real.sentence_vectors[held], draws))
    report = replace(real.report, passages=tuple(passages))
    write_passages(
        folder, report, real.questions, real.near_misses, np.concatenate(sentence_vectors), np.concatenate(passage_vectors)
    )
    for path in [real.folder / "bank.npy", *real.folder.glob("probe_*.npy")]:
        (folder / path.name).write_bytes(path.read_bytes())


def _other(passage: Passage, name: str, vocabulary: list[str], chance: random.Random) -> Passage:
    """A passage of as many sentences, half of its longer words replaced."""
    text = re.sub(r"\b[a-z]{4,}\b", lambda m: chance.choice(vocabulary) if chance.random() < 0.5 else m[0], passage.text)
    kind = "finding" if passage.kind in ("finding", "recommendation") else passage.kind
    return replace(passage, id=name, number=None, kind=kind, text=text, flagged=False)


def _turned(vectors: np.ndarray, draws: np.random.Generator) -> np.ndarray:
    """Unit vectors at a drawn angle from the given ones."""
    noise = draws.normal(size=vectors.shape).astype(np.float32)
    noise -= (noise * vectors).sum(axis=1, keepdims=True) * vectors
    noise /= np.linalg.norm(noise, axis=1, keepdims=True)
    alike = draws.uniform(*ALIKE, size=(len(vectors), 1)).astype(np.float32)
    return alike * vectors + np.sqrt(1 - alike**2) * noise


def _cases(real: Index, questions: int) -> list[Case]:
    """Development and test questions that one passage answers, drawn once for all sizes."""
    cases = read_cases(packaged_files(), [passage.id for passage in real.report.passages])
    fitting = [case for case in cases if case.slice in ("fact", "figure", "yes_no", "person") and not case.history]
    return random.Random(SEED).sample(fitting, questions)


def _asked(index: Index, cases: list[Case]) -> tuple[float, float, float, float]:
    """Median and 95th percentile of whole answers in milliseconds, hit@5, and the median of the search alone."""
    from assistant.assistant import Assistant

    assistant = Assistant(index)
    for case in cases[:12]:
        assistant.ask(case.question)
    times, hits = [], 0
    for case in cases:
        started = time.perf_counter()
        answer = assistant.ask(case.question)
        times.append(1_000 * (time.perf_counter() - started))
        hits += any(one.passage in case.gold for one in answer.retrieved[:5])
    return float(np.median(times)), float(np.percentile(times, 95)), hits / len(cases), _searched(index, cases)


def _searched(index: Index, cases: list[Case]) -> float:
    """The median of the search alone, the question being encoded, in milliseconds."""
    searcher, times = Searcher(index), []
    for case in cases:
        vector = index.embedder.embed([case.question])[0]
        started = time.perf_counter()
        searcher.search(case.question, vector)
        times.append(1_000 * (time.perf_counter() - started))
    return float(np.median(times))


def _cells_built(index: Index) -> float:
    """The seconds that cells of all sentences take to make."""
    started = time.perf_counter()
    fit_cells(np.asarray(index.sentence_vectors))
    return time.perf_counter() - started


def _chroma(index: Index, cases: list[Case], folder: Path) -> tuple[float, float]:
    """The median of Chroma's own search for the nearest ten sentences, in milliseconds, and the seconds its graph takes to make."""
    from index.vectors.chroma import open_client

    client = open_client(folder / "chroma")
    try:
        stored = client.create_collection("sentences", embedding_function=None, metadata={"hnsw:space": "cosine"})
        begun = time.perf_counter()
        for start in range(0, len(index.sentences), 2_000):
            rows = index.sentence_vectors[start : start + 2_000]
            stored.add(ids=[str(start + at) for at in range(len(rows))], embeddings=rows)
        built = time.perf_counter() - begun
        times = []
        for vector in index.embedder.embed([case.question for case in cases]):
            started = time.perf_counter()
            stored.query(query_embeddings=[vector], n_results=10, include=[])
            times.append(1_000 * (time.perf_counter() - started))
    finally:
        client.close()
    return float(np.median(times)), built


def table(found: Sequence[Grown]) -> list[str]:
    """The sizes as two Markdown tables: what they take, and how they answer."""
    lines = [
        "| times | passages | sentences | on disk | vectors | memory | cells made in | Chroma's graph made in |",
        "|---:|" + "---:|" * 7,
    ]
    for g in found:
        chroma = "" if g.chroma_built is None else f"{g.chroma_built:.1f} s"
        lines.append(
            f"| {g.factor:,} | {g.passages:,} | {g.sentences:,} | {g.disk:,.0f} MB | {g.vectors:,.0f} MB | {g.memory:,.0f} MB | "
            f"{g.cells_built:.1f} s | {chroma} |"
        )
    lines += [
        "",
        "| times | an answer, p50 | p95 | all looked at | search alone, p50 | all looked at | Chroma's graph alone | hit@5 | all looked at |",
    ]
    lines.append("|---:|" + "---:|" * 8)
    for g in found:
        exact = "" if g.exact_p50 is None else f"{g.exact_p50:.1f} ms"
        chroma = "" if g.chroma_p50 is None else f"{g.chroma_p50:.1f} ms"
        hit = "" if g.exact_hit5 is None else f"{g.exact_hit5:.3f}"
        lines.append(
            f"| {g.factor:,} | {g.p50:.1f} ms | {g.p95:.1f} ms | {exact} | {g.search_p50:.1f} ms | {g.exact_search_p50:.1f} ms | "
            f"{chroma} | {g.hit5:.3f} | {hit} |"
        )
    return lines


def write(out: Path, found: Sequence[Grown]) -> None:
    """Write growth.json, growth.md and growth.svg."""
    from evals.reporting.plots import growth_lines

    out.mkdir(parents=True, exist_ok=True)
    (out / "growth.json").write_text(json.dumps([asdict(g) for g in found], indent=1) + "\n", encoding="utf-8")
    (out / "growth.md").write_text("\n".join(table(found)) + "\n", encoding="utf-8")
    lines: dict[str, Sequence[float | None]] = {
        "an answer": [g.p50 for g in found], "an answer, looking at every sentence": [g.exact_p50 for g in found],
        "Chroma's graph alone": [g.chroma_p50 for g in found],
    }  # fmt: skip
    (out / "growth.svg").write_text(growth_lines([g.factor for g in found], lines), encoding="utf-8")


def main(arguments: list[str]) -> None:
    what, factor, folder, questions = arguments[0], int(arguments[1]), Path(arguments[2]), int(arguments[3])
    if what == "write":
        write_grown(open_index(), factor, folder)
    else:
        print(json.dumps(asdict(measured(factor, folder, questions))))


if __name__ == "__main__":
    main(sys.argv[1:])
