"""Whether briefings hold the key facts and cite what bears on the topic: python -m evals.briefings [--all].

Topics are those of evals/labels/briefing_topics.jsonl, each tied to a case that was written by somebody who had not seen the
code; only cases of split dev are listed. A cited passage counts as right where the case calls it gold or acceptable.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from importlib.resources import files

import numpy as np

from assistant.assistant import Assistant
from assistant.briefing import LENGTHS, Briefer, NotCovered
from evals.cases import Case, packaged_files, read_cases
from evals.evidence import plain
from evals.metrics import holds_any


@dataclass(frozen=True)
class Measured:
    """One topic: shares of 1, and whether every line is verbatim (the maker checks it: a fault would have stopped it)."""

    topic: str
    facts: float | None  # of the key facts of the case, those that the briefing's lines hold
    precision: float  # of the passages cited as findings, figures and recommendations
    cited: int
    wrong: tuple[str, ...]


def measure(briefer: Briefer, topic: str, case: Case, length: str) -> Measured:
    """One briefing held against the case."""
    try:
        briefing = briefer.brief(topic, length)
    except NotCovered:
        return Measured(topic, 0.0 if case.key_facts else None, 0.0, 0, ())
    said = plain(" ".join(f"{s.passage.context or ''} {s.quote}" for s in briefing.statements))
    facts = [holds_any(said, fact.any) for fact in case.key_facts]
    cited = list(dict.fromkeys(line.passage.id for part in briefing.parts for line in part.lines))
    right = {*case.gold, *case.acceptable}
    wrong = tuple(one for one in cited if one not in right)
    return Measured(topic, float(np.mean(facts)) if facts else None, 1 - len(wrong) / max(1, len(cited)), len(cited), wrong)


def interval(values: list[float]) -> tuple[float, float, float]:
    """The mean with a 95% bootstrap interval over topics."""
    draws = np.random.default_rng(7).choice(values, (2_000, len(values))).mean(axis=1)
    low, high = np.percentile(draws, [2.5, 97.5])
    return float(np.mean(values)), float(low), float(high)


def main(arguments: list[str]) -> None:
    lines = files("evals").joinpath("labels/briefing_topics.jsonl").read_text(encoding="utf-8").splitlines()
    briefer = Briefer(Assistant())
    known = read_cases(packaged_files(), {passage.id for passage in briefer.report.passages})
    cases = {case.id: case for case in known if case.split == "dev"}
    topics = [(row["topic"], cases[row["case"]]) for row in map(json.loads, filter(None, lines)) if row["case"] in cases]
    for length in LENGTHS:
        got = [measure(briefer, topic, case, length) for topic, case in topics]
        facts, precision = interval([m.facts for m in got if m.facts is not None]), interval([m.precision for m in got])
        print(f"{length}, {len(got)} topics: key facts {facts[0]:.2f} ({facts[1]:.2f} to {facts[2]:.2f}), ", end="")
        print(f"citation precision {precision[0]:.2f} ({precision[1]:.2f} to {precision[2]:.2f}), every line verbatim")
        if "--all" in arguments:
            for m in got:
                print(
                    f"  {m.topic}: facts {m.facts}, precision {m.precision:.2f} of {m.cited}, beside the case: {', '.join(m.wrong)}"
                )


if __name__ == "__main__":
    main(sys.argv[1:])
