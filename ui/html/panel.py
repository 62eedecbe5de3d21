"""The evidence panel: a passage of the report with the quoted words marked, its place, neighbours and derived links.

Pure functions from what ui/related.py opened to HTML.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.lookups.links import DERIVED, PRINTED, RELATED
from index.passages import Passage
from prompts import wording
from ui.html.markup import tag, text
from ui.html.naming import of, within
from ui.html.page_pictures import figure
from ui.html.rendering import excerpt, quiet
from ui.plain import marks, raised
from ui.related import Opened


def panel(opened: Opened, quotes: Sequence[str], work: str, identity: str, pages: int = 0, report: str = "") -> str:
    """The panel for an opened passage. `quotes` are the words to mark; those that do not stand in it mark nothing. `pages`:
    how many pages there are pictures of. `report` is the name of a report other than the one in force.
    """
    passage = opened.passage
    facts = [
        _steps(opened), tag("p", text(path(passage)), class_="where"),
        _neighbour(opened.before, "before"),
        tag("blockquote", f"{_context(passage)}{tag('p', marked(passage.text, quotes))}", class_="passage", id="evidence-text"),
        _neighbour(opened.after, "after"),
        tag("p", text(wording("panel.flagged")), class_="note") if passage.flagged else "",
        tag("p", text(wording("panel.corrected")), class_="note") if passage.corrected else "",
        _linked(opened), _also(opened.also), _tools(passage, work, report), figure(passage, quotes, pages, report), _finder() if not report else "",
    ]  # fmt: skip
    return within(_frame(of(title(passage), report), "".join(facts), identity, shown=passage.id, report=report or None), report)


def empty(identity: str = "empty") -> str:
    """The panel before anything was opened."""
    title = wording("panel.title")
    return _frame(title, tag("p", text(wording("panel.empty")), class_="hint"), identity, closable=False)


def missing(message: str, identity: str) -> str:
    """The panel for a permalink to what the report does not have."""
    return _frame(wording("panel.missing"), tag("p", text(message)), identity)


def _frame(
    heading: str, content: str, identity: str, *, closable: bool = True, shown: str | None = None, report: str | None = None
) -> str:
    """`shown` is the passage in it, by which the page tells which of its links is open; `report` the one it stands in."""
    close = tag("button", text(wording("panel.close")), type="button", class_="quiet close") if closable else ""
    head = tag("div", tag("h2", text(heading), id="evidence-title", tabindex="-1") + close, class_="panel-head")
    return tag(
        "aside",
        head + content,
        class_="evidence",
        aria_labelledby="evidence-title",
        data_opened=identity,
        data_shown=shown,
        data_report=report,
    )


def title(passage: Passage) -> str:
    """ "Paragraph 40, page 18", "Page 7"."""
    return passage.place[:1].upper() + passage.place[1:]


def path(passage: Passage) -> str:
    """What sort of passage it is, then section and subsection, as the report heads them."""
    kind = wording(f"kinds.{passage.kind}")
    headed = " / ".join(part for part in (passage.section, passage.subsection) if part)
    return headed if headed.casefold().startswith(kind.casefold()) else f"{kind}. {headed}"


def marked(words: str, quotes: Sequence[str]) -> str:
    """The passage with every quote that stands in it marked; overlapping quotes are marked once."""
    pieces = marks(raised(words), [*map(raised, quotes)])
    return "".join(tag("mark", text(piece)) if quoted else text(piece) for piece, quoted in pieces)


def _context(passage: Passage) -> str:
    return tag("p", text(passage.context), class_="context") if passage.context else ""


def _neighbour(passage: Passage | None, side: str) -> str:
    if passage is None:
        return ""
    label = tag("span", text(f"{wording(f'panel.{side}')}: "), class_="side")
    return tag("p", f"{label}{opening(passage, title(passage))} {text(excerpt(passage.text))}", class_=f"neighbour {side}")


def opening(passage: Passage, words: str, whole: str | None = None, quote: str | None = None) -> str:
    """A link that opens a passage in the panel. `whole` is what a screen reader says where the words are short, `quote` what is marked."""
    return tag("a", text(words), class_="cite", href=place(passage), data_passage=passage.id,
               data_quote=quote and raised(quote), aria_label=whole, title=whole)  # fmt: skip


def sentence_of(passage: Passage, words: str) -> str:
    """The first sentence of a passage that holds these words, small or large; without one the whole passage."""
    return next((one for one in passage.sentences if words.casefold() in one.casefold()), passage.text)


def place(passage: Passage) -> str:
    """The permalink of a passage: "?rec=6", "?para=40", "?passage=p7.11"."""
    if not passage.number:
        return f"?passage={passage.id}"
    return f"?{'rec' if passage.kind == 'recommendation' else 'para'}={passage.number}"


def _steps(opened: Opened) -> str:
    """Previous and next, always in the same place, so that one can read on without looking for the link."""
    steps = "".join(
        tag("a", text(wording(f"panel.{name}")), class_="quiet", href=place(passage), data_passage=passage.id)
        for name, passage in (("previous", opened.before), ("next", opened.after)) if passage is not None
    )  # fmt: skip
    return tag("p", steps, class_="tools steps") if steps else ""


def _finder() -> str:
    """A search of the whole report from within the panel; ui/page/assets/report.js lists the passages found."""
    field = (
        tag("label", text(wording("panel.search")), for_="panel-search")
        + '<input id="panel-search" type="search" autocomplete="off" spellcheck="false">'
        + tag("button", text(wording("report.find")), type="submit")
    )
    found = tag("p", "", id="panel-found", role="status") + tag("ul", "", id="panel-hits")
    return tag("form", field, id="panel-find", role="search", aria_label=wording("panel.search")) + found


def _linked(opened: Opened) -> str:
    """The links of the passage, a list for each sort, and whether the report prints them."""
    written = ""
    for name, linked in (("leads_to", opened.recommendations), ("behind", opened.findings)):
        for kind in (PRINTED, DERIVED, RELATED):
            items = "".join(
                tag("li", _link_to(one.passage, excerpt(one.passage.text) if name == "leads_to" else one.sentence))
                for one in linked
                if one.kind == kind
            )
            if items:
                written += tag("h3", text(wording(f"panel.{name}_related" if kind == RELATED else f"panel.{name}"))) + tag(
                    "ul", items
                )
                written += tag("p", text(wording("panel.printed" if kind == PRINTED else "panel.derived")), class_="derived")
    if opened.passage.flagged and not opened.recommendations:
        written += tag("p", text(wording("panel.no_link")), class_="derived")
    return written


def _link_to(passage: Passage, said: str) -> str:
    """A link with the words that it is about: where they are a sentence of the passage, they are marked there."""
    return f"{opening(passage, title(passage), quote=said if said in passage.text else None)} {text(said)}"


def _also(places: Sequence[tuple[str, str | None]]) -> str:
    if not places:
        return ""
    items = "".join(
        tag("li", tag("a", text(label), class_="cite", href=f"?passage={identity}", data_passage=identity) if identity else _page(label))
        for label, identity in places
    )  # fmt: skip
    return tag("h3", text(wording("panel.also"))) + tag("ul", items)


def _page(label: str) -> str:
    """A place that names only its page: a link to that page of the report."""
    digits = "".join(c if c.isdigit() else " " for c in label).split()
    return tag("a", text(label), href=f"?page={digits[0]}", data_page=digits[0]) if digits else text(label)


def _tools(passage: Passage, work: str, report: str) -> str:
    copy = wording("reference.quote", quote=raised(passage.text), work=work, label=of(passage.label, report))
    return tag(
        "p",
        tag("a", text(wording("panel.open")), class_="quiet read", href=f"?page={passage.page}", data_read=passage.id)
        + quiet("panel.copy", class_="copy", data_copy=copy)
        + quiet("notes.add_passage", data_note=passage.id, data_quote="")
        + quiet("panel.link", data_place=place(passage)),
        class_="tools",
    )
