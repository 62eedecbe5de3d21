"""Whether cited passages bear out a model's sentence: mechanical and pure. Asks no model and knows nothing of how one is reached.

A sentence is dropped when one of the rules below objects; the reason is the rule's name. What the words of the rules are
lies in verification.toml. What this cannot see (who did what to whom, when all words are the report's) is told in
docs/choosing-a-model.md.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from importlib.resources import files

from rapidfuzz import fuzz

from assistant.glossary import Glossary
from index.passages import Passage
from index.sentences import fold, sentences
from index.words import STOPWORDS, stem

QUOTE_SCORE = 95.0  # of 100: how alike an inexact quote must be to what it is snapped to
QUOTE_WORDS = 3
SLIP_SCORE = 80.0  # how alike two words must be that are taken for one, misspelt
MOST_WORDS, FEWEST_WORDS = 60, 3
SHORT, SHORT_SHARE = 6, 5  # of so few content words, at most one in five may be the model's own
SCOPE = 4  # content words that a mark reaches


@dataclass(frozen=True)
class Claim:
    """A sentence of a model, with (id of a passage, quote) pairs that are to support it."""

    text: str
    citations: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Support:
    """A passage with the verbatim piece of it that a sentence rests on."""

    passage: Passage
    quote: str


@dataclass(frozen=True)
class Verdict:
    """What became of a claim: its supports, or the name of the rule it broke."""

    text: str
    supports: tuple[Support, ...] = ()
    reason: str | None = None

    @property
    def kept(self) -> bool:
        return self.reason is None


def verify(claims: Iterable[Claim], given: Mapping[str, Passage], lexicon: Lexicon) -> tuple[Verdict, ...]:
    """A verdict on every sentence; a claim of several sentences gives several. `given` holds the passages shown, by id."""
    return tuple(_verify(part, claim.citations, given, lexicon) for claim in claims for part in parts(claim.text))


def parts(text: str) -> tuple[str, ...]:
    """The sentences of a claim, without passage numbers that a model added in brackets."""
    bare = re.sub(r"\s*\[\s*\d+(?:\s*,\s*\d+)*\s*\]", "", text).strip()
    return sentences(bare) or (bare,)


def _verify(text: str, citations: Sequence[tuple[str, str]], given: Mapping[str, Passage], lexicon: Lexicon) -> Verdict:
    if reason := malformed(text):
        return Verdict(text, reason=reason)
    supports: list[Support] = []
    for identity, quote in citations:
        if identity not in given:
            return Verdict(text, reason="unknown passage")
        found = snapped(quote, given[identity].text)
        if found is None:
            return Verdict(text, reason="quote not in passage")
        supports.append(Support(given[identity], found))
    if not supports:
        return Verdict(text, reason="no citation")
    needed = useful(text, tuple(dict.fromkeys(supports)), lexicon)
    reason = objection(text, needed, lexicon)
    return Verdict(text, reason=reason) if reason else Verdict(text, needed)


# ---- form ------------------------------------------------------------------------------------------------------

_ALLOWED = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿ0-9 .,;:'\"()\-–—‘’“”%£&/]+")
_ADDRESS = re.compile(r"https?:|www\.|\w@\w|\w\.(?:com|org|net|uk|io)\b", re.IGNORECASE)
_PERSON = re.compile(
    r"\b(?:I|[Mm]e|[Mm]y|[Yy]ou|[Yy]ours?|[Ww]e|[Oo]ur|AI|assistant|language model|system prompt|instructions?)\b"
)


def malformed(text: str) -> str | None:
    """Why a text is no plain sentence: markup, addresses, other scripts, length."""
    if not _ALLOWED.fullmatch(text) or _ADDRESS.search(text) or re.match(r"\s*[-–—]\s", text):
        return "not plain text"
    if not FEWEST_WORDS <= len(text.split()) <= MOST_WORDS:
        return "too short or too long"
    return None


# ---- quotes ----------------------------------------------------------------------------------------------------


def snapped(quote: str, text: str) -> str | None:
    """The verbatim piece of `text` that a quote names, in whole words; None where there is none.

    A quote that is not verbatim is aligned, and taken when it is at least QUOTE_SCORE alike and no number, negation or
    word of proportion differs.
    """
    wanted = fold(quote).strip(" .…\"'")
    words = list(re.finditer(r"\S+", text))
    folded, spans = "", []
    for word in words:
        piece = fold(word[0])
        if not piece:
            continue
        folded += " " if folded else ""
        spans.append((len(folded), len(folded) + len(piece), word))
        folded += piece
    if not wanted or len(wanted) > len(folded):
        return None
    if len(wanted.split()) < QUOTE_WORDS and wanted.casefold() != folded.casefold().strip(" .\"'"):
        return None
    at = folded.casefold().find(wanted.casefold())
    start, end = at, at + len(wanted)
    exact = at >= 0
    if not exact:
        found = fuzz.partial_ratio_alignment(wanted.casefold(), folded.casefold(), score_cutoff=QUOTE_SCORE)
        if found is None or found.score < QUOTE_SCORE:
            return None
        start, end = found.dest_start, found.dest_end
    inside = [(low, high, word) for low, high, word in spans if high > start and low < end]
    if not inside:
        return None
    piece = text[inside[0][2].start() : inside[-1][2].end()]
    return piece if exact or slips(wanted, piece) else None


def slips(wanted: str, piece: str) -> bool:
    """Whether two texts differ by slips of the pen only: the same words, some of them spelt nearly alike."""
    pairs = list(zip(wanted.casefold().split(), fold(piece).casefold().split(), strict=False))
    if len(wanted.split()) != len(fold(piece).split()) or weighty(piece) != weighty(wanted):
        return False
    differing = [(one, other) for one, other in pairs if one.strip(".,;:") != other.strip(".,;:")]
    return all(
        fuzz.ratio(one, other) >= SLIP_SCORE and not one.endswith(other) and not other.endswith(one) for one, other in differing
    )


def weighty(text: str) -> list[str]:
    """What a slip of the pen must not change: numbers, and marks and words of proportion, in order."""
    read = Reading(text)
    kinds = [words_of(one) for one in (*_table("marks").values(), *_table("proportions").values())]
    heavy = {word for group in kinds for phrase in group for word in phrase}
    return [token for token in read.tokens if token[0].isdigit() or token in heavy or token in NUMBERS]


# ---- reading ---------------------------------------------------------------------------------------------------

NUMBERS = {
    **{word: n for n, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
        "eighteen nineteen".split())},
    **{word: 10 * n for n, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)},
}  # fmt: skip
_SCALE = {"dozen": 12, "hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
_MONTHS = frozenset(
    "january february march april may june july august september october november december".split()
)  # "may" counts only beside a number
_DAYS = frozenset("monday tuesday wednesday thursday friday saturday sunday".split())
_UNITS = {"%": "%", "£": "£"} | {
    form: unit for unit in ("hour", "day", "week", "month", "year") for form in (unit, f"{unit}s")
}  # fmt: skip
_BEFORE_PRONOUN = frozenset("no any some every each this that which the only last new good".split())  # "the one", "each one"
_ENDS = frozenset(".,;:()")
_TURNS = frozenset("but however although though while whilst whereas despite".split())
_TOKEN = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?|[%£]|[a-zà-öø-ÿ]+(?:'[a-z]+)?|[.,;:()]")
_GENERAL = frozenset(
    stem(word)
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
        plain = _RATIO.sub(_share, plain)
        plain = re.sub(r"[-/]", " ", plain)
        self.tokens = tuple(token.removesuffix("'s").replace("'", "") for token in _TOKEN.findall(plain))

    @cached_property
    def stems(self) -> tuple[str, ...]:
        return tuple(stem(token) if token[0].isalpha() else token for token in self.tokens)

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
            if token in _ENDS or token in _TURNS:
                clause += 1
            found.append(clause)
        return tuple(found)

    def phrases(self, table: Mapping[str, Sequence[str]]) -> list[tuple[str, int, int]]:
        """(kind, start, end) of every phrase of a table, longest first; a word belongs to one phrase only."""
        ordered = _ordered(table)
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
        for kind, table in _table("marks").items():
            for named, start, end in self.phrases({"idiom": _table("idioms")["plain"], kind: table}):
                if named == "idiom":
                    continue
                scope = [
                    s for at, s in self.content if at >= end and (kind == "wide" or self.clauses[at] == self.clauses[end - 1])
                ]
                reach = 3 * SCOPE if kind == "wide" else SCOPE
                found.append(Mark(kind, start, end, tuple(s for s in scope if s not in _GENERAL)[:reach]))
        return tuple(found)

    @cached_property
    def proportions(self) -> frozenset[str]:
        table = {"idiom": _table("idioms")["plain"], **_table("proportions")}
        numbers = {one.at for one in self.numbers}
        found = (kind for kind, _, end in self.phrases(table) if not (kind == "only" and {end, end + 1} & numbers))
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
        return before in _BEFORE_PRONOUN or after in ("another", "of", "to", "off", "by", "day") or after in _ENDS

    def _bounds(self, start: int, end: int, gap: int) -> frozenset[str]:
        """The bounds before a number, with at most `gap` words between, and those right after it."""
        found = set()
        for kind, phrases in _table("bounds").items():
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
    def dates(self) -> frozenset[str]:
        """Months and days of the week; "may" only beside a number."""
        numbered = {one.at for one in self.numbers}
        return frozenset(
            token
            for at, token in enumerate(self.tokens)
            if token in _DAYS or (token in _MONTHS and (token != "may" or {at - 1, at + 1} & numbered) and self._is_month(at))
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
_RATIO = re.compile(
    rf"\b(\d+|{'|'.join(_SMALL)}) (?:in(?: every)?|out of(?: every)?) (\d+|{'|'.join(_SMALL)})\b(?! (?:years?|months?|weeks?|days?))"
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


# ---- the lists -------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _lists() -> dict:
    return tomllib.loads(files("assistant").joinpath("verification.toml").read_text(encoding="utf-8"))


def _table(name: str) -> Mapping[str, Sequence[str]]:
    table: Mapping[str, Sequence[str]] = _lists()[name]
    return table


def words_of(phrases: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(phrase.split()) for phrase in phrases)


def _ordered(table: Mapping[str, Sequence[str]]) -> dict[str, list[tuple[int, str, tuple[str, ...]]]]:
    """Phrases by their first word, longest first."""
    return _arranged(tuple((kind, tuple(phrases)) for kind, phrases in table.items()))


@lru_cache(maxsize=64)
def _arranged(table: tuple[tuple[str, tuple[str, ...]], ...]) -> dict[str, list[tuple[int, str, tuple[str, ...]]]]:
    found: dict[str, list[tuple[int, str, tuple[str, ...]]]] = {}
    for kind, phrases in table:
        for phrase in words_of(phrases):
            found.setdefault(phrase[0], []).append((len(phrase), kind, phrase))
    for options in found.values():
        options.sort(key=lambda option: -option[0])
    return found


class Lexicon:
    """Which words may stand for which: the glossary and the lists, by stem. `allowed` are names that need no support."""

    def __init__(self, glossary: Glossary, allowed: Iterable[str] = (), floor: float | None = None) -> None:
        self.glossary = glossary
        self.allowed = frozenset(name.casefold() for text in allowed for name in re.findall(r"[A-Za-z]+", text))
        self.floor = float(_lists()["floor"]) if floor is None else floor

    @cached_property
    def synonyms(self) -> Mapping[str, frozenset[str]]:
        """stem -> stems that may stand for it."""
        found: dict[str, set[str]] = {}
        for group in _table("synonyms")["groups"]:
            stems = {stem(word) for word in group.split()}
            for one in stems:
                found.setdefault(one, set()).update(stems)
        return {one: frozenset(others) for one, others in found.items()}

    @cached_property
    def light(self) -> frozenset[str]:
        """Stems that count neither for nor against a sentence."""
        return frozenset(stem(word) for word in str(_table("light")["words"]).split())

    @cached_property
    def opposites(self) -> Mapping[str, tuple[tuple[frozenset[str], frozenset[str]], ...]]:
        """stem -> (its own side, the other side) of every pair it is in."""
        found: dict[str, list[tuple[frozenset[str], frozenset[str]]]] = {}
        for pair in _table("opposites")["pairs"]:
            first, second = (frozenset(stem(word) for word in side.split()) for side in pair.split(" | "))
            for own, other in ((first - second, second - first), (second - first, first - second)):
                for one in own:
                    found.setdefault(one, []).append((own, other))
        return {one: tuple(pairs) for one, pairs in found.items()}

    @cached_property
    def subjects(self) -> dict[str, list[str]]:
        """number of a group -> its phrases."""
        return {
            str(at): (
                [one.strip() for one in group.split(" | ")]
                if "|" in group
                else group.split()
                if len(group.split()) > 2
                else [group]
            )
            for at, group in enumerate(_table("subjects")["groups"])
        }

    def supported(self, one: str, held: frozenset[str]) -> bool:
        """Whether a stem, or one that may stand for it, is held."""
        return one in held or bool(self.synonyms.get(one, frozenset()) & held)

    def glossed(self, text: str, held: frozenset[str]) -> frozenset[str]:
        """Stems of the words of a text that the glossary explains by words that are held."""
        found: set[str] = set()
        for words, entry in self.glossary.found(text):
            others = [other for other in (entry.report, entry.full, *entry.also) if other]
            if any((stems := Reading(other).content_stems) and stems <= held for other in others):
                found |= Reading(words).content_stems
        return frozenset(found)


# ---- rules -----------------------------------------------------------------------------------------------------


def passage_text(passage: Passage) -> str:
    """What may bear out a sentence: the passage with its context, and where it stands."""
    return ". ".join(one for one in (passage.subsection, passage.section, passage.context, passage.text) if one)


def useful(text: str, supports: tuple[Support, ...], lexicon: Lexicon) -> tuple[Support, ...]:
    """The supports without those that bear out nothing the others do not, later ones first."""
    kept = list(supports)
    for one in reversed(supports):
        rest = [other for other in kept if other is not one]
        if rest and _borne(text, rest, lexicon) >= _borne(text, kept, lexicon) and not (_facts(text, kept) - _facts(text, rest)):
            kept = rest
    return tuple(kept)


def _borne(text: str, supports: Sequence[Support], lexicon: Lexicon) -> float:
    return coverage(Reading(text), Reading(" . ".join(passage_text(one.passage) for one in supports)), lexicon)


def _facts(text: str, supports: Sequence[Support]) -> set[str]:
    """Numbers, dates, names and words of proportion of a text that the supports hold."""
    read, source = Reading(text), Reading(" . ".join(passage_text(one.passage) for one in supports))
    values = {one.value for one in read.numbers} & {one.value for one in source.numbers}
    return values | (read.dates & source.dates) | (read.names & set(source.tokens)) | (read.proportions & source.proportions)


def coverage(read: Reading, source: Reading, lexicon: Lexicon) -> float:
    """Share of the content words of a sentence that the source holds, in these or in other words."""
    held = source.content_stems
    glossed = lexicon.glossed(read.text, held)
    wanted = [one for one in dict.fromkeys(found for _, found in read.content) if one in held or one not in lexicon.light]
    if not wanted:
        return 0.0
    return sum(one in glossed or lexicon.supported(one, held) for one in wanted) / len(wanted)


def uncovered(read: Reading, supports: Sequence[Support], near: Sequence[Reading], lexicon: Lexicon) -> bool:
    """Too few of the words are in the sentences it rests on, or where these stand; a short sentence may add hardly any."""
    if len(read.content_stems) + len(read.numbers) < 2:
        return True
    places = [one for support in supports for one in (support.passage.section, support.passage.subsection) if one]
    close = Reading(" . ".join([*(one.text for one in near), *places]))
    held, glossed = close.content_stems, lexicon.glossed(read.text, close.content_stems)
    lacking = [
        one for one in read.content_stems if one not in glossed and not lexicon.supported(one, held) and one not in _GENERAL
    ]
    size = len(read.content_stems) + 2 * len(read.numbers)  # a number that was found right bears more than a word
    if size <= SHORT:
        return len(lacking) * SHORT_SHARE > size
    return coverage(read, close, lexicon) < lexicon.floor


def objection(text: str, supports: Sequence[Support], lexicon: Lexicon) -> str | None:
    """The name of the first rule that a sentence breaks; None when the supports bear it out."""
    folded = fold(text).rstrip(".")
    if any(folded in {fold(one).rstrip(".") for one in support.passage.sentences} for support in supports):
        return None  # the report's own sentence, whole
    read = Reading(text)
    source = Reading(" . ".join(passage_text(one.passage) for one in supports))
    near = [Reading(one) for one in aligned(read, supports, lexicon)]
    core = [Reading(one) for one in aligned(read, supports, lexicon, clauses=False)]
    rules = (
        ("speaks of itself or the reader", lambda: bool(set(_PERSON.findall(text)) - set(_PERSON.findall(source.text)))),
        ("numbers", lambda: wrong_numbers(read, source)), ("dates", lambda: bool(read.dates - source.dates)),
        ("names", lambda: wrong_names(read, source, lexicon)), ("grades", lambda: wrong_grades(read, source)),
        ("subjects", lambda: wrong_subjects(read, source, lexicon)),
        ("proportions", lambda: wrong_proportions(read, near)), ("opposites", lambda: wrong_opposites(read, near, core, lexicon)),
        ("negations", lambda: negation_added(read, near, lexicon)), ("marks", lambda: mark_dropped(read, near, frozenset(one.text for one in core))),
        ("recommendation as fact", lambda: recommended_as_fact(read, supports)),
        ("earlier grade", lambda: earlier_grade(read, near)), ("causes", lambda: wrong_causes(read, near)),
        ("comparisons", lambda: wrong_comparisons(read, near)),
        ("values swapped", lambda: swapped(read, source, lexicon)),
        ("coverage", lambda: uncovered(read, supports, near, lexicon)),
    )  # fmt: skip
    return next((name for name, breaks in rules if breaks()), None)


def aligned(read: Reading, supports: Sequence[Support], lexicon: Lexicon, clauses: bool = True) -> tuple[str, ...]:
    """The sentences of the supports that a sentence may rest on: those quoted, and in each passage the one most like it.

    With `clauses`, the one most like each of its clauses too.
    """
    found: list[str] = []
    for support in supports:
        context = f"{support.passage.context.rstrip(':')} " if support.passage.context else ""
        whole = support.passage.sentences
        quoted = fold(support.quote)
        near = [one for one in whole if fold(one) in quoted or quoted in fold(one) or _overlaps(quoted, fold(one))]
        for part in (read, *(read.parts if clauses else ())):
            near.append(max(whole, key=lambda one: _shared(part, Reading(one), lexicon), default=""))
        found += [context + one for one in near]
    return tuple(dict.fromkeys(found))


def _overlaps(quoted: str, sentence: str) -> bool:
    words = sentence.split()
    return len(words) >= 4 and (" ".join(words[:4]) in quoted or " ".join(words[-4:]) in quoted)


def _shared(read: Reading, other: Reading, lexicon: Lexicon) -> float:
    held = other.content_stems
    direct = sum(one in held for one in read.content_stems)
    loose = sum(lexicon.supported(one, held) for one in read.content_stems)
    values = len({one.value for one in read.numbers} & {one.value for one in other.numbers})
    return direct + 0.5 * loose + values


def wrong_numbers(read: Reading, source: Reading) -> bool:
    """A number, its unit or its bound is not the report's."""
    for one in read.numbers:
        if one.value == "1" and not one.unit and _single(one.at, read, source):
            continue
        same = [other for other in source.numbers if other.value == one.value and (not one.unit or other.unit == one.unit)]
        if any(_period(one, read) and _period(other, source) for other in same):
            continue  # "over the last 12 months" is no bound
        if not any(other.bounds <= one.bounds and one.bounds <= other.near for other in same) and not (
            same and _compares(one, read)
        ):
            return True
    return False


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


