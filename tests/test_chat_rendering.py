"""What the chat draws from the contract's object: quotes, links, panel, tabs and plots, with everything escaped."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict
from html import escape
from html.parser import HTMLParser
from typing import Any

import pytest

from assistant.answer import Answer, Draft, Section, Statement, citation, sections_shown
from assistant.composing import compose
from assistant.lookups.links import DERIVED
from index.formats.markdown import read_markdown
from index.layout.recognising import recognise
from index.passages import Passage, Report
from index.store import Index
from prompts import listed, wording
from tests.assistant_toys import passage as toy_passage
from tests.assistant_toys import somerset
from tests.conftest import TOY
from tests.toy_answers import UNREAD, answered, cited, compared, section, suggested
from ui.html import panel, paste, rendering
from ui.page import glance, looks, report_tabs
from ui.page.figures import Comparison, figures
from ui.page.hosting import OPEN, dressed
from ui.related import Linked, Opened, ReadingRoom, candidates, neighbours


class Reader(HTMLParser):
    """Elements with their attributes, and the text of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module")
def report() -> Report:
    return recognise(read_markdown(TOY))


def passage(report: Report, number: str) -> Passage:
    return next(p for p in report.passages if p.number == number)


# ---- a turn ----------------------------------------------------------------------------------------------------


def drawn(*parts: str | dict[str, Any], **more: Any) -> str:
    return rendering.sections(answered(*parts, **more))


def test_a_citation_becomes_a_marked_quote_and_a_link() -> None:
    read = Reader(rendering.turn(answered(section(cited("5", "Plans are reviewed."))), "t1", [], "Ofsted"))
    assert read.all("q") == [{"data-passage": "5"}]
    full = "paragraph 5, page 6"
    assert read.all("a")[0] == {"class": "cite", "href": "?para=5", "data-passage": "5", "aria-label": full, "title": full}
    assert "Plans are reviewed. ¶5 · p6" in read.text


def test_nothing_is_read_out_of_the_answer_s_text() -> None:
    answer = answered("The rest is not stated.", section(cited("5", "Plans are reviewed."), heading="What works:"))
    html = rendering.turn({**answer, "answer": ""}, "t1", [], "")
    assert html == rendering.turn(answer, "t1", [], "").replace(escape(UNREAD), "")


def note(quote: str) -> str:
    return rendering.noting(cited("5", quote))


def bare(html: str) -> str:
    """The words of a turn without the buttons that take a sentence into the notes."""
    return Reader(re.sub(r" <button[^>]*class=.take.[^>]*>.*?</button>", "", html)).text


def test_every_line_carries_its_reference_also_where_neighbours_are_of_one_passage() -> None:
    chip = (
        '<a href="?para=5" data-passage="5" class="cite" aria-label="paragraph 5, page 6" title="paragraph 5, page 6">¶5 · p6</a>'
    )
    assert drawn(
        section(cited("5", "One."), cited("5", "Two."), heading="What works:", role="good"), "The rest is not stated."
    ) == (
        '<section class="role-good"><h3 class="framing">What works:</h3><ul class="quotes">'
        f'<li><q data-passage="5">One.</q> {chip}{note("One.")}</li>'
        f'<li><q data-passage="5">Two.</q> {chip}{note("Two.")}</li>'
        '</ul></section><section class="role-answer"><p class="framing">The rest is not stated.</p></section>'
    )  # fmt: skip


def test_two_passages_with_one_label_keep_their_own_links_and_share_their_context() -> None:
    context = {"context": "Of this number:"}
    html = drawn(section(cited("p7.11", "140 live outside", **context), cited("p7.12", "52 live in homes", **context)))
    read = Reader(html)
    assert [a["href"] for a in read.all("a")] == ["?passage=p7.11", "?passage=p7.12"]
    assert bare(html) == "Of this number: 140 live outside p652 live in homes p6"
    assert read.all("span") == [{"class": "context"}]


