"""Scored cases -> the numbers of a run, each with its interval. Pure; knows no files and no HTML.

An Estimate is made over the cases that have the score; how many have none, and why, is told beside it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from evals.answers import Reply, missing
from evals.cases import SLICES, Case
from evals.measures.evidence import Evidence
from evals.measures.metrics import Score, expected_outcome, score
from evals.measures.statistics import Estimate, area, clustered, compare_means, compare_shares, confusion, risk_coverage, wilson


@dataclass(frozen=True)
class Headline:
    """A number of the summary: its name among the scores, how it is written out, and whether more is better."""

    name: str
    label: str
    share: bool  # each score is 0 or 1: Wilson; otherwise a mean with a clustered bootstrap
    better: str  # "up", "down" or "" for what is only described


HEADLINES = (
    Headline("strict", "Right in every respect (strict)", True, "up"),
    Headline("truthfulness", "Truthfulness: right minus wrong", False, "up"),
    Headline("key_fact_recall", "Key facts in the answer", False, "up"),
    Headline("vital_fact_recall", "Vital facts in the answer", False, "up"),
    Headline("hit@1", "Gold passage ranked first (hit@1)", True, "up"),
    Headline("hit@3", "Gold passage among the first 3 (hit@3)", True, "up"),
    Headline("hit@5", "Gold passage among the first 5 (hit@5)", True, "up"),
    Headline("recall@5", "Gold passages among the first 5 (recall@5)", False, "up"),
    Headline("mrr@10", "MRR@10", False, "up"),
    Headline("ndcg@10", "nDCG@10", False, "up"),
    Headline("unjudged@10", "Unjudged among the first 10", False, ""),
    Headline("citation_precision_strict", "Citation precision, strict", False, "up"),
    Headline("citation_recall_strict", "Citation recall, strict", False, "up"),
    Headline("citation_f1_strict", "Citation F1, strict", False, "up"),
    Headline("citation_precision_lenient", "Citation precision", False, "up"),
    Headline("citation_recall_lenient", "Citation recall", False, "up"),
    Headline("citation_f1_lenient", "Citation F1", False, "up"),
    Headline("valid_citations", "Every citation exists", True, "up"),
    Headline("verbatim_quotes", "Every quote is verbatim", True, "up"),
    Headline("quotes_shown", "Every citation is quoted in the answer", True, "up"),
    Headline("abstention_precision", "Abstention precision", True, "up"),
    Headline("abstention_recall", "Abstention recall", True, "up"),
    Headline("abstention_f1", "Abstention F1", False, "up"),
    Headline("wrong_refusals", "Wrong refusals", True, "down"),
    Headline("injected", "Injected text in the answer", True, "down"),
    Headline("words", "Words per answer", False, ""),
    Headline("citations", "Citations per answer", False, ""),
)
BY_SLICE = ("strict", "key_fact_recall", "hit@5", "citation_f1_lenient")
BESIDE = ("strict", "truthfulness", "key_fact_recall", "hit@5", "citation_precision_lenient", "abstention_f1", "words")
LABELS = {headline.name: headline.label for headline in HEADLINES}


@dataclass(frozen=True)
class Scored:
    """A case with the reply to it and its scores by name."""

    case: Case
    reply: Reply
    scores: dict[str, Score]

    def value(self, name: str) -> float | None:
        return self.scores[name].value

    @property
    def right(self) -> bool:
        return self.scores["strict"].value == 1.0

    def to_dict(self) -> dict[str, Any]:
        """The line of scores.jsonl."""
        scores = {name: {"value": one.value, "reason": one.reason} for name, one in self.scores.items()}
        case = self.case
        return {"id": case.id, "slice": case.slice, "split": case.split, "cluster": case.cluster, "scores": scores}


def score_all(cases: Iterable[Case], replies: dict[str, Reply], evidence: Evidence) -> tuple[Scored, ...]:
    """Every case scored; one without a reply counts as an error."""
    found = ((case, replies.get(case.id) or missing(case.id, case.question)) for case in cases)
    return tuple(Scored(case, reply, score(case, reply, evidence)) for case, reply in found)


def estimates(scored: Sequence[Scored], names: Iterable[str] = LABELS) -> dict[str, Estimate]:
    """The headline numbers of some scored cases."""
    shares = {headline.name for headline in HEADLINES if headline.share}
    return {name: _abstention_f1(scored) if name == "abstention_f1" else _one(scored, name, name in shares) for name in names}


def _one(scored: Sequence[Scored], name: str, is_share: bool) -> Estimate:
    valued = [(one.case.cluster, value) for one in scored if (value := one.value(name)) is not None]
    unscored = len(scored) - len(valued)
    if is_share:
        return wilson(sum(value == 1.0 for _, value in valued), len(valued), unscored)
    return clustered([value for _, value in valued], [1.0] * len(valued), [cluster for cluster, _ in valued], unscored)


def _abstention_f1(scored: Sequence[Scored]) -> Estimate:
    """2 TP / (2 TP + FP + FN), which is F1, as a ratio of sums; an interval follows as for any ratio."""
    hit = [one.value("abstention_recall") == 1.0 for one in scored]
    wrong = [one.value("wrong_refusals") == 1.0 or one.value("abstention_recall") == 0.0 for one in scored]
    wholes = [2.0 * h + w for h, w in zip(hit, wrong, strict=True)]
    return clustered([2.0 * h for h in hit], wholes, [one.case.cluster for one in scored])


def summarise(scored: Sequence[Scored]) -> dict[str, Any]:
    """The numbers of a run: headlines, slices, splits, outcomes, risk and coverage, latency, what has no score and why."""
    slices = {name: [one for one in scored if one.case.slice == name] for name in SLICES}
    splits = {name: [one for one in scored if one.case.split == name] for name in ("dev", "test")}
    surest = [
        (one.reply.confidence, one.right)
        for one in scored
        if one.reply.outcome == "answered" and one.reply.confidence is not None
    ]
    points = risk_coverage(surest, len(scored))
    return {
        "n": len(scored),
        "headlines": _plain(estimates(scored)),
        "splits": {name: {"n": len(part), **_plain(estimates(part))} for name, part in splits.items() if part},
        "slices": {name: {"n": len(part), **_plain(estimates(part, BY_SLICE))} for name, part in slices.items() if part},
        "confusion": confusion((expected_outcome(one.case), one.reply.outcome) for one in scored),
        "risk_coverage": {"points": points, "area": area(points)},
        "latency": latency(one.reply.seconds for one in scored),
        "unscored": unscored(scored),
        "misses": [one.case.id for one in scored if not one.right],
    }


def _plain(found: dict[str, Estimate]) -> dict[str, dict[str, Any]]:
    return {name: asdict(one) for name, one in found.items()}


def latency(seconds: Iterable[float | None]) -> dict[str, float | int | None]:
    """Median and 95th percentile of the seconds an answer took."""
    timed = [one for one in seconds if one is not None]
    if not timed:
        return {"n": 0, "median": None, "p95": None}
    return {"n": len(timed), "median": float(np.median(timed)), "p95": float(np.percentile(timed, 95))}


def unscored(scored: Iterable[Scored]) -> dict[str, dict[str, int]]:
    """How many cases have no value of a score, by reason."""
    counts: dict[str, Counter[str]] = {}
    for one in scored:
        for name, value in one.scores.items():
            if value.value is None:
                counts.setdefault(name, Counter())[value.reason] += 1
    return {name: dict(reasons) for name, reasons in counts.items()}


def beside(ours: Sequence[Scored], theirs: Sequence[Scored]) -> dict[str, Any]:
    """Another system's numbers on the same cases, and the paired comparison of right and wrong."""
    paired = compare_shares({one.case.id: one.right for one in theirs}, {one.case.id: one.right for one in ours})
    return {
        "n": len(theirs),
        **_plain(estimates(theirs, BESIDE)),
        "gained": len(paired.gained),
        "lost": len(paired.lost),
        "p": paired.p,
    }


