"""The few words of ASGI that the layers share: their types, headers as they are sent, and a whole response in one call.

Knows nothing of what is checked or answered.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]
Headers = Iterable[tuple[str, str]]


def header(scope: Message, name: str) -> str | None:
    """The one value of a header; None where it is missing or was sent twice, which no browser does."""
    values = headers(scope, name)
    return values[0] if len(values) == 1 else None


def headers(scope: Message, name: str) -> list[str]:
    """Every value of a header, in the order sent."""
    wanted = name.lower().encode("latin-1")
    return [value.decode("latin-1") for key, value in scope["headers"] if key == wanted]


def without(scope: Message, *names: str) -> Message:
    """The request without these headers."""
    dropped = {name.lower().encode("latin-1") for name in names}
    return {**scope, "headers": [(key, value) for key, value in scope["headers"] if key not in dropped]}


async def respond(
    send: Send, status: int, body: str | bytes = b"", kind: str = "text/plain; charset=utf-8", more: Headers = ()
) -> None:
    """Send a whole response. `more` are headers beside type and length."""
    content = body.encode("utf-8") if isinstance(body, str) else body
    fields = [("content-type", kind), ("content-length", str(len(content))), *more]
    sent = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in fields]
    await send({"type": "http.response.start", "status": status, "headers": sent})
    await send({"type": "http.response.body", "body": content})


async def refuse(scope: Message, send: Send, status: int, sentence: str, more: Headers = ()) -> None:
    """A refusal in one sentence: JSON for programs (`/api/`), plain text for everybody else."""
    if is_api(scope["path"]):
        await respond(send, status, json.dumps({"error": sentence}, ensure_ascii=False), "application/json", more)
    else:
        await respond(send, status, sentence, more=more)


def is_api(path: str) -> bool:
    """Whether a path belongs to the web API, which is asked by programs."""
    return path == "/api" or path.startswith("/api/")


def is_question(scope: Message) -> bool:
    """Whether a request makes the engine work: a question, a passage, a briefing, through any door."""
    path = scope["path"]
    return path in ("/gradio_api/queue/join", "/mcp") or (path.startswith("/api/") and path not in ("/api/", "/api/openapi.json"))


def adding(send: Send, fields: Headers) -> Send:
    """A `send` that adds headers to a response, each unless the response already has it."""
    wanted = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in fields]

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            had = {name.lower() for name, _ in message.get("headers", [])}
            added = [(name, value) for name, value in wanted if name not in had]
            message = {**message, "headers": [*message.get("headers", []), *added]}
        await send(message)

    return sending
