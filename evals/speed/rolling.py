"""A new build of the real index while two chats answer from one Chroma server: `python -m evals.speed.rolling`.

Copies the index aside, starts a Chroma server and two chats with folders of their own, and has a reader ask each of them without a pause
until both have gone over to the new build, and a while after. Says what failed, what took how long, and ends with 1 where a question failed, an
answer changed, or a chat did not go over.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx

from evals.speed.load import QUESTIONS
from evals.speed.soak import chatting
from index.store import current_build, index_folder

AFTER = 60.0  # seconds that are asked on after both have gone over
WAIT = 900.0  # seconds within which the chats have to go over to a build that is there


class Reader(threading.Thread):
    """Asks a chat one question after another and notes what went wrong. `answers`: question -> its answer without the seconds it took."""

    def __init__(self, url: str) -> None:
        super().__init__(daemon=True)
        self.url, self.ended = url, threading.Event()
        self.waits: list[float] = []
        self.faults: list[str] = []
        self.answers: dict[str, str] = {}

    def run(self) -> None:
        with httpx.Client(base_url=self.url, trust_env=False, timeout=120) as client:
            while not self.ended.is_set():
                question = QUESTIONS[len(self.waits) % len(QUESTIONS)]
                asked = time.monotonic()
                try:
                    got = client.post("api/ask", json={"question": question})
                    answer = json.dumps({**got.json(), "seconds": 0}, sort_keys=True)
                    if got.status_code != 200 or self.answers.setdefault(question, answer) != answer:
                        self.faults.append(f"{question}: {got.status_code} {got.text[:200]}")
                except (httpx.HTTPError, ValueError) as fault:
                    self.faults.append(f"{question}: {fault!r}")
                self.waits.append(time.monotonic() - asked)


@contextmanager
def chroma(folder: Path) -> Iterator[str]:
    """A Chroma server of its own: its address, once it answers."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    program = str(Path(sys.executable).parent / "chroma")
    command = [program, "run", "--path", str(folder), "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while process.poll() is None:
            try:
                if httpx.get(f"http://127.0.0.1:{port}/api/v2/heartbeat", trust_env=False).status_code == 200:
                    break
            except httpx.HTTPError:
                time.sleep(0.2)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def built(environment: dict[str, str], *more: str) -> float:
    """Run `findings index`; gives its seconds. Raises CalledProcessError."""
    began = time.monotonic()
    subprocess.run([sys.executable, "-m", "ui.cli", "index", *more], env=environment, check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - began


def builds(readers: list[Reader]) -> list[str]:
    """The build that each chat answers from."""
    return [httpx.get(f"{one.url}health", trust_env=False, timeout=60).json()["index"] for one in readers]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        source = Path(folder) / "built"
        shutil.copytree(index_folder(), source)
        environment = {**os.environ, "FINDINGS_CHROMA": stack.enter_context(chroma(Path(folder) / "chroma"))}
        here = {**environment, "FINDINGS_INDEX_DIR": str(source)}
        print(f"published in {built(here):.0f} s", flush=True)
        chats = []
        for name in ("one", "two"):
            began = time.monotonic()
            away = {**environment, "FINDINGS_INDEX_DIR": str(Path(folder) / name)}
            chats.append(stack.enter_context(chatting(away))[0])
            print(f"chat {name} fetched it and was open after {time.monotonic() - began:.0f} s", flush=True)
        readers = [Reader(url) for url in chats]
        for reader in readers:
            reader.start()
        print(f"built anew and published in {built(here, '--force'):.0f} s", flush=True)
        newest, until = current_build(source), time.monotonic() + WAIT
        began = time.monotonic()
        while (over := builds(readers)) != [newest] * 2 and time.monotonic() < until:
            time.sleep(1)
        print(f"chats that went over: {over.count(str(newest))} of 2, {time.monotonic() - began:.0f} s after that", flush=True)
        time.sleep(AFTER)
        for reader in readers:
            reader.ended.set()
            reader.join(120)
    waits = [wait for reader in readers for wait in reader.waits]
    faults = [fault for reader in readers for fault in reader.faults]
    print(
        f"{len(waits):,} questions, {len(faults)} failed or changed: median {statistics.median(waits):.2f} s, "
        f"p95 {statistics.quantiles(waits, n=20)[-1]:.2f} s, slowest {max(waits):.2f} s"
    )
    for fault in faults[:5]:
        print("error:", fault)
    raise SystemExit(bool(faults) or over != [newest] * 2 or readers[0].answers != readers[1].answers)


if __name__ == "__main__":
    main()
