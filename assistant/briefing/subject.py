"""A topic in the user's words -> its subject: how probably each sentence of the report belongs in a briefing on it.

A topic is put to the engine as messages in the plainest forms of asking, so search, evidence and decision are those of the chat.
Tells passages named by number and the whole report from other topics. Chooses no lines. Measured in docs/briefings.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from assistant.answer import Statement
from assistant.answering.decision import nearest
from assistant.assistant import Assistant
from assistant.briefing.briefing import plainly
from assistant.lookups.judgements import areas
from assistant.lookups.links import Link
from assistant.lookups.lookup import named
from assistant.question.kinds import NAMES
from assistant.question.references import references
from assistant.question.understanding import FRAMING
from index.passages import Passage
from index.search import Found
from index.text.words import STOPWORDS, tokens, words
from prompts import listed, wording

# Log odds of the decision and of the likeliest sentence, added, from which a topic is covered, with and without banks.
COVERED, COVERED_BARE = 5.2, 2.0
TOUCHED = 0.002  # probability below which a sentence does not touch the topic, whatever it praises or criticises
SURE = 0.7  # probability from which a figure or a recommendation that is asked for bears on the topic
FORMS = {  # how a topic is asked for, by the kind of question; several forms count together
    "theme": ("{}", "What does the report say about {}?", "Tell me about {}"),
    "strengths": ("What works well on {}?",),
    "weaknesses": ("What needs to improve on {}?",),
    "numbers": ("What figures does the report give on {}?",),
    "recommendations": ("What does the report recommend on {}?",),
    "whole": ("Summarise the report", "What are the main findings?", "What is this report about?"),
}
UNQUOTED = ("cover", "contents", "closing")  # parts of the report that say nothing of a topic


class NotCovered(Exception):
    """The report does not cover the topic. `areas`: the nearest graded ones, else all; `nearest`: quotes worth reading."""

    def __init__(self, sentence: str, areas: tuple[str, ...], nearest: tuple[Statement, ...] = ()) -> None:
        super().__init__(sentence)
        self.areas, self.nearest = areas, nearest


@dataclass(frozen=True)
class Subject:
    """What a briefing is about. `said`, `figures` and `recommended`: for each sentence the probability, float32 (sentences,), to
    belong among the lines, the figures and the recommendations; zeros for "everything".

    `kind`: topic, numbered or everything. `named`: passages asked for by number. `unknown`: words of the topic that the report
    lacks.
    """

    title: str
    kind: str
    said: np.ndarray
    figures: np.ndarray
    recommended: np.ndarray
    named: tuple[Passage, ...] = ()
    unknown: tuple[str, ...] = ()


class Subjects:
    """Subjects for one assistant."""

    def __init__(self, assistant: Assistant) -> None:
        self.assistant = assistant
        self.index = assistant.index
        self.report = assistant.index.report

    def of(self, topic: str) -> Subject:
        """The subject of a topic. Raises NotCovered."""
        asked = plainly(topic)
        if asked.casefold() in listed("brief.whole") or (not asked and set(words(topic)) - STOPWORDS):
            none = np.zeros(len(self.index.sentences), np.float32)
            return Subject(wording("brief.everything"), "everything", none, none, none)
        if not set(words(asked)) - STOPWORDS:
            raise NotCovered(wording("brief.no_topic"), self.areas)
        if references(asked):
            return self._numbered(asked)
        return self._plain(self.assistant.understanding.speller.repaired(asked))

    @cached_property
    def whole(self) -> np.ndarray:
        """How probably each sentence belongs in a summary of the report."""
        return self._asked("whole", "")[0]

    @cached_property
    def areas(self) -> tuple[str, ...]:
        """The graded services that have a heading of their own, in the report's order."""
        return tuple(dict.fromkeys(j.service for j in self.report.judgements if j.service in self.area_of))

    @cached_property
    def area_of(self) -> list[str | None]:
        """Each passage's graded service by its headings, or None."""
        return areas(self.report)

    def inside(self, area: str) -> np.ndarray:
        """Which sentences stand under the heading of a graded service, bool (sentences,)."""
        return np.array([self.area_of[sentence.passage] == area for sentence in self.index.sentences])

    def row(self, link: Link) -> int:
        """The sentence of a finding that a link says is taken up."""
        return int(self.index.starts[self.index.positions[self.findings[link.finding].id]]) + link.sentence

    @cached_property
    def findings(self) -> dict[str, Passage]:
        """Findings by printed number."""
        return {passage.number or "": passage for passage in self.report.passages if passage.kind == "finding"}

    # ---- sorts of topics ---------------------------------------------------------------------------------------

    def _plain(self, topic: str) -> Subject:
        """A topic in words. Raises NotCovered."""
        said, sure, found = self._belonging(topic)
        own, unknown = self._words(topic)
        strange = not self.index.has_packaged_banks and 2 * len(unknown) > len(
            own
        )  # no bank vouches for words foreign to the report
        least = COVERED if self.index.has_packaged_banks else COVERED_BARE
        if self.assistant.decision.vetoes.of(self.assistant.understanding.understand(topic)) or sure < least or strange:
            close = nearest(found)
            near = dict.fromkeys(self.area_of[self.index.positions[one.passage.id]] for one in close)
            raise NotCovered(wording("brief.not_covered", topic=topic), tuple(area for area in near if area) or self.areas, close)
        figures, recommended = (self._surely(kind, topic, said) for kind in ("numbers", "recommendations"))
        return Subject(topic, "topic", said, figures, recommended, unknown=unknown)

    def _numbered(self, asked: str) -> Subject:
        """The subject of recommendations or paragraphs named by number: the findings linked to them, and what is likely said in
        their words.
        """
        wanted = [(r.kind, number) for r in references(asked) for number in r.numbers]
        known = [passage for kind, number in wanted for passage in named(self.report, kind, number)]
        if len(known) < len(wanted) or any(kind not in ("recommendation", "paragraph") for kind, _ in wanted):
            raise NotCovered(wording("brief.no_such", topic=asked), self.areas)
        said, _, _ = self._belonging(" ".join(passage.text for passage in known))
        for passage in known:
            at = self.index.positions[passage.id]
            said[self.index.starts[at] : self.index.starts[at + 1]] = 0.0
        for passage in known:
            behind = self.assistant.links.behind(passage.number or "") if passage.kind == "recommendation" else []
            said[[self.row(link) for link in behind]] = 1.0
        title = " and ".join(passage.label.split(",")[0] for passage in known)
        return Subject(title[0].upper() + title[1:], "numbered", said, said, 0 * said, tuple(known))

    # ---- the engine --------------------------------------------------------------------------------------------

    def _belonging(self, topic: str) -> tuple[np.ndarray, float, Found]:
        """How probably each sentence belongs to a topic, as a theme, a strength or a weakness of it; how sure it is that the
        report covers the topic (log odds); and what was found.
        """
        theme, sure, found = self._asked("theme", topic)
        sides = np.maximum(*(self._asked(kind, topic)[0] for kind in ("strengths", "weaknesses")))
        return np.maximum(theme, np.where(theme >= TOUCHED, sides, 0.0)), sure, found

    def _surely(self, kind: str, topic: str, said: np.ndarray) -> np.ndarray:
        """What is said on a topic, and what surely answers a message that asks for figures or recommendations on it: such a
        message gets some, however far from the topic they are.
        """
        asked = self._asked(kind, topic)[0]
        return np.where(asked >= SURE, asked, said)

    def _asked(self, kind: str, topic: str) -> tuple[np.ndarray, float, Found]:
        """The mean evidence over the forms in which messages of a kind ask for a topic; how sure it is that the report covers it;
        what was found.
        """
        engine = self.assistant
        queries = [engine.understanding.understand(form.format(topic)) for form in FORMS[kind]]
        vectors = self.index.embedder.embed([query.text for query in queries])
        kinds = np.eye(len(NAMES), dtype=np.float32)[NAMES.index(kind)]
        found = [
            engine.ranking.rank(query, engine.searcher.search(query.search, vector, known))
            for query, vector, known in zip(queries, vectors, engine.searcher.compare(vectors), strict=True)
        ]
        weighed = [engine.weigher.weigh(one, kinds) for one in found]
        told = [
            engine.decision.decide(query, one, evidence).confidence
            for query, one, evidence in zip(queries, found, weighed, strict=True)
        ]
        said = np.mean([evidence.probabilities for evidence in weighed], axis=0) * self._quotable
        return said, float(np.mean(log_odds(told)) + log_odds([said.max()])[0]), found[0]

    @cached_property
    def _quotable(self) -> np.ndarray:
        """1 for sentences that say something of a topic, float32 (sentences,)."""
        passages = self.report.passages
        return np.array([passages[s.passage].part not in UNQUOTED for s in self.index.sentences], np.float32)

    def _words(self, topic: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The topic's own words, and those of them that the report does not use and the glossary does not explain."""
        own = tuple(word for word in dict.fromkeys(words(topic)) if word not in STOPWORDS and word not in FRAMING)
        if self.assistant.understanding.glossary.replaced(topic) != topic:
            return own, ()
        return own, tuple(word for word in own if not set(tokens(word)) & self._used)

    def mentioned(self, subject: Subject, part: str) -> bool:
        """Whether a part of the report has a passage with all words of a topic, in the user's words or in the report's."""
        said = [set(tokens(text)) for text in (subject.title, self.assistant.understanding.glossary.replaced(subject.title))]
        held = [set(tokens(f"{p.context or ''} {p.text}")) for p in self.report.passages if p.part == part]
        return any(wanted and wanted <= one for wanted in said for one in held)

    @cached_property
    def _used(self) -> set[str]:
        """The stems of the report's words."""
        return {token for p in self.report.passages for token in tokens(f"{p.subsection or ''} {p.context or ''} {p.text}")}


def log_odds(probabilities: Sequence[float]) -> np.ndarray:
    """Log odds of probabilities; those nearer to 0 or 1 than a millionth count as that."""
    p = np.clip(np.array(probabilities), 1e-6, 1 - 1e-6)
    return np.log(p / (1 - p))
