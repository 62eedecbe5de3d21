"""What a user would otherwise have, answering in the contract's form, so that the same scorers judge it.

- tutorial: the usual pipeline of tutorials: recursive splitter 1000/200, MiniLM, Chroma, k=4, the chunks as the answer.
- tutorial_1: the same with k=1, whose answers are short enough to be read.
- bm25: the best passages by BM25 alone; the first is the answer.
- dense: the best passages by the trained embedder alone; the first is the answer. It also measures how hard the questions are.

They use the report, the weights and the BM25 of the index and nothing else of findings. None of them can abstain, but for
BM25 where no word of the question is known. A chunk counts as a citation of the passage of which it holds most; the ranked
passages are those of the chunks in turn. A chunk that holds no whole sentence (a heading, a contents page) is passed over.
"""

from __future__ import annotations

import time
import warnings
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from assistant.answer import Answer, Retrieved, Statement, citation, report_facts
from evals.comparisons.tutorial import CHUNK, NEIGHBOURS, OVERLAP
from evals.measures.evidence import plain
from index.passages import Passage
from index.store import Index, packaged_report, read_source
from index.text.words import tokens

Asked = tuple[str, Sequence[str], str]
RANKED = 10
CITED_PER_CHUNK = 1  # the passage of which a chunk holds most; a chunk touches up to five, and to cite all would be guessing


@dataclass(frozen=True)
class Chunk:
    """A piece of the report file, and the passages it overlaps: each with its whole sentences, longest share first."""

    text: str
    overlaps: tuple[tuple[Passage, str], ...]


@dataclass(frozen=True)
class Tutorial:
    """The tutorial pipeline over the index's report. Earlier questions are not looked at, as in the tutorials."""

    index: Index
    neighbours: int = NEIGHBOURS

    def ask_many(self, questions: Iterable[Asked]) -> Iterator[Answer]:
        """One answer a question: the nearest chunks, each cited by the passage it holds most of."""
        for question, _, identity in questions:
            started = time.perf_counter()
            found = self._collection.similarity_search_with_score(question, k=RANKED)
            ranked = [(self._chunks[document.metadata["chunk"]], 1.0 - float(far)) for document, far in found]
            used = [chunk for chunk, _ in ranked if chunk.overlaps][: self.neighbours]
            hits = _first_of_each((passage, score) for chunk, score in ranked for passage, _ in chunk.overlaps)
            cited = [Statement(passage, quote) for chunk in used for passage, quote in chunk.overlaps[:CITED_PER_CHUNK]]
            sure = max(0.0, min(1.0, ranked[0][1]))
            yield _answer(self.index, identity, question, "\n\n".join(c.text for c in used), cited, hits, sure, started)

    @cached_property
    def _chunks(self) -> tuple[Chunk, ...]:
        text = "\n".join(line.text for line in read_source(packaged_report())[1])
        return tuple(chunks(text, self.index.report.passages))

    @cached_property
    def _collection(self):
        from chromadb.config import Settings
        from langchain_chroma import Chroma

        from index.vectors.chroma import LangChainEmbeddings
        from index.vectors.embedding import SentenceTransformerEmbedder, packaged_folder

        usual = SentenceTransformerEmbedder(str(packaged_folder()))  # MiniLM as it is packaged, without what we trained
        made = Chroma(
            collection_name="tutorial", embedding_function=LangChainEmbeddings(usual),
            client_settings=Settings(anonymized_telemetry=False), collection_metadata={"hnsw:space": "cosine"},
        )  # fmt: skip
        made.reset_collection()
        made.add_texts([c.text for c in self._chunks], metadatas=[{"chunk": at} for at in range(len(self._chunks))])
        return made


