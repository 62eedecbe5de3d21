"""A PDF -> lines with places. The file is opened in a process of its own, with limits of time, memory and size, so that a
hostile one harms nothing. Knows no paragraphs.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from index.errors import UnreadableReport
from index.formats.placed import Cell, PlacedLine, PlacedText

MAX_BYTES = 200_000_000
SECONDS = 90.0  # of waiting; the process itself may compute for 60
MAX_OUTPUT = 80_000_000  # bytes; a report of 40 pages gives 0.4 million


def is_pdf(path: Path) -> bool:
    """Whether a file is to be read as a PDF: by its name or by how it begins."""
    if path.suffix.casefold() == ".pdf":
        return True
    try:
        with path.open("rb") as file:
            return file.read(5) == b"%PDF-"
    except OSError:
        return False


def read_pdf(path: Path) -> PlacedText:
    """The lines of a PDF. Raises UnreadableReport, in one sentence, for whatever cannot be read."""
    try:
        size = path.stat().st_size
        if not path.is_file():
            raise UnreadableReport(f"{path} is not a file: name a report as PDF.")
        with path.open("rb") as file:
            begins = file.read(1024)
    except OSError as fault:
        raise UnreadableReport(f"{path} cannot be read ({fault.strerror}): name an existing report file.") from fault
    if size > MAX_BYTES:
        raise UnreadableReport(f"{path} has {size:,} bytes, more than a report has: name one report.")
    if not begins.strip():
        raise UnreadableReport(f"{path} is empty: name a report as PDF.")
    if b"%PDF-" not in begins:
        raise UnreadableReport(f"{path} is not a PDF, whatever its name says: name a report as PDF.")
    found = _in_a_process(path)
    if "fault" in found:
        raise UnreadableReport(f"{path} {found['fault']}")
    return _placed(found)


def _in_a_process(path: Path) -> dict[str, Any]:
    """What index/formats/pdf_extract.py says of the file."""
    command = [sys.executable, "-I", "-m", "index.formats.pdf_extract", str(path.resolve())]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        output, _ = process.communicate(timeout=SECONDS)
    except subprocess.TimeoutExpired:
        return {"fault": "takes too long to be read: it is damaged or not a report."}
    finally:
        process.kill()
        process.wait()
    try:
        if process.returncode or len(output) > MAX_OUTPUT:
            raise ValueError
        return json.loads(output)
    except ValueError:
        return {"fault": "cannot be read within the limits of time and memory: it is damaged or not a report."}


def _placed(found: dict[str, Any]) -> PlacedText:
    lines: list[PlacedLine] = []
    for page, of_page in enumerate(found["pages"], start=1):
        for baseline, size, bold, cells in of_page:
            lines.append(PlacedLine(len(lines), page, baseline, size, bold, tuple(Cell(*cell) for cell in cells)))
    return PlacedText(tuple(lines), tuple((width, height) for width, height in found["sizes"]), found["unmapped"])
