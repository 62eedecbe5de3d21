"""What stands around the answers and never changes: the place of the conversation with its tools, the notes, the line on dates.

All words that ui/page/assets/*.js says lie in the table `script` of prompts/page.toml and travel in one attribute.
"""

from __future__ import annotations

import json

from prompts import keys, wording
from ui.desk import Desk
from ui.html.markup import tag, text
from ui.html.rendering import notice, quiet, welcome
from ui.page.chosen import dates
from ui.page.overview import overview
from ui.page.switches import Switches
from ui.related import ReadingRoom


def conversation(desk: Desk, switches: Switches) -> str:
    """Where the turns go. Only what is added to the log is announced, once; the waiting line is not part of it."""
    room = desk.room()
    settings = {
        "data_words": json.dumps({**script(), "pending": desk.pending}, ensure_ascii=False), "data_seconds": str(desk.seconds),
        "data_days": str(switches.days), "data_own": desk.own,
    }  # fmt: skip
    fault = "" if room else notice(wording("server.fault_title"), desk.fault, wording("server.fault_help"))
    return (
        fault + welcome(overview(room.report) if room else "")
        + tag("section", "", id="log", role="log", aria_live="polite", aria_relevant="additions",
              aria_label=wording("chat.conversation"), **settings)
        + tag("div", "", id="pending", hidden="hidden")
        + tag("p", tag("span", "", id="said", role="status") + " " + quiet("chat.undo", id="undo", hidden="hidden"), id="saying")
        + tag("div", _bar(switches), id="conversation-bar", hidden="hidden")
        + _reopening(switches) + _display()
    )  # fmt: skip


def script() -> dict[str, str]:
    """Every text that the page's script says, by name."""
    return {key.partition(".")[2]: wording(key) for key in keys() if key.startswith("script.")}


def _bar(switches: Switches) -> str:
    saving = "".join(quiet(f"forms.{form}", data_save=form) for form in ("docx", "md", "print"))
    saving += quiet("chat.file", data_keep_file="yes")
    saving += quiet("words_back.save", data_words_file="yes", hidden="hidden") if switches.words_back else ""
    return tag(
        "p",
        tag("span", text(wording("chat.export")), class_="bar-title")
        + saving
        + quiet("chat.clear", id="clear", title=wording("chat.clear_detail")),
    )


def _reopening(switches: Switches) -> str:
    """Opening a saved conversation, and what this browser keeps, with one button that forgets it."""
    field = tag("label", text(wording("chat.reopen")), for_="reopen", class_="quiet")
    field += '<input id="reopen" type="file" accept=".json,application/json">'
    if switches.days:
        field += tag("span", text(wording("chat.kept", days=switches.days)), class_="hint") + quiet(
            "chat.forget", data_forget="yes"
        )
    else:
        field += tag("span", text(wording("chat.not_kept")), class_="hint")
    return tag("div", field, id="keeping")


def _display() -> str:
    """The switch to large print; the page's script moves it beside the tabs."""
    name = wording("chat.large")
    content = tag("span", text(name), class_="long") + tag(
        "span", text(wording("chat.large_short")), class_="short", aria_hidden="true"
    )
    return tag("p", tag("button", content, type="button", id="large", aria_pressed="false", aria_label=name), id="display")


def notes() -> str:
    """The Notes tab: a list that the page's script fills, and what can be made of it."""
    saving = "".join(quiet(f"forms.{form}", data_notes=form) for form in ("docx", "md", "print"))
    saving += quiet("notes.clear", data_notes_clear="yes")
    return (
        tag("h2", text(wording("notes.heading")))
        + tag("p", text(wording("notes.intro")), class_="intro")
        + tag("p", text(wording("notes.empty")), id="no-notes", class_="hint")
        + tag("p", tag("span", text(wording("notes.save")), class_="bar-title") + saving, id="notes-bar", hidden="hidden")
        + tag("p", "", id="notes-said", role="status")
        + tag("ol", "", id="note-list")
    )


def standing(room: ReadingRoom | None) -> str:
    """What stays in sight while people ask: the list of what they asked, folded, and how old the report is."""
    name = tag("summary", text(wording("chat.asked_list")), id="asked-count")
    asked = tag("details", name + tag("div", "", id="asked-list"), class_="asked-list")
    said = dates(room.report) if room else ""
    return asked + (tag("p", text(said), class_="standing") if said else "")
