"""A file of answer objects -> Reply values: what the scorers read, whoever answered.

The form is that of docs/contract.md. Only what scoring needs is required of another system; the rest is carried along.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from evals.cases import Outcome
from evals.errors import BadAnswers


class Cited(BaseModel):
    """A citation of an answer."""

    model_config = ConfigDict(frozen=True)

    passage: str
    paragraph: str | None = None
    page: int
    quote: str
    label: str = ""


class Ranked(BaseModel):
    """A passage that was retrieved."""

    model_config = ConfigDict(frozen=True)

    passage: str
    score: float = 0.0


class Reply(BaseModel):
    """An answer object as read back from JSON."""

    model_config = ConfigDict(frozen=True)

    id: str
    outcome: Outcome
    answer: str
    question: str = ""
    understood: str = ""
    confidence: float | None = None
    citations: tuple[Cited, ...] = ()
    nearest: tuple[Cited, ...] = ()
    retrieved: tuple[Ranked, ...] = ()
    notes: tuple[str, ...] = ()
    mode: str = "extractive"
    seconds: float | None = None


def missing(identity: str, question: str) -> Reply:
    """What stands for a case that a file of answers does not answer."""
    return Reply(id=identity, question=question, outcome="error", answer="There is no answer to this case in the file.")


def read_replies(path: Path, whole: bool = True) -> dict[str, Reply]:
    """The answers of a file by id. With `whole` false a last line that was cut off is left out. Raises BadAnswers."""
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as fault:
        raise BadAnswers(f"{path.name} cannot be read ({type(fault).__name__}): name a file of answer objects.") from fault
    replies: dict[str, Reply] = {}
    for at, line in enumerate(lines, 1):
        if not line.strip() or (not whole and at == len(lines)):  # what was written whole ends with a line feed
            continue
        try:
            reply = Reply.model_validate_json(line)
        except ValidationError as fault:
            first = fault.errors()[0]
            field = ".".join(str(part) for part in first["loc"])
            raise BadAnswers(f"{path.name}:{at}: {field + ': ' if field else ''}{first['msg']}.") from fault
        if reply.id in replies:
            raise BadAnswers(f"{path.name}:{at}: the id {reply.id} is answered twice.")
        replies[reply.id] = reply
    return replies


def line_of(record: dict[str, Any]) -> str:
    """An answer object as the line of a file."""
    return json.dumps(record, ensure_ascii=False) + "\n"


def write_lines(path: Path, records: Iterable[dict[str, Any]]) -> None:
    """Objects as JSON lines."""
    path.write_text("".join(line_of(record) for record in records), encoding="utf-8")
