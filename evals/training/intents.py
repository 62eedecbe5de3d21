"""Train what somebody wants who types a message, from evals/labels/intents.jsonl and the banks (assistant/learned/intents.npz), and whether it
makes sense at all, from evals/labels/sense.jsonl and every other labelled message (sense.npz).

python -m evals.training intents | sense
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from assistant.assistant import Assistant
from assistant.learned.classifier import Classifier, terms
from assistant.question.intents import AT_RISK, intent_of
from assistant.question.intents import NAMES as INTENT_NAMES
from assistant.question.reader import BRIEF, NONSENSE, SHORT, sentences_of
from assistant.question.splitting import Cuts
from assistant.words.sense import beginning, traits
from evals.training.common import FOLDS, SEED, arrays, fit, kept, lines
from index.banks.evidence_bank import evidence_bytes, read_evidence_bank

ASKED, BROAD, MISSED = 6_000, 4_200, 4_000  # questions of the banks that stand for questions
FEWEST_INTENT, FEWEST_SENSE = 2, 3
COMMON = 300  # messages of an intent from which each weighs as told
OWN_INTENT = 10.0  # how much a labelled message weighs beside one of the banks
SENSELESS, ODD = 4.0, 3.0  # how much a message without sense, and a sensible one written beside them, weighs beside any other
LATER, KNOWN = 2_500, 3_000  # later messages of conversations, and questions of the bank, that stand for what makes sense
ALONE = 4  # words from which a later message asks something by itself: "why" and "go on" do not
OF_MISSES = {"offtopic": "elsewhere", "unsafe": "instruction"}  # near misses that no sentence of such a report answers


def intent_rows(engine: Assistant) -> tuple[list[str], list[str], np.ndarray, np.ndarray]:
    """Texts, their intents, weights, and the author of each (0 for the banks)."""
    index, drawn = engine.index, np.random.default_rng(SEED)
    rows = [(record["q"], record["intent"], OWN_INTENT, record.get("voice", 1)) for record in lines("intents.jsonl")]
    rows += [row for record in lines("intents.jsonl") if record["intent"] == "question" for row in _told_beside(record)]
    rows += [
        (turn["q"], "question", OWN_INTENT, record["voice"])
        for record in lines("conversations.jsonl")
        for at, turn in enumerate(record["turns"])
        if at == 0 or len(turn["q"].split()) >= ALONE
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


def sense_rows(engine: Assistant) -> tuple[list[str], np.ndarray, np.ndarray, np.ndarray]:
    """Messages, whether each is nonsense (1) or not (0), weights, and the author of each (0: labelled for something else). No test line."""
    drawn = np.random.default_rng(SEED)
    own = [record for record in lines("sense.jsonl") if record.get("split") != "test"]
    rows = [(one["q"], 0, ODD, one["voice"]) if one["sense"] else (one["q"], 1, SENSELESS, one["voice"]) for one in own]
    others = [record["q"] for record in lines("intents.jsonl") if record["intent"] != "unclear"]
    others += [record["q"] for name in ("messages.jsonl", "structures.jsonl") for record in lines(name)]
    others += [record["message"] for record in lines("documents.jsonl")]
    later = [turn["q"] for record in lines("conversations.jsonl") for turn in record["turns"]]
    known = [question.text for question in engine.index.questions]
    for some, most in ((later, LATER), (known, KNOWN)):
        others += [some[at] for at in drawn.permutation(len(some))[:most]]
    rows += [(text, 0, 1.0, 0) for text in dict.fromkeys(others)]
    texts, labels, weights, voices = zip(*rows, strict=True)
    return list(texts), np.array(labels), np.array(weights), np.array(voices)


def train_sense(engine: Assistant) -> None:
    texts, labels, weights, voices = sense_rows(engine)
    texts = [beginning(text) for text in texts]
    vectors = engine.index.embedder.embed(texts)
    seen = [traits(text, engine.understanding.is_english) for text in texts]

    def made(rows: np.ndarray) -> Classifier:
        return fit([seen[at] for at in rows], vectors[rows], labels[rows], 2, fewest=FEWEST_SENSE, weights=weights[rows])

    told = np.zeros(len(texts))
    for voice in np.unique(voices[voices > 0]):
        learnt = made(np.flatnonzero(voices != voice))
        for at in np.flatnonzero(voices == voice):
            told[at] = learnt.of(seen[at], vectors[at])[1]
    own = voices > 0
    for label, name in ((1, "nonsense"), (0, "odd but sensible")):
        held = told[own & (labels == label)]
        print(f"{name}, authors held out: {(held >= NONSENSE).sum()} of {len(held)} taken for nonsense")
    kept("sense.npz", arrays(made(np.arange(len(texts)))))
