"""The command `findings`, run as people and scripts run it: answers, answer objects, batches, exit statuses."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from index.store import Index
from tests.conftest import Run, clean_environment

SCHEMA = json.loads(files("assistant").joinpath("answer.schema.json").read_text(encoding="utf-8"))
CHECKER = jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER)
COMMAND = str(Path(sys.executable).parent / "findings")


def valid(line: str | bytes) -> dict[str, Any]:
    """The answer object on a line, held against the schema and against what the schema cannot say."""
    answer = json.loads(line)
    CHECKER.validate(answer)
    assert list(answer) == [
        "version", "id", "question", "understood", "outcome", "confidence", "answer", "citations", "sections", "suggestions", "nearest", "retrieved",
        "notes", "mode", "report", "seconds",
    ]  # fmt: skip
    return answer


def batch(run: Run, folder: Path, lines: list[bytes], env: dict[str, str], status: int = 0) -> list[dict[str, Any]]:
    source, target = folder / "in.jsonl", folder / "out.jsonl"
    source.write_bytes(b"\n".join(lines) + b"\n")
    ran = run("ask", "--batch", source, "--out", target, env=env)
    assert ran.returncode == status, ran.stderr
    assert ran.stdout == ""
    return [valid(line) for line in target.read_bytes().split(b"\n")[:-1]]


# ---- one question ----------------------------------------------------------------------------------------------


@pytest.mark.weights
def test_care_proceedings_are_answered_with_the_weeks_and_the_paragraph(real_index: Index, run: Run) -> None:
    ran = run("ask", "how long do care proceedings take?")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert [part for part in ("31 weeks", "60 weeks", "26 weeks", "paragraph 40, page 18") if part not in ran.stdout] == []


@pytest.mark.weights
def test_the_answer_object_of_the_real_report_is_valid(real_index: Index, run: Run) -> None:
    answer = valid(run("ask", "--json", "how long do care proceedings take?").stdout)
    assert (answer["version"], answer["outcome"], answer["question"]) == (2, "answered", "how long do care proceedings take?")
    assert "40" in [one["paragraph"] for one in answer["citations"]]
    assert answer["report"] == {
        "title": real_index.report.title, "inspected": ["2017-11-07", "2017-11-30"], "published": "2018-01-29",
        "sha256": "ca4a047c7fcb0150e06891c80ec639ea2e89d25cd4be123b5d3f56c50637a6a1",
    }  # fmt: skip


@pytest.mark.weights
def test_every_passage_of_the_real_report_is_looked_up_verbatim(real_index: Index, run: Run, tmp_path: Path) -> None:
    numbered = [passage for passage in real_index.report.passages if passage.number is not None]
    asked = [f"{'recommendation' if p.kind == 'recommendation' else 'paragraph'} {p.number}" for p in numbered]
    lines = [json.dumps({"id": p.id, "question": question}).encode() for p, question in zip(numbered, asked, strict=True)]
    answers = batch(run, tmp_path, lines, {})
    shown = [
        (a["id"], a["outcome"], [(c["paragraph"], c["page"], c["label"], c["quote"]) for c in a["citations"]]) for a in answers
    ]
    assert shown == [(p.id, "answered", [(p.number, p.page, p.label, p.text)]) for p in numbered]


def test_a_paragraph_is_looked_up_and_shown_with_its_label(toy_index: dict[str, str], run: Run) -> None:
    ran = run("ask", "what does paragraph 3 say?", env=toy_index)
    assert (ran.returncode, ran.stdout, ran.stderr) == (
        0, "Visits take 12 days on average, against a target of 10 days. [paragraph 3, page 6]\n", ""
    )  # fmt: skip


def test_json_gives_one_valid_answer_object(toy_index: dict[str, str], run: Run) -> None:
    ran = run("ask", "--json", "paragraph 4", env=toy_index)
    answer = valid(ran.stdout)
    assert ran.stdout.count("\n") == 1
    assert {name: answer[name] for name in ("id", "question", "understood", "outcome", "confidence", "retrieved", "mode")} == {
        "id": "", "question": "paragraph 4", "understood": "paragraph 4", "outcome": "answered", "confidence": None,
        "retrieved": [], "mode": "extractive",
    }  # fmt: skip
    assert answer["citations"] == [
        {"passage": "4", "paragraph": "4", "kind": "finding", "page": 6, "page_end": 6, "section": "Leadership",
         "label": "paragraph 4, page 6", "context": None, "quote": "There are 40 foster carers. Six of them joined this year.",
         "also": [], "derived": False, "corrected": False, "report": "northshire-2019"}
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["ask", "paragraph 4"], 0),
        (["ask", ""], 1),
        (["ask", "   "], 1),
        (["ask", "why? " * 2_000], 1),
        (["ask"], 2),
        (["ask", "paragraph 4", "--batch", "in.jsonl", "--out", "out.jsonl"], 2),
        (["ask", "--batch", "in.jsonl"], 2),
        (["ask", "--out", "out.jsonl"], 2),
        (["ask", "--batch", "not-there.jsonl", "--out", "out.jsonl"], 2),
        (["ask", "--no-such-option"], 2),
        (["no-such-command"], 2),
        (["--help"], 0),
    ],
)
def test_the_exit_status_says_how_it_went(arguments: list[str], status: int, toy_index: dict[str, str], run: Run) -> None:
    ran = run(*arguments, env=toy_index)
    assert ran.returncode == status
    assert "Traceback" not in ran.stderr
    assert (ran.stderr == "") == (status == 0)


def test_a_question_that_cannot_be_asked_gives_an_error_object(toy_index: dict[str, str], run: Run) -> None:
    ran = run("ask", "--json", "", env=toy_index)
    answer = valid(ran.stdout)
    assert (ran.returncode, answer["outcome"], answer["answer"]) == (1, "error", "There is no question here: type one.")
    assert ran.stderr == "There is no question here: type one.\n"


def test_a_question_that_is_not_utf_8_ends_in_an_answer_or_an_error_and_never_in_a_traceback(toy_index: dict[str, str]) -> None:
    ran = subprocess.run(
        [os.fsencode(COMMAND), b"ask", b"--json", b"what about caf\xe9s?"],
        capture_output=True,
        env=clean_environment() | toy_index,
    )
    assert ran.returncode in (0, 1)
    assert b"Traceback" not in ran.stderr
    valid(ran.stdout)


@pytest.mark.parametrize("arguments", [["ask", "paragraph 4"], ["ask", "--json", "paragraph 4"]])
def test_a_closed_pipe_ends_quietly(arguments: list[str], toy_index: dict[str, str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    ran = subprocess.run(
        [COMMAND, *arguments], stdout=writing, stderr=subprocess.PIPE, env=clean_environment() | toy_index, text=True
    )
    os.close(writing)
    assert (ran.returncode, ran.stderr) == (0, "")


def test_a_batch_into_a_closed_pipe_ends_quietly(toy_index: dict[str, str], tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text('{"question": "paragraph 4"}\n' * 500)
    reading, writing = os.pipe()
    os.close(reading)
    ran = subprocess.run(
        [COMMAND, "ask", "--batch", str(source), "--out", "/dev/stdout"], stdout=writing, stderr=subprocess.PIPE, text=True,
        env=clean_environment() | toy_index,
    )  # fmt: skip
    os.close(writing)
    assert (ran.returncode, ran.stderr) == (0, "")


# ---- batches ---------------------------------------------------------------------------------------------------

GOOD = b'{"id": "q%d", "question": "paragraph %d"}'
BROKEN = (
    (b"not json", None),
    (b"{", None),
    (b"[1, 2]", None),
    (b"null", None),
    (b'"just a text"', None),
    (b"\xff\xfe\x00", None),
    (b'{"id": "has-id"}', "has-id"),
    (b'{"id": "empty", "question": "  "}', "empty"),
    (b'{"id": "number", "question": 5}', "number"),
    (b'{"id": "list", "question": ["paragraph 4"]}', "list"),
    (b'{"id": "long", "question": "' + b"why " * 5_000 + b'"}', "long"),
    (b'{"id": "history", "question": "paragraph 4", "history": "earlier"}', "history"),
    (b'{"id": "history-2", "question": "paragraph 4", "history": [1]}', "history-2"),
    (b"[" * 100_000, None),
    (b'{"id": "' + b"x" * 10 + b'", "question": null}', "xxxxxxxxxx"),
)


def test_a_thousand_lines_some_broken_keep_their_order_and_survive(toy_index: dict[str, str], run: Run, tmp_path: Path) -> None:
    lines, expected = [], []
    for at in range(1, 1_001):
        if at % 10 == 0:
            line, identity = BROKEN[(at // 10) % len(BROKEN)]
            lines.append(line)
            expected.append((identity or f"line-{at}", "error"))
        else:
            lines.append(GOOD % (at, 3 + at % 10))
            expected.append((f"q{at}", "answered"))
    answers = batch(run, tmp_path, lines, toy_index, status=1)
    assert [(answer["id"], answer["outcome"]) for answer in answers] == expected
    assert [a["citations"][0]["paragraph"] for a in answers if a["outcome"] == "answered"] == [
        str(3 + at % 10) for at in range(1, 1_001) if at % 10
    ]
    assert [a["id"] for a in answers if a["outcome"] == "error" and not a["answer"].strip()] == []


def test_odd_texts_get_an_answer_object_and_stop_nothing(toy_index: dict[str, str], run: Run, tmp_path: Path) -> None:
    odd = ["paragraph 4\x00", "\ud800 what?", "😀" * 100, "\u202eparagraph 4", "'; DROP TABLE passages; --", "a\r\nb", "١٢٣ فقرة"]
    asked = [(text, question) for text in odd for question in (text, "paragraph 4")]  # an ordinary question after each
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_bytes(b"\n".join(json.dumps({"id": text, "question": question}).encode() for text, question in asked))
    ran = run("ask", "--batch", source, "--out", target, env=toy_index)
    answers = [valid(line) for line in target.read_bytes().split(b"\n")[:-1]]
    assert [answer["id"] for answer in answers] == [text for text, _ in asked]
    assert {answer["outcome"] for answer in answers[1::2]} == {"answered"}
    assert ran.returncode == (1 if "error" in [answer["outcome"] for answer in answers] else 0)


def test_every_line_of_a_batch_may_lack_an_id_and_hold_more_than_is_known(
    toy_index: dict[str, str], run: Run, tmp_path: Path
) -> None:
    lines = [b'{"question": "paragraph 4", "comment": {"from": "me"}}', b"", b'{"id": 7, "question": "paragraph 5"}',
             b'{"id": "", "question": "paragraph 6"}', b'{"id": null, "question": "paragraph 7"}']  # fmt: skip
    answers = batch(run, tmp_path, lines, toy_index)
    assert [(a["id"], a["citations"][0]["paragraph"]) for a in answers] == [
        ("line-1", "4"), ("7", "5"), ("line-4", "6"), ("line-5", "7"),
    ]  # fmt: skip


def test_a_batch_answers_what_one_question_answers(toy: Index, toy_index: dict[str, str], run: Run, tmp_path: Path) -> None:
    from assistant.assistant import Assistant
    from ui.plain import json_line

    questions = ["paragraph 4", "how long do visits take?", "recommendation 2", "paragraph 99", "good morning"]
    answers = batch(run, tmp_path, [json.dumps({"id": "", "question": q}).encode() for q in questions], toy_index)
    for at, (question, answer) in enumerate(zip(questions, answers, strict=True), 1):
        alone = valid(json_line(Assistant(toy).ask(question)))
        assert answer | {"seconds": 0, "id": ""} == alone | {"seconds": 0, "confidence": answer["confidence"]}, at
        assert answer["confidence"] == pytest.approx(alone["confidence"], abs=1e-3)


def test_a_long_batch_stays_in_order(toy_index: dict[str, str], run: Run, tmp_path: Path) -> None:
    questions = ["paragraph 4", "how long do visits take?", "nonsense \N{DISAPPOINTED FACE}", "paragraph 99"] * 90
    lines = [json.dumps({"id": f"q{at}", "question": question}).encode() for at, question in enumerate(questions)]
    lines[200:200] = [b"not json"]
    answers = batch(run, tmp_path, lines, toy_index, status=1)
    assert [one["id"] for one in answers] == [*(f"q{at}" for at in range(200)), "line-201", *(f"q{at}" for at in range(200, 360))]
    assert {one["outcome"] for one in answers if one["question"] == "paragraph 4"} == {"answered"}
    assert [one["outcome"] for one in answers].count("error") == 1


def test_history_tells_what_a_question_is_about(toy_index: dict[str, str], run: Run, tmp_path: Path) -> None:
    lines = [b'{"id": "a", "question": "where does it say that?", "history": ["paragraph 4"]}',
             b'{"id": "b", "question": "where does it say that?", "history": ["paragraph 9"]}',
             b'{"id": "c", "question": "paragraph 5", "history": []}']  # fmt: skip
    answers = batch(run, tmp_path, lines, toy_index)
    assert [[c["paragraph"] for c in a["citations"]] for a in answers] == [["4"], ["9"], ["5"]]


def test_a_file_written_on_windows_is_read(toy_index: dict[str, str], run: Run, tmp_path: Path) -> None:
    lines = [b'\xef\xbb\xbf{"id": "a", "question": "paragraph 4"}\r', b'{"id": "b", "question": "paragraph 5"}\r']
    assert [a["id"] for a in batch(run, tmp_path, lines, toy_index)] == ["a", "b"]


def test_an_empty_file_of_questions_gives_an_empty_file_of_answers(toy_index: dict[str, str], run: Run, tmp_path: Path) -> None:
    assert batch(run, tmp_path, [b"", b"  "], toy_index) == []


@pytest.mark.parametrize("same", ["itself", "a symbolic link", "a hard link"])
def test_answers_never_overwrite_the_questions(same: str, toy_index: dict[str, str], run: Run, tmp_path: Path) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "other.jsonl"
    source.write_text('{"question": "paragraph 4"}\n')
    if same == "itself":
        target = source
    elif same == "a hard link":
        target.hardlink_to(source)
    else:
        target.symlink_to(source)
    ran = run("ask", "--batch", source, "--out", target, env=toy_index)
    assert (ran.returncode, ran.stderr) == (2, "The answers would overwrite the questions: name another file with --out.\n")
    assert source.read_text() == '{"question": "paragraph 4"}\n'


def test_an_output_that_cannot_be_written_is_named(toy_index: dict[str, str], run: Run, tmp_path: Path) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "no" / "folder.jsonl"
    source.write_text('{"question": "paragraph 4"}\n')
    ran = run("ask", "--batch", source, "--out", target, env=toy_index)
    assert (ran.returncode, ran.stderr) == (
        2, f"{target} cannot be written (No such file or directory): name another file with --out.\n"
    )  # fmt: skip


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="no terminals here")
def test_a_bar_is_shown_on_a_terminal_and_only_there(toy_index: dict[str, str], tmp_path: Path) -> None:
    """In a pipe nothing is shown: every other test of a batch compares stderr with nothing."""
    source = tmp_path / "in.jsonl"
    source.write_text('{"question": "paragraph 4"}\n' * 200)
    ours, theirs = os.openpty()
    command = [COMMAND, "ask", "--batch", str(source), "--out", str(tmp_path / "out.jsonl")]
    process = subprocess.Popen(command, stderr=theirs, env=clean_environment() | toy_index | {"TERM": "xterm"})
    os.close(theirs)
    shown = b""
    while True:
        try:
            piece = os.read(ours, 4096)
        except OSError:  # Linux: the other end is closed
            break
        if not piece:
            break
        shown += piece
    assert process.wait(60) == 0
    assert b"Answering" in shown


def test_the_version_is_told(run: Run) -> None:
    told = run("--version")
    assert (told.returncode, told.stdout.split()[0]) == (0, "findings")


@pytest.mark.weights
def test_a_briefing_is_one_page_at_every_door_unless_it_is_asked_for_in_full(run: Run, real_index: Index) -> None:
    from datetime import date

    from assistant.assistant import Assistant
    from assistant.briefing.briefer import Briefer
    from assistant.briefing.briefing import DEFAULT
    from ui.page.briefing_tab import briefing_tab
    from ui.papers.briefs import rendered

    plain, full = (run("brief", "care leavers", *more) for more in ([], ["--length", "full"]))
    asked = rendered(Briefer(Assistant(real_index)).brief("care leavers", DEFAULT), "md", date.today())
    assert plain.stdout == asked.decode("utf-8") and "## Annex" not in plain.stdout and "## Annex" in full.stdout
    offered = briefing_tab(Assistant(real_index)).partition("<select")[2]
    assert offered.partition("<option ")[2].startswith(f'value="{DEFAULT}"')


@pytest.mark.weights
def test_the_command_says_where_the_original_is(run: Run) -> None:
    told = run("ask", "where is the original?")
    assert told.returncode == 0 and "www.gov.uk/government/organisations/ofsted" in told.stdout
