"""The evidence bank (broad messages, tied to the sentences that a whole answer quotes) and the map learnt from it.

Data: reports/evidence_bank.jsonl, one message a line: message, kind (of question), vital and okay (sentences as
"paragraph.sentence" or "passage/sentence", counted from 1), begins (the first words of the vital ones), parts (of a message of
several questions), voice (its author). None of it is ever shown.

The map tells for a message's vector how far each sentence belongs in its answer: kernel ridge regression with a Gaussian
kernel on LANDMARKS of the messages (Nystrom; Williams & Seeger, NIPS 2000).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files

import numpy as np

from index.machine.products import with_rows
from index.passages import Passage

FILE = "evidence_bank.jsonl"
WIDTH = 0.5  # of the kernel: exp((cosine - 1) / WIDTH**2)
RIDGE = 1.0
OKAY = 0.5  # what a sentence counts that may be quoted but need not
LANDMARKS = 2_000
SEED = 2018


@dataclass(frozen=True)
class BroadMessage:
    """One message: the positions of its vital and okay sentences in the index, its question kind, and its author (`voice`)."""

    text: str
    kind: str
    vital: tuple[int, ...]
    okay: tuple[int, ...]
    voice: int


@dataclass(frozen=True)
class EvidenceMap:
    """Unit vectors of the landmarks, float32 (m, d), with their weights (m, sentences)."""

    vectors: np.ndarray
    weights: np.ndarray

    def of(self, vectors: np.ndarray) -> np.ndarray:
        """How far each sentence belongs in the answers to these messages (n, d): float32 (n, sentences), about 0 to 1."""
        return with_rows(np.exp((with_rows(vectors, self.vectors) - 1.0) / WIDTH**2), self._by_sentence)

    @cached_property
    def _by_sentence(self) -> np.ndarray:
        """The weights, a row for each sentence."""
        return np.ascontiguousarray(self.weights.T)


def evidence_bytes() -> bytes:
    """The packaged evidence bank as it lies on disk."""
    return files("index").joinpath("reports").joinpath(FILE).read_bytes()


def read_evidence_bank(data: bytes, passages: tuple[Passage, ...]) -> list[BroadMessage]:
    """The messages whose sentences this report has; none for another report than the one the bank was written for."""
    position: dict[str, int] = {}
    texts: list[str] = []
    for passage in passages:
        for place, sentence in enumerate(passage.sentences, 1):
            position[f"{passage.number}.{place}" if passage.number else f"{passage.id}/{place}"] = len(texts)
            texts.append(sentence)
    messages, named, matched = [], 0, 0
    for line in data.decode("utf-8").splitlines():
        record = json.loads(line)
        fits = [
            position[one] for one, begins in zip(record["vital"], record["begins"], strict=True)
            if one in position and texts[position[one]].startswith(begins)
        ]  # fmt: skip
        named, matched = named + len(record["vital"]), matched + len(fits)
        if fits:
            okay = tuple(position[one] for one in record["okay"] if one in position)
            messages.append(BroadMessage(record["message"], record["kind"], tuple(fits), okay, record["voice"]))
    return messages if 2 * matched > named else []


def fit(messages: list[BroadMessage], vectors: np.ndarray, sentences: int) -> EvidenceMap:
    """Learn the map from messages and their unit vectors, float32 (len(messages), d), for an index of so many `sentences`."""
    targets = np.zeros((len(messages), sentences), np.float32)
    for row, message in enumerate(messages):
        targets[row, list(message.okay)] = OKAY
        targets[row, list(message.vital)] = 1.0
    chosen = np.sort(np.random.default_rng(SEED).permutation(len(messages))[:LANDMARKS])
    features = np.exp((vectors @ vectors[chosen].T - 1.0) / WIDTH**2)
    inner = features.T @ features + RIDGE * features[chosen] + 1e-4 * np.eye(len(chosen), dtype=np.float32)
    return EvidenceMap(vectors[chosen], np.linalg.solve(inner, features.T @ targets).astype(np.float32))
