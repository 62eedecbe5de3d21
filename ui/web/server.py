"""The layers in their order around Gradio's page and the web API, and the server that runs them.

From the outside in: whose request it is (addresses), its line in the log, headers, host and origin, who is signed in, how much they
ask, where reports are added, the size of it, the gate, the page's own frame; then the web API, MCP and Gradio.
"""

from __future__ import annotations

import faulthandler
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import gradio as gr
import uvicorn
from fastapi import FastAPI
from gradio.utils import LRUCache

from index.opened import Index
from index.passages import Report
from index.shelf import Shelf
from prompts import wording
from ui.adding import door
from ui.desk import Desk
from ui.desks import Shelved
from ui.html.page_pictures import Pictures
from ui.page.hosting import Shell
from ui.page.layout import theme
from ui.programs import api
from ui.sign_in import people
from ui.sign_in.gate import Gated, Identified
from ui.watch import Watchdog
from ui.web.access import Access
from ui.web.addresses import Addressed
from ui.web.asgi import App, is_api
from ui.web.checks import Checked, Fitting
from ui.web.connections import files_for, patient
from ui.web.headers import Armoured
from ui.web.leaving import Leaving
from ui.web.log import Logged
from ui.web.rates import Rated, Sized
from ui.web.store import Store

STARTING = 30.0  # seconds in which the server has to listen
STOPPING = 3  # seconds that open answers have to end when the server is stopped
ENDING = 10  # seconds after which a process that was told to end, and has not, says where it hangs and ends
SESSIONS_SEEN = 1_000  # conversations whose open events Gradio's queue remembers: far more than may wait
OURS = ("/health", "/sign-in", "/sign-out")


def application(desk: Desk, blocks: gr.Blocks, access: Access, store: Store) -> App:
    """Everything that is served, as one ASGI application."""
    app = FastAPI(
        title=wording("api.title"), version=api.release(), docs_url=None, redoc_url=None, openapi_url="/api/openapi.json",
        redirect_slashes=False,
    )  # fmt: skip
    fair = api.Fair(access.limits)
    app.include_router(api.router(desk, fair))
    app.include_router(api.around(desk))
    api.explain(app)
    if access.mcp:
        from ui.programs.mcp_tools import add_mcp

        add_mcp(app, desk, fair)
    blocks.state_session_capacity = access.limits.sessions
    blocks._queue.pending_event_ids_session = LRUCache(SESSIONS_SEEN)  # an empty set for every session ever seen otherwise
    blocks._queue.pending_messages_per_session = LRUCache(SESSIONS_SEEN)
    gr.mount_gradio_app(
        app, blocks, path="/", server_name=access.host, server_port=access.port, footer_links=[], run_history=False,
        app_kwargs={"docs_url": None, "redoc_url": None, "openapi_url": None}, root_path=access.prefix or None, allowed_paths=[],
        show_error=False, max_file_size=1, ssr_mode=False, enable_monitoring=False, pwa=False, mcp_server=False, theme=theme(),
    )  # fmt: skip

    def report() -> Report | None:
        room = desk.room()
        return room.report if room else None

    def also(path: str) -> bool:
        return path in OURS or is_api(path) or (access.mcp and path == "/mcp") or bool(access.adders and door.known(path))

    def index(report: str) -> Index | None:
        room = desk.at(report).room()
        return room.assistant.index if room else None

    shell = Shell(Fitting(Leaving(app, desk.left), blocks), access, report, desk.listed, also, Pictures(index))
    gate = Gated(shell, access, store)
    sized: App = Sized(gate, access.limits)
    if access.adders:
        sized = door.Adding(sized, access, desk.shelf if isinstance(desk, Shelved) else Shelf())
    rated = Rated(sized, access.limits, store, lambda client: waiting(blocks, client))
    checked = Checked(Identified(rated, access, store), access)
    return Addressed(Logged(Armoured(checked, access), access.logs, shell.known), access)


def waiting(blocks: gr.Blocks, client: str) -> int:
    """How many events of one client wait in Gradio's queue or run."""
    queue = blocks._queue
    waits = (event for events in queue.event_queue_per_concurrency_id.values() for event in events.queue)
    runs = (event for job in queue.active_jobs if job for event in job)
    return sum(_client(event) == client for events in (waits, runs) for event in events)


def _client(event: Any) -> str | None:
    return event.request.scope.get("findings", {}).get("client") if event.request is not None else None


class Running:
    """A server in a thread of its own."""

    def __init__(self, app: App, access: Access, listening: socket.socket, watchdog: Watchdog) -> None:
        # h11 bounds the size of headers; proxies are read in ui/web/addresses.py, the log is ours, and no banner names versions.
        config = uvicorn.Config(
            app, log_level="warning", access_log=False, proxy_headers=False, server_header=False, http=patient(access), ws="none",
            lifespan="on", limit_concurrency=files_for(access.limits.connections), h11_max_incomplete_event_size=access.limits.headers,
            timeout_keep_alive=10, timeout_graceful_shutdown=STOPPING,
        )  # fmt: skip
        self.watchdog = watchdog
        self.port = listening.getsockname()[1]
        self.server = uvicorn.Server(config)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(listening,), daemon=True, name="server")

    def _run(self, listening: socket.socket) -> None:
        try:
            self.server.run(sockets=[listening])
        finally:
            self._ended.set()

    def start(self) -> None:
        """Start, and come back when requests are taken."""
        self._thread.start()
        until = time.monotonic() + STARTING
        while not self.server.started and time.monotonic() < until and not self._ended.is_set():
            time.sleep(0.01)

    def block_thread(self) -> None:
        """Stay until the process is interrupted or told to end, and work on questions meanwhile; open answers are let finish."""
        signal.signal(signal.SIGTERM, lambda *_: self._told_to_end())
        with suppress(KeyboardInterrupt):
            self.watchdog.serve(self._ended.is_set)
        self._told_to_end()
        self.close()
        # What is left runs without us: threads are waited for, libraries clean up. A trace of what hangs, then the kernel's alarm.
        faulthandler.dump_traceback_later(ENDING, exit=True)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, ENDING + 2)

    def _told_to_end(self) -> None:
        """Take no more requests, and see to it that the process ends: a thread of a library that hangs must not hold it."""
        if not self.server.should_exit:
            last = threading.Timer(ENDING, _end_at_once)
            last.daemon = True
            last.start()
        self.server.should_exit = True

    def close(self) -> None:
        """End the server."""
        self.server.should_exit = True
        self._thread.join(STOPPING + 2)


def _end_at_once() -> None:
    faulthandler.dump_traceback()
    os._exit(1)


def listen(host: str, port: int) -> socket.socket:
    """The socket to serve on; port 0 is any that is free. Raises OSError where it cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(2048)
    except (OSError, OverflowError) as fault:
        listening.close()
        raise fault if isinstance(fault, OSError) else OSError(str(fault)) from None
    return listening


def run(desk: Desk, page: Callable[[], gr.Blocks], access: Access, store: Store) -> Running:
    """Serve the page of a desk. Ends the program with status 2 where the address cannot be had."""
    try:
        listening = listen(access.host, access.port)
    except OSError:
        print(wording("server.taken", port=access.port, host=access.host), file=sys.stderr)
        raise SystemExit(2) from None
    if access.passwords:
        people.prepare()
    running = Running(application(desk, page(), access, store), access, listening, desk.watchdog)
    running.start()
    return running
