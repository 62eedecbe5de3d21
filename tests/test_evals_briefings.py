"""The topics of briefings: what they name exists, and what a good briefing should hold stands in the report."""

from __future__ import annotations

from pathlib import Path

import pytest

from evals.errors import BadCases
from evals.measures.briefings import Measured, Topic, estimates, packaged_topics, read_topics
from evals.measures.evidence import plain
from evals.measures.metrics import holds_any
from tests.assistant_toys import somerset

PASSAGES = {passage.id: passage for passage in somerset().passages}


def test_every_key_fact_of_a_topic_stands_in_a_passage_it_names() -> None:
    topics = read_topics(packaged_topics(), PASSAGES)
    assert {split: sum(t.split == split for t in topics) for split in ("dev", "test")} == {"dev": 38, "test": 38}
    for topic in topics:
        text = plain(" ".join(f"{PASSAGES[one].context or ''} {PASSAGES[one].text}" for one in (*topic.gold, *topic.acceptable)))
        assert all(holds_any(text, fact) for fact in topic.key_facts)
        assert bool(topic.gold) == topic.covered and bool(topic.key_facts) <= topic.covered


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('{"topic": "x", "split": "dev", "gold": ["999"]}', "topics.jsonl:1: 999 is not a passage"),
        ('{"topic": "x", "split": "train"}', "topics.jsonl:1: Input should be 'dev' or 'test'"),
        ('{"topic": "x", "split": "dev", "golden": []}', "topics.jsonl:1: Extra inputs are not permitted"),
    ],
)
def test_a_wrong_line_is_named(line: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "topics.jsonl").write_text(line, encoding="utf-8")
    with pytest.raises(BadCases, match=told):
        read_topics(tmp_path / "topics.jsonl", PASSAGES)


def test_a_declined_topic_has_no_precision_and_misses_its_facts() -> None:
    covered, other = Topic(topic="a", split="dev", gold=("1",), key_facts=(("x",),)), Topic(topic="b", split="dev", covered=False)
    got = estimates(
        [
            Measured(covered, True, 1.0, 0.5, 0.5),
            Measured(covered, False, 0.0, None, None),
            Measured(other, False, None, None, None),
        ]
    )
    assert (got["key facts"].value, got["key facts"].n) == (0.5, 2)
    assert (got["citation precision"].value, got["citation precision"].n, got["citation precision"].unscored) == (0.5, 1, 1)
    assert (got["covered topics declined"].value, got["uncovered topics declined"].value) == (0.5, 1.0)
