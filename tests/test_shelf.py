"""A shelf of reports, through the command: added, listed, asked by name, removed; what is refused, and what a broken one leaves whole."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from index.vectors.embedding import OnnxEmbedder
from tests.chroma_server import chroma, free_port
from tests.conftest import TOY, Run
from tests.test_command import CHECKER

pytestmark = pytest.mark.server  # Chroma


FOSTER = "There are 40 foster carers. Six of them joined this year."


def other(folder: Path, name: str, *changes: tuple[str, str]) -> Path:
    """A report in the layout of the toy one, with some of its words changed."""
    text = TOY
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    path = folder / f"{name}.md"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def shelf(toy_index: dict[str, str], run: Run, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Settings under which two reports stand on the shelf beside the toy one."""
    folder = tmp_path_factory.mktemp("shelf")
    shutil.copytree(toy_index["FINDINGS_INDEX_DIR"], folder / "index")
    env = {**toy_index, "FINDINGS_INDEX_DIR": str(folder / "index")}
    east = other(
        folder, "east", ("Northshire", "Eastshire"), ("are good", "are inadequate"), ("need help\tGood", "need help\tInadequate"),
        ("Visits take 12 days", "Visits take 31 days"), (FOSTER, "Gardens are green."),
    )  # fmt: skip
    west = other(folder, "west", ("Northshire", "Westshire"), ("May 2019", "June 2019"), (FOSTER, "There are 75 foster carers."))
    for name, path in (("east-2019", east), ("west", west)):
        added = run("shelf", "add", name, path, env=env)
        assert (added.returncode, added.stderr) == (0, ""), added.stderr
        assert added.stdout.startswith(f"Added {name}: ") and "(12 numbered)" in added.stdout
    return env


def listed(run: Run, env: dict[str, str]) -> dict[str, dict]:
    told = run("shelf", "list", "--json", env=env)
    assert (told.returncode, told.stderr) == (0, "")
    return {one["name"]: one for one in map(json.loads, told.stdout.splitlines())}


def copied(shelf: dict[str, str], to: Path) -> dict[str, str]:
    """The same shelf in a folder of its own, to be harmed."""
    shutil.copytree(shelf["FINDINGS_INDEX_DIR"], to / "index")
    return {**shelf, "FINDINGS_INDEX_DIR": str(to / "index")}


# ---- what is on it ---------------------------------------------------------------------------------------------


def test_the_list_tells_what_each_report_is(shelf: dict[str, str], run: Run) -> None:
    found = listed(run, shelf)
    assert list(found) == ["northshire-2019", "east-2019", "west"]
    first, east, west = found.values()
    assert (first["added"], first["overall"], first["authority"]) == (None, "good", "Northshire County Council")
    assert (east["authority"], east["overall"], east["fault"]) == ("Eastshire County Council", "inadequate", None)
    assert (west["inspected"], west["published"], west["passages"]) == (
        ["2019-06-06", "2019-06-10"], "2019-07-01", first["passages"],
    )  # fmt: skip
    assert len(east["added"]) == len("2026-11-30")
    shown = run("shelf", "list", env=shelf).stdout
    assert "northshire-2019 (asked without a name)" in shown and "  overall: inadequate; " in shown


def test_models_take_their_room_once(shelf: dict[str, str]) -> None:
    folder = Path(shelf["FINDINGS_INDEX_DIR"])
    places = list(folder.glob("shelf/reports/*/build-*/model.onnx"))
    assert len(places) == 2
    assert {path.stat().st_ino for path in places} == {next(folder.glob("build-*/model.onnx")).stat().st_ino}
    assert not list(folder.glob("shelf/reports/*/build-*/chroma"))


