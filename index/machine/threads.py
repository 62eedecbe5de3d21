"""How many threads a question takes, settled by the program that asks before numpy is imported.

Its products of a matrix with one vector take a millisecond or two. Divided over threads they are no faster, and where other
programs are at work, the wait for the slowest thread costs ten times as much.
"""

from __future__ import annotations

import os


def one_thread_for_products() -> None:
    """Ask numpy's OpenBLAS for one thread, unless the environment says otherwise."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
