"""The chat's Gradio page: which parts there are and which events they have. What is shown is rendered elsewhere.

Every answer, passage and file reaches the page through an outlet: a component without a template, whose value the page's script
puts where it belongs. So nothing that a user typed ever passes through a template.
"""

from __future__ import annotations

import json
from typing import Any

import gradio as gr

from prompts import wording
from ui.desk import Desk
from ui.html import panel, rendering
from ui.page import briefing_tab, events, furniture
from ui.page.chosen import chosen, parts, title
from ui.page.events import Kept
from ui.page.switches import Switches
from ui.recent import Recent

AT_ONCE = 4  # events of one sort that run at the same time: two cores are busy with two, the others are being sent
WAITING = 200  # events that may wait; beyond this the page says politely that many people are asking
EVENTS = ("ask", "choose", "restore", "open", "save", "notes", "tracker", "brief", "brieffile")
OUTLETS = ("turn", "restored", "evidence", "saved", "parts", "briefed")
LONGEST_NAME = 500  # characters of what names the reports that are asked
QUOTES = 40  # quotes of one passage that are marked at most
LONGEST = 4001  # characters of a question that are read back from a browser: one more than may be asked


def theme() -> gr.themes.Base:
    """Gradio's plainest theme with the reader's own fonts: nothing is looked up on a hub or fetched."""
    return gr.themes.Base(
        font=["Helvetica Neue", "Arial", "Liberation Sans", "sans-serif"], font_mono=["Liberation Mono", "monospace"]
    )


def page(desk: Desk, waiting: int = WAITING, at_once: int = AT_ONCE, switches: Switches | None = None) -> gr.Blocks:
    """The page over a desk. `at_once` events of a sort run at the same time, `waiting` may wait, the next is refused."""
    room = desk.room()
    switches = switches or Switches()
    with gr.Blocks(title=title(room.report if room else None), analytics_enabled=False, fill_width=True) as blocks:
        with gr.Column(elem_id="parts"):
            with gr.Column(elem_id="rooms"):
                with gr.Column(elem_id="part-chat", elem_classes="part"), gr.Column(elem_id="talk"):
                    _still(furniture.conversation(desk, switches), "conversation")
                    with gr.Column(elem_id="composer"):
                        with gr.Row(elem_id="asking"):
                            box = gr.Textbox(
                                label=wording("chat.box"), placeholder=wording("chat.placeholder"),
                                lines=1, max_lines=4, elem_id="question", scale=1,
                            )  # fmt: skip
                            button = gr.Button(wording("chat.ask"), elem_id="ask", variant="primary", scale=0)
                        _still(furniture.standing(room), "standing")
                for name, content in parts(room).items():
                    with gr.Column(elem_id=f"part-{name}", elem_classes="part"):
                        _still(rendering.tag("div", content, id=f"{name}-slot"), name)
                with gr.Column(elem_id="part-notes", elem_classes="part"):
                    _still(furniture.notes(), "notes")
            _still(rendering.tag("div", panel.empty(), id="evidence-slot"), "evidence-column")
        wire = gr.HTML("", html_template="", elem_id="wire", js_on_load=_wiring(), apply_default_css=False)
        outlets = {name: _outlet(name) for name in OUTLETS}
        gr.on([box.submit, button.click], None, box, box, js="(question) => findings.submit(question)")
        _events(desk, switches, wire, outlets)
        if room is None:
            blocks.load(lambda: json.dumps({"parts": parts(desk.room())}), None, outlets["parts"], show_progress="hidden")
    return blocks.queue(max_size=waiting, default_concurrency_limit=at_once)


