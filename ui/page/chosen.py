"""The tabs of the report that is chosen, and what the page says of it around them; of several at once: how they were judged, and a
button for each. Plain values in, HTML or a message out.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from assistant.composing import licence, report_variables
from index.passages import Report
from prompts import wording
from ui.desk import Desk, Listed
from ui.html import panel
from ui.html.compared import compared
from ui.html.markup import tag, text
from ui.html.naming import within
from ui.html.rendering import welcome
from ui.page import briefing_tab, report_tabs
from ui.page.events import numbers, record
from ui.page.figures import figures
from ui.page.glance import glance
from ui.page.overview import overview
from ui.related import ReadingRoom

PARTS = ("briefing", "report", "recommendations", "glance")


def parts(room: ReadingRoom | None) -> dict[str, str]:
    """The tabs beside the chat, as HTML; empty while there is no index."""
    if room is None:
        return dict.fromkeys(PARTS, "")
    return {
        "briefing": briefing_tab.briefing_tab(room.assistant),
        "report": report_tabs.whole_report(room.report, room.assistant.understanding.glossary),
        "recommendations": report_tabs.recommendations(room.recommendations(), room.unmatched()),
        "glance": glance(room.report, figures(room.report)),
    }


def chosen(desk: Desk, asked: str) -> str:
    """The message that puts the reports of a desk onto the page; `asked` is what the page called them."""
    rooms = desk.rooms()
    if not rooms:
        return json.dumps({"asked": asked, "fault": desk.fault, "number": next(numbers)})
    report, name = rooms[0].report, desk.name if desk.name != desk.own else ""
    if rooms[1:]:
        names = ", ".join(room.report.short for room in rooms)
        said = {
            "about": wording("shelf.about", names=names),
            "dates": wording("shelf.standing"),
            "title": wording("shelf.page_title"),
        }
        shown, first = _of_several(desk, rooms), ""
    else:
        said = {"about": about(report), "dates": dates(report), "title": title(report)}
        shown, first = {part: within(html, name) for part, html in parts(rooms[0]).items()}, within(overview(report), name)
    return json.dumps({
        **said, "asked": asked, "parts": shown, "welcome": welcome(first), "standing": said["dates"],
        "licence": " ".join(dict.fromkeys(licence(room.report.published) for room in rooms)),
        "evidence": panel.empty(f"c{next(numbers)}"), "number": next(numbers),
    })  # fmt: skip


def title(report: Report | None) -> str:
    """The title of the browser's tab."""
    return wording("page.title", authority=report_variables(report)["authority"]) if report else wording("page.title_closed")


def about(report: Report) -> str:
    """Whose report it is."""
    return wording("page.about", authority=report_variables(report)["authority"])


def dates(report: Report) -> str:
    """How old it is; empty where it does not say."""
    if not (report.inspected and report.published):
        return ""
    facts = report_variables(report)
    return wording("standing.dates", **{name: facts[name] for name in ("first", "last", "published")})


def _of_several(desk: Desk, rooms: Sequence[ReadingRoom]) -> dict[str, str]:
    """The tabs where several reports are asked at once."""
    answer = desk.judged()
    choices = "".join(tag("li", choice(room.report.short)) for room in rooms)

    def instead(part: str) -> str:
        return tag("h2", text(wording(f"tabs.{part}"))) + tag("p", text(wording("shelf.choose_one"))) + tag("ul", choices)

    table = compared(record(desk, answer)) if answer.outcome == "answered" else ""
    head = tag("h2", text(wording("shelf.glance"))) + tag("p", text(wording("shelf.glance_intro")), class_="intro")
    return {
        **{part: instead(part) for part in PARTS},
        "briefing": briefing_tab.briefing_tab(rooms[0].assistant),
        "glance": head + tag("div", table, class_="said") + tag("p", text(wording("shelf.choose_one"))) + tag("ul", choices),
    }


def choice(name: str) -> str:
    """A button that chooses a report."""
    return tag("button", text(name), type="button", class_="quiet", data_choose=name)


def chooser(reports: Sequence[Listed], more: str = "") -> str:
    """Which report is asked, and which beside it; nothing where there is one report alone. The page's script does the rest. `more` is
    HTML that stands behind the two lists.
    """
    if not reports:
        return ""
    options = "".join(tag("option", text(one.title), value=one.name) for one in reports)
    every = tag("option", text(wording("shelf.all", count=len(reports))), value="all")
    none = tag("option", text(wording("shelf.none")), value="")
    fields = (
        tag("label", text(wording("shelf.asked")), for_="report-asked") + tag("select", options + every, id="report-asked")
        + tag("label", text(wording("shelf.beside")), for_="report-beside") + tag("select", none + options, id="report-beside")
    )  # fmt: skip
    return tag("div", fields + more, class_="chooser", id="chooser", role="group", aria_label=wording("shelf.chooser"))
