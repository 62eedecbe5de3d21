"""The index on disk: build it, open it, tell whether it is still the right one.

A build writes everything aside (Chroma collections, the vectors read back from them for exact search, the exported
embedder, the passages, BM25) and then swaps one pointer file, so that no half-built index is ever used. The
fingerprint covers all that the index depends on. Knows nothing of questions asked.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from index.bank import BankQuestion, NearMiss, bank_bytes, near_miss_bytes, read_bank, read_near_misses
from index.embedding import (
    EQUAL_WITHIN,
    Embedder,
    OnnxEmbedder,
    SentenceTransformerEmbedder,
    export_onnx,
    model_identity,
    model_name,
    open_embedder,
    sha256_of,
)
from index.errors import BadWeights, BrokenIndex, BuildRunning, MissingIndex, NoUsableIndex, StaleIndex, UnwritableIndex
from index.passages import Judgement, Passage, Report, recognise
from index.probe import Probe, Rows, fit
from index.reading import read_markdown, read_text
from index.words import tokens

FORMAT = 2  # raised when the files of an index change their form
COLLECTIONS = ("passages", "sentences", "questions", "near_misses")
CHROMA_BATCH = 2_000
LOCK_SECONDS = 600.0
REBUILD = "run `findings index`"

Progress = Callable[[str, float], None]  # what is being done, and the share of the build that is done (0 to 1)


def packaged_report() -> Path:
    """The report in force: FINDINGS_REPORT, or Somerset's as packaged."""
    named = os.environ.get("FINDINGS_REPORT")
    return Path(named) if named else Path(str(files("index").joinpath("report").joinpath("somerset_2018.md")))


def index_folder() -> Path:
    """Where the index lies: FINDINGS_INDEX_DIR, or .findings in the checkout, or the user's cache folder."""
    if named := os.environ.get("FINDINGS_INDEX_DIR"):
        return Path(named)
    root = Path(__file__).resolve().parent.parent
    return root / ".findings" if (root / "pyproject.toml").is_file() else Path.home() / ".cache" / "findings"


def read_report(path: Path) -> Report:
    """Read and recognise a report file. Raises UnreadableReport."""
    text = read_text(path)
    corrections = json.loads(_data("corrections.json"))
    report = recognise(read_markdown(text, corrections))
    return Report(**{**report.__dict__, "sha256": sha256_of(path)})


def fingerprint(path: Path) -> str:
    """A digest of the report's bytes, the corrections, the reader, the model and the question bank."""
    digest = hashlib.sha256(f"{FORMAT}\0{model_name()}\0{model_identity(model_name())}\0".encode())
    digest.update(path.read_bytes() if path.is_file() else b"")
    digest.update(_data("corrections.json"))
    digest.update(bank_bytes())
    digest.update(near_miss_bytes())
    for module in ("reading.py", "passages.py", "sentences.py", "words.py", "bank.py", "store.py", "embedding.py", "probe.py"):
        digest.update((Path(__file__).parent / module).read_bytes())
    return digest.hexdigest()


def _data(name: str) -> bytes:
    return files("index").joinpath("report").joinpath(name).read_bytes()


# ---- what is opened --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sentence:
    """One sentence of the index: the position of its passage, its place in it, and its words, verbatim."""

    passage: int
    place: int
    text: str


@dataclass
class Index:
    """An opened index. Vectors are unit rows, aligned with `report.passages`, `sentences`, `questions` and `near_misses`."""

    folder: Path
    report: Report
    sentences: tuple[Sentence, ...]
    questions: tuple[BankQuestion, ...]
    near_misses: tuple[NearMiss, ...]
    passage_vectors: np.ndarray
    sentence_vectors: np.ndarray
    question_vectors: np.ndarray
    near_miss_vectors: np.ndarray
    model: str
    probe: Probe | None = None

    @cached_property
    def embedder(self) -> Embedder:
        return open_embedder(self.folder, self.model)

    @cached_property
    def bm25(self) -> dict[str, Any]:
        """BM25 over "passages", "sentences" and "questions"; a collection without words is absent."""
        import bm25s

        found = {}
        for name in COLLECTIONS:
            if (self.folder / "bm25" / name).is_dir():
                found[name] = bm25s.BM25.load(str(self.folder / "bm25" / name), load_corpus=False)
        return found

    @cached_property
    def positions(self) -> dict[str, int]:
        return {passage.id: at for at, passage in enumerate(self.report.passages)}

    @cached_property
    def starts(self) -> list[int]:
        """The position of the first sentence of each passage."""
        sizes = [len(passage.sentences) for passage in self.report.passages]
        return [0, *np.cumsum(sizes).tolist()]

    def passage(self, identity: str) -> Passage | None:
        at = self.positions.get(identity)
        return None if at is None else self.report.passages[at]


