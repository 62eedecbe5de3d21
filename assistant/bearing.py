"""Are the words of a sentence borne out by the sentences it rests on? How doubtful each word is, and the longest doubtful run.

A word is borne out when they hold it, or when people use it for a word that they hold: how often they do was learnt from the
question bank (bearing.json, written by evals/train_bearing.py). Pure; measures only, what is rejected is told in `unborne`.
"""

from __future__ import annotations

import difflib
import itertools
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from assistant.grounds import Grounds
from assistant.lexicon import Lexicon
from assistant.phrases import entries
from assistant.reading import GENERAL, Reading, root

NEVER = 1e-3  # taken for the probability of a pair of words that was never seen
REPORTING = frozenset(
    root(word) for word in "say says said find finds found note notes noted see saw seen state states tell told describe".split()
)
FULL = 8  # content words
COPIED = 0.6  # share of its content words from which a sentence counts as copied rather than put in other words
BORNE = -3.0  # the doubt of a word that is borne out: less than that of any other


Words = list[tuple[int, str]]  # (place among the tokens, stem)


@dataclass(frozen=True)
class Bearing:
    """What was learnt of words, by stem.

    `stands`: how likely a word is used for a word of the report. `asked`: in how many questions of the bank, and in how
    many near misses, a word occurs. `weights` of FEATURES make of these the log odds that a word is foreign, less `bias`.
    A sentence is dropped when its longest run of foreign words adds up to more than `run`, or its mean doubt is above `mean`.
    """

    stands: Mapping[str, Mapping[str, float]]
    asked: Mapping[str, tuple[int, int]]
    weights: tuple[float, ...]
    bias: float
    run: float
    mean: float

    @classmethod
    def packaged(cls) -> Bearing:
        return _packaged()

    def features(self, word: str, held: frozenset[str], lexicon: Lexicon) -> tuple[float, ...]:
        """What is known of a word that the sentences do not hold, in the order of `weights`."""
        pairs = self.stands.get(word, {})
        bank, misses = self.asked.get(word, (0, 0))
        return (
            math.log(max((likely for other, likely in pairs.items() if other in held), default=0.0) + NEVER),
            math.log(bank + 0.5),
            math.log(misses + 0.5),
            float(lexicon.supported(word, held)),
            float(word in lexicon.light),
            float(word in lexicon.subject_words),
        )

    def doubts(self, read: Reading, held: frozenset[str], lexicon: Lexicon) -> tuple[float, ...]:
        """The log odds that a word is foreign, for every number and content word in order, but those that say little here.

        Numbers count as borne out: what they are is settled by a rule of their own.
        """
        known = held | lexicon.glossed(read.text, held)
        words = [
            (at, BORNE if one in known else self.doubt(one, held, lexicon)) for at, one in read.content if one not in GENERAL
        ]
        return tuple(doubt for _, doubt in sorted([*words, *((number.at, BORNE) for number in read.numbers)]))

    def doubt(self, word: str, held: frozenset[str], lexicon: Lexicon) -> float:
        """The log odds that a word that is not held is foreign."""
        return self.bias + sum(w * f for w, f in zip(self.weights, self.features(word, held, lexicon), strict=True))


@lru_cache(maxsize=1)
def _packaged() -> Bearing:
    found = json.loads(files("assistant").joinpath("bearing.json").read_text(encoding="utf-8"))
    asked = {word: (bank, misses) for word, (bank, misses) in found["asked"].items()}
    return Bearing(found["stands"], asked, tuple(found["weights"]), found["bias"], found["run"], found["mean"])


def longest(doubts: Sequence[float]) -> float:
    """The largest sum of doubts that stand side by side; 0 where every word is rather borne out than not.

    In a sentence of fewer than FULL content words it weighs more, for less stands around it that is borne out.
    """
    best = here = 0.0
    for doubt in doubts:
        here = max(0.0, here + doubt)
        best = max(best, here)
    return best / min(1.0, len(doubts) / FULL) if doubts else 0.0


