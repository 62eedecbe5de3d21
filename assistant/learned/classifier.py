"""A classifier of messages: a logistic regression over the message's vector and its words and word pairs.

Its coefficients are data (an .npz beside it), trained by `python -m evals.training` and applied with numpy. What the classes
mean stands where they are used: kinds of question, intents.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

import numpy as np

VECTOR, WORDS = 2.0, 2.0  # how much the vector (unit length) and the words (unit length) weigh in the features
_TOKEN = re.compile(r"[a-z0-9']+|\?")


@dataclass(frozen=True)
class Classifier:
    """Logistic regression. `rows`: a word's or pair's row in `of_words` (rows, classes); `of_vector` (d, classes), `bias`
    (classes,).
    """

    rows: dict[str, int]
    of_vector: np.ndarray
    of_words: np.ndarray
    bias: np.ndarray

    def probabilities(self, text: str, vector: np.ndarray | None) -> np.ndarray:
        """The probability of each class for a message with this unit vector, float32 (classes,); by its words alone without one."""
        return self.of(terms(text), vector)

    def of(self, seen: Iterable[str], vector: np.ndarray | None) -> np.ndarray:
        """The probability of each class for these terms, float32 (classes,)."""
        known = [row for term in seen if (row := self.rows.get(term)) is not None]
        logits = self.bias if vector is None else self.bias + VECTOR * (vector @ self.of_vector)
        if known:
            logits = logits + WORDS / np.sqrt(len(known)) * self.of_words[known].sum(axis=0)
        odds = np.exp(logits - logits.max())
        return odds / odds.sum()


def terms(text: str) -> list[str]:
    """The words of a message and its pairs of neighbouring words, each once."""
    found = _TOKEN.findall(text.lower())
    return list(dict.fromkeys([*found, *(f"{a} {b}" for a, b in pairwise(found))]))


@cache  # a handful of small files, most of them asked for at every question
def packaged(name: str) -> Classifier:
    """The classifier of this name that comes with the program."""
    held = arrays(name, but="words")
    rows = {word: row for row, word in enumerate(str(held["words"]).split("\n"))}
    return Classifier(rows, held["of_vector"], held["of_words"], held["bias"])


@cache
def arrays(name: str, but: str = "") -> dict[str, np.ndarray]:
    """The arrays of NAME.npz, float32; the one called `but` as it is."""
    with files("assistant.learned").joinpath(f"{name}.npz").open("rb") as file, np.load(file) as held:
        return {key: held[key] if key == but else held[key].astype(np.float32) for key in held.files}


@cache
def numbers(name: str) -> dict[str, Any]:
    """The contents of NAME.json."""
    held: dict[str, Any] = json.loads(files("assistant.learned").joinpath(f"{name}.json").read_text(encoding="utf-8"))
    return held
