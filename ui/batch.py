"""`findings ask --batch`: questions in, answer objects out, one a line, same order, a bad line never stops the run."""

from __future__ import annotations

import json
import os
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from assistant.answer import Answer, error_answer
from assistant.assistant import Assistant
from assistant.errors import BadQuestion
from assistant.question.plain_text import checked
from index.errors import IndexFault
from prompts import wording
from ui.engine import make_assistant
from ui.plain import json_line
from ui.terminal.progress import bar


class BadBatch(Exception):
    """The batch cannot be run at all; `status` is the exit status."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True)
class BatchLine:
    """One line of the input: a question to ask, or the reason why it cannot be asked."""

    identity: str
    question: str
    history: tuple[str, ...] = ()
    reason: str | None = None


def run_batch(source: Path, target: Path, model: str | None = None, fallback: bool = True) -> int:
    """Answer every line of `source` into `target`; gives the number of lines with outcome error. Raises BadBatch.

    Without `fallback` a ModelFault ends the run at the question that the language model failed.
    """
    try:
        lines = source.read_bytes().splitlines()
    except OSError as fault:
        raise BadBatch(f"{source} cannot be read ({fault.strerror}): name a file of questions.", 2) from fault
    try:
        if target.is_file() and os.path.samefile(source, target):
            raise BadBatch("The answers would overwrite the questions: name another file with --out.", 2)
    except OSError as fault:  # a name that is too long
        raise BadBatch(f"{target} cannot be written ({fault.strerror}): name another file with --out.", 2) from fault
    try:
        assistant = make_assistant(model=model, fallback=fallback)
        _ = assistant.index.embedder  # loaded before the first answer is written
    except IndexFault as fault:
        raise BadBatch(str(fault), 3) from fault
    try:
        out = Lines(target)
    except OSError as fault:
        raise BadBatch(f"{target} cannot be written ({fault.strerror}): name another file with --out.", 2) from fault
    parsed = (parse_line(raw, at) for at, raw in enumerate(lines, 1) if raw.strip())
    errors = 0
    with closing(out), bar("Answering") as show:
        for done, answer in enumerate(answers(assistant, parsed), 1):
            try:
                out.write(json_line(answer))
            except BrokenPipeError:
                raise
            except OSError as fault:
                raise BadBatch(
                    f"{target} could not be written further ({fault.strerror}): it holds the first {done - 1:,} answers.", 2
                ) from fault
            errors += answer.outcome == "error"
            show(f"{done:,} of {len(lines):,}", done / max(1, len(lines)))
    return errors


class Lines:
    """A file that grows by whole lines only: what does not fit on the disk is taken back."""

    def __init__(self, path: Path) -> None:
        """Raises OSError."""
        self._file = path.open("wb", buffering=0)

    def write(self, line: str) -> None:
        """Add a line. Raises OSError, and then the file ends with the line before."""
        left = memoryview(line.encode("utf-8") + b"\n")
        written = 0
        try:
            while left:
                step = self._file.write(left) or 0
                written += step
                left = left[step:]
        except OSError:
            with suppress(OSError):  # a pipe or a device takes nothing back
                self._file.truncate(self._file.tell() - written)
            raise

    def close(self) -> None:
        self._file.close()


def answers(assistant: Assistant, lines: Iterable[BatchLine]) -> Iterator[Answer]:
    """One answer a line, in order; the assistant reads some lines ahead."""
    waiting: deque[BatchLine] = deque()

    def asked() -> Iterator[tuple[str, tuple[str, ...], str]]:
        for line in lines:
            waiting.append(line)
            if line.reason is None:
                yield line.question, line.history, line.identity

    def unasked() -> Iterator[Answer]:
        while waiting and waiting[0].reason is not None:
            line = waiting.popleft()
            yield error_answer(line.question, line.reason or "", line.identity, assistant.index.report)

    for answer in assistant.ask_many(asked()):
        yield from unasked()
        waiting.popleft()
        yield answer
    yield from unasked()


def parse_line(raw: bytes, at: int) -> BatchLine:
    """A line of the input (numbered from 1): unusable ones carry the reason."""
    identity, question = f"line-{at}", ""
    try:
        record = json.loads(raw.decode("utf-8-sig"))  # Windows writes a byte order mark before the first line
    except (UnicodeDecodeError, ValueError, RecursionError) as fault:
        return BatchLine(identity, question, reason=wording("error.bad_line", reason=f"{type(fault).__name__}."))
    if not isinstance(record, dict):
        return BatchLine(identity, question, reason=wording("error.bad_line", reason="it is not an object."))
    if record.get("id") not in (None, ""):
        identity = str(record["id"])
    if isinstance(record.get("question"), str):
        question = record["question"]
    history = record.get("history") or []
    if not isinstance(history, list) or not all(isinstance(earlier, str) for earlier in history):
        return BatchLine(identity, question, reason=wording("error.bad_line", reason="its history is not a list of texts."))
    try:
        return BatchLine(identity, checked(record.get("question")), tuple(h for h in history if h.strip()))
    except BadQuestion as fault:
        return BatchLine(identity, question, reason=str(fault))
