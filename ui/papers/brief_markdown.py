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
        lines += [text] if block.sort in _ITEMS and following.sort in _ITEMS else [text, ""]
    return "\n".join([*lines, "---", "", escaped(sheet.foot), ""])


def escaped(text: str) -> str:
    return _MARKS.sub(r"\\\1", " ".join(text.split()))


def _numbered(blocks: tuple[Block, ...]) -> list[tuple[int, Block]]:
    """Blocks with the number of each question."""
    numbered, count = [], 0
    for block in blocks:
        count += block.sort == "question"
        numbered.append((count, block))
    return numbered


def _block(block: Block, number: int) -> str:
    if block.sort in ("title", "heading", "subheading", "annex"):
        return f"{'#' if block.sort == 'title' else '###' if block.sort == 'subheading' else '##'} {escaped(block.text)}"
    if block.sort == "note":
        return f"*{escaped(block.text)}*"
    if block.sort == "table":
        head, *rows = [f"| {' | '.join(map(escaped, row))} |" for row in block.rows]
        return "\n".join([head, "|" + "---|" * len(block.rows[0]), *rows])
    words = (
        f"{escaped(block.text.rstrip(':'))}: {escaped(block.quote)}"
        if block.text and block.quote
        else escaped(block.text or block.quoted)
    )
    remark = f" *{escaped(block.remark)}*" if block.remark else ""
    if block.sort == "passage":
        return f"### {escaped(block.place[:1].upper() + block.place[1:])}\n\n> {words}{remark}"
    if block.sort == "question":
        return f"{number}. {words} {escaped(block.place)}"
    place = f" **[{block.place}]**" if block.place else ""
    return f"{'  ' if block.sort == 'behind' else ''}- {words}{place}{remark}"
