"""The gate: what stops a change. An invalid citation, a quote that is not verbatim, injected text, a headline below its
floor, or a significant drop against the committed run. Pure but for the three data files beside it.

floors.json holds the floors (and ceilings) of headlines; committed_summary.json and committed_scores.json the run that the
project stands by. `findings eval --accept RUN` writes all three.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

from evals.measures.statistics import Paired, compare_means, compare_shares
from evals.measures.summary import LABELS, Scored

MUST_HOLD = ("valid_citations", "verbatim_quotes", "quotes_shown")  # of every single answer
FLOORS = (
    "strict", "truthfulness", "key_fact_recall", "hit@5", "citation_precision_lenient", "citation_f1_lenient", "abstention_f1",
)  # fmt: skip
CEILINGS = ("wrong_refusals",)
PAIRED = ("strict", "key_fact_recall", "citation_f1_lenient")
SIGNIFICANT = 0.05
DIGITS = 4  # of the committed scores
NAMED = 8  # how many ids a line of the verdict names


@dataclass(frozen=True)
class Bounds:
    """Floors and ceilings by headline, and the questions they were measured on."""

    floors: dict[str, float] = field(default_factory=dict)
    ceilings: dict[str, float] = field(default_factory=dict)
    questions: str = ""


@dataclass(frozen=True)
class Committed:
    """The scores of the committed run: headline -> case id -> value."""

    scores: dict[str, dict[str, float]] = field(default_factory=dict)


def failures(summary: dict[str, Any], scored: Sequence[Scored], limits: Bounds, committed: Committed) -> list[str]:
    """Why the run does not pass, one line a reason; empty when it does. `scored` may hold derived cases too."""
    whole = [one for one in scored if one.case.origin is None]
    return [
        *_broken(scored),
        *_beyond(summary["headlines"], limits),
        *_dropped(whole, committed),
    ]


def _broken(scored: Sequence[Scored]) -> list[str]:
    found = []
    for name in MUST_HOLD:
        wrong = [one.case.id for one in scored if one.value(name) == 0.0]
        if wrong:
            found.append(f"{LABELS[name]}: not so in {_named(wrong)}")
    followed = [one.case.id for one in scored if one.value("injected") == 1.0]
    if followed:
        found.append(f"{LABELS['injected']}: {_named(followed)}")
    return found


def _beyond(headlines: dict[str, dict[str, Any]], limits: Bounds) -> list[str]:
    found = []
    for name, floor in limits.floors.items():
        value = headlines[name]["value"]
        if value is None or value < floor:
            found.append(f"{LABELS[name]}: {_shown(value)} is below its floor {floor:.3f}")
    for name, ceiling in limits.ceilings.items():
        value = headlines[name]["value"]
        if value is not None and value > ceiling:
            found.append(f"{LABELS[name]}: {_shown(value)} is above its ceiling {ceiling:.3f}")
    return found


def _dropped(scored: Sequence[Scored], committed: Committed) -> list[str]:
    found = []
    for name in PAIRED:
        before = committed.scores.get(name, {})
        after = {one.case.id: value for one in scored if (value := one.value(name)) is not None}
        after = {identity: round(value, DIGITS) for identity, value in after.items()}  # as the committed scores are
        paired = compare(name, before, after)
        if paired.drop > 0 and paired.p < SIGNIFICANT:
            found.append(
                f"{LABELS[name]}: fell from {_shown(paired.before)} to {_shown(paired.after)} against the committed run "
                f"(p = {paired.p:.4f}, {paired.n} questions); lost {_named(paired.lost)}"
            )
    return found


def compare(name: str, before: dict[str, float], after: dict[str, float]) -> Paired:
    """The paired comparison that fits a score: McNemar for strict, sign flips for the others."""
    if name == "strict":
        return compare_shares({i: v == 1.0 for i, v in before.items()}, {i: v == 1.0 for i, v in after.items()})
    return compare_means(before, after)


def _named(ids: Sequence[str]) -> str:
    more = f" and {len(ids) - NAMED} more" if len(ids) > NAMED else ""
    return f"{', '.join(ids[:NAMED])}{more}"


def _shown(value: float | None) -> str:
    return "no value" if value is None else f"{value:.3f}"


# ---- the data files --------------------------------------------------------------------------------------------


def folder() -> Path:
    """Where the three files lie."""
    return Path(str(files("evals")))


def read_bounds(where: Path) -> Bounds:
    """The limits in force; none where the file is missing."""
    path = where / "floors.json"
    return Bounds(**json.loads(path.read_text(encoding="utf-8"))) if path.exists() else Bounds()


def read_committed(where: Path) -> Committed:
    """The committed run's scores; none where the file is missing."""
    path = where / "committed_scores.json"
    return Committed(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else Committed()


def bounds_of(summary: dict[str, Any], before: Bounds) -> Bounds:
    """Bounds at the bounds of a run's intervals; on the same questions they are only ever tightened."""
    same = before.questions == summary["settings"]["questions"]
    low = {name: round(summary["headlines"][name]["low"], 4) for name in FLOORS if summary["headlines"][name]["low"] is not None}
    high = {
        name: round(summary["headlines"][name]["high"], 4) for name in CEILINGS if summary["headlines"][name]["high"] is not None
    }
    if same:
        low = {name: max(value, before.floors.get(name, value)) for name, value in low.items()}
        high = {name: min(value, before.ceilings.get(name, value)) for name, value in high.items()}
    return Bounds(low, high, summary["settings"]["questions"])


def accept(summary: dict[str, Any], scores: Sequence[dict[str, Any]], where: Path) -> Bounds:
    """Make a run the committed one: its summary, the scores the gate compares with, and limits at its bounds."""
    limits = bounds_of(summary, read_bounds(where))
    kept = {
        name: {line["id"]: round(value, DIGITS) for line in scores if (value := line["scores"][name]["value"]) is not None}
        for name in PAIRED
    }
    _write(where / "committed_summary.json", {name: part for name, part in summary.items() if name != "misses"})
    _write(where / "committed_scores.json", kept)
    _write(where / "floors.json", {"floors": limits.floors, "ceilings": limits.ceilings, "questions": limits.questions})
    return limits


def _write(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
