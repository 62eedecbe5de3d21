"""Whether this installation's own data files are whole: asked when something went wrong, so that the fault has a name.

A file is damaged where it cannot be read in its form, or where it is not what the installer recorded (a wheel's RECORD; an editable
installation records nothing). Knows no content.
"""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path

NAME = "findings_somerset_2018"
PACKAGES = ("assistant", "index", "prompts", "ui")
ANSWERING = ("assistant/", "prompts/")  # what else there is, the index carries a checksum of
ROOT = Path(__file__).resolve().parents[2]


def damaged(fault: Exception | None = None) -> str | None:
    """The first data file that is damaged or missing, as package/file; None where all are whole. About 0.3 s.

    `fault` is what went wrong: a file of ours that was looked for and not found is named without a record of it.
    """
    if isinstance(fault, FileNotFoundError) and (missing := Path(str(fault.filename))).is_relative_to(ROOT):
        return missing.relative_to(ROOT).as_posix()
    recorded = _recorded()
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*")):
            if path.is_file() and path.suffix not in (".py", ".pyc") and "__pycache__" not in path.parts:
                name = path.relative_to(ROOT).as_posix()
                if not _whole(path, recorded.get(name)):
                    return name
    return next((name for name in sorted(recorded) if not (ROOT / name).is_file()), None)


def altered() -> str | None:
    """The first file that answers depend on and that is not what was installed; None where all are, or nothing was recorded.

    Asked before every command, in some milliseconds. One altered bit of a weight would otherwise answer, and wrongly.
    """
    return next(
        (name for name, hashed in _recorded().items() if name.startswith(ANSWERING) and not _as_recorded(ROOT / name, hashed)),
        None,
    )


def sentence(name: str) -> str:
    """What is said of a damaged file."""
    return f"The file {name} of this installation is damaged or missing: install findings again."


def _recorded() -> dict[str, str]:
    """SHA-256 (base64, as in RECORD) of each file of ours, where a wheel was installed into this folder."""
    record = next(ROOT.glob(f"{NAME}-*.dist-info/RECORD"), None)
    if record is None:
        return {}
    lines = (line.rsplit(",", 2) for line in record.read_text(encoding="utf-8").splitlines())
    return {
        path: hashed.removeprefix("sha256=") for path, hashed, _ in lines
        if hashed.startswith("sha256=") and path.startswith(tuple(f"{package}/" for package in PACKAGES))
    }  # fmt: skip


def _as_recorded(path: Path, recorded: str) -> bool:
    try:
        content = path.read_bytes()
    except OSError:
        return False
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode() == recorded


def _whole(path: Path, recorded: str | None) -> bool:
    import tomllib  # only when something is wrong
    import zipfile

    try:
        content = path.read_bytes()
        if recorded is not None:
            return _as_recorded(path, recorded)
        if path.suffix == ".json":
            json.loads(content)
        elif path.suffix == ".jsonl":
            _ = [json.loads(line) for line in content.splitlines() if line.strip()]
        elif path.suffix == ".toml":
            tomllib.loads(content.decode("utf-8"))
        elif path.suffix == ".npz":
            with zipfile.ZipFile(path) as arrays:
                return arrays.testzip() is None
        elif path.suffix in (".txt", ".md", ".css", ".js"):
            content.decode("utf-8")
        return bool(content)
    except (OSError, ValueError, zipfile.BadZipFile, EOFError, NotImplementedError, RecursionError):
        return False
