"""Baselines answer in the contract's form, honestly: what they cite is what they show. And the audit of the cases."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

import assistant.answer
from evals.answers import Reply
from evals.audit import audit, facts_held, left_out, shared_words
from evals.comparisons.baselines import BASELINES, chunks, overlaps
from evals.measures.metrics import validity
from evals.run import load_evidence
from index.store import open_index
from tests.evals_toys import EVIDENCE, TEXT, case, passage, toy_cases

SCHEMA = Path(assistant.answer.__file__).with_name("answer.schema.json")
QUESTIONS = ["how long do court cases take?", "how many children are looked after?", "qwxzy"]


def test_a_chunk_holds_whole_sentences_of_the_passages_it_overlaps() -> None:
    made = list(chunks(TEXT, EVIDENCE.report.passages))
    assert max(len(chunk.text) for chunk in made) <= 1_000
    covered = {found.id for chunk in made for found, _ in chunk.overlaps}
    assert {str(n) for n in range(1, 9)} <= covered


def test_the_longest_run_of_whole_sentences_is_the_quote() -> None:
    first, second, *_ = passage("1").sentences
    assert overlaps(f"of it. {first} {second} It is a long", [passage("1")]) == ((passage("1"), f"{first} {second}"),)
    assert overlaps("nothing whole", [passage("1")]) == ()


@pytest.mark.weights
@pytest.mark.parametrize("name", list(BASELINES))
def test_a_baseline_is_honest_about_what_it_cites(name: str) -> None:
    evidence, contract = load_evidence(), Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
    answers = list(BASELINES[name](open_index()).ask_many([(text, (), f"q{at}") for at, text in enumerate(QUESTIONS)]))
    assert [answer.id for answer in answers] == ["q0", "q1", "q2"]
    for answer in answers:
        reply = Reply.model_validate(answer.to_dict())
        assert {one.value for one in validity(reply, evidence).values()} <= {1.0, None}
        assert [fault.message for fault in contract.iter_errors(answer.to_dict())] == []
        assert len(answer.citations) <= 4 and len(answer.retrieved) <= 10
    assert answers[0].citations and answers[0].outcome == "answered"
    assert "40" in [hit.passage for hit in answers[0].retrieved] or name == "bm25"


@pytest.mark.weights
def test_the_audit_reports_a_case_that_the_question_bank_knows() -> None:
    index, evidence = open_index(), load_evidence()
    known = index.questions[0]
    identity = evidence.report.passages[known.passage].id
    found = audit(
        [case(question=known.text, gold=[identity]), case(id="b", question="zebra rules", gold=["40"])], index, evidence
    )
    assert [(echo.case, echo.stored) for echo in found.echoes] == [("fact-001", known.text)]
    assert "Cases with a cosine of 0.9 or more to a stored question: 1" in found.lines()
    assert found.dense_hits["fact"][1] == 2


def test_passages_without_a_case_are_reported() -> None:
    facts = [one for one in toy_cases() if one.gold != ("3",)]
    assert left_out(facts, EVIDENCE.report.passages) == ["3"]


def test_shared_words_are_content_words() -> None:
    assert shared_words(case(question="how long are chess lessons?"), EVIDENCE) == 1.0
    assert shared_words(case(question="what does it cost to play chess?"), EVIDENCE) == pytest.approx(1 / 3)
    assert shared_words(case(question="what is it?"), EVIDENCE) is None
    assert shared_words(case(answerable=False), EVIDENCE) is None


def test_a_key_fact_that_no_passage_holds_is_found() -> None:
    assert facts_held(case(key_facts=[{"any": ["9 weeks", "8 weeks"]}]), EVIDENCE)
    assert not facts_held(case(key_facts=[{"any": ["9 weeks"]}]), EVIDENCE)
