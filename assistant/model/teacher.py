"""A language model writes teaching lines for a report, once: several authors by prompt, the report in portions, each reply
checked like anybody's lines.

What it writes are data that point at sentences (index/banks/teaching.py); none is ever shown. What was asked is kept in a file,
line by line, so that a teaching that was interrupted goes on where it stopped. Knows no terminal.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import ModelFault
from assistant.model.client import ChatModel
from assistant.model.settings import ModelSettings
from assistant.question.kinds import NAMES
from index.banks.teaching import FACT, Names, check, written
from index.errors import BadTeaching
from index.passages import Passage
from prompts import prompt, prompt_hash, wording

# Each author by prompt: what is written (a form of the wording's table `teach`), words of the report at once, lines of a reply at most.
AUTHORS: dict[str, tuple[str, int, int]] = {
    "specific": ("fact", 350, 30),
    "lay": ("fact", 350, 30),
    "misses": ("miss", 700, 30),
    "broad": ("broad", 2_500, 25),
    "broad_lay": ("broad", 2_500, 25),
}
BROAD_KINDS = tuple(kind for kind in NAMES if kind != FACT)
REPLY_TOKENS, REPLY_SECONDS = 3_500, 300.0  # what a reply may take at least, whatever is set for choosing
REPLY_CHARACTERS = 24_000
CHARACTERS_A_TOKEN = 4  # of English, about
LINE_TOKENS = 70  # of one line of a reply, about
IN_A_ROW = 3  # failures after which nothing more is asked


@dataclass(frozen=True)
class Request:
    """One portion of a report for one author."""

    author: str
    sentences: str

    @property
    def key(self) -> str:
        """A checksum of all that decides the reply, random delimiters aside."""
        form, _, most = AUTHORS[self.author]
        told = (prompt_hash("teach"), wording(f"teach.{self.author}"), form, str(most), self.sentences)
        return hashlib.sha256("\0".join(told).encode()).hexdigest()[:24]

    def messages(self) -> tuple[str, str]:
        form, _, most = AUTHORS[self.author]
        kinds = {"kinds": ", ".join(BROAD_KINDS)} if form == "broad" else {}
        return prompt(
            "teach", mark=secrets.token_hex(4), wanted=wording(f"teach.{self.author}"), most=most,
            form=wording(f"teach.form_{form}", **kinds), sentences=self.sentences,
        )  # fmt: skip


@dataclass(frozen=True)
class Cost:
    """What a plan costs, about: requests, tokens sent, and tokens that come back at most."""

    requests: int
    sent: int
    received: int


@dataclass(frozen=True)
class Step:
    """How far it has come: requests done of all, lines kept, lines refused, requests that failed, and why the last one did."""

    done: int
    of: int
    lines: int
    refused: int
    failed: int
    fault: str | None = None


def settings_for_teaching(settings: ModelSettings) -> ModelSettings:
    """The settings for choosing sentences, with room for replies of many lines."""
    room = {"max_tokens": max(settings.max_tokens, REPLY_TOKENS), "timeout": max(settings.timeout, REPLY_SECONDS)}
    return settings.model_copy(update=room)


def numbered(passages: Sequence[Passage]) -> list[list[str]]:
    """The sentences of each passage that answer something, each after its name."""
    names = Names(passages)
    rows = iter(zip(names.own, names.searchable, strict=True))
    shown = []
    for passage in passages:
        lines = []
        for text in passage.sentences:
            name, searchable = next(rows)
            if searchable:
                lines.append(f"[{name}] {' '.join((f'({passage.context}) {text}' if passage.context else text).split())}")
        shown.append(lines)
    return [lines for lines in shown if lines]


def plan(passages: Sequence[Passage]) -> list[Request]:
    """Everything that a report's teaching asks, the authors by turns through the report."""
    told = numbered(passages)
    return [Request(author, portion) for author, (_, size, _) in AUTHORS.items() for portion in _portions(told, size)]


