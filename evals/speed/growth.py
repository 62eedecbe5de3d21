"""How asking changes as a shelf grows: the report among 10, 100 or 1,000 others made from it.

The others are the real report with a tenth of its sentences dropped, neighbours swapped, and its numbers changed; their vectors are the
real ones turned a little (cosine .97 to .995 with the original, seeded) and not embedded anew, which would take hours. No report of the shelf
has banks, as no other report has. The real questions are asked of all reports: how long does it take to find the reports that hold something
near, and to answer? Does the nearest one hold the answer among its first five passages? The shelf grows in one folder; each size is asked in a process of its own.

    python -m evals.speed.growth write SIZE FOLDER      so many reports on the shelf in a folder
    python -m evals.speed.growth ask SIZE FOLDER QUESTIONS      what was measured, as JSON
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
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from assistant.several.asking import Reports
from evals.cases import Case, packaged_files, read_cases
from evals.errors import BenchFailed
from index.building import EXPORTED, write_passages
from index.machine.builds import swap
from index.machine.disk import linked
from index.opened import Index, sentences_of
from index.passages import Passage, Report
from index.search import Searcher
from index.shelf import RECORD, Entry, Shelf
from index.store import fingerprint, open_index, seal
from index.vectors.embedding import sha256_of

SIZES = (1, 10, 100, 1_000)
DROPPED, SWAPPED = 0.1, 0.1  # shares of sentences
ALIKE = (0.97, 0.995)
TIMED, FEW = 16, 5  # questions whose answers are timed; of them, those put to all reports that are found
SEED = 2018
FILE = "source.md"

Say = Callable[[str], None]


@dataclass(frozen=True)
class Grown:
    """One size: sizes in megabytes (a file with several names once), times in milliseconds. `filled` is the seconds in which Chroma took the
    sentences that were new, `opened` those of the first search after that. `alone` asks one report; `finding` encodes the question and asks Chroma for
    the reports; `nearest` finds them and asks the nearest, in turns with `alone`; `every` asks all that are found. `hit5`, `exact_hit5` and
    `alone_hit5` are shares of questions whose answer is among the first five passages that a search finds: of the report that Chroma calls the nearest,
    of the exactly nearest, and of the real one. `found` is the share whose exactly nearest report is among those that Chroma finds.
    """

    size: int
    sentences: int
    disk: float
    collection: float
    memory: float
    filled: float
    opened: float
    alone: float
    finding: float
    nearest: float
    every: float
    hit5: float
    exact_hit5: float
    alone_hit5: float
    found: float


def grow(sizes: Sequence[int], questions: int, say: Say) -> list[Grown]:
    """Every size measured in a process of its own, by so many questions."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            say(f"measuring: {size:,} reports")
            _run("write", size, folder, questions)
            found.append(Grown(**json.loads(_run("ask", size, folder, questions).splitlines()[-1])))
    return found


def _run(what: str, size: int, folder: str, questions: int) -> str:
    command = [sys.executable, "-m", "evals.speed.growth", what, str(size), folder, str(questions)]
    env = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}  # as the command has it
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
    if done.returncode:
        raise BenchFailed(done.stderr[-800:])
    return done.stdout


# ---- making reports --------------------------------------------------------------------------------------------


def write_shelf(real: Index, size: int, folder: Path) -> None:
    """A shelf of so many reports in a folder; those that are there stay. The real one, without its banks, is the one in force."""
    models = folder / "models"
    if not models.is_dir():
        _export(real, models)
        _write(real, real.report, (real.sentence_vectors, real.passage_vectors), folder, models)
    for number in range(1, size):
        name = f"copy-{number:04}"
        if not (folder / "shelf" / "reports" / name).exists():
            chance, draws = random.Random(SEED + number), np.random.default_rng(SEED + number)
            report, kept = perturbed(real.report, chance)
            vectors = (turned(real.sentence_vectors[kept], draws), turned(real.passage_vectors, draws))
            _write(real, report, vectors, folder / "shelf" / "reports" / name, models)


def _export(real: Index, models: Path) -> None:
    """The models that a report without banks is answered with."""
    from index.vectors.conversation_encoder import export_conversation_encoder
    from index.vectors.cross_encoder import export_cross_encoder
    from index.vectors.embedding import SentenceTransformerEmbedder

    models.mkdir(parents=True)
    for name in EXPORTED[:2]:
        (models / name).write_bytes((real.folder / name).read_bytes())
    embedder = SentenceTransformerEmbedder(real.model)
    export_conversation_encoder(embedder, models)
    export_cross_encoder(embedder, models)


