"""Foreign hosts and foreign pages: no DNS rebinding, no request of another site, no leave to read; headers; a path before the page."""

from __future__ import annotations

import http.server
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.shared_chat import Shared, far, sharing

pytestmark = [pytest.mark.server]


@pytest.fixture(scope="module")
def named_chat(toy_index: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    """A chat behind a proxy on this machine, under a name, a path, and in a frame of the intranet."""
    options = ("--proxy", "127.0.0.1", "--name", "findings.example", "--no-sign-in", "--prefix", "/findings")
    with sharing(tmp_path_factory.mktemp("named"), toy_index, *options, "--frame", "https://intranet.example") as server:
        yield Shared(re.sub(r"findings/$", "", server.url), server.process, server.printed, server.settings)


PATHS = ("", "config", "api/passage/4", "health", "theme.css")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "host", ["evil.example", "findings.example.evil.example", "findings.example@evil.example", "127.0.0.1.evil.example", "8.8.8.8",
             "findings.example:80:80", "0.0.0.0", "", "localhost/x", "[::2]"],
)  # fmt: skip
def test_a_foreign_host_is_refused_whatever_is_asked(host: str, path: str, named_chat: Shared) -> None:
    with named_chat.client() as client:
        got = client.get(path, headers={"host": host})
    assert got.status_code in (400, 421)
    assert "access-control-allow-origin" not in got.headers and "Northshire" not in got.text


@pytest.mark.parametrize(
    "host", ["findings.example", "findings.example:8443", "FINDINGS.example", "localhost", "127.0.0.1:9", "[::1]"]
)
def test_a_name_of_ours_is_answered(host: str, named_chat: Shared) -> None:
    with named_chat.client() as client:
        assert client.get("config", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS", "PUT"])
@pytest.mark.parametrize("path", ["", "gradio_api/queue/join", "api/ask", "api/passage/4", "gradio_api/upload%0a"])
@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "https://localhost.evil.example", "file://", "http://localhost"]
)
def test_a_foreign_origin_is_refused_and_gets_no_leave_to_read(method: str, path: str, origin: str, named_chat: Shared) -> None:
    asking = {"origin": origin, "access-control-request-method": "POST", "host": "findings.example"}
    with named_chat.client() as client:
        got = client.request(method, path, headers=asking)
    assert got.status_code == 403
    assert [name for name in got.headers if name.startswith("access-control")] == []


def test_the_page_s_own_origin_is_answered_behind_tls_too(named_chat: Shared) -> None:
    own = {"origin": "https://findings.example", "host": "findings.example", "x-forwarded-proto": "https"}
    with named_chat.client() as client:
        got = client.post("api/ask", json={"question": "paragraph 4"}, headers=own)
    assert (got.status_code, got.json()["outcome"]) == (200, "answered")
    assert [name for name in got.headers if name.startswith("access-control")] == []
    assert got.headers["strict-transport-security"]


def test_a_picture_in_a_foreign_page_fetches_nothing_and_a_link_leads_here(named_chat: Shared) -> None:
    with named_chat.client() as client:
        picture = client.get("api/passage/4", headers={"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"})
        form = client.post("", headers={"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"})
        link = client.get("?q=paragraph+4", headers={"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"})
    assert (picture.status_code, form.status_code, link.status_code) == (403, 403, 200)


def test_what_a_stranger_says_of_a_proxy_is_not_believed(plain_chat: Shared) -> None:
    lies = far(
        "10.0.0.1", **{"x-forwarded-host": "evil.example", "x-forwarded-proto": "https", "x-gradio-server": "http://evil.example"}
    )
    with plain_chat.client() as client:
        got = client.get("config", headers=lies)
    assert got.status_code == 200 and "evil" not in got.text and "strict-transport-security" not in got.headers