def chunks(text: str, passages: Sequence[Passage]) -> Iterator[Chunk]:
    """The chunks of a report file, as the recursive splitter cuts them, with the passages they overlap."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the package warns of a module of its own that is not used here
        from langchain_text_splitters import RecursiveCharacterTextSplitter

    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    splitter = RecursiveCharacterTextSplitter(chunk_size=CHUNK, chunk_overlap=OVERLAP, add_start_index=True)
    for document in splitter.create_documents([text]):
        first = bisect_right(starts, document.metadata["start_index"]) - 1
        last = bisect_right(starts, document.metadata["start_index"] + len(document.page_content) - 1) - 1
        near = [passage for passage in passages if passage.rows[0] <= last and passage.rows[1] >= first]
        yield Chunk(document.page_content, overlaps(document.page_content, near))


def overlaps(text: str, near: Iterable[Passage]) -> tuple[tuple[Passage, str], ...]:
    """The passages of which the text holds whole sentences, with the longest run of these, longest first."""
    folded = plain(text)
    found = []
    for passage in near:
        run = _longest_run(passage.sentences, lambda piece: plain(piece) in folded)
        if run:
            found.append((passage, run))
    return tuple(sorted(found, key=lambda pair: -len(pair[1])))


def _longest_run(sentences: Sequence[str], inside: Callable[[str], bool]) -> str:
    """The longest piece made of consecutive sentences that lies inside; empty when not even one does."""
    best = ""
    for start in range(len(sentences)):
        for end in range(start + 1, len(sentences) + 1):
            piece = " ".join(sentences[start:end])
            if not inside(piece):
                break
            best = max(best, piece, key=len)
    return best


@dataclass(frozen=True)
class Alone:
    """One signal alone: the passages in its order, the first as the answer. `scores` rates every passage of the index."""

    index: Index
    scores: Callable[[Index, str], np.ndarray]

    def ask_many(self, questions: Iterable[Asked]) -> Iterator[Answer]:
        """One answer a question: the best passage, whole."""
        passages = self.index.report.passages
        for question, _, identity in questions:
            started = time.perf_counter()
            rated = self.scores(self.index, question)
            order = [at for at in np.argsort(-rated, kind="stable") if passages[at].searchable and rated[at] > 0][:RANKED]
            hits = [(passages[at], float(rated[at])) for at in order]
            cited = [Statement(passage, passage.text) for passage, _ in hits[:1]]
            text = "\n".join(f"{one.passage.context or ''} {one.quote}".strip() for one in cited)
            yield _answer(self.index, identity, question, text, cited, hits, None, started)


def bm25(index: Index, question: str) -> np.ndarray:
    """BM25 of every passage; 0 where the question has no word of it."""
    retriever = index.bm25["passages"]
    known = [token for token in tokens(question) if token in retriever.vocab_dict]
    return np.asarray(retriever.get_scores(known), float) if known else np.zeros(len(index.report.passages))


def dense(index: Index, question: str) -> np.ndarray:
    """The cosine of every passage."""
    return np.asarray(index.passage_vectors @ index.embedder.embed([question])[0], float)


def _first_of_each(hits: Iterable[tuple[Passage, float]]) -> list[tuple[Passage, float]]:
    seen: dict[str, tuple[Passage, float]] = {}
    for passage, score in hits:
        seen.setdefault(passage.id, (passage, score))
    return list(seen.values())[:RANKED]


def _answer(
    index: Index, identity: str, question: str, text: str, cited: list[Statement], hits: list[tuple[Passage, float]],
    confidence: float | None, started: float,
) -> Answer:  # fmt: skip
    unique = list({one.passage.id: one for one in reversed(cited)}.values())[::-1]
    return Answer(
        id=identity, question=question, understood=question, outcome="answered" if cited else "not_stated",
        confidence=confidence, answer=text or "Nothing was found.",
        citations=tuple(citation(one, index.report) for one in unique), sections=(), suggestions=(), nearest=(),
        retrieved=tuple(Retrieved(p.id, p.number, p.page, p.page_end, round(score, 4)) for p, score in hits),
        notes=(), mode="extractive", report=report_facts(index.report), seconds=round(time.perf_counter() - started, 5),
    )  # fmt: skip


BASELINES: dict[str, Callable[[Index], Tutorial | Alone]] = {
    "tutorial": Tutorial,
    "tutorial_1": lambda index: Tutorial(index, neighbours=1),
    "bm25": lambda index: Alone(index, bm25),
    "dense": lambda index: Alone(index, dense),
}
NAMES = {
    "tutorial": "Tutorial pipeline (1000/200, MiniLM, Chroma, k=4)",
    "tutorial_1": "Tutorial pipeline, k=1",
    "bm25": "BM25 alone",
    "dense": "The trained embedder alone",
}
