"""The contract's object -> the HTML of one turn of the chat. Pure; everything is escaped; decides nothing about content.

A citation is a real link (`?para=40`, `?page=7`) that the page's script opens in the evidence panel beside the answer.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any
from urllib.parse import quote

from prompts import listed, wording
from ui.drawing import Block, Citation, Piece, Said, blocks
from ui.plain import raised

ECHO = 300  # characters of a question that are shown back
EXCERPT = 160  # characters of a nearest passage on its button


def tag(name: str, content: str, **attributes: object) -> str:
    """An element: `content` is HTML already, attributes are escaped; `class_` and `data_x` become class and data-x."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(whole(str(value)))}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{written}>{content}</{name}>"


def text(value: str) -> str:
    """Plain text as HTML, footnote marks raised."""
    return escape(raised(whole(value)))


def whole(value: str) -> str:
    """Text that UTF-8 has a form for: half a character (a lone surrogate) becomes a question mark."""
    return value.encode("utf-8", "replace").decode("utf-8")


def turn(answer: dict[str, Any], identity: str, follow_ups: Sequence[str], work: str) -> str:
    """One question and its answer. `identity` makes the element's id, `work` is how the report is referred to."""
    parts = [
        tag("h2", f"{tag('span', text(wording('chat.asked')), class_='who')} {text(echo(answer['question']))}",
            class_="asked", id=f"asked-{identity}", tabindex="-1"),
        tag("div", f"{badge(answer)}{sections(answer)}{nearest(answer['nearest'])}", class_="said"),
        tools(answer, work),
        suggestions([*answer["suggestions"], *follow_ups]),
    ]  # fmt: skip
    attributes = {"class_": f"turn {answer['outcome']}", "id": f"turn-{identity}", "data_outcome": answer["outcome"]}
    return tag("article", "".join(parts), **attributes, aria_labelledby=f"asked-{identity}")


def echo(question: str) -> str:
    """The question as it is shown back: whole, or its beginning."""
    return question if len(question) <= ECHO else f"{question[:ECHO].rstrip()} …"


def badge(answer: dict[str, Any]) -> str:
    """Whose words the answer is made of; a suggested question is flagged as such where it stands."""
    if not answer["citations"]:
        return tag("p", text(wording("mode.assistant")), class_="badge own")
    return tag("p", text(wording(f"mode.{answer['mode']}")), class_="badge")


def sections(answer: dict[str, Any]) -> str:
    """The answer section by section, as the contract lists them."""
    draw = {"plain": _plain, "suggested": _suggested, "table": _table}
    return "".join(tag("section", draw[block.form](block), class_=f"role-{block.role}") for block in blocks(answer))


def _plain(block: Block) -> str:
    """Heading, fixed wording, then the quotations as a list."""
    items = "".join(tag("li", _quoted(said)) for piece in block.pieces for said in piece.said)
    return f"{_heading(block)}{_framing(block.pieces)}{tag('ul', items, class_='quotes') if items else ''}"


def _heading(block: Block) -> str:
    return tag("h3", text(block.heading), class_="framing") if block.heading else ""


def _framing(pieces: Iterable[Piece]) -> str:
    return "".join(tag("p", text(line), class_="framing") for piece in pieces for line in piece.lines)


def _quoted(said: Said) -> str:
    """A quotation with the words it needs to be understood, and the link to its place."""
    place = f" {link(said.citation)}" if said.placed else ""
    return f"{_aside(said.context)}{_quote(said)}{_note(said)}{place}"


def _quote(said: Said) -> str:
    return tag("q", text(said.citation["quote"]), data_passage=said.citation["passage"])


def _note(said: Said) -> str:
    return f" {_aside(said.note)}" if said.note else ""


def _aside(words: str) -> str:
    """What stands around a quote and is not quoted: its context, or a note on the scan."""
    return tag("span", text(words), class_="context") if words else ""


def _suggested(block: Block) -> str:
    """Suggested questions, marked as suggestions, each with the quotations that it rests on."""
    flag = tag("span", text(wording("chat.suggested")), class_="flag")
    items = "".join(tag("li", f"{flag} {text(' '.join(piece.lines))}{_basis(piece)}") for piece in block.pieces)
    return f"{_heading(block)}{tag('ul', items, class_='suggested')}"


def _basis(piece: Piece) -> str:
    items = "".join(tag("li", _quoted(said)) for said in piece.said)
    return tag("p", text(wording("chat.rests")), class_="rests") + tag("ul", items, class_="quotes") if items else ""


