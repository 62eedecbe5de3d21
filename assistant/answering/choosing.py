"""Query + what was found -> the sections of a possible answer. Does not decide whether they answer: decision.py does."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.answer import Draft, Section
from assistant.answering.evidence import Evidence
from assistant.answering.selecting import Near, arranged, completed, select, stated
from assistant.question.kinds import KINDS
from assistant.question.understanding import Query, topic_of
from assistant.words.glossary import Glossary
from index.search import Found
from index.store import Index
from prompts import wording

SHARE = 80  # words that each of several questions has at least
_COMPARE = re.compile(r"\bcompare\b(.+?)\b(?:with|to)\b(.+)", re.IGNORECASE)
_SIDES = re.compile(r"\b(?:compared? (?:to|with)|versus|vs\.?|differs? from|than|against)\b|\b(?:or|and)\b", re.IGNORECASE)


def choose(query: Query, found: Found, evidence: Evidence, near: Near, glossary: Glossary, among: int = 1) -> tuple[Section, ...]:
    """The sections that code chooses: sentences that probably belong in the answer, under headings. `among`: of how many parts
    this is one; each then has fewer words.
    """
    kind = evidence.kind
    plan = KINDS[kind]
    rows = select(found.index, evidence, plan if among == 1 else replace(plan, words=max(SHARE, plan.words * 3 // (2 * among))))
    rows = completed(found.index, evidence, rows)
    return explained(query, glossary, arranged(found.index, rows, kind, sides(query, kind), near))


def chosen_by_model(
    index: Index, query: Query, kind: str, groups: Sequence[Sequence[int]], near: Near, glossary: Glossary
) -> tuple[Section, ...]:
    """The sections for sentences that a model chose: positions in the index, a group for each part of the query, or one group."""
    if not query.parts:
        return explained(query, glossary, arranged(index, groups[0], kind, sides(query, kind), near))
    sections = []
    for part, rows in zip(query.asked or query.parts, groups, strict=True):
        statements = tuple(stated(index, rows))
        if statements:
            sections.append(Section(wording("answered.part", part=short(part)), statements, about=part))
        else:
            sections.append(Section(None, (), "not_stated", part, wording("answered.partly_about", part=short(part))))
    return tuple(sections)


def sides(query: Query, kind: str) -> tuple[str, ...]:
    """The two things compared, if the question's wording separates them; else nothing."""
    if kind != "comparison":
        return ()
    ordered = _COMPARE.search(query.text)
    for pieces in (*((ordered.groups(),) if ordered else ()), _SIDES.split(query.text)):
        found = [side for side in map(topic_of, pieces) if side]
        if len(found) == 2:
            return tuple(found)
    return ()


def explained(query: Query, glossary: Glossary, sections: tuple[Section, ...]) -> tuple[Section, ...]:
    """The sections; where an abbreviation's meaning is asked for, the first is headed by its full words."""
    if query.kind != "definition" or not sections or sections[0].heading is not None:
        return sections
    for term, entry in glossary.found(query.question):
        if entry.full:
            return (replace(sections[0], heading=wording("answered.term", term=term, meaning=entry.full)), *sections[1:])
    return sections


def short(part: str) -> str:
    """A part of a message without the punctuation at its ends."""
    return part.strip(" ?.,;")


def joined(query: Query, drafts: Sequence[Draft]) -> Draft:
    """One answer made of the drafts, in the order asked. Where a draft has no answer, its question is named there (note
    `partly`).
    """
    sections: list[Section] = []
    notes = {"parts": None}
    for asked, draft in zip(query.asked or query.parts, drafts, strict=True):
        if draft.outcome != "answered":
            notes["partly"] = None
            sections.append(Section(None, (), "not_stated", asked, wording("answered.partly_about", part=short(asked))))
            continue
        notes |= dict.fromkeys(draft.notes)
        opening = (Section(None, (), "correction", asked, draft.opening),) if draft.opening else ()
        heading: str | None = wording("answered.part", part=short(asked))
        for section in (*opening, *draft.sections):
            if heading is not None and section.row is None:
                section = replace(section, heading=" ".join(filter(None, (heading, section.heading))))
            elif heading is not None:
                sections.append(Section(heading, (), "answer", asked))
            heading = None
            sections.append(replace(section, about=section.about or asked))
    told = [draft.confidence for draft in drafts if draft.outcome == "answered" and draft.confidence is not None]
    closing = dict.fromkeys(line for draft in drafts if draft.outcome == "answered" for line in draft.closing)
    return Draft("answered", tuple(sections), closing=tuple(closing), notes=tuple(notes), confidence=min(told, default=None))
