"""Sentences that are largely copied from the report: what is put in, left out or exchanged between the copied pieces. Pure.

A model that keeps to the report's words leaves little room for other words to mean the same: each gap is looked at by itself.
"""

from __future__ import annotations

import difflib
import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.bearing import words_near
from assistant.grounds import Grounds
from assistant.lexicon import Lexicon
from assistant.phrases import entries
from assistant.reading import GENERAL, Reading, root
from assistant.tone import finds_fault, hints
from assistant.turns import wrong_proportions

COPIED = 0.6  # share of its content words from which a sentence counts as copied rather than put in other words
NEARLY_ALL = 0.85  # from which it says nothing of its own
CONTRASTS = frozenset("but while whereas although though yet however".split())
MARKERS = frozenset("after before despite although while since unless until because".split())
REPORTING = frozenset(
    root(word) for word in "say says said find finds found note notes noted see saw seen state states tell told describe".split()
)

Words = list[tuple[int, str]]  # (place among the tokens, stem)


@dataclass(frozen=True)
class Gap:
    """What a sentence has, and what the sentence of the report has in its place, between two copied pieces."""

    read: Reading
    source: Reading
    ours: Words
    theirs: Words

    @property
    def said(self) -> Reading:
        return Reading(" ".join(self.read.tokens[at] for at, _ in self.ours))

    @property
    def told(self) -> Reading:
        return Reading(" ".join(self.source.tokens[at] for at, _ in self.theirs))


def added(read: Reading, grounds: Grounds, lexicon: Lexicon) -> bool:
    """Words stand between pieces copied from a sentence of the report where that sentence has nothing they could stand for."""
    held = words_near(grounds)
    held |= lexicon.glossed(read.text, held) | GENERAL
    foreign = {at for at, one in read.content if one not in held and one not in REPORTING}
    for gap in gaps(read, grounds):
        here = {one for _, one in gap.ours}
        weighty = {at for at, one in gap.source.content if one not in here}
        marked = {at for mark in gap.source.marks for at in range(mark.start, mark.end)}
        weighty |= {at for at in marked if gap.source.stems[at] not in here}  # "lost touch" for "not in touch"
        if any(at in foreign for at, _ in gap.ours) and not any(at in weighty for at, _ in gap.theirs):
            return True
    return False


def turned(read: Reading, grounds: Grounds, lexicon: Lexicon) -> bool:
    """Between copied pieces a denial is put in or left out, a demand or a limit exchanged, or a word for its contrary."""
    return any(_turned(gap.said, gap.told, lexicon) for gap in gaps(read, grounds) if gap.ours or gap.theirs)


def renumbered(read: Reading, grounds: Grounds) -> bool:
    """Between copied pieces another number stands in the place of one."""
    pairs = [({one.value for one in gap.said.numbers}, {one.value for one in gap.told.numbers}) for gap in gaps(read, grounds)]
    return any(told and said - told for said, told in pairs)


def _turned(said: Reading, told: Reading, lexicon: Lexicon) -> bool:
    denials = {phrase for phrase in entries("marks")["negative"] if " " not in phrase}
    if said.content_stems == told.content_stems and bool(denials & set(said.tokens)) != bool(denials & set(told.tokens)):
        return True
    if not (said.tokens and told.tokens):
        return False
    asked = any(mark.kind == "modal" for mark in told.marks) and not hints(said)
    fault = finds_fault(said) and not hints(told) and bool(told.content)
    counted = bool(told.proportions) and wrong_proportions(said, [told])
    contrary = any(other & told.plain_stems for word in said.plain_stems for _, other in lexicon.opposites.get(word, ()))
    return asked or fault or counted or contrary


def exchanged(read: Reading, grounds: Grounds) -> bool:
    """In words that are nearly all the report's, a clause that "after", "before" or the like begins holds what stands elsewhere there."""
    for source in grounds.core:
        if len(read.content_stems & source.content_stems) < NEARLY_ALL * len(read.content_stems):
            continue
        for marker, said in _marked(read):
            for other, told in _marked(source):
                if marker == other and len((said - told) & source.content_stems) >= 2:
                    return True
    return False


