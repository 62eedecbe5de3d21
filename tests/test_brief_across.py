"""Briefings of several reports on one topic, through the command: every line says its report, paragraph and page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.test_shelf import shelf  # noqa: F401 (a fixture)

pytestmark = [pytest.mark.server]  # Chroma


def test_a_topic_is_told_of_each_report_under_its_name(shelf: dict[str, str], run: Run, tmp_path: Path) -> None:  # noqa: F811
    made = run("brief", "foster carers", "--report", "west", "--report", "northshire-2019", env=shelf)
    assert (made.returncode, made.stderr) == (0, "")
    assert re.findall(r"^## (.+)", made.stdout, re.MULTILINE) == ["west", "northshire-2019"]
    west, north = made.stdout.split("## northshire-2019")
    assert "There are 75 foster carers. **[paragraph 4, page 6 of west]**" in west and "Westshire" in west
    assert "There are 40 foster carers." in north and "of northshire-2019]" in north
    lines = [line for line in made.stdout.splitlines() if re.match(r" *- (?!There was)", line) and "[" in line]
    assert lines and all(re.search(r"page \d+ of (west|northshire-2019)\]", line) for line in lines)
    one = run("brief", "foster carers", "--report", "west", env=shelf)
    assert one.returncode == 0 and "There are 75 foster carers." in one.stdout and "## west" not in one.stdout


def test_all_reports_as_a_word_file(shelf: dict[str, str], run: Run, tmp_path: Path) -> None:  # noqa: F811
    from docx import Document

    made = run("brief", "foster carers", "--all", "--out", tmp_path / "all.docx", env=shelf)
    assert made.returncode == 0, made.stderr
    paragraphs = Document(str(tmp_path / "all.docx")).paragraphs
    headings = [one.text for one in paragraphs if one.style.name == "Heading 1"]
    assert set(headings) == {"northshire-2019", "east-2019", "west"}
    assert any("[paragraph 4, page 6 of west]" in one.text for one in paragraphs)


def test_what_cannot_be_briefed_on_is_said(shelf: dict[str, str], run: Run) -> None:  # noqa: F811
    absent = run("brief", "foster carers", "--report", "nobody", env=shelf)
    assert absent.returncode == 2
    assert absent.stderr == "There is no report nobody on the shelf: choose northshire-2019, east-2019 or west.\n"
    both = run("brief", "foster carers", "--report", "west", "--all", env=shelf)
    assert (both.returncode, both.stderr) == (2, "Brief on reports by name (--report NAME) or on all of them (--all).\n")
