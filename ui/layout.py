"""The chat's Gradio page: which parts there are and which events they have. What is shown is rendered elsewhere.

Every answer, passage and file reaches the page through an outlet: a component without a template, whose value ui/page.js
puts where it belongs. So nothing that a user typed ever passes through a template.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from itertools import count
from typing import Any

import gradio as gr

from assistant.answer import Answer
from assistant.composing import report_variables
from assistant.figures import figures
from assistant.reading_room import ReadingRoom
from prompts import wording
from ui import briefing_tab, panel, rendering, report_tabs
from ui.desk import Desk
from ui.export import Conversation, parcel
from ui.glance import glance
from ui.hosting import title
from ui.page_pictures import pages_of

AT_ONCE = 4  # events of one sort that run at the same time: two cores are busy with two, the others are being sent
WAITING = 200  # events that may wait; beyond this the page says politely that many people are asking
REMEMBERED = 60  # answers of one conversation that can be saved
EVENTS = ("ask", "open", "save", "clear", "brief", "brieffile")
OUTLETS = ("turn", "evidence", "saved", "parts", "briefed")
QUOTES = 40  # quotes of one passage that are marked at most

Kept = tuple[Answer, ...]

_numbers = count(1)  # tells one message to the page from the next, even where both say the same


def theme() -> gr.themes.Base:
    """Gradio's plainest theme with the reader's own fonts: nothing is looked up on a hub or fetched."""
    return gr.themes.Base(
        font=["Helvetica Neue", "Arial", "Liberation Sans", "sans-serif"], font_mono=["Liberation Mono", "monospace"]
    )


def page(desk: Desk, waiting: int = WAITING, at_once: int = AT_ONCE) -> gr.Blocks:
    """The page over a desk. `at_once` events of a sort run at the same time, `waiting` may wait, the next is refused."""
    room = desk.room()
    with gr.Blocks(title=title(room.report if room else None), analytics_enabled=False, fill_width=True) as blocks:
        conversation = gr.State(())
        with gr.Column(elem_id="parts"):
            with gr.Column(elem_id="part-chat", elem_classes="part"):
                with gr.Column(elem_id="talk"):
                    _still(_conversation(desk), "conversation")
                    with gr.Column(elem_id="composer"):
                        with gr.Row(elem_id="asking"):
                            box = gr.Textbox(
                                label=wording("chat.box"), placeholder=wording("chat.placeholder"),
                                lines=1, max_lines=4, elem_id="question", scale=1,
                            )  # fmt: skip
                            button = gr.Button(wording("chat.ask"), elem_id="ask", variant="primary", scale=0)
                        _still(standing(room), "standing")
                _still(rendering.tag("div", panel.empty(), id="evidence-slot"), "evidence-column")
            for name, content in parts(room).items():
                with gr.Column(elem_id=f"part-{name}", elem_classes="part"):
                    _still(rendering.tag("div", content, id=f"{name}-slot"), name)
        wire = gr.HTML("", html_template="", elem_id="wire", js_on_load=_wiring(), apply_default_css=False)
        outlets = {name: _outlet(name) for name in OUTLETS}
        gr.on([box.submit, button.click], None, box, box, js="(question) => findings.submit(question)")
        _events(desk, wire, conversation, outlets)
        blocks.unload(_leaving(desk))
        if room is None:
            blocks.load(lambda: json.dumps(parts(desk.room())), None, outlets["parts"], show_progress="hidden")
    return blocks.queue(max_size=waiting, default_concurrency_limit=at_once)


def _leaving(desk: Desk) -> Callable[[gr.Request], None]:
    """What happens when somebody closes the page or loads it anew."""

    def leave(request: gr.Request) -> None:
        desk.left(request.session_hash or "")

    return leave


def _events(desk: Desk, wire: gr.HTML, conversation: gr.State, outlets: dict[str, gr.HTML]) -> None:
    """What the page's script may ask of the server. Each event carries plain values, checked here."""

    def ask(kept: Kept, event: gr.EventData, request: gr.Request) -> tuple[str, str, Kept]:
        return asked(desk, _shown(kept, event), _words(event, "question"), request.session_hash or "")

    def show(event: gr.EventData) -> str:
        return opened(desk, _words(event, "passage"), _list(event, "quotes"), _list(event, "also"))

    def save(kept: Kept, event: gr.EventData) -> str:
        return saved(desk, kept, _words(event, "form"))

    def brief(event: gr.EventData) -> str:
        return briefing_tab.previewed(desk, _words(event, "topic"), _words(event, "length"), next(_numbers))

    def file(event: gr.EventData) -> str:
        topic, length, form = (_words(event, name) for name in ("topic", "length", "form"))
        return briefing_tab.filed(desk, topic, length, form, next(_numbers))

    def clear() -> Kept:
        return ()

    hidden: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "undocumented", "trigger_mode": "multiple"}
    failed = "() => findings.failed()"
    wire.ask(ask, conversation, [outlets["turn"], outlets["evidence"], conversation], api_name="turn", **hidden).failure(
        None, js=failed
    )
    wire.open(show, None, outlets["evidence"], api_name="passage", **hidden).failure(None, js=failed)
    wire.save(save, conversation, outlets["saved"], api_name="save", **hidden).failure(None, js=failed)
    wire.brief(brief, None, outlets["briefed"], api_name="brief", **hidden).failure(None, js="() => findings.unbriefed()")
    wire.brieffile(file, None, outlets["saved"], api_name="brief_file", **hidden).failure(None, js=failed)
    wire.clear(clear, None, conversation, api_name="clear", **hidden)


