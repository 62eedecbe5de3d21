"""The index on disk: build it, open it, tell whether it is still the right one.

A build writes everything aside (index/building.py) and then swaps one pointer file, so that no half-built index is ever
used. The fingerprint covers all that the index depends on. Knows nothing of questions asked.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from index.banks.evidence_bank import EvidenceMap, evidence_bytes
from index.banks.probe import Probe
from index.banks.question_bank import BankQuestion, NearMiss, bank_bytes, near_miss_bytes
from index.banks.teaching import Teaching, keep, stored
from index.building import Progress, write_index
from index.errors import BrokenIndex, BuildRunning, MissingIndex, NoUsableIndex, StaleIndex, UnreadableReport, UnwritableIndex
from index.formats.pdf import is_pdf
from index.layout.source import SourceLine
from index.machine.disk import check_readable, clear, unwritable
from index.opened import Index, Seen, seen, sentences_of
from index.passages import Judgement, Passage, Report
from index.reading import corrections, packaged_report, read_report, read_source
from index.vectors import shared
from index.vectors.cells import Cells
from index.vectors.embedding import model_identity, model_name, sha256_of

__all__ = [
    "Index",
    "Progress",
    "build",
    "current_build",
    "fetched",
    "fingerprint",
    "index_folder",
    "indexed_pdf",
    "is_exported",
    "is_fresh",
    "open_index",
    "packaged_report",
    "publish",
    "read_index",
    "read_report",
    "read_source",
]

# Modules that the fingerprint covers, beside all of the rooms that read a report and learn from banks.
BUILT_BY = ("reading", "passages", "building", "learned", "vectors/embedding", "vectors/cross_encoder", "vectors/cells")
READERS = ("formats", "layout", "text", "banks")
FORMAT = 5  # raised when the files of an index change their form
PDF, LINES = "report.pdf", "lines.json"  # what is kept of a PDF: the file itself, and the lines that were extracted
LOCK_SECONDS = 600.0
REBUILD = "run `findings index`"
# Bytes up to which an array is read into memory, out of reach of whoever shortens or empties its file meanwhile (a mapped file
# that is shortened ends the process). The packaged report's largest has 32 MB; larger ones stay on disk until they are used.
HELD = 256 << 20


def index_folder() -> Path:
    """Where the index lies: FINDINGS_INDEX_DIR, or .findings in the checkout, or the user's cache folder. Raises UnwritableIndex."""
    if named := os.environ.get("FINDINGS_INDEX_DIR"):
        if os.fsencode(named) != named.encode("utf-8", "replace"):  # the libraries that read it take every path as UTF-8
            raise UnwritableIndex(
                f"FINDINGS_INDEX_DIR ({named}) cannot be used in this locale: use a UTF-8 locale or PYTHONUTF8=1."
            )
        return Path(named)
    root = Path(__file__).resolve().parent.parent
    return root / ".findings" if (root / "pyproject.toml").is_file() else Path.home() / ".cache" / "findings"


def indexed_pdf(index: Index) -> Path | None:
    """The PDF that an index was built from, as kept in it; None for a report in another format."""
    path = index.folder / PDF
    return path if path.is_file() else None


def fingerprint(path: Path, folder: Path | None = None, taught: bytes | None = None) -> str:
    """A digest of the report's bytes, the corrections, the reader, the model, the banks, and what the report was taught: the lines that lie
    beside the index in `folder`, or `taught` in their place.
    """
    digest = hashlib.sha256(f"{FORMAT}\0{model_name()}\0{model_identity(model_name())}\0".encode())
    own = sha256_of(path) if path.is_file() else ""
    digest.update(own.encode())
    digest.update(stored(folder or index_folder(), own) if taught is None else taught)
    digest.update(corrections())
    digest.update(bank_bytes())
    digest.update(near_miss_bytes())
    digest.update(evidence_bytes())
    here = Path(__file__).parent
    for module in (
        *(here / f"{name}.py" for name in BUILT_BY),
        *(one for room in READERS for one in sorted((here / room).glob("*.py"))),
    ):
        digest.update(module.read_bytes())
    return digest.hexdigest()


# ---- what is opened --------------------------------------------------------------------------------------------


def open_index(folder: Path | None = None, report: Path | None = None) -> Index:
    """Open the current index; where the folder has none that can be used, the one that the Chroma server has (index/vectors/shared.py).

    Raises MissingIndex, StaleIndex or BrokenIndex, each saying what to do; UnreachableServer, UnwritableIndex.
    """
    folder, report = folder or index_folder(), report or packaged_report()
    try:
        return _open(folder, report)
    except NoUsableIndex:
        if not fetched(folder, report, anew=True):
            raise
    return _open(folder, report)


