"""Lines of Markdown -> blocks."""

from __future__ import annotations

import re

from index.formats.markdown import Line
from index.layout.blocks import Block

_HEADING = re.compile(r"^#{1,6}\s+(.*)$")
_ITEM = re.compile(r"^(\s*)-\s+(.*)$")
_NUMBER = re.compile(r"^([0-9]{1,4}(?=\.\s)|[0-9]{1,3}\.[0-9]{1,4})\.?\s+(?=\S)")
_FOOTNOTE = re.compile(r"^<sup>(?:&</sup>lt;sup>)?(\d+)</sup>\s*(.*)$")  # the converter once escaped its own markup


def blocks_of_markdown(lines: list[Line]) -> list[Block]:
    """The blocks of a report in Markdown, in reading order."""
    return _join_broken(_blocks(lines))


def _blocks(lines: list[Line]) -> list[Block]:
    blocks: list[Block] = []
    open_block: Block | None = None
    for line in lines:
        if not line.text.strip():
            if open_block is not None and open_block.kind != "item":
                open_block = None
            continue
        indented = line.text[0] in " \t" and not _ITEM.match(line.text)
        if open_block is not None and open_block.kind == "item" and indented:
            open_block.extend(line.text.strip(), line.row, line.page)  # an indented block continues its list item
            continue
        block = _block(line)
        if not block.text:  # markup around nothing
            continue
        if open_block is not None and open_block.kind == block.kind == "prose":
            open_block.extend(block.text, line.row, line.page)
            continue
        blocks.append(block)
        open_block = block
    return blocks


def _block(line: Line) -> Block:
    def made(kind: str, text: str, **more: object) -> Block:
        text = re.sub(r"\s+", " ", text) if kind != "row" else text
        rows = (line.row, line.row)
        return Block(kind, text.replace("**", "").strip(), line.page, line.page, rows, corrected=line.corrected, **more)  # type: ignore[arg-type]

    if match := _HEADING.match(line.text):
        return made("heading", match[1])
    if match := _ITEM.match(line.text):
        number = _NUMBER.match(match[2])
        if number:
            return made("item", match[2][number.end() :], indent=len(match[1]), number=number[1])
        return made("item", match[2], indent=len(match[1]))
    if match := _FOOTNOTE.match(line.text):
        return made("footnote", match[2], notes=[match[1]])
    return made("row" if "\t" in line.text.strip() else "prose", line.text.strip(" "))


def _join_broken(blocks: list[Block]) -> list[Block]:
    """Join prose that a page break or a stray blank line cut: no full stop before, or a comma, and lower case after."""
    joined: list[Block] = []
    for block in blocks:
        before = joined[-1] if joined else None
        if before is not None and before.kind == block.kind == "prose":
            cut = block.text[0].islower() and before.text[-1] not in ".:!?"
            if cut or before.text.endswith(","):
                before.extend(block.text, block.rows[1], block.page_end)
                continue
        joined.append(block)
    return joined
