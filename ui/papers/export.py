"""A conversation as a file to keep: Word (.docx, with real styles) or Markdown, both with an annex of the quoted passages.

Every quotation is a link to its passage in the annex. Pure functions from the contract's objects to bytes or text; nothing is
written to disk.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO
from typing import Any

from assistant.composing import licence, report_variables
from index.passages import Report
from prompts import wording
from ui.html.drawing import Block, Citation, Piece, Said, blocks, passage_of
from ui.html.rendering import ECHO, echo
from ui.papers.word import bookmark, dress, linked
from ui.plain import held, marks, raised

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MARKDOWN = "text/markdown;charset=utf-8"
_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~])")
_SPACES = re.compile(r"\s+")
_NO_SLUG = re.compile(r"[^\w\- ]")  # what a heading's name in a link leaves out


@dataclass(frozen=True)
class Conversation:
    """What is exported: contract objects in the order asked, the report's reference and facts, the day of the export.

    `kind` is "conversation" or "notes": what it is called. `texts` are the whole passages by report and id, for the annex.
    `reports` are those quoted, where they are several.
    """

    answers: Sequence[dict[str, Any]]
    work: str
    first: str
    last: str
    made: date
    kind: str = "conversation"
    texts: Mapping[tuple[str, str], str] = field(default_factory=dict)
    reports: Sequence[Report] = ()

    @property
    def name(self) -> str:
        """The file's name, without its ending."""
        return wording(f"export.{self.kind}_file", date=self.made.isoformat())

    @property
    def title(self) -> str:
        return wording(f"export.{self.kind}_title")

    def heading(self, number: int) -> str:
        """What stands over the answer of this number (from 1): the question or the note's name, a very long one cut."""
        return f"{number}. {echo(_SPACES.sub(' ', shown(self.answers[number - 1]['question'])))}"

    def uncut(self, number: int) -> str:
        """The whole question, where the heading has only its beginning; nothing elsewhere."""
        question = shown(self.answers[number - 1]["question"])
        return question if len(question) > ECHO else ""

    @property
    def facts(self) -> list[str]:
        """The lines under the title: when made, from which report, how old."""
        facts = [wording("export.made", date=f"{self.made.day} {self.made:%B %Y}"), wording("export.about", work=self.work)]
        for report in self.reports:
            if report.inspected:
                facts.append(f"{report.short}: {_inspected(report)}")
        if self.first:
            facts.append(wording("export.inspected", first=self.first, last=self.last))
        return facts

    @property
    def licence(self) -> str:
        """The licence of the words of each report."""
        if self.reports:
            return " ".join(dict.fromkeys(licence(report.published) for report in self.reports))
        return licence(self.answers[0]["report"]["published"] if self.answers else None)

    @property
    def checksum(self) -> str:
        """The last line of the annex, by which somebody can tell that they read the same file; empty without an answer."""
        if self.reports:
            return " ".join(f"{one.short}: {wording('export.checksum', sha256=one.sha256)}" for one in self.reports)
        sha256 = self.answers[0]["report"]["sha256"] if self.answers else None
        return wording("export.checksum", sha256=sha256) if sha256 else ""

    @property
    def annex(self) -> list[list[Citation]]:
        """The citations of all answers, those of one passage together, in the order first quoted."""
        grouped: dict[tuple[str, str], dict[str, Citation]] = {}
        for answer in self.answers:
            for one in (*answer["citations"], *answer["nearest"]):
                grouped.setdefault(passage_of(one), {}).setdefault(one["quote"], one)
        return [list(quotes.values()) for quotes in grouped.values()]

    def around(self, quotes: Sequence[Citation]) -> list[list[tuple[str, bool]]]:
        """The paragraphs of the annex for the quotations of one passage, in pieces, each with whether it is quoted.

        The whole passage once, after the words that it needs to be understood; without its text every quotation by itself.
        """
        words = [shown(one["quote"]) for one in quotes]
        context = next((f"{shown(one['context']).rstrip(':')}: " for one in quotes if one["context"]), "")
        pieces = marks(shown(self.texts.get(passage_of(quotes[0]), "")), words)
        paragraphs = [pieces] if any(quoted for _, quoted in pieces) else [[(quote, True)] for quote in words]
        return [[(context, False), *paragraph] if context else paragraph for paragraph in paragraphs]


Anchors = dict[tuple[str, str], str]  # passage -> what a link within the document names it by


def of_reports(answers: Sequence[dict[str, Any]], work: str, reports: Sequence[Report], made: date, kind: str) -> Conversation:
    """What is exported of the reports that it quotes."""
    texts = {(report.short, passage.id): passage.text for report in reports for passage in report.passages}
    if len(reports) > 1:
        return Conversation(answers, work, "", "", made, kind, texts, reports)
    facts = report_variables(reports[0])
    return Conversation(answers, work, facts["first"], facts["last"], made, kind, texts)


