"""The page where a report is added: who may, each step's request, and what is logged of it. Where nobody may there is no such door.

It stands before the limit of ordinary bodies, because it reads a larger one itself: onto the disk, and only from those who may. Host
and origin are settled before (ui/web/checks.py). Knows no HTML and no PDF.
"""

from __future__ import annotations

import asyncio
import re
import time
from pathlib import Path
from urllib.parse import parse_qs

from index.errors import IndexFault
from index.shelf import ALL, Shelf
from index.shelf import NAME as NAMES
from prompts import wording
from ui.adding import working
from ui.adding.drafts import Draft, Drafts, Occupied
from ui.adding.pages import Pages
from ui.adding.upload import Left, Unusable, drained, received
from ui.sign_in.gate import see_other, turn_away
from ui.web.access import ADDING, Access
from ui.web.asgi import App, Message, Receive, Send, refuse, respond
from ui.web.headers import policy
from ui.web.log import line
from ui.web.rates import Sized, two_lengths

PATHS = re.compile(rf"{ADDING}(?:/([0-9a-f]{{16}})(?:/(shelf|discard))?)?", re.ASCII)
POLL = 0.25  # seconds between two looks how far a build is
BEAT = 10.0  # seconds after which something is sent although nothing was done: proxies close what is silent for a minute or two
FIELDS = 4  # of a form without a file
OK, FORBIDDEN, GONE, NOT_ALLOWED, TAKEN, UNUSABLE, BUSY, NO_ROOM = 200, 403, 404, 405, 409, 422, 503, 507
SOON = 60  # seconds after which to try again, where too many add reports
HTML = "text/html; charset=utf-8"


