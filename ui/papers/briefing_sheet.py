"""A briefing -> blocks in the order they are printed, the same for Word, Markdown and HTML. Knows no file format.

A block's words are the report's where `quote` is set, and ours otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date

from assistant.answer import Statement
from assistant.briefing.briefing import FULL, Briefing, dated
from assistant.composing import day, licence, report_variables
from index.passages import Passage, Report
from prompts import wording
from ui.plain import held, raised

_GRADE_ONLY = re.compile(r"^(?:outstanding|good|requires? improvement(?: to be good)?|inadequate)\.?$", re.IGNORECASE)


@dataclass(frozen=True)
class Block:
    """One piece of a sheet.

    `kind` is title, note, heading, subheading, line, behind, question, table or passage. `text` holds our words, or before a
    quote the words it stands under; `place` is its label, `remark` what we add. `rows` are those of a table, header first.
    `passage` is the id of the passage that is quoted, where there is one; `named` are the places that stand in `place` of a question
    or in `remark`, in this order, each with the id of its passage.
    """

    kind: str
    text: str = ""
    quote: str = ""
    place: str = ""
    remark: str = ""
    rows: tuple[tuple[str, ...], ...] = field(default=())
    passage: str = ""
    named: tuple[tuple[str, str], ...] = ()
    report: str = ""  # that it is of, where several are told of

    @property
    def quoted(self) -> str:
        """The quote as it is printed: three dots stand for a first word that was left out, such as "However"."""
        return f"… {self.quote}" if self.quote[:1].islower() and not self.text else self.quote


@dataclass(frozen=True)
class Sheet:
    """A briefing laid out: what stands at the head and foot of every page, and the blocks between."""

    title: str
    head: str
    foot: str
    small: bool
    blocks: tuple[Block, ...]


def sheet(briefing: Briefing, made: date) -> Sheet:
    """Lay out a briefing made on a day."""
    report = briefing.report
    title = held(wording("brief.title", topic=briefing.topic))
    facts = report_variables(report)
    head = wording("brief.head", title=_work(report), **facts, month=_month(report))
    full = briefing.length == FULL
    blocks = [
        Block("title", title),
        Block("note", wording("brief.made", date=day(made.isoformat()))),
        *told(briefing),
        *_questions(briefing),
        *_annex(briefing.annex, report.sha256),
    ]
    return Sheet(title, head, licence(report.published), not full, tuple(map(_held, blocks)))


def _held(block: Block) -> Block:
    """The block without what a file format cannot hold: a topic is typed, a report may come from anywhere."""
    rows = tuple(tuple(map(held, row)) for row in block.rows)
    return replace(
        block, text=held(block.text), quote=held(block.quote), place=held(block.place), remark=held(block.remark), rows=rows
    )


def told(briefing: Briefing) -> list[Block]:
    """What the report says of the topic, and what it does not."""
    return [*_judgements(briefing), *_parts(briefing), *_recommended(briefing), *_silent(briefing)]


def file_name(topic: str, form: str) -> str:
    """ "care leavers", "docx" -> briefing-care-leavers.docx."""
    name = re.sub(r"[^a-z0-9]+", "-", topic.casefold()).strip("-")[:60] or "topic"
    return f"briefing-{name}.{form}"


def _work(report: Report) -> str:
    return f"{report.authority}: {report.title}" if report.authority else report.title


def _month(report: Report) -> str:
    return " ".join(day(report.inspected[1]).split()[1:]) if report.inspected else ""


# ---- parts -----------------------------------------------------------------------------------------------------


def _judgements(briefing: Briefing) -> list[Block]:
    if not briefing.graded:
        return []
    earlier = next((row.before[0].year for row in briefing.graded if row.before), "")
    rows: list[tuple[str, ...]] = [
        (wording("brief.area"), wording("brief.judged_now"), wording("brief.judged_before", year=earlier))
    ]
    for row in briefing.graded:
        pairs = [
            f"{pair[0].grade[:1].upper()}{pair[0].grade[1:]} ({pair[1].passage.place})" if pair else wording("brief.not_judged")
            for pair in (row.now, row.before)
        ]
        rows.append((row.service, *pairs))
    return [Block("heading", wording("brief.judgement")), Block("table", rows=tuple(rows))]


def _parts(briefing: Briefing) -> list[Block]:
    blocks: list[Block] = []
    area: str | None = None
    for part in briefing.parts:
        if part.area != area:
            area = part.area
            if area:
                blocks.append(Block("heading", area))
        blocks.append(Block("subheading" if part.area else "heading", part.heading))
        before: Passage | None = None
        for line in part.lines:
            block = _line(line, before, undated=part.role == "figures" and not dated(line))
            blocks.append(block if briefing.length == FULL else replace(block, place=line.passage.place))
            before = line.passage
    return blocks


def _line(line: Statement, before: Passage | None = None, kind: str = "line", undated: bool = False) -> Block:
    """A quotation with its place; the words it stands under once, where lines share them."""
    passage = line.passage
    context = (passage.context or "").rstrip(":")
    shared = before is not None and (before.context == passage.context or before.text == passage.context)
    if shared or passage.kind == "footnote" or (passage.kind == "judgement" and not _GRADE_ONLY.match(passage.text)):
        context = ""
    remarks = [wording("answered.corrected")] if passage.corrected else []
    remarks += [wording("brief.undated")] if undated else []
    remarks += [wording("brief.also", places=_listed(list(line.also)))] if line.also else []
    return Block(kind, raised(context), raised(line.quote), passage.label, " ".join(remarks), passage=passage.id)


def _recommended(briefing: Briefing) -> list[Block]:
    blocks: list[Block] = []
    for made in briefing.recommended:
        blocks.append(_line(made.statement))
        if made.gist:
            blocks.append(Block("note", wording(f"brief.behind_{made.kind}")))
            blocks += [_line(line, kind="behind") for line in made.gist]
        elif made.findings and briefing.kind != "everything":
            places = _listed([finding.place for finding in made.findings])
            remark = wording(f"brief.named_{made.kind}", places=places)
            blocks[-1] = replace(blocks[-1], text="", remark=remark, named=_named(made.findings))
    blocks += _left_out(briefing)
    return [Block("heading", wording("brief.recommended")), *blocks] if blocks else []


def _left_out(briefing: Briefing) -> list[Block]:
    """Where a page on the whole report has no room for every recommendation, how many are left out and where they stand."""
    every = [passage for passage in briefing.report.passages if passage.kind == "recommendation"]
    missing = len(every) - len(briefing.recommended)
    if briefing.kind != "everything" or missing <= 0:
        return []
    return [Block("note", wording("brief.left_out", count=missing, page=every[0].page))]


def _listed(places: list[str]) -> str:
    """Places in one line; their own commas part number and page."""
    return "; ".join(places)


def _named(passages: Iterable[Passage]) -> tuple[tuple[str, str], ...]:
    return tuple((passage.place, passage.id) for passage in passages)


def _silent(briefing: Briefing) -> list[Block]:
    if not briefing.silent:
        return []
    if briefing.length == FULL:
        return [Block("heading", wording("brief.silent")), *(Block("line", text) for text in briefing.silent)]
    return [Block("heading", wording("brief.silent")), Block("note", " ".join(briefing.silent))]


def _questions(briefing: Briefing) -> list[Block]:
    if not briefing.questions:
        return []
    asked = [
        Block(
            "question",
            raised(one.text),
            place=wording("brief.rests", places=_listed([p.place for p in one.rests_on])),
            named=_named(one.rests_on),
        )
        for one in briefing.questions
    ]
    return [Block("heading", wording("brief.questions")), Block("note", wording("brief.questions_note")), *asked]


def _annex(passages: tuple[Passage, ...], sha256: str) -> list[Block]:
    """The passages, and the checksum by which somebody can tell that they read the same file."""
    if not passages:
        return []
    blocks = [Block("annex", wording("brief.annex"))]
    for passage in passages:
        context = f"{passage.context.rstrip(':')}:" if passage.context and passage.kind != "footnote" else ""
        remark = wording("answered.corrected") if passage.corrected else ""
        blocks.append(Block("passage", raised(context), raised(passage.text), passage.label, remark))
    return [*blocks, Block("note", wording("brief.checksum", sha256=sha256))]
