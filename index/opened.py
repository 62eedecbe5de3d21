"""An opened index: the report's passages and sentences, the bank's questions, their vectors, and what was learnt from them.

The files of a build are read as they are; whether they are whole is index/store.py's to say. What is loaded late (BM25, the
models) is looked at once more: is it still the file that was checked? Knows no questions asked.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from index.banks.evidence_bank import EvidenceMap
from index.banks.probe import Probe
from index.banks.question_bank import BankQuestion, NearMiss
from index.banks.teaching import Teaching
from index.errors import BrokenIndex
from index.passages import Judgement, Passage, Report
from index.vectors.conversation_encoder import FILE as CONVERSATION_ENCODER
from index.vectors.conversation_encoder import ConversationEncoder
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
    """The inode, size and modification time of a file, to see that it has changed; None without a file."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns


@dataclass(frozen=True)
class Common:
    """What the indexes of one shelf have in common, by file: models that are loaded, and checksums that were found."""

    models: dict[Seen, Any]
    sums: dict[Seen, int]


@dataclass
class Index:
    """An opened index. Vectors are unit rows: one a passage, one a sentence, and in `bank_vectors` one a question and then
    one a near miss; `teaching` is there where the banks are lines that the report was taught (index/banks/teaching.py).
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
    teaching: Teaching | None = None
    seen: dict[str, Seen] = field(default_factory=dict, repr=False)
    common: Common = field(default_factory=lambda: Common({}, {}), repr=False)

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
        return self._loaded("model.onnx", lambda: open_embedder(self.folder, self.model))

    @cached_property
    def cross_encoder(self) -> CrossEncoder | None:
        """The cross-encoder; None if the index has none, as with the packaged question bank."""
        return self._beside(CROSS_ENCODER, lambda: CrossEncoder(self.folder))

    @cached_property
    def conversation_encoder(self) -> ConversationEncoder | None:
        """The encoder of later messages; None if the index has none, as with another embedding model."""
        return self._beside(CONVERSATION_ENCODER, lambda: ConversationEncoder(self.folder))

    def _beside(self, name: str, load: Callable[[], Any]) -> Any:
        """A network that an index may have beside its embedder."""
        if not (self.folder / name).is_file():
            return None
        self._still(name)
        self._still("tokenizer.json")
        return self._loaded(name, load)

    def _loaded(self, name: str, load: Callable[[], Any]) -> Any:
        """The model in a file, loaded once for all indexes that have the same file."""
        key = seen(self.folder / name)
        if key not in self.common.models:
            self.common.models[key] = load()
        return self.common.models[key]

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
        """Positions of sentences with a cosine of at least `same` to the one at `at`, nearest first, itself included. Cached."""
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


def read_index(folder: Path, model: str) -> Index:
    """The index that lies in a folder, unchecked."""
    report = stored_report(folder)
    passages = report.passages
    questions = tuple(BankQuestion(*row) for row in json.loads((folder / "questions.json").read_text(encoding="utf-8")))
    misses = tuple(NearMiss(*row) for row in json.loads((folder / "near_misses.json").read_text(encoding="utf-8")))
    sentence_vectors = _array(folder, "sentences")
    learned = _arrays(folder, "probe", ("landmarks", "weights", "answers"))
    evidence = _arrays(folder, "evidence", ("vectors", "weights"))
    teaching = folder / "teaching.json"
    bank = _array(folder, "bank") if learned else np.zeros((0, sentence_vectors.shape[1]), np.float32)
    return Index(
        folder, report, tuple(sentences_of(passages)), questions, misses, _array(folder, "passages"),
        sentence_vectors, bank, model, Probe(*learned) if learned else None, EvidenceMap(*evidence) if evidence else None,
        Teaching(**json.loads(teaching.read_text(encoding="utf-8"))) if teaching.is_file() else None,
    )  # fmt: skip


def stored_report(folder: Path) -> Report:
    """The report of a build, as it was read when it was built, unchecked."""
    record = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    passages = tuple(Passage(**{**p, "rows": tuple(p["rows"]), "leads_to": tuple(p["leads_to"])}) for p in record.pop("passages"))
    judgements = tuple(Judgement(**j) for j in record.pop("judgements"))
    inspected = tuple(record.pop("inspected") or ()) or None
    return Report(
        **{**record, "warnings": tuple(record["warnings"])}, inspected=inspected, passages=passages, judgements=judgements
    )


def _arrays(folder: Path, kind: str, names: tuple[str, ...]) -> list[np.ndarray]:
    """The arrays of one kind; an empty list where the index has none."""
    if not (folder / f"{kind}_{names[0]}.npy").is_file():
        return []
    return [_array(folder, f"{kind}_{name}") for name in names]


def _array(folder: Path, name: str) -> np.ndarray:
    """An array, in memory: a mapped file that somebody shortens meanwhile would end the process."""
    return np.asarray(np.load(folder / f"{name}.npy"))
