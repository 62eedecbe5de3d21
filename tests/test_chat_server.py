"""The chat's server: many people at once, faults in a sentence, and nothing kept, uploaded or left open."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest

from assistant.answer import Answer
from assistant.assistant import Assistant
from assistant.question.reader import Message
from evals.speed.load import people, report
from index.store import Index
from prompts import wording
from tests.chat_pages import Server, Visit, opened, serving, visiting
from tests.chat_process import LONG
from tests.conftest import Run
from ui.desk import Desk
from ui.recent import Recent

pytestmark = [pytest.mark.server]

Done = TypeVar("Done")
SECRET = "Does the zanzibar committee meet on Tuesdays?"


class Broken(Assistant):
    """An engine with a bug that carries the question in its message."""

    def ask(self, question: str, history: Any = (), identity: str = "") -> Answer:
        raise RuntimeError(f"cannot answer {question}")


# ---- the desk --------------------------------------------------------------------------------------------------


def test_a_bug_becomes_a_sentence_and_its_log_does_not_hold_the_question(toy: Index, capsys: pytest.CaptureFixture[str]) -> None:
    answer, follow_ups = Desk(lambda: Broken(toy)).answer(SECRET, [])
    assert (answer.outcome, answer.answer, follow_ups) == ("error", wording("error.fault"), [])
    logged = capsys.readouterr().err
    assert "RuntimeError" in logged and "in ask" in logged
    assert "zanzibar" not in logged


@pytest.mark.parametrize("question", ["", "  ", "x" * 4001])
def test_a_question_that_cannot_be_asked_gets_the_reason(question: str, toy: Index) -> None:
    answer, _ = Desk(lambda: Assistant(toy)).answer(question, [])
    assert answer.outcome == "error"
    assert answer.answer in (wording("error.empty"), wording("error.too_long", limit=4000))


def test_without_an_index_the_desk_says_so_and_opens_when_there_is_one(toy: Index) -> None:
    from index.errors import MissingIndex

    ready: list[Index] = []

    def engine() -> Assistant:
        if not ready:
            raise MissingIndex("There is no index yet: run `findings index`.")
        return Assistant(ready[0])

    desk = Desk(engine)
    answer, _ = desk.answer("paragraph 5", [])
    assert (answer.outcome, answer.answer) == ("error", "There is no index yet: run `findings index`.")
    ready.append(toy)
    desk._tried -= 60
    answer, _ = desk.answer("paragraph 5", [])
    assert answer.outcome == "answered" and desk.fault == ""


def test_a_stale_index_is_named_with_what_to_do(toy_index: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FINDINGS_INDEX_DIR", toy_index["FINDINGS_INDEX_DIR"])  # built from another report than the one in force
    answer, _ = Desk(Assistant).answer("paragraph 5", [])
    assert answer.outcome == "error"
    assert "built from another report" in answer.answer and "run `findings index`" in answer.answer


# ---- the server ------------------------------------------------------------------------------------------------


@pytest.mark.weights
def test_fifty_people_asking_at_once_are_all_answered(chat_server: Server, record_property: Any) -> None:
    """The short form of the load test; `python -m evals.speed.load URL` is the full minute."""
    load = apart(people(chat_server.url, 50, 10))
    record_property("load", report(load, 50))
    print(report(load, 50))
    assert load.errors == ()
    assert len(load.waits) >= 50
    assert load.p95 < 30


@pytest.mark.weights
def test_questions_are_neither_printed_nor_written(chat_server: Server) -> None:
    asked = apart(_ask(chat_server.url, SECRET))
    assert "zanzibar" in asked
    folder = chat_server.printed.parent
    kept = [path for path in folder.rglob("*") if path.is_file() and b"zanzibar" in path.read_bytes()]
    assert kept == []


def test_a_long_conversation_is_replayed_before_its_next_question_comes(toy: Index) -> None:
    class Counting(Assistant):
        """An engine that counts the messages it reads."""

        read_so_far = 0

        def read(self, messages: Sequence[str]) -> list[Message]:
            self.read_so_far += len(messages)
            return super().read(messages)

    engine = Counting(toy)
    desk = Desk(lambda: engine)
    asked = [f"paragraph {number}" for number in range(1, 12)]
    desk.answer(asked[-2], asked[:-2], follow=False)
    desk.watchdog.serve(lambda: not desk.watchdog.spare)  # a person reads meanwhile
    before = engine.read_so_far
    desk.answer(asked[-1], asked[:-1], follow=False)
    assert engine.read_so_far == before + 1


def test_the_newest_conversations_are_held_and_an_empty_one_is_not() -> None:
    held: Recent[tuple[int, ...]] = Recent(2)
    for name, value in (("a", (1,)), ("b", (2,)), ("a", (1, 3)), ("c", (4,)), ("d", ())):
        held.put(name, value)
    assert [held.get(name, ()) for name in "abcd"] == [(1, 3), (), (4,), ()]
    held.get("a", ())
    held.put("e", (5,))
    assert [held.get(name, ()) for name in "ace"] == [(1, 3), (), (5,)]


@pytest.mark.browser
@pytest.mark.weights
def test_eight_open_tabs_of_one_browser_are_ready_and_answer(visit: Visit, laptop: Any) -> None:
    tabs = [visit, *(opened(laptop, visit.url) for _ in range(7))]  # a browser opens six connections to one server
    for tab in tabs:
        tab.open()
    for tab, question in ((tabs[7], "paragraph 40"), (tabs[0], "paragraph 40"), (tabs[7], "paragraph 41")):
        assert tab.ask(question).get_attribute("data-outcome") == "answered"
    assert [fault for tab in tabs for fault in tab.faults] == []


def apart(work: Coroutine[Any, Any, Done]) -> Done:
    """Run in a thread of its own: the browser tests leave their event loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


