"""Faults, each provoked as it happens to people: no room, closed or foreign output, damaged files, an index harmed while it is used.

Each ends in the right answer or in one clear sentence with its exit status (docs/reliability.md has the table).
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.store import Index, build
from prompts import wording
from tests.conftest import ROOT, Run, clean_environment
from tests.shared_chat import COMMAND, sharing
from tests.test_packaging import wheel  # noqa: F401  (a fixture)

FULL = "The output could not be written (No space left on device): free some space, or send it elsewhere.\n"


def ran(arguments: list[str], settings: dict[str, str], **more: object) -> subprocess.CompletedProcess[str]:
    command = [COMMAND, *arguments]
    env = clean_environment() | settings
    return subprocess.run(command, stderr=subprocess.PIPE, text=True, env=env, timeout=120, check=False, **more)  # type: ignore[call-overload]


@pytest.fixture
def own_index(toy_index: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """The toy's settings with a copy of its index, for a test that harms it."""
    shutil.copytree(toy_index["FINDINGS_INDEX_DIR"], tmp_path / "index")
    return toy_index | {"FINDINGS_INDEX_DIR": str(tmp_path / "index")}


def current(settings: dict[str, str]) -> Path:
    folder = Path(settings["FINDINGS_INDEX_DIR"])
    return folder / (folder / "CURRENT").read_text()


# ---- output ----------------------------------------------------------------------------------------------------


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
@pytest.mark.parametrize(
    "arguments",
    [["ask", "paragraph 4"], ["ask", "--json", "paragraph 4"], ["brief", "everything"], ["index"], ["--help"]],
)
def test_a_full_disk_behind_the_output_is_said_in_one_line(arguments: list[str], toy_index: dict[str, str]) -> None:
    with open("/dev/full", "w") as full:
        done = ran(arguments, toy_index, stdout=full)
    assert (done.returncode, done.stderr) == (2, FULL)


