"""The web API and MCP over a shelf of several reports: each call takes `report`, and says so where that one is not there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from prompts import wording
from tests.shared_chat import Shared, sharing
from tests.test_command import CHECKER, valid
from tests.test_shelf import shelf  # noqa: F401 (a fixture)

pytestmark = [pytest.mark.server]

CARERS, VISITS = "How many foster carers are there?", "How long do visits take?"
ABSENT = "There is no report nobody on the shelf: choose northshire-2019, east-2019 or west."


@pytest.fixture(scope="module")
def chat(shelf: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:  # noqa: F811
    with sharing(tmp_path_factory.mktemp("api"), shelf, "--mcp") as server:
        yield server


def test_a_question_is_put_to_the_report_named(chat: Shared) -> None:
    with chat.client() as client:
        west = valid(client.post("api/ask", json={"question": CARERS, "report": "west"}).text)
        plain = valid(client.post("api/ask", json={"question": CARERS}).text)
        pair = client.post("api/ask", json={"question": VISITS, "report": ["west", "east-2019"]}).json()
        every = client.post("api/ask", json={"question": VISITS, "report": "all"}).json()
        follow = client.post("api/ask", json={"question": "which page is that on?", "history": [CARERS], "report": "west"}).json()
    for answer in (pair, every):
        CHECKER.validate(answer)
    assert "75 foster carers" in west["answer"] and {one["report"] for one in west["citations"]} == {"west"}
    assert (west["report"]["name"], "name" in plain["report"]) == ("west", False)
    assert {one["report"] for one in (*plain["citations"], *plain["nearest"])} == {"northshire-2019"}
    assert [one["report"]["name"] for one in pair["reports"]] == ["west", "east-2019"]
    assert {one["report"]["name"] for one in every["reports"]} == {"northshire-2019", "east-2019", "west"}
    assert [one["report"] for one in follow["citations"]] == ["west"]


def test_searches_passages_and_briefings_are_of_the_report_named(chat: Shared) -> None:
    with chat.client() as client:
        found = client.post("api/search", json={"query": "foster carers", "report": "west"}).json()["passages"]
        passage = client.get("api/passage/4", params={"report": "west"}).json()
        brief = client.post("api/brief", json={"topic": "foster carers", "report": "west"}).json()
        across = client.post("api/brief", json={"topic": "foster carers", "report": ["west", "northshire-2019"]}).json()
        two = client.post("api/search", json={"query": "x", "report": "all"})
    assert {one["report"] for one in across["citations"]} == {"west", "northshire-2019"} and "of west" in across["content"]
    assert (two.status_code, two.json()) == (422, {"error": wording("api.one_report")})
    assert {one["report"] for one in found} == {"west"} and "There are 75 foster carers." in [one["text"] for one in found]
    assert (passage["text"], passage["report"]) == ("There are 75 foster carers.", "west")
    assert "There are 75 foster carers." in brief["content"] and {one["report"] for one in brief["citations"]} == {"west"}


@pytest.mark.parametrize(
    ("call", "sent"), [("ask", {"question": CARERS}), ("search", {"query": "x"}), ("brief", {"topic": "foster carers"})]
)
def test_a_report_that_is_not_there_is_said(call: str, sent: dict[str, Any], chat: Shared) -> None:
    with chat.client() as client:
        got = client.post(f"api/{call}", json={**sent, "report": "nobody"})
        passage = client.get("api/passage/4", params={"report": "nobody"})
        wrong = client.post(f"api/{call}", json={**sent, "report": 5})
        described = client.get("api/openapi.json").json()["components"]["schemas"]
    assert (got.status_code, got.json()) == (404, {"error": ABSENT}) == (passage.status_code, passage.json())
    assert wrong.status_code == 422 and "report" in wrong.json()["error"]
    assert all("report" in described[name]["properties"] for name in ("Question", "Query", "Topic"))


def test_the_tools_of_mcp_take_a_report(chat: Shared) -> None:
    pytest.importorskip("mcp")

    def called(client: Any, name: str, **arguments: Any) -> dict[str, Any]:
        sent = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": name, "arguments": arguments}}
        accepted = {"accept": "application/json, text/event-stream", "mcp-protocol-version": "2025-06-18"}
        return client.post("mcp", json=sent, headers=accepted).json()["result"]

    with chat.client() as client:
        answer = json.loads(called(client, "ask", question=CARERS, report="west")["content"][0]["text"])
        passage = json.loads(called(client, "passage", number="4", report="west")["content"][0]["text"])
        absent = called(client, "ask", question=CARERS, report="nobody")
    assert answer["report"]["name"] == "west" and passage["report"] == "west"
    assert absent["isError"] and ABSENT in absent["content"][0]["text"]
