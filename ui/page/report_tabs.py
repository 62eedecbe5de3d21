"""The Report and Recommendations tabs as HTML: the whole report with its pages and numbers marked, and the
recommendations with the findings behind them. Pure functions of what was read; searching within is ui/page/assets/report.js.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from assistant.lookups.links import DERIVED, PRINTED, RELATED
from assistant.words.glossary import Glossary
from index.passages import Passage, Report
from prompts import wording
from ui.html.markup import tag, text
from ui.html.panel import opening, place, title
from ui.html.rendering import asking, excerpt, quiet
from ui.related import Recommended

NAMED = 70  # characters of a recommendation in the contents of its tab


@dataclass
class Heading:
    """A heading of the report: the id of its element, its words, and the headings under it."""

    identity: str
    name: str
    within: list[Heading] = field(default_factory=list)


def whole_report(report: Report, glossary: Glossary | None = None) -> str:
    """The report from first to last page, under its own headings, every page and paragraph with an id to go to.

    With a glossary the search finds what else a word is called.
    """
    written: list[str] = []
    page, section, subsection = 0, "", None
    sections: list[Heading] = []
    for passage in report.passages:
        if passage.page != page:
            page = passage.page
            written.append(
                tag("p", text(wording("report.page_mark", page=page)), class_="page-mark", id=f"page-{page}", tabindex="-1")
            )
        if passage.section != section:
            section, subsection = passage.section, None
            identity = f"section-{len(sections) + 1}"
            sections.append(Heading(identity, section))
            written.append(tag("h3", text(section), id=identity, tabindex="-1"))
        if passage.subsection and passage.subsection != subsection:
            subsection = passage.subsection
            identity = f"{sections[-1].identity}-{len(sections[-1].within) + 1}"
            sections[-1].within.append(Heading(identity, subsection))
            written.append(tag("h4", text(subsection), id=identity, tabindex="-1"))
        written.append(_passage(passage))
    body = tag("div", "".join(written), id="report-text", class_="report-text")
    beside = tag("div", _contents(sections, wording("report.contents")) + body, class_="beside")
    return tag("h2", text(wording("report.heading"))) + _finder(forms(glossary)) + beside


def forms(glossary: Glossary | None) -> str:
    """Words that mean the same, as JSON for the search: each list opens with the report's own."""
    entries = glossary.entries if glossary else ()
    return json.dumps([[words, *entry.also] for entry in entries if (words := entry.report or entry.full)], ensure_ascii=False)


def _passage(passage: Passage) -> str:
    number = (
        tag("a", text(passage.number), class_="number", href=place(passage), data_passage=passage.id) if passage.number else ""
    )
    words = text(passage.text)
    if passage.kind == "judgement" and passage.context and ": " not in passage.text:
        words = f"{text(passage.context)}: {tag('strong', words)}"
    if passage.kind == "footnote":
        words = f"{text(wording('report.footnote'))} {text(passage.id.rsplit('fn', 1)[-1])}: {words}"
    if passage.flagged:
        words += f" {tag('strong', text(wording('report.flag')))}"
    if passage.corrected:
        words += f" {tag('small', text(wording('answered.corrected')))}"
    nested = " nested" if passage.context and passage.kind in ("figure", "context") else ""
    return tag(
        "p",
        f"{number} {words}",
        id=f"passage-{passage.id}",
        class_=f"passage {passage.kind}{nested}",
        tabindex="-1",
        data_label=title(passage),
        data_where=place(passage),
    )