def robustness(original: Sequence[Scored], derived: Sequence[Scored]) -> dict[str, Any]:
    """A derived set: strict in itself, the paired drop from the originals, and how often outcome and citations stay the same."""
    by_id = {one.case.id: one for one in original}
    pairs = [(by_id[one.case.origin], one) for one in derived if one.case.origin in by_id]
    paired = compare_shares({d.case.id: o.right for o, d in pairs}, {d.case.id: d.right for _, d in pairs})
    same = [_said_same(o.reply, d.reply) for o, d in pairs]
    followed = [one for one in derived if one.value("injected") == 1.0]
    return {
        "n": len(derived), "strict": asdict(wilson(sum(one.right for one in derived), len(derived))),
        "original": paired.before, "drop": paired.drop, "p": paired.p,
        "gained": list(paired.gained), "lost": list(paired.lost),
        "consistency": asdict(wilson(sum(same), len(same))), "injected": [one.case.id for one in followed],
    }  # fmt: skip


def _said_same(first: Reply, second: Reply) -> bool:
    return first.outcome == second.outcome and {c.passage for c in first.citations} == {c.passage for c in second.citations}


def comparison(before: Sequence[dict[str, Any]], after: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Two runs by the lines of their scores.jsonl: every headline paired, with the questions gained and lost."""
    result = {}
    for headline in HEADLINES:
        if headline.name not in (before[0]["scores"] if before else {}):
            continue
        first, second = (
            {one["id"]: v for one in run if (v := one["scores"][headline.name]["value"]) is not None} for run in (before, after)
        )
        if headline.share:
            as_bool = ({i: v == 1.0 for i, v in run.items()} for run in (first, second))
            result[headline.name] = asdict(compare_shares(*as_bool))
        else:
            result[headline.name] = asdict(compare_means(first, second))
    return result
