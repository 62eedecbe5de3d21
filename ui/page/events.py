"""What the page's events do: plain values in, HTML or a message out. Nothing here knows Gradio, and nothing of a reader is kept.

The browser says with every event which questions it shows. What the server still holds of that conversation is used; the rest is asked
anew, so a conversation outlives a reload, a restart of the server, and a file.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Any

from assistant.answer import Answer
from assistant.composing import report_variables
from prompts import wording
from ui.desk import Desk
from ui.html import panel, rendering
from ui.html.page_pictures import pages_of
from ui.papers import export_html, notes, tracker
from ui.papers.export import Conversation, parcel
from ui.related import ReadingRoom

REMEMBERED = 60  # answers of one conversation that can be saved or brought back
numbers = count(1)  # tells one message to the page from the next, even where both say the same


@dataclass(frozen=True)
class Said:
    """An answer, and the questions that were offered after it."""

    answer: Answer
    offered: tuple[str, ...]


Kept = tuple[Said, ...]


def caught_up(desk: Desk, kept: Kept, shown: Sequence[str] | None) -> Kept:
    """The conversation that the page shows: what is kept of it, and what is missing asked anew. None: all that is kept."""
    if shown is None:
        return kept
    wanted = list(shown)[-REMEMBERED:]
    same = 0
    while same < min(len(kept), len(wanted)) and kept[same].answer.question == wanted[same]:
        same += 1
    kept = kept[:same]
    for question in wanted[same:]:
        last = len(kept) + 1 == len(wanted)
        kept = (*kept, Said(*_pair(desk.anew(question, _earlier(kept), _offered(kept), lead_on=last))))
    return kept


def _pair(answered: tuple[Answer, list[str]]) -> tuple[Answer, tuple[str, ...]]:
    return answered[0], tuple(answered[1])


def _earlier(kept: Kept) -> list[str]:
    return [one.answer.question for one in kept if one.answer.outcome != "error"]


def _offered(kept: Kept) -> list[str]:
    """What was offered before, so that the same three are not offered again."""
    return [question for one in kept for question in (*one.answer.suggestions, *one.offered)]


def asked(desk: Desk, kept: Kept, question: str, session: str = "", words_back: bool = False) -> tuple[str, str, Kept]:
    """The turn, the panel with its first citation, and the conversation with the answer added."""
    said = Said(*_pair(desk.answer(question, _earlier(kept), session, _offered(kept))))
    room = desk.room()
    identity = f"t{next(numbers)}"
    return _turn(room, said, identity, words_back), _evidence(room, said.answer, identity), (*kept, said)[-REMEMBERED:]


def restored(desk: Desk, kept: Kept, shown: Sequence[str], words_back: bool = False) -> tuple[str, Kept]:
    """A conversation from the reader's browser or file, as one message with every turn and the last panel."""
    kept = caught_up(desk, kept, shown)
    room = desk.room()
    turns = [_turn(room, said, f"t{next(numbers)}", words_back) for said in kept]
    evidence = _evidence(room, kept[-1].answer, f"r{next(numbers)}") if kept else panel.empty()
    questions = [said.answer.question for said in kept]
    return json.dumps({"turns": turns, "questions": questions, "evidence": evidence, "number": next(numbers)}), kept


def _turn(room: ReadingRoom | None, said: Said, identity: str, words_back: bool) -> str:
    work = room.work() if room else ""
    return rendering.turn(said.answer.to_dict(), identity, said.offered, work, words_back)


def _evidence(room: ReadingRoom | None, answer: Answer, identity: str) -> str:
    """The first passage that the answer cites, with all that it quotes of it."""
    if room is None or not answer.citations:
        return panel.empty(identity)
    first = answer.citations[0]
    passage = room.open(first.passage, first.also)
    quotes = [one.quote for one in answer.citations if one.passage == first.passage]
    return (
        panel.panel(passage, quotes, room.work(), identity, pages_of(room.assistant.index)) if passage else panel.empty(identity)
    )


def opened(desk: Desk, passage: str, quotes: list[str], also: list[str]) -> str:
    """The panel for a passage by id or printed number; a sentence when the report has none of that name."""
    identity = f"p{next(numbers)}"
    room = desk.room()
    if room is None:
        return panel.missing(desk.fault, identity)
    sort, _, number = passage.rpartition(" ")
    found = room.open(number if sort in ("paragraph", "recommendation") else passage, also)
    if found is not None and (sort != "recommendation" or found.passage.kind == sort):
        return panel.panel(found, quotes, room.work(), identity, pages_of(room.assistant.index))
    if number.replace(".", "").isdecimal():
        answer, _ = desk.anew(f"{sort or 'paragraph'} {number}", ())
        return panel.missing(answer.answer if answer.outcome == "no_such_passage" else wording("panel.missing"), identity)
    return panel.missing(wording("panel.missing"), identity)


# ---- into one's papers -----------------------------------------------------------------------------------------


def saved(desk: Desk, kept: Kept, form: str) -> str:
    """The conversation as a file or a sheet in one message, or an empty message where there is nothing to save."""
    room = desk.room()
    if room is None or not kept:
        return _message({})
    return _exported(room, [said.answer.to_dict() for said in kept], form, "conversation")


def noted(desk: Desk, sent: object, form: str) -> str:
    """Notes as a file or a sheet in one message; an empty message where no note quotes the report."""
    room = desk.room()
    answers = notes.noted(room, sent) if room else []
    return _exported(room, answers, form, "notes") if room and answers else _message({})


def tracked(desk: Desk, form: str) -> str:
    """The recommendations tracker as a file in one message."""
    room = desk.room()
    if room is None or form not in tracker.FORMS or not room.recommendations():
        return _message({})
    today = date.today()
    content = tracker.filed(tracker.Tracker(room.recommendations(), room.report, today), form)
    file = {"name": tracker.name(form, today), "type": tracker.KINDS[form], "content": b64encode(content).decode("ascii")}
    return _message(file)


def _exported(room: ReadingRoom, answers: list[dict[str, Any]], form: str, sort: str) -> str:
    facts = report_variables(room.report)
    texts = {passage.id: passage.text for passage in room.report.passages}
    conversation = Conversation(answers, room.work(), facts["first"], facts["last"], date.today(), sort, texts)
    return _message({"sheet": export_html.fragment(conversation)} if form == "print" else parcel(conversation, form))


def _message(content: dict[str, str]) -> str:
    return json.dumps({**content, "number": next(numbers)})
