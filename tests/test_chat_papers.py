"""Into one's papers: notes, the tracker, sheets to print, a word back. What leaves the page is opened again and read."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from assistant.assistant import Assistant
from evals.cases import Case
from index.store import Index
from prompts import wording
from tests.chat_pages import Visit, serving, visiting
from ui.desk import Desk
from ui.page import events
from ui.papers.notes import noted
from ui.papers.tracker import Tracker, filed
from ui.related import ReadingRoom

LEAVERS = "What needs to improve for care leavers?"


def download(visit: Visit, selector: str) -> tuple[str, bytes]:
    with visit.page.expect_download() as waiting:
        visit.page.locator(selector).click()
    return waiting.value.suggested_filename, Path(waiting.value.path()).read_bytes()


def pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page[^s]", pdf))


# ---- notes -----------------------------------------------------------------------------------------------------


def note(heading: str, *quotes: tuple[str, str]) -> dict[str, Any]:
    return {"heading": heading, "quotes": [{"passage": passage, "quote": quote} for passage, quote in quotes]}


def test_a_note_is_believed_only_where_the_report_says_it(toy: Index) -> None:
    room = ReadingRoom(Assistant(toy))
    kept = noted(lambda name: None if name else room, [
        note("Carers", ("4", "There are 40 foster carers."), ("4", "There are 400 foster carers."), ("99", "x")),
        note("Invented", ("4", "Everybody is happy.")), note("", ("5", "")), "nonsense", {"quotes": [5, {"passage": 1}]},
    ])  # fmt: skip
    assert [one["question"] for one in kept] == ["Carers", wording("notes.untitled")]
    assert [c["quote"] for one in kept for c in one["citations"]] == [
        "There are 40 foster carers.",
        "Plans are reviewed each month.",
    ]
    for sent in (None, "x", [], [[]], {"a": 1}):
        assert noted(lambda name: room, sent) == []


@pytest.mark.parametrize("form", ["docx", "md", "print"])
def test_notes_become_a_file_with_an_annex_or_nothing(form: str, toy: Index) -> None:
    desk = Desk(lambda: Assistant(toy))
    message = json.loads(events.noted(desk, [note("Carers <b>", ("4", "There are 40 foster carers."))], form))
    if form == "print":
        assert "<h2>1. Carers &lt;b&gt;</h2>" in message["sheet"] and "(para 4, p 6)" in message["sheet"]
        assert wording("export.annex") in message["sheet"] and "<a" not in message["sheet"]
    else:
        assert message["name"].startswith("findings-notes-") and message["name"].endswith(form)
    assert set(json.loads(events.noted(desk, [note("No", ("4", "Never said."))], form))) == {"number"}


def test_a_conversation_is_caught_up_with_what_the_page_shows(toy: Index) -> None:
    desk = Desk(lambda: Assistant(toy))
    _, _, kept = events.asked(desk, (), "paragraph 5")
    _, _, kept = events.asked(desk, kept, "paragraph 4")
    assert events.caught_up(desk, kept, None) == kept
    assert events.caught_up(desk, kept, ["paragraph 5"]) == kept[:1]
    assert events.caught_up(desk, kept, []) == ()
    after_a_restart = events.caught_up(desk, (), ["paragraph 5", "paragraph 4"])
    assert [one.answer.answer for one in after_a_restart] == [one.answer.answer for one in kept]
    message, again = events.restored(desk, kept[:1], ["paragraph 5", "paragraph 6"])
    assert [one.answer.question for one in again] == json.loads(message)["questions"] == ["paragraph 5", "paragraph 6"]
    assert again[0] is kept[0] and len(json.loads(message)["turns"]) == 2


@pytest.mark.browser
@pytest.mark.server
@pytest.mark.weights
def test_notes_are_collected_ordered_kept_and_saved_as_word(visit: Visit) -> None:
    from docx import Document

    page = visit.open().page
    turn = visit.ask(LEAVERS)
    turn.locator("[data-note-answer]").click()
    second = visit.ask("How long do care proceedings take?")
    take = second.locator("button.take").first
    assert take.is_visible() and take.evaluate("one => getComputedStyle(one).opacity") == "1"  # not under the mouse alone
    size = take.bounding_box()
    assert size is not None and min(size["width"], size["height"]) >= 24
    for said in (wording("script.in_notes"), wording("notes.take"), wording("script.in_notes")):  # pressed again it is taken out
        take.focus()
        page.keyboard.press("Enter")
        assert take.inner_text() == said
    assert turn.locator("[data-note-answer]").inner_text() == wording("script.in_notes")
    assert turn.locator("button.take").first.inner_text() == wording("script.in_notes")
    visit.leave()
    page.reload()
    visit.settled()
    assert second.locator("button.take").first.inner_text() == wording("script.in_notes")
    page.get_by_role("tab", name="Notes (2)").click()
    assert page.locator("#note-list h3").all_inner_texts() == [LEAVERS, "How long do care proceedings take?"]
    page.get_by_role("button", name=f"{wording('script.down')}: {LEAVERS}").click()
    assert page.locator("#note-list h3").first.inner_text() == "How long do care proceedings take?"
    page.locator("[data-note-rename]").first.click()
    page.keyboard.type("Court timescales")
    page.keyboard.press("Enter")
    assert second.locator("button.take").first.inner_text() == wording(
        "script.in_notes"
    )  # by another name it is still the same note
    name, content = download(visit, '[data-notes="docx"]')
    assert name.startswith("findings-notes-")
    document = Document(BytesIO(content))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert text.index("26 weeks") < text.index("purposeful activity") and wording("export.annex") in text
    whole = next(p for p in document.paragraphs if p.style is not None and p.style.name == "Quote" and "26 weeks" in p.text)
    bold = "".join(run.text for run in whole.runs if run.bold)
    assert text.count(whole.text) == 1 and 0 < len(bold) < len(whole.text)  # the passage once and whole, what is quoted in bold
    names = [p.text for p in document.paragraphs if p.style is not None and p.style.name == "Heading 1"]
    assert names[:2] == ["1. Court timescales", f"2. {LEAVERS}"]
    assert document.core_properties.title == wording("export.notes_title")
    assert document.core_properties.author == wording("export.author")
    page.locator("[data-note-remove]").first.click()
    assert page.locator("#note-list h3").count() == 1
    page.locator("[data-note-undo]").click()
    assert page.locator("#note-list h3").count() == 2


# ---- the tracker -----------------------------------------------------------------------------------------------


def tracker(toy: Index, form: str) -> bytes:
    message = json.loads(events.tracked(Desk(lambda: Assistant(toy)), form))
    assert message["name"].startswith("recommendations-tracker-") and message["name"].endswith(form)
    return b64decode(message["content"])


@pytest.mark.weights
def test_the_tracker_is_a_spreadsheet_with_every_recommendation_and_room_to_write(real_index: Index) -> None:
    from openpyxl import load_workbook

    room = ReadingRoom(Assistant(real_index))
    book = load_workbook(BytesIO(tracker(real_index, "xlsx")))
    sheet, behind = (book[wording(f"tracker.{name}")] for name in ("sheet", "findings_sheet"))
    rows = list(sheet.iter_rows(min_row=2, max_row=14, values_only=True))
    assert [row[0] for row in rows] == list(range(1, 14))
    for row, made in zip(rows, room.recommendations(), strict=True):
        assert made.recommendation.text in str(row[1]) and row[3:] == (None, None, None)
        assert made.findings and all(linked.sentence in str(row[2]) for linked in made.findings)
    assert wording("tracker.related") in str(rows[2][2]) and wording("tracker.related") not in str(rows[0][2])
    linked = sheet.cell(7, 1).hyperlink
    assert linked is not None and behind.title in linked.location
    texts = {str(row[0]): row[2] for row in behind.iter_rows(min_row=2, values_only=True)}
    assert texts["40"] == next(p.text for p in room.report.passages if p.number == "40")


def test_words_of_a_report_are_no_formula_in_the_tracker(toy: Index) -> None:
    from openpyxl import load_workbook

    made = ReadingRoom(Assistant(toy)).recommendations()
    first = replace(made[0], recommendation=replace(made[0].recommendation, text='=HYPERLINK("http://evil.example")'))
    cell = load_workbook(BytesIO(filed(Tracker([first], toy.report, date(2026, 11, 30)), "xlsx"))).worksheets[0].cell(2, 2)
    assert (cell.data_type, str(cell.value)[:10]) == ("s", "=HYPERLINK")


def test_the_tracker_is_a_word_table_whose_references_lead_to_the_findings(toy: Index) -> None:
    from docx import Document

    document = Document(BytesIO(tracker(toy, "docx")))
    (table,) = document.tables
    assert [cell.text for cell in table.rows[0].cells][-3:] == [wording(f"tracker.{c}") for c in ("owner", "by", "evidence")]
    assert [row.cells[0].text for row in table.rows[1:]] == ["1", "2"]
    body = document.element.xml
    anchors = set(re.findall(r'w:anchor="(\w+)"', body))
    assert anchors <= set(re.findall(r'w:bookmarkStart [^>]*w:name="(\w+)"', body))
    assert set(json.loads(events.tracked(Desk(lambda: Assistant(toy)), "exe"))) == {"number"}


@pytest.mark.browser
@pytest.mark.server
@pytest.mark.weights
def test_the_tracker_is_downloaded_from_the_recommendations(visit: Visit) -> None:
    from openpyxl import load_workbook

    visit.open("?tab=recommendations")
    name, content = download(visit, '[data-tracker="xlsx"]')
    assert name.endswith(".xlsx")
    rows = list(load_workbook(BytesIO(content)).worksheets[0].iter_rows(min_row=2, max_row=14, values_only=True))
    assert [row[0] for row in rows] == list(range(1, 14)) and all(row[1] and row[2] for row in rows)
    assert visit.page.locator("#tracker-said").inner_text() == wording("script.saved")


# ---- print -----------------------------------------------------------------------------------------------------


def held(visit: Visit) -> Visit:
    """The page as it is while the browser's own print window is open: a test has no such window."""
    visit.page.add_init_script("window.print = () => { window.printed = true; window.dispatchEvent(new Event('beforeprint')); }")
    return visit.open()


