"""Train what somebody wants who types a message: assistant/learned/intents.npz, from evals/labels/intents.jsonl and the banks.

python -m evals.training intents
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from assistant.assistant import Assistant
from assistant.learned.classifier import Classifier, terms
from assistant.question.intents import AT_RISK, intent_of
from assistant.question.intents import NAMES as INTENT_NAMES
from assistant.question.reader import BRIEF, SHORT, sentences_of
from assistant.question.splitting import Cuts
from evals.training.common import FOLDS, SEED, arrays, fit, kept, lines
from index.banks.evidence_bank import evidence_bytes, read_evidence_bank

ASKED, BROAD, MISSED = 6_000, 4_200, 4_000  # questions of the banks that stand for questions
FEWEST_INTENT = 2
COMMON = 300  # messages of an intent from which each weighs as told
OWN_INTENT = 10.0  # how much a labelled message weighs beside one of the banks
OF_MISSES = {"offtopic": "elsewhere", "unsafe": "instruction"}  # near misses that no sentence of such a report answers


def intent_rows(engine: Assistant) -> tuple[list[str], list[str], np.ndarray, np.ndarray]:
    """Texts, their intents, weights, and the author of each (0 for the banks)."""
    index, drawn = engine.index, np.random.default_rng(SEED)
    rows = [(record["q"], record["intent"], OWN_INTENT, record.get("voice", 1)) for record in lines("intents.jsonl")]
    rows += [row for record in lines("intents.jsonl") if record["intent"] == "question" for row in _told_beside(record)]
    rows += [
        (turn["q"], "question", OWN_INTENT, record["voice"])
        for record in lines("conversations.jsonl")
        for turn in record["turns"]
    ]
    for record in lines("messages.jsonl"):
        sentences = sentences_of(record["q"])
        if len(sentences) > 1 and len(record["parts"]) == 1:
            asked = {token.word for token in Cuts.of(record["parts"][0]).tokens}
            shares = [
                len(asked & (said := {token.word for token in Cuts.of(one).tokens})) / max(1, len(said)) for one in sentences
            ]
            best = int(np.argmax(shares))
            rows += [
                (one, "question" if at == best else "statement", OWN_INTENT, record.get("voice", 1))
                for at, (one, share) in enumerate(zip(sentences, shares, strict=True))
                if at == best or (share < 0.5 and "?" not in one and len(one.split()) > BRIEF)
            ]
    for texts, most in (
        ([question.text for question in index.questions], ASKED),
        ([message.text for message in read_evidence_bank(evidence_bytes(), index.report.passages)], BROAD),
        ([miss.text for miss in index.near_misses if miss.asks_for not in ("offtopic", "unsafe", "opinion")], MISSED),
    ):
        rows += [(texts[at], "question", 1.0, 0) for at in drawn.permutation(len(texts))[:most]]
    rows += [(miss.text, OF_MISSES[miss.asks_for], 1.0, 0) for miss in index.near_misses if miss.asks_for in OF_MISSES]
    counted = Counter(intent for _, intent, weight, _ in rows if weight == OWN_INTENT)
    rows = [  # seldom ones weigh more: few people say goodbye, and all of them should be understood
        (text, intent, weight * (COMMON / counted[intent]) ** 0.5 if weight == OWN_INTENT else weight, voice)
        for text, intent, weight, voice in rows
    ]
    columns = [list(column) for column in zip(*rows, strict=True)]
    return columns[0], columns[1], np.array(columns[2]), np.array(columns[3])


def _told_beside(record: dict[str, Any]) -> list[tuple[str, str, float, int]]:
    """What somebody tells at length before or after asking, a sentence a row: it asks nothing, and tells of no risk."""
    sentences = sentences_of(record["q"])
    if len(record["q"].split()) <= SHORT or not any(one.endswith("?") for one in sentences):
        return []
    return [
        (one, "question" if one.endswith("?") else "statement", OWN_INTENT, record.get("voice", 1))
        for one in sentences
        if len(one.split()) > BRIEF
    ]


def train_intents(engine: Assistant) -> None:
    texts, intents, weights, voices = intent_rows(engine)
    vectors = engine.index.embedder.embed(texts)
    labels = np.array([INTENT_NAMES.index(intent) for intent in intents])
    told_of = [terms(text) for text in texts]

    def made(rows: np.ndarray) -> Classifier:
        return fit(
            [told_of[at] for at in rows],
            vectors[rows],
            labels[rows],
            len(INTENT_NAMES),
            fewest=FEWEST_INTENT,
            weights=weights[rows],
        )

    drawn = np.random.default_rng(SEED)
    order = np.array_split(drawn.permutation(len(texts)), FOLDS)
    told: dict[int, str] = {}
    for held in order:
        learnt = made(np.setdiff1d(np.arange(len(texts)), held))
        told |= {int(at): intent_of(learnt.probabilities(texts[at], vectors[at])) for at in held}
    risk = np.array([intent in AT_RISK for intent in intents])
    seen_risk = np.array([told[at] in AT_RISK for at in range(len(texts))])
    own = voices > 0
    right = np.array([told[at] == intents[at] for at in range(len(texts))])
    print(
        f"right intent, held out: {right[own].mean():.3f} of {own.sum()} labelled, {right[~own].mean():.3f} of {(~own).sum()} of the banks"
    )
    asked = np.array([intent == "question" for intent in intents])
    print(
        f"at risk: {seen_risk[risk].sum()} of {risk.sum()} seen; ordinary questions taken for it: {seen_risk[own & asked].sum()} of "
        f"{(own & asked).sum()} labelled, {seen_risk[~own].sum()} of {(~own).sum()} of the banks"
    )
    kept("intents.npz", arrays(made(np.arange(len(texts)))))
