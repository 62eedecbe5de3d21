"""Two questions in one: their drafts joined into one answer, which says what the report does not state. Pure."""

from __future__ import annotations

from dataclasses import replace

from assistant.answer import Draft, Section
from assistant.understanding import Query
from prompts import wording


def joined(query: Query, drafts: list[Draft]) -> Draft:
    """The answers of the parts, one after the other; a part that is not answered is named (note `partly`)."""
    sections: list[Section] = []
    seen: set[tuple[str, str]] = set()
    answered = [draft for draft in drafts if draft.outcome == "answered"]
    for draft in answered:
        if draft.opening and draft is not answered[0]:
            sections.append(Section(None, (), text=draft.opening))
        for section in draft.sections:
            fresh = tuple(s for s in section.statements if (s.passage.id, s.quote) not in seen)
            seen |= {(s.passage.id, s.quote) for s in fresh}
            same = next((at for at, one in enumerate(sections) if one.heading and one.heading == section.heading), None)
            if same is not None:
                sections[same] = replace(section, statements=(*sections[same].statements, *fresh))
            elif fresh:
                sections.append(replace(section, statements=fresh))
    missing = [part for part, draft in zip(query.parts, drafts, strict=True) if draft.outcome != "answered"]
    notes = dict.fromkeys(note for draft in answered for note in draft.notes)
    closing = dict.fromkeys(line for draft in answered for line in draft.closing)
    if missing:
        notes["partly"] = None
        closing[wording("answered.partly_about", part=missing[0].split(" - ")[0].rstrip("?"))] = None
    return Draft(
        "answered", tuple(sections), opening=answered[0].opening, closing=tuple(closing), notes=tuple(notes),
        confidence=min((d.confidence for d in answered if d.confidence is not None), default=None),
    )  # fmt: skip
