"""Runs: asked, stopped and resumed, rescored, made of answers from elsewhere, compared. With a toy report and fakes."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from evals import run
from evals.cases import write_cases
from evals.errors import BadAnswers, BadRun
from evals.measures.robustness import derive
from evals.measures.summary import comparison, robustness, score_all, summarise
from tests.evals_toys import EVIDENCE, Fake, case, cites_another, dumps_pages, refuses, reply, right, same_paragraph, toy_cases

CASES = toy_cases()


def no_progress(what: str, share: float) -> None:
    pass


def made(folder: Path, fake: Fake, cases=CASES) -> dict:
    run.begin(folder, cases, run.settings_of(cases, EVIDENCE))
    run.ask_all(fake, cases, folder / run.ANSWERS, no_progress)
    return run.score_run(folder, cases, EVIDENCE)[0]


class Stops:
    """An assistant that stops in the middle of its fourth answer."""

    def ask_many(self, questions):
        for at, answer in enumerate(Fake(right).ask_many(questions)):
            if at == 3:
                raise KeyboardInterrupt
            yield answer


class Counts:
    """Counts what it is asked."""

    asked = 0

    def ask_many(self, questions):
        for answer in Fake(right).ask_many(questions):
            self.asked += 1
            yield answer


def test_a_run_leaves_everything_in_its_folder(tmp_path: Path) -> None:
    summary = made(tmp_path / "run", Fake(right))
    assert {path.name for path in (tmp_path / "run").iterdir()} == {
        "settings.json", "cases.jsonl", "answers.jsonl", "scores.jsonl", "summary.json", "summary.md", "report.html",
    }  # fmt: skip
    assert summary["headlines"]["strict"]["value"] == 1.0
    assert summary["confusion"] == {
        "answered": {"answered": 8},
        "not_stated": {"not_stated": 8},
        "out_of_scope": {"out_of_scope": 1},
    }
    assert summary["settings"]["n"] == len(CASES)
    assert str(tmp_path) not in "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "run").iterdir())


def test_a_run_is_not_written_over_another(tmp_path: Path) -> None:
    made(tmp_path / "run", Fake(right))
    with pytest.raises(BadRun, match="is a run already"):
        made(tmp_path / "run", Fake(right))


def test_a_stopped_run_goes_on_where_it_stopped(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    run.begin(folder, CASES, run.settings_of(CASES, EVIDENCE))
    with pytest.raises(KeyboardInterrupt):
        run.ask_all(Stops(), CASES, folder / run.ANSWERS, no_progress)
    with (folder / run.ANSWERS).open("a") as file:
        file.write('{"id": "fact-004", "outc')  # a line that was being written
    rest = Counts()
    run.ask_all(rest, CASES, folder / run.ANSWERS, no_progress)
    assert rest.asked == len(CASES) - 3
    assert run.score_run(folder, CASES, EVIDENCE)[0]["headlines"]["strict"]["value"] == 1.0


def test_rescoring_asks_nothing_and_takes_todays_expectations(tmp_path: Path) -> None:
    made(tmp_path / "run", Fake(right))
    stricter = [one.model_copy(update={"forbidden": ("lessons",)}) if one.id == "fact-001" else one for one in CASES]
    reworded = [
        one.model_copy(update={"question": "other", "forbidden": ("weeks",)}) if one.id == "fact-002" else one for one in stricter
    ]
    cases = run.renewed(run.recorded_cases(tmp_path / "run", EVIDENCE), reworded)
    summary, _ = run.score_run(tmp_path / "run", cases, EVIDENCE)
    assert summary["misses"] == ["fact-001"]


def test_a_run_about_another_report_is_not_rescored(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    made(folder, Fake(right))
    settings = json.loads((folder / "settings.json").read_text())
    (folder / "settings.json").write_text(json.dumps(settings | {"report_sha256": "another"}))
    with pytest.raises(BadRun, match="another report"):
        run.score_run(folder, CASES, EVIDENCE)
    with pytest.raises(BadRun, match="is not a run"):
        run.read_settings(tmp_path)
    with pytest.raises(BadRun, match="rescore it first"):
        run.read_scores(tmp_path)


def test_answers_from_elsewhere_are_matched_by_id_and_what_lacks_is_an_error(tmp_path: Path) -> None:
    made(tmp_path / "ours", Fake(right))
    lines = (tmp_path / "ours" / "answers.jsonl").read_text().splitlines()
    (tmp_path / "theirs.jsonl").write_text("\n".join(lines[:5]))
    run.take_answers(tmp_path / "theirs.jsonl", tmp_path / "run", CASES, run.settings_of(CASES, EVIDENCE, "theirs"))
    summary, scored = run.score_run(tmp_path / "run", CASES, EVIDENCE)
    assert summary["headlines"]["strict"]["value"] == pytest.approx(5 / len(CASES))
    assert scored[-1].reply.outcome == "error"


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ('{"id": "fact-001"}', r"theirs\.jsonl:1: outcome: Field required"),
        ('{"id": "fact-001", "outcome": "sure", "answer": ""}', r"theirs\.jsonl:1: outcome"),
        ("not json", r"theirs\.jsonl:1: Invalid JSON"),
        ('{"id": "zzz", "outcome": "help", "answer": ""}', "answers none of these cases"),
        ('{"id": "a", "outcome": "help", "answer": ""}\n' * 2, r"theirs\.jsonl:2: the id a is answered twice"),
    ],
)
def test_a_file_of_answers_is_checked(tmp_path: Path, lines: str, told: str) -> None:
    (tmp_path / "theirs.jsonl").write_text(lines)
    with pytest.raises(BadAnswers, match=told):
        run.take_answers(tmp_path / "theirs.jsonl", tmp_path / "run", CASES, run.settings_of(CASES, EVIDENCE))
    assert not (tmp_path / "run").exists()


def test_two_runs_are_compared_with_the_questions_gained_and_lost_by_name(tmp_path: Path) -> None:
    made(tmp_path / "a", Fake(right))
    made(tmp_path / "b", Fake(refuses))
    compared = comparison(run.read_scores(tmp_path / "a"), run.read_scores(tmp_path / "b"))
    assert compared["strict"]["lost"] == (*(f"fact-{n:03d}" for n in range(1, 9)), "injection-001")
    assert compared["strict"]["gained"] == ()
    assert compared["strict"]["p"] < 0.05


def test_numbers_of_assistants_that_are_known(tmp_path: Path) -> None:
    told = {name: made(tmp_path / name, Fake(fake))["headlines"] for name, fake in
            {"refuses": refuses, "same": same_paragraph, "another": cites_another, "dumps": dumps_pages}.items()}  # fmt: skip
    value = {name: {key: found["value"] for key, found in headlines.items()} for name, headlines in told.items()}
    assert value["refuses"]["wrong_refusals"] == value["refuses"]["abstention_recall"] == 1.0
    assert value["refuses"]["abstention_f1"] == pytest.approx(18 / 26)
    assert value["refuses"]["truthfulness"] == pytest.approx(8 / 17)
    assert value["same"]["abstention_f1"] == 0.0
    assert value["same"]["truthfulness"] == pytest.approx((1 - 16) / 17)
    assert value["another"]["verbatim_quotes"] == 0.0
    assert value["another"]["citation_precision_strict"] == 0.0
    assert value["dumps"]["key_fact_recall"] == 1.0
    assert value["dumps"]["truthfulness"] == pytest.approx((9 - 8) / 17)


def test_a_run_of_nothing_has_no_numbers_and_does_not_divide() -> None:
    summary = summarise(())
    assert summary["headlines"]["strict"] == {"value": None, "low": None, "high": None, "n": 0, "unscored": 0}
    assert summary["risk_coverage"] == {"points": [], "area": None}
    assert summary["latency"] == {"n": 0, "median": None, "p95": None}


def test_a_robustness_set_is_paired_with_the_originals() -> None:
    cases = [case(id=f"fact-{n}", question="How long is Chess taught?") for n in range(4)]
    original = score_all(cases, {one.id: reply(id=one.id, answer="x", citations=[]) for one in cases}, EVIDENCE)
    derived = derive(cases, "lower")
    spoilt = score_all(derived, {}, EVIDENCE)
    found = robustness(original, spoilt)
    assert (found["n"], found["original"], found["drop"], found["consistency"]["value"], found["injected"]) == (
        4,
        0.0,
        0.0,
        0.0,
        [],
    )
    assert robustness(original, ())["consistency"]["value"] is None


def test_side_runs_are_asked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FINDINGS_INDEX_DIR", str(tmp_path))
    asked = Counts()
    for name in ("a", "b"):
        run.cached(lambda: asked, CASES, tmp_path / name / "x.jsonl", "key", no_progress)
    assert asked.asked == len(CASES)
    assert (tmp_path / "a" / "x.jsonl").read_bytes() == (tmp_path / "b" / "x.jsonl").read_bytes()


def test_cases_are_recorded_as_they_were_asked(tmp_path: Path) -> None:
    made(tmp_path / "run", Fake(right))
    write_cases(tmp_path / "again.jsonl", CASES)
    assert (tmp_path / "run" / "cases.jsonl").read_bytes() == (tmp_path / "again.jsonl").read_bytes()


def test_what_measures_has_no_retrieval_of_its_own() -> None:
    """One engine: what asks and scores knows the Assistant and the report, and neither vectors nor search nor a door."""
    rooms = [Path(run.__file__).parent / room for room in (".", "measures", "reporting")]
    for path in (path for room in rooms for path in sorted(room.glob("*.py")) if path.stem not in ("audit", "links")):
        name, tree = path.stem, ast.parse(path.read_text(encoding="utf-8"))
        imported = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        assert not imported & {"index.search", "index.vectors.embedding", "index.vectors.chroma"}, name
        assert not {module for module in imported if module.split(".")[0] in ("ui", "tests")}, name
