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
    numbers = {one.value for one in told.numbers}
    other_number = bool(numbers) and any(one.value not in numbers for one in said.numbers)
    return asked or fault or counted or contrary or other_number


def gaps(read: Reading, grounds: Grounds) -> Iterator[Gap]:
    """Where a sentence that is largely copied differs from a sentence of the core, beside a piece that is copied."""
    ours = [(at, one) for at, one in enumerate(read.stems) if one[0].isalnum()]
    pieces = [(source, *_copies(ours, source)) for source in grounds.core]
    taken = {ours[at][0] for _, _, blocks in pieces for start, _, size in blocks for at in range(start, start + size)}
    if sum(at in taken for at, _ in read.content) < COPIED * len(read.content):
        return
    for source, theirs, blocks in pieces:
        edged = [(-1, -1, 1), *blocks, (len(ours), len(theirs), 1)]
        for (first, start, size), (second, end, _) in itertools.pairwise(edged):
            if first >= 0 or second < len(ours):
                yield Gap(read, source, ours[first + size : second], theirs[start + size : end])


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
