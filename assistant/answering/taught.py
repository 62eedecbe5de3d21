"""Evidence for a report that was taught: what its own banks tell of a sentence, weighed beside what is found without any.

The networks without banks see each search as if there were no banks, so that they meet what they were trained on. How much a few
hundred questions of somebody's own may add is learned across reports, with the authors of a question left out of the banks that
it is asked of (taught.json, `python -m evals.training.networks.taught FOLDER`). No report's teaching changes these coefficients.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np

from assistant.answering.evidence import Bare, Evidence, Weigher
from assistant.answering.ranking import Ranking
from assistant.answering.reranking import log_odds
from assistant.learned.classifier import numbers
from assistant.question.kinds import FACT
from assistant.question.understanding import Query
from index.opened import Index
from index.search import SIGNALS, Found

FEATURES = 20  # of a sentence
BANK, BANK_PASSAGE, PROBE, PROBE_PASSAGE = map(
    SIGNALS.index, ("bank_sentence", "bank_passage", "probe_sentence", "probe_passage")
)


class TaughtWeigher:
    """Weighs the sentences of one index that was taught. `weights` is taught.json."""

    def __init__(self, index: Index, ranking: Ranking, weigher: Weigher, weights: dict[str, Any] | None = None) -> None:
        self.index = index
        self._ranking = ranking
        self._weigher = weigher
        self._given = weights

    @cached_property
    def weights(self) -> dict[str, Any]:
        return self._given or numbers("taught")

    def weigh(self, query: Query, found: Found, search_weights: dict[str, float], kinds: np.ndarray) -> Evidence:
        """The evidence of a search: probabilities by both, and what there is without banks (Evidence.bare)."""
        without = self._ranking.rank(query, found.without_banks(search_weights))
        before = self._weigher.weigh(without, kinds)
        made = probabilities(np.array(self.weights["sentence"]), before, found)
        return replace(before, probabilities=made, bare=Bare(without, before.probabilities))


def probabilities(weights: np.ndarray, before: Evidence, found: Found) -> np.ndarray:
    """The probability of each sentence that it belongs in the answer, float32 (sentences,); `before` is what is told without
    banks.
    """
    told = features(before, found) @ weights
    return np.where(found.index.searchable, 1 / (1 + np.exp(-told)), 0.0).astype(np.float32)


def features(before: Evidence, found: Found) -> np.ndarray:
    """What is weighed of each sentence, (sentences, FEATURES): what is told without banks and by each bank, and the same as far
    as a fact is asked for.
    """
    signals, mapped = found.signals, np.clip(found.mapped, 0, 1.5)
    bank, probe = signals[:, BANK], np.clip(signals[:, PROBE], -0.5, 1.5)
    own = np.stack(
        [
            np.ones(len(bank)), log_odds(before.probabilities), bank, bank - bank.max(initial=0.0), probe, probe - probe.max(initial=0.0),
            mapped, mapped - mapped.max(initial=0.0), signals[:, BANK_PASSAGE], np.clip(signals[:, PROBE_PASSAGE], -0.5, 1.5),
        ],
        axis=1,
    )  # fmt: skip
    return np.concatenate([own, own * float(before.kinds[FACT])], axis=1)
