"""Rules on what is printed: numbers, dates, names, grades and subjects of a sentence must be the report's. Pure."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from assistant.lexicon import Lexicon
from assistant.phrases import entries
from assistant.reading import DAYS, ENDS, GENERAL, MONTHS, Number, Reading, idiomatic, root
from index.sentences import fold


def wrong_numbers(read: Reading, source: Reading) -> bool:
    """A number, its unit or its bound is not the report's."""
    for one in read.numbers:
        if one.value == "1" and not one.unit and _single(one.at, read, source):
            continue
        same = [other for other in source.numbers if other.value == one.value and (not one.unit or other.unit == one.unit)]
        if any(_period(one, read) and _period(other, source) for other in same):
            continue  # "over the last 12 months" is no bound
        if _roughly(one, read, source):
            continue
        if (one.value, one.unit) == ("12", "month") and re.search(_YEARLY, " ".join(source.tokens)):
            continue
        if not any(other.bounds <= one.bounds and one.bounds <= other.near for other in same) and not (
            same and _compares(one, read)
        ):
            return True
    return False


_SIMPLE = (10, 20, 25, 33, 50, 67, 75)  # shares that people name: "a quarter"
_ABOUT = frozenset("about around roughly approximately some nearly almost close".split())
NEAR, FAR = 3, 5  # percentage points that "about a quarter", and "more than a quarter", may be from what is printed


def _roughly(one: Number, read: Reading, source: Reading) -> bool:
    """Whether a simple share, said to be rough, fits one that is printed: "more than a quarter" for 28%."""
    share = float(one.value)
    if one.unit != "%" or share not in _SIMPLE:
        return False
    off = [float(other.value) - share for other in source.numbers if other.unit == "%"]
    before = set(read.tokens[max(0, one.at - 3) : one.at])
    if "over" in one.bounds:
        return any(0 < by <= FAR for by in off)
    if "under" in one.bounds:
        return any(-FAR <= by < 0 for by in off)
    return bool(_ABOUT & before) and any(abs(by) <= NEAR for by in off)


def _period(one: Number, reading: Reading) -> bool:
    """Whether a number says how long ago or for how long: "in the last 12 months", "over two years"."""
    return one.unit in ("month", "year") and bool(
        {"last", "past", "previous", "over"} & set(reading.tokens[max(0, one.at - 2) : one.at])
    )


def _single(at: int, read: Reading, source: Reading) -> bool:
    """Whether "one thing" contradicts no other number of these things in the report."""
    following = next((found for place, found in read.content if place > at), None)
    spots = [place for place, found in source.content if found == following]
    counted = {one.at for one in source.numbers if one.value != "1"}
    return not any(counted & set(range(place - 3, place)) for place in spots)


def _compares(one: Number, read: Reading) -> bool:
    """Whether a bound compares a number rightly with the one named before it: "10%, below the national average of 13%"."""
    before = [other for other in read.numbers if other.at < one.at and other.unit == one.unit]
    if not before or len(one.bounds) != 1:
        return False
    first, second = float(before[-1].value), float(one.value)
    return first > second if "over" in one.bounds else first < second


_SPAN = re.compile(
    r"\b(?:(?:last|past|this|next|each|every|per|a) (day|week|fortnight|month|quarter|year)"
    r"|(daily|weekly|fortnight|monthly|quarterly|yearly|annual)(?:ly)?)\b"
)


def wrong_times(read: Reading, source: Reading) -> bool:
    """How often or how long ago is told where the report names no such stretch of time: "weekly", "in the last year"."""
    said = {unit for match in _SPAN.finditer(" ".join(read.tokens)) for unit in match.groups() if unit}
    text = " ".join(source.tokens)
    return any(not re.search(_STRETCH[unit], text) for unit in said)


