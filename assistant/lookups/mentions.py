"""How often, and where, a word or phrase stands in the report: exact counting, no search.

A message asks for it by naming the words ("how many times is neglect mentioned?", "which paragraphs mention neglect?"), or is
nothing but a phrase in quotation marks.
"""

from __future__ import annotations

import re

from assistant.words.caseless import Caseless
from index.passages import Passage, Report

MOST_CHARACTERS = 200  # of a message that asks for this: a longer one asks for something else
_VERB = r"(?:mention(?:ed|s)?|appears?|occurs?|used|named|comes? up|referred to|contain(?:s|ed)?)"
_ASKED = tuple(
    Caseless(pattern)
    for pattern in (
        rf"(?:so |and |please )?how (?:many times|often) (?:is|are|was|were|does|do|did|has|have) (?:the )?(?:words?|phrases?|terms?|report mention)? ?(?P<words>.+?) ?(?:been |get |gets )?(?:{_VERB})?(?: in (?:the|this) (?:report|document|text))?",
        r"(?:so |and |please )?(?:which|what|list the|show (?:me )?(?:the )?) ?(?:paragraphs?|pages?|findings?|passages?|sentences?) (?:that |which )?(?:mention|use|contain|refer to)s? (?:the (?:words?|phrases?|terms?) )?(?P<words>.+?)",
        r"where (?:is|are) (?:the (?:words?|phrases?|terms?) )?(?P<words>.+?) mentioned(?: in (?:the|this) (?:report|document))?",
        r"(?:count|find) (?:the )?(?:words?|phrases?|terms?) (?P<words>.+?)",
    )
)  # fmt: skip
_NAMES_COUNTING = Caseless(
    r"\b(?:mention|appear|occur|come up|comes up|the word|the phrase|the term|words|paragraphs|findings|passages|sentences|pages|count|find)"
)
_QUOTED = re.compile(r"[\"“‘'](?P<words>[^\"“”‘’']{3,80})[\"”’']")


def counted(message: str) -> str | None:
    """The words whose places are asked for, or None for any other message."""
    text = " ".join(message.split()).rstrip(" ?.!")
    if len(text) > MOST_CHARACTERS:
        return None
    if whole := _QUOTED.fullmatch(text):
        return whole["words"].strip()
    if not _NAMES_COUNTING.search(text):
        return None
    for pattern in _ASKED:
        if match := pattern.fullmatch(text):
            words = text[slice(*match.span("words"))].strip(" \"“”‘’'")  # as it was typed
            return words or None
    return None


def mentions(report: Report, words: str) -> list[tuple[Passage, str, int]]:
    """Each passage that holds the words, whole words and capitals aside, with the first such
    sentence and how often they stand there.

    Words are whole: "neglect" is not found in "neglected", but a plural in s counts.
    """
    pattern = re.compile(rf"(?<!\w){re.escape(words)}s?(?!\w)", re.IGNORECASE)
    found = []
    for passage in report.passages:
        if passage.part == "contents":
            continue
        count = len(pattern.findall(passage.text))
        if count:
            sentence = next((one for one in passage.sentences if pattern.search(one)), passage.sentences[0])
            found.append((passage, sentence, count))
    return found
