"""How far each passage bears on a topic, and whether the report covers the topic at all: two small logistic models.

A question has one answer; a topic has many passages, and a briefing shows them all. So what the engine finds is weighed anew:
its scores, the topic's words in a passage and in the questions that people ask of it, and how near a passage is to the
best ones found (pseudo-relevance feedback: Rocchio, 1971). Coefficients are data (relevance.json), trained by
`python -m evals.train_topics`, one set for an index with a question bank and one for an index without. Chooses no lines.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files

import numpy as np

from assistant.assistant import Assistant
from assistant.understanding import FRAMING, Query
from index.search import SIGNALS, Found
from index.words import STOPWORDS, tokens, words
from prompts import wording

PASSAGE = ("score", "meaning", "questions", "probe", "sentence_words", "question_words", "all_words", "like_best", "figure")
TOPIC = (
    "best",
    "third",
    "held",
    "held_in_one",
    "held_by_best",
    "sure",
    "sure_as_question",
    "like_question",
    "like_near_miss",
    "answerable",
)
FEEDBACK = 6  # sentences that stand for what was found
LIKELY = 5  # passages among which one must hold the words of a topic that is covered
ENOUGH = 2.0  # rarity of a topic's words, in all, from which holding them all says all there is to say
ASKED = 0.15  # share of the questions of a passage, at least three, in which a word must stand to count as held by them

Weights = dict[str, list[float]]


@dataclass(frozen=True)
class Bearing:
    """How a report bears on one topic.

    `passages` (passages,) and `covered` are probabilities; `scores` (sentences,) are the engine's, about 0 to 1; `features`
    (passages, len(PASSAGE)) and `topic` (len(TOPIC),) are what the models saw.
    """

    passages: np.ndarray
    covered: float
    scores: np.ndarray
    features: np.ndarray
    topic: np.ndarray


class Relevance:
    """The two models over one assistant; the words of the report and of its questions are counted at the first topic."""

    def __init__(self, assistant: Assistant, quotable: np.ndarray) -> None:
        self.assistant, self.index, self.report = assistant, assistant.index, assistant.index.report
        self.quotable = quotable

    @cached_property
    def weights(self) -> dict[str, Weights]:
        """The coefficients of the two models, "passage" and "topic"."""
        kept = json.loads(files("assistant").joinpath("relevance.json").read_text(encoding="utf-8"))
        return kept["with_bank" if self.index.questions else "without_bank"]

    def of(self, text: str) -> Bearing:
        """How the report bears on a topic, spelt right."""
        engine = self.assistant
        queries = [engine.understanding.understand(way) for way in self._ways(text)]
        found = [engine.ranking.rank(query, engine.searcher.search(query.search, whole=True)) for query in queries]
        features, scores = self._features(text, found)
        passages = np.where(self.quotable_passages, probability(features, self.weights["passage"]), 0.0)
        topic = self._topic(text, queries, found, passages)
        covered = float(probability(topic[None], self.weights["topic"])[0])
        if not self.index.questions and topic[_HELD] == 0:  # nothing vouches for words that no passage holds
            covered = 0.0
        return Bearing(passages, covered, scores, features, topic)

    def unknown(self, text: str) -> tuple[str, ...]:
        """The topic's own words that the report does not use; none where the glossary has the report's for it."""
        if self.assistant.understanding.glossary.replaced(text) != text:
            return ()
        return tuple(word for word in content(text) if not set(tokens(word)) & set(self._frequency))

    # ---- features ----------------------------------------------------------------------------------------------

    def _features(self, text: str, found: list[Found]) -> tuple[np.ndarray, np.ndarray]:
        """Float64 (passages, len(PASSAGE)) and the engine's scores (sentences,), over several ways to say the topic."""
        scores = np.mean([one.sentence_scores for one in found], axis=0) * self.quotable
        in_sentence, in_questions, whole = self._held(text)
        return np.stack(
            [
                self._of_passages(scores),
                np.max([self.index.passage_vectors @ one.vector for one in found], axis=0),
                self._asked(np.max([one.question_scores for one in found], axis=0)),
                self._of_passages(np.max([one.signals[:, _PROBE] for one in found], axis=0)),
                self._of_passages(in_sentence),
                in_questions,
                whole,
                self._of_passages(self._like_best(scores, found[0].vector)),
                np.array([passage.kind == "figure" for passage in self.report.passages], float),
            ],
            axis=1,
        ), scores  # fmt: skip

    def _like_best(self, scores: np.ndarray, vector: np.ndarray) -> np.ndarray:
        """How near each sentence is to the topic and to the best sentences found, together."""
        vectors = np.asarray(self.index.sentence_vectors)
        best = np.argsort(-scores, kind="stable")[:FEEDBACK]
        middle = vectors[best].mean(axis=0) + 0.5 * vector
        return vectors @ middle / max(float(np.linalg.norm(middle)), 1e-9)

    def _topic(self, text: str, queries: list[Query], found: list[Found], passages: np.ndarray) -> np.ndarray:
        """Float64 (len(TOPIC),): how well the best passages fit, how many of the words the report holds, how sure the engine is."""
        engine = self.assistant
        three = np.clip(np.sort(passages)[-3:], 1e-4, 1 - 1e-4)
        odds = np.log(three / (1 - three))
        held, in_one, by_best = self._held_at_all(text, np.argsort(-passages, kind="stable")[:LIKELY])
        sure = [
            engine.decision.decide(query, one, engine.evidence(query, one)).confidence
            for query, one in zip(queries, found, strict=True)
        ]
        return np.array(
            [
                odds[-1], odds[0], held, in_one, by_best, sure[0], float(np.max(sure[1:])),
                max(float(one.question_scores.max(initial=0.0)) for one in found),
                max(float(one.near_miss_scores.max(initial=0.0)) for one in found),
                max(one.answerable for one in found),
            ]
        )  # fmt: skip

    def _ways(self, text: str) -> list[str]:
        """Ways to ask for a topic: its own words, a question, and the report's words for it."""
        said = self.assistant.understanding.glossary.replaced(text)
        return list(dict.fromkeys([text, wording("brief.ask", topic=text), said]))

    def _asked(self, cosines: np.ndarray) -> np.ndarray:
        """The mean cosine of the three nearest bank questions of each passage, 0 for what is lacking."""
        sums, taken = np.zeros(len(self.report.passages)), Counter[int]()
        for at in np.argsort(-cosines, kind="stable")[:_NEAREST]:
            passage = self.index.questions[int(at)].passage
            if passage >= 0 and taken[passage] < 3:
                sums[passage] += float(cosines[at])
                taken[passage] += 1
        return sums / 3

    # ---- words -------------------------------------------------------------------------------------------------

    def _held(self, text: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Shares of the topic's words, rare ones weighing more: held by sentences, by the questions of passages, and 1 where
        a passage holds every word in one of the two ways. The best of the ways to say the topic."""
        size = len(self.report.passages)
        in_sentence, in_questions, whole = np.zeros(len(self.index.sentences)), np.zeros(size), np.zeros(size)
        for asked in self._terms(text):
            weights = np.array([self._rarity(term) for term in asked])
            weights = weights / max(float(weights.sum()), ENOUGH)
            sentences = np.array([[term in held for term in asked] for held in self._sentences], float)
            passages = np.array([[term in held for term in asked] for held in self._passages], float)
            questions = np.array([[self._in_questions(at, term) for term in asked] for at in range(size)])
            in_sentence = np.maximum(in_sentence, sentences @ weights)
            in_questions = np.maximum(in_questions, questions @ weights)
            whole = np.maximum(whole, np.maximum(passages, questions).min(axis=1) * float(weights.sum()))
        return in_sentence, in_questions, whole

    def _held_at_all(self, text: str, likely: np.ndarray) -> tuple[float, float, float]:
        """Shares of the topic's words, rare ones weighing more: held by the report anywhere, by one of its passages, and by one of
        the likely passages or what people ask of it."""
        anywhere, in_one, by_likely = 0.0, 0.0, 0.0
        for asked in self._terms(text):
            weights = np.array([self._rarity(term) for term in asked])
            weights = weights / weights.sum()
            anywhere = max(anywhere, float(weights @ np.array([term in self._frequency for term in asked], float)))
            held = np.array([[term in words_of for term in asked] for words_of in self._passages], float)
            in_one = max(in_one, float((held @ weights)[self.quotable_passages].max(initial=0.0)))
            known = [[term in self._passages[at] or self._asked_words[at][term] > 0 for term in asked] for at in map(int, likely)]
            by_likely = max(by_likely, float((np.array(known, float) @ weights).max()))
        return anywhere, in_one, by_likely

    def _terms(self, text: str) -> list[list[str]]:
        """Stems of the content words of a topic, in the user's words and in the report's."""
        said = self.assistant.understanding.glossary.replaced(text)
        found = [
            list(dict.fromkeys(term for word in content(way) for term in tokens(word))) for way in dict.fromkeys((text, said))
        ]
        return [terms for terms in found if terms]

    def _rarity(self, term: str) -> float:
        return math.log((len(self.report.passages) + 1) / (self._frequency[term] + 0.5))

    def _in_questions(self, passage: int, term: str) -> float:
        """How far a word belongs to what people ask of a passage, 0 to 1."""
        return min(1.0, self._asked_words[passage][term] / max(3.0, ASKED * self._questions[passage]))

    @cached_property
    def _sentences(self) -> list[set[str]]:
        """The stems of each sentence, with those of the sub-section and of the words it stands under."""
        at = self.report.passages
        return [
            set(tokens(f"{at[s.passage].subsection or ''} {at[s.passage].context or ''} {s.text}")) for s in self.index.sentences
        ]

    @cached_property
    def _passages(self) -> list[set[str]]:
        return [set(tokens(f"{p.subsection or ''} {p.context or ''} {p.text}")) for p in self.report.passages]

    @cached_property
    def _frequency(self) -> Counter[str]:
        return Counter(term for held in self._passages for term in held)

    @cached_property
    def _asked_words(self) -> list[Counter[str]]:
        """For each passage, in how many of its bank questions each stem stands."""
        counted: list[Counter[str]] = [Counter() for _ in self.report.passages]
        for question in self.index.questions:
            if question.passage >= 0:
                counted[question.passage].update(set(tokens(question.text)))
        return counted

    @cached_property
    def _questions(self) -> Counter[int]:
        return Counter(question.passage for question in self.index.questions)

    # ---- passages ----------------------------------------------------------------------------------------------

    def _of_passages(self, values: np.ndarray) -> np.ndarray:
        """The greatest value of the sentences of each passage."""
        best = np.zeros(len(self.report.passages))
        np.maximum.at(best, self._passage_of, values)
        return best

    @cached_property
    def _passage_of(self) -> np.ndarray:
        return np.array([sentence.passage for sentence in self.index.sentences], np.int64)

    @cached_property
    def quotable_passages(self) -> np.ndarray:
        return self._of_passages(self.quotable) > 0


_PROBE = SIGNALS.index("probe_sentence")
_HELD = TOPIC.index("held_in_one")
_NEAREST = 1_500  # bank questions looked at; those further away say nothing of a topic


def content(text: str) -> list[str]:
    """The words of a topic that say what it is about; framing words only where there are no others."""
    kept = list(dict.fromkeys(word for word in words(text) if word not in STOPWORDS))
    return [word for word in kept if word not in FRAMING] or kept


def probability(features: np.ndarray, weights: Weights) -> np.ndarray:
    """Logistic model: features (rows, n) -> (rows,), with `mean`, `scale` and `weights` of n numbers each, and one `bias`."""
    scaled = (features - np.array(weights["mean"])) / np.array(weights["scale"])
    return 1 / (1 + np.exp(-(scaled @ np.array(weights["weights"]) + weights["bias"][0])))
