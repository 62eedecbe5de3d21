"""Questions about the report's structure: lists, counts, flags, judgements then and now, links both ways marked derived."""

from __future__ import annotations

import pytest

from assistant.answer import Draft, Section, form
from assistant.lookups.judgements import beside_the_time, judgement_statements, leading, same_grade, services_in
from assistant.lookups.links import RELATED, Link, Links
from assistant.lookups.mentions import mentions
from assistant.lookups.structure import MENTIONS, enumerate_structure
from assistant.words.polarity import MIXED, NEGATIVE, polarity
from prompts import wording
from tests.assistant_toys import cited, ids, somerset

LINKS = Links([Link("30", "6", sentence=2), Link("42", "11"), Link("86", "11"), Link("49", "6", RELATED)])
FLAGGED = "19 20 26 30 31 33 40 42 47 50 52 63 70 71 72 75 79 80 86 87 88 94".split()
NOW = ["p1.4", "p1.5", "p1.6", "p1.7", "p1.8", "p1.9"]
BEFORE = ["p6.3", "p6.4", "p6.5", "p6.6", "p6.7", "p6.8"]


def told(question: str) -> Draft | None:
    return enumerate_structure(somerset(), LINKS, question)


def answer(question: str) -> Draft:
    draft = told(question)
    assert draft is not None, question
    return draft


def judged(*identities: str) -> Section:
    return Section(None, tuple(cited(identity) for identity in identities), "judgement")


@pytest.mark.parametrize(
    "question",
    ["what are the recommendations?", "list all recommendations", "what were all of the recommendations Ofsted made?",
     "recommendations", "all 13 recommendations please", "show me the full list of recommendations", "list everything the council was told to do"],
)  # fmt: skip
def test_all_recommendations_are_listed_whole_and_in_order(question: str) -> None:
    everything = tuple(cited(str(number)) for number in range(1, 14))
    assert told(question) == Draft("answered", (Section(wording("answered.recommended"), everything, "recommended"),))


@pytest.mark.parametrize(
    "question",
    ["what are the recommendations about health?", "what did inspectors recommend for care leavers?", "is advocacy recommended?"],
)
def test_recommendations_on_a_subject_are_left_to_the_search(question: str) -> None:
    assert told(question) is None


@pytest.mark.parametrize(
    ("question", "said", "passages"),
    [
        ("how many recommendations are there?", wording("answered.count_recommendations", count=13, pages="page 9"), ["13"]),
        ("number of recommendations", wording("answered.count_recommendations", count=13, pages="page 9"), ["13"]),
        ("how many findings are there?", wording("answered.count_findings", count=81, numbers="paragraphs 14 to 94"), ["14", "94"]),
        ("how many numbered paragraphs does the report have?", wording("answered.count_findings", count=81, numbers="paragraphs 14 to 94"), ["14", "94"]),
        ("how many pages does the report have?", wording("answered.count_pages", count=32), ["p32.8"]),
        ("how many judgements are there?", wording("answered.count_judgements", count=6), NOW),
        ("how many findings are flagged?", wording("answered.count_flagged", count=22, numbers=", ".join(FLAGGED[:-1]) + " and 94"), ["19"]),
    ],
)  # fmt: skip
def test_counts_are_counted_and_cite_what_shows_them(question: str, said: str, passages: list[str]) -> None:
    draft = answer(question)
    assert ([section.heading for section in draft.sections], ids(draft)) == ([said], passages)


@pytest.mark.parametrize(
    "question",
    ["how many adoptions were there?", "how many recommendations were about health?", "how many pages are the care plans?"],
)
def test_other_counts_are_left_to_the_search(question: str) -> None:
    assert told(question) is None


@pytest.mark.parametrize("question", ["which findings are flagged with a recommendation?", "list the flagged findings"])
def test_flagged_findings_are_listed_each_by_the_beginning_of_one_sentence(question: str) -> None:
    draft = answer(question)
    assert ids(draft) == FLAGGED
    assert [s.passage.id for s in draft.statements if not any(one.startswith(s.quote) for one in s.passage.sentences)] == []
    assert sum(len(s.quote.split()) for s in draft.statements) <= 310


def test_a_flagged_finding_is_told_by_the_sentence_its_recommendation_takes_up() -> None:
    told_by = {s.passage.id: s.quote for s in answer("list the flagged findings").statements}
    assert told_by["30"].startswith("Return home interviews are not always timely")  # recommendation 6 is about these
    few = {
        s.passage.id: s.quote
        for s in answer("which findings on children looked after are flagged as recommendations?").statements
    }
    assert few["40"] == "However, pre-proceedings work is less effective."  # the first critical sentence that stands alone
    assert few["42"].endswith("due to a lack of sufficiency of placements.")


