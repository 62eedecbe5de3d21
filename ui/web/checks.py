"""Host and Origin: a request must name this server, and a page of another site may not send it anything.

A host name that is not ours is how DNS rebinding looks: a stranger's page whose name was pointed at this machine. An Origin that is
not ours is a stranger's page in the browser of somebody who may come in. Neither is answered, nor given leave to read. Events of the page
are checked here too: Gradio answers one that its page would never send with a traceback.
"""

from __future__ import annotations

import ipaddress
import json
from urllib.parse import urlsplit

import gradio as gr

from prompts import wording
from ui.web.access import LOOPBACK, Access
from ui.web.asgi import App, Message, Receive, Send, header, headers, refuse, without

MISDIRECTED, FORBIDDEN, UNUSABLE = 421, 403, 422
JOIN = "/gradio_api/queue/join"
SESSION = 64  # characters of the name that a page gives itself: Gradio's have eleven
EVERYWHERE = ("0.0.0.0", "::")  # where a server listens, but no name of it


class Checked:
    """ASGI: refuses foreign hosts (421) and foreign origins (403)."""

    def __init__(self, app: App, access: Access) -> None:
        self.app, self.access = app, access

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        host = header(scope, "host")
        if host is None or not self.is_ours(host, scope):
            await refuse(scope, send, MISDIRECTED, wording("refused.host"))
        elif not is_same_origin(scope, host):
            await refuse(scope, send, FORBIDDEN, wording("refused.origin"))
        else:  # settled here: nothing behind needs to think of origins, or to answer that one is allowed
            await self.app(without(scope, "origin"), receive, send)

    def is_ours(self, host: str, scope: Message) -> bool:
        """Whether a Host header names this server: by a name given with --name, as loopback, or by the address asked."""
        name = host_name(host)
        if name is None:
            return False
        if name in LOOPBACK or name in self.access.names:
            return True
        if name == self.access.host.casefold() and name not in EVERYWHERE:
            return True
        try:  # an address cannot be rebound; it has to be the one that was connected to
            return ipaddress.ip_address(name) == ipaddress.ip_address((scope.get("server") or ("",))[0])
        except ValueError:
            return False


class Fitting:
    """ASGI: refuses an event that no element of the page sends (422): of an unknown number, without its values, or of no page."""

    def __init__(self, app: App, blocks: gr.Blocks) -> None:
        self.app = app
        self.inputs = {number: len(event.inputs) for number, event in blocks.fns.items() if event.fn is not None}

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != JOIN or scope["method"] != "POST" or self.fits(scope["findings"]["body"]):
            await self.app(scope, receive, send)
        else:
            await refuse(scope, send, UNUSABLE, wording("refused.event"))

    def fits(self, body: bytes) -> bool:
        """Whether a body is an event of the page."""
        try:
            event = json.loads(body)
        except (ValueError, RecursionError):
            return False
        if not isinstance(event, dict):
            return False
        number, data, session = event.get("fn_index"), event.get("data"), event.get("session_hash")
        return (
            type(number) is int and number in self.inputs
            and isinstance(data, list) and len(data) >= self.inputs[number]
            and isinstance(session, str) and 0 < len(session) <= SESSION and session.isascii() and session.isprintable()
        )  # fmt: skip


def host_name(host: str) -> str | None:
    """The name or address in a Host header, without port; None where it is no such thing."""
    try:
        parts = urlsplit(f"//{host}")
        _ = parts.port
    except ValueError:
        return None
    if parts.hostname is None or parts.path or parts.query or parts.fragment or parts.username is not None:
        return None
    return parts.hostname.rstrip(".")


def is_same_origin(scope: Message, host: str) -> bool:
    """Whether a request was sent by our own page, by a program, or by somebody following a link to the page.

    The scheme is left aside: a proxy that ends TLS may not have said so. `Origin` is sent with everything that changes something. What is only fetched, such as a picture in a foreign page, has
    Sec-Fetch-Site instead, in every browser since 2023.
    """
    origins = headers(scope, "origin")
    if origins and not (len(origins) == 1 and _names(origins[0], host)):
        return False
    site, mode = header(scope, "sec-fetch-site"), header(scope, "sec-fetch-mode")
    foreign = site in ("cross-site", "same-site")
    return not foreign or (mode == "navigate" and scope["method"] in ("GET", "HEAD"))


def _names(origin: str, host: str) -> bool:
    """Whether an origin names this host. "null", the origin of sandboxed pages and files, names none."""
    scheme, _, rest = origin.partition("://")
    return scheme in ("http", "https") and rest.casefold() == host.casefold()
