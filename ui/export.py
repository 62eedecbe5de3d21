"""A conversation as a file to keep: Word (.docx, with real styles) or Markdown, both with an annex of the quoted passages.

Pure functions from the contract's objects to bytes or text; nothing is written to disk.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any

from prompts import wording
from ui.plain import raised
from ui.rendering import whole

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MARKDOWN = "text/markdown;charset=utf-8"
_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~])")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # characters that XML has no form for


@dataclass(frozen=True)
class Conversation:
    """What is exported: contract objects in the order asked, the report's reference and facts, the day of the export."""

    answers: Sequence[dict[str, Any]]
    work: str
    first: str
    last: str
    made: date

    @property
    def name(self) -> str:
        """The file's name, without its ending."""
        return wording("export.file", date=self.made.isoformat())

    @property
    def facts(self) -> list[str]:
        """The lines under the title: when made, from which report, how old, with which checksum."""
        facts = [wording("export.made", date=f"{self.made.day} {self.made:%B %Y}"), wording("export.about", work=self.work)]
        if self.first:
            facts.append(wording("export.inspected", first=self.first, last=self.last))
        checksum = self.answers[0]["report"]["sha256"] if self.answers else None
        return [*facts, wording("export.checksum", sha256=checksum)] if checksum else facts

    @property
    def annex(self) -> list[list[dict[str, Any]]]:
        """The citations of all answers, those of one passage together, in the order first quoted."""
        grouped: dict[str, dict[str, dict[str, Any]]] = {}
        for answer in self.answers:
            for one in (*answer["citations"], *answer["nearest"]):
                grouped.setdefault(one["passage"], {}).setdefault(one["quote"], one)
        return [list(quotes.values()) for quotes in grouped.values()]


def notes(quotes: Sequence[dict[str, Any]]) -> list[str]:
    """What is said of a quoted passage below its words."""
    also = list(dict.fromkeys(place for one in quotes for place in one["also"]))
    said = [wording("export.section", section=quotes[0]["section"])]
    said += [wording("export.also", places=", ".join(also))] if also else []
    said += [wording("export.derived")] if any(one["derived"] for one in quotes) else []
    said += [wording("export.corrected")] if any(one["corrected"] for one in quotes) else []
    return said


def shown(words: str) -> str:
    """Words as a document holds them: footnote marks raised, nothing that a file format cannot hold."""
    return _CONTROL.sub(" ", raised(whole(words)))


# ---- Markdown --------------------------------------------------------------------------------------------------


def as_markdown(conversation: Conversation) -> str:
    """The conversation as Markdown; words of users and of the report are escaped."""
    lines = [f"# {wording('export.title')}", "", *(f"{_plain(fact)}  " for fact in conversation.facts), ""]
    for number, answer in enumerate(conversation.answers, 1):
        lines += [f"## {wording('export.question', number=number)}", "", f"**{_plain(answer['question'])}**", ""]
        lines += [f"{_plain(line)}  " if line.strip() else "" for line in answer["answer"].split("\n")]
        if answer["nearest"]:
            lines += ["", _plain(wording("export.nearest"))]
            lines += ["", *(f"- {_plain(one['label'])}" for one in answer["nearest"])]
        lines.append("")
    lines += [f"## {wording('export.annex')}", ""]
    annex = conversation.annex
    lines += [wording("export.annex_text" if annex else "export.no_annex"), ""]
    for quotes in annex:
        lines += [f"### {_plain(_title(quotes))}", ""]
        for one in quotes:
            context = f"{_plain(one['context'].rstrip(':'))}: " if one["context"] else ""
            lines += [f"> {context}{_plain(one['quote'])}", ""]
        lines += [*(f"{_plain(note)}  " for note in notes(quotes)), ""]
    lines += ["---", "", _plain(wording("standing.licence")), ""]
    return "\n".join(lines)


def _title(quotes: Sequence[dict[str, Any]]) -> str:
    label = quotes[0]["label"]
    return f"{label[:1].upper()}{label[1:]}"


def _plain(words: str) -> str:
    return _MARKUP.sub(r"\\\1", " ".join(shown(words).split()))


# ---- Word ------------------------------------------------------------------------------------------------------


def as_docx(conversation: Conversation) -> bytes:
    """The conversation as a Word document with headings, quotes and lists in Word's own styles."""
    from docx import Document
    from docx.oxml.ns import qn
    from docx.shared import Pt

    document = Document()
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Arial", Pt(11)
    language = normal.element.get_or_add_rPr().makeelement(qn("w:lang"), {qn("w:val"): "en-GB"})
    normal.element.get_or_add_rPr().append(language)
    properties = document.core_properties
    properties.title, properties.author, properties.language = wording("export.title"), "findings", "en-GB"
    properties.comments = ""

    document.add_heading(wording("export.title"), 0)
    for fact in conversation.facts:
        document.add_paragraph(shown(fact))
    for number, answer in enumerate(conversation.answers, 1):
        document.add_heading(wording("export.question", number=number), 1)
        document.add_paragraph().add_run(shown(answer["question"])).bold = True
        for line in filter(str.strip, answer["answer"].split("\n")):
            quoted = any(one["quote"] in line for one in answer["citations"])
            document.add_paragraph(shown(line), style="List Bullet" if quoted else None)
        if answer["nearest"]:
            document.add_paragraph(wording("export.nearest"))
            for one in answer["nearest"]:
                document.add_paragraph(shown(one["label"]), style="List Bullet")
    document.add_heading(wording("export.annex"), 1)
    annex = conversation.annex
    document.add_paragraph(wording("export.annex_text" if annex else "export.no_annex"))
    for quotes in annex:
        document.add_heading(shown(_title(quotes)), 2)
        for one in quotes:
            paragraph = document.add_paragraph(style="Quote")
            if one["context"]:
                paragraph.add_run(f"{shown(one['context']).rstrip(':')}: ").italic = False
            paragraph.add_run(shown(one["quote"]))
        for note in notes(quotes):
            document.add_paragraph(shown(note), style="List Bullet")
    document.sections[0].footer.paragraphs[0].text = wording("standing.licence")
    kept = BytesIO()
    document.save(kept)
    return kept.getvalue()


def parcel(conversation: Conversation, form: str) -> dict[str, str]:
    """The file as a message that the page's script turns into a download: name, type, content in base64."""
    content = as_docx(conversation) if form == "docx" else as_markdown(conversation).encode("utf-8")
    kind = DOCX if form == "docx" else MARKDOWN
    ending = "docx" if form == "docx" else "md"
    return {"name": f"{conversation.name}.{ending}", "type": kind, "content": b64encode(content).decode("ascii")}