@pytest.mark.browser
@pytest.mark.server
@pytest.mark.weights
def test_a_conversation_prints_as_a_sheet_of_its_own(visit: Visit) -> None:
    page = held(visit).page
    visit.ask(LEAVERS)
    page.get_by_role("button", name=wording("forms.print")).first.click()
    page.locator("#print-sheet").wait_for()
    assert page.evaluate("window.printed")
    page.emulate_media(media="print")
    shown = page.locator("body").inner_text()
    assert "(para 71, p 24)" in shown and wording("export.annex") in shown
    assert wording("chat.box") not in shown and wording("tabs.glance") not in shown
    assert 1 <= pages(page.pdf(prefer_css_page_size=True)) <= 3


@pytest.mark.browser
@pytest.mark.server
@pytest.mark.weights
def test_one_answer_alone_is_printed(visit: Visit) -> None:
    page = held(visit).page
    visit.ask("What are the recommendations?")
    turn = visit.ask(LEAVERS)
    turn.get_by_role("button", name=wording("chat.print_answer")).click()
    page.emulate_media(media="print")
    shown = page.locator("body").inner_text()
    assert LEAVERS in shown and "(para 71, p 24)" in shown and "published 29 January 2018." in shown
    assert "What are the recommendations?" not in shown and wording("chat.box") not in shown
    assert pages(page.pdf(prefer_css_page_size=True)) == 1


