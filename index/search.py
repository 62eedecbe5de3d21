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

from index.opened import Index
from index.passages import Passage
from index.words import tokens

SIGNALS = (
    "dense_sentence", "dense_passage", "words_sentence", "words_passage",
    "bank_sentence", "bank_passage", "bank_words_sentence", "bank_words_passage", "probe_sentence", "probe_passage",
)  # fmt: skip
NEAR_SENTENCES, NEAR_QUESTIONS, NEAR_WORDS = 400, 100, 100  # in a very large index: what is looked at more closely


@dataclass(frozen=True)
class Hit:
    """A passage with its score (0 to about 1, comparable within one search)."""

    passage: Passage
    score: float


@dataclass(frozen=True)
class Found:
    """One search: signals of every sentence looked at, shape (sentences, len(SIGNALS)), and the scores made of them.

    `index` holds what was looked at: the whole index, or where it is very large a part of it; `rows` are the positions of
    its sentences in the whole. `sentence_scores` is aligned with `index.sentences`, `passage_scores` with
    `index.report.passages`; `question_scores` and `near_miss_scores` hold the cosine with every bank question and near
    miss; `answerable` tells how far questions like this one have an answer (about -1 to 1; 0 without a bank).
    """

    index: Index
    rows: np.ndarray | slice
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

    def bank_cosines(self, vectors: np.ndarray) -> np.ndarray:
        """Cosines of questions, (questions, d), with every row of the bank: (questions, rows). Many cost little more than one."""
        return vectors @ self._bank.T if len(vectors) else np.zeros((0, len(self._bank)), np.float32)

    def search(self, text: str, vector: np.ndarray | None = None, bank: np.ndarray | None = None, whole: bool = False) -> Found:
        """Search for `text`; `vector` saves encoding it again, `bank` its cosines with the bank's rows.

        `whole` looks at everything, however large the index is.
        """
        if vector is None:
            vector = self.index.embedder.embed([text])[0]
        if bank is None:
            bank = self._bank @ vector
        found = tokens(text)
        questions, misses = bank[: len(self.index.questions)], bank[len(self.index.questions) :]
        index, rows, chosen = self._looked_at(vector, found, questions, whole)
        sentences, passages = index.sentence_vectors @ vector, index.passage_vectors @ vector
        of = index.passage_of
        probed, probed_passage, answerable = self._probed(vector, questions, sentences, passages, misses, index, rows)
        question_words = self._words("questions", found)
        signals = np.stack(
            [
                np.clip(sentences, 0, 1),
                np.clip(passages, 0, 1)[of],
                self._words("sentences", found, rows),
                self._words("passages", found, chosen)[of],
                self._best(questions, self._sentence_of_question, len(self.index.sentences))[rows],
                self._best(questions, self._passage_of_question, len(self.index.report.passages))[chosen][of],
                self._best(question_words, self._sentence_of_question, len(self.index.sentences))[rows],
                self._best(question_words, self._passage_of_question, len(self.index.report.passages))[chosen][of],
                probed,
                probed_passage[of],
            ],
            axis=1,
        )
        scores = signals @ np.array([self.weights[name] for name in SIGNALS], np.float32)
        scores = np.where(index.searchable, scores, 0.0)
        return Found(index, rows, signals, scores, best_of_passages(index, scores), questions, misses, answerable, vector)

    def _looked_at(
        self, vector: np.ndarray, found: list[str], questions: np.ndarray, whole: bool
    ) -> tuple[Index, np.ndarray | slice, np.ndarray | slice]:
        """The index to look at, with the positions of its sentences and passages in the whole: all of it, unless there are
        cells. Then the passages of the nearest sentences, of the nearest bank questions, and those that hold the words.
        """
        cells = self.index.cells
        if cells is None or whole:
            return self.index, slice(None), slice(None)
        near = self.index.passage_of[cells.near(vector, NEAR_SENTENCES)]
        asked = self._passage_of_question[_best_places(questions, NEAR_QUESTIONS)]
        told = _best_places(self._words("passages", found), NEAR_WORDS)
        chosen = np.unique(np.concatenate([near, asked, told]))
        return *self.index.narrowed(chosen), chosen

    def _probed(
        self, vector: np.ndarray, questions: np.ndarray, sentences: np.ndarray, passages: np.ndarray, misses: np.ndarray,
        index: Index, rows: np.ndarray | slice,
    ) -> tuple[np.ndarray, np.ndarray, float]:  # fmt: skip
        """The probe's word on every sentence and passage, and on whether there is an answer; zeros without a probe."""
        probe = self.index.probe
        of_passage = np.zeros(len(index.report.passages), np.float32)
        if probe is None:
            return np.zeros(len(index.sentences), np.float32), of_passage, 0.0
        if index is not self.index or len(sentences) > probe.weights.shape[1]:  # it knows the first report of an index
            known = probe.weights.shape[1]
            sentences = self.index.sentence_vectors[:known] @ vector
            passages = self.index.passage_vectors[: self.index.sentences[known - 1].passage + 1] @ vector
        probed, answerable = probe.of(np.concatenate([questions, sentences, passages, misses]))
        if len(probed) < len(self.index.sentences):
            probed = np.concatenate([probed, np.zeros(len(self.index.sentences) - len(probed), np.float32)])
        probed = probed[rows]
        np.add.at(of_passage, index.passage_of, probed)
        return probed, of_passage, answerable

    @cached_property
    def _bank(self) -> np.ndarray:
        """The bank's vectors, in memory."""
        return np.array(self.index.bank_vectors)

    def _words(self, collection: str, found: list[str], rows: np.ndarray | slice = slice(None)) -> np.ndarray:
        """BM25 of the texts of a collection, divided by the best; of all of them, or of those in `rows`."""
        retriever = self.index.bm25.get(collection)
        known = [retriever.vocab_dict[token] for token in found if token in retriever.vocab_dict] if retriever is not None else []
        if retriever is None or not known:
            sizes = {"passages": len(self.index.report.passages), "sentences": len(self.index.sentences)}
            return np.zeros(sizes.get(collection, len(self.index.questions)), np.float32)[rows]
        scores = retriever.get_scores_from_ids(known) if isinstance(rows, slice) else _of_rows(retriever.scores, known, rows)
        return scores / max(float(scores.max()), 1e-9)

    @staticmethod
    def _best(scores: np.ndarray, target: np.ndarray, size: int) -> np.ndarray:
        best = np.zeros(size + 1, np.float32)
        np.maximum.at(best, target, scores)
        return best[:size]

    @cached_property
    def _passage_of_question(self) -> np.ndarray:
        return np.array([question.passage for question in self.index.questions], np.int64)

    @cached_property
    def _sentence_of_question(self) -> np.ndarray:
        """The position of the sentence each bank question is tied to; one past the end where to none."""
        starts, last = self.index.starts, len(self.index.sentences)
        return np.array([starts[q.passage] + q.sentence if q.sentence >= 0 else last for q in self.index.questions], np.int64)


def best_of_passages(index: Index, scores: np.ndarray) -> np.ndarray:
    """The best score of each passage's sentences; 0 where it has none."""
    best = np.zeros(len(index.report.passages), np.float32)
    np.maximum.at(best, index.passage_of, scores)
    return best


def _best_places(scores: np.ndarray, most: int) -> np.ndarray:
    """Positions of the highest scores above 0, at most `most`, in no order."""
    best = np.argpartition(-scores, most)[:most] if len(scores) > most else np.arange(len(scores))
    return best[scores[best] > 0]


def _of_rows(held: dict[str, np.ndarray], known: list[int], rows: np.ndarray) -> np.ndarray:
    """BM25 of some texts only (ascending positions): each word's postings are looked up, not walked through."""
    scores = np.zeros(len(rows), np.float32)
    for word in known:
        first, last = held["indptr"][word], held["indptr"][word + 1]
        texts = held["indices"][first:last]
        at = np.searchsorted(texts, rows)
        at[at == len(texts)] = 0
        scores += np.where(texts[at] == rows, held["data"][first:last][at], 0.0)
    return scores
