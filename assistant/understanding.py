"""question + history -> Query: what is asked, in the words the index knows. First version: references only."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.answer import Turn
from assistant.references import Reference, references


@dataclass(frozen=True)
class Query:
    """What a question means once understood."""

    question: str
    text: str
    kind: str
    references: tuple[Reference, ...]


def understand(question: str, turns: tuple[Turn, ...] = ()) -> Query:
    return Query(question, question, "fact", references(question))
