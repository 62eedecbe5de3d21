"""The recommendations tracker: every recommendation quoted, the sentences of the findings behind it, and empty columns for owner, date
and evidence. As Word and as a spreadsheet; both link to the findings' full text. Nothing is written to disk.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any

from assistant.composing import day, report_variables
from assistant.lookups.links import PRINTED, RELATED
from index.passages import Passage, Report
from prompts import wording
from ui.html.naming import of
from ui.papers.export import DOCX, shown
from ui.papers.word import bookmark, dress, linked
from ui.related import Linked, Recommended, reference

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KINDS = {"docx": DOCX, "xlsx": XLSX}
FORMS = tuple(KINDS)
COLUMNS = ("number", "recommendation", "findings", "owner", "by", "evidence")
WIDTHS = {"number": 6, "recommendation": 48, "findings": 60, "owner": 18, "by": 14, "evidence": 36}  # characters
CENTIMETRES = {
    "number": 1.2,
    "recommendation": 7.0,
    "findings": 8.2,
    "owner": 2.6,
    "by": 2.3,
    "evidence": 4.4,
}  # of A4 on its side


@dataclass(frozen=True)
class Tracker:
    """What is tracked: the recommendations with their findings, the report, the day it was made; `name` is said in every
    reference, of a report other than the one in force.
    """

    made: list[Recommended]
    report: Report
    day: date
    name: str = ""

    @property
    def facts(self) -> list[str]:
        printed = any(linked.kind == PRINTED for one in self.made for linked in one.findings)
        lines = [reference(self.report) + "."]
        if self.report.inspected:
            facts = report_variables(self.report)
            lines.append(wording("export.inspected", first=facts["first"], last=facts["last"]))
        return [
            *lines,
            wording("tracker.made", date=day(self.day.isoformat())),
            wording("tracker.printed" if printed else "tracker.derived"),
        ]

    @property
    def findings(self) -> list[Passage]:
        """The findings behind any recommendation, in reading order, each once."""
        behind = {linked.passage.id: linked.passage for one in self.made for linked in one.findings}
        return sorted(behind.values(), key=lambda passage: (passage.page, int(passage.number or 0)))


def filed(tracker: Tracker, form: str) -> bytes:
    """The file's bytes; `form` is docx or xlsx."""
    return as_xlsx(tracker) if form == "xlsx" else as_docx(tracker)


def name(form: str, made: date) -> str:
    return wording("tracker.file", date=made.isoformat()) + f".{form}"


def _short(linked: Linked, name: str) -> str:
    place = of(wording("short.paper_paragraph", number=linked.passage.number, page=linked.passage.page), name)
    return f"{place}; {wording('tracker.related')}" if linked.kind == RELATED else place


# ---- spreadsheet -----------------------------------------------------------------------------------------------


