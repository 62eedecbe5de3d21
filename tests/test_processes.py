"""Several processes that answer from one Chroma server: the same answers as from files alone, while parts of it fail and return.

A small proxy stands before two chats, as docs/deployment.md says: it keeps a reader on one of them by a cookie, goes to the other where
that one is gone, serves under a prefix, and names the signed-in user.
"""

from __future__ import annotations

import http.client
import json
import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from assistant.assistant import Assistant
from index.store import Index, current_build, fingerprint
from index.vectors.shared import publish
from tests.chroma_server import SETTLED, chroma, free_port, until
from tests.conftest import Run
from tests.shared_chat import Shared, event, sharing, shown

pytestmark = pytest.mark.server

QUESTIONS = (
    "How long do visits take?",
    "How many foster carers are there?",
    "what are the recommendations?",
    "paragraph 9",
    "who cooks?",
)
PAUSE = 0.55  # seconds between two questions of one reader: under the limit of 120 a minute


# ---- what stands around the chats ------------------------------------------------------------------------------


@dataclass
class Proxy:
    """The proxy's address and what it stands before."""

    backs: list[str]
    url: str = ""
    sent: list[int] = field(default_factory=list)  # which one each request went to
    turn: Iterator[int] = field(default_factory=count)  # of those that come for the first time; several may come at once