def test_a_footnote_shows_no_context_and_a_corrected_scan_says_so() -> None:
    note = cited("p7.fn1", "Local data.", kind="footnote", context="children in poverty", corrected=True)
    assert bare(drawn(section(note))) == f"Local data. {wording('answered.corrected')} p6"


def test_a_corrected_scan_is_said_once_of_a_passage() -> None:
    one = cited("5", "Plans are reviewed.", corrected=True)
    html = drawn(section(one, heading="Here:"), section(one, heading="There:"), section(cited("6", "Few.", corrected=True)))
    assert Reader(html).text.count(wording("answered.corrected")) == 2


def test_the_same_quote_cited_twice_is_shown_in_both_places() -> None:
    html = drawn(section(cited("5", "Good."), heading="Now:"), section(cited("5", "Good."), heading="Before:"))
    read = Reader(html)
    assert bare(html) == "Now:Good. ¶5 · p6Before:Good. ¶5 · p6"
    assert len(read.all("q")) == len(read.all("a")) == 2


def test_words_in_brackets_within_a_quote_stay_words() -> None:
    quote = "See there [paragraph 5, page 6] and [page 7, Children]."
    read = Reader(drawn(section(cited("5", quote), cited("p7.1", "Six."), text="Not this [paragraph 5, page 6]."), UNREAD))
    assert [a["data-passage"] for a in read.all("a")] == ["5", "p7.1"]
    assert quote in read.text


def test_a_heading_with_nothing_under_it_is_a_sentence() -> None:
    html = drawn(section(heading="No recommendation was found.", role="behind"))
    assert html == '<section class="role-behind"><p class="framing">No recommendation was found.</p></section>'


def test_footnote_marks_are_raised_and_said_elsewhere_is_carried() -> None:
    read = Reader(drawn(section(cited("5", "Six live here<sup>2</sup>", also=["page 2"]))))
    assert "Six live here²" in read.text
    assert read.all("a")[0]["data-also"] == '["page 2"]'


def test_a_comparison_is_a_table_whose_quotations_are_all_links() -> None:
    html = rendering.sections(compared())
    read = Reader(html)
    assert [th["scope"] for th in read.all("th")] == ["col", "col", "row", "row", "row"]
    assert [a["href"] for a in read.all("a")] == [
        "?para=5", "?passage=p7.1", "?para=6", "?passage=p7.2", "?para=7", "?para=7",
    ]  # fmt: skip
    assert [q["data-passage"] for q in read.all("q")] == ["5", "p7.1", "6", "p7.2", "7", "7"]
    assert html.startswith(
        '<section class="role-judgement"><div class="table" tabindex="0" role="region" aria-label="Judgements '
    )
    assert (
        '<caption class="framing">Judgements &lt;now &amp; then&gt;:</caption><thead><tr><td></td><th scope="col">Now</th>'
        '<th scope="col">In 2015</th></tr></thead><tbody><tr><th scope="row">Adoption</th><td><p>'
        '<a href="?para=5" data-passage="5" class="quoted" title="paragraph 5, page 6"><q data-passage="5">Good | [page 7].</q> '
        '<span class="label">¶5 · p6</span></a></p></td><td>'
    ) in html
    assert f"Care leavers: inadequate. p6 {wording('answered.corrected')}" in read.text


def test_a_cell_may_be_empty_or_hold_fixed_words_and_another_heading_begins_another_table() -> None:
    html = drawn(
        section(cited("5", "Good."), row="Adoption", column="Now"),
        section(text="Not judged.", row="Help", column="Then"),
        section(cited("5", "Good."), row="Adoption", column="Now", heading="Again:"),
    )
    assert html.count("<table>") == 2 and html.count("<caption") == 1
    assert '<th scope="row">Help</th><td></td><td><p class="framing">Not judged.</p></td>' in html
    assert 'aria-label="Now, Then"' in html


