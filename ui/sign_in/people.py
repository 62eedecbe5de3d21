"""Who may come in: users with passwords, and their tokens for programs. The file is ui/web/store.py's.

Passwords are hashed with Argon2id; checking an unknown name takes as long as checking a wrong password.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from prompts import wording
from ui.web.store import Store

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST, LONGEST = (
    12,
    200,
)  # characters of a password: the first as the NCSC's three words, the second so that hashing stays short
NAME_LENGTH = 100  # characters of a name
LABEL_LENGTH = 200  # characters of what a token is for
# OWASP's settings for Argon2id: 19 MiB, two passes, one thread; 20 to 40 ms on a small machine.
MEMORY_KIB, PASSES, THREADS = 19_456, 2, 1
AT_ONCE = 2  # passwords checked at the same time: 38 MiB however many strangers knock
PREFIX = "fnd_"  # of every token, so that one that leaked is recognised by those who search for them

_checking = threading.BoundedSemaphore(AT_ONCE)


class UnusableName(Exception):
    """A name, password or token cannot be added or found: the message is one sentence."""


@dataclass(frozen=True)
class Token:
    """A token as it is listed: never the secret itself."""

    id: str
    user: str
    label: str
    added: float


def named(name: str) -> str:
    """A name in the form it is kept and compared: composed, caseless, without white space around it."""
    return unicodedata.normalize("NFKC", name).strip().casefold()


@lru_cache(maxsize=1)
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=THREADS)


@lru_cache(maxsize=1)
def _nobody() -> str:
    """A hash that no password has: what an unknown name is compared with."""
    return _hasher().hash(secrets.token_urlsafe(32))


def prepare() -> None:
    """Make the hash of nobody, so that the first unknown name does not take longer than the next."""
    _nobody()


def hashed(secret: str) -> str:
    """A token or session key as it is kept. It has 32 random bytes, so that a fast hash is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


class People:
    """The users and tokens of a store."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def any(self) -> bool:
        """Whether there is a user."""
        return bool(self.store.rows("SELECT 1 FROM users LIMIT 1"))

    def names(self) -> list[str]:
        return [name for (name,) in self.store.rows("SELECT name FROM users ORDER BY name")]

    def add(self, name: str, password: str) -> bool:
        """Add a user, or give one a new password, which ends their sessions; gives whether they are new. Raises UnusableName."""
        key = named(name)
        if not key or len(key) > NAME_LENGTH or not key.isprintable():
            raise UnusableName(wording("users.bad_name", limit=NAME_LENGTH))
        if not SHORTEST <= len(password) <= LONGEST:
            raise UnusableName(wording("users.bad_length", shortest=SHORTEST, longest=LONGEST))
        if key in named(password) or len(set(password)) < 5:
            raise UnusableName(wording("users.weak"))
        new = key not in self.names()
        self.store.changed(
            "INSERT INTO users VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET hash = excluded.hash",
            key, _hasher().hash(_composed(password)), self.store.clock(),
        )  # fmt: skip
        self.store.changed("DELETE FROM sessions WHERE user = ?", key)
        return new

    def remove(self, name: str) -> None:
        """Remove a user with their sessions and tokens. Raises UnusableName where there is none."""
        if not self.store.changed("DELETE FROM users WHERE name = ?", named(name)):
            raise UnusableName(wording("users.no_such", name=name))

    def check(self, name: str, password: str) -> str | None:
        """The user whose name and password these are, or None, after the same time in every case."""
        from argon2.exceptions import Argon2Error, InvalidHashError

        found = self.store.rows("SELECT hash FROM users WHERE name = ?", named(name[: 2 * NAME_LENGTH]))
        with _checking:
            try:
                _hasher().verify(found[0][0] if found else _nobody(), _composed(password[: LONGEST + 1]))
            except (Argon2Error, InvalidHashError):
                return None
        return named(name) if found else None

    # ---- tokens ------------------------------------------------------------------------------------------------

    def add_token(self, name: str, label: str = "") -> str:
        """A new token of a user; it is shown this once. Raises UnusableName where there is no such user, or the label fits on no line."""
        if len(label) > LABEL_LENGTH or not label.isprintable():
            raise UnusableName(wording("users.bad_label", limit=LABEL_LENGTH))
        key = named(name)
        if key not in self.names():
            raise UnusableName(wording("users.no_such", name=name))
        token = PREFIX + secrets.token_urlsafe(32)
        identity = secrets.token_hex(4)
        self.store.changed("INSERT INTO tokens VALUES (?, ?, ?, ?, ?)", identity, hashed(token), key, label, self.store.clock())
        return token

    def revoke(self, identity: str) -> None:
        """End a token, named by its id or by itself. Raises UnusableName where there is none."""
        if not self.store.changed("DELETE FROM tokens WHERE id = ? OR hash = ?", identity, hashed(identity)):
            raise UnusableName(wording("users.no_token", id=identity if len(identity) < 20 else wording("users.this_token")))

    def tokens(self) -> list[Token]:
        return [Token(*row) for row in self.store.rows("SELECT id, user, label, added FROM tokens ORDER BY user, added")]

    def of_token(self, token: str) -> str | None:
        """The user of a token."""
        found = self.store.rows("SELECT user FROM tokens WHERE hash = ?", hashed(token))
        return found[0][0] if found else None


def _composed(password: str) -> str:
    """A password as it is compared: one form of each letter, whichever keyboard made it."""
    return unicodedata.normalize("NFKC", password)
