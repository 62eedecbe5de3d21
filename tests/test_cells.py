"""Coarse search in cells: what it finds is what looking at everything finds, nearly always, and a large index answers alike."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from index.search import Searcher
from index.store import Index
from index.vectors.cells import LOOKED_AT, Cells, fit_cells


def unit(rows: np.ndarray) -> np.ndarray:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture(scope="module")
def clustered() -> np.ndarray:
    """4,000 unit vectors around 80 middles, as sentences are around subjects."""
    chance = np.random.default_rng(1)
    middles = chance.normal(size=(80, 48))
    return unit(middles[chance.integers(0, 80, 4_000)] + 0.6 * chance.normal(size=(4_000, 48)))


def test_every_row_is_in_one_cell(clustered: np.ndarray) -> None:
    cells = fit_cells(clustered)
    assert sorted(cells.rows.tolist()) == list(range(len(clustered)))
    assert (int(cells.starts[0]), int(cells.starts[-1]), len(cells.starts)) == (0, 4_000, len(cells.centres) + 1)
    assert np.array_equal(cells.vectors, clustered[cells.rows])


def test_the_cells_are_the_same_each_time(clustered: np.ndarray) -> None:
    one, other = fit_cells(clustered), fit_cells(clustered)
    assert [np.array_equal(a, b) for a, b in zip(vars(one).values(), vars(other).values(), strict=True)] == [True] * 4


def test_the_nearest_rows_are_found_without_looking_at_all(clustered: np.ndarray) -> None:
    cells = fit_cells(clustered)
    looked = sum(np.sort(np.diff(cells.starts))[-LOOKED_AT:])
    assert looked < 0.75 * len(clustered)
    found = 0
    for at in range(0, 4_000, 80):
        vector = unit(clustered[at : at + 1] + 0.05)[0]
        best = set(np.argsort(-(clustered @ vector))[:10].tolist())
        found += len(best & set(cells.near(vector, 50).tolist()))
    assert found >= 0.95 * 10 * 50


@pytest.mark.parametrize("size", [1, 2, 30])
def test_few_rows_are_all_looked_at(size: int) -> None:
    vectors = unit(np.random.default_rng(2).normal(size=(size, 8)))
    cells = fit_cells(vectors)
    assert sorted(cells.near(vectors[0], 100).tolist()) == list(range(size))


@pytest.fixture(scope="module")
def celled(real_index: Index) -> Index:
    """The real index as a large one is searched: through cells."""
    found = replace(real_index, cells=fit_cells(np.asarray(real_index.sentence_vectors)))
    assert isinstance(found.cells, Cells)
    return found


@pytest.mark.weights
def test_a_search_through_cells_gives_what_a_whole_one_gives(real_index: Index, celled: Index) -> None:
    """Looked at: a part of the passages; found: the same ones, with the same signals where these are not relative."""
    whole, part = Searcher(real_index), Searcher(celled)
    for text in ("how long do care proceedings take?", "are health assessments on time?", "private fostering", "zyzzyva"):
        expected, found = whole.search(text), part.search(text)
        assert len(found.index.report.passages) < len(real_index.report.passages)
        assert [hit.passage.id for hit in found.hits(3)] == [hit.passage.id for hit in expected.hits(3)], text
        assert [s.text for s in found.index.sentences] == [real_index.sentences[at].text for at in found.rows]
        assert np.allclose(found.signals, expected.signals[found.rows], atol=1e-4), text
        assert found.answerable == pytest.approx(expected.answerable, abs=1e-4)
        again = part.search(text, whole=True)
        assert np.allclose(again.signals, expected.signals, atol=1e-6)


@pytest.mark.weights
def test_a_narrowed_index_holds_whole_passages_in_order(real_index: Index) -> None:
    view, rows = real_index.narrowed(np.array([3, 60, 61]))
    assert [p.id for p in view.report.passages] == [real_index.report.passages[at].id for at in (3, 60, 61)]
    assert [view.report.passages[s.passage].sentences[s.place] for s in view.sentences] == [s.text for s in view.sentences]
    assert [real_index.sentences[at].text for at in rows] == [s.text for s in view.sentences]
    assert np.array_equal(view.sentence_vectors, real_index.sentence_vectors[rows])
