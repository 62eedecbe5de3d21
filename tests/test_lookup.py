"""Passages asked for by what is printed on them: whole and in order, or what there is instead."""

from __future__ import annotations

import pytest

from assistant.answer import Draft, Section, Statement
from assistant.lookups.lookup import look_up, named, whole
from assistant.question.references import references
from index.passages import Report
from index.store import Index
from prompts import wording
from tests.assistant_toys import cited, ids, somerset


def looked_up(question: str, report: Report | None = None) -> Draft | None:
    return look_up(report or somerset(), references(question))


@pytest.mark.parametrize(
    ("question", "passages"),
    [
        ("paragraph 40", ["40"]), ("what does para 94 say?", ["94"]), ("paras 14 to 16", ["14", "15", "16"]), ("rec 6", ["6"]),
        ("recommendations 1 and 13", ["1", "13"]), ("the last recommendation", ["13"]), ("the first recommendation", ["1"]),
        ("paragraph 6", ["6"]), ("footnote 1", ["p6.fn1"]), ("footnote 2", ["p7.fn2"]), ("the last footnote", ["p7.fn2"]),
        ("the last two recommendations", ["12", "13"]), ("the first 3 findings", ["14", "15", "16"]), ("the final paragraph", ["94"]),
        ("first two footnotes", ["p6.fn1", "p7.fn2"]),
        ("paragraph 40 and recommendation 6", ["40", "6"]), ("paragraphs 40, 41 and 40", ["40", "41"]),
    ],
)  # fmt: skip
def test_a_named_passage_is_given_whole(question: str, passages: list[str]) -> None:
    assert looked_up(question) == Draft("answered", (Section(None, tuple(cited(p) for p in passages)),))


def test_every_number_of_the_report_is_found() -> None:
    findings = looked_up("paragraphs 14 to 94")
    made = looked_up("recommendations 1 to 13")
    assert findings and ids(findings) == [str(number) for number in range(14, 95)]
    assert made and ids(made) == [str(number) for number in range(1, 14)]


def test_a_page_is_given_with_everything_that_stands_on_it() -> None:
    whole_page = looked_up("page 9")
    assert whole_page == Draft(
        "answered", (Section(wording("answered.page", page="9"), tuple(cited(str(number)) for number in range(1, 14))),)
    )
    across = looked_up("page 3")
    assert across and ids(across) == ["p2.7", "p3.1", "p3.2", "p3.3", "p3.4", "p3.5"]
    assert [passage.page_end for passage in named(somerset(), "page", "last")] == [32] * 8


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("paragraph 200", wording("no_such_passage.paragraph", number="200", first="14", last="94")),
        ("paragraph 1.15", wording("no_such_passage.paragraph", number="1.15", first="14", last="94")),
        ("paras 93 to 96", wording("no_such_passage.paragraph", number="95", first="14", last="94")),
        ("recommendation 14", wording("no_such_passage.recommendation", number="14", count=13, numbers="1 to 13")),
        ("recommendation 40", wording("no_such_passage.recommendation", number="40", count=13, numbers="1 to 13")),
        ("page 50", wording("no_such_passage.page", number="50", count=32)),
        ("page 0", wording("no_such_passage.page", number="0", count=32)),
        ("page 1.5", wording("no_such_passage.page", number="1.5", count=32)),
        ("the last three footnotes", wording("no_such_passage.fewer", count=2)),
        ("footnote 9", wording("no_such_passage.footnote", number="9", count=2)),
        ("appendix B", wording("no_such_passage.appendix", count=32)),
    ],
)
def test_what_does_not_exist_is_said_with_what_does(question: str, said: str) -> None:
    assert looked_up(question) == Draft("no_such_passage", opening=said)


@pytest.mark.parametrize("question", ["how long do care proceedings take?", "early help", ""])
def test_without_a_reference_nothing_is_looked_up(question: str) -> None:
    assert looked_up(question) is None


def test_another_report_has_its_own_numbers(toy: Index) -> None:
    found = looked_up("paragraph 9", toy.report)
    assert found and [statement.quote for statement in found.statements] == ["Health checks are on time for 90% of children."]
    assert looked_up("paragraph 40", toy.report) == Draft(
        "no_such_passage", opening=wording("no_such_passage.paragraph", number="40", first="3", last="12")
    )


def test_a_whole_passage_is_its_text() -> None:
    assert whole(cited("40").passage) == Statement(cited("40").passage, cited("40").passage.text)
