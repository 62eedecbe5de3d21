"""What every Word file made here shares: its dress, links within the document, and the bookmarks that they lead to."""

from __future__ import annotations

from typing import Any

from prompts import wording


def dress(document: Any, title: str) -> None:
    """Type, language, title and author of a document: what Word shows of it, and reads it out in."""
    from docx.oxml.ns import qn
    from docx.shared import Pt

    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Arial", Pt(11)
    for name in ("Title", "Heading 1", "Heading 2", "Heading 3"):  # Word's template gives them a typeface of the theme
        style = document.styles[name]
        style.font.name = "Arial"
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for slot in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            fonts.attrib.pop(qn(slot), None)
    language = normal.element.get_or_add_rPr().makeelement(qn("w:lang"), {qn("w:val"): "en-GB"})
    normal.element.get_or_add_rPr().append(language)
    properties = document.core_properties
    properties.title, properties.author, properties.language = title, wording("export.author"), "en-GB"
    properties.comments = ""


def linked(paragraph: Any, words: str, anchor: str) -> None:
    """Adds words that lead to a bookmark of the document."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    run = paragraph.add_run(words)
    run.underline = True
    link = OxmlElement("w:hyperlink", {qn("w:anchor"): anchor})
    run._r.addprevious(link)
    link.append(run._r)


def bookmark(heading: Any, name: str) -> None:
    """Names a heading, so that a link can lead to it."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    number = name.rpartition("_")[2]
    heading._p.append(OxmlElement("w:bookmarkStart", {qn("w:id"): number, qn("w:name"): name}))
    heading._p.append(OxmlElement("w:bookmarkEnd", {qn("w:id"): number}))
