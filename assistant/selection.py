"""Which sentences, how many, in what order, with what context: hits -> statements. Pure; decides no outcome.

Facts: the sentence that states the thing first, and what it cannot be understood without. Themes: the most central
passages of every part of the report, what works and what needs to improve apart, within a budget of words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assistant.answer import Role, Section, Statement
from assistant.polarity import MIXED, NEGATIVE, NEUTRAL, POSITIVE, polarity
from index.passages import Passage
from index.search import Found
from index.store import Index
from index.words import tokens
from prompts import wording

LEANS = re.compile(  # a sentence that cannot be understood without the one before it
    r"^(?:They|These|This|It|Their|Its|He|She|Those|As a result|However|But|Therefore|Consequently|Last year|To (?:\w+ )?this|\w+ (?:this|these|those|they))\b"
)
_REVERSES = re.compile(r"^(?:However|But|Nevertheless|Yet)\b")


ROLES: dict[str, Role] = {POSITIVE: "good", NEGATIVE: "weak", MIXED: "mixed", NEUTRAL: "neutral"}  # and keys of the wording


@dataclass(frozen=True)
class Limits:
    """How much is said: chosen on development questions (docs/experiments.md)."""

    passages: int = 2  # passages of a fact
    near: float = 0.90  # share of the best score that a further passage must reach
    sentences: int = 2  # sentences of a passage, before those they need to be understood
    within: float = 0.70  # share of its passage's best score that a further sentence must reach
    same: float = 0.80  # cosine from which two sentences of different passages say the same
    theme_share: float = 0.60
    theme_passages: int = 4
    theme_sentences: int = 3
    theme_words: int = 235
    polar_passages: int = 6  # where what works is asked for alone, or what does not: fewer sentences of each fit
    recommended: float = 0.90  # share of the best recommendation's score that another must reach
    brief_passages: int = 12
    brief_sentences: int = 1
    bearing: float = 0.60  # share of the best score that a recommendation nobody asked for must reach
    brief_share: float = 0.57
    brief_words: int = 270  # beside the judgement and a recommendation


LIMITS = Limits()


def choose_fact(found: Found, limits: Limits = LIMITS) -> list[Statement]:
    """The sentences that state what is asked: of the best passage, and of another one that comes near to it."""
    index, scores = found.index, found.sentence_scores
    order = np.argsort(-found.passage_scores, kind="stable")[: 2 * limits.passages]
    best = float(found.passage_scores[order[0]])
    chosen: list[int] = []
    for passage in map(int, order):
        if best <= 0 or found.passage_scores[passage] < limits.near * best or len(chosen) >= limits.passages:
            break
        at = _fuller(index, _top(index, passage, scores), scores, limits.same)
        if _twin(index, at, chosen, limits.same) is None and all(
            index.sentences[at].passage != index.sentences[c].passage for c in chosen
        ):
            chosen.append(at)
    return [statement for at in chosen for statement in _quoted(index, at, scores, limits)]


def choose_list(found: Found, most: int = 10) -> list[Statement]:
    """The list that the best passage is a member of, whole: what stands under the same words; nothing if it is in no list."""
    passages = found.index.report.passages
    best = passages[int(found.passage_scores.argmax())]
    if best.context is None or best.kind == "judgement":
        return []
    members = [p for p in passages if p.context == best.context and p.page in (best.page, best.page + 1, best.page - 1)]
    return [Statement(p, p.text) for p in members] if 1 < len(members) <= most else []


def choose_figures(found: Found, asked: frozenset[str], near: float = 0.8, words: int = 330) -> list[Statement]:
    """All figures under the heading of the best figure of which the question holds a word that is this heading's own.

    Only figures that come near the best passage count, and without one there is nothing. `asked` are the question's stems; `words` is the most that all figures may
    have: what is longer is no list to read at a glance.
    """
    passages, scores = found.index.report.passages, found.passage_scores
    figures = [at for at, passage in enumerate(passages) if passage.kind == "figure"]
    near_ones = [at for at in figures if scores[at] > 0 and scores[at] >= near * scores.max()]
    headings = {(passages[at].section, passages[at].subsection) for at in figures}
    for at in sorted(near_ones, key=lambda figure: -float(scores[figure])):
        heading = (passages[at].section, passages[at].subsection)
        others = {token for other in headings - {heading} for token in tokens(other[1] or "")}
        if asked & (set(tokens(heading[1] or "")) - others):
            members = [
                p for p in passages if (p.section, p.subsection) == heading and p.kind in ("figure", "context") and p.searchable
            ]
            return [Statement(p, p.text) for p in members] if sum(len(p.text.split()) for p in members) <= words else []
    return []


def _rows(index: Index, passage: int) -> np.ndarray:
    """Positions of the sentences of a passage, in order."""
    first = index.starts[passage]
    return np.arange(first, first + len(index.report.passages[passage].sentences))


def _top(index: Index, passage: int, scores: np.ndarray) -> int:
    rows = _rows(index, passage)
    return int(rows[scores[rows].argmax()])


def _twin(index: Index, at: int, chosen: list[int], same: float) -> int | None:
    """The chosen sentence that says the same as this one."""
    vectors = index.sentence_vectors
    return next((c for c in chosen if float(vectors[at] @ vectors[c]) >= same), None)


def _fuller(index: Index, at: int, scores: np.ndarray, same: float) -> int:
    """The numbered finding that says the same as a summary's sentence and scores nearly as well, or the sentence itself."""
    passage = index.report.passages[index.sentences[at].passage]
    if passage.kind != "summary":
        return at
    numbered = [
        int(a) for a in np.sort(index.said_like(at, same))
        if index.report.passages[index.sentences[a].passage].kind == "finding" and scores[a] >= 0.8 * scores[at]
    ]  # fmt: skip
    return max(numbered, key=lambda a: float(scores[a]), default=at)


