"""Sessions of signed-in people, and how often somebody may try a password. Kept in ui/web/store.py's file.

A session is a random key in a cookie; it ends when it is signed out, after some hours without a request, and after a day at the
latest. Failed attempts are counted by account and by address; each beyond the first few doubles the wait, for known and unknown names
alike.
"""

from __future__ import annotations

import hashlib
import secrets

from ui.sign_in.people import hashed, named
from ui.web.store import Store

IDLE = 2 * 3600.0  # seconds without a request after which a session ends: a meeting is shorter
LONGEST = 12 * 3600.0  # seconds after which every session ends: a working day
TOUCH = 60.0  # seconds between two notes of when a session was last seen: no write with every request
FREE = {"account": 5, "address": 20}  # attempts that may fail before waiting begins; colleagues share an address
FIRST, WORST = 30.0, 900.0  # seconds of the first wait and of the longest: 4 guesses an hour are left to a guesser
FORGET = 24 * 3600.0  # seconds after which failures are forgotten


class Sessions:
    """The sessions of a store."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def begin(self, user: str) -> str:
        """A new session; gives its key, which only the cookie holds. Ended ones are cleared away."""
        now = self.store.clock()
        self.store.changed("DELETE FROM sessions WHERE seen < ? OR begun < ?", now - IDLE, now - LONGEST)
        key = secrets.token_urlsafe(32)
        self.store.changed("INSERT INTO sessions VALUES (?, ?, ?, ?)", hashed(key), user, now, now)
        return key

    def user(self, key: str) -> str | None:
        """Whose session this is; None where it has ended or never was."""
        now = self.store.clock()
        found = self.store.rows("SELECT user, begun, seen FROM sessions WHERE hash = ?", hashed(key))
        if not found:
            return None
        user, begun, seen = found[0]
        if now - seen > IDLE or now - begun > LONGEST:
            self.end(key)
            return None
        if abs(now - seen) > TOUCH:
            self.store.changed("UPDATE sessions SET seen = ? WHERE hash = ?", now, hashed(key))
        return str(user)

    def end(self, key: str) -> None:
        """Sign out of this session, of no other."""
        self.store.changed("DELETE FROM sessions WHERE hash = ?", hashed(key))


class Attempts:
    """Failed attempts to sign in, by account and by address. Names are kept as hashes: people type passwords into that field."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def wait(self, name: str, address: str) -> int:
        """Seconds until this account may be tried again from this address; 0 when at once."""
        now = self.store.clock()
        waits = [0.0]
        for sort, key in _keys(name, address):
            for number, last in self.store.rows("SELECT number, last FROM failures WHERE key = ?", key):
                # A clock set back must not lock anybody out for longer than the wait itself.
                waits.append(min(pause(sort, number), last + pause(sort, number) - now))
        return int(max(waits) + 0.999)

    def failed(self, name: str, address: str) -> None:
        """One more failure."""
        now = self.store.clock()
        self.store.changed("DELETE FROM failures WHERE last < ?", now - FORGET)
        for _, key in _keys(name, address):
            self.store.changed(
                "INSERT INTO failures VALUES (?, 1, ?) ON CONFLICT DO UPDATE SET number = number + 1, last = excluded.last",
                key,
                now,
            )

    def succeeded(self, name: str, address: str) -> None:
        """The account's failures are forgotten; of the address's only this attempt, or a guesser's own account would clear them."""
        (_, account), (_, place) = _keys(name, address)
        self.store.changed("DELETE FROM failures WHERE key = ?", account)
        self.store.changed("UPDATE failures SET number = max(0, number - 1) WHERE key = ?", place)


def pause(sort: str, number: int) -> float:
    """Seconds to wait after so many failures: none at first, then 30 s, doubled each time, 15 minutes at most."""
    beyond = number - FREE[sort]
    return 0.0 if beyond < 0 else min(WORST, FIRST * 2.0 ** min(beyond, 10))


def _keys(name: str, address: str) -> list[tuple[str, str]]:
    account = hashlib.sha256(f"account {named(name)}".encode()).hexdigest()
    return [("account", account), ("address", f"address {address}")]