def _inspected(report: Report) -> str:
    facts = report_variables(report)
    return wording("export.inspected", first=facts["first"], last=facts["last"])


def notes(quotes: Sequence[Citation]) -> list[str]:
    """What is said of a quoted passage below its words."""
    also = list(dict.fromkeys(place for one in quotes for place in one["also"]))
    said = [wording("export.section", section=quotes[0]["section"])]
    said += [wording("export.also", places=", ".join(also))] if also else []
    said += [wording("export.derived")] if any(one["derived"] for one in quotes) else []
    said += [wording("export.corrected")] if any(one["corrected"] for one in quotes) else []
    return said


def shown(words: str) -> str:
    """Words as a document holds them: footnote marks raised, nothing that a file format cannot hold."""
    return held(raised(words))


# ---- Markdown --------------------------------------------------------------------------------------------------


def as_markdown(conversation: Conversation) -> str:
    """The conversation as Markdown; words of users and of the report are escaped."""
    annex = conversation.annex
    anchors = _slugs(annex)
    lines = [f"# {conversation.title}", "", *(f"{_plain(fact)}  " for fact in conversation.facts), ""]
    for number, answer in enumerate(conversation.answers, 1):
        lines += [f"## {_plain(conversation.heading(number))}", ""]
        lines += [_plain(uncut), ""] if (uncut := conversation.uncut(number)) else []
        for block in blocks(answer):
            lines += [f"### {_plain(block.heading)}", ""] if block.heading else []
            lines += {"plain": _paragraphs, "suggested": _suggested, "table": _table}[block.form](block, anchors)
        if answer["nearest"]:
            lines += [_plain(wording("export.nearest")), "", *(f"- {_link(one, anchors)}" for one in answer["nearest"]), ""]
    lines += [f"## {wording('export.annex')}", ""]
    lines += [wording("export.annex_text" if annex else "export.no_annex"), ""]
    for quotes in annex:
        lines += [f"### {_plain(_title(quotes))}", ""]
        for paragraph in conversation.around(quotes):
            lines += ["> " + "".join(f"**{_escaped(words)}**" if quoted else _escaped(words) for words, quoted in paragraph), ""]
        lines += [*(f"{_plain(note)}  " for note in notes(quotes)), ""]
    lines += [_plain(conversation.checksum), ""] if conversation.checksum else []
    lines += ["---", "", _plain(conversation.licence), ""]
    return "\n".join(lines)


def _slugs(annex: Sequence[Sequence[Citation]]) -> Anchors:
    """The annex's headings as Markdown readers name them: small letters, hyphens, a number where one is taken."""
    slugs: Anchors = {}
    taken: Counter[str] = Counter()
    for quotes in annex:
        slug = _NO_SLUG.sub("", shown(_title(quotes)).lower()).replace(" ", "-")
        slugs[passage_of(quotes[0])] = f"{slug}-{taken[slug]}" if taken[slug] else slug
        taken[slug] += 1
    return slugs


def _paragraphs(block: Block, anchors: Anchors) -> list[str]:
    lines: list[str] = []
    for piece in block.pieces:
        for line in piece.lines:
            lines += [_plain(line), ""]
        lines += [*(f"- {_quoted(said, anchors)}" for said in piece.said), *([""] if piece.said else [])]
    return lines


def _suggested(block: Block, anchors: Anchors) -> list[str]:
    lines = []
    for piece in block.pieces:
        lines.append(f"- *{wording('chat.suggested')}:* {_plain(' '.join(piece.lines))}")
        if piece.said:
            lines[-1] += "  "
            lines += [f"  {wording('chat.rests')}", "", *(f"  - {_quoted(said, anchors)}" for said in piece.said), ""]
    return [*lines, ""]


def _table(block: Block, anchors: Anchors) -> list[str]:
    rows = [["", *map(_plain, block.columns)], ["---"] * (len(block.columns) + 1)]
    for row, cells in block.rows:
        rows.append([_plain(row), *("<br>".join(line for piece in cell for line in _cell(piece, anchors)) for cell in cells)])
    return [*(f"| {' | '.join(row)} |" for row in rows), ""]


def _cell(piece: Piece, anchors: Anchors) -> list[str]:
    return [*map(_plain, piece.lines), *(_quoted(said, anchors) for said in piece.said)]


def _quoted(said: Said, anchors: Anchors) -> str:
    """Each quotation with its own reference: in a paper people move and delete lines."""
    words = _plain(f"{said.context}{said.citation['quote']} {said.note}")
    return f"{words} {_link(said.citation, anchors)}"


def _link(one: Citation, anchors: Anchors) -> str:
    return f"[{_plain(one['label'])}](#{anchors[passage_of(one)]})"


def _title(quotes: Sequence[Citation]) -> str:
    label = quotes[0]["label"]
    return f"{label[:1].upper()}{label[1:]}"


def _plain(words: str) -> str:
    return _escaped(shown(words)).strip()


