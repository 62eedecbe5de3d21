"""The chat in a real browser: what people do with it, with a mouse, a keyboard, a phone, a screen reader, and bad intent."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from prompts import wording
from tests.chat_pages import Server, Visit, visiting
from tests.toy_answers import compared, suggested
from ui.html import rendering

pytestmark = [pytest.mark.browser, pytest.mark.server, pytest.mark.weights]

PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
ZOOMED: dict[str, Any] = {"viewport": {"width": 683, "height": 384}, "device_scale_factor": 2}  # 1366 x 768 at 200%
TABS = ("chat", "briefing", "report", "recommendations", "glance", "notes")
COURT = "How long do care proceedings take?"
NOT_STATED = "How much does the council spend on agency staff?"


def marked(visit: Visit) -> str:
    visit.page.locator("#evidence-slot mark").first.wait_for()
    return " ".join(visit.page.locator("#evidence-slot mark").all_inner_texts())


def focused(visit: Visit) -> str:
    return visit.page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()")


# ---- asking ----------------------------------------------------------------------------------------------------


def test_an_answer_quotes_its_passage_and_one_click_shows_it(visit: Visit) -> None:
    turn = visit.open().ask(COURT)
    assert turn.get_attribute("data-outcome") == "answered"
    assert "This is not today's position." in visit.page.locator("#standing").inner_text()
    assert turn.locator(".badge").inner_text() == wording("mode.extractive")
    link = turn.locator(".said a.cite").first
    assert (link.inner_text(), link.get_attribute("href")) == ("¶40 · p18", "?para=40")
    assert link.get_attribute("aria-label") == "paragraph 40, page 18"
    said = turn.locator(".said q").first.inner_text()
    link.click()
    assert said in marked(visit)
    assert visit.page.locator("#evidence-title").inner_text() == "Paragraph 40, page 18"
    visit.page.wait_for_function("document.activeElement.id === 'evidence-title'")
    panel = visit.page.locator("#evidence-slot")
    assert panel.locator(".neighbour a").all_inner_texts() == ["Paragraph 39, page 17", "Paragraph 41, page 18"]
    assert "Recommendation 10, page 9" in panel.inner_text() and wording("panel.derived") in panel.inner_text()


def test_the_neighbours_of_a_passage_can_be_read_on(visit: Visit) -> None:
    visit.open("?para=40")
    visit.page.get_by_role("link", name="Paragraph 41, page 18").click()
    visit.page.get_by_role("heading", name="Paragraph 41, page 18").wait_for()
    visit.page.get_by_role("link", name=wording("panel.open")).click()
    assert visit.page.locator("#part-report").is_visible()
    assert focused(visit) == "passage-41"


def test_what_the_report_does_not_say_offers_the_nearest_passages(visit: Visit) -> None:
    turn = visit.open().ask(NOT_STATED)
    assert turn.get_attribute("data-outcome") == "not_stated"
    near = turn.locator("button.near").first
    take = turn.locator(".near button.take").first
    take.click()
    assert take.inner_text() == wording("script.in_notes") and visit.page.locator("#note-list q").count() == 1
    excerpt = near.inner_text().splitlines()[-1].removesuffix("…").strip()
    near.click()
    assert excerpt in marked(visit)


def test_a_follow_up_knows_what_was_said(visit: Visit) -> None:
    visit.open().ask(COURT)
    turn = visit.ask("What page is that on?")
    assert "¶40 · p18" in turn.inner_text()


def test_a_suggestion_is_asked_with_one_click_and_is_answered(visit: Visit) -> None:
    first = visit.open().ask(COURT)
    suggestions = first.locator(".next button").all_inner_texts()
    assert len(suggestions) == 3 and len(set(suggestions)) == 3
    first.locator(".next button").first.click()
    turn = visit.turn(1)
    assert set(turn.locator(".next button").all_inner_texts()).isdisjoint(suggestions)  # they lead on, never the same three
    assert suggestions[0] in turn.locator(".asked").inner_text()
    assert turn.get_attribute("data-outcome") == "answered"
    visit.page.wait_for_function("document.activeElement.classList.contains('asked')")


def test_someone_new_is_told_what_to_do_and_can_start_with_a_click(visit: Visit) -> None:
    visit.open()
    assert visit.page.get_by_role("heading", name=wording("chat.welcome")).is_visible()
    assert "This is not today's position." in visit.page.locator("header").inner_text()
    visit.page.get_by_role("button", name="How good are adoption services?").click()
    assert visit.turn(0).get_attribute("data-outcome") == "answered"
    assert not visit.page.locator("#welcome").is_visible()


def test_clear_ends_the_conversation(visit: Visit) -> None:
    visit.open().ask(COURT)
    visit.page.get_by_role("button", name=wording("chat.clear")).click()
    assert visit.page.locator("#log .turn").count() == 0
    assert visit.page.locator("#welcome").is_visible()
    visit.page.get_by_role("button", name=wording("chat.undo")).click()
    assert COURT in visit.turn(0).inner_text()
    visit.page.get_by_role("button", name=wording("chat.clear")).click()
    assert "¶40" not in visit.ask("What page is that on?").inner_text()


def test_copying_an_answer_brings_the_full_reference(visit: Visit) -> None:
    visit.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    visit.open().ask(COURT).get_by_role("button", name=wording("chat.copy")).click()
    visit.page.get_by_role("button", name=wording("script.copied")).wait_for()
    copied = visit.page.evaluate("navigator.clipboard.readText()")
    assert "26 weeks.” (para 40, p 18)" in copied
    assert copied.endswith(", published 29 January 2018.") and copied.count("Ofsted, Somerset County Council: ") == 1
    html = visit.page.evaluate(
        "navigator.clipboard.read().then(items => items[0].getType('text/html')).then(blob => blob.text())"
    )
    assert "<li>" in html and "26 weeks.” (para 40, p 18)" in html and "<b>" in html
    assert "href" not in html  # a reference is text: a link to this machine is of no use in somebody's paper


def download(visit: Visit, form: str) -> bytes:
    with visit.page.expect_download() as waiting:
        visit.page.locator(f"[data-save={form}]").click()
    return Path(waiting.value.path()).read_bytes()


def test_the_conversation_can_be_kept_as_a_word_file_and_as_text(visit: Visit) -> None:
    from docx import Document

    visit.open().ask(COURT)
    visit.ask(NOT_STATED)
    document = Document(BytesIO(download(visit, "docx")))
    written = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert COURT in written and NOT_STATED in written and "SHA-256" in written
    annex = [p.text for p in document.paragraphs if p.style is not None and p.style.name == "Heading 2"]
    assert annex[0] == "Paragraph 40, page 18"
    assert any("26 weeks" in p.text for p in document.paragraphs if p.style is not None and p.style.name == "Quote")
    kept = download(visit, "md").decode("utf-8")
    assert "### Paragraph 40, page 18" in kept and NOT_STATED in kept


# ---- permalinks and the other tabs -----------------------------------------------------------------------------


def test_permalinks_open_what_they_say(visit: Visit) -> None:
    visit.open("?para=40").page.get_by_role("heading", name="Paragraph 40, page 18").wait_for()
    visit.open("?passage=p7.11").page.get_by_role("heading", name="Page 7").wait_for()
    visit.open("?page=18")
    assert visit.page.locator("#page-18").is_visible() and focused(visit) == "page-18"
    visit.open(f"?q={quote(COURT)}")
    assert "¶40 · p18" in visit.turn(0).inner_text()
    visit.open("?rec=6").page.get_by_role("heading", name="Recommendation 6, page 9").wait_for()
    visit.open("?tab=glance")
    assert visit.page.get_by_role("tab", name="At a glance").get_attribute("aria-selected") == "true"


@pytest.mark.parametrize("tab", TABS)
def test_a_passage_has_a_permalink_in_every_tab_and_leads_back_to_it(tab: str, visit: Visit) -> None:
    visit.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = visit.open(f"?tab={tab}&para=40").page
    page.get_by_role("heading", name="Paragraph 40, page 18").wait_for()
    assert page.locator(f"#part-{tab}").is_visible()
    page.get_by_role("link", name=wording("panel.next")).click()
    page.get_by_role("heading", name="Paragraph 41, page 18").wait_for()
    address = page.url
    assert address.endswith("?para=41" if tab == "chat" else f"?tab={tab}&para=41")
    page.get_by_role("button", name=wording("panel.link")).click()
    page.locator("#said", has_text=wording("script.link_copied")).wait_for(state="attached")
    link = page.evaluate("navigator.clipboard.readText()")
    visit.leave()
    page.goto(link)
    visit.settled()
    page.get_by_role("heading", name="Paragraph 41, page 18").wait_for()


def test_where_the_original_is_names_the_publisher_s_page(visit: Visit) -> None:
    turn = visit.open().ask("Where is the original?")
    assert turn.get_attribute("data-outcome") == "answered"
    assert "www.gov.uk/government/organisations/ofsted" in turn.locator(".said").inner_text()


def test_every_recommendation_shows_what_it_takes_up_and_what_is_only_related(visit: Visit) -> None:
    page = visit.open("?tab=recommendations").page
    sections = page.locator("section.recommended", has=page.get_by_role("link", name="Recommendation "))
    assert sections.count() == 13 and page.get_by_text(wording("recommendations.none")).count() == 0
    assert "Management oversight of work is also too variable" in sections.nth(1).inner_text()  # paragraph 94
    third = sections.nth(2)
    assert wording("recommendations.findings_related") in third.inner_text()
    assert "ethnicity needs are not fully considered" in third.inner_text()
    third.get_by_role("link", name="Paragraph 22, page 13").click()
    page.get_by_role("heading", name="Paragraph 22, page 13").wait_for()
    assert wording("panel.leads_to_related") in page.locator("#evidence-slot").inner_text()
    assert "ethnicity needs are not fully considered" in marked(visit)
    opened = page.locator("#part-recommendations [aria-current=true]")
    assert set(opened.all_inner_texts()) == {"Paragraph 22, page 13"}  # the one that is open, wherever it stands
    page.get_by_role("link", name=wording("panel.next")).click()
    page.get_by_role("heading", name="Paragraph 23, page 13").wait_for()
    assert "Paragraph 22, page 13" not in opened.all_inner_texts()
    page.get_by_role("button", name=wording("panel.close")).click()
    page.locator("#evidence-column").wait_for(state="hidden")
    assert opened.count() == 0
    contents = page.locator("#part-recommendations .contents")
    named = contents.get_by_role("link").all_inner_texts()
    assert [name.split()[0] for name in named[:13]] == [str(at) for at in range(1, 14)]
    contents.get_by_role("link", name="9 ").click()
    assert focused(visit) == "recommendation-9" and page.locator("#part-recommendations").is_visible()


def test_a_permalink_to_nothing_says_so(visit: Visit) -> None:
    visit.open("?para=999")
    panel = visit.page.locator("#evidence-slot")
    panel.get_by_text("There is no paragraph 999.").wait_for()
    visit.open("?page=99")
    panel.get_by_text("There is no page 99.").wait_for()
    visit.open("?rec=40")
    panel.get_by_text("There is no recommendation 40.").wait_for()
    visit.open("?para=nonsense")
    panel.get_by_text(wording("panel.missing")).first.wait_for()


def test_the_report_can_be_searched_and_jumped_in(visit: Visit) -> None:
    visit.open()
    visit.page.get_by_role("tab", name="Report").click()
    visit.page.get_by_label(wording("report.search")).fill("foster carers")
    visit.page.keyboard.press("Enter")
    assert visit.page.locator("#report-found").inner_text().startswith("1 of ")
    visit.page.get_by_role("button", name=wording("report.next")).click()
    assert visit.page.locator("#report-found").inner_text().startswith("2 of ")
    assert visit.page.locator("mark.current").inner_text().lower() == "foster carers"
    visit.page.locator("#report-place").fill("71")
    visit.page.keyboard.press("Enter")
    assert focused(visit) == "passage-71"
    visit.page.locator("#report-place").fill("999")
    visit.page.keyboard.press("Enter")
    assert visit.page.locator("#report-found").inner_text() == "The report has no paragraph 999."


def test_the_other_tabs_lead_back_to_the_passages(visit: Visit) -> None:
    visit.open("?tab=recommendations")
    assert visit.page.locator("#part-recommendations .recommended h3 a").count() >= 13
    visit.page.locator("#part-recommendations").get_by_role("link", name="Paragraph 40, page 18").click()
    visit.page.get_by_role("heading", name="Paragraph 40, page 18").wait_for()
    visit.open("?tab=glance")
    plots = visit.page.locator("svg.plot")
    assert plots.count() == 4
    assert all(visit.page.locator(f"svg.plot >> nth={at} >> desc").text_content() for at in range(4))
    visit.page.locator("#part-glance .glance td a.cite").first.click()
    assert "inadequate" in marked(visit)
    visit.page.locator("#part-glance .source a").first.click()
    visit.page.get_by_role("heading", name="Page 7").wait_for()
    assert "3,109 children" in marked(visit)


# ---- people who see, point or hear differently -----------------------------------------------------------------


def test_the_page_can_be_used_with_the_keyboard_alone(visit: Visit) -> None:
    page = visit.open().page
    page.keyboard.press("Tab")
    assert focused(visit) == wording("page.skip")
    page.keyboard.press("Tab")
    assert focused(visit) == "tab-chat"
    page.keyboard.press("ArrowRight")
    assert focused(visit) == "tab-briefing"
    page.keyboard.press("ArrowLeft")
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.tagName") == "TEXTAREA":
            break
    page.keyboard.type(COURT)
    page.keyboard.press("Enter")
    visit.turn(0)
    for _ in range(30):
        page.keyboard.press("Shift+Tab")
        if focused(visit) == "¶40 · p18":
            break
    ring = page.evaluate("getComputedStyle(document.activeElement).boxShadow")
    assert ring != "none"
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.id === 'evidence-title'")
    page.keyboard.press("Escape")
    page.wait_for_function("document.activeElement.textContent === '¶40 · p18'")
    assert not page.locator("#evidence-column").is_visible()


def test_an_answer_appears_whole_and_is_announced_once(visit: Visit) -> None:
    visit.open().page.evaluate(
        """() => {
          window.heard = [];
          const live = (node) => node && (node.closest('[aria-live]')?.getAttribute('aria-live') ?? 'off');
          new MutationObserver((changes) => {
            for (const change of changes) for (const node of change.addedNodes) {
              const here = node.nodeType === 1 ? node : node.parentElement;
              if (live(change.target) === 'polite' && here) window.heard.push(here.textContent);
            }
          }).observe(document.body, { childList: true, subtree: true, characterData: true });
        }"""
    )
    visit.ask(COURT)
    visit.page.wait_for_timeout(500)
    heard = [text for text in visit.page.evaluate("window.heard") if "31 weeks" in text]
    assert len(heard) == 1
    assert visit.page.locator("#log").get_attribute("role") == "log"
    assert visit.page.evaluate("document.getAnimations().length") == 0  # the reader asked for reduced motion


def violations(visit: Visit) -> list[str]:
    """All findings of axe-core, of whatever weight, on the page as it is now."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(visit.page).response["violations"]
    return [
        f"{one['id']} ({one['impact']}): {node['html'][:160]}"
        for one in found
        for node in one["nodes"]
    ]  # fmt: skip


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_tab(scheme: str, browser: Any, chat_server: Server) -> None:
    with visiting(browser, chat_server.url, color_scheme=scheme) as visit:
        visit.open()
        assert visit.page.evaluate("document.documentElement.dataset.theme") == scheme
        assert violations(visit) == []
        visit.ask(COURT).locator(".said a.cite").first.click()
        marked(visit)
        visit.page.locator("[data-note-answer]").first.click()
        visit.ask(NOT_STATED)
        visit.page.locator("#tab-briefing").click()
        visit.page.locator("#brief-topic").fill("care leavers")
        visit.page.keyboard.press("Enter")
        visit.page.locator("#brief-preview a.place").first.wait_for()
        for tab in TABS:
            visit.page.locator(f"#tab-{tab}").click()
            for details in visit.page.locator(f"#part-{tab} details").all():
                details.evaluate("one => one.open = true")
            assert (tab, violations(visit)) == (tab, [])