def test_every_response_carries_the_headers(named_chat: Shared) -> None:
    with named_chat.client() as client:
        responses = [client.get(path) for path in (*PATHS, "api", "nowhere")] + [client.get("", headers={"host": "evil.example"})]
    for got in responses:
        policy = got.headers["content-security-policy"]
        assert "default-src 'self'" in policy and "'unsafe-inline'" not in policy.split("style-src")[0]
        assert "frame-ancestors 'self' https://intranet.example" in policy and "http:" not in policy
        assert got.headers["x-content-type-options"] == "nosniff" and got.headers["referrer-policy"] == "no-referrer"
        assert got.headers["cross-origin-opener-policy"] == got.headers["cross-origin-resource-policy"] == "same-origin"
        assert got.headers["cache-control"] == "no-store" and got.headers["x-request-id"]
        assert "server" not in got.headers
    nonces = [re.search(r"'nonce-([\w-]+)'", got.headers["content-security-policy"]) for got in (responses[0],)]
    assert nonces[0] and f'nonce="{nonces[0][1]}"' in responses[0].text
    assert "nonce" not in responses[1].headers["content-security-policy"]


# ---- behind a proxy, under a path -------------------------------------------------------------------------------


@contextmanager
def proxying(target: str, strips: bool) -> Iterator[str]:
    """A small reverse proxy as councils have it: /findings/... goes to the chat, with or without the prefix."""

    class Proxy(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.0"

        def forward(self) -> None:
            path = self.path.removeprefix("/findings") if strips else self.path
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            sent = {name: value for name, value in self.headers.items() if name.lower() not in ("connection", "accept-encoding")}
            sent["x-forwarded-for"] = self.client_address[0]
            with httpx.stream(
                self.command, f"{target.rstrip('/')}{path}", headers=sent, content=body, trust_env=False, timeout=60
            ) as got:
                self.send_response(got.status_code)
                for name, value in got.headers.items():
                    if name not in ("transfer-encoding", "connection"):
                        self.send_header(name, value)
                self.end_headers()
                for piece in got.iter_raw():
                    self.wfile.write(piece)
                    self.wfile.flush()

        do_GET = do_POST = do_HEAD = forward

        def log_message(self, *_: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/findings/"
    finally:
        server.shutdown()


@pytest.mark.browser
@pytest.mark.parametrize("strips", [True, False], ids=["the proxy strips the path", "the proxy leaves the path"])
def test_the_page_works_under_a_path_behind_a_proxy(strips: bool, named_chat: Shared, browser: Any) -> None:
    from tests.chat_pages import visiting

    with proxying(named_chat.url, strips) as url, visiting(browser, url) as visit:
        visit.open()
        turn = visit.ask("paragraph 4")
        assert "There are 40 foster carers." in turn.inner_text()
        assert visit.foreign() == [] and visit.faults == []
        assert {one.split("/findings/")[0] for one in visit.requests if one.startswith("http")} == {url.split("/findings/")[0]}


@contextmanager
def framing() -> Iterator[tuple[str, list[str]]]:
    """Another site, whose pages show in a frame what the list names."""
    shown: list[str] = []

    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.end_headers()
            self.wfile.write(f'<iframe name="chat" src="{shown[0]}" width="900" height="700"></iframe>'.encode())

        def log_message(self, *_: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", shown
    finally:
        server.shutdown()


@pytest.mark.browser
def test_only_a_named_page_may_show_it_in_a_frame_and_there_it_answers(
    toy_index: dict[str, str], tmp_path: Path, browser: Any
) -> None:
    from tests.chat_pages import visiting

    with (
        framing() as (named, shown), framing() as (other, shown_too),
        sharing(tmp_path, toy_index, "--frame", named) as server, visiting(browser, server.url) as visit,
    ):  # fmt: skip
        shown.append(server.url)
        shown_too.append(server.url)
        visit.page.goto(other)
        visit.page.wait_for_timeout(1000)
        assert visit.page.frame_locator("iframe").locator(".masthead").count() == 0
        assert any("frame-ancestors" in fault for fault in visit.faults)
        visit.page.goto(named)
        chat = visit.page.frame_locator("iframe")
        chat.locator("html[data-ready=yes]").wait_for()
        chat.get_by_label("Your question about the report").fill("paragraph 4")
        chat.get_by_label("Your question about the report").press("Enter")
        assert "There are 40 foster carers." in chat.locator("#log .turn").inner_text()
