"""No library reports to its maker: seen by the system calls of whole processes, and by what they leave in the user's folder."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
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


def watched(folder: Path, *command: str) -> subprocess.Popen:
    """A process with an empty home of its own, every system call for the network written to `calls.txt`."""
    strace = shutil.which("strace")
    if strace is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("strace is missing: install it (Debian: apt-get install strace).")
    home = {"HOME": str(folder / "home"), "XDG_CACHE_HOME": str(folder / "home/.cache")}
    (folder / "home").mkdir()
    traced = [strace, "-f", "-qq", "-e", "trace=network", "-o", str(folder / "calls.txt"), sys.executable, *command]
    environment = {name: value for name, value in clean_environment().items() if name not in SETTINGS}
    return subprocess.Popen(
        traced, cwd=ROOT, env=environment | home | {"GRADIO_TEMP_DIR": str(folder / "gradio"), "PYTHONUNBUFFERED": "1"},
        stdout=(folder / "out.txt").open("w"), stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip


def reached(folder: Path) -> set[str]:
    """The addresses beyond this machine that were connected or sent to, name servers included."""
    lines = (folder / "calls.txt").read_text(encoding="utf-8", errors="replace").splitlines()
    found = [match for line in lines if (match := _CALL.search(line))]
    return {f"{match[2]}:{match[1]}" for match in found if match[2] and not match[2].startswith("127.")}


def left_in_the_home(folder: Path) -> list[str]:
    return [str(path.relative_to(folder)) for path in (folder / "home").rglob("*") if path.is_file()]


@pytest.mark.weights
@pytest.mark.server
def test_an_open_chat_reaches_nobody_and_leaves_nothing_in_the_home(real_index: Index, tmp_path: Path) -> None:
    port = "7921"
    process = watched(tmp_path, "-m", "ui.cli", "chat", "--port", port)
    try:
        started = time.monotonic()
        while "7921" not in (tmp_path / "out.txt").read_text():
            assert process.poll() is None and time.monotonic() - started < 90, (tmp_path / "out.txt").read_text()
            time.sleep(0.2)
        assert httpx.get(f"http://127.0.0.1:{port}/", trust_env=False).status_code == 200
        time.sleep(LOOKED_UP_AFTER)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)
    assert "127.0.0.1" in (tmp_path / "calls.txt").read_text(errors="replace")  # the watch sees what is done
    assert reached(tmp_path) == set()
    assert left_in_the_home(tmp_path) == []


@pytest.mark.weights
@pytest.mark.parametrize("command", [["ask", "how long do care proceedings take?"], ["index", "--force"]])
def test_a_command_reaches_nobody_and_leaves_nothing_in_the_home(
    command: list[str], real_index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if command[0] == "index":
        monkeypatch.setenv("FINDINGS_INDEX_DIR", str(tmp_path / "index"))
    process = watched(tmp_path, "-m", "ui.cli", *command)
    assert process.wait(300) == 0, (tmp_path / "out.txt").read_text()
    assert reached(tmp_path) == set()
    assert left_in_the_home(tmp_path) == []


def test_the_watch_sees_a_look_up(tmp_path: Path) -> None:
    process = watched(tmp_path, "-c", "import socket; s = socket.socket(type=socket.SOCK_DGRAM); s.connect(('192.0.2.1', 53))")
    process.wait(60)
    assert reached(tmp_path) == {"192.0.2.1:53"}
