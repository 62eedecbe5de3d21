"""`make audit`: what is not audited is not called clean, and every installed package may be used."""

from __future__ import annotations

import os
import subprocess
import sys

from evals.audit_packages import COPYLEFT, NOT_AUDITED, licences


def test_where_the_database_cannot_be_reached_it_says_that_nothing_was_audited() -> None:
    nowhere = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9")
    ran = subprocess.run(
        [sys.executable, "-m", "evals.audit_packages"],
        capture_output=True,
        text=True,
        env=os.environ | nowhere,
        timeout=120,
        check=False,
    )
    assert (ran.returncode, "NOT AUDITED" in ran.stdout) == (NOT_AUDITED, True), ran.stdout + ran.stderr


def test_no_package_that_answers_need_has_a_licence_that_spreads() -> None:
    found, _ = licences()
    for name in ("numpy", "onnxruntime", "gradio", "chromadb", "argon2-cffi", "typer"):
        assert found[name] and not COPYLEFT.search(found[name]), (name, found[name])