def _sent(event: gr.EventData) -> dict[str, Any]:
    return event._data if isinstance(event._data, dict) else {}


def _words(event: gr.EventData, name: str) -> str:
    """A text that the page sent, or nothing: what comes from a browser is not trusted to be of any sort."""
    value = _sent(event).get(name, "")
    return value if isinstance(value, str) else ""


def _shown(kept: Kept, event: gr.EventData) -> Kept:
    """The answers that the page still shows: a question asked right after "clear" must not see what was cleared."""
    shown = _sent(event).get("shown", REMEMBERED)
    return kept[-shown:] if isinstance(shown, int) and shown > 0 else ()


def _list(event: gr.EventData, name: str) -> list[str]:
    value = _sent(event).get(name, [])
    return [one for one in value[:QUOTES] if isinstance(one, str)] if isinstance(value, list) else []


# ---- what the events do ----------------------------------------------------------------------------------------


def asked(desk: Desk, kept: Kept, question: str, session: str = "") -> tuple[str, str, Kept]:
    """The turn, the panel with its first citation, and the conversation with the answer added."""
    earlier = [answer.question for answer in kept if answer.outcome != "error"]
    answer, follow_ups = desk.answer(question, earlier, session)
    room = desk.room()
    identity = f"t{next(_numbers)}"
    shown = rendering.turn(answer.to_dict(), identity, follow_ups, room.work() if room else "")
    return shown, _evidence(room, answer, identity), (*kept, answer)[-REMEMBERED:]


def _evidence(room: ReadingRoom | None, answer: Answer, identity: str) -> str:
    """The first passage that the answer cites, with all that it quotes of it."""
    if room is None or not answer.citations:
        return panel.empty(identity)
    first = answer.citations[0]
    passage = room.open(first.passage, first.also)
    quotes = [one.quote for one in answer.citations if one.passage == first.passage]
    if passage is None:
        return panel.empty(identity)
    return panel.panel(passage, quotes, room.work(), identity, pages_of(room.assistant.index))


