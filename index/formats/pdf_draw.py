"""Draws one page of a PDF with the words of a quote marked. Runs in a process of its own (ui/html/page_picture.py):

python -m index.formats.pdf_draw     reads {"path", "page", "quote", "width"} from stdin, writes a PNG to stdout
"""

from __future__ import annotations

import io
import json
import sys
import unicodedata
from collections.abc import Iterator
from typing import Any

from index.formats.pdf_extract import limit_resources

MARK = (255, 214, 0, 110)  # yellow that lets the words through
FEWEST = 3  # words that must match to be marked, unless the quote has fewer
MAX_HEIGHT = 4  # times the width

Box = tuple[float, float, float, float]  # left, bottom, right, top in points


def drawn(path: str, page: int, quote: str, width: int) -> bytes:
    """The page (numbered from 1) as PNG, `width` pixels wide, with the quote marked."""
    import pypdfium2
    from PIL import Image, ImageDraw

    document = pypdfium2.PdfDocument(path)
    sheet = document[page - 1]
    wide, high = sheet.get_size()
    scale = (width - 0.5) / wide  # pdfium rounds up
    if high * scale > MAX_HEIGHT * width:
        scale = MAX_HEIGHT * width / high
    picture = sheet.render(scale=scale).to_pil().convert("RGB")
    if quote:
        left, _, _, top = sheet.get_bbox()
        over = Image.new("RGBA", picture.size)
        pen = ImageDraw.Draw(over)
        for box in boxes(sheet.get_textpage(), quote):
            pen.rectangle(
                [(box[0] - left) * scale, (top - box[3]) * scale, (box[2] - left) * scale, (top - box[1]) * scale], fill=MARK
            )
        picture = Image.alpha_composite(picture.convert("RGBA"), over).convert("RGB")
    out = io.BytesIO()
    few = picture.quantize(64, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)  # 0.02 s; a third of the bytes
    few.save(out, "PNG")
    return out.getvalue()


def boxes(text: Any, quote: str) -> list[Box]:
    """The rectangles of a quote's words on the page, one a line: the whole quote, or where it runs over the page's end the
    part that begins or ends here.
    """
    letters = [(letter, at) for at, letter in enumerate(_characters(text)) if letter]
    written = "".join(letter for letter, _ in letters)
    words = ["".join(map(_plain, word)) for word in quote.split()]
    found = _place(written, [word for word in words if word])
    if found is None:
        return []
    start, end = found
    first, last = letters[start][1], letters[end - 1][1]
    return [text.get_rect(at) for at in range(text.count_rects(first, last - first + 1))]


def _place(written: str, words: list[str]) -> tuple[int, int] | None:
    """Where the words stand in the letters of the page: all of them, else the longest beginning at its end or end at its start."""
    whole = "".join(words)
    if (at := written.find(whole)) >= 0 and whole:
        return at, at + len(whole)
    fewest = min(FEWEST, len(words))
    for count in range(len(words) - 1, fewest - 1, -1):
        for piece in ("".join(words[:count]), "".join(words[-count:])):
            if (at := written.find(piece)) >= 0 and piece:
                return at, at + len(piece)
    return None


def _characters(text: Any) -> Iterator[str]:
    import pypdfium2.raw as raw

    for at in range(text.count_chars()):
        yield _plain(chr(raw.FPDFText_GetUnicode(text, at)))


def _plain(letter: str) -> str:
    """Letters and figures alone are compared: spaces, hyphens and quotation marks differ between page and quote."""
    folded = unicodedata.normalize("NFKC", letter).casefold()
    return "".join(one for one in folded if one.isalnum())


def main() -> None:
    """Draws what is asked for on stdin, within limits of time and memory."""
    limit_resources()
    asked = json.load(sys.stdin)
    sys.stdout.buffer.write(drawn(asked["path"], asked["page"], asked["quote"], asked["width"]))


if __name__ == "__main__":
    main()
