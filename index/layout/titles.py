"""What headings and judgements of the family say, told by their words: which open sections, recommend, or give a grade."""

from __future__ import annotations

import re

from rapidfuzz import fuzz

from index.passages import GRADES, part_of

GRADE = "|".join(GRADES)
_REQUIRES = r"requires? improvement(?: to be good)?"
_JUDGED = rf"(?:(?:is|are)(?: that (?:it|they) (?:is|are)| judged(?: to be)?)?:? (?:{GRADE})|: (?:{GRADE})|(?:is that (?:it|they) )?{_REQUIRES})\.?$"

ONLY_GRADE = re.compile(rf"^({GRADE})\.?$", re.IGNORECASE)
OVERALL = re.compile(
    rf"^(?:Overall,? )?(?:The )?(?:children.s (?:social care )?services|services for children|overall judge?ment|(?:judge?ment on )?overall effectiveness)"
    rf"\b.*? ?{_JUDGED}",
    re.IGNORECASE,
)
BOARD = re.compile(
    rf"^(?:The )?(?:(?:overall )?effectiveness of (?:the )?|arrangements in place .+ )?(?:[\w’']+ ){{0,4}}?(?:Safeguarding Children(?:.s)? Board|LSCB)"
    rf"(?: \([A-Z]+\))?(?: in [^.]+?)? {_JUDGED}",
    re.IGNORECASE,
)
GRADED_JUDGEMENT = re.compile(rf"graded judge?ment .*\b(?:{GRADE})$", re.IGNORECASE)
TITLED_GRADE = re.compile(rf"^(.+?)(?:(?: is| are|:| [-–])\s*(?:{GRADE})| {_REQUIRES})\.?$", re.IGNORECASE)

_RECOMMENDING = re.compile(
    r"recommendation|needs? to improve|(?:priority|immediate) actions?\b|areas? for (?:priority )?(?:improvement|action|development)"
)
_NOT_RECOMMENDING = re.compile(r"\b(?:findings|strengths|weaknesses|summary|judge?ments?|progress since)\b")
_OPENING = (  # how headings begin that are never less than those of sections
    "executive summary",
    "information about this",
    "leadership",
    "recommendations",
    "summary for children",
    "summary of key findings",
    "the experiences and progress",
    "what does ",
)
WITHIN = {"inspection findings", "summary"}  # headings that stand within sections


def same_title(one: str, other: str) -> bool:
    """Whether a heading is the one that the contents page lists, whose words the scan may have put in disorder."""
    return fuzz.token_sort_ratio(one.casefold(), other.casefold()) >= 88


def section_named(title: str) -> str | None:
    """How a heading begins that opens a section in every report of the family; None for another."""
    return next((begins for begins in _OPENING if title.casefold().startswith(begins)), None)


def names_section(title: str) -> bool:
    """Whether a heading opens a section by its words alone."""
    return section_named(title) is not None or (part_of(title) != "findings" and title.casefold() not in WITHIN)


def recommends(*headings: str | None) -> bool:
    """Whether what stands under headings, the nearest first, is recommended: told by the first that says either."""
    for heading in headings:
        named = (heading or "").casefold()
        if _RECOMMENDING.search(named):
            return True
        if _NOT_RECOMMENDING.search(named):
            return False
    return False
