"""Who is let in: a session, a token, or the name that a trusted proxy gives. Everybody else is a stranger and finds the door only.

`Identified` says who is asking; `Gated` serves the pages to sign in and out, and refuses a stranger everything but what STRANGERS may
have. Without sign-in both let everybody through.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs, quote, urlencode

from starlette.concurrency import run_in_threadpool

from prompts import wording
from ui.sign_in import signing_page
from ui.sign_in.people import People
from ui.sign_in.sessions import LONGEST, Attempts, Sessions
from ui.web.access import ADDING, Access
from ui.web.addresses import network_of
from ui.web.asgi import App, Headers, Message, Receive, Send, header, headers, is_api, refuse, respond, without
from ui.web.headers import policy
from ui.web.store import Store

STRANGERS = ("/sign-in", "/health", "/robots.txt", "/favicon.ico")  # paths that may be had without signing in
PROGRAMS = ("/api", "/mcp")  # where a token is taken
COOKIE = "findings_session"
OWNERS = 10_000  # conversations whose user is remembered: far more than are held
FIELDS = 4  # fields of a sign-in form that are read: name, password, where to go on
UNAUTHORISED, FORBIDDEN, TOO_MANY, SEE_OTHER, NOT_ALLOWED, BAD = 401, 403, 429, 303, 405, 400


class Identified:
    """ASGI: puts the user's name into `scope["findings"]`, and makes the user the client that limits count for."""

    def __init__(self, app: App, access: Access, store: Store) -> None:
        self.app, self.access = app, access
        self.people, self.sessions = People(store), Sessions(store)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        known = scope["findings"]
        if self.access.signs_in:
            known["user"] = self.user(scope)
        known["client"] = f"user {known['user']}" if known["user"] else f"address {network_of(known['client'])}"
        hidden = ("authorization", "cookie", self.access.user_header or "authorization")
        await self.app(scope if scope["path"] in ("/sign-in", "/sign-out") else without(scope, *hidden), receive, send)

    def user(self, scope: Message) -> str | None:
        """The name of who is asking; None for a stranger."""
        if self.access.user_header and scope["findings"]["proxied"]:
            named = (header(scope, self.access.user_header) or "").strip()  # None where it came twice: one is a forger's
            if named and named.isprintable() and len(named) <= signing_page.LONGEST:
                return named
        bearer = header(scope, "authorization") or ""
        if bearer.casefold().startswith("bearer ") and scope["path"].startswith(PROGRAMS):
            return self.people.of_token(bearer[7:].strip())
        if self.access.passwords and (key := cookie(scope)):
            return self.sessions.user(key)
        return None


