"""A reader's notes -> answer objects that are exported as a conversation is. Every quotation is compared with its passage once more:
what a browser sends is only believed where the report says it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from assistant.answer import Citation, Shown, Statement, citation, report_facts
from index.passages import Report
from prompts import wording
from ui.plain import raised, whole
from ui.related import ReadingRoom

MOST, QUOTES = 100, 60  # notes, and quotations of one note
NAME = 400  # characters of what names a report
HEADING = 300  # characters of a note's heading


Rooms = Callable[[str], ReadingRoom | None]


def noted(rooms: Rooms, notes: object) -> list[dict[str, Any]]:
    """The notes that hold at least one true quotation, in order. `rooms` gives the reading room of a report by name, of none that of
    the report in force.
    """
    answers = [_answer(rooms, note) for note in notes[:MOST]] if isinstance(notes, list) else []
    return [answer for answer in answers if answer["citations"]]


def _answer(rooms: Rooms, note: object) -> dict[str, Any]:
    sent = note if isinstance(note, dict) else {}
    quotes = sent.get("quotes")
    cited = [_citation(rooms, one) for one in quotes[:QUOTES]] if isinstance(quotes, list) else []
    found = [one for one in cited if one is not None]
    citations = [asdict(one) for one, _ in found]
    heading = sent.get("heading")
    section = Shown(None, "answer", None, list(range(len(citations))), None)
    return {
        "question": whole(heading[:HEADING]) if isinstance(heading, str) and heading.strip() else wording("notes.untitled"),
        "citations": citations, "sections": [asdict(section)], "nearest": [], "report": report_facts(found[0][1] if found else None),
    }  # fmt: skip


def _citation(rooms: Rooms, sent: object) -> tuple[Citation, Report] | None:
    """A quotation as it is cited, and its report; None where the report does not say it there."""
    name, quote, of = (
        (sent.get("passage"), sent.get("quote"), sent.get("report")) if isinstance(sent, dict) else (None, None, None)
    )
    room = rooms(of[:NAME] if isinstance(of, str) else "")
    passage = room.find(name) if room is not None and isinstance(name, str) else None
    if room is None or passage is None or not isinstance(quote, str):
        return None
    words = _folded(quote) or _folded(passage.text)
    return (citation(Statement(passage, words), room.report), room.report) if words in _folded(passage.text) else None


def _folded(words: str) -> str:
    return " ".join(raised(words).split())
