"""Probes of strangers that once found a fault, sent again: to the command and over HTTP (all of them: `python -m evals.probing`)."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from evals.probing.briefings import FORMATS, TOPICS, spoilt
from evals.probing.commands import Command, commands
from evals.probing.manners import MANNERS
from evals.probing.messages import filled, messages
from evals.probing.places import places
from evals.probing.quoting import misquoted, quoting, says
from evals.probing.requests import probes, request
from evals.probing.running import tried
from evals.probing.sending import faults, send
from index.store import Index
from tests.conftest import clean_environment
from tests.shared_chat import Shared

FOUND = {  # a traceback, a wait without end, or a status that was wrong
    "usage: ask out long name", "usage: index pipe", "usage: index no rights", "usage: index long name", "usage: chat prefix dots",
    "usage: chat reason empty", "usage: eval out a file", "usage: users add not utf-8 password", "usage: users remove not utf-8",
    "usage: tokens add odd label", "usage: tokens add full", "usage: brief blank", "setting: wording device", "setting: wording pipe",
}  # fmt: skip
CHOSEN = [one for one in (*commands(), *places()) if one.name in FOUND]


@pytest.mark.parametrize("command", CHOSEN, ids=[one.name for one in CHOSEN])
def test_a_way_of_calling_the_command_that_once_failed_ends_in_a_sentence(command: Command, toy_index: dict[str, str]) -> None:
    assert tried(command, str(Path(sys.executable).parent / "findings"), clean_environment() | toy_index) == []


def test_every_probe_has_a_name_of_its_own() -> None:
    names = Counter(one.name for one in (*probes(), *messages(), *quoting(), *commands(), *places()))
    assert [name for name, number in names.items() if number > 1] == []
    assert len(names) > 1_400
    assert names.keys() >= FOUND


@pytest.mark.server
def test_paths_hosts_and_headers_of_a_stranger_are_refused_without_a_fault(plain_chat: Shared) -> None:
    """The quick ones of all that are sent."""
    wrong = []
    for one in probes():
        if one.name.startswith(("path:", "host:", "query:", "join", "sign-in:")) and not one.waits:
            wrong += [
                f"{one.name}: {fault}"
                for fault in faults(send(plain_chat.url, one.sent), one.statuses, one.waits, (str(Path.cwd()),))
            ]
    assert wrong == []
    assert send(plain_chat.url, request("GET", "/health")).status == 200


@pytest.mark.server
@pytest.mark.parametrize("behave", MANNERS.values(), ids=MANNERS)
def test_a_client_that_behaves_oddly_keeps_nobody_waiting(behave: Callable[[str], None], plain_chat: Shared) -> None:
    behave(plain_chat.url)
    assert send(plain_chat.url, request("GET", "/health")).status == 200


@pytest.mark.server
@pytest.mark.parametrize("name", TOPICS)
def test_a_briefing_opens_whatever_its_topic_is_called(name: str, plain_chat: Shared) -> None:
    topic = TOPICS[name].replace("care leavers", "foster carers")
    with httpx.Client(base_url=plain_chat.url, trust_env=False, timeout=60) as client:
        for form in FORMATS:
            sent = json.dumps({"topic": topic, "format": form})
            got = client.post("api/brief", content=sent, headers={"content-type": "application/json"})
            assert got.status_code in (200, 404, 422), got.text
            assert name != "plain" or got.status_code == 200
            assert got.status_code != 200 or spoilt(got.json()) == []


def test_what_a_briefing_or_an_answer_must_not_hold_is_seen() -> None:
    made = {"citations": [1], "name": "a.html", "format": "html", "content": "<p>a</p><script>b</script>"}
    assert spoilt(made) == ["holds script"]
    assert spoilt({**made, "name": "../a.html"}) == ["the name '../a.html'"]
    held = {"text": "Visits take  an hour.", "context": None, "page": 4, "paragraph": "3"}
    cited = {"passage": "3", "quote": "Visits take an hour.", "context": None, "page": 4, "paragraph": "3"}
    assert misquoted({"citations": [cited], "nearest": []}, lambda _: held) == []
    assert misquoted({"citations": [], "nearest": [{**cited, "quote": "Visits take a day."}]}, lambda _: held) == [
        "not in 3: 'Visits take a day.'"
    ]
    assert misquoted({"citations": [{**cited, "page": 5}], "nearest": []}, lambda _: held) == ["3 is on page 4, not 5"]
    answer = {"answer": 'On "is it 3 weeks": it takes 26 weeks.', "sections": [{"about": "is it 3 weeks"}]}
    assert says(answer, "26 weeks") and not says(answer, "6 weeks") and not says(answer, "3 weeks")


@pytest.mark.server
def test_a_reply_is_judged(plain_chat: Shared) -> None:
    """What would be a fault is seen as one."""
    reply = send(plain_chat.url, request("GET", "/health"))
    assert faults(reply, frozenset({404}), 0) == ["status 200"]
    assert faults(reply, frozenset({200}), 0, ("version",)) == ["shows the path version"]


@pytest.mark.weights
def test_a_message_of_many_questions_is_answered_as_far_as_it_is_bounded_and_says_so(real_index: Index) -> None:
    from assistant.assistant import Assistant
    from assistant.question.reader import MOST
    from prompts import wording

    subjects = (
        "adoption fostering visits plans training police schools health courts budgets boards audits homes carers delays".split()
    )
    answer = Assistant(real_index).ask(" ".join(f"What do inspectors say of {one} in Somerset?" for one in subjects))
    assert "more_asked" in answer.notes
    assert wording("answered.more_asked", number=MOST) in answer.answer
    few = Assistant(real_index).ask(" ".join(f"What do inspectors say of {one} in Somerset?" for one in subjects[:3]))
    assert "more_asked" not in few.notes


@pytest.mark.weights
@pytest.mark.alone
@pytest.mark.parametrize("unit", ["a; b; ", "how long? "])
def test_a_long_message_before_a_question_takes_no_longer_than_its_length(unit: str, real_index: Index) -> None:
    """Each of these took 14 s and more: every word of the first question made candidates as long as itself."""
    import time

    from assistant.assistant import Assistant

    assistant = Assistant(real_index)
    assistant.ask("What is early help?")
    for question, history in (
        (f"{filled(unit, 3900)} how long do care proceedings take?", []),
        ("and for care leavers?", [filled(unit)]),
    ):
        began = time.process_time()
        assert assistant.ask(question, history).outcome != "error"
        assert time.process_time() - began < 4
