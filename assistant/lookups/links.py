"""Which findings stand behind which recommendation. Where a report prints no such links (most do not), they are derived.

A finding and a recommendation belong together as far as the finding's critical sentences say what the recommendation says: by
meaning, by their rarer words, and by what the evidence bank teaches of a message that says the like
(index/banks/evidence_bank.py). Flagged findings lead to a recommendation; others that come as near are related to it. Evaluated
against links set by hand (docs/briefings.md).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

import numpy as np

from assistant.words.leaning import POINTS_BACK
from assistant.words.polarity import MIXED, NEGATIVE, polarity
from index.store import Index
from index.text.words import tokens

LinkKind = Literal["printed", "derived", "related"]
PRINTED: Final = "printed"
DERIVED: Final = "derived"
RELATED: Final = "related"
TAUGHT = 8.0  # what the evidence bank teaches, beside the nearest critical sentence, the rarer words and half the whole finding
TAUGHT_SENTENCE = 2.0  # the same, for one sentence beside its nearness


@dataclass(frozen=True)
class Floors:
    """Scores from which a link is made. `flagged`: of a flagged finding, if it also reaches `share` of the finding's best score;
    `related`: of any other finding. Chosen by leave-one-out on links set by hand.
    """

    flagged: float
    share: float
    related: float


WITH_BANK = Floors(flagged=2.3, share=0.5, related=2.3)
WITHOUT_BANK = Floors(flagged=1.15, share=0.6, related=1.4)


@dataclass(frozen=True)
class Link:
    """A finding and a recommendation by printed number, and the sentence (its place in the finding, from 0) that is taken up.

    `kind`: the report prints the link; it is derived; or the finding is not flagged and only related.
    """

    finding: str
    recommendation: str
    kind: LinkKind = DERIVED
    sentence: int = 0


class Links:
    """The links of a report, both ways, by printed number."""

    def __init__(self, links: Iterable[Link]) -> None:
        """`links` are read when they are first needed: most questions need none."""
        self._given = links

    @cached_property
    def all(self) -> tuple[Link, ...]:
        return tuple(self._given)

    @classmethod
    def of(cls, index: Index) -> Links:
        return cls(derive(index))

    def recommendations(self, finding: str) -> list[str]:
        """Those that a flagged finding leads to, the nearest first."""
        return [link.recommendation for link in self.all if link.finding == finding and link.kind != RELATED]

    def findings(self, recommendation: str) -> list[str]:
        """The flagged findings that lead to it, in the order of the report."""
        return [link.finding for link in self.behind(recommendation) if link.kind != RELATED]

    def from_finding(self, finding: str) -> list[Link]:
        return [link for link in self.all if link.finding == finding]

    def behind(self, recommendation: str) -> list[Link]:
        """Every link of a recommendation, related findings last."""
        found = [link for link in self.all if link.recommendation == recommendation]
        return sorted(found, key=lambda link: link.kind == RELATED)


def taken_up(index: Index, recommendation: str, finding: str) -> int:
    """The position of the finding's sentence that a recommendation takes up (both are passage ids): the nearest critical one, of
    those that are understood alone where there are any.
    """
    goal = np.asarray(index.passage_vectors[index.positions[recommendation]])
    critical = _critical(index, index.positions[finding])
    rows = [row for row in critical if not POINTS_BACK.match(index.sentences[row].text)] or critical
    near = np.asarray(index.sentence_vectors)[rows] @ goal
    if index.evidence is not None and index.has_packaged_banks:
        near = near + TAUGHT_SENTENCE * np.asarray(index.evidence.of(goal[None]))[0, rows]
    return rows[int(near.argmax())]


def derive(index: Index) -> Iterator[Link]:
    """The links of every finding, printed, derived or related, in the order of findings, the nearest recommendation first."""
    passages = index.report.passages
    made = [at for at, passage in enumerate(passages) if passage.kind == "recommendation"]
    findings = [at for at, passage in enumerate(passages) if passage.kind == "finding" and passage.number]
    if not made or not findings:
        return
    floors = WITH_BANK if index.evidence is not None and index.has_packaged_banks else WITHOUT_BANK
    for at, scores in zip(findings, _scores(index, findings, made), strict=True):
        finding, best = passages[at], float(scores.max())
        for place in np.argsort(-scores, kind="stable"):
            recommendation, score = passages[made[place]], scores[place]
            kind: LinkKind | None
            if finding.leads_to:
                kind = PRINTED if recommendation.number in finding.leads_to else None
            elif finding.flagged:
                kind = DERIVED if score >= floors.flagged and score >= floors.share * best else None
            else:
                kind = RELATED if score >= floors.related else None
            if kind:
                sentence = taken_up(index, recommendation.id, finding.id) - int(index.starts[at])
                yield Link(finding.number or "", recommendation.number or "", kind, sentence)


def _scores(index: Index, findings: list[int], made: list[int]) -> np.ndarray:
    """How far findings and recommendations (positions of passages) belong together, (findings, recommendations)."""
    passages = index.report.passages
    frequency = Counter(token for passage in passages for token in set(tokens(passage.text)))

    def weight(shared: set[str]) -> float:
        return sum(math.log(len(passages) / frequency[token]) for token in shared)

    goals = np.asarray(index.passage_vectors)[made]
    wanted = [set(tokens(passages[at].text)) for at in made]
    vectors = np.asarray(index.sentence_vectors)
    taught = np.asarray(index.evidence.of(goals)) if index.evidence is not None and index.has_packaged_banks else None
    scores = np.zeros((len(findings), len(made)))
    for row, at in enumerate(findings):
        critical = _critical(index, at)
        said = set(tokens(passages[at].text))
        stressed = {token for sentence in critical for token in tokens(index.sentences[sentence].text)}
        shared = [(weight(said & words) + weight(stressed & words)) / max(weight(words), 1e-9) for words in wanted]
        nearest = (vectors[critical] @ goals.T).max(axis=0)
        scores[row] = nearest + 0.5 * (index.passage_vectors[at] @ goals.T) + np.array(shared)
        if taught is not None:
            scores[row] += TAUGHT * taught[:, critical].max(axis=1)
    return scores


def _critical(index: Index, at: int) -> list[int]:
    """The positions of the critical sentences of a passage; of all its sentences where none is critical."""
    rows = range(int(index.starts[at]), int(index.starts[at + 1]))
    return [row for row in rows if polarity(index.sentences[row].text) in (NEGATIVE, MIXED)] or list(rows)
