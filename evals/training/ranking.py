"""Train the weights of the ranking: assistant/learned/ranking.json, from the development cases.

python -m evals.training ranking
"""

from __future__ import annotations

import numpy as np

from assistant.answering.ranking import EXTRAS
from assistant.assistant import Assistant
from evals.training.common import SEED, development, kept
from index.search import SIGNALS

NAMES = (*SIGNALS, *EXTRAS)
SHARPNESS = 20.0  # of the soft maximum over sentences
PULL = 0.003  # towards the weights of plain search: few development questions must not carry far

SHORT = ("fact", "figure", "yes_no", "person", "date", "definition", "cause", "false_premise")


def train_ranking(engine: Assistant) -> None:
    """Weights that put a sentence of a gold passage first (soft maximum, L-BFGS; a signal never counts against)."""
    from scipy.optimize import minimize

    index, cases = engine.index, development(engine.index)
    asked = [case for case in cases if case.answerable and case.slice in SHORT]
    queries = [engine.understanding.understand(case.question) for case in asked]
    vectors = index.embedder.embed([query.text for query in queries])
    found = [engine.searcher.search(query.search, vector) for query, vector in zip(queries, vectors, strict=True)]
    x = np.stack([engine.ranking.features(q, f) * (f.sentence_scores > 0)[:, None] for q, f in zip(queries, found, strict=True)])
    passage_of = np.array([sentence.passage for sentence in index.sentences])
    gold = np.stack([np.isin(passage_of, [index.positions[identity] for identity in case.gold]) for case in asked])
    start = SHARPNESS * np.array([engine.searcher.weights.get(name, 0.0) for name in NAMES])
    bounds = [(0.0, None)] * len(SIGNALS) + [(None, None)] * len(EXTRAS)

    def fit(rows: np.ndarray) -> np.ndarray:
        def loss(w: np.ndarray) -> tuple[float, np.ndarray]:
            z = x[rows] @ w
            e = np.exp(z - z.max(1, keepdims=True))
            total, good = e.sum(1), (e * gold[rows]).sum(1)
            slope = e / total[:, None] - e * gold[rows] / good[:, None]
            gradient = np.einsum("qs,qsk->k", slope, x[rows]) / len(rows)
            away = w - start
            return float(-np.log(good / total).mean() + PULL * away @ away), gradient + 2 * PULL * away

        return minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x

    def first(rows: np.ndarray, w: np.ndarray) -> int:
        return int(gold[rows, (x[rows] @ w).argmax(1)].sum())

    everything = np.arange(len(asked))
    parts = np.array_split(np.random.default_rng(SEED).permutation(everything), 5)
    held_out = sum(first(part, fit(np.setdiff1d(everything, part))) for part in parts)
    size = len(asked)
    print(f"hit@1 on {size} development questions: {first(everything, start) / size:.3f} plain, {held_out / size:.3f} held out")
    weights = fit(everything)
    kept("ranking.json", {n: round(float(v / weights[: len(SIGNALS)].sum()), 4) for n, v in zip(NAMES, weights, strict=True)})
