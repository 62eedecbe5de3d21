"""The page of a run: complete, escaped, self-contained, and filterable in a browser."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from evals import run
from evals.measures.summary import score_all
from evals.reporting.page import kinds
from evals.reporting.report import columns, markdown, number
from tests.evals_toys import EVIDENCE, Fake, case, cited, reply, same_paragraph, toy_cases

HOSTILE = "<script>alert('x')</script> & $title \"quoted\""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report") / "run"
    cases = [*toy_cases(), case(id="fact-099", question=HOSTILE, key_facts=[{"any": ["99 weeks"]}])]
    run.begin(folder, cases, run.settings_of(cases, EVIDENCE))
    run.ask_all(Fake(same_paragraph), cases, folder / run.ANSWERS, lambda what, share: None)
    run.score_run(folder, cases, EVIDENCE)
    return folder / "report.html"


def test_the_page_holds_every_miss_and_nothing_foreign_unescaped(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert text.count("<li data-slice=") == 17
    assert "<script>alert" not in text and "&lt;script&gt;alert" in text
    assert "$" not in re.sub(r"\$title &quot;", "", text).replace(HOSTILE, "")


def test_the_page_needs_no_other_file(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    namespaces = re.findall(r'xmlns(?::\w+)?="[^"]+"', text)
    for namespace in set(namespaces):
        text = text.replace(namespace, "")
    assert re.findall(r"https?://|<link|<img|src=", text) == []


def test_ids_on_the_page_are_unique(page: Path) -> None:
    ids = re.findall(r'\bid="([^"]+)"', page.read_text(encoding="utf-8"))
    assert len(ids) == len(set(ids))


def test_the_markdown_summary_has_every_headline(page: Path) -> None:
    text = page.with_name("summary.md").read_text(encoding="utf-8")
    assert "| Right in every respect (strict) |" in text
    assert "Area under the risk-coverage curve" in text


def test_what_is_wrong_with_a_miss_is_told_in_the_words_of_the_filter() -> None:
    wrong = reply(cited("7"), answer="8 weeks " * 200)
    (one,) = score_all([case(key_facts=[{"any": ["9 weeks"]}])], {"fact-001": wrong}, EVIDENCE)
    assert kinds(one) == ["vital fact missing", "no gold passage cited", "most citations beside the point", "too long"]


def test_tables_as_text() -> None:
    table = (["a", "b"], [["long", "1"], ["x|y", "10"]])
    assert columns(table) == ["a      b", "long   1", "x|y   10"]
    assert markdown(table).splitlines()[-1] == "| x\\|y | 10 |"
    assert (number(None), number(0.5), number(70.23, "words")) == ("-", "0.500", "70.2")


@pytest.mark.browser
def test_the_misses_are_filtered_in_the_browser(page: Path, browser: Any) -> None:
    from playwright.sync_api import expect

    tab = browser.new_page(viewport={"width": 390, "height": 800})
    faults: list[str] = []
    tab.on("pageerror", lambda fault: faults.append(str(fault)))
    tab.on("console", lambda message: faults.append(message.text))
    tab.goto(page.as_uri())
    count, shown = tab.locator("#count"), tab.locator("ul.misses > li:visible")
    expect(count).to_have_text("17 misses")
    tab.get_by_role("combobox", name="Slice").select_option("injection")
    expect(count).to_have_text("1 of 17 misses")
    expect(shown).to_have_count(1)
    tab.get_by_role("button", name="Show all").click()
    expect(count).to_have_text("17 misses")
    tab.get_by_label("Words in question").fill("chess vital")
    expect(shown).to_have_count(1)
    tab.get_by_role("combobox", name="Split").select_option("test")
    expect(count).to_have_text("0 of 17 misses")
    tab.get_by_role("button", name="Show all").click()
    tab.get_by_role("combobox", name="What is wrong").select_option("vital fact missing")
    shown.first.locator("summary").press("Enter")
    expect(shown.first.get_by_text("Expected")).to_be_visible()
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390
    for plot in tab.locator("figure svg").all():
        assert plot.get_attribute("aria-label")
    assert faults == []
    tab.close()
