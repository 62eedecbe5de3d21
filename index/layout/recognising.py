"""A report's lines -> the report, by way of blocks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from index.errors import UnreadableReport
from index.formats.markdown import Line
from index.formats.placed import PlacedLine, PlacedText
from index.layout import facts
from index.layout.blocks import Block
from index.layout.markdown import blocks_of_markdown
from index.layout.pages.placed import blocks_of_placed
from index.layout.pages.shapes import BIGGER
from index.layout.titles import names_section, same_title, section_named
from index.layout.walk import Walk
from index.passages import Report

FAMILY = {"recommendations", "leadership"}  # parts that every short report has
KEPT = 0.98  # a smaller share of the words in passages is warned of
MIN_NUMBERED = 5  # fewer consecutive numbered paragraphs than this is not such a report
NO_PASSAGES = "This file holds no recognisable numbered passages: it is not an inspection report whose paragraphs are numbered."


def recognise(lines: list[Line]) -> Report:
    """The report in lines of Markdown. Raises UnreadableReport if too few paragraphs are numbered."""
    blocks = blocks_of_markdown(lines)
    if facts.longest_run([block.number for block in blocks if block.number]) < MIN_NUMBERED:
        raise UnreadableReport(NO_PASSAGES)
    return report_of(blocks, lines[-1].page if lines else 0)


def recognise_placed(text: PlacedText) -> Report:
    """Recognise the report in lines with places. Raises UnreadableReport when it is not one of the family.

    Where nothing is numbered (the short reports since 2018), headings and dates of the family tell that it is one.
    """
    blocks, lines = blocks_of_placed(text)
    numbered = facts.longest_run([block.number for block in blocks if block.number]) >= MIN_NUMBERED
    report = report_of(blocks, len(text.sizes), numbered)
    if not numbered and not (report.inspected and {p.part for p in report.passages} >= FAMILY):
        raise UnreadableReport(NO_PASSAGES)
    kept = _kept(lines, report)
    first = next((passage.number for passage in report.passages if passage.number), "1")
    late = [] if first.split(".")[-1] == "1" else [f"paragraph numbers begin with {first}"]
    warnings = [*late, *report.warnings, *_losses(text, kept)]
    return replace(report, kept=kept, warnings=tuple(warnings))


def report_of(blocks: list[Block], pages: int, numbered: bool = True) -> Report:
    """The report made of the blocks of any file; `numbered`: its paragraphs are numbered."""
    listed = facts.contents(blocks)
    named = any(block.size and names_section(block.text) for block in blocks if block.kind == "heading")
    walk = Walk([title for title, _ in listed], _section_size(blocks, [title for title, _ in listed]), numbered, named)
    for at, block in enumerate(blocks):
        walk.take(block, blocks[at + 1] if at + 1 < len(blocks) else None)
    passages = tuple(walk.passages)
    cover = " ".join(block.text for block in blocks if block.page == 1)
    return Report(
        title=facts.title(blocks),
        authority=facts.authority(blocks),
        inspected=facts.inspected(cover),
        published=facts.published(cover),
        pages=pages,
        passages=passages,
        judgements=facts.judgements(passages, cover),
        warnings=(*facts.oddities([p.number for p in passages if p.number]), *facts.misplaced(listed, blocks)),
    )


def _section_size(blocks: Iterable[Block], listed: Sequence[str]) -> float:
    """The size of letters from which a heading on laid-out pages opens a section; 0 where sizes tell nothing.

    That of the smallest heading that the contents page lists, or else of those that open sections in every report of the
    family; of a title that occurs twice the larger counts. Where neither is found, all but the smallest headings open one.
    """
    headings = [
        block for block in blocks if block.kind == "heading" and block.size and not block.cover and block.text != "Contents"
    ]
    sizes = sorted({block.size for block in headings})
    letters = Counter[float]()
    for block in blocks:
        letters[block.size] += len(block.text) if block.kind in {"item", "prose"} else 0
    body = max(letters, key=letters.__getitem__, default=0.0)
    found: dict[str, float] = {}
    by_title = [(title, block.size) for title in listed for block in headings if same_title(block.text, title)]
    for title, size in by_title or [(named, block.size) for block in headings if (named := section_named(block.text))]:
        found[title] = max(size, found.get(title, 0.0))
    size = min(found.values(), default=sizes[1] if len(sizes) > 1 else 0.0)
    return size if size > body + BIGGER else 0.0


def _kept(lines: Sequence[PlacedLine], report: Report) -> float:
    """The share of the words of the lines that stand in some passage, beside its grade, or in a heading that passages carry."""
    source = Counter(word for line in lines for word in _words(line.text))
    held = Counter(_words(report.authority))
    for passage in report.passages:
        service = passage.context if passage.page == 1 and passage.kind == "judgement" else None  # the cells beside the grades
        held.update(_words(f"{passage.number or ''} {passage.text} {service or ''}"))
        if passage.flagged:
            held.update(["recommendation", "recommendations", "and", *passage.leads_to])
    rows = {row for passage in report.passages for row in range(passage.rows[0], passage.rows[1] + 1)}
    named = {heading for passage in report.passages for heading in (passage.section, passage.subsection) if heading}
    headings = {word for heading in named for word in _words(heading)}
    outside = Counter(word for line in lines if line.row not in rows for word in _words(line.text))
    held.update({word: count for word, count in outside.items() if word in headings})
    return sum(min(count, held[word]) for word, count in source.items()) / max(1, source.total())


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", re.sub(r"</?sup>", " ", text).casefold())


def _losses(text: PlacedText, kept: float) -> list[str]:
    """What of the file is in no passage, a sentence each."""
    warnings = []
    if kept < KEPT:
        warnings.append(f"{1 - kept:.1%} of the report's words are in no passage: its layout is known in part only")
    without = sorted(set(range(1, len(text.sizes) + 1)) - {line.page for line in text.lines})
    if without:
        named = ", ".join(map(str, without[:10])) + (" ..." if len(without) > 10 else "")
        warnings.append(f"no text was found on page{'s' if len(without) > 1 else ''} {named}")
    if text.unmapped:
        warnings.append(f"{text.unmapped:,} characters are drawn without saying which they are")
    return warnings