def _open(folder: Path, report: Path) -> Index:
    try:
        check_readable(report)
    except UnreadableReport as fault:
        raise StaleIndex(f"{fault} Correct FINDINGS_REPORT.") from fault
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
    """The build that the pointer names; None without a pointer. Raises BrokenIndex where there is one that cannot be read."""
    try:
        named = (folder / "CURRENT").read_text(encoding="utf-8", errors="replace").strip()
    except FileNotFoundError:
        return None
    except OSError as fault:
        raise BrokenIndex(
            f"The index in {folder} cannot be read ({fault.strerror}): correct the folder's rights or FINDINGS_INDEX_DIR."
        ) from fault
    return folder / (Path(named).name or "build-")  # a damaged pointer names a build that is not there


def _load(folder: Path, report: Path) -> Index:
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        built_from, recorded, model = manifest["fingerprint"], manifest["files"].items(), manifest["model"]
    except (ValueError, LookupError, TypeError, AttributeError) as fault:
        raise BrokenIndex(f"The index file manifest.json is damaged: {REBUILD}.") from fault
    if built_from != fingerprint(report, folder.parent):
        raise StaleIndex(f"The index was built from another report, question bank, model or version of this program: {REBUILD}.")
    checked: dict[str, Seen] = {}
    for name, expected in recorded:
        checked[name] = seen(folder / name)
        if [(folder / name).stat().st_size, _crc32(folder / name)] != expected:
            raise BrokenIndex(f"The index file {name} is damaged: {REBUILD}.")
    index = read_index(folder, model)
    index.seen = checked
    return index


def read_index(folder: Path, model: str) -> Index:
    """The index that lies in a folder, unchecked. Very large vectors stay on disk until they are used."""
    record = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    passages = tuple(Passage(**{**p, "rows": tuple(p["rows"]), "leads_to": tuple(p["leads_to"])}) for p in record.pop("passages"))
    judgements = tuple(Judgement(**j) for j in record.pop("judgements"))
    inspected = tuple(record.pop("inspected") or ()) or None
    report = Report(
        **{**record, "warnings": tuple(record["warnings"])}, inspected=inspected, passages=passages, judgements=judgements
    )
    questions = tuple(BankQuestion(*row) for row in json.loads((folder / "questions.json").read_text(encoding="utf-8")))
    misses = tuple(NearMiss(*row) for row in json.loads((folder / "near_misses.json").read_text(encoding="utf-8")))
    sentence_vectors = _array(folder, "sentences")
    learned = _arrays(folder, "probe", ("landmarks", "weights", "answers"))
    evidence = _arrays(folder, "evidence", ("vectors", "weights"))
    cells = _arrays(folder, "cells", ("centres", "rows", "starts", "vectors"))
    teaching = folder / "teaching.json"
    bank = _array(folder, "bank") if learned else np.zeros((0, sentence_vectors.shape[1]), np.float32)
    return Index(
        folder, report, tuple(sentences_of(passages)), questions, misses, _array(folder, "passages"),
        sentence_vectors, bank, model, Probe(*learned) if learned else None, EvidenceMap(*evidence) if evidence else None,
        Cells(*cells) if cells else None, Teaching(**json.loads(teaching.read_text(encoding="utf-8"))) if teaching.is_file() else None,
    )  # fmt: skip


def _arrays(folder: Path, kind: str, names: tuple[str, ...]) -> list[np.ndarray]:
    """The arrays of one kind; an empty list where the index has none."""
    if not (folder / f"{kind}_{names[0]}.npy").is_file():
        return []
    return [_array(folder, f"{kind}_{name}") for name in names]


def _array(folder: Path, name: str) -> np.ndarray:
    """An array in memory, or one that stays on disk until it is used where it is very large (HELD)."""
    path = folder / f"{name}.npy"
    return np.asarray(np.load(path, mmap_mode="r" if path.stat().st_size > HELD else None))


# ---- building --------------------------------------------------------------------------------------------------


def is_fresh(folder: Path | None = None, report: Path | None = None) -> bool:
    """Whether the current index is whole and was built from exactly what is here now."""
    return _is_whole(folder or index_folder(), report or packaged_report())


def _is_whole(folder: Path, report: Path) -> bool:
    try:
        _open(folder, report)
    except NoUsableIndex:
        return False
    return True


def current_build(folder: Path | None = None) -> str | None:
    """The name of the build that the folder's pointer names; None where there is none that can be read."""
    try:
        current = _current(folder or index_folder())
    except BrokenIndex:
        return None
    return current.name if current is not None else None


# ---- shared through a Chroma server ----------------------------------------------------------------------------


def fetched(folder: Path | None = None, report: Path | None = None, anew: bool = False) -> bool:
    """Make the newest build that the Chroma server has of this report and version the folder's own, where it is another one.

    `anew` fetches the same one too, where its files were found damaged. False where no server is named, or it has no such build. Raises UnreachableServer, BrokenIndex, UnwritableIndex, BuildRunning.
    """
    if (address := shared.server()) is None:
        return False
    folder, report = folder or index_folder(), report or packaged_report()
    if (build := shared.newest(address, fingerprint(report, folder))) is None:
        return False
    name = Path(str(build["name"])).name or "build-"
    if current_build(folder) == name and not anew:
        return True
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with locked(folder):
            if not (_is_whole(folder, report) if anew else current_build(folder) == name):  # another process may have fetched it
                _fetch(address, build, folder, folder / name)
    except OSError as fault:
        raise _unwritable(folder, fault) from fault
    return True