def _table(block: Block) -> str:
    """A row and a column header for each name; every quotation is a link to its place."""
    caption = tag("caption", text(block.heading), class_="framing") if block.heading else ""
    head = tag("td", "") + "".join(tag("th", text(column), scope="col") for column in block.columns)
    rows = "".join(
        tag("tr", tag("th", text(row), scope="row") + "".join(tag("td", "".join(map(_cell, cell))) for cell in cells))
        for row, cells in block.rows
    )
    table = tag("table", caption + tag("thead", tag("tr", head)) + tag("tbody", rows))
    name = block.heading or ", ".join(block.columns)
    return tag("div", table, class_="table", tabindex="0", role="region", aria_label=name)


def _cell(piece: Piece) -> str:
    return _framing([piece]) + "".join(tag("p", _linked(said)) for said in piece.said)


def _linked(said: Said) -> str:
    label = f" {tag('span', text(said.citation['label']), class_='label')}" if said.placed else ""
    return f"{_aside(said.context)}{_anchor(said.citation, _quote(said) + label, class_='quoted')}{_note(said)}"


def link(one: Citation, **more: str) -> str:
    """A citation as a link that also works by itself: its label."""
    return _anchor(one, text(one["label"]), class_="cite", **more)


def _anchor(one: Citation, content: str, **more: str) -> str:
    also = json.dumps(one["also"], ensure_ascii=False) if one["also"] else None
    return tag("a", content, href=place(one), data_passage=one["passage"], data_also=also, **more)


def place(one: Citation) -> str:
    """The permalink of a citation: its paragraph, or the passage on its page."""
    return f"?para={quote(one['paragraph'])}" if one["paragraph"] else f"?passage={quote(one['passage'])}"


def nearest(citations: Iterable[Citation]) -> str:
    """The passages worth reading when the report does not say, as buttons."""
    items = [
        tag("li", tag("button", f"{tag('span', text(one['label']), class_='label')} {text(excerpt(one['quote']))}",
                      type="button", class_="near", data_passage=one["passage"], data_quote=raised(one["quote"])))
        for one in citations
    ]  # fmt: skip
    return tag("h3", text(wording("chat.nearest")), class_="framing") + tag("ul", "".join(items), class_="near") if items else ""


def excerpt(words: str) -> str:
    """The beginning of a passage, cut at a word."""
    return words if len(words) <= EXCERPT else f"{words[:EXCERPT].rsplit(' ', 1)[0]} …"


def tools(answer: dict[str, Any], work: str) -> str:
    """Copy with the full reference; a link that asks this question again."""
    copy = tag("button", text(wording("chat.copy")), type="button", class_="quiet copy", data_copy=with_reference(answer, work))
    asks = tag("a", text(wording("chat.link")), class_="quiet", href=f"?q={quote(whole(answer['question'][:ECHO]))}")
    offered = copy if answer["citations"] else ""
    offered += asks if answer["outcome"] not in ("error", "signpost", "help") and len(answer["question"]) <= ECHO else ""
    return tag("p", offered, class_="tools", aria_live="off") if offered else ""


def with_reference(answer: dict[str, Any], work: str) -> str:
    """The answer as text to paste elsewhere: its words, then one full reference for each place it cites."""
    places = list(dict.fromkeys(one["label"] for one in answer["citations"]))
    return "\n".join([raised(answer["answer"]), "", *(f"{work}, {label}" for label in places)])


def suggestions(questions: Sequence[str]) -> str:
    """What to ask next, as buttons, each question once."""
    if not questions:
        return ""
    once: dict[str, str] = {}
    for question in questions:
        once.setdefault(question.casefold(), question)
    items = "".join(tag("li", asking(question)) for question in once.values())
    title = tag("h3", text(wording("chat.follow_ups")))
    return tag("div", f"{title}{tag('ul', items)}", class_="next", aria_live="off")


def asking(question: str) -> str:
    """A button that asks a question."""
    return tag("button", text(question), type="button", class_="ask", data_ask=question)


def welcome() -> str:
    """What stands where the conversation will be: what this is, and questions to start from, by kind of user."""
    groups = "".join(
        tag("div", tag("h3", text(wording(f"chat.{kind}"))) + tag("ul", "".join(tag("li", asking(q)) for q in listed(f"start.{kind}"))))
        for kind in ("councillors", "staff", "anyone")
    )  # fmt: skip
    parts = [
        tag("h2", text(wording("chat.welcome"))), tag("p", text(wording("chat.welcome_detail"))),
        tag("p", text(wording("chat.examples")), class_="examples-title"), tag("div", groups, class_="examples"),
    ]  # fmt: skip
    return tag("section", "".join(parts), class_="welcome", id="welcome")


def notice(title: str, *sentences: str) -> str:
    """A fault that stands in the way of asking, said in place."""
    content = tag("h2", text(title)) + "".join(tag("p", text(sentence)) for sentence in sentences)
    return tag("section", content, class_="notice", role="alert")
