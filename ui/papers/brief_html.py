"""A sheet -> one HTML page that needs nothing else and prints well on A4, or the same as a piece of a page. Pure; all is escaped."""

from __future__ import annotations

from prompts import wording
from ui.html.markup import tag, text
from ui.papers.briefing_sheet import Block, Sheet

STYLE = """
:root { color-scheme: light; }
body { font: 11.5pt/1.45 Arial, "Liberation Sans", Helvetica, sans-serif; color: #111; max-width: 46em; margin: 2em auto; padding: 0 1em; }
h1, h2, h3 { color: #1d3a5f; line-height: 1.2; break-after: avoid; } h1 { font-size: 1.7em; margin-bottom: .3em; }
h2 { font-size: 1.25em; margin: 1.4em 0 .4em; } h3 { font-size: 1.05em; margin: 1em 0 .3em; }
header, footer { font-size: .8em; color: #444; } footer { border-top: 1px solid #999; margin-top: 2em; padding-top: .5em; }
ul, ol { padding-left: 1.3em; margin: .3em 0; } li { margin: .3em 0; break-inside: avoid; } .place { font-weight: bold; }
.remark, .note { font-style: italic; color: #333; } blockquote { margin: .2em 0 .8em; padding-left: .8em; border-left: 3px solid #1d3a5f; }
table { border-collapse: collapse; width: 100%; } th, td { border: 1px solid #777; padding: .25em .5em; text-align: left; }
@page { size: A4; margin: 18mm 16mm 18mm; @bottom-right { content: counter(page) " / " counter(pages); font: 8pt Arial, sans-serif; } }
@media print { body { max-width: none; margin: 0; padding: 0; font-size: 11pt; line-height: 1.35; } .annex { break-before: page; } tr, blockquote { break-inside: avoid; } }
"""
SMALL = "@media print { body { font-size: 11pt; line-height: 1.2; } h1 { font-size: 1.3em; } h2 { font-size: 1.1em; margin: .45em 0 .1em; } ul, ol { margin: .1em 0; } li { margin: .05em 0; } th, td { padding: .05em .4em; } footer { margin-top: .5em; } @page { margin: 10mm 14mm; } }"


def as_html(sheet: Sheet) -> str:
    """The whole page."""
    style = STYLE + (SMALL if sheet.small else "")
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">{tag("title", text(sheet.title))}'
    return f'<!doctype html>\n<html lang="en-GB"><head>{head}<style>{style}</style></head><body>{fragment(sheet)}</body></html>\n'


def fragment(sheet: Sheet, level: int = 1) -> str:
    """Head, blocks and foot as elements; `level` is that of the title's heading. Above 1 it is a piece of a page that has a main part already,
    where every place is a link that opens the passage.
    """
    inside = level > 1
    written: list[str] = []
    waiting: list[tuple[str, str]] = []  # items of the list that is open, with their sort
    for block in (*sheet.blocks, Block("end")):
        if waiting and (
            block.kind not in ("line", "behind", "question") or (block.kind == "question") != (waiting[-1][0] == "question")
        ):
            written.append(_list(waiting))
            waiting = []
        if block.kind in ("line", "behind", "question"):
            waiting.append((block.kind, _words(block, inside)))
        elif block.kind != "end":
            written.append(_block(block, level))
    first, rest = written[0], written[1:]
    body = first + "".join(rest)
    if inside:  # the page has its banner, main part and foot already
        return tag("p", text(sheet.head), class_="head") + body + tag("p", text(sheet.foot), class_="foot-note")
    return tag("header", text(sheet.head)) + tag("main", body) + tag("footer", text(sheet.foot))


def _list(items: list[tuple[str, str]]) -> str:
    name = "ol" if items[0][0] == "question" else "ul"
    return tag(name, "".join(tag("li", words, class_=sort) for sort, words in items))


def _block(block: Block, level: int) -> str:
    if block.kind == "title":
        return tag(f"h{level}", text(block.text))
    if block.kind in ("heading", "annex"):
        return tag(f"h{level + 1}", text(block.text), class_=block.kind)
    if block.kind == "subheading":
        return tag(f"h{level + 2}", text(block.text))
    if block.kind == "note":
        return tag("p", text(block.text), class_="note")
    if block.kind == "table":
        head, *rows = block.rows
        top = tag("tr", "".join(tag("th", text(cell), scope="col") for cell in head))
        body = "".join(
            tag("tr", tag("th", text(row[0]), scope="row") + "".join(tag("td", text(cell)) for cell in row[1:])) for row in rows
        )
        name = wording("brief.judgement")
        table = tag("table", tag("caption", text(name), hidden="hidden") + tag("thead", top) + tag("tbody", body))
        return tag("div", table, class_="wide", tabindex="0", role="region", aria_label=name) if level > 1 else table
    return tag(f"h{level + 2}", text(block.place[:1].upper() + block.place[1:])) + tag("blockquote", _words(block))


def _words(block: Block, inside: bool = False) -> str:
    context = f"{block.text.rstrip(':')}: " if block.text and block.quote else block.text
    words = text(context + block.quoted)
    if block.place and block.kind != "passage":
        shown = tag("span", text(f"[{block.place}]"), class_="place")
        if inside and block.passage:
            shown = tag("a", text(f"[{block.place}]"), class_="place", href=_link(block.passage, block.report), data_passage=block.passage,
                        data_report=block.report or None, data_quote=block.quote)  # fmt: skip
        words += " " + (_opening(block.place, block.named if inside else (), block.report) if block.kind == "question" else shown)
    remark = _opening(block.remark, block.named if inside else (), block.report)
    return words + (" " + tag("span", remark, class_="remark") if remark else "")


def _link(passage: str, report: str) -> str:
    return f"?report={report}&passage={passage}" if report else f"?passage={passage}"


def _opening(words: str, named: tuple[tuple[str, str], ...], report: str) -> str:
    """Words in which each place named is a link that opens its passage."""
    written, at = "", 0
    for place, identity in named:
        start = words.find(place, at)
        if start >= 0:
            written += text(words[at:start]) + tag(
                "a", text(place), class_="place", href=_link(identity, report), data_passage=identity, data_report=report or None
            )
            at = start + len(place)
    return written + text(words[at:])
