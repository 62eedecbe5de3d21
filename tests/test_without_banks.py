"""A report for which nobody has written banks: what is learnt across reports, and the questions on sister reports."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import pytest

from assistant.assistant import Assistant
from evals.errors import BadCases
from evals.sisters import HELD_OUT, MADE, NAMES, _asked, _labels, _report, position, sisters
from index.banks.teaching import check
from index.opened import Index
from index.reading import read_source


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


@pytest.mark.parametrize("name", MADE)
def test_a_made_report_is_read_whole_and_every_label_names_its_sentences(name: str) -> None:
    report, _ = read_source(_report(name, Path()))
    numbers = [int(passage.number) for passage in report.passages if passage.number]
    assert numbers == list(range(1, len(numbers) + 1)) and len(numbers) > 80
    assert not report.warnings and len(report.judgements) >= 6
    places = {
        f"{passage.id}{'.' if passage.number else '/'}{place}": sentence
        for passage in report.passages for place, sentence in enumerate(passage.sentences, 1)
    }  # fmt: skip
    for file in (f"{name}.jsonl", f"{name}-near-misses.jsonl"):
        told = check(_labels(file).encode(), report.passages, None)
        assert not told.refused and len(told.lines) > 300
    for record in map(json.loads, _labels(f"{name}.jsonl").splitlines()):
        assert all(places[at].startswith(begins) for at, begins in zip(record["right"], record["begins"], strict=True)), record


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
