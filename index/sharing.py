"""A folder of builds and the Chroma server of FINDINGS_CHROMA: a build is fetched from there, or put there
(index/vectors/shared.py).

Knows builds by their fingerprint; what is in them is index/store.py's.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from index.machine.builds import cannot_write, current, locked, pointed, swap
from index.machine.disk import clear
from index.vectors import shared


def fetch_newest(folder: Path, mark: Callable[[], str], is_whole: Callable[[], bool], anew: bool) -> bool:
    """Fetch the server's newest build of a fingerprint into the folder, unless the folder has it; with `anew`, unless it
    `is_whole`.

    False where no server is named (then no `mark` is asked for), or it has no such build. Raises UnreachableServer, BrokenIndex,
    UnwritableIndex, BuildRunning.
    """
    if (address := shared.server()) is None:
        return False
    if (build := shared.newest(address, mark())) is None:
        return False
    name = Path(str(build["name"])).name or "build-"
    if current(folder) == name and not anew:
        return True
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with locked(folder):
            if not (is_whole() if anew else current(folder) == name):  # another process may have fetched it
                _fetch(address, build, folder, folder / name)
    except OSError as fault:
        raise cannot_write(folder, fault) from fault
    return True


def _fetch(address: str, build: dict[str, Any], folder: Path, target: Path) -> None:
    clear(folder)
    aside = folder / f"building-{time.time_ns()}"
    aside.mkdir()
    try:
        former = current(folder)
        shared.fetch(address, build, aside, folder / former if former else None)
        shutil.rmtree(target, ignore_errors=True)
        aside.rename(target)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    swap(folder, target)


def put(folder: Path, mark: Callable[[], str]) -> None:
    """Send the folder's current build to the server, where one is named. Raises UnreachableServer, BrokenIndex."""
    if (address := shared.server()) is not None and (build := pointed(folder)) is not None:
        shared.publish(address, build, mark())
