"""A language model grades answers, several times each: correctness against the key facts, grounding against the quotes.

A grade that cannot be parsed is None with the reason, never zero. What a judge says is a second opinion: no gate uses it.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from statistics import fmean, pstdev
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from assistant.errors import ModelFault
from assistant.model.chooser import json_of
from assistant.model.client import ChatModel
from evals.answers import Reply
from evals.cases import Case
from evals.measures.metrics import Score, none
from evals.measures.summary import Scored
from prompts import prompt

RUNS = 3
GRADES = {"correct": 1.0, "partly": 0.5, "incorrect": 0.0}


class _Grade(BaseModel):
    model_config = ConfigDict(frozen=True)

    grade: Literal["correct", "partly", "incorrect"]


def grade(text: str) -> Score:
    """The score of a judge's reply; none where it holds no grade."""
    try:
        return Score(GRADES[_Grade.model_validate_json(json_of(text)).grade])
    except (ModelFault, ValidationError):
        return none("the judge's reply holds no grade")


def correctness(judge: ChatModel, case: Case, reply: Reply) -> Score:
    """One grade of an answer against the key facts of its case."""
    if not case.key_facts or reply.outcome != "answered":
        return none("no key facts" if not case.key_facts else "not answered")
    facts = "\n".join(f"- {'vital: ' if fact.vital else ''}{' or '.join(fact.any)}" for fact in case.key_facts)
    return _asked(judge, "judge_correctness", question=case.question, facts=facts, answer=reply.answer)


def grounding(judge: ChatModel, case: Case, reply: Reply) -> Score:
    """One grade of an answer against the quotes it cites."""
    if not reply.citations:
        return none("nothing is cited")
    quotes = "\n".join(f"- {one.quote} [{one.label}]" for one in reply.citations)
    return _asked(judge, "judge_grounding", quotes=quotes, answer=reply.answer)


def _asked(judge: ChatModel, name: str, **variables: str) -> Score:
    try:
        return grade(judge.reply(*prompt(name, mark=secrets.token_hex(8), **variables)))
    except ModelFault as fault:
        return none(str(fault))


def judged(judge: ChatModel, scored: Iterable[Scored], runs: int = RUNS) -> list[dict[str, Any]]:
    """One line a case: the grades of every run by name, None where there is none."""
    return [
        {
            "id": one.case.id,
            "correctness": [correctness(judge, one.case, one.reply).value for _ in range(runs)],
            "grounding": [grounding(judge, one.case, one.reply).value for _ in range(runs)],
        }
        for one in scored
    ]


def summarised(lines: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The mean grade of every run, their mean and spread, and how many grades there are and are not."""
    return {name: _summary([line[name] for line in lines]) for name in ("correctness", "grounding")}


def _summary(grades: Sequence[Sequence[float | None]]) -> dict[str, Any]:
    by_run = [[one for one in run if one is not None] for run in zip(*grades, strict=True)]
    means = [fmean(run) for run in by_run if run]
    return {
        "runs": means, "mean": fmean(means) if means else None, "spread": pstdev(means) if means else None,
        "n": sum(map(len, by_run)), "none": sum(one is None for case in grades for one in case),
    }  # fmt: skip