def wrong_comparisons(read: Reading, near: Sequence[Reading]) -> bool:
    """Something is said to be above or below where the report says neither and no two numbers show it."""
    sides = {"over": ("above", "higher", "exceeds", "exceed", "exceeding"), "under": ("below", "lower", "beneath")}
    for side, words in sides.items():
        for at, token in enumerate(read.tokens):
            if (
                token not in words
                or _idiomatic(read, at)
                or any(token in one.tokens or set(words) & set(one.tokens) for one in near)
            ):
                continue
            later = [one for one in read.numbers if at < one.at <= at + 8]
            shown = bool(later) and _compares(replace(later[0], bounds=frozenset({side})), read)
            if not shown and not any(_answers_bound(side, one) for one in near):
                return True
    return False


def _idiomatic(read: Reading, at: int) -> bool:
    """Whether a word stands in an idiom, as in "above all"."""
    return any(start <= at < end for _, start, end in read.phrases({"idiom": _table("idioms")["plain"]}))


def _answers_bound(side: str, reading: Reading) -> bool:
    """Whether a sentence says in other words that something is over or under: "increase", "not yet meet"."""
    words = {"over": ("increase", "more", "up", "rise"), "under": ("reduction", "reduced", "fewer", "less", "not", "decrease")}
    return bool(set(words[side]) & set(reading.tokens))


