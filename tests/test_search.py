"""Words -> ranked passages: what every search must hold, whatever the weights are."""

from __future__ import annotations

import numpy as np
import pytest

from index.search import SIGNALS, Searcher
from index.store import Index
from index.text.words import tokens


def only(name: str) -> dict[str, float]:
    return {signal: float(signal == name) for signal in SIGNALS}


def test_words_of_one_paragraph_find_it(toy: Index) -> None:
    found = Searcher(toy, only("words_passage")).search("health checks on time for children")
    assert found.hits(1)[0].passage.number == "9"


def test_the_exact_words_of_a_sentence_are_nearest_to_it(toy: Index) -> None:
    searcher = Searcher(toy, only("dense_sentence"))
    for at, sentence in enumerate(toy.sentences):
        passage = toy.report.passages[sentence.passage]
        if passage.searchable and passage.context is None:
            scores = searcher.search(sentence.text).sentence_scores
            assert scores[at] == pytest.approx(scores.max(), abs=1e-5), sentence.text


def test_hits_are_ranked_best_first_unique_and_searchable(toy: Index) -> None:
    hits = Searcher(toy).search("how often do managers check a case?").hits(10)
    scores = [hit.score for hit in hits]
    assert scores == sorted(scores, reverse=True)
    assert len({hit.passage.id for hit in hits}) == len(hits) > 0
    assert [hit.passage.id for hit in hits if not hit.passage.searchable] == []


def test_the_contents_page_is_never_found(toy: Index) -> None:
    hits = Searcher(toy).search("Executive summary 3 Recommendations 5 Leadership 6").hits(30)
    assert [hit.passage.id for hit in hits if hit.passage.section == "Contents"] == []


def test_every_signal_lies_between_0_and_1_without_a_bank(toy: Index) -> None:
    found = Searcher(toy).search("visits to foster carers")
    assert found.signals.shape == (len(toy.sentences), len(SIGNALS))
    assert float(found.signals.min()) >= 0.0
    assert float(found.signals.max()) <= 1.0 + 1e-5


def test_words_the_report_never_uses_leave_meaning_to_decide(toy: Index) -> None:
    found = Searcher(toy).search("zyzzyva qwertz")
    by_words = [at for at, name in enumerate(SIGNALS) if "words" in name]
    assert float(found.signals[:, by_words].max()) == 0.0
    assert float(found.sentence_scores.max()) > 0.0


@pytest.mark.parametrize("text", ["", " ", "?", "the of and", "😀", "visits " * 2_000])
def test_odd_queries_are_searched_too(text: str, toy: Index) -> None:
    assert np.isfinite(Searcher(toy).search(text).sentence_scores).all()


def test_stems_and_numbers_are_the_tokens() -> None:
    assert tokens("The council's 2,480 Children visited; visiting takes 26 weeks.") == [
        "council", "2,480", "children", "visit", "visit", "take", "26", "week",
    ]  # fmt: skip


@pytest.mark.weights
def test_care_proceedings_lead_to_paragraph_40(real_index: Index) -> None:
    hits = Searcher(real_index).search("how long do care proceedings take?").hits(3)
    assert "40" in [hit.passage.number for hit in hits]
