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
from prompts import wording
from ui.desk import Desk
from ui.html import panel, rendering
from ui.html.compared import compared
from ui.html.naming import named
from ui.html.page_pictures import pages_of
from ui.papers import export_html, notes, tracker
from ui.papers.export import of_reports, parcel
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
    identity = f"t{next(numbers)}"
    return _turn(desk, said, identity, words_back), _evidence(desk, said.answer, identity), (*kept, said)[-REMEMBERED:]


def restored(desk: Desk, kept: Kept, shown: Sequence[str], words_back: bool = False) -> tuple[str, Kept]:
    """A conversation from the reader's browser or file, as one message with every turn and the last panel."""
    kept = caught_up(desk, kept, shown)
    turns = [_turn(desk, said, f"t{next(numbers)}", words_back) for said in kept]
    evidence = _evidence(desk, kept[-1].answer, f"r{next(numbers)}") if kept else panel.empty()
    questions = [said.answer.question for said in kept]
    return json.dumps({"turns": turns, "questions": questions, "evidence": evidence, "number": next(numbers)}), kept


def _turn(desk: Desk, said: Said, identity: str, words_back: bool) -> str:
    answer = record(desk, said.answer)
    drawn = compared(answer) if "reports" in answer else None
    return rendering.turn(answer, identity, said.offered, works(desk, [answer]), words_back, drawn)


def record(desk: Desk, answer: Answer) -> dict[str, Any]:
    """The answer object as the page shows it: citations of another report than the one in force say its name."""
    return named(answer.to_dict(), desk.own)


def works(desk: Desk, answers: Sequence[dict[str, Any]]) -> str:
    """How the report is referred to; of several asked at once, each that is quoted, by its name."""
    rooms = quoted(desk, answers)
    if len(rooms) == 1:
        return rooms[0].work()
    return "; ".join(wording("shelf.work", name=room.report.short, work=room.work()) for room in rooms)


def quoted(desk: Desk, answers: Sequence[dict[str, Any]]) -> list[ReadingRoom]:
    """The reading rooms of the reports that answers quote, in this order; without a quotation that of the desk."""
    names = [one["report"] for answer in answers for one in (*answer["citations"], *answer["nearest"])]
    found = [room for name in dict.fromkeys(names) if (room := desk.at(name).room()) is not None]
    own = desk.room()
    return found or ([own] if own else [])


def _evidence(desk: Desk, answer: Answer, identity: str) -> str:
    """The first passage that the answer cites, with all that it quotes of it."""
    if not answer.citations:
        return panel.empty(identity)
    first = answer.citations[0]
    quotes = [one.quote for one in answer.citations if (one.report, one.passage) == (first.report, first.passage)]
    return _panel(desk.at(first.report), first.passage, quotes, first.also, identity) or panel.empty(identity)


def _panel(desk: Desk, passage: str, quotes: Sequence[str], also: Sequence[str], identity: str) -> str | None:
    """The panel for a passage of a desk's report; None where there is none of that name."""
    room = desk.room()
    found = room.open(passage, also) if room else None
    if room is None or found is None:
        return None
    name = desk.name if desk.name != desk.own else ""
    return panel.panel(found, quotes, room.work(), identity, pages_of(room.assistant.index), name)


def opened(desk: Desk, passage: str, quotes: list[str], also: list[str]) -> str:
    """The panel for a passage by id or printed number; a sentence when the report has none of that name."""
    identity = f"p{next(numbers)}"
    room = desk.room()
    if room is None:
        return panel.missing(desk.fault, identity)
    sort, _, number = passage.rpartition(" ")
    wanted = number if sort in ("paragraph", "recommendation") else passage
    found = room.find(wanted)
    if found is not None and (sort != "recommendation" or found.kind == sort):
        return _panel(desk, wanted, quotes, also, identity) or panel.missing(wording("panel.missing"), identity)
    if number.replace(".", "").isdecimal():
        answer, _ = desk.anew(f"{sort or 'paragraph'} {number}", ())
        return panel.missing(answer.answer if answer.outcome == "no_such_passage" else wording("panel.missing"), identity)
    return panel.missing(wording("panel.missing"), identity)


# ---- into one's papers -----------------------------------------------------------------------------------------


def saved(desk: Desk, kept: Kept, form: str) -> str:
    """The conversation as a file or a sheet in one message, or an empty message where there is nothing to save."""
    if desk.room() is None or not kept:
        return _message({})
    return _exported(desk, [record(desk, said.answer) for said in kept], form, "conversation")


def noted(desk: Desk, sent: object, form: str) -> str:
    """Notes as a file or a sheet in one message; an empty message where no note quotes its report."""
    if desk.room() is None:
        return _message({})
    answers = [named(answer, desk.own) for answer in notes.noted(lambda name: desk.at(name).room(), sent)]
    return _exported(desk, answers, form, "notes") if answers else _message({})


def tracked(desk: Desk, form: str) -> str:
    """The recommendations tracker as a file in one message."""
    room = desk.room()
    if room is None or form not in tracker.FORMS or not room.recommendations():
        return _message({})
    today = date.today()
    name = room.report.short if room.report.short != desk.own else ""
    content = tracker.filed(tracker.Tracker(room.recommendations(), room.report, today, name), form)
    file = {"name": tracker.name(form, today), "type": tracker.KINDS[form], "content": b64encode(content).decode("ascii")}
    return _message(file)


def _exported(desk: Desk, answers: list[dict[str, Any]], form: str, sort: str) -> str:
    reports = [room.report for room in quoted(desk, answers)]
    conversation = of_reports(answers, works(desk, answers), reports, date.today(), sort)
    return _message({"sheet": export_html.fragment(conversation)} if form == "print" else parcel(conversation, form))


def _message(content: dict[str, str]) -> str:
    return json.dumps({**content, "number": next(numbers)})