def opened(desk: Desk, passage: str, quotes: list[str], also: list[str]) -> str:
    """The panel for a passage by id or printed number; a sentence when the report has none of that name."""
    identity = f"p{next(_numbers)}"
    room = desk.room()
    if room is None:
        return panel.missing(desk.fault, identity)
    found = room.open(passage, also)
    if found is None:
        answer, _ = desk.answer(f"paragraph {passage}", ()) if passage.replace(".", "").isdecimal() else (None, [])
        return panel.missing(answer.answer if answer else wording("panel.missing"), identity)
    return panel.panel(found, quotes, room.work(), identity, pages_of(room.assistant.index))


def saved(desk: Desk, kept: Kept, form: str) -> str:
    """The conversation as a file in one message, or an empty message where there is nothing to save."""
    room = desk.room()
    if room is None or not kept:
        return json.dumps({"number": next(_numbers)})
    facts = report_variables(room.report)
    conversation = Conversation([a.to_dict() for a in kept], room.work(), facts["first"], facts["last"], date.today())
    return json.dumps({**parcel(conversation, form), "number": next(_numbers)})


def parts(room: ReadingRoom | None) -> dict[str, str]:
    """The tabs beside the chat, as HTML; empty while there is no index."""
    if room is None:
        return dict.fromkeys(("briefing", "report", "recommendations", "glance"), "")
    return {
        "briefing": briefing_tab.briefing_tab(room.assistant),
        "report": report_tabs.whole_report(room.report),
        "recommendations": report_tabs.recommendations(room.recommendations(), room.unmatched()),
        "glance": glance(room.report, figures(room.report)),
    }


# ---- parts of the page -----------------------------------------------------------------------------------------


def _conversation(desk: Desk) -> str:
    """Where the turns go. Only what is added to the log is announced, once; the waiting line is not part of it."""
    tag, text = rendering.tag, rendering.text
    said = {f"data_{name}": wording(f"chat.{name}") for name in SAID} | {
        "data_pending": desk.pending,
        "data_seconds": str(desk.seconds),
    }
    fault = "" if desk.room() else rendering.notice(wording("server.fault_title"), desk.fault, wording("server.fault_help"))
    saving = "".join(
        tag("button", text(wording(f"chat.{form}")), type="button", class_="quiet", data_save=form) for form in ("docx", "md")
    )
    clear = tag("button", text(wording("chat.clear")), type="button", class_="quiet", id="clear")
    bar = tag("span", text(wording("chat.export")), class_="bar-title") + saving + clear
    return (
        fault + rendering.welcome()
        + tag("section", "", id="log", role="log", aria_live="polite", aria_relevant="additions",
              aria_label=wording("chat.conversation"), **said)
        + tag("div", "", id="pending", hidden="hidden")
        + tag("div", bar, id="conversation-bar", hidden="hidden")
        + tag("p", "", id="said", role="status")
    )  # fmt: skip


SAID = (
    "asked", "pending", "failed", "again", "copied", "not_copied", "saving", "saved", "not_saved", "cleared"
)  # fmt: skip


def standing(room: ReadingRoom | None) -> str:
    """How old the report is, in a line that stays in sight while people ask."""
    if room is None or not (room.report.inspected and room.report.published):
        return ""
    facts = report_variables(room.report)
    dates = {name: facts[name] for name in ("first", "last", "published")}
    return rendering.tag("p", rendering.text(wording("standing.dates", **dates)), class_="standing")


def _still(content: str, identity: str) -> gr.HTML:
    """A part of the page that the server never changes again."""
    return gr.HTML(content, elem_id=identity, apply_default_css=False, js_on_load=None)


def _outlet(name: str) -> gr.HTML:
    script = f"watch('value', () => findings.receive('{name}', props.value));"
    return gr.HTML(
        "", html_template="", elem_id=f"outlet-{name}", elem_classes="outlet", apply_default_css=False, js_on_load=script
    )


def _wiring() -> str:
    """Hands the script the way to send events; Gradio reads the names of the events from this text."""
    return f"findings.wire(trigger, [{', '.join(repr(name) for name in EVENTS)}]);"
