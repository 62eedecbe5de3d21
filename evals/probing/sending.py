"""Sends a probe to a server on this machine and judges the reply by what is right for any reply."""

from __future__ import annotations

import json
import re
import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

SLOW = 2.0  # seconds until a reply is a fault, unless the probe says that the server may wait
MOST = 8_000_000  # bytes of a reply that are read
HEAD = re.compile(rb"HTTP/1\.[01] (\d{3})")
TRACES = (b"Traceback (most recent", b'File "/', b"site-packages", b"/lib/python3", b"root:x:0:0")


@dataclass(frozen=True)
class Reply:
    """What came back: the first status (0: none), head and body as bytes, seconds until the connection was closed or the wait was over."""

    status: int
    head: bytes
    body: bytes
    seconds: float
    ended: bool


def send(url: str, sent: bytes, wait: float = SLOW, headers: bytes = b"") -> Reply:
    """Send bytes on a fresh connection and read until the server closes it, at most `wait` seconds more than is fair. HOST in the bytes becomes the
    server's address, `headers` (whole lines) stand first."""
    parts = urlsplit(url)
    host, port = parts.hostname or "127.0.0.1", parts.port or 80
    sent = sent.replace(b"Host: HOST", b"Host: " + f"{host}:{port}".encode())
    if headers and b"\r\n" in sent:
        first, rest = sent.split(b"\r\n", 1)
        sent = first + b"\r\n" + headers + rest
    began, received, ended = time.monotonic(), b"", False
    with socket.create_connection((host, port), timeout=10) as connection:
        connection.settimeout(wait + 8)
        with suppress(OSError):  # refused before everything was sent: the reply says why
            connection.sendall(sent)
        try:
            while len(received) < MOST and time.monotonic() - began < wait + 8:
                piece = connection.recv(65536)
                if not piece:
                    ended = True
                    break
                received += piece
        except TimeoutError:
            pass
        except OSError:
            ended = True
    seconds = time.monotonic() - began
    head, _, body = received.partition(b"\r\n\r\n")
    found = HEAD.match(head)
    return Reply(int(found[1]) if found else 0, head, body, seconds, ended)


def faults(reply: Reply, statuses: frozenset[int], wait: float, paths: tuple[str, ...] = ()) -> list[str]:
    """What is wrong with a reply, in words."""
    found = []
    if reply.status not in statuses:
        found.append(f"status {reply.status}")
    if not reply.ended and not wait:
        found.append("no end")
    if reply.seconds > max(SLOW, wait):
        found.append(f"{reply.seconds:.1f} s")
    everything = reply.head + b"\n" + reply.body
    found += [f"shows {trace!r}" for trace in TRACES if trace in everything]
    found += [f"shows the path {path}" for path in paths if path.encode() in everything]
    if reply.status >= 400 and b"set-cookie" in reply.head.lower() and b"evil" in reply.head.lower():
        found.append("sets a stranger's cookie")
    if b"evil.example" in reply.head or b"https://example.org" in reply.head:
        found.append("leads elsewhere")
    return found


def is_error_object(reply: Reply) -> bool:
    """Whether a refusal of the web API is {"error": "one sentence"}."""
    try:
        return list(json.loads(reply.body)) == ["error"]
    except ValueError:
        return False