class Gated:
    """ASGI: the pages to sign in and out, and the refusal of strangers."""

    def __init__(self, app: App, access: Access, store: Store) -> None:
        self.app, self.access = app, access
        self.people, self.sessions, self.attempts = People(store), Sessions(store), Attempts(store)
        self.owners: OrderedDict[str, str] = OrderedDict()  # Gradio's session -> its user

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not self.access.signs_in:
            await self.app(scope, receive, send)
            return
        path, user = scope["path"], scope["findings"]["user"]
        if self.access.passwords and path == "/sign-in":
            await self._sign_in(scope, send)
        elif self.access.passwords and path == "/sign-out" and user:
            await self._sign_out(scope, send)
        elif user and not self._owns(scope, user):
            await refuse(scope, send, FORBIDDEN, wording("refused.session"))
        elif user or path in STRANGERS:
            await self.app(scope, receive, send)
        else:
            query = scope["query_string"].decode("latin-1")
            await turn_away(scope, send, self.access, (f"/?{query}" if query else "/") if path == "/" else "")

    def _owns(self, scope: Message, user: str) -> bool:
        """Whether the conversation that a request of the page names is this user's: whoever names it first has it."""
        try:
            session = conversation_of(scope)
        except ValueError:  # named twice, or among too many fields: what is behind might read another name than we do
            return False
        if session is None:
            return True
        owner = self.owners.setdefault(session, user)
        self.owners.move_to_end(session)
        if len(self.owners) > OWNERS:
            self.owners.popitem(last=False)
        return owner == user

    async def _sign_in(self, scope: Message, send: Send) -> None:
        """The form (GET), and what was written into it (POST)."""
        if scope["method"] in ("GET", "HEAD"):
            try:
                query = parse_qs(scope["query_string"].decode("latin-1"), max_num_fields=FIELDS * 4)
            except ValueError:
                query = {}
            await self._page(send, 200, target=onward(query.get("next", ["/"])[0]))
            return
        if scope["method"] != "POST":
            await refuse(scope, send, NOT_ALLOWED, wording("refused.method"))
            return
        try:
            form = parse_qs(scope["findings"]["body"].decode("utf-8"), keep_blank_values=True, max_num_fields=FIELDS)
        except ValueError:
            await self._page(send, BAD, wording("sign_in.unreadable"))
            return
        name, password, target = (form.get(field, [""])[0] for field in ("name", "password", "next"))
        target, address = onward(target), network_of((scope.get("client") or ("",))[0])
        if seconds := self.attempts.wait(name, address):
            said = wording("sign_in.wait", minutes=-(-seconds // 60))
            await self._page(send, TOO_MANY, said, name, target, [("retry-after", str(seconds))])
            return
        # Counted before it is checked: many at once must not all be free. A right password takes it back.
        self.attempts.failed(name, address)
        user = await run_in_threadpool(self.people.check, name, password)
        if user is None:
            await self._page(send, UNAUTHORISED, wording("sign_in.wrong"), name, target)
            return
        self.attempts.succeeded(name, address)
        if (former := cookie(scope)) is not None:
            self.sessions.end(former)
        await self._go(send, target, self._cookie(scope, self.sessions.begin(user), int(LONGEST)))

    async def _sign_out(self, scope: Message, send: Send) -> None:
        """A page with the button (GET), so that no link signs anybody out, and the signing out itself (POST)."""
        if scope["method"] in ("GET", "HEAD"):
            body = signing_page.sign_out(self.access.prefix, scope["findings"]["user"])
            await self._html(send, 200, body)
        elif scope["method"] == "POST":
            if (key := cookie(scope)) is not None:
                self.sessions.end(key)
            await self._go(send, "/sign-in", self._cookie(scope, "", 0))
        else:
            await refuse(scope, send, NOT_ALLOWED, wording("refused.method"))

    async def _page(
        self,
        send: Send,
        status: int,
        said: str = "",
        name: str = "",
        target: str = "/",
        more: list[tuple[str, str]] | None = None,
    ) -> None:
        await self._html(send, status, signing_page.sign_in(self.access.prefix, said, name, target), more or [])

    async def _html(self, send: Send, status: int, body: str, more: list[tuple[str, str]] | None = None) -> None:
        # With no-referrer a browser would send the form with the origin "null", which is refused.
        fields = [("referrer-policy", "same-origin"), ("content-security-policy", policy(self.access)), *(more or [])]
        await respond(send, status, body, "text/html; charset=utf-8", fields)

    async def _go(self, send: Send, target: str, set_cookie: str | None = None) -> None:
        await see_other(send, self.access, target, [("set-cookie", set_cookie)] if set_cookie else [])

    def _cookie(self, scope: Message, key: str, seconds: int) -> str:
        """Out of reach of scripts and of other sites' requests; never sent in the clear once it was set over TLS."""
        secure = "; Secure" if scope["scheme"] == "https" else ""
        return f"{COOKIE}={key}; Path={self.access.prefix or '/'}; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}"


async def turn_away(scope: Message, send: Send, access: Access, page: str = "") -> None:
    """Send a stranger who asks for a page to sign in, and then on to it; refuse everything else, and everybody whose sign-on is elsewhere."""
    if access.passwords and page and scope["method"] in ("GET", "HEAD"):
        await see_other(send, access, f"/sign-in?{urlencode({'next': page})}")
        return
    challenge = [("www-authenticate", "Bearer")] if is_api(scope["path"]) or scope["path"] == "/mcp" else []
    await refuse(
        scope, send, UNAUTHORISED, wording("refused.stranger" if access.passwords else "refused.stranger_sso"), challenge
    )


async def see_other(send: Send, access: Access, target: str, more: Headers = ()) -> None:
    """Lead on to a path of ours."""
    await respond(send, SEE_OTHER, more=[("location", f"{access.prefix}{target}"), *more])


def cookie(scope: Message) -> str | None:
    """The session key that a request brings."""
    try:
        found = SimpleCookie("; ".join(headers(scope, "cookie"))).get(COOKIE)
    except CookieError:
        return None
    return found.value or None if found else None


def onward(target: str) -> str:
    """Where to go after signing in: a page of ours, the chat's with its query; never another server."""
    return ADDING if target == ADDING else "/" + quote(target[1:], safe="?=&%+") if target.startswith("/?") else "/"


def conversation_of(scope: Message) -> str | None:
    """The conversation that a request of Gradio's page names, in its query or body; None where it names none.

    Raises ValueError where it is named more than once.
    """
    if not scope["path"].startswith("/gradio_api/"):
        return None
    asked = parse_qs(scope["query_string"].decode("latin-1"), max_num_fields=FIELDS * 4).get("session_hash", [])
    sent = _object(scope["findings"]["body"]).get("session_hash")
    named = [*asked, *([sent] if isinstance(sent, str) else [])]
    if len(named) > 1:
        raise ValueError("named more than once")
    return named[0] if named else None


def _object(body: bytes) -> dict[str, object]:
    """The JSON object that was sent; an empty one for anything else, which Gradio refuses too."""
    try:
        sent = json.loads(body) if body else {}
    except (ValueError, RecursionError):
        return {}
    return sent if isinstance(sent, dict) else {}
