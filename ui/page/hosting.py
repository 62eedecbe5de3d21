"""What the server sends around Gradio's own page: the frame (landmarks, styles, script), and a door that is open for the page's own
paths alone: of Gradio's others (upload, files, proxy) none is. The layers around it are in ui/web/.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable

from assistant.composing import licence
from index.passages import Report
from prompts import wording
from ui.desk import Listed
from ui.html.page_pictures import PATH, Pictures
from ui.html.rendering import tag, text
from ui.page.chosen import about, chooser, dates, title
from ui.page.looks import scripts, styles
from ui.web.access import ADDING, Access
from ui.web.asgi import App, Message, Receive, Send, refuse
from ui.web.headers import policy, with_nonce

TABS = ("chat", "briefing", "report", "recommendations", "glance", "notes")
# The page's own paths. A list of what is closed lets in what it forgets, such as a path that ends in a line break.
OPEN = re.compile(
    r"/|/config|/theme\.css|/robots\.txt|/favicon\.ico|/(?:assets|static|svelte)/[\w./@+~-]+|"
    r"/gradio_api/(?:info|app_id|startup-events|cancel|reset|queue/(?:join|data|status))",
    re.ASCII,
)
_META = re.compile(r'\s*<meta\s+(?:property|name)="(?:og|twitter):[^>]*?/>', re.DOTALL)
_MANIFEST = re.compile(r'\s*<link rel="manifest"[^>]*>')
_ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect width='16' height='16' "
    "fill='%231d3557'/%3E%3Cpath d='M3 3h10v7H8l-3 3v-3H3z' fill='%23fff'/%3E%3C/svg%3E"
)


class Shell:
    """ASGI: dresses the page and refuses every path that neither the page nor `also` uses."""

    def __init__(
        self,
        app: App,
        access: Access,
        report: Callable[[], Report | None],
        listed: Callable[[], list[Listed]],
        also: Callable[[str], bool],
        pictures: Pictures | None = None,
    ) -> None:
        self.app, self.access, self.report, self.also, self.pictures = app, access, report, also, pictures
        self.listed = listed

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
        elif PATH.fullmatch(scope["path"]):
            if self.pictures is None or not await self.pictures.send(scope, send):
                await refuse(scope, send, 404, wording("refused.path"))
        elif scope["path"] == "/" and scope["method"] == "GET":
            # Permalinks are for this page's script; Gradio has a `page` and a `deep_link` of its own in the query.
            await self._page({**scope, "query_string": b""}, receive, send)
        elif self.known(scope["path"]):
            await self.app(scope, receive, send)
        else:
            await refuse(scope, send, 404, wording("refused.path"))

    def known(self, path: str) -> bool:
        """Whether a path is one of ours."""
        return bool(OPEN.fullmatch(path) or PATH.fullmatch(path)) or self.also(path)

    async def _page(self, scope: Message, receive: Receive, send: Send) -> None:
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
            headers = [(name, value) for name, value in start["headers"] if name.lower() != b"content-length"]
            page = body
            if start["status"] == 200:
                user = scope["findings"]["user"] if self.access.passwords else None
                add = tag("a", text(wording("adding.link")), href=ADDING[1:], class_="add")
                add = add if self.access.may_add(scope["findings"]["user"]) else ""
                choice = chooser(await asyncio.to_thread(self.listed), add)
                html, nonce = with_nonce(dressed(body.decode("utf-8"), self.report(), user, self.access.reason, choice, add))
                page = html.encode("utf-8")
                headers.append((b"content-security-policy", policy(self.access, nonce).encode()))
            await send({**start, "headers": [*headers, (b"content-length", str(len(page)).encode())]})
            await send({"type": "http.response.body", "body": page})

        await self.app(scope, receive, keep)


# ---- the page --------------------------------------------------------------------------------------------------


def dressed(html: str, report: Report | None, user: str | None = None, reason: str = "", choice: str = "", add: str = "") -> str:
    """Gradio's page with this project's frame around it: language, title, styles, script, header and footer.

    `user` is who has signed in with a password, and may sign out; `reason` is why questions are logged, where they are; `choice` is
    the chooser of reports, where there are several; `add` is the link of a reader who may add one: in the chooser, or alone.
    """
    html = _MANIFEST.sub("", _META.sub("", html)).replace('lang="en"', 'lang="en-GB"', 1)
    head = (
        f"<title>{text(title(report))}</title>"
        f'<link rel="icon" href="{_ICON}">'
        '<meta name="color-scheme" content="light dark">'
        f"<style>{styles()}</style><script>{scripts(bool(choice))}</script></head>"
    )
    html = html.replace("</head>", head, 1)
    return html.replace("<gradio-app", f"{header(report, user, choice, add)}<gradio-app", 1).replace(
        "</gradio-app>", f"</gradio-app>{footer(report, reason, bool(choice))}", 1
    )


def header(report: Report | None, user: str | None = None, choice: str = "", add: str = "") -> str:
    """The banner: what this is, how old the report is, who has signed in, and the tabs."""
    lines = tag("h1", text(wording("page.heading")))
    if user:
        away = tag("a", text(wording("sign_in.out")), href="sign-out", data_leave="yes")
        lines += tag("p", f"{text(wording('sign_in.as', name=user))} {away}", class_="signed")
    if report:
        lines += tag("p", text(about(report)), class_="about")
        if said := dates(report):
            lines += tag("p", text(said), class_="standing")
    lines += choice or (tag("p", add) if add else "")
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


def footer(report: Report | None, reason: str = "", several: bool = False) -> str:
    """Where the words come from, and what is kept of questions: nothing, unless for a reason that is said here."""
    kept = wording("page.footer_logged", reason=reason) if reason else wording("page.footer")
    kept = f"{wording('shelf.footer')} {kept.partition('. ')[2]}" if several else kept
    lines = tag("p", text(kept)) + (tag("p", text(licence(report.published)), class_="licence") if report else "")
    return tag("footer", tag("div", lines, class_="inner"), class_="foot")
