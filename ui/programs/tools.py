"""What programs may ask, as values: ask, search, passage, brief. The web API and MCP are two doors to these four.

Each goes to the desk's assistant, the one that the page asks, and gives the objects of docs/contract.md. Knows no HTTP.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any, TypeVar

from assistant.answer import citation
from assistant.briefing.briefing import DEFAULT, LENGTHS, Briefing
from assistant.briefing.subject import NotCovered
from assistant.lookups.links import RELATED
from index.errors import ShelfFault
from index.passages import Passage
from prompts import wording
from ui.desk import Desk
from ui.html.rendering import whole
from ui.page.briefing_tab import briefer
from ui.papers.brief_across import Across, briefed
from ui.papers.briefing_sheet import file_name
from ui.papers.briefs import FORMS, KINDS, declined, rendered
from ui.related import ReadingRoom
from ui.watch import TooLong
from ui.web.limits import CHARACTERS, HISTORY, NAME, TOPIC, cut

Done = TypeVar("Done")
Named = str | Sequence[str] | None  # a report by its name, several, or "all"; None: the report in force
MOST = 20  # passages of one search


class NothingThere(Exception):
    """What was asked for is not in the report: the message is a sentence for the user."""


class Unusable(Exception):
    """What was sent cannot be used: the message is a sentence that says what to do."""


class Closed(Exception):
    """There is no index to ask: the message says what the operator has to do."""


class Tools:
    """The four things that programs ask, over one desk."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def answer(self, question: str, history: Sequence[str] = (), report: Named = None) -> dict[str, Any]:
        """The answer object; with several names, or "all", that of several reports. A question that cannot be asked gets outcome
        `error`, as everywhere. Raises NothingThere for a report that is not there.
        """
        desk = self._desk(report)
        answer, _ = desk.answer(cut(question), [cut(one) for one in history[-HISTORY:] if one.strip()], follow=False)
        return answer.to_dict()

    def search(self, query: str, limit: int = 5, report: Named = None) -> list[dict[str, Any]]:
        """The best passages for some words, best first, each with its score. Raises Closed, Unusable, NothingThere."""
        room = self._room(report)
        if not query.strip():
            raise Unusable(wording("error.empty"))
        if len(query) > CHARACTERS:
            raise Unusable(wording("error.too_long", limit=CHARACTERS))
        found = self._in_time(lambda: room.assistant.searcher.search(query.strip()))
        hits = found.hits(max(1, min(limit, MOST)))
        return [{**self._passage(room, hit.passage), "score": round(float(hit.score), 4)} for hit in hits]

    def passage(self, identity: str, report: Named = None) -> dict[str, Any]:
        """A passage by its id or printed number, with its neighbours and derived links. Raises Closed, NothingThere."""
        room = self._room(report)
        found = room.find(identity[:NAME])
        if found is None:
            raise NothingThere(wording("panel.missing"))
        return self._passage(room, found)

    def brief(self, topic: str, length: str = DEFAULT, form: str = "md", report: Named = None) -> dict[str, Any]:
        """A briefing: its text as Markdown or HTML (or a Word file in base64), and every citation in it.

        Raises Closed, Unusable, and NothingThere where the report does not cover the topic.
        """
        rooms = self._rooms(report)
        if length not in LENGTHS or form not in FORMS or not topic.strip() or len(topic) > TOPIC:
            raise Unusable(wording("api.bad_brief", limit=TOPIC, lengths=", ".join(LENGTHS), forms=", ".join(FORMS)))
        try:
            made = self._in_time(lambda: self._briefed(rooms, whole(topic), length))
        except NotCovered as fault:
            raise NothingThere(declined(fault)) from None
        cited = made.citations if isinstance(made, Across) else [citation(one, made.report) for one in made.statements]
        content = rendered(made, form, date.today())
        return {
            "topic": made.topic, "length": length, "format": form, "type": KINDS[form], "name": file_name(made.topic, form),
            "content": b64encode(content).decode("ascii") if form == "docx" else content.decode("utf-8"),
            "citations": [asdict(one) for one in cited],
        }  # fmt: skip

    def _briefed(self, rooms: Sequence[ReadingRoom], topic: str, length: str) -> Briefing | Across:
        if rooms[1:]:
            return briefed([room.assistant for room in rooms], topic, length, briefer)
        return briefer(rooms[0].assistant).brief(topic, length)

    def _in_time(self, work: Callable[[], Done]) -> Done:
        try:
            return self.desk.in_time(work)
        except TooLong:
            raise Unusable(wording("error.too_slow")) from None

    def _desk(self, report: Named) -> Desk:
        """The desk of the reports named. Raises NothingThere for one that is not there."""
        try:
            return self.desk.of((report if isinstance(report, str) else " ".join(report or ()))[: NAME * HISTORY])
        except ShelfFault as fault:
            raise NothingThere(str(fault)) from None

    def _rooms(self, report: Named) -> list[ReadingRoom]:
        """The reading rooms of the reports named. Raises NothingThere, Closed."""
        desk = self._desk(report)
        if not (rooms := desk.rooms()):
            raise Closed(desk.fault)
        return rooms

    def _room(self, report: Named) -> ReadingRoom:
        """The reading room of one report. Raises NothingThere, Closed, and Unusable for several."""
        rooms = self._rooms(report)
        if rooms[1:]:
            raise Unusable(wording("api.one_report"))
        return rooms[0]

    def _passage(self, room: ReadingRoom, passage: Passage) -> dict[str, Any]:
        """The passage object of the contract."""
        opened = room.open(passage.id)
        assert opened is not None  # it comes from this report
        links = [one.passage.id for one in opened.recommendations or opened.findings if one.kind != RELATED]
        return {
            "passage": passage.id, "paragraph": passage.number, "kind": passage.kind, "page": passage.page,
            "page_end": passage.page_end, "section": passage.section, "label": passage.label, "context": passage.context,
            "also": [], "derived": False, "corrected": passage.corrected, "report": room.report.short, "text": passage.text,
            "flagged": passage.flagged, "previous": opened.before.id if opened.before else None,
            "next": opened.after.id if opened.after else None, "links": links,
        }  # fmt: skip
