"""`findings chat`: the page on the loopback address. Settles Gradio before it is imported: no analytics, no sharing, no
history, no monitoring, nothing fetched; questions are neither stored nor logged.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any

from assistant.assistant import Assistant
from assistant.making import make_assistant
from index.staying import stay_on_this_machine
from prompts import wording

SESSIONS = 1_000  # conversations held in memory at the same time; the oldest gives way
LOOPBACK = ("127.0.0.1", "localhost", "::1")
SETTINGS = {
    "GRADIO_RUN_HISTORY": "False",
    "GRADIO_SHARE": "False",
    "GRADIO_SSR_MODE": "False",
    "GRADIO_MCP_SERVER": "False",
    "HF_HUB_OFFLINE": "1",
}
UNSET = ("GRADIO_VIBE_MODE", "GRADIO_ALLOWED_PATHS", "GRADIO_WATCH_DIRS", "GRADIO_HISTORY_BUCKET")


def serve(host: str = "127.0.0.1", port: int = 7860) -> None:
    """Open the page and stay until interrupted. Without a usable index the page comes up and says what to do."""
    blocks = launch(host, port)
    print(wording("server.open", url=f"http://{host}:{port}"), flush=True)
    blocks.block_thread()


def launch(host: str, port: int, engine: Callable[[], Assistant] | None = None, **limits: int) -> Any:
    """Start the server in a thread; gives Gradio's Blocks. `limits` are those of ui.layout.page.

    Ends the program with status 2 where the port cannot be had.
    """
    settle()
    from starlette.middleware import Middleware

    from ui.desk import Desk
    from ui.hosting import Shell
    from ui.layout import page, theme
    from ui.page_pictures import Pictures
    from ui.switches import switches

    set_here = switches()
    desk = Desk(engine or make_assistant)
    blocks = page(desk, **limits, switches=set_here)

    def report() -> Any:
        room = desk.room()
        return room.report if room else None

    def index() -> Any:
        room = desk.room()
        return room.assistant.index if room else None

    if desk.room() is None:
        print(wording("server.no_index", reason=desk.fault), file=sys.stderr)
    if host not in LOOPBACK:
        print(wording("server.exposed", host=host), file=sys.stderr)
    try:
        blocks.launch(
            server_name=host, server_port=port, theme=theme(), share=False, run_history=False, enable_monitoring=False,
            ssr_mode=False, pwa=False, mcp_server=False, inbrowser=False, show_error=False, quiet=True, footer_links=[],
            allowed_paths=[], max_file_size=1, state_session_capacity=SESSIONS, strict_cors=True,
            app_kwargs={"middleware": [Middleware(Shell, report=report, pictures=Pictures(index))], "docs_url": None, "redoc_url": None},
            prevent_thread_lock=True,
        )  # fmt: skip
    except OSError:
        print(wording("server.taken", port=port, host=host), file=sys.stderr)
        raise SystemExit(2) from None
    return blocks


def settle() -> None:
    """The environment that Gradio reads when it is imported."""
    stay_on_this_machine()
    os.environ.update(SETTINGS)
    for name in UNSET:
        os.environ.pop(name, None)
    for name in ("NO_PROXY", "no_proxy"):  # Gradio knocks at its own door: never through a proxy
        kept = [one for one in os.environ.get(name, "").split(",") if one]
        os.environ[name] = ",".join(dict.fromkeys([*kept, *LOOPBACK]))