def test_a_suggested_question_is_marked_over_the_quotations_that_it_rests_on() -> None:
    read = Reader(rendering.sections(suggested()))
    flag, rests = wording("chat.suggested"), wording("chat.rests")
    assert read.text.startswith(f"Questions to ask:{flag} Why are visits late?{rests}")
    assert (
        read.text.index("Visits are late.")
        < read.text.index("Plans are reviewed.")
        < read.text.index(f"{flag} Why do staff leave?{rests}")
    )
    assert [a["href"] for a in read.all("a")] == ["?para=5", "?para=5", "?passage=p7.1", "?para=3"]
    assert [q["data-passage"] for q in read.all("q")] == ["5", "5", "p7.1", "3"]


def test_the_badge_says_whose_words_are_shown() -> None:
    shown = [Reader(rendering.badge(one)).text for one in (suggested(), compared(), {**compared(), "mode": "model"})]
    assert shown == [wording("mode.extractive"), wording("mode.extractive"), wording("mode.model")]


def test_suggestions_come_before_follow_ups_and_each_question_once() -> None:
    answer = answered(section(cited("5", "Plans are reviewed.")), suggestions=["What is B?", "What is A?"])
    read = Reader(rendering.turn(answer, "t1", ["what is a?", "What is C?"], "Ofsted"))
    assert [b["data-ask"] for b in read.all("button") if "data-ask" in b] == ["What is B?", "What is A?", "What is C?"]


def test_an_unclear_message_is_followed_by_its_readings_and_by_nothing_else() -> None:
    answer = answered("Which did you mean?", outcome="unclear", suggestions=["What is B?", "What is A?"])
    read = Reader(rendering.turn(answer, "t1", ["What is C?"], "Ofsted"))
    assert [button["data-ask"] for button in read.all("button")] == ["What is B?", "What is A?"]
    assert wording("chat.did_you_mean") in read.text and wording("chat.follow_ups") not in read.text


def quotes(count: int) -> list[dict[str, Any]]:
    return [cited(str(at), f"Sentence {at}.") for at in range(20, 20 + count)]


def test_of_a_long_answer_every_group_shows_its_first_statements_so_that_criticism_never_lies_behind_praise() -> None:
    def group(role: str, first: int, count: int = 5) -> dict[str, Any]:
        said = [cited(str(at), f"{role.title()} {at}.") for at in range(first, first + count)]
        return section(*said, role=role, heading=f"{role.title()}:")

    headline = section(cited("1", "Overall."), role="headline")
    html = drawn(headline, group("good", 10), group("weak", 20), group("neutral", 30, 3), group("recommended", 40))
    for role, first in (("Good", 10), ("Weak", 20), ("Recommended", 40)):
        shown, folded = (html.index(f"{role} {first + at}.") for at in (1, 2))
        assert shown < html.index("<details", shown) < folded < html.index("</details>", folded)
        assert not html[html.index(f"{role}:") : shown].count("<details")
    assert html.count("<details") == 3  # of the group of three one would be folded, for a line that says so
    assert html.count(wording("chat.rest", count=3)) == 3
    assert "<details" not in drawn(headline, group("good", 10, 2), group("weak", 20, 2))


def test_a_very_long_list_folds_its_end_but_recommendations_are_shown_whole() -> None:
    html = drawn(section(*quotes(9), role="good", heading="Good:"))
    assert wording("chat.rest", count=3) in html and html.index("Sentence 25.") < html.index("<details") < html.index(
        "Sentence 26."
    )
    assert "<details" not in drawn(section(*quotes(13), role="recommended", heading="They recommend:"))


