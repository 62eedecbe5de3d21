"""Does a message make sense at all? Rows of keys, songs, code and words strung together are told from what is short or badly typed.

Learned from labelled messages (evals/labels/sense.jsonl; `python -m evals.training sense` makes sense.npz).
"""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np

from assistant.learned.classifier import packaged, terms

LOOKED_AT = 180  # words of a message that are looked at, from its beginning
_WORD = re.compile(r"[a-z']+|\d+")
_PLAIN = frozenset(".,?'!-")
# Upper ends of the ranges in which each share falls, the number of words last.
_ENGLISH = (0.2, 0.4, 0.6, 0.75, 0.9, 1.0)
_DISTINCT = (0.3, 0.5, 0.7, 0.85, 1.0)
_MARKS = (0.001, 0.03, 0.06, 0.1, 0.2, 0.4)
_DIGITS = (0.001, 0.05, 0.15, 0.3, 0.5)
_LETTERS = (0.001, 0.1, 0.3, 0.6)
_LENGTH = (1, 2, 3, 4, 6, 9, 14, 22)


def beginning(text: str) -> str:
    """The words of a message that are looked at."""
    return " ".join(text.split()[:LOOKED_AT])


def looks(text: str, is_english: Callable[[str], bool]) -> list[str]:
    """How a message looks, as terms: shares of English words, distinct words, marks, digits and single letters, and its length."""
    found = _WORD.findall(text.casefold())
    spelt = [word for word in found if not word.isdigit()]
    marks = sum(not (character.isalnum() or character.isspace() or character in _PLAIN) for character in text)
    seen = {
        "english": (sum(map(is_english, spelt)) / max(1, len(spelt)), _ENGLISH),
        "distinct": (len(set(found)) / max(1, len(found)), _DISTINCT),
        "marks": (marks / max(1, len(text)), _MARKS),
        "digits": (sum(map(str.isdigit, text)) / max(1, len(text)), _DIGITS),
        "letters": (sum(len(word) == 1 for word in spelt) / max(1, len(spelt)), _LETTERS),
        "length": (len(found), _LENGTH),
    }
    return [f"#{name} {next((end for end in ends if share < end), 'more')}" for name, (share, ends) in seen.items()]


def traits(text: str, is_english: Callable[[str], bool]) -> list[str]:
    """The terms by which a message is judged: its words, its pairs of words and how it looks."""
    return [*terms(text), *looks(text, is_english)]


def nonsense(text: str, vector: np.ndarray | None, is_english: Callable[[str], bool]) -> float:
    """The probability that a message asks nothing that anybody could make out; `vector` is the unit vector of its beginning, or None."""
    return float(packaged("sense").of(traits(beginning(text), is_english), vector)[1])
