"""Numbers that the report states, read from its passages by rule: what an overview may show, each with its place.

A rule is a form of sentence that such reports use ("At <date>, <n> children ... This is an increase from <m> at
<date>."). A report without such sentences yields nothing. Knows no page, draws nothing, and holds no number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from index.passages import Passage, Report
from index.text.numbers import NUMBER_WORDS, UP_TO_TWELVE

_NUMBER = rf"(?:\d[\d,]*|zero|{UP_TO_TWELVE})"
_DAY = r"\d{1,2} [A-Z][a-z]+ \d{4}"
_CHANGE = re.compile(
    rf"^At (?P<at>{_DAY}), (?P<now>{_NUMBER}) (?P<what>.+?)(?: \([^)]*\))?\. "
    rf"This is an? (?:increase|decrease|reduction|rise|fall) from (?P<then>\d[\d,]*)\b[^.]*? at (?P<before>{_DAY})"
)
_LOOKED_AFTER = re.compile(
    rf"^At (?P<at>{_DAY}), (?P<total>{_NUMBER}) children were being looked after\b.*\bOf (?:this|these) numbers?:$"
)
_HOME = re.compile(rf"^(?P<count>{_NUMBER})(?: \([^)]*\))?(?: children| of them)? (?P<what>live .+?)(?:, of whom .*)?$")
_PROCEEDINGS = re.compile(
    rf"(?P<sentence>[^.]*\bproceedings\b[^.]*?\baverage of (?P<now>{_NUMBER}) (?P<unit>weeks|days|months)\b"
    rf"(?:[^.]*?\bhigh of (?P<high>{_NUMBER}) (?P=unit))?[^.]*?\bexpected (?:timescale|time|duration) of (?P<expected>{_NUMBER}) (?P=unit))"
)
_BESIDE = re.compile(r"^(?P<what>.+?)?\s*\bis (?P<own>\d+)% \(the national average is (?P<other>\d+)%\)")
_COMPARED = re.compile(
    r"^(?P<what>.+?) account for (?P<own>\d+)% of (?P<of>.+?), compared with (?P<other>\d+)% in the country as a whole"
)
_MARK = re.compile(r"<sup>\d+</sup>")


@dataclass(frozen=True)
class Change:
    """A count at two dates, in the words of the report."""

    what: str
    now: int
    at: str
    then: int
    before: str
    passage: Passage


@dataclass(frozen=True)
class Share:
    """A part of a total: how many children live in one kind of home."""

    what: str
    count: int
    total: int
    at: str
    passage: Passage


@dataclass(frozen=True)
class Duration:
    """An average duration with the expected one, and with an earlier high where the report gives it."""

    now: int
    high: int | None
    expected: int
    unit: str
    passage: Passage


@dataclass(frozen=True)
class Comparison:
    """A share in the area beside the same share in the country, in per cent. `national` tells an average from the whole."""

    what: str
    own: int
    other: int
    national: bool
    passage: Passage


@dataclass(frozen=True)
class Figures:
    """All that the rules read from one report."""

    changes: tuple[Change, ...]
    homes: tuple[Share, ...]
    durations: tuple[Duration, ...]
    comparisons: tuple[Comparison, ...]
    stated: tuple[Passage, ...]


def figures(report: Report) -> Figures:
    """Read the figures of a report, in reading order."""
    passages = report.passages
    return Figures(
        tuple(_changes(passages)), tuple(_homes(passages)), tuple(_durations(passages)), tuple(_comparisons(passages)),
        tuple(p for p in passages if p.kind == "figure" and p.searchable),
    )  # fmt: skip


def number(printed: str) -> int:
    """2,480 -> 2480; six -> 6."""
    return int("0" if printed.lower() == "zero" else NUMBER_WORDS.get(printed.lower(), printed.replace(",", "")))


def _changes(passages: tuple[Passage, ...]) -> Iterator[Change]:
    for passage in passages:
        if match := _CHANGE.match(passage.text):
            yield Change(match["what"], number(match["now"]), match["at"], number(match["then"]), match["before"], passage)


def _homes(passages: tuple[Passage, ...]) -> Iterator[Share]:
    for passage in passages:
        lead = _LOOKED_AFTER.match(passage.context or "")
        own = _HOME.match(_MARK.sub("", passage.text).rstrip("."))
        if lead and own:
            yield Share(own["what"], number(own["count"]), number(lead["total"]), lead["at"], passage)


def _durations(passages: tuple[Passage, ...]) -> Iterator[Duration]:
    for passage in passages:
        if match := _PROCEEDINGS.search(passage.text):
            high = number(match["high"]) if match["high"] else None
            yield Duration(number(match["now"]), high, number(match["expected"]), match["unit"], passage)


def _comparisons(passages: tuple[Passage, ...]) -> Iterator[Comparison]:
    for passage in passages:
        if match := _BESIDE.match(passage.text):
            lead = (passage.context or "").rstrip(":")
            yield Comparison(f"{lead} {match['what'] or ''}".strip(), int(match["own"]), int(match["other"]), True, passage)
        elif match := _COMPARED.match(passage.text):
            what = f"{match['what']}, of {match['of']}"
            yield Comparison(what, int(match["own"]), int(match["other"]), False, passage)