@pytest.mark.parametrize("arguments", [["ask", "paragraph 4"], ["ask", "--batch", "in.jsonl", "--out", "out.jsonl"], ["index"]])
def test_closed_output_is_no_empty_success(arguments: list[str], toy_index: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text('{"question": "paragraph 4"}\n')
    env = clean_environment() | toy_index
    done = subprocess.run(
        ["sh", "-c", f"exec {COMMAND} {' '.join(map(repr, arguments))} >&-"],
        stderr=subprocess.PIPE,
        text=True,
        env=env,
        cwd=tmp_path,
    )
    assert done.returncode == 2 and done.stderr.startswith("Standard output is closed") and done.stderr.count("\n") == 1
    assert not (tmp_path / "out.jsonl").exists()


def test_closed_errors_do_not_fall_into_a_file(toy_index: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text('{"question": "paragraph 4"}\n')
    command = f"exec {COMMAND} ask --batch in.jsonl --out out.jsonl 2>&-"
    done = subprocess.run(
        ["sh", "-c", command], stdout=subprocess.PIPE, text=True, env=clean_environment() | toy_index, cwd=tmp_path
    )
    assert (done.returncode, done.stdout) == (0, "")
    assert json.loads((tmp_path / "out.jsonl").read_text())["outcome"] == "answered"


def test_an_output_that_lacks_letters_gets_plain_ones(toy: Index, toy_index: dict[str, str], tmp_path: Path) -> None:
    report = tmp_path / "report.md"
    written = (
        Path(toy_index["FINDINGS_REPORT"]).read_text().replace("There are 40 foster carers.", "The “forty” – carers’ café ≥ 1.")
    )
    report.write_text(written)
    settings = toy_index | {"FINDINGS_REPORT": str(report), "FINDINGS_INDEX_DIR": str(tmp_path / "i")}
    build(tmp_path / "i", report)
    for encoding, words in (
        ("latin-1", 'The "forty" - carers\' café ? 1.'),
        ("cp1252", "The “forty” – carers’ café ? 1."),
        ("utf-8", "The “forty” – carers’ café ≥ 1."),
    ):
        told = settings | {"PYTHONIOENCODING": encoding}
        asked = ran(["ask", "paragraph 4"], told, stdout=subprocess.PIPE, encoding=encoding)
        assert (asked.returncode, asked.stderr, asked.stdout.startswith(words)) == (0, "", True), asked.stdout
        answer = ran(["ask", "--json", "paragraph 4"], told, stdout=subprocess.PIPE, encoding=encoding)
        assert "The “forty” – carers’ café ≥ 1." in json.loads(answer.stdout)["answer"]


def limited(size: int) -> object:
    """What a child does first: no file of it may grow beyond `size` bytes. A disk that is full looks like this to a program."""

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return limit


def test_a_batch_on_a_full_disk_keeps_whole_lines_and_says_how_many(toy_index: dict[str, str], tmp_path: Path) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text('{"question": "paragraph 4"}\n' * 200)
    done = ran(
        ["ask", "--batch", str(source), "--out", str(target)], toy_index, stdout=subprocess.PIPE, preexec_fn=limited(30_000)
    )
    lines = target.read_bytes().split(b"\n")
    assert lines[-1] == b"" and [json.loads(line)["outcome"] for line in lines[:-1]] == ["answered"] * (len(lines) - 1)
    assert (done.returncode, done.stdout) == (2, "")
    assert (
        done.stderr == f"{target} could not be written further (File too large): it holds the first {len(lines) - 1} answers.\n"
    )


def test_a_hangup_or_a_kill_ends_a_batch_with_whole_lines(toy_index: dict[str, str], tmp_path: Path) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text('{"question": "paragraph 4"}\n' * 100_000)
    for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGKILL):
        target.unlink(missing_ok=True)
        process = subprocess.Popen(
            [COMMAND, "ask", "--batch", str(source), "--out", str(target)], env=clean_environment() | toy_index
        )
        until = time.monotonic() + 60
        while (not target.exists() or target.stat().st_size < 20_000) and time.monotonic() < until:
            time.sleep(0.02)
        process.send_signal(number)
        assert process.wait(20) == -number
        lines = target.read_bytes().split(b"\n")
        assert lines[-1] == b"" and all(json.loads(line)["outcome"] == "answered" for line in lines[:-1])


# ---- building --------------------------------------------------------------------------------------------------


def test_a_disk_that_fills_while_indexing_is_said_and_the_old_index_answers_on(own_index: dict[str, str]) -> None:
    before = sorted(path.name for path in Path(own_index["FINDINGS_INDEX_DIR"]).iterdir())
    done = ran(["index", "--force"], own_index, stdout=subprocess.PIPE, preexec_fn=limited(60_000))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("The index cannot be written to ") and done.stderr.count("\n") == 1, done.stderr
    assert sorted(path.name for path in Path(own_index["FINDINGS_INDEX_DIR"]).iterdir()) == before
    assert ran(["ask", "paragraph 4"], own_index, stdout=subprocess.PIPE).returncode == 0


def test_what_a_killed_build_left_is_gone_after_the_next_index(own_index: dict[str, str], run: Run) -> None:
    left = Path(own_index["FINDINGS_INDEX_DIR"]) / "building-123"
    left.mkdir()
    (left / "model.onnx").write_bytes(b"x" * 1000)
    assert run("index", env=own_index).stdout == "The index is up to date.\n"
    assert not left.exists()


def test_a_path_outside_this_locale_is_named(toy_index: dict[str, str], tmp_path: Path) -> None:
    foreign = {"FINDINGS_INDEX_DIR": str(tmp_path / "índice"), "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    for command, status in ((["index"], 2), (["ask", "paragraph 4"], 3)):
        done = ran(command, toy_index | foreign, stdout=subprocess.PIPE)
        assert (done.returncode, done.stdout) == (status, "") and "cannot be used in this locale" in done.stderr
        assert done.stderr.count("\n") == 1
    shutil.copytree(toy_index["FINDINGS_INDEX_DIR"], tmp_path / "índice")
    assert ran(["ask", "paragraph 4"], toy_index | foreign | {"PYTHONUTF8": "1"}, stdout=subprocess.PIPE).returncode == 0


# ---- settings --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [["ask", "paragraph 4"], ["index"], ["chat", "--port", "0"], ["brief", "everything"]])
def test_a_wording_file_that_is_not_there_is_named_by_every_command(
    arguments: list[str], toy_index: dict[str, str], tmp_path: Path, run: Run
) -> None:
    done = run(*arguments, env=toy_index | {"FINDINGS_WORDING": str(tmp_path / "gone.toml")})
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"The wording file {tmp_path / 'gone.toml'} cannot be used") and done.stderr.count("\n") == 1


@pytest.mark.parametrize("port", ["99999", "-1", "65536", "x"])
def test_a_port_that_there_is_not_is_wrong_usage(port: str, toy_index: dict[str, str], run: Run) -> None:
    done = run("chat", "--port", port, env=toy_index)
    assert done.returncode == 2 and "--port" in done.stderr and "Traceback" not in done.stderr


def test_an_address_that_is_not_this_machine_s_is_named(toy_index: dict[str, str], run: Run) -> None:
    host = "no.such.name.invalid"
    done = run("chat", "--port", "0", "--host", host, "--no-sign-in", env=toy_index)
    assert (done.returncode, done.stderr) == (2, wording("server.taken", port=0, host=host) + "\n")


@pytest.mark.parametrize("what", ["a file", "a folder in place of the pointer"])
def test_an_index_that_cannot_be_read_is_not_called_missing(what: str, own_index: dict[str, str], run: Run) -> None:
    folder = Path(own_index["FINDINGS_INDEX_DIR"])
    if what == "a file":
        own_index = own_index | {"FINDINGS_INDEX_DIR": str(folder / "CURRENT")}
    else:
        (folder / "CURRENT").unlink()
        (folder / "CURRENT").mkdir()
    done = run("ask", "paragraph 4", env=own_index)
    assert done.returncode == 3 and "cannot be read" in done.stderr and "There is no index" not in done.stderr


# ---- the installation's own data -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def installed(wheel: zipfile.ZipFile, tmp_path_factory: pytest.TempPathFactory) -> Path:  # noqa: F811
    """The wheel unpacked beside nothing else, as an installer lays it."""
    folder = tmp_path_factory.mktemp("installed")
    wheel.extractall(folder)
    return folder


def harm(path: Path, how: str) -> None:
    data = path.read_bytes()
    if how == "gone":
        path.unlink()
    elif how == "cut":
        path.write_bytes(data[: len(data) // 2])
    else:
        path.write_bytes(data[: len(data) // 2] + bytes([data[len(data) // 2] ^ 1]) + data[len(data) // 2 + 1 :])


DATA = (
    "assistant/learned/ranking.json",
    "assistant/learned/decision.json",
    "assistant/words/polarity.toml",
    "assistant/learned/question_kinds.npz",
    "assistant/learned/evidence.npz",
)


@pytest.mark.weights
@pytest.mark.parametrize("how", ["gone", "cut", "changed"])
@pytest.mark.parametrize("name", [name for name in DATA if (ROOT / name).is_file()])
def test_damaged_data_of_the_installation_is_named(name: str, how: str, installed: Path, real_index: Index) -> None:
    path = installed / name
    whole = path.read_bytes()
    code = "import sys; sys.argv[0] = 'findings'; from ui.cli import main; main()"
    try:
        harm(path, how)
        done = subprocess.run(
            [sys.executable, "-c", code, "ask", "how long do care proceedings take?"], capture_output=True, text=True, cwd=installed,
            env=clean_environment() | {"PYTHONPATH": str(installed)},
        )  # fmt: skip
    finally:
        path.write_bytes(whole)
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    assert done.stderr == f"The file {name} of this installation is damaged or missing: install findings again.\n"


# ---- an index harmed while it is used --------------------------------------------------------------------------


def asked(client: object, question: str = "how long do visits take?") -> dict:
    answer = client.post("api/ask", json={"question": question}).json()  # type: ignore[attr-defined]
    return answer | {"seconds": 0}


def harms() -> Iterator[tuple[str, str]]:
    for how in ("truncated", "zeroed", "removed"):
        for what in ("sentences.npy", "passages.npy", "bm25", "model.onnx", "report.json"):
            yield what, how


def test_a_running_chat_answers_on_whatever_happens_to_the_files_of_its_index(own_index: dict[str, str], tmp_path: Path) -> None:
    questions = ("how long do visits take?", "paragraph 4", "who checks cases?", "what about foster carers and schools?")
    with sharing(tmp_path, own_index) as server, server.client() as client:
        before = {question: asked(client, question) for question in questions[:2]}
        unasked = [asked(client, question) for question in questions[2:]]
        folder = current(own_index)
        for what, how in harms():
            for path in [folder / what] if (folder / what).is_file() else sorted((folder / what).rglob("*")):
                if not path.is_file():
                    continue
                size = path.stat().st_size
                if how == "removed":
                    path.unlink()
                else:
                    with path.open("r+b") as file:
                        file.truncate(0 if how == "truncated" else size)
                        if how == "zeroed":
                            file.write(b"\0" * size)
            assert (what, how, asked(client)) == (what, how, before[questions[0]])
        assert [asked(client, question) for question in questions[2:]] == unasked
        assert server.process.poll() is None
        shutil.rmtree(folder)
        assert asked(client, "paragraph 4") == before["paragraph 4"]


@pytest.mark.parametrize("what", ["bm25", "model.onnx", "tokenizer.json"])
def test_what_is_read_late_is_looked_at_again(what: str, own_index: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    from assistant.assistant import Assistant
    from index.errors import BrokenIndex

    for name, value in own_index.items():
        monkeypatch.setenv(name, value)
    assistant = Assistant()
    path = current(own_index) / what
    shutil.rmtree(path) if path.is_dir() else path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(BrokenIndex, match="was changed while it was in use: run `findings index`"):
        assistant.ask("how long do visits take?")


def test_a_chat_without_index_answers_as_soon_as_there_is_one(own_index: dict[str, str], tmp_path: Path) -> None:
    folder = current(own_index)
    shutil.copytree(folder, folder.with_name("build-next"))
    harm(folder / "sentences.npy", "changed")
    with sharing(tmp_path, own_index) as server, server.client() as client:
        assert "is damaged: run `findings index`" in asked(client)["answer"] and client.get("health").status_code == 503
        folder.with_name("CURRENT").write_text("build-next")  # the last step of `findings index`
        until = time.monotonic() + 10
        while client.get("health").status_code == 503 and time.monotonic() < until:
            time.sleep(0.1)
        assert asked(client, "paragraph 4")["outcome"] == "answered" and client.get("health").status_code == 200


def test_a_read_only_index_answers(own_index: dict[str, str], run: Run) -> None:
    folder = Path(own_index["FINDINGS_INDEX_DIR"])
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        assert run("ask", "how long do visits take?", env=own_index).returncode == 0
    finally:
        for path in [folder, *folder.rglob("*")]:
            path.chmod(0o755 if path.is_dir() else 0o644)


def test_a_clock_set_back_changes_no_answer(own_index: dict[str, str], run: Run) -> None:
    """Files that seem to come from the future: what counts is their content."""
    future = time.time() + 10 * 365 * 86_400
    for path in current(own_index).rglob("*"):
        os.utime(path, (future, future))
    assert run("ask", "paragraph 4", env=own_index).returncode == 0
    assert run("index", env=own_index).stdout == "The index is up to date.\n"
