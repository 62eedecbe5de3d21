"""The contract's object -> the HTML of one turn of the chat. Pure; everything is escaped; decides nothing about content.

A citation is a real link (`?para=40`, `?page=7`) that the page's script opens in the evidence panel beside the answer.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

from assistant.briefing.briefing import plainly
from prompts import listed, wording
from ui.html.drawing import Block, Citation, Piece, Said, blocks
from ui.html.markup import tag, text
from ui.html.paste import formatted, plain, short
from ui.plain import raised, whole

ECHO = 300  # characters of a question that are shown back
EXCERPT = 160  # characters of a nearest passage on its button
LONG = 5  # quotations above which each of several groups shows its first ones alone
FIRST = 2  # quotations that such a group shows: of what is good as many as of what is not
FLAT, KEPT = 8, 6  # a single list longer than the first shows as many as the second, and folds the rest
BROAD = frozenset({"good", "weak", "mixed", "neutral"})  # roles of an answer that a briefing can be made from
GROUPS = BROAD | {"recommended"}  # roles of the groups that a broad answer may have several of
WORDS_BACK = ("useful", "wrong", "missing")  # what a reader may say of an answer, where that is switched on


def turn(
    answer: dict[str, Any], identity: str, follow_ups: Sequence[str], work: str, words_back: bool = False, drawn: str | None = None
) -> str:  # fmt: skip
    """One question and its answer. `identity` makes the element's id, `work` is how the report is referred to.

    `drawn` is the answer where it is not of one report (ui/html/compared.py). `words_back` offers a word on the answer, kept in the browser. An unclear message is followed by its possible readings at once.
    """
    unclear = answer["outcome"] == "unclear"
    parts = [
        tag("h2", f"{tag('span', text(wording('chat.asked')), class_='who')} {text(echo(answer['question']))}",
            class_="asked", id=f"asked-{identity}", tabindex="-1"),
        tag("div", badge(answer) + (of_one(answer) if drawn is None else drawn), class_="said"),
        suggestions(answer["suggestions"], "chat.did_you_mean") if unclear else "",
        tools(answer, work, words_back),
        "" if unclear and answer["suggestions"] else suggestions([*answer["suggestions"], *follow_ups]),
    ]  # fmt: skip
    attributes = {
        "class_": f"turn {answer['outcome']}", "id": f"turn-{identity}", "data_outcome": answer["outcome"],
        "data_follows": "yes" if whole(answer["understood"]) != whole(answer["question"]) else None,
    }  # fmt: skip
    return tag("article", "".join(parts), **attributes, aria_labelledby=f"asked-{identity}")


def echo(question: str) -> str:
    """The question as it is shown back: whole, or its beginning."""
    return question if len(question) <= ECHO else f"{question[:ECHO].rstrip()} …"


def badge(answer: dict[str, Any]) -> str:
    """Whose words the answer is made of; a suggested question is flagged as such where it stands."""
    if not answer["citations"]:
        return tag("p", text(wording("mode.assistant")), class_="badge own")
    return tag("p", text(wording(f"mode.{answer['mode']}")), class_="badge")


def of_one(answer: dict[str, Any]) -> str:
    """The answer of one report: its sections, and the nearest passages where it does not say."""
    return sections(answer) + nearest(answer["nearest"], "unsure" in answer["notes"])


def sections(answer: dict[str, Any]) -> str:
    """The answer section by section, as the contract lists them.

    Of a long one every group shows its first quotations and folds the rest, so that criticism never lies behind praise.
    """
    laid = blocks(answer)
    folds = folding(laid)
    return "".join(tag("section", _heading(block) + inside(block, folds), class_=f"role-{block.role}") for block in laid)


def folding(laid: Sequence[Block]) -> bool:
    """Whether these blocks are a long answer, of whose groups the first quotations are shown."""
    long = sum(len(piece.said) for block in laid for piece in block.pieces) > LONG
    return long and sum(block.form == "plain" and block.role in GROUPS for block in laid) > 1


def inside(block: Block, folds: bool) -> str:
    """What stands under the heading of a block; a table has its heading within."""
    if block.form == "suggested":
        return _suggested(block)
    if block.form == "table":
        return table(block)
    said = [one for piece in block.pieces for one in piece.said]
    shown = len(said) if len(said) <= FLAT or block.role == "recommended" else KEPT
    return f"{_framing(block.pieces)}{_list(said, FIRST if folds and block.role in GROUPS else shown)}"


def _list(said: Sequence[Said], shown: int) -> str:
    """The quotations as a list, those after the first `shown` folded."""
    shown += len(said) - shown == 1  # the line that would say so takes as much room as the last one itself
    items = [tag("li", _quoted(one) + noting(one.citation)) for one in said]
    listed = tag("ul", "".join(items[:shown]), class_="quotes") if items else ""
    if shown >= len(items):
        return listed
    rest = tag("summary", text(wording("chat.rest", count=len(items) - shown)))
    return listed + tag("details", rest + tag("ul", "".join(items[shown:]), class_="quotes"), class_="more")


def noting(one: Citation) -> str:
    """A button that takes one quotation into the reader's notes."""
    return " " + tag(
        "button", text(wording("notes.take")), type="button", class_="take", data_note=one["passage"], data_report=one.get("of"), data_quote=raised(one["quote"]),
        data_where=one["label"], aria_live="off", aria_label=wording("notes.take_quote", label=one["label"]),
    )  # fmt: skip


