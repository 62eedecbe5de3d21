"""The sentences of all reports of a shelf in one Chroma collection: which reports hold sentences near to a question?

Chroma is embedded, in a folder of the shelf, or the server that FINDINGS_CHROMA names. A second collection records which build of
each report is in the first; its record is written last, so that what is left half done is done again. Imports chromadb when it is
used. Knows no shelf: index/shelf.py keeps the two in step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

import numpy as np

from index.errors import BrokenIndex, IndexFault
from index.vectors import shared

if TYPE_CHECKING:
    from chromadb.api.client import Client

ROWS = 2_000  # sentences sent at once
LOOKED_AT = 64  # sentences asked for at first; four times as many where they lie in too few reports
MOST = 4_096  # sentences asked for at most
# Denser than Chroma's own graph (16 neighbours, 100 looked at): reports share sentences, and among many near-duplicates that one misses the
# nearest (docs/performance.md).
GRAPH = {"hnsw:space": "cosine", "hnsw:M": 48, "hnsw:construction_ef": 200, "hnsw:search_ef": 256}
ALIKE = 5  # decimals of a distance: reports with the same sentence come in the order of their names
FOLDER = "chroma"

P = ParamSpec("P")
R = TypeVar("R")


def _ours(method: Callable[Concatenate[Gathered, P], R]) -> Callable[Concatenate[Gathered, P], R]:
    """Whatever Chroma raises becomes a fault of ours."""

    @wraps(method)
    def called(self: Gathered, *given: P.args, **named: P.kwargs) -> R:
        try:
            return method(self, *given, **named)
        except (IndexFault, OSError):
            raise
        except Exception as fault:  # of httpx, of Chroma's own tree, or whatever its database gives
            raise self.fault(fault) from fault

    return called


class Gathered:
    """The collections of one shelf. Its methods raise `fault` of what Chroma raises: UnreachableServer or BrokenIndex."""

    def __init__(self, client: Client, name: str, fault: Callable[[Exception], IndexFault]) -> None:
        self.fault = fault
        self._open(client, name)

    @_ours
    def _open(self, client: Client, name: str) -> None:
        self._sentences = client.get_or_create_collection(f"{name}-sentences", embedding_function=None, metadata=GRAPH)
        self._reports = client.get_or_create_collection(f"{name}-reports", embedding_function=None)

    @_ours
    def builds(self) -> dict[str, str]:
        """The build of each report whose sentences are here, by the report's name."""
        held = self._reports.get(include=["metadatas"])
        return {name: str(said["build"]) for name, said in zip(held["ids"], held["metadatas"] or [], strict=True)}

    @_ours
    def put(self, report: str, build: str, places: Sequence[tuple[str, int]], vectors: np.ndarray) -> None:
        """Put the sentences of a report here: the passage and the place in it of each, and its vector, a row of (sentences, d)."""
        self._sentences.delete(where={"report": report})  # what an interrupted one left
        for first in range(0, len(places), ROWS):
            some = range(first, min(first + ROWS, len(places)))
            self._sentences.add(
                ids=[f"{report}/{at}" for at in some], embeddings=vectors[some.start : some.stop],
                metadatas=[{"report": report, "passage": places[at][0], "sentence": places[at][1]} for at in some],
            )  # fmt: skip
        self._reports.upsert(ids=[report], embeddings=shared.NOWHERE, metadatas=[{"build": build}])

    @_ours
    def drop(self, report: str) -> None:
        """Remove a report's sentences."""
        self._reports.delete(ids=[report])
        self._sentences.delete(where={"report": report})

    @_ours
    def nearest(self, vector: np.ndarray, most: int) -> list[str]:
        """The names of the reports with the sentences nearest to a vector, nearest first, at most `most`."""
        held, asked = self._sentences.count(), LOOKED_AT
        while True:
            asked = min(asked, held)
            if not asked:
                return []
            found: Any = self._sentences.query(query_embeddings=[vector], n_results=asked, include=["metadatas", "distances"])
            nearest: dict[str, float] = {}
            for said, distance in zip(found["metadatas"][0], found["distances"][0], strict=True):
                nearest.setdefault(str(said["report"]), round(distance, ALIKE))
            if len(nearest) >= most or asked >= min(held, MOST):
                return sorted(nearest, key=lambda name: (nearest[name], name))[:most]
            asked *= 4


@contextmanager
def opened(folder: Path, identity: str) -> Iterator[Gathered]:
    """The collections of a shelf: in `folder`, or under `identity` on the server. Raises UnreachableServer, BrokenIndex."""
    if (address := shared.server()) is not None:
        with shared.connected(address) as client:
            yield Gathered(client, f"shelf-{identity}", lambda fault: shared.unreachable(address, fault))
        return
    from index.vectors.chroma import open_client

    def broken(fault: Exception) -> BrokenIndex:
        reason = " ".join(str(fault).split())[:200] or type(fault).__name__
        return BrokenIndex(f"The shelf's collection in {folder / FOLDER} cannot be used ({reason}): run `findings shelf update`.")

    try:
        client = open_client(folder / FOLDER)
    except OSError:
        raise
    except Exception as fault:
        raise broken(fault) from fault
    try:
        yield Gathered(client, "shelf", broken)
    finally:
        client.close()