def _finder(forms: str) -> str:
    """The forms that search within the report and go to a place; their work is done by the page's script."""
    search = (
        tag("label", text(wording("report.search")), for_="report-search")
        + '<input id="report-search" type="search" autocomplete="off" spellcheck="false">'
        + tag("button", text(wording("report.find")), type="submit")
        + tag("button", text(wording("report.previous")), type="button", data_step="-1", disabled="disabled")
        + tag("button", text(wording("report.next")), type="button", data_step="1", disabled="disabled")
    )
    sorts = "".join(tag("option", text(wording(f"report.{sort}")), value=sort) for sort in ("paragraph", "page"))
    jump = (
        tag("label", text(wording("report.jump")), for_="report-place")
        + tag("select", sorts, id="report-sort", aria_label=wording("report.jump"))
        + '<input id="report-place" type="text" inputmode="decimal" autocomplete="off" size="6">'
        + tag("button", text(wording("report.go")), type="submit")
    )
    said = {f"data_{key}": wording(f"report.{key}", **{v: f"{{{v}}}" for v in variables}) for key, variables in _SAID.items()}
    found = tag("p", "", id="report-found", role="status", **said)
    find = tag("form", search, role="search", id="report-find", data_forms=forms)
    return tag("div", find + tag("form", jump, id="report-jump") + found, class_="finder")


_SAID = {"hits": ("at", "count", "passages", "words"), "no_hits": (), "not_together": (), "no_place": ("sort", "number")}


def _contents(sections: list[Heading], name: str) -> str:
    listed = tag("details", tag("summary", text(name)) + _headings(sections))
    return tag("nav", listed, class_="contents", aria_label=name)


def _headings(headings: list[Heading]) -> str:
    items = (
        tag("a", text(one.name), href=f"#{one.identity}") + (_headings(one.within) if one.within else "") for one in headings
    )
    return tag("ul", "".join(tag("li", item) for item in items))


def recommendations(made: list[Recommended], unmatched: list[Passage]) -> str:
    """Each recommendation with the findings behind it, said to be printed, derived or related; then marked findings without a match."""
    if not made:
        return tag("h2", text(wording("recommendations.heading", count=0)))
    printed = any(one.kind == PRINTED for each in made for one in each.findings)
    intro = wording("recommendations.intro_printed" if printed else "recommendations.intro", page=made[0].recommendation.page)
    written = tag("h2", text(wording("recommendations.heading", count=len(made)))) + tag("p", text(intro), class_="intro")
    forms = quiet("forms.docx", data_tracker="docx") + quiet("forms.xlsx", data_tracker="xlsx")
    written += tag("p", tag("span", text(wording("tracker.save")), class_="bar-title") + forms, class_="tools")
    written += tag("p", "", id="tracker-said", role="status")
    contents = [
        Heading(_identity(one.recommendation), excerpt(f"{one.recommendation.number} {one.recommendation.text}", NAMED))
        for one in made
    ]
    body = "".join(_recommended(one) for one in made)
    if unmatched:
        items = "".join(_finding(passage, passage.sentences[0]) for passage in unmatched)
        body += tag(
            "section", tag("h3", text(wording("recommendations.unmatched")), id="unmatched", tabindex="-1") + tag("ul", items),
            class_="recommended",
        )  # fmt: skip
        contents.append(Heading("unmatched", wording("recommendations.unmatched")))
    named = _contents(contents, wording("recommendations.contents"))
    return written + tag("div", named + tag("div", body, class_="recommendations"), class_="beside")


def _identity(recommendation: Passage) -> str:
    return f"recommendation-{recommendation.number}"


def _recommended(one: Recommended) -> str:
    passage = one.recommendation
    head = tag("h3", opening(passage, title(passage), quote=passage.text), id=_identity(passage), tabindex="-1")
    quoted = tag("blockquote", tag("p", text(passage.text)))
    if not one.findings:
        behind = tag("p", text(wording("recommendations.none")), class_="derived")
    else:
        behind = ""
        for sort in (PRINTED, DERIVED, RELATED):
            items = "".join(_finding(linked.passage, linked.sentence) for linked in one.findings if linked.kind == sort)
            behind += tag("h4", text(wording(f"recommendations.findings_{sort}"))) + tag("ul", items) if items else ""
        behind += tag("p", asking(wording("recommendations.question", number=passage.number)))
    return tag("section", head + quoted + behind, class_="recommended")


def _finding(passage: Passage, sentence: str) -> str:
    flag = tag("span", text(wording("recommendations.flag")), class_="flag") if passage.flagged else ""
    return tag("li", f"{opening(passage, title(passage), quote=sentence)} {flag} {text(sentence)}")