@pytest.mark.parametrize(
    ("question", "passages"),
    [
        ("which findings in the help and protection section carry a recommendation?", ["19", "20", "26", "30", "31", "33"]),
        ("list the flagged findings on care leavers", ["70", "71", "72", "75"]), ("flagged findings about adoption", ["63"]),
        ("how many findings are flagged in the adoption section?", ["63"]), ("how many findings are there on adoption?", ["56", "66"]),
        ("how many recommendations concern care leavers?", ["12", "13"]), ("who wrote it?", ["p32.2", "p31.6", "p31.7", "p31.8", "p31.9", "p31.10"]),
        ("how many words does it have?", ["p1.1"]), ("what does it cover?", ["p1.1"]), ("table of contents", ["p1.1"]),
    ],
)  # fmt: skip
def test_what_stands_under_a_heading_is_counted_and_listed_there(question: str, passages: list[str]) -> None:
    assert ids(answer(question)) == passages


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("how often do they use the word \"inconsistent\"?", "inconsistent"), ("in which paragraphs does \"drift\" appear?", "drift"),
        ("where does it say \"robust\"?", "robust"), ("is the word inadequate used?", "inadequate"), ("every mention of schools", "schools"),
        ("how often is the police mentioned?", "police"),
    ],
)  # fmt: skip
def test_places_of_words_are_counted_however_they_are_asked_for(question: str, words: str) -> None:
    draft = answer(question)
    places = mentions(somerset(), words)
    assert ids(draft) == [passage.id for passage, _, _ in places][:MENTIONS]
    assert draft.outcome == ("answered" if places else "not_stated")


def test_flagged_findings_of_one_service() -> None:
    assert ids(answer("which findings on leadership are flagged with a recommendation?")) == ["79", "80", "86", "87", "88", "94"]


@pytest.mark.parametrize(
    ("question", "passages"),
    [
        ("what grade did adoption get?", ["p1.7"]), ("how was leadership rated?", ["p1.9"]), ("what was the overall judgement?", ["p1.4"]),
        ("how were care leavers rated?", ["p1.8"]), ("what was the grade for child protection?", ["p1.5"]),
        ("what was the rating for fostering?", ["p1.6"]), ("what was the judgement?", ["p1.4"]), ("what mark did we get?", ["p1.4"]),
        ("all judgements", NOW), ("any verdicts?", NOW), ("the verdict on every service", NOW), ("overall effectiveness", ["p1.4"]),
        ("which services are not good?", [one for one in NOW if one != "p1.7"]), ("which areas weren't good?", [one for one in NOW if one != "p1.7"]),
        ("what is the overall grade and the adoption grade?", ["p1.4", "p1.7"]), ("grades for adoption and overall", ["p1.4", "p1.7"]),
        ("did adoption pass?", ["p1.7"]), ("is leadership failing?", ["p1.9"]), ("was adoption or leadership rated higher?", ["p1.7", "p1.9"]),
        ("what was the verdict on adoption and care leavers?", ["p1.7", "p1.8"]), ("which services are good?", ["p1.7"]),
        ("which area got the best grade?", ["p1.7"]), ("how was adoption rated in 2017?", ["p1.7"]), ("how was adoption rated in 2018?", ["p1.7"]),
    ],
)  # fmt: skip
def test_judgements_of_this_report(question: str, passages: list[str]) -> None:
    assert told(question) == Draft("answered", (judged(*passages),))


@pytest.mark.parametrize(
    ("question", "passages"),
    [
        ("what were the judgements in 2015?", BEFORE), ("what grade did adoption get in 2015?", ["p6.6"]),
        ("how were care leavers rated last time?", ["p6.7"]), ("what was the previous overall judgement?", ["p6.3"]),
        ("the verdict of the last inspection", ["p6.3"]), ("did care leavers fail in 2015?", ["p6.7"]),
        ("which services were inadequate in 2015?", ["p6.3", "p6.4", "p6.5", "p6.7", "p6.8"]),
        ("what was inadequate in 2015?", ["p6.3", "p6.4", "p6.5", "p6.7", "p6.8"]), ("what required improvement in 2015, which services?", ["p6.6"]),
        ("which service had the best grade last time?", ["p6.6"]),
    ],
)  # fmt: skip
def test_judgements_of_the_inspection_before(question: str, passages: list[str]) -> None:
    assert told(question) == Draft("answered", (judged(*passages),))


