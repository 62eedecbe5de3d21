"""Query + hits -> the sections of an answer: one fact, a subject, or a term explained. Pure; decides no outcome."""

from __future__ import annotations

from assistant.answer import Section
from assistant.glossary import Glossary
from assistant.kinds import BROAD
from assistant.selection import choose_fact
from assistant.themes import Search, Subject, broad_sections
from assistant.understanding import Query
from index.search import Found
from prompts import wording


def choose(query: Query, found: Found, search: Search, glossary: Glossary) -> tuple[Section, ...]:
    """The sections that would answer the query, were it decided that the report states it."""
    if query.kind in BROAD:
        return broad_sections(Subject(query, found, found.sentence_scores), search)
    chosen = tuple(choose_fact(found))
    heading = explained(query, glossary) if query.kind == "definition" else None
    return (Section(heading, chosen),) if chosen else ()


def explained(query: Query, glossary: Glossary) -> str | None:
    """The full words of an abbreviation asked for, marked as not the report's."""
    for term, entry in glossary.found(query.question):
        if entry.full:
            return wording("answered.term", term=term, meaning=entry.full)
    return None
