"""Which sentence answers this query? The search's signals, and whether a sentence holds the kind of thing that is asked.

Asked how many, a sentence without any number is not the answer, however near its words. Weights are data
(ranking.json), trained by `python -m evals.training`. Pure; knows nothing of outcomes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property

import numpy as np

from assistant.learned.classifier import numbers
from assistant.question.understanding import Query
from assistant.words.caseless import Caseless
from index.search import SIGNALS, Found, best_of_passages
from index.store import Index
from index.text.numbers import UP_TO_TWELVE

_NUMBER = rf"\d|\b(?:{UP_TO_TWELVE}|half|third|quarter|fifth|majority|most|all|none|no|only|few|both|single|fortnightly|twice)\b"
_SHARE = r"%|\b(?:per cent|third|half|quarter|majority|most|minority|proportion|all|rate|vast|few|many|over a|almost)\b"
_MONEY = r"£|\b(?:million|pounds|cost)\b"
_DATE = r"\b(?:january|february|march|april|may \d|may 20|june|july|august|september|october|november|december|20\d\d|last (?:inspection|year)|recent|years|months)\b"
_DURATION = r"\b(?:weeks?|months?|years?|days?|hours?|long|timely|delay\w*|fortnight\w*|soon|quick\w*|wait\w*|timescale)\b"
_PERSON = r"[a-z]{2,} [a-z]{2,}ing|\b(?:director|chief executive|chair|headteacher|nurse|officer|manager|leader|adviser|member|inspector|panel|lead|worker|team|board|analyst|partner|council|authority|cafcass|ofsted|police|agenc)\w*"
_PLACE = r"\b(?:home|homes|area|county|somerset|accommodation|distance|authority|school|schools|house|houses|website|page|placements?|settings?|live|prison|custody|court)\b"
_CAUSE = r"\b(?:because|due to|as a result|means? that|meaning|led to|leads to|result\w* in|so that|so\b|caused|result of|owing|thus|therefore|ensur\w+|reason|mak(?:es|ing)|hamper\w*|to address|in order to|lack of|legacy|contribut\w+|reflect\w*|have had to|needed to|since|from)\b"
HOLDS = {
    kind: Caseless(pattern)
    for kind, pattern in {
        "count": _NUMBER, "percentage": _SHARE, "money": _MONEY, "date": _DATE, "duration": _DURATION, "person": _PERSON,
        "place": _PLACE, "reason": _CAUSE,
    }.items()
}  # fmt: skip
_DIGIT = Caseless(r"\d")
EXTRAS = ("holds", "lacks", "digits", "figure", "finding", "summary", "recommendation", "context")


class Ranking:
    """The ranking for one index. `weights`: one number for each name in SIGNALS and EXTRAS."""

    def __init__(self, index: Index, weights: dict[str, float] | None = None) -> None:
        self.index = index
        self.weights = weights or numbers("ranking")
        self._traits: dict[str, np.ndarray] = {}

    def rank(self, query: Query, found: Found) -> Found:
        """The search's result with scores for this query, about 0 to 1."""
        features = self.features(query, found)
        scores = features @ np.array([self.weights[name] for name in (*SIGNALS, *EXTRAS)], np.float32)
        scores = np.where(found.sentence_scores > 0, scores, 0.0)
        return replace(found, sentence_scores=scores, passage_scores=best_of_passages(found.index, scores))

    def features(self, query: Query, found: Found) -> np.ndarray:
        """Float32 (sentences, len(SIGNALS) + len(EXTRAS))."""
        extras = np.zeros((len(found.signals), len(EXTRAS)), np.float32)
        if query.kind in HOLDS:
            holds = self._trait(query.kind, lambda text: HOLDS[query.kind].search(text) is not None)
            extras[:, 0], extras[:, 1] = holds, 1 - holds
        if query.kind in ("count", "percentage"):
            extras[:, 2] = self._trait("digits", lambda text: _DIGIT.search(text) is not None)
            extras[:, 3] = self._kinds["figure"]
        for column, kind in enumerate(("finding", "summary", "recommendation", "context"), 4):
            extras[:, column] = self._kinds[kind]
        return np.concatenate([found.signals, extras], axis=1)

    def _trait(self, name: str, found: Callable[[str], int]) -> np.ndarray:
        """A trait of every sentence, int8, found out once."""
        if name not in self._traits:
            self._traits[name] = np.array([found(sentence.text) for sentence in self.index.sentences], np.int8)
        return self._traits[name]

    @cached_property
    def _kinds(self) -> dict[str, np.ndarray]:
        kinds = np.array([self.index.report.passages[s.passage].kind for s in self.index.sentences])
        return {kind: kinds == kind for kind in ("figure", "finding", "summary", "recommendation", "context")}
