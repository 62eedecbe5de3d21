"""Found -> evidence: for every sentence the probability that it belongs in the answer to a message.

An ensemble of small networks over search signals, the evidence bank's map (index/banks/evidence_bank.py), neighbours,
near-duplicates, polarity, place in the report and question kind. Coefficients are data (evidence.npz; evidence_without_banks.npz
for a report without packaged banks), trained with cross-fitting over authors by `python -m evals.training evidence`. Chooses
nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from assistant.learned.classifier import arrays
from assistant.question.kinds import NAMES
from assistant.words.polarity import MIXED, NEGATIVE, POSITIVE, polarity
from index.search import Found
from index.store import Index

LOOKED_AT = 160  # sentences weighed by the network: those that the evidence bank or the search ranks first
ALIKE = 0.6  # cosine from which two sentences are twins for the network
TWINS = 4  # twins of a sentence that are looked at
PASSAGES = ("finding", "summary", "recommendation", "judgement", "figure", "context")
PARTS = ("cover", "figures", "closing", "leadership", "young people", "recommendations", "summary")


@dataclass(frozen=True)
class Bare:
    """What there is without the banks of a report that was taught: the search, ranked, and the probabilities made of it."""

    found: Found
    probabilities: np.ndarray


@dataclass(frozen=True)
class Evidence:
    """The probability of each sentence to belong in the answer, float32 (sentences,), 0 where not weighed, and of each question
    kind, float32 (kinds,).

    After a cross-encoder: `read`, its log odds (sentences read,), and `before`, the probabilities without it. `bare` is there for
    a report that was taught (assistant/answering/taught.py).
    """

    probabilities: np.ndarray
    kinds: np.ndarray
    read: np.ndarray | None = None
    before: np.ndarray | None = None
    bare: Bare | None = None

    @property
    def kind(self) -> str:
        """The likeliest kind."""
        return NAMES[int(self.kinds.argmax())]


class Weigher:
    """Weighs the sentences of one index. Keeps what does not depend on the message."""

    def __init__(self, index: Index, network: dict[str, np.ndarray] | None = None) -> None:
        self.index = index
        self._given = network

    @cached_property
    def network(self) -> dict[str, np.ndarray]:
        return packaged(self.index.has_packaged_banks) if self._given is None else self._given

    def weigh(self, found: Found, kinds: np.ndarray, mapped: np.ndarray | None = None) -> Evidence:
        """The evidence of a search; `mapped` is what the evidence bank tells of the sentences, where it is known already."""
        mapped = found.mapped if mapped is None else mapped
        rows = self.looked_at(found, mapped)
        net = self.network
        x = (self.features(found, kinds, mapped, rows) - net["mean"]) / net["scale"]
        count, inputs, units = net["weights0"].shape  # the first layers of all networks are one matrix product
        first = x @ net["weights0"].transpose(1, 0, 2).reshape(inputs, count * units) + net["bias0"].reshape(-1)
        x = np.maximum(first, 0.0).reshape(len(rows), count, units).transpose(1, 0, 2)
        x = np.maximum(np.ascontiguousarray(x) @ net["weights1"] + net["bias1"][:, None], 0.0)
        x = x @ net["weights2"] + net["bias2"][:, None]
        probabilities = np.zeros(len(found.sentence_scores), np.float32)
        probabilities[rows] = 1.0 / (1.0 + np.exp(-x[..., 0].mean(axis=0)))
        return Evidence(probabilities, kinds)

    def looked_at(self, found: Found, mapped: np.ndarray) -> np.ndarray:
        """Positions of the sentences that the network weighs, ascending; sentences that answer nothing by themselves are left
        out.
        """
        scores = mapped + 0.3 * found.sentence_scores
        rows = np.sort(np.argpartition(-scores, LOOKED_AT)[:LOOKED_AT]) if len(scores) > LOOKED_AT else np.arange(len(scores))
        return rows[found.index.searchable[rows]]

    def features(self, found: Found, kinds: np.ndarray, mapped: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """What the network sees of the sentences in `rows`, float32 (rows, features)."""
        traits = self._traits
        scores = found.sentence_scores
        most_mapped, best = max(float(mapped.max()), 1e-3), max(float(scores.max()), 1e-3)
        of = found.index.passage_of
        of_passage = found.index.sentences_of_passages.best(mapped)[of]
        scored_passage = found.passage_scores[of]
        padded = np.append(mapped, 0.0)
        padded_scores = np.append(scores, 0.0)
        whole = np.array(
            [
                most_mapped, best, mapped.clip(0, 1).sum() / 10, (mapped > most_mapped / 2).sum() / 20, (scores > 0.8 * best).sum() / 20,
            ],
            np.float32,
        )  # fmt: skip
        own = np.stack(
            [
                mapped[rows], mapped[rows] / most_mapped, scores[rows], scores[rows] / best, of_passage[rows],
                of_passage[rows] / most_mapped, scored_passage[rows] / best, padded[traits.before[rows]], padded[traits.after[rows]],
                padded[traits.twins[rows]].max(axis=1), padded_scores[traits.twins[rows]].max(axis=1),
            ],
            axis=1,
        )  # fmt: skip
        same = np.broadcast_to(np.concatenate([whole, kinds]), (len(rows), len(whole) + len(kinds)))
        return np.concatenate([own, found.signals[rows], traits.fixed[rows], same], axis=1).astype(np.float32)

    @cached_property
    def _traits(self) -> Traits:
        return Traits.of(self.index)


@dataclass(frozen=True)
class Traits:
    """What does not depend on the message: `fixed` (sentences, traits), and positions of the previous and the next sentence of
    the same passage and of near-duplicates (`twins`); the number of sentences stands for none.
    """

    fixed: np.ndarray
    before: np.ndarray
    after: np.ndarray
    twins: np.ndarray

    @classmethod
    def of(cls, index: Index) -> Traits:
        passages = index.report.passages
        size = len(index.sentences)
        fixed = np.zeros((size, len(PASSAGES) + len(PARTS) + 4), np.float32)
        before, after = np.full(size, size), np.full(size, size)
        for at, sentence in enumerate(index.sentences):
            passage = passages[sentence.passage]
            of = polarity(sentence.text)
            told = [
                *(passage.kind == kind for kind in PASSAGES), *(passage.part == part for part in PARTS),
                *(of == one for one in (POSITIVE, NEGATIVE, MIXED)), min(len(sentence.text.split()), 60) / 40,
            ]  # fmt: skip
            fixed[at] = told
            if sentence.place > 0:
                before[at] = at - 1
            if sentence.place + 1 < len(passage.sentences):
                after[at] = at + 1
        return cls(fixed, before, after, _twins(index))


def _twins(index: Index) -> np.ndarray:
    """For each sentence the positions of its nearest twins, (sentences, TWINS)."""
    vectors = np.asarray(index.sentence_vectors)
    size = len(vectors)
    twins = np.full((size, TWINS), size)
    for first in range(0, size, 1_000):  # a large index a piece at a time
        alike = vectors[first : first + 1_000] @ vectors.T
        alike[np.arange(len(alike)), first + np.arange(len(alike))] = 0.0
        order = np.argsort(-alike, axis=1)[:, :TWINS]
        near = np.take_along_axis(alike, order, axis=1) >= ALIKE
        twins[first : first + len(alike), : order.shape[1]] = np.where(near, order, size)
    return twins


def packaged(with_banks: bool) -> dict[str, np.ndarray]:
    """The networks that come with the program: for a report with banks, or for any other report."""
    return arrays("evidence" if with_banks else "evidence_without_banks")
