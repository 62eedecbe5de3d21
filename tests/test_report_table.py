"""The real report, compared line by line with what is printed in it. Set by hand from the published document."""

from __future__ import annotations

import json
import re
from functools import cache

import pytest

from index import store
from index.passages import Passage, Report

HELP = "The experiences and progress of children who need help and protection"
CARE = "The experiences and progress of children looked after and achieving permanence"
LEADERSHIP = "Leadership, management and governance"
AREA = "Information about this local authority area"

# page, first and last number printed on it, section
NUMBERED = (
    (9, 1, 13, "Recommendations"),
    (12, 14, 18, HELP), (13, 19, 24, HELP), (14, 25, 30, HELP), (15, 31, 35, HELP),
    (17, 36, 39, CARE), (18, 40, 44, CARE), (19, 45, 49, CARE), (20, 50, 53, CARE), (21, 54, 58, CARE), (22, 59, 63, CARE),
    (23, 64, 68, CARE), (24, 69, 73, CARE), (25, 74, 77, CARE),
    (27, 78, 81, LEADERSHIP), (28, 82, 86, LEADERSHIP), (29, 87, 90, LEADERSHIP), (30, 91, 94, LEADERSHIP),
)  # fmt: skip
FLAGGED = "19 20 26 30 31 33 40 42 47 50 52 63 70 71 72 75 79 80 86 87 88 94".split()

MEALS = "The proportion of children entitled to free school meals:"
LANGUAGE = "The proportion of children and young people with English as an additional language:"
LOOKED_AFTER = (
    "At 7 November 2017, 495 children were being looked after by the local authority (a rate of 45 per 10,000 children). "
    "This is an increase from 475 (43 per 10,000 children) at 31 March 2017. Of this number:"
)
TWELVE = "In the last 12 months"
BULLETS = (
    (6, "Children living in this area", MEALS, "in primary schools is 11% (the national average is 15%)"),
    (6, "Children living in this area", MEALS, "in secondary schools is 10% (the national average is 13%)."),
    (7, "Children living in this area", LANGUAGE, "in primary schools is 7% (the national average is 20%)"),
    (7, "Children living in this area", LANGUAGE, "in secondary schools is 5% (the national average is 16%)."),
    (7, "Children looked after in this area", LOOKED_AFTER, "140 (or 28%) live outside the local authority area"),
    (7, "Children looked after in this area", LOOKED_AFTER,
     "52 live in residential children's homes, of whom 27% live out of the authority area"),
    (7, "Children looked after in this area", LOOKED_AFTER,
     "six live in residential special schools,<sup>2</sup> of whom 83% live out of the authority area"),
    (7, "Children looked after in this area", LOOKED_AFTER,
     "363 live with foster families, of whom 26% live out of the authority area"),
    (7, "Children looked after in this area", LOOKED_AFTER,
     "14 live with parents, of whom four live out of the authority area"),
    (7, "Children looked after in this area", LOOKED_AFTER, "19 children are unaccompanied asylum-seeking children."),
    (8, "Children looked after in this area", TWELVE, "there have been 32 adoptions"),
    (8, "Children looked after in this area", TWELVE, "76 children became the subject of special guardianship orders"),
    (8, "Children looked after in this area", TWELVE,
     "237 children ceased to be looked after, of whom 5% subsequently returned to be looked after"),
    (8, "Children looked after in this area", TWELVE,
     "five children and young people ceased to be looked after and moved on to independent living"),
    (8, "Children looked after in this area", TWELVE,
     "20 children and young people ceased to be looked after and are now living in houses in multiple occupation."),
)  # fmt: skip

GRADES = (
    ("Overall effectiveness", "require improvement to be good", 2017, 1),
    ("Children who need help and protection", "Requires improvement", 2017, 1),
    ("Children looked after and achieving permanence", "Requires improvement", 2017, 1),
    ("Adoption performance", "Good", 2017, 1),
    ("Experiences and progress of care leavers", "Requires improvement", 2017, 1),
    (LEADERSHIP, "Requires improvement", 2017, 1),
    ("Overall effectiveness", "inadequate", 2015, 6),
    ("Children who need help and protection", "inadequate", 2015, 6),
    ("Children looked after and achieving permanence", "inadequate", 2015, 6),
    ("Adoption performance", "requires improvement", 2015, 6),
    ("Experiences and progress of care leavers", "inadequate", 2015, 6),
    (LEADERSHIP, "inadequate", 2015, 6),
)


@cache
def report() -> Report:
    return store.read_report(store.packaged_report())


@cache
def printed_pages() -> tuple[str, ...]:
    """The pages of the committed file, split without the reader: three or more blank lines."""
    text = store.packaged_report().read_text(encoding="utf-8").strip("\n")
    return tuple(re.split(r"\n(?:[ \t]*\n){3,}", text))


