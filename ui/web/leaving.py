"""Who leaves while a question is being answered: their page's stream of answers breaks off, and nobody waits for what is still to come."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs

from ui.web.asgi import App, Message, Receive, Send

STREAM = "/gradio_api/queue/data"
ALL_SENT = b'"close_stream"'  # Gradio's last message: every event of the page is answered


class Leaving:
    """ASGI: calls `left` with Gradio's name of a page whose stream ends before all of its answers were sent."""

    def __init__(self, app: App, left: Callable[[str], None]) -> None:
        self.app, self.left = app, left

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != STREAM:
            await self.app(scope, receive, send)
            return
        session = parse_qs(scope["query_string"].decode("latin-1")).get("session_hash", [""])[0]
        done = False

        async def sending(message: Message) -> None:
            nonlocal done
            done = done or ALL_SENT in message.get("body", b"")
            await send(message)

        async def receiving() -> Message:
            message = await receive()
            if message["type"] == "http.disconnect" and not done:
                self.left(session)
            return message

        await self.app(scope, receiving, sending)
