"""Running heads and page numbers: what repeats at the edge of the pages belongs to no passage."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from index.formats.placed import PlacedLine

EDGE = 0.12  # of the page's height, at its head and at its foot
SHARE = 0.3  # of the pages on which a line repeats at the same height
FEWEST = 3  # pages
HEIGHT = 8  # points within which two lines stand at the same height

_PAGE_NUMBER = re.compile(r"(?:page )?\d{1,4}(?:\s*(?:of|/|\|)\s*\d{1,4})?", re.IGNORECASE)
_TEXT = re.compile(r"<sup>|\d+[.)]$|.*recommendation", re.IGNORECASE)  # a footnote, a paragraph's number, a flag


def set_aside(lines: Sequence[PlacedLine], sizes: Sequence[tuple[float, float]]) -> tuple[list[PlacedLine], list[PlacedLine]]:
    """The lines of the text, and those that only head or foot the pages."""
    repeated: dict[tuple[str, int], set[int]] = defaultdict(set)
    for line in lines:
        if _at_edge(line, sizes):
            for band in _bands(line):
                repeated[_pattern(line), band].add(line.page)
    enough = max(FEWEST, SHARE * len(sizes))
    kept: list[PlacedLine] = []
    aside: list[PlacedLine] = []
    for line in lines:
        running = _at_edge(line, sizes) and any(len(repeated[_pattern(line), band]) >= enough for band in _bands(line))
        (aside if running else kept).append(line)
    return _without_lone_numbers(kept, aside, sizes)


def _at_edge(line: PlacedLine, sizes: Sequence[tuple[float, float]]) -> bool:
    height = sizes[line.page - 1][1] or 1
    return not EDGE < line.baseline / height < 1 - EDGE and not _TEXT.match(line.text)


def _bands(line: PlacedLine) -> tuple[int, int]:
    """The two overlapping bands of heights that a line stands in."""
    return 2 * int(line.baseline / HEIGHT), 2 * int(line.baseline / HEIGHT + 0.5) + 1


def _pattern(line: PlacedLine) -> str:
    """The line with its figures masked; one of figures alone is a page number wherever it stands from left to right."""
    return re.sub(r"\d+", "#", " ".join(line.text.split())).casefold()


def _without_lone_numbers(
    kept: list[PlacedLine], aside: list[PlacedLine], sizes: Sequence[tuple[float, float]]
) -> tuple[list[PlacedLine], list[PlacedLine]]:
    """Page numbers of a report so short that nothing repeats: the page's own number, alone, below or above all else."""
    ends: dict[int, tuple[float, float]] = {}
    for line in kept:
        low, high = ends.get(line.page, (line.baseline, line.baseline))
        ends[line.page] = min(low, line.baseline), max(high, line.baseline)
    text = []
    for line in kept:
        alone = _at_edge(line, sizes) and line.baseline in ends[line.page] and _PAGE_NUMBER.fullmatch(line.text)
        if alone and re.findall(r"\d+", line.text)[0] == str(line.page):
            aside.append(line)
        else:
            text.append(line)
    return text, aside
