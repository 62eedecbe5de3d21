"""Tries a way of calling the command in an empty folder, and judges how it ended."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from evals.probing.commands import Command

PROGRAM = re.compile(r"\bFINDINGS\b")
TRACES = (b"Traceback", b'File "/')


def tried(command: Command, program: str, environment: Mapping[str, str]) -> list[str]:
    """What was wrong, in words: nothing where the command ended in time with a right status and without a traceback.

    `program` is the path of `findings`.
    """
    with tempfile.TemporaryDirectory() as folder:
        for name, content in command.files.items():
            (Path(folder) / name).write_bytes(content)
        process = subprocess.Popen(
            ["bash", "-c", PROGRAM.sub(lambda _: shlex.quote(program), command.line)], cwd=folder, env={**environment, **command.env},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip
        found = []
        try:
            out, err = process.communicate(command.stdin, timeout=command.seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)  # the shell and what it started, a group of our own
            out, err = process.communicate()
            found.append(f"not ended after {command.seconds:.0f} s")
        else:
            if process.returncode not in command.statuses:
                found.append(f"status {process.returncode}")
    found += [f"shows {trace!r}" for trace in TRACES if trace in out + err]
    return [f"{one}: {(out + err)[-300:]!r}" for one in found]
