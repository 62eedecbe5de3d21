"""What the tests of sharing share: `findings chat` itself over the toy report, with options, users and clients of their own."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.conftest import clean_environment

COMMAND = str(Path(sys.executable).parent / "findings")
PASSWORD = "three quiet otters"
START_SECONDS = 120


@dataclass
class Shared:
    """A running `findings chat`."""

    url: str
    process: subprocess.Popen
    printed: Path
    settings: dict[str, str]

    def client(self, **options: Any) -> httpx.Client:
        return httpx.Client(base_url=self.url, trust_env=False, timeout=30, **options)

    def said(self) -> str:
        """What the server has printed, once nothing was added for half a second: a request's line is written after its response."""
        said, still = "", time.monotonic()
        while time.monotonic() < still + 0.5:
            if (now := self.printed.read_text(encoding="utf-8")) != said:
                said, still = now, time.monotonic()
            time.sleep(0.05)
        return said

    def command(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run the command with this server's settings, while it runs."""
        return command(self.settings, *arguments, stdin=stdin)


def command(settings: dict[str, str], *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    env = clean_environment() | settings
    return subprocess.run([COMMAND, *arguments], capture_output=True, text=True, input=stdin, env=env, timeout=120, check=False)


@contextmanager
def sharing(folder: Path, settings: dict[str, str], *options: str) -> Iterator[Shared]:
    """`findings chat` on a free port with some options; its state lies in `folder`."""
    settings = {**settings, "FINDINGS_STATE": str(folder / "state.sqlite3"), "GRADIO_TEMP_DIR": str(folder / "gradio")}
    printed = folder / f"printed-{time.monotonic_ns()}.txt"
    with printed.open("w") as out:
        process = subprocess.Popen(
            [COMMAND, "chat", "--port", "0", *options], stdout=out, stderr=subprocess.STDOUT, env=clean_environment() | settings,
            cwd=folder,
        )  # fmt: skip
    try:
        until = time.monotonic() + START_SECONDS
        while not (found := re.search(r"open on (http://\S+)", printed.read_text())):
            assert process.poll() is None and time.monotonic() < until, printed.read_text()
            time.sleep(0.05)
        yield Shared(found[1].replace("0.0.0.0", "127.0.0.1") + "/", process, printed, settings)
    finally:
        process.terminate()
        process.wait(60)


def far(address: str, **more: str) -> dict[str, str]:
    """The headers of a client that comes through the trusted proxy of the tests (127.0.0.1)."""
    return {"x-forwarded-for": address, **more}


def event(
    client: httpx.Client, name: str, session: str, data: dict[str, Any], headers: dict[str, str] | None = None
) -> httpx.Response:
    """Send an event as the page does; gives the response to joining the queue."""
    functions = client.get("config", headers=headers).json()["dependencies"]
    function = next(one for one in functions if one["api_name"] == name)
    sent = {"data": [None] * len(function["inputs"]), "fn_index": function["id"], "session_hash": session, "event_data": data}
    return client.post("gradio_api/queue/join", json=sent, headers=headers)


def shown(client: httpx.Client, session: str, headers: dict[str, str] | None = None) -> str:
    """What the page would be sent for the session's events, until the last is done."""
    with client.stream("GET", "gradio_api/queue/data", params={"session_hash": session}, headers=headers) as stream:
        return "".join(line for line in stream.iter_lines() if "process_completed" in line)
