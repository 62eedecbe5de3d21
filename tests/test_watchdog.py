"""A question that takes too long ends with outcome `error` and the server goes on, even where a regular expression holds the lock."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import httpx
import pytest

from prompts import wording
from tests.conftest import ROOT, clean_environment
from ui.watch import QUIET, Watchdog

pytestmark = [pytest.mark.server]

SERVER = """
import re, sys, time
from assistant.assistant import Assistant

class Stuck(Assistant):
    def ask(self, question, history=(), identity=""):
        if question == "stuck":
            re.match(r"(a+)+$", "a" * 60 + "b")  # would take longer than the age of the world
        while question == "busy":
            try:
                time.sleep(0.001)
            except Exception:
                pass
        return super().ask(question, history, identity)

if __name__ == "__main__":
    from ui.chat import launch
    from ui.web.access import Access
    from ui.web.limits import Limits
    running = launch("127.0.0.1", 0, Stuck, Access(port=0, limits=Limits(seconds=1.0)))
    print(f"serving {running.port}", flush=True)
    running.block_thread()
"""


def test_what_nobody_waits_for_is_done_when_nothing_else_is_to_do() -> None:
    done: list[object] = []
    watchdog = Watchdog(5.0)
    watchdog.later([lambda: 1 / 0, *(partial(done.append, f"later {at}") for at in range(3))])

    def ask() -> None:
        for at in range(3):
            watchdog.run(partial(done.append, at))
        time.sleep(2.5 * QUIET)
        watchdog.run(partial(done.append, "a question"))

    asking = threading.Thread(target=ask)
    asking.start()
    watchdog.serve(lambda: len(done) == 7)
    asking.join()
    assert done[:3] == [0, 1, 2] and [one for one in done if str(one).startswith("later")] == [f"later {at}" for at in range(3)]
    assert done.index("later 0") < done.index("a question") < done.index("later 2")


HANGS = """
import threading, time
from ui.chat import launch
from ui.web import server
from ui.web.access import Access

server.ENDING = 1
running = launch("127.0.0.1", 0)
threading.Thread(target=time.sleep, args=(60,)).start()  # a thread of a library that does not come back
print(f"serving {running.port}", flush=True)
running.block_thread()
"""


def test_a_process_that_was_told_to_end_ends_although_a_thread_hangs(toy_index: dict[str, str], tmp_path: Path) -> None:
    with started(HANGS, toy_index, tmp_path / "printed.txt") as process:
        process.terminate()
        assert process.wait(20) == 1
    assert "in _shutdown" in (tmp_path / "printed.txt").read_text()  # where the main thread waited


@contextmanager
def started(program: str, toy_index: dict[str, str], printed: Path) -> Iterator[subprocess.Popen]:
    """A process that serves, and what it prints in a file."""
    env = clean_environment() | toy_index | {"PYTHONPATH": str(ROOT)}
    with printed.open("w") as out:
        process = subprocess.Popen([sys.executable, "-c", program], stdout=out, stderr=subprocess.STDOUT, env=env)
    try:
        until = time.monotonic() + 120
        while "serving" not in printed.read_text():
            assert process.poll() is None and time.monotonic() < until, printed.read_text()
            time.sleep(0.05)
        yield process
    finally:
        process.terminate()
        process.wait(20)


def test_what_takes_too_long_ends_and_others_are_answered(toy_index: dict[str, str], tmp_path: Path) -> None:
    printed = tmp_path / "printed.txt"
    with started(SERVER, toy_index, printed) as process:
        port = printed.read_text().split("serving ")[1].split()[0]
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=30) as client:
            for question in ("stuck", "busy", "stuck"):
                began = time.monotonic()
                answer = client.post("/api/ask", json={"question": question}).json()
                assert (answer["outcome"], answer["answer"]) == ("error", wording("error.too_slow"))
                assert 0.9 < time.monotonic() - began < 8
                assert client.post("/api/ask", json={"question": "paragraph 4"}).json()["outcome"] == "answered"
        process.terminate()
        assert process.wait(20) == 0
