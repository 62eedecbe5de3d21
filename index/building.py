"""Writes the files of an index into an empty folder: vectors, BM25, the exported embedder, Chroma, what is learnt.

Sentences are embedded by the original and the exported model; if they agree within EQUAL_WITHIN, the exported model's vectors are
kept. Pointer, lock and fingerprint: index/store.py.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from index.banks.evidence_bank import evidence_bytes, read_evidence_bank
from index.banks.question_bank import BankQuestion, NearMiss, bank_bytes, near_miss_bytes, read_bank, read_near_misses
from index.banks.teaching import banks, learnt_lines
from index.errors import BadWeights
from index.learned import Learned, digest, learn, shipped
from index.opened import WITH_WORDS, Sentence, sentences_of
from index.passages import Passage, Report, passage_text, sentence_text
from index.text.words import tokens
from index.vectors.conversation_encoder import FILE as CONVERSATION_ENCODER
from index.vectors.conversation_encoder import export_conversation_encoder
from index.vectors.cross_encoder import FILE as CROSS_ENCODER
from index.vectors.cross_encoder import export_cross_encoder
from index.vectors.embedding import (
    DEFAULT_MODEL,
    EQUAL_WITHIN,
    Embedder,
    OnnxEmbedder,
    SentenceTransformerEmbedder,
    export_onnx,
    model_identity,
)

COLLECTIONS = ("passages", "sentences")  # in Chroma, for people who build chains of their own
CHROMA_BATCH = 2_000
EXPORTED = (
    "model.onnx",
    "tokenizer.json",
    CONVERSATION_ENCODER,
    CROSS_ENCODER,
)  # the same for every report: a shelf keeps them once

Progress = Callable[[str, float], None]  # what is being done, and the share of the build that is done (0 to 1)


def write_index(folder: Path, report: Report, model: str, progress: Progress, taught: bytes = b"", shelved: bool = False) -> None:
    """Write everything that an index of `report` holds; `taught` are its teaching lines as stored. Raises BadWeights, OSError.

    A `shelved` one has no collections of its own: the shelf has one for all. Exported models that lie in the folder already are
    used.
    """
    progress("loading the embedding model", 0.02)
    original = cache(lambda: SentenceTransformerEmbedder(model))
    sentences = tuple(sentences_of(report.passages))
    texts = {
        "passages": [passage_text(passage) for passage in report.passages],
        "sentences": [sentence_text(report.passages[s.passage], s.text) for s in sentences],
    }
    if (folder / EXPORTED[0]).is_file():
        quick: Embedder = OnnxEmbedder(folder)
        of_sentences = quick.embed(texts["sentences"])
    else:
        progress("exporting the embedding model", 0.35)
        quick, of_sentences = exported(original(), folder, texts["sentences"])
    if model == DEFAULT_MODEL and (folder / EXPORTED[1]).is_file() and not (folder / CONVERSATION_ENCODER).is_file():
        progress("exporting the conversation encoder", 0.5)
        export_conversation_encoder(original(), folder)
    progress(f"embedding {len(texts['passages']):,} passages", 0.60)
    vectors = {"sentences": of_sentences, "passages": quick.embed(texts["passages"])}
    progress("storing", 0.80)
    if not shelved:
        _into_chroma(folder / "chroma", report.passages, sentences, texts, vectors, quick)
    questions = read_bank(bank_bytes(), report.passages)
    near_misses = read_near_misses(near_miss_bytes(), questions)
    if questions:
        messages = read_evidence_bank(evidence_bytes(), report.passages)
        mark = digest(model_identity(model), report.passages, questions, near_misses, messages)
        learned = shipped(mark)
        if learned is None:
            progress(f"learning from {len(questions):,} questions (some minutes)", 0.85)
            learned = learn(quick, report.passages, questions, near_misses, messages, vectors["passages"], vectors["sentences"])
        _write_learned(folder, learned)
    else:
        lines, teaching = learnt_lines(taught, report.passages)
        if teaching is not None:
            progress(f"learning from {len(lines):,} lines", 0.85)
            questions, near_misses, messages = banks(lines, report.passages)
            learned = learn(quick, report.passages, questions, near_misses, messages, vectors["passages"], vectors["sentences"])
            _write_learned(folder, learned)
            _json(folder / "teaching.json", asdict(teaching))
        if model == DEFAULT_MODEL and (folder / "tokenizer.json").is_file() and not (folder / CROSS_ENCODER).is_file():
            progress("exporting the cross-encoder", 0.88)
            export_cross_encoder(original(), folder)
    progress("indexing words", 0.92)
    write_passages(folder, report, questions, near_misses, vectors["sentences"], vectors["passages"])


def exported(original: SentenceTransformerEmbedder, folder: Path, texts: list[str]) -> tuple[Embedder, np.ndarray]:
    """The exported model if its vectors equal the original's within EQUAL_WITHIN, else the original; and the texts' vectors."""
    expected = original.embed(texts)
    try:
        export_onnx(original, folder)
    except BadWeights:  # then asking falls back to sentence-transformers, and says so
        return original, expected
    quick = OnnxEmbedder(folder)
    vectors = quick.embed(texts)
    if np.abs(vectors - expected).max(initial=0.0) > EQUAL_WITHIN:
        (folder / "model.onnx").unlink()
        return original, expected
    return quick, vectors


def write_passages(
    folder: Path, report: Report, questions: Sequence[BankQuestion], near_misses: Sequence[NearMiss],
    sentence_vectors: np.ndarray, passage_vectors: np.ndarray,
) -> None:  # fmt: skip
    """Write the passages with their words and vectors."""
    _write_words(folder, report.passages, questions)
    _json(folder / "report.json", asdict(report))
    _json(folder / "questions.json", [[q.text, q.passage, q.sentence, q.voice] for q in questions])
    _json(folder / "near_misses.json", [[miss.text, miss.asks_for, miss.voice] for miss in near_misses])
    np.save(folder / "sentences.npy", sentence_vectors)
    np.save(folder / "passages.npy", passage_vectors)


def _write_learned(folder: Path, learned: Learned) -> None:
    np.save(folder / "bank.npy", learned.vectors)
    for name in ("landmarks", "weights", "answers"):
        np.save(folder / f"probe_{name}.npy", getattr(learned.probe, name))
    for name in ("vectors", "weights"):
        np.save(folder / f"evidence_{name}.npy", getattr(learned.evidence, name))


def _write_words(folder: Path, passages: tuple[Passage, ...], questions: Sequence[BankQuestion]) -> None:
    """Write the BM25 index of each collection whose texts have any words."""
    import bm25s

    texts = (
        [passage_text(passage) for passage in passages], [sentence_text(passages[s.passage], s.text) for s in sentences_of(passages)],
        [question.text for question in questions],
    )  # fmt: skip
    for name, rows in zip(WITH_WORDS, texts, strict=True):
        corpus = [tokens(text) for text in rows]
        if any(corpus):
            (folder / "bm25").mkdir(exist_ok=True)
            retriever = bm25s.BM25()
            retriever.index(corpus, show_progress=False)
            retriever.save(str(folder / "bm25" / name))


def _into_chroma(
    folder: Path, passages: tuple[Passage, ...], sentences: tuple[Sentence, ...], texts: dict[str, list[str]],
    vectors: dict[str, np.ndarray], embedder: Embedder,
) -> None:  # fmt: skip
    """Store passages and sentences with their vectors as LangChain expects them."""
    from index.vectors.chroma import open_client, open_collection

    metadata: dict[str, list[Any]] = {
        "passages": [_metadata(passage) for passage in passages],
        "sentences": [{**_metadata(passages[s.passage]), "sentence": s.place} for s in sentences],
    }
    client = open_client(folder)
    try:
        for name in COLLECTIONS:
            open_collection(client, name, embedder)  # makes it
            stored = client.get_collection(name, embedding_function=None)
            for start in range(0, len(texts[name]), CHROMA_BATCH):
                rows = slice(start, start + CHROMA_BATCH)
                stored.add(
                    ids=[str(at) for at in range(len(texts[name]))[rows]], embeddings=vectors[name][rows],
                    documents=texts[name][rows], metadatas=metadata[name][rows],
                )  # fmt: skip
    finally:
        client.close()


def _metadata(passage: Passage) -> dict[str, str | int | bool]:
    return {
        "passage": passage.id, "paragraph": passage.number or "", "kind": passage.kind, "page": passage.page,
        "page_end": passage.page_end, "section": passage.section, "flagged": passage.flagged,
    }  # fmt: skip


def _json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
