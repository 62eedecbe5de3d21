"""The log: one line of JSON a request on stderr, with an id that the response carries too. Never what was asked.

Pictures, scripts and styles of the page are not logged. An address is logged only where something was refused: that is when
somebody has to look. `--log-questions REASON` adds a line with each question, and the page then says so.
"""

from __future__ import annotations

import json
import secrets
import sys
import threading
import time
import traceback
from collections.abc import Callable
from typing import Any

from prompts import wording
from ui.web.access import ADDING
from ui.web.asgi import App, Message, Receive, Send, is_api, refuse

QUIET = ("/assets/", "/static/", "/svelte/", "/theme.css", "/favicon.ico")
BROKEN = 500
LINE_LIMIT = 200  # characters of a source line in the log
REFUSED = 400  # statuses from here on are logged with the address
_writing = threading.Lock()


def line(**fields: Any) -> None:
    """Write one line: the time in UTC first, then the fields as given."""
    now = time.time()
    stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now)) + f".{int(now * 1000) % 1000:03d}Z"
    with _writing:
        print(json.dumps({"time": stamp, **fields}, ensure_ascii=True), file=sys.stderr, flush=True)


def fault(bug: BaseException) -> None:
    """Where a bug happened, on stderr: its type and the lines of code, not its message, which could hold a question."""
    lines = [f"{frame.filename}:{frame.lineno} in {frame.name}" for frame in traceback.extract_tb(bug.__traceback__)]
    print(f"Fault {type(bug).__name__} at", *(line[-LINE_LIMIT:] for line in lines), sep="\n  ", file=sys.stderr)


class Logged:
    """ASGI: gives each request an id and writes its line when the response has begun. `known` says whether a path is one of ours."""

    def __init__(self, app: App, on: bool, known: Callable[[str], bool]) -> None:
        self.app, self.on, self.known = app, on, known

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        identity, started = secrets.token_hex(8), time.perf_counter()
        status = 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message = {**message, "headers": [*message.get("headers", []), (b"x-request-id", identity.encode())]}
            await send(message)

        try:
            await self.app(scope, receive, sending)
        except Exception as bug:  # said in one sentence, and logged without what was sent
            fault(bug)
            if not status:
                await refuse(scope, sending, BROKEN, wording("error.fault"))
        finally:
            if self.on and not scope["path"].startswith(QUIET):
                known = scope["findings"]
                line(
                    event="request", id=identity, method=scope["method"][:10], status=status or 499,
                    path=route(scope["path"]) if self.known(scope["path"]) else None,  # a path of no route may hold anything
                    user=known["user"], address=scope["client"][0] if status >= REFUSED else None,
                    ms=round((time.perf_counter() - started) * 1000, 1),
                )  # fmt: skip


def route(path: str) -> str:
    """A path as it is logged: what a caller may write freely into it is left out."""
    if path.startswith("/api/passage/"):
        return "/api/passage/..."
    if path.startswith(f"{ADDING}/"):
        return f"{ADDING}/..."
    return (
        path if not is_api(path) or path in ("/api", "/api/ask", "/api/search", "/api/brief", "/api/openapi.json") else "/api/..."
    )
