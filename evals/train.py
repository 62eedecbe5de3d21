"""Train the weights of the ranking (assistant/ranking.json) and of the decision (assistant/decision.json).

    python -m evals.train ranking     from the development cases
    python -m evals.train decision    from the question bank and the near misses; the threshold from development cases

Never from test cases. The decision is cross-fitted: the bank and the near misses were written by several authors
("voice"); each voice is asked of an index that has learnt only from the others, so that what is learnt is to meet words
nobody here has written.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from assistant.assistant import Assistant
from assistant.decision import Decision
from assistant.ranking import EXTRAS, Ranking
from evals.cases import Case, packaged_files, read_cases
from index.learned import learn
from index.search import SIGNALS, Searcher
from index.store import Index, open_index
from index.words import tokens

NAMES = (*SIGNALS, *EXTRAS)
SHARPNESS = 20.0  # of the soft maximum over sentences
PULL = 0.003  # towards the weights of plain search: few development questions must not carry far
HIDDEN, NETWORKS = 16, 3
REFUSED = 0.04  # the share of answerable development questions that may be refused
SEED = 2018


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("what", choices=("ranking", "decision"))
    arguments.add_argument("--dry", action="store_true", help="print, write nothing")
    arguments.add_argument("--save", type=Path, help="keep the decision's training features in this .npz file")
    given = arguments.parse_args()
    engine = Assistant(open_index())
    cases = development(engine.index)
    value = train_ranking(engine, cases) if given.what == "ranking" else train_decision(engine, cases, given.save)
    if not given.dry:
        path = Path(__file__).resolve().parent.parent / "assistant" / f"{given.what}.json"
        path.write_text(json.dumps(value) + "\n", encoding="utf-8")
        print(f"wrote {path.name}")


def development(index: Index) -> list[Case]:
    """The development cases that stand by themselves."""
    cases = read_cases(packaged_files(), [passage.id for passage in index.report.passages])
    return [case for case in cases if case.split == "dev" and not case.history]


# ---- ranking ---------------------------------------------------------------------------------------------------

SHORT = ("fact", "figure", "yes_no", "person", "date", "definition", "cause", "false_premise")


def train_ranking(engine: Assistant, cases: list[Case]) -> dict[str, float]:
    """Weights that put a sentence of a gold passage first (soft maximum, L-BFGS; a signal never counts against)."""
    from scipy.optimize import minimize

    index = engine.index
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
    return {name: round(float(v / weights[: len(SIGNALS)].sum()), 4) for name, v in zip(NAMES, weights, strict=True)}


# ---- decision --------------------------------------------------------------------------------------------------


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
    learned = learn(index.report.passages, questions, bank, np.asarray(index.passage_vectors), np.asarray(index.sentence_vectors))
    made = replace(
        index, questions=questions, near_misses=tuple(index.near_misses[at] for at in left), bank_vectors=bank,
        probe=learned.probe,
    )  # fmt: skip
    retriever = bm25s.BM25()
    retriever.index([tokens(question.text) for question in questions], show_progress=False)
    made.__dict__["bm25"] = {**index.bm25, "questions": retriever}
    return made


def decision_rows(engine: Assistant) -> Iterator[tuple[np.ndarray, bool]]:
    """The decision's features of every bank question (True) and near miss (False), each seen by the other voices' index."""
    index = engine.index
    for fold in folds(index):
        made = without(index, fold)
        searcher, ranking, decision = Searcher(made), Ranking(made), Decision(made)
        texts = [(index.questions[at].text, True) for at in fold.questions]
        texts += [(index.near_misses[at].text, False) for at in fold.misses]
        queries = [engine.understanding.understand(text) for text, _ in texts]
        vectors = index.embedder.embed([query.text for query in queries])
        for query, vector, (_, answerable) in zip(queries, vectors, texts, strict=True):
            found = ranking.rank(query, searcher.search(query.search, vector))
            yield decision.features(query, found), answerable
        print(f"asked {len(fold.questions)} questions and {len(fold.misses)} near misses", flush=True)


def train_decision(engine: Assistant, cases: list[Case], save: Path | None) -> dict:
    """A small network for "the report states it"; the threshold refuses REFUSED of the answerable development cases."""
    rows, labels = zip(*decision_rows(engine), strict=True)
    x, y = np.stack(rows), np.array(labels)
    if save:
        np.savez(save, x=x, y=y)
    value = {**fit_network(x, y), "threshold": 0.0}
    engine.decision = Decision(engine.index, value)
    answers = list(engine.ask_many([(case.question, (), case.id) for case in cases]))
    searched = [(c, a.confidence) for c, a in zip(cases, answers, strict=True) if a.confidence is not None]
    right = np.array([confidence for case, confidence in searched if case.answerable])
    wrong = np.array([confidence for case, confidence in searched if not case.answerable])
    for share in (0.02, 0.03, 0.04, 0.05, 0.06):
        at = float(np.quantile(right, share))
        print(
            f"threshold {at:.3f}: refuses {share:.0%} of {len(right)} answerable, catches {(wrong < at).mean():.0%} of {len(wrong)}"
        )
    return {**value, "threshold": round(float(np.quantile(right, REFUSED)), 4)}


def fit_network(x: np.ndarray, y: np.ndarray) -> dict:
    """NETWORKS networks of one hidden layer, trained apart, their logits averaged: shipped as one network."""
    from sklearn.metrics import roc_auc_score
    from sklearn.neural_network import MLPClassifier

    mean, scale = x.mean(0), np.maximum(x.std(0), 0.01)
    z = (x - mean) / scale
    made = [
        MLPClassifier((HIDDEN,), alpha=0.03, early_stopping=True, random_state=SEED + at, max_iter=60).fit(z, y)
        for at in range(NETWORKS)
    ]
    value = {
        "mean": mean, "scale": scale, "hidden": np.concatenate([net.coefs_[0] for net in made], 1),
        "hidden_bias": np.concatenate([net.intercepts_[0] for net in made]),
        "output": np.concatenate([net.coefs_[1][:, 0] for net in made]) / NETWORKS,
        "output_bias": np.mean([net.intercepts_[1][0] for net in made]),
    }  # fmt: skip
    logits = np.maximum(z @ value["hidden"] + value["hidden_bias"], 0) @ value["output"] + value["output_bias"]
    print(f"area under the curve on its own {len(y)} questions: {roc_auc_score(y, logits):.4f}")
    return {name: np.round(numbers, 4).tolist() for name, numbers in value.items()}


if __name__ == "__main__":
    main()
