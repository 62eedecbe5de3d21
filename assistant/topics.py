"""A topic in the user's words -> its scope: which sentences of the report bear on it, and how strongly.

The engine's own scores, weighed by how many of the topic's words (rare ones more) a sentence and its passage hold: a
briefing shows many lines, so being near in meaning is not enough. Chooses no lines. Measured in docs/briefings.md.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from assistant.answer import Statement
from assistant.assistant import Assistant
from assistant.references import references
from assistant.understanding import FRAMING
from index.passages import Passage
from index.words import STOPWORDS, stem, words
from prompts import wording

EVERYTHING = frozenset({"everything", "all", "all of it", "the whole report", "whole report", "the report"})
COVERED = 0.6  # share of the topic's words, by weight, that some passage must hold
SURE, CLEAR = 0.97, 0.55  # or the engine's confidence and best score from which a topic in other words is covered
CLOSE = 0.85  # share of the best score from which a sentence bears on a topic that is covered in other words
NEAR = 0.55  # share of the best weighed score from which a sentence bears on the topic
HEART, WITHIN = 0.8, 0.4  # or, in a passage with such a sentence, from which its other sentences do
OF_SENTENCE, OF_PASSAGE = 0.25, 0.45  # how much of the weighed score depends on the words held
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
_JOINED = re.compile(
    r"\b(?:of|for|in|with|to|between|among|after|from|on|at|who|that)\b", re.IGNORECASE
)  # then "and" does not part topics
_KINDS = frozenset({"finding", "summary", "figure", "context", "recommendation"})


class NotCovered(Exception):
    """The report does not cover the topic; `areas` are those nearest to it, `nearest` passages worth reading."""

    def __init__(self, sentence: str, areas: tuple[str, ...], nearest: tuple[Statement, ...] = ()) -> None:
        super().__init__(sentence)
        self.areas, self.nearest = areas, nearest


@dataclass(frozen=True)
class Scope:
    """What a briefing is about. `scores` are aligned with the index's sentences: 0 outside, 1 at best.

    `raw` are the engine's own scores of all passages. `sort` is topic, area, numbered or everything; `services` the graded services whose judgement belongs to it; `named`
    the passages asked for by number; `unknown` words of the topic that the report does not use.
    """

    title: str
    sort: str
    scores: np.ndarray
    services: tuple[str, ...]
    named: tuple[Passage, ...] = ()
    unknown: tuple[str, ...] = ()
    raw: np.ndarray = field(default_factory=lambda: np.zeros(0))


class Topics:
    """Scopes for one assistant; the report's words are counted at the first topic."""

    def __init__(self, assistant: Assistant) -> None:
        self.assistant = assistant
        self.index = assistant.index
        self.report = assistant.index.report
        self._last: tuple[str, np.ndarray] = ("", np.zeros(0))  # one topic is scored several times over

    def scope(self, topic: str) -> Scope:
        """The scope of a topic. Raises NotCovered."""
        said = re.sub(r"\s+", " ", topic.replace("’", "'")).strip(" ?.!")
        asked = _LEAD_IN.sub("", said) or said
        if not self._content(asked):
            raise NotCovered(wording("brief.no_topic"), self.areas)
        if asked.casefold() in EVERYTHING:
            return Scope(wording("brief.everything"), "everything", self._quotable, self.areas)
        if named := references(asked):
            return self._numbered(asked, [(r.sort, number) for r in named for number in r.numbers])
        text = self.assistant.understanding.speller.repaired(asked)
        if area := self._area(text):
            return Scope(area, "area", self._area_scores(area, text), (area,), raw=self._raw(text))
        variants = self._variants(text)
        scores = self._relevance(text, variants)
        if not self._covered(text, variants):
            raise self._not_covered(asked, text)
        unknown = tuple(word for word in self._content(text) if not self._forms(word)) if len(variants) == 1 else ()
        return Scope(text, "topic", scores, self._services(scores), unknown=unknown, raw=self._raw(text))

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
        return np.clip(scores, 0, 1) * self._quotable

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

    def _area_scores(self, area: str, text: str) -> np.ndarray:
        """Everything under the area's heading, and what bears on it elsewhere; the middle of the area first."""
        inside = np.isin(self.passage_of, self.passages_of(area))
        elsewhere = self._relevance(text, self._variants(text))
        vectors = np.asarray(self.index.sentence_vectors)
        middle = vectors[inside].mean(axis=0)
        near = np.clip(vectors @ middle / max(float(np.linalg.norm(middle)), 1e-9), 0, 1)
        elsewhere = np.where(inside, elsewhere, ELSEWHERE * elsewhere)
        blend = 0.5 * near / max(float(near[inside].max()), 1e-9) + 0.5 * np.maximum(elsewhere, self._scores(text) * inside)
        return np.where(inside | (elsewhere > 0), blend, 0.0) * self._quotable

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
        scores = self._scores(text)
        scores = np.where(
            np.isin(self.passage_of, near), 0.6 + 0.4 * alike, np.where((alike >= 0.6) | (scores >= 0.85), 0.6 * alike, 0)
        )
        scores = scores * self._quotable
        title = " and ".join(p.label.split(",")[0] for p in known)
        return Scope(title[0].upper() + title[1:], "numbered", scores, self._services(scores), known)

    def _services(self, scores: np.ndarray) -> tuple[str, ...]:
        """The graded services in which a topic mostly lies."""
        weight = {area: float(scores[np.isin(self.passage_of, self.passages_of(area))].sum()) for area in self.areas}
        total = sum(weight.values())
        return tuple(area for area in self.areas if total and weight[area] / total >= TOP_AREA)

    def _covered(self, text: str, variants: list[list[str]]) -> bool:
        """Whether the report covers a topic: in its words, or, in others, as far as the engine is sure of it."""
        understood = self.assistant.understanding.understand(text)
        decision = self.assistant.decision
        if decision.veto(understood) is not None:  # another council, a year after the report
            return False
        _, passages = self._coverage(variants)
        if float(passages.max(initial=0.0)) >= COVERED:
            return True
        found = self.assistant.ranking.rank(understood, self.assistant.searcher.search(understood.search))
        return float(found.sentence_scores.max()) >= CLEAR and decision.decide(understood, found).confidence >= SURE

    def _not_covered(self, asked: str, text: str) -> NotCovered:
        scores = self._scores(text) * self._quotable
        best: dict[int, int] = {}
        for at in map(int, np.argsort(-scores, kind="stable")[:30]):
            best.setdefault(int(self.passage_of[at]), at)
        chosen = [self.index.sentences[at] for at in list(best.values())[:3]]
        nearest = tuple(Statement(self.report.passages[s.passage], s.text) for s in chosen)
        areas = tuple(dict.fromkeys(area for s in nearest if (area := self.area_of(s.passage))))
        return NotCovered(wording("brief.not_covered", topic=asked), areas or self.areas, nearest)

    # ---- scores ------------------------------------------------------------------------------------------------

    def _scores(self, text: str) -> np.ndarray:
        """The engine's scores for a topic, over two ways of asking for it; the best is 1."""
        if self._last[0] == text:
            return self._last[1]
        total = np.zeros(len(self.index.sentences), np.float32)
        for form in (text, wording("brief.ask", topic=text)):
            query = self.assistant.understanding.understand(form)
            total += self.assistant.ranking.rank(query, self.assistant.searcher.search(query.search, whole=True)).sentence_scores
        self._last = (text, total / max(float(total.max()), 1e-9))
        return self._last[1]

    def _raw(self, text: str) -> np.ndarray:
        """The engine's score of every passage, the best 1."""
        best = np.zeros(len(self.report.passages), np.float32)
        np.maximum.at(best, self.passage_of, self._scores(text))
        return best

    def _relevance(self, text: str, variants: list[list[str]]) -> np.ndarray:
        """Scores of the sentences that bear on a topic: near to the best, weighed by the words they hold."""
        sentence, passages = self._coverage(variants)
        passage = passages[self.passage_of]
        held = 1 - OF_SENTENCE - OF_PASSAGE + OF_SENTENCE * sentence + OF_PASSAGE * passage
        weighed = self._scores(text) * held * self._quotable
        weighed = weighed / max(float(weighed.max()), 1e-9)
        if float(passages.max(initial=0.0)) < COVERED:  # in other words than the report's: only what is near in meaning
            return np.where(weighed >= CLOSE, weighed, 0.0)
        best = np.zeros(len(self.report.passages))
        np.maximum.at(best, self.passage_of, weighed)
        at_heart = best[self.passage_of] >= HEART  # a paragraph about the topic names it once, and goes on
        told = np.isin(self.passage_of, self._telling(variants))
        return np.where(told & ((weighed >= NEAR) | (at_heart & (weighed >= WITHIN))), weighed, 0.0)

    def _telling(self, variants: list[list[str]]) -> list[int]:
        """Positions of the passages that hold the rarest word of the topic, in one of the ways to say it."""
        found: set[int] = set()
        for variant in variants:
            holders = [
                {int(self.passage_of[at]) for form in self._forms(word) for at in self._vocabulary[stem(word)][form]}
                for word in variant
            ]
            found |= min(filter(None, holders), key=len, default=set())
        return sorted(found)

    # ---- words -------------------------------------------------------------------------------------------------

    @staticmethod
    def _content(text: str) -> list[str]:
        """The words of a topic that say what it is about; framing words only where there are no others."""
        kept = list(dict.fromkeys(word for word in words(text) if word not in STOPWORDS))
        return [word for word in kept if word not in FRAMING] or kept

    def _variants(self, text: str) -> list[list[str]]:
        """Ways to say the topic, each as its content words: the user's own, and the report's for them."""
        parts = [] if _JOINED.search(text) else [part for part in re.split(r" and | & |, ", text) if part != text]
        stems = [stem(word) for part in parts for word in self._content(part)]
        parts = parts if len(set(stems)) == len(stems) else []  # "foster carers and fostering" is one subject
        glossary = self.assistant.understanding.glossary
        said = dict.fromkeys(way for one in (text, *parts) for way in (one, glossary.replaced(one)))
        return [self._content(one) for one in said if self._content(one)]

    def _forms(self, word: str) -> list[str]:
        """Forms of a word that the report uses; a plural is no participle ("centres" is not "centred")."""
        return [form for form in self._vocabulary.get(stem(word), ()) if not (word.endswith("s") and form.endswith("ed"))]

    def _coverage(self, variants: list[list[str]]) -> tuple[np.ndarray, np.ndarray]:
        """Share of a topic's words that each sentence and each passage holds, rare words weighing more; the best variant's."""
        size = len(self.report.passages)
        sentences, passages = np.zeros(len(self.passage_of)), np.zeros(size)
        for variant in variants:
            in_sentences, in_passages, total = np.zeros(len(self.passage_of)), np.zeros(size), 0.0
            for word in variant:
                held = sorted({at for form in self._forms(word) for at in self._vocabulary[stem(word)][form]})
                holders = sorted({int(self.passage_of[at]) for at in held})
                weight = math.log((size + 1) / (len(holders) + 0.5))
                in_sentences[held] += weight
                in_passages[holders] += weight
                total += weight
            sentences, passages = np.maximum(sentences, in_sentences / total), np.maximum(passages, in_passages / total)
        return sentences, passages

    @cached_property
    def _vocabulary(self) -> dict[str, dict[str, list[int]]]:
        """Stem -> word as it stands -> positions of the sentences that hold it (with their sub-section and context)."""
        found: dict[str, dict[str, list[int]]] = {}
        for at, sentence in enumerate(self.index.sentences):
            passage = self.report.passages[sentence.passage]
            for word in set(words(f"{passage.subsection or ''} {passage.context or ''} {sentence.text}")):
                found.setdefault(stem(word), {}).setdefault(word, []).append(at)
        return found

    @cached_property
    def passage_of(self) -> np.ndarray:
        """The position of the passage of each sentence."""
        return np.array([s.passage for s in self.index.sentences], np.int64)

    @cached_property
    def _quotable(self) -> np.ndarray:
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
