"""Briefings: every line verbatim, no near-duplicates, all parts of the report, honest silence; read back from every file form."""

from __future__ import annotations

import re
import shutil
import subprocess
import time
from collections.abc import Callable
from contextlib import closing
from datetime import date
from io import BytesIO
from itertools import combinations
from pathlib import Path

import pytest
from pypdfium2 import PdfDocument

from assistant.answer import Statement
from assistant.answering.scrutiny import of_recommendation, of_weakness
from assistant.assistant import Assistant
from assistant.briefing.briefer import Briefer
from assistant.briefing.briefing import Briefing
from assistant.briefing.subject import NotCovered
from assistant.composing import licence
from assistant.lookups.links import RELATED
from index.store import Index
from index.text.sentences import fold
from index.text.words import tokens
from prompts import wording
from tests.conftest import Run
from ui.papers.brief_html import as_html
from ui.papers.brief_markdown import as_markdown, escaped
from ui.papers.briefing_sheet import sheet
from ui.papers.briefs import rendered
from ui.plain import raised

MADE = date(2026, 1, 5)
TOPICS = ("care leavers", "adoption", "police", "everything", "recommendation 12", "early help", "paragraph 50", "IROs")
Make = Callable[..., Briefing]
real = pytest.mark.weights


@pytest.fixture(scope="module")
def briefer(real_index: Index) -> Briefer:
    return Briefer(Assistant(real_index))


@pytest.fixture(scope="module")
def make(briefer: Briefer) -> Make:
    kept: dict[tuple[str, str], Briefing] = {}

    def made(topic: str, length: str = "full") -> Briefing:
        if (topic, length) not in kept:
            kept[topic, length] = briefer.brief(topic, length)
        return kept[topic, length]

    return made


def lines(briefing: Briefing, *sorts: str) -> list[Statement]:
    return [line for part in briefing.parts if not sorts or part.role in sorts for line in part.lines]


# ---- content ---------------------------------------------------------------------------------------------------


@real
@pytest.mark.parametrize("length", ["page", "full"])
@pytest.mark.parametrize("topic", TOPICS)
def test_every_line_stands_in_the_report_file_within_its_passage(topic: str, length: str, make: Make) -> None:
    briefing = make(topic, length)
    assert len(briefing.statements) >= 4
    for statement in briefing.statements:
        assert fold(statement.quote) in fold(statement.passage.text)
        assert statement.passage in briefing.report.passages


@real
@pytest.mark.parametrize("topic", TOPICS)
def test_nothing_is_said_twice(topic: str, make: Make) -> None:
    briefing = make(topic)
    for one, other in combinations([set(tokens(line.quote)) for line in lines(briefing)], 2):
        assert len(one & other) / len(one | other) < 0.6, (one, other)


@real
def test_the_judgement_of_the_area_now_and_before(make: Make) -> None:
    (row,) = make("adoption").graded
    assert row.now is not None and row.before is not None
    assert (row.service, row.now[0].grade, row.now[1].passage.place) == ("Adoption performance", "Good", "page 1")
    assert (row.before[0].grade, row.before[0].year, row.before[1].passage.place) == ("requires improvement", 2015, "page 6")


@real
def test_care_leavers_are_covered_across_the_report_with_their_recommendations(make: Make) -> None:
    briefing = make("care leavers")
    assert {"67", "71", "72", "75", "76"} <= {line.passage.number for line in lines(briefing)}
    assert wording("brief.silent_summary") not in briefing.silent  # page 3 speaks of them
    assert [made.statement.passage.number for made in briefing.recommended][:2] == ["13", "12"]
    assert all(line.derived for made in briefing.recommended for line in made.gist)


@real
def test_a_topic_across_areas_is_found_in_the_findings_and_the_leadership_section_and_the_summary_is_not_called_silent(
    make: Make,
) -> None:
    briefing = make("child sexual exploitation")
    assert {"31", "87"} <= {line.passage.number for line in lines(briefing)}
    assert {wording("brief.silent_summary"), wording("brief.silent_leadership")}.isdisjoint(briefing.silent)