@pytest.mark.browser
@pytest.mark.server
@pytest.mark.weights
@pytest.mark.parametrize("topic", ["care leavers", "everything"])
def test_a_page_briefing_printed_from_its_tab_is_one_page(topic: str, visit: Visit) -> None:
    page = held(visit).page
    page.locator("#tab-briefing").click()
    page.locator("#brief-topic").fill(topic)
    page.keyboard.press("Enter")
    page.locator("#brief-preview h3").wait_for()
    assert page.locator("main").count() == 1
    page.locator("[data-brief-print]").click()
    page.emulate_media(media="print")
    assert page.locator("#brief-form").is_hidden() and page.locator(".masthead").is_hidden()
    size = page.locator("#print-sheet li").first.evaluate("one => parseFloat(getComputedStyle(one).fontSize)")
    assert size >= 14.6  # 11 points
    assert pages(page.pdf(prefer_css_page_size=True)) == 1


@pytest.mark.browser
@pytest.mark.server
@pytest.mark.weights
def test_grades_can_be_told_in_black_and_white(visit: Visit) -> None:
    page = visit.open("?tab=glance").page
    page.emulate_media(media="print")
    assert page.locator(".grade").first.inner_text()  # the word itself, and a mark that is full, half full or empty
    marks = {
        page.locator(f".grade.rank-{rank}").first.evaluate("one => getComputedStyle(one, '::before').backgroundImage + getComputedStyle(one, '::before').backgroundColor")
        for rank in (1, 2, 3)
    }  # fmt: skip
    assert len(marks) == 3


