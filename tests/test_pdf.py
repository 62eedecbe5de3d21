"""A report from its PDF: how layouts of the family are recognised, and what is refused."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from index import store
from index.errors import UnreadableReport
from index.formats.pdf import read_pdf
from index.formats.pdf_extract import letter_of
from index.formats.placed import Cell, PlacedText
from index.layout import facts
from index.layout.blocks import Block
from index.layout.flags import flag_of
from index.layout.pages.joining import Joiner
from index.layout.recognising import recognise_placed
from index.passages import Report
from tests import pdf_toys
from tests.conftest import Run
from tests.hostile_pdfs import HOSTILE
from tests.pdf_writer import Page, pdf


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    return read(pdf_toys.single_inspection(), tmp_path_factory.mktemp("single"))


def read(data: bytes, folder: Path) -> Report:
    path = folder / "report.pdf"
    path.write_bytes(data)
    return store.read_report(path)


def numbered(report: Report) -> list[tuple[str, str, int, int, bool]]:
    return [(p.number, p.kind, p.page, p.page_end, p.flagged) for p in report.passages if p.number]


def test_a_single_inspection_is_read_with_its_numbers_pages_and_flags(report: Report) -> None:
    assert numbered(report) == [
        ("1", "recommendation", 5, 5, False), ("2", "recommendation", 5, 5, False), ("3", "recommendation", 5, 5, False),
        ("4", "finding", 6, 6, True), ("5", "finding", 6, 6, True), ("6", "finding", 6, 6, True), ("7", "finding", 6, 6, True),
        ("8", "finding", 6, 7, False), ("9", "finding", 7, 7, False), ("10", "finding", 7, 7, False),
        ("11", "finding", 7, 7, True), ("12", "recommendation", 8, 8, False), ("13", "recommendation", 8, 8, False),
        ("14", "finding", 8, 8, False), ("15", "finding", 8, 8, True),
    ]  # fmt: skip
    assert [p.id for p in report.passages if p.number] == [p.number for p in report.passages if p.number]


def test_a_number_that_only_begins_a_line_starts_no_paragraph(report: Report) -> None:
    texts = {p.number: p.text for p in report.passages if p.number}
    assert texts["5"] == "Young people aged 16-18. are seen within 6 days."
    assert texts["2"] == "Improve the quality of plans for children aged 16-3. Plans are to be shared with them."


def test_a_paragraph_over_a_page_end_leaves_out_the_footnote_and_the_page_number_between(report: Report) -> None:
    found = next(p for p in report.passages if p.number == "8")
    assert found.text == (
        "Social workers see children alone, and the well-being of each child is recorded with care by nearly all of them."
    )
    note = next(p for p in report.passages if p.id == "p6.fn2")
    assert (note.kind, note.text) == ("footnote", "A note that stands between the two halves of a paragraph.")


def test_a_number_alone_on_its_line_and_a_list_within_a_paragraph(report: Report) -> None:
    texts = {p.number: p.text for p in report.passages if p.number}
    assert texts["7"] == "Its number stands alone on a line."
    assert texts["10"] == "The council employs 25 social workers: ten of them joined this year"


def test_the_facts_and_the_judgements_of_the_cover(report: Report) -> None:
    assert (report.authority, report.title) == (
        "Northshire County Council", "Inspection of services for children in need of help and protection"
    )  # fmt: skip
    assert (report.inspected, report.published, report.pages) == (("2017-05-06", "2017-05-10"), "2017-07-01", 8)
    assert [(j.service, j.grade, j.year) for j in report.judgements] == [
        ("Overall effectiveness", "require improvement to be good", 2017),
        ("Children who need help and protection", "Requires improvement", 2017),
        ("Children looked after and achieving permanence", "Requires improvement", 2017),
        ("Adoption performance", "Good", 2017),
        ("Leadership, management and governance", "Inadequate", 2017),
        ("Local Safeguarding Children Board", "good", 2017),
    ]


def test_headings_of_several_lines_beside_their_grade_and_the_parts_that_they_open(report: Report) -> None:
    told = {p.number or p.id: (p.part, p.section, p.subsection) for p in report.passages}
    assert told["4"] == ("findings", pdf_toys.HELP, "Inspection findings")
    assert told["9"] == ("leadership", "Leadership, management and governance", "Inspection findings")
    assert told["p4.1"] == ("figures", pdf_toys.AREA, "Children living in this area")
    assert told["12"][:2] == ("recommendations", "Recommendations")
    grades = [(p.page, p.context, p.text) for p in report.passages if p.kind == "heading" and p.searchable]
    assert grades == [
        (6, pdf_toys.HELP, "Requires improvement"), (7, "Leadership, management and governance", "Inadequate"),
    ]  # fmt: skip


def test_nested_bullets_carry_their_parent_and_a_heading_its_footnote(report: Report) -> None:
    bullets = [(p.text, p.context) for p in report.passages if p.page == 4 and p.kind == "figure" and p.context]
    parent = "The proportion of children entitled to free school meals:"
    assert bullets == [
        ("in primary schools is 13% (the national average is 15%)", parent), ("in secondary schools is 12%.", parent),
    ]  # fmt: skip
    note = next(p for p in report.passages if p.id == "p4.fn1")
    assert note.context == pdf_toys.AREA
    assert note.text == "The local authority was given the opportunity to review this section of the report."


def test_recommendations_that_a_flag_names_are_printed_links(report: Report) -> None:
    assert {p.number: p.leads_to for p in report.passages if p.leads_to} == {"5": ("1", "3"), "7": ("2",), "15": ("12",)}


@pytest.mark.parametrize(
    ("flag", "named"),
    [
        ("(Recommendation)", ()), ("(Recommendations)", ()), ("[Recommendation]", ()), ("(recommendation)", ()),
        ("(recommendation 2)", ("2",)), ("(Recommendations 2 and 3)", ("2", "3")), ("(Recommendations 2, 4 & 7)", ("2", "4", "7")),
        ("(Recommendations 2–4)", ("2", "3", "4")), ("( Recommendation 1 ).", ("1",)),
        ("(see recommendation 1, 2, and 3)", ("1", "2", "3")), ("(Recommendation", ()), ("{Recommendation: 7.}", ("7",)),
        ("(Recommendation 1) (Recommendation 5)", ("1", "5")),
    ],
)  # fmt: skip
def test_a_flag_in_any_spelling_is_taken_off_the_text(flag: str, named: tuple[str, ...]) -> None:
    assert flag_of(f"Plans are late. {flag}") == ("Plans are late.", True, named)


def test_a_flag_within_a_paragraph_counts_and_stays_where_it_is() -> None:
    text = "Plans are late. (Recommendation 4) Visits are not."
    assert flag_of(text) == (text, True, ("4",))


def test_words_about_recommendations_are_no_flag() -> None:
    assert flag_of("The panel made it (recommendation pending)")[1] is False
    assert flag_of("See the recommendation")[1] is False


def test_every_word_of_a_passage_stands_in_its_lines_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(pdf_toys.single_inspection())
    read, lines = store.read_source(path)
    for passage in read.passages:
        rows = range(passage.rows[0], passage.rows[1] + 1)
        own = " ".join(lines[row].text for row in rows if not lines[row].aside or passage.kind == "footnote")
        assert set(passage.text.replace("-", " ").split()) <= set(own.replace("-", " ").replace("\t", " ").split())
    assert [line.text for line in lines if line.aside and line.page == 7] == ["7"]


def test_key_findings_before_recommendations_and_a_second_report_that_counts_anew(tmp_path: Path) -> None:
    report = read(pdf_toys.counted_anew(), tmp_path)
    found = [(p.id, p.number, p.kind, p.label) for p in report.passages if p.number]
    assert [one[2] for one in found[:7]] == ["finding"] * 3 + ["recommendation"] * 2 + ["finding"] * 2
    assert [(one[1], one[3]) for one in found[7:]] == [(str(n), f"paragraph {n}, page 3") for n in range(1, 5)]
    assert len({one[0] for one in found}) == len(found) == 11
    assert [w for w in report.warnings if "number" in w] == [
        "paragraph numbers start again at 1: those after it are told apart by their pages"
    ]


def test_a_table_of_two_inspections_tells_them_apart(tmp_path: Path) -> None:
    report = read(pdf_toys.two_inspections(), tmp_path)
    assert [(j.service, j.grade, j.year) for j in report.judgements] == [
        ("Overall effectiveness", "Inadequate", 2015), ("Overall effectiveness", "Good", 2019),
        ("The impact of leaders", "Good", 2015), ("The impact of leaders", "Outstanding", 2019),
        ("Help and protection", "Requires improvement", 2015), ("Help and protection", "Good", 2019),
    ]  # fmt: skip


def test_a_short_report_without_numbers_is_cited_by_page(tmp_path: Path) -> None:
    report = read(pdf_toys.short_framework(), tmp_path)
    made = [(p.text, p.label) for p in report.passages if p.kind == "recommendation"]
    assert made == [
        ("The timeliness of visits to children.", "page 1, What needs to improve"),
        ("The quality of plans, and how well children understand them.", "page 1, What needs to improve"),
    ]
    assert [p.part for p in report.passages if p.kind == "finding"] == ["findings", "findings", "leadership"]
    assert len(report.judgements) == 3


@pytest.mark.parametrize(
    ("heading", "authority"),
    [
        ("Northshire County Council", "Northshire County Council"),
        ("Inspection of Northshire local authority children’s services", "Northshire"),
        ("Inspection of Northshire children's social care services", "Northshire"),
    ],
)
def test_whose_services_were_inspected_is_told_by_the_cover(heading: str, authority: str) -> None:
    blocks = [Block("heading", heading, 1, 1, (0, 0)), Block("prose", "Inspection dates: 1 to 2 May 2019", 1, 1, (1, 1))]
    assert facts.authority(blocks) == authority
    assert (facts.title(blocks) == heading) == (authority != heading)


@pytest.mark.parametrize(
    ("printed", "days"),
    [
        ("Inspection dates: 9–24 November 2017", ("2017-11-09", "2017-11-24")),
        ("Inspection date: 25 February 2014 – 19 March 2014", ("2014-02-25", "2014-03-19")),
        ("Inspection dates: 5 to 8 and 19 to 23 June 2017 Report published: 1 August 2017", ("2017-06-05", "2017-06-23")),
        ("Inspection date : Monday 13th May to Friday 7th June 2013", ("2013-05-13", "2013-06-07")),
        ("Dates of inspection: 7 - 30 Nov 2017", ("2017-11-07", "2017-11-30")), ("Inspection dates: spring 2017", None),
    ],
)  # fmt: skip
def test_the_days_of_an_inspection_in_the_forms_of_covers(printed: str, days: tuple[str, str] | None) -> None:
    assert facts.inspected(printed) == days


@pytest.mark.parametrize(
    "printed", ["Report published: 7 July 2016", "Published: Thursday 7th July 2016", "Report publication date:7 Jul 2016"]
)
def test_the_day_of_publication_in_the_forms_of_covers(printed: str) -> None:
    assert facts.published(printed) == "2016-07-07"


def test_another_houses_numbers_of_two_parts_and_its_running_heads(tmp_path: Path) -> None:
    report = read(pdf_toys.in_chapters(), tmp_path)
    assert [p.number for p in report.passages] == [f"{chapter}.{place}" for chapter in (1, 2, 3) for place in range(1, 7)]
    assert "Review of services" not in " ".join(p.text for p in report.passages)
    assert report.kept == 1.0


@pytest.mark.parametrize("numbers_first", [True, False])
def test_numbers_that_the_file_draws_apart_from_their_words_are_put_before_them(numbers_first: bool, tmp_path: Path) -> None:
    words, numbers = Page(), Page()
    for number in range(1, 9):
        words.lines(106, 740 - 45 * number, f"Finding {number} of the inspectors goes", "on over a second line.")
        numbers.at(71, 740 - 45 * number, f"{number}.")
    drawn = numbers.drawn + words.drawn if numbers_first else words.drawn + numbers.drawn
    report = read(pdf(Page(drawn)), tmp_path)
    assert [(p.number, p.text) for p in report.passages] == [
        (str(n), f"Finding {n} of the inspectors goes on over a second line.") for n in range(1, 9)
    ]


@pytest.mark.parametrize("left", [71, 106])
def test_a_numbered_list_within_a_paragraph_starts_no_series(left: float, tmp_path: Path) -> None:
    page, y = Page(), 760.0
    for number in range(1, 9):
        y = page.numbered(y, f"{number}.", f"Finding {number} of the inspectors goes", "on over a second line:")
        if number == 4:
            for place in range(1, 4):
                y = page.numbered(y, f"{place}.", f"thing {place}", left=left, text_left=left + 25)
    report = read(pdf(page), tmp_path)
    assert [p.number for p in report.passages if p.number] == [str(n) for n in range(1, 9)]
    assert "thing 2" in " ".join(p.text for p in report.passages)


def test_a_series_whose_first_numbers_cannot_be_read_is_read_and_warned_of(tmp_path: Path) -> None:
    page, y = Page(), 740.0
    for number in (3, 4, 5, 6, 7, 8, 10, 11):
        y = page.numbered(y, f"{number}.", f"Finding {number} of the inspectors goes", "on over a second line.")
    report = read(pdf(page), tmp_path)
    assert [p.number for p in report.passages] == ["3", "4", "5", "6", "7", "8", "10", "11"]
    assert report.warnings == ("paragraph numbers begin with 3", "paragraph numbers jump from 8 to 10")


def test_what_is_in_no_passage_is_counted_and_warned_of(tmp_path: Path) -> None:
    first, second = Page(), Page()
    first.at(71, 760, "Report of an inspection", size=20)
    y = 700.0
    for number in range(1, 7):
        y = first.numbered(y, f"{number}.", f"Finding {number}.")
    second.at(71, 700, "A large line that heads nothing at all", size=18)
    report = read(pdf(first, second, Page()), tmp_path)
    assert report.kept == pytest.approx(22 / 30)
    assert report.warnings == (
        "26.7% of the report's words are in no passage: its layout is known in part only",
        "no text was found on page 3",
    )


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("a well-", "being plan", "a well-being plan"), ("the informa-", "tion given", "the information given"),
        ("16-", "and 17-year-olds", "16- and 17-year-olds"), ("in 2015–", "16, and", "in 2015–16, and"),
        ("one -", "two", "one - two"), ("and/", "or", "and/or"), ("", "first", "first"),
    ],
)  # fmt: skip
def test_words_cut_at_the_end_of_a_line_are_mended(before: str, after: str, expected: str) -> None:
    assert Joiner(["all information is well kept", "being is", before, after]).join(before, after) == expected


@pytest.mark.parametrize(
    ("code", "written"), [(0xFB01, "fi"), (0xFB04, "ffl"), (0xAD, ""), (0x200B, ""), (0xF0B7, "•"), (0x07, ""), (0xE9, "é")]
)
def test_ligatures_are_spelt_out_and_what_only_typesetters_see_is_dropped(code: int, written: str) -> None:
    assert letter_of(code) == written


@pytest.mark.parametrize("seed", range(40))
def test_damaged_lines_are_recognised_or_refused_and_never_give_an_empty_passage(seed: int, tmp_path: Path) -> None:
    """Lines of a toy report deleted, cut, moved, made small or bold, and mixed with bare marks."""
    path = tmp_path / "report.pdf"
    path.write_bytes(pdf_toys.single_inspection())
    text, chance = read_pdf(path), random.Random(seed)
    lines = list(text.lines)
    marks = ["■", "-", "1.", "2", "(Recommendation)", "<sup>1</sup>", "Contents", "Good", "\t", "18. So", "1.1 x", "…", "o"]
    for _ in range(chance.choice([1, 10, 60])):
        at = chance.randrange(len(lines))
        line = lines[at]
        changes = (
            [], [line, replace(line, cells=(Cell(chance.choice(marks), line.left, line.right),))],
            [replace(line, cells=tuple(replace(cell, text=cell.text[:3]) for cell in line.cells))],
            [replace(line, baseline=chance.uniform(0, 842))], [replace(line, size=chance.choice([6, 8, 12, 20]), bold=True)],
            [replace(line, cells=(*line.cells, Cell(chance.choice(marks), 300, 380)))],
        )  # fmt: skip
        lines[at : at + 1] = chance.choice(changes)
    damaged = PlacedText(tuple(replace(line, row=row) for row, line in enumerate(lines)), text.sizes)
    try:
        report = recognise_placed(damaged)
    except UnreadableReport:
        return
    assert [p.id for p in report.passages if not p.text.strip() or " ".join(p.sentences) != p.text] == []
    assert len({p.id for p in report.passages}) == len(report.passages)


# ---- the command -----------------------------------------------------------------------------------------------


def test_the_command_indexes_a_pdf_and_answers_from_it_with_the_links_that_it_prints(
    toy_settings: dict[str, str], tmp_path: Path, run: Run
) -> None:
    path = tmp_path / "northshire.pdf"
    path.write_bytes(pdf_toys.single_inspection())
    env = toy_settings | {"FINDINGS_REPORT": str(path), "FINDINGS_INDEX_DIR": str(tmp_path / "index")}
    built = run("index", path, env=env)
    assert built.returncode == 0
    assert "15 numbered) on 8 pages of northshire.pdf, with 97." in built.stdout
    asked = run("ask", "paragraph 8", env=env)
    assert asked.stdout.strip().endswith("by nearly all of them. [paragraph 8, pages 6 to 7]")
    bears_on = run("ask", "which recommendation does paragraph 5 lead to?", env=env).stdout
    assert "[recommendation 1, page 5]" in bears_on and "[recommendation 3, page 5]" in bears_on
    kept = next((tmp_path / "index").glob("build-*")) / "report.pdf"
    assert kept.read_bytes() == path.read_bytes()


@pytest.fixture(scope="module")
def refused(
    toy_index: dict[str, str], tmp_path_factory: pytest.TempPathFactory, run: Run
) -> tuple[dict[str, CompletedProcess[str]], bool]:
    """What `findings index` says of each hostile file, run two at a time, and whether index and folder stayed as they were."""
    folder = tmp_path_factory.mktemp("hostile")
    for name, (make, _) in HOSTILE.items():
        make(folder / f"{name}.pdf")
    index = Path(toy_index["FINDINGS_INDEX_DIR"])

    def state() -> dict[Path, int]:
        return {path: path.stat().st_mtime_ns for top in (index, folder) for path in top.rglob("*")}

    before = state()
    with ThreadPoolExecutor(2) as pool:
        runs = pool.map(lambda name: run("index", folder / f"{name}.pdf", env=toy_index), HOSTILE)
        said = dict(zip(HOSTILE, runs, strict=True))
    return said, state() == before


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_report_is_refused_in_one_sentence(name: str, refused: tuple[dict, bool]) -> None:
    ran = refused[0][name]
    assert (ran.returncode, ran.stdout) == (2, "")
    assert HOSTILE[name][1] in ran.stderr
    assert len(ran.stderr.splitlines()) == 1
    assert ran.stderr.endswith(".\n")


def test_what_is_refused_leaves_the_index_and_nothing_else(refused: tuple[dict, bool]) -> None:
    assert refused[1]


def test_a_report_reads_the_same_whatever_it_is_called(tmp_path: Path) -> None:
    path = tmp_path / "report.bin"
    path.write_bytes(pdf_toys.single_inspection())
    named = tmp_path / "report.pdf"
    named.write_bytes(path.read_bytes())
    assert store.read_report(path) == store.read_report(named)
    assert replace(store.read_report(path), kept=None) != store.read_report(path)
    assert read_pdf(path).unmapped == 0