def _write(real: Index, report: Report, vectors: tuple[np.ndarray, np.ndarray], folder: Path, models: Path) -> None:
    """The file of a report and its build."""
    build = folder / f"build-{time.time_ns()}"
    build.mkdir(parents=True)
    (folder / FILE).write_text(f"{folder.name}\n", encoding="utf-8")  # nobody reads it: its digest belongs to the fingerprint
    for name in EXPORTED:
        linked(models / name, build / name)
    write_passages(build, replace(report, sha256=sha256_of(folder / FILE)), (), (), *vectors)
    seal(build, real.model, fingerprint(folder / FILE))
    swap(folder, build)
    (folder / RECORD).write_text(json.dumps({"file": FILE, "added": "2026-11-30"}), encoding="utf-8")


def perturbed(report: Report, chance: random.Random) -> tuple[Report, np.ndarray]:
    """The report with sentences dropped and swapped and its numbers changed; and which of its sentences each of those left was."""
    passages, kept, at = [], [], 0
    for passage in report.passages:
        own = list(range(len(passage.sentences)))
        left = [place for place in own if len(own) == 1 or chance.random() >= DROPPED] or own[:1]
        for place in range(len(left) - 1):
            if chance.random() < SWAPPED:
                left[place], left[place + 1] = left[place + 1], left[place]
        changed = _changed(passage, left, chance)
        if len(changed.sentences) != len(left):  # other numbers may end a sentence elsewhere
            changed, left = passage, own
        passages.append(changed)
        kept += [at + place for place in left]
        at += len(own)
    made = replace(report, passages=tuple(passages))
    assert len(kept) == sum(1 for _ in sentences_of(made.passages))
    return made, np.array(kept)


def _changed(passage: Passage, left: Sequence[int], chance: random.Random) -> Passage:
    text = " ".join(passage.sentences[place] for place in left)
    return replace(passage, text=re.sub(r"\b[1-9]\d?\b", lambda number: str(int(number[0]) + chance.randint(1, 9)), text))


def turned(vectors: np.ndarray, draws: np.random.Generator) -> np.ndarray:
    """Unit vectors at a drawn angle from the given ones."""
    noise = draws.normal(size=vectors.shape).astype(np.float32)
    noise -= (noise * vectors).sum(axis=1, keepdims=True) * vectors
    noise /= np.linalg.norm(noise, axis=1, keepdims=True)
    alike = draws.uniform(*ALIKE, size=(len(vectors), 1)).astype(np.float32)
    return alike * vectors + np.sqrt(1 - alike**2) * noise


# ---- asking ----------------------------------------------------------------------------------------------------


def measured(size: int, folder: Path, questions: int) -> Grown:
    """The shelf in a folder, asked. Run by itself: memory is that of the whole process."""
    os.environ["FINDINGS_REPORT"] = str(folder / FILE)
    reports = Reports(Shelf(folder))
    with closing(reports):
        entries = reports.shelf.entries()
        cases = _cases(reports.assistant(entries[0]).index.report, questions)
        started = time.perf_counter()
        if size > 1:
            with reports.shelf.gathered():
                pass
        filled = time.perf_counter() - started
        opened = _seconds(lambda: reports.nearest(entries, cases[0].question))
        timed = cases[:TIMED]
        reports.one(entries[0], cases[-1].question)  # what is found out once
        pairs = [
            (
                _seconds(lambda: reports.one(entries[0], case.question)),  # noqa: B023 (called at once)
                _seconds(lambda: reports.one(reports.nearest(entries, case.question)[0], case.question)),  # noqa: B023
            )
            for case in timed
        ]
        alone, nearest = np.median(np.array(pairs), axis=0)
        every = np.median([_seconds(lambda: reports.all(case.question)) for case in timed[:FEW]])  # noqa: B023
        finding, names = _found(reports, entries, cases)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)
    own = Searcher(reports.assistant(entries[0]).index)
    exactly, sentences = _exactly(reports.shelf, cases, own.index)
    found = float(np.mean([name in some for name, some in zip(exactly, names, strict=True)]))
    hits, exact_hits = (_hits(reports.shelf, cases, chosen) for chosen in ([some[0] for some in names], exactly))
    return Grown(
        size, sentences, _disk(folder), _disk(folder / "shelf" / "chroma"), memory, filled, opened, 1_000 * float(alone), 1_000 * finding,
        1_000 * float(nearest), 1_000 * float(every), hits, exact_hits, float(np.mean([_hit(own, case) for case in cases])), found,
    )  # fmt: skip


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _hits(shelf: Shelf, cases: Sequence[Case], names: Sequence[str]) -> float:
    """The share of cases that hit, each asked of the report named for it."""
    searchers = {name: Searcher(shelf.open(shelf.entry(name))) for name in set(names)}
    return float(np.mean([_hit(searchers[name], case) for case, name in zip(cases, names, strict=True)]))