@pytest.mark.parametrize(
    ("question", "now", "before"),
    [
        ("how did the judgement change for care leavers since 2015?", ["p1.8"], ["p6.7"]),
        ("compare the grades of 2015 and 2017", NOW, BEFORE),
        ("has the grade for adoption improved since 2015?", ["p1.7"], ["p6.6"]),
    ],
)
def test_judgements_then_and_now_are_a_table_of_services_by_years(question: str, now: list[str], before: list[str]) -> None:
    draft = answer(question)
    assert draft.outcome == "answered"
    assert {(section.role, form(section), len(section.statements)) for section in draft.sections} == {("judgement", "table", 1)}
    cells = [(section.row, section.column, section.statements[0].passage.id) for section in draft.sections]
    rows = list(dict.fromkeys(row for row, _, _ in cells))
    assert cells == [
        cell
        for row, earlier, later in zip(rows, before, now, strict=True)
        for cell in ((row, "2015", earlier), (row, "2017", later))
    ]
    assert [section.about for section in draft.sections] == [row for row, _, _ in cells]
    assert [section.heading for section in draft.sections] == [wording("answered.now_and_then"), *[None] * (len(cells) - 1)]


def test_a_grade_that_nothing_got_is_said_to_be_none_of_that_year() -> None:
    for question, grade, year, passages in (
        ("which services were good in 2015?", "good", 2015, BEFORE),
        ("what was inadequate in 2017?", "inadequate", 2017, NOW),
        ("is anything outstanding?", "outstanding", 2017, NOW),
    ):
        section = Section(wording("answered.none_graded", grade=grade, year=year), judged(*passages).statements, "judgement")
        assert told(question) == Draft("answered", (section,))


@pytest.mark.parametrize(
    ("question", "heading", "rows"),
    [
        ("which services improved between 2015 and 2017?", "grades_rose", 6),
        ("which areas got worse since the last inspection?", "no_grades_fell", 6),
        ("which services stayed the same?", "no_grades_stayed", 6),
        ("did the grade of care leavers go up?", "now_and_then", 1),
        ("what were the grades two years ago and what are they now?", "now_and_then", 6),
    ],
)
def test_grades_that_rose_fell_or_stayed_are_told_by_their_rank(question: str, heading: str, rows: int) -> None:
    sections = answer(question).sections
    assert (sections[0].heading, len(sections)) == (wording(f"answered.{heading}"), 2 * rows)


def test_a_year_without_an_inspection_has_no_judgements() -> None:
    draft = answer("what was rated inadequate in 2013?")
    assert (draft.outcome, draft.opening) == ("not_stated", wording("not_stated.judged", year=2013, years="2015 and 2017"))
    assert [statement.passage.id for statement in draft.nearest] == ["p1.4", "p6.3"]


@pytest.mark.parametrize(
    ("question", "passages"),
    [
        ("was adoption good?", ["p1.7"]), ("was help and protection inadequate in 2015?", ["p6.4"]), ("did adoption get better?", ["p6.6", "p1.7"]),
        ("is leadership still inadequate?", ["p6.8", "p1.9"]), ("what is good?", []), ("is the pathway plan good?", []), ("how good is adoption?", []),
    ],
)  # fmt: skip
def test_the_judgement_comes_before_what_is_said_of_a_service(question: str, passages: list[str]) -> None:
    assert [s.passage.id for section in leading(somerset(), question) for s in section.statements] == passages


def test_judgements_of_another_inspection_are_beside_the_question() -> None:
    assert beside_the_time(somerset(), "What was said of plans in 2015?") == set(NOW)
    assert beside_the_time(somerset(), "What was said of plans in 2017?") == set(BEFORE)
    assert (
        beside_the_time(somerset(), "What was said of plans?") == beside_the_time(somerset(), "What changed since 2015?") == set()
    )


@pytest.mark.parametrize(
    "question",
    ["is adoption good?", "why was adoption judged good?", "what is the quality of assessments?", "how was the virtual school rated?",
     "what needs to improve for care leavers?", "which children are safe?", "early help", "what is failing in adoption?", "is the plan failing children?", ""],
)  # fmt: skip
def test_questions_about_anything_else_are_left_to_the_search(question: str) -> None:
    assert told(question) is None


@pytest.mark.parametrize(
    ("question", "recommendation", "findings"),
    [
        ("which findings are behind recommendation 6?", "6", ["30", "49"]),
        ("what is the evidence for rec 11?", "11", ["42", "86"]),
        ("what led to R11?", "11", ["42", "86"]),
    ],
)
def test_the_findings_behind_a_recommendation_are_marked_derived(question: str, recommendation: str, findings: list[str]) -> None:
    draft = enumerate_structure(somerset(), LINKS, question, behind=True)
    assert draft is not None
    headings = [None, wording("answered.findings_derived", number=recommendation), wording("answered.findings_related")]
    assert [section.heading for section in draft.sections] == headings[: 3 if "49" in findings else 2]
    told = list(dict.fromkeys((s.passage.id, s.derived) for s in draft.statements))
    assert told == [(recommendation, False), *[(f, True) for f in findings]]


