"""The index in a Chroma server, for several processes on one machine or many: FINDINGS_CHROMA names it ("http://127.0.0.1:8000").

`findings index` puts it there, and every process fetches it into a folder of its own. The server keeps the passages and the
sentences as collections for LangChain, and the files that asking reads in pieces, by their content: so a rebuild sends only what
has changed, and what is answered from is byte for byte what was built. A record for each fingerprint names the newest build of
it; it is written at the end.

Imports chromadb when it is used. Knows no pointer and no lock: those are index/store.py's.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, build_opener

from index.errors import BrokenIndex, UnreachableServer
from index.machine.staying import stay_on_this_machine

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.models.Collection import Collection

SETTING = "FINDINGS_CHROMA"
BUILDS, PIECES = "findings-builds", "findings-pieces"
PIECE = 1 << 20  # bytes of a file in one record
ANSWERS = 5.0  # seconds in which the server has to say that it is there
PIECES_AT_ONCE = 8  # records of pieces sent at once: 11 MB, and the server takes 40
ROWS = 2_000  # records of a collection sent at once
# The server reads all records that it has not taken into its own files at every call; it takes them in by the thousand. Of pieces that
# made 15 GB to read and a minute of its processor for the first index; by twos it is a tenth of it.
TAKEN_IN: Any = {"hnsw": {"sync_threshold": 2, "batch_size": 2}}
KEPT = 3  # builds that stay on the server: the newest, and those before it for who still reads them
YOUNG = 3600.0  # seconds for which a piece that no build names is kept: another build may just be sending it
NOWHERE: list[Sequence[float]] = [[0.0]]  # the vector of a record that nobody searches for


def server() -> str | None:
    """The address of the Chroma server; None if unset. Raises UnreachableServer if it is malformed."""
    named = os.environ.get(SETTING, "").strip().rstrip("/")
    if not named:
        return None
    try:
        parts = urlsplit(named)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.path and parts.port != 0
    except ValueError:
        sound = False
    if not sound:
        raise UnreachableServer(f"{SETTING} ({named}) is no address: write it as http://127.0.0.1:8000.")
    return named


@contextmanager
def connected(address: str) -> Iterator[Client]:
    """A client of the server. Raises UnreachableServer, also where the server goes away while it is used."""
    stay_on_this_machine()
    parts = urlsplit(address)
    try:
        with build_opener(ProxyHandler({})).open(f"{address}/api/v2/heartbeat", timeout=ANSWERS):
            pass
        from chromadb import HttpClient
        from chromadb.config import Settings

        secure = parts.scheme == "https"
        settings = Settings(anonymized_telemetry=False)
        client: Any = HttpClient(parts.hostname or "", parts.port or (443 if secure else 80), secure, settings=settings)
    except Exception as fault:
        raise unreachable(address, fault) from fault
    try:
        yield client
    except (UnreachableServer, BrokenIndex, OSError):
        raise
    except Exception as fault:  # of httpx, of Chroma's own tree, or ValueError: whatever the way to the server gave
        raise unreachable(address, fault) from fault
    finally:
        client.close()


def unreachable(address: str, fault: Exception) -> UnreachableServer:
    reason = " ".join(str(fault).split())[:200] or type(fault).__name__
    return UnreachableServer(f"The Chroma server {address} cannot be used ({reason}): start it or correct {SETTING}.")


def newest(address: str, mark: str) -> dict[str, Any] | None:
    """The newest build of a fingerprint: its name, and each file's size and digest; None without one."""
    with connected(address) as client:
        return _build(_collection(client, BUILDS), mark)


def _build(builds: Collection, mark: str) -> dict[str, Any] | None:
    found = builds.get(ids=[mark], include=["metadatas"])["metadatas"]
    return json.loads(str(found[0]["build"])) if found else None


def _collection(client: Client, name: str) -> Collection:
    """One of our own collections, made if it is not there yet."""
    return client.get_or_create_collection(name, embedding_function=None, configuration=TAKEN_IN)


# ---- putting it there ------------------------------------------------------------------------------------------


