"""Train which passages bear on a topic and whether the report covers it (assistant/relevance.json): python -m evals.train_topics.

Passages: the development topics of briefings, judged passage by passage, and development cases about wide questions. Topics: those, and evals/labels/topic_cover.jsonl, a list of things councillors ask about,
written for training and never measured. Never anything of split test. Prints what each topic would get from models
that have not seen it.
"""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from assistant.assistant import Assistant
from assistant.relevance import PASSAGE, TOPIC, Bearing, Relevance, probability
from assistant.topics import COVERED, SHOWN, Topics
from evals.briefings import DEV, read_topics
from evals.cases import packaged_files, read_cases

WIDE = ("theme", "recommendation", "briefing", "scrutiny")
DECLINED = 2.0  # how much worse it is to decline a topic that is covered than to brief on one that is not
PULL = 0.1  # inverse strength of the pull towards 0, as scikit-learn counts it


def main() -> None:
    engine = Assistant()
    topics = Topics(engine)
    nothing: dict[str, list[float]] = {"mean": [0.0], "scale": [1.0], "weights": [0.0], "bias": [0.0]}
    blank = {"passage": spread(nothing, len(PASSAGE)), "topic": spread(nothing, len(TOPIC))}
    relevance = Relevance(engine, topics.quotable, blank)
    developed = [t for t in read_topics() if t.split == DEV]
    judged = [(t.topic, {*t.gold, *t.acceptable}, t.covered) for t in developed]
    cases = {c.id: c for c in read_cases(packaged_files(), set(engine.index.positions)) if c.split == "dev"}
    rows = map(json.loads, files("evals").joinpath("labels/case_topics.jsonl").read_text(encoding="utf-8").splitlines())
    of_cases = [(row["topic"], cases[row["case"]]) for row in rows if row["case"] in cases]
    of_cases += [(c.question, c) for c in cases.values() if c.answerable and not c.history and c.slice in WIDE]
    judged += [(topic, {*c.gold, *c.acceptable}, True) for topic, c in of_cases]
    quotable = relevance.quotable_passages
    x = [relevance.of(topics.spelt(topic)).features[quotable] for topic, _, _ in judged]
    y = [np.array([p.id in right for p in engine.index.report.passages])[quotable] for _, right, _ in judged]
    held_out = [fit(x[:at] + x[at + 1 :], y[:at] + y[at + 1 :]) for at in range(len(judged))]
    passage = fit(x, y)
    for at, (topic, _, covered) in enumerate(judged[: len(developed)]):
        if covered:
            shown = probability(x[at], held_out[at]) >= SHOWN
            print(f"{topic}: {shown.sum()} passages, precision {y[at][shown].mean():.2f}, recall {shown[y[at]].mean():.2f}")

    # whether it is covered: every topic sees passage models that have not learnt from it
    listed = [json.loads(line) for line in files("evals").joinpath("labels/topic_cover.jsonl").read_text("utf-8").splitlines()]
    named = [(topic, covered, held) for (topic, _, covered), held in zip(judged, held_out, strict=True)]
    named += [(row["topic"], row["covered"], passage) for row in listed]
    features = np.stack([_of_topic(relevance, topics, topic, held, blank) for topic, _, held in named])
    covered = np.array([one for _, one, _ in named])
    balance = np.where(covered, DECLINED / covered.sum(), 1 / (~covered).sum()) * len(covered) / (1 + DECLINED)
    parts = np.arange(len(named)) % 10
    for part in range(10):
        rest = parts != part
        model = fit([features[rest]], [covered[rest]], [balance[rest]])
        for at in np.flatnonzero(~rest):
            value = float(probability(features[at][None], model)[0])
            if (value >= COVERED) != covered[at]:
                print(f"taken for {'covered' if value >= COVERED else 'not covered'} ({value:.2f}): {named[at][0]}")
    made = {"passage": passage, "topic": fit([features], [covered], [balance])}
    path = Path(__file__).resolve().parent.parent / "assistant" / "relevance.json"
    path.write_text(json.dumps(made) + "\n", encoding="utf-8")
    print(f"wrote {path.name}: {dict(zip(PASSAGE, np.round(passage['weights'], 2), strict=True))}")
    print(dict(zip(TOPIC, np.round(made["topic"]["weights"], 2), strict=True)))


def _of_topic(relevance: Relevance, topics: Topics, topic: str, passage: Any, blank: Any) -> np.ndarray:
    seen = Relevance(relevance.assistant, relevance.quotable, {"passage": passage, "topic": blank["topic"]})
    seen.__dict__.update({k: v for k, v in relevance.__dict__.items() if k.startswith("_")})
    bearing: Bearing = seen.of(topics.spelt(topic))
    return bearing.topic


def spread(weights: dict[str, list[float]], size: int) -> dict[str, list[float]]:
    return {name: values * (1 if name == "bias" else size) for name, values in weights.items()}


def fit(x: list[np.ndarray], y: list[np.ndarray], w: list[np.ndarray] | None = None) -> dict[str, list[float]]:
    """A logistic model over standardised features, pulled towards 0."""
    from sklearn.linear_model import LogisticRegression

    rows, wanted, weights = np.concatenate(x), np.concatenate(y), np.concatenate(w) if w else None
    mean, scale = rows.mean(axis=0), np.maximum(rows.std(axis=0), 1e-9)
    model = LogisticRegression(C=PULL, max_iter=3_000).fit((rows - mean) / scale, wanted, sample_weight=weights)
    found = {"mean": mean, "scale": scale, "weights": model.coef_[0], "bias": model.intercept_}
    return {name: [round(float(value), 5) for value in values] for name, values in found.items()}


if __name__ == "__main__":
    main()