@pytest.mark.parametrize("options", [PHONE, ZOOMED], ids=["phone", "zoomed"])
def test_nothing_is_lost_on_a_narrow_or_zoomed_page(options: dict[str, Any], browser: Any, chat_server: Server) -> None:
    with visiting(browser, chat_server.url, **options) as visit:
        visit.open()
        box = visit.page.get_by_label("Your question about the report")
        assert box.is_visible()
        turn = visit.ask(COURT)
        for tab in TABS:
            visit.page.locator(f"#tab-{tab}").click()
            wide = visit.page.evaluate("document.documentElement.scrollWidth")
            assert (tab, wide) == (tab, options["viewport"]["width"])
            assert (tab, violations(visit)) == (tab, [])
        visit.page.locator("#tab-chat").click()
        turn.locator(".said a.cite").first.click()
        assert "26 weeks" in marked(visit)
        assert visit.page.locator("#evidence-slot mark").first.is_visible()
        assert violations(visit) == []
        visit.page.get_by_role("button", name=wording("panel.close")).click()
        visit.page.locator("#evidence-slot").wait_for(state="hidden")
        assert focused(visit) == "¶40 · p18"
        assert visit.foreign() == []


@pytest.mark.parametrize("options", [{}, PHONE, ZOOMED, {"color_scheme": "dark"}], ids=["wide", "phone", "zoomed", "dark"])
def test_tables_and_suggested_questions_can_be_read_and_followed(
    options: dict[str, Any], browser: Any, chat_server: Server
) -> None:
    with visiting(browser, chat_server.url, **options) as visit:
        visit.open()
        for at, answer in enumerate((compared(), suggested())):
            visit.page.evaluate("html => findings.receive('turn', html)", rendering.turn(answer, f"toy{at}", [], "Ofsted"))
        assert visit.page.evaluate("document.documentElement.scrollWidth") == visit.page.evaluate("window.innerWidth")
        assert violations(visit) == []
        assert visit.page.get_by_role("cell").filter(has=visit.page.get_by_role("link")).count() == 6
        visit.page.get_by_role("rowheader", name="Care leavers").wait_for()
        visit.page.get_by_role("link", name="Care leavers: requires improvement.").click()
        visit.page.get_by_role("heading", name="Recommendation 6, page 9").wait_for()
        assert visit.faults == []


