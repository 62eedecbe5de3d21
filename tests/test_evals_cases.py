"""Cases: what is read, what is refused with file and line, and what the packaged cases must be."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evals.audit import facts_held
from evals.cases import HONEST, SLICES, Case, choose, digest, packaged_files, read_cases, write_cases
from evals.errors import BadCases
from evals.run import load_evidence
from tests.evals_toys import EVIDENCE, case, toy_cases

GOOD = {"id": "fact-001", "slice": "fact", "split": "dev", "question": "how long?", "gold": ["8"]}
SILENT = {"id": "x", "slice": "not_stated_near", "split": "dev", "question": "who?", "answerable": False}


def read(path: Path, *lines: str) -> tuple[Case, ...]:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return read_cases([path], EVIDENCE.passages)


def test_written_cases_are_read_back(tmp_path: Path) -> None:
    write_cases(tmp_path / "cases.jsonl", toy_cases())
    assert list(read_cases([tmp_path / "cases.jsonl"], EVIDENCE.passages)) == toy_cases()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"colour": "blue"}, "colour: Extra inputs are not permitted"),
        ({"key_facts": [{"any": ["8"], "weight": 2}]}, "key_facts.0.weight: Extra inputs"),
        ({"key_facts": [{"any": []}]}, "key_facts.0.any"),
        ({"gold": ["99"]}, "99 is not a passage of the report"),
        ({"acceptable": ["p9.1"]}, "p9.1 is not a passage of the report"),
        ({"slice": "gossip"}, "the slice 'gossip' is not one of"),
        ({"split": "train"}, "split: Input should be 'dev' or 'test'"),
        ({"gold": []}, "an answerable case needs gold passages"),
        ({"outcomes": ["not_stated"]}, "the outcomes of an answerable case include answered"),
        ({"outcomes": ["refused"]}, "outcomes.0"),
        ({"answerable": False}, "neither gold passages nor key facts"),
    ],
)
def test_a_line_that_breaks_the_rules_is_refused_with_file_and_line(tmp_path: Path, change: dict, told: str) -> None:
    with pytest.raises(BadCases) as fault:
        read(tmp_path / "mine.jsonl", "", json.dumps(GOOD | {"id": "fact-002"}), json.dumps(GOOD | change))
    assert str(fault.value).startswith("mine.jsonl:3: ")
    assert told in str(fault.value)


def test_answered_is_no_right_outcome_of_what_is_not_stated(tmp_path: Path) -> None:
    with pytest.raises(BadCases, match="exclude answered and error"):
        read(tmp_path / "mine.jsonl", json.dumps(SILENT | {"outcomes": ["not_stated", "answered"]}))


def test_an_id_used_twice_and_a_line_that_is_not_json_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadCases, match=r"mine\.jsonl:2: the id fact-001 is also used at mine\.jsonl:1"):
        read(tmp_path / "mine.jsonl", json.dumps(GOOD), json.dumps(GOOD))
    with pytest.raises(BadCases, match=r"mine\.jsonl:1: Invalid JSON"):
        read(tmp_path / "mine.jsonl", "{not json")
    with pytest.raises(BadCases, match=r"none\.jsonl cannot be read"):
        read_cases([tmp_path / "none.jsonl"], EVIDENCE.passages)


def test_right_outcomes_by_default() -> None:
    assert case().right_outcomes == ("answered",)
    assert case(answerable=False).right_outcomes == HONEST
    assert not {"answered", "error"} & set(HONEST)


def test_whole_subjects_may_be_answered_at_greater_length() -> None:
    assert case().word_limit == 250
    assert case(slice="briefing").word_limit == 350


def test_cases_are_chosen_by_slice_split_and_number() -> None:
    cases = toy_cases()
    assert [one.id for one in choose(cases, ["injection"])] == ["injection-001"]
    assert {one.split for one in choose(cases, split="test")} == {"test"}
    assert [one.id for one in choose(cases, limit=2)] == ["fact-001", "fact-002"]
    for wrong in ({"slices": ["gossip"]}, {"split": "train"}, {"limit": 0}):
        with pytest.raises(BadCases):
            choose(cases, **wrong)


def test_the_checksum_covers_the_questions_and_not_the_expectations() -> None:
    assert digest([case()]) == digest([case(why="another reason", gold=["7"])])
    assert digest([case()]) != digest([case(question="how long is it?")])
    assert digest([case()]) != digest([case(history=["and before?"])])


def test_the_packaged_cases_are_many_and_whole() -> None:
    evidence = load_evidence()
    cases = read_cases(packaged_files(), evidence.passages)
    assert len(cases) >= 400
    assert sum(one.split == "test" for one in cases) >= 150
    assert [one.id for one in cases if not facts_held(one, evidence)] == []
    asked = [(one.question.casefold(), one.history) for one in cases]
    assert len(set(asked)) == len(asked)


def test_the_fields_and_slices_are_documented_beside_the_cases() -> None:
    told = packaged_files()[0].with_name("README.md").read_text(encoding="utf-8")
    assert [name for name in Case.model_fields if f"| `{name}` |" not in told] == []
    assert [name for name in SLICES if name not in told] == []
