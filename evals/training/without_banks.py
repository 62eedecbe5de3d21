"""Train how it is decided whether a report states something for which nobody has written banks, across several reports:

    python -m evals.training.without_banks FOLDER    with the PDFs of the sister reports (evals/sisters.py)

Writes assistant/learned/answerable.npz, which tells by the question alone whether inspection reports tend to answer such questions (what a thing costs and
who somebody is they rarely say), and assistant/learned/decision_without_banks.json, which weighs that beside what was found. Each sister is seen by what was
learnt from the others, so that it is judged as a report that no part has seen.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from assistant.answering.decision import Decision
from assistant.assistant import Assistant
from assistant.learned.classifier import Classifier, terms
from evals.sisters import NAMES, Sister, sisters
from evals.training.common import arrays, fit, fit_network, kept
from index.opened import Index
from index.store import open_index

WEIGHT = 3  # times that a sister's question counts beside one of the packaged report, which has many times as many
STRENGTH, FEWEST = 1.0, 4  # inverse of the regularisation; messages in which a word or pair stands
SHRINK = 3.0  # regularisation of the decision's network: a thousand questions of two reports
REFUSED = 0.08  # the share of facts on a report not seen that may be refused

Told = tuple[list[str], np.ndarray, np.ndarray]  # questions, their vectors, whether their report answers them


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("folder", type=Path, help="where the PDFs lie")
    index = open_index()
    packaged = packaged_questions(index)
    with sisters(NAMES, arguments.parse_args().folder) as found:
        told = {sister.name: sisters_questions(sister, index) for sister in found}
        rows, labels, facts = [], [], []
        for sister in found:
            others = [told[name] for name in told if name != sister.name]
            rows.append(decision_rows(sister, fit_answerable(packaged, others)))
            labels.append(np.array([True] * len(sister.asked) + [False] * len(sister.misses)))
            facts.append(np.array([one.kind == "fact" for one in (*sister.asked, *sister.misses)]))
    kept("answerable.npz", arrays(fit_answerable(packaged, list(told.values()))))
    held_out = []
    for at, x in enumerate(rows):  # the threshold is one for a report that the network has not seen either
        rest = [other for other in range(len(rows)) if other != at]
        network = fit_network(np.concatenate([rows[o] for o in rest]), np.concatenate([labels[o] for o in rest]), SHRINK)
        held_out.append(logits(network, x))
    threshold = float(np.quantile(np.concatenate([z[y] for z, y in zip(held_out, facts, strict=True)]), REFUSED))
    declined = np.concatenate([z[~y] < threshold for z, y in zip(held_out, labels, strict=True)])
    print(f"reports held out, {REFUSED:.0%} of the facts refused: {declined.mean():.2f} of {len(declined)} near misses declined")
    value = fit_network(np.concatenate(rows), np.concatenate(labels), SHRINK)
    kept("decision_without_banks.json", {**value, "threshold": round(1 / (1 + float(np.exp(-threshold))), 4)})


def packaged_questions(index: Index) -> Told:
    """The question bank and the near misses on the report's subjects."""
    misses = [at for at, miss in enumerate(index.near_misses) if miss.asks_for not in ("offtopic", "unsafe")]
    texts = [question.text for question in index.questions] + [index.near_misses[at].text for at in misses]
    vectors = np.concatenate([index.question_vectors, index.near_miss_vectors[misses]])
    return texts, vectors, np.arange(len(texts)) < len(index.questions)


def sisters_questions(sister: Sister, index: Index) -> Told:
    """A sister's facts and near misses; broad messages have an answer in every report."""
    facts = [one.text for one in sister.asked if one.kind == "fact"]
    texts = facts + [one.text for one in sister.misses]
    return texts, index.embedder.embed(texts), np.arange(len(texts)) < len(facts)


def fit_answerable(packaged: Told, others: Sequence[Told]) -> Classifier:
    every = [packaged, *(one for one in others for _ in range(WEIGHT))]
    texts = [text for told, _, _ in every for text in told]
    vectors, labels = (np.concatenate([one[part] for one in every]) for part in (1, 2))
    return fit([terms(text) for text in texts], vectors, labels.astype(int), 2, strength=STRENGTH, fewest=FEWEST)


def decision_rows(sister: Sister, answerable: Classifier) -> np.ndarray:
    """The decision's features of each question and near miss, (questions, features)."""
    engine = Assistant(sister.index)
    decision = Decision(sister.index, answerable=answerable)
    queries = [engine.understanding.understand(one.text) for one in (*sister.asked, *sister.misses)]
    rows = []
    for query, vector in zip(queries, sister.index.embedder.embed([query.text for query in queries]), strict=True):
        found = engine.ranking.rank(query, engine.searcher.search(query.search, vector))
        rows.append(decision.features(query, found, engine.evidence(query, found)))
    return np.stack(rows)


def logits(network: dict, x: np.ndarray) -> np.ndarray:
    net = {name: np.asarray(values) for name, values in network.items()}
    return (
        np.maximum((x - net["mean"]) / net["scale"] @ net["hidden"] + net["hidden_bias"], 0) @ net["output"] + net["output_bias"]
    )


if __name__ == "__main__":
    main()
