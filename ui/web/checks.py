"""Host and Origin: a request must name this server, and a page of another site may not send it anything.

A host name that is not ours is how DNS rebinding looks: a stranger's page whose name was pointed at this machine. An Origin that is
not ours is a stranger's page in the browser of somebody who may come in. Neither is answered, nor given leave to read.
"""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from prompts import wording
from ui.web.access import LOOPBACK, Access
from ui.web.asgi import App, Message, Receive, Send, header, headers, refuse, without

MISDIRECTED, FORBIDDEN = 421, 403
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
