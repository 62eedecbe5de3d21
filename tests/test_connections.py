"""Connections before there is a request on them, and events that no page sends: a stranger's do not become everybody's wait."""

from __future__ import annotations

import json
import resource
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.shared_chat import Shared, sharing
from ui.web.limits import Limits

pytestmark = [pytest.mark.server]

LIMITS = Limits()


@pytest.fixture(scope="module")
def reached(toy_index: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    """A chat that other machines could reach, with files for few connections as many systems give them; the proxy is not this machine."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
    try:
        with sharing(tmp_path_factory.mktemp("reached"), toy_index, "--proxy", "10.0.0.1", "--no-sign-in", "--mcp") as server:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
            yield server
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def connected(server: Shared, sent: bytes = b"") -> socket.socket:
    url = httpx.URL(server.url)
    connection = socket.create_connection((url.host, url.port), timeout=20)
    connection.sendall(sent)
    return connection


def closed(connection: socket.socket) -> bool:
    """Whether the other side has closed the connection by now."""
    connection.setblocking(False)
    try:
        return connection.recv(1) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


def test_silent_connections_of_one_address_are_bounded_and_end_while_others_are_served(reached: Shared) -> None:
    """300 connections that send half a request, a byte at a time for one of them: 200 are held, and none for long."""
    half = b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nX-A: "
    held = [connected(reached, half) for _ in range(LIMITS.connections_each + 100)]
    until = time.monotonic() + 5
    while sum(map(closed, held)) < 100 and time.monotonic() < until:
        time.sleep(0.05)
    assert sum(map(closed, held)) >= 100
    dripping = next(one for one in held if not closed(one))
    until = time.monotonic() + LIMITS.head_seconds + 5
    while not all(map(closed, held)) and time.monotonic() < until:
        if not closed(dripping):
            dripping.setblocking(True)
            dripping.sendall(b"a")
        time.sleep(0.25)
    assert all(map(closed, held))
    with reached.client() as client:
        assert client.get("health").status_code == 200


def test_a_connection_that_goes_on_is_kept(reached: Shared) -> None:
    """The limit is on the time to a whole request, not on the life of a connection."""
    with reached.client() as client:
        for _ in range(3):
            assert client.get("health").status_code == 200


def test_there_are_files_for_all_connections_that_are_allowed(reached: Shared) -> None:
    limits = Path(f"/proc/{reached.process.pid}/limits").read_text()
    soft, hard = next(line.split()[3:5] for line in limits.splitlines() if line.startswith("Max open files"))
    assert int(soft) >= min(LIMITS.connections, int(hard))


NO_EVENTS = [
    {"data": [], "fn_index": -1, "session_hash": "a"},
    {"data": [], "fn_index": 99_999, "session_hash": "a"},
    {"data": [], "fn_index": 0, "session_hash": "a"},
    {"data": [], "fn_index": True, "session_hash": "a"},
    {"data": [], "fn_index": "1", "session_hash": "a"},
    {"data": None, "fn_index": 1, "session_hash": "a"},
    {"data": [], "fn_index": 1},
    {"data": [], "fn_index": 1, "session_hash": "a" * 65},
    {"data": [], "fn_index": 1, "session_hash": {"a": 1}},
    {"data": [], "fn_index": float("nan"), "session_hash": "a"},
    [],
    None,
]


def test_open_streams_of_mcp_are_bounded_for_each_client(reached: Shared) -> None:
    ask = f"GET /mcp HTTP/1.1\r\nHost: {httpx.URL(reached.url).netloc.decode()}\r\nAccept: text/event-stream\r\n\r\n".encode()
    held = [connected(reached, ask) for _ in range(LIMITS.streams + 1)]
    statuses = [one.recv(12)[-3:] for one in held]
    for one in held:
        one.close()
    assert statuses.count(b"429") == 1


def test_an_event_that_no_page_sends_is_refused_without_a_fault(reached: Shared) -> None:
    with reached.client() as client:
        for sent in NO_EVENTS:
            got = client.post("gradio_api/queue/join", content=json.dumps(sent), headers={"content-type": "application/json"})
            assert (sent, got.status_code) == (sent, 422)
    assert "Traceback" not in reached.said() and "Fault" not in reached.said()
