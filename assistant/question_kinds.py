"""What sort of answer a message wants, learned from labelled messages: a table of kinds, each with its plan, and a classifier.

The classifier is a logistic regression over the message's vector and its words and word pairs; its coefficients are data
(question_kinds.npz), trained by `python -m evals.train kinds` and applied with numpy. Adding a kind is a row here, labels in
the evidence bank, a text in the wording's table `choose`, and cases.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise

import numpy as np

VECTOR, WORDS = 2.0, 2.0  # how much the vector (unit length) and the words (unit length) weigh in the features
_TOKEN = re.compile(r"[a-z0-9']+|\?")


@dataclass(frozen=True)
class Plan:
    """How evidence becomes an answer of a kind.

    `words` and `most` bound the statements; `shape` says how they are put under headings: flat (none), sides (praise and
    criticism apart), one (a heading of its own, `heading` in the wording's table `answered`), compared, asked (with suggested questions).
    What is `always` answerable is never declined: the document itself.
    """

    words: int
    most: int
    shape: str
    heading: str | None = None
    always: bool = False


KINDS: dict[str, Plan] = {
    "briefing": Plan(200, 12, "sides"),
    "cause": Plan(150, 6, "flat"),
    "comparison": Plan(200, 12, "compared"),
    "compound": Plan(200, 10, "flat"),
    "evidence": Plan(200, 10, "flat"),
    "fact": Plan(200, 8, "flat"),
    "improved": Plan(200, 10, "one", "improved"),
    "judgements": Plan(150, 13, "flat"),
    "list": Plan(200, 12, "flat"),
    "numbers": Plan(200, 14, "flat"),
    "recommendations": Plan(240, 8, "one", "recommended"),
    "scrutiny": Plan(180, 8, "asked"),
    "strengths": Plan(200, 10, "sides"),
    "theme": Plan(200, 12, "sides"),
    "weaknesses": Plan(200, 10, "sides"),
    "whole": Plan(220, 14, "sides", always=True),
}
NAMES = tuple(KINDS)
FACT = NAMES.index("fact")


@dataclass(frozen=True)
class Classifier:
    """`rows` tells the row of a word or pair; `of_vector` (d, kinds), `of_words` (rows, kinds), `bias` (kinds,)."""

    rows: dict[str, int]
    of_vector: np.ndarray
    of_words: np.ndarray
    bias: np.ndarray

    def probabilities(self, text: str, vector: np.ndarray | None) -> np.ndarray:
        """The probability of each of NAMES for a message with this unit vector, float32 (kinds,); by its words alone without one."""
        known = [row for term in terms(text) if (row := self.rows.get(term)) is not None]
        logits = self.bias if vector is None else self.bias + VECTOR * (vector @ self.of_vector)
        if known:
            logits = logits + WORDS / np.sqrt(len(known)) * self.of_words[known].sum(axis=0)
        odds = np.exp(logits - logits.max())
        return odds / odds.sum()


def terms(text: str) -> list[str]:
    """The words of a message and its pairs of neighbouring words, each once."""
    found = _TOKEN.findall(text.lower())
    return list(dict.fromkeys([*found, *(f"{a} {b}" for a, b in pairwise(found))]))


@lru_cache(maxsize=1)
def packaged() -> Classifier:
    """The classifier that comes with the program."""
    with files("assistant").joinpath("question_kinds.npz").open("rb") as file, np.load(file) as held:
        words = str(held["words"]).split("\n")
        arrays = (held[name].astype(np.float32) for name in ("of_vector", "of_words", "bias"))
        return Classifier({word: row for row, word in enumerate(words)}, *arrays)
