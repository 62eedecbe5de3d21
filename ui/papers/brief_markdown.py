"""A sheet -> Markdown that renders; the report's words are escaped where Markdown would read them as marks. Pure."""

from __future__ import annotations

import re
from itertools import pairwise

from ui.papers.briefing_sheet import Block, Sheet

_ITEMS = ("line", "behind", "question")
_MARKS = re.compile(r"([\\`*_{}\[\]<>#|~])")


def as_markdown(sheet: Sheet) -> str:
    """The whole text, with a line break at its end."""
    title, *rest = [_block(block, at) for at, block in _numbered(sheet.blocks)]
    lines = [title, "", escaped(sheet.head), ""]
    for (block, following), text in zip(pairwise((*sheet.blocks[1:], Block("end"))), rest, strict=True):
        lines += [text] if block.kind in _ITEMS and following.kind in _ITEMS else [text, ""]
    return "\n".join([*lines, "---", "", escaped(sheet.foot), ""])


def escaped(text: str) -> str:
    return _MARKS.sub(r"\\\1", " ".join(text.split()))


def _numbered(blocks: tuple[Block, ...]) -> list[tuple[int, Block]]:
    """Blocks with the number of each question."""
    numbered, count = [], 0
    for block in blocks:
        count += block.kind == "question"
        numbered.append((count, block))
    return numbered


def _block(block: Block, number: int) -> str:
    if block.kind in ("title", "heading", "subheading", "annex"):
        return f"{'#' if block.kind == 'title' else '###' if block.kind == 'subheading' else '##'} {escaped(block.text)}"
    if block.kind == "note":
        return f"*{escaped(block.text)}*"
    if block.kind == "table":
        head, *rows = [f"| {' | '.join(map(escaped, row))} |" for row in block.rows]
        return "\n".join([head, "|" + "---|" * len(block.rows[0]), *rows])
    words = (
        f"{escaped(block.text.rstrip(':'))}: {escaped(block.quote)}"
        if block.text and block.quote
        else escaped(block.text or block.quoted)
    )
    remark = f" *{escaped(block.remark)}*" if block.remark else ""
    if block.kind == "passage":
        return f"### {escaped(block.place[:1].upper() + block.place[1:])}\n\n> {words}{remark}"
    if block.kind == "question":
        return f"{number}. {words} {escaped(block.place)}"
    place = f" **[{block.place}]**" if block.place else ""
    return f"{'  ' if block.kind == 'behind' else ''}- {words}{place}{remark}"