def _portions(passages: Sequence[Sequence[str]], size: int) -> Iterator[str]:
    """The passages in portions of about `size` words; no passage is cut."""
    portion: list[str] = []
    spent = 0
    for lines in passages:
        words = sum(len(line.split()) for line in lines)
        if portion and spent + words > size:
            yield "\n".join(portion)
            portion, spent = [], 0
        portion += lines
        spent += words
    if portion:
        yield "\n".join(portion)


def cost(requests: Sequence[Request]) -> Cost:
    sent = sum(len(text) for request in requests for text in request.messages()) // CHARACTERS_A_TOKEN
    return Cost(len(requests), sent, sum(AUTHORS[request.author][2] for request in requests) * LINE_TOKENS)


class Kept:
    """The file of what a model has written so far: one record a request that was answered. A last line that was cut off counts as
    not asked.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lines: dict[str, list[str]] = {}
        self.refused = 0
        if path.is_file():
            for row in path.read_bytes().decode("utf-8", "replace").splitlines():
                try:
                    record = json.loads(row)
                    self.lines[str(record["request"])] = [str(line) for line in record["lines"]]
                    self.refused += int(record["refused"])
                except (ValueError, LookupError, TypeError):
                    continue

    def add(self, request: Request, lines: list[str], refused: int) -> None:
        """Keep a reply's lines, on the disk before anything else is asked."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        record = json.dumps(
            {"request": request.key, "author": request.author, "lines": lines, "refused": refused}, ensure_ascii=False
        )
        with self.path.open("ab") as file:
            file.write(b"\n" * (file.tell() > 0) + record.encode("utf-8"))
            file.flush()
            os.fsync(file.fileno())
        self.lines[request.key] = lines
        self.refused += refused

    def data(self) -> bytes:
        """All lines kept, as a file of teaching lines."""
        return "".join(line for lines in self.lines.values() for line in lines).encode("utf-8")

    @property
    def count(self) -> int:
        return sum(map(len, self.lines.values()))


def teach(model: ChatModel, requests: Sequence[Request], passages: Sequence[Passage], kept: Kept, at_once: int) -> Iterator[Step]:
    """Ask what was not answered yet, `at_once` requests beside each other; a step for each that ended. Raises ModelFault where
    IN_A_ROW failed.
    """
    waiting = [request for request in requests if request.key not in kept.lines]
    failed = in_a_row = 0
    pool = ThreadPoolExecutor(at_once, "teaching")
    running: dict[Future[str], Request] = {}
    try:
        while waiting or running:
            while waiting and len(running) < at_once:
                request = waiting.pop(0)
                running[pool.submit(model.reply, *request.messages(), request.key)] = request
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                request, fault = running.pop(future), None
                try:
                    kept.add(request, *read(future.result(), passages, request.author))
                    in_a_row = 0
                except ModelFault as raised:
                    fault, failed, in_a_row = str(raised), failed + 1, in_a_row + 1
                    if in_a_row >= IN_A_ROW:
                        raise
                left = len(waiting) + len(running) + failed
                yield Step(len(requests) - left, len(requests), kept.count, kept.refused, failed, fault)
    finally:
        for request in running.values():
            model.cancel(request.key)
        pool.shutdown(wait=False, cancel_futures=True)


def read(reply: str, passages: Sequence[Passage], author: str) -> tuple[list[str], int]:
    """The good lines of a reply, as they are stored, and how many were refused."""
    rows = [row for row in reply.splitlines() if row.strip() and not row.lstrip().startswith("```")]
    try:
        found = check("\n".join(_apart(rows)).encode("utf-8", "replace"), passages, NAMES, f"model: {author}")
    except BadTeaching:
        return [], max(1, len(rows))
    most = AUTHORS[author][2]
    lines = written(found.lines[:most], passages).decode("utf-8").splitlines(keepends=True)
    return lines, len(found.refused) + max(0, len(found.lines) - most)


def _apart(rows: list[str]) -> list[str]:
    """The lines of a reply; where it is one JSON list, its members."""
    try:
        whole = json.loads("\n".join(rows))
    except (ValueError, RecursionError):
        return rows
    return [json.dumps(one) for one in whole] if isinstance(whole, list) else rows
