"""Train which passages bear on a topic and whether the report covers it (assistant/relevance.json): python -m evals.train_topics.

Passages: the development topics of briefings, judged passage by passage, and development cases about wide questions, some
under a councillor's name for them (evals/labels/case_topics.jsonl). Topics: those, and evals/labels/topic_cover.jsonl, things
councillors ask about, written for training by somebody who knows the code and never measured. Never anything of split
test. Prints what each topic gets from models that have not seen it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import numpy as np

from assistant.assistant import Assistant
from assistant.relevance import PASSAGE, TOPIC, Weights, probability
from assistant.topics import COVERED, SHOWN, Topics
from evals.briefings import DEV, packaged_topics, read_topics
from evals.cases import packaged_files, read_cases
from index.store import Index, open_index

WIDE = ("theme", "recommendation", "briefing", "scrutiny")
DECLINED = 2.0  # how much worse it is to decline a topic that is covered than to brief on one that is not
PARTS = 10  # of the topics, each held out by turns
PULL = 0.1  # inverse strength of the pull towards 0, as scikit-learn counts it


def main() -> None:
    index = open_index()
    made = {}
    for name, one in (("with_bank", index), ("without_bank", bare(index))):
        print(f"---- {name}")
        made[name] = trained(Assistant(one))
    path = Path(__file__).resolve().parent.parent / "assistant" / "relevance.json"
    path.write_text(json.dumps(made) + "\n", encoding="utf-8")


def bare(index: Index) -> Index:
    """The index as it would be without a question bank and near misses."""
    none = np.zeros((0, index.sentence_vectors.shape[1]), np.float32)
    made = replace(index, questions=(), near_misses=(), bank_vectors=none, probe=None)
    made.__dict__["bm25"] = {name: kept for name, kept in index.bm25.items() if name != "questions"}
    return made


def trained(engine: Assistant) -> dict[str, Weights]:
    """The two models for one index. Prints how they do on topics they have not learnt from."""
    index, topics = engine.index, Topics(engine)
    relevance = topics.relevance
    relevance.weights = {"passage": blank(len(PASSAGE)), "topic": blank(len(TOPIC))}
    developed = [t for t in read_topics(packaged_topics(), index.positions) if t.split == DEV]
    judged = [(t.topic, {*t.gold, *t.acceptable}, t.covered) for t in developed] + list(of_cases(index.positions))
    quotable = relevance.quotable_passages
    x = [relevance.of(topics.spelt(topic)).features[quotable] for topic, _, _ in judged]
    y = [np.array([p.id in right for p in index.report.passages])[quotable] for _, right, _ in judged]
    held_out = [fit(x[:at] + x[at + 1 :], y[:at] + y[at + 1 :]) for at in range(len(judged))]
    passage = fit(x, y)
    found = []
    for at, known in enumerate(developed):
        shown = probability(x[at], held_out[at]) >= SHOWN
        if known.covered and shown.any():
            found.append((y[at][shown].mean(), shown[y[at]].mean()))
            print(f"{known.topic}: {shown.sum()} passages, precision {found[-1][0]:.2f}, recall {found[-1][1]:.2f}")
    print("mean precision and recall of passages, each topic held out:", np.mean(found, axis=0).round(3))

    listed = [json.loads(line) for line in labels("topic_cover.jsonl")]
    named = [(topic, covered, model) for (topic, _, covered), model in zip(judged, held_out, strict=True)]
    named += [(row["topic"], row["covered"], passage) for row in listed]
    features = []
    for topic, _, model in named:  # each topic sees a model of passages that has not learnt from it
        relevance.weights["passage"] = model
        features.append(relevance.of(topics.spelt(topic)).topic)
    rows, covered = np.stack(features), np.array([one for _, one, _ in named])
    balance = np.where(covered, DECLINED / covered.sum(), 1 / (~covered).sum())
    balance *= len(covered) / balance.sum()
    parts = np.arange(len(named)) % PARTS
    for part in range(PARTS):
        rest = parts != part
        model = fit([rows[rest]], [covered[rest]], [balance[rest]])
        for at in np.flatnonzero(~rest).tolist():
            value = float(probability(rows[at][None], model)[0])
            if (value >= COVERED) != covered[at]:
                print(f"taken for {'covered' if value >= COVERED else 'not covered'} ({value:.2f}): {named[at][0]}")
    made = {"passage": passage, "topic": fit([rows], [covered], [balance])}
    for name, features_of in (("passage", PASSAGE), ("topic", TOPIC)):
        print(name, dict(zip(features_of, np.round(made[name]["weights"], 2).tolist(), strict=True)))
    return made


def of_cases(passages: Collection[str]) -> Iterator[tuple[str, set[str], bool]]:
    """Development cases about wide questions as topics: by the councillor's name for them, and by their question."""
    cases = {c.id: c for c in read_cases(packaged_files(), passages) if c.split == DEV}
    for row in map(json.loads, labels("case_topics.jsonl")):
        if case := cases.get(row["case"]):
            yield row["topic"], set(case.relevant), True
    for case in cases.values():
        if case.answerable and not case.history and case.slice in WIDE:
            yield case.question, set(case.relevant), True


def labels(name: str) -> list[str]:
    """The lines of a file of evals/labels."""
    return files("evals").joinpath(f"labels/{name}").read_text(encoding="utf-8").splitlines()


def blank(size: int) -> Weights:
    """A model that has learnt nothing."""
    return {"mean": [0.0] * size, "scale": [1.0] * size, "weights": [0.0] * size, "bias": [0.0]}


def fit(x: list[np.ndarray], y: list[np.ndarray], w: list[np.ndarray] | None = None) -> Weights:
    """A logistic model over standardised features, pulled towards 0."""
    from sklearn.linear_model import LogisticRegression

    rows, wanted, weights = np.concatenate(x), np.concatenate(y), np.concatenate(w) if w else None
    mean, scale = rows.mean(axis=0), rows.std(axis=0)
    scale = np.where(scale < 1e-4, 1.0, scale)  # what never varies tells nothing
    model = LogisticRegression(C=PULL, max_iter=3_000).fit((rows - mean) / scale, wanted, sample_weight=weights)
    found = {"mean": mean, "scale": scale, "weights": model.coef_[0], "bias": model.intercept_}
    return {name: [round(float(value), 5) for value in values] for name, values in found.items()}


if __name__ == "__main__":
    main()
