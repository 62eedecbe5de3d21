"""What somebody typed -> plain text: Unicode in one form, no markup, no links, no invisible characters. Understands nothing.

Also refuses what is no question: nothing, too much, or no text.
"""

from __future__ import annotations

import html
import re
import unicodedata

from assistant.errors import BadQuestion
from prompts import wording

MAX_CHARACTERS = 4_000  # of one question

# A tag has no second "<" and a bounded length, so that a row of "<" costs nothing.
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")
_LINK = re.compile(r"!?\[([^\[\]\n]{1,200})\]\([^()\s]{1,400}\)")
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>]{1,400}")
_MARKS = str.maketrans("", "", "*`~")  # of Markdown
_STRAIGHT = str.maketrans("‘’‚‛“”„‟", "''''\"\"\"\"")


def plain(text: str) -> str:
    """The text in one Unicode form, without markup, web addresses, invisible characters and blank lines; line breaks stay."""
    text = html.unescape(unicodedata.normalize("NFKC", text)).translate(_STRAIGHT)
    text = "".join(character for character in text if unicodedata.category(character) not in ("Cf", "Cc") or character in "\n\t")
    text = _ADDRESS.sub(" ", _TAG.sub(" ", _LINK.sub(r"\1", text))).translate(_MARKS)
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line)


def checked(question: object) -> str:
    """The question as text. Raises BadQuestion when it is empty, too long or no text."""
    if not isinstance(question, str):
        raise BadQuestion(wording("error.not_text"))
    if not question.strip():
        raise BadQuestion(wording("error.empty"))
    if len(question) > MAX_CHARACTERS:
        raise BadQuestion(wording("error.too_long", limit=MAX_CHARACTERS))
    return question.strip()
