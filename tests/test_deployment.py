"""What docs/deployment.md shows is used as it is written: its units, container file and proxies parse, and the command takes the options."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from tests.conftest import ROOT
from ui.cli import app

PAGE = (ROOT / "docs" / "deployment.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
UNITS = [text for kind, text in BLOCKS if kind == "ini"]


def taken(words: list[str]) -> None:
    """Fails unless `findings` takes a command as it is written."""
    command = typer.main.get_command(app)
    name, *rest = words
    one = command.commands[name]  # type: ignore[attr-defined]
    one.make_context(name, rest)


def test_the_page_shows_every_sort_of_file() -> None:
    assert len(UNITS) == 3
    assert [kind for kind, _ in BLOCKS].count("dockerfile") == 1


@pytest.mark.parametrize("unit", UNITS)
def test_the_command_takes_what_a_unit_starts(unit: str) -> None:
    started = re.findall(r"^Exec\w+=/srv/findings/bin/(\w+) (.*)$", unit, re.MULTILINE)
    assert started
    for program, words in started:
        if program == "findings":
            taken(shlex.split(words.replace("%i", "7861")))
        else:
            ran = subprocess.run(
                [str(Path(sys.executable).parent / program), words.split()[0], "--help"],
                capture_output=True,
                text=True,
                check=True,
            )
            assert all(option in ran.stdout for option in re.findall(r"--\w+", words))


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
@pytest.mark.parametrize("unit", UNITS)
def test_systemd_finds_no_fault_in_a_unit(unit: str, tmp_path: Path) -> None:
    name = "findings@.service" if "%i" in unit else "findings.service"
    mended = (
        unit.replace("/srv/findings/bin/findings", "/bin/true")
        .replace("/srv/findings/bin/chroma", "/bin/true")
        .replace("User=findings", "User=root")
    )
    (tmp_path / name).write_text(mended, encoding="utf-8")
    target = name.replace("@", "@7861")
    ran = subprocess.run(["systemd-analyze", "verify", str(tmp_path / target)], capture_output=True, text=True, check=False)
    own = [line for line in ran.stderr.splitlines() if "findings" in line]
    assert own == []


def test_the_command_takes_what_the_container_starts_and_its_files_are_there() -> None:
    (text,) = (text for kind, text in BLOCKS if kind == "dockerfile")
    lines = [line.split(maxsplit=1) for line in text.splitlines() if line.strip()]
    assert {name for name, _ in lines} <= {"FROM", "COPY", "RUN", "USER", "ENV", "VOLUME", "EXPOSE", "CMD", "WORKDIR"}
    (started,) = (json.loads(words) for name, words in lines if name == "CMD")
    assert started[0] == "findings"
    taken(started[1:])
    for path in re.findall(r"/src/(\S+)", text):
        assert (ROOT / path).exists()


@pytest.mark.parametrize("words", re.findall(r"`findings (chat [^`]*)`", PAGE))
def test_the_command_takes_what_the_text_names(words: str) -> None:
    taken(shlex.split(words.replace("ADDRESS", "127.0.0.1")))


@pytest.mark.parametrize("text", [text for kind, text in BLOCKS if not kind])
def test_a_proxy_s_file_is_whole(text: str) -> None:
    """Neither proxy is installed for the tests: the form is looked at. What a proxy has to do is in tests/test_processes.py."""
    assert text.count("{") == text.count("}")
    nginx = [line for line in text.splitlines() if line.startswith("    ") and not line.strip().endswith(("{", "}"))]
    assert all(line.split("#")[0].rstrip().endswith(";") for line in nginx)
    assert re.search(r"127\.0\.0\.1:78\d\d", text)
