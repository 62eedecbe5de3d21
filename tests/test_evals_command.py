"""`findings eval` as people and CI run it, in the tests' own process; test_evals_gate runs it in one of its own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from tests.conftest import Run
from ui.cli import app


def findings(*words: object, status: int = 0) -> Result:
    told = CliRunner().invoke(app, ["eval", *map(str, words)], catch_exceptions=False)
    assert told.exit_code == status, told.stdout[-2000:] + told.stderr
    return told


def lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.weights
def test_a_part_is_asked_resumed_rescored_and_compared(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    told = findings("--only", "figure", "--split", "dev", "--limit", 6, "--out", first)
    assert "Right in every respect (strict)" in told.stdout and "report.html" in told.stdout
    assert told.stderr == ""  # no bar in a pipe
    assert [one["slice"] for one in lines(first / "scores.jsonl")] == ["figure"] * 6

    answers = (first / "answers.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    (first / "answers.jsonl").write_text("".join(answers[:2]), encoding="utf-8")
    findings("--resume", first)
    assert [one["id"] for one in lines(first / "answers.jsonl")] == [json.loads(line)["id"] for line in answers]

    before = (first / "summary.json").read_bytes()
    findings("--rescore", first)
    assert (first / "summary.json").read_bytes() == before

    findings("--answers", first / "answers.jsonl", "--only", "figure", "--split", "dev", "--limit", 6, "--out", second)
    assert "can be rescored, but not resumed" in findings("--resume", second, status=2).stderr
    compared = findings("--compare", first, second).stdout
    assert "Gained (strict): none" in compared and "Lost (strict): none" in compared


@pytest.mark.weights
def test_baselines_and_robustness_stand_beside(tmp_path: Path) -> None:
    told = findings("--only", "date", "--limit", 3, "--baselines", "--robustness", "--out", tmp_path / "run").stdout
    assert "Tutorial pipeline" in told and "BM25 alone" in told and "typos" in told
    summary = json.loads((tmp_path / "run" / "summary.json").read_text(encoding="utf-8"))
    assert set(summary["baselines"]) == {"tutorial", "tutorial_1", "bm25", "dense"}
    assert set(summary["robustness"]) == {"typos", "lower", "filler", "abbreviations", "instruction"}


@pytest.mark.weights
def test_other_cases_and_a_model_are_recorded(tmp_path: Path) -> None:
    record = {"id": "mine-1", "slice": "fact", "split": "dev", "question": "how long do court cases take?", "gold": ["40"]}
    (tmp_path / "mine.jsonl").write_text(json.dumps(record), encoding="utf-8")
    findings("--cases", tmp_path / "mine.jsonl", "--model", "ollama:tiny", "--out", tmp_path / "run")
    settings = json.loads((tmp_path / "run" / "settings.json").read_text(encoding="utf-8"))
    assert (settings["n"], settings["model"]) == (1, "ollama:tiny")


@pytest.mark.weights
def test_the_cases_are_audited() -> None:
    told = findings("--audit").stdout
    assert "Dense baseline's hit@5 on fact cases" in told
    assert "Cases with a key fact that their passages do not hold: none" in told


@pytest.mark.weights
def test_briefings_are_measured_and_only_dev_topics_are_told_apart(tmp_path: Path) -> None:
    topics = [
        {"topic": "asylum seekers", "split": "dev", "gold": ["p7.16"], "key_facts": [["19 children"], ["no such words"]]},
        {"topic": "police", "split": "test", "gold": ["20"], "acceptable": ["4"], "key_facts": [["kept in police custody"]]},
        {"topic": "pothole repairs", "split": "test", "covered": False},
    ]
    (tmp_path / "topics.jsonl").write_text("\n".join(map(json.dumps, topics)), encoding="utf-8")
    told = findings("--briefings", "--cases", tmp_path / "topics.jsonl").stdout
    dev, test = told.split("briefings, test, full")
    assert "key facts                       0.50  0.50 to 0.50  (n=1)" in dev and "lacks “no such words”" in dev
    assert "citation precision              1.00" in dev and "key facts                       1.00" in test
    assert "uncovered topics declined       1.00" in test and "police" not in test
    assert "briefings, dev" not in findings("--briefings", "--cases", tmp_path / "topics.jsonl", "--split", "test").stdout


@pytest.mark.weights
def test_briefings_reach_what_is_aimed_at() -> None:
    told = findings("--briefings", "--split", "test").stdout.split("briefings, test, page")[0]
    value = {name: float(told.split(f"  {name}  ")[1].split()[0]) for name in ("key facts", "citation precision")}
    assert value["key facts"] >= 0.90 and value["citation precision"] >= 0.90


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--briefings", "--only", "theme"], "Briefings are measured topic by topic"),
        (["--briefings", "--gate"], "The gate judges the whole suite"),
        (["--briefings", "--cases", "none.jsonl"], "none.jsonl cannot be read"),
        (["--only", "gossip"], "There is no slice gossip"),
        (["--split", "train"], "There is no split train"),
        (["--limit", "0"], "The limit is at least 1"),
        (["--cases", "none.jsonl"], "none.jsonl cannot be read"),
        (["--rescore", "none"], "none is not a run"),
        (["--compare", "none", "none"], "none has no scores.jsonl"),
        (["--gate", "--limit", "5"], "The gate judges the whole suite"),
        (["--rescore", "a", "--resume", "b"], "Choose one of --resume and --rescore"),
        (["--answers", "none.jsonl"], "none.jsonl cannot be read"),
    ],
)
def test_wrong_usage_is_one_line_and_status_2(words: list[str], told: str) -> None:
    found = findings(*words, status=2)
    assert told in found.stderr and len(found.stderr.splitlines()) == 1
    assert "Traceback" not in found.stderr


def test_without_an_index_there_is_no_run(tmp_path: Path, run: Run) -> None:
    told = run("eval", "--out", tmp_path / "run", env={"FINDINGS_INDEX_DIR": str(tmp_path / "empty")})
    assert told.returncode == 3 and "findings index" in told.stderr
    assert not (tmp_path / "run").exists()