def _hit(searcher: Searcher, case: Case) -> bool:
    """Whether a gold passage is among the first five that a search finds."""
    return any(hit.passage.id in case.gold for hit in searcher.search(case.question).hits(5))


def _cases(report: Report, questions: int) -> list[Case]:
    """Development questions that one passage answers, drawn once for all sizes."""
    cases = read_cases(packaged_files(), [passage.id for passage in report.passages])
    fitting = [
        case
        for case in cases
        if case.split == "dev" and case.slice in ("fact", "figure", "yes_no", "person") and not case.history
    ]
    return random.Random(SEED).sample(fitting, min(questions, len(fitting)))


def _found(reports: Reports, entries: Sequence[Entry], cases: Sequence[Case]) -> tuple[float, list[list[str]]]:
    """The median of finding the reports in seconds, and those found for each case, nearest first."""
    times, names = [], []
    for case in cases:
        started = time.perf_counter()
        names.append([entry.name for entry in reports.nearest(entries, case.question)])
        times.append(time.perf_counter() - started)
    return float(np.median(times)), names


def _exactly(shelf: Shelf, cases: Sequence[Case], index: Index) -> tuple[list[str], int]:
    """The nearest report of each case, every sentence being looked at; and how many sentences there are."""
    vectors = index.embedder.embed([case.question for case in cases])
    best, nearest, sentences = np.full(len(cases), -1.0), [""] * len(cases), 0
    for entry in shelf.entries():
        held = np.load(next(entry.folder.glob("build-*/sentences.npy")))
        sentences += len(held)
        for at, cosine in enumerate((held @ vectors.T).max(axis=0)):
            if cosine > best[at]:
                best[at], nearest[at] = cosine, entry.name
    return nearest, sentences


def _disk(folder: Path) -> float:
    """Megabytes of the files in a folder, one with several names once."""
    files = {path.stat().st_ino: path.stat().st_size for path in folder.rglob("*") if path.is_file()}
    return sum(files.values()) / 1e6


# ---- telling ---------------------------------------------------------------------------------------------------


def table(found: Sequence[Grown]) -> list[str]:
    """The sizes as two Markdown tables: what they take, and how they answer."""
    lines = [
        "| reports | sentences | on disk | of it Chroma | memory | Chroma took the new ones in | Chroma opened in |",
        "|---:|" + "---:|" * 6,
    ]
    lines += [
        f"| {g.size:,} | {g.sentences:,} | {g.disk:,.0f} MB | {g.collection:,.0f} MB | {g.memory:,.0f} MB | {g.filled:.1f} s | {g.opened:.1f} s |"
        for g in found
    ]
    lines += [
        "",
        "| reports | one alone, p50 | finding the reports | finding, and the nearest answers | all that are found answer | hit@5 | of the exactly nearest | alone | nearest one found |",
        "|---:|" + "---:|" * 8,
    ]
    lines += [
        f"| {g.size:,} | {g.alone:.0f} ms | {g.finding:.1f} ms | {g.nearest:.0f} ms | {g.every:,.0f} ms | {g.hit5:.3f} | {g.exact_hit5:.3f} | {g.alone_hit5:.3f} | {g.found:.3f} |"
        for g in found
    ]
    return lines


def write(out: Path, found: Sequence[Grown]) -> None:
    """Write growth.json, growth.md and growth.svg."""
    from evals.reporting.plots import growth_lines

    out.mkdir(parents=True, exist_ok=True)
    (out / "growth.json").write_text(json.dumps([asdict(g) for g in found], indent=1) + "\n", encoding="utf-8")
    (out / "growth.md").write_text("\n".join(table(found)) + "\n", encoding="utf-8")
    lines: dict[str, Sequence[float | None]] = {
        "one report alone": [g.alone for g in found], "finding the reports": [g.finding for g in found],
        "finding, and the nearest answers": [g.nearest for g in found], "all that are found answer": [g.every for g in found],
    }  # fmt: skip
    (out / "growth.svg").write_text(growth_lines([g.size for g in found], lines), encoding="utf-8")


def main(arguments: list[str]) -> None:
    what, size, folder, questions = arguments[0], int(arguments[1]), Path(arguments[2]), int(arguments[3])
    if what == "write":
        write_shelf(open_index(), size, folder)
    else:
        print(json.dumps(asdict(measured(size, folder, questions))))


if __name__ == "__main__":
    main(sys.argv[1:])
