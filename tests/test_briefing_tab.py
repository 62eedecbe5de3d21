"""The Briefing tab: preview and file from the desk, what is not covered, no index, and the tab in a real browser."""

from __future__ import annotations

import json
from base64 import b64decode
from io import BytesIO

import pytest

from assistant.assistant import Assistant
from index.errors import MissingIndex
from index.store import Index
from prompts import wording
from tests.chat_pages import Visit
from ui.desk import Desk
from ui.page.briefing_tab import briefing_tab, filed, previewed


def test_a_preview_shows_quotations_with_their_places(toy: Index) -> None:
    message = json.loads(previewed(Desk(lambda: Assistant(toy)), "foster carers", "full", 1))
    assert (message["made"], message["number"]) == (True, 1)
    assert "There are 40 foster carers." in message["html"] and "[paragraph 4, page 6]" in message["html"]


def test_a_topic_that_is_not_covered_is_said_and_nothing_of_it_is_read_as_html(toy: Index) -> None:
    desk = Desk(lambda: Assistant(toy))
    message = json.loads(previewed(desk, "<img src=x onerror=alert(1)>", "page", 2))
    assert message["made"] is False
    assert "<img" not in message["html"] and "&lt;img" in message["html"]
    assert json.loads(filed(desk, "<img src=x>", "page", "docx", 3)) == {"number": 3}


@pytest.mark.parametrize("form", ["docx", "md", "html", "exe"])
def test_a_file_comes_in_one_message_or_not_at_all(form: str, toy: Index) -> None:
    message = json.loads(filed(Desk(lambda: Assistant(toy)), "foster carers", "page", form, 4))
    if form == "exe":
        assert message == {"number": 4}
    else:
        assert message["name"] == f"briefing-foster-carers.{form}" and len(b64decode(message["content"])) > 300


def test_without_an_index_the_tab_says_so() -> None:
    def engine() -> Assistant:
        raise MissingIndex("There is no index yet: run `findings index`.")

    message = json.loads(previewed(Desk(engine), "adoption", "page", 5))
    assert message["made"] is False and "There is no index yet" in message["html"]
    assert json.loads(filed(Desk(engine), "adoption", "page", "md", 6)) == {"number": 6}


def test_the_form_labels_its_fields(toy: Index) -> None:
    html = briefing_tab(Assistant(toy))
    assert html.count("<label") == 2 and 'for="brief-topic"' in html and 'for="brief-length"' in html


@pytest.mark.browser
@pytest.mark.server
@pytest.mark.weights
def test_a_councillor_makes_a_briefing_and_keeps_it_as_word(visit: Visit) -> None:
    from docx import Document

    page = visit.open().page
    page.get_by_role("tab", name=wording("tabs.briefing")).click()
    offered = page.locator("#brief-areas option").evaluate_all("all => all.map(one => one.value)")
    assert {"Experiences and progress of care leavers", "return home interviews", wording("brief.everything")} <= set(offered)
    page.get_by_label(wording("briefing.topic"), exact=True).fill("care leavers")
    page.keyboard.press("Enter")
    page.locator("#brief-preview h3").wait_for()
    assert "[recommendation 13, page 9]" in page.locator("#brief-preview").inner_text()
    with page.expect_download() as kept:
        page.locator('[data-brief="docx"]').click()
    assert kept.value.suggested_filename == "briefing-care-leavers.docx"
    document = Document(BytesIO(kept.value.path().read_bytes()))
    assert document.paragraphs[0].style.name == "Title"
    page.get_by_label(wording("briefing.topic"), exact=True).fill("knife crime")
    page.keyboard.press("Enter")
    page.locator("#brief-preview .notice").wait_for()
    assert page.locator("#brief-bar").is_hidden()