def open_index(folder: Path | None = None, report: Path | None = None) -> Index:
    """Open the current index. Raises MissingIndex, StaleIndex or BrokenIndex, each saying what to do."""
    folder, report = folder or index_folder(), report or packaged_report()
    if not report.is_file():
        raise StaleIndex(f"The report {report} is not there: correct FINDINGS_REPORT.")
    for attempt in (0, 1):
        current = _current(folder)
        if current is None:
            raise MissingIndex(f"There is no index yet: {REBUILD}.")
        try:
            return _load(current, report)
        except FileNotFoundError as fault:  # swapped away between reading the pointer and opening the files
            if attempt:
                raise BrokenIndex(f"The index lacks {Path(str(fault.filename)).name}: {REBUILD}.") from fault
        except OSError as fault:
            raise BrokenIndex(f"The index cannot be read ({fault.strerror}): {REBUILD}.") from fault
    raise AssertionError("unreachable")


def _current(folder: Path) -> Path | None:
    """The build that the pointer names; None without a pointer."""
    try:
        named = (folder / "CURRENT").read_text(errors="replace").strip()
    except OSError:
        return None
    return folder / (Path(named).name or "build-")  # a damaged pointer names a build that is not there


def _load(folder: Path, report: Path) -> Index:
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        built_from, recorded, model = manifest["fingerprint"], manifest["files"].items(), manifest["model"]
    except (ValueError, LookupError, TypeError, AttributeError) as fault:
        raise BrokenIndex(f"The index file manifest.json is damaged: {REBUILD}.") from fault
    if built_from != fingerprint(report):
        raise StaleIndex(f"The index was built from another report, question bank, model or version of this program: {REBUILD}.")
    for name, expected in recorded:
        if [(folder / name).stat().st_size, _crc32(folder / name)] != expected:
            raise BrokenIndex(f"The index file {name} is damaged: {REBUILD}.")
    record = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    passages = tuple(Passage(**{**p, "rows": tuple(p["rows"])}) for p in record.pop("passages"))
    judgements = tuple(Judgement(**j) for j in record.pop("judgements"))
    inspected = tuple(record.pop("inspected") or ()) or None
    read = Report(
        **{**record, "warnings": tuple(record["warnings"])}, inspected=inspected, passages=passages, judgements=judgements
    )
    vectors = {name: np.load(folder / f"{name}.npy", mmap_mode="r") for name in COLLECTIONS}
    questions = tuple(BankQuestion(*row) for row in json.loads((folder / "questions.json").read_text(encoding="utf-8")))
    misses = tuple(NearMiss(*row) for row in json.loads((folder / "near_misses.json").read_text(encoding="utf-8")))
    return Index(
        folder, read, tuple(_sentences(passages)), questions, misses,
        vectors["passages"], vectors["sentences"], vectors["questions"], vectors["near_misses"], model,
        _load_probe(folder),
    )  # fmt: skip


def _load_probe(folder: Path) -> Probe | None:
    names = ("landmarks", "weights", "answers")
    if not (folder / "probe_landmarks.npy").is_file():
        return None
    return Probe(*(np.load(folder / f"probe_{name}.npy", mmap_mode="r") for name in names))


def _sentences(passages: tuple[Passage, ...]) -> Iterator[Sentence]:
    for at, passage in enumerate(passages):
        for place, text in enumerate(passage.sentences):
            yield Sentence(at, place, text)


# ---- building --------------------------------------------------------------------------------------------------


def is_fresh(folder: Path | None = None, report: Path | None = None) -> bool:
    """Whether the current index is whole and was built from exactly what is here now."""
    try:
        open_index(folder, report)
    except NoUsableIndex:
        return False
    return True


def is_exported(folder: Path | None = None) -> bool:
    """Whether the current index holds the embedding model in the form that asking starts quickly with."""
    current = _current(folder or index_folder())
    return current is not None and (current / "model.onnx").is_file()


