"""Train whether the report states what is asked: assistant/learned/decision.json, from the banks and the near misses; the threshold
from development cases.

    python -m evals.training decision
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from assistant.answering.decision import Decision
from assistant.answering.evidence import Weigher
from assistant.answering.ranking import Ranking
from assistant.assistant import Assistant
from evals.training.common import development, fit_network, kept
from evals.training.evidence import asked_of, broad_found
from evals.training.folds import folds, without
from evals.training.kinds import GROUPS, held_out_kinds
from index.search import Searcher

REFUSED = 0.015  # the share of answerable development questions that may be refused


def decision_rows(engine: Assistant) -> Iterator[tuple[np.ndarray, bool]]:
    """The decision's features of every question that the banks answer (True) and every near miss (False), seen by the other voices'."""
    index = engine.index
    for query, found, kinds, mapped, _ in broad_found(engine):
        yield engine.decision.features(query, found, engine.weigher.weigh(found, kinds, mapped)), True
    _, others = held_out_kinds(index.folder)
    for fold in folds(index):
        made = without(index, fold)
        searcher, ranking, weigher, decision = Searcher(made), Ranking(made), Weigher(made), Decision(made)
        for texts, answerable in (
            ([index.questions[at] for at in fold.questions], True), ([index.near_misses[at] for at in fold.misses], False),
        ):  # fmt: skip
            for query, vector, text in asked_of(engine, texts):
                found = ranking.rank(query, searcher.search(query.search, vector))
                kinds = others[text.voice % GROUPS].probabilities(query.text, vector)
                yield decision.features(query, found, weigher.weigh(found, kinds)), answerable
        print(f"asked {len(fold.questions)} questions and {len(fold.misses)} near misses", flush=True)


def train_decision(engine: Assistant) -> None:
    """A small network for "the report states it"; the threshold refuses REFUSED of the answerable development cases."""
    _fit_decision("decision.json", engine, decision_rows(engine), REFUSED)


def _fit_decision(name: str, engine: Assistant, pieces: Iterator[tuple[np.ndarray, bool]], refused: float) -> None:
    rows, labels = zip(*pieces, strict=True)
    value = {**fit_network(np.stack(rows), np.array(labels)), "threshold": 0.0}
    engine.decision = Decision(engine.index, value)
    cases = development(engine.index)
    answers = list(engine.ask_many([(case.question, (), case.id) for case in cases]))
    searched = [(c, a.confidence) for c, a in zip(cases, answers, strict=True) if a.confidence is not None]
    right = np.array([confidence for case, confidence in searched if case.answerable])
    wrong = np.array([confidence for case, confidence in searched if not case.answerable])
    for share in (0.01, 0.02, 0.03, 0.04, 0.06, 0.08, 0.12):
        at = float(np.quantile(right, share))
        print(
            f"threshold {at:.3f}: refuses {share:.0%} of {len(right)} answerable, catches {(wrong < at).mean():.0%} of {len(wrong)}"
        )
    kept(name, {**value, "threshold": round(float(np.quantile(right, refused)), 4)})
