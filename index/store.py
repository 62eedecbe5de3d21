"""The index on disk: build it, open it, tell whether it is still the right one.

A build writes everything aside (index/building.py) and then swaps one pointer file, so that no half-built index is ever
used. The fingerprint covers all that the index depends on. Knows nothing of questions asked.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
import zlib
from collections.abc import Mapping
from pathlib import Path

from index import sharing
from index.banks.evidence_bank import evidence_bytes
from index.banks.question_bank import bank_bytes, near_miss_bytes
from index.banks.teaching import keep, stored
from index.building import Progress, write_index
from index.errors import BrokenIndex, MissingIndex, NoUsableIndex, StaleIndex, UnreadableReport, UnwritableIndex
from index.formats.pdf import is_pdf
from index.layout.source import SourceLine
from index.machine import builds
from index.machine.builds import cannot_write, locked, pointed, swap
from index.machine.disk import check_readable, clear, linked, unwritable
from index.opened import Common, Index, Seen, read_index, seen, stored_report
from index.passages import Report
from index.reading import corrections, packaged_report, read_report, read_source
from index.vectors.embedding import model_identity, model_name, sha256_of

__all__ = [
    "Index",
    "Progress",
    "build",
    "checksum",
    "current_build",
    "fetched",
    "fingerprint",
    "index_folder",
    "indexed_pdf",
    "is_exported",
    "is_fresh",
    "open_build",
    "open_index",
    "packaged_report",
    "publish",
    "read_index",
    "read_report",
    "read_source",
    "seal",
    "sound_report",
    "stored_report",
]

# Modules that the fingerprint covers, beside all of the rooms that read a report and learn from banks.
BUILT_BY = (
    "reading",
    "passages",
    "building",
    "learned",
    "vectors/embedding",
    "vectors/cross_encoder",
    "vectors/conversation_encoder",
)
READERS = ("formats", "layout", "text", "banks")
FORMAT = 5  # raised when the files of an index change their form
PDF, LINES = "report.pdf", "lines.json"  # what is kept of a PDF: the file itself, and the lines that were extracted
REBUILD = "run `findings index`"


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
    """A digest of the report's bytes, the corrections, the reader, the model, the banks, and what the report was taught: the
    lines that lie beside the index in `folder`, or `taught` in their place.
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
        *(one for room in READERS for one in sorted((here / room).rglob("*.py"))),
    ):
        digest.update(module.read_bytes())
    return digest.hexdigest()


# ---- what is opened --------------------------------------------------------------------------------------------


def open_index(folder: Path | None = None, report: Path | None = None, common: Common | None = None) -> Index:
    """Open the current index; if no usable one is there, fetch one from the Chroma server (index/vectors/shared.py).

    Raises MissingIndex, StaleIndex, BrokenIndex, UnreachableServer, UnwritableIndex, BuildRunning.
    """
    folder, report = folder or index_folder(), report or packaged_report()
    try:
        return open_build(folder, report, common)
    except NoUsableIndex:
        if not fetched(folder, report, anew=True):
            raise
    return open_build(folder, report, common)


def open_build(folder: Path, report: Path, common: Common | None = None) -> Index:
    """The current index of a folder, whatever a Chroma server has. `common` is that of a shelf's indexes. Raises NoUsableIndex."""
    try:
        check_readable(report)
    except UnreadableReport as fault:
        raise StaleIndex(f"{fault} Correct FINDINGS_REPORT.") from fault
    for attempt in (0, 1):
        current = pointed(folder)
        if current is None:
            raise MissingIndex(f"There is no index yet: {REBUILD}.")
        try:
            return _load(current, report, common or Common({}, {}))
        except FileNotFoundError as fault:  # swapped away between reading the pointer and opening the files
            if attempt:
                raise BrokenIndex(f"The index lacks {Path(str(fault.filename)).name}: {REBUILD}.") from fault
        except OSError as fault:
            raise BrokenIndex(f"The index cannot be read ({fault.strerror}): {REBUILD}.") from fault
    raise AssertionError("unreachable")


def _load(folder: Path, report: Path, common: Common) -> Index:
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        built_from, recorded, model = manifest["fingerprint"], manifest["files"].items(), manifest["model"]
    except (ValueError, LookupError, TypeError, AttributeError) as fault:
        raise BrokenIndex(f"The index file manifest.json is damaged: {REBUILD}.") from fault
    if built_from != fingerprint(report, folder.parent):
        raise StaleIndex(f"The index was built from another report, question bank, model or version of this program: {REBUILD}.")
    checked: dict[str, Seen] = {}
    for name, expected in recorded:
        checked[name] = file = seen(folder / name)
        if file not in common.sums:
            common.sums[file] = checksum(folder / name)
        if [(folder / name).stat().st_size, common.sums[file]] != expected:
            raise BrokenIndex(f"The index file {name} is damaged: {REBUILD}.")
    index = read_index(folder, model)
    index.seen, index.common = checked, common
    return index


