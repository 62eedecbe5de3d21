"""A shelf of reports, through the command: added, listed, asked by name, removed; what is refused, and what a broken one leaves whole."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.conftest import TOY, Run

pytestmark = pytest.mark.server  # Chroma


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
        ("Visits take 12 days", "Visits take 31 days"), ("There are 40 foster carers. Six of them joined this year.", "Gardens are green."),
    )  # fmt: skip
    west = other(
        folder, "west", ("Northshire", "Westshire"), ("May 2019", "June 2019"), ("There are 40 foster", "There are 75 foster")
    )
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