def wrong_names(read: Reading, source: Reading, lexicon: Lexicon) -> bool:
    """A name or an acronym is not the report's (nor its authority's)."""
    held = set(source.tokens) | lexicon.allowed | _MONTHS | _DAYS
    glossed = {word for words, _ in lexicon.glossary.found(read.text) for word in Reading(words).tokens}
    explained = {stem(word) for word in glossed} & lexicon.glossed(read.text, source.content_stems)
    return any(
        token not in held and token.removesuffix("s") not in held and stem(token) not in explained
        for name in read.names
        for token in Reading(name).tokens
    )


_GRADES = ("outstanding", "good", "requires improvement", "inadequate")
_GRADED = re.compile(
    r"\b(outstanding|good|inadequate|require[sd]? (?:further )?improvement|requiring (?:further )?improvement)\b"
)
_GRADING = re.compile(r"\b(?:grade[ds]?|judged?|judgements?|rated?|ratings?|overall effectiveness)\b")


def _grades(text: str) -> set[str]:
    found = {match[1] for match in _GRADED.finditer(re.sub(r"improvement to be good", "improvement", fold(text).casefold()))}
    return {"requires improvement" if one.startswith("requir") else one for one in found}


def wrong_grades(read: Reading, source: Reading) -> bool:
    """A grade is not the report's; "good" counts as one where grading is spoken of."""
    said = _grades(read.text)
    held = _grades(source.text)
    if not _GRADING.search(read.text.casefold()) and not held:
        said.discard("good")
    return bool(said - held)


