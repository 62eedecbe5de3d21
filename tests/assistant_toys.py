"""Passages, statements and drafts made by hand, and the real report as read, for tests of assistant/."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from assistant.answer import Draft, Section, Statement
from assistant.question.understanding import Understanding
from assistant.words.glossary import Glossary
from index.passages import Passage, Report
from index.store import read_report


def passage(identity: str, text: str, **more: Any) -> Passage:
    """A finding of page 6; its id is its number unless it holds a letter."""
    fields: dict[str, Any] = {
        "id": identity, "number": identity if identity.isdecimal() else None, "kind": "finding", "page": 6, "page_end": 6,
        "section": "Leadership", "subsection": None, "text": text, "context": None, "flagged": False, "corrected": False,
        "searchable": True, "rows": (0, 1),
    }  # fmt: skip
    return Passage(**{**fields, **more})


def answered(*statements: Statement, **more: Any) -> Draft:
    """A draft with one section without a heading."""
    return Draft("answered", (Section(None, statements),), **more)


@lru_cache(maxsize=1)
def somerset() -> Report:
    """The packaged report, read from its file: no index, no weights."""
    return read_report(Path(str(files("index").joinpath("reports").joinpath("somerset_2018.md"))))


@lru_cache(maxsize=1)
def understanding() -> Understanding:
    """What understands questions about the packaged report."""
    return Understanding(somerset(), Glossary.packaged())


def cited(identity: str, place: int | None = None) -> Statement:
    """A passage of the packaged report, whole or one sentence of it."""
    found = next(passage for passage in somerset().passages if passage.id == identity)
    return Statement(found, found.text if place is None else found.sentences[place])


def ids(draft: Draft) -> list[str]:
    """Ids of the passages a draft states, in order."""
    return [statement.passage.id for statement in draft.statements]
