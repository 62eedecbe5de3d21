"""What sort of answer a message wants, learned from labelled messages: a table of kinds, each with its plan, and a classifier.

The classifier is a logistic regression over the message's vector and its words and word pairs; its coefficients are data
(question_kinds.npz), trained by `python -m evals.training kinds` and applied with numpy. Adding a kind is a row here, labels in
the evidence bank, a text in the wording's table `choose`, and cases.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from assistant.learned.classifier import Classifier
from assistant.learned.classifier import packaged as learned
from index.text.words import words


@dataclass(frozen=True)
class Plan:
    """How evidence becomes an answer of a kind.

    `words` and `most` bound the statements. `shape`: flat (no headings), sides (by polarity), one (`heading` of the wording's
    table `answered`), compared (by thing), asked (with suggested questions). `always`: answered at any confidence, unless vetoed
    or off topic.
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
# The form in which the evidence bank knows best what such a message wants of a subject. One that is nothing but a subject and the
# asking is put so: "What needs to improve for care leavers?" (docs/experiments.md, 30 November 2026).
PLAIN_FORMS = {"weaknesses": "What are the weaknesses of {}?", "strengths": "What are the strengths of {}?"}


@dataclass(frozen=True)
class Paper(Plan):
    """How evidence becomes a briefing: a Plan, and limits of figures, recommendations, findings quoted behind each
    recommendation, and questions. For the whole report `words` and `most` are those of each area.
    """

    figures: int = 0
    recommendations: int = 0
    behind: int = 0
    questions: int = 0


PAPERS: dict[tuple[str, bool], Paper] = {  # by length, and whether the whole report is the topic
    ("page", False): Paper(300, 20, "sides", figures=3, recommendations=3, questions=3),
    ("full", False): Paper(1_200, 50, "sides", figures=12, recommendations=6, behind=4, questions=9),
    ("page", True): Paper(44, 2, "sides", recommendations=13),
    ("full", True): Paper(225, 10, "sides", figures=10, recommendations=99, behind=2, questions=10),
}
WORSE = frozenset(
    "backwards declined declining deteriorate deteriorated deteriorating regressed slipped worse worsen worsened worsening".split()
)
BETTER = frozenset("better improve improved improvement improving".split())
FACT = NAMES.index("fact")
# How much likelier a message that leans on an earlier one asks for a fact than its words tell: nine of ten do (docs/experiments.md, 30
# November 2026).
LATER_FACT = 8.0


@lru_cache(maxsize=1)
def packaged() -> Classifier:
    """The classifier of kinds that comes with the program."""
    return learned("question_kinds")


def by_direction(text: str, kinds: np.ndarray) -> np.ndarray:
    """The probabilities of each kind, (kinds,): what has got worse is a weakness, though it asks for a change as what has improved does."""
    said = set(words(text))
    if not said & WORSE or said & BETTER:
        return kinds
    turned = kinds.copy()
    turned[NAMES.index("weaknesses")] += turned[NAMES.index("improved")]
    turned[NAMES.index("improved")] = 0.0
    return turned


def of_later(kinds: np.ndarray) -> np.ndarray:
    """The probabilities of each kind for a message that leans on an earlier one, from those of the question put together, (kinds,)."""
    odds = kinds.copy()
    odds[FACT] *= LATER_FACT
    return np.asarray(odds / odds.sum(), kinds.dtype)