# ---- bad intent ------------------------------------------------------------------------------------------------

FAR = "http://far.example"
ATTACKS = [
    f"<img src={FAR}/a onerror=window.hacked=1>",
    f"<script>window.hacked=1</script><script src={FAR}/b></script>",
    f'"><svg onload=window.hacked=1><use href="{FAR}/c#x"/></svg>',
    f"![a]({FAR}/d.png) [b](javascript:window.hacked=1) <iframe srcdoc='<script>parent.hacked=1</script>'></iframe>",
    "${window.hacked=1} {{constructor.constructor('window.hacked=1')()}} {{#each this}}x{{/each}}",
    "'; window.hacked=1; //</script><style>@import '" + FAR + "/e'</style>",
    "paragraph 40 <b onmouseover=window.hacked=1>bold</b>",
]


def untouched(visit: Visit) -> None:
    visit.page.wait_for_timeout(150)
    assert visit.page.evaluate("window.hacked") is None
    assert visit.foreign() == []
    assert visit.page.locator("#log img, #log script, #log iframe, #log svg, #log b, #evidence-slot img").count() == 0


def test_markup_in_a_question_is_shown_and_never_runs(visit: Visit) -> None:
    visit.open()
    for attack in ATTACKS:
        turn = visit.ask(attack)
        assert attack in turn.locator(".asked").inner_text()
        untouched(visit)
    assert len(download(visit, "md")) > 0
    visit.page.wait_for_timeout(100)
    untouched(visit)


def test_markup_in_a_permalink_is_shown_and_never_runs(browser: Any, chat_server: Server) -> None:
    with visiting(browser, chat_server.url) as visit:
        for attack in ATTACKS:
            written = quote(attack)
            visit.open(f"?q={written}&para={written}&page={written}&tab={written}&passage={written}")
            assert attack in visit.turn(0).locator(".asked").inner_text()
            untouched(visit)
            visit.page.evaluate("localStorage.clear()")
        assert [fault for fault in visit.faults if "dialog" in fault] == []


def test_the_page_the_assets_and_the_process_stay_on_the_loopback_address(visit: Visit, chat_server: Server) -> None:
    visit.open().ask(COURT)
    for tab in TABS:
        visit.page.locator(f"#tab-{tab}").click()
    visit.page.wait_for_timeout(500)
    assert visit.foreign() == [] and len(visit.requests) > 10
    assert chat_server.connected() - {"127.0.0.1", "localhost", "::1"} == set()
    policy = visit.page.request.get(visit.url).headers["content-security-policy"]
    assert "connect-src 'self'" in policy and "http:" not in policy and "https:" not in policy
