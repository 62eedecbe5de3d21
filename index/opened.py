"""An opened index: the report's passages and sentences, the bank's questions, their vectors, and what was learnt from them.

Knows no files but those it loads late (BM25, the embedder): it looks whether they are still those that were checked when it was opened.
Knows no questions asked. Made by index/store.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from index.banks.evidence_bank import EvidenceMap
from index.banks.probe import Probe
from index.banks.question_bank import BankQuestion, NearMiss
from index.banks.teaching import Teaching
from index.errors import BrokenIndex
from index.passages import Passage, Report
from index.vectors.cells import Cells
from index.vectors.cross_encoder import FILE as CROSS_ENCODER
from index.vectors.cross_encoder import CrossEncoder
from index.vectors.embedding import Embedder, open_embedder

WITH_WORDS = ("passages", "sentences", "questions")  # the texts that BM25 is kept of


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of the index: the position of its passage, its place in it, and its words, verbatim."""

    passage: int
    place: int
    text: str


def sentences_of(passages: tuple[Passage, ...]) -> Iterator[Sentence]:
    """Every sentence of the passages, in reading order."""
    for at, passage in enumerate(passages):
        for place, text in enumerate(passage.sentences):
            yield Sentence(at, place, text)


@dataclass(frozen=True)
class Groups:
    """Which of `size` groups each of many scores belongs to, arranged so that the best of every group is found at once.

    `order` is None where the scores come group by group already.
    """

    order: np.ndarray | None
    starts: np.ndarray
    filled: np.ndarray
    size: int

    @classmethod
    def of(cls, group: np.ndarray, size: int) -> Groups:
        """`group` holds a group's number for each score; numbers from `size` on are left out."""
        order = np.argsort(group, kind="stable")
        order = order[: np.searchsorted(group[order], size)]
        filled, starts = np.unique(group[order], return_index=True)
        sorted_already = len(order) == len(group) and bool((order[1:] > order[:-1]).all())
        return cls(None if sorted_already else order, starts, filled, size)

    def best(self, scores: np.ndarray) -> np.ndarray:
        """The best score of each group, at least 0; float32 (size,)."""
        found = np.zeros(self.size, np.float32)
        if len(self.starts):
            arranged = scores if self.order is None else scores[self.order]
            found[self.filled] = np.maximum(np.maximum.reduceat(arranged, self.starts), 0)
        return found


Seen = tuple[int, int, int] | None


def seen(path: Path) -> Seen:
    """The inode, size and time of change of a file, by which it is known again; None without a file."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns


@dataclass
class Index:
    """An opened index. Vectors are unit rows: one a passage, one a sentence, and in `bank_vectors` one a question and then
    one a near miss. `cells` is there where the sentences are too many to look at each (index/vectors/cells.py), `teaching` where the
    banks are lines that the report was taught (index/banks/teaching.py).
    """

    folder: Path
    report: Report
    sentences: tuple[Sentence, ...]
    questions: tuple[BankQuestion, ...]
    near_misses: tuple[NearMiss, ...]
    passage_vectors: np.ndarray
    sentence_vectors: np.ndarray
    bank_vectors: np.ndarray
    model: str
    probe: Probe | None = None
    evidence: EvidenceMap | None = None
    cells: Cells | None = None
    teaching: Teaching | None = None
    seen: dict[str, Seen] = field(default_factory=dict, repr=False)

    def _still(self, beginning: str) -> None:
        """Raises BrokenIndex if a file whose name begins so has changed since the index was opened."""
        for name, before in self.seen.items():
            if name.startswith(beginning) and seen(self.folder / name) != before:
                raise BrokenIndex(f"The index file {name} was changed while it was in use: run `findings index`.")

    @property
    def has_packaged_banks(self) -> bool:
        """Whether its banks are those that come with the program: what is trained with them knows no others."""
        return bool(self.questions) and self.teaching is None

    @property
    def question_vectors(self) -> np.ndarray:
        return self.bank_vectors[: len(self.questions)]

    @property
    def near_miss_vectors(self) -> np.ndarray:
        return self.bank_vectors[len(self.questions) :]

    @cached_property
    def embedder(self) -> Embedder:
        self._still("model.onnx")
        self._still("tokenizer.json")
        return open_embedder(self.folder, self.model)

    @cached_property
    def cross_encoder(self) -> CrossEncoder | None:
        """What reads a question and a sentence side by side; a report that has a question bank does without."""
        if not (self.folder / CROSS_ENCODER).is_file():
            return None
        self._still(CROSS_ENCODER)
        self._still("tokenizer.json")
        return CrossEncoder(self.folder)

    @cached_property
    def bm25(self) -> dict[str, Any]:
        """BM25 over "passages", "sentences" and "questions"; a collection without words is absent."""
        import bm25s

        self._still("bm25/")
        found = {}
        for name in WITH_WORDS:
            if (self.folder / "bm25" / name).is_dir():
                found[name] = bm25s.BM25.load(str(self.folder / "bm25" / name), load_corpus=False)
                found[name].scores["indices"] = found[name].scores["indices"].astype(np.intp)  # as numpy wants to be asked
        return found

    @cached_property
    def positions(self) -> dict[str, int]:
        return {passage.id: at for at, passage in enumerate(self.report.passages)}

    @cached_property
    def starts(self) -> np.ndarray:
        """The position of the first sentence of each passage, and at last the number of sentences."""
        return np.concatenate([[0], np.cumsum([len(passage.sentences) for passage in self.report.passages])]).astype(np.int64)

    @cached_property
    def passage_of(self) -> np.ndarray:
        """The position of the passage of each sentence."""
        return np.array([sentence.passage for sentence in self.sentences], np.int64)

    @cached_property
    def sentences_of_passages(self) -> Groups:
        return Groups.of(self.passage_of, len(self.report.passages))

    @cached_property
    def searchable(self) -> np.ndarray:
        """Whether each sentence may answer anything by itself."""
        passages = self.report.passages
        return np.array([passages[sentence.passage].searchable for sentence in self.sentences], bool)

    def said_like(self, at: int, same: float) -> np.ndarray:
        """Positions of the sentences whose cosine with the one at a position is at least `same`, nearest first, itself among
        them. Found out once for each.
        """
        near = self._said_like.get((at, same))
        if near is None:
            likeness = self.sentence_vectors @ self.sentence_vectors[at]
            near = np.flatnonzero(likeness >= same)
            near = self._said_like[at, same] = near[np.argsort(-likeness[near], kind="stable")]
        return near

    @cached_property
    def _said_like(self) -> dict[tuple[int, float], np.ndarray]:
        return {}

    def passage(self, identity: str) -> Passage | None:
        at = self.positions.get(identity)
        return None if at is None else self.report.passages[at]

    def narrowed(self, chosen: np.ndarray) -> tuple[Index, np.ndarray]:
        """The index of some passages alone (their positions, ascending), and where its sentences stand in this one.

        For search and choice only: its questions still name passages of the whole.
        """
        first, last = self.starts[chosen], self.starts[chosen + 1]
        rows = (
            np.concatenate([np.arange(a, b) for a, b in zip(first, last, strict=True)]) if len(chosen) else np.zeros(0, np.int64)
        )
        passages = tuple(self.report.passages[at] for at in chosen)
        view = replace(
            self, report=replace(self.report, passages=passages), cells=None, sentences=tuple(sentences_of(passages)),
            passage_vectors=self.passage_vectors[chosen], sentence_vectors=self.sentence_vectors[rows],
        )  # fmt: skip
        return view, rows
