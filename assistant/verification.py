"""Whether cited passages bear out a model's sentence: mechanical and pure. Asks no model and knows nothing of how one is reached.

A sentence is dropped when one of the rules objects; the reason is the rule's name. Quotes are found in quoting.py; a text is
read in reading.py; the rules stand in facts.py, turns.py and bearing.py, their words in verification.toml. What this cannot
see is told in docs/choosing-a-model.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from assistant.bearing import Bearing, coverage, unborne
from assistant.copying import added, turned
from assistant.facts import (
    earlier_grade,
    swapped,
    wrong_comparisons,
    wrong_grades,
    wrong_names,
    wrong_numbers,
    wrong_subjects,
    wrong_times,
)
from assistant.grounds import Support, grounds_of, passage_text
from assistant.lexicon import Lexicon
from assistant.quoting import snapped
from assistant.reading import FEWEST_WORDS, Reading
from assistant.tone import tone_changed
from assistant.turns import (
    denial_dropped,
    mark_dropped,
    negation_added,
    recommended_as_fact,
    roles_swapped,
    wrong_causes,
    wrong_opposites,
    wrong_proportions,
)
from index.passages import Passage
from index.sentences import fold, sentences

MOST_WORDS = 60


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


def verify(
    claims: Iterable[Claim], given: Mapping[str, Passage], lexicon: Lexicon, bearing: Bearing | None = None
) -> tuple[Verdict, ...]:
    """A verdict on every sentence; a claim of several sentences gives several. `given` holds the passages shown, by id."""
    learnt = bearing or Bearing.packaged()
    return tuple(_verify(part, claim.citations, given, lexicon, learnt) for claim in claims for part in parts(claim.text))


def parts(text: str) -> tuple[str, ...]:
    """The sentences of a claim, without passage numbers that a model added in brackets."""
    bare = re.sub(r"\s*\[\s*\d+(?:\s*,\s*\d+)*\s*\]", "", text).strip()
    return sentences(bare) or (bare,)


def _verify(
    text: str, citations: Sequence[tuple[str, str]], given: Mapping[str, Passage], lexicon: Lexicon, bearing: Bearing
) -> Verdict:
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
    reason = objection(text, needed, lexicon, bearing)
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


def objection(text: str, supports: Sequence[Support], lexicon: Lexicon, bearing: Bearing) -> str | None:
    """The name of the first rule that a sentence breaks; None when the supports bear it out."""
    folded = fold(text).rstrip(".")
    if any(folded in {fold(one).rstrip(".") for one in support.passage.sentences} for support in supports):
        return None  # the report's own sentence, whole
    read = Reading(text)
    grounds = grounds_of(read, supports, lexicon)
    source, near, core = grounds.source, grounds.near, grounds.core
    rules = (
        ("speaks of itself or the reader", lambda: bool(set(_PERSON.findall(text)) - set(_PERSON.findall(source.text)))),
        ("numbers", lambda: wrong_numbers(read, source)), ("dates", lambda: bool(read.dates - source.dates)),
        ("names", lambda: wrong_names(read, source, lexicon)), ("grades", lambda: wrong_grades(read, source)),
        ("subjects", lambda: wrong_subjects(read, source, core, lexicon)),
        ("proportions", lambda: wrong_proportions(read, near)), ("opposites", lambda: wrong_opposites(read, near, core, lexicon)),
        ("negations", lambda: negation_added(read, near, core, lexicon)), ("marks", lambda: mark_dropped(read, grounds, lexicon) or denial_dropped(read, [one.quote for one in supports])),
        ("recommendation as fact", lambda: recommended_as_fact(read, grounds.kinds)),
        ("earlier grade", lambda: earlier_grade(read, near)), ("causes", lambda: wrong_causes(read, near, lexicon)),
        ("roles swapped", lambda: roles_swapped(read, core, lexicon)), ("times", lambda: wrong_times(read, source)),
        ("comparisons", lambda: wrong_comparisons(read, near)),
        ("values swapped", lambda: swapped(read, source, lexicon)),
        ("tone", lambda: tone_changed(read, grounds, lexicon, bearing)),
        ("turned", lambda: turned(read, grounds, lexicon)), ("addition", lambda: added(read, grounds, lexicon)),
    )  # fmt: skip
    return next((name for name, breaks in rules if breaks()), None) or unborne(read, grounds, lexicon, bearing)


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
