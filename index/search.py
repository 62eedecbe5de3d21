"""A question's words -> ranked passages and sentences: dense + BM25 + question bank, fused in one visible place.

Every signal is brought to 0..1 (cosines clipped at 0; BM25 divided by its best, as in min-max fusion of normalised
scores: Bruch et al., "An Analysis of Fusion Functions for Hybrid Retrieval", TOIS 2023) and added with the weights of
weights.json, chosen on development questions. Knows nothing of answers.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files

import numpy as np

from index.passages import Passage
from index.probe import kernel
from index.store import Index
from index.words import tokens

SIGNALS = (
    "dense_sentence", "dense_passage", "words_sentence", "words_passage",
    "bank_sentence", "bank_passage", "bank_words_sentence", "bank_words_passage", "probe_sentence", "probe_passage",
)  # fmt: skip


def _cosines(vectors: np.ndarray, vector: np.ndarray) -> np.ndarray:
    return vectors @ vector if len(vectors) else np.zeros(0, np.float32)


@dataclass(frozen=True)
class Hit:
    """A passage with its score (0 to about 1, comparable within one search)."""

    passage: Passage
    score: float


@dataclass(frozen=True)
class Found:
    """One search: signals of every sentence, shape (sentences, len(SIGNALS)), and the scores made of them.

    `sentence_scores` is aligned with `index.sentences`, `passage_scores` with `index.report.passages`;
    `question_scores` and `near_miss_scores` hold the cosine with every bank question and near miss; `answerable` tells how
    far questions like this one have an answer (about -1 to 1; 0 without a bank).
    """

    index: Index
    signals: np.ndarray
    sentence_scores: np.ndarray
    passage_scores: np.ndarray
    question_scores: np.ndarray
    near_miss_scores: np.ndarray
    answerable: float
    vector: np.ndarray

    def hits(self, limit: int = 10) -> list[Hit]:
        """The best passages, best first; only searchable ones."""
        order = np.argsort(-self.passage_scores, kind="stable")[:limit]
        passages = self.index.report.passages
        return [Hit(passages[at], float(self.passage_scores[at])) for at in order if passages[at].searchable]


class Searcher:
    """Searches one opened index. Cheap to make; the arrays it needs are prepared at the first search."""

    def __init__(self, index: Index, weights: dict[str, float] | None = None) -> None:
        self.index = index
        self.weights = weights or json.loads(files("index").joinpath("weights.json").read_text(encoding="utf-8"))

    def search(self, text: str, vector: np.ndarray | None = None) -> Found:
        """Search for `text`; `vector` saves encoding it again."""
        index = self.index
        if vector is None:
            vector = index.embedder.embed([text])[0]
        found = tokens(text)
        sentences, passages, questions, misses = (_cosines(vectors, vector) for vectors in self._vectors)
        dense_sentence, dense_passage = np.clip(sentences, 0, 1), np.clip(passages, 0, 1)
        question_words = self._words("questions", found, len(index.questions))
        of = self._passage_of
        probed, probed_passage, answerable = self._probed(vector, (questions, sentences, passages, misses))
        signals = np.stack(
            [
                dense_sentence,
                dense_passage[of],
                self._words("sentences", found, len(of)),
                self._words("passages", found, len(dense_passage))[of],
                self._best(questions, self._sentence_of_question, len(of)),
                self._best(questions, self._passage_of_question, len(dense_passage))[of],
                self._best(question_words, self._sentence_of_question, len(of)),
                self._best(question_words, self._passage_of_question, len(dense_passage))[of],
                probed,
                probed_passage[of],
            ],
            axis=1,
        )
        scores = signals @ np.array([self.weights[name] for name in SIGNALS], np.float32)
        scores = np.where(self._searchable, scores, 0.0)
        passage_scores = np.zeros(len(dense_passage), np.float32)
        np.maximum.at(passage_scores, of, scores)
        return Found(index, signals, scores, passage_scores, questions, misses, answerable, vector)

    def _probed(self, vector: np.ndarray, cosines: tuple[np.ndarray, ...]) -> tuple[np.ndarray, np.ndarray, float]:
        """The probe's word on every sentence and passage, and on whether there is an answer; zeros without a probe."""
        of, probe = self._passage_of, self.index.probe
        of_passage = np.zeros(len(self.index.report.passages), np.float32)
        if probe is None:
            return np.zeros(len(of), np.float32), of_passage, 0.0
        probed = probe.sentences(vector)
        np.add.at(of_passage, of, probed)
        return probed, of_passage, float(kernel(np.concatenate(cosines)) @ probe.answers)

    @cached_property
    def _vectors(self) -> tuple[np.ndarray, ...]:
        """Vectors of sentences, passages, questions and near misses, in memory."""
        index = self.index
        stored = (index.sentence_vectors, index.passage_vectors, index.question_vectors, index.near_miss_vectors)
        return tuple(np.asarray(vectors) for vectors in stored)

    def _words(self, collection: str, found: list[str], size: int) -> np.ndarray:
        """BM25 of every text of a collection, divided by the best."""
        retriever = self.index.bm25.get(collection)
        known = [token for token in found if token in retriever.vocab_dict] if retriever is not None else []
        if retriever is None or not known:
            return np.zeros(size, np.float32)
        scores = np.asarray(retriever.get_scores(known), np.float32)
        return scores / max(float(scores.max()), 1e-9)

    @staticmethod
    def _best(scores: np.ndarray, target: np.ndarray, size: int) -> np.ndarray:
        best = np.zeros(size + 1, np.float32)
        np.maximum.at(best, target, scores)
        return best[:size]

    @cached_property
    def _passage_of(self) -> np.ndarray:
        return np.array([sentence.passage for sentence in self.index.sentences], np.int64)

    @cached_property
    def _searchable(self) -> np.ndarray:
        passages = self.index.report.passages
        return np.array([passages[sentence.passage].searchable for sentence in self.index.sentences])

    @cached_property
    def _passage_of_question(self) -> np.ndarray:
        return np.array([question.passage for question in self.index.questions], np.int64)

    @cached_property
    def _sentence_of_question(self) -> np.ndarray:
        """The position of the sentence each bank question is tied to; one past the end where to none."""
        position = {(s.passage, s.place): at for at, s in enumerate(self.index.sentences)}
        return np.array([position.get((q.passage, q.sentence), len(position)) for q in self.index.questions], np.int64)
