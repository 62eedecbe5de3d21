"""The vectors of texts, each found out once: several steps look at the same message."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from index.machine.products import with_rows
from index.store import Index
from index.vectors.conversation_encoder import one_text

REMEMBERED = 8_192  # texts whose vectors are kept in memory, 12 MB
NEARER = 2.0  # how much more the encoder of conversations counts than the question put together (docs/experiments.md, 30 November 2026)
TOGETHER = 512  # texts compared with what is known at once: 30 MB of products


def between(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """The unit vector between two unit vectors, (d,), nearer to the other one."""
    both = one + NEARER * other
    return np.asarray(both / np.linalg.norm(both), np.float32)


class Vectors:
    """Unit vectors of texts, and how like each text is to a question that is known. Threads may share it."""

    def __init__(self, index: Index) -> None:
        self._index = index  # its embedder is loaded when a text needs it: a look-up needs none
        self.forget()

    def forget(self) -> None:
        """Nothing of the texts so far is kept."""
        self._vectors: dict[str, np.ndarray] = {}
        self._meant: dict[str, np.ndarray] = {}
        self._likeness: dict[str, float] = {}

    def of(self, texts: Sequence[str]) -> np.ndarray:
        """Unit vectors, float32 (texts, d)."""
        return self._kept(texts, "_vectors", self._index.embedder.embed)

    def meant(self, messages: Sequence[tuple[str, Sequence[str]]]) -> np.ndarray | None:
        """Where the complete questions lie that later messages stand for, unit vectors (messages, d); None without such an encoder.

        A message comes with those before it, as typed, oldest first.
        """
        if not messages or (encoder := self._index.conversation_encoder) is None:
            return None
        return self._kept([one_text(message, earlier) for message, earlier in messages], "_meant", encoder.embed)

    def _kept(self, texts: Sequence[str], name: str, embed: Callable[[list[str]], np.ndarray]) -> np.ndarray:
        """The vectors of texts; those that are not remembered under this name are found out together."""
        vectors: dict[str, np.ndarray] = getattr(self, name)  # another thread may put a fresh one in its place at any time
        missing = [text for text in dict.fromkeys(texts) if text not in vectors]
        if len(vectors) + len(missing) > REMEMBERED:
            self.forget()
            vectors = getattr(self, name)
            missing = list(dict.fromkeys(texts))
        if missing:
            vectors.update(zip(missing, embed(missing), strict=True))
        return np.stack([vectors[text] for text in texts])

    def near(self, texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """Unit vectors, (texts, d), and the cosine of each text with its nearest bank question, or without packaged banks its
        nearest sentence, (texts,).
        """
        vectors, likeness = self.of(texts), self._likeness
        known = self._index.question_vectors if self._index.has_packaged_banks else self._index.sentence_vectors
        missing = {text: at for at, text in enumerate(texts) if text not in likeness}
        for first in range(0, len(missing), TOGETHER):
            some = list(missing)[first : first + TOGETHER]
            told = with_rows(vectors[[missing[text] for text in some]], known).max(axis=1)
            likeness.update(zip(some, told.tolist(), strict=True))
        return vectors, np.array([likeness[text] for text in texts], np.float32)