@pytest.mark.browser
@pytest.mark.server
@pytest.mark.weights
def test_a_broad_answer_becomes_a_briefing(visit: Visit) -> None:
    page = visit.open().page
    turn = visit.ask(LEAVERS)
    turn.get_by_role("button", name=wording("chat.brief")).click()
    page.locator("#brief-preview h3").wait_for()
    assert "care leavers" in page.locator("#brief-preview h3").inner_text().lower()
    assert page.locator("#part-briefing").is_visible() and "#topic=" in page.url
    page.locator("#brief-preview a.place").first.click()
    page.locator("#evidence-slot mark").first.wait_for()
    rests = page.locator("#brief-preview li.question a.place")
    assert rests.count() >= 1
    rests.last.click()
    title = rests.last.inner_text()
    page.get_by_role("heading", name=title[:1].upper() + title[1:]).wait_for()


@pytest.mark.browser
@pytest.mark.server
@pytest.mark.weights
def test_a_brief_asked_for_in_the_chat_is_kept_as_a_word_file(visit: Visit) -> None:
    from docx import Document

    page = visit.open().page
    turn = visit.ask("brief me on care leavers")
    with page.expect_download() as kept:
        turn.get_by_role("button", name=wording("chat.brief_word")).click()
    assert kept.value.suggested_filename == "briefing-care-leavers.docx"
    written = "\n".join(paragraph.text for paragraph in Document(str(kept.value.path())).paragraphs)
    assert written.startswith(wording("brief.title", topic="care leavers")) and "paragraph 71, page 24" in written


# ---- a word back -----------------------------------------------------------------------------------------------


@pytest.mark.browser
@pytest.mark.server
def test_a_word_on_an_answer_stays_in_the_browser_and_becomes_an_evaluation_case(
    tmp_path: Path, toy_index: dict[str, str], browser: Any
) -> None:
    with serving(tmp_path, {**toy_index, "FINDINGS_WORD_BACK": "yes"}) as server, visiting(browser, server.url) as visit:
        page = visit.open().page
        visit.ask("paragraph 5").get_by_role("button", name=wording("words_back.useful")).click()
        wrong = visit.ask("paragraph 4").get_by_role("button", name=wording("words_back.wrong"))
        wrong.click()
        assert wrong.get_attribute("aria-pressed") == "true"
        sent = len(visit.requests)
        _, content = download(visit, "[data-words-file]")
        cases = [Case.model_validate_json(line) for line in content.decode("utf-8").splitlines()]
        assert [(one.question, one.gold) for one in cases] == [("paragraph 5", ("5",)), ("paragraph 4", ())]
        assert "wrong" in cases[1].why and [url for url in visit.requests[sent:] if not url.startswith("blob:")] == []
        assert page.evaluate("Object.keys(localStorage)").count("findings.judged") == 1


@pytest.mark.browser
@pytest.mark.server
@pytest.mark.weights
def test_no_word_is_asked_for_unless_the_council_says_so(visit: Visit) -> None:
    assert visit.open().ask("paragraph 40").locator("[data-word]").count() == 0
