"""Evidence -> statements -> sections, for every question kind and for sentences chosen by code or by a model. A sentence is
quoted if it probably belongs in the answer; the plan bounds how much. Decides no outcome.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from assistant.answer import Role, Section, Statement
from assistant.answering.evidence import Evidence
from assistant.answering.scrutiny import question_on
from assistant.question.kinds import FACT, KINDS, Plan
from assistant.words.leaning import LEANS, REVERSES
from assistant.words.polarity import MIXED, NEGATIVE, NEUTRAL, POSITIVE, Polarity, polarity
from index.passages import Passage, Report
from index.store import Index
from prompts import wording

# Chosen on development cases (docs/experiments.md, 28 November 2026).
LIKELY_BROAD, LIKELY_FACT = 0.04, 0.25  # the probability from which a sentence is said, of broad messages and of facts
LIKELY_READ = 0.15  # the same of broad messages where a cross-encoder read the sentences (Doncaster's report, 29 November 2026)
LIKELY_TAUGHT = 0.12  # and where the report was taught (Doncaster's report, taught by other authors, 30 November 2026)
BESIDE = 0.35  # share of the likeliest sentence's probability that another must reach, where a fact is asked for
BESIDE_TAUGHT = 0.5  # the same where the report was taught
SAME = 0.80  # cosine from which two sentences say the same, so that only one of them is said
NEARLY_SAME, ALSO = 0.78, 3  # cosine from which another passage says nearly the same, and how many such places are told
FIGURE = 3  # sentences of a figure up to which it is quoted whole in a comparison: "495 ...", "This is an increase from 475 ..."
HEADLINE = 4  # statements from which one opens the answer
WEIGHED = (
    "briefing",
    "evidence",
    "fact",
    "theme",
    "whole",
)  # kinds whose answer opens with a grade that it quotes, and weighs it
ROLES: dict[Polarity, Role] = {
    POSITIVE: "good",
    NEGATIVE: "weak",
    MIXED: "mixed",
    NEUTRAL: "neutral",
}  # roles double as keys of the wording

Near = Callable[[list[str]], np.ndarray]  # texts -> their unit vectors, (texts, d)


def select(index: Index, evidence: Evidence, plan: Plan, least: float | None = None) -> list[int]:
    """Positions of the sentences to say, best first: always the likeliest, then those that probably belong (from `least` on)."""
    probabilities = evidence.probabilities
    fact = float(evidence.kinds[FACT])
    if least is None:
        broad = LIKELY_BROAD if evidence.read is None else LIKELY_READ if evidence.bare is None else LIKELY_TAUGHT
        beside = BESIDE if evidence.bare is None else BESIDE_TAUGHT
        least = max(broad + (LIKELY_FACT - broad) * fact, beside * fact * float(probabilities.max(initial=0.0)))
    chosen: list[int] = []
    said: set[tuple[int, int]] = set()
    spent = 0
    for at in map(int, np.argsort(-probabilities, kind="stable")):
        if len(chosen) >= plan.most or (chosen and probabilities[at] < least) or probabilities[at] <= 0:
            break
        if twin(index, at, chosen) is not None:
            continue
        sentence = index.sentences[at]
        passage = index.report.passages[sentence.passage]
        fresh = {(sentence.passage, place) for place in needed(passage, sentence.place, plan.shape)} - said
        size = sum(len(passage.sentences[place].split()) for _, place in fresh)
        if chosen and spent + size > plan.words:
            continue
        chosen.append(at)
        said |= fresh
        spent += size
    return chosen


def completed(index: Index, evidence: Evidence, chosen: Sequence[int]) -> list[int]:
    """What an answer says (positions, best first) with what it must not leave out: a quoted passage's likeliest sentence, the
    other side.
    """
    return [*chosen, *_of_quoted(index, evidence.probabilities, chosen), *_other_side(index, evidence, chosen)]


def _of_quoted(index: Index, probabilities: np.ndarray, chosen: Sequence[int]) -> list[int]:
    """The likeliest sentence of each quoted passage, where only one like it in another passage stood in its way.

    Beside it the passage's other sentences would be quoted without the one that says what they are about.
    """
    back = []
    for passage in dict.fromkeys(index.sentences[at].passage for at in chosen):
        rows = np.arange(int(index.starts[passage]), int(index.starts[passage + 1]))
        best = int(rows[probabilities[rows].argmax()])
        if best not in chosen and twin(index, best, chosen) is not None:
            back.append(best)
    return back


def _other_side(index: Index, evidence: Evidence, chosen: Sequence[int]) -> list[int]:
    """Where a grade is quoted and no criticism is, the likeliest criticism: an answer on how good something is says both."""
    passages = index.report.passages
    given = grades(index.report)
    if evidence.kind not in WEIGHED or not any(passages[index.sentences[at].passage].id in given for at in chosen):
        return []
    if any(_criticises(index, at) for at in chosen):
        return []
    for at in map(int, np.argsort(-evidence.probabilities, kind="stable")):
        if evidence.probabilities[at] < LIKELY_BROAD:
            return []
        if _criticises(index, at) and twin(index, at, chosen) is None:
            return [at]
    return []


def _criticises(index: Index, at: int) -> bool:
    sentence = index.sentences[at]
    inspectors = index.report.passages[sentence.passage].kind in ("finding", "summary")
    return inspectors and polarity(sentence.text) in (NEGATIVE, MIXED)


def grades(report: Report) -> frozenset[str]:
    """Ids of the passages that are a grade of this inspection: its judgements, and headings that repeat one."""
    newest = max((one.year for one in report.judgements), default=0)
    given = [one for one in report.judgements if one.year == newest]
    words = {one.grade.casefold() for one in given}
    headings = (p.id for p in report.passages if p.kind == "heading" and any(word in p.text.casefold() for word in words))
    return frozenset([*(one.passage for one in given), *headings])


def twin(index: Index, at: int, chosen: Sequence[int]) -> int | None:
    """The chosen position whose sentence says the same as this one, or None."""
    vectors = index.sentence_vectors
    return next((c for c in chosen if float(vectors[at] @ vectors[c]) >= SAME), None)


# ---- statements ------------------------------------------------------------------------------------------------


def stated(index: Index, rows: Sequence[int], doubles: bool = False, shape: str = "flat") -> list[Statement]:
    """Sentences (positions, best first) as quotes: without near-duplicates, with the neighbours they need, grouped by context or
    passage.

    With `doubles`, a near-duplicate from another passage is quoted too if its passage is quoted anyway. `shape`: the plan's.
    """
    taken: dict[int, list[int]] = {}
    kept: list[int] = []
    doubled: list[int] = []
    for at in dict.fromkeys(rows):
        like = twin(index, at, kept)
        if like is None:
            kept.append(at)
            taken.setdefault(index.sentences[at].passage, []).append(at)
        elif index.sentences[like].passage != index.sentences[at].passage:
            doubled.append(at)
    for at in doubled if doubles else ():
        if index.sentences[at].passage in taken:
            taken[index.sentences[at].passage].append(at)
    under: dict[str, list[Statement]] = {}  # what stands under the same words is shown together, under them once
    for places in taken.values():
        passage = index.report.passages[index.sentences[places[0]].passage]
        under.setdefault(passage.context or passage.id, []).extend(
            Statement(passage, passage.between(run[0], run[-1]), also_said(index, at))
            for run, at in _units(index, sorted(places), shape)
        )
    return [statement for group in under.values() for statement in group]


def needed(passage: Passage, place: int, shape: str = "flat") -> set[int]:
    """The places of the sentence, of the one before it if it leans on that, and of the next one if that reverses it. In a
    comparison a figure is quoted with what it is compared with.
    """
    parts = passage.sentences
    if shape == "compared" and passage.kind == "figure" and len(parts) <= FIGURE:
        return set(range(len(parts)))
    found = {place}
    if place > 0 and LEANS.match(parts[place]):
        found.add(place - 1)
    if place + 1 < len(parts) and REVERSES.match(parts[place + 1]):
        found.add(place + 1)
    return found


def _units(index: Index, rows: list[int], shape: str) -> list[tuple[list[int], int]]:
    """The sentences of one passage as quotations. Each is a quotation of its own, so that praise and criticism can stand apart;
    overlapping ones are joined.
    """
    units: list[tuple[list[int], int]] = []
    for at in rows:
        sentence = index.sentences[at]
        places = sorted(needed(index.report.passages[sentence.passage], sentence.place, shape))
        if units and units[-1][0][-1] >= places[0]:
            units[-1] = (sorted({*units[-1][0], *places}), units[-1][1])
        else:
            units.append((places, at))
    return units


def also_said(index: Index, at: int) -> tuple[str, ...]:
    """Labels of up to ALSO other passages with a sentence that says nearly the same."""
    near = [index.sentences[a].passage for a in index.said_like(at, NEARLY_SAME)[:12]]
    passages = dict.fromkeys(passage for passage in near if passage != index.sentences[at].passage)
    return tuple(index.report.passages[passage].place for passage in list(passages)[:ALSO])


# ---- sections --------------------------------------------------------------------------------------------------


def arranged(
    index: Index, rows: Sequence[int], kind: str, sides: Sequence[str] = (), near: Near | None = None
) -> tuple[Section, ...]:
    """The sections of an answer of a kind, for sentences chosen by whomever (positions, best first).

    For a comparison with two `sides`, each sentence goes to the side it is nearer to; `near` gives the vectors of the sides.
    """
    plan = KINDS[kind]
    given = grades(index.report)
    statements = stated(index, rows, doubles=True, shape=plan.shape)
    if kind in WEIGHED:
        statements.sort(key=lambda one: one.passage.id not in given)  # what a grade says is never left to the end
    if plan.shape == "one" and plan.heading:
        role: Role = "recommended" if kind == "recommendations" else "good"
        return _one(wording(f"answered.{plan.heading}"), statements, role)
    if plan.shape == "compared" and len(sides) == 2 and near is not None:
        return _compared(index, rows, sides, near([*sides]))
    if plan.shape == "asked":
        return _asked(statements)
    if plan.shape == "flat" or len(statements) < HEADLINE:
        return _one(None, statements, "answer")
    return (Section(None, (statements[0],), "headline"), *by_polarity(statements[1:], given))


def _one(heading: str | None, statements: Sequence[Statement], role: Role) -> tuple[Section, ...]:
    return (Section(heading, tuple(statements), role),) if statements else ()


def by_polarity(statements: Sequence[Statement], given: frozenset[str] = frozenset()) -> tuple[Section, ...]:
    """Statements in sections under fixed headings: judgements, positive, negative, mixed, neutral, recommendations.

    `given`: ids of further passages that are grades.
    """
    groups: dict[Polarity, list[Statement]] = {POSITIVE: [], NEGATIVE: [], MIXED: [], NEUTRAL: []}
    judged = [s for s in statements if s.passage.kind == "judgement" or s.passage.id in given]
    recommended = [s for s in statements if s.passage.kind == "recommendation"]
    for statement in statements:
        if statement.passage.kind in ("finding", "summary"):
            groups[polarity(statement.quote)].append(statement)
        elif statement not in judged and statement not in recommended:
            groups[NEUTRAL].append(statement)  # a date, a figure: it praises nobody
    return (
        *_one(wording("answered.overall"), judged, "judgement"),
        *(Section(wording(f"answered.{ROLES[mark]}"), tuple(rows), ROLES[mark]) for mark, rows in groups.items() if rows),
        *_one(wording("answered.recommended"), recommended, "recommended"),
    )


def _compared(index: Index, rows: Sequence[int], sides: Sequence[str], vectors: np.ndarray) -> tuple[Section, ...]:
    """Each side's sentences under its name; none is under both."""
    groups: list[list[int]] = [[], []]
    for at in rows:
        passage = index.sentences[at].passage
        nearness = vectors @ (index.sentence_vectors[at] + index.passage_vectors[passage])
        groups[int(nearness.argmax())].append(at)
    return tuple(
        Section(wording("answered.side", side=side), tuple(stated(index, group, shape="compared")), "side", side)
        for side, group in zip(sides, groups, strict=True) if group
    )  # fmt: skip


def _asked(statements: Sequence[Statement]) -> tuple[Section, ...]:
    """Suggested questions for scrutiny, each once, with all statements that it rests on. Statements about somebody who could be
    identified suggest none.
    """
    asked: dict[str | None, list[Statement]] = {}
    for statement in statements:
        asked.setdefault(question_on(statement), []).append(statement)
    silent = asked.pop(None, [])
    heading: str | None = wording("answered.suggested")
    sections = []
    for text, basis in asked.items():
        sections.append(Section(heading, tuple(basis), "suggested", text=text))
        heading = None
    return (*sections, *_one(None, silent, "answer"))