_DAILY, _WEEKLY, _YEARLY = (
    r"\bda(?:ys?|ily)\b",
    r"\b(?:week|fortnight)",
    r"\b(?:years?|yearly|annual|annually|12 months|twelve months)\b",
)
_STRETCH = {
    "day": _DAILY, "daily": _DAILY, "week": _WEEKLY, "weekly": _WEEKLY, "fortnight": _WEEKLY, "month": "month", "monthly": "month",
    "quarter": "quarter", "quarterly": "quarter", "year": _YEARLY, "yearly": _YEARLY, "annual": _YEARLY,
}  # fmt: skip


def wrong_comparisons(read: Reading, near: Sequence[Reading]) -> bool:
    """Something is said to be above or below where the report says neither and no two numbers show it."""
    sides = {"over": ("above", "higher", "exceeds", "exceed", "exceeding"), "under": ("below", "lower", "beneath")}
    for side, words in sides.items():
        for at, token in enumerate(read.tokens):
            if (
                token not in words
                or idiomatic(read, at)
                or any(token in one.tokens or set(words) & set(one.tokens) for one in near)
            ):
                continue
            later = [one for one in read.numbers if at < one.at <= at + 8]
            shown = bool(later) and _compares(replace(later[0], bounds=frozenset({side})), read)
            if not shown and not any(_answers_bound(side, one) for one in near):
                return True
    return False


def _answers_bound(side: str, reading: Reading) -> bool:
    """Whether a sentence says in other words that something is over or under: "increase", "not yet meet"."""
    words = {"over": ("increase", "more", "up", "rise"), "under": ("reduction", "reduced", "fewer", "less", "not", "decrease")}
    return bool(set(words[side]) & set(reading.tokens))


def wrong_names(read: Reading, source: Reading, lexicon: Lexicon) -> bool:
    """A name or an acronym is not the report's (nor its authority's)."""
    held = set(source.tokens) | lexicon.allowed | MONTHS | DAYS
    glossed = {word for words, _ in lexicon.glossary.found(read.text) for word in Reading(words).tokens}
    explained = {root(word) for word in glossed} & lexicon.glossed(read.text, source.content_stems)
    return any(
        token not in held and token.removesuffix("s") not in held and root(token) not in explained
        for name in read.names
        for token in Reading(name).tokens
    )


HEAD = 6  # tokens in which a sentence says what it is about
_GRADES = ("outstanding", "good", "requires improvement", "inadequate")
_GRADED = re.compile(
    r"\b(outstanding|good|inadequate|require[sd]? (?:further )?improvement|requiring (?:further )?improvement)\b"
)
_VERDICT = re.compile(
    r"\b(?:is|are|was|were|be|been|being|remains?)\s+(?:(?:now|also|all|both|overall|\w+ly)\s+)*good(?=\s*(?:[.,;:]|overall|$))"
)
_GRADING = re.compile(r"\b(?:grade[ds]?|judged?|judgements?|rated?|ratings?|overall effectiveness)\b")


def _grades(text: str) -> set[str]:
    found = {match[1] for match in _GRADED.finditer(re.sub(r"improvement to be good", "improvement", fold(text).casefold()))}
    return {"requires improvement" if one.startswith("requir") else one for one in found}


def wrong_grades(read: Reading, source: Reading) -> bool:
    """A grade is not the report's; "good" counts as one where grading is spoken of or it is all that is said."""
    said = _grades(read.text)
    held = _grades(source.text)
    if not _GRADING.search(read.text.casefold()) and not _VERDICT.search(fold(read.text).casefold()):
        said.discard("good")
    return bool(said - held)


def earlier_grade(read: Reading, near: Sequence[Reading]) -> bool:
    """A grade of an earlier inspection is told as if it were today's."""
    said = _grades(read.text) - {"good"}
    telling = [one for one in near if said & _grades(one.text)]
    dated = entries("dated")
    return (
        bool(telling)
        and all(one.phrases({"earlier": dated["earlier"]}) for one in telling)
        and not read.phrases({"said": dated["said"]})
    )


