"""Runs ui/adding/work.py for the chat: within a time, its lines told as they come, its faults as sentences. Knows no requests."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from prompts import wording
from ui.adding.preview import Preview

READING = 150.0  # seconds of waiting: the reader of PDFs waits for 90 at most, and recognising computes for 60
BUILDING = 1_200.0  # seconds: a build of some 20 s on a machine that is busy with other things, and waiting for another build
LINE = 8 << 20  # bytes of a line: 2,000 paragraphs with their first words are half a MB

Told = Callable[[str, float], None]  # what is being done, and the share of the work that is done


class Failed(Exception):
    """The work could not be done: the message is one sentence for who sent the report."""


def read(file: Path) -> Preview:
    """How a report is read. Raises Failed."""
    found = _run(READING, lambda what, share: None, "read", str(file))
    return Preview(**found["preview"])


def add(name: str, file: Path, replace: bool, told: Told) -> None:
    """Put a report on the shelf. Raises Failed; then nothing of it is there."""
    _run(BUILDING, told, "add", name, str(file), *(["--replace"] if replace else []))


def _run(seconds: float, told: Told, work: str, *arguments: str) -> dict[str, Any]:
    """The last object that the work says. Raises Failed."""
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "ui.adding.work", work, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        env=os.environ | {"OMP_NUM_THREADS": "1"}, start_new_session=True,
    )  # fmt: skip
    late = threading.Timer(seconds, _kill, (process,))
    late.daemon = True
    late.start()
    found: dict[str, Any] = {}
    try:
        assert process.stdout is not None
        while (line := process.stdout.readline(LINE)).endswith(b"\n"):
            found = json.loads(line)
            if "what" in found:
                told(found["what"], found["share"])
    finally:
        late.cancel()
        _kill(process)
        process.communicate()
    if "unwritable" in found:
        raise Failed(wording(f"adding.{found['unwritable']}"))
    if "fault" in found:
        raise Failed(found["fault"])
    if not found.keys() & {"preview", "added"}:
        raise Failed(wording("adding.unreadable" if work == "read" else "adding.broken"))
    return found


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End a work and what it has started."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
