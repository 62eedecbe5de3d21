"""Coarse search for very many sentences: vectors in cells around centres, of which only the nearest are looked at.

An inverted file (Sivic and Zisserman, "Video Google", ICCV 2003; Jegou et al., "Product quantization for nearest neighbor
search", PAMI 2011): centres by a few rounds of spherical k-means on a sample, as many as the square root of the rows. One
report never needs it: below EXACT_UP_TO sentences looking at every vector is both exact and faster (docs/performance.md).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

EXACT_UP_TO = 40_000  # sentences: from here on the cells are faster (docs/performance.md)
ROUNDS, A_CENTRE = 6, 40  # of k-means, and the sampled rows a centre it learns from
LOOKED_AT = 24  # cells a question looks into
BLOCK = 16_384
SEED = 2018


@dataclass(frozen=True)
class Cells:
    """`centres` (cells, d); `rows` the positions of all vectors, cell by cell; `starts` where each cell begins, and the end;
    `vectors` the vectors in that order, so that a cell is one piece of memory.
    """

    centres: np.ndarray
    rows: np.ndarray
    starts: np.ndarray
    vectors: np.ndarray

    def near(self, vector: np.ndarray, most: int) -> np.ndarray:
        """Positions of the rows with the highest cosine among the cells looked into, at most `most`, in no order."""
        distance = self.centres @ vector
        chosen = np.argpartition(-distance, LOOKED_AT)[:LOOKED_AT] if len(distance) > LOOKED_AT else np.arange(len(distance))
        pieces = [slice(self.starts[cell], self.starts[cell + 1]) for cell in np.sort(chosen)]
        found = np.concatenate([self.rows[piece] for piece in pieces])
        cosines = np.concatenate([self.vectors[piece] @ vector for piece in pieces])
        return found if len(found) <= most else found[np.argpartition(-cosines, most)[:most]]


def fit_cells(vectors: np.ndarray) -> Cells:
    """The cells of unit rows (rows, d); the same each time."""
    size = max(1, round(len(vectors) ** 0.5))
    chance = np.random.default_rng(SEED)
    sample = vectors[np.sort(chance.permutation(len(vectors))[: size * A_CENTRE])]
    centres = sample[np.sort(chance.permutation(len(sample))[:size])].copy()
    for _ in range(ROUNDS):
        own = _nearest(sample, centres)
        sums = np.zeros_like(centres)
        np.add.at(sums, own, sample)
        filled = np.bincount(own, minlength=size) > 0
        centres[filled] = sums[filled] / np.maximum(np.linalg.norm(sums[filled], axis=1, keepdims=True), 1e-9)
    own = _nearest(vectors, centres)
    rows = np.argsort(own, kind="stable")
    starts = np.searchsorted(own[rows], np.arange(size + 1))
    return Cells(centres, rows, starts, np.ascontiguousarray(vectors[rows]))


def _nearest(vectors: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """The centre nearest to each row."""
    blocks = range(0, len(vectors), BLOCK)
    return np.concatenate([(vectors[start : start + BLOCK] @ centres.T).argmax(axis=1) for start in blocks])
