"""The picture of a page of the indexed PDF, the words of a quote marked. Drawn in a process of its own, because the file may
be hostile; the last pictures are remembered. Knows no answers and no doors.
"""

from __future__ import annotations

import json
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

from index.errors import NoPicture
from index.opened import Index
from index.store import indexed_pdf

NARROWEST, WIDEST = 200, 2_400  # pixels
LONGEST_QUOTE = 4_000  # characters
REMEMBERED = 32  # pictures; one of 900 pixels has about 150 kB
SECONDS = 20.0
MAX_BYTES = 20_000_000


def page_picture(index: Index, page: int, quote: str | None = None, width: int = 900) -> bytes:
    """The picture of a page (from 1) as PNG, `width` pixels wide (200 to 2,400); the words of `quote` that stand on the page
    are marked. Raises NoPicture when the index holds no PDF, when there is no such page, or when it cannot be drawn.
    """
    path = indexed_pdf(index)
    if path is None:
        raise NoPicture("This report was not indexed from a PDF: there are no pictures of its pages.")
    if not 1 <= page <= index.report.pages:
        raise NoPicture(f"There is no page {page}: the report has {index.report.pages}.")
    return _drawn(path, page, " ".join((quote or "").split())[:LONGEST_QUOTE], min(max(width, NARROWEST), WIDEST))


@lru_cache(maxsize=REMEMBERED)
def _drawn(path: Path, page: int, quote: str, width: int) -> bytes:
    command = [sys.executable, "-I", "-m", "index.formats.pdf_draw"]
    asked = json.dumps({"path": str(path.resolve()), "page": page, "quote": quote, "width": width}).encode()
    try:
        ran = subprocess.run(command, input=asked, capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise NoPicture(f"Page {page} takes too long to draw.") from None
    if ran.returncode or not ran.stdout.startswith(b"\x89PNG") or len(ran.stdout) > MAX_BYTES:
        raise NoPicture(f"Page {page} cannot be drawn.")
    return ran.stdout