def _events(desk: Desk, switches: Switches, wire: gr.HTML, outlets: dict[str, gr.HTML]) -> None:
    """What the page's script may ask of the server. Each event carries plain values, checked here.

    The conversation is held here, by Gradio's name of the page, and not in a `gr.State`: for that, and for an `unload` event, every open
    page would hold one of the six connections that a browser opens to a server, and the seventh page would stay blank.
    """
    held: Recent[Kept] = Recent(desk.sessions)

    def at(event: gr.EventData) -> Desk:
        return desk.at(_words(event, "report")[:LONGEST_NAME])

    def place(event: gr.EventData, request: gr.Request) -> str:
        """Where the conversation of a page with the report that it asks is held."""
        return f"{request.session_hash or ''} {_words(event, 'report')[:LONGEST_NAME]}"

    def ask(event: gr.EventData, request: gr.Request) -> tuple[str, str]:
        here, where = at(event), place(event, request)
        kept = events.caught_up(here, held.get(where, ()), _shown(event))
        session = request.session_hash or ""
        turn, evidence, kept = events.asked(here, kept, _words(event, "question"), session, switches.words_back)
        held.put(where, kept)
        return turn, evidence

    def choose(event: gr.EventData) -> str:
        return chosen(at(event), _words(event, "report"))

    def restore(event: gr.EventData, request: gr.Request) -> str:
        here, where = at(event), place(event, request)
        message, kept = events.restored(here, held.get(where, ()), _shown(event) or [], switches.words_back)
        held.put(where, kept)
        return message

    def show(event: gr.EventData) -> str:
        return events.opened(at(event), _words(event, "passage"), _list(event, "quotes"), _list(event, "also"))

    def save(event: gr.EventData, request: gr.Request) -> str:
        here, where = at(event), place(event, request)
        kept = events.caught_up(here, held.get(where, ()), _shown(event))
        held.put(where, kept)
        return events.saved(here, kept, _words(event, "form"))

    def notes(event: gr.EventData) -> str:
        return events.noted(desk, _sent(event).get("notes"), _words(event, "form"))

    def tracker(event: gr.EventData) -> str:
        return events.tracked(at(event), _words(event, "form"))

    def brief(event: gr.EventData) -> str:
        return briefing_tab.previewed(at(event), _words(event, "topic"), _words(event, "length"), next(events.numbers))

    def file(event: gr.EventData) -> str:
        topic, length, form = (_words(event, name) for name in ("topic", "length", "form"))
        return briefing_tab.filed(at(event), topic, length, form, next(events.numbers))

    hidden: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "undocumented", "trigger_mode": "multiple"}
    failed = "() => findings.failed()"
    wire.ask(ask, None, [outlets["turn"], outlets["evidence"]], api_name="turn", **hidden).failure(None, js=failed)
    wire.choose(choose, None, outlets["parts"], api_name="choose", **hidden).failure(None, js=failed)
    wire.restore(restore, None, outlets["restored"], api_name="restore", **hidden).failure(None, js="() => findings.unrestored()")
    wire.open(show, None, outlets["evidence"], api_name="passage", **hidden).failure(None, js=failed)
    wire.save(save, None, outlets["saved"], api_name="save", **hidden).failure(None, js=failed)
    wire.notes(notes, None, outlets["saved"], api_name="notes", **hidden).failure(None, js=failed)
    wire.tracker(tracker, None, outlets["saved"], api_name="tracker", **hidden).failure(None, js=failed)
    wire.brief(brief, None, outlets["briefed"], api_name="brief", **hidden).failure(None, js="() => findings.unbriefed()")
    wire.brieffile(file, None, outlets["saved"], api_name="brief_file", **hidden).failure(None, js=failed)


def _sent(event: gr.EventData) -> dict[str, Any]:
    return event._data if isinstance(event._data, dict) else {}


def _words(event: gr.EventData, name: str) -> str:
    """A text that the page sent, or nothing: what comes from a browser is not trusted to be of any sort."""
    value = _sent(event).get(name, "")
    return value if isinstance(value, str) else ""


def _shown(event: gr.EventData) -> list[str] | None:
    """The questions whose answers the page shows, oldest first; None where it does not say."""
    value = _sent(event).get("shown")
    if not isinstance(value, list):
        return None
    return [one[:LONGEST] for one in value[-events.REMEMBERED :] if isinstance(one, str)]


def _list(event: gr.EventData, name: str) -> list[str]:
    value = _sent(event).get(name, [])
    return [one for one in value[:QUOTES] if isinstance(one, str)] if isinstance(value, list) else []


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