def crossed(read: Reading, grounds: Grounds) -> bool:
    """In words that are nearly all the report's, two clauses have exchanged what is said of each: "this fell, but that rose"."""
    held = frozenset().union(*(one.content_stems for one in grounds.near))
    if len(read.content_stems & held) < NEARLY_ALL * len(read.content_stems):
        return False
    theirs = [clause for source in grounds.near for clause in _clauses(source)]
    own = {one: at for at, clause in enumerate(theirs) for one in clause if sum(one in other for other in theirs) == 1}
    mixed = [frozenset(own[one] for one in clause if one in own) for clause in _clauses(read)]
    return any(len(first & second) >= 2 for first, second in itertools.combinations(mixed, 2))


def _clauses(reading: Reading) -> list[frozenset[str]]:
    """The content stems between commas and words that set one thing against another."""
    found: list[set[str]] = [set()]
    words = dict(reading.content)
    for at, token in enumerate(reading.tokens):
        if token in CONTRASTS or not token[0].isalnum():
            found.append(set())
        elif at in words:
            found[-1].add(words[at])
    return [frozenset(one) for one in found if one]


def _marked(reading: Reading) -> Iterator[tuple[str, frozenset[str]]]:
    """(marker, content stems up to the next comma or marker) of every clause that a marker begins."""
    starts = [at for at, token in enumerate(reading.tokens) if token in MARKERS]
    for at in starts:
        ends = [
            there for there, token in enumerate(reading.tokens) if there > at and (token in MARKERS or not token[0].isalnum())
        ]
        end = min(ends, default=len(reading.tokens))
        yield reading.tokens[at], frozenset(one for there, one in reading.content if at < there < end)


def copied(read: Reading, grounds: Grounds) -> bool:
    """Whether most content words of a sentence stand in pieces copied from the core."""
    ours, pieces = _pieces(read, grounds)
    taken = {ours[at][0] for _, _, blocks in pieces for start, _, size in blocks for at in range(start, start + size)}
    return sum(at in taken for at, _ in read.content) >= COPIED * len(read.content)


def gaps(read: Reading, grounds: Grounds) -> Iterator[Gap]:
    """Where a sentence that is largely copied differs from a sentence of the core, beside a piece that is copied."""
    if not copied(read, grounds):
        return
    ours, pieces = _pieces(read, grounds)
    for source, theirs, blocks in pieces:
        edged = [(-1, -1, 1), *blocks, (len(ours), len(theirs), 1)]
        for (first, start, size), (second, end, _) in itertools.pairwise(edged):
            if first >= 0 or second < len(ours):
                yield Gap(read, source, ours[first + size : second], theirs[start + size : end])


def _pieces(read: Reading, grounds: Grounds) -> tuple[Words, list[tuple[Reading, Words, list[tuple[int, int, int]]]]]:
    """The words of a sentence; and each sentence of the core with its words and what is copied from it."""
    ours = [(at, one) for at, one in enumerate(read.stems) if one[0].isalnum()]
    return ours, [(source, *_copies(ours, source)) for source in grounds.core]


def _copies(ours: Words, source: Reading) -> tuple[Words, list[tuple[int, int, int]]]:
    """The words of a source, and (place in ours, place in them, length) of the pieces that stand in both in one order.

    A piece has two words or more, one of them of content.
    """
    theirs = [(at, one) for at, one in enumerate(source.stems) if one[0].isalnum()]
    weighty = {at for at, _ in source.content}
    matcher = difflib.SequenceMatcher(None, [one for _, one in ours], [one for _, one in theirs], autojunk=False)
    return theirs, [
        (block.a, block.b, block.size)
        for block in matcher.get_matching_blocks()
        if block.size >= 2 and any(at in weighty for at, _ in theirs[block.b : block.b + block.size])
    ]