def _quoted(index: Index, at: int, scores: np.ndarray, limits: Limits) -> list[Statement]:
    """A passage's best sentences, each with what it cannot be understood without; neighbours become one quotation."""
    number = index.sentences[at].passage
    passage = index.report.passages[number]
    rows = _rows(index, number)
    ranked = [int(row) for row in rows[np.argsort(-scores[rows], kind="stable")] if scores[row] >= limits.within * scores[at]]
    places: set[int] = set()
    for row in [at, *[row for row in ranked if row != at]][: limits.sentences]:
        places |= _needed(passage, index.sentences[row].place)
    places |= {place + 1 for place in places if place + 2 in places}  # what stands between is not left out unmarked
    return [Statement(passage, contiguous(passage, run[0], run[-1]), also_said(index, at)) for run in _runs(sorted(places))]


def _needed(passage: Passage, place: int) -> set[int]:
    """The sentence, the one before it when it leans on it, and the next when that reverses it."""
    parts = passage.sentences
    needed = {place}
    if place > 0 and LEANS.match(parts[place]):
        needed.add(place - 1)
    if place + 1 < len(parts) and _REVERSES.match(parts[place + 1]):
        needed.add(place + 1)
    return needed


def _runs(places: list[int]) -> list[list[int]]:
    """Places grouped into runs of neighbours."""
    runs: list[list[int]] = []
    for place in places:
        if runs and runs[-1][-1] == place - 1:
            runs[-1].append(place)
        else:
            runs.append([place])
    return runs


def contiguous(passage: Passage, first: int, last: int) -> str:
    """The passage's text from one sentence to another, verbatim."""
    parts = passage.sentences
    start = passage.text.find(parts[first])
    end = passage.text.find(parts[last], start) + len(parts[last])
    return passage.text[start:end]


def also_said(index: Index, at: int, same: float = 0.78, most: int = 3) -> tuple[str, ...]:
    """Places of other passages with a sentence that says nearly the same."""
    near = [index.sentences[a].passage for a in index.said_like(at, same)[:12]]
    passages = dict.fromkeys(passage for passage in near if passage != index.sentences[at].passage)
    return tuple(index.report.passages[passage].place for passage in list(passages)[:most])