def earlier_grade(read: Reading, near: Sequence[Reading]) -> bool:
    """A grade of an earlier inspection is told as if it were today's."""
    said = _grades(read.text) - {"good"}
    telling = [one for one in near if said & _grades(one.text)]
    dated = _table("dated")
    return (
        bool(telling)
        and all(one.phrases({"earlier": dated["earlier"]}) for one in telling)
        and not read.phrases({"said": dated["said"]})
    )


def wrong_causes(read: Reading, near: Sequence[Reading]) -> bool:
    """A cause is told where the report tells none."""
    causes = _table("causes")
    return bool(read.phrases({"said": causes["said"]})) and not any(one.phrases({"held": causes["held"]}) for one in near)


def wrong_subjects(read: Reading, source: Reading, lexicon: Lexicon) -> bool:
    """The sentence is about a group or a service that the passages do not name."""
    named = {kind for group, phrases in lexicon.subjects.items() for kind, _, _ in read.phrases({group: phrases})}
    held = {kind for group, phrases in lexicon.subjects.items() for kind, _, _ in source.phrases({group: phrases})}
    return bool(named - held)


def wrong_proportions(read: Reading, near: Sequence[Reading]) -> bool:
    """A word of proportion is of a class that the sentences it rests on do not use."""
    held = {kind for one in near for kind in one.proportions}
    stands = _table("stands_for")
    if any(mark.kind == "negative" for one in near for mark in one.marks):
        held |= set(_table("denied")["classes"])
    return any(kind not in held and not held & set(stands.get(kind, ())) for kind in read.proportions)


