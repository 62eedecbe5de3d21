"""A Chroma server of its own for a test, and the wait until something has come about."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

SETTLED = 120.0  # seconds within which something has to come about, on a machine as busy as it may be


@contextmanager
def chroma(folder: Path, port: int) -> Iterator[subprocess.Popen]:
    """A Chroma server, once it answers."""
    command = [
        str(Path(sys.executable).parent / "chroma"),
        "run",
        "--path",
        str(folder),
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
    ]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder.parent)
    try:
        until(lambda: _answers(port))
        yield process
    finally:
        process.kill()
        process.wait()


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/api/v2/heartbeat", trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


def until(true: object) -> None:
    """Wait until a function gives something true."""
    end = time.monotonic() + SETTLED
    while not true():  # type: ignore[operator]
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
