"""Questions that name passages by their printed numbers -> those passages, without a search.

Where no such passage exists, the draft says what does exist. Knows nothing of similarity.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeVar

from assistant.answer import Draft, Section, Statement
from assistant.question.answer_types import kind_of
from assistant.question.references import Reference, without_references
from index.passages import Passage, Report
from prompts import wording

T = TypeVar("T")


PLANNED = (
    "person",
    "date",
    "money",
    "duration",
)  # answer types that no report gives for a recommendation: they stand in the council's action plan


def look_up(report: Report, references: tuple[Reference, ...], question: str = "") -> Draft | None:
    """The named passages whole; `no_such_passage` if one of them does not exist; None without references.

    For who carries out a recommendation, when or at what cost: `not_stated`, with where to look.
    """
    if not references:
        return None
    found: list[Passage] = []
    headings: list[str] = []
    for reference in references:
        for number in reference.numbers:
            passages = named(report, reference.kind, number)
            if not passages:
                return no_such(report, reference.kind, number)
            found += [passage for passage in passages if passage not in found]
            if reference.kind == "page":
                headings.append(number)
    if kind_of(without_references(question)) in PLANNED and all(reference.kind == "recommendation" for reference in references):
        opening = f"{wording('not_stated.answer')} {wording('not_stated.source_plan')}"
        return Draft("not_stated", opening=opening, nearest=tuple(whole(passage) for passage in found[:3]))
    heading = None
    if headings and len(references) == 1:
        heading = (
            wording("answered.pages", pages=listed_as(headings)) if headings[1:] else wording("answered.page", page=headings[0])
        )
    return Draft("answered", (Section(heading, tuple(whole(passage) for passage in found)),))


def whole(passage: Passage) -> Statement:
    """The passage's full text as one statement."""
    return Statement(passage, passage.text)


def named(report: Report, kind: str, number: str) -> list[Passage]:
    """The passages that a reference names ("40", "last-1", "first+1"); empty when there are none."""
    numbered = [passage for passage in report.passages if passage.number is not None]
    if kind == "page":
        if not number.isdecimal():
            number = next(iter(_placed([str(at) for at in range(1, report.pages + 1)], number)), "0")
        page = int(number)
        return [passage for passage in report.passages if passage.page <= page <= passage.page_end]
    if kind == "footnote":
        notes = [passage for passage in report.passages if passage.kind == "footnote"]
        return _placed(notes, number) or [note for note in notes if note.id.endswith(f".fn{number}")]
    if kind == "recommendation":
        made = [passage for passage in numbered if passage.kind == "recommendation"]
        return _placed(made, number) or [passage for passage in made if passage.number == number]
    if kind != "paragraph":
        return []
    findings = [passage for passage in numbered if passage.kind == "finding"]
    return _placed(findings, number) or [passage for passage in numbered if passage.number == number]


def _placed(given: list[T], place: str) -> list[T]:
    """The item at "first", "first+1", "last" or "last-1", alone in a list; an empty list for any other place."""
    end, offset = re.fullmatch(r"(first|last)?(?:[+-](\d+))?.*", place).groups()  # type: ignore[union-attr]
    at = int(offset or 0) if end == "first" else len(given) - 1 - int(offset or 0)
    return [given[at]] if end and 0 <= at < len(given) else []


def no_such(report: Report, kind: str, number: str) -> Draft:
    """The draft that says that no passage of this kind and number exists, and which do."""
    return Draft("no_such_passage", opening=_missing(report, kind, number))


def _missing(report: Report, kind: str, number: str) -> str:
    held = {
        "recommendation": [passage for passage in report.passages if passage.kind == "recommendation"],
        "paragraph": [passage for passage in report.passages if passage.kind == "finding" and passage.number],
        "footnote": [passage for passage in report.passages if passage.kind == "footnote"],
    }.get(kind, [])
    numbers = [passage.number for passage in held if passage.number]
    count = len(held) or wording("no_such_passage.none")
    if kind == "recommendation" and not numbers:
        return wording("no_such_passage.no_recommendations")
    if kind == "paragraph" and not numbers:
        return wording("no_such_passage.no_findings", count=report.pages)
    if number.startswith(("first", "last")):
        return wording("no_such_passage.fewer", count=count)
    if kind == "recommendation":
        return wording("no_such_passage.recommendation", number=number, count=count, numbers=ranges(numbers))
    if kind in ("page", "appendix"):
        return wording(f"no_such_passage.{kind}", count=report.pages, **({"number": number} if kind == "page" else {}))
    if kind == "footnote":
        return wording("no_such_passage.footnote", number=number, count=count)
    return wording("no_such_passage.paragraph", number=number, first=numbers[0], last=numbers[-1])


def ranges(numbers: Sequence[str]) -> str:
    """Printed numbers in order as words: "1 to 11 and 111 to 113"; numbers with a dot as one range from the first to the last."""
    runs: list[list[str]] = []
    for number in numbers:
        follows = runs and number.isdecimal() and runs[-1][-1].isdecimal() and int(number) == int(runs[-1][-1]) + 1
        if follows or (runs and not number.isdecimal()):
            runs[-1].append(number)
        else:
            runs.append([number])
    named = [run if len(run) < 3 else [f"{run[0]} to {run[-1]}"] for run in runs]
    return listed_as([one for run in named for one in run])


def listed_as(items: Sequence[str]) -> str:
    """["19", "20", "26"] -> "19, 20 and 26"."""
    return ", ".join(items[:-1]) + f" and {items[-1]}" if len(items) > 1 else "".join(items)
