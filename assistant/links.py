"""Which recommendation a flagged finding leads to. Where a report prints no such links (most do not), they are derived.

A finding and a recommendation belong together as far as their meanings (cosine of the recommendation with the nearest
sentence, and with the whole finding) and their rarer words agree. Evaluated against links set by hand
(docs/evaluation.md).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cached_property

import numpy as np

from assistant.polarity import MIXED, NEGATIVE, polarity
from index.store import Index
from index.words import tokens

FLOOR = 0.95  # below this a finding has no matching recommendation; both chosen on the links set by hand, left out one by one (docs/briefings.md)
SHARE = 0.95  # a second recommendation must come this near to the best


class Links:
    """Derived links, both ways, by printed number."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        """`pairs` are read when they are first needed: most questions need no links."""
        self._given = pairs

    @cached_property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        return tuple(self._given)

    @classmethod
    def of(cls, index: Index) -> Links:
        return cls(derive(index))

    def recommendations(self, finding: str) -> list[str]:
        return [r for f, r in self.pairs if f == finding]

    def findings(self, recommendation: str) -> list[str]:
        return [f for f, r in self.pairs if r == recommendation]


def taken_up(index: Index, recommendation: str, finding: str) -> int:
    """The position of the sentence of a finding that a recommendation (ids of passages) takes up: the critical one nearest to it."""
    goal = index.passage_vectors[index.positions[recommendation]]
    at = index.positions[finding]
    rows = range(int(index.starts[at]), int(index.starts[at + 1]))
    critical = [row for row in rows if polarity(index.sentences[row].text) in (NEGATIVE, MIXED)] or list(rows)
    return max(critical, key=lambda row: float(index.sentence_vectors[row] @ goal))


def derive(index: Index) -> Iterator[tuple[str, str]]:
    """(finding, recommendation) for every flagged finding that names one or has a match, in the order of findings."""
    passages = index.report.passages
    made = [at for at, passage in enumerate(passages) if passage.kind == "recommendation"]
    if not made:
        return
    frequency = Counter(token for passage in passages for token in set(tokens(passage.text)))

    def weight(shared: set[str]) -> float:
        return sum(math.log(len(passages) / frequency[token]) for token in shared)

    words_of = {at: set(tokens(passages[at].text)) for at in range(len(passages))}
    goals = index.passage_vectors[made]
    for at, passage in enumerate(passages):
        if not passage.flagged:
            continue
        if passage.leads_to:  # printed in the report: nothing to derive
            printed = {passages[r].number for r in made}
            yield from ((passage.number or "", number) for number in passage.leads_to if number in printed)
            continue
        own = slice(index.starts[at], index.starts[at + 1])
        nearest = (index.sentence_vectors[own] @ goals.T).max(axis=0)
        whole = index.passage_vectors[at] @ goals.T
        shared = np.array([weight(words_of[at] & words_of[r]) / weight(words_of[r]) for r in made])
        scores = nearest + 0.5 * whole + shared
        best = float(scores.max())
        for score, r in sorted(zip(scores, made, strict=True), reverse=True):
            if score >= FLOOR and score >= SHARE * best:
                yield passage.number or "", passages[r].number or ""
