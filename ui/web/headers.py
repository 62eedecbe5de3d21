"""The headers that every response carries, and why (docs/deployment.md has the table).

`unsafe-eval` has to stay: Gradio makes functions of the texts of its events in the browser. Inline scripts run only with the nonce
that the page was sent with, so markup that slipped into an answer would run nothing.
"""

from __future__ import annotations

import re
import secrets

from ui.web.access import Access
from ui.web.asgi import App, Headers, Message, Receive, Send, adding

_SCRIPT = re.compile(r"<script(?=[\s>])(.*?)</script", re.DOTALL)


def policy(access: Access, nonce: str | None = None) -> str:
    """The content policy: nothing from elsewhere; scripts from this server, and inline ones with the nonce."""
    scripts = f"'self' 'nonce-{nonce}' 'unsafe-eval'" if nonce else "'none'"
    frames = " ".join(("'self'", *access.frames))
    return (
        f"default-src 'self'; script-src {scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
        "font-src 'self' data:; connect-src 'self'; worker-src 'none'; object-src 'none'; base-uri 'self'; form-action 'self'; "
        f"frame-ancestors {frames}"
    )


class Armoured:
    """ASGI: adds the headers to every response, the refusals of all layers within included."""

    def __init__(self, app: App, access: Access) -> None:
        self.app, self.access = app, access
        self.plain: Headers = (
            ("content-security-policy", policy(access)),  # of everything that is no page: nothing runs
            ("referrer-policy", "no-referrer"),  # a permalink's question stays out of other sites' logs
            ("x-content-type-options", "nosniff"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),  # no other site can draw in what is answered here
            ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
            ("x-robots-tag", "noindex"),
        )

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        fields = [*self.plain]
        if scope["scheme"] == "https":  # over plain HTTP browsers ignore it
            fields.append(("strict-transport-security", "max-age=31536000"))
        if not scope["path"].startswith(("/assets/", "/static/", "/svelte/")):
            fields.append(("cache-control", "no-store"))  # an answer stays out of a shared machine's cache
        await self.app(scope, receive, adding(send, fields))


def with_nonce(html: str) -> tuple[str, str]:
    """A page whose inline scripts carry a fresh nonce, and the nonce. What stands within a script is left as it is."""
    nonce = secrets.token_urlsafe(16)
    return _SCRIPT.sub(lambda found: f'<script nonce="{nonce}"{found[1]}</script', html), nonce
