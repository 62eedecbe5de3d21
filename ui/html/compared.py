"""An answer of several reports -> HTML: two side by side in a table with a column a report, judgements in one table, any other
under the report's name. Pure; each piece says whose it is (`data-report`), so that its citations open the passage of their report.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from assistant.composing import day
from prompts import wording
from ui.html.drawing import Block, blocks
from ui.html.markup import tag, text
from ui.html.rendering import folding, inside, nearest, of_one, table

PAIR = 2  # reports that are set side by side
Answer = dict[str, Any]


def compared(answer: Answer) -> str:
    """The answer of several reports; `reports` holds that of each."""
    each: list[Answer] = answer["reports"]
    laid = blocks(answer)
    cited = [block for block in laid if any(piece.said for piece in block.pieces)]
    if not each[1:]:
        return of_one(answer)
    if cited and all(block.form == "table" for block in cited):
        return _tables(laid) + _failed(each)
    if len(each) == PAIR:
        return _side_by_side(laid, each)
    silent = [one for one in each if one["outcome"] == "not_stated"]
    said = [one for one in each if one not in silent]
    written = "".join(tag("section", _name(one) + of_one(one), class_="of-report", data_report=name_of(one)) for one in said)
    return written + _silent(silent, bool(said)) + _beside(answer)


def name_of(answer: Answer) -> str:
    return str(answer["report"]["name"])


def _name(one: Answer) -> str:
    return tag("h3", _titled(one), class_="report-name")


def _titled(one: Answer) -> str:
    """The report's name, and when it was published."""
    published = one["report"]["published"]
    when = " " + tag("span", text(wording("shelf.published", published=day(published))), class_="side") if published else ""
    return text(name_of(one)) + when


def _tables(laid: Sequence[Block]) -> str:
    return "".join(
        tag("section", table(block, of_reports=True) if block.form == "table" else inside(block, False)) for block in laid
    )


def _failed(each: Sequence[Answer]) -> str:
    """What reports say that could not be asked."""
    return "".join(tag("p", text(one["answer"]), class_="notice") for one in each if one["outcome"] == "error")


def _silent(silent: Sequence[Answer], folded: bool) -> str:
    """The reports that do not say: by name in one line beside those that do, each with its nearest passages."""
    if not silent:
        return ""
    written = "".join(tag("section", _name(one) + of_one(one), class_="of-report", data_report=name_of(one)) for one in silent)
    names = tag("summary", text(wording("shelf.silent", names=", ".join(map(name_of, silent)))))
    return tag("details", names + written, class_="more") if folded else written


def _beside(answer: Answer) -> str:
    """The sentence on reports that were not asked: the last section, which belongs to none."""
    last = answer["sections"][-1]
    return tag("p", text(last["text"]), class_="framing") if last["text"] and last["column"] is None else ""


def _side_by_side(laid: Sequence[Block], each: Sequence[Answer]) -> str:
    """A table with a column a report: under each heading what either says; a table of the answers' own between them."""
    names = [name_of(one) for one in each]
    head = tag("thead", tag("tr", "".join(tag("th", _titled(one), scope="col") for one in each)))
    folds = any(folding([block for block in laid if block.pieces[0].column == name]) for name in names)
    bodies = ""
    for heading, group in groupby(laid, key=lambda block: (block.heading, block.form == "table")):
        found = list(group)
        if heading[1]:
            whole = "".join(table(block, of_reports=True) for block in found)
            bodies += tag("tbody", tag("tr", tag("td", whole, colspan=str(PAIR))))
            continue
        over = tag("tr", tag("th", text(heading[0]), colspan=str(PAIR), scope="rowgroup")) if heading[0] else ""
        cells = "".join(
            tag("td", tag("p", text(name), class_="side of") + (
                "".join(inside(block, folds) for block in found if block.pieces[0].column == name)
                + (_nearest(one) if heading[0] is None else "")
            ), data_report=name)
            for name, one in zip(names, each, strict=True)
        )  # fmt: skip
        bodies += tag("tbody", over + tag("tr", cells))
    name = wording("shelf.compared", names=", ".join(names))
    laid_out = tag("table", tag("caption", text(name), class_="unseen") + head + bodies, class_="compared")
    return tag("div", laid_out, class_="table", role="region", aria_label=name, tabindex="0")


def _nearest(one: Answer) -> str:
    return nearest(one["nearest"], "unsure" in one["notes"])
