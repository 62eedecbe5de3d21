"""The work on a report that was sent, in a process of its own, so that neither a hostile file nor a build holds up who asks:

    python -P -m ui.adding.work read FILE                     {"preview": ...}
    python -P -m ui.adding.work add NAME FILE [--replace]     {"what": ..., "share": ...} as it goes, {"added": NAME}

One JSON object a line on stdout; instead of the last one {"fault": sentence} or {"unwritable": reason}. It ends when its stdin does: when the
chat is gone, nothing goes on behind it. Started by ui/adding/working.py.
"""

from __future__ import annotations

import errno
import json
import os
import resource
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from index.machine.staying import stay_on_this_machine

SECONDS = {"read": 60, "add": 900}  # of computing, beside what the reader of PDFs has of its own
MEMORY = 2 << 30  # bytes of address space while reading; a report of 40 pages takes 250 MB, most of it libraries
NICE = 10  # questions come first
FULL = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT)
ENDING = 5.0  # seconds in which a work that is no longer wanted has to clear up behind it

Say = Callable[[dict[str, Any]], None]


def read(say: Say, file: str) -> None:
    """Say how a report is read."""
    from index.shelf import Shelf
    from index.store import read_report
    from ui.adding.preview import previewed

    report = read_report(Path(file))
    say({"preview": previewed(report, Shelf().same(report, report.sha256)).as_json()})


def add(say: Say, name: str, file: str, replace: str = "") -> None:
    """Put a report on the shelf."""
    from index.errors import IndexFault
    from index.shelf import Shelf

    shelf = Shelf()
    shelf.add(name, Path(file), lambda what, share: say({"what": what, "share": share}), replace == "--replace")
    with suppress(IndexFault), shelf.gathered():  # else it is done when all are asked
        pass
    say({"added": name})


WORKS: dict[str, Callable[..., None]] = {"read": read, "add": add}


def main(work: str, *arguments: str) -> None:
    """Do one work within its limits."""
    said, stderr = _own_output()
    lines = os.fdopen(said, "w", encoding="utf-8", errors="replace")

    def say(told: dict[str, Any]) -> None:
        print(json.dumps(told, ensure_ascii=False), file=lines, flush=True)

    stay_on_this_machine()
    _limit(work)
    threading.Thread(target=_end_with_the_chat, daemon=True).start()

    from index.errors import IndexFault, UnwritableIndex
    from ui.web.log import fault as log

    try:
        WORKS[work](say, *arguments)
    except UnwritableIndex as fault:
        say({"unwritable": "full" if getattr(fault.__cause__, "errno", None) in FULL else "closed"})
    except IndexFault as fault:
        say({"fault": told_of_the_file(str(fault), arguments[-1] if work == "read" else arguments[1])})
    except MemoryError:
        say({"fault": "This file needs more memory to be read than a report does: it is damaged or not a report."})
    except Exception as bug:
        os.dup2(stderr, 2)
        log(bug)
        sys.exit(1)


def told_of_the_file(sentence: str, file: str) -> str:
    """A fault without the path, which is ours and says nothing to who sent the file."""
    return sentence.removeprefix(f"{file}: ").replace(str(Path(file)), "This file")


def _own_output() -> tuple[int, int]:
    """Where our lines go, and the log: what libraries print goes nowhere."""
    kept = os.dup(1), os.dup(2)
    away = os.open(os.devnull, os.O_WRONLY)
    os.dup2(away, 1)
    os.dup2(away, 2)
    return kept


def _limit(work: str) -> None:
    os.nice(NICE)
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS[work], SECONDS[work] + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if work == "read" and sys.platform.startswith("linux"):  # elsewhere the limit is not kept or cannot be set
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def _end_with_the_chat() -> None:
    while os.read(0, 1):
        pass
    threading.Timer(ENDING, os._exit, (1,)).start()
    os.kill(os.getpid(), signal.SIGINT)  # KeyboardInterrupt: what was begun is cleared up


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        main(*sys.argv[1:])