def test_behind_a_recommendation_a_finding_that_leads_to_no_other_says_all_its_criticism() -> None:
    draft = enumerate_structure(somerset(), LINKS, "which findings are behind recommendation 11?", behind=True)
    assert draft is not None
    passage = next(p for p in somerset().passages if p.id == "86")
    critical = [s for s in passage.sentences if polarity(s) in (NEGATIVE, MIXED)]
    quoted = " ".join(s.quote for s in draft.statements if s.passage.id == "86")
    assert critical and all(sentence in quoted for sentence in critical)
    assert sum(len(s.quote.split()) for s in draft.statements if s.passage.id != "11") <= 200 + 120


@pytest.mark.parametrize(
    ("question", "finding", "recommendation"),
    [
        ("what recommendation does paragraph 30 lead to?", "30", "6"),
        ("which recommendation comes from para 42?", "42", "11"),
        ("is there a recommendation for finding 86?", "86", "11"),
    ],
)
def test_the_recommendation_a_finding_leads_to_is_marked_derived(question: str, finding: str, recommendation: str) -> None:
    draft = answer(question)
    assert [section.heading for section in draft.sections] == [wording("answered.recommendations_derived", number=finding), None]
    assert [(s.passage.id, s.derived) for s in draft.statements] == [(recommendation, True), (finding, False)]


@pytest.mark.parametrize(
    "question",
    ["Where is the original?", "where can i download the pdf", "Is the report online?", "What's the website for this report?"],
)
def test_the_original_is_where_the_report_says_that_its_publisher_keeps_it(question: str) -> None:
    (section,) = answer(question).sections
    assert section.heading == wording("answered.original")
    assert [s.quote for s in section.statements] == [
        "This publication is available at www.gov.uk/government/organisations/ofsted."
    ]
    assert told("Is there online safety advice in the report?") is None


def test_a_finding_that_is_not_flagged_is_said_to_be_related() -> None:
    draft = answer("which recommendation does paragraph 49 lead to?")
    assert draft.sections[0].heading == wording("answered.recommendations_related", number="49")
    assert [(s.passage.id, s.derived) for s in draft.statements] == [("6", True), ("49", False)]


def test_where_there_is_no_link_it_says_so() -> None:
    behind = enumerate_structure(somerset(), LINKS, "which findings are behind recommendation 3?", behind=True)
    assert behind is not None
    assert ([s.heading for s in behind.sections], ids(behind)) == ([None, wording("answered.no_findings", number="3")], ["3"])
    leads = answer("what recommendation does paragraph 44 lead to?")
    assert ([s.heading for s in leads.sections], ids(leads)) == (
        [wording("answered.no_recommendations", number="44"), None],
        ["44"],
    )


@pytest.mark.parametrize(
    "question",
    ["which findings are behind recommendation 99?", "what recommendation does paragraph 200 lead to?", "paragraph 40", "rec 6"],
)
def test_numbers_alone_or_unknown_are_left_to_the_look_up(question: str) -> None:
    assert told(question) is None


@pytest.mark.parametrize(
    ("text", "services"),
    [
        ("adoption", ["Adoption performance"]), ("the council", ["Overall effectiveness"]), ("somerset adoption", ["Adoption performance"]),
        ("care leavers and adoption", ["Adoption performance", "Experiences and progress of care leavers"]),
        ("child protection", ["Children who need help and protection"]), ("bosses", ["Leadership, management and governance"]),
        ("kids in care", ["Children looked after and achieving permanence"]), ("weather", []), ("adoptable", []),
    ],
)  # fmt: skip
def test_services_by_what_people_call_them(text: str, services: list[str]) -> None:
    assert services_in(text) == services


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Requires improvement", "require improvement to be good", True), ("good", "Good", True), ("good", "inadequate", False),
        ("requires improvement to be good", "good", False),
    ],
)  # fmt: skip
def test_a_grade_in_its_several_forms(one: str, other: str, same: bool) -> None:
    assert same_grade(one, other) is same


def test_statements_of_judgements_need_a_name() -> None:
    assert judgement_statements(somerset(), []) == []
    assert judgement_statements(somerset(), ["Adoption performance"]) == [cited("p1.7")]
    assert judgement_statements(somerset(), ["Adoption performance"], earlier=True) == [cited("p6.6")]
