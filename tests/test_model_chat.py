"""The chat page with a language model behind it: what it says meanwhile, what it shows, and what ends when somebody leaves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from index.store import Index
from prompts import wording
from tests.chat_pages import Server, visiting
from tests.chat_pages import serving as chatting
from tests.model_server import Handler, ModelServer, chosen, number_of, serving
from tests.test_model_server import QUESTION, QUOTE, drip, wait_for

pytestmark = [pytest.mark.weights, pytest.mark.server, pytest.mark.browser]


@pytest.fixture(scope="module")
def model() -> Iterator[ModelServer]:
    with serving(lambda *_: "") as found:
        yield found


@pytest.fixture(scope="module")
def chat(real_index: Index, model: ModelServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    env = {"FINDINGS_MODEL": "openai:test", "FINDINGS_MODEL_BASE_URL": model.url, "FINDINGS_MODEL_TIMEOUT": "25"}
    with chatting(tmp_path_factory.mktemp("model-chat"), env) as server:
        yield server


def test_the_page_says_that_a_model_chooses_and_shows_what_it_chose(chat: Server, model: ModelServer, browser: Any) -> None:
    def reply(server: ModelServer, body: dict[str, Any], handler: Handler) -> str:
        return chosen(number_of(body, QUOTE) or 9_999)

    with visiting(browser, chat.url) as visit:
        visit.open()
        assert wording("model.choosing") in (visit.page.locator("#log").get_attribute("data-words") or "")
        assert visit.page.locator("#log").get_attribute("data-seconds") == "50.0"
        model.reply = reply
        turn = visit.ask(QUESTION)
        shown = turn.inner_text()
        assert visit.faults == []
    assert QUOTE in shown
    assert wording("mode.model") in shown


def test_what_is_asked_for_somebody_who_leaves_is_cut_off(chat: Server, model: ModelServer, browser: Any) -> None:
    model.reply = drip  # 30 seconds
    asked, left = len(model.asked), model.left
    with visiting(browser, chat.url) as visit:
        visit.open()
        visit.page.get_by_label("Your question about the report").fill(QUESTION)
        with visit.page.expect_response(lambda response: "/queue/data" in response.url):  # Gradio begins before its page listens
            visit.page.keyboard.press("Enter")
        wait_for(lambda: len(model.asked) > asked)
        assert visit.page.locator("#pending").inner_text().endswith(wording("model.choosing"))
    wait_for(lambda: model.left > left, 10.0)
