"""PDFs that are broken, hostile or no report: each with the words that the command says of it."""

from __future__ import annotations

import random
import zlib
from collections.abc import Callable
from pathlib import Path

from tests.pdf_toys import single_inspection
from tests.pdf_writer import Page, assembled, pdf

Make = Callable[[Path], None]
DAMAGED = "damaged"
NO_TEXT = "has no text layer"
NO_REPORT = "no recognisable numbered passages"


def written(data: Callable[[], bytes]) -> Make:
    return lambda path: path.write_bytes(data()) and None


def stream(data: bytes, extra: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), extra, data)


def document(contents: bytes, page: bytes = b"", pages: bytes = b"/Count 1 /Kids [3 0 R]", more: tuple[bytes, ...] = ()) -> bytes:
    """One page (object 3) with a stream (object 4); `more` are objects from 5 on."""
    return assembled([
        b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages %s >>" % pages,
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R %s >>" % page, contents, *more,
    ])  # fmt: skip


FONT = b"/Resources << /Font << /F1 5 0 R >> >>"
HELVETICA = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"


def encrypted(handler: str, version: int) -> bytes:
    extra = (
        f"/Encrypt << /Filter /{handler} /V {version} /R {version + 1} /Length 128 /P -44 /O ({'o' * 32}) /U ({'u' * 32}) >> "
        "/ID [<00112233445566778899aabbccddeeff> <00112233445566778899aabbccddeeff>]"
    )
    return pdf(Page(), extra=extra)


def many_pages(count: int) -> bytes:
    return pdf(*[Page() for _ in range(count)])


def one_page_named_often(count: int) -> bytes:
    return document(stream(b""), pages=b"/Count %d /Kids [%s]" % (count, b"3 0 R " * count))


def bomb(levels: int, size: int) -> bytes:
    data = b" " * size
    for _ in range(levels):
        data = zlib.compress(data, 9)
    return document(stream(data, b"/Filter [%s]" % (b"/FlateDecode " * levels)))


def many_letters() -> bytes:
    text = b"BT /F1 1 Tf 1 1 Td " + b"(aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa) Tj " * 70_000 + b"ET"
    return document(stream(zlib.compress(text), b"/Filter /FlateDecode"), FONT, more=(HELVETICA,))


def novel() -> bytes:
    page = Page()
    for n in range(1, 40):
        page.at(71, 780 - 18 * n, f"It was the {n}th day of the voyage. {n} gulls followed us, and nobody spoke.")
    return pdf(page)


def shopping_list() -> bytes:
    page = Page()
    page.lines(71, 700, "1. Bread and other things for breakfast", "2. Milk from the farm shop", "3. Tea of every kind")
    return pdf(page)


def drawing() -> bytes:
    page = Page()
    page.drawn.append(b"100 100 200 200 re f")
    return pdf(page)


def scan() -> bytes:
    image = stream(
        bytes(64 * 64), b"/Type /XObject /Subtype /Image /Width 64 /Height 64 /ColorSpace /DeviceGray /BitsPerComponent 8"
    )
    return document(stream(b"q 595 0 0 842 0 0 cm /Im Do Q"), b"/Resources << /XObject << /Im 5 0 R >> >>", more=(image,))


def forms_within_themselves() -> bytes:
    form = stream(b"/Fm Do /Fm Do", b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /Fm 5 0 R >> >>")
    return document(stream(b"/Fm Do"), b"/Resources << /XObject << /Fm 5 0 R >> >>", more=(form,))


def sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.write(b"%PDF-1.7\n")
        file.truncate(200_000_001)


REPORT = single_inspection()
HOSTILE: dict[str, tuple[Make, str]] = {
    "nothing": (lambda path: None, "cannot be read"),
    "folder": (lambda path: path.mkdir(), "is not a file"),
    "empty": (written(lambda: b""), "is empty"),
    "blank": (written(lambda: b" \n" * 900), "is empty"),
    "text": (written(lambda: b"1. This is a text whose name ends as that of a PDF."), "is not a PDF"),
    "picture": (written(lambda: b"\x89PNG\r\n\x1a\n" + bytes(500)), "is not a PDF"),
    "header-alone": (written(lambda: b"%PDF-1.7\n"), DAMAGED),
    "random": (written(lambda: b"%PDF-1.7\n" + random.Random(1).randbytes(20_000)), DAMAGED),
    "cut-in-half": (written(lambda: REPORT[: len(REPORT) // 2]), ""),
    "cut-near-the-beginning": (written(lambda: REPORT[:300]), DAMAGED),
    "wrong-places": (written(lambda: REPORT.replace(b"0000000", b"9999999")[:-60]), ""),
    "zeroes": (written(lambda: REPORT[:2000] + bytes(len(REPORT) - 2000)), ""),
    "over-200-MB": (sparse, "has 200,000,001 bytes"),
    "encrypted": (written(lambda: encrypted("Standard", 2)), "is encrypted"),
    "encrypted-otherwise": (written(lambda: encrypted("Unknown", 9)), ""),
    "no-pages": (written(lambda: document(b"<< >>", pages=b"/Count 0 /Kids []")), ""),
    "pages-promised": (written(lambda: document(stream(b""), pages=b"/Count 400000000 /Kids [3 0 R]")), ""),
    "501-pages": (written(lambda: many_pages(501)), "has 501 pages"),
    "one-page-20000-times": (written(lambda: one_page_named_often(20_000)), "has 20,000 pages"),
    "pages-within-themselves": (written(lambda: document(stream(b""), pages=b"/Count 9 /Kids [2 0 R 2 0 R]")), ""),
    "page-is-its-own-parent": (written(lambda: document(b"<< >>", b"/Parent 3 0 R")), NO_TEXT),
    "pages-that-are-missing": (written(lambda: document(stream(b""), pages=b"/Count 2 /Kids [90 0 R 91 0 R]")), ""),
    "contents-are-the-page": (written(lambda: document(b"3 0 R")), NO_TEXT),
    "forms-within-themselves": (written(forms_within_themselves), "limits of time and memory"),
    "no-text": (written(drawing), NO_TEXT),
    "scan": (written(scan), NO_TEXT),
    "blank-pages": (written(lambda: many_pages(20)), NO_TEXT),
    "bomb": (written(lambda: bomb(1, 900_000_000)), ""),
    "bomb-in-a-bomb": (written(lambda: bomb(3, 100_000_000)), ""),
    "3-million-letters": (written(many_letters), "holds more text than a report"),
    "length-that-lies": (written(lambda: document(b"<< /Length 4000000000 >>\nstream\nBT ET\nendstream")), NO_TEXT),
    "brackets": (written(lambda: document(stream(b""), b"/Annots " + b"[" * 200_000)), ""),
    "novel": (written(novel), NO_REPORT),
    "shopping-list": (written(shopping_list), NO_REPORT),
}