def build(folder: Path | None = None, report: Path | None = None, progress: Progress = lambda what, share: None) -> Report:
    """Build the index aside and swap it in; after waiting for another build, only if that one left it stale.

    Returns the report as read. Raises UnreadableReport before anything is touched, BadWeights, UnwritableIndex, or
    BuildRunning when another build does not end.
    """
    folder, report = folder or index_folder(), report or packaged_report()
    mark = fingerprint(report)  # before reading: what changes meanwhile makes the index stale, never wrong
    read = read_report(report)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _lock(folder, progress) as waited:
            if not (waited and is_fresh(folder, report)):
                _build_aside(folder, read, mark, progress)
    except OSError as fault:
        raise UnwritableIndex(
            f"The index cannot be written to {folder} ({fault.strerror}): free some space or set FINDINGS_INDEX_DIR."
        ) from fault
    progress("ready", 1.0)
    return read


def _build_aside(folder: Path, read: Report, mark: str, progress: Progress) -> None:
    for left in folder.glob("building-*"):  # of builds that were killed
        shutil.rmtree(left, ignore_errors=True)
    moment = time.time_ns()
    aside, target = folder / f"building-{moment}", folder / f"build-{mark[:12]}-{moment}"
    aside.mkdir()
    try:
        _write(aside, read, mark, progress)
        aside.rename(target)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    before = _current(folder)
    pointer = folder / "CURRENT.new"
    pointer.write_text(target.name)
    os.replace(pointer, folder / "CURRENT")
    for old in folder.glob("build-*"):  # the one before stays for those who are reading it
        if old not in (target, before):
            shutil.rmtree(old, ignore_errors=True)


@contextmanager
def _lock(folder: Path, progress: Progress) -> Iterator[bool]:
    """Holds the lock of the folder; gives whether another build had to be waited for."""
    with (folder / "lock").open("w") as file:
        deadline = time.monotonic() + LOCK_SECONDS
        waited = False
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise BuildRunning("Another build of the index is still running: try again when it is done.") from None
                waited = True
                progress("waiting for another build", 0.0)
                time.sleep(0.2)
        yield waited


def _write(folder: Path, report: Report, mark: str, progress: Progress) -> None:
    progress("loading the embedding model", 0.02)
    from index.chroma import open_client

    name = model_name()
    original = SentenceTransformerEmbedder(name)
    sentences = list(_sentences(report.passages))
    questions = read_bank(bank_bytes(), report.passages)
    misses = read_near_misses(near_miss_bytes(), questions)
    texts = {
        "passages": [passage_text(passage) for passage in report.passages],
        "sentences": [sentence_text(report.passages[s.passage], s.text) for s in sentences],
        "questions": [question.text for question in questions],
        "near_misses": [miss.text for miss in misses],
    }
    metadata: dict[str, list[dict]] = {
        "passages": [_metadata(passage) for passage in report.passages],
        "sentences": [{**_metadata(report.passages[s.passage]), "sentence": s.place} for s in sentences],
        "questions": [{**_metadata(report.passages[q.passage]), "sentence": q.sentence} for q in questions],
    }
    progress("exporting the model", 0.2)
    quick = _exported(original, folder, texts["sentences"])
    done = 0.35
    total = sum(len(rows) for rows in texts.values())
    client = open_client(folder / "chroma")
    try:
        for collection, rows in texts.items():
            progress(f"embedding {len(rows):,} {collection.replace('_', ' ')}", done)
            vectors = quick.embed(rows)
            np.save(folder / f"{collection}.npy", vectors)
            if collection != "near_misses":  # not of the report: only the decision needs them
                _into_chroma(client, collection, rows, metadata[collection], vectors, quick)
                _bm25(folder / "bm25" / collection, rows)
            done += 0.45 * len(rows) / max(1, total)
    finally:
        client.close()
    if questions:
        progress("learning from the question bank", 0.86)
        _write_probe(folder, fit_probe(report.passages, questions, *(np.load(folder / f"{name}.npy") for name in COLLECTIONS)))
    _json(folder / "report.json", asdict(report))
    _json(folder / "questions.json", [[q.text, q.passage, q.sentence, q.voice] for q in questions])
    _json(folder / "near_misses.json", [[miss.text, miss.asks_for, miss.voice] for miss in misses])
    # Asking reads everything but Chroma's own files, so everything else is recorded and checked when it is opened.
    written = [p.relative_to(folder) for p in sorted(folder.rglob("*")) if p.is_file() and folder / "chroma" not in p.parents]
    recorded = {str(p): [(folder / p).stat().st_size, _crc32(folder / p)] for p in written}
    _json(folder / "manifest.json", {"fingerprint": mark, "model": name, "files": recorded})


