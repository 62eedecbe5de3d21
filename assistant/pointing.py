"""Messages that point at what a conversation has shown: where does it say that, the second one, tell me more.

Knows the turns of a conversation and the evidence of a search; searches nothing itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from assistant.answer import Draft, Section, Statement, Turn
from assistant.conversation import LEADING, PRONOUNS
from assistant.evidence import Evidence
from assistant.lookup import whole
from assistant.question_kinds import KINDS
from assistant.references import ordinal
from assistant.selecting import arranged, select
from index.passages import Passage
from index.store import Index
from index.words import STOPWORDS, stem, words
from prompts import wording

# Chosen on development conversations (docs/experiments.md, 29 November 2026).
MORE_LEAST, MORE_BESIDE = 0.02, 0.2  # probability of a sentence that is told as more: at least, and beside the likeliest's
NEAR_LEAST = 0.02  # probability that a sentence of the passages shown last has at least
NEAR_ODDS = 6.0  # how many times likelier than others it is told as more


def shown(turns: Sequence[Turn]) -> tuple[tuple[str, str], ...]:
    """The (passage, quote) pairs of the last answer that showed any."""
    return next((turn.quoted for turn in reversed(turns) if turn.quoted), ())


def located(index: Index, quoted: Sequence[tuple[str, str]]) -> Draft:
    """ "What page is that on?": what was quoted last, with its places."""
    passages = index.report.passages
    said = tuple(Statement(passages[index.positions[passage]], quote) for passage, quote in quoted)
    return Draft("answered", (Section(wording("answered.located"), said),))


def item_of(index: Index, message: str, turns: Sequence[Turn]) -> Passage | None:
    """ "The second one", "the next one": that passage of the last list shown; None when the message names no place in one.

    Messages that picked from a list are passed over: "and the fourth?" after "the second one" picks from the same list.
    """
    passages = index.report.passages
    said = words(message)
    listed = next((turn.passages for turn in reversed(turns) if turn.relation != "item" and len(turn.passages) > 1), ())
    if "next" in said and (last := shown(turns)):
        at = index.positions[last[0][0]]
        following = passages[at + 1] if at + 1 < len(passages) else None
        return following if following is not None and following.kind == passages[at].kind else None
    place = ordinal(message)
    if place is None or not -len(listed) <= place < len(listed):
        return None
    return passages[index.positions[listed[place]]]


def asked_of(message: str, passage: Passage) -> str | None:
    """What a message that picks a passage asks of it, as a question; None where it only picks, or the passage has no name."""
    name = f"recommendation {passage.number}" if passage.kind == "recommendation" else None
    if passage.kind == "judgement":
        name = passage.context or passage.text.partition(":")[0]
    return f"{name}: {message.strip(' ?.!,')}?" if name and not only_picks(message) else None


def only_picks(message: str) -> bool:
    """Whether a message names a place in a list and nothing else."""
    return not any(
        word not in LEADING | PRONOUNS | _PICKING and (word not in STOPWORDS or word in _ASKING) and ordinal(word) is None
        for word in words(message)
    )


MORE = frozenset("bit carry detail details elaborate else expand further go keep lot".split())  # words that ask for more
_PICKING = frozenset("bit item list next number one point recommendation recommendations show".split())
_ASKING = frozenset("how what when where which who why".split())


def speaks_of_recommendations(message: str) -> bool:
    """Whether a message asks for recommendations: "where is that recommended?"."""
    return "recommend" in map(stem, words(message))


def one_of(passage: Passage) -> Draft:
    """The passage that was picked, whole."""
    return Draft("answered", (Section(None, (whole(passage),)),))


def at_hand(index: Index, evidence: Evidence, passages: Sequence[str]) -> np.ndarray:
    """The probabilities of the sentences, with better odds for those of the passages that were shown last."""
    near = np.isin(index.passage_of, [index.positions[passage] for passage in passages]) & index.searchable
    p = np.where(near, np.maximum(evidence.probabilities, NEAR_LEAST), evidence.probabilities)
    return np.where(near, p * NEAR_ODDS / (1.0 - p + p * NEAR_ODDS), p)


def more_on(index: Index, evidence: Evidence, turns: Sequence[Turn]) -> Draft:
    """The likeliest sentences that no turn has shown, in the order of a theme; or "that is all"."""
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