@real
def test_the_whole_report_lists_every_judgement_and_recommendation(make: Make) -> None:
    briefing = make("everything")
    assert len(briefing.graded) == 6
    assert [made.statement.passage.number for made in briefing.recommended] == [str(n) for n in range(1, 14)]
    assert {part.area for part in briefing.parts if part.area} == {row.service for row in briefing.graded[1:]}


@real
def test_what_matters_most_stays_on_the_page_for_the_whole_report(make: Make, briefer: Briefer) -> None:
    briefing = make("everything", "page")
    areas = {
        sort: [briefer.subjects.area_of[briefer.index.positions[line.passage.id]] for line in lines(briefing, sort)]
        for sort in ("good", "weak")
    }
    assert areas["good"][0] == "Adoption performance" and "Adoption performance" not in areas["weak"]


@real
def test_a_recommendation_comes_with_the_findings_behind_it(make: Make) -> None:
    briefing = make("recommendation 9")
    assert [made.statement.passage.number for made in briefing.recommended] == ["9"]
    assert [finding.number for finding in briefing.recommended[0].findings] == ["33"]
    assert "33" in {line.passage.number for line in lines(briefing)}


@real
def test_the_report_s_words_are_found_for_those_of_users(make: Make) -> None:
    assert "46" in {line.passage.number for line in lines(make("IROs"))}
    assert "51" in {line.passage.number for line in lines(make("CAMHS"))}


@real
@pytest.mark.parametrize(
    "topic",
    ["knife crime", "potholes", "climate change", "library closures", "adoption in Devon", "school exclusions", "online safety"],
)
def test_what_the_report_does_not_cover_is_not_briefed_on(topic: str, briefer: Briefer) -> None:
    with pytest.raises(NotCovered) as fault:
        briefer.brief(topic)
    assert topic in str(fault.value) and fault.value.areas


@real
@pytest.mark.parametrize(
    ("topic", "passage"),
    [
        ("listening to young people", "55"),
        ("kids who run off", "30"),
        ("council tax", "74"),
        ("kids in police cells", "20"),
        ("out of hours team", "18"),
    ],
)
def test_a_topic_in_other_words_than_the_report_s_is_covered(topic: str, passage: str, make: Make) -> None:
    assert passage in {line.passage.id for line in lines(make(topic))}


@real
@pytest.mark.parametrize("topic", ["recommendation 14", "paragraph 120", "?", "about"])
def test_what_does_not_exist_is_said(topic: str, briefer: Briefer) -> None:
    with pytest.raises(NotCovered):
        briefer.brief(topic)


@real
def test_silence_is_said_and_nothing_is_padded(make: Make) -> None:
    briefing = make("asylum seekers")
    assert [line.passage.id for line in lines(briefing)] == ["p7.16"]
    assert wording("brief.silent_recommendations") in briefing.silent
    assert wording("brief.silent_weak") in briefing.silent


@real
@pytest.mark.alone
def test_a_briefing_takes_no_longer_than_twenty_answers(briefer: Briefer) -> None:
    briefer.assistant.ask("How long do care proceedings take?")
    briefer.brief("adoption")
    started = time.perf_counter()
    for at in range(20):
        briefer.assistant.ask(f"What does the report say about topic {at} and early help?")
    answers = time.perf_counter() - started
    started = time.perf_counter()
    briefer.brief("care leavers")
    assert time.perf_counter() - started <= answers


# ---- suggested questions ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "ask", "then"),
    [
        (
            "Ensure that visits are timely, and that plans are clear.",
            "What has been done since the inspection to ensure that visits are timely, and that plans are clear?",
            "How does the council know whether visits are timely, and whether plans are clear?",
        ),
        (
            "When children go missing, ensure that interviews are timely.",
            "What has been done since the inspection to ensure that, when children go missing, interviews are timely?",
            "How does the council know whether, when children go missing, interviews are timely?",
        ),
        (
            "Improve the quality of plans.",
            "What has been done since the inspection to improve the quality of plans?",
            "How is improvement on recommendation 2 measured, and what do the measures show?",
        ),
        (
            "Accelerate change.",
            'Inspectors recommended: "Accelerate change." What has been done about this since the inspection?',
            "How is progress on recommendation 2 measured, and what do the measures show?",
        ),
    ],
)
def test_questions_follow_the_form_of_the_recommendation(text: str, ask: str, then: str) -> None:
    assert of_recommendation(text, "2") == (ask, then)


