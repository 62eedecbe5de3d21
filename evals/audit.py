"""The cases judged, not the answers: how hard they are, how fresh, and what of the report they leave out.

Reports cases nearly the same as a question of the bank or a near miss (which would measure memory), the words that
questions share with the passages that answer them, the dense baseline's hit@5, and passages that no case has as gold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evals.cases import Case
from evals.comparisons.baselines import dense
from evals.measures.evidence import Evidence, plain
from evals.measures.metrics import holds
from index.passages import Passage
from index.store import Index
from index.text.words import tokens

TOO_CLOSE = 0.9  # cosine from which a case counts as known to the question bank
FIGURE_PAGES = (1, 6, 7, 8)
MOST_HITS = 0.80  # the fact cases are hard enough when the dense baseline's hit@5 is no more than this


@dataclass(frozen=True)
class Echo:
    """A case nearly the same as a stored question."""

    case: str
    question: str
    stored: str
    cosine: float


@dataclass(frozen=True)
class Audit:
    """What was found about the cases."""

    n: int
    test: int
    echoes: tuple[Echo, ...]
    shared_words: float | None  # mean share of a question's content words that stand in its gold passages
    dense_hits: dict[str, tuple[int, int]]  # slice -> hits at 5, cases
    left_out: tuple[str, ...]
    unheld: tuple[str, ...]  # cases with a key fact that no passage they name holds

    def lines(self) -> list[str]:
        """The audit for a person to read."""
        hits, asked = self.dense_hits.get("fact", (0, 0))
        rate = f"{hits / asked:.2f} ({hits} of {asked}; at most {MOST_HITS:.2f} is wanted)" if asked else "no such cases"
        shared = "-" if self.shared_words is None else f"{self.shared_words:.2f}"
        found = [
            f"{self.n} cases, {self.test} of them test",
            f"Dense baseline's hit@5 on fact cases: {rate}",
            "Dense baseline's hit@5 by slice: " + ", ".join(f"{name} {h}/{n}" for name, (h, n) in self.dense_hits.items()),
            f"Content words of a question that stand in its gold passages, mean share: {shared}",
            f"Passages that no case has as gold: {', '.join(self.left_out) or 'none'}",
            f"Cases with a key fact that their passages do not hold: {', '.join(self.unheld) or 'none'}",
            f"Cases with a cosine of {TOO_CLOSE} or more to a stored question: {len(self.echoes) or 'none'}",
        ]
        return found + [f"  {e.case} ({e.cosine:.3f}) {e.question!r} ~ {e.stored!r}" for e in self.echoes]


def audit(cases: Sequence[Case], index: Index, evidence: Evidence) -> Audit:
    """Audit the cases against an opened index."""
    overlaps = [share for case in cases if (share := shared_words(case, evidence)) is not None]
    return Audit(
        n=len(cases), test=sum(case.split == "test" for case in cases), echoes=tuple(echoes(cases, index)),
        shared_words=float(np.mean(overlaps)) if overlaps else None, dense_hits=dense_hits(cases, index),
        left_out=tuple(left_out(cases, evidence.report.passages)),
        unheld=tuple(case.id for case in cases if not facts_held(case, evidence)),
    )  # fmt: skip


def echoes(cases: Sequence[Case], index: Index) -> list[Echo]:
    """The cases too close to a question of the bank or to a near miss, closest first. Follow-ups are judged by their last turn."""
    stored = [q.text for q in index.questions] + [miss.text for miss in index.near_misses]
    if not stored or not cases:
        return []
    vectors = np.vstack([rows for rows in (index.question_vectors, index.near_miss_vectors) if len(rows)])
    likeness = index.embedder.embed([case.question for case in cases]) @ vectors.T
    best = likeness.argmax(axis=1)
    found = [
        Echo(case.id, case.question, stored[at], float(row[at]))
        for case, row, at in zip(cases, likeness, best, strict=True)
        if row[at] >= TOO_CLOSE
    ]
    return sorted(found, key=lambda echo: -echo.cosine)


def shared_words(case: Case, evidence: Evidence) -> float | None:
    """The share of the question's content words (stems) that stand in its gold passages; None without either."""
    asked = set(tokens(case.question))
    if not asked or not case.gold:
        return None
    texts = (f"{p.context or ''} {p.text}" for p in (evidence.passages[identity] for identity in case.gold))
    return len(asked & set(tokens(" ".join(texts)))) / len(asked)


def dense_hits(cases: Sequence[Case], index: Index) -> dict[str, tuple[int, int]]:
    """By slice, in how many cases a gold passage is among the five nearest by cosine, and of how many."""
    passages = index.report.passages
    counts: dict[str, tuple[int, int]] = {}
    for case in cases:
        if not case.gold or case.history:
            continue
        rated = dense(index, case.question)
        nearest = [passages[at].id for at in np.argsort(-rated, kind="stable") if passages[at].searchable][:5]
        hits, n = counts.get(case.slice, (0, 0))
        counts[case.slice] = (hits + bool(set(nearest) & set(case.gold)), n + 1)
    return counts


def left_out(cases: Sequence[Case], passages: Sequence[Passage]) -> list[str]:
    """The numbered paragraphs, and the figures and judgements of the figure pages, that are gold for no case."""
    gold = {identity for case in cases for identity in case.gold}
    wanted = [p for p in passages if p.number or (p.page in FIGURE_PAGES and p.kind in ("figure", "judgement") and p.searchable)]
    return [p.id for p in wanted if p.id not in gold]


def facts_held(case: Case, evidence: Evidence) -> bool:
    """Whether every key fact stands in a passage that the case names, so that a verbatim answer can hold it."""
    passages = [evidence.passages[identity] for identity in case.relevant]
    joined = (
        f"{(p.context or '').rstrip(':')}{join}{p.text}" for p in passages for join in (" ", ": ")
    )  # as files and as answers write it
    texts = [plain(text) for text in joined]
    return all(any(holds(text, one) for text in texts for one in fact.any) for fact in case.key_facts)
