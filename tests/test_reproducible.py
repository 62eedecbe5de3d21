"""The same question gets the same answer, byte for byte: alone, in any company, in any process, with any hash seed or threads."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from assistant.assistant import Assistant
from index.machine.products import rows_of_a_piece, with_rows
from index.store import Index
from tests.conftest import Run

QUESTIONS = (
    "How long do care proceedings take?", "what about care leavers", "Is the council good at adoption?", "What needs to improve?",
    "how many social workers are there and what do they earn?", "Who chairs the board?", "is there enough foster care in taunton",
)  # fmt: skip


def test_a_product_is_the_same_whatever_stands_beside_it() -> None:
    chance = np.random.default_rng(7)
    rows = chance.normal(size=(1_001, 384)).astype(np.float32)
    vectors = chance.normal(size=(53, 384)).astype(np.float32)
    for held in (rows, np.asfortranarray(rows)):
        together = with_rows(vectors, held)
        assert np.abs(together - vectors @ rows.T).max() < 1e-3
        for at in (0, 1, 16, 52):
            assert with_rows(vectors[at : at + 1], held).tobytes() == together[at].tobytes()
            whole = 2 * rows_of_a_piece(held)
            assert with_rows(vectors[at : at + 1], held[:whole]).tobytes() == together[at, :whole].tobytes()


@pytest.mark.weights
def test_answers_alone_and_together_are_the_same(real_index: Index) -> None:
    own = Assistant(real_index)
    questions = [
        *QUESTIONS,
        *(miss.text for miss in real_index.near_misses[::211]),
        *(q.text for q in real_index.questions[::911]),
    ]
    alone = [json.dumps({**own.ask(one).to_dict(), "seconds": 0}) for one in questions]
    together = [json.dumps({**one.to_dict(), "seconds": 0}) for one in own.ask_many((one, (), "") for one in questions)]
    assert together == alone


@pytest.mark.weights
def test_the_command_gives_the_same_bytes_alone_and_in_a_batch(real_index: Index, run: Run, tmp_path: Path) -> None:
    lines = [{"id": f"q{at}", "question": one} for at, one in enumerate(QUESTIONS)]
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(one) + "\n" for one in lines), encoding="utf-8")
    told = []
    for seed, threads in (("0", "1"), ("1", "2")):
        env = {"PYTHONHASHSEED": seed, "OPENBLAS_NUM_THREADS": threads}
        run("ask", "--batch", str(tmp_path / "in.jsonl"), "--out", str(tmp_path / "out.jsonl"), env=env)
        told.append([bare(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()])
        at = int(seed)
        assert bare(run("ask", QUESTIONS[at], "--json", env=env).stdout) == told[-1][at]
    assert told[0] == told[1]


def bare(line: str) -> str:
    """An answer without its id and the seconds it took."""
    return json.dumps({**json.loads(line), "id": "", "seconds": 0}, ensure_ascii=False)
