"""Which sentences are said: scores set by hand over the toy report, every vector apart unless a test says otherwise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from assistant.answer import Section, Statement
from assistant.selection import also_said, choose_fact, choose_figures, choose_list, choose_theme, contiguous, grouped
from index.passages import Passage
from index.search import SIGNALS, Found
from index.store import Index
from prompts import wording
from tests.assistant_toys import passage

Scored = Callable[..., Found]


@pytest.fixture
def apart(toy: Index) -> Index:
    """The toy index with sentences that have nothing in common."""
    return replace(toy, sentence_vectors=np.eye(len(toy.sentences), dtype=np.float32))


@pytest.fixture
def found(apart: Index) -> Scored:
    """Makes a search result from scores by the first words of sentences."""

    def made(index: Index | None = None, **scores: float) -> Found:
        index = index or apart
        given = {words.replace("_", " "): score for words, score in scores.items()}
        by_sentence = np.zeros(len(index.sentences), np.float32)
        for at, sentence in enumerate(index.sentences):
            by_sentence[at] = next((score for words, score in given.items() if sentence.text.startswith(words)), 0.0)
        by_passage = np.zeros(len(index.report.passages), np.float32)
        np.maximum.at(by_passage, [sentence.passage for sentence in index.sentences], by_sentence)
        none = np.zeros(0, np.float32)
        signals = np.zeros((len(index.sentences), len(SIGNALS)), np.float32)
        return Found(index, slice(None), slice(None), signals, by_sentence, by_passage, none, none, 0.0, none)

    return made


def quotes(statements: list[Statement]) -> list[tuple[str, str]]:
    return [(statement.passage.id, statement.quote) for statement in statements]


def alike(index: Index, one: str, other: str) -> Index:
    """The index with two sentences of the same meaning."""
    vectors = index.sentence_vectors.copy()
    at = [next(i for i, s in enumerate(index.sentences) if s.text.startswith(words)) for words in (one, other)]
    vectors[at[1]] = vectors[at[0]]
    return replace(index, sentence_vectors=vectors)


def test_a_fact_is_the_sentence_that_states_it(found: Scored) -> None:
    assert quotes(choose_fact(found(There_are_40=0.9, Plans_are=0.3))) == [("4", "There are 40 foster carers.")]


def test_a_second_passage_is_quoted_only_when_it_comes_near(found: Scored) -> None:
    near = [("4", "There are 40 foster carers."), ("5", "Plans are reviewed each month.")]
    assert quotes(choose_fact(found(There_are_40=1.0, Plans_are=0.95))) == near
    assert quotes(choose_fact(found(There_are_40=1.0, Plans_are=0.85))) == near[:1]
    assert quotes(choose_fact(found(There_are_40=1.0, Plans_are=0.99, Care_leavers=0.98))) == near


def test_the_best_comes_first_whatever_its_place(found: Scored) -> None:
    assert [identity for identity, _ in quotes(choose_fact(found(There_are_40=0.95, Plans_are=1.0)))] == ["5", "4"]


def test_nothing_is_chosen_where_nothing_scores(found: Scored) -> None:
    assert choose_fact(found()) == []


def test_neighbouring_sentences_become_one_quotation(found: Scored) -> None:
    whole = "There are 40 foster carers. Six of them joined this year."
    assert quotes(choose_fact(found(There_are_40=1.0, Six_of_them=0.8))) == [("4", whole)]
    assert quotes(choose_fact(found(There_are_40=1.0, Six_of_them=0.6))) == [("4", "There are 40 foster carers.")]


def test_what_stands_between_two_quoted_sentences_is_not_left_out_unmarked(found: Scored) -> None:
    between = "Leaders know their services, but the pace of change is too slow and it must be kept up for all children."
    assert quotes(choose_fact(found(Children_are_safe=1.0, Most_plans=0.9))) == [
        ("p3.1", f"Children are safe. {between} Most plans are clear.")
    ]


def test_a_sentence_that_opens_with_a_pronoun_brings_the_one_before(found: Scored) -> None:
    assert quotes(choose_fact(found(They_do_not=1.0))) == [
        ("12", "Managers check one case a week. They do not always record what they find.")
    ]


def test_a_sentence_that_the_next_one_reverses_brings_it(apart: Index, found: Scored) -> None:
    text = "Visits are timely. However, some are missed. Plans are clear."
    turned = replace(apart, report=replace(apart.report, passages=(passage("3", text),)), folder=apart.folder)
    sentences = tuple(
        type(apart.sentences[0])(0, place, words) for place, words in enumerate(turned.report.passages[0].sentences)
    )
    small = replace(turned, sentences=sentences, sentence_vectors=np.eye(3, dtype=np.float32))
    assert quotes(choose_fact(found(small, Visits_are=1.0))) == [("3", "Visits are timely. However, some are missed.")]
    assert quotes(choose_fact(found(small, Plans_are=1.0))) == [("3", "Plans are clear.")]


def test_of_two_that_say_the_same_one_is_quoted_and_the_other_named(apart: Index, found: Scored) -> None:
    index = alike(apart, "Plans are reviewed", "The council employs")
    chosen = choose_fact(found(index, Plans_are=1.0, The_council=0.99))
    assert [(s.passage.id, s.also) for s in chosen] == [("5", ("paragraph 6, page 6",))]


def test_a_numbered_finding_is_preferred_to_the_summary_that_says_the_same(apart: Index, found: Scored) -> None:
    index = alike(apart, "Most plans are clear", "Plans are reviewed")
    chosen = choose_fact(found(index, Most_plans=1.0, Plans_are=0.85))
    assert [(s.passage.id, s.also) for s in chosen] == [("5", ("pages 3 to 4",))]
    assert [s.passage.id for s in choose_fact(found(index, Most_plans=1.0, Plans_are=0.5))] == ["p3.1"]


def test_a_passage_never_names_itself_as_another_place(apart: Index) -> None:
    index = alike(apart, "There are 40", "Six of them")
    at = next(i for i, s in enumerate(index.sentences) if s.text.startswith("There are 40"))
    assert also_said(index, at) == ()


def test_a_quotation_from_one_sentence_to_another_is_verbatim() -> None:
    long = passage("3", "One.  Two two. Three! Four.")
    assert [contiguous(long, first, last) for first, last in ((0, 0), (0, 1), (1, 3))] == [
        "One.",
        "One.  Two two.",
        "Two two. Three! Four.",
    ]


def test_a_theme_keeps_to_its_passages_sentences_and_words(found: Scored) -> None:
    result = found(There_are_40=1.0, Six_of=0.95, Plans_are=0.9, Care_leavers=0.85, Schools=0.4)
    scores = result.sentence_scores

    def chosen(**limits: float) -> list[str]:
        settings: dict = {"passages": 9, "budget": 100, "share": 0.5, **limits}
        return [statement.quote for statement in choose_theme(result, scores, **settings)]

    plans, advisers = "Plans are reviewed each month.", "Care leavers have a personal adviser."
    one, two = "There are 40 foster carers.", "Six of them joined this year."
    assert chosen() == [one, two, plans, advisers]
    assert chosen(passages=1) == [one, two]
    assert chosen(sentences=1) == [one, plans, advisers]
    assert chosen(budget=10) == [one, plans]
    assert chosen(share=0.88) == [one, two, plans]


def test_a_theme_may_be_kept_to_what_is_wrong_or_to_candidates(apart: Index, found: Scored) -> None:
    result = found(There_are_40=1.0, They_do_not=0.9, Leaders_know=0.8)
    scores = result.sentence_scores
    wrong = choose_theme(result, scores, wanted=("negative",), passages=9, budget=100, share=0.5)
    assert [s.passage.id for s in wrong] == ["12", "p3.1"]
    only = np.array([s.text.startswith("Leaders") for s in apart.sentences])
    kept = choose_theme(result, scores, passages=9, budget=100, share=0.5, candidates=only)
    assert [s.passage.id for s in kept] == ["p3.1"]


def test_a_theme_does_not_say_the_same_twice(apart: Index, found: Scored) -> None:
    result = found(alike(apart, "Plans are reviewed", "The council employs"), Plans_are=1.0, The_council=0.99)
    assert [s.passage.id for s in choose_theme(result, result.sentence_scores, passages=9, budget=100, share=0.5)] == ["5"]


def test_statements_are_grouped_by_what_they_say() -> None:
    good = Statement(passage("3", "Visits are timely and effective."), "Visits are timely and effective.")
    bad = Statement(passage("4", "Plans are not good enough."), "Plans are not good enough.")
    both = Statement(
        passage("5", "Visits are timely, but plans are not good enough."), "Visits are timely, but plans are not good enough."
    )
    told = Statement(passage("2", "Ensure that visits are timely.", kind="recommendation"), "Ensure that visits are timely.")
    assert grouped([both, told, bad, good]) == (
        Section(wording("answered.good"), (good,)), Section(wording("answered.weak"), (told, bad)), Section(wording("answered.mixed"), (both,)),
    )  # fmt: skip
    assert grouped([]) == ()
    assert grouped([good]) == (Section(wording("answered.good"), (good,)),)


def test_a_list_is_given_whole_or_not_at_all(apart: Index, found: Scored) -> None:
    lead = "Of these children:"
    members = tuple(passage(f"p6.{at}", f"{at} live at home", kind="figure", context=lead) for at in (1, 2, 3))
    alone = passage("p6.9", "Plans are clear.", kind="figure", context="Of plans:")
    table = passage("p1.4", "Good", kind="judgement", context="Leadership")
    passages = (*members, alone, table, passage("3", "Visits are timely."))
    small = replace(
        apart, report=replace(apart.report, passages=passages),
        sentences=tuple(type(apart.sentences[0])(at, 0, p.text) for at, p in enumerate(passages)),
        sentence_vectors=np.eye(len(passages), dtype=np.float32),
    )  # fmt: skip
    assert quotes(choose_list(found(small, **{"2_live": 1.0}))) == [
        ("p6.1", "1 live at home"),
        ("p6.2", "2 live at home"),
        ("p6.3", "3 live at home"),
    ]
    assert choose_list(found(small, **{"2_live": 1.0}), most=2) == []
    assert [choose_list(found(small, **{words: 1.0})) for words in ("Plans", "Good", "Visits")] == [[], [], []]


def test_figures_under_one_heading_are_given_together_or_not_at_all(apart: Index, found: Scored) -> None:
    def figure(identity: str, text: str, under: str, kind: str = "figure") -> Passage:
        return replace(passage(identity, text, kind=kind), subsection=under)

    passages = (
        figure("p6.1", "3 plans were made", "Plans"), figure("p6.2", "Plans have a model", "Plans", "context"), figure("p6.3", "4 plans ended", "Plans"),
        figure("p6.4", "9 adoptions", "Adoption"), passage("3", "Visits are timely."),
    )  # fmt: skip
    small = replace(
        apart, report=replace(apart.report, passages=passages),
        sentences=tuple(type(apart.sentences[0])(at, 0, p.text) for at, p in enumerate(passages)),
        sentence_vectors=np.eye(len(passages), dtype=np.float32),
    )  # fmt: skip
    asked = frozenset({"plan"})
    together = [("p6.1", "3 plans were made"), ("p6.2", "Plans have a model"), ("p6.3", "4 plans ended")]
    assert quotes(choose_figures(found(small, **{"4_plans": 1.0, "Visits": 1.2}), asked)) == together
    assert choose_figures(found(small, **{"4_plans": 1.0, "Visits": 2.0}), asked) == []
    assert choose_figures(found(small, **{"4_plans": 1.0}), asked, words=9) == []
    assert choose_figures(found(small, **{"4_plans": 1.0}), frozenset({"adopt"})) == []
