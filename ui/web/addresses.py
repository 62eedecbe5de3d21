"""Who is asking, from where, and under which name: the outermost layer. Only named proxies are believed.

What a proxy adds (X-Forwarded-For, -Proto, -Host) is read when the connection comes from a proxy named with --proxy, and from the
trusted end: the last address that is not a proxy's own. From anybody else these headers are dropped, so that nothing behind this
layer can be misled by them.
"""

from __future__ import annotations

import ipaddress

from ui.web.access import Access, Network
from ui.web.asgi import App, Message, Receive, Send, header, headers, respond, without

MOVED = 308
FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-forwarded-port", "x-forwarded-prefix",
             "x-real-ip", "x-gradio-server", "x-gradio-user", "x-direct-url", "x-ip-token")  # fmt: skip


class Addressed:
    """ASGI: puts the client's own address and scheme into the request, and the path as the page knows it (without prefix).

    `scope["findings"]` is what the layers tell each other: `proxied` (a named proxy speaks), `client` (whom limits count for),
    `user` (who has signed in) and `own` (asked from this machine, and nobody else can).
    """

    def __init__(self, app: App, access: Access) -> None:
        self.app, self.access = app, access

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            if self.access.prefix and scope["path"] == self.access.prefix:  # the page's links are relative to its folder
                await respond(send, MOVED, more=[("location", f"{self.access.prefix}/")])
                return
            scope = self.addressed(scope)
        elif scope["type"] != "lifespan":  # a websocket: the page has none
            await send({"type": "websocket.close", "code": 1008})
            return
        await self.app(scope, receive, send)

    def addressed(self, scope: Message) -> Message:
        """The request with its true address, scheme, host and path."""
        peer = (scope.get("client") or ("", 0))[0]
        proxied = within(peer, self.access.proxies)
        address, scheme, host = peer, "http", header(scope, "host")
        if proxied:
            address = client_address(headers(scope, "x-forwarded-for"), self.access.proxies) or peer
            scheme = "https" if _last(headers(scope, "x-forwarded-proto")).casefold() == "https" else "http"
            host = _last(headers(scope, "x-forwarded-host")) or host
        clean = without(scope, *FORWARDED, "host")
        path = scope["path"]
        prefix = self.access.prefix
        if prefix and (path == prefix or path.startswith(f"{prefix}/")):
            path = path[len(prefix) :] or "/"
        known = {"proxied": proxied, "client": address, "user": None, "own": self.access.alone and _loopback(address)}
        named = [(b"host", host.encode("latin-1"))] if host else []
        return {
            **clean, "headers": [*clean["headers"], *named], "client": (address, 0), "scheme": scheme, "path": path, "root_path": "",
            "extensions": {}, "raw_path": path.encode("utf-8", "surrogateescape"), "findings": known,
        }  # fmt: skip


def client_address(forwarded: list[str], proxies: tuple[Network, ...]) -> str | None:
    """The last address of X-Forwarded-For that no named proxy has; None where there is none that can be read.

    Whatever stands before it was sent by the client itself and proves nothing.
    """
    for one in reversed([part.strip() for line in forwarded for part in line.split(",")]):
        bare = one.strip("[]") if one.startswith("[") else one.rsplit(":", 1)[0] if one.count(":") == 1 else one
        try:
            address = ipaddress.ip_address(bare)
        except ValueError:
            return None
        if not within(bare, proxies):
            return str(address)
    return None


def within(address: str, networks: tuple[Network, ...]) -> bool:
    """Whether an address lies in one of the networks; an IPv4 address written as IPv6 is the same address."""
    try:
        one = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = getattr(one, "ipv4_mapped", None) or one
    return any(mapped in network for network in networks)


def _last(values: list[str]) -> str:
    """What the nearest proxy said, where several have added to a header."""
    return values[-1].split(",")[-1].strip() if values else ""


def _loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def network_of(address: str) -> str:
    """What counts as one address: an IPv4 address, or the /64 network that one household or machine has of IPv6."""
    try:
        one = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(one, ipaddress.IPv6Address):
        return str(one.ipv4_mapped or ipaddress.ip_network((one, 64), strict=False))
    return str(one)
