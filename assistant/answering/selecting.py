"""Evidence -> statements -> sections: one selector for every kind of question, and what the engine's and a model's choice have in
common. A sentence is said where it probably belongs into the answer; how much is said follows from that, within the plan. Pure;
decides no outcome.
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
from index.passages import Passage
from index.store import Index
from prompts import wording

# Chosen on development cases (docs/experiments.md, 28 November 2026).
LIKELY_BROAD, LIKELY_FACT = 0.04, 0.25  # the probability from which a sentence is said, of broad messages and of facts
LIKELY_READ = 0.15  # the same of broad messages where a cross-encoder read the sentences (Doncaster's report, 29 November 2026)
LIKELY_TAUGHT = 0.12  # and where the report was taught (Doncaster's report, taught by other authors, 30 November 2026)
BESIDE, BESIDE_TAUGHT = 0.35, 0.5  # share of the likeliest sentence's probability that another must reach, where a fact is asked for
SAME = 0.80  # cosine from which two sentences say the same, so that only one of them is said
NEARLY_SAME, ALSO = 0.78, 3  # cosine from which another passage says nearly the same, and how many such places are told
HEADLINE = 4  # statements from which one opens the answer
ROLES: dict[Polarity, Role] = {POSITIVE: "good", NEGATIVE: "weak", MIXED: "mixed", NEUTRAL: "neutral"}  # and keys of the wording

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
        fresh = {(sentence.passage, place) for place in needed(passage, sentence.place)} - said
        size = sum(len(passage.sentences[place].split()) for _, place in fresh)
        if chosen and spent + size > plan.words:
            continue
        chosen.append(at)
        said |= fresh
        spent += size
    return chosen


def twin(index: Index, at: int, chosen: Sequence[int]) -> int | None:
    """The chosen sentence that says the same as this one."""
    vectors = index.sentence_vectors
    return next((c for c in chosen if float(vectors[at] @ vectors[c]) >= SAME), None)


# ---- statements ------------------------------------------------------------------------------------------------


def stated(index: Index, rows: Sequence[int]) -> list[Statement]:
    """Sentences (positions, best first) as statements: without near-duplicates, with what they need, by passage."""
    taken: dict[int, list[int]] = {}
    kept: list[int] = []
    for at in dict.fromkeys(rows):
        if twin(index, at, kept) is None:
            kept.append(at)
            taken.setdefault(index.sentences[at].passage, []).append(at)
    under: dict[str, list[Statement]] = {}  # what stands under the same words is shown together, under them once
    for places in taken.values():
        passage = index.report.passages[index.sentences[places[0]].passage]
        under.setdefault(passage.context or passage.id, []).extend(
            Statement(passage, contiguous(passage, run[0], run[-1]), also_said(index, at))
            for run, at in _units(index, sorted(places))
        )
    return [statement for group in under.values() for statement in group]


def needed(passage: Passage, place: int) -> set[int]:
    """The places of the sentence, of the one before it if it leans on that, and of the next one if that reverses it."""
    parts = passage.sentences
    found = {place}
    if place > 0 and LEANS.match(parts[place]):
        found.add(place - 1)
    if place + 1 < len(parts) and REVERSES.match(parts[place + 1]):
        found.add(place + 1)
    return found


def _units(index: Index, rows: list[int]) -> list[tuple[list[int], int]]:
    """The sentences of one passage as quotations. Each is a quotation of its own, so that praise and criticism can stand apart;
    overlapping ones are joined.
    """
    units: list[tuple[list[int], int]] = []
    for at in rows:
        sentence = index.sentences[at]
        places = sorted(needed(index.report.passages[sentence.passage], sentence.place))
        if units and units[-1][0][-1] >= places[0]:
            units[-1] = (sorted({*units[-1][0], *places}), units[-1][1])
        else:
            units.append((places, at))
    return units


def contiguous(passage: Passage, first: int, last: int) -> str:
    """The passage's text from one sentence to another, verbatim."""
    parts = passage.sentences
    start = passage.text.find(parts[first])
    end = passage.text.find(parts[last], start) + len(parts[last])
    return passage.text[start:end]


def also_said(index: Index, at: int) -> tuple[str, ...]:
    """Places of other passages with a sentence that says nearly the same."""
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
    statements = stated(index, rows)
    if plan.shape == "one" and plan.heading:
        role: Role = "recommended" if kind == "recommendations" else "good"
        return _one(wording(f"answered.{plan.heading}"), statements, role)
    if plan.shape == "compared" and len(sides) == 2 and near is not None:
        return _compared(index, rows, sides, near([*sides]))
    if plan.shape == "asked":
        return _asked(statements)
    if plan.shape == "flat" or len(statements) < HEADLINE:
        return _one(None, statements, "answer")
    return (Section(None, (statements[0],), "headline"), *by_polarity(statements[1:]))


def _one(heading: str | None, statements: Sequence[Statement], role: Role) -> tuple[Section, ...]:
    return (Section(heading, tuple(statements), role),) if statements else ()


def by_polarity(statements: Sequence[Statement]) -> tuple[Section, ...]:
    """Judgements, what works, what needs to improve, sentences that say both, plain ones, recommendations, under fixed headings."""
    groups: dict[Polarity, list[Statement]] = {POSITIVE: [], NEGATIVE: [], MIXED: [], NEUTRAL: []}
    judged = [s for s in statements if s.passage.kind == "judgement"]
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
        Section(wording("answered.side", side=side), tuple(stated(index, group)), "side", side)
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
