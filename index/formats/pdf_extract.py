"""The text layer of a PDF as lines with places. Runs in a process of its own, because the file may be hostile:

    python -m index.formats.pdf_extract FILE | ...     prints one JSON object: {"pages": ...} or {"fault": ...}

Knows pypdfium2 and how letters make lines; knows no paragraphs.
"""

from __future__ import annotations

import ctypes
import json
import resource
import sys
import time
import unicodedata
from typing import Any

from index.formats.pieces import Piece, apart, in_reading_order, lines_of

MAX_PAGES = 500
MAX_LINES = 60_000  # in all, and 1,000 on a page; a page of a report has 50
MAX_LINES_OF_A_PAGE = 1_000
MAX_CHARACTERS = 3_000_000  # in all; a report of 40 pages has 100,000
FEWEST_CHARACTERS = 40  # on average over the pages that have any; below this the pages are pictures
SECONDS = 60  # of computing; 40 pages take less than one
MEMORY = 1 << 30  # bytes of address space; reading 40 pages takes 100 MB
BOLD = 600

# what opens an item of a list, when a symbol font gives it a private code
_SYMBOLS = {
    "\uf06e": "■",
    "\uf0b7": "•",
    "\uf0a7": "▪",
    "\uf02d": "-",
    "\uf0d8": "➢",
    "\uf0fc": "✓",
    "\uf06f": "□",
    "\uf0a8": "◦",
}
_LIGATURES = {chr(code): unicodedata.normalize("NFKC", chr(code)) for code in range(0xFB00, 0xFB07)}
_DROPPED = {"\u00ad", "\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\ufffe", "\uffff", "\ufffd"}


class Refused(Exception):
    """The file is not to be read; the message ends the sentence that begins with its name."""


def extract(path: str) -> dict[str, Any]:
    """Pages and lines of the file, ready for JSON. Raises Refused."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(path)
        count = len(document)
    except pypdfium2.PdfiumError as fault:
        if "password" in str(fault).casefold():
            raise Refused("is encrypted: save a copy without a password first.") from fault
        raise Refused("is not a PDF that can be opened: it is damaged or something else.") from fault
    if count == 0:
        raise Refused("has no pages: name a report with a text layer.")
    if count > MAX_PAGES:
        raise Refused(f"has {count:,} pages, more than the {MAX_PAGES} of the longest report: name one report.")
    pages, sizes, characters, unmapped, empty, lines = [], [], 0, 0, 0, 0
    for number in range(count):
        try:
            page = document[number]
            sizes.append([round(one, 1) for one in page.get_size()])
            text = page.get_textpage()
        except pypdfium2.PdfiumError as fault:
            raise Refused(f"is damaged: its page {number + 1} cannot be read.") from fault
        characters += text.count_chars()
        if characters > MAX_CHARACTERS:
            raise Refused("holds more text than a report does: name one report.")
        pieces, missing = _pieces(text)
        unmapped += missing
        empty += not pieces
        pages.append(lines_of(in_reading_order(pieces)))
        lines += len(pages[-1])
        if len(pages[-1]) > MAX_LINES_OF_A_PAGE or lines > MAX_LINES:
            raise Refused("holds more lines than a report does: name one report.")
        text.close()
        page.close()
    read = sum(len(cell[0]) for page in pages for line in page for cell in line[3])
    if read < FEWEST_CHARACTERS * max(1, count - empty):
        raise Refused("has no text layer: its pages are pictures; have a program for text recognition (OCR) add one.")
    return {"pages": pages, "sizes": sizes, "unmapped": unmapped}


def _pieces(text: Any) -> tuple[list[Piece], int]:
    """The pieces of a page in the order of the file, and how many characters say nothing."""
    import pypdfium2.raw as raw

    styles: dict[int, tuple[float, bool]] = {}
    x, y, box = ctypes.c_double(), ctypes.c_double(), raw.FS_RECTF()
    pieces: list[Piece] = []
    piece: Piece | None = None
    missing, space = 0, False
    for at in range(text.count_chars()):
        code = raw.FPDFText_GetUnicode(text, at)
        if raw.FPDFText_IsGenerated(text, at) == 1:
            if code in (10, 13):
                piece = None
            space = True
            continue
        if code == 0:
            missing += 1
            continue
        hyphen = raw.FPDFText_IsHyphen(text, at) == 1
        letter = "-" if hyphen else letter_of(code)
        if letter.isspace():
            space = True
            if letter in "\r\n":
                piece = None
        if not letter.strip():
            continue
        raw.FPDFText_GetCharOrigin(text, at, x, y)
        raw.FPDFText_GetLooseCharBox(text, at, box)
        size, bold = _style(raw, text, at, styles)
        left, baseline, right = x.value, y.value, max(box.right, x.value)
        if piece is not None and apart(piece, left, baseline, size):
            piece = None
        if piece is None:
            piece = Piece(baseline, left, right)
            pieces.append(piece)
            space = False
        if space or left - piece.right > 0.5 * size:
            piece.letters.append((" ", size))
            space = False
        if size > piece.size:  # a raised mark came first
            piece.baseline = baseline
        piece.letters.append((letter, size))
        piece.right = max(piece.right, right)
        piece.sizes[size] += 1
        piece.bold += bold
    return [one for one in pieces if one.bare], missing


def letter_of(code: int) -> str:
    """The character as text; "" for one that is not text."""
    letter = chr(code)
    if letter in _DROPPED or (unicodedata.category(letter) in {"Cc", "Cs"} and letter not in "\t\n\r"):
        return ""
    return _SYMBOLS.get(letter, _LIGATURES.get(letter, letter))


def _style(raw: Any, text: Any, at: int, styles: dict[int, tuple[float, bool]]) -> tuple[float, bool]:
    """The size in points and the weight of a letter; the same for all letters of one text object."""
    thing = raw.FPDFText_GetTextObject(text, at)
    key = ctypes.cast(thing, ctypes.c_void_p).value or 0
    if key not in styles:
        matrix = raw.FS_MATRIX()
        scale = 1.0
        if raw.FPDFText_GetMatrix(text, at, matrix):
            scale = (matrix.b**2 + matrix.d**2) ** 0.5 or 1.0
        name = ctypes.create_string_buffer(128)
        raw.FPDFText_GetFontInfo(text, at, name, 128, ctypes.c_int())
        bold = raw.FPDFText_GetFontWeight(text, at) >= BOLD or b"bold" in name.value.lower()
        styles[key] = (round(raw.FPDFText_GetFontSize(text, at) * scale, 1), bold)
    return styles[key]


def limit_resources() -> None:
    """From here on this process may use little time and memory and may write no file."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    if sys.platform.startswith("linux"):  # elsewhere the limit is not kept or cannot be set
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def main() -> None:
    """Reads the file named on the command line within limits of time and memory."""
    limit_resources()
    started = time.monotonic()
    try:
        found = extract(sys.argv[1])
    except Refused as fault:
        found = {"fault": str(fault)}
    except MemoryError:
        found = {"fault": "needs more memory to be read than a report does: it is damaged or not a report."}
    found["seconds"] = round(time.monotonic() - started, 3)
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