def test_no_question_is_made_about_somebody_who_could_be_identified() -> None:
    assert of_weakness("The deputy director is overburdened with too many operational tasks.") is None
    asked = of_weakness("Letters are not always clear.")
    assert asked == "Inspectors found: “Letters are not always clear.” What is the position now, and how does the council know?"


@pytest.mark.parametrize(
    ("quote", "asks"),
    [
        ("Children do not benefit from specific services, and this is a gap.", "put in place"),
        ("The council has not systematically evaluated the offer.", "looked into"),
        ("Plans are of variable quality.", "quality checked"),
    ],
)
def test_a_gap_is_asked_about_as_a_gap(quote: str, asks: str) -> None:
    assert asks in str(of_weakness(quote))


@real
def test_weaknesses_have_questions_of_their_own_beside_the_recommendations(make: Make) -> None:
    asked = [one.rests_on[0].kind for one in make("everything").questions]
    assert len(asked) == 10 and asked.count("recommendation") == 7
    leavers = make("care leavers").questions
    places = [one.rests_on[0].id for one in leavers if one.rests_on[0].kind != "recommendation"]
    assert len(places) == len(set(places)) >= 3


@real
def test_findings_that_are_only_related_are_called_so(make: Make) -> None:
    (made,) = make("recommendation 3").recommended
    assert made.kind == RELATED and not any(finding.flagged for finding in made.findings)
    text = as_markdown(sheet(make("recommendation 3"), date(2026, 11, 29)))
    assert wording("brief.behind_related") in text and wording("brief.behind_derived") not in text
    (page,) = make("recommendation 3", "page").recommended
    assert wording("brief.named_related", places="").split(":")[0] in as_markdown(sheet(make("recommendation 3", "page"), MADE))
    assert page.findings == made.findings


@real
def test_the_whole_report_in_full_stays_within_the_words_promised_before_its_annex(make: Make) -> None:
    text = as_markdown(sheet(make("everything"), date(2026, 11, 29)))
    assert len(re.findall(r"\w[\w'’-]*", text.split("## Annex")[0])) <= 3_500


@real
@pytest.mark.parametrize("topic", TOPICS)
def test_every_question_names_what_it_rests_on_and_ends_as_a_question(topic: str, make: Make) -> None:
    briefing = make(topic)
    assert bool(briefing.questions) == bool(briefing.recommended or lines(briefing, "weak"))
    for question in briefing.questions:
        assert question.rests_on and question.text.endswith("?")
        quoted = re.search("“(.+)”", question.text)
        assert quoted is None or fold(quoted[1]) in fold(question.rests_on[0].text)


# ---- files -----------------------------------------------------------------------------------------------------


@real
@pytest.mark.parametrize("topic", ["care leavers", "everything"])
def test_the_word_file_opens_with_real_styles_and_holds_every_line(topic: str, make: Make) -> None:
    from docx import Document

    briefing = make(topic)
    document = Document(BytesIO(rendered(briefing, "docx", MADE)))
    styles = {paragraph.style.name for paragraph in document.paragraphs}
    assert {"Title", "Heading 1", "Heading 2", "List Bullet", "List Bullet 2", "List Number"} <= styles
    written = "\n".join(paragraph.text for paragraph in document.paragraphs)
    for statement in briefing.statements:
        if statement.passage.kind != "judgement":
            assert raised(statement.quote) in written
    for passage in briefing.annex:
        assert raised(passage.text) in written
    page = document.sections[0]
    assert (round(page.page_width.cm, 1), round(page.page_height.cm, 1)) == (21.0, 29.7)
    assert document.styles["Normal"].font.size.pt >= 11
    assert document.core_properties.author and topic in document.core_properties.title.casefold().replace(
        "the whole report", "everything"
    )
    assert briefing.report.sha256 not in "".join(paragraph.text for paragraph in page.header.paragraphs)  # it stands in the annex
    assert "not today's" in page.header.paragraphs[0].text and "29 January 2018" in page.header.paragraphs[0].text
    assert licence("2018-01-29") in page.footer.paragraphs[0].text
    assert "PAGE" in page.footer._element.xml and "NUMPAGES" in page.footer._element.xml
    assert briefing.report.sha256 in written and "5 January 2026" in written
    assert document.tables[0].cell(0, 0).text == wording("brief.area")


