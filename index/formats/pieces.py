"""Pieces of text at places -> lines with cells: what stands on one baseline, raised marks, numbers drawn apart."""

from __future__ import annotations

import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

APART = 1.3  # a gap of so many letter sizes parts two cells of a line
SAME_BASELINE = 0.2  # in letter sizes
RAISED = 0.6  # how far a footnote mark is raised at most, in letter sizes
SMALLER = 0.82  # a footnote mark is at most this share of the line's letter size
FARTHEST = 80  # points between a paragraph's number and its first word


@dataclass
class Piece:
    """Letters that follow each other on one baseline."""

    baseline: float
    left: float
    right: float
    sizes: Counter[float] = field(default_factory=Counter)
    bold: int = 0
    letters: list[tuple[str, float]] = field(default_factory=list)  # with their sizes

    @property
    def size(self) -> float:
        return self.sizes.most_common(1)[0][0] if self.sizes else 0.0

    @property
    def bare(self) -> str:
        return "".join(letter for letter, _ in self.letters).strip()


def apart(piece: Piece, left: float, baseline: float, size: float) -> bool:
    """Whether a letter begins another piece: on another baseline (a raised mark aside), further left, or behind a wide gap."""
    scale = max(size, piece.size)
    raised = min(size, piece.size) <= SMALLER * scale
    above = abs(baseline - piece.baseline) > (RAISED if raised else SAME_BASELINE) * scale
    return above or left < piece.left - 1 or left - piece.right > APART * scale


def in_reading_order(pieces: list[Piece]) -> list[Piece]:
    """The order of the file, unless it often goes upwards within a column: then from top to bottom."""
    upwards = sum(
        1
        for one, after in pairwise(pieces)
        if after.baseline > one.baseline + 2 * one.size and after.left < one.right and one.left < after.right
    )
    if upwards > max(3, 0.2 * len(pieces)):
        return sorted(pieces, key=lambda piece: (-round(piece.baseline / 3), piece.left))
    return pieces


def lines_of(pieces: list[Piece]) -> list[list[Any]]:
    """Pieces that follow each other on one baseline make a line: [baseline, size, bold, [[text, left, right], ...]]."""
    groups: list[list[Piece]] = []
    lone: list[list[Piece]] = []  # those of them that are a number and nothing else
    for piece in pieces:
        last = groups[-1][-1] if groups else None
        if last is not None and piece.left >= last.right - 1:
            scale = max(piece.size, last.size)
            small = min(piece.size, last.size) <= SMALLER * scale
            opens = len(groups[-1]) == 1 and last.bare.isdigit()  # the mark of a footnote, its words behind a stop
            near = piece.left - last.right < (APART if opens else 0.5) * scale
            above = abs(piece.baseline - last.baseline)
            if above <= SAME_BASELINE * scale or (small and near and above <= RAISED * scale):
                groups[-1].append(piece)
                if groups[-1] in lone:
                    lone.remove(groups[-1])
                continue
        if _is_number(piece):
            text = next((group for group in reversed(groups) if _beside(piece, group[0])), None)
            if text is not None:  # drawn after the words that it numbers
                text.insert(0, piece)
                continue
        number = next((group for group in lone if _beside(group[0], piece)), None)
        if number is not None:  # drawn before, with other numbers between
            lone.remove(number)
            groups.remove(number)
            groups.append([*number, piece])
            continue
        if _is_number(piece):
            lone.append([piece])
            groups.append(lone[-1])
            continue
        groups.append([piece])
    return [_line(group) for group in groups]


def _is_number(piece: Piece) -> bool:
    return len(piece.letters) <= 4 and piece.bare.rstrip(".)").isdigit()


def _beside(number: Piece, text: Piece) -> bool:
    """Whether a number stands just left of a piece, as that of a paragraph does."""
    level = abs(number.baseline - text.baseline) <= SAME_BASELINE * text.size
    return level and 0 <= text.left - number.right <= FARTHEST


def _line(group: list[Piece]) -> list[Any]:
    sizes: Counter[float] = Counter()
    for piece in group:
        sizes.update(piece.sizes)
    size = max(sizes.items(), key=lambda item: (item[1], item[0]))[0]
    biggest = max(sizes)
    if sizes[biggest] >= 3:  # a short line with a long mark
        size = max(size, biggest) if size <= SMALLER * biggest else size
    letters = sum(sum(piece.sizes.values()) for piece in group)
    cells: list[list[Any]] = []
    for piece in group:
        words = _with_marks(piece, size)
        if cells and piece.left - cells[-1][2] <= APART * size:
            glue = "" if words.startswith("<sup>") else " "
            cells[-1] = [cells[-1][0] + glue + words, cells[-1][1], round(piece.right, 1)]
        else:
            cells.append([words, round(piece.left, 1), round(piece.right, 1)])
    baseline = next((piece.baseline for piece in group if piece.size == size), group[0].baseline)
    return [round(baseline, 1), size, sum(piece.bold for piece in group) > letters / 2, cells]


def _with_marks(piece: Piece, size: float) -> str:
    """The words of a piece; figures much smaller than the line are footnote marks."""
    words, mark = "", ""
    for letter, own in [*piece.letters, ("", size)]:
        if letter.isdigit() and (own <= SMALLER * size or not letter.isdecimal()):  # small, or a raised figure of its own
            mark += unicodedata.normalize("NFKC", letter)
            continue
        if mark:
            words, mark = f"{words}<sup>{mark}</sup>", ""
        words += letter
    return " ".join(words.split())
