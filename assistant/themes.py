"""Questions on a subject rather than a fact -> sections: what works and what does not, what improved, two sides compared,
what was recommended, a briefing. Statements come from the search's scores; grouping from polarity. Decides no outcome.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from assistant.answer import Section, Statement
from assistant.caseless import Caseless
from assistant.polarity import MIXED, NEGATIVE, POSITIVE, polarity
from assistant.selection import LIMITS, choose_theme, grouped
from assistant.structure import judgement_statements, services_in
from assistant.understanding import Query, topic_of
from index.search import Found
from prompts import wording

NOT_FOUND = ("recommendation", "judgement", "heading")  # kinds that state no finding: what was asked for, and bare grades
Search = Callable[[str], Found]

_BETTER = Caseless(
    r"\b(?:improv\w+|better|progress\w*|since|increas\w+|reduc\w+|now|recent\w*|strengthen\w*|new|more|enhanc\w+|accelerat\w+|no longer|stabili\w+)\b",
)
_SIDES = re.compile(r"\b(?:compared? (?:to|with)|versus|vs\.?|differs? from|than|against)\b|\b(?:or|and)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Subject:
    """What a broad question is about: its query, its search, the scores of all sentences for it."""

    query: Query
    found: Found
    scores: np.ndarray


def form_of(kinds: frozenset[str]) -> str:
    """The form of a broad answer: the first kind that fits decides; praise and criticism asked for together are a theme."""
    for kind in ("comparison", "recommended", "scrutiny", "briefing"):
        if kind in kinds:
            return kind
    if not {"strengths", "weaknesses"} <= kinds:
        for kind in ("improved", "strengths", "weaknesses"):
            if kind in kinds:
                return kind
    return "theme"


def broad_sections(subject: Subject, search: Search) -> tuple[Section, ...]:
    """The sections for a broad question, in its form."""
    form = form_of(subject.query.kinds)
    if form == "comparison":
        if sections := comparison(subject, search):
            return sections
        form = form_of(subject.query.kinds - {"comparison"})
    if form == "recommended":
        return recommended(subject)
    if form == "scrutiny":
        return (*recommended(subject, most=2), *weaknesses(subject, budget=150))
    plans = {"briefing": briefing, "improved": improved, "strengths": strengths, "weaknesses": weaknesses}
    return plans.get(form, theme)(subject)


def under_headings(query: Query, statements: list[Statement]) -> tuple[Section, ...]:
    """Statements chosen for a broad question under the headings of its form."""
    form = form_of(query.kinds)
    if form == "recommended":
        return (Section(wording("answered.recommended"), tuple(statements), "recommended"),)
    if form == "improved":
        return (Section(wording("answered.improved"), tuple(statements), "good"),)
    return grouped(statements)


def theme(subject: Subject) -> tuple[Section, ...]:
    chosen = choose_theme(
        subject.found, subject.scores, passages=LIMITS.theme_passages, budget=LIMITS.theme_words, share=LIMITS.theme_share
    )
    return grouped(chosen)


def strengths(subject: Subject, budget: int = LIMITS.theme_words) -> tuple[Section, ...]:
    return grouped(_polar(subject, (POSITIVE,), budget))


def weaknesses(subject: Subject, budget: int = LIMITS.theme_words) -> tuple[Section, ...]:
    return grouped(_polar(subject, (NEGATIVE,), budget))


def _polar(subject: Subject, wanted: tuple[str, ...], budget: int) -> list[Statement]:
    return choose_theme(
        subject.found, subject.scores, wanted=wanted, passages=LIMITS.polar_passages, budget=budget, share=LIMITS.theme_share,
        candidates=_of_kind(subject, NOT_FOUND),
    )  # fmt: skip


def _of_kind(subject: Subject, left_out: tuple[str, ...]) -> np.ndarray:
    """Which sentences (bool) stand in passages of none of the kinds left out."""
    index = subject.found.index
    return np.array([index.report.passages[sentence.passage].kind not in left_out for sentence in index.sentences])


def improved(subject: Subject) -> tuple[Section, ...]:
    """Positive or mixed sentences with a word of change."""
    better = np.array(
        [polarity(s.text) in (POSITIVE, MIXED) and _BETTER.search(s.text) is not None for s in subject.found.index.sentences]
    )
    chosen = choose_theme(
        subject.found, subject.scores, passages=LIMITS.theme_passages, budget=LIMITS.theme_words,
        share=LIMITS.theme_share * 0.9, candidates=better,
    )  # fmt: skip
    return (Section(wording("answered.improved"), tuple(chosen), "good"),) if chosen else ()


def recommended(subject: Subject, most: int = 4) -> tuple[Section, ...]:
    """The recommendations on a subject, whole, best first."""
    index = subject.found.index
    passages = index.report.passages
    best: dict[int, float] = {}
    for at, sentence in enumerate(index.sentences):
        if passages[sentence.passage].kind == "recommendation":
            best[sentence.passage] = max(best.get(sentence.passage, 0.0), float(subject.scores[at]))
    order = sorted(best, key=lambda p: -best[p])
    floor = LIMITS.recommended * best[order[0]] if order else 0.0
    if "recommended" not in subject.query.kinds:  # not asked for: only one that is about the subject
        floor = max(floor, LIMITS.bearing * float(subject.scores.max()))
    chosen = [p for p in order if best[p] >= floor][:most]
    statements = tuple(Statement(passages[p], passages[p].text) for p in chosen)
    return (Section(wording("answered.recommended"), statements, "recommended"),) if statements else ()


def briefing(subject: Subject) -> tuple[Section, ...]:
    """The judgement for the area, what works, what does not, and the recommendations, within the words of a briefing."""
    report = subject.found.index.report
    services = services_in(subject.query.text)
    judged = judgement_statements(report, services) if services else []
    chosen = choose_theme(
        subject.found, subject.scores, passages=LIMITS.brief_passages, budget=LIMITS.brief_words,
        share=LIMITS.brief_share, sentences=LIMITS.brief_sentences,
        candidates=_of_kind(subject, NOT_FOUND),
    )  # fmt: skip
    sections = [Section(wording("answered.overall"), tuple(judged), "judgement")] if judged else []
    return (*sections, *grouped(chosen), *recommended(subject, most=1))


def comparison(subject: Subject, search: Search) -> tuple[Section, ...]:
    """Both sides of a comparison, each with its judgement if it is a graded service, and its own statements."""
    sides = sides_of(subject.query.text)
    if len(sides) != 2:
        return ()
    sections = []
    taken: set[tuple[str, str]] = set()
    for side in sides:
        found = search(_side_searched(side, subject.query.text))
        own = choose_theme(found, found.sentence_scores, passages=2, budget=90, share=0.8)
        judged = judgement_statements(found.index.report, services_in(side))[:1]
        rows = [s for s in (*judged, *own) if (s.passage.id, s.quote) not in taken]
        taken |= {(s.passage.id, s.quote) for s in rows}
        if rows:
            sections.append(Section(wording("answered.side", side=side), tuple(rows), "side", side))
    return tuple(sections) if len(sections) == 2 else ()


def sides_searched(text: str) -> tuple[str, ...]:
    """What the two sides of a comparison are searched by; nothing where there are not two."""
    sides = sides_of(text)
    return tuple(_side_searched(side, text) for side in sides) if len(sides) == 2 else ()


def _side_searched(side: str, text: str) -> str:
    return f"{side} - {text}"


def sides_of(text: str) -> list[str]:
    """The two things compared: "how do care leavers compare with adoption" -> both."""
    sides = [topic_of(part) for part in _SIDES.split(text)]
    return [side for side in sides if side]
