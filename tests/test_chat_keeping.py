"""Nothing is lost, in a real browser: Back, reload, a new tab, Clear, a file; the passage opens beside where one is, and closes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assistant.errors import UnusableSetting
from prompts import wording
from tests.chat_pages import Server, Visit, serving, visiting
from ui.page.switches import Switches, switches

pytestmark = [pytest.mark.browser, pytest.mark.server, pytest.mark.weights]

PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
COURT, LEAVERS = "How long do care proceedings take?", "What needs to improve for care leavers?"
BACK = "The timeliness of care proceedings"


def kept(visit: Visit) -> list[str]:
    return visit.page.evaluate(
        "JSON.parse(localStorage.getItem('findings.conversation') || '{\"value\": []}').value.map(one => one.question)"
    )


def here(visit: Visit) -> str:
    visit.page.locator("#log .turn.here").wait_for()
    return visit.page.locator("#log .turn.here .asked").inner_text()


# ---- Back, reload, links ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [{}, PHONE], ids=["laptop", "phone"])
def test_back_closes_the_passage_and_then_goes_through_the_conversation(
    options: dict[str, Any], browser: Any, chat_server: Server
) -> None:
    with visiting(browser, chat_server.url, **options) as visit:
        visit.open().ask(COURT)
        visit.ask(LEAVERS).locator("a.cite", has_text="71").first.click()
        visit.page.get_by_role("heading", name="Paragraph 71, page 24").wait_for()
        visit.page.get_by_role("link", name=wording("panel.next")).click()
        visit.page.get_by_role("heading", name="Paragraph 72, page 24").wait_for()
        visit.page.go_back()
        visit.page.locator("#evidence-column").wait_for(state="hidden")
        assert visit.page.locator("#log .turn").count() == 2
        visit.page.go_back()
        assert COURT in here(visit)
        visit.page.go_forward()
        assert LEAVERS in here(visit)
        assert visit.page.locator("#log .turn").count() == 2 and visit.faults == []


@pytest.mark.parametrize("options", [{}, PHONE], ids=["laptop", "phone"])
def test_every_tab_keeps_the_place_where_it_was_left(options: dict[str, Any], browser: Any, chat_server: Server) -> None:
    def choose(tab: str) -> None:  # not by the test's own click, which scrolls the page
        visit.page.locator(f"#tab-{tab}").dispatch_event("click", {"button": 0})
        visit.page.locator(f"#part-{tab}").wait_for()

    def at() -> int:
        visit.page.wait_for_timeout(100)
        return visit.page.evaluate("Math.round(window.scrollY)")

    with visiting(browser, chat_server.url, **options) as visit:
        visit.open().ask(COURT)
        visit.ask(LEAVERS)
        visit.page.evaluate("window.scrollTo(0, 300)")
        for back in (visit.page.go_back, lambda: choose("chat")):
            choose("notes")
            assert at() == 0
            back()
            visit.page.locator("#part-chat").wait_for()
            assert at() == 300
        choose("report")
        visit.page.evaluate("window.scrollTo(0, 2000)")
        choose("chat")
        assert at() == 300
        choose("report")
        assert at() == 2000
        assert visit.faults == []


def test_a_reload_and_a_new_tab_bring_the_conversation_back(visit: Visit) -> None:
    visit.open().ask(COURT)
    visit.ask("What page is that on?")
    visit.leave()
    visit.page.reload()
    visit.settled()
    assert "¶40" in visit.turn(1).inner_text() and visit.page.locator("#welcome").is_hidden()
    assert visit.page.locator("#said").inner_text() == wording("script.restored").replace("{count}", "2")
    assert "¶40" in visit.ask("Which paragraph is that?").inner_text()  # a follow-up still knows what was said
    other = visit.page.context.new_page()
    other.goto(visit.url)
    other.locator("#log .turn").nth(2).wait_for()
    assert other.locator("#log .turn").count() == 3


def test_a_reload_stays_in_the_tab_and_at_the_passage(visit: Visit) -> None:
    visit.open("?tab=recommendations").page.get_by_role("link", name="Paragraph 40, page 18").click()
    visit.page.get_by_role("heading", name="Paragraph 40, page 18").wait_for()
    assert visit.page.url.endswith("?tab=recommendations&para=40")
    visit.leave()
    visit.page.reload()
    visit.settled()
    visit.page.get_by_role("heading", name="Paragraph 40, page 18").wait_for()
    assert visit.page.locator("#part-recommendations").is_visible()


def test_a_link_to_a_question_copies_itself_says_so_and_sends_no_word_to_the_server(visit: Visit) -> None:
    visit.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    visit.open().ask("How many children are looked after?")
    turn = visit.ask("and on child protection plans?")
    turn.get_by_role("button", name=wording("chat.link")).click()
    visit.page.locator("#said", has_text=wording("script.link_copied")).wait_for()
    assert visit.page.locator("#said").get_attribute("role") == "status" and visit.page.locator("#log .turn").count() == 2
    link = visit.page.evaluate("navigator.clipboard.readText()")
    assert link.startswith(f"{visit.url}#after=How+many") and link.endswith("q=and+on+child+protection+plans%3F")
    said = turn.locator(".said").inner_text()
    visit.page.evaluate("localStorage.clear()")
    visit.page.goto("about:blank")
    visit.page.goto(link)
    assert visit.turn(1).locator(".said").inner_text() == said
    assert [url for url in visit.requests if "protection+plans" in url or "protection%20plans" in url] == []


def test_a_link_to_a_question_that_was_asked_shows_it_and_asks_nothing(visit: Visit) -> None:
    visit.open().ask(COURT)
    visit.ask(LEAVERS)
    visit.page.goto(f"{visit.url}#q=How+long+do+care+proceedings+take%3F")
    assert COURT in here(visit) and visit.page.locator("#log .turn").count() == 2


# ---- the list, the file, what is kept --------------------------------------------------------------------------


def test_what_was_asked_can_be_gone_to_asked_again_and_edited(visit: Visit) -> None:
    page = visit.open().page
    visit.ask(COURT)
    visit.ask(LEAVERS)
    page.evaluate("window.scrollTo(0, 0)")
    page.get_by_text(f"{wording('chat.asked_list')} (2)").click()  # in reach from the top too, and it covers nothing for longer
    page.locator("#asked-list").get_by_role("button", name=COURT, exact=True).click()
    assert COURT in here(visit)
    page.locator("#asked-list").wait_for(state="hidden")
    page.get_by_text(wording("chat.asked_list")).click()
    page.keyboard.press("Escape")
    page.locator("#asked-list").wait_for(state="hidden")
    page.get_by_text(wording("chat.asked_list")).click()
    page.locator("#asked-list").get_by_role("button", name=f"{wording('script.edit')}: {LEAVERS}").click()
    box = page.get_by_label(wording("chat.box"))
    assert box.input_value() == LEAVERS
    box.fill("")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert box.input_value() == COURT
    page.keyboard.press("ArrowDown")
    assert box.input_value() == LEAVERS
    page.keyboard.press("Enter")
    assert LEAVERS in visit.turn(2).inner_text()


def test_a_conversation_is_saved_to_a_file_and_opened_again(visit: Visit, tmp_path: Path) -> None:
    page = visit.open().page
    visit.ask(COURT)
    with page.expect_download() as waiting:
        page.get_by_role("button", name=wording("chat.file")).click()
    file = tmp_path / "kept.json"
    file.write_bytes(Path(waiting.value.path()).read_bytes())
    (saved,) = json.loads(file.read_text(encoding="utf-8"))["questions"]
    assert saved["question"] == COURT and saved["asked"].endswith("Z")
    page.get_by_role("button", name=wording("chat.clear")).click()
    visit.ask(LEAVERS)
    page.locator("#reopen").set_input_files(file)
    page.locator("#log .turn", has_text=BACK).wait_for()
    assert kept(visit) == [COURT]
    page.get_by_role("button", name=wording("chat.undo")).click()
    page.locator("#log .turn", has_text=LEAVERS).wait_for()
    (tmp_path / "other.json").write_text('{"findings": "conversation", "questions": "<b>no</b>"}', encoding="utf-8")
    page.locator("#reopen").set_input_files(tmp_path / "other.json")
    page.locator("#said", has_text="not a conversation saved here").wait_for()
    assert kept(visit) == [LEAVERS]
    old = {"findings": "conversation", "version": 1, "questions": [COURT]}  # as files were written until 29 November 2026
    (tmp_path / "old.json").write_text(json.dumps(old), encoding="utf-8")
    page.locator("#reopen").set_input_files(tmp_path / "old.json")
    page.locator("#log .turn", has_text=BACK).wait_for()
    page.get_by_text(wording("chat.asked_list")).click()
    assert page.locator("#asked-list h3").all_inner_texts() == [wording("script.undated")]


def test_yesterday_s_question_is_found_again_as_yesterday_s(visit: Visit) -> None:
    page = visit.open().page
    yesterday = page.evaluate("new Date(Date.now() - 86400000).setHours(14, 5, 0, 0)")
    page.evaluate(
        "asked => localStorage.setItem('findings.conversation', JSON.stringify({at: Date.now(), value: asked}))",
        [COURT, {"question": LEAVERS, "at": yesterday - 86400000 * 6}, {"question": COURT, "at": yesterday}],
    )
    visit.leave()
    page.reload()
    visit.settled()
    visit.ask("paragraph 40")
    page.get_by_text(f"{wording('chat.asked_list')} (4)").click()
    days = page.locator("#asked-list h3").all_inner_texts()
    assert [days[0], *days[2:]] == [wording(f"script.{name}") for name in ("undated", "yesterday", "today")]
    assert days[1].endswith(page.evaluate("at => String(new Date(at).getFullYear())", yesterday - 86400000 * 6))
    asked = page.get_by_role("list", name=wording("script.yesterday"))
    assert asked.get_by_role("listitem").inner_text().startswith("14:05")
    asked.get_by_role("button", name=COURT, exact=True).click()
    assert "Yesterday, 14:05" in here(visit)


def test_clear_says_what_it_does_and_can_be_undone_after_the_next_question_too(visit: Visit) -> None:
    page = visit.open().page
    visit.ask(COURT)
    visit.ask("my son has gone missing from his foster home and I am scared")
    clear = page.get_by_role("button", name=wording("chat.clear"))
    assert clear.get_attribute("title") == wording("chat.clear_detail")
    clear.click()
    assert page.locator("#said").inner_text() == wording("script.cleared") and kept(visit) == []
    visit.ask(LEAVERS)
    page.get_by_role("button", name=wording("chat.undo")).click()
    page.locator("#log .turn").nth(2).wait_for()
    assert [BACK in page.locator("#log .turn").nth(at).inner_text() for at in range(3)] == [True, False, False]
    assert kept(visit) == [COURT, LEAVERS]  # what somebody at risk wrote is not kept by the way
    assert page.locator("#undo").is_hidden()


def test_only_questions_are_kept_for_the_days_said_and_one_button_forgets_them(visit: Visit) -> None:
    page = visit.open().page
    visit.ask(COURT)
    visit.ask("my son has gone missing from his foster home and I am scared")
    assert page.locator("#log .turn").nth(1).get_attribute("data-outcome") == "signpost"
    assert kept(visit) == [COURT]  # what somebody at risk writes is not left on a shared machine
    assert "weeks" not in page.evaluate("JSON.stringify({...localStorage})")
    assert page.evaluate("sessionStorage.length") == 0 and page.evaluate("document.cookie") == ""
    assert "30 days" in page.locator("#keeping").inner_text()
    forget = page.locator("[data-forget]")
    forget.click()
    assert kept(visit) == [COURT]
    forget.click()
    assert page.evaluate("localStorage.length") == 0 and page.locator("#log .turn").count() == 0


def test_what_is_older_than_the_days_said_is_not_brought_back(visit: Visit) -> None:
    visit.open().ask(COURT)
    visit.page.evaluate(
        "localStorage.setItem('findings.conversation', JSON.stringify({at: Date.now() - 31 * 86400000, value: ['x']}))"
    )
    visit.leave()
    visit.page.reload()
    visit.settled()
    assert visit.page.locator("#welcome").is_visible() and kept(visit) == []


def test_a_council_can_switch_keeping_off(tmp_path: Path, toy_index: dict[str, str], browser: Any) -> None:
    off = {**toy_index, "FINDINGS_BROWSER_DAYS": "0", "FINDINGS_WORD_BACK": "yes"}
    with serving(tmp_path, off) as server, visiting(browser, server.url) as visit:
        visit.page.goto(f"{server.url}robots.txt")
        visit.page.evaluate("localStorage.setItem('findings.conversation', JSON.stringify({at: Date.now(), value: ['x']}))")
        turn = visit.open().ask("paragraph 5")
        turn.locator("[data-note-answer]").click()
        assert visit.page.evaluate("localStorage.length") == 0
        assert wording("chat.not_kept") in visit.page.locator("#keeping").inner_text()
        assert turn.locator("[data-word]").count() == 3


def test_a_switch_that_makes_no_sense_is_refused_in_a_sentence() -> None:
    assert switches({}) == Switches(30, False)
    assert switches({"FINDINGS_BROWSER_DAYS": "0", "FINDINGS_WORD_BACK": "Yes"}) == Switches(0, True)
    for bad in ({"FINDINGS_BROWSER_DAYS": "-1"}, {"FINDINGS_BROWSER_DAYS": "a week"}, {"FINDINGS_WORD_BACK": "perhaps"}):
        with pytest.raises(UnusableSetting, match=next(iter(bad))):
            switches(bad)


# ---- the passage -----------------------------------------------------------------------------------------------


def test_close_closes_on_a_laptop_and_answers_do_not_open_it_again(visit: Visit) -> None:
    page = visit.open().page
    visit.ask(COURT)
    column = page.locator("#evidence-column")
    column.wait_for()
    page.get_by_role("button", name=wording("panel.close")).click()
    column.wait_for(state="hidden")
    turn = visit.ask(LEAVERS)
    assert not column.is_visible()
    turn.locator("a.cite", has_text="71").first.click()
    page.get_by_role("heading", name="Paragraph 71, page 24").wait_for()
    assert column.is_visible()


@pytest.mark.parametrize(
    ("tab", "link"),
    [
        ("report", "#passage-71 a.number"), ("recommendations", ".recommended:nth-of-type(8) li a.cite"), ("glance", ".source a"),
        ("briefing", "#brief-preview a.place >> nth=3"),
    ],
)  # fmt: skip
def test_a_passage_opens_beside_where_one_is(tab: str, link: str, visit: Visit) -> None:
    page = visit.open(f"?tab={tab}").page
    if tab == "briefing":
        page.locator("#brief-topic").fill("care leavers")
        page.keyboard.press("Enter")
    one = page.locator(f"#part-{tab} {link}").first
    one.scroll_into_view_if_needed()
    before = one.bounding_box()
    one.click()
    page.locator("#evidence-slot blockquote.passage").wait_for()
    assert page.locator(f"#part-{tab}").is_visible() and page.locator("#evidence-column").is_visible()
    after = one.bounding_box()
    assert before is not None and after is not None and abs(before["y"] - after["y"]) < 3
    page.get_by_role("button", name=wording("panel.close")).click()
    page.locator("#evidence-column").wait_for(state="hidden")
    closed = one.bounding_box()
    assert closed is not None and abs(before["y"] - closed["y"]) < 3
    assert page.evaluate("document.activeElement.matches('a[data-passage]')")


def test_the_report_is_searched_from_beside_it(visit: Visit) -> None:
    page = visit.open("?tab=glance&para=40").page
    page.locator("#panel-search").fill("advocacy services")
    page.keyboard.press("Enter")
    page.locator("#panel-found", has_text="3").wait_for()
    page.locator("#panel-hits a").first.click()
    page.get_by_role("heading", name="Recommendation 8, page 9").wait_for()
    assert page.locator("#part-glance").is_visible()


# ---- faults ----------------------------------------------------------------------------------------------------


def test_a_server_that_is_gone_is_said_at_once_and_the_question_is_not_lost(
    tmp_path: Path, toy_index: dict[str, str], browser: Any
) -> None:
    with serving(tmp_path, toy_index) as server, visiting(browser, server.url) as visit:
        visit.open().ask("paragraph 5")
        server.process.terminate()
        server.process.wait(20)
        visit.page.get_by_label(wording("chat.box")).fill("paragraph 7")
        visit.page.keyboard.press("Enter")
        visit.page.locator("#pending .notice").wait_for(timeout=5000)
        assert visit.page.locator("#pending [data-ask]").get_attribute("data-ask") == "paragraph 7"
        assert visit.page.locator("#log .turn").count() == 1