def wrong_opposites(read: Reading, near: Sequence[Reading], core: Sequence[Reading], lexicon: Lexicon) -> bool:
    """A word is the opposite of what the report says, and no sentence that is as near says the same as it."""
    denied = {s for one in (read, *near) for mark in one.marks if mark.kind in ("negative", "modal") for s in mark.scope}
    bounds = {at for _, start, end in read.phrases(_table("bounds")) for at in range(start, end)}
    shared = [(len(read.content_stems & one.content_stems), frozenset(one.stems)) for one in near]
    meant = {s for at, s in enumerate(read.stems) if at not in bounds and not _idiomatic(read, at) and not _of_degree(read, at)}
    for word in meant - denied:
        for own, other in lexicon.opposites.get(word, ()):
            against = [count for count, stems in shared if other & stems and not other & stems & denied]
            agreeing = [count for count, stems in shared if own & stems]
            if agreeing and against and max(against) > max(agreeing):
                return True
            if not agreeing and any(other & set(one.stems) and not other & set(one.stems) & denied for one in core):
                return True
    return False


def _of_degree(read: Reading, at: int) -> bool:
    """Whether "enough" says how early or how clear something is, not how much of it there is."""
    before = read.tokens[at - 1] if at else ""
    return read.tokens[at] == "enough" and (
        before.endswith("ly") or before in ("soon", "fast", "long", "well", "good", "clear", "hard", "strong")
    )


