"""What the server has to remember of people: users, tokens, sessions, failed attempts, counts of requests. One SQLite file.

Several processes may share the file (FINDINGS_STATE names it); without sign-in it is kept in memory and forgotten. Passwords are
kept as Argon2 hashes, tokens and session keys as SHA-256 of 32 random bytes: the file lets nobody in. No question is ever in it.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from prompts import wording

BUSY = 5.0  # seconds to wait while another process writes
_TABLES = """
CREATE TABLE IF NOT EXISTS users (name TEXT PRIMARY KEY, hash TEXT NOT NULL, added REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS tokens (
  id TEXT PRIMARY KEY, hash TEXT UNIQUE NOT NULL, user TEXT NOT NULL REFERENCES users ON DELETE CASCADE, label TEXT NOT NULL,
  added REAL NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sessions (
  hash TEXT PRIMARY KEY, user TEXT NOT NULL REFERENCES users ON DELETE CASCADE, begun REAL NOT NULL, seen REAL NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS failures (key TEXT PRIMARY KEY, number INTEGER NOT NULL, last REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS counts (key TEXT, minute INTEGER, number INTEGER NOT NULL, PRIMARY KEY (key, minute)) WITHOUT ROWID;
"""


class UnusableState(Exception):
    """The file of users cannot be read or written: the message is one sentence that says what to do."""


def state_file() -> Path:
    """Where users are kept: FINDINGS_STATE, or the user's own data folder. Never in the index folder, which may be removed."""
    if named := os.environ.get("FINDINGS_STATE"):
        return Path(named)
    home = os.environ.get("XDG_DATA_HOME")
    return (Path(home) if home else Path.home() / ".local" / "share") / "findings" / "state.sqlite3"


class Store:
    """The file, or a store in memory where no path is given. Usable from several threads. Raises UnusableState."""

    def __init__(self, path: Path | None = None, clock: Callable[[], float] = time.time) -> None:
        self.path, self.clock = path, clock
        self._lock = threading.Lock()
        self._swept = 0
        with self._faults():
            if path is not None:
                path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))  # for its owner alone, whatever the umask says
            self._db = sqlite3.connect(path or ":memory:", timeout=BUSY, check_same_thread=False, isolation_level=None)
            self._db.execute("PRAGMA foreign_keys = ON")
            if path is not None:  # a crash of the machine may lose the last counts, never the file
                self._db.execute("PRAGMA journal_mode = WAL")
                self._db.execute("PRAGMA synchronous = NORMAL")
            self._db.executescript(_TABLES)

    @contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as fault:
            reason = fault.strerror if isinstance(fault, OSError) else fault
            raise UnusableState(wording("access.bad_state", path=self.path, reason=reason)) from fault

    def rows(self, statement: str, *values: object) -> list[tuple]:
        """Run one statement; gives its rows."""
        with self._lock, self._faults():
            return self._db.execute(statement, values).fetchall()

    def changed(self, statement: str, *values: object) -> int:
        """Run one statement; gives how many rows it changed."""
        with self._lock, self._faults():
            return self._db.execute(statement, values).rowcount

    def close(self) -> None:
        with self._lock:
            self._db.close()

    # ---- counts ------------------------------------------------------------------------------------------------

    def count(self, key: str) -> int:
        """One more for this key in this minute; gives the number so far. Counts of minutes gone by are dropped."""
        minute = int(self.clock() // 60)
        if minute != self._swept:  # a clock set back counts in the minutes it shows: never more than twice the limit
            self._swept = minute
            self.changed("DELETE FROM counts WHERE minute != ?", minute)
        counted = self.rows(
            "INSERT INTO counts VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET number = number + 1 RETURNING number", key, minute
        )
        return int(counted[0][0])

    def until_next_minute(self) -> int:
        """Seconds until counting begins anew, at least 1."""
        return 60 - int(self.clock() % 60)
