"""A shelf: named reports beside the one in force, each with its index in a folder of its own (shelf/reports/NAME in the index
folder).

The report in force (the packaged one, or that of FINDINGS_REPORT) is on the shelf from the start. Each other one keeps a copy of
its file, a record of when it was added, and builds made by index/store.py; exported models, which are the same for all, take
their room once. The sentences of all lie in one Chroma collection too (index/vectors/gathered.py). Knows no questions asked.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from uuid import uuid4

import numpy as np

from index import store
from index.banks.teaching import carry
from index.building import EXPORTED, Progress
from index.errors import MissingIndex, NoUsableIndex, ShelfFault
from index.formats.pdf import is_pdf
from index.machine.builds import cannot_write, current, locked, pointed
from index.machine.disk import check_readable, linked
from index.opened import Common, Index, sentences_of
from index.passages import Report
from index.vectors import conversation_encoder, cross_encoder, embedding, gathered
from index.vectors.embedding import sha256_of
from index.vectors.gathered import Gathered

NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
ALL = "all"  # how a door names all reports: no report has this name
RECORD = "added.json"
MODELS, SUMS = "models", "sums.json"
UNFINISHED = ".unfinished-"  # how the folder of a report begins that is being added or removed
DAY = 86_400.0  # seconds after which an unfinished one was left by a process that is gone


@dataclass(frozen=True)
class Entry:
    """A report on the shelf: its name, the folder of its builds, its file, and the day (ISO) on which it was added.

    The one in force has no day: it is there from the start.
    """

    name: str
    folder: Path
    file: Path
    added: str | None = None

    @property
    def stays(self) -> bool:
        """Whether it is the report in force."""
        return self.added is None

    @property
    def mend(self) -> str:
        """What makes its index usable again."""
        return store.REBUILD if self.stays else f"run `findings shelf update {self.name}`"


class Shelf:
    """The shelf in an index folder. Indexes that it opens have their models in common."""

    def __init__(self, folder: Path | None = None) -> None:
        self.base = folder or store.index_folder()
        self.folder = self.base / "shelf"
        self.reports = self.folder / "reports"
        self.common = Common({}, {})

    # ---- what is there -----------------------------------------------------------------------------------------

    @cached_property
    def first(self) -> Entry:
        """The report in force. Raises UnreadableReport where its file cannot be read."""
        file = store.packaged_report()
        check_readable(file)
        report: Report | None = None
        with suppress(OSError, ValueError, LookupError, TypeError, NoUsableIndex):
            build = pointed(self.base)
            report = store.stored_report(build) if build is not None else None
        if report is None or report.sha256 != sha256_of(file):
            report = store.read_report(file)
        return Entry(report.short, self.base, file)

    def entries(self) -> list[Entry]:
        """Every report, the one in force first, the others by name."""
        return [self.first, *(entry for entry in self.added() if entry.name != self.first.name)]

    def added(self) -> list[Entry]:
        """The reports beside the one in force, by name."""
        found = []
        for record in sorted(self.reports.glob(f"*/{RECORD}")):
            name = record.parent.name
            if NAME.fullmatch(name):
                try:
                    said = json.loads(record.read_text(encoding="utf-8"))
                    found.append(Entry(name, record.parent, record.parent / Path(said["file"]).name, str(said["added"])))
                except (
                    OSError,
                    ValueError,
                    LookupError,
                    TypeError,
                ):  # damaged: it is on the shelf, and says so when it is opened
                    found.append(Entry(name, record.parent, record.parent / "report", "unknown"))
        return found

    def entry(self, name: str) -> Entry:
        """The report of a name. Raises ShelfFault for one that is not there."""
        found = self.entries()
        for entry in found:
            if entry.name == name:
                return entry
        raise ShelfFault(f"There is no report {name} on the shelf: {told([entry.name for entry in found])}.")

    def open(self, entry: Entry) -> Index:
        """Its index; citations carry its name. Raises NoUsableIndex, which names the report and says what to do."""
        with naming(entry):
            opened = store.open_index if entry.stays else store.open_build  # that in force may lie on a Chroma server
            index = opened(entry.folder, entry.file, self.common)
        index.report = replace(index.report, shelved=entry.name)
        return index

    def report(self, entry: Entry) -> Report:
        """The report as it was read when it was indexed, with its passages; nothing else is opened. Raises NoUsableIndex."""
        with naming(entry):
            return replace(store.sound_report(entry.folder), shelved=entry.name)

    # ---- what changes ------------------------------------------------------------------------------------------

    def add(self, name: str, file: Path, progress: Progress = lambda what, share: None, replace: bool = False) -> Report:
        """Put a report on the shelf, with what it was taught; nothing of it is there until its index is whole. With `replace` it
        takes the place of the report of this name, where there is one; what that one was taught is kept.

        Raises ShelfFault for a name that is odd or taken and for a report that is on the shelf, UnreadableReport,
        UnwritableIndex, BadWeights.
        """
        self.check_name(name, replace)
        report = store.read_report(file)
        self._new(name, report, sha256_of(file), replace)
        aside = self._aside()
        try:
            aside.mkdir(parents=True)
            kept = aside / ("source.pdf" if is_pdf(file) else "source.md")
            shutil.copyfile(file, kept)
            if (before := self.reports / name).is_dir():
                carry(before, self.base)
            carry(self.base, aside, report.sha256)
            store.build(aside, kept, progress, self._models())
            (aside / RECORD).write_text(json.dumps({"file": kept.name, "added": date.today().isoformat()}), encoding="utf-8")
            with locked(self.folder):
                self.check_name(name, replace)  # another process may have been quicker
                self._new(name, report, sha256_of(file), replace)
                self._keep_models(aside)
                self._put(aside, name)
        except OSError as fault:
            raise cannot_write(self.folder, fault) from fault
        finally:
            shutil.rmtree(aside, ignore_errors=True)
            self._sweep()
        return report

    def check_name(self, name: str, replace: bool = False) -> None:
        """Raises ShelfFault for a name that a report cannot be given: an odd one, that of the report in force, or, without
        `replace`, that of any other.
        """
        if not NAME.fullmatch(name) or name == ALL:
            raise ShelfFault(
                f"{name or 'An empty text'} is no name: use at most 40 small letters, digits and hyphens, such as surrey-2018."
            )
        if replace and name == self.first.name:
            raise ShelfFault(f"The report {name} cannot be replaced: it is the one that is asked without a name.")
        if not replace and name in {entry.name for entry in (self.first, *self.added())}:
            raise ShelfFault(f"There is a report {name} on the shelf already: choose another name, or remove that one first.")

    def same(self, report: Report, digest: str) -> Iterator[str]:
        """The names of those on the shelf that are this report: the same file, or the same council, title and dates."""
        for entry in self.entries():
            with suppress(NoUsableIndex):
                other = self.report(entry)
                same = (report.authority, report.title, report.inspected) == (other.authority, other.title, other.inspected)
                if digest == other.sha256 or (same and report.inspected is not None):
                    yield entry.name

    def _new(self, name: str, report: Report, digest: str, replace: bool) -> None:
        for other in self.same(report, digest):
            if not (replace and other == name):
                raise ShelfFault(f"This report is on the shelf already, as {other}.")

    def _aside(self) -> Path:
        """The folder of a report that is being added or removed."""
        return self.reports / f"{UNFINISHED}{time.time_ns()}"

    def _put(self, made: Path, name: str) -> None:
        """Let a folder be the report of a name, in place of the one that is it now. Raises OSError, and that one stays."""
        place, before = self.reports / name, self._aside()
        replaced = place.is_dir()
        if replaced:
            place.rename(before)
        try:
            made.rename(place)
        except OSError:
            if replaced:
                before.rename(place)
            raise
        shutil.rmtree(before, ignore_errors=True)

    def remove(self, name: str) -> None:
        """Take a report off the shelf; what it was taught stays beside the index of the one in force, for when it is added again.

        Raises ShelfFault for a name that is not there, or the one that stays; UnwritableIndex.
        """
        entry = self.entry(name)
        if entry.stays:
            raise ShelfFault(f"The report {name} stays on the shelf: it is the one that is asked without a name.")
        try:
            with locked(self.folder):
                carry(entry.folder, self.base)
                aside = self._aside()
                entry.folder.rename(aside)
            shutil.rmtree(aside, ignore_errors=True)
        except FileNotFoundError:
            raise ShelfFault(f"There is no report {name} on the shelf any more.") from None
        except OSError as fault:
            raise cannot_write(self.folder, fault) from fault

    def update(self, entry: Entry, progress: Progress = lambda what, share: None) -> bool:
        """Build its index anew from the file that was kept, if it cannot be used; tells whether it was built. Raises as `add`."""
        if store.is_fresh(entry.folder, entry.file):
            return False
        self.teach(entry, None, progress)
        return True

    def teach(self, entry: Entry, lines: bytes | None, progress: Progress = lambda what, share: None) -> None:
        """Build its index anew with these teaching lines (None: those it was taught already) in place of all before. Raises as `add`."""
        store.build(entry.folder, entry.file, progress, None if entry.stays else self._models(), lines)
        if not entry.stays:
            with locked(self.folder):
                self._keep_models(entry.folder)

    def _sweep(self) -> None:
        """Remove what processes that were killed have left."""
        for left in self.reports.glob(f"{UNFINISHED}*"):
            with suppress(OSError):
                if time.time() - left.stat().st_mtime > DAY:
                    shutil.rmtree(left, ignore_errors=True)

    # ---- exported models, once for all -------------------------------------------------------------------------

    def _place(self) -> Path:
        """Where the exported models of the weights in force lie."""
        name = embedding.model_name()
        digest = hashlib.sha256(f"{name}\0{embedding.model_identity(name)}".encode())
        for module in (embedding, conversation_encoder, cross_encoder):
            digest.update(Path(str(module.__file__)).read_bytes())
        return self.folder / MODELS / digest.hexdigest()[:12]

    def _models(self) -> dict[str, Path]:
        """The exported models that are there and whole, by name; at first those of the report in force."""
        place = self._place()
        if not place.is_dir():
            with suppress(NoUsableIndex, OSError):
                store.open_build(self.base, store.packaged_report(), self.common)
                place.mkdir(parents=True)
                self._keep_models(self.base)
        sums = _sums(place)
        found = {name: place / name for name in EXPORTED if name in sums and (place / name).is_file()}
        found = {name: path for name, path in found.items() if [path.stat().st_size, store.checksum(path)] == sums[name]}
        return found if set(EXPORTED[:2]) <= set(found) else {}

    def _keep_models(self, folder: Path) -> None:
        """Keep the models that a folder's build exported, where they are not kept yet. Raises OSError."""
        place, build = self._place(), pointed(folder)
        assert build is not None  # it was just made
        written, sums = json.loads((build / "manifest.json").read_text(encoding="utf-8"))["files"], _sums(place)
        place.mkdir(parents=True, exist_ok=True)
        for name in EXPORTED:
            if name in written and sums.get(name) != written[name]:
                (place / name).unlink(missing_ok=True)
                linked(build / name, place / name)
                sums[name] = written[name]
        (place / SUMS).write_text(json.dumps(sums), encoding="utf-8")
        for old in place.parent.iterdir():
            if old != place:
                shutil.rmtree(old, ignore_errors=True)

    # ---- all sentences in one collection -----------------------------------------------------------------------

    @contextmanager
    def gathered(self) -> Iterator[Gathered]:
        """The collection, in step with the shelf. Raises UnreachableServer, BrokenIndex, UnwritableIndex, BuildRunning."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            identity = self._identity()
        except OSError as fault:
            raise cannot_write(self.folder, fault) from fault
        with gathered.opened(self.folder, identity) as held:
            if held.builds() != self._builds():
                with locked(self.folder):
                    self._bring_in_step(held)
            yield held

    def _builds(self) -> dict[str, str]:
        return {entry.name: build for entry in self.entries() if (build := current(entry.folder)) is not None}

    def _bring_in_step(self, held: Gathered) -> None:
        wanted, there = self._builds(), held.builds()
        for name in there:
            if there[name] != wanted.get(name):
                held.drop(name)
        for entry in self.entries():
            if entry.name in wanted and there.get(entry.name) != wanted[entry.name]:
                with suppress(NoUsableIndex, OSError, ValueError):  # a broken one says so when it is asked
                    passages = self.report(entry).passages
                    places = [(passages[one.passage].id, one.place) for one in sentences_of(passages)]
                    held.put(entry.name, wanted[entry.name], places, np.load(entry.folder / wanted[entry.name] / "sentences.npy"))

    def start_anew(self) -> None:
        """Remove the embedded collection, which is made again from the indexes when it is needed."""
        with locked(self.folder):
            shutil.rmtree(self.folder / gathered.FOLDER, ignore_errors=True)

    def _identity(self) -> str:
        """What tells the collection of this shelf from those of others on one server."""
        path = self.folder / "identity"
        with suppress(FileExistsError), path.open("x", encoding="utf-8") as file:
            file.write(uuid4().hex[:12])
        return path.read_text(encoding="utf-8")


@contextmanager
def naming(entry: Entry) -> Iterator[None]:
    """Faults of a report's index name the report and say what mends it."""
    try:
        yield
    except NoUsableIndex as fault:
        if isinstance(fault, MissingIndex) and entry.stays:
            raise
        said = str(fault).replace(store.REBUILD, entry.mend)
        raise type(fault)(f"The report {entry.name}: {said[:1].lower()}{said[1:]}") from fault


def told(names: list[str]) -> str:
    """Names as a sentence lists them: "choose a, b or c"; of very many the first ones."""
    shown, more = names[:20], len(names) - 20
    if more > 0:
        return f"choose {', '.join(shown)} or one of {more:,} more (findings shelf list)"
    return f"choose {', '.join(shown[:-1])} or {shown[-1]}" if shown[1:] else f"there is {shown[0]}"


def _sums(place: Path) -> dict[str, list[int]]:
    try:
        return dict(json.loads((place / SUMS).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return {}
