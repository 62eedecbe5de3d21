"""A small writer of PDFs for the tests: words at places, in Helvetica; nothing but bytes, so that faults can be written too."""

from __future__ import annotations

from dataclasses import dataclass, field

WIDTH, HEIGHT = 595, 842  # A4, in points


def escaped(text: str) -> bytes:
    """A string of the page description, in the encoding of the standard fonts."""
    return text.encode("cp1252").replace(b"\\", rb"\\").replace(b"(", rb"\(").replace(b")", rb"\)")


@dataclass
class Page:
    """What is drawn on a page: `at` places words (points from the left foot), `lines` places several under each other."""

    drawn: list[bytes] = field(default_factory=list)

    def at(
        self, x: float, y: float, text: str, size: float = 12, bold: bool = False, rise: float = 0, stretch: float = 0
    ) -> None:
        """Draws words; `stretch` widens each space."""
        font, spaced = b"/F2" if bold else b"/F1", b"%.3f Tw " % stretch if stretch else b""
        after = b" 0 Tw" if stretch else b""
        drawn = (spaced, font, size, x, y + rise, escaped(text), after)
        self.drawn.append(b"BT %s%s %.1f Tf %.2f %.1f Td (%s) Tj%s ET" % drawn)

    def lines(self, x: float, y: float, *texts: str, size: float = 12, bold: bool = False, leading: float = 14.5) -> float:
        """Draws the texts from y downwards and gives the height of the next line."""
        for text in texts:
            self.at(x, y, text, size, bold)
            y -= leading
        return y

    def numbered(self, y: float, number: str, *texts: str, left: float = 71, text_left: float = 106) -> float:
        """A paragraph with its number before it, and the height of the next paragraph."""
        self.at(left, y, number)
        return self.lines(text_left, y, *texts) - 12


def pdf(*pages: Page, extra: str = "", root: str = "") -> bytes:
    """The file. `extra` goes into the trailer, `root` into the catalogue."""
    streams = [b"\n".join(page.drawn) for page in pages]
    kids = " ".join(f"{5 + 2 * at} 0 R" for at in range(len(pages)))
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R {root} >>".encode(),
        f"<< /Type /Pages /Count {len(pages)} /Kids [{kids}] >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>",
    ]
    for at, stream in enumerate(streams):
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] /Contents {6 + 2 * at} 0 R "
            "/Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> >>".encode()
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
    return assembled(objects, extra)


def assembled(objects: list[bytes], extra: str = "") -> bytes:
    """A file of numbered objects, the first of them the catalogue."""
    data, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    trailer = f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R {extra} >>\nstartxref\n{len(data)}\n%%EOF\n".encode()
    return data + head + trailer
