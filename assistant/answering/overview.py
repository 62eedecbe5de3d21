"""The document itself: the sections that answer what it is and what it says as a whole.

Such messages have no subject to search for, so their wording must not matter: all of them get what the report's own layout puts
first (its title, judgements, dates) and the weightiest sentences of its summary, one a passage. Which messages these are:
assistant/lookups/askings.py.
"""

from __future__ import annotations

import re
from collections import Counter

from assistant.answer import Section, Statement
from assistant.answering.evidence import Evidence
from assistant.answering.selecting import by_polarity, needed, stated
from assistant.lookups.judgements import OVERALL, inspections, statements_of
from assistant.words.leaning import LEANS
from index.opened import Index
from index.text.numbers import NUMBER_WORDS
from index.text.words import words
from prompts import wording

EACH = 2  # sentences of a passage of the summary that are quoted, so that every part of it has its say
OPENING = 6  # words of a sentence in which it may point back
SAID: dict[str, tuple[int, int]] = {
    "about": (90, 3),
    "summary": (170, 12),
    "children": (200, 14),
}  # words and sentences of the report's summary that are quoted
PLAINLY: dict[str, str] = {
    "about": "What is this report about?",
    "summary": "What are the main findings of the report?",
    "children": "What does the summary for children and young people say?",
}
_POINTS = re.compile(r"([a-z]+|\d{1,2})[ -]{1,2}(?:(?:key|main|short) )?(?:bullets?|points?|sentences?|lines?|things|quotes)\b")


def overview(index: Index, evidence: Evidence, asked: str, text: str) -> tuple[Section, ...]:
    """The sections on the document as a whole: what it is ("about"), what it says ("summary"), what it tells children. `evidence`
    weighs its sentences; `text` may say how many points are wanted.
    """
    points, (room, most) = _points(text), SAID[asked]
    if asked == "children":
        told = stated(index, weightiest(index, evidence, room, points or most, "young people"))
        return (Section(wording("answered.for_children"), tuple(told)),) if told else ()
    judged = [one for one in index.report.judgements if one.year == max(inspections(index.report))]
    overall, graded = (
        statements_of(index.report, [one for one in judged if (one.service == OVERALL) == of_all]) for of_all in (True, False)
    )
    cover = [passage for passage in index.report.passages if passage.part == "cover" and passage.kind == "context"]
    first = overall or [Statement(passage, passage.text) for passage in cover[:1]]
    if asked == "about":
        first = [Statement(passage, passage.text) for passage in cover] or first
        graded = [*(one for one in overall if one not in first), *graded]
    if asked == "summary":
        graded, most = [], max(1, points - len(first)) if points else most
    told = stated(index, weightiest(index, evidence, room, most))
    return (
        *([Section(None, tuple(first), "headline")] if first else []),
        *([Section(wording("answered.graded"), tuple(graded), "judgement")] if graded else []),
        *by_polarity(told),
    )


def weightiest(index: Index, evidence: Evidence, room: int, most: int, part: str = "summary") -> list[int]:
    """Positions of the likeliest sentences of a part of the report, EACH of a passage, in reading order, as many as fit into
    `room` words; of a report without a summary, of its findings.
    """
    passages = index.report.passages
    told = [passage.kind == "summary" and passage.part == part for passage in passages]
    if part == "summary" and not any(told):
        told = [passage.kind == "finding" for passage in passages]
    rows = [at for at, sentence in enumerate(index.sentences) if told[sentence.passage] and not _points_back(sentence.text)]
    taken: Counter[int] = Counter()
    chosen: list[int] = []
    spent = 0
    for at in sorted(rows, key=lambda at: -float(evidence.probabilities[at])):
        sentence = index.sentences[at]
        sentences = passages[sentence.passage].sentences
        size = sum(len(sentences[place].split()) for place in needed(passages[sentence.passage], sentence.place))
        if len(chosen) < most and taken[sentence.passage] < EACH and (not chosen or spent + size <= room):
            chosen.append(at)
            taken[sentence.passage] += 1
            spent += size
    return sorted(chosen)


def _points_back(sentence: str) -> bool:
    """Whether a sentence speaks of something named before it; one that only may do so is left out as well, since others will do."""
    return LEANS.match(sentence) is not None or bool(set(words(sentence)[:OPENING]) & {"these", "this", "those"})


def _points(text: str) -> int | None:
    """How many points a message wants ("in five bullet points")."""
    match = _POINTS.search(text.casefold())
    told = NUMBER_WORDS.get(match[1], match[1]) if match else ""
    return int(told) if told.isdecimal() and int(told) else None