# ---- themes ----------------------------------------------------------------------------------------------------


def choose_theme(
    found: Found, scores: np.ndarray, *, wanted: tuple[str, ...] = (), passages: int, budget: int, share: float,
    candidates: np.ndarray | None = None, sentences: int = LIMITS.theme_sentences,
) -> list[Statement]:  # fmt: skip
    """The most central sentences on a subject, at most `sentences` a passage, without near-duplicates, within `budget` words.

    `wanted` restricts to polarities (mixed ones always pass). Best first.
    """
    index = found.index
    if candidates is not None:
        scores = np.where(candidates, scores, 0.0)
    order = np.argsort(-scores, kind="stable")[:120]
    best = float(scores[order[0]]) if len(order) else 0.0
    taken: dict[int, list[int]] = {}
    spent = 0
    for at in map(int, order):
        if scores[at] <= 0 or scores[at] < share * best:
            break
        sentence = index.sentences[at]
        if wanted and polarity(sentence.text) not in (*wanted, MIXED):
            continue
        if sentence.passage not in taken and len(taken) >= passages:
            continue
        if len(taken.get(sentence.passage, [])) >= sentences:
            continue
        if _twin(index, at, [a for places in taken.values() for a in places], LIMITS.same) is not None:
            continue
        size = len(_unit_text(index, at).split())
        if spent + size > budget:
            continue
        taken.setdefault(sentence.passage, []).append(at)
        spent += size
    return _of_passages(index, taken)


def stated_in(index: Index, rows: Sequence[int]) -> list[Statement]:
    """Sentences chosen elsewhere (positions, best first) as statements: without near-duplicates, with what they need, by passage."""
    taken: dict[int, list[int]] = {}
    kept: list[int] = []
    for at in dict.fromkeys(rows):
        if _twin(index, at, kept, LIMITS.same) is None:
            kept.append(at)
            taken.setdefault(index.sentences[at].passage, []).append(at)
    return _of_passages(index, taken)


def _of_passages(index: Index, taken: dict[int, list[int]]) -> list[Statement]:
    """Sentences by passage as statements, each with what it cannot be understood without."""
    statements = []
    for places in taken.values():
        passage = index.report.passages[index.sentences[places[0]].passage]
        for run, at in _units(index, sorted(places)):
            statements.append(Statement(passage, contiguous(passage, run[0], run[-1]), also_said(index, at)))
    return statements


def _unit(index: Index, at: int) -> list[int]:
    """The places of a sentence and of what it cannot be understood without."""
    sentence = index.sentences[at]
    return sorted(_needed(index.report.passages[sentence.passage], sentence.place))


def _unit_text(index: Index, at: int) -> str:
    passage = index.report.passages[index.sentences[at].passage]
    return " ".join(passage.sentences[place] for place in _unit(index, at))


def _units(index: Index, rows: list[int]) -> list[tuple[list[int], int]]:
    """The sentences of one passage as quotations: apart, so that praise and criticism can be, unless they overlap."""
    units: list[tuple[list[int], int]] = []
    for at in rows:
        places = _unit(index, at)
        if units and units[-1][0][-1] >= places[0]:
            units[-1] = (sorted({*units[-1][0], *places}), units[-1][1])
        else:
            units.append((places, at))
    return units


def grouped(statements: list[Statement]) -> tuple[Section, ...]:
    """What works, what needs to improve, sentences that say both, and plain ones, under their fixed headings."""
    groups: dict[str, list[Statement]] = {POSITIVE: [], NEGATIVE: [], MIXED: [], NEUTRAL: []}
    for statement in statements:
        mark = polarity(statement.quote)
        if statement.passage.kind == "recommendation":
            mark = NEGATIVE
        groups[mark].append(statement)
    return tuple(Section(wording(f"answered.{ROLES[mark]}"), tuple(rows), ROLES[mark]) for mark, rows in groups.items() if rows)
