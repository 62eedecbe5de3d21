"""What a sentence may rest on: of the passages it cites, the sentences that are quoted and those most like it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from assistant.lexicon import Lexicon
from assistant.reading import Reading
from assistant.selection import LEANS
from index.passages import Passage
from index.sentences import fold


@dataclass(frozen=True)
class Support:
    """A passage with the verbatim piece of it that a sentence rests on."""

    passage: Passage
    quote: str


@dataclass(frozen=True)
class Grounds:
    """All that is cited, read (`source`), and the sentences of it that count.

    `quoted`: those the quotes are of; `core`: these and the one of each passage most like the sentence; `near`: these and the
    one most like each of its clauses. Every sentence stands with the words it needs to be understood. `told` holds these last in
    one text, under the headings they stand under, with the sentences that they lean on.
    """

    source: Reading
    quoted: tuple[Reading, ...]
    core: tuple[Reading, ...]
    near: tuple[Reading, ...]
    kinds: frozenset[str]
    places: frozenset[str]  # stems of the headings above
    told: str


@lru_cache(maxsize=4_096)
def read_once(text: str) -> Reading:
    """The reading of a text of the report: there are few, and each is read for many sentences."""
    return Reading(text)


def grounds_of(read: Reading, supports: Sequence[Support], lexicon: Lexicon) -> Grounds:
    """The grounds of a sentence."""
    quoted: list[str] = []
    core: list[str] = []
    near: list[str] = []
    for support in supports:
        own = _quoted(support)
        whole = [(_context(support.passage) + one, read_once(one)) for one in support.passage.sentences]
        quoted += own
        core += [*own, _most_like(read, whole, lexicon)]
        near += [*own, *(_most_like(part, whole, lexicon) for part in (read, *read.parts))]
    source = read_once(" . ".join(passage_text(one.passage) for one in supports))
    headings = [one for support in supports for one in (support.passage.section, support.passage.subsection) if one]
    places = frozenset().union(*(read_once(one).content_stems for one in headings))
    kinds = frozenset(one.passage.kind for one in supports)
    told = " ".join(_told(one, set(near)) for one in dict.fromkeys(support.passage for support in supports))
    return Grounds(source, _readings(quoted), _readings(core), _readings(near), kinds, places, told)


def _told(passage: Passage, near: set[str]) -> str:
    """Those sentences of a passage that stand in `near`, in its order, after its most telling heading."""
    context = _context(passage)
    places = {at for at, sentence in enumerate(passage.sentences) if context + sentence in near}
    places |= {at - 1 for at in places if at and LEANS.match(passage.sentences[at])}
    return grounded(passage, sorted(places))


def grounded(passage: Passage, places: Iterable[int]) -> str:
    """Some sentences of a passage with the words they need, after its most telling heading."""
    heading = max(passage.section, passage.subsection or "", key=len)
    return f"{heading}: {_context(passage)}{' '.join(passage.sentences[at] for at in places)}"


def _readings(texts: Sequence[str]) -> tuple[Reading, ...]:
    return tuple(read_once(one) for one in dict.fromkeys(texts))


def passage_text(passage: Passage) -> str:
    """What may bear out a sentence: the passage with its context, and where it stands."""
    return ". ".join(one for one in (passage.subsection, passage.section, passage.context, passage.text) if one)


def _quoted(support: Support) -> list[str]:
    """The sentences of the passage that the quote is of."""
    quoted = fold(support.quote)
    whole = [(one, fold(one)) for one in support.passage.sentences]
    return [
        _context(support.passage) + one for one, plain in whole if plain in quoted or quoted in plain or _overlaps(quoted, plain)
    ]


def _context(passage: Passage) -> str:
    return f"{passage.context.rstrip(':')} " if passage.context else ""


def _overlaps(quoted: str, sentence: str) -> bool:
    words = sentence.split()
    return len(words) >= 4 and (" ".join(words[:4]) in quoted or " ".join(words[-4:]) in quoted)


def _most_like(read: Reading, whole: Sequence[tuple[str, Reading]], lexicon: Lexicon) -> str:
    return max(whole, key=lambda pair: _shared(read, pair[1], lexicon))[0]


def _shared(read: Reading, other: Reading, lexicon: Lexicon) -> float:
    held = other.content_stems
    direct = sum(one in held for one in read.content_stems)
    loose = sum(lexicon.supported(one, held) for one in read.content_stems)
    values = len({one.value for one in read.numbers} & {one.value for one in other.numbers})
    return direct + 0.5 * loose + values
