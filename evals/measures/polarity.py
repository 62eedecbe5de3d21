"""How well the marks of assistant/words/polarity.py agree with marks set by hand: python -m evals.measures.polarity [--errors].

Every sentence of the findings was labelled twice by people who had not seen the method or each other's marks
(evals/labels/polarity.jsonl: `label`, `second`). Half of the sentences, by a digest of their words, may be looked at when cues
are changed (dev); the other half is only measured (test).
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections import Counter
from dataclasses import dataclass, replace
from importlib.resources import files

import numpy as np

from assistant.words.polarity import MIXED, NEGATIVE, NEUTRAL, POSITIVE, polarity

MARKS = (POSITIVE, NEGATIVE, MIXED, NEUTRAL)
RESAMPLES = 2_000


@dataclass(frozen=True)
class Labelled:
    """A sentence of a finding, its mark set by hand, the mark of the method, and the mark of a second hand, if any."""

    paragraph: str
    sentence: str
    label: str
    found: str
    second: str | None = None

    @property
    def split(self) -> str:
        return "dev" if hashlib.sha256(self.sentence.encode()).digest()[0] % 2 == 0 else "test"


@dataclass(frozen=True)
class Agreement:
    """How a set of marks agrees: shares of 1, `interval` a 95% bootstrap interval of macro F1."""

    size: int
    accuracy: float
    macro_f1: float
    interval: tuple[float, float]
    f1: dict[str, float]
    confusion: dict[tuple[str, str], int]


def read() -> list[Labelled]:
    """Every labelled sentence with the method's mark."""
    lines = files("evals").joinpath("labels/polarity.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines if line.strip()]
    return [Labelled(r["paragraph"], r["sentence"], r["label"], polarity(r["sentence"]), r.get("second")) for r in rows]


def agreement(rows: list[Labelled], resamples: int = RESAMPLES) -> Agreement:
    """Accuracy, F1 of each mark and their mean, and the confusion matrix (label, found)."""
    labels = np.array([MARKS.index(row.label) for row in rows])
    found = np.array([MARKS.index(row.found) for row in rows])
    f1 = scores(labels, found)
    draws = np.random.default_rng(7).integers(0, len(rows), (resamples, len(rows)))
    spread = [float(np.nanmean(scores(labels[draw], found[draw]))) for draw in draws]
    low, high = np.percentile(spread, [2.5, 97.5])
    return Agreement(
        len(rows), float((labels == found).mean()), float(np.nanmean(f1)), (float(low), float(high)),
        dict(zip(MARKS, map(float, f1), strict=True)), dict(Counter((row.label, row.found) for row in rows)),
    )  # fmt: skip


def kappa(rows: list[Labelled]) -> float:
    """Agreement of the two hands beyond chance (Cohen, 1960); rows without a second mark are left out."""
    pairs = [(row.label, row.second) for row in rows if row.second is not None]
    agreed = sum(first == second for first, second in pairs) / len(pairs)
    first, second = Counter(one for one, _ in pairs), Counter(one for _, one in pairs)
    chance = sum(first[mark] * second[mark] for mark in MARKS) / len(pairs) ** 2
    return (agreed - chance) / (1 - chance)


def scores(labels: np.ndarray, found: np.ndarray) -> np.ndarray:
    """F1 of each mark; nan for a mark that is neither set nor found."""
    both = np.array([((labels == m) & (found == m)).sum() for m in range(len(MARKS))])
    either = np.array([(labels == m).sum() + (found == m).sum() for m in range(len(MARKS))])
    return np.divide(2.0 * both, either, out=np.full(len(MARKS), np.nan), where=either > 0)


def table(name: str, got: Agreement) -> str:
    """The measures and the confusion matrix as Markdown."""
    shares = ", ".join(f"{mark} {value:.2f}" for mark, value in got.f1.items())
    lines = [
        f"**{name}** ({got.size} sentences): macro F1 {got.macro_f1:.2f} (95% interval {got.interval[0]:.2f} to {got.interval[1]:.2f}), "
        f"accuracy {got.accuracy:.2f}; F1: {shares}", "", "| by hand \\ found | " + " | ".join(MARKS) + " |", "|---|" + "---|" * len(MARKS),
    ]  # fmt: skip
    for label in MARKS:
        lines.append(f"| {label} | " + " | ".join(str(got.confusion.get((label, mark), 0)) for mark in MARKS) + " |")
    return "\n".join(lines)


def main(arguments: list[str]) -> None:
    rows = read()
    for name in ("dev", "test", "all"):
        print(table(name, agreement([row for row in rows if name in (row.split, "all")])), end="\n\n")
    again = [replace(row, label=row.second) for row in rows if row.second is not None]
    print(table("all, against the second hand", agreement(again)), end="\n\n")
    print(f"The two hands agree with kappa {kappa(rows):.2f}.")
    if "--errors" in arguments:  # of dev only: test sentences are not for looking at
        for row in rows:
            if row.split == "dev" and row.label != row.found:
                print(f"{row.paragraph}: {row.label} by hand, {row.found} found: {row.sentence}")


if __name__ == "__main__":
    main(sys.argv[1:])