def _answered(mark: Mark, read: Reading, clauses: set[int], source: Reading) -> bool:
    """Whether a sentence holds, in the clauses concerned, a word that does what a mark of the report does.

    A word that the report's sentence has too, and not as such a mark, does nothing.
    """
    marks, answers = _table("marks"), _table("answers")
    hard = {"modal": ["modal", "wide", "negative"], "wide": ["modal", "wide", "negative"], "limit": ["limit", "negative"]}
    setting = [phrase for kind in hard.get(mark.kind, ["negative", "modal", "limit"]) for phrase in marks[kind]]
    soft = [*answers[mark.kind], *(answers["modal"] if mark.kind == "wide" else ())]
    own = source.tokens[mark.start : mark.end]
    for kind, start, end in read.phrases({"hard": setting, "soft": soft}):
        said = read.tokens[start:end]
        if read.clauses[start] not in clauses or set(read.stems[start:end]) & set(mark.scope):
            continue
        if kind == "soft" and said != own and any(said == source.tokens[at : at + len(said)] for at in range(len(source.tokens))):
            continue
        if mark.kind != "limit" or _may_stand(said, own):
            return True
    return mark.kind == "negative" and any(
        read.clauses[at] in clauses and _lowering(read.tokens[at]) and read.stems[at] not in source.stems
        for at, _ in read.content
    )


