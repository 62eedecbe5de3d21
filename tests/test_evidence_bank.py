"""The evidence bank fits the report it was written for, line by line, and the map learnt from it finds labelled sentences."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from index.banks.evidence_bank import LANDMARKS, OKAY, BroadMessage, evidence_bytes, fit, read_evidence_bank
from index.store import Index
from tests.assistant_toys import somerset


def bank(*records: dict[str, Any]) -> bytes:
    return "\n".join(json.dumps(record) for record in records).encode()


def record(message: str, vital: dict[str, str], *okay: str, kind: str = "theme", voice: int = 1) -> dict[str, Any]:
    """A line of the bank: `vital` gives the first words of each sentence by its name."""
    return {
        "message": message, "kind": kind, "vital": [*vital], "okay": [*okay], "begins": [*vital.values()], "parts": None, "voice": voice,
    }  # fmt: skip


CARERS = record("tell me about foster carers", {"4.1": "There are 40", "4.2": "Six of"}, "8.1")
PLANS = record("how good are plans?", {"p3.1/3": "Most plans", "5.1": "Plans are"}, kind="strengths", voice=2)


def position(index: Index, begins: str) -> int:
    return next(at for at, sentence in enumerate(index.sentences) if sentence.text.startswith(begins))


def test_sentences_are_named_by_paragraph_or_passage_and_counted_from_one(toy: Index) -> None:
    at = {words: position(toy, words) for words in ("There are 40", "Six of", "Brothers", "Most plans", "Plans are")}
    assert read_evidence_bank(bank(CARERS, PLANS), toy.report.passages) == [
        BroadMessage("tell me about foster carers", "theme", (at["There are 40"], at["Six of"]), (at["Brothers"],), 1),
        BroadMessage("how good are plans?", "strengths", (at["Most plans"], at["Plans are"]), (), 2),
    ]


def test_a_sentence_that_begins_otherwise_is_left_out_and_a_message_without_any_too(toy: Index) -> None:
    half = record("tell me about foster carers", {"4.1": "There are 41", "4.2": "Six of"})
    none = record("and social workers?", {"6.1": "The council employs 26"})
    found = read_evidence_bank(bank(half, none, PLANS), toy.report.passages)
    assert [(message.text, message.vital) for message in found] == [
        ("tell me about foster carers", (position(toy, "Six of"),)),
        ("how good are plans?", (position(toy, "Most plans"), position(toy, "Plans are"))),
    ]


def test_a_name_that_the_report_does_not_have_is_left_out(toy: Index) -> None:
    (found,) = read_evidence_bank(
        bank(record("carers?", {"4.1": "There", "4.2": "Six", "77.1": "There"}, "4.9")), toy.report.passages
    )
    assert (found.vital, found.okay) == ((position(toy, "There are 40"), position(toy, "Six of")), ())


def test_another_report_gives_none(toy: Index) -> None:
    foreign = [record("and adoption?", {f"{number}.1": "Something else"}) for number in (3, 4, 5)]
    assert read_evidence_bank(bank(*foreign, PLANS), toy.report.passages) == []
    assert read_evidence_bank(evidence_bytes(), toy.report.passages) == []
    assert read_evidence_bank(b"", toy.report.passages) == []


def test_every_packaged_message_fits_the_packaged_report_whole() -> None:
    lines = [json.loads(line) for line in evidence_bytes().decode().splitlines()]
    found = read_evidence_bank(evidence_bytes(), somerset().passages)
    assert [message.text for message in found] == [line["message"] for line in lines]
    sizes = [(len(message.vital), len(message.okay)) for message in found]
    assert sizes == [(len(line["vital"]), len(line["okay"])) for line in lines]


def test_the_map_ranks_the_labelled_sentences_first_for_a_message_like_a_labelled_one() -> None:
    vectors = np.eye(4, dtype=np.float32)[:3]
    messages = [
        BroadMessage("carers", "theme", (3,), (4,), 1), BroadMessage("plans", "theme", (0, 1), (), 1), BroadMessage("health", "theme", (5,), (), 1),
    ]  # fmt: skip
    learnt = fit(messages, vectors, 6)
    near = np.array([0.95, 0.2, 0.0, 0.24], np.float32)
    told = learnt.of((near / np.linalg.norm(near))[None])[0]
    assert list(np.argsort(-told)[:2]) == [3, 4]
    assert abs(told[4] / told[3] - OKAY) < 0.01
    assert {int(at) for at in np.argsort(-learnt.of(vectors[1][None])[0])[:2]} == {0, 1}


def test_of_many_messages_only_so_many_are_kept_as_landmarks() -> None:
    chance = np.random.default_rng(1)
    vectors = chance.normal(size=(LANDMARKS + 50, 6)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    messages = [BroadMessage(str(at), "theme", (at % 3,), (), 1) for at in range(len(vectors))]
    learnt = fit(messages, vectors, 3)
    assert (learnt.vectors.shape, learnt.weights.shape) == ((LANDMARKS, 6), (LANDMARKS, 3))
    assert learnt.of(vectors[:5]).shape == (5, 3)
