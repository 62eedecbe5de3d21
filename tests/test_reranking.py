"""The cross-encoder: what is shipped tells answers from near misses, and how its word changes evidence and decision."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.answering.evidence import Evidence
from assistant.answering.reranking import READ, Reranker, summary
from assistant.assistant import Assistant
from assistant.question.kinds import FACT, NAMES
from index.errors import BadWeights
from index.opened import Index
from index.vectors.cross_encoder import FILE, CrossEncoder, changes_bytes, export_cross_encoder
from index.vectors.embedding import DEFAULT_MODEL, SentenceTransformerEmbedder, export_onnx

KINDS = np.eye(len(NAMES), dtype=np.float32)[FACT]
SENTENCES = [
    "Return home interviews are offered to 93% of the children who go missing.",
    "Social workers visit children regularly and know them well.",
    "Supervision of staff is regular, but it is not always recorded.",
]


class Likes:
    """Stands in a cross-encoder's place: one sentence answers everything."""

    def __init__(self, liked: str) -> None:
        self.liked = liked
        self.read: list[str] = []

    def log_odds(self, question: str, sentences: list[str]) -> np.ndarray:
        self.read += sentences
        return np.array([6.0 if self.liked in text else -6.0 for text in sentences], np.float32)


def with_encoder(index: Index, encoder: Any) -> Index:
    made = replace(index)
    made.__dict__["cross_encoder"] = encoder  # a cached property: found before any file is looked for
    return made


def evidence(index: Index) -> Evidence:
    return Evidence(np.linspace(0.3, 0.02, len(index.sentences)).astype(np.float32), KINDS)


def test_a_report_without_a_cross_encoder_keeps_its_evidence(toy: Index) -> None:
    before = evidence(toy)
    assert toy.cross_encoder is None  # the toy's embedding model is another one
    assert Reranker(toy).rerank("Who visits?", before) is before


def test_the_sentence_that_answers_rises_and_the_others_fall(toy: Index) -> None:
    encoder = Likes(toy.sentences[5].text)
    after = Reranker(with_encoder(toy, encoder)).rerank("Who visits?", evidence(toy))
    assert int(after.probabilities.argmax()) == 5 and after.probabilities[5] > 0.5
    assert all(after.probabilities[at] < evidence(toy).probabilities[at] for at in range(5))
    assert len(encoder.read) == min(READ, len(toy.sentences)) and after.before is not None
    assert after.before.tolist() == evidence(toy).probabilities.tolist()


def test_the_decision_believes_what_was_read(toy: Index) -> None:
    question = "How often do social workers visit children?"
    engine = Assistant(toy)
    query = engine.understanding.understand(question)
    found = engine.ranking.rank(query, engine.searcher.search(query.search))
    told = []
    for read in (np.full(READ, -7.0), np.array([5.0, *np.full(READ - 1, -7.0)])):
        weighed = replace(engine.weighed(query, found), read=read)
        told.append(engine.decision.decide(query, found, weighed).confidence)
    assert told[0] < told[1]
    assert summary(np.zeros(0)).tolist() == [0, 0, 0]


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pairs")
    embedder = SentenceTransformerEmbedder(DEFAULT_MODEL)
    export_onnx(embedder, folder)
    export_cross_encoder(embedder, folder)
    return folder


@pytest.mark.weights
def test_what_is_shipped_tells_an_answer_from_what_is_only_near(exported: Path) -> None:
    encoder = CrossEncoder(exported)
    answered = encoder.log_odds("How many missing children are offered an interview when they come back?", SENTENCES)
    assert int(answered.argmax()) == 0
    missed = encoder.log_odds("What does a return home interview cost?", SENTENCES)
    assert missed.max() < answered.max() - 1
    assert np.abs(encoder.log_odds("How often do social workers visit?", SENTENCES[1:2] * 2) @ [1, -1]) < 1e-5
    assert encoder.log_odds("anything", []).shape == (0,)
    assert np.isfinite(encoder.log_odds("word " * 900 + "\udcff", ["a sentence " * 400])).all()  # cut to what can be read


@pytest.mark.weights
def test_damaged_weights_are_named(tmp_path: Path) -> None:
    held = io.BytesIO()
    np.savez(held, **{"head.weight": np.zeros((1, 3), np.float32)})
    for damaged in (held.getvalue(), changes_bytes()[:-9], b""):
        with pytest.raises(BadWeights, match="cross-encoder are damaged"):
            export_cross_encoder(SentenceTransformerEmbedder(DEFAULT_MODEL), tmp_path, damaged)
    assert not (tmp_path / FILE).exists()
