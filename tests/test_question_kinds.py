"""What sort of answer a message wants: a table of kinds, each complete, and a classifier that tells them apart."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.learned.classifier import Classifier, terms
from assistant.question.kinds import FACT, KINDS, NAMES, packaged
from evals.cases import packaged_files, read_cases
from index.banks.evidence_bank import evidence_bytes, read_evidence_bank
from index.store import Index
from prompts import keys
from tests.assistant_toys import somerset

SHAPES = {"flat", "sides", "one", "compared", "asked"}


def toy_classifier() -> Classifier:
    """Knows the word "brief" and the pair "how many", and nothing of vectors."""
    of_words = np.zeros((2, len(NAMES)), np.float32)
    of_words[0, NAMES.index("briefing")] = of_words[1, FACT] = 3.0
    return Classifier({"brief": 0, "how many": 1}, np.zeros((4, len(NAMES)), np.float32), of_words, np.zeros(len(NAMES)))


def test_words_and_neighbouring_pairs_are_each_told_once() -> None:
    assert terms("How many, how MANY?") == ["how", "many", "?", "how many", "many how", "many ?"]
    assert terms("") == []


@pytest.mark.parametrize(
    ("text", "kind"), [("brief me on adoption", "briefing"), ("how many adoptions?", "fact"), ("many, how?", None), ("", None)]
)
def test_known_words_and_pairs_decide_and_unknown_ones_say_nothing(text: str, kind: str | None) -> None:
    told = toy_classifier().probabilities(text, np.zeros(4, np.float32))
    assert told.sum() == pytest.approx(1.0)
    if kind is None:
        assert told == pytest.approx(1 / len(NAMES))
    else:
        assert NAMES[int(told.argmax())] == kind


@pytest.mark.parametrize(
    "text", ["brief me on adoption", "how many children are looked after?", "zyzzyva", "?", "", "a " * 2_000]
)
def test_the_packaged_classifier_gives_probabilities_that_sum_to_one(text: str) -> None:
    size = len(packaged().of_vector)
    for vector in (np.zeros(size, np.float32), np.eye(size, dtype=np.float32)[7]):
        told = packaged().probabilities(text, vector)
        assert told.shape == (len(NAMES),)
        assert told.sum() == pytest.approx(1.0, abs=1e-5)
        assert 0 <= told.min() <= told.max() <= 1


MESSAGES = (
    ("briefing", "brief me on adoption"), ("briefing", "give me a briefing note on care leavers"),
    ("comparison", "compare adoption with special guardianship"), ("comparison", "compare early help and child protection"),
    ("fact", "how many children are looked after?"), ("fact", "who is the lead inspector?"), ("fact", "how long do care proceedings take?"),
    ("improved", "what has improved since 2015?"), ("improved", "what has got better for care leavers?"),
    ("numbers", "give me all the figures on children in care"), ("numbers", "give me the data for child protection"),
    ("recommendations", "recommendations on health"),
    ("scrutiny", "what should scrutiny ask about neglect?"), ("scrutiny", "what should we ask the director about care leavers?"),
    ("strengths", "what are the strengths of adoption?"), ("strengths", "what works well in fostering?"),
    ("theme", "what does the report say about neglect?"), ("theme", "tell me about foster carers"),
    ("weaknesses", "what are the weaknesses of child protection?"), ("weaknesses", "what needs to improve for care leavers?"),
    ("whole", "what is this report about?"), ("whole", "summarise the report"),
)  # fmt: skip


@pytest.mark.weights
@pytest.mark.parametrize(("kind", "message"), MESSAGES)
def test_an_obvious_message_is_of_its_kind(kind: str, message: str, real_index: Index) -> None:
    told = packaged().probabilities(message, real_index.embedder.embed([message])[0])
    assert NAMES[int(told.argmax())] == kind


def test_every_kind_has_a_plan_that_can_be_carried_out() -> None:
    assert list(NAMES) == sorted(KINDS) and NAMES[FACT] == "fact"
    assert {plan.shape for plan in KINDS.values()} == SHAPES
    assert [kind for kind, plan in KINDS.items() if not (0 < plan.most < plan.words)] == []
    known = keys()
    assert [kind for kind, plan in KINDS.items() if (plan.shape == "one") != (plan.heading is not None)] == []
    assert [plan.heading for plan in KINDS.values() if plan.heading and f"answered.{plan.heading}" not in known] == []


def test_a_model_is_told_what_every_kind_wants() -> None:
    assert [kind for kind in KINDS if f"choose.{kind}" not in keys()] == []


def test_every_kind_has_labelled_messages_and_every_label_a_plan() -> None:
    labelled = {message.kind for message in read_evidence_bank(evidence_bytes(), somerset().passages)}
    assert labelled | {"fact"} == set(KINDS)


def test_every_kind_has_cases() -> None:
    slices = {case.slice for case in read_cases(packaged_files(), {passage.id for passage in somerset().passages})}
    assert [kind for kind in KINDS if not {kind, kind.removesuffix("s")} & slices] == []