async def _ask(url: str, question: str) -> str:
    async with httpx.AsyncClient(base_url=url, timeout=60, trust_env=False) as client:
        config = (await client.get("config", params={"q": question})).json()
        function = next(d["id"] for d in config["dependencies"] if d["api_name"] == "turn")
        event = {"data": [], "fn_index": function, "session_hash": "s", "event_data": {"question": question}}
        await client.post("gradio_api/queue/join", json=event)
        async with client.stream("GET", "gradio_api/queue/data", params={"session_hash": "s"}) as stream:
            return "".join([line async for line in stream.aiter_lines() if "process_completed" in line])


@pytest.mark.weights
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "gradio_api/upload"), ("GET", "gradio_api/file=pyproject.toml"), ("GET", "gradio_api/proxy=http://127.0.0.1/"),
        ("GET", "monitoring"), ("GET", "monitoring/summary"), ("GET", "gradio_api/runs"), ("POST", "gradio_api/vibe-edit/"),
        ("GET", "gradio_api/vibe-code"), ("POST", "gradio_api/component_server"), ("GET", "docs"), ("GET", "redoc"), ("GET", "openapi.json"),
        ("POST", "gradio_api/upload%0a"), ("POST", "gradio_api/upload%0A"), ("POST", "gradio_api/upload/"), ("POST", "upload%0a"),
        ("POST", "gradio_api/upload%0d"), ("POST", "gradio_api//upload"), ("POST", "gradio_api/%75pload"), ("POST", "GRADIO_API/UPLOAD"),
        ("POST", "gradio_api/./upload"), ("POST", "assets/../gradio_api/upload"), ("GET", "gradio_api/file=pyproject.toml%0a"),
        ("POST", "gradio_api/component_server%0a"), ("POST", "gradio_api/queue/join%0a"), ("GET", "gradio_api/call/turn"),
    ],
)  # fmt: skip
def test_what_the_page_does_not_use_is_not_there(method: str, path: str, chat_server: Server) -> None:
    assert httpx.request(method, f"{chat_server.url}{path}", trust_env=False).status_code == 404


@pytest.mark.weights
def test_an_upload_is_refused_and_leaves_nothing(chat_server: Server) -> None:
    """A path that ends in a line break once passed the closed door and reached the framework's route all the same."""
    before = {path for path in chat_server.printed.parent.rglob("*") if path.is_file()}
    for path in ("gradio_api/upload", "gradio_api/upload%0a"):
        sent = {"files": {"files": ("a.txt", b"stranger")}, "trust_env": False}
        got = httpx.post(f"{chat_server.url}{path}", **sent)
        assert got.status_code == 404 and got.text == "Not here."
        foreign = httpx.post(f"{chat_server.url}{path}", headers={"origin": "http://elsewhere.example"}, **sent)
        assert foreign.status_code == 403 and "access-control-allow-origin" not in foreign.headers
    assert {path for path in chat_server.printed.parent.rglob("*") if path.is_file()} == before


