"""Products of vectors with many rows whose every number is the same to the last bit, however many vectors come together.

BLAS multiplies one vector by another kernel than several, in another order of additions; then the last bits differ, and with
them, once in a hundred questions, the fourth digit of a confidence. So each vector meets the rows by itself, in pieces of the
same size. A piece stays in the core's cache while all vectors meet it, so that many vectors cost far less than as many calls.
"""

from __future__ import annotations

import numpy as np

PIECE = 100_000  # numbers of a piece: 400 KB


def with_rows(vectors: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Dot products of `vectors` (n, d) and `rows` (m, d): float32 (n, m)."""
    told = np.empty((len(vectors), len(rows)), np.float32)
    size = rows_of_a_piece(rows)
    for first in range(0, len(rows), size):
        piece = rows[first : first + size]
        for at, vector in enumerate(vectors):
            np.dot(piece, vector, out=told[at, first : first + size])
    return told


def rows_of_a_piece(rows: np.ndarray) -> int:
    return max(1, PIECE // max(1, rows.shape[1]))
