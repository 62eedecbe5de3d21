"""The report's own facts out of its blocks: dates, title, contents page, judgements, and what is odd about it."""

from __future__ import annotations

import re
from datetime import datetime

from index.layout.blocks import Block
from index.layout.titles import BOARD, same_title
from index.layout.walk import EARLIER
from index.passages import Judgement, Passage

_MARK = re.compile(r"<sup>(\d+)</sup>")
_CONTENTS_LINE = re.compile(r"^(.*?)\s*([0-9]{1,4})?$")

_BOARD = "Local Safeguarding Children Board"
_GRADE_AT_END = re.compile(r"(requires? improvement(?: to be good)?|inadequate|outstanding|good)\.?$", re.IGNORECASE)
_TITLE = re.compile(
    r"(?:Re-?inspection|Inspection) of (.+?)(?: local authority)? children.s (?:social care )?services", re.IGNORECASE
)
_DAY = r"(?:[A-Z][a-z]+day,? )?\d{1,2}(?:st|nd|rd|th)?(?: [A-Z][a-z]+)?(?: \d{4})?"
_INSPECTED = re.compile(
    rf"(?:Inspection dates?|Dates? of (?:the )?inspection|Inspected)\s*:?\s*({_DAY}(?:\s*(?:to|and|,|&|[–—-])\s*{_DAY})*)"
)
_PUBLISHED = re.compile(rf"(?:Report p|P)ubli(?:shed|cation)(?: date)?\s*:?\s*({_DAY})")
_DATED = re.compile(r"(\d{1,2})(?!\d)(?:st|nd|rd|th)?(?: ([A-Z][a-z]+))?(?: (\d{4}))?")


def contents(blocks: list[Block]) -> list[tuple[str, int | None]]:
    """The section titles that the contents page lists, with their pages where it has them; empty without such a page."""
    page = next((b.page for b in blocks if b.kind == "heading" and b.text.casefold() == "contents"), None)
    listed = []
    for block in blocks:
        if block.page == page and block.kind in {"row", "prose"}:
            text = re.sub(r"\s+", " ", block.text).strip()
            match = _CONTENTS_LINE.match(text)
            title, number = match.groups() if match else (text, None)
            listed.append((title.strip(), int(number) if number else None))
    return listed


def longest_run(numbers: list[str]) -> int:
    """How many paragraph numbers follow each other without a gap, at most."""
    best = run = 0
    previous: int | None = None
    for number in numbers:
        value = int(number.split(".")[-1])
        run = run + 1 if previous is not None and value == previous + 1 else 1
        best, previous = max(best, run), value
    return best


def inspected(cover: str) -> tuple[str, str] | None:
    """The first and the last day of the inspection (ISO), from forms such as "9–24 November 2017" or "25 April to 19 May 2016";
    None where they are printed in another form.
    """
    match = _INSPECTED.search(cover)
    days = _dates(match[1]) if match else []
    return (days[0], days[-1]) if days else None


def published(cover: str) -> str | None:
    """The day of publication that the cover prints (ISO), or None."""
    match = _PUBLISHED.search(cover)
    days = _dates(match[1]) if match else []
    return days[0] if days else None


def _dates(words: str) -> list[str]:
    """The days named (ISO); one without month or year has those of the next. None where one is no date."""
    found: list[str] = []
    month = year = ""
    for day, own_month, own_year in reversed(_DATED.findall(words)):
        month, year = own_month or month, own_year or year
        try:
            found.append(datetime.strptime(f"{day} {month[:3]} {year}", "%d %b %Y").date().isoformat())
        except ValueError:
            return []
    return found[::-1]


def title(blocks: list[Block]) -> str:
    """The report's title: the cover's heading where that is one, else the first words of prose on the cover page."""
    heading = _heading(blocks)
    if _TITLE.match(heading):
        return heading
    first = next((b for b in blocks if b.page == 1 and b.kind == "prose"), None)
    return first.text if first else ""


def authority(blocks: list[Block]) -> str:
    """The authority named in the cover's heading, else that heading."""
    heading = _heading(blocks)
    match = _TITLE.match(heading)
    return match[1] if match else heading


def _heading(blocks: list[Block]) -> str:
    return next((b.text for b in blocks if b.kind == "heading"), "")


def judgements(passages: tuple[Passage, ...], cover: str) -> tuple[Judgement, ...]:
    """The judgements of the cover and of earlier inspections, in the order printed; year 0 if unknown."""
    days = inspected(cover)
    year = int(days[1][:4]) if days else 0
    found = []
    for passage in passages:
        if passage.kind != "judgement":
            continue
        if match := EARLIER.match(passage.text):
            earlier = re.search(r"published in \w+ (\d{4})", passage.context or "")
            found.append(Judgement(match[1], match[2], int(earlier[1]) if earlier else 0, passage.id))
        elif passage.context:
            given = re.search(r"\b20\d\d\b", passage.subsection) if passage.subsection else None
            when = year if passage.subsection is None else int(given[0]) if given else 0
            found.append(Judgement(passage.context, passage.text, when, passage.id))
        else:
            grade = _GRADE_AT_END.search(passage.text)
            service = _BOARD if BOARD.match(passage.text) else "Overall effectiveness"
            if not any((one.service, one.year) == (service, year) for one in found):  # on the cover and in its section
                found.append(Judgement(service, grade[1] if grade else passage.text, year, passage.id))
    return tuple(found)


def oddities(numbers: list[str]) -> list[str]:
    """What is odd about the paragraph numbers, in reading order, a sentence each."""
    warnings = []
    seen: set[str] = set()
    previous: int | None = None
    for number in numbers:
        value = int(number.split(".")[-1])
        if number == "1" and previous is not None and previous > 1:
            warnings.append("paragraph numbers start again at 1: those after it are told apart by their pages")
            seen = set()
        elif number in seen:
            warnings.append(f"paragraph number {number} occurs twice")
        elif previous is not None and value > previous + 1:
            warnings.append(f"paragraph numbers jump from {previous} to {value}")
        elif previous is not None and value < previous and "." not in number:
            warnings.append(f"paragraph number {value} stands after {previous}")
        seen.add(number)
        previous = value
    return warnings


def misplaced(contents: list[tuple[str, int | None]], blocks: list[Block]) -> list[str]:
    """A sentence for each section that the contents page puts on another page: page breaks were lost or added there."""
    warnings = []
    for title, listed in contents:
        pages = [b.page for b in blocks if b.kind == "heading" and same_title(_MARK.sub("", b.text), title)]
        if listed and pages and listed not in pages:
            warnings.append(f'the contents page puts "{title}" on page {listed}, it was found on page {pages[0]}')
    return warnings
