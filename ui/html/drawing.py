"""The contract's object -> the blocks that the page, the Word file and the Markdown file draw: from `sections` and `citations` alone.

Pure; knows no markup, and reads nothing out of the answer's text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from assistant.answer import Form, Role, Shown, form, runs
from prompts import wording

Citation = dict[str, Any]


@dataclass(frozen=True)
class Said:
    """A quotation as it is shown, with a reference of its own: people copy single lines. `context` stands before it.

    `note` is what is said of the scan, once in an answer for each passage.
    """

    citation: Citation
    context: str
    note: str = ""


@dataclass(frozen=True)
class Piece:
    """One section of an answer: lines of fixed wording, then quotations; `row` and `column` name its place in a table."""

    lines: tuple[str, ...]
    said: tuple[Said, ...] = ()
    row: str = ""
    column: str = ""


@dataclass(frozen=True)
class Block:
    """What stands under one heading: the cells of a table, suggested questions, or a single plain section."""

    form: Form
    role: Role
    heading: str | None
    pieces: tuple[Piece, ...]

    @property
    def columns(self) -> list[str]:
        """The columns of a table, in the order first named."""
        return list(dict.fromkeys(piece.column for piece in self.pieces))

    @property
    def rows(self) -> list[tuple[str, list[list[Piece]]]]:
        """The rows of a table by name, each with the pieces in every column; a cell may hold none."""
        return [
            (row, [[piece for piece in self.pieces if (piece.row, piece.column) == (row, column)] for column in self.columns])
            for row in dict.fromkeys(piece.row for piece in self.pieces)
        ]


def blocks(answer: dict[str, Any]) -> list[Block]:
    """The answer in the order drawn."""
    noted: set[tuple[str, str]] = set()
    return [_block(run, answer["citations"], noted) for run in runs([Shown(**section) for section in answer["sections"]])]


def _block(run: Sequence[Shown], citations: Sequence[Citation], noted: set[tuple[str, str]]) -> Block:
    first = run[0]
    pieces = tuple(
        Piece(
            _lines(one.text),
            _said([citations[at] for at in one.citations], form(first) != "table", noted),
            one.row or "",
            one.column or "",
        )
        for one in run
    )
    if any(piece.lines or piece.said for piece in pieces):
        return Block(form(first), first.role, first.heading, pieces)
    return Block(
        "plain", first.role, None, (Piece(_lines(first.heading), column=first.column or ""),)
    )  # a heading over nothing is a sentence


def _lines(words: str | None) -> tuple[str, ...]:
    return tuple(filter(str.strip, (words or "").splitlines()))


def _said(cited: Sequence[Citation], with_context: bool, noted: set[tuple[str, str]]) -> tuple[Said, ...]:
    """Neighbours share their context, shown with the first; a table's row is context enough.

    `noted` holds the passages whose note on the scan was shown already.
    """
    said = []
    for at, one in enumerate(cited):
        same = at > 0 and cited[at - 1]["context"] == one["context"]
        bare = same or not with_context or not one["context"] or one["kind"] == "footnote"
        context = "" if bare else f"{one['context'].rstrip(':')}: "
        note = wording("answered.corrected") if one["corrected"] and passage_of(one) not in noted else ""
        noted.update({passage_of(one)} if note else ())
        said.append(Said(one, context, note))
    return tuple(said)


def passage_of(one: Citation) -> tuple[str, str]:
    """What passages are told apart by: report, and id within it."""
    return one["report"], one["passage"]