def _crc32(path: Path) -> int:
    """A checksum against damage, not against intent: 0.02 s for the 90 MB of the exported model."""
    value = 0
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            value = zlib.crc32(chunk, value)
    return value


def fit_probe(
    passages: tuple[Passage, ...], questions: Sequence[BankQuestion], passage_vectors: np.ndarray, sentence_vectors: np.ndarray,
    question_vectors: np.ndarray, near_miss_vectors: np.ndarray,
) -> Probe:  # fmt: skip
    """Learn the probe from the bank, the report's own sentences and passages, and the near misses."""
    of = np.array([sentence.passage for sentence in _sentences(passages)], np.int64)
    starts = np.searchsorted(of, np.arange(len(passages)))
    tied = np.array([starts[q.passage] + q.sentence if q.sentence >= 0 else -1 for q in questions], np.int64)
    none = np.full(len(near_miss_vectors), -1, np.int64)
    vectors = [question_vectors, sentence_vectors, passage_vectors, *([near_miss_vectors] if len(none) else [])]
    rows = Rows(
        np.concatenate(vectors),
        np.concatenate([tied, np.arange(len(of)), np.full(len(passages), -1), none]),
        np.concatenate([np.array([q.passage for q in questions]), of, np.arange(len(passages)), none]),
    )
    return fit(rows, of)


def _write_probe(folder: Path, probe: Probe) -> None:
    for name in ("landmarks", "weights", "answers"):
        np.save(folder / f"probe_{name}.npy", getattr(probe, name))


def passage_text(passage: Passage) -> str:
    """What is embedded of a passage: its heading path, its parent's words, its own."""
    heading = " - ".join(part for part in (passage.section, passage.subsection) if part)
    return f"{heading}. {passage.context or ''} {passage.text}"


def sentence_text(passage: Passage, sentence: str) -> str:
    """What is embedded of a sentence: with the parent's words where it needs them."""
    return f"{passage.context}: {sentence}" if passage.context else sentence


def _metadata(passage: Passage) -> dict[str, str | int | bool]:
    return {
        "passage": passage.id, "paragraph": passage.number or "", "kind": passage.kind, "page": passage.page,
        "page_end": passage.page_end, "section": passage.section, "flagged": passage.flagged,
    }  # fmt: skip


def _exported(original: SentenceTransformerEmbedder, folder: Path, sentences: list[str]) -> Embedder:
    """The exported model once its vectors are proven equal on every sentence, else the original."""
    try:
        export_onnx(original, folder)
    except BadWeights:  # then asking falls back to sentence-transformers, and says so
        return original
    exported = OnnxEmbedder(folder)
    if np.abs(exported.embed(sentences) - original.embed(sentences)).max() > EQUAL_WITHIN:
        (folder / "model.onnx").unlink()
        return original
    return exported


def _into_chroma(
    client: Any, collection: str, texts: list[str], metadata: list[Any], vectors: np.ndarray, embedder: Embedder
) -> None:
    """Store the texts with their vectors."""
    from index.chroma import open_collection

    open_collection(client, collection, embedder)  # makes it as LangChain expects it
    stored = client.get_collection(collection, embedding_function=None)
    for start in range(0, len(texts), CHROMA_BATCH):
        rows = slice(start, start + CHROMA_BATCH)
        stored.add(
            ids=[str(at) for at in range(len(texts))[rows]], embeddings=vectors[rows], documents=texts[rows],
            metadatas=metadata[rows],
        )  # fmt: skip


def _bm25(folder: Path, texts: list[str]) -> None:
    import bm25s

    corpus = [tokens(text) for text in texts]
    if any(corpus):
        folder.parent.mkdir(exist_ok=True)
        retriever = bm25s.BM25()
        retriever.index(corpus, show_progress=False)
        retriever.save(str(folder))


def _json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