def _heading(block: Block) -> str:
    return tag("h3", text(block.heading), class_="framing") if block.heading and block.form != "table" else ""


def _framing(pieces: Iterable[Piece]) -> str:
    return "".join(tag("p", text(line), class_="framing") for piece in pieces for line in piece.lines)


def _quoted(said: Said) -> str:
    """A quotation with the words it needs to be understood, and the link to its place."""
    return f"{_aside(said.context)}{_quote(said)}{_note(said)} {link(said.citation)}"


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
    return tag("ul", items, class_="suggested")


def _basis(piece: Piece) -> str:
    items = "".join(tag("li", _quoted(said)) for said in piece.said)
    return tag("p", text(wording("chat.rests")), class_="rests") + tag("ul", items, class_="quotes") if items else ""


def table(block: Block, of_reports: bool = False) -> str:
    """A row and a column header for each name; every quotation is a link to its place. `of_reports`: cells say whose they are."""
    caption = tag("caption", text(block.heading), class_="framing") if block.heading else ""
    head = tag("td", "") + "".join(tag("th", text(column), scope="col") for column in block.columns)
    rows = "".join(
        tag(
            "tr",
            tag("th", text(row), scope="row")
            + "".join(tag("td", "".join(map(_cell, cell)), data_report=_owner(cell) if of_reports else None) for cell in cells),
        )
        for row, cells in block.rows
    )
    laid = tag("table", caption + tag("thead", tag("tr", head)) + tag("tbody", rows))
    name = block.heading or ", ".join(block.columns)
    return tag("div", laid, class_="table", tabindex="0", role="region", aria_label=name)


def _owner(cell: Sequence[Piece]) -> str | None:
    return next((str(said.citation["report"]) for piece in cell for said in piece.said), None)


def _cell(piece: Piece) -> str:
    return _framing([piece]) + "".join(tag("p", _linked(said)) for said in piece.said)


def _linked(said: Said) -> str:
    label = tag("span", text(short(said.citation)), class_="label")
    quoted = _anchor(said.citation, f"{_quote(said)} {label}", class_="quoted", title=said.citation["label"])
    return f"{_aside(said.context)}{quoted}{_note(said)}"


def link(one: Citation, **more: str) -> str:
    """A citation as a link that also works by itself: short for the eye, whole for a screen reader and for a mouse that rests."""
    return _anchor(one, text(short(one)), class_="cite", aria_label=one["label"], title=one["label"], **more)


def _anchor(one: Citation, content: str, **more: str) -> str:
    also = json.dumps(one["also"], ensure_ascii=False) if one["also"] else None
    return tag("a", content, href=place(one), data_passage=one["passage"], data_also=also, **more)


def place(one: Citation) -> str:
    """The permalink of a citation: its recommendation, its paragraph, or the passage on its page."""
    named = f"?report={quote(one['of'])}&" if "of" in one else "?"
    if not one["paragraph"]:
        return f"{named}passage={quote(one['passage'])}"
    return f"{named}{'rec' if one['kind'] == 'recommendation' else 'para'}={quote(one['paragraph'])}"


