"""`findings chat`: the page on the loopback address. Settles Gradio before it is imported: no analytics, no sharing, no
history, no monitoring, nothing fetched; questions are neither stored nor logged.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Sequence
from itertools import count
from typing import TYPE_CHECKING

from assistant.assistant import Assistant
from assistant.words.languages import prepare
from index.machine.memory import few_arenas, give_back
from index.machine.staying import stay_on_this_machine
from index.store import current_build, fetched
from prompts import wording
from ui.sign_in.people import People
from ui.web.access import LOOPBACK, Access, is_loopback
from ui.web.store import Store, state_file

if TYPE_CHECKING:
    from ui.desk import Desk
    from ui.web.server import Running

GIVE_BACK = 12  # looks after which freed memory is given back to the system: a minute
LOOK = 5.0  # seconds between two looks whether there is a newer index: a small file, or one request to the Chroma server

SETTINGS = {
    "GRADIO_RUN_HISTORY": "False",
    "GRADIO_SHARE": "False",
    "GRADIO_SSR_MODE": "False",
    "GRADIO_MCP_SERVER": "False",
    "GRADIO_ANALYTICS_MAX_EVENTS": "50",  # Gradio remembers the last 10,000 events otherwise, and sums them up with each new one
    "HF_HUB_OFFLINE": "1",
}
UNSET = ("GRADIO_VIBE_MODE", "GRADIO_ALLOWED_PATHS", "GRADIO_WATCH_DIRS", "GRADIO_HISTORY_BUCKET")


def serve(access: Access) -> None:
    """Open the page and stay until interrupted. Without a usable index the page comes up and says what to do."""
    running = launch(access.host, access.port, access=access)
    host = f"[{access.host}]" if ":" in access.host else access.host
    print(wording("server.open", url=f"http://{host}:{running.port}{access.prefix}"), flush=True)
    running.block_thread()


def launch(
    host: str, port: int, engine: Callable[[], Assistant] | None = None, access: Access | None = None, **limits: int
) -> Running:
    """Start the server in a thread. `limits` are those of ui.page.layout.page.

    Ends the program with status 2 where the port cannot be had.
    """
    settle()
    few_arenas()
    from ui.desks import Shelved
    from ui.page.layout import page
    from ui.page.switches import switches
    from ui.web.server import run

    access = access or Access(host, port)
    store = Store(state_file() if access.signs_in or os.environ.get("FINDINGS_STATE") else None)
    desk = Shelved(engine, access.limits.seconds, access.limits.sessions)
    desk.reason = access.reason
    running = run(desk, lambda: page(desk, **limits, switches=switches()), access, store)
    if desk.room() is None:
        print(wording("server.no_index", reason=desk.fault), file=sys.stderr)
    for sentence in standing(access, People(store).names() if access.passwords else None):
        print(sentence, file=sys.stderr)
    threading.Thread(target=_look, args=(desk,), daemon=True, name="looking").start()
    return running


def _look(desk: Desk) -> None:
    """What is done beside the answers, for as long as the server runs: load what a first message in strange words needs, look for a
    newer build of the index, in the folder or on the Chroma server, and give back memory.
    """
    prepare()
    for look in count():
        desk.renew(_newest)
        if look % GIVE_BACK == 0:
            give_back()
        time.sleep(LOOK)


def _newest() -> str | None:
    fetched()
    return current_build()


def standing(access: Access, users: Sequence[str] | None = None) -> list[str]:
    """What whoever runs a shared server has to know of it; `users` are those who can sign in with a password, where that is the way."""
    said = []
    if not is_loopback(access.host) and not access.signs_in:
        said.append(wording("server.exposed", host=access.host))
    if access.passwords:
        said.append(wording("access.signing_in"))
    if access.user_header:
        said.append(wording("access.trusting", header=access.user_header, proxies=", ".join(map(str, access.proxies))))
    if access.adders:
        said.append(wording("access.adding", names=", ".join(access.adders)))
    if users is not None:
        said += [wording("access.no_adder", name=name) for name in access.adders if name not in users]
    if access.reason:
        said.append(wording("access.logging", reason=access.reason))
    return said


def settle() -> None:
    """The environment that Gradio reads when it is imported."""
    stay_on_this_machine()
    os.environ.update(SETTINGS)
    for name in UNSET:
        os.environ.pop(name, None)
    for name in ("NO_PROXY", "no_proxy"):  # Gradio knocks at its own door: never through a proxy
        kept = [one for one in os.environ.get(name, "").split(",") if one]
        os.environ[name] = ",".join(dict.fromkeys([*kept, *LOOPBACK]))
