"""Memory that was freed but is still held for the process: given back to the system. Only glibc keeps it so; elsewhere nothing is
done.

A server that answers for weeks frees as much as it takes, in pieces of other sizes; glibc keeps what lies between them, in as
many arenas as there were threads at work, and the process grows by a megabyte a minute under load though it holds nothing more.
"""

from __future__ import annotations

import ctypes
import sys
from contextlib import suppress

ARENA_MAX = -8  # M_ARENA_MAX of malloc.h
ARENAS = 2  # questions are answered in one thread and served from another


def few_arenas() -> None:
    """Keep the memory of all threads in few arenas. To be called before threads are started."""
    with suppress(OSError, AttributeError):
        if sys.platform == "linux":
            ctypes.CDLL(None).mallopt(ARENA_MAX, ARENAS)


def give_back() -> None:
    """Give memory that nothing is in back to the system: some milliseconds."""
    with suppress(OSError, AttributeError):
        if sys.platform == "linux":
            ctypes.CDLL(None).malloc_trim(0)
