"""A topic in the user's words -> its scope: which sentences of the report bear on it, and how strongly.

Tells areas, numbers and the whole report from other topics; which passages bear on those, assistant/relevance.py judges.
Chooses no lines. Measured in docs/briefings.md.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from assistant.answer import Statement
from assistant.assistant import Assistant
from assistant.references import references
from assistant.relevance import Bearing, Relevance, content
from index.passages import Passage
from index.words import STOPWORDS, stem, words
from prompts import wording

EVERYTHING = frozenset({"everything", "all", "all of it", "the whole report", "whole report", "the report"})
COVERED = 0.5  # probability from which a topic counts as covered
SHOWN = 0.4  # probability from which a passage bears on a topic
WITHIN = 0.6  # beside the best sentence of such a passage, others are quoted that come so near to it,
NEAR = 0.55  # and so near to the best sentence of all, weighed by the probability of their passage
BEHIND = 0.2  # nearness to a recommendation from which a sentence of a finding behind it is quoted,
LIKE, TOUCHES = 0.5, 0.2  # and from which another is, if its passage bears on the recommendation with this probability
AREA_SHARE = 1 / 3  # of a graded service's name that a topic must name to mean the whole area
ELSEWHERE = 0.8  # what stands under another heading gives way to what stands under the area's own
TOP_AREA = 0.3  # of the topic's weight that must lie in a graded area for its judgement to be shown

_GENERIC = frozenset(
    stem(word) for word in "children experience experiences progress performance need needs who achieving".split()
)
_LEAD_IN = re.compile(
    r"^(?:please )?(?:(?:give|write|prepare|make|brief|tell)\s+(?:me|us)\s+)?(?:an?\s+)?(?:short\s+)?(?:brief(?:ing)?(?: note| paper)?\s+)?(?:on|about|for)\s+",
    re.IGNORECASE,
)
_KINDS = frozenset({"finding", "summary", "figure", "context", "recommendation"})


def _asked(topic: str) -> str:
    """A topic without the words that ask for a briefing."""
    said = re.sub(r"\s+", " ", topic.replace("’", "'")).strip(" ?.!")
    return _LEAD_IN.sub("", said) or said


class NotCovered(Exception):
    """The report does not cover the topic; `areas` are those nearest to it, `nearest` passages worth reading."""

    def __init__(self, sentence: str, areas: tuple[str, ...], nearest: tuple[Statement, ...] = ()) -> None:
        super().__init__(sentence)
        self.areas, self.nearest = areas, nearest


@dataclass(frozen=True)
class Scope:
    """What a briefing is about. `scores` are aligned with the index's sentences: 0 outside, 1 at best.

    `bears` are the probabilities with which passages bear on it, as far as they are known. `sort` is topic, area, numbered or everything; `services` the graded services whose judgement belongs to it; `named`
    the passages asked for by number; `unknown` words of the topic that the report does not use.
    """

    title: str
    sort: str
    scores: np.ndarray
    services: tuple[str, ...]
    named: tuple[Passage, ...] = ()
    unknown: tuple[str, ...] = ()
    bears: np.ndarray = field(default_factory=lambda: np.zeros(0))


class Topics:
    """Scopes for one assistant; the report's words are counted at the first topic."""

    def __init__(self, assistant: Assistant) -> None:
        self.assistant = assistant
        self.index = assistant.index
        self.report = assistant.index.report
        self.relevance = Relevance(assistant, self.quotable)

    def scope(self, topic: str) -> Scope:
        """The scope of a topic. Raises NotCovered."""
        asked = _asked(topic)
        if not content(asked):
            raise NotCovered(wording("brief.no_topic"), self.areas)
        if asked.casefold() in EVERYTHING:
            return Scope(wording("brief.everything"), "everything", self.quotable, self.areas)
        if named := references(asked):
            return self._numbered(asked, [(r.sort, number) for r in named for number in r.numbers])
        text = self.spelt(asked)
        bearing = self.relevance.of(text)
        if area := self._area(text):
            return Scope(area, "area", self._area_scores(area, bearing), (area,), bears=bearing.passages)
        if self._vetoed(text) or bearing.covered < COVERED:
            raise self._not_covered(asked, bearing)
        scores = self._scores(bearing)
        return Scope(text, "topic", scores, self._services(scores), unknown=self.relevance.unknown(text), bears=bearing.passages)

    def spelt(self, topic: str) -> str:
        """A topic without the words that ask for a briefing, spelt as the report spells."""
        return self.assistant.understanding.speller.repaired(_asked(topic))

    @cached_property
    def areas(self) -> tuple[str, ...]:
        """The graded services of the report, in its order; "Overall effectiveness" stands for no area of its own."""
        newest = max((j.year for j in self.report.judgements), default=0)
        return tuple(j.service for j in self.report.judgements if j.year == newest and self.passages_of(j.service))

    def passages_of(self, service: str) -> list[int]:
        """Positions of the passages under the heading of a graded service: its own sub-section, or its section."""
        return [at for at, area in enumerate(self._area_of) if area == service]

    def area_of(self, passage: Passage) -> str | None:
        """The graded service under whose heading a passage stands."""
        return self._area_of[self.index.positions[passage.id]]

    @cached_property
    def central(self) -> np.ndarray:
        """How near each sentence is to the middle of its area (or of its section), 0 to 1."""
        vectors = np.asarray(self.index.sentence_vectors)
        homes = [area or p.section for area, p in zip(self._area_of, self.report.passages, strict=True)]
        home = np.array([homes[s.passage] for s in self.index.sentences])
        scores = np.zeros(len(home), np.float32)
        for one in set(homes):
            inside = home == one
            middle = vectors[inside].mean(axis=0) if inside.any() else 0
            scores[inside] = vectors[inside] @ middle / max(float(np.linalg.norm(middle)), 1e-9)
        return np.clip(scores, 0, 1) * self.quotable

    # ---- sorts of topics ---------------------------------------------------------------------------------------

    def _area(self, text: str) -> str | None:
        """The graded service that a topic names as a whole."""
        said = self.assistant.understanding.glossary.replaced(text)
        for asked in ({stem(w) for w in words(one) if w not in STOPWORDS} for one in (text, said)):
            for service in self.areas:
                name = {stem(word) for word in words(service)}
                own = name - _GENERIC - {"and"}
                if asked <= name | {stem("services"), stem("service")} and own and len(asked & own) / len(own) >= AREA_SHARE:
                    return service
        return None

    def _area_scores(self, area: str, bearing: Bearing) -> np.ndarray:
        """Everything under the area's heading, and what bears on it elsewhere; the middle of the area first."""
        inside = np.isin(self.passage_of, self.passages_of(area))
        bears = self._scores(bearing)
        vectors = np.asarray(self.index.sentence_vectors)
        middle = vectors[inside].mean(axis=0)
        near = np.clip(vectors @ middle / max(float(np.linalg.norm(middle)), 1e-9), 0, 1)
        bears = np.where(inside, np.maximum(bears, bearing.scores / max(float(bearing.scores.max()), 1e-9)), ELSEWHERE * bears)
        blend = 0.5 * near / max(float(near[inside].max()), 1e-9) + 0.5 * bears
        return np.where(inside | (bears > 0), blend, 0.0) * self.quotable

    def _numbered(self, asked: str, named: list[tuple[str, str]]) -> Scope:
        """The scope of recommendations or paragraphs: what derived links put behind them, and what says the like."""
        by_number = {(p.kind == "recommendation", p.number): p for p in self.report.passages if p.number}
        found = [
            by_number.get((sort == "recommendation", number)) for sort, number in named if sort in ("recommendation", "paragraph")
        ]
        known = tuple(p for p in found if p is not None)
        if len(known) < len(named):
            raise NotCovered(wording("brief.no_such", topic=asked), self.areas)
        links = self.assistant.links
        behind = {n for p in known if p.kind == "recommendation" for n in links.findings(p.number or "")}
        behind |= {p.number or "" for p in known if p.kind == "finding"}
        text = " ".join(p.text for p in known)
        near = [at for at, p in enumerate(self.report.passages) if p.kind == "finding" and p.number in behind]
        vectors = np.asarray(self.index.sentence_vectors)
        own = np.isin(self.passage_of, [self.index.positions[p.id] for p in known])
        alike = (vectors @ vectors[own].T).max(axis=1)
        bearing = self.relevance.of(text)
        behind_it = np.isin(self.passage_of, near) & (alike >= BEHIND)
        like_it = (alike >= LIKE) & (bearing.passages[self.passage_of] >= TOUCHES)
        like_it |= self._scores(bearing) > 0
        scores = np.where(behind_it, 0.6 + 0.4 * alike, np.where(like_it, 0.6 * alike, 0))
        scores = scores * self.quotable
        title = " and ".join(p.label.split(",")[0] for p in known)
        return Scope(title[0].upper() + title[1:], "numbered", scores, self._services(scores), known)

    def _services(self, scores: np.ndarray) -> tuple[str, ...]:
        """The graded services in which a topic mostly lies."""
        weight = {area: float(scores[np.isin(self.passage_of, self.passages_of(area))].sum()) for area in self.areas}
        total = sum(weight.values())
        return tuple(area for area in self.areas if total and weight[area] / total >= TOP_AREA)

    def _vetoed(self, text: str) -> bool:
        """Whether a topic is about another council or a year after the report."""
        return self.assistant.decision.veto(self.assistant.understanding.understand(text)) is not None

    def _not_covered(self, asked: str, bearing: Bearing) -> NotCovered:
        best: dict[int, int] = {}
        for at in map(int, np.argsort(-bearing.scores, kind="stable")[:30]):
            best.setdefault(int(self.passage_of[at]), at)
        chosen = [self.index.sentences[at] for at in list(best.values())[:3]]
        nearest = tuple(Statement(self.report.passages[s.passage], s.text) for s in chosen)
        areas = tuple(dict.fromkeys(area for s in nearest if (area := self.area_of(s.passage))))
        return NotCovered(wording("brief.not_covered", topic=asked), areas or self.areas, nearest)

    def _scores(self, bearing: Bearing) -> np.ndarray:
        """The sentences of the passages that bear on a topic, those near to the best of their passage; 0 to 1."""
        best = np.zeros(len(self.report.passages))
        np.maximum.at(best, self.passage_of, bearing.scores)
        floor = min(SHOWN, float(bearing.passages.max()))  # a topic that is covered has one passage at least
        share = bearing.passages[self.passage_of]
        own, weighed = best[self.passage_of], share * bearing.scores
        good = (bearing.scores >= WITHIN * own) & (weighed >= NEAR * bearing.scores.max())
        weighed = weighed * (share >= floor) * (good | (bearing.scores == own)) * self.quotable
        return weighed / max(float(weighed.max()), 1e-9)

    @cached_property
    def passage_of(self) -> np.ndarray:
        """The position of the passage of each sentence."""
        return np.array([s.passage for s in self.index.sentences], np.int64)

    @cached_property
    def quotable(self) -> np.ndarray:
        """1 for sentences that may become lines; 0 for the cover, headings, and what the report says of itself."""
        fit = [
            p.searchable and p.kind in _KINDS and p.page > 1 and "about this inspection" not in p.section.casefold()
            for p in self.report.passages
        ]
        return np.array([fit[s.passage] for s in self.index.sentences], np.float32)

    @cached_property
    def _area_of(self) -> list[str | None]:
        newest = max((j.year for j in self.report.judgements), default=0)
        names = {
            j.service: {stem(w) for w in words(j.service) if w not in STOPWORDS}
            for j in self.report.judgements
            if j.year == newest
        }

        def home(passage: Passage) -> str | None:
            if passage.kind not in ("finding", "summary", "heading") or passage.page == 1:
                return None
            for title in (passage.subsection, passage.section):
                held = {stem(word) for word in words(title or "")}
                fits = [service for service, name in names.items() if name - _GENERIC and name - _GENERIC <= held]
                if fits:
                    return max(fits, key=lambda service: len(names[service]))
            return None

        return [home(passage) for passage in self.report.passages]
