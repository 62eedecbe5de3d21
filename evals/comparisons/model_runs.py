"""What a language model did in a run: every call recorded, so that the run can be replayed without it, and counted.

`model.jsonl` lies in the run's folder, one line a call (files of evals/replies have the same form): the key of the request, the reply or the fault, how many sentences it chose.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from assistant.assistant import Assistant
from assistant.model.chooser import Chooser, ModelCall
from assistant.model.client import LangChainModel, ReplayedModel
from assistant.model.settings import model_settings
from evals.errors import BadRun
from evals.measures.statistics import wilson
from index.store import Index

RECORDS = "model.jsonl"


def recording(path: Path) -> Callable[[ModelCall], None]:
    """Something that writes each call down as it comes."""

    def note(asked: ModelCall) -> None:
        with path.open("a", encoding="utf-8") as out:
            out.write(json.dumps({**asdict(asked), "fallback": asked.fallback}, ensure_ascii=False) + "\n")

    return note


def read_records(folder: Path) -> list[dict[str, Any]]:
    """The calls recorded in a run's folder, or in a file of replies; none where there is no such file.

    A last line that was cut off is left out. Raises BadRun.
    """
    path = folder / RECORDS if folder.is_dir() else folder
    if not path.exists():
        return []
    lines = path.read_text(encoding="utf-8").split("\n")[:-1]
    try:
        return [json.loads(line) for line in lines if line]
    except ValueError as fault:
        raise BadRun(f"{path} cannot be read: name another run.") from fault


def model_assistant(index: Index, model: str, folder: Path, replay: Path | None = None) -> Assistant:
    """The Assistant with a model, or with the replies recorded in the run `replay`. Raises BadRun, UnusableSetting."""
    note = recording(folder / RECORDS)
    if replay is not None:
        records = {one["key"]: one for one in read_records(replay)}
        if not records:
            raise BadRun(
                f"{replay.name} holds no replies of a model: name a run that was made with --model, or a file of replies."
            )
        return Assistant(index, Chooser(ReplayedModel(model, records), note=note))
    settings = model_settings(model)
    assert settings is not None  # a name was given
    return Assistant(index, Chooser(LangChainModel(settings), note=note))


def counted(records: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """How often the model was asked to choose and its choice could not be taken, how many sentences it chose, and what it named in vain."""
    calls = [one for one in records if one["prompt"] == "choose"]
    return {
        "asked": len(calls),
        "fallback": asdict(wilson(sum(one["fallback"] for one in calls), len(calls))),
        "chosen": sum(one["chosen"] for one in calls),
        "ignored": sum(one["ignored"] for one in calls),
        "faults": dict(Counter(one["fault"] for one in calls if one["fault"]).most_common()),
    }
