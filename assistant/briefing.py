"""A topic -> a briefing: what the report says of it, every line a quotation with its paragraph and page.

The same understanding, search and ranking as a question; then more of it, grouped, without near-duplicates. Composes no
sentence of its own beyond the fixed wording and the suggested questions, which are marked as such. Knows no file format.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from assistant.answer import Statement
from assistant.assistant import Assistant
from assistant.composing import check_verbatim
from assistant.polarity import MIXED, NEGATIVE, NEUTRAL, POSITIVE, polarity
from assistant.references import references
from assistant.scrutiny import Suggestion, suggestions
from assistant.selection import also_said, contiguous
from assistant.structure import judgements_of, services
from index.passages import Judgement, Passage, Report
from index.words import STOPWORDS, stem, words
from prompts import wording

PAGE, FULL = "page", "full"
EVERYTHING = frozenset({"everything", "all", "the whole report", "whole report", "the report", "all of it"})
GENERIC = frozenset(stem(word) for word in "children experience experiences progress performance need needs who achieving".split())
_LEAD_IN = re.compile(
    r"^(?:please )?(?:(?:give|write|prepare|make|brief|tell)\s+(?:me|us)\s+)?(?:an?\s+)?(?:short\s+)?(?:brief(?:ing)?(?: note| paper)?\s+)?(?:on|about|for)\s+",
    re.IGNORECASE,
)
_LEANS = re.compile(
    r"^(?:They|These|This|It|Their|Its|Those|Such|As a result|Therefore|Consequently|Last year|But|Members|A few care leavers)\b"
)
_DATED = re.compile(r"\b(?:19|20)\d\d\b|\blast (?:12 months|inspection|year|two years)\b|\bsince\b|\bat the time\b", re.IGNORECASE)
_FIGURE = re.compile(
    r"(?<![\w-])\d[\d,.]*%?(?![\w,-]|-year)|\b(?:half|third|quarter|two|three|four|five|six|seven|eight|nine|ten) (?:of|children|years|grade|adoption)"
)
_NOT_FIGURE = re.compile(r"\bkey stage \d|\bYears? \d+(?: and \d+)?|\b(?:19|20)\d\d\b|\b\d+ (?:and \d+ )?years(?: old)?\b|\bTeam \d")


@dataclass(frozen=True)
class Limits:
    """How much a briefing of one length holds, in sentences; chosen so that `page` is one A4 side (docs/briefings.md)."""

    good: int
    weak: int
    mixed: int
    facts: int
    figures: int
    recommendations: int
    behind: int
    questions: int
    a_passage: int
    words: int


LIMITS = {
    PAGE: Limits(good=4, weak=5, mixed=1, facts=0, figures=3, recommendations=3, behind=0, questions=3, a_passage=1, words=230),
    FULL: Limits(good=14, weak=16, mixed=6, facts=5, figures=12, recommendations=6, behind=3, questions=9, a_passage=3, words=1_300),
}
SAME = 0.80  # cosine from which two sentences say the same
WORDS_ALIKE = 0.6  # share of common words from which they do


class NotCovered(Exception):
    """The report does not cover the topic; `areas` are those nearest to it, `nearest` passages worth reading."""

    def __init__(self, topic: str, sentence: str, areas: tuple[str, ...], nearest: tuple[Statement, ...]) -> None:
        super().__init__(sentence)
        self.topic, self.areas, self.nearest = topic, areas, nearest


@dataclass(frozen=True)
class Line:
    """One line: a statement, the words it needs to be understood where it does, and a remark of ours or none."""

    statement: Statement
    context: str | None = None
    remark: str | None = None


@dataclass(frozen=True)
class Part:
    """Lines under a heading; `key` names what they are."""

    key: str
    heading: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Graded:
    """A graded service: its judgement now and in the inspection before, each with its statement, or None."""

    service: str
    now: tuple[str, Statement] | None
    before: tuple[str, Statement] | None


@dataclass(frozen=True)
class Recommended:
    """A recommendation with the findings that derived links put behind it."""

    statement: Statement
    behind: tuple[Line, ...]


@dataclass(frozen=True)
class Briefing:
    """A briefing ready to be laid out. `silent` says in fixed words what the report does not state of the topic."""

    topic: str
    sort: str
    length: str
    report: Report
    graded: tuple[Graded, ...]
    parts: tuple[Part, ...]
    recommended: tuple[Recommended, ...]
    questions: tuple[Suggestion, ...]
    silent: tuple[str, ...]

    @property
    def statements(self) -> tuple[Statement, ...]:
        """Every statement, in the order shown."""
        return (
            *(pair[1] for row in self.graded for pair in (row.now, row.before) if pair),
            *(line.statement for part in self.parts for line in part.lines),
            *(s for r in self.recommended for s in (r.statement, *(line.statement for line in r.behind))),
        )

    @cached_property
    def annex(self) -> tuple[Passage, ...]:
        """The passages cited, in reading order; none in a briefing of one page."""
        if self.length == PAGE:
            return ()
        cited = {s.passage.id for s in self.statements} | {p.id for q in self.questions for p in q.rests_on}
        return tuple(p for p in self.report.passages if p.id in cited)


@dataclass(frozen=True)
class _Scope:
    """What a briefing is about. `scores` are aligned with the index's sentences, 0 outside; the best is 1."""

    topic: str
    sort: str
    scores: np.ndarray
    services: tuple[str, ...]
    named: tuple[Passage, ...] = ()
    unknown: tuple[str, ...] = ()


