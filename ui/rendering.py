"""The contract's object -> the HTML of one turn of the chat. Pure; everything is escaped; decides nothing about content.

A citation is a real link (`?para=40`, `?page=7`) that the page's script opens in the evidence panel beside the answer.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any
from urllib.parse import quote

from prompts import listed, wording
from ui.plain import raised

ECHO = 300  # characters of a question that are shown back
EXCERPT = 160  # characters of a nearest passage on its button
_LABEL = re.compile(r"\[([^\[\]]+)\]")

Citation = dict[str, Any]


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
    said = "".join(paragraphs(answer))
    parts = [
        tag("h2", f"{tag('span', text(wording('chat.asked')), class_='who')} {text(echo(answer['question']))}",
            class_="asked", id=f"asked-{identity}", tabindex="-1"),
        tag("div", f"{badge(answer)}{said}{nearest(answer['nearest'])}", class_="said"),
        tools(answer, work),
        suggestions(follow_ups),
    ]  # fmt: skip
    attributes = {"class_": f"turn {answer['outcome']}", "id": f"turn-{identity}", "data_outcome": answer["outcome"]}
    return tag("article", "".join(parts), **attributes, aria_labelledby=f"asked-{identity}")


def echo(question: str) -> str:
    """The question as it is shown back: whole, or its beginning."""
    return question if len(question) <= ECHO else f"{question[:ECHO].rstrip()} …"


def badge(answer: dict[str, Any]) -> str:
    """Whose words the answer is made of."""
    if not answer["citations"]:
        return tag("p", text(wording("mode.assistant")), class_="badge own")
    return tag("p", text(wording(f"mode.{answer['mode']}")), class_="badge")


def paragraphs(answer: dict[str, Any]) -> list[str]:
    """The answer line by line: quotes with their links, framing texts as they are, headings where a line ends in a colon."""
    waiting = list(answer["citations"])
    blocks, quoted = [], []
    for line in answer["answer"].split("\n"):
        here = _cited_in(line, waiting)
        if here:
            waiting = waiting[waiting.index(here[-1]) + 1 :]
            quoted.append(_quoted(line, here))
            continue
        if quoted:
            blocks.append(_quotes(quoted))
            quoted = []
        if line.strip():
            heading = line.endswith(":") and answer["citations"]
            blocks.append(tag("h3" if heading else "p", text(line), class_="framing"))
    return [*blocks, _quotes(quoted)] if quoted else blocks


def _cited_in(line: str, waiting: list[Citation]) -> list[Citation]:
    """The next citations whose quote, or whose label in brackets, stands in this line."""
    for at, one in enumerate(waiting):
        if one["quote"] in line:
            found = [one]
            while at + len(found) < len(waiting) and f"[{waiting[at + len(found)]['label']}]" in line:
                following = waiting[at + len(found)]
                if following["quote"] not in line and following["label"] == one["label"]:
                    break
                found.append(following)
            return found
    labels = {label for label in _LABEL.findall(line)}
    return [one for one in waiting if one["label"] in labels][: len(labels)]


def _quotes(lines: list[str]) -> str:
    return tag("ul", "".join(tag("li", line) for line in lines), class_="quotes") if len(lines) > 1 else (
        tag("div", lines[0], class_="quotes")
    )  # fmt: skip


def _quoted(line: str, cited: list[Citation]) -> str:
    """A line with its quotes marked and its labels as links."""
    written, rest = "", line
    for one in cited:
        before, found, after = rest.partition(one["quote"])
        if found:
            written += f"{_labelled(before, cited)}{tag('q', text(found), data_passage=one['passage'])}"
            rest = after
    return f"{written}{_labelled(rest, cited)}"


def _labelled(words: str, cited: list[Citation]) -> str:
    """Words with "[label]" turned into the link of the citation it names."""
    written, at = "", 0
    for match in _LABEL.finditer(words):
        one = next((c for c in cited if c["label"] == match[1]), None)
        if one is not None:
            written += f"{_aside(words[at : match.start()])}{link(one)}"
            at = match.end()
    return written + _aside(words[at:])


def _aside(words: str) -> str:
    """What stands around a quote: the words it needs to be understood, or a note on the scan."""
    return tag("span", text(words), class_="context") if words.strip() else text(words)


def link(one: Citation) -> str:
    """A citation as a link that also works by itself."""
    also = json.dumps(one["also"], ensure_ascii=False) if one["also"] else None
    return tag("a", text(one["label"]), class_="cite", href=place(one), data_passage=one["passage"], data_also=also)


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
    """What to ask next, as buttons."""
    if not questions:
        return ""
    items = "".join(tag("li", asking(question)) for question in questions)
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
