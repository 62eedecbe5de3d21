"""The page itself, where the report was indexed from a PDF: its picture in the panel, and the path that sends it.

Knows no answers; what is marked on the picture is the quote that the path names.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from typing import Any
from urllib.parse import parse_qs, urlencode

from index.errors import NoPicture
from index.opened import Index
from index.passages import Passage
from index.store import indexed_pdf
from prompts import wording
from ui.html.markup import tag, text
from ui.html.page_picture import page_picture

PATH = re.compile(r"/page/([0-9]{1,3})\.png", re.ASCII)
AT_ONCE = 2  # pictures drawn at the same time; each takes a process of its own for 0.2 s
SHOWN, LARGE = 900, 1_800  # pixels across: in the panel, and opened by itself
QUOTED = 1_500  # characters of a quote that a path names

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]


def pages_of(index: Index) -> int:
    """How many pages there are pictures of: 0 where the report was not indexed from a PDF."""
    return index.report.pages if indexed_pdf(index) else 0


def figure(passage: Passage, quotes: Sequence[str], pages: int, report: str = "") -> str:
    """The picture of the passage's first page with its words marked, larger by a link, and links to the pages around it."""
    if not pages:
        return ""
    quote = next((one for one in quotes if one and one in passage.text), passage.text)
    page = passage.page
    picture = tag(
        "img",
        "",
        src=_path(page, quote, SHOWN, report),
        alt=wording("panel.picture", page=page),
        loading="lazy",
        style="max-width:100%",
    )
    links = [tag("a", picture, href=_path(page, quote, LARGE, report), target="_blank", title=wording("panel.larger"))]
    for name, other in (("page_before", page - 1), ("page_after", page + 1)):
        if 1 <= other <= pages:
            words = text(wording(f"panel.{name}", page=other))
            links.append(tag("a", words, class_="quiet", href=_path(other, quote, LARGE, report), target="_blank"))
    return tag("figure", links[0] + tag("figcaption", " ".join(links[1:])), class_="page-picture", style="margin:1rem 0")


def _path(page: int, quote: str, width: int, report: str) -> str:
    named = {"report": report} if report else {}
    return f"/page/{page}.png?{urlencode({'quote': quote[:QUOTED], 'width': width, **named})}"


class Pictures:
    """Sends pictures of pages of the report that `index` gives by name (none: of the report in force); none where it gives None."""

    def __init__(self, index: Callable[[str], Index | None]) -> None:
        self.index = index
        self._free = asyncio.Semaphore(AT_ONCE)

    async def send(self, scope: Message, send: Send) -> bool:
        """Answers a request for a picture; False where there is none to send."""
        match = PATH.fullmatch(scope["path"])
        asked = parse_qs(scope.get("query_string", b"").decode("latin-1"), errors="replace")
        index = self.index(asked.get("report", [""])[0]) if match is not None and scope["method"] == "GET" else None
        if match is None or index is None:
            return False
        quote, width = asked.get("quote", [""])[0], asked.get("width", [""])[0]
        async with self._free:
            try:
                wide = LARGE if width == str(LARGE) else SHOWN
                picture = await asyncio.to_thread(page_picture, index, int(match[1]), quote, wide)
            except NoPicture:
                return False
        headers = [
            (b"content-type", b"image/png"),
            (b"content-length", str(len(picture)).encode()),
            (b"cache-control", b"no-cache"),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": picture})
        return True