def mean(doubts: Sequence[float]) -> float:
    """The mean doubt; that of a foreign word where there are no words."""
    return sum(doubts) / len(doubts) if doubts else 0.0


def unborne(read: Reading, grounds: Grounds, lexicon: Lexicon, bearing: Bearing) -> str | None:
    """Why the words are not borne out by the sentences that stand near: as a whole, or somewhere a run of them; None if they are."""
    held = words_near(grounds)
    doubts = bearing.doubts(read, held, lexicon)
    if len(read.content_stems) + len(read.numbers) < 2 or mean(doubts) > bearing.mean:
        return "coverage"
    if longest(doubts) > bearing.run:
        return "invention"
    if turned(read, grounds):
        return "negations"
    return "addition" if added(read, grounds, lexicon) else None


def words_near(grounds: Grounds) -> frozenset[str]:
    """The stems that may bear a word out: of the sentences that count, and of the headings above them."""
    return frozenset().union(*(one.content_stems for one in grounds.near), grounds.places)


def coverage(read: Reading, source: Reading, lexicon: Lexicon) -> float:
    """Share of the content words of a sentence that the source holds, in these or in other words."""
    held = source.content_stems
    glossed = lexicon.glossed(read.text, held)
    wanted = [one for one in dict.fromkeys(found for _, found in read.content) if one in held or one not in lexicon.light]
    return sum(one in glossed or lexicon.supported(one, held) for one in wanted) / len(wanted) if wanted else 0.0


def added(read: Reading, grounds: Grounds, lexicon: Lexicon) -> bool:
    """Words stand between pieces copied from a sentence of the report where that sentence has nothing they could stand for."""
    held = words_near(grounds)
    held |= lexicon.glossed(read.text, held) | GENERAL
    foreign = {at for at, one in read.content if one not in held and one not in REPORTING}
    for source, ours, theirs, inner in gaps(read, grounds):
        here = {one for _, one in ours}
        weighty = {at for at, one in source.content if one not in here}
        weighty |= {at for mark in source.marks for at in range(mark.start, mark.end)}  # "lost touch" for "not in touch"
        if inner and any(at in foreign for at, _ in ours) and not any(at in weighty for at, _ in theirs):
            return True
    return False


def turned(read: Reading, grounds: Grounds) -> bool:
    """A denial is put in, or left out, between pieces copied from a sentence of the report, and nothing else is changed there."""
    denials = {phrase for phrase in entries("marks")["negative"] if " " not in phrase}
    for source, ours, theirs, inner in gaps(read, grounds):
        changed = (
            {at for at, _ in ours} & {at for at, _ in read.content},
            {at for at, _ in theirs} & {at for at, _ in source.content},
        )
        same = {read.stems[at] for at in changed[0]} == {source.stems[at] for at in changed[1]}
        denied = [any(text.tokens[at] in denials for at, _ in gap) for text, gap in ((read, ours), (source, theirs))]
        if inner and same and denied[0] != denied[1]:
            return True
    return False


def gaps(read: Reading, grounds: Grounds) -> Iterator[tuple[Reading, Words, Words, bool]]:
    """Where a sentence that is largely copied differs from a sentence of the core: (that sentence, our words, its words, `inner`).

    `inner` is false where nothing copied stands on either side.
    """
    ours = [(at, one) for at, one in enumerate(read.stems) if one[0].isalnum()]
    pieces = [(source, *_copies(ours, source)) for source in grounds.core]
    taken = {ours[at][0] for _, _, blocks in pieces for start, _, size in blocks for at in range(start, start + size)}
    if sum(at in taken for at, _ in read.content) < COPIED * len(read.content):
        return
    for source, theirs, blocks in pieces:
        edged = [(-1, -1, 1), *blocks, (len(ours), len(theirs), 1)]
        for (first, start, size), (second, end, _) in itertools.pairwise(edged):
            yield source, ours[first + size : second], theirs[start + size : end], first >= 0 or second < len(ours)


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
