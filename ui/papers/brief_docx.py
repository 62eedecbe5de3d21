"""A sheet -> a Word document with Word's own styles: headings, lists, quotations, a table, page numbers. Nothing is written to disk."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from prompts import wording
from ui.papers.briefing_sheet import Block, Sheet

_STYLES = {"line": "List Bullet", "behind": "List Bullet 2", "question": "List Number", "passage": "Normal"}


def as_docx(sheet: Sheet) -> bytes:
    """The document's bytes."""
    from docx import Document

    document = Document()
    _settle(document, sheet)
    for block in sheet.blocks:
        _write(document, block)
    kept = BytesIO()
    document.save(kept)
    return kept.getvalue()


def _settle(document: Any, sheet: Sheet) -> None:
    """Page, styles, language, head and foot."""
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt, RGBColor

    size = 11 if sheet.small else 11.5
    page = document.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = Cm(1.6 if sheet.small else 2.2)
    page.top_margin, page.bottom_margin = (Cm(1.5), Cm(1.3)) if sheet.small else (Cm(2.4), Cm(2))
    page.header_distance = page.footer_distance = Cm(0.6 if sheet.small else 1)
    spaces = {"Title": 2, "Heading 1": 8, "Heading 2": 6, "Heading 3": 6}
    for name in (
        "Normal",
        "Title",
        "Heading 1",
        "Heading 2",
        "Heading 3",
        "List Bullet",
        "List Bullet 2",
        "List Number",
        "Header",
        "Footer",
    ):
        style = document.styles[name]
        style.font.name = "Arial"
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for slot in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            fonts.attrib.pop(qn(slot), None)
        style.paragraph_format.space_after = Pt(1 if sheet.small else 4)
        if name in spaces:
            style.font.color.rgb = RGBColor(0x1D, 0x3A, 0x5F)
            style.paragraph_format.space_before = Pt(spaces[name] * (0.4 if sheet.small else 1.3))
            style.paragraph_format.keep_with_next = True
    for name, points in (
        ("Normal", size),
        ("Title", size + (4 if sheet.small else 7)),
        ("Heading 1", size + (1 if sheet.small else 2.5)),
        ("Heading 2", size + 1),
        ("Heading 3", size),
    ):
        document.styles[name].font.size = Pt(points)
    for name in ("Header", "Footer"):
        document.styles[name].font.size = Pt(8)
    properties = document.styles["Normal"].element.get_or_add_rPr()
    properties.append(properties.makeelement(qn("w:lang"), {qn("w:val"): "en-GB"}))
    document.core_properties.title, document.core_properties.author = sheet.title, wording("export.author")
    document.core_properties.language, document.core_properties.comments = "en-GB", ""
    page.header.paragraphs[0].text = sheet.head
    foot = page.footer.paragraphs[0]
    foot.add_run(f"{sheet.foot} {wording('brief.page')} ")
    _field(foot, "PAGE")
    foot.add_run(f" {wording('brief.of')} ")
    _field(foot, "NUMPAGES")


def _field(paragraph: Any, code: str) -> None:
    """A field that the word processor fills in: the page's number, or how many there are."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    for sort, text in (("begin", None), (None, code), ("separate", None), ("shown", "1"), ("end", None)):
        run = paragraph.add_run()
        if sort == "shown":
            run.text = text or ""
        elif sort is None:
            element = OxmlElement("w:instrText")
            element.set(qn("xml:space"), "preserve")
            element.text = text
            run._r.append(element)
        else:
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), sort)
            run._r.append(element)


def _write(document: Any, block: Block) -> None:
    if block.kind == "title":
        document.add_paragraph(block.text, style="Title")
    elif block.kind in ("heading", "subheading", "annex"):
        heading = document.add_heading(block.text, 2 if block.kind == "subheading" else 1)
        heading.paragraph_format.page_break_before = block.kind == "annex"
    elif block.kind == "note":
        document.add_paragraph().add_run(block.text).italic = True
    elif block.kind == "table":
        _table(document, block)
    else:
        _quoted(document, block)


def _quoted(document: Any, block: Block) -> None:
    """A quotation with its place in brackets; a passage of the annex under its place."""
    if block.kind == "passage":
        document.add_heading(_capital(block.place), 2)
    paragraph = document.add_paragraph(style=_STYLES[block.kind])
    if block.text and block.quote:
        paragraph.add_run(f"{block.text.rstrip(':')}: ")
    else:
        paragraph.add_run(block.text)
    paragraph.add_run(block.quoted)
    if block.place and block.kind != "passage":
        place = block.place if block.kind == "question" else f"[{block.place}]"
        paragraph.add_run(f" {place}").bold = block.kind != "question"
    if block.remark:
        paragraph.add_run(f" {block.remark}").italic = True


def _table(document: Any, block: Block) -> None:
    from docx.oxml import OxmlElement
    from docx.shared import Cm, Pt

    table = document.add_table(rows=0, cols=len(block.rows[0]), style="Table Grid")
    table.autofit = False
    page = document.sections[0]
    across = (page.page_width - page.left_margin - page.right_margin) / Cm(1)
    widths = [share * across for share in _COLUMNS]
    for at, row in enumerate(block.rows):
        cells = table.add_row().cells
        for cell, text in zip(cells, row, strict=True):
            cell.paragraphs[0].add_run(text).bold = at == 0
            cell.paragraphs[0].paragraph_format.space_after = Pt(1)
        for cell, width in zip(cells, widths, strict=False):
            cell.width = Cm(width)
    for column, width in zip(table.columns, widths, strict=False):
        column.width = Cm(width)
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # repeated on every page, and read out as a head


_COLUMNS = (0.41, 0.34, 0.25)  # of the width of the text; the middle one holds the longest grade


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"
