"""The part of the bench that runs inside one process: answers to warm questions and to a batch, timed one by one.

    python -m evals.speed.bench_work findings|tutorial FOLDER < work.json > times.json

The work: {"kinds": {kind: [[question, history], ...]}, "batch": [question, ...]}. The times: seconds of each question by
kind, and of the whole batch. The tutorial retrieves only, and one by one: it knows no batch.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from index.machine.threads import one_thread_for_products

WARMING = 20  # questions asked before anything is timed


def main(system: str, folder: str) -> None:
    work = json.load(sys.stdin)
    print(json.dumps(timed(work, *(findings() if system == "findings" else tutorial(folder)))))


def findings() -> tuple[Callable[[str, list[str]], Any], Callable[[list[str]], Any]]:
    """How findings answers one question, and a batch."""
    one_thread_for_products()
    from assistant.assistant import Assistant

    assistant = Assistant()
    return assistant.ask, lambda questions: list(assistant.ask_many((question, (), "") for question in questions))


def tutorial(folder: str) -> tuple[Callable[[str, list[str]], Any], Callable[[list[str]], Any]]:
    """How the tutorial pipeline retrieves for one question, and for many."""
    from evals.comparisons.tutorial import QUIET, ask, opened

    os.environ.update(QUIET)
    store = opened(Path(folder))
    return lambda question, history: ask(store, question), lambda questions: [ask(store, question) for question in questions]


def timed(work: dict[str, Any], one: Callable[[str, list[str]], Any], many: Callable[[list[str]], Any]) -> dict[str, Any]:
    """Seconds of each question by kind, and of the batch."""
    for question, history in [pair for pairs in work["kinds"].values() for pair in pairs][:WARMING]:
        one(question, history)
    kinds: dict[str, list[float]] = {}
    for kind, pairs in work["kinds"].items():
        for question, history in pairs:
            started = time.perf_counter()
            one(question, history)
            kinds.setdefault(kind, []).append(time.perf_counter() - started)
    started = time.perf_counter()
    many(work["batch"])
    return {"kinds": kinds, "batch": time.perf_counter() - started}


if __name__ == "__main__":
    main(*sys.argv[1:])
