"""The folds of cross-fitting: an index without some voices, and what their questions are found by in it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from index.learned import learn_probe
from index.store import Index
from index.text.words import tokens


@dataclass(frozen=True)
class Fold:
    """Positions of the bank questions and near misses that one voice wrote."""

    questions: np.ndarray
    misses: np.ndarray


def folds(index: Index) -> list[Fold]:
    """Each voice by turns, the larger ones halved so that what is left always covers the report."""
    question_voices = np.array([question.voice for question in index.questions])
    miss_voices = np.array([miss.voice for miss in index.near_misses])
    made = []
    for voice in sorted({*question_voices, *miss_voices}):
        own, missed = np.flatnonzero(question_voices == voice), np.flatnonzero(miss_voices == voice)
        parts = 2 if len(own) > len(question_voices) / 2 else 1
        made += [Fold(own[at::parts], missed[at::parts]) for at in range(parts)]
    return made


def without(index: Index, fold: Fold) -> Index:
    """The index as it would be, had nobody written the fold's questions and near misses."""
    import bm25s

    kept = np.setdiff1d(np.arange(len(index.questions)), fold.questions)
    left = np.setdiff1d(np.arange(len(index.near_misses)), fold.misses)
    questions = tuple(index.questions[at] for at in kept)
    bank = np.concatenate([index.question_vectors[kept], index.near_miss_vectors[left]])
    probe = learn_probe(
        index.report.passages, questions, bank, np.asarray(index.passage_vectors), np.asarray(index.sentence_vectors)
    )
    made = replace(
        index, questions=questions, near_misses=tuple(index.near_misses[at] for at in left), bank_vectors=bank,
        probe=probe,
    )  # fmt: skip
    retriever = bm25s.BM25()
    retriever.index([tokens(question.text) for question in questions], show_progress=False)
    made.__dict__["bm25"] = {**index.bm25, "questions": retriever}
    return made
