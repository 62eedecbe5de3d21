"""How much one client may ask: size and time of a body (413, 408), requests a minute (429), open streams, a share of the queue.

The body is read here, before anything behind sees the request, so that what is too large is never kept.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable

from prompts import wording
from ui.web.asgi import App, Message, Receive, Send, header, headers, is_question, refuse
from ui.web.limits import Limits
from ui.web.store import Store

BAD, TOO_LARGE, TOO_SLOW, TOO_MANY = 400, 413, 408, 429
RETRY_SOON = 3  # seconds: when a place in the queue is likely to be free


class TooLarge(Exception):
    """The body has more bytes than are read."""


class Sized:
    """ASGI: reads the body up to the limit and hands it on whole; closes the connection on what is larger."""

    def __init__(self, app: App, limits: Limits) -> None:
        self.app, self.limits = app, limits

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        closing = [("connection", "close")]
        if await two_lengths(scope, send):
            return
        try:
            announced = header(scope, "content-length")
            if announced is not None and (not announced.isdecimal() or int(announced) > self.limits.body):
                raise TooLarge
            async with asyncio.timeout(self.limits.body_seconds):
                body = await self._read(receive)
        except TooLarge:
            await refuse(scope, send, TOO_LARGE, wording("refused.large", limit=self.limits.body // 1024), closing)
        except TimeoutError:
            await refuse(scope, send, TOO_SLOW, wording("refused.slow"), closing)
        else:
            if body is not None:
                scope["findings"]["body"] = body
                await self.app(scope, _handed(body, receive), send)

    async def _read(self, receive: Receive) -> bytes | None:
        """The body; None where the client left while sending it."""
        parts: list[bytes] = []
        size = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            part = message.get("body", b"")
            size += len(part)
            if size > self.limits.body:
                raise TooLarge
            parts.append(part)
            if not message.get("more_body"):
                return b"".join(parts)


async def two_lengths(scope: Message, send: Send) -> bool:
    """Refuse a request that names its length in two ways, which is how one is hidden in another; tells whether it did."""
    if headers(scope, "content-length") and headers(scope, "transfer-encoding"):
        await refuse(scope, send, BAD, wording("refused.two_lengths"), [("connection", "close")])
        return True
    return False


def _handed(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives the whole body once, and then what the connection says."""
    left = [body]

    async def receiving() -> Message:
        if left:
            return {"type": "http.request", "body": left.pop(), "more_body": False}
        return await receive()

    return receiving


class Rated:
    """ASGI: counts what each client asks. `waiting` tells how many events of a client wait in the queue.

    Stands behind the sign-in, so that a user is counted by name wherever they sit, and a stranger by address.
    """

    def __init__(self, app: App, limits: Limits, store: Store, waiting: Callable[[str], int]) -> None:
        self.app, self.limits, self.store, self.waiting = app, limits, store, waiting
        self.streams: Counter[str] = Counter()
        self.joining: Counter[str] = Counter()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["findings"]["own"]:
            await self.app(scope, receive, send)
            return
        client, path = scope["findings"]["client"], scope["path"]
        if self._too_often(scope, client):
            await self._later(scope, send)
        elif path == "/gradio_api/queue/join":
            await self._join(scope, receive, send)
        elif path == "/gradio_api/queue/data" or (path == "/mcp" and scope["method"] == "GET"):
            await self._stream(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def _too_often(self, scope: Message, client: str) -> bool:
        if self.store.count(f"requests {client}") > self.limits.requests:
            return True
        return is_question(scope) and self.store.count(f"questions {client}") > self.limits.questions

    async def _later(self, scope: Message, send: Send) -> None:
        seconds = self.store.until_next_minute()
        await refuse(scope, send, TOO_MANY, wording("refused.often", seconds=seconds), [("retry-after", str(seconds))])

    async def _join(self, scope: Message, receive: Receive, send: Send) -> None:
        """An event for the queue. Those on their way there count too: hundreds at once would each find it empty."""
        client = scope["findings"]["client"]
        if self.waiting(client) + self.joining[client] >= self.limits.waiting:
            await refuse(scope, send, TOO_MANY, wording("refused.waiting"), [("retry-after", str(RETRY_SOON))])
            return
        await self._counted(self.joining, scope, receive, send)

    async def _stream(self, scope: Message, receive: Receive, send: Send) -> None:
        """A response that stays open: each client may hold some."""
        client = scope["findings"]["client"]
        if self.streams[client] >= self.limits.streams:
            await refuse(scope, send, TOO_MANY, wording("refused.streams"), [("retry-after", str(RETRY_SOON))])
            return
        await self._counted(self.streams, scope, receive, send)

    async def _counted(self, counts: Counter[str], scope: Message, receive: Receive, send: Send) -> None:
        """Answer a request, counted for its client while that takes."""
        client = scope["findings"]["client"]
        counts[client] += 1
        try:
            await self.app(scope, receive, send)
        finally:
            counts[client] -= 1
            if not counts[client]:
                del counts[client]
