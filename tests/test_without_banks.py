"""A report for which nobody has written banks: what is learnt across reports, and the questions on sister reports."""

from __future__ import annotations

import json
from importlib.resources import files

import numpy as np
import pytest

from assistant.answering.decision import FEATURES, Decision
from assistant.assistant import Assistant
from assistant.learned.other_reports import OtherReports, packaged, shipped
from evals.errors import BadCases
from evals.sisters import HELD_OUT, NAMES, _asked, position, sisters
from index.opened import Index


def odds(toy: Index, question: str) -> float:
    engine = Assistant(toy)
    query = engine.understanding.understand(question)
    return engine.decision._asked_of_reports(query, engine.searcher.search(query.search))


@pytest.mark.parametrize(
    ("stated", "not_stated"),
    [
        ("How good is the support for young carers?", "How much does the young carers' service cost a year?"),
        ("Do social workers visit children often enough?", "What is the name of the social worker who visits most?"),
        ("Is supervision regular?", "How many supervision sessions were held in June 2021?"),
    ],
)
def test_what_reports_tend_to_answer_is_told_by_the_question(toy: Index, stated: str, not_stated: str) -> None:
    assert odds(toy, stated) > odds(toy, not_stated) + 0.3


def unit(*rows: tuple[float, ...]) -> np.ndarray:
    made = np.array(rows, np.float32)
    return made / np.linalg.norm(made, axis=1, keepdims=True)


def test_questions_of_other_reports_are_told_from_near_misses_by_likeness() -> None:
    answered, missed = unit((1, 0, 0.1), (0.9, 0.1, 0), (0, 0, 1), (1, 0.2, 0)), unit((0, 1, 0), (0.1, 1, 0), (0, 1, 0.2))
    known = OtherReports.of(shipped(answered, missed, np.arange(4.0)))
    assert np.abs(known.answered - answered).max() < 0.005 and np.abs(known.missed - missed).max() < 0.005
    best, three, miss, miss_three = known.likeness(unit((1, 0, 0))[0])
    assert best > three > 0.95 and miss_three < miss < 0.15
    assert known.likeness(None).tolist() == [0, 1, 2, 3]  # another model's vectors are comparable with none of these


def test_the_shipped_questions_are_unit_vectors_without_words() -> None:
    known = packaged()
    for vectors in (known.answered, known.missed):
        assert vectors.shape[1] == 384 and np.abs(np.linalg.norm(vectors, axis=1) - 1).max() < 0.01
    assert (known.usual > 0.3).all() and (known.usual < 1).all()


def test_a_report_without_banks_is_decided_beside_the_questions_of_others(toy: Index) -> None:
    engine = Assistant(toy)
    query = engine.understanding.understand("How good is the support for young carers?")
    found = engine.ranking.rank(query, engine.searcher.search(query.search))
    told = dict(zip(FEATURES, engine.decision.features(query, found, engine.weighed(query, found)), strict=True))
    assert not len(toy.questions)
    usual = packaged().usual  # the toy's vectors are those of another model
    assert np.allclose([told[name] for name in ("bank", "bank_three", "miss", "miss_three")], usual)
    others = OtherReports(np.eye(3, dtype=np.float32), np.eye(3, dtype=np.float32), np.array([0.9, 0.8, 0.2, 0.1]))
    other = Decision(toy, others=others).features(query, found, engine.weighed(query, found))
    assert other[FEATURES.index("bank_less_miss")] == pytest.approx(0.7)


@pytest.mark.parametrize("name", [*NAMES, HELD_OUT])
def test_every_question_on_a_sister_names_sentences_with_their_first_words(name: str) -> None:
    for line in files("evals").joinpath("labels", "sisters", f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        assert record["question"].strip() and len(record["right"]) == len(record["begins"]) >= 1, record
        assert not set(record["right"]) & set(record["okay"]), record


def test_a_sentence_is_named_by_passage_and_place(toy: Index) -> None:
    for at, sentence in enumerate(toy.sentences):
        passage = toy.report.passages[sentence.passage]
        name = f"{passage.id}{'.' if passage.id.isdecimal() else '/'}{sentence.place + 1}"
        assert position(toy, name) == at


@pytest.mark.parametrize("name", ["999.1", "1.99", "1.0", "1.x", "p1", ""])
def test_a_sentence_that_is_not_there_is_refused(toy: Index, name: str) -> None:
    with pytest.raises(BadCases, match="has no sentence"):
        position(toy, name)


def test_labels_of_another_reading_are_refused(toy: Index) -> None:
    with pytest.raises(BadCases):
        _asked(HELD_OUT, toy)


def test_a_folder_without_the_pdf_is_refused(tmp_path) -> None:
    with pytest.raises(BadCases, match="put the report's published PDF there"), sisters([HELD_OUT], tmp_path):
        pass
    with pytest.raises(BadCases, match="no questions on leeds"), sisters(["leeds"], tmp_path):
        pass