@pytest.mark.weights
def test_the_page_is_settled_as_promised(chat_server: Server) -> None:
    got = httpx.get(chat_server.url, params={"page": "18", "deep_link": "x"}, trust_env=False)
    assert got.status_code == 200
    assert got.headers["x-content-type-options"] == "nosniff" and got.headers["referrer-policy"] == "no-referrer"
    config = httpx.get(f"{chat_server.url}config", trust_env=False).json()
    assert config["analytics_enabled"] is False and config["vibe_mode"] is False and config["enable_queue"] is True
    assert not config.get("run_history")
    kinds = {component["type"] for component in config["components"]}
    assert kinds.isdisjoint({"file", "uploadbutton", "image", "audio", "video", "multimodaltextbox", "downloadbutton"})


@pytest.mark.parametrize(
    "data",
    [
        None,
        "text",
        5,
        [],
        {"question": 5},
        {"question": None},
        {"passage": ["x"]},
        {"form": {}},
        {"shown": {}, "notes": 7},
        {"shown": [5, "x"]},
    ],
)
@pytest.mark.weights
def test_an_event_of_another_form_is_answered_and_breaks_nothing(data: Any, chat_server: Server) -> None:
    config = httpx.get(f"{chat_server.url}config", trust_env=False).json()
    for name in ("turn", "passage", "save", "restore", "notes", "tracker", "brief", "brief_file"):
        function = next(d for d in config["dependencies"] if d["api_name"] == name)
        event = {"data": [None] * len(function["inputs"]), "fn_index": function["id"], "session_hash": "w", "event_data": data}
        assert httpx.post(f"{chat_server.url}gradio_api/queue/join", json=event, trust_env=False).status_code == 200
        url = f"{chat_server.url}gradio_api/queue/data?session_hash=w"
        with httpx.stream("GET", url, timeout=30, trust_env=False) as stream:
            done = next(line for line in stream.iter_lines() if "process_completed" in line)
        assert '"success":true' in done, (name, done[:300])


def test_a_taken_port_ends_in_one_sentence(run: Run, toy_index: dict[str, str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ran = run("chat", "--port", str(port), env=toy_index, timeout=120)
    assert (ran.returncode, ran.stderr) == (2, wording("server.taken", port=port, host="127.0.0.1") + "\n")


@pytest.mark.browser
def test_without_an_index_the_page_comes_up_and_names_the_command(tmp_path: Path, browser: Any) -> None:
    with serving(tmp_path, {"FINDINGS_INDEX_DIR": str(tmp_path / "none")}) as server, visiting(browser, server.url) as visit:
        assert "There is no index yet: run `findings index`." in server.printed.read_text()
        visit.open()
        notice = visit.page.locator(".notice").first.inner_text()
        assert wording("server.fault_title") in notice and "run `findings index`" in notice
        turn = visit.ask("What are the recommendations?")
        assert turn.get_attribute("data-outcome") == "error"
        assert "run `findings index`" in turn.inner_text()


@pytest.mark.browser
def test_a_full_queue_is_said_politely_and_the_question_can_be_sent_again(
    tmp_path: Path, toy_index: dict[str, str], browser: Any
) -> None:
    with serving(tmp_path, toy_index, 2, 1, 1) as server, visiting(browser, server.url) as visit:
        visit.open()
        _fill(server.url)
        visit.page.get_by_label(wording("chat.box")).fill("paragraph 7")
        visit.page.keyboard.press("Enter")
        visit.page.locator("#pending .notice").wait_for()
        assert wording("script.failed") in visit.page.locator("#pending").inner_text()
        visit.page.wait_for_timeout(6000)
        visit.page.get_by_role("button", name=wording("script.again")).click()
        assert visit.turn(0).get_attribute("data-outcome") == "answered"
        assert server.process.poll() is None


def _fill(url: str) -> None:
    """Ask until the server refuses, so that the queue is full for the next seconds."""
    with httpx.Client(base_url=url, timeout=60, trust_env=False) as client:
        function = next(d["id"] for d in client.get("config").json()["dependencies"] if d["api_name"] == "turn")
        for at in range(10):
            event = {"data": [], "fn_index": function, "session_hash": f"f{at}", "event_data": {"question": LONG}}
            if client.post("gradio_api/queue/join", json=event).status_code != 200:
                return
    raise AssertionError("the queue took everything")
