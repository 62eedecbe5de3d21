"""A report file -> the report, and the lines with which its quotes are compared. The one place that tells formats apart."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

from index.errors import UnreadableReport
from index.formats.markdown import read_markdown, read_text
from index.formats.pdf import is_pdf, read_pdf
from index.layout.recognising import recognise, recognise_placed
from index.layout.source import SourceLine, source_of_markdown, source_of_placed
from index.passages import Report
from index.vectors.embedding import sha256_of


def read_report(path: Path) -> Report:
    """Read and recognise a report file, a PDF or Markdown. Raises UnreadableReport."""
    return read_source(path)[0]


def read_source(path: Path) -> tuple[Report, tuple[SourceLine, ...]]:
    """The report in a file, and the file's own lines, without corrections. Raises UnreadableReport."""
    if is_pdf(path):
        placed = read_pdf(path)
        try:
            report = recognise_placed(placed)
        except UnreadableReport as fault:
            raise UnreadableReport(f"{path}: {fault}") from None
        lines = source_of_placed(placed, report)
    else:
        text = read_text(path)
        report = recognise(read_markdown(text, json.loads(corrections())))
        lines = source_of_markdown(read_markdown(text))
    return replace(report, sha256=sha256_of(path)), lines


def packaged_report() -> Path:
    """The report in force: FINDINGS_REPORT, or Somerset's as packaged."""
    named = os.environ.get("FINDINGS_REPORT")
    return Path(named) if named else Path(str(files("index").joinpath("reports").joinpath("somerset_2018.md")))


def corrections() -> bytes:
    """What the scan of the packaged report garbled, and how it is read."""
    return files("index").joinpath("reports").joinpath("corrections.json").read_bytes()
