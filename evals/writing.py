"""What a language model did in a run: every call recorded, so that the run can be replayed without it, and counted.

`model.jsonl` lies in the run's folder, one line a call: the key of the request, the reply or the fault, what was kept of it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from assistant.assistant import Assistant
from assistant.model import LangChainModel, ReplayedModel, Writer, Written
from assistant.settings import model_settings
from evals.errors import BadRun
from evals.statistics import wilson
from index.store import Index

RECORDS = "model.jsonl"


def recording(path: Path) -> Callable[[Written], None]:
    """Something that writes each call down as it comes."""

    def note(written: Written) -> None:
        with path.open("a", encoding="utf-8") as out:
            out.write(json.dumps({**asdict(written), "sentences": written.sentences}, ensure_ascii=False) + "\n")

    return note


def read_records(folder: Path) -> list[dict[str, Any]]:
    """The calls recorded in a run's folder; none where it has no such file. A last line that was cut off is left out."""
    path = folder / RECORDS
    if not path.exists():
        return []
    lines = path.read_text(encoding="utf-8").split("\n")[:-1]
    try:
        return [json.loads(line) for line in lines if line]
    except ValueError as fault:
        raise BadRun(f"{folder.name}/{RECORDS} cannot be read: name another run.") from fault


def writing_assistant(index: Index, model: str, folder: Path, replay: Path | None = None) -> Assistant:
    """The Assistant with a model, or with the replies recorded in the run `replay`. Raises BadRun, UnusableSetting."""
    note = recording(folder / RECORDS)
    if replay is not None:
        records = {one["key"]: one for one in read_records(replay)}
        if not records:
            raise BadRun(f"{replay.name} holds no replies of a model: name a run that was made with --model.")
        return Assistant(index, Writer(ReplayedModel(model, records), index.report, note=note))
    settings = model_settings(model)
    assert settings is not None  # a name was given
    return Assistant(index, Writer(LangChainModel(settings), index.report, note=note))


def counted(records: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """How often the model was asked and its answer not taken, the share of sentences verified, and why the rest fell."""
    answers = [one for one in records if one["prompt"] != "follow_up"]
    sentences, kept = sum(one["sentences"] for one in answers), sum(one["kept"] for one in answers)
    return {
        "asked": len(answers),
        "fallback": asdict(wilson(sum(one["fallback"] for one in answers), len(answers))),
        "verified": asdict(wilson(kept, sentences)),
        "reasons": dict(Counter(reason for one in answers for reason in one["dropped"]).most_common()),
        "faults": dict(Counter(one["fault"] for one in answers if one["fault"]).most_common()),
    }
