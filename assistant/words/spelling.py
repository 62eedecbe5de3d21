"""Repairs spelling by the words of the report and the glossary. Common English words are kept.

An American spelling becomes the British one that the report or the glossary has. A capitalised word never becomes a name.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property, lru_cache
from importlib.resources import files

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

_WORD = re.compile(r"(?<![\w'])[A-Za-z]{4,}(?![\w'])")
_CLIPPED = frozenset(  # words that people cut short, in which no letter is wrong
    "admin approx apps cllr cllrs comms demo demos dept depts docs exec execs govt intel intro mgmt misc "
    "prelim prep prof rehab reps spec specs stats tech temp temps unis vols".split()
)
REMEMBERED = 64  # texts whose repaired form is kept in memory
# Letters of a word that was run together with others: at most, at least on average, and at least where there are two.
LONGEST, PIECE, LONG_PIECE = 20, 3, 4
_UNMARKED = frozenset(  # contractions typed without their apostrophe, and the short words of references
    "dont didnt doesnt isnt arent wasnt werent hasnt havent hadnt cant couldnt wont wouldnt shouldnt whats hows whos theres "
    "thats youre theyre weve theyve ive para paras recs whys wheres lets".split()
)


@lru_cache(maxsize=1)
def english() -> frozenset[str]:
    """Common English words, lower case (english.txt)."""
    lines = files("assistant.words").joinpath("english.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


class Speller:
    """Repairs words that are neither known to the report nor English. `known` maps lower-case words to their weight."""

    def __init__(self, known: dict[str, int], names: frozenset[str] = frozenset()) -> None:
        """`names` are those of the known words that only stand capitalised: a capitalised word may be another name."""
        self.known = known
        self.names = names

    @cached_property
    def _candidates(self) -> list[str]:
        return sorted(word for word in self.known if len(word) >= 4)  # in one order: the first of equals is taken

    @cached_property
    def _common(self) -> list[str]:
        return [word for word in self._candidates if word not in self.names]

    @cached_property
    def repaired(self) -> Callable[[str], str]:
        """A text -> the text with misspelt words replaced. The last few are remembered: several steps look at the same message."""
        return lru_cache(maxsize=REMEMBERED)(self._repaired)

    def _repaired(self, text: str) -> str:
        """One edit for words up to seven letters, two for longer ones."""
        return _WORD.sub(lambda match: self._word(match[0]), text)

    def _word(self, word: str) -> str:
        low = word.casefold()
        if british := next((form for form in _british(low) if form in self.known), None):
            return british.capitalize() if word[0].isupper() else british
        if word.isupper() or low in _UNMARKED or low in _CLIPPED or low in self.known or self.is_english(low):
            return word
        allowed = 1 if len(low) <= 7 else 2
        candidates = self._common if word[0].isupper() else self._candidates
        found = process.extract(low, candidates, scorer=DamerauLevenshtein.distance, score_cutoff=allowed, limit=8)
        near = [(candidate, distance) for candidate, distance, _ in found if candidate[0] == low[0] or distance == 1]
        if not near:  # a capitalised word may be the name of a place: "Minehead"
            return word if word[0].isupper() else " ".join(self._parted(low)) or word
        best = min(near, key=lambda pair: (pair[1], pair[0][0] != low[0], -self.known[pair[0]], pair[0]))
        return best[0].capitalize() if word[0].isupper() else best[0]

    def _parted(self, low: str) -> tuple[str, ...]:
        """The known words that a lower-case word was run together of, the fewest there are; none where it cannot be parted."""
        ways: list[tuple[str, ...] | None] = [()]  # how the first n letters can be parted
        for end in range(1, len(low) + 1):
            begun = ((low[at:end], ways[at]) for at in range(max(0, end - LONGEST), end))
            parted = ((*before, piece) for piece, before in begun if before is not None and piece in self.known)
            ways.append(min(parted, key=len, default=None))
        found = ways[-1] or ()
        if len(found) == 2:  # "online" is one word, "earlyhelp" two
            return found if min(map(len, found)) >= LONG_PIECE else ()
        return found if len(found) > 2 and len(low) >= PIECE * len(found) else ()

    @staticmethod
    def is_english(word: str) -> bool:
        """Whether a lower-case word, or what it is a form of, is a common English word."""
        forms = {word, word.removesuffix("s"), word.removesuffix("ed"), word.removesuffix("ing"), word.removesuffix("ly")}
        return any(form in english() for form in forms)


# How American spellings differ: a piece of the word, and what stands there in British English.
_AMERICAN = (
    ("iz", "is"), ("yz", "ys"), ("or", "our"), ("ter", "tre"), ("ber", "bre"), ("program", "programme"), ("eling", "elling"), ("eled", "elled"),
    ("eler", "eller"), ("ense", "ence"), ("log", "logue"), ("check", "cheque"), ("gray", "grey"), ("ped", "paed"), ("fulfill", "fulfil"),
    ("enroll", "enrol"), ("judgment", "judgement"), ("aging", "ageing"),
)  # fmt: skip


@lru_cache(maxsize=4_096)
def _british(word: str) -> tuple[str, ...]:
    """The spellings that a lower-case word would have in British English, were it American; none for a British word."""
    return tuple(word.replace(american, british) for american, british in _AMERICAN if american in word and british not in word)
