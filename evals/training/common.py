"""What training shares: label files read, fits made, and what was learned written into assistant/learned/."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from assistant.learned.classifier import VECTOR, WORDS, Classifier
from evals.cases import Case, packaged_files, read_cases
from index.store import Index

HIDDEN, NETWORKS = 16, 3  # units of a layer, and networks whose logits are averaged
SEED = 2018
FOLDS = 5


def kept(name: str, value: object) -> None:
    """Write what was learnt into assistant/learned/."""
    path = Path(__file__).resolve().parents[2] / "assistant" / "learned" / name
    if name.endswith(".json"):
        path.write_text(json.dumps(value) + "\n", encoding="utf-8")
    else:
        np.savez_compressed(path, **value)  # type: ignore[arg-type]
    print(f"wrote {name}")


def arrays(made: Classifier) -> dict[str, np.ndarray]:
    """A classifier as it is shipped."""
    held = {name: getattr(made, name).astype(np.float16) for name in ("of_vector", "of_words", "bias")}
    return {"words": np.array("\n".join(made.rows)), **held}


def lines(name: str) -> list[dict[str, Any]]:
    """The records of a label file."""
    text = files("evals").joinpath("labels").joinpath(name).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines() if line]


def fit(
    seen: Sequence[Iterable[str]], numbers: np.ndarray | None, labels: np.ndarray, classes: int, *, strength: float = 3.0,
    fewest: int = 2, weights: np.ndarray | None = None,
) -> Classifier:  # fmt: skip
    """A logistic regression over terms and numbers (rows, k); `labels` are classes from 0."""
    from scipy.sparse import csr_matrix, hstack
    from sklearn.linear_model import LogisticRegression

    counted = Counter(term for terms in seen for term in terms)
    rows = {term: row for row, term in enumerate(sorted(term for term, count in counted.items() if count >= fewest))}
    held = [[rows[term] for term in terms if term in rows] for terms in seen]
    sizes = np.array([len(one) for one in held])
    values = np.repeat(WORDS / np.sqrt(np.maximum(sizes, 1)), sizes)
    x = csr_matrix(
        (values, np.concatenate(held).astype(int), np.concatenate([[0], np.cumsum(sizes)])), shape=(len(held), len(rows))
    )
    width = 0 if numbers is None else numbers.shape[1]
    if numbers is not None:
        x = hstack([csr_matrix(VECTOR * numbers), x]).tocsr()
    model = LogisticRegression(C=strength, max_iter=1000).fit(x, labels, sample_weight=weights)
    coefficients, bias = model.coef_.T, model.intercept_
    if classes == 2:  # scikit-learn tells one row of two classes: half of it for one, half against the other
        coefficients, bias = np.concatenate([-coefficients / 2, coefficients / 2], 1), np.concatenate([-bias / 2, bias / 2])
    return Classifier(
        rows, coefficients[:width].astype(np.float32), coefficients[width:].astype(np.float32), bias.astype(np.float32)
    )


def development(index: Index) -> list[Case]:
    """The development cases that stand by themselves."""
    cases = read_cases(packaged_files(), [passage.id for passage in index.report.passages])
    return [case for case in cases if case.split == "dev" and not case.history]


def fit_network(x: np.ndarray, y: np.ndarray, shrink: float = 0.03) -> dict:
    """NETWORKS networks of one hidden layer, trained apart, their logits averaged: shipped as one network."""
    from sklearn.metrics import roc_auc_score
    from sklearn.neural_network import MLPClassifier

    mean, scale = x.mean(0), np.maximum(x.std(0), 0.01)
    z = (x - mean) / scale
    made = [
        MLPClassifier((HIDDEN,), alpha=shrink, early_stopping=True, random_state=SEED + at, max_iter=60).fit(z, y)
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
