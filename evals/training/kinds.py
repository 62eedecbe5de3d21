"""Train what tells the kind of a question: assistant/learned/question_kinds.npz, from the evidence bank and the question bank.

python -m evals.training kinds
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from assistant.assistant import Assistant
from assistant.learned.classifier import Classifier, terms
from assistant.question.kinds import NAMES as QUESTION_KINDS
from assistant.question.understanding import FRAMING
from assistant.words.polarity import MIXED, NEGATIVE, POSITIVE, polarity
from evals.training.common import SEED, arrays, fit, kept
from index.banks.evidence_bank import BroadMessage, evidence_bytes, read_evidence_bank
from index.store import Index, open_index
from index.text.words import words

FACTS, MISSES = 3_200, 1_000  # questions of the question bank and near misses that stand for facts
BROADLY = 0.85  # cosine with a broad message from which a question of the question bank does not stand for facts
FEWEST = 3  # messages in which a word or pair stands
GROUPS = 5  # of voices that are held out together
STRENGTH = 3.0  # inverse of the regularisation


@dataclass(frozen=True)
class Labelled:
    """Messages with their kinds, voices and vectors."""

    texts: list[str]
    kinds: np.ndarray
    groups: np.ndarray
    vectors: np.ndarray


def labelled(index: Index) -> Labelled:
    """The evidence bank's messages, and questions of the other banks, which ask for facts."""
    drawn = np.random.default_rng(SEED)
    broad = broad_messages(index)
    near = index.question_vectors @ index.embedder.embed([message.text for message in broad]).T
    asked = [  # one tied to a whole passage, or much like a broad message, may be broad itself
        question for question, cosine in zip(index.questions, near.max(axis=1), strict=True) if question.sentence >= 0 and cosine < BROADLY
    ]  # fmt: skip
    facts = [(asked[at].text, asked[at].voice) for at in drawn.permutation(len(asked))[:FACTS]]
    misses = [(miss.text, miss.voice) for miss in index.near_misses if miss.asks_for not in ("broad", "offtopic", "unsafe")]
    facts += [misses[at] for at in drawn.permutation(len(misses))[:MISSES]]
    texts = [*(message.text for message in broad), *(text for text, _ in facts)]
    voices = np.array([*(message.voice for message in broad), *(voice for _, voice in facts)])
    kinds = np.array([*(message.kind for message in broad), *("fact" for _ in facts)])
    return Labelled(texts, kinds, voices % GROUPS, index.embedder.embed(texts))


# The plainest forms of asking for a subject. People who write messages in their own voice avoid them, so bare subjects of the bank
# ("care leavers housing") are put into them, with their labels: all of them, or those of the polarity that is asked for.
PLAIN = {
    "theme": (
        "What does the report say about {}?",
        "Tell me about {}",
        "What did inspectors find on {}?",
        "How good is the work on {}?",
    ),
    "weaknesses": ("What needs to improve on {}?", "What are the weaknesses of {}?"),
    "strengths": ("What works well on {}?", "What are the strengths of {}?"),
    "briefing": ("Brief me on {}",),
}
BARE = 4  # words of a message that is nothing but a subject


def broad_messages(index: Index) -> list[BroadMessage]:
    """The evidence bank's messages, and its bare subjects in the plainest forms of asking."""
    messages = read_evidence_bank(evidence_bytes(), index.report.passages)
    marks = {"weaknesses": (NEGATIVE, MIXED), "strengths": (POSITIVE, MIXED)}
    made = list(messages)
    for message in messages:
        said = words(message.text)
        if message.kind != "theme" or len(said) > BARE or "?" in message.text or set(said) & (FRAMING - {"services", "service"}):
            continue
        for kind, forms in PLAIN.items():
            vital, okay = (
                tuple(at for at in rows if kind not in marks or polarity(index.sentences[at].text) in marks[kind])
                for rows in (message.vital, message.okay)
            )
            if vital:
                made += [replace(message, text=form.format(message.text), kind=kind, vital=vital, okay=okay) for form in forms]
    return made


def fit_kinds(data: Labelled, rows: np.ndarray) -> Classifier:
    """A logistic regression over some of the messages."""
    labels = np.array([QUESTION_KINDS.index(kind) for kind in data.kinds[rows]])
    seen = [terms(data.texts[at]) for at in rows]
    return fit(seen, data.vectors[rows], labels, len(QUESTION_KINDS), strength=STRENGTH, fewest=FEWEST)


@lru_cache(maxsize=1)
def held_out_kinds(index_folder: Path) -> tuple[Labelled, list[Classifier]]:
    """For each group of voices the classifier learnt from the others."""
    data = labelled(open_index())
    return data, [fit_kinds(data, np.flatnonzero(data.groups != group)) for group in range(GROUPS)]


def train_kinds(engine: Assistant) -> None:
    data, others = held_out_kinds(engine.index.folder)
    told = [
        QUESTION_KINDS[int(others[group].probabilities(text, vector).argmax())]
        for text, vector, group in zip(data.texts, data.vectors, data.groups, strict=True)
    ]
    right = np.array(told) == data.kinds
    fact = data.kinds == "fact"
    print(
        f"right kind, voices held out: {right[~fact].mean():.3f} of {(~fact).sum()} broad messages, {right[fact].mean():.3f} of {fact.sum()} facts"
    )
    made = fit_kinds(data, np.arange(len(data.texts)))
    kept("question_kinds.npz", arrays(made))