def publish(address: str, folder: Path, mark: str) -> None:
    """Put a build on the server, unless it is there: collections and pieces, then the record that names them.

    Raises UnreachableServer.
    """
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file() and folder / "chroma" not in path.parents]
    with connected(address) as client:
        builds, pieces = _collection(client, BUILDS), _collection(client, PIECES)
        if (there := _build(builds, mark)) is not None and there["name"] == folder.name:
            return
        files = {str(path.relative_to(folder)): path for path in paths}
        listed = {name: (path.stat().st_size, digest(path)) for name, path in files.items()}
        if (folder / "chroma").is_dir():
            _copy_collections(folder, client)
        for _ in range(2):  # once more after the record is there: what another build has cleared away meanwhile is sent again
            for name, path in files.items():
                _send(pieces, path, *listed[name])
            said = json.dumps({"name": folder.name, "files": listed})
            builds.upsert(ids=[mark], embeddings=NOWHERE, metadatas=[{"build": said, "moment": time.time()}])
        _clear(client, builds, pieces)


def _copy_collections(folder: Path, client: Client) -> None:
    """The build's own collections under its name, "build-...-passages", for chains of LangChain (index/vectors/chroma.py)."""
    from index.vectors.chroma import open_client

    own = open_client(folder / "chroma")
    try:
        for one in own.list_collections():
            held = one.get(include=["embeddings", "documents", "metadatas"])
            to = client.get_or_create_collection(f"{folder.name}-{one.name}", metadata=one.metadata, embedding_function=None)
            for first in range(0, len(held["ids"]), ROWS):
                some = slice(first, first + ROWS)
                to.upsert(held["ids"][some], held["embeddings"][some], held["metadatas"][some], held["documents"][some])  # type: ignore[index]
    finally:
        own.close()


def _send(pieces: Collection, path: Path, size: int, mark: str) -> None:
    """Send the pieces of a file that the server has not got."""
    names = _names(size, mark)
    there = set(pieces.get(ids=names, include=[])["ids"])
    missing = [at for at, name in enumerate(names) if name not in there]
    with path.open("rb") as file:
        for first in range(0, len(missing), PIECES_AT_ONCE):
            some = missing[first : first + PIECES_AT_ONCE]
            held: list[Any] = []
            for at in some:
                file.seek(at * PIECE)
                held.append({"piece": base64.b64encode(file.read(PIECE)).decode("ascii"), "moment": time.time()})
            pieces.upsert(ids=[names[at] for at in some], embeddings=NOWHERE * len(some), metadatas=held)


def _names(size: int, mark: str) -> list[str]:
    """The ids of a file's pieces; an empty file has one."""
    return [f"{mark}-{at}" for at in range(max(1, -(-size // PIECE)))]


def _clear(client: Client, builds: Collection, pieces: Collection) -> None:
    """Remove builds that are no longer kept, and what only they needed."""
    told = builds.get(include=["metadatas"])
    order = sorted(
        zip(told["ids"], told["metadatas"] or [], strict=True), key=lambda one: float(str(one[1]["moment"])), reverse=True
    )
    kept = [json.loads(str(said["build"])) for _, said in order[:KEPT]]
    if gone := [mark for mark, _ in order[KEPT:]]:
        builds.delete(ids=gone)
    for one in client.list_collections():
        if one.name.startswith("build-") and not any(one.name.startswith(f"{build['name']}-") for build in kept):
            client.delete_collection(one.name)
    needed = {name for build in kept for size, mark in build["files"].values() for name in _names(size, mark)}
    older: Any = {"moment": {"$lt": time.time() - YOUNG}}
    old = pieces.get(where=older, include=[])["ids"]
    if unneeded := [name for name in old if name not in needed]:
        pieces.delete(ids=unneeded)


# ---- fetching it -----------------------------------------------------------------------------------------------


def fetch(address: str, build: dict[str, Any], into: Path, former: Path | None) -> None:
    """Write the files of a build into an empty folder; files that the build `former` also has are copied from there.

    Raises UnreachableServer, BrokenIndex where the server lacks a part, OSError.
    """
    with connected(address) as client:
        pieces = _collection(client, PIECES)
        for name, (size, mark) in build["files"].items():
            target = into / name
            if not target.resolve().is_relative_to(into.resolve()):
                raise BrokenIndex(f"The Chroma server {address} names a file outside of the index: run `findings index --force`.")
            target.parent.mkdir(parents=True, exist_ok=True)
            same = former / name if former is not None else None
            if same is not None and same.is_file() and same.stat().st_size == size and digest(same) == mark:
                shutil.copyfile(same, target)
                continue
            with target.open("wb") as file:
                for piece in _names(size, mark):
                    found = pieces.get(ids=[piece], include=["metadatas"])["metadatas"]
                    file.write(base64.b64decode(str(found[0]["piece"])) if found else b"")
            if digest(target) != mark:
                raise BrokenIndex(f"The Chroma server {address} lacks a part of {name}: run `findings index --force`.")


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
