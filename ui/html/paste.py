"""An answer as it is pasted into a paper: formatted (HTML) and plain. References are text, not links: short ones behind the words,
the full one once at the end. Pure; drawn from `sections` and `citations` alone.
"""

from __future__ import annotations

from typing import Any

from prompts import wording
from ui.html.drawing import Block, Citation, Piece, Said, blocks
from ui.html.markup import tag, text
from ui.html.naming import of
from ui.plain import raised, whole


def short(one: Citation) -> str:
    """ "¶71 · p24", "rec 6 · p9", "p2–3": what a chip shows."""
    if not one["paragraph"]:
        return wording("short.page", page=_pages(one))
    kind = "recommendation" if one["kind"] == "recommendation" else "paragraph"
    return wording(f"short.{kind}", number=one["paragraph"], page=_pages(one))


def in_a_paper(one: Citation) -> str:
    """ "para 71, p 24": the reference behind a quotation in somebody's own paper."""
    if not one["paragraph"]:
        return of(wording("short.paper_page", page=_pages(one)), one.get("of", ""))
    kind = "recommendation" if one["kind"] == "recommendation" else "paragraph"
    return of(wording(f"short.paper_{kind}", number=one["paragraph"], page=_pages(one)), one.get("of", ""))


def _pages(one: Citation) -> str:
    return f"{one['page']}–{one['page_end']}" if one["page_end"] != one["page"] else str(one["page"])


def plain(answer: dict[str, Any], work: str) -> str:
    """The answer as plain text that ends with the full reference."""
    lines: list[str] = []
    for block in blocks(answer):
        lines += [block.heading] if block.heading else []
        if block.form == "table":
            lines += [f"{row}: {_cells(block, cells)}" for row, cells in block.rows]
            continue
        for piece in block.pieces:
            lines += [*piece.lines, *(f"- {_words(said)}" for said in piece.said)]
    return whole("\n".join([*map(raised, lines), "", wording("reference.full", work=work)]))


def _cells(block: Block, cells: list[list[Piece]]) -> str:
    said = ["; ".join([*piece.lines, *map(_words, piece.said)]) for cell in cells for piece in cell]
    return " | ".join(f"{column}: {words}" for column, words in zip(block.columns, said, strict=False))


def _words(said: Said) -> str:
    reference = f" ({in_a_paper(said.citation)})"  # each quotation its own: in a paper people move and delete lines
    return f"{said.context}“{said.citation['quote']}”{' ' if said.note else ''}{said.note}{reference}"


def formatted(answer: dict[str, Any], work: str) -> str:
    """The same as HTML, with headings, lists and tables that a word processor keeps. It holds no link."""
    return (
        tag("p", tag("b", text(answer["question"])))
        + body(answer)
        + tag("p", tag("i", text(wording("reference.full", work=work))))
    )


def body(answer: dict[str, Any]) -> str:
    """The answer without its question: headings, lists, tables, short references."""
    written = ""
    for block in blocks(answer):
        written += tag("p", tag("b", text(block.heading))) if block.heading and block.form != "table" else ""
        written += _table(block) if block.form == "table" else "".join(map(_piece, block.pieces))
    return written


def _piece(piece: Piece) -> str:
    items = "".join(tag("li", text(_words(said))) for said in piece.said)
    return "".join(tag("p", text(line)) for line in piece.lines) + (tag("ul", items) if items else "")


def _table(block: Block) -> str:
    head = tag("tr", tag("td", "") + "".join(tag("th", text(column)) for column in block.columns))
    rows = "".join(
        tag("tr", tag("th", text(row)) + "".join(tag("td", "".join(map(_piece_in_cell, cell))) for cell in cells))
        for row, cells in block.rows
    )
    title = tag("p", tag("b", text(block.heading))) if block.heading else ""
    return title + tag("table", head + rows, border="1", style="border-collapse:collapse")


def _piece_in_cell(piece: Piece) -> str:
    return "".join(tag("p", text(words)) for words in (*piece.lines, *map(_words, piece.said)))
