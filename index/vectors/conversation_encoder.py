"""A later message and the messages before it -> where the complete question lies that it stands for.

It is the packaged embedder's network trained on labelled conversations (`python -m evals.training.networks.conversation_encoder`)
and shipped as 8-bit differences: "and boys?" after "how many girls are in care?" comes near "how many boys are in care?". It is
exported into every index of the packaged embedding model.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from index.errors import BadWeights
from index.vectors.embedding import OnnxEmbedder, SentenceTransformerEmbedder, add_changes, export_pooled

CHANGES = "conversation_encoder.npz"
SHA256 = (
    "929d68825e6604ee32ac670af7159d225e3745acc0218c9419f957a804b9b9fb"  # of CHANGES; the fingerprint of an index covers this line
)
FILE = "conversation_encoder.onnx"
DAMAGED = "The weights of the conversation encoder are damaged: reinstall the package."
EARLIER = 4  # messages before the last one that are read
LONGEST = 600  # characters of a message that are read


class ConversationEncoder:
    """The exported encoder: `folder` holds conversation_encoder.onnx and tokenizer.json."""

    def __init__(self, folder: Path) -> None:
        self._embedder = OnnxEmbedder(folder, FILE)

    def embed(self, texts: list[str]) -> np.ndarray:
        """Unit vectors, float32 (texts, d), among the embedder's vectors of complete questions. Texts as `one_text` makes them."""
        return self._embedder.embed(texts)


def one_text(message: str, earlier: Sequence[str]) -> str:
    """What the network reads: the message, then those before it, the last one first. `earlier` are as typed, oldest first."""
    return " [SEP] ".join(text[:LONGEST] for text in (message, *reversed(earlier[-EARLIER:])))


def changes_bytes() -> bytes:
    """What is shipped, as it lies on disk."""
    return files("index").joinpath("vectors", CHANGES).read_bytes()


def export_conversation_encoder(embedder: SentenceTransformerEmbedder, folder: Path, changes: bytes | None = None) -> None:
    """Write conversation_encoder.onnx into `folder`, with the shipped `changes` unless others are given. Raises BadWeights when they
    are damaged, or the exporter refuses the network.
    """
    import copy

    if changes is None:
        changes = changes_bytes()
        if hashlib.sha256(changes).hexdigest() != SHA256:
            raise BadWeights(DAMAGED)
    network: Any = copy.deepcopy(embedder.model[0].auto_model)
    try:
        with np.load(io.BytesIO(changes)) as held:
            if not any(name in held for name, _ in network.named_parameters()):
                raise BadWeights(DAMAGED)
            add_changes(network, held)
    except (ValueError, LookupError, OSError, EOFError, RuntimeError, BadZipFile) as fault:
        raise BadWeights(DAMAGED) from fault
    export_pooled(network, folder / FILE)
