"""The Chroma collections of an index, for LangChain users and for the build. Imports chromadb, so only where needed.

Always with an explicit embedding function (Chroma never fetches one) and with telemetry off.
"""

from __future__ import annotations

from pathlib import Path

from chromadb.api.client import Client
from chromadb.config import Settings
from langchain_chroma import Chroma
from langchain_core.embeddings import Embeddings

from index.machine.staying import stay_on_this_machine
from index.vectors.embedding import Embedder


class LangChainEmbeddings(Embeddings):
    """An Embedder in the form LangChain expects."""

    def __init__(self, embedder: Embedder) -> None:
        self.embedder = embedder

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return self.embedder.embed(texts).tolist()

    def embed_query(self, text: str) -> list[float]:
        return self.embedder.embed([text])[0].tolist()


def open_client(folder: Path) -> Client:
    """A client of the collections in `folder`; close it when its folder is moved, for Chroma remembers clients by path."""
    stay_on_this_machine()
    return Client(settings=Settings(anonymized_telemetry=False, is_persistent=True, persist_directory=str(folder)))


def open_collection(client: Client, name: str, embedder: Embedder) -> Chroma:
    """The collection "passages" or "sentences" of a build, created if missing."""
    return Chroma(
        collection_name=name,
        embedding_function=LangChainEmbeddings(embedder),
        client=client,
        collection_metadata={"hnsw:space": "cosine"},
    )
