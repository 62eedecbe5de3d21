"""Reports that were sent and are not on the shelf yet: whose each is, how far it is, and when it is forgotten. One of a person, few in all.

A draft belongs to who sent it: to everybody else its id names nothing. Its file is removed when it is on the shelf, discarded, or
nobody has decided for half an hour.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from prompts import wording
from ui.adding import working
from ui.adding.aside import Aside
from ui.adding.preview import Preview
from ui.web.limits import Limits
from ui.web.log import fault as log

LOOK = 15.0  # seconds between two looks for what is to be forgotten

Stage = Literal["read", "building", "shelved"]
Told = Callable[[str, "Draft"], None]


class Occupied(Exception):
    """No further report can be sent now: `why` is "yours" (one of this person is under way) or "others" (too many in all)."""

    def __init__(self, why: Literal["yours", "others"]) -> None:
        super().__init__(why)
        self.why = why


@dataclass
class Draft:
    """A report that was read. `steps` tell how far its build is: what is being done, and the share that is done (0 to 1); `fault` is
    why the last attempt to put it on the shelf failed.
    """

    user: str
    file: Path
    size: int
    preview: Preview
    touched: float
    id: str = field(default_factory=lambda: secrets.token_hex(8))
    name: str = ""
    replaces: bool = False
    stage: Stage = "read"
    steps: list[tuple[str, float]] = field(default_factory=list)
    fault: str = ""


class Drafts:
    """The drafts of a server. `told` is called with what became of one ("expired", "added", "replaced", "failed")."""

    def __init__(
        self, limits: Limits, told: Told, aside: Aside | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.limits, self.told, self.clock = limits, told, clock
        self.aside = aside or Aside()
        self._lock = threading.Lock()
        self._building = threading.Lock()  # one build at a time
        self._arriving: set[str] = set()  # people whose file is on its way or being read
        self._drafts: dict[str, Draft] = {}  # person -> their draft
        threading.Thread(target=self._look, daemon=True, name="drafts").start()

    def begin(self, user: str) -> Path:
        """Let a person send a file; gives where it is to be written. To be ended by `end` or `put`. Raises Occupied, OSError."""
        self.expire()
        with self._lock:
            before = self._drafts.get(user)
            if user in self._arriving or (before is not None and before.stage != "shelved"):
                raise Occupied("yours")
            held = sum(draft.stage != "shelved" for draft in self._drafts.values())
            if len(self._arriving) >= self.limits.uploads or held + len(self._arriving) >= self.limits.drafts:
                raise Occupied("others")
            self._arriving.add(user)
        try:
            with self._lock:
                return self.aside.place()
        except OSError:
            self._arriving.discard(user)
            raise

    def end(self, user: str, file: Path) -> None:
        """The file did not become a draft: it is removed."""
        file.unlink(missing_ok=True)
        with self._lock:
            self._arriving.discard(user)

    def put(self, user: str, file: Path, size: int, preview: Preview) -> Draft:
        """The file was read: it is this person's draft."""
        draft = Draft(user, file, size, preview, self.clock())
        with self._lock:
            self._arriving.discard(user)
            self._drafts[user] = draft
        return draft

    def of(self, user: str) -> Draft | None:
        """A person's draft, whatever its stage."""
        self.expire()
        with self._lock:
            return self._drafts.get(user)

    def get(self, identity: str, user: str) -> Draft | None:
        """A draft by its id; None for one of somebody else."""
        draft = self.of(user)
        return draft if draft is not None and secrets.compare_digest(draft.id, identity) else None

    def discard(self, draft: Draft) -> bool:
        """Forget a draft and remove its file; False for one that is being built."""
        with self._lock:
            if draft.stage == "building":
                return False
            self._drafts.pop(draft.user, None)
        draft.file.unlink(missing_ok=True)
        return True

    def shelve(self, draft: Draft, name: str, replace: bool) -> None:
        """Begin to put a draft on the shelf, in a thread and a process of their own; one that is under way goes on."""
        with self._lock:
            if draft.stage != "read" or self._drafts.get(draft.user) is not draft:
                return
            draft.stage, draft.name, draft.replaces, draft.fault, draft.steps = "building", name, replace, "", [("begun", 0.0)]
        threading.Thread(target=self._build, args=(draft,), daemon=True, name="building").start()

    def _build(self, draft: Draft) -> None:
        fault = wording("adding.broken")
        if self._building.locked():
            draft.steps.append(("waiting", 0.0))
        try:
            with self._building:
                working.add(draft.name, draft.file, draft.replaces, lambda what, share: draft.steps.append((what, share)))
            fault = ""
        except working.Failed as failed:
            fault = str(failed)
        except Exception as bug:  # said as a fault, and logged without the file's name
            log(bug)
        finally:
            with self._lock:
                draft.touched, draft.fault = self.clock(), fault
                draft.stage = "read" if fault else "shelved"
        if not fault:
            draft.file.unlink(missing_ok=True)
        self.told("failed" if fault else "replaced" if draft.replaces else "added", draft)

    def expire(self) -> None:
        """Forget what nobody has decided about in time, and what has been on the shelf for as long."""
        with self._lock:
            old = [
                draft for draft in self._drafts.values()
                if draft.stage != "building" and self.clock() - draft.touched > self.limits.draft_seconds
            ]  # fmt: skip
            for draft in old:
                del self._drafts[draft.user]
        for draft in old:
            draft.file.unlink(missing_ok=True)
            if draft.stage == "read":
                self.told("expired", draft)

    def _look(self) -> None:
        while True:
            time.sleep(LOOK)
            with suppress(OSError):
                self.expire()
