"""The answers of several reports -> one answer object around them. Pure; every word is a report's or fixed wording.

A section's `column` names its report. In a comparison of two, sections of both stand under the same headings, and where one
report has nothing there, that is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.answer import Answer, Citation, Outcome, Shown
from assistant.composing import shown
from prompts import wording

PAIR = 2  # reports that are set side by side
# Of several outcomes the first of these is that of the whole.
FIRST: tuple[Outcome, ...] = ("answered", "not_stated", "no_such_passage")
NEAREST, SUGGESTED = 3, 4  # as many as an answer holds


def joined(question: str, identity: str, answers: Sequence[Answer], beside: int = 0) -> Answer:
    """One answer of those of several reports, in their order; each names its report. `beside` counts reports that were not asked."""
    outcome = outcome_of([answer.outcome for answer in answers])
    parts = _side_by_side(answers) if len(answers) == PAIR else [part for one in answers for part in _all_of(one)]
    citations, sections = _numbered(parts)
    if len(answers) == PAIR:
        text = _compared(answers, parts)
    else:
        text = "\n\n".join(map(_under_its_name, answers)) if answers[1:] else answers[0].answer
    if beside:
        said = wording("several.beside", count=f"{beside:,}")
        sections = (*sections, Shown(None, "answer", None, [], said))
        text = f"{text}\n\n{said}"
    confidences = [one.confidence for one in answers if one.confidence is not None and one.outcome == outcome]
    notes = [note for one in answers for note in one.notes if note != "unsure" or outcome == "not_stated"]
    partly = ["partly"] if outcome == "answered" and any(one.outcome != "answered" for one in answers) else []
    first = answers[0]
    return replace(
        first, id=identity, question=question, outcome=outcome, confidence=max(confidences, default=None), answer=text,
        citations=tuple(citations), sections=sections, suggestions=first.suggestions[:SUGGESTED] if outcome == "unclear" else (),
        nearest=tuple(near for one in answers for near in one.nearest[:1])[:NEAREST] if outcome == "not_stated" else (),
        retrieved=(), notes=tuple(dict.fromkeys([*notes, *partly])), seconds=round(sum(one.seconds for one in answers), 5),
        mode="model" if any(one.mode == "model" for one in answers) else "extractive", reports=tuple(answers),
    )  # fmt: skip


def outcome_of(outcomes: Sequence[Outcome]) -> Outcome:
    """The outcome of the whole: the one they share, or what any report states, else that they do not state it."""
    if len(set(outcomes)) == 1:
        return outcomes[0]
    return next(one for one in (*FIRST, *outcomes) if one in outcomes and one != "error")


def name_of(answer: Answer) -> str:
    return str(answer.report["name"])


# ---- sections --------------------------------------------------------------------------------------------------

Part = tuple[Shown, Sequence[Citation]]  # a section with its citations themselves


def _all_of(answer: Answer) -> list[Part]:
    """The sections of one report's answer, each with the report's name as its column; a table's own column joins its row."""
    found: list[Part] = []
    for section in answer.sections:
        row = section.row if section.column is None else f"{section.row}, {section.column}"
        named = replace(section, row=row, column=name_of(answer))
        found.append((named, [answer.citations[at] for at in section.citations] if answer.outcome == "answered" else []))
    return found


def _side_by_side(answers: Sequence[Answer]) -> list[Part]:
    """The sections of all answers by heading; a report without a section under a printed heading gets one that says so."""
    parts = {name_of(answer): _under_headings(answer) for answer in answers}
    found = []
    for heading in dict.fromkeys(heading for of_report in parts.values() for heading in of_report):
        for name, of_report in parts.items():
            said = of_report.get(heading)
            if said is None and heading is not None:
                said = [(Shown(heading, "not_stated", None, [], wording("several.nothing_here"), column=name), ())]
            found += said or []
    return found


def _under_headings(answer: Answer) -> dict[str | None, list[Part]]:
    """The sections of one answer by the heading that they stand under; None before the first."""
    found: dict[str | None, list[Part]] = {}
    table: str | None = None  # of a table the first cell alone carries the heading
    for section, cited in _all_of(answer):
        heading = section.heading or (table if section.row is not None else None)
        table = heading if section.row is not None else None
        found.setdefault(heading, []).append((section, cited))
    return found


def _numbered(parts: Sequence[Part]) -> tuple[list[Citation], tuple[Shown, ...]]:
    """The citations of all parts in order, and their sections, which name them by position."""
    citations: list[Citation] = []
    sections = []
    for section, cited in parts:
        sections.append(replace(section, citations=list(range(len(citations), len(citations) + len(cited)))))
        citations += cited
    return citations, tuple(sections)


# ---- text ------------------------------------------------------------------------------------------------------


def _under_its_name(answer: Answer) -> str:
    """A report's name, its answer as it is given alone, and the nearest passages where it does not say."""
    return "\n".join([name_of(answer), answer.answer, *_nearest(answer)])


def _nearest(answer: Answer) -> list[str]:
    opening = [wording("not_stated.nearest")] if answer.nearest and "unsure" not in answer.notes else []
    return [*opening, *(f"- {shown(one)}" for one in answer.nearest)]


def _compared(answers: Sequence[Answer], parts: Sequence[Part]) -> str:
    """The headings that both share, under each the reports by name, under each of these what it says."""
    blocks, heading, name = [], None, None
    by_name = {name_of(answer): answer for answer in answers}
    if not any(section.heading for section, _ in parts):
        return "\n\n".join(map(_under_its_name, answers))
    for section, cited in parts:
        lines = []
        above = section.heading if section.heading or section.row is None else heading
        if above != heading:
            heading, name = above, None
            lines += ["", heading] if heading else [""]
        if section.column != name:
            name = section.column
            lines.append(str(name))
        lines += [line for line in (section.text,) if line]
        lines += [f"- {section.row}: {one.quote} [{one.label}]" if section.row else f"- {shown(one)}" for one in cited]
        if section.role == "not_stated" and section.heading is None and name is not None:
            lines += _nearest(by_name[name])
        blocks.append("\n".join(lines))
    return "\n".join(blocks).strip()
