"""A complete question -> Query: what is asked, in words the index knows. Looks nothing up.

References, answer type, spelling, glossary. The user's words are kept; the report's are added.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from assistant.answer import Relation
from assistant.question.answer_types import kind_of
from assistant.question.references import Reference, references
from assistant.words.glossary import Glossary
from assistant.words.spelling import Speller
from index.passages import Report
from index.text.words import STOPWORDS, tokens, words


@dataclass(frozen=True)
class Query:
    """A question once understood.

    `text`: complete and spelt right; `search`: with the report's words added; `topic`: without framing words; `focus`: ids of the
    passages shown last, if more is asked; `parts`: the complete questions of a message with several, `asked`: the same as typed;
    `relation`: to earlier questions (assistant/question/conversation.py); `others`: other readings, likeliest first; `meant`: where the
    complete question lies, a unit vector, where the message leans on earlier ones and there is an encoder of conversations.
    """

    question: str
    text: str
    search: str
    topic: str
    kind: str
    references: tuple[Reference, ...]
    relation: Relation = "new"
    focus: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    meant: np.ndarray | None = field(default=None, compare=False, repr=False)

    @property
    def follows(self) -> bool:
        """Whether the message cannot be understood without what was asked before it."""
        return self.relation != "new"


# Words that frame the asking and say nothing of the subject.
FRAMING = frozenset(
    """strength strengths weakness weaknesses improve improved improving improvement improvements better worse worst best good bad
    well poor brief briefing notes note summary summarise summarize overview scrutiny committee panel meeting prepare preparing
    question questions ask asking challenge officers tell talk main key point points issue issues concern concerns problem
    problems need needs needed recommendation recommendations recommend recommended finding findings view views picture quality
    performance praise praised criticise criticised criticism right wrong going work working works effective strong weak positive
    positives negative negatives thing things overall anything everything something give want need know learn find found think thought
    conclude concluded see saw look looking councillor councillors member members chair tomorrow tuesday tonight today week
    compare compared comparison difference differences between versus since 2015 last inspection happened happening change changed
    changes progress made make makes get getting got part parts area areas aspect aspects regard regarding concerning terms around
    how what which who why when where much many list bullet points short quick quickly paper page pages pull together draft write
    whats isnt arent spots spot falling short faults fault criticism criticisms good points overall area weak report briefed
    important matter matters service services provide provided provision current currently position situation state say says
    said mention mentioned mentions mean means please thanks hello hi put side sides beside together""".split()
)

SUBJECTS = frozenset(word for word in FRAMING if not word.isdigit())  # words that cannot be a subject; a year can


@dataclass
class Understanding:
    """Makes queries for one report: its words and the glossary's are what spelling is repaired against."""

    report: Report
    glossary: Glossary
    _speller: Speller | None = field(default=None, repr=False)

    @property
    def speller(self) -> Speller:
        if self._speller is None:
            printed = [f"{p.section} {p.context or ''} {p.text}" for p in self.report.passages]
            counted = Counter(word for text in printed for word in words(text))
            common = self.glossary.vocabulary | STOPWORDS | FRAMING | {"paragraph", "paragraphs"}
            small = (
                {word for text in printed for word in re.findall(r"\b[a-z]+\b", text)}
                | common
                | set(words(self.report.authority))
            )
            self._speller = Speller(dict.fromkeys(common, 1) | dict(counted), frozenset(set(counted) - small))
        return self._speller

    def is_english(self, word: str) -> bool:
        """Whether a lower-case word is English, or one that the speller knows."""
        return word in self.speller.known or self.speller.is_english(word)

    def understand(
        self, question: str, text: str | None = None, relation: Relation = "new", focus: tuple[str, ...] = ()
    ) -> Query:
        """The query a question stands for; `text` is what it stands for where it leans on what was asked before it."""
        asked = " ".join((text or question).replace("’", "'").replace("‘", "'").split())
        full = self.speller.repaired(asked)
        text = without_courtesy(full)
        named = references(asked) or references(full) or references(text)
        return Query(question, text, self.glossary.expanded(text), topic_of(text), kind_of(full), named, relation, focus)


_BEFORE = re.compile(
    r"^(?:(?:hi|hiya|hello|hey|good (?:morning|afternoon|evening)|dear)(?: there| all| team| everyone)?|(?:so|ok(?:ay)?|right|well|um+|er+m?|basically|quick(?: question)?|just|please|sorry(?: to (?:bother|trouble|ask)(?: you)?)?|excuse me|apologies|but|hope you can help|(?:i (?:was|am)|i'm|we are|we're) (?:just )?(?:wondering|asking|trying to find out|looking for|curious)(?: if| whether| about)?|what i (?:need|want|would like) to know is|i(?:'d| would)? (?:need|want|like|love) to know(?: if| whether)?|(?:can|could|would|will) (?:you|anyone|someone) (?:please |kindly )?(?:tell|show|give|let|explain to|help) (?:me|us)(?: know| out)?(?: with| if| whether| about)?|(?:do|does) (?:you|anyone) (?:happen to )?know(?: if| whether)?|any idea|may i ask|can i ask|i was asked by a colleague|a colleague asked(?: me)?|tell me)\b)[\s,.:;!-]+",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"(?<![\s,.;:!?-])[\s,.;:!?-]+(?:(?:many |lots of )?thanks?(?: you)?(?: in advance| so much| very much| a lot)?|thank you|cheers|ta|pl[sz]|please(?:,? if you (?:can|could))?|if you (?:can|could|know)|do you know|(?:it'?s|it is|this is|that'?s) (?:for|because of) (?:a|my|the|our|tomorrow'?s|tonight'?s) [\w' ]{3,30}|kind regards|regards|asap|urgent)[\s.!?]*$",
    re.IGNORECASE,
)


COURTESIES = 8  # polite phrases on either side that are taken off: a bound on the loop


def without_courtesy(text: str) -> str:
    """The question without the polite words around it: "Hi, could you tell me ..., thanks" says nothing of the subject."""
    asks = text.rstrip().endswith("?")
    for _ in range(COURTESIES):
        shorter = _AFTER.sub("", _BEFORE.sub("", text, count=1), count=1).strip()
        if shorter == text or len(tokens(shorter)) < 1:
            break
        text = shorter
    return f"{text.rstrip(' ?')}?" if asks else text


def topic_of(text: str) -> str:
    """The words of a question that are neither framing nor stopwords."""
    kept = [word for word in re.findall(r"[\w'-]+", text) if word.casefold() not in FRAMING and word.casefold() not in STOPWORDS]
    return " ".join(kept)


PLAINLY = 8  # words of a message that is nothing but a subject and the asking


def asks_plainly(query: Query) -> bool:
    """Whether a question is nothing but a subject, in one piece, and the words that frame the asking."""
    return bool(query.topic) and query.topic.casefold() in query.text.casefold() and len(query.text.split()) <= PLAINLY
