"""`findings bench` through the command: both sides are run, what comes out is written, and what it finds is not absurd.

Times are compared as ratios within one run; the guards are far below what is measured (docs/performance.md).
"""

from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np
import pytest

from evals.speed.bench import Measure, asked, machine, table
from evals.speed.growth import ALIKE, Grown, perturbed, turned
from index.opened import sentences_of
from index.store import Index
from tests.conftest import Run


def test_a_measure_tells_how_many_times_better_by_medians() -> None:
    less = Measure("first answer", "s", [1.0, 2.0, 1.0], [8.0, 6.0, 30.0], goal=4.0)
    more = Measure("answers", "a second", [300.0], [60.0], goal=6.0, more_is_better=True)
    assert (less.times, less.met) == (8.0, True)
    assert (more.times, more.met) == (5.0, False)
    assert (Measure("alone", "s", [1.0]).times, Measure("alone", "s", [1.0], [2.0]).met) == (None, None)
    assert table([less, more, Measure("alone", "MB", [250.0])])[2:] == [
        "| first answer | 1 s (1 to 2) | 8 s (6 to 30) | 8.00 | 4 |",
        "| answers | 300 a second | 60 a second | 5.00 | 6 (not met) |",
        "| alone | 250 MB |  |  |  |",
    ]


def test_the_machine_is_told_without_its_name() -> None:
    import platform

    assert "cores" in machine() and platform.node() not in machine().split()


@pytest.mark.weights
def test_a_thousand_different_questions_are_asked(real_index: Index) -> None:
    work = asked()
    assert len(work["batch"]) == 1_000
    assert len(set(work["batch"])) > 970  # a few people ask the same
    assert {kind: len(pairs) > 20 for kind, pairs in work["kinds"].items()} == dict.fromkeys(work["kinds"], True)
    assert all(history for _, history in work["kinds"]["follow-up"])


@pytest.mark.weights
@pytest.mark.server
@pytest.mark.alone
def test_the_command_measures_both_sides_and_writes_what_it_found(real_index: Index, tmp_path: Path, run: Run) -> None:
    ran = run("bench", "--only", "cold", "--rounds", "1", "--out", tmp_path / "out", timeout=400)
    assert (ran.returncode, ran.stderr) == (0, "")
    record = json.loads((tmp_path / "out" / "bench.json").read_text(encoding="utf-8"))
    found = {one["name"]: one for one in record["measures"]}
    assert set(found) == {"first answer from cold", "memory for one answer", "look-up from cold"}
    assert found["first answer from cold"]["times"] > 2
    assert found["memory for one answer"]["times"] > 1.5
    assert record["machine"] == machine()
    assert "first answer from cold" in (tmp_path / "out" / "bench.md").read_text(encoding="utf-8")
    assert (tmp_path / "out" / "bench.svg").read_text(encoding="utf-8").startswith("<svg")


@pytest.mark.weights
@pytest.mark.alone
def test_on_a_shelf_of_ten_the_nearest_report_holds_the_answer(real_index: Index, tmp_path: Path, run: Run) -> None:
    ran = run("bench", "--only", "growth", "--most", "10", "--questions", "8", "--out", tmp_path / "out", timeout=600)
    assert (ran.returncode, ran.stderr) == (0, "")
    one, ten = (Grown(**record) for record in json.loads((tmp_path / "out" / "growth.json").read_text(encoding="utf-8")))
    assert (one.size, ten.size, one.sentences) == (1, 10, len(real_index.sentences))
    assert ten.sentences > 8 * one.sentences
    assert ten.hit5 >= ten.alone_hit5 - 0.125
    assert ten.found > 0.8
    assert ten.nearest < 3 * ten.alone
    assert ten.disk - one.disk < 9 * 8, "megabytes: the models are there once"
    assert "Chroma" in (tmp_path / "out" / "growth.md").read_text(encoding="utf-8")


def test_a_perturbed_report_keeps_most_sentences_and_loses_some(real_index: Index) -> None:
    made, kept = perturbed(real_index.report, random.Random(3))
    texts = [sentence.text for sentence in sentences_of(made.passages)]
    assert len(kept) == len(texts) and 0.8 < len(kept) / len(real_index.sentences) < 1
    same = sum(text == real_index.sentences[at].text for text, at in zip(texts, kept, strict=True)) / len(kept)
    assert 0.7 < same < 1  # numbers are changed
    assert perturbed(real_index.report, random.Random(3))[1].tolist() == kept.tolist()


def test_a_part_that_is_not_there_is_named(run: Run) -> None:
    ran = run("bench", "--only", "speed")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr == "There is no part speed: choose of cold, warm, build, page, people, growth.\n"


def test_without_an_index_the_bench_says_which_command_builds_it(tmp_path: Path, run: Run) -> None:
    ran = run("bench", "--only", "cold", env={"FINDINGS_INDEX_DIR": str(tmp_path / "nowhere")})
    assert (ran.returncode, ran.stderr) == (3, "There is no index yet: run `findings index`.\n")


def test_turned_vectors_keep_their_length_and_a_drawn_likeness() -> None:
    draws = np.random.default_rng(9)
    vectors = draws.normal(size=(500, 64)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    found = turned(vectors, draws)
    likeness = (found * vectors).sum(axis=1)
    assert np.abs(np.linalg.norm(found, axis=1) - 1).max() < 1e-5
    assert ALIKE[0] - 1e-3 < likeness.min() < likeness.max() < ALIKE[1] + 1e-3