class Adding:
    """ASGI: everything under ADDING, for those who may. What is not there is left to the layers behind."""

    def __init__(self, app: App, access: Access, shelf: Shelf) -> None:
        self.app, self.access, self.shelf = app, access, shelf
        self.pages = Pages(access.prefix, access.limits)
        self.drafts = Drafts(access.limits, self._told)
        self.small = Sized(self._small, access.limits)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not PATHS.fullmatch(scope["path"]):
            await self.app(scope, receive, send)
            return
        user = scope["findings"]["user"]
        if user is None:
            await turn_away(scope, send, self.access, ADDING)
        elif not self.access.may_add(user):
            await refuse(scope, send, FORBIDDEN, wording("adding.forbidden"))
        elif scope["path"] == ADDING and scope["method"] == "POST":
            if not await two_lengths(scope, send):
                await self._upload(scope, receive, send, user)
        else:
            await self.small(scope, receive, send)

    # ---- a file comes --------------------------------------------------------------------------------------------

    async def _upload(self, scope: Message, receive: Receive, send: Send, user: str) -> None:
        """Take a file, read it, and lead on to how it was read; a fault leaves nothing behind."""
        started = time.perf_counter()
        try:
            file = self.drafts.begin(user)
        except Occupied as fault:
            await drained(receive, self.access.limits)
            await self._occupied(send, user, fault)
            return
        except OSError:
            await drained(receive, self.access.limits)
            await self._html(send, NO_ROOM, self.pages.choose(wording("adding.no_room")))
            return
        try:
            draft = await self._sent(scope, receive, user, file)
        except Left:
            return
        except working.Failed as fault:
            self._log(user, "refused", started)
            status = fault.status if isinstance(fault, Unusable) else UNUSABLE
            await self._html(send, status, self.pages.choose(str(fault)))
            return
        self._log(user, "read", started, bytes=draft.size)
        await see_other(send, self.access, f"{ADDING}/{draft.id}")

    async def _sent(self, scope: Message, receive: Receive, user: str, file: Path) -> Draft:
        """The draft made of what was sent. Raises Left, Failed; then the file is gone."""
        draft: Draft | None = None
        try:
            sent = await received(scope, receive, file, self.access.limits)
            if sent.name and not fits(sent.name):
                raise Unusable(wording("adding.bad_name"), UNUSABLE)
            preview = await asyncio.to_thread(working.read, file)
            draft = self.drafts.put(user, file, sent.size, preview)
            draft.name = sent.name
            return draft
        finally:
            if draft is None:
                self.drafts.end(user, file)

    async def _occupied(self, send: Send, user: str, fault: Occupied) -> None:
        mine, later = self.drafts.of(user), [("retry-after", str(SOON))]
        body = self.pages.occupied(fault.why, mine)
        await self._html(send, *((TAKEN, body) if fault.why == "yours" else (BUSY, body, later)))

    # ---- everything else -----------------------------------------------------------------------------------------

    async def _small(self, scope: Message, receive: Receive, send: Send) -> None:
        user, method = scope["findings"]["user"], scope["method"]
        found = PATHS.fullmatch(scope["path"])
        identity, does = found.groups() if found else (None, None)
        if method not in (("POST",) if does else ("GET", "HEAD")):
            await refuse(scope, send, NOT_ALLOWED, wording("refused.method"))
            return
        if identity is None:
            await self._choose(send, user)
            return
        draft = self.drafts.get(identity, user)
        if draft is None:
            await self._html(send, GONE, self.pages.gone())
        elif does == "discard":
            if self.drafts.discard(draft):
                self._log(user, "discarded")
            await see_other(send, self.access, ADDING)
        elif does == "shelf":
            await self._shelve(scope, send, draft)
        else:
            await self._show(scope, send, draft)

    async def _choose(self, send: Send, user: str) -> None:
        draft = self.drafts.of(user)
        if draft is not None and draft.stage != "shelved":
            await see_other(send, self.access, f"{ADDING}/{draft.id}")
        else:
            await self._html(send, OK, self.pages.choose(before=draft))

    async def _show(self, scope: Message, send: Send, draft: Draft) -> None:
        if scope["method"] == "HEAD":
            await self._html(send, OK, "")
        elif draft.stage == "read":
            await self._read(send, draft)
        elif draft.stage == "shelved":
            await self._html(send, OK, self.pages.shelved(draft))
        else:
            await self._follow(scope, send, draft)

    async def _read(self, send: Send, draft: Draft, said: str = "", name: str | None = None) -> None:
        first, taken = await asyncio.to_thread(self._names)
        status = UNUSABLE if said else OK
        await self._html(send, status, self.pages.read(draft, first, taken, said, name))

    async def _shelve(self, scope: Message, send: Send, draft: Draft) -> None:
        """Begin to put it on the shelf, where the name and what was said of replacing allow it."""
        try:
            form = parse_qs(scope["findings"]["body"].decode("utf-8"), keep_blank_values=True, max_num_fields=FIELDS)
        except ValueError:
            await self._read(send, draft, wording("adding.unreadable_form"))
            return
        name, replace = (form.get(field, [""])[0].strip() for field in ("name", "replace"))
        if draft.stage == "read":
            first, taken = await asyncio.to_thread(self._names)
            if said := self._wrong(draft, name, replace, first, taken):
                await self._read(send, draft, said, name)
                return
            self.drafts.shelve(draft, name, replace == name and name in taken)
        await see_other(send, self.access, f"{ADDING}/{draft.id}")

    def _wrong(self, draft: Draft, name: str, replace: str, first: str, taken: list[str]) -> str:
        """Why a draft cannot be put on the shelf under a name; empty where it can."""
        if not fits(name):
            return wording("adding.bad_name")
        if name == first:
            return wording("adding.in_force", name=name)
        if name in taken and replace != name:
            return wording("adding.taken", name=name)
        there = next((one for one in draft.preview.same if one != name and one in (first, *taken)), None)
        return wording("adding.same", name=there) if there else ""

    def _names(self) -> tuple[str, list[str]]:
        """The name of the report in force (empty where it cannot be read), and those of the others on the shelf."""
        try:
            return self.shelf.first.name, [entry.name for entry in self.shelf.added()]
        except IndexFault:
            return "", []

    async def _follow(self, scope: Message, send: Send, draft: Draft) -> None:
        """Send the page of a build while it goes on: each step as it comes, and at last how it ended."""
        await send({"type": "http.response.start", "status": OK, "headers": [(b"content-type", HTML.encode()), *self._fields()]})
        body, told, spoke = self.pages.building(draft), 0, time.monotonic()
        while True:
            going, steps = draft.stage == "building", draft.steps[told:]  # in this order: no step is left out at the end
            told += len(steps)
            body += self.pages.steps(steps)
            if not going:
                break
            if body or time.monotonic() - spoke > BEAT:
                await send({"type": "http.response.body", "body": (body or "\n").encode("utf-8"), "more_body": True})
                body, spoke = "", time.monotonic()
            await asyncio.sleep(POLL)
        await send({"type": "http.response.body", "body": (body + self.pages.ended(draft)).encode("utf-8")})

    # ---- what is sent and logged -----------------------------------------------------------------------------------

    def _fields(self) -> list[tuple[bytes, bytes]]:
        # With no-referrer a browser would send the form with the origin "null", which is refused.
        return [(b"referrer-policy", b"same-origin"), (b"content-security-policy", policy(self.access).encode())]

    async def _html(self, send: Send, status: int, body: str, more: list[tuple[str, str]] | None = None) -> None:
        fields = [(name.decode(), value.decode()) for name, value in self._fields()]
        await respond(send, status, body, HTML, [*fields, *(more or [])])

    def _told(self, what: str, draft: Draft) -> None:
        self._log(draft.user, what, report=draft.name if what in ("added", "replaced") else None)

    def _log(self, user: str, what: str, started: float | None = None, **more: object) -> None:
        """A line of what was done: never the file's name or its text; a report's name once it is on the shelf."""
        if self.access.logs:
            took = {} if started is None else {"ms": round((time.perf_counter() - started) * 1000, 1)}
            line(event="adding", user=user, did=what, **{key: value for key, value in more.items() if value is not None}, **took)


def fits(name: str) -> bool:
    """Whether the shelf takes a name."""
    return bool(NAMES.fullmatch(name)) and name != ALL


def known(path: str) -> bool:
    """Whether a path is one of this door's."""
    return bool(PATHS.fullmatch(path))
