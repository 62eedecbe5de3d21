"""Sister reports for training and measuring: questions on them are data (evals/labels/sisters), their PDFs are not committed.

A question points at sentences by number and by their first words, so that a PDF that reads otherwise is noticed. The text is a
plain extraction of the PDF: running heads dropped, paragraphs joined, cut into sentences.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from evals.errors import BadCases
from index.sentences import sentences

FEWEST_WORDS = 3  # of what counts as a sentence
RUNNING = 0.5  # share of the pages on which a line stands that is a running head
_BEGINS = re.compile(r"(\d{1,3}\.?\s+[A-Z]|[\u2022\uf0a7\uf0b7\u25aa\u25fc]|\d{1,3}\.$)")


@dataclass(frozen=True)
class Sister:
    """A report's sentences, and questions as (text, positions of right sentences, of others that would do, voice)."""

    name: str
    texts: list[str]
    asked: list[tuple[str, tuple[int, ...], tuple[int, ...], str]]


def read_sister(name: str, folder: Path) -> Sister:
    """The report `name` ("surrey-2018") from its PDF in `folder`, with its questions. Raises BadCases when it is another file."""
    known = json.loads(files("evals").joinpath("labels", "sisters", "sources.json").read_text(encoding="utf-8"))[name]
    path = folder / known["file"]
    if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != known["sha256"]:
        raise BadCases(f"{path} is missing or another file: put the report's published PDF there ({known['title']}).")
    texts = sentences_of_pdf(path)
    asked = []
    for line in files("evals").joinpath("labels", "sisters", f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        for at, begins in zip(record["right"], record["begins"], strict=True):
            if not texts[at - 1].startswith(begins):
                raise BadCases(
                    f"{path.name} reads otherwise than when it was labelled: sentence {at} does not begin with {begins!r}."
                )
        right, okay = (tuple(at - 1 for at in record[key]) for key in ("right", "okay"))
        asked.append((record["question"], right, okay, f"{name} {record['kind']}"))
    return Sister(name, texts, asked)


def sentences_of_pdf(path: Path) -> list[str]:
    """The sentences of a PDF with a text layer, in reading order."""
    import pypdfium2

    pages = [page.get_textpage().get_text_range().replace("\r", "").split("\n") for page in pypdfium2.PdfDocument(path)]
    lines = [[line.strip() for line in page] for page in pages]
    counted = Counter(line for page in lines for line in set(page) if line)
    running = {line for line, count in counted.items() if count > RUNNING * len(pages)}
    paragraphs: list[list[str]] = []
    for line in (line.removeprefix("\ufffe") for page in lines for line in page if line and line not in running):
        if not paragraphs or _BEGINS.match(line):
            paragraphs.append([])
        paragraphs[-1].append(line)
    joined = (re.sub(r"\s+", " ", " ".join(one)).replace("\ufffe", "-") for one in paragraphs)
    return [sentence for text in joined for sentence in sentences(text) if len(sentence.split()) >= FEWEST_WORDS]
