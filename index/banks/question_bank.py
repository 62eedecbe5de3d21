"""The question bank (questions people ask, tied to the sentence that answers them) and the near misses (questions that
look answerable and are not).

Data: reports/question_bank.jsonl, one line a sentence: passage (id), sentence (verbatim) or null, questions;
reports/near_misses.jsonl: nearest (passage id, page as "p10", or null), asks_for, question. In both, voice (1 when
absent) tells authors apart, for cross-fitting.
Both help to decide and to find; they are never shown and never the answer.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.resources import files

from index.passages import Passage
from index.text.sentences import fold

BANK_FILE = "question_bank.jsonl"
NEAR_MISS_FILE = "near_misses.jsonl"


@dataclass(frozen=True)
class BankQuestion:
    """One question: the position of its passage, and of its sentence within it (-1: the passage as a whole)."""

    text: str
    passage: int
    sentence: int
    voice: int = 1


@dataclass(frozen=True)
class NearMiss:
    """A question that the report does not answer, and the category of what it asks for ("offtopic", "unsafe" ...)."""

    text: str
    asks_for: str
    voice: int = 1


def bank_bytes() -> bytes:
    """The packaged bank as it lies on disk."""
    return files("index").joinpath("reports").joinpath(BANK_FILE).read_bytes()


def near_miss_bytes() -> bytes:
    """The packaged near misses as they lie on disk."""
    return files("index").joinpath("reports").joinpath(NEAR_MISS_FILE).read_bytes()


def read_near_misses(data: bytes, bank: list[BankQuestion]) -> list[NearMiss]:
    """The near misses, when the report is the one they were written for (some bank question fits it); else none."""
    if not bank:
        return []
    records = [json.loads(line) for line in data.decode("utf-8").splitlines()]
    return [NearMiss(record["question"], record["asks_for"], record.get("voice", 1)) for record in records]


def read_bank(data: bytes, passages: tuple[Passage, ...]) -> list[BankQuestion]:
    """The bank's questions whose passage and sentence this report has.

    For another report than the one the bank was written for: none. It is another when most of the bank's sentences are
    not in it; a few that fail to match are the report's corrections.
    """
    position = {passage.id: at for at, passage in enumerate(passages)}
    folded = [[fold(s) for s in passage.sentences] for passage in passages]
    questions: list[BankQuestion] = []
    named = matched = 0
    for line in data.decode("utf-8").splitlines():
        record = json.loads(line)
        at = position.get(record["passage"])
        sentence = -1
        if record["sentence"] is not None:
            named += 1
            wanted = fold(record["sentence"])
            if at is None or wanted not in folded[at]:
                continue
            matched += 1
            sentence = folded[at].index(wanted)
        if at is not None:
            questions += [BankQuestion(text, at, sentence, record.get("voice", 1)) for text in record["questions"]]
    return questions if 2 * matched > named else []