def test_a_report_of_the_shelf_is_taught_by_name_and_keeps_it_when_it_is_added_again(
    shelf: dict[str, str], run: Run, tmp_path: Path
) -> None:
    env = copied(shelf, tmp_path)
    folder = Path(env["FINDINGS_INDEX_DIR"]) / "shelf" / "reports" / "west"
    source = tmp_path / "west.md"
    shutil.copyfile(folder / "source.md", source)
    line = {"question": "when is cash handed over", "kind": "fact", "right": ["11.1"], "begins": ["Schools receive their money"]}
    (tmp_path / "lines.jsonl").write_text(json.dumps(line), encoding="utf-8")
    said = "Taught by one voice: 1 fact, 0 broad questions, 0 near misses."

    def taught() -> list[str | None]:
        """What the list says of each report's teaching."""
        return [one["taught"] for one in listed(run, env).values()]

    done = run("teach", "west", "--from", tmp_path / "lines.jsonl", env=env)
    assert (done.returncode, done.stdout[: len(said)]) == (0, said), done.stderr
    assert done.stderr == "To ask this report, name it: findings ask --report west\n"
    answers = answered(run, env, line["question"], "--all")["reports"]
    assert {one["report"]["name"] for one in answers if one["report"].get("taught")} == {"west"}
    west = next(one for one in answers if one["report"]["name"] == "west")
    assert core(west) == core(answered(run, env, line["question"], "--report", "west"))
    bank = folder / (folder / "CURRENT").read_text(encoding="utf-8") / "bank.npy"
    bank.write_bytes(b"")  # what is learned is made again from the lines
    assert run("shelf", "update", "west", env=env).stdout == "Indexed anew: west.\n"
    assert taught() == [None, None, said]
    assert run("shelf", "remove", "west", env=env).returncode == 0
    assert run("shelf", "add", "west", source, env=env).returncode == 0
    assert taught() == [None, None, said]
    assert run("teach", "west", "--forget", env=env).stdout == "west is as if nobody had taught it.\n"
    assert "taught" not in answered(run, env, line["question"], "--report", "west")["report"]
    for name, reason in (("nobody", "choose northshire-2019, east-2019 or west"), ("nobody.md", "cannot be read")):
        wrong = run("teach", name, "--list", env=env)
        assert (wrong.returncode, wrong.stdout) == (2, "") and reason in wrong.stderr


# ---- what is refused -------------------------------------------------------------------------------------------


def test_what_cannot_be_added_or_removed_is_said_in_one_sentence(shelf: dict[str, str], run: Run, tmp_path: Path) -> None:
    fresh = other(tmp_path, "fresh", ("Northshire", "Southshire"))
    again = other(tmp_path, "again", ("Northshire", "Eastshire"), ("Plans are reviewed each month.", "Plans are reviewed."))
    (tmp_path / "letter.md").write_text("Dear all,\n\nthank you.\n", encoding="utf-8")
    for arguments, said in (
        (("add", "west", fresh), "There is a report west on the shelf already"),
        (("add", "northshire-2019", fresh), "There is a report northshire-2019 on the shelf already"),
        (("add", "../odd", fresh), "../odd is no name"),
        (("add", "models ", fresh), "is no name"),
        (("add", "twice", shelf["FINDINGS_REPORT"]), "This report is on the shelf already, as northshire-2019."),
        (("add", "twice", again), "This report is on the shelf already, as east-2019."),
        (("add", "letter", tmp_path / "letter.md"), "no recognisable numbered passages"),
        (("add", "nothing", tmp_path / "nothing.pdf"), "cannot be read"),
        (("remove", "northshire-2019"), "stays on the shelf"),
        (("remove", "south"), "choose northshire-2019, east-2019 or west"),
    ):
        found = run("shelf", *arguments, env=shelf)
        assert (found.returncode, found.stdout) == (2, ""), arguments
        assert said in found.stderr and len(found.stderr.splitlines()) == 1, found.stderr
    assert set(listed(run, shelf)) == {"northshire-2019", "east-2019", "west"}
    assert not list(Path(shelf["FINDINGS_INDEX_DIR"]).glob("shelf/reports/.unfinished*"))


# ---- what goes wrong, and what goes away -----------------------------------------------------------------------


