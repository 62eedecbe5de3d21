"""The web API: the four tools as documented HTTP, and `/health`. Thin: what is answered is in ui/programs/tools.py.

`/api` is the page that describes it, `/api/openapi.json` the same for programs. Questions are sent in the body, never in an address:
addresses are logged on the way.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from typing import Annotated, Any, Literal, TypeVar

from fastapi import APIRouter, FastAPI, HTTPException, Request
from fastapi import Query as Query_
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from assistant.answer import report_facts
from prompts import wording
from ui.desk import Desk, log
from ui.programs.api_page import described
from ui.programs.tools import MOST, Closed, NothingThere, Tools, Unusable
from ui.web.limits import CHARACTERS, HISTORY, NAME, TOPIC, Limits
from ui.web.rates import RETRY_SOON

Done = TypeVar("Done")
NOT_FOUND, NOT_ALLOWED, UNUSABLE, CLOSED, BROKEN = 404, 405, 422, 503, 500
ASKED_BY_POST = ("ask", "search", "brief")


class Sent(BaseModel):
    """What comes in: only what is named, or the sender is told."""

    model_config = ConfigDict(extra="forbid")


REPORT = "A report on the shelf by its name; without it the one in force."
SEVERAL = 'A report on the shelf by its name, a list of names, or "all"; without it the one in force.'


class Question(Sent):
    question: str = Field(description=f"The question, 1 to {CHARACTERS:,} characters.")
    history: list[str] = Field(
        default_factory=list, max_length=200, description=f"Earlier questions, oldest first; the last {HISTORY} count."
    )
    report: str | list[str] | None = Field(default=None, max_length=NAME, description=SEVERAL)


class Query(Sent):
    query: str = Field(description=f"Words to search for, 1 to {CHARACTERS:,} characters.")
    limit: int = Field(default=5, ge=1, le=MOST, description="How many passages at most.")
    report: str | None = Field(default=None, max_length=NAME, description=REPORT)


class Topic(Sent):
    topic: str = Field(description=f'A topic, an area, "recommendation 9" or "everything"; 1 to {TOPIC} characters.')
    length: Literal["page", "full"] = Field(default="page", description="One A4 side, or full with an annex.")
    format: Literal["md", "html", "docx"] = Field(default="md", description="Markdown, HTML, or Word in base64.")
    report: str | list[str] | None = Field(default=None, max_length=NAME, description=SEVERAL)


class Fair:
    """Lets a few questions of programs into the engine at once and some wait, no client more than its share."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.turns = asyncio.Semaphore(limits.api_at_once)
        self.waiting: Counter[str] = Counter()

    async def run(self, client: str, work: Callable[[], Done]) -> Done | None:
        """The result of the work, or None where too much is waiting already."""
        if self.waiting.total() >= self.limits.api_waiting or self.waiting[client] >= self.limits.waiting:
            return None
        self.waiting[client] += 1
        try:
            async with self.turns:
                return await run_in_threadpool(work)
        finally:
            self.waiting[client] -= 1
            if not self.waiting[client]:
                del self.waiting[client]