def nearest(citations: Iterable[Citation], whole: bool = False) -> str:
    """The passages worth reading when the report does not say, as buttons; `whole` as an answer is shown, where it is not sure that it does not."""
    if whole:
        return "".join(
            tag("p", f"{tag('q', text(one['quote']), data_passage=one['passage'])} {link(one)}{noting(one)}", class_="quoted")
            for one in citations
        )
    items = [
        tag("li", tag("button", f"{tag('span', text(one['label']), class_='label')} {text(excerpt(one['quote']))}",
                      type="button", class_="near", data_passage=one["passage"], data_quote=raised(one["quote"])) + noting(one))
        for one in citations
    ]  # fmt: skip
    return tag("h3", text(wording("chat.nearest")), class_="framing") + tag("ul", "".join(items), class_="near") if items else ""


def excerpt(words: str, most: int = EXCERPT) -> str:
    """The beginning of a passage, cut at a word; `most` is in characters."""
    return words if len(words) <= most else f"{words[:most].rsplit(' ', 1)[0]} …"


def tools(answer: dict[str, Any], work: str, words_back: bool = False) -> str:
    """What can be done with an answer: copy or print it, take it into the notes, make a briefing of it, link to it, say a word on it."""
    cited = bool(answer["citations"])
    asks = answer["outcome"] not in ("error", "signpost", "help", "unclear") and len(answer["question"]) <= ECHO
    broad = cited and any(section["role"] in BROAD for section in answer["sections"])
    offered = [
        quiet("chat.copy", class_="copy", data_copy=plain(answer, work)) if cited else "",
        quiet("chat.print_answer", data_print_answer="yes") if cited else "",
        quiet("notes.add", data_note_answer="yes") if cited else "",
        quiet("chat.brief", data_brief_topic=brief_topic(answer["understood"])) if broad else "",
        quiet("chat.brief_word", data_brief_word=brief_topic(answer["understood"])) if broad else "",
        quiet("chat.link", data_link=whole(answer["question"])) if asks else "",
    ]
    pasted = tag("template", formatted(answer, work), class_="paste") if cited else ""
    said = _words_back() if words_back and answer["outcome"] not in ("error", "signpost", "help") else ""
    written = "".join(offered)
    return (tag("p", written, class_="tools", aria_live="off") + pasted if written else "") + said


def brief_topic(question: str) -> str:
    """What a briefing is about that is made from a question: its words without the form of asking; without any, the whole report."""
    topic = plainly(whole(question[:ECHO]))
    return topic if topic and topic.casefold() not in listed("brief.whole") else wording("brief.everything")


def quiet(key: str, class_: str = "", **attributes: object) -> str:
    """A button that looks like a link, named by a fixed text."""
    return tag("button", text(wording(key)), type="button", class_=f"quiet {class_}".strip(), **attributes)


def _words_back() -> str:
    label = tag("span", text(wording("words_back.ask")), class_="side")
    buttons = "".join(quiet(f"words_back.{one}", data_word=one, aria_pressed="false") for one in WORDS_BACK)
    return tag("p", f"{label} {buttons}", class_="tools words-back", aria_live="off")


def suggestions(questions: Sequence[str], title: str = "chat.follow_ups") -> str:
    """What to ask next, or what may have been meant, as buttons, each question once."""
    if not questions:
        return ""
    once: dict[str, str] = {}
    for question in questions:
        once.setdefault(question.casefold(), question)
    items = "".join(tag("li", asking(question)) for question in once.values())
    heading = tag("h3", text(wording(title)))
    return tag("div", f"{heading}{tag('ul', items)}", class_="next", aria_live="off")


def asking(question: str) -> str:
    """A button that asks a question."""
    return tag("button", text(question), type="button", class_="ask", data_ask=question)


def welcome(overview: str = "") -> str:
    """What stands where the conversation will be: what this is, the report in three lines, and questions to start from."""
    groups = "".join(
        tag("div", tag("h3", text(wording(f"chat.{kind}"))) + tag("ul", "".join(tag("li", asking(q)) for q in listed(f"start.{kind}"))))
        for kind in ("councillors", "staff", "anyone")
    )  # fmt: skip
    parts = [
        tag("h2", text(wording("chat.welcome"))), tag("p", text(wording("chat.welcome_detail"))),
        overview, tag("p", text(wording("chat.examples")), class_="examples-title"), tag("div", groups, class_="examples"),
    ]  # fmt: skip
    return tag("section", "".join(parts), class_="welcome", id="welcome")


def notice(title: str, *sentences: str) -> str:
    """A fault that stands in the way of asking, said in place."""
    content = tag("h2", text(title)) + "".join(tag("p", text(sentence)) for sentence in sentences)
    return tag("section", content, class_="notice", role="alert")
