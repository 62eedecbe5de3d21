"""Topics of briefings that might break the paper they are put on: each asked for in every format, what comes back opened and read."""

from __future__ import annotations

import base64
import io
import zipfile
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree

FORMATS = ("md", "html", "docx")
TOPICS = {
    "plain": "care leavers",
    "a script": "care leavers <script>alert(1)</script>",
    "a tag that never ends": "care leavers <img src=x onerror=alert(1)",
    "an end of a comment": "care leavers --> ]]>",
    "entities": "care leavers &lt;b&gt; &#0; &amp;amp;",
    "control marks": "care\x00 leavers\x0b\x0c\x1b[31m\x08",
    "half a letter": "care leavers \ud800",
    "no letters of XML": "care leavers \ufffe\uffff",
    "right to left": "\u202ecare leavers\u202c",
    "an e-mail's head": "care leavers\r\nBcc: a@b.example",
    "a formula": "=cmd|' /C calc'!A1 care leavers",
    "markdown": "care leavers](javascript:alert(1)) **`#",
    "a table": "care | leavers |\n|---|---|",
    "a path": "../../care leavers/../x",
    "a device": "CON care leavers",
    "two hundred letters": "care leavers " + "\u00e9" * 187,
    "emoji": "care leavers \U0001f469\U0001f3fd\u200d\U0001f4bb",
}


class _Tags(HTMLParser):
    """The tags of a page and the events that their attributes name."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [tag, *(name for name, _ in attrs if name.startswith("on"))]
        self.found += [f"{name}={value}" for name, value in attrs if (value or "").strip().casefold().startswith("javascript:")]


def spoilt(made: dict[str, Any]) -> list[str]:
    """What is wrong with a briefing object of the web API, in words."""
    if not made["citations"]:
        return ["no citation"]
    name = made["name"]
    if any(mark in name for mark in '/\\:\r\n"') or name.startswith(".") or not name.isprintable():
        return [f"the name {name!r}"]
    if made["format"] == "docx":
        with zipfile.ZipFile(io.BytesIO(base64.b64decode(made["content"]))) as held:
            for part in held.namelist():
                if part.endswith((".xml", ".rels")):
                    try:
                        ElementTree.fromstring(held.read(part))
                    except ElementTree.ParseError as fault:
                        return [f"{part}: {fault}"]
        return []
    if made["format"] == "html":
        tags = _Tags()
        tags.feed(made["content"])
        bad = [one for one in tags.found if one in ("script", "iframe", "object") or one.startswith("on") or "=" in one]
        return [f"holds {one}" for one in bad if one != "onerror" or "img" in tags.found]
    return ["a line of its own from the topic"] if "\nBcc:" in made["content"] else []
