"""The chat over a shelf of several reports, in a browser: choosing one, two or all, their conversations kept apart, links that name a
report, notes and files that say whose words they are.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from prompts import wording
from tests.chat_pages import Visit, opened, visiting
from tests.shared_chat import Shared, sharing
from tests.test_shelf import shelf  # noqa: F401 (a fixture)

pytestmark = [pytest.mark.browser, pytest.mark.server]

CARERS, VISITS = "How many foster carers are there?", "How long do visits take?"


@pytest.fixture(scope="module")
def chat(shelf: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:  # noqa: F811
    with sharing(tmp_path_factory.mktemp("reports"), shelf) as server:
        yield server


@pytest.fixture
def page(browser: Any, chat: Shared) -> Iterator[Visit]:
    with visiting(browser, chat.url) as visit:
        yield visit
        assert (visit.faults, visit.foreign()) == ([], [])


def choose(visit: Visit, name: str, beside: str = "") -> None:
    """Choose by the lists at the head, and wait until the page has followed."""
    visit.page.locator("#report-asked").select_option(name)
    if name != "all" and visit.page.locator("#report-beside").input_value() != beside:
        visit.page.locator("#report-beside").select_option(beside)
    about = {
        "west": "Westshire",
        "east-2019": "Eastshire",
        "northshire-2019": "Northshire",
        "all": "northshire-2019, east-2019, west",
    }
    wanted = f"{name}, {beside}" if beside else about[name]
    visit.page.wait_for_function("said => document.querySelector('.masthead .about').textContent.includes(said)", arg=wanted)


def asked(visit: Visit) -> list[str]:
    return visit.page.locator("#log .asked").all_inner_texts()


def test_a_report_is_chosen_and_every_tab_and_the_passage_follow(page: Visit) -> None:
    page.open()
    assert page.page.locator("#report-asked option").count() == 4  # three, and all
    choose(page, "west")
    assert page.page.title().endswith("Westshire") and page.page.url.endswith("?report=west")
    turn = page.ask(CARERS)
    assert "There are 75 foster carers." in turn.inner_text()
    link = turn.locator("a.cite").first
    assert (link.get_attribute("href"), link.get_attribute("aria-label")) == (
        "?report=west&para=4",
        "paragraph 4, page 6 of west",
    )
    link.click()
    page.page.locator("#evidence-slot mark", has_text="75 foster carers").wait_for()
    page.page.get_by_role("link", name=wording("panel.open")).click()
    assert "There are 75 foster carers." in page.page.locator("#passage-4").inner_text()
    page.page.locator("#tab-recommendations").click()
    assert "?report=west&rec=1" in page.page.locator("#part-recommendations a[data-passage]").first.get_attribute("href")
    page.page.locator("#tab-briefing").click()
    page.page.locator("#brief-topic").fill("foster carers")
    page.page.keyboard.press("Enter")
    page.page.locator("#brief-preview", has_text="Westshire").wait_for()
    assert "There are 75 foster carers." in page.page.locator("#brief-preview").inner_text()


def test_conversations_are_kept_apart_and_survive_switching_back_and_a_reload(page: Visit) -> None:
    page.open().ask(VISITS)
    choose(page, "west")
    assert asked(page) == []
    page.ask(CARERS)
    choose(page, "northshire-2019")
    page.page.locator("#log .turn").wait_for()
    assert [VISITS in one for one in asked(page)] == [True]
    assert "?report" not in page.page.url
    page.leave()
    page.page.go_back()
    page.page.locator("#log .turn", has_text="75 foster carers").wait_for()
    assert page.page.url.endswith("?report=west") and len(asked(page)) == 1
    page.leave()
    page.page.reload()
    page.settled()
    page.page.locator("#log .turn", has_text="75 foster carers").wait_for()
    assert page.page.locator("#report-asked").input_value() == "west"
    follow_up = page.ask("What page is that on?")
    assert "paragraph 4, page 6 of west" in (follow_up.locator("a.cite").first.get_attribute("aria-label") or "")


def test_two_reports_stand_in_a_table_whose_citations_open_their_own_report(page: Visit) -> None:
    page.open()
    choose(page, "west", "east-2019")
    assert page.page.url.endswith("?report=west+east-2019")
    turn = page.ask(VISITS)
    table = turn.locator("table.compared")
    assert [one.split()[0] for one in table.locator("thead th").all_inner_texts()] == ["west", "east-2019"]
    west, east = table.locator("td[data-report=west]").first, table.locator("td[data-report=east-2019]").first
    assert "12 days" in west.inner_text() and "31 days" in east.inner_text()
    east.locator("a.cite").first.click()
    page.page.locator("#evidence-slot [data-report=east-2019] mark", has_text="31 days").wait_for()
    west.locator("a.cite").first.click()
    page.page.locator("#evidence-slot [data-report=west] mark", has_text="12 days").wait_for()


def test_all_reports_answer_under_their_names_and_are_judged_in_one_table(page: Visit) -> None:
    page.open()
    choose(page, "all")
    turn = page.ask("which of the reports were judged inadequate?")
    heads = turn.locator("table").first.locator("thead th").all_inner_texts()
    assert heads == ["east-2019"]
    turn.locator("table").nth(1).locator("td[data-report=west] a").first.click()
    page.page.locator("#evidence-slot [data-report=west]").wait_for()
    turn = page.ask(CARERS)
    names = turn.locator("section.of-report > h3").all_text_contents()
    assert {one.split()[0] for one in names} >= {"west", "northshire-2019"}
    assert "There are 75 foster carers." in turn.locator("section[data-report=west]").inner_text()
    page.page.locator("#tab-glance").click()
    glance = page.page.locator("#part-glance")
    assert {"northshire-2019", "east-2019", "west"} <= set(glance.locator("thead th").all_inner_texts())
    glance.locator("[data-choose=west]").click()
    page.page.wait_for_function("document.title.includes('Westshire')")


def test_links_name_the_report_and_a_name_that_is_not_there_is_said(page: Visit) -> None:
    page.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.open("?report=west&para=4")
    page.page.locator("#evidence-slot", has_text="75 foster carers").wait_for()
    page.open("?report=west#q=How+many+foster+carers+are+there%3F")
    turn = page.turn(0)
    assert "75 foster carers" in turn.inner_text()
    turn.locator("[data-link]").click()
    page.page.get_by_role("button", name=wording("script.link_copied")).wait_for()
    assert page.page.evaluate("navigator.clipboard.readText()").endswith("/?report=west#q=How+many+foster+carers+are+there%3F")
    page.open("?report=nobody")
    notice = page.page.locator("#notice")
    assert notice.inner_text() == wording("script.no_report").replace("{name}", "nobody")
    assert "Northshire" in page.page.locator(".masthead .about").inner_text()
    page.open("?report=all")
    page.page.wait_for_function("document.querySelector('.masthead .about').textContent.includes('east-2019')")


def test_notes_and_files_say_whose_words_they_are(page: Visit) -> None:
    page.open().ask(CARERS).locator("[data-note-answer]").click()
    choose(page, "west")
    page.ask(CARERS).locator("[data-note-answer]").click()
    page.page.locator("#tab-notes").click()
    assert page.page.locator("#note-list a.cite").all_inner_texts()[-1] == "paragraph 4, page 6 of west"
    with page.page.expect_download() as waiting:
        page.page.locator("[data-notes=md]").click()
    text = Path(waiting.value.path()).read_text(encoding="utf-8")
    assert "There are 75 foster carers. [paragraph 4, page 6 of west]" in text and "There are 40 foster carers." in text
    assert re.search(r"^\[?.*paragraph 4, page 6\]", text, re.MULTILINE)  # of the report in force, without a name
    assert "Westshire County Council" in text and "Northshire County Council" in text
    page.page.locator("#tab-recommendations").click()
    with page.page.expect_download() as waiting:
        page.page.locator("[data-tracker=docx]").click()
    from docx import Document

    cells = [cell.text for row in Document(str(waiting.value.path())).tables[0].rows for cell in row.cells]
    assert any("(p 5 of west)" in cell for cell in cells)


def test_a_briefing_across_all_reports_says_whose_each_line_is(page: Visit) -> None:
    page.open()
    choose(page, "all")
    page.page.locator("#tab-briefing").click()
    page.page.locator("#brief-topic").fill("foster carers")
    page.page.keyboard.press("Enter")
    preview = page.page.locator("#brief-preview")
    preview.locator("a.place", has_text="page 6 of west").first.click()
    page.page.locator("#evidence-slot [data-report=west] mark", has_text="75 foster carers").wait_for()
    with page.page.expect_download() as waiting:
        page.page.locator("[data-brief=md]").click()
    assert "of west]" in Path(waiting.value.path()).read_text(encoding="utf-8")


def test_one_report_alone_has_no_chooser_and_says_that_another_is_not_there(browser: Any, plain_chat: Shared) -> None:
    with visiting(browser, plain_chat.url) as visit:
        visit.open("?report=west")
        assert visit.page.locator("#chooser").count() == 0
        assert "nobody" not in visit.page.locator("#notice").inner_text() and "west" in visit.page.locator("#notice").inner_text()
        visit.open("?report=northshire-2019&para=4")
        visit.page.locator("#evidence-slot", has_text="40 foster carers").wait_for()
        assert visit.page.locator("#notice").count() == 0
        assert "findings.reports" not in visit.page.content()
        assert visit.faults == []


def test_a_report_that_is_added_or_removed_while_the_chat_runs(browser: Any, shelf: dict[str, str], tmp_path: Path) -> None:  # noqa: F811
    import shutil

    from tests.test_shelf import other

    shutil.copytree(shelf["FINDINGS_INDEX_DIR"], tmp_path / "index")
    with sharing(tmp_path, {**shelf, "FINDINGS_INDEX_DIR": str(tmp_path / "index")}) as server:

        def done(*arguments: str) -> subprocess.CompletedProcess[str]:
            ran = server.command("shelf", *arguments)
            assert ran.returncode == 0, ran.stderr
            return ran

        context = browser.new_context()
        visit = opened(context, server.url)
        visit.open("?report=all")
        assert "31 days" in visit.ask(VISITS).inner_text()
        done("add", "south", str(other(tmp_path, "south", ("Northshire", "Southshire"), ("take 12 days", "take 77 days"))))
        visit.open("?report=all")
        assert visit.page.locator("#report-asked option[value=south]").count() == 1
        assert "77 days" in visit.ask(VISITS).inner_text()
        done("remove", "west")
        visit.open("?report=west")
        visit.page.locator("#notice").wait_for()
        context.close()
