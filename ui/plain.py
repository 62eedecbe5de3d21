"""An answer as text: for a terminal, or as one line of JSON. Pure; decides nothing about content."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from assistant.answer import Answer
from assistant.composing import shown
from prompts import wording

_MARK = re.compile(r"<sup>(\d)</sup>")
_CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]"
)  # XML has no form for most of them; terminals obey some
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def as_text(answer: Answer) -> str:
    """The answer as it was composed, the nearest passages when the report does not say, and what could be asked instead."""
    parts = [raised(answer.answer)]
    if answer.nearest and answer.reports is None:  # of several reports each says its own
        if "unsure" not in answer.notes:  # then the opening has said what follows
            parts.append(wording("not_stated.nearest"))
        parts += [f"- {raised(shown(one))}" for one in answer.nearest]
    if answer.suggestions:
        parts += ["", f"{wording('chat.follow_ups')}:", *(f"- {raised(question)}" for question in answer.suggestions)]
    return held("\n".join(parts))


def json_line(answer: Answer, encoding: str = "utf-8") -> str:
    """The answer object on one line; what `encoding` has no form for, in UTF-8 half a character (a lone surrogate), is escaped."""
    record = answer.to_dict()
    try:
        return json.dumps(record, ensure_ascii=False).encode(encoding).decode(encoding)
    except UnicodeEncodeError:
        return json.dumps(record)


def raised(text: str) -> str:
    """Footnote marks as raised digits."""
    return _MARK.sub(lambda match: match[1].translate(_RAISED), text)


def marks(words: str, quotes: Sequence[str]) -> list[tuple[str, bool]]:
    """A text in pieces, each with whether it is quoted; overlapping quotes are one piece, those that do not stand in it none."""
    spans = [(at, at + len(quote)) for quote in quotes if quote.strip() and (at := words.find(quote)) >= 0]
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    pieces, done = [], 0
    for start, end in merged:
        pieces += [(words[done:start], False), (words[start:end], True)]
        done = end
    return [(piece, quoted) for piece, quoted in [*pieces, (words[done:], False)] if piece]


def whole(value: str) -> str:
    """Text that UTF-8 has a form for: half a character (a lone surrogate) becomes a question mark."""
    return value.encode("utf-8", "replace").decode("utf-8")


def held(value: str) -> str:
    """Text that every file format can hold: without half characters and control marks."""
    return _CONTROL.sub(" ", whole(value))
