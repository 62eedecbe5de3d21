"""What the server sends around Gradio's own page: the frame (landmarks, styles, script), a content policy that keeps the
browser on this server, and a door that is open for the page's own paths alone: of Gradio's others (upload, files, proxy) none is.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from assistant.composing import report_variables
from index.passages import Report
from prompts import wording
from ui.looks import scripts, styles
from ui.page_pictures import PATH, Pictures
from ui.rendering import tag, text

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Callable[[], Awaitable[Message]], Send], Awaitable[None]]

TABS = ("chat", "briefing", "report", "recommendations", "glance", "notes")
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'self'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "referrer-policy": "no-referrer",  # a permalink's question stays out of other sites' logs
    "x-content-type-options": "nosniff",
}
# The page's own paths. A list of what is closed lets in what it forgets, such as a path that ends in a line break.
OPEN = re.compile(
    r"/|/config|/theme\.css|/robots\.txt|/favicon\.ico|/(?:assets|static|svelte)/[\w./@+~-]+|"
    r"/gradio_api/(?:info|app_id|startup-events|cancel|reset|queue/(?:join|data|status)|heartbeat/\w+)",
    re.ASCII,
)
_META = re.compile(r'\s*<meta\s+(?:property|name)="(?:og|twitter):[^>]*?/>', re.DOTALL)
_MANIFEST = re.compile(r'\s*<link rel="manifest"[^>]*>')
_ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect width='16' height='16' "
    "fill='%231d3557'/%3E%3Cpath d='M3 3h10v7H8l-3 3v-3H3z' fill='%23fff'/%3E%3C/svg%3E"
)


class Shell:
    """ASGI: dresses the page, adds the headers, refuses every path that the page does not use."""

    def __init__(self, app: App, report: Callable[[], Report | None], pictures: Pictures | None = None) -> None:
        self.app, self.report, self.pictures = app, report, pictures

    async def __call__(self, scope: Message, receive: Callable[[], Awaitable[Message]], send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
        elif PATH.fullmatch(scope["path"]):
            if self.pictures is None or not await self.pictures.send(scope, _with_headers(send)):
                await _refuse(send)
        elif not OPEN.fullmatch(scope["path"]):
            await _refuse(send)
        elif scope["path"] == "/" and scope["method"] == "GET":
            # Permalinks are for this page's script; Gradio has a `page` and a `deep_link` of its own in the query.
            await self._page({**scope, "query_string": b""}, receive, send)
        else:
            await self.app(scope, receive, _with_headers(send))

    async def _page(self, scope: Message, receive: Callable[[], Awaitable[Message]], send: Send) -> None:
        start: Message = {}
        body = b""

        async def keep(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                start = message
                return
            body += message.get("body", b"")
            if message.get("more_body"):
                return
            page = dressed(body.decode("utf-8"), self.report()).encode("utf-8") if start["status"] == 200 else body
            headers = [(name, value) for name, value in start["headers"] if name.lower() != b"content-length"]
            sized = {**start, "headers": [*headers, (b"content-length", str(len(page)).encode())]}
            await _with_headers(send)(sized)
            await send({"type": "http.response.body", "body": page})

        await self.app(scope, receive, keep)


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            added = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
            message = {**message, "headers": [*message["headers"], *added]}
        await send(message)

    return sending


async def _refuse(send: Send) -> None:
    await send({"type": "http.response.start", "status": 404, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": b"Not here."})


# ---- the page --------------------------------------------------------------------------------------------------


def dressed(html: str, report: Report | None) -> str:
    """Gradio's page with this project's frame around it: language, title, styles, script, header and footer."""
    html = _MANIFEST.sub("", _META.sub("", html)).replace('lang="en"', 'lang="en-GB"', 1)
    head = (
        f"<title>{text(title(report))}</title>"
        f'<link rel="icon" href="{_ICON}">'
        '<meta name="color-scheme" content="light dark">'
        f"<style>{styles()}</style><script>{scripts()}</script></head>"
    )
    html = html.replace("</head>", head, 1)
    return html.replace("<gradio-app", f"{header(report)}<gradio-app", 1).replace(
        "</gradio-app>", f"</gradio-app>{footer(report)}", 1
    )


def title(report: Report | None) -> str:
    """The title of the browser's tab."""
    return wording("page.title", authority=report_variables(report)["authority"]) if report else wording("page.title_closed")


def header(report: Report | None) -> str:
    """The banner: what this is, how old the report is, and the tabs."""
    lines = tag("h1", text(wording("page.heading")))
    if report:
        facts = report_variables(report)
        lines += tag("p", text(wording("page.about", authority=facts["authority"])), class_="about")
        if report.inspected and report.published:
            dates = {name: facts[name] for name in ("first", "last", "published")}
            lines += tag("p", text(wording("standing.dates", **dates)), class_="standing")
    tabs = "".join(
        tag("button", text(wording(f"tabs.{name}")), type="button", role="tab", id=f"tab-{name}",
            aria_selected="true" if name == TABS[0] else "false", tabindex="0" if name == TABS[0] else "-1", data_tab=name)
        for name in TABS
    )  # fmt: skip
    return (
        tag("a", text(wording("page.skip")), class_="skip", href="#parts")
        + tag("header", tag("div", lines, class_="inner"), class_="masthead")
        + tag("nav", tag("div", tabs, role="tablist", aria_label=wording("tabs.label"), class_="inner"), class_="tabs",
              aria_label=wording("tabs.label"))
        + tag("noscript", tag("p", text(wording("page.without_script")), class_="inner"))
    )  # fmt: skip


def footer(report: Report | None) -> str:
    """Where the words come from, and what is not kept."""
    lines = tag("p", text(wording("page.footer"))) + (tag("p", text(wording("standing.licence"))) if report else "")
    return tag("footer", tag("div", lines, class_="inner"), class_="foot")
