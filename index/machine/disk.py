"""What builds meet on a disk: leftovers of builds that were killed, and no room. Whether a report can be read at all. Knows no
index file but the lock's.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
from contextlib import suppress
from pathlib import Path

from index.errors import UnreadableReport

PROBED = 8 << 20  # bytes that must still fit where a library failed while writing; else the disk is taken to be full


def check_readable(report: Path) -> None:
    """Raises UnreadableReport where a report is no file, or one that may not be read: a pipe or a device would be read for ever."""
    try:
        if stat.S_ISREG(report.stat().st_mode):
            with report.open("rb") as file:
                file.read(1)
            return
    except OSError as fault:
        raise UnreadableReport(f"{report} cannot be read ({fault.strerror}): name an existing report file.") from fault
    raise UnreadableReport(f"{report} is not a file: name a report, PDF or Markdown.")


def sweep(folder: Path) -> None:
    """Remove what builds that were killed have left, unless a build is running or the folder cannot be written."""
    if any(folder.glob("building-*")):
        with suppress(OSError), (folder / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            clear(folder)


def clear(folder: Path) -> None:
    """Remove unfinished builds. For whoever holds the lock."""
    for left in folder.glob("building-*"):
        shutil.rmtree(left, ignore_errors=True)


def linked(source: Path, target: Path) -> None:
    """One more name for a file, so that it takes its room once; a copy where the disk has no hard links. Raises OSError."""
    try:
        os.link(source, target)
    except FileExistsError:
        raise
    except OSError:
        shutil.copyfile(source, target)


def unwritable(folder: Path) -> OSError | None:
    """Why nothing more can be written to a folder; None where it can. To be asked while what a failed build took is still there."""
    try:
        with (folder / "probe").open("wb") as file:
            file.write(b"\0" * PROBED)
            file.flush()
            os.fsync(file.fileno())
    except OSError as fault:
        return fault
    finally:
        (folder / "probe").unlink(missing_ok=True)
    return None
