"""Messages that point at what a conversation has shown: where does it say that, the second one, tell me more.

Knows the turns of a conversation and the evidence of a search; searches nothing itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from assistant.answer import Draft, Outcome, Relation, Section, Statement, Turn
from assistant.answering.evidence import Evidence
from assistant.answering.selecting import arranged, select
from assistant.lookups.lookup import whole
from assistant.lookups.structure import asks_for_all_recommendations
from assistant.question.conversation import LEADING, PRONOUNS, subjects
from assistant.question.kinds import KINDS
from assistant.question.references import ordinal, references
from assistant.question.splitting import Near
from assistant.question.understanding import SUBJECTS
from index.passages import Passage, Report
from index.store import Index
from index.text.words import STOPWORDS, stem, words
from prompts import wording

LISTED = "recommendation"  # the kind of passages that is printed as a list, beside judgements
LEANT_ON: tuple[Outcome, ...] = ("answered", "not_stated", "no_such_passage")  # outcomes of questions that a message may lean on
# Chosen on development conversations (docs/experiments.md, 29 November 2026).
MORE_LEAST, MORE_BESIDE = 0.004, 0.2  # probability of a sentence that is told as more: at least, and beside the likeliest's
SUBJECT = 0.5  # likeness to a known question from which words beside "more" name a subject: "health" does, "theme" does not
NEAR_LEAST = 0.02  # probability that a sentence of the passages shown last has at least
NEAR_ODDS = 6.0  # how many times likelier than others it is told as more


def understood_so_far(turns: Sequence[Turn]) -> list[str]:
    """The questions of a conversation that a message may lean on, as they were understood, oldest first."""
    return [turn.understood for turn in turns if turn.outcome in LEANT_ON]


def leans(text: str, before: Sequence[str]) -> bool:
    """Whether a text may depend on the questions `before`: it names no passage and does not ask for all recommendations."""
    return bool(before) and not references(text) and not asks_for_all_recommendations(text)


def shown(turns: Sequence[Turn]) -> tuple[tuple[str, str], ...]:
    """The (passage, quote) pairs of the last answer that showed any."""
    return next((turn.quoted for turn in reversed(turns) if turn.quoted), ())


def brings_new(draft: Draft, turns: Sequence[Turn]) -> bool:
    """Whether a draft answers with a quote that the last answer lacked."""
    last = set(shown(turns))
    return draft.outcome == "answered" and not all((said.passage.id, said.quote) in last for said in draft.statements)


def pointed(index: Index, message: str, relation: Relation, text: str, turns: Sequence[Turn], near: Near) -> tuple[Relation, str]:
    """The relation of a message to the turns, and the question that it stands for, from those chosen without knowing what was
    shown.

    Needs a turn with an outcome in LEANT_ON. `near` gives likenesses to known questions.
    """
    asked = next(turn.understood for turn in reversed(turns) if turn.outcome in LEANT_ON)
    picked = item_of(index, message, turns)
    if picked is not None and (relation == "item" or only_picks(message)):
        return "item", asked_of(message, picked, index.report) or named(picked, index.report) or asked
    if relation == "item":  # "the nine point one, when was that": named by its words
        return "same", text
    if relation == "place":  # "where is that recommended?" is answered by another passage
        return ("swap", text) if _names_recommendation(message) else (relation, asked)
    if relation == "more":
        own = " ".join(span.of(message) for span in subjects(message, SUBJECTS | MORE))
        return relation, f"{own}: {asked}" if own and near([own])[1][0] >= SUBJECT else asked
    return relation, text


def located(index: Index, quoted: Sequence[tuple[str, str]]) -> Draft:
    """ "What page is that on?": what was quoted last, with its places."""
    passages = index.report.passages
    said = tuple(Statement(passages[index.positions[passage]], quote) for passage, quote in quoted)
    return Draft("answered", (Section(wording("answered.located"), said),))


def item_of(index: Index, message: str, turns: Sequence[Turn]) -> Passage | None:
    """The passage of the last list shown that "the second one" or "the next one" names; None if the message names no position.

    Answers that only picked from a list are skipped. A list that the report prints is preferred to a list of quotes; in a list of
    quotes each quote counts, even two of one passage.
    """
    passages = index.report.passages
    places = [[index.positions[passage] for passage, _ in turn.quoted] for turn in turns if turn.relation != "item"]
    if "next" in words(message):
        kinds = (LISTED,) if _names_recommendation(message) else tuple({passage.kind for passage in passages})
        last = next(
            (at for turn in reversed(turns) for p in turn.passages if passages[at := index.positions[p]].kind in kinds), None
        )
        following = passages[last + 1] if last is not None and last + 1 < len(passages) else None
        return (
            following
            if following is not None and following.kind in kinds and following.kind == passages[last or 0].kind
            else None
        )
    several = [place for place in reversed(places) if len(place) > 1]
    graded = {index.positions[judgement.passage] for judgement in index.report.judgements}
    printed = [place for place in several if all(at in graded or passages[at].kind == LISTED for at in place)]
    listed, place = next(iter(printed or several), []), ordinal(message)
    return passages[listed[place]] if place is not None and -len(listed) <= place < len(listed) else None


def asked_of(message: str, passage: Passage, report: Report) -> str | None:
    """The question that a message asks about the passage it picks; None where it asks nothing, or the passage has no name."""
    name = named(passage, report)
    return f"{name}: {message.strip(' ?.!,')}?" if name and not only_picks(message) else None


def named(passage: Passage, report: Report) -> str | None:
    """What a question can call the passage: the service of its judgement, or "recommendation 6"; else None."""
    name = f"recommendation {passage.number}" if passage.kind == LISTED else None
    return next((judgement.service for judgement in report.judgements if judgement.passage == passage.id), name)


def _names_recommendation(message: str) -> bool:
    return "recommend" in map(stem, words(message))


def only_picks(message: str) -> bool:
    """Whether a message names a place in a list and nothing else."""
    said = words(message)
    asks = any(word in _ASKING and after != "about" for word, after in zip(said, [*said[1:], ""], strict=True))
    names = any(word not in LEADING | PRONOUNS | STOPWORDS | _PICKING and ordinal(f"number {word}") is None for word in said)
    return not asks and not names


MORE = frozenset("bit carry detail details elaborate else expand further go keep lot".split())  # words that ask for more
_PICKING = frozenset("bit item list next number one point recommendation recommendations show".split())
_ASKING = frozenset("how what when where which who why".split())


def one_of(passage: Passage) -> Draft:
    """The picked passage, whole, as a draft."""
    return Draft("answered", (Section(None, (whole(passage),)),))


def at_hand(index: Index, evidence: Evidence, passages: Sequence[str]) -> np.ndarray:
    """The probabilities, raised for searchable sentences of these passages: at least NEAR_LEAST, then their odds by NEAR_ODDS."""
    near = np.isin(index.passage_of, [index.positions[passage] for passage in passages]) & index.searchable
    p = np.where(near, np.maximum(evidence.probabilities, NEAR_LEAST), evidence.probabilities)
    return np.where(near, p * NEAR_ODDS / (1.0 - p + p * NEAR_ODDS), p)


def more_on(index: Index, evidence: Evidence, turns: Sequence[Turn]) -> Draft:
    """The likeliest sentences that no turn has shown, arranged as for a theme; without any, "that is all"."""
    passages = index.report.passages
    quoted = {one for turn in turns for one in turn.quoted}
    fresh = np.array(
        [
            not any(passage == passages[one.passage].id and (one.text in quote or quote in one.text) for passage, quote in quoted)
            for one in index.sentences
        ]
    )  # fmt: skip
    last = dict.fromkeys(passage for passage, _ in shown(turns))
    probabilities = np.where(fresh, at_hand(index, evidence, list(last)), 0.0)
    least = max(MORE_LEAST, MORE_BESIDE * float(probabilities.max()))
    likely = np.where(probabilities >= least, probabilities, 0.0).astype(np.float32)
    rows = select(index, Evidence(likely, evidence.kinds), KINDS["theme"], least)
    if not rows:
        return Draft("not_stated", opening=wording("answered.nothing_more"))
    return Draft("answered", arranged(index, rows, "theme"), confidence=float(likely.max()))


def unquoted(draft: Draft, turns: Sequence[Turn]) -> Draft:
    """The draft without what a turn has shown already."""
    quoted = {one for turn in turns for one in turn.quoted}
    fresh = (
        replace(section, statements=tuple(s for s in section.statements if (s.passage.id, s.quote) not in quoted))
        for section in draft.sections
    )
    return replace(draft, sections=tuple(section for section in fresh if section.statements))