def _lowering(token: str) -> bool:
    return re.match(r"(?:un|in|im|ir|dis|non)[a-z]{4,}", token) is not None and token not in _PLAIN_IN


def _may_stand(said: tuple[str, ...], own: tuple[str, ...]) -> bool:
    """Whether one limiting phrase may stand for another: of the same class, of a class that may, or of none."""
    table, stands = _table("proportions"), _table("stands_for")
    ours, theirs = ({kind for kind, phrases in table.items() if phrase in words_of(phrases)} for phrase in (said, own))
    return not ours or not theirs or bool(ours & theirs) or any(theirs & set(stands.get(kind, ())) for kind in ours)


_PLAIN_IN = frozenset(
    """include includes including included increase increased increasing independent independently individual individuals information
    inform informs informed inspection inspectors investment invest invested initial initially under understand understanding understood
    impact improve improved improving improvement improvements important international introduce introduced intervention interview
    interviews involve involved issue discuss discussed distance district display interest university undertake undertaken immediate
    immediately unit internal implement implemented inspected investigate investigations""".split()
)


def mark_dropped(read: Reading, near: Sequence[Reading], core: frozenset[str]) -> bool:
    """The report denies, limits, asks for or dates something, and the sentence says it plainly."""
    for source in near:
        free = _outside(source)
        for mark in source.marks:
            touched = [at for at, one in read.content if mark.scope and one in mark.scope]
            first = [at for at in touched if read.stems[at] == mark.scope[0]]
            if mark.kind == "limit" and len(mark.scope) == 1 and len(read.content_stems) > 2 * SCOPE:
                continue  # a limit on one word of a long sentence tells too little
            if mark.kind == "limit":
                hit = len({read.stems[at] for at in touched}) >= min(2, len(mark.scope)) and bool(first)
            else:
                hit = bool(first) or len({read.stems[at] for at in touched}) >= 2
            if mark.kind == "wide":
                hit = len({read.stems[at] for at in touched}) >= 3
            few = len({read.stems[at] for at in touched}) < 2
            if not hit or (few and (mark.scope[0] in free or source.text not in core)):
                continue
            if not _answered(mark, read, {read.clauses[at] for at in touched}, source):
                return True
    return False