class Briefer:
    """Makes briefings from the engine's own parts: `Briefer(assistant).brief("care leavers")`."""

    def __init__(self, assistant: Assistant) -> None:
        self.assistant = assistant
        self.index = assistant.index
        self.report = assistant.index.report

    def brief(self, topic: str, length: str = FULL) -> Briefing:
        """The briefing on a topic, an area, "everything" or "recommendation 9". Raises NotCovered."""
        scope = self._scope(topic)
        limits = LIMITS[length]
        graded = tuple(self._graded(service) for service in scope.services)
        recommended = self._recommended(scope, limits)
        figures = self._figures(scope, limits)
        parts = self._everything(length) if scope.sort == "everything" else self._found(scope, limits)
        parts = (*parts, *([Part("figures", wording("brief.figures"), figures)] if figures else []))
        behind = [line.statement.passage for r in recommended for line in r.behind]
        weak = [line.statement for part in parts if part.key in ("weak", "mixed") for line in part.lines]
        made = [r.statement.passage for r in recommended]
        questions = suggestions(made, weak, self.assistant.links, self.report, limits.questions if scope.sort != "everything" or length == PAGE else 20)
        briefing = Briefing(
            scope.topic, scope.sort, length, self.report, graded, parts, recommended, questions,
            self._silent(scope, parts, recommended, figures),
        )  # fmt: skip
        for statement in briefing.statements:
            check_verbatim(statement)
        assert behind is not None
        return briefing

    # ---- scope -------------------------------------------------------------------------------------------------

    def _scope(self, topic: str) -> _Scope:
        asked = _LEAD_IN.sub("", re.sub(r"\s+", " ", topic.replace("’", "'")).strip(" ?.!")) or topic.strip()
        if not asked:
            raise NotCovered(topic, wording("brief.no_topic"), tuple(self.areas), ())
        if asked.casefold() in EVERYTHING:
            return _Scope(wording("brief.everything"), "everything", self._central, tuple(self.areas))
        if named := references(asked):
            return self._numbered(asked, [(r.sort, number) for r in named for number in r.numbers])
        text = self.assistant.understanding.speller.repaired(asked)
        area = self._area(text)
        if area is not None:
            scores = self._scores(text) * 0.5 + 0.5 * self._likeness(self.section_of(area))
            inside = np.isin(self._passage_of, self.section_of(area))
            scores = np.where(inside, np.maximum(scores, 0.6), np.where(self._relevance(text) > 0, scores, 0.0))
            return _Scope(area, "area", self._lines_only(scores), (area,))
        variants = self._variants(text)
        scores = self._relevance(text)
        covered = max((self._coverage(v, self._passage_words).max(initial=0.0) for v in variants), default=0.0)
        if covered < COVERED or scores.max(initial=0.0) <= 0:
            raise self._not_covered(asked, text)
        unknown = tuple(w for w in self._content(asked) if not any(self._forms(x) for x in [w]) and len(variants) == 1)
        return _Scope(asked, "topic", self._lines_only(scores), self._services(scores), unknown=unknown)

    def _numbered(self, asked: str, named: list[tuple[str, str]]) -> _Scope:
        by_number = {(p.kind == "recommendation", p.number): p for p in self.report.passages if p.number}
        passages = [by_number.get((sort == "recommendation", number)) for sort, number in named]
        known = [p for p in passages if p is not None]
        if len(known) < len(passages) or not known:
            raise NotCovered(asked, wording("brief.no_such", topic=asked), tuple(self.areas), ())
        links = self.assistant.links
        wanted = {p.number for p in known if p.kind == "finding"}
        for passage in known:
            wanted |= set(links.findings(passage.number or "")) if passage.kind == "recommendation" else set()
        scores = self._relevance(" ".join(p.text for p in known), strict=False)
        near = [at for at, p in enumerate(self.report.passages) if p.kind == "finding" and p.number in wanted]
        scores = np.where(np.isin(self._passage_of, near), np.maximum(scores, 0.75), scores)
        title = " and ".join(p.label.split(",")[0] for p in known).capitalize()
        return _Scope(title, "numbered", self._lines_only(scores), self._services(scores), tuple(known))

    def _scores(self, text: str) -> np.ndarray:
        """The engine's own scores for a topic, over two ways of asking for it; the best is 1."""
        forms = (text, wording("brief.ask", topic=text))
        total = np.zeros(len(self.index.sentences), np.float32)
        for form in forms:
            query = self.assistant.understanding.understand(form)
            total += self.assistant.ranking.rank(query, self.assistant.searcher.search(query.search)).sentence_scores
        return total / max(float(total.max()), 1e-9)

    def _relevance(self, text: str, strict: bool = True) -> np.ndarray:
        """Scores of the sentences that bear on a topic: near to the best, and the more so the more of its words they hold."""
        scores = self._scores(text)
        variants = self._variants(text)
        sentence = np.max([self._coverage(v, self._sentence_words) for v in variants], axis=0)
        passage = np.max([self._coverage(v, self._passage_words) for v in variants], axis=0)[self._passage_of]
        weighed = scores * (1 - OF_SENTENCE - OF_PASSAGE + OF_SENTENCE * sentence + OF_PASSAGE * passage)
        weighed = weighed / max(float(weighed.max()), 1e-9)
        return np.where(weighed >= (NEAR if strict else NEAR_NUMBERED), weighed, 0.0)

    def _lines_only(self, scores: np.ndarray) -> np.ndarray:
        return scores * self._quotable

    def _not_covered(self, asked: str, text: str) -> NotCovered:
        scores = self._scores(text) * self._quotable
        best: dict[int, int] = {}
        for at in map(int, np.argsort(-scores)[:30]):
            best.setdefault(int(self._passage_of[at]), at)
        at = list(best.values())[:3]
        nearest = tuple(Statement(self.report.passages[self.index.sentences[a].passage], self.index.sentences[a].text) for a in at)
        areas = list(dict.fromkeys(area for s in nearest if (area := self.area_of(s.passage))))
        return NotCovered(asked, wording("brief.not_covered", topic=asked), tuple(areas or self.areas), nearest)

    # ---- the words of a topic ----------------------------------------------------------------------------------

    def _content(self, text: str) -> list[str]:
        return list(dict.fromkeys(word for word in words(text) if word not in STOPWORDS))

    def _variants(self, text: str) -> list[list[set[str]]]:
        """Ways to say the topic, each a list of content words, each word the set of its forms in the report."""
        said = dict.fromkeys((text, self.assistant.understanding.glossary.replaced(text)))
        return [[self._forms(word) | {word} for word in self._content(one)] for one in said]

    def _forms(self, word: str) -> set[str]:
        """Forms of a word that the report uses; a plural is no participle ("centres" is not "centred")."""
        forms = self._vocabulary.get(stem(word), set())
        return {form for form in forms if not (word.endswith("s") and form.endswith("ed"))}

    def _coverage(self, variant: list[set[str]], texts: list[set[str]]) -> np.ndarray:
        """Share of a topic's words that each text holds, rare words weighing more."""
        size = len(self.report.passages)
        counts = [sum(1 for held in self._passage_words if forms & held) for forms in variant]
        weights = [math.log((size + 1) / (count + 0.5)) for count in counts]
        total = sum(weights) or 1.0
        return np.array([sum(w for forms, w in zip(variant, weights, strict=True) if forms & held) / total for held in texts])

    @cached_property
    def _passage_words(self) -> list[set[str]]:
        return [set(words(f"{p.subsection or ''} {p.context or ''} {p.text}")) for p in self.report.passages]

    @cached_property
    def _sentence_words(self) -> list[set[str]]:
        return [set(words(s.text)) for s in self.index.sentences]

    @cached_property
    def _vocabulary(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for held in self._passage_words:
            for word in held:
                found.setdefault(stem(word), set()).add(word)
        return found

    @cached_property
    def _passage_of(self) -> np.ndarray:
        return np.array([s.passage for s in self.index.sentences], np.int64)

    @cached_property
    def _quotable(self) -> np.ndarray:
        """Sentences that may become lines: of findings, summaries and figures; not what the report says about itself."""
        kinds = {"finding", "summary", "figure", "context", "recommendation"}
        inside = [
            p.searchable and p.kind in kinds and p.page > 1 and "about this inspection" not in p.section.casefold()
            for p in self.report.passages
        ]
        return np.array([inside[s.passage] for s in self.index.sentences], np.float32)
