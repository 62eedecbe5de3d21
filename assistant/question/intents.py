"""What somebody wants who types a message: an answer from the report, help for a child, a poem... Learned from labelled messages.

The labels stand in evals/labels/intents.jsonl; `python -m evals.training intents` trains the classifier (intents.npz). Each
intent but `question` ends the processing with fixed words: a row of the table below.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assistant.answer import Draft, Outcome
from assistant.composing import report_variables
from assistant.learned.classifier import packaged
from index.passages import Report
from prompts import keys, listed, wording


@dataclass(frozen=True)
class Intent:
    """What an intent ends in: the outcome and the key of its wording."""

    outcome: Outcome
    words: str


AT_RISK = ("emergency", "child_concern", "self_harm", "support")
INTENTS: dict[str, Intent | None] = {
    "question": None,
    "statement": Intent("unclear", "unclear.answer"),  # tells something and asks nothing: the text around a question, or a remark
    "emergency": Intent("signpost", "signpost.emergency"),
    "child_concern": Intent("signpost", "signpost.child_concern"),
    "self_harm": Intent("signpost", "signpost.self_harm"),
    "support": Intent("signpost", "signpost.support"),
    "greeting": Intent("help", "help.answer"),
    "thanks": Intent("help", "help.thanks"),
    "bye": Intent("help", "help.bye"),
    "help": Intent("help", "help.answer"),
    "instruction": Intent("out_of_scope", "out_of_scope.unsafe"),
    "opinion": Intent("out_of_scope", "out_of_scope.opinion"),
    "task": Intent("out_of_scope", "out_of_scope.opinion"),
    "person": Intent("out_of_scope", "out_of_scope.person"),
    "elsewhere": Intent("out_of_scope", "out_of_scope.answer"),
    "unclear": Intent("unclear", "unclear.answer"),
}
NAMES = tuple(INTENTS)

SUGGESTED = 4  # starters offered where nothing was understood
LEAST = 0.5  # probability from which an intent other than a question is believed
AT_RISK_LEAST = 0.1  # the same of all that say that somebody is at risk, together: silence is worse than a needless word


def classified(texts: Sequence[str], vectors: Sequence[np.ndarray | None]) -> list[np.ndarray]:
    """The probability of each of NAMES for each text, float32 (intents,); by its words alone where there is no vector."""
    learnt = packaged("intents")
    return [learnt.probabilities(text, vector) for text, vector in zip(texts, vectors, strict=True)]


def at_risk(probabilities: np.ndarray) -> float:
    """The probability that somebody is at risk or needs help."""
    return float(probabilities[[NAMES.index(name) for name in AT_RISK]].sum())


def intent_of(probabilities: np.ndarray) -> str:
    """The intent that is believed: somebody at risk first, then the likeliest one if it is likely enough, else a question."""
    if at_risk(probabilities) >= AT_RISK_LEAST:
        return max(AT_RISK, key=lambda name: float(probabilities[NAMES.index(name)]))
    best = int(probabilities.argmax())
    return NAMES[best] if probabilities[best] >= LEAST else "question"


def ended(intent: str, report: Report) -> Draft | None:
    """The draft that ends the walk for an intent; None for a question."""
    row = INTENTS[intent]
    if row is None:
        return None
    if is_unclear(intent):
        return unclear(wording("unclear.answer"))
    return Draft(row.outcome, opening=wording(row.words, **report_variables(report)))


def is_unclear(intent: str) -> bool:
    """Whether a message of this intent asks nothing that was understood."""
    row = INTENTS[intent]
    return row is not None and row.outcome == "unclear"


def unclear(opening: str) -> Draft:
    """The draft that says that nothing was understood, and offers questions to start from."""
    return Draft("unclear", opening=opening, suggestions=(*listed("start.anyone"),)[:SUGGESTED])


def in_another_language(code: str) -> Draft:
    """English only, said in English and in that language where its words are known."""
    own = f"language.{code}"
    said = (wording("out_of_scope.language"), *((wording(own),) if own in keys() else ()))
    return Draft("out_of_scope", opening=" ".join(said))
