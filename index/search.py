"""A question's words -> ranked passages and sentences: dense + BM25 + question bank + probe, fused in one visible place.

Cosines are clipped at 0, BM25 is divided by its best (min-max fusion: Bruch et al., "An Analysis of Fusion Functions for Hybrid
Retrieval", TOIS 2023), the probe gives about 0 to 1. Signals are summed with weights.json, chosen on development questions. Knows
nothing of answers.
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.resources import files

import numpy as np

from index.machine.products import rows_of_a_piece, with_rows
from index.opened import Groups, Index
from index.passages import Passage
from index.text.words import tokens

SIGNALS = (
    "dense_sentence", "dense_passage", "words_sentence", "words_passage",
    "bank_sentence", "bank_passage", "bank_words_sentence", "bank_words_passage", "probe_sentence", "probe_passage",
)  # fmt: skip
OF_BANKS = ("bank_", "probe_")  # how the names of signals begin that come from banks
AT_ONCE = 64  # questions put to the probe at once: a copy of their cosines takes 4 MB, not 15
FEW = 2  # questions up to which reading the bank takes longer than multiplying


@dataclass(frozen=True)
class Hit:
    """A passage with its score (0 to about 1, comparable within one search)."""

    passage: Passage
    score: float


@dataclass(frozen=True)
class Compared:
    """A question compared with what the index holds: its cosines with the bank's questions, the near misses, the sentences and
    the passages; for each sentence the outputs of the probe (`probed`) and the evidence map (`mapped`, empty without one);
    `answerable` as in Found.
    """

    questions: np.ndarray
    near_misses: np.ndarray
    sentences: np.ndarray
    passages: np.ndarray
    probed: np.ndarray
    mapped: np.ndarray
    answerable: float


@dataclass(frozen=True)
class Found:
    """One search: signals of every sentence, shape (sentences, len(SIGNALS)), and the scores made of them.

    Scores are aligned with `index.sentences`, `index.report.passages`, the bank's questions (cosines) and the near misses
    (cosines). `mapped`: the evidence map's output for each sentence, zeros without one. `answerable`: how far such questions have
    an answer, about -1 to 1, 0 without a bank. `vector`: the question's.
    """

    index: Index
    signals: np.ndarray
    sentence_scores: np.ndarray
    passage_scores: np.ndarray
    question_scores: np.ndarray
    near_miss_scores: np.ndarray
    mapped: np.ndarray
    answerable: float
    vector: np.ndarray

    def without_banks(self, weights: dict[str, float]) -> Found:
        """The same as if the report had no banks, before any ranking: what is trained without banks must see it so."""
        signals = self.signals.copy()
        signals[:, [at for at, name in enumerate(SIGNALS) if name.startswith(OF_BANKS)]] = 0.0
        scores = np.where(self.index.searchable, signals @ np.array([weights[name] for name in SIGNALS], np.float32), 0.0)
        none = np.zeros(0, np.float32)
        return replace(
            self, signals=signals, sentence_scores=scores, passage_scores=best_of_passages(self.index, scores),
            question_scores=none, near_miss_scores=none, mapped=np.zeros_like(self.mapped), answerable=0.0,
        )  # fmt: skip

    def hits(self, limit: int = 10) -> list[Hit]:
        """The best passages, best first; at most `limit`, fewer where some are not searchable."""
        order = np.argsort(-self.passage_scores, kind="stable")[:limit]
        passages = self.index.report.passages
        return [Hit(passages[at], float(self.passage_scores[at])) for at in order if passages[at].searchable]


class Searcher:
    """Searches one opened index. Cheap to make; the arrays it needs are prepared at the first search."""

    def __init__(self, index: Index, weights: dict[str, float] | None = None) -> None:
        self.index = index
        self.weights = weights or json.loads(files("index").joinpath("weights.json").read_text(encoding="utf-8"))

    def compare(self, vectors: np.ndarray) -> list[Compared]:
        """Compare questions, unit vectors (questions, d), with the index. Many at once cost little more than one."""
        if not len(vectors):
            return []
        index, probe, asked = self.index, self.index.probe, len(self.index.questions)
        bank = self._with_bank(vectors)
        sentences, passages = with_rows(vectors, index.sentence_vectors), with_rows(vectors, index.passage_vectors)
        mapped = index.evidence.of(vectors) if index.evidence is not None else np.zeros((len(vectors), 0), np.float32)
        told: list[Compared] = []
        for first in range(0, len(vectors), AT_ONCE):
            some = slice(first, first + AT_ONCE)
            cosines = (bank[some, :asked], sentences[some], passages[some], bank[some, asked:])
            if probe is None:
                probed, answerable = np.zeros_like(cosines[1]), np.zeros(len(cosines[1]))
            else:
                probed, answerable = probe.of(np.concatenate(cosines, axis=1))
            told += [
                Compared(q, m, s, p, near, by_evidence, float(answer))
                for q, s, p, m, near, by_evidence, answer in zip(*cosines, probed, mapped[some], answerable, strict=True)
            ]
        return told

    def _with_bank(self, vectors: np.ndarray) -> np.ndarray:
        """Cosines with the bank's rows. One question waits for memory, so two cores read half of the bank each, in whole pieces."""
        bank = self.index.bank_vectors
        if len(vectors) > FEW or not len(bank):
            return with_rows(vectors, bank)
        size = rows_of_a_piece(bank)
        half = len(bank) // size // 2 * size
        return np.concatenate(list(self._readers.map(lambda rows: with_rows(vectors, rows), (bank[:half], bank[half:]))), axis=1)

    @cached_property
    def _readers(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(2, "bank")

    def search(self, text: str, vector: np.ndarray | None = None, known: Compared | None = None) -> Found:
        """Search for `text`; `vector` saves encoding it again, `known` comparing it with the bank."""
        if vector is None:
            vector = self.index.embedder.embed([text])[0]
        known = known or self.compare(vector[None])[0]
        index, found = self.index, tokens(text)
        of = index.passage_of
        mapped = known.mapped if index.evidence is not None else np.zeros(len(index.sentences), np.float32)
        probed_passage = np.bincount(of, known.probed, len(index.report.passages)).astype(np.float32)
        question_words = self._words("questions", found)
        signals = np.stack(
            [
                np.clip(known.sentences, 0, 1),
                np.clip(known.passages, 0, 1)[of],
                self._words("sentences", found),
                self._words("passages", found)[of],
                self._sentences_asked.best(known.questions),
                self._passages_asked.best(known.questions)[of],
                self._sentences_asked.best(question_words),
                self._passages_asked.best(question_words)[of],
                known.probed,
                probed_passage[of],
            ],
            axis=1,
        )
        scores = signals @ np.array([self.weights[name] for name in SIGNALS], np.float32)
        scores = np.where(index.searchable, scores, 0.0)
        return Found(
            index, signals, scores, best_of_passages(index, scores), known.questions, known.near_misses, mapped,
            known.answerable, vector,
        )  # fmt: skip

    def _words(self, collection: str, found: list[str]) -> np.ndarray:
        """BM25 of the texts of a collection, divided by the best."""
        retriever = self.index.bm25.get(collection)
        known = [retriever.vocab_dict[token] for token in found if token in retriever.vocab_dict] if retriever is not None else []
        if retriever is None or not known:
            sizes = {"passages": len(self.index.report.passages), "sentences": len(self.index.sentences)}
            return np.zeros(sizes.get(collection, len(self.index.questions)), np.float32)
        scores = _of_all(retriever.scores, known)
        return scores / max(float(scores.max()), 1e-9)

    @cached_property
    def _passages_asked(self) -> Groups:
        """The bank's questions by passage."""
        return Groups.of(self._passage_of_question, len(self.index.report.passages))

    @cached_property
    def _sentences_asked(self) -> Groups:
        """The bank's questions by the sentence they are tied to; those tied to a passage as a whole are in no group."""
        starts, last = self.index.starts, len(self.index.sentences)
        tied = [starts[q.passage] + q.sentence if q.sentence >= 0 else last for q in self.index.questions]
        return Groups.of(np.array(tied, np.int64), last)

    @cached_property
    def _passage_of_question(self) -> np.ndarray:
        return np.array([question.passage for question in self.index.questions], np.int64)


def best_of_passages(index: Index, scores: np.ndarray) -> np.ndarray:
    """The best score of each passage's sentences; 0 where it has none."""
    return index.sentences_of_passages.best(scores)


def _of_all(held: dict[str, np.ndarray], known: list[int]) -> np.ndarray:
    """BM25 of all texts; a word's postings name each text once."""
    scores = np.zeros(int(held["num_docs"]), np.float32)
    for word in known:
        postings = slice(held["indptr"][word], held["indptr"][word + 1])
        scores[held["indices"][postings]] += held["data"][postings]
    return scores
