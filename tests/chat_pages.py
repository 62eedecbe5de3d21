"""What the tests of the chat share: a server in a process of its own, and pages in Chromium that record what they fetch."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.conftest import ROOT, clean_environment

START_SECONDS = 120
LAPTOP: dict[str, Any] = {"viewport": {"width": 1366, "height": 768}, "reduced_motion": "reduce"}


@dataclass
class Server:
    """A running chat: its address, what its process connected to, and what it printed."""

    url: str
    addresses: Path
    printed: Path
    process: subprocess.Popen

    def connected(self) -> set[str]:
        return set(self.addresses.read_text(encoding="utf-8").split("\n")) - {""}


@contextmanager
def serving(folder: Path, env: dict[str, str] | None = None, *options: int) -> Iterator[Server]:
    """A chat server on a free port, until the block ends; `options` as in tests/chat_process.py."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    addresses, printed = folder / "addresses.txt", folder / "printed.txt"
    command = [sys.executable, "-m", "tests.chat_process", str(port), str(addresses), *map(str, options)]
    with printed.open("w") as out:
        process = subprocess.Popen(
            command, cwd=ROOT, stdout=out, stderr=subprocess.STDOUT,
            env=clean_environment() | {"GRADIO_TEMP_DIR": str(folder / "gradio")} | (env or {}),
        )  # fmt: skip
    try:
        deadline = time.monotonic() + START_SECONDS
        while "serving" not in printed.read_text():
            assert process.poll() is None and time.monotonic() < deadline, printed.read_text()
            time.sleep(0.1)
        yield Server(f"http://127.0.0.1:{port}/", addresses, printed, process)
    finally:
        process.terminate()
        process.wait(60)


@dataclass
class Visit:
    """One page in the browser, with the faults and requests it has seen."""

    page: Any
    url: str
    requests: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def open(self, query: str = "") -> Visit:
        self.leave()
        self.page.goto(f"{self.url}{query}")
        return self.settled()

    def leave(self) -> None:
        """A person's moment before a page is left: Gradio calls an answer that is cut off in its last milliseconds a fault."""
        if self.page.url.startswith(self.url):
            self.page.wait_for_timeout(250)

    def settled(self) -> Visit:
        """Waits until the page is ready and has brought back what the browser kept."""
        self.page.wait_for_selector("html[data-ready=yes][data-settled=yes]")
        return self

    def ask(self, question: str) -> Any:
        """Ask by keyboard; gives the locator of the turn with the answer.

        A person's Enter comes after the last letter has reached the page; where a busy machine lets it come before, the box
        keeps the question, and Enter is pressed again, as a person would.
        """
        before = self.page.locator("#log .turn").count()
        box = self.page.get_by_label("Your question about the report")
        box.fill(question)
        for _ in range(20):
            self.page.keyboard.press("Enter")
            self.page.wait_for_timeout(100)
            if box.input_value() != question:
                break
            self.page.wait_for_timeout(400)
        return self.turn(before)

    def turn(self, at: int) -> Any:
        turn = self.page.locator("#log .turn").nth(at)
        turn.wait_for()
        return turn

    def foreign(self) -> list[str]:
        """Requests that left the server's own address."""
        return [url for url in self.requests if not url.startswith((self.url, "data:", "blob:"))]


def opened(context: Any, url: str) -> Visit:
    """A new page of a context, which records what it fetches and what goes wrong."""
    page = context.new_page()
    visit = Visit(page, url)
    page.on("request", lambda request: visit.requests.append(request.url))
    page.on("pageerror", lambda error: visit.faults.append(str(error)))
    page.on("console", lambda line: visit.faults.append(line.text) if line.type == "error" else None)
    page.on("dialog", lambda dialog: (visit.faults.append(f"dialog {dialog.message}"), dialog.dismiss()))
    return visit


@contextmanager
def visiting(browser: Any, url: str, **options: Any) -> Iterator[Visit]:
    """A page of its own context; `options` are playwright's (viewport, color_scheme, ...)."""
    context = browser.new_context(**{**LAPTOP, **options})
    try:
        yield opened(context, url)
    finally:
        context.close()
