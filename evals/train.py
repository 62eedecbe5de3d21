"""Train the weights of the ranking (assistant/ranking.json) and of the decision (assistant/decision.json).

    python -m evals.train            train both, print cross-fitted figures, write the two files

From the question bank and the near misses alone, never from evaluation cases. Cross-fitted: the bank and the near misses
were written by several authors ("voice"); each voice is asked of an index that has learnt only from the others, so that
what is learnt is to meet words nobody here has written. The threshold of the decision is chosen on development cases
(`--threshold`), for the share of answerable questions that may be refused.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from assistant.assistant import Assistant
from assistant.decision import FEATURES, Decision
from assistant.ranking import EXTRAS, Ranking
from index.search import SIGNALS, Searcher
from index.store import Index, fit_probe, open_index
from index.words import tokens

CANDIDATES = 60  # sentences kept of each question: the rest never wins
SAME = 0.85  # cosine from which another sentence says the same as the right one
PASSAGE_SHARE = 0.6  # of the loss: a wrong passage is worse than a neighbouring sentence of the right one
RIDGE = 1e-3
SCALE = 20.0  # how peaked the soft maximum over sentences is at the start


@dataclass(frozen=True)
class Fold:
    """Positions of the bank questions and near misses that one voice wrote."""

    questions: np.ndarray
    misses: np.ndarray


@dataclass(frozen=True)
class Asked:
    """What the ranking learns from: features of the candidates (n, CANDIDATES, features), which of them say what is
    asked, and which stand in a passage that does."""

    features: np.ndarray
    right: np.ndarray
    near: np.ndarray


def folds(index: Index) -> list[Fold]:
    """One fold a voice; with a single voice, five by turns."""
    question_voices = np.array([question.voice for question in index.questions])
    miss_voices = np.array([miss.voice for miss in index.near_misses])
    voices = sorted(set(question_voices))
    if len(voices) < 2:
        question_voices, miss_voices = np.arange(len(question_voices)) % 5, np.arange(len(miss_voices)) % 5
        voices = list(range(5))
    return [Fold(np.flatnonzero(question_voices == v), np.flatnonzero(miss_voices == v)) for v in voices]


def without(index: Index, fold: Fold) -> Index:
    """The index as it would be, had nobody written the fold's questions and near misses."""
    import bm25s

    kept = np.setdiff1d(np.arange(len(index.questions)), fold.questions)
    left = np.setdiff1d(np.arange(len(index.near_misses)), fold.misses)
    questions = tuple(index.questions[at] for at in kept)
    vectors = (index.passage_vectors, index.sentence_vectors, index.question_vectors[kept], index.near_miss_vectors[left])
    passages, sentences, asked, misses = (np.asarray(v) for v in vectors)
    made = replace(
        index, questions=questions, near_misses=tuple(index.near_misses[at] for at in left), question_vectors=asked,
        near_miss_vectors=misses, probe=fit_probe(index.report.passages, questions, passages, sentences, asked, misses),
    )  # fmt: skip
    retriever = bm25s.BM25()
    retriever.index([tokens(question.text) for question in questions], show_progress=False)
    made.__dict__["bm25"] = {**index.bm25, "questions": retriever}
    made.__dict__["embedder"] = index.embedder
    return made


def right_sentences(index: Index, at: int, same: np.ndarray, passage_of: np.ndarray) -> np.ndarray:
    """Which sentences answer a bank question: the one it is tied to and those that say the same, or its passage's."""
    question = index.questions[at]
    own = np.flatnonzero(passage_of == question.passage)
    if question.sentence < 0:
        return np.isin(np.arange(len(passage_of)), own)
    tied = own[question.sentence]
    return same[tied] >= SAME


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--dry", action="store_true", help="print, write nothing")
    arguments.add_argument("--every", type=int, default=1, help="use every n-th question (for a quick look)")
    given = arguments.parse_args()
    index = open_index()
    same = np.asarray(index.sentence_vectors) @ np.asarray(index.sentence_vectors).T
    passage_of = np.array([sentence.passage for sentence in index.sentences])
    engine = Assistant(index)
    features, right, near, replays = [], [], [], []
    for fold in folds(index):
        made = without(index, fold)
        searcher, ranking = Searcher(made), Ranking(made)
        for answerable, position in _turns(fold, given.every):
            text = index.questions[position].text if answerable else index.near_misses[position].text
            query = engine.understanding.understand(text)
            replays.append((answerable, position, query, made, searcher))
        print(f"fold of {len(fold.questions)} questions, {len(fold.misses)} near misses", flush=True)
        group = [r for r in replays if r[3] is made]
        vectors = index.embedder.embed([r[2].text for r in group])
        for at, (answerable, position, query, _, _) in enumerate(group):
            if not answerable:
                continue
            matrix = ranking.features(query, searcher.search(query.search, vectors[at]))
            gold = right_sentences(index, position, same, passage_of)
            rough = matrix @ np.array([ranking.weights[name] for name in (*SIGNALS, *EXTRAS)], np.float32)
            rough[gold] += 1e-3
            order = np.argsort(-rough)[:CANDIDATES]
            if gold[order].any():
                features.append(matrix[order])
                right.append(gold[order])
                near.append(np.isin(passage_of, passage_of[gold])[order])
    asked = Asked(np.stack(features), np.stack(right), np.stack(near))
    np.savez("/tmp/ranking_training.npz", x=asked.features, right=asked.right, near=asked.near)
    weights = train_ranking(asked, engine.ranking.weights)
    if not given.dry:
        _write("ranking.json", weights)
    decision = train_decision(index, replays, weights)
    if not given.dry:
        _write("decision.json", decision)