def test_the_page_and_the_composed_text_say_the_same() -> None:
    finding, figure = (
        toy_passage("3", "Visits take 12 days. They are late."),
        toy_passage("p7.1", "9 boys", context="There were:"),
    )
    draft = Draft(
        "answered",
        (
            Section("What works:", (Statement(finding, "Visits take 12 days."), Statement(finding, "They are late.")), text="So:"),
            Section(None, (Statement(figure, "9 boys"), Statement(finding, "They are late."))),
            Section("Nothing was found.", ()),
        ),
        opening="The report says otherwise:", closing=("Inspectors visited in May.",),
    )  # fmt: skip
    cited_here = [asdict(citation(one, somerset())) for one in draft.statements]
    html = rendering.sections({"sections": list(map(asdict, sections_shown(draft))), "citations": cited_here})
    html = re.sub(r'<a [^>]*aria-label="([^"]*)"[^>]*>[^<]*</a>', r"\1", html)  # a chip says its whole label to a screen reader
    assert "".join(bare(html).split()) == "".join(re.sub(r"[\[\]]", "", compose(draft)).split())


def test_nearest_passages_are_buttons_with_the_words_to_mark() -> None:
    answer = answered("The report does not say this.", outcome="not_stated", nearest=[cited("5", "Plans are reviewed.")])
    read = Reader(rendering.turn(answer, "t1", [], "Ofsted"))
    near = [button for button in read.all("button") if button["class"] == "near"]
    assert [(b["data-passage"], b["data-quote"]) for b in near] == [("5", "Plans are reviewed.")]
    for notes in ([], ["unsure"]):  # each sentence is taken into the notes as it is from an answer
        taken = Reader(rendering.turn({**answer, "notes": notes}, "t1", [], "Ofsted")).all("button")
        assert [(b["data-note"], b["data-quote"]) for b in taken if "data-note" in b] == [("5", "Plans are reviewed.")]
    assert wording("mode.assistant") in read.text


@pytest.mark.parametrize("outcome", ["signpost", "help", "error"])
def test_fixed_texts_offer_no_copy_and_no_permalink(outcome: str) -> None:
    html = rendering.turn(answered("Call 999.", outcome=outcome), "t1", [], "Ofsted")
    assert "data-copy" not in html and "?q=" not in html


HOSTILE = ['<img src=x onerror="a">', "</article><script>a</script>", "${a} {{a}}", "\ud800 half", 'a" onmouseover="b']


@pytest.mark.parametrize("hostile", HOSTILE)
def test_nothing_that_comes_in_becomes_markup(hostile: str, report: Report) -> None:
    one = cited("5", hostile, label=hostile, also=[hostile], context=hostile)
    answer = answered(
        f"{hostile} [{hostile}]", section(one, heading=hostile, text=hostile), section(one, heading=hostile, row=hostile, column=hostile),
        section(one, text=hostile, role="suggested"),
        question=hostile, nearest=[cited("3", hostile, label=hostile)], suggestions=[hostile],
    )  # fmt: skip
    opened = Opened(passage(report, "5"), None, None, (), (), ((hostile, None),))
    drawn = rendering.turn(answer, "t1", [hostile], hostile) + panel.panel(opened, [hostile], hostile, "p1")
    drawn += panel.missing(hostile, "p2") + rendering.notice(hostile, hostile)
    known = {
        "article", "h2", "h3", "p", "span", "q", "a", "ul", "li", "button", "div", "aside", "blockquote", "section", "mark",
        "table", "caption", "thead", "tbody", "tr", "th", "td", "template", "b", "i", "form", "input", "label",
    }  # fmt: skip
    read = Reader(drawn)
    assert {tag for tag, _ in read.elements} <= known
    assert [name for _, attributes in read.elements for name in attributes if name.startswith("on")] == []
    drawn.encode("utf-8")


