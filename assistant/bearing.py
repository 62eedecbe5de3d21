"""Are the words of a sentence borne out by the sentences it rests on? How doubtful each word is, and the longest doubtful run.

A word is borne out when they hold it, or when people use it for a word that they hold: how often they do was learnt from the
question bank (bearing.json, written by evals/train_bearing.py). Pure; measures only, what is rejected is told in `unborne`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from assistant.grounds import Grounds
from assistant.lexicon import Lexicon
from assistant.reading import GENERAL, Reading

NEVER = 1e-3  # taken for the probability of a pair of words that was never seen
FULL = 8  # content words
BORNE = -3.0  # the doubt of a word that is borne out: less than that of any other


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
    return "invention" if longest(doubts) > bearing.run else None


def words_near(grounds: Grounds) -> frozenset[str]:
    """The stems that may bear a word out: of the sentences that count, and of the headings above them."""
    return frozenset().union(*(one.content_stems for one in grounds.near), grounds.places)


def coverage(read: Reading, source: Reading, lexicon: Lexicon) -> float:
    """Share of the content words of a sentence that the source holds, in these or in other words."""
    held = source.content_stems
    glossed = lexicon.glossed(read.text, held)
    wanted = [one for one in dict.fromkeys(found for _, found in read.content) if one in held or one not in lexicon.light]
    return sum(one in glossed or lexicon.supported(one, held) for one in wanted) / len(wanted) if wanted else 0.0