def _fetch(address: str, build: dict[str, Any], folder: Path, target: Path) -> None:
    clear(folder)
    aside = folder / f"building-{time.time_ns()}"
    aside.mkdir()
    try:
        former = current_build(folder)
        shared.fetch(address, build, aside, folder / former if former else None)
        shutil.rmtree(target, ignore_errors=True)
        aside.rename(target)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    _swap(folder, target)


def publish(folder: Path | None = None, report: Path | None = None) -> None:
    """Put the folder's current build onto the Chroma server, where one is named. Raises UnreachableServer."""
    folder, report = folder or index_folder(), report or packaged_report()
    if (address := shared.server()) is not None and (current := _current(folder)) is not None:
        shared.publish(address, current, fingerprint(report, folder))


def is_exported(folder: Path | None = None) -> bool:
    """Whether the current index holds the embedding model in the form that asking starts quickly with."""
    try:
        current = _current(folder or index_folder())
    except BrokenIndex:
        return False
    return current is not None and (current / "model.onnx").is_file()


def build(
    folder: Path | None = None,
    report: Path | None = None,
    progress: Progress = lambda what, share: None,
    taught: bytes | None = None,
) -> Report:
    """Build the index aside and swap it in; after waiting for another build, only if that one left it stale. What the report was taught
    is used; with `taught`, these lines take its place at the moment of the swap.

    Returns the report as read. Raises UnreadableReport before anything is touched, BadWeights, UnwritableIndex, or
    BuildRunning when another build does not end.
    """
    folder, report = folder or index_folder(), report or packaged_report()
    mark = fingerprint(report, folder, taught)  # before reading: what changes meanwhile makes the index stale, never wrong
    read, lines = read_source(report)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with locked(folder, progress) as waited:
            if taught is not None or not (waited and is_fresh(folder, report)):
                _build_aside(folder, report, read, lines, mark, progress, taught)
    except OSError as fault:
        raise _unwritable(folder, fault) from fault
    progress("ready", 1.0)
    return read


def _unwritable(folder: Path, fault: OSError) -> UnwritableIndex:
    return UnwritableIndex(
        f"The index cannot be written to {folder} ({fault.strerror or fault}): free some space or set FINDINGS_INDEX_DIR."
    )


def _build_aside(
    folder: Path, path: Path, read: Report, lines: tuple[SourceLine, ...], mark: str, progress: Progress, taught: bytes | None
) -> None:
    clear(folder)
    moment = time.time_ns()
    aside, target = folder / f"building-{moment}", folder / f"build-{mark[:12]}-{moment}"
    aside.mkdir()
    try:
        if is_pdf(path):
            shutil.copyfile(path, aside / PDF)
            kept = [[line.page, line.text, line.aside] for line in lines]
            (aside / LINES).write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")
        _write(aside, read, mark, progress, stored(folder, read.sha256) if taught is None else taught)
        aside.rename(target)
    except Exception as fault:  # libraries say in words of their own, or not at all, that they could not write
        reason = unwritable(aside)
        shutil.rmtree(aside, ignore_errors=True)
        if reason is not None:
            raise reason from fault
        raise
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    before = stored(folder, read.sha256)
    if taught is not None:
        keep(folder, read.sha256, taught)
    try:
        _swap(folder, target)
    except OSError:
        keep(folder, read.sha256, before)
        raise


def _swap(folder: Path, target: Path) -> None:
    """Make a build the current one. The one before stays for those who are reading it."""
    before = current_build(folder)
    pointer = folder / "CURRENT.new"
    pointer.write_text(target.name)
    os.replace(pointer, folder / "CURRENT")
    for old in folder.glob("build-*"):
        if old.name not in (target.name, before):
            shutil.rmtree(old, ignore_errors=True)


@contextmanager
def locked(folder: Path, progress: Progress = lambda what, share: None) -> Iterator[bool]:
    """Holds the lock of the folder; yields True if it had to wait for another build."""
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


def _write(folder: Path, report: Report, mark: str, progress: Progress, taught: bytes) -> None:
    """Write all files of an index and the manifest with their checksums. Chroma's own files have none: asking does not read them."""
    name = model_name()
    write_index(folder, report, name, progress, taught)
    written = [p.relative_to(folder) for p in sorted(folder.rglob("*")) if p.is_file() and folder / "chroma" not in p.parents]
    recorded = {str(p): [(folder / p).stat().st_size, _crc32(folder / p)] for p in written}
    manifest = {"fingerprint": mark, "model": name, "files": recorded}
    (folder / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False), encoding="utf-8")


def _crc32(path: Path) -> int:
    """A checksum against damage, not against intent: 0.02 s for the 90 MB of the exported model."""
    value = 0
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            value = zlib.crc32(chunk, value)
    return value
