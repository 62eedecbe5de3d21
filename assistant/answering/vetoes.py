"""Objections that any reader would make: another council, a later year, a name or a number asked for and none given.

Vetoes need no learning and no search. The decision asks them before its network is believed.
"""

from __future__ import annotations

import re
from functools import cached_property

from assistant.answer import Section
from assistant.answering.ranking import HOLDS
from assistant.question.understanding import Query
from assistant.words.caseless import Caseless
from index.passages import Report
from index.text.numbers import UP_TO_TWELVE

_ASKS_NAME = Caseless(
    r"\bnames? of (?:the|our|their|its|every|each|all|that|this|any|whoever)\b|\bwhat(?:'s|s| is| are| was| were) (?:(?:the |his |her |their |our )?(?:[\w'’]+ ){0,5}names?|(?:[\w'’]+ ){1,6}called)\b|\b(?:by|full) name\b|\bname,? please\b|\b(?:what|which) names\b",
)
_THING = r"(?:app|application|software|website|tool|system|model|method|approach|group|forum|network|scheme|arrangement|project|programme|initiative|campaign|policy|strategy|charter|service|training|course)s?"
_OF_A_THING = Caseless(  # what is named is no person
    rf"\b(?:names?|title) of (?:the|our|their|its|this|that|a|any) (?:(?!of\b)[\w'’-]+ ){{0,2}}?{_THING}\b|\b(?:the|our|their|this|that|those) (?:(?!of\b)[\w'’-]+ ){{0,2}}?{_THING}\b.*\b(?:called|named?)\b|\bits name\b|\bit (?:called|named)\b|\bis it called\b",
)
_QUOTED = re.compile(r"(?<!\w)['‘\"“][A-Z][^'’\"”]{2,40}['’\"”]")  # how the report writes the name of a thing
_NAME = re.compile(r"\b[A-Z][a-z]+(?: [A-Z][a-z]+)+\b")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_COUNCILS = Caseless(
    r"\b(?:devon|dorset|cornwall|wiltshire|bristol|bath|gloucestershire|hampshire|surrey|doncaster|solihull|birmingham|london|manchester|leeds|kent|essex|plymouth|torbay|north somerset|wales|scotland|rotherham|sunderland|norfolk|suffolk|hackney|croydon)\b",
)
_HOW_MANY = Caseless(r"^(?:so |and |but |ok,? )?(?:how many|what number of|number of|the number of)\b")
_QUANTITY = Caseless(
    rf"\d|\b(?:{UP_TO_TWELVE}|half|thirds?|quarters?|majority|minority|most|few|fewer|several|small number|large number|high number|numbers|none|no|many|almost all|all|every|only|both|single)\b",
)
_NOT_ALL = re.compile(r"\b(?:not all|not every|no longer|not only)\b", re.IGNORECASE)


class Vetoes:
    """Checks that this report cannot answer a question; each veto has a name."""

    def __init__(self, report: Report) -> None:
        self.report = report

    def of(self, query: Query) -> str | None:
        """The veto that a question meets, or None: "council" (another one), "later" (a year after publication), "year" (one that
        the report does not mention), "money" (the report speaks of none).
        """
        text = query.question
        authority = self.report.authority.casefold()
        if (named := _COUNCILS.search(text)) and named[0].casefold() not in self.text and named[0].casefold() not in authority:
            return "council"
        published = int((self.report.published or "9999")[:4])
        for year in _YEAR.findall(text):
            if int(year) > published or year not in self.text:
                return "later" if int(year) > published else "year"
        if query.kind == "money" and not self._speaks_of_money:
            return "money"
        return None

    def of_chosen(self, query: Query, sections: tuple[Section, ...]) -> str | None:
        """ "person" or "count" when the chosen statements lack the name or the number that is asked for."""
        if not self._holds_name(query, sections):
            return "person"
        return "count" if _lacks_count(query, sections) else None

    def _holds_name(self, query: Query, sections: tuple[Section, ...]) -> bool:
        """Whether a name stands in a chosen statement, or none is asked for."""
        if not _ASKS_NAME.search(query.question):
            return True
        quotes = " ".join(f"{s.passage.context or ''} {s.quote}" for section in sections for s in section.statements)
        if _OF_A_THING.search(query.question) and _QUOTED.search(quotes):
            return True
        return any(
            all(re.search(rf"\b{word.casefold()}\b", self._small) is None for word in match[0].split())
            for match in _NAME.finditer(quotes)
        )

    @cached_property
    def _small(self) -> str:
        """The report's lower-case words, in one text: none of them is part of a name."""
        return " ".join(re.findall(r"\b[a-z]+\b", " ".join(f"{p.context or ''} {p.text}" for p in self.report.passages)))

    @cached_property
    def _speaks_of_money(self) -> bool:
        return HOLDS["money"].search(self.text) is not None

    @cached_property
    def text(self) -> str:
        return " ".join(f"{p.context or ''} {p.text}" for p in self.report.passages).casefold()


def _lacks_count(query: Query, sections: tuple[Section, ...]) -> bool:
    """Whether the question asks how many, and no chosen statement holds a number or a word for one."""
    if not _HOW_MANY.match(query.text) or query.parts:
        return False
    quotes = [f"{s.passage.context or ''} {_NOT_ALL.sub('', s.quote)}" for section in sections for s in section.statements]
    return not any(_QUANTITY.search(quote) for quote in quotes)
