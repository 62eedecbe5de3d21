"""A conversation or notes as one piece of HTML made for paper: the browser's print makes a PDF of it. Pure; all is escaped."""

from __future__ import annotations

from prompts import wording
from ui.html.markup import tag, text
from ui.html.paste import body
from ui.papers.export import Conversation, notes


def fragment(conversation: Conversation) -> str:
    """Title, facts, every answer under its question, and the annex of quoted passages."""
    written = tag("h1", text(conversation.title))
    written += tag("p", "<br>".join(map(text, conversation.facts)), class_="note")
    for number, answer in enumerate(conversation.answers, 1):
        written += tag("h2", text(conversation.heading(number)))
        written += (tag("p", text(uncut)) if (uncut := conversation.uncut(number)) else "") + body(answer)
    annex = conversation.annex
    written += tag("h2", text(wording("export.annex")), class_="annex")
    written += tag("p", text(wording("export.annex_text" if annex else "export.no_annex")))
    for quotes in annex:
        label = quotes[0]["label"]
        written += tag("h3", text(f"{label[:1].upper()}{label[1:]}"))
        for paragraph in conversation.around(quotes):
            written += tag("blockquote", "".join(tag("b", text(words)) if quoted else text(words) for words, quoted in paragraph))
        written += tag("p", "<br>".join(map(text, notes(quotes))), class_="note")
    ending = filter(None, (conversation.checksum, conversation.licence))
    return written + "".join(tag("p", text(line), class_="note") for line in ending)
