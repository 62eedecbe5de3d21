"""The four tools over the Model Context Protocol, for other programs' assistants: opt-in (`findings chat --mcp`), on /mcp.

By the package mcp, without sessions: each request stands for itself and nothing is kept. Host, origin, sign-in and limits are those of
every other path. Citations travel whole: the answer object is the tool's result.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.transport_security import TransportSecuritySettings

from assistant.briefing.briefing import DEFAULT
from prompts import wording
from ui.desk import Desk, log
from ui.programs.api import Fair, release
from ui.programs.tools import MOST, Closed, NothingThere, Tools, Unusable


def add_mcp(app: FastAPI, desk: Desk, fair: Fair) -> None:
    """Serve /mcp beside the other routes; the app's lifespan keeps it running."""
    server = mcp_server(desk, fair)
    own = server.streamable_http_app(
        streamable_http_path="/mcp", json_response=True, stateless_http=True,
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),  # checked for every path already
    )  # fmt: skip
    app.router.routes.extend(own.routes)
    before = app.router.lifespan_context

    @asynccontextmanager
    async def running(whole: FastAPI) -> AsyncIterator[Any]:
        async with before(whole) as state, server.session_manager.run():
            yield state

    app.router.lifespan_context = running


def mcp_server(desk: Desk, fair: Fair) -> MCPServer:
    """The server with its tools."""
    tools = Tools(desk)
    server = MCPServer("findings", instructions=wording("api.tool_ask"), version=release(), log_level="ERROR")

    async def run(context: Context, work: Callable[[], Any]) -> str:
        request = context.request_context.request
        client = request.scope["findings"]["client"] if request is not None else ""
        try:
            done = await fair.run(client, work)
        except (NothingThere, Unusable, Closed) as fault:
            raise ToolError(str(fault)) from None
        except Exception as bug:  # logged without what was asked
            log(bug)
            raise ToolError(wording("error.fault")) from None
        if done is None:
            raise ToolError(wording("refused.busy"))
        return json.dumps(done, ensure_ascii=False)

    @server.tool(description=wording("api.tool_ask"), structured_output=False)
    async def ask(
        question: str, context: Context, history: list[str] | None = None, report: str | list[str] | None = None
    ) -> str:
        return await run(context, lambda: tools.answer(question, history or [], report))

    @server.tool(description=wording("api.tool_search"), structured_output=False)
    async def search(query: str, context: Context, limit: int = 5, report: str | None = None) -> str:
        return await run(context, lambda: {"passages": tools.search(query, min(limit, MOST), report)})

    @server.tool(description=wording("api.tool_passage"), structured_output=False)
    async def passage(number: str, context: Context, report: str | None = None) -> str:
        return await run(context, lambda: tools.passage(number, report))

    @server.tool(description=wording("api.tool_brief"), structured_output=False)
    async def brief(topic: str, context: Context, length: str = DEFAULT, report: str | list[str] | None = None) -> str:
        return await run(context, lambda: tools.brief(topic, length, "md", report))

    return server