def _turns(fold: Fold, every: int) -> Iterator[tuple[bool, int]]:
    for position in fold.questions[::every]:
        yield True, int(position)
    for position in fold.misses[::every]:
        yield False, int(position)


def train_ranking(asked: Asked, start: dict[str, float]) -> dict[str, float]:
    """Weights that put a right sentence first (soft maximum, L-BFGS; signals never count against a sentence)."""
    from scipy.optimize import minimize

    names = (*SIGNALS, *EXTRAS)
    x, gold = asked.features, asked.right

    def loss(w: np.ndarray) -> tuple[float, np.ndarray]:
        z = x @ w
        e = np.exp(z - z.max(1, keepdims=True))
        total = e.sum(1)
        value, slope = 0.0, np.zeros_like(e)
        for wanted, share in ((asked.near, PASSAGE_SHARE), (gold, 1 - PASSAGE_SHARE)):
            good = (e * wanted).sum(1)
            value -= share * float(np.log(good / total).mean())
            slope += share * (e / total[:, None] - e * wanted / good[:, None])
        gradient = np.einsum("qs,qsk->k", slope, x) / len(x)
        return value + RIDGE * float((w**2).sum()), gradient + 2 * RIDGE * w

    bounds = [(0.0, None)] * len(SIGNALS) + [(None, None)] * len(EXTRAS)
    first = np.array([start[name] for name in names]) * SCALE
    print("hit@1 of sentences before", _first(x @ first, gold))
    found = minimize(loss, first, jac=True, method="L-BFGS-B", bounds=bounds)
    total = found.x[: len(SIGNALS)].sum()
    print("hit@1 of sentences after ", _first(x @ found.x, gold), "sharpness", round(float(total), 1))
    return {name: round(float(value / total), 4) for name, value in zip(names, found.x, strict=True)}


def _first(scores: np.ndarray, gold: np.ndarray) -> float:
    return round(float(gold[np.arange(len(scores)), scores.argmax(1)].mean()), 4)


def train_decision(index: Index, replays: list, weights: dict[str, float]) -> dict:
    """Logistic regression of "the report states it" on the features of the decision, cross-fitted figures printed."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import cross_val_predict

    rows, labels = [], []
    current = None
    for answerable, _, query, made, searcher in replays:
        if made is not current:
            current, ranking, decision = made, Ranking(made, weights), Decision(made)
            group = [r for r in replays if r[3] is made]
            vectors = dict(zip((id(r) for r in group), index.embedder.embed([r[2].text for r in group]), strict=True))
            lookup = iter(vectors.values())
        found = ranking.rank(query, searcher.search(query.search, next(lookup)))
        rows.append(decision.features(query, found, found.sentence_scores))
        labels.append(answerable)
    x, y = np.stack(rows), np.array(labels)
    np.savez("/tmp/decision_training.npz", x=x, y=y)
    mean, scale = x.mean(0), np.maximum(x.std(0), 0.01)
    model = LogisticRegression(C=0.3, max_iter=2000, class_weight="balanced")
    predicted = cross_val_predict(model, (x - mean) / scale, y, cv=5, method="predict_proba")[:, 1]
    print("area under the curve, cross-fitted:", round(float(roc_auc_score(y, predicted)), 4), "of", len(y))
    model.fit((x - mean) / scale, y)
    for name, value in sorted(zip(FEATURES, model.coef_[0], strict=True), key=lambda pair: -abs(pair[1])):
        print(f"  {name:20} {value:+.2f}")
    return {
        "mean": mean.round(5).tolist(), "scale": scale.round(5).tolist(), "coefficients": model.coef_[0].round(4).tolist(),
        "intercept": round(float(model.intercept_[0]), 4), "threshold": 0.5,
    }  # fmt: skip


def _write(name: str, value: dict) -> None:
    path = Path(__file__).resolve().parent.parent / "assistant" / name
    path.write_text(json.dumps(value) + "\n", encoding="utf-8")
    print("wrote", path.name)


if __name__ == "__main__":
    main()
