"""The engine's own choice and a model's take the same way into sections; sides of a comparison, terms, parts not stated."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from assistant.answer import Section
from assistant.answering.choosing import choose, chosen_by_model, explained, short, sides
from assistant.answering.evidence import Evidence
from assistant.question.kinds import NAMES
from assistant.question.understanding import Query
from assistant.words.glossary import Glossary
from index.search import SIGNALS, Found
from index.store import Index
from prompts import wording
from tests.assistant_toys import cited, understanding


def query(text: str, *parts: str) -> Query:
    return replace(understanding().understand(text), parts=parts)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("compare adoption and care leavers", ("adoption", "care leavers")),
        ("how do care leavers compare with adoption?", ("care leavers", "adoption")),
        ("which is better, adoption or fostering?", ("adoption", "fostering")),
        ("early help versus child protection", ("early help", "child protection")),
        ("compare adoption with special guardianship", ("adoption", "special guardianship")),
        ("how does adoption differ?", ()),
        ("compare adoption", ()),
        ("compare adoption, fostering and early help and neglect", ()),
    ],
)
def test_the_two_sides_of_a_comparison(text: str, told: tuple[str, ...]) -> None:
    assert sides(query(text), "comparison") == told


def test_only_a_comparison_has_sides() -> None:
    assert sides(query("compare adoption and care leavers"), "theme") == ()


def test_an_abbreviation_that_is_asked_for_is_explained_above_the_answer() -> None:
    told = (Section(None, (cited("40"),)), Section("More:", (cited("41"),)))
    first, second = explained(query("what does NEET mean?"), Glossary.packaged(), told)
    assert first.heading is not None and "NEET" in first.heading and first.statements == told[0].statements
    assert second == told[1]
    assert explained(query("how many are NEET?"), Glossary.packaged(), told) == told
    assert explained(query("what does NEET mean?"), Glossary.packaged(), ()) == ()


def test_a_part_is_named_without_its_last_mark() -> None:
    assert short("who chairs the panel?") == "who chairs the panel"


def nowhere(texts: list[str]) -> np.ndarray:
    return np.zeros((len(texts), 1), np.float32)


def evidence(index: Index, kind: str, *rows: int) -> Evidence:
    told = np.zeros(len(index.sentences), np.float32)
    told[list(rows)] = 0.9
    kinds = np.zeros(len(NAMES), np.float32)
    kinds[NAMES.index(kind)] = 1.0
    return Evidence(told, kinds)


def found(index: Index) -> Found:
    none = np.zeros(0, np.float32)
    size = len(index.sentences)
    scores = np.zeros(size, np.float32)
    signals = np.zeros((size, len(SIGNALS)), np.float32)
    return Found(
        index,
        signals,
        scores,
        np.zeros(len(index.report.passages), np.float32),
        none,
        none,
        scores,
        0.0,
        none,
    )


def test_a_model_and_the_engine_arrange_the_same_sentences_alike(toy: Index) -> None:
    at = toy.starts[toy.positions["4"]]
    asked = query("how many foster carers are there?")
    own = choose(asked, found(toy), evidence(toy, "fact", at), nowhere, Glossary.packaged())
    assert own == chosen_by_model(toy, asked, "fact", [[at]], nowhere, Glossary.packaged())
    assert [s.quote for section in own for s in section.statements] == ["There are 40 foster carers."]


def test_where_nothing_is_likely_nothing_is_chosen(toy: Index) -> None:
    assert (
        choose(query("how many foster carers are there?"), found(toy), evidence(toy, "fact"), nowhere, Glossary.packaged()) == ()
    )


def test_a_part_of_which_a_model_names_nothing_is_said_not_to_be_stated(toy: Index) -> None:
    asked = query("how many carers and who chairs?", "how many carers are there?", "who chairs the carers?")
    at = toy.starts[toy.positions["4"]]
    first, second = chosen_by_model(toy, asked, "compound", [[at], []], nowhere, Glossary.packaged())
    assert (first.heading, first.about) == (wording("answered.part", part="how many carers are there"), asked.parts[0])
    assert [s.quote for s in first.statements] == ["There are 40 foster carers."]
    assert second == Section(
        None, (), "not_stated", asked.parts[1], wording("answered.partly_about", part="who chairs the carers")
    )