def test_a_broken_report_says_so_and_is_mended_and_a_removed_one_is_gone(shelf: dict[str, str], run: Run, tmp_path: Path) -> None:
    env = copied(shelf, tmp_path)
    reports = Path(env["FINDINGS_INDEX_DIR"]) / "shelf" / "reports"
    (damaged,) = reports.glob("east-2019/build-*/sentences.npy")
    damaged.write_bytes(damaged.read_bytes()[:-8])
    found = listed(run, env)
    assert found["east-2019"]["fault"] == (
        "The report east-2019: the index file sentences.npy is damaged: run `findings shelf update east-2019`."
    )
    assert [found[name]["fault"] for name in ("northshire-2019", "west")] == [None, None]
    mended = run("shelf", "update", "east-2019", env=env)
    assert (mended.returncode, mended.stdout, mended.stderr) == (0, "Indexed anew: east-2019.\n", "")
    removed = run("shelf", "remove", "west", env=env)
    assert (removed.returncode, removed.stdout, removed.stderr) == (0, "Removed west.\n", "")
    assert [(name, one["fault"]) for name, one in listed(run, env).items()] == [("northshire-2019", None), ("east-2019", None)]
    assert not (reports / "west").exists()


# ---- asking ----------------------------------------------------------------------------------------------------


def answered(run: Run, env: dict[str, str], *arguments: str, status: int = 0, said: str = "") -> dict:
    """The answer object that the command prints, held against the schema."""
    got = run("ask", *arguments, "--json", env=env)
    assert (got.returncode, got.stderr) == (status, said), got.stderr
    answer = json.loads(got.stdout)
    CHECKER.validate(answer)
    return answer


def core(answer: dict) -> dict:
    """An answer without its seconds and without the name under which its report was asked."""

    def unnamed(one: dict) -> dict:
        return {key: value for key, value in one.items() if key not in ("report", "seconds")}

    return {
        **unnamed(answer), "citations": [unnamed(one) for one in answer["citations"]],
        "nearest": [unnamed(one) for one in answer["nearest"]], "facts": {**answer["report"], "name": None},
    }  # fmt: skip


def test_a_report_answers_by_name_as_it_does_alone(shelf: dict[str, str], run: Run) -> None:
    folder = Path(shelf["FINDINGS_INDEX_DIR"]) / "shelf" / "reports" / "west"
    alone = {**shelf, "FINDINGS_INDEX_DIR": str(folder), "FINDINGS_REPORT": str(folder / "source.md")}
    question = "How many foster carers are there?"
    named = answered(run, shelf, question, "--report", "west")
    assert (named["report"]["name"], [one["report"] for one in named["citations"]]) == ("west", ["west"])
    assert "75 foster carers" in named["answer"]
    assert core(named) == core(answered(run, alone, question))
    unnamed = answered(run, shelf, question)
    assert "name" not in unnamed["report"] and "reports" not in unnamed
    assert core(unnamed) == core(answered(run, shelf, question, "--report", "northshire-2019"))


def test_two_reports_are_set_side_by_side(shelf: dict[str, str], run: Run) -> None:
    both = answered(run, shelf, "How many foster carers are there?", "--report", "west", "--report", "east-2019")
    assert [(one["report"]["name"], one["outcome"]) for one in both["reports"]] == [
        ("west", "answered"),
        ("east-2019", "not_stated"),
    ]
    assert (both["outcome"], both["notes"]) == ("answered", ["partly"])
    assert [(one["column"], one["role"]) for one in both["sections"]] == [("west", "answer"), ("east-2019", "not_stated")]
    assert [(one["report"], one["quote"]) for one in both["citations"]] == [("west", "There are 75 foster carers.")]
    assert both["reports"][0] == answered(run, shelf, "How many foster carers are there?", "--report", "west") | {
        "seconds": both["reports"][0]["seconds"]
    }
    shown = run("ask", "How many foster carers are there?", "--report", "west", "--report", "east-2019", env=shelf).stdout
    first, second = shown.split("\n\n")[:2]
    assert first.splitlines()[0] == "west" and "There are 75 foster carers. [paragraph 4, page 6]" in first
    assert second.splitlines()[0] == "east-2019" and "75" not in second


