"""The answer's words: verbatim quotes with their labels; anything else is refused."""

from __future__ import annotations

import pytest

from assistant.answer import Draft, Section, Statement
from assistant.composing import NotVerbatim, check_verbatim, compose, day, line, report_variables
from prompts import wording
from tests.assistant_toys import passage, somerset

VISITS = passage("3", "Visits take 12 days on average. They are not always timely. Children’s views – all of them – count.")
BOYS = passage("p7.1", "9 boys", kind="figure", context="In the last year, there were:", section="Figures")
GIRLS = passage("p7.2", "8 girls", kind="figure", context="In the last year, there were:", section="Figures")
NOTE = passage("p7.fn1", "Local data.", kind="footnote", context="children in poverty", section="Figures")


@pytest.mark.parametrize(
    "quote",
    [
        "Visits take 12 days on average.", "12 days on average. They are", VISITS.text, "Children's views - all of them - count.",
        "Visits  take\n12 days", "**Visits** take 12 days",
    ],
)  # fmt: skip
def test_a_contiguous_piece_is_verbatim_whatever_its_quotes_and_spaces(quote: str) -> None:
    statement = Statement(VISITS, quote)
    assert check_verbatim(statement) is statement


@pytest.mark.parametrize(
    "quote",
    [
        "", "Visits take 13 days on average.", "visits take 12 days", "Visits take 12 days on average. Children", "Visits are timely.",
        "Visits take ... on average.", "There were 9 boys",
    ],
)  # fmt: skip
def test_anything_else_is_refused_and_never_composed(quote: str) -> None:
    with pytest.raises(NotVerbatim, match=r"^3: "):
        check_verbatim(Statement(VISITS, quote))
    with pytest.raises(NotVerbatim):
        compose(Draft("answered", (Section(None, (Statement(VISITS, quote),)),)))


def test_a_quote_bears_its_label_and_its_context() -> None:
    assert line(Statement(VISITS, "They are not always timely.")) == "They are not always timely. [paragraph 3, page 6]"
    assert line(Statement(BOYS, "9 boys")) == "In the last year, there were: 9 boys [page 6, Figures]"
    assert line(Statement(BOYS, "9 boys"), with_context=False) == "9 boys [page 6, Figures]"
    assert line(Statement(NOTE, "Local data.")) == "Local data. [page 6, Figures]"


def test_a_corrected_scan_says_so() -> None:
    scanned = passage("9", "Health checks are on time.", corrected=True)
    said = f"Health checks are on time. {wording('answered.corrected')} [paragraph 9, page 6]"
    assert line(Statement(scanned, scanned.text)) == said


def test_an_answer_is_opening_sections_and_closing() -> None:
    draft = Draft(
        "answered",
        (
            Section(
                "What works:",
                (Statement(VISITS, "Visits take 12 days on average."), Statement(VISITS, "They are not always timely.")),
            ),
            Section(None, (Statement(BOYS, "9 boys"), Statement(GIRLS, "8 girls"))),
            Section("Nothing was found.", ()),
        ),
        opening="The report says otherwise:",
        closing=("Inspectors visited in May.",),
    )
    assert compose(draft) == (
        "The report says otherwise:\n\n"
        "What works:\nVisits take 12 days on average. [paragraph 3, page 6]\nThey are not always timely. [paragraph 3, page 6]\n\n"
        "In the last year, there were: 9 boys [page 6, Figures]\n8 girls [page 6, Figures]\n\n"
        "Nothing was found.\n\n"
        "Inspectors visited in May."
    )


def test_a_table_is_a_line_for_each_quote_under_its_row_and_column() -> None:
    boys, girls = Statement(BOYS, "9 boys"), Statement(GIRLS, "8 girls")
    draft = Draft(
        "answered",
        (
            Section("Then and now:", (boys,), row="Boys", column="2018"),
            Section(None, (girls, boys), row="Girls", column="2018"),
            Section(None, (), text="Not stated.", row="Girls", column="2015"),
            Section("Another:", (girls,), row="Girls", column="2018"),
        ),
        closing=("Inspectors visited in May.",),
    )
    assert compose(draft) == (
        "Then and now:\n"
        "2018, Boys: 9 boys [page 6, Figures]\n"
        "2018, Girls: 8 girls [page 6, Figures]\n"
        "2018, Girls: 9 boys [page 6, Figures]\n"
        "2015, Girls: Not stated.\n\n"
        "Another:\n2018, Girls: 8 girls [page 6, Figures]\n\n"
        "Inspectors visited in May."
    )


def test_an_outcome_without_statements_is_its_opening() -> None:
    assert compose(Draft("help", opening="Hello.")) == "Hello."


def test_every_sentence_and_every_passage_of_the_report_is_verbatim() -> None:
    for found in somerset().passages:
        for quote in (found.text, *found.sentences):
            assert check_verbatim(Statement(found, quote)).quote == quote


def test_days_and_the_report_s_facts_are_written_out() -> None:
    assert (day("2018-01-29"), day("2017-11-07")) == ("29 January 2018", "7 November 2017")
    assert report_variables(somerset()) == {
        "authority": "Somerset", "first": "7 November 2017", "last": "30 November 2017", "published": "29 January 2018"
    }  # fmt: skip
