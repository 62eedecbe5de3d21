"""Errands in reports that are not the packaged one: odd layouts are read, and what such a report lacks is said in plain words."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from assistant.answer import Draft
from assistant.composing import area_of, compose, licence
from assistant.lookups.links import Links
from assistant.lookups.lookup import look_up, ranges
from assistant.lookups.structure import enumerate_structure
from assistant.question.references import references
from index.passages import Report
from index.store import read_report
from prompts import wording
from tests import pdf_toys


@cache
def toy(made: Callable[[], bytes]) -> Report:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "report.pdf"
        path.write_bytes(made())
        return read_report(path)


def told(made: Callable[[], bytes], question: str) -> Draft | None:
    report = toy(made)
    return enumerate_structure(report, Links([]), question) or look_up(report, references(question), question)


def numbers(made: Callable[[], bytes]) -> list[tuple[str | None, str, int, int, bool]]:
    return [(p.number, p.kind, p.page, p.page_end, p.flagged) for p in toy(made).passages if p.number]


# ---- layouts ---------------------------------------------------------------------------------------------------


def test_chapters_with_more_than_nine_paragraphs_are_read_to_their_last() -> None:
    wanted = [
        *(f"1.{place}" for place in range(1, 16)),
        *(f"2.{place}" for place in range(1, 13)),
        *(f"3.{place}" for place in range(1, 6)),
    ]
    assert [number for number, *_ in numbers(pdf_toys.fifteen_in_a_chapter)] == wanted
    draft = told(pdf_toys.fifteen_in_a_chapter, "paragraph 1.15")
    assert draft is not None
    assert [s.quote for s in draft.statements] == ["Sentence 15 of chapter 1, with 1.2 million pounds."]


def test_numbers_alone_on_their_lines_and_a_line_that_begins_with_the_next_number() -> None:
    assert numbers(pdf_toys.numbers_alone) == [(str(number), "finding", 2, 2, False) for number in range(1, 9)]
    texts = {p.number: p.text for p in toy(pdf_toys.numbers_alone).passages if p.number}
    assert texts["4"] == "Workers see children aged 16-5. They write it down."


def test_flags_in_all_spellings_are_taken_off_and_their_links_kept() -> None:
    found = [p for p in toy(pdf_toys.flags_in_all_spellings).passages if p.number]
    assert [(p.number, p.flagged, p.leads_to) for p in found] == [
        ("1", True, ()), ("2", True, ()), ("3", True, ("1",)), ("4", True, ("1", "2")), ("5", True, ("2",)), ("6", True, ()),
        ("7", True, ("1", "2")), ("8", True, ()),
    ]  # fmt: skip
    assert {p.text for p in found} == {
        *(f"Finding {at} of the inspectors." for at in range(1, 8)),
        "The last finding ends over the page.",
    }


def test_a_paragraph_over_three_pages_leaves_out_the_footnotes_between() -> None:
    assert numbers(pdf_toys.over_three_pages) == [
        ("1", "finding", 2, 2, False), ("2", "finding", 2, 4, False),
        *((str(number), "finding", 4, 4, False) for number in range(3, 8)),
    ]  # fmt: skip
    texts = {p.number: p.text for p in toy(pdf_toys.over_three_pages).passages if p.number}
    assert texts["2"] == "Plans are clear and children know what is in them, their parents know it too."
    assert [p.text for p in toy(pdf_toys.over_three_pages).passages if p.kind == "footnote"] == [
        "Of all homes.",
        "As counted in May.",
        "Some live elsewhere.",
    ]


def test_the_board_s_own_series_in_the_middle_keeps_its_kinds() -> None:
    assert [(number, kind) for number, kind, *_ in numbers(pdf_toys.board_in_the_middle)] == [
        ("1", "finding"), ("2", "finding"), ("3", "recommendation"), ("4", "finding"), ("5", "finding")
    ]  # fmt: skip
    assert toy(pdf_toys.board_in_the_middle).passages[-1].part == "leadership"


# ---- errands ---------------------------------------------------------------------------------------------------

REPORTS = (
    pdf_toys.single_inspection, pdf_toys.counted_anew, pdf_toys.two_inspections, pdf_toys.short_framework, pdf_toys.in_chapters,
    pdf_toys.nothing_recommended, pdf_toys.board_in_the_middle,
)  # fmt: skip
ERRANDS = (
    "how many recommendations are there?", "list all recommendations", "recommendation 3", "recommendation 99", "the last three footnotes",
    "paragraph 40", "paragraph 3", "page 99", "appendix A", "footnote 9", "how many findings are there?", "how many pages?", "how long is it?",
    "how many judgements are there?", "how many findings are flagged?", "which findings are flagged in the leadership section?",
    "list the flagged findings", "contents", "who wrote it?", "where is the original?", "what were the judgements in 2013?",
    "which services are good?", "which services improved?", "how many recommendations concern care leavers?", "how often does \"plans\" appear?",
    "what is the evidence for recommendation 1?", "how many footnotes are there?", "what grade did leadership get?",
)  # fmt: skip


@pytest.mark.parametrize("made", REPORTS, ids=lambda made: made.__name__)
@pytest.mark.parametrize("question", ERRANDS)
def test_no_errand_fails_or_names_what_is_not_there(made: Callable[[], bytes], question: str) -> None:
    draft = told(made, question)
    if draft is None:  # left to the search
        return
    said = compose(draft)
    assert said and "None" not in said and "Somerset" not in said
    assert "has 0 " not in said and "makes 0" not in said
    assert bool(draft.statements) == (draft.outcome == "answered")


def test_what_a_report_lacks_is_said() -> None:
    none = wording("no_such_passage.no_recommendations")
    for question in ("how many recommendations are there?", "list all recommendations", "recommendation 3"):
        assert told(pdf_toys.nothing_recommended, question) == Draft("no_such_passage", opening=none)
    assert told(pdf_toys.nothing_recommended, "list the flagged findings") == Draft(
        "not_stated", opening=wording("not_stated.no_flags")
    )
    unnumbered = wording("no_such_passage.no_findings", count=2)
    for question in ("how many findings are there?", "paragraph 3"):
        assert told(pdf_toys.short_framework, question) == Draft("no_such_passage", opening=unnumbered)


def test_numbers_of_two_series_are_named_as_they_stand() -> None:
    said = wording("no_such_passage.recommendation", number=99, count=5, numbers="1 to 3, 12 and 13")
    assert ranges(["1", "2", "3", "12", "13"]) == "1 to 3, 12 and 13"
    draft = told(pdf_toys.single_inspection, "recommendation 99")
    assert draft == Draft("no_such_passage", opening=said)
    counted = told(pdf_toys.single_inspection, "how many recommendations are there?")
    assert counted is not None
    assert counted.sections[0].heading == wording("answered.count_recommendations", count=5, pages="pages 5 and 8")


@pytest.mark.parametrize(
    ("authority", "area"),
    [
        ("Somerset County Council", "Somerset"), ("Metropolitan Borough of Solihull", "Solihull"), ("Doncaster Metropolitan Borough Council", "Doncaster"),
        ("London Borough of Hackney", "Hackney"), ("City of York Council", "York"), ("Isle of Wight Council", "Isle of Wight"),
        ("Royal Borough of Windsor and Maidenhead", "Windsor and Maidenhead"), ("Northshire", "Northshire"), ("City of London", "London"),
        ("Leeds City Council", "Leeds"), ("Council", "Council"),
    ],
)  # fmt: skip
def test_a_council_is_named_by_its_area(authority: str, area: str) -> None:
    assert area_of(authority) == area


def test_the_licence_names_the_year_of_the_report() -> None:
    assert licence("2016-07-07").endswith("© Crown copyright 2016.")
    assert licence(None).endswith("© Crown copyright.")
