"""What the server holds in memory of open pages: the newest values by name, and no more than so many of them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Generic, TypeVar

Value = TypeVar("Value")
Other = TypeVar("Other")


class Recent(Generic[Value]):
    """Values by name; the one that was used least recently goes first. Usable from several threads."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._kept: OrderedDict[str, Value] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, name: str, without: Other) -> Value | Other:
        """The value of this name, now the newest; `without` where none is held."""
        with self._lock:
            if name not in self._kept:
                return without
            self._kept.move_to_end(name)
            return self._kept[name]

    def put(self, name: str, value: Value) -> None:
        """Hold a value; an empty one is forgotten."""
        with self._lock:
            self._kept.pop(name, None)
            if value:
                self._kept[name] = value
            while len(self._kept) > self.most:
                self._kept.popitem(last=False)

    def values(self) -> list[Value]:
        """What is held, the least recently used first."""
        with self._lock:
            return list(self._kept.values())
