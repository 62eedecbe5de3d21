"""Whether cited passages bear out a model's sentence: mechanical and pure. Asks no model and knows nothing of how one is reached.

A sentence is dropped when one of the rules objects; the reason is the rule's name. Quotes are found in quoting.py; a text is
read in reading.py; the rules stand in facts.py, turns.py and bearing.py, their words in verification.toml. What the rules have
no word for is judged by a small network that reads the sentence beside what it rests on (index/entailment.py). What both
cannot see is told in docs/choosing-a-model.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from assistant.bearing import Bearing, coverage, unborne
from assistant.copying import added, copied, crossed, exchanged, renumbered, turned
from assistant.facts import (
    earlier_grade,
    recounted,
    swapped,
    wrong_comparisons,
    wrong_grades,
    wrong_names,
    wrong_numbers,
    wrong_subjects,
    wrong_times,
)
from assistant.grounds import Grounds, Support, grounds_of, passage_text
from assistant.lexicon import Lexicon
from assistant.quoting import snapped
from assistant.reading import FEWEST_WORDS, Reading
from assistant.tone import tone_changed
from assistant.turns import (
    adverb_undenied,
    denial_dropped,
    mark_dropped,
    negation_added,
    recommended_as_fact,
    roles_swapped,
    wrong_causes,
    wrong_opposites,
    wrong_proportions,
)
from index.entailment import Entails
from index.passages import Passage
from index.sentences import fold, sentences

MOST_WORDS = 60
# log odds that a sentence follows; set on passages held out and development labels (docs/experiments.md)
LIKELY, SURE = -4.0, 4.0


@dataclass(frozen=True)
class Claim:
    """A sentence of a model, with (id of a passage, quote) pairs that are to support it."""

    text: str
    citations: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Verdict:
    """What became of a claim: its supports, or the name of the rule it broke."""

    text: str
    supports: tuple[Support, ...] = ()
    reason: str | None = None

    @property
    def kept(self) -> bool:
        return self.reason is None


@dataclass(frozen=True)
class Known:
    """What sentences are verified with: the report's words and the glossary's, how words bear each other out, what follows from what."""

    lexicon: Lexicon
    entails: Entails
    bearing: Bearing = field(default_factory=Bearing.packaged)


def verify(claims: Iterable[Claim], given: Mapping[str, Passage], known: Known) -> tuple[Verdict, ...]:
    """A verdict on every sentence; a claim of several sentences gives several. `given` holds the passages shown, by id."""
    return tuple(_verify(part, claim.citations, given, known) for claim in claims for part in parts(claim.text))


def parts(text: str) -> tuple[str, ...]:
    """The sentences of a claim, without passage numbers that a model added in brackets."""
    bare = re.sub(r"\s*\[\s*\d+(?:\s*,\s*\d+)*\s*\]", "", text).strip()
    return sentences(bare) or (bare,)


def _verify(text: str, citations: Sequence[tuple[str, str]], given: Mapping[str, Passage], known: Known) -> Verdict:
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
    needed = useful(text, tuple(dict.fromkeys(supports)), known.lexicon)
    reason = objection(text, needed, known)
    return Verdict(text, reason=reason) if reason else Verdict(text, needed)


# ---- form ----

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


def objection(text: str, supports: Sequence[Support], known: Known) -> str | None:
    """The name of the first rule that a sentence breaks; None when the supports bear it out.

    Facts are settled by rules alone. In a sentence in words of its own, a rule on the sense of words gives way where the network is
    SURE that the sentence follows; where it finds that not LIKELY, a sentence falls without any rule.
    """
    folded = fold(text).rstrip(".")
    if any(folded in {fold(one).rstrip(".") for one in support.passage.sentences} for support in supports):
        return None  # the report's own sentence, whole
    read = Reading(text)
    grounds = grounds_of(read, supports, known.lexicon)
    if broken := _facts_broken(read, grounds, known.lexicon):
        return broken
    doubt = _sense_broken(read, grounds, supports, known)
    odds = float(known.entails([(grounds.told, text)])[0])
    if doubt and (odds < SURE or copied(read, grounds)):
        return doubt
    return None if odds >= LIKELY else "does not follow"


def _facts_broken(read: Reading, grounds: Grounds, lexicon: Lexicon) -> str | None:
    """The first rule on facts that a sentence breaks: numbers, dates, names, grades, who is spoken of."""
    source, near = grounds.source, grounds.near
    rules = (
        ("speaks of itself or the reader", lambda: bool(set(_PERSON.findall(read.text)) - set(_PERSON.findall(source.text)))),
        ("numbers", lambda: wrong_numbers(read, source)), ("dates", lambda: bool(read.dates - source.dates)),
        ("names", lambda: wrong_names(read, source, lexicon)), ("grades", lambda: wrong_grades(read, source) or recounted(read, source)),
        ("subjects", lambda: wrong_subjects(read, source, grounds.core, lexicon)),
        ("denials", lambda: adverb_undenied(read, grounds.core)),
        ("recommendation as fact", lambda: recommended_as_fact(read, grounds.kinds)),
        ("earlier grade", lambda: earlier_grade(read, near)), ("times", lambda: wrong_times(read, source)),
        ("values swapped", lambda: swapped(read, source, lexicon) or renumbered(read, grounds)),
        ("roles swapped", lambda: roles_swapped(read, grounds.core, lexicon)),
        ("clauses exchanged", lambda: exchanged(read, grounds) or crossed(read, grounds)),
    )  # fmt: skip
    return next((name for name, breaks in rules if breaks()), None)


def _sense_broken(read: Reading, grounds: Grounds, supports: Sequence[Support], known: Known) -> str | None:
    """The first rule on the sense of words that a sentence breaks: denials, quantity, direction, cause, what nothing bears out."""
    near, core, lexicon = grounds.near, grounds.core, known.lexicon
    rules = (
        ("proportions", lambda: wrong_proportions(read, near)), ("opposites", lambda: wrong_opposites(read, near, core, lexicon)),
        ("negations", lambda: negation_added(read, near, core, lexicon)),
        ("marks", lambda: mark_dropped(read, grounds, lexicon) or denial_dropped(read, [one.quote for one in supports])),
        ("causes", lambda: wrong_causes(read, near, lexicon)),
        ("comparisons", lambda: wrong_comparisons(read, near)), ("tone", lambda: tone_changed(read, grounds, lexicon, known.bearing)),
        ("turned", lambda: turned(read, grounds, lexicon)), ("addition", lambda: added(read, grounds, lexicon)),
    )  # fmt: skip
    return next((name for name, breaks in rules if breaks()), None) or unborne(read, grounds, lexicon, known.bearing)


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


def reasons(verdicts: Iterable[Verdict]) -> Iterator[str]:
    """The rules that were broken, in order."""
    return (one.reason for one in verdicts if one.reason)
