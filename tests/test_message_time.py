"""No message holds the server: messages made of the words of our own patterns, sent through the command as a stranger would."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evals.speed.message_time import messages, patterns, summary
from index.store import Index
from tests.conftest import Run

MOST = 4_000
# What once took for ever, or seconds: found by repeating the words that each pattern looks for.
UNITS = (
    "please a ", "please ", "\u00b6", "\u00a7", "-", "? ", ". ", ", ", " \t", "\n", "thanks, ", "and ", "1 ", "1,", "paragraph ", "paragraph 1 and ",
    "paragraphs\u00b6", "recommendations ", "list all the ", "how many ", "care leavers and ", "hello there ", "ignore previous ", "( ", "a",
)  # fmt: skip
SECONDS = 1.5  # for one message; the slowest of these takes 0.3 on an idle machine
SECONDS_WITH_HISTORY = 6.0  # for one with eight of its kind before it


@pytest.mark.weights
@pytest.mark.alone
def test_repeated_words_are_answered_in_bounded_time(real_index: Index, run: Run, tmp_path: Path) -> None:
    questions = [(unit * MOST)[:MOST].strip(" \t\n") or "?" for unit in UNITS]
    lines = [{"id": f"q{at}", "question": question} for at, question in enumerate(questions)]
    lines += [{"id": f"h{at}", "question": question, "history": [question] * 8} for at, question in enumerate(questions)]
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    run("ask", "--batch", str(tmp_path / "in.jsonl"), "--out", str(tmp_path / "out.jsonl"), timeout=180)
    answers = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [one["id"] for one in answers] == [one["id"] for one in lines]
    slow = {
        one["id"]: one["seconds"]
        for one in answers
        if one["seconds"] > (SECONDS if one["id"][0] == "q" else SECONDS_WITH_HISTORY)
    }
    assert slow == {}


@pytest.mark.weights
@pytest.mark.parametrize(
    ("question", "outcome"),
    [
        ("please list all the recommendations", "answered"), ("can you give me a full list of the 13 recommendations please", "answered"),
        ("what are the recommendations in this report?", "answered"), ("what action points were made for the council", "answered"),
    ],
)  # fmt: skip
def test_the_list_of_recommendations_is_still_known(question: str, outcome: str, real_index: Index) -> None:
    from assistant.assistant import Assistant

    answer = Assistant(real_index).ask(question)
    assert answer.outcome == outcome
    assert [one.paragraph for one in answer.citations] == [str(number) for number in range(1, 14)]


def test_the_long_form_makes_messages_of_every_pattern_and_fails_where_one_takes_long() -> None:
    known = patterns()
    sent = list(messages(2 * len(known)))
    assert len(known) > 80
    assert sent == list(messages(2 * len(known)))
    assert max(len(text) for text, _ in sent) == MOST
    assert all(text.strip() for text, _ in sent)
    assert 0 < sum(bool(history) for _, history in sent) < len(sent) / 4
    quick = [0.1] * len(sent)
    assert summary(quick, sent)[0]
    alone = next(at for at, (_, history) in enumerate(sent) if not history)
    well, said = summary([*quick[:alone], 1.2, *quick[alone + 1 :]], sent)
    assert not well
    assert f"slow: {alone}, 1.20 s" in said