def as_xlsx(tracker: Tracker) -> bytes:
    """Two sheets: the tracker, and the findings' full text that its numbers lead to."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font

    book = Workbook()
    sheet: Any = book.active
    sheet.title = wording("tracker.sheet")
    behind: Any = book.create_sheet(wording("tracker.findings_sheet"))
    rows = {finding.id: at for at, finding in enumerate(tracker.findings, 2)}
    sheet.append([wording(f"tracker.{column}") for column in COLUMNS])
    for one in tracker.made:
        said = [f"{shown(linked.sentence)} ({_short(linked, tracker.name)})" for linked in one.findings]
        made = one.recommendation
        quoted = f"{shown(made.text)} ({of(wording('short.paper_page', page=made.page), tracker.name)})"
        sheet.append([int(made.number or 0), quoted, "\n".join(said) or wording("recommendations.none"), "", "", ""])
        if one.findings:
            _link(sheet.cell(sheet.max_row, 1), f"#'{behind.title}'!A{rows[one.findings[0].passage.id]}")
    behind.append([wording(f"tracker.{column}") for column in ("paragraph", "page", "text", "bears_on")])
    for finding in tracker.findings:
        bears = [one.recommendation.number for one in tracker.made if finding in [linked.passage for linked in one.findings]]
        behind.append([int(finding.number or 0), finding.page, shown(finding.text), ", ".join(filter(None, bears))])
    for at, fact in enumerate(tracker.facts, sheet.max_row + 2):
        sheet.cell(at, 2, fact).alignment = Alignment(wrap_text=True, vertical="top")
    for page, widths in ((sheet, list(WIDTHS.values())), (behind, [12, 8, 110, 18])):
        for column, width in zip("ABCDEF", widths, strict=False):
            page.column_dimensions[column].width = width
        for row in page.iter_rows(min_row=1, max_row=len(tracker.made) + 1 if page is sheet else page.max_row):
            for cell in row:
                cell.alignment = Alignment(wrap_text=True, vertical="top")
                cell.data_type = "s" if cell.data_type == "f" else cell.data_type  # a report's words are no formula
        for cell in page[1]:
            cell.font = Font(bold=True)
        page.freeze_panes = "A2"
        page.print_title_rows, page.page_setup.orientation = "1:1", "landscape"
        page.page_setup.paperSize, page.page_setup.fitToHeight, page.sheet_properties.pageSetUpPr.fitToPage = 9, 0, True
    book.properties.title, book.properties.creator = wording("tracker.title"), wording("export.author")
    kept = BytesIO()
    book.save(kept)
    return kept.getvalue()


def _link(cell: Any, target: str) -> None:
    from openpyxl.worksheet.hyperlink import Hyperlink

    cell.hyperlink = Hyperlink(ref=cell.coordinate, location=target.removeprefix("#"))
    cell.style = "Hyperlink"


# ---- Word ------------------------------------------------------------------------------------------------------


def as_docx(tracker: Tracker) -> bytes:
    """A table on A4 on its side, and the findings' full text behind it."""
    from docx import Document
    from docx.enum.section import WD_ORIENT
    from docx.oxml import OxmlElement
    from docx.shared import Cm, Pt

    document = Document()
    dress(document, wording("tracker.title"))
    page = document.sections[0]
    page.orientation, page.page_width, page.page_height = WD_ORIENT.LANDSCAPE, Cm(29.7), Cm(21)
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = Cm(2)
    document.add_heading(wording("tracker.title"), 0)
    for fact in tracker.facts:
        document.add_paragraph(fact)
    anchors = {finding.id: f"finding_{at}" for at, finding in enumerate(tracker.findings, 1)}
    table = document.add_table(rows=1, cols=len(COLUMNS), style="Table Grid")
    table.autofit = False
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # repeated on every page, and read out as a head
    for cell, column in zip(table.rows[0].cells, COLUMNS, strict=True):
        cell.paragraphs[0].add_run(wording(f"tracker.{column}")).bold = True
    for one in tracker.made:
        cells = table.add_row().cells
        made = one.recommendation
        cells[0].paragraphs[0].add_run(made.number or "").bold = True
        cells[1].paragraphs[0].add_run(f"{shown(made.text)} ({of(wording('short.paper_page', page=made.page), tracker.name)})")
        first = True
        for found in one.findings:
            paragraph = cells[2].paragraphs[0] if first else cells[2].add_paragraph()
            paragraph.add_run(f"{shown(found.sentence)} (")
            linked(paragraph, _short(found, tracker.name), anchors[found.passage.id])
            paragraph.add_run(")")
            first = False
        if not one.findings:
            cells[2].paragraphs[0].add_run(wording("recommendations.none")).italic = True
    for column, name in zip(table.columns, COLUMNS, strict=True):
        column.width = Cm(CENTIMETRES[name])
    for row in table.rows:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))  # a recommendation stays on one page
        for cell, column in zip(row.cells, COLUMNS, strict=True):
            cell.width = Cm(CENTIMETRES[column])
            for paragraph in cell.paragraphs:
                paragraph.paragraph_format.space_after = Pt(3)
    document.add_heading(wording("tracker.findings_sheet"), 1)
    for finding in tracker.findings:
        bookmark(document.add_heading(f"{finding.place[:1].upper()}{finding.place[1:]}", 2), anchors[finding.id])
        document.add_paragraph(shown(finding.text), style="Quote")
    kept = BytesIO()
    document.save(kept)
    return kept.getvalue()
