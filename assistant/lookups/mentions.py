"""How often, and where, a word or phrase stands in the report: exact counting, no search.

A message asks for it (assistant/lookups/askings.py) and names the words ("how many times is neglect mentioned?", "which
paragraphs mention neglect?"), or is nothing but a phrase in quotation marks.
"""

from __future__ import annotations

import re

from index.passages import Passage, Report

MOST_CHARACTERS = 200  # of a message that asks for this: a longer one asks for something else
_QUOTED = re.compile(r"(?<!\w)[\"“‘'](?P<words>[^\"“”‘’']{3,80})[\"”’']")


# Words around those that are to be counted.
_AROUND = frozenset(
    """a all and any anywhere appear appears are be been can come comes contain containing contains could count counted did do document
    does every find findings for frequently get gets give how i in is it know list locate look many me mention mentioned mentioning mentions
    name named number occur occurrences occurs of often on page pages paragraph paragraphs passage passages phrase phrases place places please
    refer referred references refers report say says search sentence sentences show so stand stands tell term terms text that the them they
    this times to up use used uses using want was were what where which with word words you""".split()
)
# Of these, those that say that words are meant; "how come plans used to be late?" holds none.
_NAMING = frozenset(
    """appear appears come comes contain containing contains count find locate mention mentioned mentioning mentions occur occurrences occurs
    phrase phrases refer referred references say says search sentence sentences stand stands term terms word words""".split()
)
LONGEST = 6  # words of a phrase that is looked for


def counted(message: str, asked: bool) -> str | None:
    """The words whose mentions are asked for, as typed; None for any other message. `asked`: the classifier says that it asks for
    mentions.
    """
    text = " ".join(message.split()).rstrip(" ?.!")
    if len(text) > MOST_CHARACTERS:
        return None
    if whole := _QUOTED.fullmatch(text):
        return whole["words"].strip()
    if not asked:
        return None
    if named := _QUOTED.search(text):
        return named["words"].strip()
    if not _NAMING & set(re.findall(r"[a-z]+", text.casefold())):
        return None
    said = [match for match in re.finditer(r"[\w'’-]+", text) if match[0].casefold() not in _AROUND]
    if not said or len(text[said[0].start() : said[-1].end()].split()) > LONGEST:
        return None
    return text[said[0].start() : said[-1].end()]


def mentions(report: Report, words: str) -> list[tuple[Passage, str, int]]:
    """Each passage outside the contents that holds the words, in any case, with the first such sentence and how often it holds
    them.

    Whole words only: "neglect" is not found in "neglected", but a plural in s counts.
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