def _escaped(words: str) -> str:
    """Words on one line, in which nothing is markup."""
    return _MARKUP.sub(r"\\\1", _SPACES.sub(" ", words))


# ---- Word ------------------------------------------------------------------------------------------------------


def as_docx(conversation: Conversation) -> bytes:
    """The conversation as a Word document with headings, quotes and lists in Word's own styles."""
    from docx import Document

    annex = conversation.annex
    anchors = {passage_of(quotes[0]): f"passage_{at}" for at, quotes in enumerate(annex, 1)}
    document = Document()
    dress(document, conversation.title)
    document.add_heading(conversation.title, 0)
    for fact in conversation.facts:
        document.add_paragraph(shown(fact))
    for number, answer in enumerate(conversation.answers, 1):
        document.add_heading(conversation.heading(number), 1)
        if uncut := conversation.uncut(number):
            document.add_paragraph(uncut)
        for block in blocks(answer):
            if block.heading:
                document.add_heading(shown(block.heading), 2)
            {"plain": _add_paragraphs, "suggested": _add_suggested, "table": _add_table}[block.form](document, block, anchors)
        if answer["nearest"]:
            document.add_paragraph(wording("export.nearest"))
            for one in answer["nearest"]:
                _add_link(document.add_paragraph(style="List Bullet"), one, anchors)
    document.add_heading(wording("export.annex"), 1)
    document.add_paragraph(wording("export.annex_text" if annex else "export.no_annex"))
    for quotes in annex:
        bookmark(document.add_heading(shown(_title(quotes)), 2), anchors[passage_of(quotes[0])])
        for paragraph in conversation.around(quotes):
            added = document.add_paragraph(style="Quote")
            for words, quoted in paragraph:
                added.add_run(words).bold = quoted
        for note in notes(quotes):
            document.add_paragraph(shown(note), style="List Bullet")
    if conversation.checksum:
        document.add_paragraph(conversation.checksum)
    document.sections[0].footer.paragraphs[0].text = conversation.licence
    kept = BytesIO()
    document.save(kept)
    return kept.getvalue()


def _add_paragraphs(document: Any, block: Block, anchors: Anchors) -> None:
    for piece in block.pieces:
        for line in piece.lines:
            document.add_paragraph(shown(line))
        for said in piece.said:
            _add_quoted(document.add_paragraph(style="List Bullet"), said, anchors)


def _add_suggested(document: Any, block: Block, anchors: Anchors) -> None:
    for piece in block.pieces:
        paragraph = document.add_paragraph(style="List Bullet")
        paragraph.add_run(f"{wording('chat.suggested')}: ").italic = True
        paragraph.add_run(shown(" ".join(piece.lines)))
        if piece.said:
            paragraph.add_run().add_break()
            paragraph.add_run(wording("chat.rests"))
        for said in piece.said:
            _add_quoted(document.add_paragraph(style="List Bullet 2"), said, anchors)


def _add_table(document: Any, block: Block, anchors: Anchors) -> None:
    from docx.oxml import OxmlElement

    table = document.add_table(rows=1, cols=len(block.columns) + 1, style="Table Grid")
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # repeated on every page, and read out as a head
    for cell, column in zip(table.rows[0].cells[1:], block.columns, strict=True):
        cell.paragraphs[0].add_run(shown(column)).bold = True
    for row, cells in block.rows:
        name, *places = table.add_row().cells
        name.paragraphs[0].add_run(shown(row)).bold = True
        for place, pieces in zip(places, cells, strict=True):
            for piece in pieces:
                for line in piece.lines:
                    _next(place).add_run(shown(line))
                for said in piece.said:
                    _add_quoted(_next(place), said, anchors)
    document.add_paragraph()  # Word joins a table to what follows it


def _next(cell: Any) -> Any:
    """The next paragraph of a cell to write in: a cell begins with an empty one."""
    return cell.paragraphs[0] if not cell.text else cell.add_paragraph()


def _add_quoted(paragraph: Any, said: Said, anchors: Anchors) -> None:
    paragraph.add_run(shown(f"{said.context}{said.citation['quote']}{' ' if said.note else ''}{said.note}"))
    paragraph.add_run(" [")
    _add_link(paragraph, said.citation, anchors)
    paragraph.add_run("]")


def _add_link(paragraph: Any, one: Citation, anchors: Anchors) -> None:
    """The label as a link to the passage's heading in the annex."""
    linked(paragraph, shown(one["label"]), anchors[passage_of(one)])


def parcel(conversation: Conversation, form: str) -> dict[str, str]:
    """The file as a message that the page's script turns into a download: name, type, content in base64."""
    content = as_docx(conversation) if form == "docx" else as_markdown(conversation).encode("utf-8")
    kind = DOCX if form == "docx" else MARKDOWN
    ending = "docx" if form == "docx" else "md"
    return {"name": f"{conversation.name}.{ending}", "type": kind, "content": b64encode(content).decode("ascii")}
