"""Direct references: every spelling that names a passage, and the words that look like one and are not."""

from __future__ import annotations

import pytest

from assistant.question.references import Reference, references, without_references


def names(text: str) -> list[tuple[str, tuple[str, ...]]]:
    return [(reference.kind, reference.numbers) for reference in references(text)]


@pytest.mark.parametrize(
    ("spelling", "number"),
    [
        ("paragraph 40", "40"), ("Paragraph 40?", "40"), ("PARAGRAPH 40", "40"), ("para 40", "40"), ("para. 40", "40"),
        ("par. 5", "5"), ("para40", "40"), ("paragraph no. 5", "5"), ("paragraph number 5", "5"), ("paragraph #5", "5"),
        ("¶ 7", "7"), ("¶7", "7"), ("§12", "12"), ("#12", "12"), ("finding 22", "22"), ("point 9", "9"), ("point number 9", "9"),
        ("item 4", "4"), ("para 007", "7"), ("paragraph ten", "10"), ("paragraph sixteen", "16"), ("paragraph forty", "40"),
        ("paragraph twenty-one", "21"), ("paragraph sixty six", "66"), ("what does paragraph 40 say?", "40"), ("paragraph 40.", "40"),
        ("paragraph 200", "200"), ("paragraph 1.15", "1.15"),
    ],
)  # fmt: skip
def test_a_paragraph_in_every_spelling(spelling: str, number: str) -> None:
    assert references(spelling) == (Reference("paragraph", (number,)),)


@pytest.mark.parametrize(
    ("spelling", "number"),
    [
        ("recommendation 6", "6"), ("Recommendation six", "6"), ("rec 6", "6"), ("Rec. 6", "6"), ("rec no. 6", "6"),
        ("recommendation no 6", "6"), ("recommendation number 6", "6"), ("Recommendation #4", "4"), ("R6", "6"), ("r6", "6"),
        ("the third recommendation", "3"), ("13th recommendation", "13"), ("the twelfth recommendation", "12"),
        ("the 2nd recommendation", "2"), ("§ 3 of the recommendations", "3"), ("para 3 of the recommendations", "3"),
        ("number 3 of the recommendations", "3"), ("the last recommendation", "last"), ("the final recommendation", "last"),
    ],
)  # fmt: skip
def test_a_recommendation_in_every_spelling(spelling: str, number: str) -> None:
    assert references(spelling) == (Reference("recommendation", (number,)),)


@pytest.mark.parametrize(
    ("spelling", "kind", "number"),
    [
        ("page 7", "page", "7"), ("p. 7", "page", "7"), ("p.18", "page", "18"), ("p7", "page", "7"), ("pg 7", "page", "7"),
        ("page twenty five", "page", "25"), ("the first page", "page", "1"), ("last page", "page", "last"),
        ("footnote 2", "footnote", "2"), ("foot note 2", "footnote", "2"), ("fn 2", "footnote", "2"), ("fn2", "footnote", "2"),
        ("2nd footnote", "footnote", "2"), ("appendix B", "appendix", "B"), ("annex 2", "appendix", "2"),
        ("Annexe A", "appendix", "A"), ("is there an appendix?", "appendix", ""), ("schedule 2", "appendix", "2"),
    ],
)  # fmt: skip
def test_pages_footnotes_and_appendices(spelling: str, kind: str, number: str) -> None:
    assert references(spelling) == (Reference(kind, (number,)),)


@pytest.mark.parametrize(
    ("spelling", "named"),
    [
        ("paras 14 to 20", [("paragraph", ("14", "15", "16", "17", "18", "19", "20"))]),
        ("paragraphs 14-16", [("paragraph", ("14", "15", "16"))]),
        ("paragraphs 14–16", [("paragraph", ("14", "15", "16"))]),
        ("paragraphs 4 until 6", [("paragraph", ("4", "5", "6"))]),
        ("paragraphs 4 through 6", [("paragraph", ("4", "5", "6"))]),
        ("paragraphs 20 to 14", [("paragraph", ("20", "14"))]),
        ("paragraphs 30 and 31", [("paragraph", ("30", "31"))]),
        ("para 12, 13 and 14", [("paragraph", ("12", "13", "14"))]),
        ("findings 22 & 23", [("paragraph", ("22", "23"))]),
        ("para 3 + 5", [("paragraph", ("3", "5"))]),
        ("paragraph 40, paragraph 40 and para 41", [("paragraph", ("40", "41"))]),
        ("paragraphs 1.15 and 1.16", [("paragraph", ("1.15", "1.16"))]),
        ("recs 1 and 2", [("recommendation", ("1", "2"))]),
        ("recommendations one to three", [("recommendation", ("1", "2", "3"))]),
        ("recommendations 1, 2 and 13", [("recommendation", ("1", "2", "13"))]),
        ("pp. 7-9", [("page", ("7", "8", "9"))]),
        ("pages 2 to 3", [("page", ("2", "3"))]),
        ("paragraph 40 and recommendation 6", [("paragraph", ("40",)), ("recommendation", ("6",))]),
        ("the last two pages", [("page", ("last-1", "last"))]),
        ("the first three findings", [("paragraph", ("first", "first+1", "first+2"))]),
        ("the final 2 recommendations", [("recommendation", ("last-1", "last"))]),
        ("the last paragraph", [("paragraph", ("last",))]),
        ("does footnote 1 on page 6 matter?", [("page", ("6",)), ("footnote", ("1",))]),
    ],
)  # fmt: skip
def test_ranges_lists_and_several_sorts(spelling: str, named: list[tuple[str, tuple[str, ...]]]) -> None:
    assert names(spelling) == named


@pytest.mark.parametrize(
    "text",
    [
        "", "?", "how long do care proceedings take?", "26 weeks", "16- and 17-year-olds", "the findings for 16 and 17 year olds",
        "what were the findings two years ago?", "points two weeks later", "in 2 of the findings", "16 recommendations",
        "what are the recommendations?", "section 20", "is there a schedule of visits?", "when do they schedule a meeting?",
        "page 7%", "executive summary", "judgement table", "the findings", "which page?", "reports in 2015", "up 20%", "p", "R",
        "the first paragraph about neglect", "the last finding on plans", "the last inspection findings", "the first findings",
    ],
)  # fmt: skip
def test_what_names_no_passage(text: str) -> None:
    assert references(text) == ()


@pytest.mark.parametrize(
    ("question", "left"),
    [
        ("which findings are behind recommendation 6?", "which findings are behind ?"),
        ("what recommendation does paragraph 30 lead to?", "what recommendation does lead to?"),
        ("paras 14 to 20", ""),
        ("what does R6 rest on", "what does rest on"),
        ("no reference here", "no reference here"),
    ],
)
def test_the_other_words_of_a_question(question: str, left: str) -> None:
    assert without_references(question) == left