def test_all_reports_answer_under_their_names_and_are_those_that_answer_alone(shelf: dict[str, str], run: Run) -> None:
    answer = answered(run, shelf, "How long do visits take?", "--all")
    told = {one["report"]["name"]: one for one in answer["reports"]}
    assert set(told) == {"northshire-2019", "east-2019", "west"}
    assert "31 days" in told["east-2019"]["answer"] and "12 days" in told["west"]["answer"]
    for name, one in told.items():
        assert core(one) == core(answered(run, shelf, "How long do visits take?", "--report", name))
        assert f"{name}\n{one['answer']}" in answer["answer"]
    assert {(one["report"], one["paragraph"]) for one in answer["citations"]} == {(name, "3") for name in told}


def test_judgements_of_all_reports_are_one_table_of_citations(shelf: dict[str, str], run: Run) -> None:
    answer = answered(run, shelf, "which of the reports were judged inadequate?", "--all")
    cells = [(one["heading"], one["row"], one["column"], one["citations"]) for one in answer["sections"]]
    assert [len(places) for *_, places in cells] == [1] * len(cells)
    inadequate = [(row, column) for _, row, column, _ in cells[:2]]
    assert inadequate == [("Overall effectiveness", "east-2019"), ("Children who need help", "east-2019")]
    assert cells[0][0] == "Judged inadequate:" and cells[2][0] == "Judgements:"
    assert {column for _, _, column, _ in cells[2:]} == {"northshire-2019", "east-2019", "west"}
    for _, row, column, (place,) in cells:
        cited = answer["citations"][place]
        assert (cited["report"], cited["page"]) == (column, 1) and (
            row in cited["quote"] or cited["context"] or "are" in cited["quote"]
        )
    overall = answered(run, shelf, "what was the overall grade?", "--report", "west", "--report", "east-2019")
    assert [(one["row"], one["column"]) for one in overall["sections"]] == [
        ("Overall effectiveness", name) for name in ("west", "east-2019")
    ]


