"""A report for which nobody has written banks: what is learnt across reports, and the questions on sister reports."""

from __future__ import annotations

import json
from importlib.resources import files

import pytest

from assistant.assistant import Assistant
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
