"""Which passages bear on a topic, as small models over features."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.assistant import Assistant
from assistant.relevance import PASSAGE, TOPIC, content, probability
from assistant.topics import Topics
from index.store import Index


def test_a_model_is_logistic_over_standardised_features() -> None:
    weights = {"mean": [1.0, 0.0], "scale": [2.0, 1.0], "weights": [2.0, -1.0], "bias": [0.5]}
    found = probability(np.array([[1.0, 0.5], [3.0, 0.0]]), weights)
    assert found.round(4).tolist() == [0.5, round(1 / (1 + np.exp(-2.5)), 4)]


def test_words_that_frame_a_topic_are_left_out_unless_there_are_no_others() -> None:
    assert content("problems with the police") == ["police"]
    assert content("the key issues") == ["key", "issues"]


def test_without_a_bank_words_decide(toy: Index) -> None:
    relevance = Topics(Assistant(toy)).relevance
    bearing = relevance.of("foster carers")
    best = toy.report.passages[int(bearing.passages.argmax())]
    assert "foster carers" in best.text.casefold() and bearing.covered > 0.5
    assert bearing.features.shape == (len(toy.report.passages), len(PASSAGE)) and bearing.topic.shape == (len(TOPIC),)
    assert relevance.of("volcanoes").covered == 0.0


@pytest.mark.weights
def test_a_topic_s_own_passages_come_before_those_that_share_its_words(real_index: Index) -> None:
    bearing = Topics(Assistant(real_index)).relevance.of("where care leavers live")
    at = real_index.positions
    assert min(bearing.passages[at["75"]], bearing.passages[at["76"]]) > bearing.passages[at["72"]]
    assert bearing.passages[at["p1.1"]] == 0.0  # the cover is never quoted
