"""Several questions in one message: their drafts joined into one answer, each under its own words. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.answer import Draft, Section
from assistant.answering.choosing import short
from assistant.question.understanding import Query
from prompts import wording


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