def router(desk: Desk, fair: Fair) -> APIRouter:
    """The routes that ask, over a desk."""
    tools, made = Tools(desk), APIRouter()

    async def run(request: Request, work: Callable[[], Any]) -> Response:
        """The tool's value as JSON, or its fault with a status and one sentence."""
        try:
            done = await fair.run(request.scope["findings"]["client"], work)
        except NothingThere as fault:
            return said(NOT_FOUND, str(fault))
        except Unusable as fault:
            return said(UNUSABLE, str(fault))
        except Closed as fault:
            return said(CLOSED, str(fault))
        except Exception as bug:  # a bug must not take the server down; it is logged without what was asked
            log(bug)
            return said(BROKEN, wording("error.fault"))
        if done is None:
            return said(CLOSED, wording("refused.busy"), {"retry-after": str(RETRY_SOON)})
        return json_response(done)

    @made.post("/api/ask", summary="Ask one question", description="Gives the answer object of docs/contract.md, version 2.")
    async def ask(sent: Question, request: Request) -> Response:
        return await run(request, lambda: tools.answer(sent.question, sent.history, sent.report))

    @made.post("/api/search", summary="Search the report", description="Gives `passages`, best first, each with its `score`.")
    async def search(sent: Query, request: Request) -> Response:
        return await run(request, lambda: {"passages": tools.search(sent.query, sent.limit, sent.report)})

    @made.get("/api/passage/{id}", summary="Read one passage", description="By its id or its printed number, such as 40.")
    async def passage(
        id: str, request: Request, report: Annotated[str | None, Query_(max_length=NAME, description=REPORT)] = None
    ) -> Response:
        return await run(request, lambda: tools.passage(id[:NAME], report))

    @made.post("/api/brief", summary="Make a briefing", description="Gives the text as `content`, and its `citations`.")
    async def brief(sent: Topic, request: Request) -> Response:
        return await run(request, lambda: tools.brief(sent.topic, sent.length, sent.format, sent.report))

    return made


def around(desk: Desk) -> APIRouter:
    """The routes that describe the API, say whether it can answer, and refuse what is none of its own."""
    made = APIRouter()

    @made.get("/api/answer.schema.json", summary="The JSON Schema of the answer object")
    async def schema() -> Response:
        return Response(files("assistant").joinpath("answer.schema.json").read_bytes(), media_type="application/schema+json")

    @made.api_route("/api/{rest:path}", methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"], include_in_schema=False)
    async def other(rest: str) -> Response:  # or it would be looked for among Gradio's routes
        if rest in ASKED_BY_POST or (rest.startswith("passage/") and "/" not in rest[8:]):
            return said(NOT_ALLOWED, wording("refused.method"))
        return said(NOT_FOUND, wording("refused.path"))

    @made.get("/api", include_in_schema=False)
    async def page(request: Request) -> HTMLResponse:
        return HTMLResponse(described(request.app.openapi()))

    @made.get(
        "/health",
        summary="Whether the server can answer",
        description="Its version, its index and its report; 503 without an index.",
    )
    async def health() -> Response:
        return await run_in_threadpool(healthy, desk)

    return made


def healthy(desk: Desk) -> JSONResponse:
    """Version, index and report, and nothing else about the machine."""
    room = desk.room()
    index = room.assistant.index if room else None
    facts = {
        "status": "ok" if index else "no index", "version": release(), "index": index.folder.name if index else None,
        "report": report_facts(index.report, index.teaching is not None) if index else report_facts(None),
    }  # fmt: skip
    return JSONResponse(facts, 200 if index else CLOSED)


def release() -> str:
    """The version of this program."""
    try:
        return version("findings-somerset-2018")
    except PackageNotFoundError:  # run from a folder that was never installed
        return "unknown"


def json_response(value: Any) -> Response:
    """JSON in UTF-8; half a character (a lone surrogate) stays escaped, for UTF-8 has no form for it."""
    text = json.dumps(value, ensure_ascii=False)
    try:
        return Response(text.encode("utf-8"), media_type="application/json")
    except UnicodeEncodeError:
        return Response(json.dumps(value), media_type="application/json")


def said(status: int, sentence: str, more: dict[str, str] | None = None) -> JSONResponse:
    """A fault in one sentence."""
    return JSONResponse({"error": sentence}, status, more)


def explain(app: FastAPI) -> None:
    """Say in one sentence what is wrong with what was sent, without repeating it."""

    @app.exception_handler(HTTPException)
    async def unreadable(request: Request, fault: HTTPException) -> JSONResponse:
        return said(fault.status_code, wording("api.unusable", place=wording("api.body"), reason=fault.detail))

    @app.exception_handler(RequestValidationError)
    async def unusable(request: Request, fault: RequestValidationError) -> JSONResponse:
        first = fault.errors()[0]
        place = ".".join(str(part) for part in first["loc"] if part != "body") or wording("api.body")
        return said(UNUSABLE, wording("api.unusable", place=place[:NAME], reason=first["msg"]))
