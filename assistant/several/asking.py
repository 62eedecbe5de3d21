"""The reports of a shelf, asked by name, several at once, or all: every one by an Assistant of its own, exactly as when it is
asked alone.

Of a large shelf, Chroma finds the reports whose sentences are nearest to the question; only these are asked.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace

from assistant.answer import Answer, error_answer
from assistant.assistant import Assistant
from assistant.question.plain_text import checked
from assistant.several.joining import joined
from assistant.several.judged import judged
from index.errors import BrokenIndex, BuildRunning, NoUsableIndex, UnreachableServer, UnwritableIndex
from index.machine.builds import current
from index.opened import Index
from index.passages import Report
from index.shelf import Entry, Shelf
from index.vectors.gathered import Gathered

ASKED = 10  # reports that one question is put to where all are asked; of a shelf no larger, all of them
OPEN = 16  # reports that stay open for the next question
WITHOUT = (
    UnreachableServer,
    BrokenIndex,
    UnwritableIndex,
    BuildRunning,
)  # faults of the collection, which a small shelf does without
ALIKE = ("signpost", "help", "unclear")  # outcomes that no report changes: one says it for all


class Reports:
    """Asks the reports of a shelf. `make` gives the Assistant of an opened index; `warnings` collects what was done without."""

    def __init__(self, shelf: Shelf | None = None, make: Callable[[Index], Assistant] = Assistant) -> None:
        self.shelf = shelf or Shelf()
        self.warnings: list[str] = []
        self._make = make
        self._open: OrderedDict[str, Assistant] = OrderedDict()
        self._opening = threading.Lock()  # several pages of a chat may want the same report
        self._collection: Gathered | None = None
        self._of: list[Entry] = []  # the shelf that it was in step with
        self._held = ExitStack()

    def close(self) -> None:
        """Let go of Chroma."""
        self._collection = None
        self._held.close()

    def assistant(self, entry: Entry) -> Assistant:
        """What answers from a report, opened before or now; anew where it was indexed anew. Raises NoUsableIndex."""
        with self._opening:
            held = self._open.get(entry.name)
            if held is None or held.index.folder.name != current(entry.folder):
                held = self._open[entry.name] = self._make(self.shelf.open(entry))
                while len(self._open) > OPEN:
                    self._open.popitem(last=False)
            self._open.move_to_end(entry.name)
            return held

    def left(self, identity: str) -> None:
        """Ask no language model any more for the question with this id: whoever asked it has left."""
        for assistant in [*self._open.values()]:
            assistant.left(identity)

    def one(self, entry: Entry, question: str, history: Sequence[str] = (), identity: str = "") -> Answer:
        """The answer of one report; outcome `error` where its index cannot be used. Raises BadQuestion."""
        try:
            return self.assistant(entry).ask(question, history, identity)
        except NoUsableIndex as fault:
            return unusable(entry, question, str(fault), identity)

    def some(self, names: Sequence[str], question: str, history: Sequence[str] = (), identity: str = "") -> Answer:
        """The answers of the reports named, in their order, as one. Raises ShelfFault, BadQuestion."""
        entries = [self.shelf.entry(name) for name in dict.fromkeys(names)]
        table = self._judged(question, history, identity, entries)
        return table or self._joined(entries, question, history, identity)

    def all(self, question: str, history: Sequence[str] = (), identity: str = "") -> Answer:
        """The answers of the reports on the shelf that are nearest to the question, nearest first, as one; of how they were
        judged, all.

        Raises BadQuestion, and what `nearest` raises.
        """
        entries = self.shelf.entries()
        if (table := self._judged(question, history, identity, entries)) is not None:
            return table
        chosen = self.nearest(entries, question)
        return self._joined(chosen, question, history, identity, len(entries) - len(chosen))

    def _joined(self, entries: Sequence[Entry], question: str, history: Sequence[str], identity: str, beside: int = 0) -> Answer:
        answers: list[Answer] = []
        for entry in entries:
            answers.append(self.one(entry, question, history, identity))
            if answers[-1].outcome in ALIKE:
                return joined(question, identity, answers[-1:])
        return joined(question, identity, answers, beside)

    def _judged(self, question: str, history: Sequence[str], identity: str, entries: Sequence[Entry]) -> Answer | None:
        """The table of judgements, where they are asked for; a follow-up is asked of each report."""
        if history:
            return None
        reports: list[Report] = []
        broken: list[Answer] = []
        for entry in entries:
            try:
                reports.append(self.shelf.report(entry))
            except NoUsableIndex as fault:
                broken.append(unusable(entry, question, str(fault), identity))
        table = judged(checked(question), identity, reports)
        return table and replace(table, question=question, reports=(*(table.reports or ()), *broken))

    def nearest(self, entries: Sequence[Entry], question: str) -> list[Entry]:
        """The reports to ask, nearest first. A small shelf is asked whole, also while there is no Chroma.

        Raises NoUsableIndex where no report can be used, and on a larger shelf what Chroma is lacking for.
        """
        by_name = {entry.name: entry for entry in entries}
        names: list[str] = []
        if entries[1:]:
            vector = self._usable(entries).vectors.of([checked(question)])[0]
            try:
                names = self._gathered(entries).nearest(vector, ASKED)
            except WITHOUT as fault:
                self.close()
                if len(entries) > ASKED:
                    raise
                self.warnings.append(f"{fault} Meanwhile every report is asked.")
        found = [by_name[name] for name in names if name in by_name]
        rest = [entry for entry in entries if entry.name not in names]
        return found + rest if len(entries) <= ASKED else found

    def _gathered(self, entries: Sequence[Entry]) -> Gathered:
        """The collection of the shelf as it is now: a chat stays open while reports are added and removed. Raises WITHOUT."""
        if self._collection is None or self._of != list(entries):
            self.close()
            self._collection, self._of = self._held.enter_context(self.shelf.gathered()), list(entries)
        return self._collection

    def ready(self, entries: Sequence[Entry], all_of_them: bool) -> None:
        """Open what a question needs, so that it is not counted among its time; what cannot be opened says so when it is asked."""
        for entry in entries[:ASKED]:
            with suppress(NoUsableIndex):
                self.assistant(entry)
        if all_of_them:
            with suppress(*WITHOUT):
                self._gathered(entries)

    def _usable(self, entries: Sequence[Entry]) -> Assistant:
        """Any assistant, for its embedder: all reports have the same. Raises NoUsableIndex where no report can be used."""
        for entry in entries[:ASKED]:
            try:
                return self.assistant(entry)
            except NoUsableIndex as fault:
                last = fault
        raise last


def unusable(entry: Entry, question: str, reason: str, identity: str) -> Answer:
    """What a report says whose index cannot be used."""
    answer = error_answer(question, reason, identity)
    return replace(answer, report={**answer.report, "name": entry.name})
