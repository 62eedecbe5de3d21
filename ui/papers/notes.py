"""A reader's notes -> answer objects that are exported as a conversation is. Every quotation is compared with its passage once more:
what a browser sends is only believed where the report says it.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from assistant.answer import Citation, Shown, Statement, citation, report_facts
from prompts import wording
from ui.plain import raised, whole
from ui.related import ReadingRoom

MOST, QUOTES = 100, 60  # notes, and quotations of one note
HEADING = 300  # characters of a note's heading


def noted(room: ReadingRoom, notes: object) -> list[dict[str, Any]]:
    """The notes that hold at least one true quotation, in order."""
    answers = [_answer(room, note) for note in notes[:MOST]] if isinstance(notes, list) else []
    return [answer for answer in answers if answer["citations"]]


def _answer(room: ReadingRoom, note: object) -> dict[str, Any]:
    sent = note if isinstance(note, dict) else {}
    quotes = sent.get("quotes")
    cited = [_citation(room, one) for one in quotes[:QUOTES]] if isinstance(quotes, list) else []
    citations = [asdict(one) for one in cited if one is not None]
    heading = sent.get("heading")
    section = Shown(None, "answer", None, list(range(len(citations))), None)
    return {
        "question": whole(heading[:HEADING]) if isinstance(heading, str) and heading.strip() else wording("notes.untitled"),
        "citations": citations, "sections": [asdict(section)], "nearest": [], "report": report_facts(room.report),
    }  # fmt: skip


def _citation(room: ReadingRoom, sent: object) -> Citation | None:
    """A quotation as it is cited; None where the report does not say it there."""
    name, quote = (sent.get("passage"), sent.get("quote")) if isinstance(sent, dict) else (None, None)
    passage = room.find(name) if isinstance(name, str) else None
    if passage is None or not isinstance(quote, str):
        return None
    words = _folded(quote) or _folded(passage.text)
    return citation(Statement(passage, words), room.report) if words in _folded(passage.text) else None


def _folded(words: str) -> str:
    return " ".join(raised(words).split())
