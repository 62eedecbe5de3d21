"""What a client may do to a connection while a request is answered: leave, reset, read slowly, say half of it. Each is a function of the
server's address; whatever it does, the server answers others within two seconds.
"""

from __future__ import annotations

import http.client
import json
import socket
import struct
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import httpx

from evals.probing.requests import ASK, posted, request

LONG = posted("/api/ask", {"question": "how long do care proceedings take? what is early help? " * 20})


def _connected(url: str, buffer: int = 0) -> socket.socket:
    parts = urlsplit(url)
    connection = socket.socket()
    if buffer:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    connection.settimeout(20)
    connection.connect((parts.hostname or "127.0.0.1", parts.port or 80))
    return connection


def _sent(url: str, message: bytes, buffer: int = 0) -> socket.socket:
    connection = _connected(url, buffer)
    connection.sendall(message.replace(b"Host: HOST", f"Host: {urlsplit(url).netloc}".encode()))
    return connection


def _reset(connection: socket.socket) -> None:
    """Close without a goodbye: the other side sees a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def leaves_at_once(url: str) -> None:
    for _ in range(20):
        _sent(url, LONG).close()


def resets_at_once(url: str) -> None:
    for _ in range(20):
        _reset(_sent(url, LONG))


def resets_in_the_midst(url: str) -> None:
    for _ in range(5):
        connection = _sent(url, request("GET", "/"), 2048)
        connection.recv(1000)
        _reset(connection)


def says_goodbye_first(url: str) -> None:
    for _ in range(5):
        connection = _sent(url, posted("/api/ask", ASK))
        connection.shutdown(socket.SHUT_WR)
        connection.recv(1000)
        connection.close()


def reads_a_byte_at_a_time(url: str) -> None:
    connection = _sent(url, request("GET", "/"), 2048)
    for _ in range(40):
        connection.recv(1)
        time.sleep(0.05)
    connection.close()


def never_reads(url: str) -> None:
    held = [_sent(url, request("GET", "/"), 2048) for _ in range(30)]
    time.sleep(2)
    for one in held:
        one.close()


def sends_a_byte_at_a_time(url: str) -> None:
    connection = _connected(url)
    for byte in request("GET", "/health", host=urlsplit(url).netloc):
        connection.sendall(bytes([byte]))
        time.sleep(0.005)
    assert b" 200 " in connection.recv(100)
    connection.close()


def sends_on_after_the_body(url: str) -> None:
    connection = _sent(url, posted("/api/ask", ASK) + b"x" * 5_000)
    connection.recv(1000)
    connection.close()


def opens_streams_of_nobody(url: str) -> None:
    for at in range(30):
        _sent(url, request("GET", f"/gradio_api/queue/data?session_hash=nobody{at}")).close()


def joins_and_leaves(url: str) -> None:
    with httpx.Client(base_url=url, trust_env=False, timeout=20) as client:
        functions = client.get("config").json()["dependencies"]
        turn = next(one for one in functions if one["api_name"] == "turn")
        for at in range(20):
            event = {"data": [None] * len(turn["inputs"]), "fn_index": turn["id"], "session_hash": f"left{at}",
                     "event_data": {"question": "what is early help?"}}  # fmt: skip
            client.post("gradio_api/queue/join", json=event)
            if at % 2:
                _sent(url, request("GET", f"/gradio_api/queue/data?session_hash=left{at}")).close()


def joins_twice_and_reads_twice(url: str) -> None:
    with httpx.Client(base_url=url, trust_env=False, timeout=20) as client:
        functions = client.get("config").json()["dependencies"]
        turn = next(one for one in functions if one["api_name"] == "turn")
        event = {"data": [None] * len(turn["inputs"]), "fn_index": turn["id"], "session_hash": "double1",
                 "event_data": {"question": "paragraph 4"}}  # fmt: skip
        for _ in range(2):
            client.post("gradio_api/queue/join", json=event)
        held = [_sent(url, request("GET", "/gradio_api/queue/data?session_hash=double1")) for _ in range(2)]
        time.sleep(1)
        for one in held:
            one.close()


def cancels_what_others_asked(url: str) -> None:
    with httpx.Client(base_url=url, trust_env=False, timeout=20) as client:
        for name in ("left0", "left1", "double1", "none"):
            client.post("gradio_api/cancel", json={"session_hash": name, "fn_index": 1, "event_id": "0" * 32})
            client.post("gradio_api/reset", json={"event_id": "0" * 32})


def asks_the_same_all_at_once(url: str) -> None:
    held = [_sent(url, posted("/api/ask", ASK)) for _ in range(10)]
    for one in held:
        one.recv(200)
        one.close()


def keeps_a_connection_for_all(url: str) -> None:
    kept = http.client.HTTPConnection(urlsplit(url).netloc, timeout=20)
    for _ in range(50):
        kept.request("GET", "/health")
        got = kept.getresponse()
        assert (got.status, bool(got.read())) == (200, True)
    kept.close()


def urgent_byte(url: str) -> None:
    connection = _connected(url)
    connection.send(b"G", socket.MSG_OOB)
    connection.sendall(json.dumps(ASK).encode())
    connection.close()


MANNERS: dict[str, Callable[[str], None]] = {
    f"manners: {one.__name__.replace('_', ' ')}": one
    for one in (
        leaves_at_once, resets_at_once, resets_in_the_midst, says_goodbye_first, reads_a_byte_at_a_time, never_reads,
        sends_a_byte_at_a_time, sends_on_after_the_body, opens_streams_of_nobody, joins_and_leaves, joins_twice_and_reads_twice,
        cancels_what_others_asked, asks_the_same_all_at_once, keeps_a_connection_for_all, urgent_byte,
    )
}  # fmt: skip