def plain(text: str) -> str:
    """White space, typographic quotes and markup folded, written apart from the folding that findings uses."""
    text = re.sub(r"</?sup>|&</sup>lt;sup>|\*\*", "", text)
    text = re.sub(r"(?m)^[ \t]*(?:#{1,6}|-)[ \t]+", "", text)
    for curly, straight in (("’", "'"), ("‘", "'"), ("“", '"'), ("”", '"')):
        text = text.replace(curly, straight)
    return " ".join(text.split())


def test_the_report_names_itself() -> None:
    read = report()
    assert (read.title, read.authority, read.inspected, read.published, read.pages, read.warnings) == (
        "Reinspection of services for children in need of help and protection, children looked after and care leavers",
        "Somerset County Council", ("2017-11-07", "2017-11-30"), "2018-01-29", 32, (),
    )  # fmt: skip


def test_the_committed_file_is_the_published_one() -> None:
    note = store.packaged_report().with_name("SOURCE.md").read_text(encoding="utf-8")
    assert f"sha256: {report().sha256}\n" in note
    assert report().sha256 == "ca4a047c7fcb0150e06891c80ec639ea2e89d25cd4be123b5d3f56c50637a6a1"


def test_all_94_numbered_paragraphs_stand_on_their_page_and_in_their_section() -> None:
    expected = [(str(n), page, section) for page, first, last, section in NUMBERED for n in range(first, last + 1)]
    found = [(p.number, p.page, p.section) for p in report().passages if p.number is not None]
    assert len(expected) == 94
    assert found == expected
    assert [p.id for p in report().passages if p.number and p.page_end != p.page] == []


def test_1_to_13_are_recommendations_and_14_to_94_findings() -> None:
    kinds = [p.kind for p in report().passages if p.number is not None]
    assert kinds == ["recommendation"] * 13 + ["finding"] * 81


def test_22_findings_are_flagged() -> None:
    assert [p.number for p in report().passages if p.flagged] == FLAGGED
    assert [p.number for p in report().passages if "(Recommendation)" in p.text] == []
    assert "\n".join(printed_pages()).count("(Recommendation)") == len(FLAGGED)


def test_paragraph_94_holds_its_indented_block() -> None:
    last = next(p for p in report().passages if p.number == "94")
    assert last.text == (
        "Supervision takes place regularly for the majority of social workers, although the quality of this varies considerably "
        "and it is not consistently reflective. Management oversight of work is also too variable and not all social workers "
        "benefit from consistently clear guidance and direction. The local authority needs to ensure that all frontline managers "
        "have the right skills to develop and support social workers."
    )


def test_six_and_six_judgements() -> None:
    pages = {p.id: p.page for p in report().passages}
    assert tuple((j.service, j.grade, j.year, pages[j.passage]) for j in report().judgements) == GRADES


def test_the_cover_table_is_no_list_of_recommendations() -> None:
    cover = [
        (p.kind, p.number, p.context, p.text, p.corrected) for p in report().passages if p.page == 1 and p.kind == "judgement"
    ]
    assert cover == [
        ("judgement", None, None, "Children's services in Somerset require improvement to be good", False),
        ("judgement", None, "Children who need help and protection", "Requires improvement", True),
        ("judgement", None, "Children looked after and achieving permanence", "Requires improvement", False),
        ("judgement", None, "Adoption performance", "Good", False),
        ("judgement", None, "Experiences and progress of care leavers", "Requires improvement", False),
        ("judgement", None, LEADERSHIP, "Requires improvement", True),
    ]


def test_every_nested_bullet_carries_its_parent() -> None:
    found = [
        (p.page, p.subsection, p.context, p.text)
        for p in report().passages
        if 6 <= p.page <= 8 and p.context and p.kind in {"figure", "context"}
    ]
    assert found == list(BULLETS)


def test_the_garbled_heading_is_repaired_openly() -> None:
    listed = [(p.page, p.context, p.corrected) for p in report().passages if p.context == TWELVE]
    assert listed == [(8, TWELVE, True)] * 5
    recorded = json.loads(store.packaged_report().with_name("corrections.json").read_text(encoding="utf-8"))
    assert [(c["page"], c["as"]) for c in recorded] == [(7, TWELVE)]
    assert recorded[0]["read"] in printed_pages()[6]
    assert TWELVE not in printed_pages()[6]


def test_nothing_else_is_marked_as_corrected() -> None:
    assert [p.id for p in report().passages if p.corrected and p.context != TWELVE and p.kind != "judgement"] == [
        p.id for p in report().passages if p.text == TWELVE
    ]


def test_the_footnotes_stand_behind_what_they_annotate() -> None:
    notes = [(p.id, p.page, p.context, p.text) for p in report().passages if p.kind == "footnote"]
    assert notes == [
        ("p6.fn1", 6, AREA, "The local authority was given the opportunity to review this section of the report, and has "
         "updated it with local unvalidated data where this was available."),
        ("p7.fn2", 7, "six live in residential special schools",
         "These are residential special schools that look after children for 295 days or less per year."),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("first", "page", "page_end", "across"),
    [
        ("Decisions for children coming into care", 2, 3, "There is good 'edge of care' work to prevent children from coming"),
        ("While the local authority has been successful", 3, 4, "so that the current pace of change is maintained and"),
    ],
)
def test_summary_paragraphs_run_over_the_page_break(first: str, page: int, page_end: int, across: str) -> None:
    found = next(p for p in report().passages if p.text.startswith(first))
    assert (found.page, found.page_end, across in found.text) == (page, page_end, True)