def test_copied_text_has_a_short_reference_a_quotation_and_the_full_one_once() -> None:
    answer = answered(section(cited("5", "One."), cited("5", "Two."), heading="What works:"), "The rest is not stated.")
    assert paste.plain(answer, "Ofsted: A report") == (
        "What works:\n- “One.” (para 5, p 6)\n- “Two.” (para 5, p 6)\nThe rest is not stated.\n\nQuoted from: Ofsted: A report."
    )
    html = paste.formatted(answer, "Ofsted: A report")
    assert "<li>“Two.” (para 5, p 6)</li>" in html and html.count("Ofsted: A report") == 1 and "<a" not in html
    table = paste.formatted(compared(), "Ofsted")
    assert table.count("<tr>") == 4 and "“Good.” (para 7, p 6)" in table
    assert "Adoption: Now: “Good | [page 7].” (para 5, p 6) | In 2015: “Adoption was good in 2015.” (p 6)" in paste.plain(
        compared(), ""
    )


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("What does the report say about children who go missing?", "children who go missing"),
        ("What needs to improve for care leavers?", "care leavers"),
        ("Summarise the report", "The whole report"),
        ("What are the key findings?", "The whole report"),
        ("Are managers doing enough?", "Are managers doing enough"),
    ],
)
def test_a_question_becomes_the_topic_of_a_briefing(question: str, topic: str) -> None:
    assert rendering.brief_topic(question) == topic
    answer = answered(section(cited("5", "Visits are late."), role="weak"), question=question, understood=question)
    buttons = Reader(rendering.turn(answer, "t1", [], "Ofsted")).all("button")
    assert [b["data-brief-topic"] for b in buttons if "data-brief-topic" in b] == [topic]


def test_the_welcome_offers_every_starter_question_by_kind_of_user() -> None:
    read = Reader(rendering.welcome())
    offered = [button["data-ask"] for button in read.all("button")]
    assert sorted(map(str, offered)) == sorted([*listed("start.staff"), *listed("start.councillors"), *listed("start.anyone")])


# ---- the panel -------------------------------------------------------------------------------------------------


def test_quoted_words_are_marked_once_and_only_where_they_stand() -> None:
    assert panel.marked("One. Two. Three.", ["Two.", "Two. Three.", "Four."]) == "One. <mark>Two. Three.</mark>"
    assert panel.marked("a < b<sup>2</sup>", ["b²"]) == "a &lt; <mark>b²</mark>"
    assert panel.marked("One.", ["", " "]) == "One."


def test_behind_a_recommendation_stands_the_sentence_that_it_takes_up(report: Report) -> None:
    made, finding = passage(report, "2"), passage(report, "12")
    opened = Opened(made, None, None, (), (Linked(finding, "They do not always record what they find.", DERIVED),), ())
    read = Reader(panel.panel(opened, [], "Ofsted", "p1"))
    assert "Paragraph 12, page 6 They do not always record what they find." in read.text
    assert "Managers check one case a week." not in read.text


def test_the_panel_names_place_neighbours_links_and_repeats(report: Report) -> None:
    finding, made = passage(report, "3"), passage(report, "1")
    opened = Opened(
        finding, *neighbours(report, finding), (Linked(made, "", DERIVED),), (), (("page 3", "p3.1"), ("page 9", None))
    )
    read = Reader(panel.panel(opened, ["Visits take 12 days"], "Ofsted", "p1"))
    assert "Paragraph 3, page 6" in read.text and "Finding. Leadership" in read.text
    assert [a["data-passage"] for a in read.all("a") if "data-passage" in a] == ["2", "4", "2", "4", "1", "p3.1"]
    assert [a["href"] for a in read.all("a") if a.get("data-page")] == ["?page=9"]
    assert wording("panel.derived") in read.text and wording("panel.flagged") in read.text


# ---- the tabs --------------------------------------------------------------------------------------------------


