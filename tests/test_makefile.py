"""The make targets people and CI share. Cheap: nothing is installed here; dry runs show what would be done."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = ("chat", "ask", "test", "screenshots", "check", "clean", "setup", "index", "eval", "chromium", "soak", "audit")

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")


def dry(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS", "CHROMIUM"))}
    return subprocess.run(["make", "-n", *arguments], cwd=ROOT, capture_output=True, text=True, env=environment)


@pytest.mark.parametrize("target", TARGETS)
def test_the_target_exists(target: str) -> None:
    assert re.search(rf"(?m)^{target}:", MAKEFILE)
    assert dry(target, "Q=x").returncode == 0


def test_every_phony_target_has_a_rule() -> None:
    phony = re.search(r"(?m)^\.PHONY:(.*)$", MAKEFILE)
    assert phony
    assert [name for name in phony[1].split() if not re.search(rf"(?m)^{name}:", MAKEFILE)] == []


def test_ci_runs_make_test_and_calls_a_missing_browser_a_failure() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    lines = script.read_text(encoding="utf-8").splitlines()
    assert "make test" in lines
    assert any("CI" in line and "true" in line for line in lines)


def test_make_test_installs_builds_the_index_and_runs_the_tests() -> None:
    steps = dry("--always-make", "test").stdout
    assert [part for part in ("-m venv", "torch==", "--editable", "findings index", "pytest") if part not in steps] == []


def test_make_takes_another_torch_where_one_is_named() -> None:
    steps = dry("--always-make", "setup", "TORCH_WHEEL=torch-cpu.whl").stdout
    assert '"torch-cpu.whl"' in steps
    assert "torch==" not in steps


def test_the_chromium_switch_is_documented_and_works() -> None:
    assert "CHROMIUM=no" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert '[ "no" = yes ]' in dry("chromium", "CHROMIUM=no").stdout


@pytest.mark.parametrize("question", ['who "leads" it?', "what's $HOME and `id`?", "costs $5; echo pwned", r"back\slash"])
def test_make_ask_hands_the_question_over_as_it_is(question: str, tmp_path: Path) -> None:
    """The recipe's own line, with a `findings` that prints its arguments; no shell and no make reads the question."""
    script = tmp_path / "bin" / "findings"
    script.parent.mkdir()
    script.write_text('#!/bin/sh\nif [ "$1" = ask ]; then printf "%s" "$2"; fi\n')
    script.chmod(0o755)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    ran = subprocess.run(
        ["make", "--silent", "-o", ".venv/base", "ask", f"BIN={script.parent}", f"Q={question}"], cwd=ROOT, capture_output=True,
        text=True, env=environment,
    )  # fmt: skip
    assert (ran.returncode, ran.stdout) == (0, question)


def test_clean_removes_what_was_made_and_nothing_else() -> None:
    removed = re.search(r"(?m)^clean:\n\trm -rf (.*)$", MAKEFILE)
    assert removed
    made = set((ROOT / ".gitignore").read_text(encoding="utf-8").replace("/\n", "\n").split())
    assert set(removed[1].replace("$(VENV)", ".venv").split()) <= made


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a git checkout")
def test_nothing_that_is_made_is_committed() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    made = re.compile(r"^(?:\.venv|\.findings|runs|build|dist)/|\.egg-info/|__pycache__|\.onnx$|\.safetensors$|\.sqlite3$")
    assert [path for path in listed if made.search(path)] == []


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a git checkout")
def test_no_path_of_one_machine_is_committed() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    machine = re.compile(r"(?<![\w.])/(?:home|root|tmp|opt|work|Users)/\w")
    found = []
    for path in listed:
        data = (ROOT / path).read_bytes() if (ROOT / path).is_file() else b""
        if b"\0" not in data and machine.search(data.decode("utf-8", errors="replace")) and path != "tests/test_makefile.py":
            found.append(path)
    assert found == []


def test_the_hooks_before_a_commit_are_what_make_check_runs() -> None:
    hooks = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    entries = re.findall(r"(?m)^\s+entry: \.venv/bin/(.+)$", hooks)
    check = dry("--always-make", "check").stdout
    assert [entry for entry in entries if f".venv/bin/{entry}" not in check] == []
    assert len(entries) == 3
