"""The command's own output: closed, full, or in an alphabet that lacks some letters. Ends in one sentence, never in a traceback.

Knows no command. Called by ui/cli.py around every one of them.
"""

from __future__ import annotations

import codecs
import errno
import os
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress

CANNOT_WRITE = 2  # exit status
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
# What a terminal without these letters is shown instead: the words stay the report's.
_PLAIN = {"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "•": "*", "\u00a0": " "}


def plain(fault: UnicodeError) -> tuple[str, int]:
    """An error handler of codecs: a letter that the output lacks becomes its plain form, or a question mark."""
    if not isinstance(fault, UnicodeEncodeError):
        raise fault
    text = fault.object[fault.start : fault.end]
    told = "".join(
        _PLAIN.get(one) or unicodedata.normalize("NFKD", one).encode("ascii", "ignore").decode() or "?" for one in text
    )
    return told, fault.end


@contextmanager
def own_output() -> Iterator[None]:
    """Around a whole command: what cannot be written ends it with one line on stderr and status 2."""
    codecs.register_error("findings-plain", plain)
    if sys.stderr is None:  # closed: what would go there must not fall into a file that is opened next
        sys.stderr = os.fdopen(_reserved(2), "w", encoding="utf-8")
    if sys.stdout is None:
        _reserved(1)
        _say("Standard output is closed, so nothing could be answered: leave it open, or send it to a file.")
        raise SystemExit(CANNOT_WRITE)
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, ValueError):
            stream.reconfigure(errors="findings-plain")  # type: ignore[union-attr]
    try:
        try:
            yield
        finally:
            with suppress(ValueError):
                sys.stdout.flush()
    except BrokenPipeError:
        _away()
        raise SystemExit(0) from None  # whoever reads it has read enough
    except OSError as fault:
        if fault.errno not in FULL:
            raise
        _away()
        _say(f"The output could not be written ({fault.strerror}): free some space, or send it elsewhere.")
        raise SystemExit(CANNOT_WRITE) from None


def _reserved(number: int) -> int:
    """The null device under the number of a stream that was closed, so that no file of ours gets that number."""
    null = os.open(os.devnull, os.O_WRONLY)
    if null != number:
        os.dup2(null, number)
        os.close(null)
    return number


def _away() -> None:
    """What is still waiting to be written goes nowhere, or the interpreter would complain at its end."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, sys.stdout.fileno())
    os.close(null)


def _say(sentence: str) -> None:
    with suppress(OSError):
        print(sentence, file=sys.stderr, flush=True)
