"""What is shipped as learnt: it is what the packaged bank, report and model give, and nothing else takes it for its own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from index import learned
from index.banks.evidence_bank import BroadMessage, EvidenceMap, evidence_bytes, read_evidence_bank
from index.banks.probe import RIDGE, Probe, kernel
from index.banks.question_bank import BankQuestion
from index.learned import Learned, digest, learn_probe, shipped, write
from index.store import Index
from index.vectors.embedding import DEFAULT_MODEL, model_identity


def mark_of(index: Index, messages: list[BroadMessage]) -> str:
    return digest(model_identity(DEFAULT_MODEL), index.report.passages, index.questions, index.near_misses, messages)


@pytest.fixture(scope="module")
def messages(real_index: Index) -> list[BroadMessage]:
    return read_evidence_bank(evidence_bytes(), real_index.report.passages)


@pytest.fixture(scope="module")
def held(real_index: Index, messages: list[BroadMessage]) -> Learned:
    found = shipped(mark_of(real_index, messages))
    assert found is not None, "a bank, the report's reading or what is learnt changed: run `python -m index.learned`"
    return found


@pytest.mark.weights
def test_shipped_vectors_are_those_of_the_model(real_index: Index, held: Learned) -> None:
    texts = [one.text for one in (*real_index.questions, *real_index.near_misses)]
    assert held.vectors.shape == (len(texts), 384)
    chosen = np.random.default_rng(3).permutation(len(texts))[:200]
    fresh = real_index.embedder.embed([texts[at] for at in chosen])
    assert np.abs(fresh - held.vectors[chosen]).max() < 1e-5


@pytest.mark.weights
def test_the_shipped_probe_solves_the_equations_it_is_learnt_from(real_index: Index, held: Learned) -> None:
    """(kernel + ridge) answers = 1 for what has an answer, -1 for what has none; tried on rows of every sort."""
    size = len(real_index.questions)
    rows = np.concatenate([held.vectors[:size], real_index.sentence_vectors, real_index.passage_vectors, held.vectors[size:]])
    targets = np.concatenate([np.ones(len(rows) - len(real_index.near_misses)), -np.ones(len(real_index.near_misses))])
    chosen = np.random.default_rng(4).permutation(len(rows))[:300]
    values = kernel(rows[chosen] @ rows.T) @ held.probe.answers + RIDGE * held.probe.answers[chosen]
    assert np.abs(values - targets[chosen]).max() < 0.05


@pytest.mark.weights
def test_a_bank_question_leads_to_its_own_sentence_among_the_first_five(real_index: Index, held: Learned) -> None:
    size = len(real_index.questions)
    tied = [at for at in range(0, size, 61) if real_index.questions[at].sentence >= 0]
    right = 0
    for at in tied:
        vector = held.vectors[at]
        cosines = np.concatenate([
            held.vectors[:size] @ vector, real_index.sentence_vectors @ vector, real_index.passage_vectors @ vector,
            held.vectors[size:] @ vector,
        ])  # fmt: skip
        (scores,), _ = held.probe.of(cosines[None])
        question = real_index.questions[at]
        right += int(real_index.starts[question.passage] + question.sentence in np.argsort(-scores)[:5])
    assert right / len(tied) > 0.9


@pytest.mark.weights
def test_the_shipped_evidence_map_finds_the_sentences_of_its_own_messages(
    real_index: Index, held: Learned, messages: list[BroadMessage]
) -> None:
    chosen = messages[::97]
    told = held.evidence.of(real_index.embedder.embed([message.text for message in chosen]))
    assert told.shape == (len(chosen), len(real_index.sentences))
    right = [int(row.argmax()) in (*one.vital, *one.okay) for row, one in zip(told, chosen, strict=True)]
    assert np.mean(right) > 0.9


def test_what_was_learnt_from_something_else_is_not_taken(real_index: Index, messages: list[BroadMessage]) -> None:
    passages, questions, misses = real_index.report.passages, real_index.questions, real_index.near_misses
    changed = (*passages[:40], replace(passages[40], text=passages[40].text + " And more."), *passages[41:])
    own, model = mark_of(real_index, messages), model_identity(DEFAULT_MODEL)
    marks = {
        own,
        digest("another model", passages, questions, misses, messages),
        digest(model, changed, questions, misses, messages),
        digest(model, passages, questions[1:], misses, messages),
        digest(model, passages, questions, misses[1:], messages),
        digest(model, passages, questions, misses, messages[1:]),
        digest(model, passages, questions, misses, [replace(messages[0], vital=(0,)), *messages[1:]]),
    }
    assert len(marks) == 7
    assert [shipped(mark) for mark in marks - {own}] == [None] * 6


def test_what_is_written_is_read_again_within_a_sixteen_bit_step(tmp_path: Path) -> None:
    chance = np.random.default_rng(5)
    vectors, landmarks, weights = (chance.normal(size=size).astype(np.float32) for size in ((7, 4), (5, 4), (5, 2)))
    probe = Probe(np.arange(3), chance.normal(size=(3, 2)).astype(np.float32), chance.normal(size=9).astype(np.float32))
    write(tmp_path / "learned.npz", "a mark", Learned(vectors, probe, EvidenceMap(landmarks, weights)))
    found = learned.read(tmp_path / "learned.npz", "a mark")
    assert found is not None
    for read, written in ((found.vectors, vectors), (found.evidence.vectors, landmarks)):
        assert np.abs(read - written).max() <= np.abs(written).max() / learned.HALF
    assert np.array_equal(found.evidence.weights, weights.astype(np.float16).astype(np.float32))
    assert [np.array_equal(a, b) for a, b in zip(vars(found.probe).values(), vars(probe).values(), strict=True)] == [True] * 3
    assert learned.read(tmp_path / "learned.npz", "another mark") is None
    assert learned.read(tmp_path / "gone.npz", "a mark") is None


def test_another_bank_is_learnt_from_scratch(toy: Index) -> None:
    """Vectors drawn at random stand apart, so what was learnt must point from each question to its own sentence."""
    chance = np.random.default_rng(6)
    bank, of_passages, of_sentences = (
        (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
        for rows in (chance.normal(size=(size, 64)) for size in (3, len(toy.report.passages), len(toy.sentences)))
    )
    at = toy.positions["3"]
    questions = [BankQuestion("how long do visits take?", at, 0), BankQuestion("who employs social workers?", at + 3, 0)]
    probe = learn_probe(toy.report.passages, questions, bank, of_passages, of_sentences)
    rows = np.concatenate([bank[:2], of_sentences, of_passages, bank[2:]])
    for question, vector in zip(questions, bank, strict=False):
        (scores,), answerable = probe.of((rows @ vector)[None])
        assert int(scores.argmax()) == toy.starts[question.passage]
        assert answerable > 0.5
    assert probe.of((rows @ bank[2])[None])[1] < -0.5
