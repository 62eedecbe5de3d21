"""Where files lie that were sent and are not on the shelf yet: a folder of this process alone, outside the index.

It is removed when the process ends. What a process that was killed has left is removed by the next one: a folder whose lock nobody holds
belongs to nobody.
"""

from __future__ import annotations

import atexit
import fcntl
import os
import secrets
import shutil
import stat
import tempfile
import time
from contextlib import suppress
from pathlib import Path

BEGINS = f"findings-adding-{os.getuid()}-"
LOCK = "lock"
YOUNG = 60.0  # seconds in which a folder without a lock may be one that another process is just making


class Aside:
    """The folder of this process; it is made when the first file comes. `base` is where such folders lie, by default the system's own
    place for temporary files.
    """

    def __init__(self, base: Path | None = None) -> None:
        self.base = base or Path(tempfile.gettempdir())
        self._folder: Path | None = None
        self._lock = -1
        sweep(self.base)

    def place(self) -> Path:
        """Where one more file may be written: a name of ours, in a folder that is this user's alone. Raises OSError."""
        if self._folder is None or not self._folder.is_dir():
            folder = Path(tempfile.mkdtemp(prefix=BEGINS, dir=self.base))  # 0700
            self._lock = os.open(folder / LOCK, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
            fcntl.flock(self._lock, fcntl.LOCK_EX)
            self._folder = folder
            atexit.register(shutil.rmtree, folder, ignore_errors=True)
        return self._folder / f"{secrets.token_hex(8)}.pdf"


def sweep(base: Path) -> None:
    """Remove the folders of this user's processes that are gone."""
    for folder in base.glob(f"{BEGINS}*"):
        with suppress(OSError):
            found = folder.lstat()
            if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
                continue
            if not (folder / LOCK).exists():
                if time.time() - found.st_mtime > YOUNG:
                    shutil.rmtree(folder, ignore_errors=True)
                continue
            with (folder / LOCK).open("rb") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # OSError: its process is there
                shutil.rmtree(folder, ignore_errors=True)