def sound_report(folder: Path) -> Report:
    """The report that a folder's current index was built from, once its file has the recorded checksum. Raises NoUsableIndex."""
    if (current := pointed(folder)) is None:
        raise MissingIndex(f"There is no index yet: {REBUILD}.")
    try:
        recorded = json.loads((current / "manifest.json").read_text(encoding="utf-8"))["files"]["report.json"]
        if [(current / "report.json").stat().st_size, checksum(current / "report.json")] == recorded:
            return stored_report(current)
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as fault:
        raise BrokenIndex(f"The index cannot be read ({type(fault).__name__}): {REBUILD}.") from fault
    raise BrokenIndex(f"The index file report.json is damaged: {REBUILD}.")


# ---- building --------------------------------------------------------------------------------------------------


def is_fresh(folder: Path | None = None, report: Path | None = None) -> bool:
    """Whether the current index is whole and was built from exactly what is here now."""
    return _is_whole(folder or index_folder(), report or packaged_report())


def _is_whole(folder: Path, report: Path) -> bool:
    try:
        open_build(folder, report)
    except NoUsableIndex:
        return False
    return True


def current_build(folder: Path | None = None) -> str | None:
    """The name of the build that the folder's pointer names; None where there is none that can be read."""
    return builds.current(folder or index_folder())


def fetched(folder: Path | None = None, report: Path | None = None, anew: bool = False) -> bool:
    """Fetch the server's newest build of this report and version, unless the folder has it; with `anew`, unless it is whole.

    False if there is no server or no such build. Raises UnreachableServer, BrokenIndex, UnwritableIndex, BuildRunning.
    """
    folder, report = folder or index_folder(), report or packaged_report()
    return sharing.fetch_newest(folder, lambda: fingerprint(report, folder), lambda: _is_whole(folder, report), anew)


def publish(folder: Path | None = None, report: Path | None = None) -> None:
    """Send the current build to the Chroma server, if one is named. Raises UnreachableServer, BrokenIndex."""
    folder, report = folder or index_folder(), report or packaged_report()
    sharing.put(folder, lambda: fingerprint(report, folder))


def is_exported(folder: Path | None = None) -> bool:
    """Whether the current index holds the ONNX model, with which asking starts quickly."""
    try:
        current = pointed(folder or index_folder())
    except BrokenIndex:
        return False
    return current is not None and (current / "model.onnx").is_file()


def build(
    folder: Path | None = None,
    report: Path | None = None,
    progress: Progress = lambda what, share: None,
    models: Mapping[str, Path] | None = None,
    taught: bytes | None = None,
) -> Report:
    """Build the index aside and swap it in; after waiting for another build, only if that one left it stale. What the report was
    taught is used; with `taught`, these lines take its place at the moment of the swap.

    `models` are those of a shelf, name -> file of exported models: what is there is linked, not exported again; None without a
    shelf. Returns the report as read. Raises UnreadableReport before anything is touched, BadWeights, UnwritableIndex, or
    BuildRunning when another build does not end.
    """
    folder, report = folder or index_folder(), report or packaged_report()
    mark = fingerprint(report, folder, taught)  # before reading: what changes meanwhile makes the index stale, never wrong
    read, lines = read_source(report)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with locked(folder, progress) as waited:
            if taught is not None or not (waited and is_fresh(folder, report)):
                _build_aside(folder, report, read, lines, mark, progress, taught, models)
    except OSError as fault:
        raise cannot_write(folder, fault) from fault
    progress("ready", 1.0)
    return read


def _build_aside(
    folder: Path, path: Path, read: Report, lines: tuple[SourceLine, ...], mark: str, progress: Progress, taught: bytes | None,
    models: Mapping[str, Path] | None,
) -> None:  # fmt: skip
    clear(folder)
    moment = time.time_ns()
    aside, target = folder / f"building-{moment}", folder / f"build-{mark[:12]}-{moment}"
    aside.mkdir()
    try:
        if is_pdf(path):
            (linked if path.parent == folder else shutil.copyfile)(path, aside / PDF)
            kept = [[line.page, line.text, line.aside] for line in lines]
            (aside / LINES).write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")
        for name, model in (models or {}).items():
            linked(model, aside / name)
        _write(aside, read, mark, progress, stored(folder, read.sha256) if taught is None else taught, shelved=models is not None)
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
        swap(folder, target)
    except OSError:
        keep(folder, read.sha256, before)
        raise


def _write(folder: Path, report: Report, mark: str, progress: Progress, taught: bytes, shelved: bool) -> None:
    """Write all files of an index, its manifest at the end."""
    name = model_name()
    write_index(folder, report, name, progress, taught, shelved)
    seal(folder, name, mark)


def seal(folder: Path, model: str, mark: str) -> None:
    """Write the manifest of a build whose other files are there: its fingerprint, its model, and every file's size and checksum.

    Chroma's own files have none: asking does not read them.
    """
    written = [p.relative_to(folder) for p in sorted(folder.rglob("*")) if p.is_file() and folder / "chroma" not in p.parents]
    recorded = {str(p): [(folder / p).stat().st_size, checksum(folder / p)] for p in written}
    manifest = {"fingerprint": mark, "model": model, "files": recorded}
    (folder / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False), encoding="utf-8")


def checksum(path: Path) -> int:
    """A checksum against damage, not against intent: 0.02 s for the 90 MB of the exported model."""
    value = 0
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            value = zlib.crc32(chunk, value)
    return value
