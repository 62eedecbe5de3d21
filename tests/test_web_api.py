"""The web API and MCP: the contract's objects over HTTP, the same answers as the page's, the examples of docs/api.md as written."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from prompts import wording
from tests.conftest import ROOT, Run
from tests.shared_chat import Shared, event, sharing, shown
from tests.test_command import valid

pytestmark = [pytest.mark.server]

EXAMPLES = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def chat(toy_index: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    with sharing(tmp_path_factory.mktemp("api"), toy_index, "--mcp") as server:
        yield server


QUESTIONS = ["paragraph 4", "how long do visits take?", "paragraph 99", "good morning", "who is the mayor?"]


@pytest.mark.parametrize("question", QUESTIONS)
def test_program_page_and_command_get_the_same_answer(question: str, chat: Shared, toy_index: dict[str, str], run: Run) -> None:
    with chat.client() as client:
        got = client.post("api/ask", json={"question": question})
        answer = valid(got.text)
        event(client, "turn", f"s{QUESTIONS.index(question)}", {"question": question})
        page = shown(client, f"s{QUESTIONS.index(question)}")
    alone = valid(run("ask", "--json", question, env=toy_index).stdout)
    assert got.status_code == 200 and answer | {"seconds": 0} == alone | {"seconds": 0}
    assert f'data-outcome=\\"{answer["outcome"]}\\"' in page
    assert [one["label"] for one in answer["citations"] if one["label"] not in page] == []


def test_history_tells_what_a_question_follows(chat: Shared) -> None:
    with chat.client() as client:
        got = client.post("api/ask", json={"question": "which page is that on?", "history": ["paragraph 4"]}).json()
    assert [one["paragraph"] for one in got["citations"]] == ["4"]


def test_a_passage_has_its_neighbours_and_links(chat: Shared) -> None:
    with chat.client() as client:
        got = client.get("api/passage/4")
        missing = client.get("api/passage/99")
    assert got.json() | {"section": ""} == {
        "passage": "4", "paragraph": "4", "kind": "finding", "page": 6, "page_end": 6, "section": "", "label": "paragraph 4, page 6",
        "context": None, "also": [], "derived": False, "corrected": False, "report": "northshire-2019",
        "text": "There are 40 foster carers. Six of them joined this year.", "flagged": False, "previous": "3", "next": "5", "links": [],
    }  # fmt: skip
    assert (missing.status_code, missing.json()) == (404, {"error": wording("panel.missing")})


def test_search_gives_passages_with_scores_best_first(chat: Shared) -> None:
    with chat.client() as client:
        found = client.post("api/search", json={"query": "foster carers", "limit": 3}).json()["passages"]
        passage = client.get("api/passage/4").json()
    assert len(found) == 3 and found[0] == {**passage, "score": found[0]["score"]}
    assert [one["score"] for one in found] == sorted((one["score"] for one in found), reverse=True)


def test_a_briefing_comes_with_its_citations_in_three_forms(chat: Shared) -> None:
    with chat.client() as client:
        sent = {"topic": "everything", "length": "page"}
        made = {form: client.post("api/brief", json={**sent, "format": form}).json() for form in ("md", "html", "docx")}
        none = client.post("api/brief", json={"topic": "submarines"})
    assert made["md"]["content"].startswith("# ") and "<h" in made["html"]["content"]
    assert b64decode(made["docx"]["content"]).startswith(b"PK")
    assert made["md"]["citations"] and all(one["quote"] and one["page"] for one in made["md"]["citations"])
    assert none.status_code == 404 and "submarines" in none.json()["error"]


@pytest.mark.parametrize(
    ("method", "path", "sent", "status"),
    [
        ("POST", "api/ask", b"", 422), ("POST", "api/ask", b"{", 422), ("POST", "api/ask", b"[]", 422), ("POST", "api/ask", b"null", 422),
        ("POST", "api/ask", b'{"question": 5}', 422), ("POST", "api/ask", b'{"question": "x", "more": 1}', 422),
        ("POST", "api/ask", b'{"question": "x", "history": "y"}', 422), ("POST", "api/ask", b"[" * 100_000, 400),
        ("POST", "api/ask", json.dumps({"question": "x", "history": ["y"] * 201}).encode(), 422), ("POST", "api/ask", b"\xff\xfe", 422),
        ("POST", "api/search", b'{"query": ""}', 422), ("POST", "api/search", b'{"query": "x", "limit": 21}', 422),
        ("POST", "api/search", json.dumps({"query": "x" * 4001}).encode(), 422), ("POST", "api/brief", b'{"topic": "  "}', 422),
        ("POST", "api/brief", b'{"topic": "x", "length": "short"}', 422), ("GET", "api/ask", b"", 405), ("PUT", "api/ask", b"", 405),
        ("POST", "api/passage/4", b"", 405),
        ("GET", "api/nothing", b"", 404), ("GET", "api/passage/../../etc/passwd", b"", 404), ("GET", "api/passage/" + "x" * 5_000, b"", 404),
        ("GET", "api/passage/%2e%2e%2f", b"", 404), ("GET", "api/passage/4%0a", b"", 404), ("GET", "api/passage/4/", b"", 404),
    ],
)  # fmt: skip
def test_what_cannot_be_used_gets_a_status_and_one_sentence(
    method: str, path: str, sent: bytes, status: int, chat: Shared
) -> None:
    with chat.client() as client:
        got = client.request(method, path, content=sent, headers={"content-type": "application/json"})
        after = client.get("api/passage/4")
    assert (got.status_code, after.status_code) == (status, 200)
    assert len(got.content) < 500 and b"Traceback" not in got.content


@pytest.mark.parametrize("question", ["\ud800 what?", "paragraph 4\x00", "\u202eparagraph 4", "😀" * 100])
def test_odd_texts_get_an_answer_object(question: str, chat: Shared) -> None:
    with chat.client() as client:
        got = client.post(
            "api/ask", content=json.dumps({"question": question}).encode(), headers={"content-type": "application/json"}
        )
    assert got.status_code == 200 and got.json()["question"] == question.strip()
    valid(got.text)


def test_without_an_index_programs_are_told_so_with_503(tmp_path: Path) -> None:
    with sharing(tmp_path, {"FINDINGS_INDEX_DIR": str(tmp_path / "none")}) as server, server.client() as client:
        for got in (client.get("api/passage/4"), client.post("api/search", json={"query": "x"}), client.get("health")):
            assert got.status_code == 503
        answer = client.post("api/ask", json={"question": "paragraph 4"}).json()
    assert (answer["outcome"], answer["answer"]) == ("error", "There is no index yet: run `findings index`.")


def test_everything_is_described_for_programs_and_people(chat: Shared) -> None:
    with chat.client() as client:
        described = client.get("api/openapi.json").json()
        page = client.get("api")
    assert sorted(described["paths"]) == [
        "/api/answer.schema.json", "/api/ask", "/api/brief", "/api/passage/{id}", "/api/search", "/health"
    ]  # fmt: skip
    assert all(path in page.text for path in described["paths"]) and "<script" not in page.text


# ---- the examples of docs/api.md -------------------------------------------------------------------------------


def examples(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", EXAMPLES, re.DOTALL)


@pytest.mark.parametrize("at", range(len(examples("sh"))))
def test_the_examples_in_curl_run_as_written(at: int, chat: Shared) -> None:
    if shutil.which("curl") is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("curl is missing: install it to run the examples")
    written = examples("sh")[at].replace("http://127.0.0.1:7860/", chat.url)
    ran = subprocess.run(["sh", "-e", "-c", written], capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0, ran.stderr
    assert "error" not in json.loads(ran.stdout)


@pytest.mark.parametrize("at", range(len(examples("python"))))
def test_the_examples_in_python_run_as_written(at: int, chat: Shared) -> None:
    written = examples("python")[at].replace("http://127.0.0.1:7860/", chat.url)
    ran = subprocess.run([sys.executable, "-c", written], capture_output=True, text=True, timeout=60)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "paragraph 4, page 6" in ran.stdout


def test_there_are_examples() -> None:
    assert len(examples("sh")) >= 4 and len(examples("python")) >= 2


# ---- MCP -------------------------------------------------------------------------------------------------------


def called(
    url: str, calls: list[tuple[str, dict[str, Any]]], headers: dict[str, str] | None = None
) -> tuple[list[str], list[Any]]:
    """The names of the tools, and the results of calls, by the client of the package mcp."""
    import httpx2
    from mcp import Client
    from mcp.client.streamable_http import streamable_http_client

    async def ask() -> tuple[list[str], list[Any]]:
        async with (
            httpx2.AsyncClient(headers=headers or {}, trust_env=False, timeout=30) as http,
            Client(streamable_http_client(f"{url}mcp", http_client=http)) as client,
        ):
            names = sorted(tool.name for tool in (await client.list_tools()).tools)
            return names, [await client.call_tool(name, arguments) for name, arguments in calls]

    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as thread:  # the browser tests leave their event loop in this one
        return thread.submit(asyncio.run, ask()).result()


def test_a_real_mcp_client_asks_and_gets_citations(chat: Shared) -> None:
    calls: list[tuple[str, dict[str, Any]]] = [
        ("ask", {"question": "how many foster carers are there?"}), ("ask", {"question": "which page is that on?", "history": ["paragraph 4"]}),
        ("search", {"query": "foster carers", "limit": 2}), ("passage", {"number": "4"}), ("brief", {"topic": "everything", "length": "page"}),
        ("passage", {"number": "99"}), ("brief", {"topic": ""}),
    ]  # fmt: skip
    names, results = called(chat.url, calls)
    assert names == ["ask", "brief", "passage", "search"]
    said = [result.content[0].text for result in results]
    with chat.client() as client:
        over_http = client.post("api/ask", json={"question": "how many foster carers are there?"}).json()
        passage = client.get("api/passage/4").json()
    assert json.loads(said[0]) | {"seconds": 0} == over_http | {"seconds": 0}
    assert json.loads(said[1])["citations"][0]["paragraph"] == "4"
    assert len(json.loads(said[2])["passages"]) == 2 and json.loads(said[3]) == passage and json.loads(said[4])["citations"]
    assert [result.is_error for result in results] == [False] * 5 + [True] * 2
    assert wording("panel.missing") in said[5]


def test_without_the_option_there_is_no_mcp(plain_chat: Shared) -> None:
    with plain_chat.client() as client:
        assert {client.post("mcp", json={}).status_code, client.get("mcp").status_code} == {404}
