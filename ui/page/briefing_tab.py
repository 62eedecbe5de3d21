"""The Briefing tab: its form as HTML, the preview of a briefing, and the briefing as a file to keep. Faults become sentences."""

from __future__ import annotations

import json
from base64 import b64encode
from datetime import date
from functools import lru_cache
from typing import Any

from assistant.assistant import Assistant
from assistant.briefing.briefer import Briefer
from assistant.briefing.briefing import DEFAULT, LENGTHS
from assistant.briefing.subject import NotCovered
from index.errors import IndexFault
from prompts import listed, wording
from ui.desk import Desk, log
from ui.html.markup import tag, text
from ui.html.naming import within
from ui.html.rendering import quiet
from ui.papers.brief_across import Across, briefed
from ui.papers.brief_html import fragment
from ui.papers.briefing_sheet import file_name
from ui.papers.briefs import FORMS, KINDS, laid_out, rendered
from ui.plain import whole
from ui.watch import TooLong

LONGEST = 300  # characters of a topic that are read
LETTERS = 3  # longer words of a suggested topic must stand in the report


@lru_cache(maxsize=16)
def briefer(assistant: Assistant) -> Briefer:
    """One for each report: it counts the words of the report once."""
    return Briefer(assistant)


def briefing_tab(assistant: Assistant) -> str:
    """The form, with the report's own areas and further topics to choose from, and the place where the preview goes."""
    further = [topic for topic in listed("brief.topics") if named(assistant, topic)]
    areas = [*briefer(assistant).subjects.areas, *further, wording("brief.everything")]
    options = "".join(f'<option value="{text(area)}"></option>' for area in areas)
    lengths = "".join(tag("option", text(wording(f"briefing.{length}")), value=length) for length in LENGTHS)
    topic = (
        tag("label", text(wording("briefing.topic")), for_="brief-topic")
        + f'<input id="brief-topic" type="text" list="brief-areas" autocomplete="off" maxlength="{LONGEST}" required>'
        + tag("datalist", options, id="brief-areas")
    )
    length = tag("label", text(wording("briefing.length")), for_="brief-length") + tag("select", lengths, id="brief-length")
    fields = (
        tag("span", topic, class_="field wide")
        + tag("span", length, class_="field")
        + tag("button", text(wording("briefing.make")), type="submit")
    )
    saving = (
        tag("span", text(wording("briefing.save")), class_="bar-title")
        + "".join(tag("button", text(wording(f"forms.{form}")), type="button", class_="quiet", data_brief=form) for form in FORMS)
        + quiet("forms.print", data_brief_print="yes")
    )
    said = {f"data_{name}": wording(f"briefing.{name}") for name in ("pending", "failed", "made")}
    return (
        tag("h2", text(wording("briefing.heading")))
        + tag("p", text(wording("briefing.intro")))
        + tag("div", tag("form", fields, id="brief-form"), class_="finder")
        + tag("p", "", id="brief-said", role="status", **said)
        + tag("div", saving, id="brief-bar", hidden="hidden")
        + tag("div", "", id="brief-preview")
    )


def named(assistant: Assistant, topic: str) -> bool:
    """Whether the report uses every longer word of a topic: another report may not, and its own topics are found by asking."""
    words = [word for word in topic.casefold().split() if len(word) > LETTERS]
    text = " ".join(passage.text for passage in assistant.index.report.passages).casefold()
    return all(word in text for word in words)


def previewed(desk: Desk, topic: str, length: str, number: int) -> str:
    """The message that shows a briefing on the page, or the sentence that says why there is none."""
    made, html = False, ""
    try:
        briefing = _brief(desk, topic, length)
        made, html = briefing is not None, _fragment(desk, briefing) if briefing else _notice(desk.fault)
    except NotCovered as fault:
        html = _declined(fault)
    except IndexFault as fault:
        html = _notice(str(fault))
    except TooLong:
        html = _notice(wording("error.too_slow"))
    except Exception as bug:  # a bug must not take the page down; it is logged without the topic
        log(bug)
        html = _notice(wording("error.fault"))
    return json.dumps({"made": made, "html": html, "number": number})


def filed(desk: Desk, topic: str, length: str, form: str, number: int) -> str:
    """The briefing as a file in one message; a message without content where there is none."""
    nothing = json.dumps({"number": number})
    if form not in FORMS:
        return nothing
    try:
        briefing = _brief(desk, topic, length)
    except (NotCovered, IndexFault, TooLong):
        return nothing
    if briefing is None:
        return nothing
    content = b64encode(rendered(briefing, form, date.today())).decode("ascii")
    return json.dumps({"name": file_name(briefing.topic, form), "type": KINDS[form], "content": content, "number": number})


def _brief(desk: Desk, topic: str, length: str) -> Any:
    rooms = desk.rooms()
    if not rooms:
        return None
    chosen, asked = length if length in LENGTHS else DEFAULT, whole(topic[:LONGEST])
    if rooms[1:]:
        return desk.in_time(lambda: briefed([room.assistant for room in rooms], asked, chosen, briefer))
    return desk.in_time(lambda: briefer(rooms[0].assistant).brief(asked, chosen))


def _fragment(desk: Desk, briefing: Any) -> str:
    name = "" if isinstance(briefing, Across) or desk.name == desk.own else desk.name
    return within(fragment(laid_out(briefing, date.today()), level=3), name)


def _notice(sentence: str) -> str:
    return tag("div", tag("p", text(sentence)), class_="notice")


def _declined(fault: NotCovered) -> str:
    """The honest sentence, with the nearest areas and passages."""
    said = tag("p", text(str(fault)))
    said += tag("p", text(wording("brief.nearest_areas", areas="; ".join(fault.areas)))) if fault.areas else ""
    if fault.nearest:
        items = "".join(tag("li", text(f"{one.quote} [{one.passage.label}]")) for one in fault.nearest)
        said += tag("p", text(wording("brief.nearest"))) + tag("ul", items)
    return tag("div", said, class_="notice")