@contextmanager
def proxied(backs: list[str]) -> Iterator[Proxy]:
    """A proxy before some chats."""
    proxy = Proxy(backs)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _pass(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            kept = re.search(r"\bback=(\d)", self.headers.get("cookie") or "")
            first = int(kept[1]) if kept else next(proxy.turn) % len(backs)
            for back in (first, *(one for one in range(len(backs)) if one != first)):
                to = http.client.HTTPConnection(urlsplit(backs[back]).netloc, timeout=SETTLED)
                try:
                    to.connect()
                except OSError:
                    continue  # gone: the next one
                proxy.sent.append(back)
                sent = {
                    name: value
                    for name, value in self.headers.items()
                    if name.lower() not in ("connection", "x-remote-user", "who")
                }
                sent |= {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"} | (
                    {"X-Remote-User": self.headers["who"]} if self.headers["who"] else {}
                )
                to.request(self.command, self.path, body or None, sent)
                self._back(to.getresponse(), back)
                to.close()
                return
            self.send_error(502)

        def _back(self, got: http.client.HTTPResponse, back: int) -> None:
            self.send_response(got.status)
            for name, value in got.getheaders():
                if name.lower() not in ("connection", "transfer-encoding", "content-length"):
                    self.send_header(name, value)
            self.send_header("set-cookie", f"back={back}; Path=/")
            self.send_header("connection", "close")
            self.end_headers()
            while part := got.read1(65_536):
                self.wfile.write(part)
                self.wfile.flush()
            self.close_connection = True

        do_GET = do_POST = do_HEAD = _pass

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    proxy.url = f"http://127.0.0.1:{server.server_port}/findings/"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield proxy
    finally:
        server.shutdown()
        server.server_close()


class Reader(threading.Thread):
    """Somebody signed in who asks one question after another and notes what went wrong."""

    def __init__(self, url: str, name: str, expected: dict[str, str]) -> None:
        super().__init__(daemon=True)
        self.url, self.name, self.expected = url, name, expected
        self.asked = 0
        self.faults: list[str] = []
        self.ended = threading.Event()

    def run(self) -> None:
        with httpx.Client(base_url=self.url, trust_env=False, timeout=SETTLED, headers={"who": self.name}) as client:
            while not self.ended.wait(PAUSE):
                question = QUESTIONS[self.asked % len(QUESTIONS)]
                self.asked += 1
                try:
                    got = client.post("api/ask", json={"question": question})
                    if got.status_code != 200 or core(got.json()) != self.expected[question]:
                        self.faults.append(f"{got.status_code} {got.text[:300]}")
                except httpx.HTTPError as fault:
                    self.faults.append(repr(fault))


def core(answer: dict) -> str:
    """An answer without the seconds it took."""
    return json.dumps({**answer, "seconds": 0}, sort_keys=True)


# ---- the test --------------------------------------------------------------------------------------------------


def test_two_chats_answer_from_one_server_while_parts_of_it_fail(
    toy: Index, toy_index: dict[str, str], run: Run, tmp_path: Path
) -> None:
    expected = {one: core(Assistant(toy).ask(one).to_dict()) for one in QUESTIONS}
    port = free_port()
    shutil.copytree(toy.folder.parent, tmp_path / "built")
    here = {**toy_index, "FINDINGS_CHROMA": f"http://127.0.0.1:{port}", "FINDINGS_INDEX_DIR": str(tmp_path / "built")}
    away = run("index", env=here)
    assert (away.returncode, away.stdout) == (2, "") and "cannot be used" in away.stderr and len(away.stderr.splitlines()) == 1
    options = ("--proxy", "127.0.0.1", "--trust-header", "X-Remote-User", "--prefix", "/findings")
    with ExitStack() as stack:
        server = ExitStack()
        stack.enter_context(server)
        server.enter_context(chroma(tmp_path / "chroma", port))
        put = run("index", env=here)
        assert (put.returncode, put.stdout, put.stderr) == (0, "The index is up to date.\n", "")
        chats = [  # each with a folder of its own
            stack.enter_context(sharing(tmp_path, here | {"FINDINGS_INDEX_DIR": str(tmp_path / name)}, *options))
            for name in ("one", "two")
        ]
        assert [current_build(tmp_path / name) for name in ("one", "two")] == [toy.folder.name] * 2, "fetched, not built"
        proxy = stack.enter_context(proxied([one.url.removesuffix("findings/") for one in chats]))
        readers = [Reader(proxy.url, name, expected) for name in ("ann", "bob", "cyd")]
        stack.callback(lambda: [one.ended.set() for one in readers])
        for one in readers:
            one.start()

        # a rolling rebuild: both go over to the new one, and no question fails
        again = run("index", "--force", env=here)
        assert again.returncode == 0, again.stderr
        newest = current_build(Path(here["FINDINGS_INDEX_DIR"]))
        assert newest is not None and newest != toy.folder.name
        until(lambda: all(health(chat)["index"] == newest for chat in chats))
        asked = sum(one.asked for one in readers)
        until(lambda: sum(one.asked for one in readers) > asked + 10)
        assert [one.faults for one in readers] == [[]] * 3
        assert {0, 1} == set(proxy.sent)

        # the server is killed: both answer on, also after a new start, and it is taken up again when it returns
        server.close()
        asked = sum(one.asked for one in readers)
        until(lambda: sum(one.asked for one in readers) > asked + 10)
        with sharing(tmp_path, here | {"FINDINGS_INDEX_DIR": str(tmp_path / "two")}, "--no-sign-in") as third:
            assert health(third)["index"] == newest
        server.enter_context(chroma(tmp_path / "chroma", port))
        shutil.copytree(tmp_path / "built" / newest, tmp_path / "build-later", ignore=shutil.ignore_patterns("chroma"))
        publish(here["FINDINGS_CHROMA"], tmp_path / "build-later", fingerprint(Path(here["FINDINGS_REPORT"])))
        until(lambda: all(health(chat)["index"] == "build-later" for chat in chats))
        assert [one.faults for one in readers] == [[]] * 3

        # one chat is killed in the midst of a conversation: the next question goes on where it was, in the other
        with httpx.Client(base_url=proxy.url, trust_env=False, timeout=SETTLED, headers={"who": "dee"}) as client:
            assert event(client, "turn", "before01", {"question": "paragraph 3", "shown": []}).status_code == 200
            assert "12 days" in shown(client, "before01")
            place = int(client.cookies["back"])
            for one in readers:
                one.ended.set()
            for one in readers:
                one.join(SETTLED)
            chats[place].process.kill()
            chats[place].process.wait()
            again_asked = event(client, "turn", "after001", {"question": "which page is that on?", "shown": ["paragraph 3"]})
            assert again_asked.status_code == 200
            assert "page 6" in shown(client, "after001").casefold()
            assert int(client.cookies["back"]) == 1 - place
            assert client.get("", headers={"who": ""}).status_code == 401, "the other one asks who it is, too"


def health(chat: Shared) -> dict:
    return httpx.get(f"{chat.url}health", trust_env=False).json()
