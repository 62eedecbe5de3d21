"""A text as the rules of verification read it: tokens, content words, numbers, marks, proportions, names. Judges nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from assistant.phrases import by_first_word, entries, words_of
from index.sentences import fold
from index.words import STOPWORDS, stem

IRREGULAR = {
    form: base
    for base, *forms in (
        line.split()
        for line in """arise arose arisen, become became, begin began begun, break broke broken, bring brought, build built, buy bought, catch caught, choose chose chosen,
        come came, deal dealt, do did done, draw drew drawn, drive drove driven, fall fell fallen, feel felt, fight fought, find found, forget forgot forgotten,
        get got, give gave given, go went gone, grow grew grown, hear heard, hide hid hidden, hold held, keep kept, know knew known, lay laid, lead led,
        learn learnt, leave left, lend lent, lose lost, make made, mean meant, meet met, pay paid, ride rode ridden, rise rose risen, run ran, say said, see saw seen,
        seek sought, sell sold, send sent, shake shook shaken, show shown, shrink shrank shrunk, sit sat, speak spoke spoken, spend spent, stand stood,
        steal stole stolen, stick stuck, strike struck, swear swore sworn, take took taken, teach taught, tell told, think thought, throw threw thrown,
        understand understood, undertake undertook undertaken, wear wore worn, weave wove woven, win won, withdraw withdrew withdrawn, write wrote written,
        oversee oversaw overseen, child children, person people, man men, woman women, life lives, foot feet""".split(",")
    )
    for form in forms
}
SCOPE = 4  # content words that a mark reaches
FEWEST_WORDS = 3
NUMBERS = {
    **{word: n for n, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
        "eighteen nineteen".split())},
    **{word: 10 * n for n, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)},
}  # fmt: skip
_SCALE = {"dozen": 12, "hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
MONTHS = frozenset(
    "january february march april may june july august september october november december".split()
)  # "may" counts only beside a number
DAYS = frozenset("monday tuesday wednesday thursday friday saturday sunday".split())
_UNITS = {"%": "%", "£": "£"} | {
    form: unit for unit in ("hour", "day", "week", "month", "year") for form in (unit, f"{unit}s")
}  # fmt: skip
_BEFORE_PRONOUN = frozenset("no any some every each this that which the only last new good".split())  # "the one", "each one"
ENDS = frozenset(".,;:()")
OPENERS = frozenset("although though while whilst whereas despite".split())
TURNS = frozenset("but however although though while whilst whereas despite".split())
_TURN = rf"[;:]|, yet\b|\b(?:{'|'.join(sorted(TURNS))})\b"
_STRETCH = re.compile(rf"({_TURN}|^)(.*?)(?={_TURN}|$)", re.IGNORECASE)
_TOKEN = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?|[%£]|[a-zà-öø-ÿ]+(?:'[a-z]+)?|[.,;:()]")


def root(word: str) -> str:
    """The stem of a lower-case word; forms that no stemmer knows ("spent") have that of their base."""
    return stem(IRREGULAR.get(word, word))


GENERAL = frozenset(
    root(word)
    for word in """child children young people person somerset council local authority service services ofsted inspector inspectors
    inspection report make take work area""".split()
)


@dataclass(frozen=True)
class Number:
    """A number of a text: where it stands, its value, its unit (of time, % or £).

    `bounds` (over, under) stand directly beside it, `near` within some words ("under the age of 18"); `origin` tells that
    something moved from it ("down from 60").
    """

    at: int
    value: str
    unit: str | None
    bounds: frozenset[str]
    near: frozenset[str]
    origin: bool


@dataclass(frozen=True)
class Mark:
    """A word that turns, weakens or dates what follows: its kind, where it stands, and the stems it reaches."""

    kind: str
    start: int
    end: int
    scope: tuple[str, ...]


class Reading:
    """A text as the rules read it: lower-case words and punctuation; numbers, marks, proportions and content words of it."""

    def __init__(self, text: str) -> None:
        self.text = text
        plain = fold(text).casefold()
        for pattern, written in _CONTRACTIONS:
            plain = pattern.sub(written, plain)
        plain = _RATIO.sub(_share, _HUNDRED.sub(r"\1 100", plain))
        plain = re.sub(r"[-/]", " ", plain)
        self.tokens = tuple(token.removesuffix("'s").replace("'", "") for token in _TOKEN.findall(plain))

    @cached_property
    def stems(self) -> tuple[str, ...]:
        return tuple(root(token) if token[0].isalpha() else token for token in self.tokens)

    @cached_property
    def content(self) -> tuple[tuple[int, str], ...]:
        """(place, stem) of every content word; numbers and bare function words are none."""
        return tuple(
            (at, self.stems[at])
            for at, token in enumerate(self.tokens)
            if token[0].isalpha()
            and len(token) > 1
            and token not in _UNITS
            and token not in STOPWORDS
            and token not in _FUNCTION
            and token not in NUMBERS
        )

    @cached_property
    def content_stems(self) -> frozenset[str]:
        return frozenset(found for _, found in self.content)

    @cached_property
    def clauses(self) -> tuple[int, ...]:
        """The number of the clause in which each token stands."""
        clause, found = 0, []
        for token in self.tokens:
            if token in ENDS or token in TURNS:
                clause += 1
            found.append(clause)
        return tuple(found)

    @cached_property
    def spans(self) -> tuple[int, ...]:
        """The number of the stretch between full stops, semicolons and turns in which each token stands; commas part none."""
        span, found = 0, []
        for token in self.tokens:
            if (token in ENDS and token != ",") or token in TURNS:
                span += 1
            found.append(span)
        return tuple(found)

    @cached_property
    def plain_stems(self) -> frozenset[str]:
        """All stems, those within an idiom ("without delay") aside."""
        idioms = {at for _, start, end in self.phrases({"idiom": entries("idioms")["plain"]}) for at in range(start, end)}
        return frozenset(one for at, one in enumerate(self.stems) if at not in idioms)

    def phrases(self, table: Mapping[str, Sequence[str]]) -> list[tuple[str, int, int]]:
        """(kind, start, end) of every phrase of a table, longest first; a word belongs to one phrase only."""
        ordered = by_first_word(table)
        found, at = [], 0
        while at < len(self.tokens):
            for length, kind, phrase in ordered.get(self.tokens[at], ()):
                if self.tokens[at : at + length] == phrase:
                    found.append((kind, at, at + length))
                    at += length
                    break
            else:
                at += 1
        return found

    @cached_property
    def marks(self) -> tuple[Mark, ...]:
        found = []
        for kind, table in entries("marks").items():
            for named, start, end in self.phrases({"idiom": entries("idioms")["plain"], kind: table}):
                if named == "idiom":
                    continue
                scope = [
                    s for at, s in self.content if at >= end and (kind == "wide" or self.clauses[at] == self.clauses[end - 1])
                ]
                reach = 3 * SCOPE if kind == "wide" else SCOPE
                found.append(Mark(kind, start, end, tuple(s for s in scope if s not in GENERAL)[:reach]))
        return tuple(found)

    @cached_property
    def proportions(self) -> frozenset[str]:
        table = {"idiom": entries("idioms")["plain"], **entries("proportions")}
        numbers = {one.at for one in self.numbers}
        denials = [start for _, start, _ in self.phrases({"negative": entries("marks")["negative"]})]
        found = set()
        for kind, start, end in self.phrases(table):
            if kind == "only" and {end, end + 1} & numbers:
                continue
            denied = any(at < start and self.clauses[at] == self.clauses[start] for at in denials)
            found.add("some" if kind in ("all", "most", "many", "often") and denied else kind)
        return frozenset(found) - {"idiom"}

    @cached_property
    def numbers(self) -> tuple[Number, ...]:
        found: list[Number] = []
        at = 0
        while at < len(self.tokens):
            value, end = self._number(at)
            if value is None:
                at += 1
                continue
            skipped = end < len(self.tokens) and self.tokens[end] in ("full", "working", "more", "whole", "calendar")
            unit = _UNITS.get("".join(self.tokens[end + skipped : end + skipped + 1]))
            if at and self.tokens[at - 1] == "£":
                unit = "£"
            before = self.tokens[max(0, found[-1].at + 1 if found else 0, at - 4) : at]
            if found and found[-1].unit is None and self.tokens[found[-1].at + 1 : at] in (("and",), ("or",), ("to",)):
                found[-1] = replace(found[-1], unit=unit)
            found.append(Number(at, value, unit, self._bounds(at, end, 0), self._bounds(at, end, 3), "from" in before))
            at = end
        return tuple(found)

    def _number(self, at: int) -> tuple[str | None, int]:
        """The value that begins at a token, and where it ends."""
        token = self.tokens[at]
        if token[0].isdigit():
            value, end = float(token.replace(",", "")), at + 1
        elif token in NUMBERS and not (token == "one" and self._pronoun(at)):
            value, end = float(NUMBERS[token]), at + 1
            if value >= 20 and value % 10 == 0 and end < len(self.tokens) and 0 < NUMBERS.get(self.tokens[end], 0) < 10:
                value, end = value + NUMBERS[self.tokens[end]], end + 1
        elif token in _SCALE and at and self.tokens[at - 1] == "a":
            value, end = 1.0, at
        else:
            return None, at + 1
        while end < len(self.tokens) and self.tokens[end] in _SCALE:
            value, end = value * _SCALE[self.tokens[end]], end + 1
        return f"{value:g}" if value < 1e6 else f"{value:.0f}", max(end, at + 1)

    def _pronoun(self, at: int) -> bool:
        """Whether "one" stands for a thing rather than a number: "no one", "one another", "one of the", "which one"."""
        before, after = self.tokens[at - 1] if at else "", self.tokens[at + 1] if at + 1 < len(self.tokens) else "."
        return before in _BEFORE_PRONOUN or after in ("another", "of", "to", "off", "by", "day") or after in ENDS

    def _bounds(self, start: int, end: int, gap: int) -> frozenset[str]:
        """The bounds before a number, with at most `gap` words between, and those right after it."""
        found = set()
        for kind, phrases in entries("bounds").items():
            for phrase in words_of(phrases):
                length = len(phrase)
                spots = [start - length - skipped for skipped in range(gap + 1)]
                if any(spot >= 0 and self.tokens[spot : spot + length] == phrase for spot in spots):
                    found.add(kind)
                if phrase[0] == "or" and any(self.tokens[spot : spot + length] == phrase for spot in range(end, end + 3)):
                    found.add(kind)
        return frozenset(found)

    @cached_property
    def parts(self) -> tuple[Reading, ...]:
        """The clauses of a sentence, where it has several of some length."""
        cut = [
            part for part in re.split(r"[,;:]|\b(?:but|although|and|while|so)\b", self.text) if len(part.split()) >= FEWEST_WORDS
        ]
        return tuple(Reading(part) for part in cut) if len(cut) > 1 else ()

    @cached_property
    def stretches(self) -> tuple[Reading, ...]:
        """What lies between semicolons and turns ("but"); what a turn opens ("While ..., ...") ends with the next comma."""
        cut: list[str] = []
        for opener, piece in _STRETCH.findall(self.text):
            opened, comma, rest = piece.partition(",") if opener.casefold() in OPENERS else (piece, "", "")
            cut += [opened, rest] if comma else [piece]
        return tuple(Reading(part) for part in cut if len(part.split()) >= FEWEST_WORDS) or (self,)

    @cached_property
    def dates(self) -> frozenset[str]:
        """Months and days of the week; "may" only beside a number."""
        numbered = {one.at for one in self.numbers}
        return frozenset(
            token
            for at, token in enumerate(self.tokens)
            if token in DAYS or (token in MONTHS and (token != "may" or {at - 1, at + 1} & numbered) and self._is_month(at))
        )

    def _is_month(self, at: int) -> bool:
        return self.tokens[at] not in ("march", "may", "august") or re.search(self.tokens[at].capitalize(), self.text) is not None

    @cached_property
    def names(self) -> frozenset[str]:
        """Words written with a capital inside the sentence, acronyms included."""
        words = re.findall(r"[A-Za-zÀ-ÿ][A-Za-zÀ-ÿ'’]*", self.text)
        found = {w for at, w in enumerate(words) if w[0].isupper() and (at > 0 or w[1:] != w[1:].lower())}
        return frozenset(w.casefold().replace("’", "'").removesuffix("'s") for w in found)


_SMALL = [*NUMBERS][1:21]
_HUNDRED = re.compile(r"\b(in|out of) (?:a|one|every) hundred\b")
_RATIO = re.compile(
    rf"\b(\d+|{'|'.join(_SMALL)}) (?:(?<=\bone )(?:\w+ )?(?:child|person|\w+er|\w+ent) )?(?:in(?: every)?|out of(?: every)?) (\d+|{'|'.join(_SMALL)})\b(?! (?:years?|months?|weeks?|days?))"
)


def _share(match: re.Match[str]) -> str:
    """ "one in five" -> "20 %"; other pairs of numbers stay as they are."""
    part, whole = (NUMBERS.get(word) or int(word if word.isdigit() else 0) for word in match.groups())
    return f"{100 * part / whole:.0f} %" if 0 < part < whole and (whole <= 20 or whole == 100) else match[0]


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text)


_CONTRACTIONS = (
    (_pattern(r"\bcan(?:'t|not)\b"), "can not"), (_pattern(r"\bwon't\b"), "will not"), (_pattern(r"n't\b"), " not"),
    (_pattern(r"\b(\w+)'(?:re|ve|ll)\b"), r"\1"), (_pattern(r"\bper ?cent\b|\bpercentage points?\b"), "%"),
    (_pattern(r"\bthree[- ]quarters\b"), "75 %"), (_pattern(r"\b(?:a |one )quarter\b"), "25 %"), (_pattern(r"\btwo[- ]thirds\b"), "67 %"),
    (_pattern(r"\b(?:a |one[- ])third\b"), "33 %"), (_pattern(r"\b(?:a |one )fifth\b"), "20 %"), (_pattern(r"\b(?:a |one )tenth\b"), "10 %"), (_pattern(r"\bnine[- ]tenths\b"), "90 %"),
    (_pattern(r"\b(?:a )?half\b(?! (?:a )?(?:day|term|year|hour|sister|brother))"), "50 %"), (_pattern(r"\bhalv(?:e|ed|es|ing)\b"), "50 % cut"),
)  # fmt: skip
_FUNCTION = frozenset(
    """again against already although among another around away back because become became becomes before behind below between both
    cannot come comes despite done during either else ever every few first given go goes gone however instead itself just keep
    least less lot many may might must near neither never nobody none nothing now off often onto ought overall per quite rather really
    seem seems several since so still than though thus together toward towards upon via well whether while whilst within without yet
    also always too much each any all some most one two per us even been being rather whose whom""".split()
)


def idiomatic(read: Reading, at: int) -> bool:
    """Whether a word stands in an idiom, as in "above all"."""
    return any(start <= at < end for _, start, end in read.phrases({"idiom": entries("idioms")["plain"]}))


_PLAIN_IN = frozenset(
    """include includes including included increase increased increasing independent independently individual individuals information
    inform informs informed inspection inspectors investment invest invested initial initially under understand understanding understood
    impact improve improved improving improvement improvements important international introduce introduced intervention interview
    interviews involve involved issue discuss discussed distance district display interest university undertake undertaken immediate
    immediately unit internal implement implemented inspected investigate investigations""".split()
)


def lowering(token: str) -> bool:
    """Whether a word denies by its form: "unclear", "homeless"."""
    return re.match(r"(?:un|in|im|ir|dis|non)[a-z]{4,}|[a-z]{3,}less$", token) is not None and token not in _PLAIN_IN
