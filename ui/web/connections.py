"""Connections before there is a request on them: how long they may say nothing, how many one address may hold, and files enough for all.

uvicorn waits for ever for the end of a request's headers; a thousand such connections would be everybody's. Knows no request.
"""

from __future__ import annotations

import asyncio
import resource
from collections import Counter

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from ui.web.access import Access
from ui.web.addresses import network_of, within

SPARE = 256  # open files beside connections: the index, the model, the page's files, the store


class Patient(H11Protocol):
    """A connection under the limits of an access; `held` counts those of each address that is neither a named proxy nor this machine
    where nobody else reaches the server.
    """

    access: Access
    held: Counter[str]
    _silence: asyncio.TimerHandle | None = None
    _holder: str | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait()
        peer = self.client[0] if self.client else ""
        if within(peer, self.access.proxies) or self.access.alone:
            return
        self._holder = network_of(peer)
        self.held[self._holder] += 1
        if self.held[self._holder] > self.access.limits.connections_each:
            transport.abort()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.conn.their_state is h11.IDLE:
            self._wait()
        else:
            self._stop()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop()
        if self._holder is not None:
            self.held[self._holder] -= 1
            if self.held[self._holder] <= 0:
                del self.held[self._holder]
            self._holder = None
        super().connection_lost(exc)

    def _wait(self) -> None:
        """Close the connection if no request is whole in time; bytes that drop in one by one do not prolong it."""
        if self._silence is None:
            self._silence = self.loop.call_later(self.access.limits.head_seconds, self._close)

    def _stop(self) -> None:
        if self._silence is not None:
            self._silence.cancel()
            self._silence = None

    def _close(self) -> None:
        self._silence = None
        if self.conn.their_state is h11.IDLE and not self.transport.is_closing():
            self.transport.abort()


def patient(access: Access) -> type[Patient]:
    """The protocol of a server's connections, for uvicorn."""
    return type("Bounded", (Patient,), {"access": access, "held": Counter()})


def files_for(connections: int) -> int:
    """Let this process open files for so many connections, as far as it may; gives how many connections it then has files for."""
    wanted = connections + SPARE
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    endless = resource.RLIM_INFINITY
    if soft != endless and soft < wanted:
        soft = wanted if hard == endless else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return connections if soft == endless else max(1, min(connections, soft - SPARE))
