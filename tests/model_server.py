"""A small server on the loopback address that speaks the OpenAI protocol: it streams what a test tells it, or misbehaves."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = Callable[["ModelServer", dict[str, Any], "Handler"], str | None]


class Handler(BaseHTTPRequestHandler):
    """One request; the server's `reply` gives the text to stream, or None when it has written to the socket itself."""

    protocol_version = "HTTP/1.1"
    server: ModelServer

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.server.asked.append((self.path, body))
        try:
            text = self.server.reply(self.server, body, self)
            if text is not None:
                self.stream([text])
        except (BrokenPipeError, ConnectionResetError):
            self.server.left += 1
            self.close_connection = True

    do_GET = do_PATCH = do_POST

    def start(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.end_headers()
        self.close_connection = True

    def stream(self, pieces: list[str], finish: str = "stop", pause: float = 0.0) -> None:
        """The pieces as chunks of one streamed completion."""
        self.start()
        for piece in pieces:
            self.chunk({"delta": {"role": "assistant", "content": piece}, "finish_reason": None})
            time.sleep(pause)
        self.chunk({"delta": {}, "finish_reason": finish})
        self.wfile.write(b"data: [DONE]\n\n")

    def chunk(self, choice: dict[str, Any]) -> None:
        record = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [{"index": 0, **choice}]}
        self.wfile.write(f"data: {json.dumps(record)}\n\n".encode())
        self.wfile.flush()

    def refuse(self, status: int, headers: dict[str, str] | None = None) -> None:
        """An error as such servers send it."""
        body = json.dumps({"error": {"message": "no", "type": "server_error"}}).encode()
        self.send_response(status)
        for name, value in {"content-type": "application/json", "content-length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Silent."""


class ModelServer(ThreadingHTTPServer):
    """The server; `asked` holds (path, body) of every request, `left` counts connections that the client closed."""

    daemon_threads = True

    def __init__(self, reply: Reply) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.reply = reply
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.left = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"


@contextmanager
def serving(reply: Reply) -> Iterator[ModelServer]:
    """A running server."""
    server = ModelServer(reply)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def sentences(body: dict[str, Any]) -> dict[int, str]:
    """The numbered sentences of a request, as the model sees them."""
    message = body["messages"][-1]["content"]
    shown = re.findall(r"<passage-\w+ [^>]*>\n(.*?)\n</passage-", message, re.DOTALL)
    return {int(number): text for one in shown for number, text in re.findall(r"^(\d+)\. (.*)$", one, re.MULTILINE)}


def number_of(body: dict[str, Any], piece: str) -> int | None:
    """The number of the sentence that holds a piece of text."""
    return next((number for number, text in sentences(body).items() if piece in text), None)


def chosen(*numbers: int) -> str:
    """A reply that chooses these sentences."""
    return json.dumps({"stated": True, "numbers": numbers})