def test_the_report_tab_holds_every_passage_and_page_with_an_id(report: Report) -> None:
    read = Reader(report_tabs.whole_report(report))
    ids = [attributes["id"] for _, attributes in read.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {f"passage-{p.id}" for p in report.passages} <= set(ids)
    assert {f"page-{p.page}" for p in report.passages} <= set(ids)
    assert all(p.text in read.text for p in report.passages)
    assert read.text.count(wording("report.flag")) == 2


def test_judgements_stand_side_by_side_with_their_places(report: Report) -> None:
    read = Reader(glance.judgements(report))
    assert "Inspection of 2019" in read.text and "Good" in read.text
    assert wording("glance.change") not in read.text  # this report recalls no earlier judgements


def test_every_number_of_a_plot_is_in_its_description_and_its_table(report: Report) -> None:
    bars = [
        glance.Bar("Visits on time", "here", 7, "7%", passage(report, "3")),
        glance.Bar("Visits on time", "<there>", 9, "9%", passage(report, "4"), "then"),
    ]
    read = Reader(glance.drawn("x", "A <title>", bars))
    assert "Visits on time, here: 7%. Visits on time, <there>: 9%." in read.text
    assert len(read.all("rect")) == 2 and read.all("svg")[0]["role"] == "img"


def test_the_code_of_the_overview_types_in_no_number_of_the_report() -> None:
    from pathlib import Path

    for module in ("ui/page/glance.py", "ui/page/figures.py"):
        text = re.sub(r'""".*?"""', "", (Path(__file__).parent.parent / module).read_text(encoding="utf-8"), flags=re.DOTALL)
        assert re.findall(r"\b(?:495|475|433|413|2,?480|3,?109|363|140|31 weeks|60 weeks|26 weeks)\b", text) == []


@pytest.mark.weights
def test_the_figures_of_the_real_report_are_read_from_their_passages(real_index: Index) -> None:
    read = figures(real_index.report)
    assert [(c.then, c.now, c.passage.id) for c in read.changes] == [
        (3109, 2480, "p7.6"),
        (413, 433, "p7.7"),
        (475, 495, "p7.10"),
    ]
    assert [(d.high, d.now, d.expected, d.unit, d.passage.id) for d in read.durations] == [(60, 31, 26, "weeks", "40")]
    assert [(h.count, h.total) for h in read.homes] == [(140, 495), (52, 495), (6, 495), (363, 495), (14, 495)]
    assert Comparison(
        "The proportion of children entitled to free school meals in primary schools", 11, 15, True,
        real_index.passage("p6.16"),  # type: ignore[arg-type]
    ) in read.comparisons  # fmt: skip
    for one in (*read.changes, *read.homes, *read.comparisons):
        assert one.what.split()[-1].strip("().,") in one.passage.text
    html = glance.glance(real_index.report, read)
    assert html.count("<svg") == 4 and html.count("Better") == 6


def test_a_report_without_such_sentences_has_an_overview_without_plots(report: Report) -> None:
    read = figures(report)
    assert (read.changes, read.homes, read.durations, read.comparisons) == ((), (), (), ())
    assert "<svg" not in glance.glance(report, read)


# ---- what to ask next ------------------------------------------------------------------------------------------


@pytest.mark.weights
def test_every_suggestion_is_answered_when_it_is_asked(real_index: Index) -> None:
    from assistant.assistant import Assistant

    assistant = Assistant(real_index)
    room = ReadingRoom(assistant)
    for question in ("How long do care proceedings take?", "How much does the council spend on agency staff?", "hello"):
        offered = room.follow_ups(assistant.ask(question), [question])
        assert len(offered) == 3 and question not in offered
        assert [assistant.ask(one).outcome for one in offered] == ["answered"] * 3
    assert room.follow_ups(assistant.ask("my dad hits me")) == []


def test_once_the_fixed_forms_are_tried_no_answer_waits_for_what_is_suggested_after_it(toy: Index) -> None:
    from assistant.assistant import Assistant

    class Silent(Assistant):
        """An engine that has stopped answering."""

        silent = False

        def ask(self, question: str, history: Sequence[str] = (), identity: str = "") -> Answer:
            assert not self.silent, question
            return super().ask(question, history, identity)

    assistant = Silent(toy)
    room = ReadingRoom(assistant)
    answers = [assistant.ask(question) for question in ("paragraph 3", "paragraph 1", "recommendation 2", "page 5", "hello")]
    for question in room.forms():
        room.answerable(question)
    assistant.silent = True
    assert all(len(set(room.follow_ups(answer, [answer.question]))) > 0 for answer in answers)


@pytest.mark.weights
def test_what_is_suggested_with_a_number_is_answered_for_every_number(real_index: Index) -> None:
    from assistant.assistant import Assistant

    assistant = Assistant(real_index)
    offered = [candidates([one], assistant.links, real_index.report) for one in real_index.report.passages]
    asked = list(dict.fromkeys(question for linked, _, places in offered for question in (*linked, *places)))
    assert len(asked) > 100
    failed = [
        question for question in asked if (answer := assistant.ask(question)).outcome != "answered" or "partly" in answer.notes
    ]
    assert failed == []


@pytest.mark.weights
def test_suggestions_come_from_the_passages_cited(real_index: Index) -> None:
    from assistant.lookups.links import Links

    found = real_index.passage("71")
    assert found is not None
    linked, subjects, places = candidates([found], Links.of(real_index), real_index.report)
    assert linked == ["Which recommendation does paragraph 71 lead to?"]
    assert subjects[0] == "What needs to improve for care leavers?"
    assert places == ["What does paragraph 72 say?"]
    made = next(p for p in real_index.report.passages if p.kind == "recommendation" and p.number == "13")
    assert candidates([found, made], Links.of(real_index), real_index.report)[0] == []  # each was just read beside the other


# ---- the frame -------------------------------------------------------------------------------------------------


def test_the_page_is_dressed_in_its_frame(report: Report) -> None:
    page = '<html lang="en"><head><meta property="og:image" content="http://far.example/x" /></head><body><gradio-app></gradio-app></body>'
    read = dressed(page, report)
    assert 'lang="en-GB"' in read and "far.example" not in read
    assert read.index("<header") < read.index("<gradio-app") < read.index("<footer")
    assert "<title>Ask the inspection report: children&#x27;s services in Northshire</title>" in read
    assert "Inspected 6 May 2019 to 10 May 2019, published 1 July 2019." in read
    assert dressed(page, None).count("<header") == 1


def test_the_script_and_the_styles_name_no_other_address() -> None:
    for text in (looks.scripts(), looks.styles()):
        assert re.findall(r"https?://|@import|url\(|sessionStorage|document\.cookie|indexedDB|</script", text) == []


def test_one_place_of_the_script_keeps_things_and_what_is_written_goes_in_as_text() -> None:
    from importlib.resources import files

    for name in looks.SCRIPTS:
        text = files("ui.page").joinpath("assets", name).read_text(encoding="utf-8")
        assert ("localStorage" in text) == (name == "base.js")
        assert text.startswith(("/*", "// "))


@pytest.mark.parametrize(
    ("path", "closed"),
    [
        ("/gradio_api/upload", True), ("/gradio_api/file=/etc/passwd", True), ("/gradio_api/proxy=http://x", True),
        ("/monitoring", True), ("/monitoring/summary", True), ("/gradio_api/vibe-edit/", True), ("/gradio_api/runs", True),
        ("/gradio_api/component_server", True), ("/gradio_api/upload\n", True), ("/gradio_api/deep_link", True), ("/manifest.json", True),
        ("/gradio_api/heartbeat/x", True),
        ("/", False), ("/config", False), ("/gradio_api/queue/join", False), ("/gradio_api/queue/data", False),
        ("/assets/index.js", False), ("/theme.css", False),
    ],
)  # fmt: skip
def test_what_the_page_does_not_use_is_closed(path: str, closed: bool) -> None:
    assert bool(OPEN.fullmatch(path)) is not closed