def _outside(source: Reading) -> frozenset[str]:
    """Stems of a sentence that stand outside the reach of every mark of it, at least once."""
    reached = {
        at
        for mark in source.marks
        for at, one in source.content
        if at >= mark.end and one in mark.scope and source.clauses[at] == source.clauses[mark.end - 1]
    }
    return frozenset(one for at, one in source.content if at not in reached)


def negation_added(read: Reading, near: Sequence[Reading], lexicon: Lexicon) -> bool:
    """The sentence denies what the report does not deny."""
    denials = [mark for mark in read.marks if mark.kind == "negative"]
    if not denials:
        return False
    reached = {one for source in near for one in _doubted(source)}
    plain = {one for source in near for one in source.content_stems} - reached
    soft = any(source.phrases({"negative": _table("answers")["negative"]}) or _lowered(source) for source in near)
    for mark in denials:
        if read.tokens[mark.start] in ("neither", "nor") and reached:
            continue
        said = [one for one in mark.scope if (one in reached or one in plain) and one not in lexicon.light]
        if not reached and not soft:
            return True
        if said and not any(one in reached for one in said) and not (soft and said[0] not in plain):
            return True
    return False


def _doubted(source: Reading) -> frozenset[str]:
    """Stems of a sentence that stand after a denial, a limit or a demand, up to a turn or the end."""
    found: set[str] = set()
    for mark in source.marks:
        if mark.kind == "limit" and source.tokens[mark.start : mark.end] in (("most",), ("majority",), ("many",)):
            continue
        for at, one in source.content:
            if at >= mark.end and not _TURNS & set(source.tokens[mark.end : at]):
                found.add(one)
    return frozenset(found)


def _lowered(source: Reading) -> bool:
    return any(_lowering(source.tokens[at]) for at, _ in source.content)


_RECOMMENDING = {
    "recommending": tuple(
        "should|must|need to|needs to|needed|needs improving|ought|has to|have to|require|requires|required|recommend|recommends|recommended|"
        "recommendation|recommendations|ensure|make sure|ask|asks|asked|tell|tells|told|urge|urges|urged|advise|advises|advised|want|"
        "wants|wanted|call|calls|called|expect|expects|expected|priority|necessary|improve".split("|")
    )
}


def recommended_as_fact(read: Reading, supports: Sequence[Support]) -> bool:
    """What the report only recommends is told as if it were so."""
    return all(one.passage.kind == "recommendation" for one in supports) and not read.phrases(_RECOMMENDING)


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
        if word in _GENERAL or read.tokens[at] in _MONTHS or any(at == place for place, _ in ours):
            continue
        mine = _nearest(at, ours, read, 8)
        beside = [_nearest(there, theirs, source) for there, one in source.content if one == word]
        beside = [one for one in beside if one is not None]
        if mine is not None and beside and len(beside) == 1 and mine != beside[0]:
            return True
    return False


def _values(reading: Reading) -> list[tuple[int, str]]:
    """(place, value) of every number but years and days of a month."""
    following = (*reading.tokens, "")
    return [
        (one.at, one.value)
        for one in reading.numbers
        if not (len(one.value) == 4 and one.value[:2] in ("19", "20") and one.unit is None)
        and following[one.at + 1] not in _MONTHS
    ]


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
    return not _ENDS & set(reading.tokens[low:high])


def reasons(verdicts: Iterable[Verdict]) -> Iterator[str]:
    """The rules that were broken, in order."""
    return (one.reason for one in verdicts if one.reason)
