"""Every number that bounds what one client may ask of the server and keep in it: one table, each with its unit and reason.

A client is a signed-in user, else an address. This machine itself, asking its own loopback address, is no client in this
sense: whoever sits at it can do more than ask questions.
"""

from __future__ import annotations

from dataclasses import dataclass

from assistant.conversations import REPLAYED
from assistant.question.plain_text import MAX_CHARACTERS


@dataclass(frozen=True)
class Limits:
    """What a server allows. Tests set smaller ones."""

    # One question and the eight earlier ones that are looked back at, in JSON's longest form of an ordinary letter
    # (6 bytes): 9 * 4,000 * 6 = 216,000 bytes. More is refused unread.
    body: int = 256 * 1024  # bytes
    body_seconds: float = 20.0  # for the body to arrive: a stalled sender holds nothing for longer
    head_seconds: float = 5.0  # for the request line and headers: the slowest phone sends them in one
    headers: int = 64 * 1024  # bytes of request line and headers: a permalink of 4,000 letters of any alphabet takes 36 KB
    # The quickest reader measured asks every 6 s and opens two passages an answer: 30 a minute. Four such share an address.
    questions: int = 120  # questions, passages and briefings a minute and client
    # Gradio's page fetches some 90 files; ten people behind one address may load it anew in the same minute.
    requests: int = 1_200  # requests of any sort a minute and client
    waiting: int = 12  # events of one client that may wait or run in the queue of 200: 16 clients fill it, one cannot
    streams: int = 48  # open answer streams a client: one for each browser tab that waits for an answer
    connections: int = 1_000  # open connections in all; the next gets 503
    connections_each: int = (
        200  # of one address that is no proxy: ten people behind it, their tabs and the page's files; the next is closed
    )
    # A session costs 67 KB when it is opened and its answers as they come (3 KB each, 60 of them at most).
    sessions: int = 400  # conversations held in memory at once: 100 MB at the worst
    api_at_once: int = 2  # questions of programs in the engine at once: as many as there are cores on a small machine
    api_waiting: int = 40  # that may wait for it; the next gets 503
    seconds: float = 20.0  # one question may take in the engine, a language model's time aside
    # Of reports that are added in the browser (ui/adding/), by those who may. The longest of four published ones has 1.5 MB; pictures make some of
    # a council larger.
    upload: int = 50 * 1024 * 1024  # bytes of a file: it goes to the disk, not into memory
    upload_seconds: float = 600.0  # for it to arrive: 50 MB over a line of 1 MB in 10 s
    uploads: int = 2  # files that arrive or are read at once, one of a person; reading takes a core
    drafts: int = 8  # files that wait to be put on the shelf: 400 MB of disk
    draft_seconds: float = 1_800.0  # for which one waits; then it is removed


CHARACTERS = MAX_CHARACTERS  # of one question; a longer one is refused, and cut before it is kept
HISTORY = REPLAYED  # earlier questions of a conversation that are looked at; the older are dropped unread
TOPIC = 200  # characters of a briefing's topic
NAME = 200  # characters of a passage's id, a form, a label: the longest id of a packaged report has 24


def cut(text: str, characters: int = CHARACTERS) -> str:
    """A text no longer than it can be asked or kept: one character more than allowed, so that it is still refused as too long."""
    return text[: characters + 1]
