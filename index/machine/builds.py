"""A folder of builds: the pointer that names the current one, the lock of whoever builds, and how one build replaces another.

Knows no file of an index.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from index.errors import BrokenIndex, BuildRunning, UnwritableIndex

LOCK_SECONDS = 600.0


def pointed(folder: Path) -> Path | None:
    """The build that the pointer names; None without a pointer. Raises BrokenIndex where there is one that cannot be read."""
    try:
        named = (folder / "CURRENT").read_text(encoding="utf-8", errors="replace").strip()
    except FileNotFoundError:
        return None
    except OSError as fault:
        raise BrokenIndex(
            f"The index in {folder} cannot be read ({fault.strerror}): correct the folder's rights or FINDINGS_INDEX_DIR."
        ) from fault
    return folder / (Path(named).name or "build-")  # a damaged pointer names a build that is not there


def current(folder: Path) -> str | None:
    """The name of the build that the pointer names; None where there is none that can be read."""
    try:
        build = pointed(folder)
    except BrokenIndex:
        return None
    return build.name if build is not None else None


def swap(folder: Path, target: Path) -> None:
    """Make a build the current one. The one before stays for those who are reading it."""
    before = current(folder)
    pointer = folder / "CURRENT.new"
    pointer.write_text(target.name)
    os.replace(pointer, folder / "CURRENT")
    for old in folder.glob("build-*"):
        if old.name not in (target.name, before):
            shutil.rmtree(old, ignore_errors=True)


@contextmanager
def locked(folder: Path, progress: Callable[[str, float], None] = lambda what, share: None) -> Iterator[bool]:
    """Holds the lock of the folder; yields True if it had to wait for another build. Raises BuildRunning."""
    with (folder / "lock").open("w") as file:
        deadline = time.monotonic() + LOCK_SECONDS
        waited = False
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise BuildRunning("Another build of the index is still running: try again when it is done.") from None
                waited = True
                progress("waiting for another build", 0.0)
                time.sleep(0.2)
        yield waited


def cannot_write(folder: Path, fault: OSError) -> UnwritableIndex:
    return UnwritableIndex(
        f"The index cannot be written to {folder} ({fault.strerror or fault}): free some space or set FINDINGS_INDEX_DIR."
    )