def wrong_subjects(read: Reading, source: Reading, core: Sequence[Reading], lexicon: Lexicon) -> bool:
    """The sentence is about a group or a service that the passages do not name, in the place of one that they name."""
    ours, theirs = lexicon.named(read), lexicon.named(source)
    foreign = [at for kind, at in ours.items() if kind not in theirs]
    displaced = any(set(lexicon.named(one)) - set(ours) for one in core)
    return any((at < HEAD and displaced) or _of_another(read, at, source) for at in foreign)


def _of_another(read: Reading, at: int, source: Reading) -> bool:
    """Whether the word behind a place stands in the report too, but behind other words only: "hospital work" for "court work"."""
    following = read.stems[at + 1] if at + 1 < len(read.stems) else ""
    if following not in source.content_stems:
        return False
    places = {place for place, _ in source.content}
    before = {source.stems[there - 1] for there, one in source.content if one == following and there - 1 in places}
    return bool(before) and not before & read.content_stems


def swapped(read: Reading, source: Reading, lexicon: Lexicon) -> bool:
    """A word stands beside one number or grade in the sentence, and beside another, never this one, in the report."""
    ours, theirs = _values(read), _values(source)
    if len({value for _, value in theirs}) < 2:
        return False
    for one in read.numbers:
        same = [other.origin for other in source.numbers if other.value == one.value]
        if (
            same
            and one.origin not in same
            and (one.origin or {x.value for x in read.numbers if x.origin})
            and any(x.origin for x in source.numbers)
        ):
            return True
    for at, word in read.content:
        if word in GENERAL or read.tokens[at] in MONTHS or any(at == place for place, _ in ours):
            continue
        mine = _nearest(at, ours, read)
        beside = [_nearest(there, theirs, source) for there, one in source.content if one == word]
        if mine is not None and len(beside) == 1 and beside[0] is not None and mine != beside[0]:
            return True
    return False


def recounted(read: Reading, source: Reading) -> bool:
    """A grade is said of another number of things than in the report: "two good and one inadequate"."""
    ours, theirs = _graded(read), _graded(source)
    return any(grade in theirs and not numbers & theirs[grade] for grade, numbers in ours.items())


def _graded(reading: Reading) -> dict[str, set[str]]:
    """grade -> the numbers it is said of: the last one before it that no other grade has taken."""
    values, found = dict(_values(reading)), defaultdict(set)
    last: str | None = None
    for at, token in enumerate(reading.tokens):
        last = None if token in ENDS else values.get(at, last)
        grade = "require" if token.startswith("require") and "improvement" in reading.tokens[at : at + 2] else token
        if last and (grade == "require" or grade in _GRADES):
            found[grade].add(last)
            last = None
    return found


def _values(reading: Reading) -> list[tuple[int, str]]:
    """(place, value) of every number but years and days of a month."""
    following = (*reading.tokens, "")
    joined = _joined(reading)
    return [
        (one.at, joined[one.at])
        for one in reading.numbers
        if not (len(one.value) == 4 and one.value[:2] in ("19", "20") and one.unit is None)
        and following[one.at + 1] not in MONTHS
    ]


def _joined(reading: Reading) -> dict[int, str]:
    """place -> value; two numbers with "and", "or" or "to" between them stand together: "16 or 17"."""
    found = {one.at: one.value for one in reading.numbers}
    for one, other in itertools.pairwise(reading.numbers):
        if set(reading.tokens[one.at + 1 : other.at]) <= {"and", "or", "to"}:
            found[one.at] = found[other.at] = f"{one.value} {other.value}"
    return found


def _nearest(at: int, values: Sequence[tuple[int, str]], reading: Reading, reach: int = 4) -> str | None:
    """The value nearest to a place, within `reach` tokens and one sentence; None where two are as near."""
    near = sorted(
        (abs(place - at), value) for place, value in values if abs(place - at) <= reach and _together(reading, at, place)
    )
    if not near or (len(near) > 1 and near[0][0] == near[1][0]):
        return None
    return near[0][1]


def _together(reading: Reading, first: int, second: int) -> bool:
    low, high = sorted((first, second))
    return not ENDS & set(reading.tokens[low:high])