@real
def test_markdown_and_html_hold_every_line_with_its_place(make: Make) -> None:
    from html import unescape

    briefing = make("police")
    laid = sheet(briefing, MADE)
    markdown, html = as_markdown(laid), unescape(re.sub("<[^>]+>", "", as_html(laid)))
    for line in lines(briefing):
        assert escaped(raised(line.quote)) in markdown and raised(line.quote) in html
        assert f"[{line.passage.label}]" in markdown and f"[{line.passage.label}]" in html


def test_words_that_markdown_would_read_as_marks_are_escaped() -> None:
    assert escaped("a *b* <c> [d]") == r"a \*b\* \<c\> \[d\]"


@real
@pytest.mark.parametrize("topic", ["care leavers", "everything", "leadership", "paragraph 50", "children looked after"])
def test_one_page_is_one_page(topic: str, make: Make, tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed: the page cannot be counted")
    (tmp_path / "briefing.docx").write_bytes(rendered(make(topic, "page"), "docx", MADE))
    command = [office, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "pdf", "briefing.docx"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=180)
    with closing(PdfDocument(tmp_path / "briefing.pdf")) as printed:
        assert len(printed) == 1


@real
@pytest.mark.parametrize("topic", ["care leavers", "everything", "leadership"])
def test_one_page_is_one_page_in_print_too(topic: str, make: Make, tmp_path: Path, chromium: str) -> None:
    (tmp_path / "briefing.html").write_bytes(rendered(make(topic, "page"), "html", MADE))
    command = [
        chromium,
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        f"--user-data-dir={tmp_path}/profile",
        "--no-pdf-header-footer",
    ]
    subprocess.run(
        [*command, "--print-to-pdf=briefing.pdf", "briefing.html"], cwd=tmp_path, check=True, capture_output=True, timeout=120
    )
    with closing(PdfDocument(tmp_path / "briefing.pdf")) as printed:
        assert len(printed) == 1


# ---- the command -----------------------------------------------------------------------------------------------


def test_the_command_prints_writes_and_says_what_is_not_covered(toy_index: dict[str, str], run: Run, tmp_path: Path) -> None:
    printed = run("brief", "foster carers", "--length", "full", env=toy_index)
    assert (printed.returncode, printed.stderr) == (0, "")
    assert "- There are 40 foster carers." in printed.stdout and "[paragraph 4, page 6]" in printed.stdout
    target = tmp_path / "papers" / "carers.html"  # a folder that is not there is made
    named = run("brief", "foster carers", "--out", target, env=toy_index)
    assert (named.returncode, named.stdout) == (0, f"{target}\n")
    assert target.read_text(encoding="utf-8").startswith("<!doctype html>")
    declined = run("brief", "volcanoes", env=toy_index)
    assert (declined.returncode, declined.stdout) == (5, "")
    assert declined.stderr.startswith(wording("brief.not_covered", topic="volcanoes"))


def test_many_topics_go_into_a_folder_and_one_that_is_not_covered_stops_nothing(
    toy_index: dict[str, str], run: Run, tmp_path: Path
) -> None:
    (tmp_path / "topics.txt").write_text("# for Tuesday\nfoster carers\nvolcanoes\n\nrecommendation 1\n", encoding="utf-8")
    ran = run("brief", "--topics", tmp_path / "topics.txt", "--format", "docx", "--out", tmp_path / "made", env=toy_index)
    assert ran.returncode == 5 and "volcanoes" in ran.stderr
    assert sorted(path.name for path in (tmp_path / "made").iterdir()) == [
        "briefing-foster-carers.docx",
        "briefing-recommendation-1.docx",
    ]


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("adoption", "--topics", "x.txt"),
        ("adoption", "--length", "book"),
        ("adoption", "--format", "pdf"),
        ("adoption", "--out", "x.odt"),
        ("--topics", "missing.txt"),
    ],
)
def test_wrong_usage_is_one_line_and_status_two(arguments: tuple[str, ...], toy_index: dict[str, str], run: Run) -> None:
    ran = run("brief", *arguments, env=toy_index)
    assert (ran.returncode, ran.stdout, len(ran.stderr.splitlines())) == (2, "", 1)
