"""Which sentences are said, and under which headings: probabilities set by hand over the toy report, every vector apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest

from assistant.answer import Section, Statement, form, runs
from assistant.answering.evidence import Evidence
from assistant.answering.selecting import (
    BESIDE,
    LIKELY_FACT,
    also_said,
    arranged,
    by_polarity,
    completed,
    select,
    stated,
)
from assistant.question.kinds import FACT, KINDS, NAMES, Plan
from assistant.words.polarity import MIXED, NEGATIVE, NEUTRAL, POSITIVE, polarity
from index.passages import Passage
from index.store import Index
from prompts import wording
from tests.assistant_toys import passage

BROAD = Plan(200, 10, "sides")


def index_of(toy: Index, *passages: Passage) -> Index:
    """The toy index with these passages instead, their sentences apart in meaning."""
    told = [(at, place, text) for at, one in enumerate(passages) for place, text in enumerate(one.sentences)]
    sort = type(toy.sentences[0])
    vectors = np.eye(len(told), dtype=np.float32)
    return replace(
        toy, report=replace(toy.report, passages=passages), sentences=tuple(sort(*row) for row in told), sentence_vectors=vectors,
        passage_vectors=np.zeros((len(passages), len(told)), np.float32),
    )  # fmt: skip


@pytest.fixture
def apart(toy: Index) -> Index:
    """The toy report, its sentences apart in meaning."""
    return index_of(toy, *toy.report.passages)


def position(index: Index, begins: str) -> int:
    return next(at for at, sentence in enumerate(index.sentences) if sentence.text.startswith(begins))


def weighed(index: Index, fact: float = 0.0, **probabilities: float) -> Evidence:
    """Evidence by the first words of sentences; `fact` is how far a fact is asked for."""
    told = np.zeros(len(index.sentences), np.float32)
    for begins, probability in probabilities.items():
        told[position(index, begins.replace("_", " "))] = probability
    kinds = np.zeros(len(NAMES), np.float32)
    kinds[FACT], kinds[NAMES.index("theme")] = fact, 1 - fact
    return Evidence(told, kinds)


def alike(index: Index, one: str, other: str) -> Index:
    """The index with two sentences of the same meaning."""
    vectors = np.array(index.sentence_vectors)
    vectors[position(index, other)] = vectors[position(index, one)]
    return replace(index, sentence_vectors=vectors)


def chosen(index: Index, evidence: Evidence, plan: Plan = BROAD) -> list[str]:
    return [index.sentences[at].text for at in select(index, evidence, plan)]


def rows(index: Index, *begins: str) -> list[int]:
    return [position(index, words) for words in begins]


def quotes(statements: Sequence[Statement]) -> list[tuple[str, str]]:
    return [(statement.passage.id, statement.quote) for statement in statements]


# ---- which -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fact", [0.0, 1.0])
def test_the_likeliest_is_said_however_unlikely_it_is(fact: float, apart: Index) -> None:
    assert chosen(apart, weighed(apart, fact, Plans_are=0.001)) == ["Plans are reviewed each month."]


def test_nothing_is_said_where_nothing_is_likely_at_all(apart: Index) -> None:
    assert chosen(apart, weighed(apart)) == []


def test_a_broad_message_gets_what_a_fact_does_not(apart: Index) -> None:
    likely = {"There_are_40": 0.9, "Plans_are": 0.5, "Care_leavers": 0.1}
    first, second, third = (
        "There are 40 foster carers.",
        "Plans are reviewed each month.",
        "Care leavers have a personal adviser.",
    )
    assert chosen(apart, weighed(apart, 0.0, **likely)) == [first, second, third]
    assert chosen(apart, weighed(apart, 1.0, **likely)) == [first, second]


def test_beside_a_sure_answer_to_a_fact_a_doubtful_one_is_left_out(apart: Index) -> None:
    doubtful = (LIKELY_FACT + BESIDE) / 2  # likely enough by itself
    assert len(chosen(apart, weighed(apart, 1.0, There_are_40=1.0, Plans_are=doubtful))) == 1
    assert len(chosen(apart, weighed(apart, 1.0, There_are_40=0.9 * doubtful / BESIDE, Plans_are=doubtful))) == 2


def test_the_best_comes_first_whatever_its_place(apart: Index) -> None:
    found = select(apart, weighed(apart, There_are_40=0.8, Plans_are=0.9), BROAD)
    assert found == rows(apart, "Plans are", "There are 40")
    assert [identity for identity, _ in quotes(stated(apart, found))] == ["5", "4"]


def test_no_more_statements_than_the_plan_allows(apart: Index) -> None:
    evidence = weighed(apart, There_are_40=0.9, Plans_are=0.8, Care_leavers=0.7, Schools=0.6)
    assert len(chosen(apart, evidence)) == 4
    assert chosen(apart, evidence, replace(BROAD, most=2)) == chosen(apart, evidence)[:2]


def test_no_more_words_than_the_plan_allows_but_always_one_sentence(apart: Index) -> None:
    evidence = weighed(apart, There_are_40=0.9, Schools=0.8, Plans_are=0.7)
    first, long, short = (
        "There are 40 foster carers.",
        "Schools receive their money in the first week of term.",
        "Plans are reviewed each month.",
    )
    assert chosen(apart, evidence) == [first, long, short]
    assert chosen(apart, evidence, replace(BROAD, words=11)) == [first, short]  # what is shorter may still fit
    assert chosen(apart, evidence, replace(BROAD, words=1)) == [first]


def test_the_words_that_a_sentence_brings_along_count(apart: Index) -> None:
    evidence = weighed(apart, Plans_are=0.9, They_do_not=0.8)
    assert len(chosen(apart, evidence, replace(BROAD, words=19))) == 2
    assert len(chosen(apart, evidence, replace(BROAD, words=18))) == 1
    both = weighed(apart, They_do_not=0.9, Managers=0.8)  # already said with the other
    assert len(chosen(apart, both, replace(BROAD, words=14))) == 2


def test_of_two_that_say_the_same_one_is_quoted_and_the_other_named(apart: Index) -> None:
    index = alike(apart, "Plans are", "The council employs")
    found = select(index, weighed(index, Plans_are=0.9, The_council=0.8, Schools=0.7), BROAD)
    assert found == rows(index, "Plans are", "Schools")
    assert [(s.passage.id, s.also) for s in stated(index, found)] == [("5", ("paragraph 6, page 6",)), ("11", ())]


def test_a_model_s_choice_is_not_said_twice_either(apart: Index) -> None:
    index = alike(apart, "Plans are", "The council employs")
    named = rows(index, "Plans are", "The council", "Plans are", "Schools")
    assert [identity for identity, _ in quotes(stated(index, named))] == ["5", "11"]


def test_what_is_like_another_passage_is_said_where_the_rest_of_its_own_is(apart: Index) -> None:
    index = alike(apart, "Plans are", "Managers check")
    evidence = weighed(index, Plans_are=0.9, Managers_check=0.8)
    assert chosen(index, evidence) == ["Plans are reviewed each month."]
    evidence = weighed(index, Plans_are=0.9, Managers_check=0.8, They_do_not=0.7)
    assert [
        identity
        for identity, _ in quotes(stated(index, completed(index, evidence, select(index, evidence, BROAD)), doubles=True))
    ] == ["5", "12"]


# ---- statements ------------------------------------------------------------------------------------------------


def test_a_sentence_that_leans_on_the_one_before_brings_it(apart: Index) -> None:
    assert quotes(stated(apart, rows(apart, "They do not"))) == [
        ("12", "Managers check one case a week. They do not always record what they find.")
    ]


def test_a_sentence_that_the_next_one_reverses_brings_it(toy: Index) -> None:
    index = index_of(toy, passage("3", "Visits are timely. However, some are missed. Plans are clear."))
    both = [("3", "Visits are timely. However, some are missed.")]
    assert quotes(stated(index, rows(index, "Visits"))) == both
    assert quotes(stated(index, rows(index, "However"))) == both
    assert quotes(stated(index, rows(index, "Plans"))) == [("3", "Plans are clear.")]


def test_sentences_of_one_passage_are_quoted_apart_in_its_order_unless_they_overlap(toy: Index) -> None:
    index = index_of(
        toy, passage("3", "Visits are timely. They are long. Plans are clear. It shows."), passage("4", "Managers check.")
    )
    named = rows(index, "Plans", "Managers", "Visits")
    assert quotes(stated(index, named)) == [("3", "Visits are timely."), ("3", "Plans are clear."), ("4", "Managers check.")]
    assert quotes(stated(index, [*named, *rows(index, "They")])) == [
        ("3", "Visits are timely. They are long."), ("3", "Plans are clear."), ("4", "Managers check."),
    ]  # fmt: skip


def test_a_quotation_from_one_sentence_to_another_is_verbatim() -> None:
    long = passage("3", "One.  Two two. Three! Four.")
    assert [long.between(first, last) for first, last in ((0, 0), (0, 1), (1, 3))] == [
        "One.",
        "One.  Two two.",
        "Two two. Three! Four.",
    ]


def test_a_passage_never_names_itself_as_another_place(apart: Index) -> None:
    index = alike(apart, "There are 40", "Six of them")
    assert also_said(index, position(index, "There are 40")) == ()


# ---- sections --------------------------------------------------------------------------------------------------

GOOD = passage("3", "Visits are timely and effective.")
WEAK = passage("4", "Plans are not good enough.")
BOTH = passage("5", "Visits are timely, but plans are not good enough.")
PLAIN = passage("6", "There are 40 foster carers.")
FIGURE = passage("p6.1", "9 children were not visited", kind="figure")
GRADE = passage("p1.4", "Requires improvement", kind="judgement", context="Leadership")
MADE = passage("1", "Ensure that visits to children are timely.", kind="recommendation")


def said(one: Passage) -> Statement:
    return Statement(one, one.text)


def heading(key: str, **variables: str) -> str:
    return wording(f"answered.{key}", **variables)


def test_praise_criticism_judgements_and_recommendations_stand_under_headings_of_their_own() -> None:
    told = [said(one) for one in (MADE, BOTH, WEAK, FIGURE, GRADE, GOOD, PLAIN)]
    assert by_polarity(told) == (
        Section(heading("overall"), (said(GRADE),), "judgement"),
        Section(heading("good"), (said(GOOD),), "good"),
        Section(heading("weak"), (said(WEAK),), "weak"),
        Section(heading("mixed"), (said(BOTH),), "mixed"),
        Section(heading("neutral"), (said(FIGURE), said(PLAIN)), "neutral"),  # a figure praises and blames nobody
        Section(heading("recommended"), (said(MADE),), "recommended"),
    )
    assert by_polarity([]) == ()


def test_the_marks_of_the_toys_are_what_the_headings_need() -> None:
    assert [polarity(one.text) for one in (GOOD, WEAK, BOTH, PLAIN)] == [POSITIVE, NEGATIVE, MIXED, NEUTRAL]


@pytest.mark.parametrize("kind", [kind for kind, plan in KINDS.items() if plan.shape == "sides"])
def test_many_statements_open_with_the_best_and_few_need_no_headings(kind: str, toy: Index) -> None:
    index = index_of(toy, WEAK, GOOD, BOTH, PLAIN)
    many = arranged(index, [0, 1, 2, 3], kind)
    assert [(section.role, section.heading) for section in many] == [
        ("headline", None), ("good", heading("good")), ("mixed", heading("mixed")), ("neutral", heading("neutral")),
    ]  # fmt: skip
    assert [s.passage.id for section in many for s in section.statements] == ["4", "3", "5", "6"]
    few = arranged(index, [0, 1], kind)
    assert [(section.role, section.heading, len(section.statements)) for section in few] == [("answer", None, 2)]


@pytest.mark.parametrize("kind", [kind for kind, plan in KINDS.items() if plan.shape == "flat"])
def test_plain_answers_have_no_headings_however_long(kind: str, toy: Index) -> None:
    index = index_of(toy, WEAK, GOOD, BOTH, PLAIN)
    (section,) = arranged(index, [3, 2, 1, 0], kind)
    assert (section.heading, section.role, [s.passage.id for s in section.statements]) == (None, "answer", ["6", "5", "3", "4"])


@pytest.mark.parametrize(("kind", "role"), [("improved", "good"), ("recommendations", "recommended")])
def test_what_has_a_heading_of_its_own_stands_under_it(kind: str, role: str, toy: Index) -> None:
    index = index_of(toy, MADE, GOOD)
    (section,) = arranged(index, [0, 1], kind)
    assert (section.heading, section.role) == (heading(KINDS[kind].heading or ""), role)
    assert quotes(section.statements) == [("1", MADE.text), ("3", GOOD.text)]


@pytest.mark.parametrize("kind", KINDS)
def test_no_sentences_are_no_sections_and_each_sentence_is_said_once(kind: str, apart: Index) -> None:
    assert (
        arranged(apart, [], kind, ("carers", "plans"), lambda texts: np.zeros((len(texts), apart.sentence_vectors.shape[1])))
        == ()
    )
    named = rows(apart, "Plans are", "There are 40", "They do not", "Ensure", "Leaders know", "Good")
    told = [one for section in arranged(apart, named, kind) for one in quotes(section.statements)]
    assert sorted(told) == sorted(quotes(stated(apart, named)))


def near(index: Index, *sides: Sequence[str]) -> Callable[[list[str]], np.ndarray]:
    """Vectors of sides that mean what some sentences say."""

    def of(texts: list[str]) -> np.ndarray:
        assert len(texts) == len(sides)
        return np.stack([np.mean([index.sentence_vectors[at] for at in rows(index, *side)], axis=0) for side in sides])

    return of


def test_a_comparison_puts_each_sentence_under_the_side_it_is_nearer_to(apart: Index) -> None:
    sides = near(apart, ("There are 40", "Six of"), ("Plans are", "Improve the"))
    named = rows(apart, "Plans are", "There are 40", "Improve the", "Six of")
    carers, plans = arranged(apart, named, "comparison", ("carers", "plans"), sides)
    assert [(one.heading, one.role, one.about) for one in (carers, plans)] == [
        (heading("side", side="carers"), "side", "carers"), (heading("side", side="plans"), "side", "plans"),
    ]  # fmt: skip
    assert quotes(carers.statements) == [("4", "There are 40 foster carers."), ("4", "Six of them joined this year.")]
    assert [s.passage.id for s in plans.statements] == ["5", "2"]


def test_a_side_of_which_nothing_is_said_has_no_section(apart: Index) -> None:
    told = arranged(apart, rows(apart, "Plans are"), "comparison", ("carers", "plans"), near(apart, ["Six of"], ["Plans are"]))
    assert [section.about for section in told] == ["plans"]


def test_a_comparison_whose_sides_are_not_known_is_told_by_praise_and_criticism(toy: Index) -> None:
    index = index_of(toy, WEAK, GOOD, BOTH, PLAIN)
    assert arranged(index, [0, 1, 2, 3], "comparison", (), near(index)) == arranged(index, [0, 1, 2, 3], "theme")


def test_for_scrutiny_there_are_suggested_questions_the_first_under_the_heading(toy: Index) -> None:
    person = passage("7", "The chief executive does not hold the director to account.")
    index = index_of(toy, WEAK, MADE, person, BOTH)
    told = arranged(index, [0, 1, 2, 3], "scrutiny")
    assert [(section.role, form(section), [s.passage.id for s in section.statements]) for section in told] == [
        ("suggested", "suggested", ["4"]), ("suggested", "suggested", ["1"]), ("suggested", "suggested", ["5"]),
        ("answer", "plain", ["7"]),  # about somebody who could be identified: no question
    ]  # fmt: skip
    assert [section.heading for section in told] == [heading("suggested"), None, None, None]
    assert [len(run) for run in runs(told)] == [3, 1]
    texts = [section.text for section in told]
    assert texts[1] == "What has been done since the inspection to ensure that visits to children are timely?"
    assert texts[3] is None and all(text and text.endswith("?") for text in texts[:3])


def test_a_question_that_several_sentences_suggest_is_asked_once_over_all_of_them(toy: Index) -> None:
    index = index_of(toy, WEAK, MADE, passage("8", "Supervision is not good enough."))
    told = arranged(index, [0, 1, 2], "scrutiny")
    assert [[s.passage.id for s in section.statements] for section in told] == [["4", "8"], ["1"]]
    assert [section.heading for section in told] == [heading("suggested"), None]
