"""Every route, sent by every sort of stranger to a chat with sign-in: nobody is let in, nothing is answered, nothing is left behind."""

from __future__ import annotations

import json
import re
import secrets
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.shared_chat import PASSWORD, Shared, command, far, sharing
from ui.sign_in.people import People, hashed
from ui.sign_in.sessions import IDLE, LONGEST
from ui.web.store import Store

pytestmark = [pytest.mark.server]

OPEN = {"/health", "/robots.txt", "/favicon.ico", "/sign-in"}
OF_PROGRAMS = ("/api", "/mcp")
COOKIE = "findings_session"
SAID = ("Northshire", "foster carers")  # words of the report
MCP = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "ask", "arguments": {"question": "paragraph 4"}}}
UPLOAD = b'--b\r\nContent-Disposition: form-data; name="files"; filename="left.txt"\r\n\r\nleft behind\r\n--b--\r\n'
BODIES = {
    "/api/ask": {"question": "paragraph 4"},
    "/api/search": {"query": "foster carers"},
    "/api/brief": {"topic": "fostering"},
    "/mcp": MCP,
}


def routes() -> list[tuple[str, str]]:
    """Every route there is: of Gradio, of the web API, of the door, taken from the applications themselves."""
    import gradio as gr

    from ui.desk import Desk
    from ui.web.access import Access
    from ui.web.server import application

    def none() -> Any:
        from index.errors import MissingIndex

        raise MissingIndex("none")

    with gr.Blocks() as blocks:
        gr.State(())
    layers: Any = application(Desk(none), blocks, Access(passwords=True, mcp=True), Store())
    while not hasattr(layers, "routes"):
        layers = layers.app
    found: list[tuple[str, str]] = []

    def walk(listed: Any, before: str = "") -> None:
        for route in listed:
            path = before + getattr(route, "path", "")
            if getattr(route, "routes", None):
                walk(route.routes, path.rstrip("/"))
            elif getattr(route, "original_router", None) is not None:
                walk(route.original_router.routes, path)
            else:
                found.extend((method, path) for method in sorted(getattr(route, "methods", None) or {"GET", "POST"}))

    walk(layers.routes)
    adding = [("GET", "/add-report"), ("HEAD", "/add-report"), ("POST", "/add-report"), ("PUT", "/add-report"), ("GET", f"/add-report/{'0' * 16}"),
              ("POST", f"/add-report/{'0' * 16}/shelf"), ("POST", f"/add-report/{'0' * 16}/discard"), ("GET", "/add-report/"), ("GET", "/add-report%0a")]  # fmt: skip
    ours = [*adding, ("GET", "/sign-out"), ("POST", "/sign-out"), ("POST", "/sign-in"), ("GET", "/gradio_api/upload%0a"),
            ("POST", "/gradio_api/upload%0a"), ("POST", "/upload"), ("GET", "/../etc/passwd"), ("GET", "/page/4.svg"),
            ("HEAD", "/"), ("POST", "/"), ("OPTIONS", "/api/ask"), ("PUT", "/mcp")]  # fmt: skip
    return sorted({*found, *ours})


ROUTES = routes()


