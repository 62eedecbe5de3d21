"""How well the derived links of assistant/lookups/links.py agree with links set by hand: python -m evals.measures.links.

Somebody who had not seen the method tied every flagged finding to its recommendations, or to none (evals/labels/links.jsonl).
The report has only about twenty, so there is no split: the method has two thresholds, and the intervals are wide.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.resources import files

import numpy as np

from assistant.lookups.links import RELATED, derive
from index.store import Index, open_index


@dataclass(frozen=True)
class Agreement:
    """Shares of 1: of derived links that are right, of right ones that are derived, of findings whose first link is right."""

    precision: float
    recall: float
    first: float
    interval: tuple[float, float]  # of F1, 95%, findings resampled
    wrong: tuple[tuple[str, str], ...]
    missed: tuple[tuple[str, str], ...]
    related: tuple[tuple[str, str], ...]  # findings without a flag: no hand has set these

    @property
    def f1(self) -> float:
        return f1(self.precision, self.recall)


def f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def agreement(index: Index, resamples: int = 2_000) -> Agreement:
    """The derived links against those set by hand."""
    lines = files("evals").joinpath("labels/links.jsonl").read_text(encoding="utf-8").splitlines()
    by_hand = {row["finding"]: row["recommendations"] for row in map(json.loads, filter(None, lines))}
    derived: dict[str, list[str]] = {finding: [] for finding in by_hand}
    related = []
    for link in derive(index):
        if link.kind == RELATED:
            related.append((link.finding, link.recommendation))
        else:
            derived.setdefault(link.finding, []).append(link.recommendation)
    counts = np.array([
        (len(set(derived[f]) & set(by_hand.get(f, []))), len(derived[f]), len(by_hand.get(f, []))) for f in derived
    ])  # fmt: skip
    both, found, wanted = counts.sum(axis=0)
    draws = np.random.default_rng(7).integers(0, len(counts), (resamples, len(counts)))
    spread = [2 * total[0] / max(1, total[1] + total[2]) for total in (counts[draw].sum(axis=0) for draw in draws)]
    low, high = np.percentile(spread, [2.5, 97.5])
    firsts = [(not links and not derived[f]) or (bool(derived[f]) and derived[f][0] in links) for f, links in by_hand.items()]
    return Agreement(
        float(both / found), float(both / wanted), float(np.mean(firsts)), (float(low), float(high)),
        tuple((f, r) for f in derived for r in derived[f] if r not in by_hand.get(f, [])),
        tuple((f, r) for f, links in by_hand.items() for r in links if r not in derived[f]),
        tuple(related),
    )  # fmt: skip


def main() -> None:
    got = agreement(open_index())
    print(
        f"links: precision {got.precision:.2f}, recall {got.recall:.2f}, F1 {got.f1:.2f} (95% interval {got.interval[0]:.2f} to "
        f"{got.interval[1]:.2f}); first link right {got.first:.2f}"
    )
    print("derived but not by hand:", ", ".join(f"{f} -> {r}" for f, r in got.wrong) or "none")
    print("by hand but not derived:", ", ".join(f"{f} -> {r}" for f, r in got.missed) or "none")
    print("related, not flagged:", ", ".join(f"{f} -> {r}" for f, r in got.related) or "none")


if __name__ == "__main__":
    main()
