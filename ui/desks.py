"""The desks of a shelf: that of the report in force, one for each report that is asked by name, and one for several at once.

A page asks for a desk by a text: nothing (the report in force), a name, several names with spaces between them, or "all".
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from functools import partial

from assistant.answer import Answer
from assistant.assistant import Assistant
from assistant.composing import day
from assistant.several.asking import Reports
from index.errors import IndexFault, NoUsableIndex
from index.machine.builds import current
from index.passages import Report
from index.shelf import ALL, Entry, Shelf
from index.store import open_index
from prompts import wording
from ui.desk import Desk, Listed
from ui.engine import make_assistant
from ui.recent import Recent
from ui.related import ReadingRoom
from ui.web.limits import Limits

OPEN = 16  # desks of named reports that stay open for the next question
TOGETHER = 10  # reports that one page may name together


class Shelved(Desk):
    """The desk of the report in force, which knows the others on the shelf."""

    def __init__(
        self, engine: Callable[[], Assistant] | None = None, seconds: float = Limits.seconds, sessions: int = Limits.sessions,
        shelf: Shelf | None = None,
    ) -> None:  # fmt: skip
        self.shelf = shelf or Shelf()
        super().__init__(engine or self._in_force, seconds, sessions)
        self.reports = Reports(self.shelf, make_assistant)
        # For what is never asked of a language model.
        self.plain = Reports(self.shelf) if os.environ.get("FINDINGS_MODEL") else self.reports
        self._named: Recent[Desk] = Recent(OPEN)
        self._told: Recent[Listed] = Recent(10_000)
        self._opening = threading.Lock()

    def _in_force(self) -> Assistant:
        return make_assistant(open_index(common=self.shelf.common))

    def others(self) -> list[Entry]:
        """The reports on the shelf beside the one in force."""
        return self.shelf.added()

    def of(self, asked: str) -> Desk:
        """The desk that a page asks for. Raises ShelfFault for a name that is not on the shelf, NoUsableIndex."""
        names = tuple(dict.fromkeys(asked.split()))[:TOGETHER]
        if names in ((), (self.own,)):
            return self
        if names == (ALL,) and not self.others():
            return self
        entries = [] if names == (ALL,) else [self.shelf.entry(name) for name in names]
        with self._opening:
            if len(entries) == 1:
                return self._one(entries[0])
            key = " ".join(names)
            desk = self._named.get(key, None) or Several(self, names if entries else ())
            self._named.put(key, desk)
            desk.reason = self.reason
            return desk

    @property
    def own(self) -> str:
        """The name of the report in force."""
        room = self.room()
        return room.report.short if room else self.shelf.first.name

    def _one(self, entry: Entry) -> Desk:
        desk = self._named.get(entry.name, None)
        room = desk.room() if desk is not None else None
        if desk is None or (room is not None and room.assistant.index.folder.name != current(entry.folder)):
            desk = Named(self, entry)
        self._named.put(entry.name, desk)
        desk.reason = self.reason
        return desk

    def listed(self) -> list[Listed]:
        """The reports among which a reader may choose, the one in force first; none where there is no other."""
        try:
            others = self.others()
            return [self._listed(entry) for entry in (self.shelf.first, *others)] if others else []
        except IndexFault:  # the report in force cannot be read: the page says so
            return []

    def _listed(self, entry: Entry) -> Listed:
        key = f"{entry.name} {current(entry.folder)}"
        if (told := self._told.get(key, None)) is None:
            try:
                told = Listed(entry.name, titled(self.shelf.report(entry)))
            except NoUsableIndex:  # said when it is chosen
                told = Listed(entry.name, entry.name)
            self._told.put(key, told)
        return told

    def left(self, session: str) -> None:
        super().left(session)
        for desk in self._named.values():
            desk.left(session)


class Named(Desk):
    """The desk of one report beside the one in force."""

    def __init__(self, first: Shelved, entry: Entry) -> None:
        self.first, self.name = first, entry.name
        super().__init__(partial(_opened, first.reports, entry), sessions=first.sessions, watchdog=first.watchdog)

    @property
    def own(self) -> str:
        return self.first.own

    def of(self, asked: str) -> Desk:
        return self.first.of(asked)


def _opened(reports: Reports, entry: Entry) -> Assistant:
    return reports.assistant(entry)


class Several(Desk):
    """The desk where several reports are asked at once: those named, or all."""

    def __init__(self, first: Shelved, names: tuple[str, ...]) -> None:
        self.first, self.names = first, names
        self.name = " ".join(names) or ALL
        self._opening = threading.Lock()
        self._ready: list[Entry] = []  # the reports that are open already
        super().__init__(lambda: first.reports.assistant(self.entries()[0]), sessions=first.sessions, watchdog=first.watchdog)

    def entries(self) -> list[Entry]:
        """The reports that are asked, as they are on the shelf now."""
        return [self.first.shelf.entry(name) for name in self.names] if self.names else self.first.shelf.entries()

    def room(self) -> ReadingRoom | None:
        """That of the first report that can be opened."""
        rooms = self.rooms(1)
        if not rooms:
            return None
        self._assistant = self.first._assistant or rooms[0].assistant
        return rooms[0]

    def rooms(self, most: int = TOGETHER) -> list[ReadingRoom]:
        found: list[ReadingRoom] = []
        self.fault = ""
        for entry in self.entries():
            desk = self.first.of(entry.name)
            room = desk.room()
            if room is not None:
                found.append(room)
            self.fault = self.fault or desk.fault
            if len(found) == most:
                break
        return found

    def answer(
        self, question: str, earlier: Sequence[str], session: str = "", offered: Sequence[str] = (), follow: bool = True
    ) -> tuple[Answer, list[str]]:
        self._prepared()
        return super().answer(question, earlier, session, offered, follow)

    def anew(
        self, question: str, earlier: Sequence[str], offered: Sequence[str] = (), lead_on: bool = True
    ) -> tuple[Answer, list[str]]:
        self._prepared()
        return super().anew(question, earlier, offered, lead_on)

    def judged(self) -> Answer:
        return super().anew(wording("shelf.judgements_question"), ())[0]  # read from the reports: nothing has to be opened

    def _prepared(self) -> None:
        """Open the reports and Chroma before the time of a question begins."""
        entries = self.entries()
        with self._opening:
            if entries != self._ready:
                for reports in {self.first.reports, self.first.plain}:
                    reports.ready(entries, not self.names)
                self._ready = entries

    def _asked(self, assistant: Assistant, question: str, earlier: Sequence[str], identity: str) -> Answer:
        return self._by(self.first.reports, question, earlier, identity)

    def _again(self, room: ReadingRoom, question: str, earlier: Sequence[str]) -> Answer:
        return self._by(self.first.plain, question, earlier)

    def _by(self, reports: Reports, question: str, earlier: Sequence[str], identity: str = "") -> Answer:
        if self.names:
            return reports.some(self.names, question, earlier, identity)
        return reports.all(question, earlier, identity)

    def _next(self, room: ReadingRoom, answer: Answer, taken: Sequence[str]) -> list[str]:
        return []

    def left(self, session: str) -> None:
        with self._lock:
            asking = tuple(self._asking.get(session, ()))
        for identity in asking:
            self.first.reports.left(identity)

    @property
    def own(self) -> str:
        return self.first.own

    def of(self, asked: str) -> Desk:
        return self.first.of(asked)


def titled(report: Report) -> str:
    """What a report is called beside others: whose it is, and when it was published."""
    if not report.published:
        return f"{report.authority or report.title} ({report.short})"
    return wording("shelf.title", authority=report.authority or report.title, published=day(report.published), name=report.short)
