"""A form with a file as a browser sends it: the file goes to the disk while it comes, never above the limit, under a name of ours.

What the browser calls the file is not read. Knows no reports but how a PDF begins.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header

from prompts import wording
from ui.adding.working import Failed
from ui.web.asgi import Message, Receive, header
from ui.web.limits import Limits

FIELD = 200  # bytes of a field that is no file
HEADER = 2_000  # bytes of a part's headers
PARTS = 8  # of a form: ours has two
AROUND = 16 * 1024  # bytes of a body beside the file
BEGINS = 1024  # bytes in which a PDF says that it is one
LINGER = 6  # times the limit that are read, and dropped, of what is too large: a browser shows no answer before it has sent all
PIECE = 30.0  # seconds for the next piece to come


class Left(Exception):
    """Whoever sent the form has gone."""


class Unusable(Failed):
    """The form or its file cannot be used: the message is one sentence; `status` that of HTTP."""

    def __init__(self, sentence: str, status: int) -> None:
        super().__init__(sentence)
        self.status = status


@dataclass
class Sent:
    """What a form held: its file's size in bytes, and the name that was written beside it."""

    size: int = 0
    name: str = ""


async def received(scope: Message, receive: Receive, file: Path, limits: Limits) -> Sent:
    """Write the form's file to `file` (0600) and give what else it held. Raises Unusable, Left."""
    form = _Form(file, limits)
    try:
        return await form.read(scope, receive)
    finally:
        form.close()


async def drained(receive: Receive, limits: Limits) -> None:
    """Read what comes and drop it, as far as is borne: a browser shows no answer before it has sent all."""
    took = 0
    with suppress(TimeoutError):
        async with asyncio.timeout(limits.upload_seconds):
            while took <= LINGER * limits.upload:
                message = await receive()
                took += len(message.get("body", b""))
                if not message.get("more_body"):
                    return


class _Form:
    """One form while it comes. A fault is kept and said at the end, when the browser listens."""

    def __init__(self, file: Path, limits: Limits) -> None:
        self.file, self.limits = file, limits
        self.sent = Sent()
        self.fault: Unusable | None = None
        self.out: BinaryIO | None = None
        self.begun = b""  # the first bytes of the file
        self.parts = 0
        self.field = ""  # the name of the part that is coming
        self.values: dict[str, bytearray] = {}
        self.heading: tuple[bytearray, bytearray] = bytearray(), bytearray()

    async def read(self, scope: Message, receive: Receive) -> Sent:
        kind, options = parse_options_header(header(scope, "content-type") or "")
        boundary = options.get(b"boundary", b"")
        if kind != b"multipart/form-data" or not 0 < len(boundary) <= 100:
            self._refuse("unreadable_form", 400)
        parser = None if self.fault else self._parser(boundary)
        announced = header(scope, "content-length") or "0"
        if not announced.isdecimal() or int(announced) > self.limits.upload + AROUND:
            self._refuse_large()
        took, until = 0, time.monotonic() + self.limits.upload_seconds
        while True:
            try:
                async with asyncio.timeout(max(0.0, min(PIECE, until - time.monotonic()))):
                    message = await receive()
            except TimeoutError:
                raise Unusable(wording("adding.slow"), 408) from None
            if message["type"] == "http.disconnect":
                raise Left
            piece = message.get("body", b"")
            took += len(piece)
            if took > self.limits.upload + AROUND:
                self._refuse_large()
            if took > LINGER * self.limits.upload:
                break
            if parser is not None and self.fault is None:
                self._take(parser, piece)
            if not message.get("more_body"):
                break
        if parser is not None and self.fault is None:
            self._end(parser)
        if self.fault:
            raise self.fault
        return self.sent

    def close(self) -> None:
        if self.out is not None:
            self.out.close()

    def _refuse(self, why: str, status: int) -> None:
        """Keep the first fault."""
        self.fault = self.fault or Unusable(wording(f"adding.{why}"), status)

    def _refuse_large(self) -> None:
        self.fault = self.fault or Unusable(wording("adding.large", limit=self.limits.upload >> 20), 413)

    def _take(self, parser: MultipartParser, piece: bytes) -> None:
        try:
            parser.write(piece)
        except MultipartParseError:
            self._refuse("unreadable_form", 400)

    def _end(self, parser: MultipartParser) -> None:
        try:
            parser.finalize()
        except MultipartParseError:
            self._refuse("unreadable_form", 400)
        if self.out is None or not self.sent.size:
            self._refuse("no_file", 422)
        elif b"%PDF-" not in self.begun:
            self._refuse("no_pdf", 422)
        try:
            self.sent.name = bytes(self.values.get("name", b"")).decode("utf-8").strip()
        except UnicodeDecodeError:
            self._refuse("unreadable_form", 400)

    # ---- what the parser calls -----------------------------------------------------------------------------------

    def _parser(self, boundary: bytes) -> MultipartParser:
        return MultipartParser(
            boundary,
            {
                "on_part_begin": self._part, "on_header_field": self._header(0), "on_header_value": self._header(1),
                "on_header_end": self._headed, "on_part_data": self._data,
            },
        )  # fmt: skip

    def _part(self) -> None:
        self.parts += 1
        self.field = ""
        self.heading = bytearray(), bytearray()
        if self.parts > PARTS:
            self._refuse("unreadable_form", 400)

    def _header(self, which: int) -> Callable[[bytes, int, int], None]:
        def take(data: bytes, start: int, end: int) -> None:
            if len(self.heading[which]) + end - start > HEADER:
                self._refuse("unreadable_form", 400)
            else:
                self.heading[which].extend(data[start:end])

        return take

    def _headed(self) -> None:
        name, value = (bytes(one) for one in self.heading)
        self.heading = bytearray(), bytearray()
        if name.lower() == b"content-disposition":
            options = parse_options_header(value)[1]
            self.field = options.get(b"name", b"").decode("latin-1")
            if self.field == "report" and b"filename" in options:
                self._open()

    def _open(self) -> None:
        if self.out is not None:  # a second file
            self._refuse("unreadable_form", 400)
            return
        try:
            self.out = os.fdopen(os.open(self.file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "wb", 0)
        except OSError:
            self._refuse("no_room", 507)

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self.fault is not None:
            return
        if self.field == "report" and self.out is not None:
            self._write(data[start:end])
        elif self.field == "name":
            value = self.values.setdefault("name", bytearray())
            value.extend(data[start:end])
            if len(value) > FIELD:
                self._refuse("bad_name", 422)

    def _write(self, piece: bytes) -> None:
        assert self.out is not None
        self.begun = (self.begun + piece)[:BEGINS] if len(self.begun) < BEGINS else self.begun
        self.sent.size += len(piece)
        if self.sent.size > self.limits.upload:
            self._refuse_large()
            return
        if len(self.begun) == BEGINS and b"%PDF-" not in self.begun:
            self._refuse("no_pdf", 422)
            return
        try:
            left = memoryview(piece)
            while left:
                left = left[self.out.write(left) :]
        except OSError:
            self._refuse("no_room", 507)
