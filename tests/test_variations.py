"""Toy reports in many layouts of the family, each read as it was set: numbers, kinds, pages, flags, links, texts, parts, judgements,
footnotes, bullets under their parents.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import zip_longest
from pathlib import Path

import pytest

from index.passages import Report
from index.store import read_report
from tests.layouts_blind import BLIND
from tests.layouts_known import KNOWN
from tests.setting import Press

ANEW = "paragraph numbers start again at 1: those after it are told apart by their pages"
WARNED = {  # what a reader should say of a file; of all others, nothing
    "a_number_is_missing": ("paragraph numbers jump from 22 to 24", "paragraph numbers jump from 39 to 41"),
    "board_counts_anew": (ANEW,), "columns_shift": (ANEW,), "three_series": (ANEW, ANEW),
}  # fmt: skip


def folded(text: str) -> str:
    """Without footnote marks and flags of any spelling."""
    return " ".join(re.sub(r"<sup>.*?</sup>|\^\d+", "", text).split())


def from_the_first_difference(one: object, other: object) -> tuple[object, object]:
    if not (isinstance(one, str) and isinstance(other, str)):
        return one, other
    at = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return one[max(0, at - 30) : at + 50], other[max(0, at - 30) : at + 50]


def differences(press: Press, report: Report, warned: tuple[str, ...]) -> list[str]:
    """What the reader found otherwise than it was set."""
    read = [
        (p.number, p.kind, p.page, p.page_end, p.flagged, p.leads_to, folded(p.text), p.part, p.section)
        for p in report.passages
        if p.number or p.kind == "recommendation"
    ]
    wanted = [
        (one.number, one.kind, one.page, one.page_end, one.flagged, one.leads_to, folded(one.text), one.part, folded(one.section))
        for one in press.told
    ]
    judged = [(one.service, one.grade.casefold()) for one in report.judgements]
    notes = sorted(one.text for one in report.passages if one.kind == "footnote")
    pairs = [
        *zip_longest(wanted, read, fillvalue=()),
        *zip_longest([(service, grade.casefold()) for service, grade in press.judgements], judged, fillvalue=()),
        *zip_longest(((note,) for note in sorted(press.notes)), ((note,) for note in notes), fillvalue=()),
        *zip_longest(((one,) for one in warned), ((one,) for one in report.warnings), fillvalue=()),
        ((press.on,), (report.pages,)),
    ]
    found = [
        f"{(*one, '-')[0]}: " + "; ".join(f"set {a!r}, read {b!r}" for a, b in (from_the_first_difference(*two) for two in zip_longest(one, other)) if a != b)
        for one, other in pairs
        if one != other
    ]  # fmt: skip
    bullets = {(p.context or "", p.text) for p in report.passages if p.kind in ("figure", "context")}
    found += [f"bullet: set {one}" for one in press.nested if one not in bullets]
    return found + ([] if report.kept and report.kept >= 0.98 else [f"kept: {report.kept}"])


@pytest.mark.parametrize("made", [*BLIND.values(), *KNOWN.values()], ids=[*BLIND, *KNOWN])
def test_a_report_is_read_as_it_was_set(made: Callable[[], Press], tmp_path: Path) -> None:
    press = made()
    path = tmp_path / "report.pdf"
    path.write_bytes(press.printed())
    assert differences(press, read_report(path), WARNED.get(made.__name__, ())) == []
