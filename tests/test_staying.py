"""No library reports to its maker: seen by the system calls of whole processes, and by what they leave in the user's folder."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from index.machine.staying import SETTINGS
from index.store import Index
from tests.conftest import ROOT, clean_environment

LOOKED_UP_AFTER = 24  # seconds: onnxruntime's library looked its maker's host up 19 s after the start
_CALL = re.compile(
    r"\b(?:connect|sendto|sendmsg|sendmmsg)\(\d+, .*?(?:sin_port=htons\((\d+)\), sin_addr=inet_addr\(\"([\d.]+)\"\)|AF_INET6)"
)


def watched(folder: Path, *command: str, settings: dict[str, str] | None = None) -> subprocess.Popen:
    """A process with an empty home of its own, every system call for the network written to `calls.txt`."""
    strace = shutil.which("strace")
    if strace is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("strace is missing: install it (Debian: apt-get install strace).")
    home = {"HOME": str(folder / "home"), "XDG_CACHE_HOME": str(folder / "home/.cache")}
    (folder / "home").mkdir()
    traced = [strace, "-f", "-qq", "-e", "trace=network", "-o", str(folder / "calls.txt"), sys.executable, *command]
    environment = {name: value for name, value in clean_environment().items() if name not in SETTINGS}
    return subprocess.Popen(
        traced, cwd=ROOT, env=environment | home | (settings or {}) | {"GRADIO_TEMP_DIR": str(folder / "gradio"), "PYTHONUNBUFFERED": "1"},
        stdout=(folder / "out.txt").open("w"), stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip


def reached(folder: Path) -> set[str]:
    """The addresses beyond this machine that were connected or sent to, name servers included."""
    lines = (folder / "calls.txt").read_text(encoding="utf-8", errors="replace").splitlines()
    found = [match for line in lines if (match := _CALL.search(line))]
    return {f"{match[2]}:{match[1]}" for match in found if match[2] and not match[2].startswith("127.")}


def left_in_the_home(folder: Path) -> list[str]:
    return [str(path.relative_to(folder)) for path in (folder / "home").rglob("*") if path.is_file()]


@dataclass
class Opened:
    """A watched chat that is open: its folder, its process, its address and since when (of time.monotonic) it is open."""

    folder: Path
    process: subprocess.Popen
    url: str
    since: float


@pytest.fixture(scope="module", autouse=True)
def opened(real_index: Index, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    """The watched chat, opened before the first test here: it stays open while the commands are watched."""
    folder = tmp_path_factory.mktemp("opened")
    process = watched(folder, "-m", "ui.cli", "chat", "--port", "0")
    try:
        started = time.monotonic()
        while not (found := re.search(r"open on (http://\S+)", (folder / "out.txt").read_text())):
            assert process.poll() is None and time.monotonic() - started < 90, (folder / "out.txt").read_text()
            time.sleep(0.2)
        yield Opened(folder, process, found[1], time.monotonic())
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(20)


@pytest.mark.weights
@pytest.mark.parametrize("command", [["ask", "how long do care proceedings take?"], ["index", "--force"]])
def test_a_command_reaches_nobody_and_leaves_nothing_in_the_home(
    command: list[str], real_index: Index, toy_report: Path, tmp_path: Path
) -> None:
    building = {"FINDINGS_INDEX_DIR": str(tmp_path / "index"), "FINDINGS_REPORT": str(toy_report)}  # small, with the real model
    process = watched(tmp_path, "-m", "ui.cli", *command, settings=building if command[0] == "index" else {})
    assert process.wait(300) == 0, (tmp_path / "out.txt").read_text()
    assert reached(tmp_path) == set()
    assert left_in_the_home(tmp_path) == []


def test_the_watch_sees_a_look_up(tmp_path: Path) -> None:
    process = watched(tmp_path, "-c", "import socket; s = socket.socket(type=socket.SOCK_DGRAM); s.connect(('192.0.2.1', 53))")
    process.wait(60)
    assert reached(tmp_path) == {"192.0.2.1:53"}


@pytest.mark.weights
@pytest.mark.server
def test_an_open_chat_reaches_nobody_and_leaves_nothing_in_the_home(opened: Opened) -> None:
    assert httpx.get(opened.url, trust_env=False).status_code == 200
    time.sleep(max(0.0, opened.since + LOOKED_UP_AFTER - time.monotonic()))
    assert opened.process.poll() is None
    os.killpg(opened.process.pid, signal.SIGTERM)
    opened.process.wait(20)
    assert "127.0.0.1" in (opened.folder / "calls.txt").read_text(errors="replace")  # the watch sees what is done
    assert reached(opened.folder) == set()
    assert left_in_the_home(opened.folder) == []