def test_graded_headings_are_passages() -> None:
    found = [(p.page, p.text, p.context) for p in report().passages if p.kind == "heading" and p.searchable]
    assert found == [
        (11, "Requires improvement to be good", HELP),
        (16, "Requires improvement", CARE),
        (21, "The graded judgement for adoption performance is that it is good", None),
        (23, "The graded judgement about the experience and progress of care leavers is that it requires improvement to be good",
         None),
        (26, "Requires improvement to be good", LEADERSHIP),
    ]  # fmt: skip


def test_the_contents_page_answers_nothing() -> None:
    listed = [p for p in report().passages if p.section == "Contents"]
    assert {(p.page, p.searchable) for p in listed} == {(5, False)}
    assert len(listed) == 9


@pytest.mark.parametrize(
    ("section", "page"),
    [("Executive summary", 2), (AREA, 6), ("Recommendations", 9), ("Summary for children and young people", 10), (HELP, 11),
     (CARE, 16), (LEADERSHIP, 26)],
)  # fmt: skip
def test_sections_begin_where_the_contents_page_says(section: str, page: int) -> None:
    assert min(p.page for p in report().passages if p.section == section) == page


def test_every_page_is_there() -> None:
    covered = {page for p in report().passages for page in range(p.page, p.page_end + 1)}
    assert covered == set(range(1, 33))
    assert len(printed_pages()) == 32


def test_all_that_is_printed_is_in_some_passage_of_its_page() -> None:
    """Word by word; a heading counts as the section of its passages, or as one that the contents page lists."""
    garbled = json.loads(store.packaged_report().with_name("corrections.json").read_text(encoding="utf-8"))[0]["read"]
    listed = " ".join(p.text for p in report().passages if p.section == "Contents")
    lost = []
    for number, page in enumerate(printed_pages(), 1):
        here = [p for p in report().passages if p.page <= number <= p.page_end]
        held = " ".join(f"{p.context or ''} {p.text} {p.section} {p.subsection or ''}" for p in here)
        words = set(re.findall(r"[A-Za-z']+", plain(f"{held} {listed} {report().authority}")))
        printed = re.sub(r"\t(?=[a-z])" if number == 1 else r"\t", "" if number == 1 else " ", page.replace(garbled, ""))
        lost += [(number, w) for w in re.findall(r"[A-Za-z']+", plain(printed.replace("(Recommendation)", ""))) if w not in words]
    assert lost == []


def cuttable(passage: Passage) -> list[str]:
    """Every quote that can be cut from a passage: the whole of it and each of its sentences."""
    return [passage.text, *passage.sentences]


def test_every_quote_that_can_be_cut_lies_contiguous_in_its_pages_and_lines() -> None:
    lines = store.packaged_report().read_text(encoding="utf-8").splitlines()
    wrong, tried = [], 0
    for passage in report().passages:
        if passage.text == TWELVE:  # the correction itself, marked and recorded
            continue
        pages = plain("\n".join(printed_pages()[passage.page - 1 : passage.page_end]))
        rows = plain("\n".join(lines[passage.rows[0] : passage.rows[1] + 1]))
        for quote in cuttable(passage):
            tried += 1
            if plain(quote) not in pages or plain(quote) not in rows:
                wrong.append((passage.id, quote))
    assert wrong == []
    assert tried > 700


def test_every_context_lies_contiguous_in_the_report_or_is_marked_as_corrected() -> None:
    lost = []
    for passage in report().passages:
        before = plain("\n".join(printed_pages()[: passage.page_end]))
        if passage.context and plain(passage.context) not in before and not passage.corrected:
            lost.append((passage.id, passage.context))
    assert lost == []


def test_the_lines_of_a_passage_hold_its_own_number() -> None:
    lines = store.packaged_report().read_text(encoding="utf-8").splitlines()
    wrong = [p.id for p in report().passages if p.number and not lines[p.rows[0]].startswith(f"- {p.number}. ")]
    assert wrong == []


def test_labels_read_as_the_contract_says() -> None:
    by_id = {p.id: p.label for p in report().passages}
    assert [by_id[i] for i in ("40", "6", "p2.7", "p8.1", "p11.2", "p1.7")] == [
        "paragraph 40, page 18",
        "recommendation 6, page 9",
        "pages 2 to 3, Executive summary",
        "page 8, Children looked after in this area",
        f"page 11, {HELP}",
        "page 1, Cover page",
    ]
    assert len(by_id) == len(report().passages)
