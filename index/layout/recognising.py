"""A report's lines -> the report, by way of blocks."""

from __future__ import annotations

from index.errors import UnreadableReport
from index.formats.markdown import Line
from index.layout import facts
from index.layout.blocks import Block
from index.layout.markdown import blocks_of_markdown
from index.layout.walk import Walk
from index.passages import Report

MIN_NUMBERED = 5  # fewer consecutive numbered paragraphs than this is not such a report
NO_PASSAGES = "This file holds no recognisable numbered passages: it is not an inspection report whose paragraphs are numbered."


def recognise(lines: list[Line]) -> Report:
    """Recognise the report in its lines of Markdown. Raises UnreadableReport when no numbered passages are recognisable."""
    blocks = blocks_of_markdown(lines)
    if facts.longest_run([block.number for block in blocks if block.number]) < MIN_NUMBERED:
        raise UnreadableReport(NO_PASSAGES)
    return report_of(blocks, lines[-1].page if lines else 0)


def report_of(blocks: list[Block], pages: int) -> Report:
    """The report that the blocks make, whatever file they come from."""
    listed = facts.contents(blocks)
    walk = Walk([title for title, _ in listed])
    for at, block in enumerate(blocks):
        walk.take(block, blocks[at + 1] if at + 1 < len(blocks) else None)
    passages = tuple(walk.passages)
    cover = " ".join(block.text for block in blocks if block.page == 1)
    return Report(
        title=facts.title(blocks),
        authority=next((b.text for b in blocks if b.sort == "heading"), ""),
        inspected=facts.inspected(cover),
        published=facts.published(cover),
        pages=pages,
        passages=passages,
        judgements=facts.judgements(passages, cover),
        warnings=(*facts.oddities([p.number for p in passages if p.number]), *facts.misplaced(listed, blocks)),
    )