@pytest.fixture(scope="module")
def closed_chat(toy_index: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    """A chat of two users behind a proxy on this machine; one of them may add reports."""
    folder = tmp_path_factory.mktemp("closed")
    settings = {**toy_index, "FINDINGS_STATE": str(folder / "state.sqlite3")}
    for name in ("ann", "bob"):
        assert command(settings, "users", "add", name, stdin=f"{PASSWORD}\n").returncode == 0
    with sharing(folder, toy_index, "--proxy", "127.0.0.1", "--mcp", "--may-add-reports", "ann") as server:
        yield server
        assert "Traceback" not in server.said()


def key_of(server: Shared, name: str) -> str:
    """The key of a new session of this user."""
    with server.client() as client:
        client.post("sign-in", data={"name": name, "password": PASSWORD}, headers=far("192.0.2.1"))
        return client.cookies[COOKIE]


def token_of(server: Shared, name: str) -> str:
    return server.command("tokens", "add", name, "--label", "probed").stdout.strip()


@pytest.fixture(scope="module")
def strangers(closed_chat: Shared, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    """What each sort of stranger brings, as headers; `?` stands for what is put into the address."""
    server = closed_chat
    store = Store(Path(server.settings["FINDINGS_STATE"]))
    away = Store(tmp_path_factory.mktemp("away") / "state")
    People(away).add("ann", PASSWORD)
    now = time.time()
    keys = {name: key_of(server, "ann") for name in ("signed out", "unused", "of yesterday")}
    with server.client(headers=far("192.0.2.1")) as client:
        client.post("sign-out", headers={"cookie": f"{COOKIE}={keys['signed out']}"})
    revoked = token_of(server, "ann")
    listed = server.command("tokens", "list").stdout.splitlines()
    assert server.command("tokens", "revoke", listed[0].split()[0]).returncode == 0
    key, token = key_of(server, "bob"), token_of(server, "bob")
    assert server.command("users", "remove", "bob").returncode == 0
    valid, other, held = token_of(server, "ann"), key_of(server, "ann"), hashed(key_of(server, "ann"))
    # last, for whoever signs in clears away what has ended
    store.changed("UPDATE sessions SET seen = ? WHERE hash = ?", now - IDLE - 1, hashed(keys["unused"]))
    store.changed("UPDATE sessions SET begun = ? WHERE hash = ?", now - LONGEST - 1, hashed(keys["of yesterday"]))
    return {
        "nothing": {},
        "a session made up": {"cookie": f"{COOKIE}={secrets.token_urlsafe(32)}"},
        "an empty session": {"cookie": f"{COOKIE}="},
        "the name as session": {"cookie": f"{COOKIE}=ann; user=ann"},
        "what the file holds of a session": {"cookie": f"{COOKIE}={held}"},
        "a session signed out": {"cookie": f"{COOKIE}={keys['signed out']}"},
        "a session that was not used for hours": {"cookie": f"{COOKIE}={keys['unused']}"},
        "a session of yesterday": {"cookie": f"{COOKIE}={keys['of yesterday']}"},
        "a session of a removed user": {"cookie": f"{COOKIE}={key}"},
        "a token made up": {"authorization": f"Bearer fnd_{secrets.token_urlsafe(32)}"},
        "a token of another server": {"authorization": f"Bearer {People(away).add_token('ann')}"},
        "a revoked token": {"authorization": f"Bearer {revoked}"},
        "a token of a removed user": {"authorization": f"Bearer {token}"},
        "a token in the address": {"?": valid},
        "a token as session": {"cookie": f"{COOKIE}={valid}"},
        "a session as token": {"authorization": f"Bearer {other}"},
        "a token by another scheme": {"authorization": f"Basic {valid}", "x-api-key": valid},
        "a name in a header": {"x-remote-user": "ann", "remote-user": "ann", "x-forwarded-user": "ann", "x-gradio-user": "ann"},
    }  # fmt: skip


SORTS = (
    "nothing", "a session made up", "an empty session", "the name as session", "what the file holds of a session", "a session signed out",
    "a session that was not used for hours", "a session of yesterday", "a session of a removed user", "a token made up",
    "a token of another server", "a revoked token", "a token of a removed user", "a token in the address", "a token as session",
    "a session as token", "a token by another scheme", "a name in a header",
)  # fmt: skip


def sent(client: httpx.Client, method: str, path: str, headers: dict[str, str]) -> httpx.Response:
    """A request of this route with a body that would be answered."""
    asked = re.sub(r"\{[^}]*\}", "4", path).lstrip("/")
    key = headers.get("?")
    query = f"?token={key}&access_token={key}&session_hash=probed" if key else ""
    kind, body = "application/json", b""
    if method not in ("GET", "HEAD", "OPTIONS"):
        event = {"data": [None] * 20, "fn_index": 1, "session_hash": "probed", "event_data": {"question": "paragraph 4"}}
        body = json.dumps(BODIES.get(path, event)).encode()
    if "upload" in path or path == "/add-report":
        kind, body = "multipart/form-data; boundary=b", UPLOAD
    own = {name: value for name, value in headers.items() if name != "?"}
    own |= {"content-type": kind, "accept": "application/json, text/event-stream, text/html"}
    return client.request(method, asked + query, content=body, headers=own)


def test_the_routes_are_all_there() -> None:
    assert len(ROUTES) > 70
    paths = {path for _, path in ROUTES}
    assert paths >= {
        *OPEN - {"/robots.txt", "/favicon.ico"},
        "/",
        "/config",
        "/mcp",
        "/api",
        "/api/ask",
        "/api/search",
        "/api/brief",
    }
    assert paths >= {"/add-report", f"/add-report/{'0' * 16}/shelf"}
    assert paths >= {"/api/passage/{id}", "/gradio_api/queue/join", "/gradio_api/queue/data", "/gradio_api/upload", "/sign-out"}


@pytest.mark.parametrize("sort", SORTS)
def test_every_route_is_closed_to_a_stranger(sort: str, closed_chat: Shared, strangers: dict[str, dict[str, str]]) -> None:
    let_in, address = [], f"198.51.100.{1 + SORTS.index(sort)}"
    with closed_chat.client(headers=far(address)) as client:
        for method, path in ROUTES:
            got = sent(client, method, path, strangers[sort])
            door = got.status_code == 303 and got.headers["location"].startswith("/sign-in")
            page = path == "/" or re.fullmatch(r"/add-report(/[0-9a-f]{16}(/.*)?)?", path)
            if path not in OPEN and not (door if page and method in ("GET", "HEAD") else got.status_code == 401):
                let_in.append((method, path, got.status_code))
            if path == "/sign-in" and method == "POST" and got.status_code not in (400, 401, 403, 429):
                let_in.append((method, path, got.status_code))
            client.cookies.clear()
            assert "set-cookie" not in got.headers
            assert path == "/health" or not any(word in got.text for word in SAID)
    assert let_in == []
    left = Path(closed_chat.settings["GRADIO_TEMP_DIR"])
    assert [one for one in left.rglob("*") if one.is_file()] == []


def test_a_token_opens_what_is_for_programs_and_nothing_else(closed_chat: Shared) -> None:
    bearer = far("198.51.100.90", authorization=f"Bearer {token_of(closed_chat, 'ann')}")
    wrong = []
    with closed_chat.client(headers=bearer) as client:
        for method, path in ROUTES:
            if path == "/mcp" and method == "GET":
                continue  # a stream without end
            got = sent(client, method, path, {})
            opened = got.status_code not in (401, 303)
            if path not in OPEN and opened != path.startswith(OF_PROGRAMS):
                wrong.append((method, path, got.status_code))
    assert wrong == []


def test_what_strangers_are_refused_a_user_is_given(closed_chat: Shared) -> None:
    """Or the probes would show nothing: the same requests, with a session or a token that is valid."""
    session = {"cookie": f"{COOKIE}={key_of(closed_chat, 'ann')}"}
    token = {"authorization": f"Bearer {token_of(closed_chat, 'ann')}"}
    with closed_chat.client(headers=far("198.51.100.91")) as client:
        for headers in (session, token):
            for path in (*BODIES, "/api/passage/{id}"):
                got = sent(client, "GET" if "passage" in path else "POST", path, headers)
                assert (path, got.status_code) == (path, 200), got.text
                assert any(word in got.text for word in SAID)
        assert sent(client, "GET", "/config", session).status_code == 200
        assert sent(client, "GET", "/", session).status_code == 200
        assert sent(client, "POST", "/gradio_api/upload", session).status_code == 404  # to nobody
        assert sent(client, "GET", "/add-report", session).status_code == 200
        assert sent(client, "POST", "/add-report", session).status_code == 422  # no report, but somebody who may send one


def test_a_session_that_ends_while_a_reader_waits_gets_no_further_answers(closed_chat: Shared) -> None:
    """Ended elsewhere: the next event is refused, and so is a second stream of the conversation."""
    session = {"cookie": f"{COOKIE}={key_of(closed_chat, 'ann')}"}
    with closed_chat.client(headers=far("198.51.100.92")) as client:
        functions = client.get("config", headers=session).json()["dependencies"]
        turn = next(one for one in functions if one["api_name"] == "turn")
        event = {"data": [None] * len(turn["inputs"]), "fn_index": turn["id"], "session_hash": "waiting1",
                 "event_data": {"question": "paragraph 4"}}  # fmt: skip
        assert client.post("gradio_api/queue/join", json=event, headers=session).status_code == 200
        assert client.post("sign-out", headers=session).status_code == 303
        assert client.get("gradio_api/queue/data", params={"session_hash": "waiting1"}, headers=session).status_code == 401
        assert client.post("gradio_api/queue/join", json=event, headers=session).status_code == 401
        assert client.get("gradio_api/queue/data", params={"session_hash": "waiting1"}).status_code == 401
