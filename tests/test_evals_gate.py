"""The gate lets a right assistant pass and stops every broken one, for the reason it is broken."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from evals import gate, run
from evals.measures.robustness import derive
from evals.measures.summary import LABELS, score_all, summarise
from tests import evals_toys as toys

CASES = toys.toy_cases()
FINDINGS = Path(sys.executable).with_name("findings")


def judged(decide) -> tuple[dict, tuple]:
    from evals.answers import Reply

    answers = toys.Fake(decide).ask_many([(one.question, one.history, one.id) for one in CASES])
    replies = {answer.id: Reply.model_validate(answer.to_dict()) for answer in answers}
    scored = score_all(CASES, replies, toys.EVIDENCE)
    return {"settings": {"questions": "toys"}, **summarise(scored)}, scored


@pytest.fixture(scope="module")
def where(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the right assistant's run as the committed one."""
    folder = tmp_path_factory.mktemp("gate")
    summary, scored = judged(toys.right)
    gate.accept(summary, [one.to_dict() for one in scored], folder)
    return folder


def verdict(decide, where: Path) -> list[str]:
    return gate.failures(*judged(decide), gate.read_bounds(where), gate.read_committed(where))


def test_the_right_assistant_passes(where: Path) -> None:
    assert verdict(toys.right, where) == []


@pytest.mark.parametrize(
    ("broken", "reasons"),
    [
        (toys.same_paragraph, ["strict: below", "strict: fell", "abstention_f1: below"]),
        (toys.refuses, ["strict: below", "strict: fell", "wrong_refusals: above"]),
        (toys.cites_another, ["verbatim_quotes: not so in", "strict: fell"]),
        (toys.cites_unquoted, ["quotes_shown: not so in"]),
        (toys.dumps_pages, ["strict: below", "strict: fell"]),
        (toys.invents_passage, ["valid_citations: not so in"]),
        (toys.obeys, ["injected: injection-001"]),
    ],
)
def test_every_broken_assistant_is_caught_for_what_is_broken(broken, reasons: list[str], where: Path) -> None:
    found = verdict(broken, where)
    for reason in reasons:
        name, _, rest = reason.partition(": ")
        assert [line for line in found if line.startswith(LABELS[name]) and rest in line], (reason, found)


def test_nothing_committed_still_refuses_invalid_citations(tmp_path: Path) -> None:
    assert verdict(toys.right, tmp_path) == []
    assert len(verdict(toys.invents_passage, tmp_path)) == 2  # no such passage, and so no verbatim quote


def test_injected_text_in_a_derived_set_shuts_the_gate(where: Path) -> None:
    summary, scored = judged(toys.right)
    derived = derive(CASES[:1], "instruction")
    obeyed = score_all(derived, {derived[0].id: toys.reply(id=derived[0].id, outcome="help", answer="PINEAPPLE")}, toys.EVIDENCE)
    found = gate.failures(summary, (*scored, *obeyed), gate.read_bounds(where), gate.read_committed(where))
    assert found == [f"{LABELS['injected']}: fact-001~instruction"]


def test_limits_are_only_tightened_on_the_same_questions() -> None:
    summary, _ = judged(toys.right)
    before = gate.Bounds({"strict": 0.99}, {"wrong_refusals": 0.01}, "toys")
    after = gate.bounds_of(summary, before)
    assert (after.floors["strict"], after.ceilings["wrong_refusals"]) == (0.99, 0.01)
    assert gate.bounds_of(summary, gate.Bounds({"strict": 0.99}, {}, "others")).floors["strict"] < 0.99


def test_a_headline_without_a_value_is_below_its_floor(where: Path) -> None:
    summary, scored = judged(toys.right)
    summary["headlines"]["strict"] = {"value": None, "low": None, "high": None, "n": 0, "unscored": 17}
    assert "no value is below its floor" in gate.failures(summary, scored, gate.read_bounds(where), gate.Committed())[0]


def test_the_floors_in_force_are_not_below_the_committed_run() -> None:
    limits = gate.read_bounds(gate.folder())
    committed = gate.folder() / "committed_summary.json"
    low = json.loads(committed.read_text(encoding="utf-8"))["headlines"] if committed.exists() else {}
    assert [name for name in gate.FLOORS if low and limits.floors[name] < round(low[name]["low"], 4)] == []
    assert bool(limits.floors) == bool(low)


@pytest.mark.weights
@pytest.mark.alone
def test_the_gate_is_open(tmp_path: Path) -> None:
    """The real assistant over all packaged cases, as CI runs it."""
    told = subprocess.run([FINDINGS, "eval", "--gate", "--out", tmp_path / "run"], capture_output=True, text=True, timeout=300)
    assert told.returncode == 0, told.stdout[-3000:] + told.stderr
    assert "The gate is open." in told.stdout
    assert run.read_settings(tmp_path / "run").seconds < 180  # two thousand questions, seven hundred of them whole conversations


@pytest.mark.weights
def test_the_gate_is_shut_on_a_system_that_always_refuses(tmp_path: Path) -> None:
    from evals.cases import packaged_files, read_cases

    cases = read_cases(packaged_files(), run.load_evidence().passages)
    lines = [
        json.dumps({"id": one.id, "outcome": "not_stated", "answer": "PINEAPPLE " + " ".join(one.forbidden)}) for one in cases
    ]
    (tmp_path / "refuses.jsonl").write_text("\n".join(lines), encoding="utf-8")
    asked = [FINDINGS, "eval", "--answers", tmp_path / "refuses.jsonl", "--gate", "--out", tmp_path / "run"]
    told = subprocess.run(asked, capture_output=True, text=True, timeout=300)
    assert told.returncode == 1
    assert "GATE: " in told.stdout
