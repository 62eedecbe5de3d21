"""Do briefings hold the key facts of a topic, and cite only what bears on it? `findings eval --briefings` (docs/evaluation.md).

The topics of evals/labels/briefing_topics.jsonl were written and judged passage by passage by authors who saw the report
alone. Those of split dev may be looked at one by one; of split test only the totals are told.
"""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.briefing.briefer import Briefer
from assistant.briefing.briefing import LENGTHS, Briefing
from assistant.briefing.subject import NotCovered
from evals.cases import Split
from evals.errors import BadCases
from evals.measures.evidence import plain
from evals.measures.metrics import holds_any
from evals.measures.statistics import Estimate, clustered, wilson

DEV = "dev"


class Topic(BaseModel):
    """What a councillor would type, and what a good briefing on it cites and holds; nothing where the report has nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    topic: str = Field(min_length=1)
    split: Split
    covered: bool = True
    gold: tuple[str, ...] = ()  # passages that a good briefing draws on
    acceptable: tuple[str, ...] = ()  # and those that may be cited too
    key_facts: tuple[tuple[str, ...], ...] = ()  # each the alternatives of one fact
    why: str = ""


@dataclass(frozen=True)
class Measured:
    """One topic's briefing: shares of 1, None where there is nothing to share; `beside` and `missed` name what is wrong."""

    topic: Topic
    made: bool
    recall: float | None  # key facts in its lines
    precision: float | None  # passages cited as lines and as recommendations that are gold or acceptable
    all_precision: float | None  # the same with the findings that derived links put behind recommendations
    beside: tuple[str, ...] = ()
    missed: tuple[str, ...] = ()


def packaged_topics() -> Path:
    return Path(str(files("evals").joinpath("labels/briefing_topics.jsonl")))


def read_topics(path: Path, passages: Collection[str]) -> list[Topic]:
    """The topics of a file. `passages` are the ids that exist. Raises BadCases with file and line."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as fault:
        raise BadCases(f"{path.name} cannot be read ({type(fault).__name__}): name a file of topics, UTF-8 text.") from fault
    topics = []
    for at, line in enumerate(lines, 1):
        if line.strip():
            try:
                topic = Topic.model_validate_json(line)
            except ValidationError as fault:
                raise BadCases(f"{path.name}:{at}: {fault.errors()[0]['msg']}.") from fault
            for identity in (*topic.gold, *topic.acceptable):
                if identity not in passages:
                    raise BadCases(f"{path.name}:{at}: {identity} is not a passage of the report.")
            topics.append(topic)
    return topics


def measure(briefer: Briefer, topic: Topic, length: str) -> Measured:
    """One briefing held against what is known about its topic."""
    try:
        briefing = briefer.brief(topic.topic, length)
    except NotCovered:
        return Measured(topic, False, 0.0 if topic.key_facts else None, None, None)
    said = plain(" ".join(f"{s.passage.context or ''} {s.quote}" for s in briefing.statements))
    missed = tuple(fact[0] for fact in topic.key_facts if not holds_any(said, fact))
    cited = _cited(briefing)
    every = list(dict.fromkeys([*cited, *(s.passage.id for made in briefing.recommended for s in made.gist)]))
    right = {*topic.gold, *topic.acceptable}
    beside = tuple(one for one in cited if one not in right)
    if not topic.covered:
        return Measured(topic, True, None, None, None, beside)
    return Measured(
        topic, True, 1 - len(missed) / len(topic.key_facts) if topic.key_facts else None,
        1 - len(beside) / len(cited) if cited else None,
        float(np.mean([one in right for one in every])) if every else None, beside, missed,
    )  # fmt: skip


def _cited(briefing: Briefing) -> list[str]:
    """Ids of the passages of the lines and of the recommendations, each once."""
    lines = [line for part in briefing.parts for line in part.lines]
    return list(dict.fromkeys(s.passage.id for s in [*lines, *(made.statement for made in briefing.recommended)]))


def estimates(measured: Sequence[Measured]) -> dict[str, Estimate]:
    """Means with bootstrap intervals over topics, and the two shares of wrong decisions with Wilson's."""
    covered, others = [m for m in measured if m.topic.covered], [m for m in measured if not m.topic.covered]
    return {
        "key facts": _mean(m.recall for m in covered),
        "citation precision": _mean(m.precision for m in covered),
        "the same with derived findings": _mean(m.all_precision for m in covered),
        "covered topics declined": wilson(sum(not m.made for m in covered), len(covered)),
        "uncovered topics declined": wilson(sum(not m.made for m in others), len(others)),
    }


def _mean(values: Iterable[float | None]) -> Estimate:
    """The mean over topics; those without a value are told apart, not taken for zero."""
    listed = list(values)
    known = [value for value in listed if value is not None]
    return clustered(known, [1.0] * len(known), [str(at) for at in range(len(known))], len(listed) - len(known))


def lines(briefer: Briefer, topics: Sequence[Topic]) -> list[str]:
    """What is told of the topics: totals for each split and length, and what each dev topic lacks and has too much."""
    told: list[str] = []
    for split in dict.fromkeys(topic.split for topic in topics):
        for length in reversed(LENGTHS):
            started = time.perf_counter()
            measured = [measure(briefer, topic, length) for topic in topics if topic.split == split]
            took = (time.perf_counter() - started) / len(measured)
            told.append(f"briefings, {split}, {length}: {len(measured)} topics, every line verbatim")
            told += [f"  {name:32}{_written(value)}" for name, value in estimates(measured).items()]
            told.append(f"  {'seconds a briefing':32}{took:.2f}")
            if split == DEV and length == LENGTHS[-1]:
                told += [f"    {line}" for m in measured if (line := _wrong(m))]
    return told


def listed(briefer: Briefer) -> list[str]:
    """How many of the listed topics that the report covers are declined, and of those that it does not; their authors judged no passages."""
    rows = [
        json.loads(line) for line in files("evals").joinpath("labels/topic_cover.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    told = ["listed topics, which COVERED was chosen on"]
    for covered, name in ((True, "covered topics declined"), (False, "uncovered topics declined")):
        declined = [not _is_covered(briefer, row["topic"]) for row in rows if row["covered"] is covered]
        told.append(f"  {name:32}{_written(wilson(sum(declined), len(declined)))}")
    return told


def _is_covered(briefer: Briefer, topic: str) -> bool:
    try:
        briefer.subjects.of(topic)
    except NotCovered:
        return False
    return True


def _written(value: Estimate) -> str:
    if value.value is None or value.low is None or value.high is None:
        return "-"
    return f"{value.value:.2f}  {value.low:.2f} to {value.high:.2f}  (n={value.n})"


def _wrong(measured: Measured) -> str:
    """What is wrong with one dev briefing; nothing where all is right."""
    name = measured.topic.topic
    if measured.made != measured.topic.covered:
        return f"{name}: {'declined though covered' if measured.topic.covered else 'not declined'}"
    parts = [f"beside the topic {', '.join(measured.beside)}"] if measured.made and measured.beside else []
    parts += [f"lacks “{'”, “'.join(measured.missed)}”"] if measured.missed else []
    return f"{name}: {'; '.join(parts)}" if parts else ""