def test_lines_of_a_batch_name_their_report(shelf: dict[str, str], run: Run, tmp_path: Path) -> None:
    lines = (
        {"id": "a", "question": "How long do visits take?"},
        {"id": "b", "question": "How long do visits take?", "report": "east-2019"},
        {"id": "c", "question": "How many foster carers are there?", "report": "west"},
        {"id": "d", "question": "How long do visits take?", "report": "nobody"},
        {"id": "e", "question": "How long do visits take?", "report": 3},
    )
    (tmp_path / "in.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    ran = run("ask", "--batch", tmp_path / "in.jsonl", "--out", tmp_path / "out.jsonl", env=shelf)
    assert (ran.returncode, ran.stderr) == (1, "2 questions got outcome error: see the reason in their answers.\n")
    found = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    for one in found:
        CHECKER.validate(one)
    assert [(one["id"], [cited["report"] for cited in one["citations"]]) for one in found] == [
        ("a", ["northshire-2019"]), ("b", ["east-2019"]), ("c", ["west"]), ("d", []), ("e", []),
    ]  # fmt: skip
    assert "31 days" in found[1]["answer"] and "75" in found[2]["answer"] and "no report nobody" in found[3]["answer"]
    (tmp_path / "in.jsonl").write_text(json.dumps(lines[0]), encoding="utf-8")
    ran = run("ask", "--batch", tmp_path / "in.jsonl", "--out", tmp_path / "out.jsonl", "--all", env=shelf)
    assert (ran.returncode, ran.stderr) == (0, "")
    (several,) = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert (several["id"], len(several["reports"])) == ("a", 3)


def test_a_report_takes_the_place_of_another_only_when_that_is_said(shelf: dict[str, str], run: Run, tmp_path: Path) -> None:
    env = copied(shelf, tmp_path)
    north = other(tmp_path, "north", ("Northshire", "Norfshire"), ("Visits take 12 days", "Visits take 44 days"))
    taken = run("shelf", "add", "west", north, env=env)
    said = "There is a report west on the shelf already: choose another name, or remove that one first.\n"
    assert (taken.returncode, taken.stderr) == (2, said)
    first = run("shelf", "add", "northshire-2019", north, "--replace", env=env)
    said = "The report northshire-2019 cannot be replaced: it is the one that is asked without a name.\n"
    assert (first.returncode, first.stderr) == (2, said)
    east = other(tmp_path, "east", ("Northshire", "Eastshire"))
    there = run("shelf", "add", "west", east, "--replace", env=env)
    assert (there.returncode, there.stderr) == (2, "This report is on the shelf already, as east-2019.\n")
    done = run("shelf", "add", "west", north, "--replace", env=env)
    assert (done.returncode, done.stderr) == (0, "")
    assert "44 days" in answered(run, env, "How long do visits take?", "--report", "west")["answer"]
    assert (list(listed(run, env)), listed(run, env)["west"]["authority"]) == (
        list(listed(run, shelf)),
        "Norfshire County Council",
    )
    assert run("shelf", "add", "west", north, "--replace", env=env).returncode == 0  # the same once more
    assert list(Path(env["FINDINGS_INDEX_DIR"]).glob("shelf/reports/.unfinished-*")) == []


def test_wrong_usage_is_said(shelf: dict[str, str], run: Run) -> None:
    for arguments, said in (
        (
            ("--report", "nobody", "paragraph 3"),
            "There is no report nobody on the shelf: choose northshire-2019, east-2019 or west.\n",
        ),
        (
            ("--report", "west", "--report", "nobody", "paragraph 3"),
            "There is no report nobody on the shelf: choose northshire-2019, east-2019 or west.\n",
        ),
        (("--report", "west", "--all", "paragraph 3"), "Ask reports by name (--report NAME) or all of them (--all).\n"),
    ):
        got = run("ask", *arguments, env=shelf)
        assert (got.returncode, got.stdout, got.stderr) == (2, "", said)


def test_a_broken_report_says_so_and_the_others_answer(shelf: dict[str, str], run: Run, tmp_path: Path) -> None:
    env = copied(shelf, tmp_path)
    (damaged,) = Path(env["FINDINGS_INDEX_DIR"]).glob("shelf/reports/west/build-*/report.json")
    damaged.write_text("{}", encoding="utf-8")
    said = "The report west: the index file report.json is damaged: run `findings shelf update west`."
    answer = answered(run, env, "How long do visits take?", "--all", status=1, said=f"{said}\n")
    assert {one["report"]["name"]: one["outcome"] for one in answer["reports"]} == {
        "northshire-2019": "answered", "east-2019": "answered", "west": "error",
    }  # fmt: skip
    assert said in answer["answer"]
    assert answered(run, env, "paragraph 3", "--report", "west", status=3, said=f"{said}\n")["outcome"] == "error"
    table = answered(run, env, "which of the reports were judged inadequate?", "--all", status=1, said=f"{said}\n")
    assert [one["outcome"] for one in table["reports"]] == ["answered", "answered", "error"]
    assert answered(run, env, "paragraph 3")["outcome"] == "answered"


# ---- Chroma ----------------------------------------------------------------------------------------------------


def builds_of(env: dict[str, str]) -> dict[str, Path]:
    base = Path(env["FINDINGS_INDEX_DIR"])
    return {"northshire-2019": next(base.glob("build-*"))} | {
        path.parent.name: path for path in base.glob("shelf/reports/*/build-*")
    }


def sentences(env: dict[str, str]) -> dict[str, int]:
    """How many sentences each report has."""
    return {name: len(np.load(build / "sentences.npy")) for name, build in builds_of(env).items()}


def nearest_first(env: dict[str, str], question: str) -> list[str]:
    """The names of the reports by their nearest sentence, every one looked at."""
    builds = builds_of(env)
    vector = OnnxEmbedder(builds["west"]).embed([question])[0]
    best = {name: float((np.load(build / "sentences.npy") @ vector).max()) for name, build in builds.items()}
    return sorted(best, key=lambda name: (round(1 - best[name], 5), name))


def test_chroma_finds_the_reports_embedded_and_on_a_server_that_is_killed_and_returns(
    shelf: dict[str, str], run: Run, tmp_path: Path
) -> None:
    question = "There are 75 foster carers"
    embedded = answered(run, shelf, question, "--all")
    names = [one["report"]["name"] for one in embedded["reports"]]
    assert names == nearest_first(shelf, question)
    port = free_port()
    env = copied(shelf, tmp_path) | {"FINDINGS_CHROMA": f"http://127.0.0.1:{port}"}
    shutil.rmtree(tmp_path / "index" / "shelf" / "chroma")

    def timeless(answer: dict) -> dict:
        return {**answer, "seconds": 0, "reports": [{**one, "seconds": 0} for one in answer["reports"]]}

    with chroma(tmp_path / "chroma", port):
        assert timeless(answered(run, env, question, "--all")) == timeless(embedded)
        assert not (tmp_path / "index" / "shelf" / "chroma").exists()
        identity = (tmp_path / "index" / "shelf" / "identity").read_text(encoding="utf-8")
        assert counted(port, f"shelf-{identity}-sentences") == sentences(env)
    away = run("ask", question, "--all", "--json", env=env)  # killed: every report is asked, and it is said
    assert away.returncode == 0 and away.stderr.startswith(f"Warning: The Chroma server http://127.0.0.1:{port} cannot be used")
    kept = {one["report"]["name"]: core(one) for one in json.loads(away.stdout)["reports"]}
    assert kept == {one["report"]["name"]: core(one) for one in embedded["reports"]}
    with chroma(tmp_path / "chroma", port):
        assert timeless(answered(run, env, question, "--all")) == timeless(embedded)
        removed = run("shelf", "remove", "east-2019", env=env)
        assert (removed.returncode, removed.stderr) == (0, "")
        assert counted(port, f"shelf-{identity}-sentences") == sentences(env) and len(sentences(env)) == 2


def test_of_a_large_shelf_the_ten_nearest_reports_are_asked(shelf: dict[str, str], run: Run, tmp_path: Path) -> None:
    env = copied(shelf, tmp_path)
    reports = Path(env["FINDINGS_INDEX_DIR"]) / "shelf" / "reports"
    for number in range(10):
        shutil.copytree(reports / "east-2019", reports / f"copy-{number}")
    answer = answered(run, env, "How long do visits take?", "--all")
    expected = nearest_first(env, "How long do visits take?")
    assert len(expected) == 13
    assert [one["report"]["name"] for one in answer["reports"]] == expected[:10]
    assert answer["answer"].endswith(answer["sections"][-1]["text"]) and "3 more reports are on the shelf" in answer["answer"]
    table = answered(run, env, "which of the reports were judged inadequate?", "--all")
    assert len(table["reports"]) == 13
    address = f"http://127.0.0.1:{free_port()}"
    away = run("ask", "How long do visits take?", "--all", env=env | {"FINDINGS_CHROMA": address})
    assert (away.returncode, away.stdout) == (3, "") and away.stderr.startswith(f"The Chroma server {address} cannot be used")


def counted(port: int, name: str) -> dict[str, int]:
    """How many sentences of each report a collection on the server holds."""
    from chromadb import HttpClient
    from chromadb.config import Settings

    client = HttpClient("127.0.0.1", port, settings=Settings(anonymized_telemetry=False))
    try:
        held = client.get_collection(name, embedding_function=None).get(include=["metadatas"])["metadatas"]
    finally:
        client.close()
    return dict(Counter(str(one["report"]) for one in held or []))
