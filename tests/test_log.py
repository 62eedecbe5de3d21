"""The log of a shared chat: one line of JSON a request with its id, no question; and that questions are logged only when the page says so."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.shared_chat import PASSWORD, Shared, event, far, sharing, shown

pytestmark = [pytest.mark.server]

SECRET = "does the zanzibar committee meet on tuesdays?"


def lines(said: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in said.splitlines() if line.startswith("{")]


@pytest.fixture(scope="module")
def proxied_chat(toy_index: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    """A chat behind a proxy on this machine: such a one always logs."""
    with sharing(tmp_path_factory.mktemp("proxied"), toy_index, "--proxy", "127.0.0.1", "--no-sign-in") as server:
        yield server


def test_each_request_has_a_line_with_its_id_and_no_question_in_it(proxied_chat: Shared) -> None:
    with proxied_chat.client(headers=far("192.0.2.1")) as client:
        answered = client.post("api/ask", json={"question": SECRET})
        event(client, "turn", "s", {"question": SECRET})
        shown(client, "s")
        client.get("", params={"q": SECRET})
        client.get(f"api/passage/{SECRET}")
        client.get(f"{SECRET}%0a{{}}")
        refused = client.get("", headers={"origin": "http://evil.example"})
        said = proxied_chat.said()
    assert "zanzibar" not in said.casefold() or [line for line in said.splitlines() if "zanzibar" in line.casefold()] == []
    kept = lines(said)
    asked = next(one for one in kept if one["id"] == answered.headers["x-request-id"])
    assert list(asked) == ["time", "event", "id", "method", "status", "path", "user", "address", "ms"]
    assert (asked["method"], asked["status"], asked["path"], asked["user"], asked["address"]) == (
        "POST",
        200,
        "/api/ask",
        None,
        None,
    )
    foreign = next(one for one in kept if one["id"] == refused.headers["x-request-id"])
    assert (foreign["status"], foreign["address"]) == (403, "192.0.2.1")
    assert len({one["id"] for one in kept}) == len(kept) >= 7


def test_questions_are_logged_for_a_named_reason_and_the_page_says_so(toy_index: dict[str, str], tmp_path: Path) -> None:
    reason = "trial in November"
    with sharing(tmp_path, toy_index, "--log-questions", reason) as server, server.client() as client:
        client.post("api/ask", json={"question": SECRET})
        page = client.get("").text
        said = server.said()
    logged = [one for one in lines(said) if one["event"] == "question"]
    assert [(one["reason"], one["question"]) for one in logged] == [(reason, SECRET)]
    assert f"because: {reason}" in page and "neither stored nor logged" not in page
    assert f"because: {reason}" in said


def test_on_this_machine_alone_nothing_is_logged(plain_chat: Shared) -> None:
    with plain_chat.client() as client:
        client.post("api/ask", json={"question": SECRET})
        assert lines(plain_chat.said()) == []


def test_no_password_reaches_the_log(proxied_chat: Shared) -> None:
    with proxied_chat.client() as client:
        client.post("sign-in", data={"name": "ann", "password": PASSWORD}, headers=far("192.0.2.9"))
        client.get(f"sign-in?password={PASSWORD}", headers=far("192.0.2.9"))
        assert PASSWORD not in proxied_chat.said()
