"""How a command ends: its exit statuses, one line on stderr, and quietly where nobody reads on."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import typer

BAD_INPUT, NO_INDEX, MODEL_FAILED, NOT_COVERED = 2, 3, 4, 5  # exit statuses


def stop(message: str, status: int) -> NoReturn:
    """One line on stderr, and the exit status."""
    typer.echo(message, err=True)
    raise typer.Exit(status)


def stop_at_once(message: str) -> NoReturn:
    """One line on stderr and status 2, outside of any command."""
    typer.echo(message, err=True)
    raise SystemExit(BAD_INPUT) from None


@contextmanager
def quiet_when_closed() -> Iterator[None]:
    """Ends quietly when whoever reads the output has read enough (`findings ask ... | head`)."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(0) from None
