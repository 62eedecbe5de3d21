"""Runs with a language model: calls recorded and replayed, shares counted, grades that cannot be read left out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.model.chooser import ModelCall
from evals.answers import Cited, Reply
from evals.cases import Case
from evals.comparisons.model_runs import counted, read_records, recording
from evals.errors import BadRun
from evals.measures.judging import correctness, grade, grounding, summarised
from evals.measures.metrics import Score
from evals.reporting.report import judged_table, model_table

CASE = Case.model_validate({
    "id": "one", "slice": "fact", "split": "dev", "question": "how long?", "gold": ["40"],
    "key_facts": [{"any": ["31 weeks"], "vital": True}],
})  # fmt: skip
REPLY = Reply(
    id="one", outcome="answered", answer="It takes 31 weeks.", citations=(Cited(passage="40", page=18, quote="31 weeks"),)
)


class Judge:
    """A fake that says the same each time and keeps what it was told."""

    name = "judge"
    seconds = 0.0

    def __init__(self, text: str) -> None:
        self.text = text
        self.told: list[str] = []

    def reply(self, instructions: str, message: str, identity: str = "", key: str = "") -> str:
        self.told.append(message)
        return self.text

    def cancel(self, identity: str) -> bool:
        return False


def asked(key: str, chosen: int, ignored: int = 0, fault: str | None = None, prompt: str = "choose") -> ModelCall:
    return ModelCall(key, key, prompt, None if fault else "{}", fault, chosen, ignored)


def test_calls_are_written_down_and_read_again(tmp_path: Path) -> None:
    note = recording(tmp_path / "model.jsonl")
    note(asked("a", 2, 1))
    note(asked("b", 0, fault="The language model took too long."))
    with (tmp_path / "model.jsonl").open("a") as out:
        out.write('{"key": "cut o')
    records = read_records(tmp_path)
    assert [(one["key"], one["chosen"], one["ignored"], one["fallback"], one["fault"]) for one in records] == [
        ("a", 2, 1, False, None), ("b", 0, 0, True, "The language model took too long."),
    ]  # fmt: skip
    assert read_records(tmp_path / "elsewhere") == []
    (tmp_path / "model.jsonl").write_text("no JSON\n")
    with pytest.raises(BadRun):
        read_records(tmp_path)


def test_fallbacks_and_numbers_in_vain_are_counted_of_choices_only(tmp_path: Path) -> None:
    note = recording(tmp_path / "model.jsonl")
    for one in (
        asked("a", 3, 1), asked("b", 1), asked("c", 0, fault="It failed."), asked("d", 0, fault="It failed.", prompt="follow_up"),
    ):  # fmt: skip
        note(one)
    found = counted(read_records(tmp_path))
    assert (found["asked"], found["fallback"]["value"], found["chosen"], found["ignored"]) == (3, 1 / 3, 4, 1)
    assert found["faults"] == {"It failed.": 1}
    assert model_table(found)[1][-1] == ["fault: It failed.", "1", "-"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"grade": "correct"}', 1.0), ('Here: {"grade": "partly"}.', 0.5), ('{"grade": "incorrect"}', 0.0),
        ('{"grade": "great"}', None), ('{"score": 1}', None), ("correct", None), ("", None), ("{}", None),
    ],
)  # fmt: skip
def test_a_grade_that_cannot_be_read_is_none(text: str, value: float | None) -> None:
    assert grade(text).value == value


def test_judges_are_told_the_facts_or_the_quotes() -> None:
    judge = Judge('{"grade": "correct"}')
    assert (correctness(judge, CASE, REPLY), grounding(judge, CASE, REPLY)) == (Score(1.0), Score(1.0))
    assert "- vital: 31 weeks" in judge.told[0] and "- 31 weeks []" in judge.told[1]
    unanswered = REPLY.model_copy(update={"outcome": "not_stated", "citations": ()})
    assert correctness(judge, CASE, unanswered).value is None
    assert grounding(judge, CASE, unanswered).value is None
    assert len(judge.told) == 2


def test_runs_of_a_judge_are_averaged_and_missing_grades_counted() -> None:
    lines = [
        {"id": "a", "correctness": [1.0, 0.5, None], "grounding": [None, None, None]},
        {"id": "b", "correctness": [0.0, 0.5, 1.0], "grounding": [None, None, None]},
    ]
    found = summarised(json.loads(json.dumps(lines)))
    assert found["correctness"]["runs"] == [0.5, 0.5, 1.0]
    assert (found["correctness"]["n"], found["correctness"]["none"]) == (5, 1)
    assert (found["grounding"]["mean"], found["grounding"]["n"], found["grounding"]["none"]) == (None, 0, 6)
    assert judged_table(found)[1][1] == ["grounding", "-", "-", "0", "6"]
