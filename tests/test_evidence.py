"""How likely each sentence belongs in an answer: on the real index, without an evidence bank, and on a report of another kind."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from assistant.answering.evidence import LOOKED_AT, Evidence, Traits, Weigher
from assistant.assistant import Assistant
from assistant.question.kinds import FACT, NAMES
from index.search import Found, Searcher
from index.store import Index

FACTS = (
    ("how long do care proceedings take?", "31 weeks"),
    ("how many children are looked after?", "495 children"),
    ("who is the lead inspector?", "Caroline Walsh"),
)
KINDS = np.eye(len(NAMES), dtype=np.float32)[FACT]


@pytest.fixture(scope="module")
def assistant(real_index: Index) -> Assistant:
    return Assistant(real_index)


def found(assistant: Assistant, question: str) -> Found:
    query = assistant.understanding.understand(question)
    return assistant.ranking.rank(query, assistant.searcher.search(query.search))


def likeliest(index: Index, evidence: Evidence, most: int) -> list[str]:
    return [index.sentences[at].text for at in np.argsort(-evidence.probabilities, kind="stable")[:most]]


@pytest.mark.weights
@pytest.mark.parametrize(("question", "words"), FACTS)
def test_the_sentence_that_states_a_fact_is_among_the_likeliest(question: str, words: str, assistant: Assistant) -> None:
    index = assistant.index
    one = assistant.evidence(assistant.understanding.understand(question), found(assistant, question))
    assert one.kind == "fact"
    assert [text for text in likeliest(index, one, 3) if words in text]


@pytest.mark.weights
@pytest.mark.parametrize(("question", "words"), FACTS)
def test_without_an_evidence_bank_the_search_still_leads_to_it(question: str, words: str, assistant: Assistant) -> None:
    bare = replace(assistant.index, evidence=None)
    searched = found(Assistant(bare), question)
    assert not searched.mapped.any()
    one = Weigher(bare).weigh(searched, KINDS)
    assert [text for text in likeliest(bare, one, 5) if words in text]


@pytest.mark.weights
def test_only_so_many_sentences_are_weighed_and_none_that_answers_nothing(assistant: Assistant) -> None:
    index = assistant.index
    one = assistant.weigher.weigh(found(assistant, "how good is early help?"), KINDS)
    assert one.probabilities.shape == (len(index.sentences),)
    assert 0 <= one.probabilities.min() < one.probabilities.max() <= 1
    assert 0 < np.count_nonzero(one.probabilities) <= LOOKED_AT < len(index.sentences)
    assert not one.probabilities[~index.searchable].any()


@pytest.mark.weights
def test_what_the_bank_tells_and_the_kind_change_the_evidence_and_the_same_is_told_each_time(assistant: Assistant) -> None:
    search = found(assistant, "what are the strengths of adoption?")
    as_fact = assistant.weigher.weigh(search, KINDS)
    as_strengths = assistant.weigher.weigh(search, np.eye(len(NAMES), dtype=np.float32)[NAMES.index("strengths")])
    untold = assistant.weigher.weigh(search, KINDS, np.zeros(len(assistant.index.sentences), np.float32))
    again = assistant.weigher.weigh(search, KINDS)
    assert np.array_equal(as_fact.probabilities, again.probabilities)
    assert not np.allclose(as_fact.probabilities, as_strengths.probabilities, atol=0.01)
    assert not np.allclose(as_fact.probabilities, untold.probabilities, atol=0.01)


def test_a_small_report_without_banks_is_weighed_whole(toy: Index) -> None:
    search = Searcher(toy).search("how many foster carers are there?")
    one = Weigher(toy).weigh(search, KINDS)
    assert toy.evidence is None
    assert np.array_equal(one.probabilities > 0, toy.searchable)
    assert np.isfinite(Weigher(toy).features(search, KINDS, np.zeros(len(toy.sentences), np.float32), np.arange(3))).all()


def test_neighbours_are_of_the_same_passage_and_twins_are_others(toy: Index) -> None:
    size = len(toy.sentences)
    vectors = np.eye(size, dtype=np.float32)
    vectors[size - 1] = vectors[0]
    traits = Traits.of(replace(toy, sentence_vectors=vectors))
    passages = [sentence.passage for sentence in toy.sentences]
    for at in range(size):
        assert traits.before[at] == (at - 1 if at and passages[at - 1] == passages[at] else size)
        assert traits.after[at] == (at + 1 if at + 1 < size and passages[at + 1] == passages[at] else size)
    assert traits.twins[0].tolist() == [size - 1, size, size, size]
    assert traits.twins[size - 1].tolist() == [0, size, size, size]
    assert (traits.twins[1 : size - 1] == size).all()


def test_the_kind_of_evidence_is_the_likeliest() -> None:
    for at, name in enumerate(NAMES):
        kinds = np.full(len(NAMES), 0.1, np.float32)
        kinds[at] = 0.5
        assert Evidence(np.zeros(3, np.float32), kinds).kind == name
