"""Query + hits -> the sections of an answer: one fact, a subject, or a term explained. Pure; decides no outcome."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from assistant.answer import Section
from assistant.caseless import Caseless
from assistant.glossary import Glossary
from assistant.kinds import BROAD
from assistant.selection import choose_fact, choose_figures, choose_list, stated_in
from assistant.themes import Search, Subject, broad_sections, form_of, sides_of, sides_searched, under_headings
from assistant.understanding import Query
from index.search import Found
from index.store import Index
from index.words import tokens
from prompts import wording

OF_FIGURES = ("list", "fact", "definition", "count", "theme", "briefing", "keywords")  # kinds that may ask for all figures
SUBJECT_WORDS = 4  # content words up to which a fragment names a subject
WHOLE = 0.7  # how far a finding counts where the question is about everything
SPREAD = 0.75  # share of the best passage's score that the third reaches when a subject is spread over the report
NARROW_WORDS = 5  # content words from which a question is about a matter rather than a subject

_WHOLE_LIST = Caseless(
    r"\b(?:breakdown|break down|all of (?:them|these|those)|each of (?:them|these)|full list|complete list|list (?:of|all|them|every)|in full|one by one|every (?:type|kind|sort|figure|number)|all the (?:figures|numbers|statistics|stats))\b|^list\b",
)
_FIGURES = Caseless(
    r"\b(?:(?:what(?:'s| is| are| were)|which|list|all|every|give|show|tell|get|need|want|headline|main|basic|key|top|full)\b.{0,25}\b(?:figures|stats|statistics|numbers|data(?! (?!on|for|about|in|of|we|you|there|is|are|does|do|did)\w)|facts and figures)|(?:list|all) (?:of )?(?:the |key |main |basic )*facts|(?:facts and )?(?:figures|stats|statistics) (?:for|on|about))\b",
)


def choose(query: Query, found: Found, search: Search, glossary: Glossary) -> tuple[Section, ...]:
    """The sections that would answer the query, were it decided that the report states it."""
    if (
        query.kind in OF_FIGURES
        and _FIGURES.search(query.text)
        and (members := choose_figures(found, frozenset(tokens(query.search))))
    ):
        return (Section(None, tuple(members)),)
    if _WHOLE_LIST.search(query.text) and (members := choose_list(found)):
        return (Section(None, tuple(members)),)
    if is_broad(query) or is_subject(query, found):
        return broad_sections(Subject(query, found, subject_scores(query, found, search)), search)
    chosen = tuple(choose_fact(found))
    heading = explained(query, glossary) if query.kind == "definition" else None
    return (Section(heading, chosen),) if chosen else ()


def arranged(
    index: Index, query: Query, groups: Sequence[Sequence[int]], asked: Sequence[str], glossary: Glossary
) -> tuple[Section, ...]:
    """The sections for sentences that a model chose: positions in the index, a group for each thing `asked`, or one group."""
    if not asked:
        chosen = stated_in(index, groups[0])
        if is_broad(query):
            return under_headings(query, chosen)
        return (Section(explained(query, glossary) if query.kind == "definition" else None, tuple(chosen)),)
    compared = not query.parts
    sections = []
    for thing, rows in zip(asked, groups, strict=True):
        statements = tuple(stated_in(index, rows))
        if statements:
            heading = wording("answered.side", side=thing) if compared else wording("answered.part", part=_short(thing))
            sections.append(Section(heading, statements, "side" if compared else "answer", thing))
        elif not compared:
            text = wording("answered.partly_about", part=_short(thing))
            sections.append(Section(None, (), "not_stated", thing, text))
    return tuple(sections)


def _short(part: str) -> str:
    """A part of a message as its writer put it, without what was added to make it complete."""
    return part.split(" - ")[0].rstrip("?")


def sides(query: Query) -> tuple[str, ...]:
    """The two sides that a broad question compares, or nothing."""
    found = sides_of(query.text) if is_broad(query) and "comparison" in query.kinds else []
    return tuple(found) if len(found) == 2 else ()


def wanted(query: Query) -> str:
    """The sort of answer wanted, as it is told to a model: a key of the wording's table `choose`."""
    if is_broad(query):
        return form_of(query.kinds)
    return "theme" if names_subject(query) else "fact"


def is_broad(query: Query) -> bool:
    """A question for a subject rather than a fact."""
    return query.kind in BROAD and not narrow(query)


def searched_too(query: Query) -> tuple[str, ...]:
    """What a question on a subject, or what may turn out to be one, is also searched by: its subject, unless it is about
    everything, and the sides of a comparison.
    """
    if not is_broad(query) and not names_subject(query):
        return ()
    sides = sides_searched(query.text) if "comparison" in query.kinds else ()
    return (*((query.topic,) if tokens(query.topic) else ()), *sides)


def names_subject(query: Query) -> bool:
    """A few words without a question: "early help"."""
    return query.kind == "keywords" and len(set(tokens(query.topic))) <= SUBJECT_WORDS


def is_subject(query: Query, found: Found) -> bool:
    """A few words that name a subject, of which several passages speak."""
    if not names_subject(query):
        return False
    best = np.sort(found.passage_scores)[::-1]
    return bool(best[2] >= SPREAD * best[0])


def subject_scores(query: Query, found: Found, search: Search) -> np.ndarray:
    """The scores of a broad question: half for its words, half for its subject alone."""
    if not tokens(query.topic):  # of the whole: its summaries speak for the report
        passages = found.index.report.passages
        summing = np.array([passages[sentence.passage].kind == "summary" for sentence in found.index.sentences])
        return np.where(summing, found.sentence_scores, WHOLE * found.sentence_scores).astype(np.float32)
    return 0.5 * (found.sentence_scores + search(query.topic).sentence_scores)


def explained(query: Query, glossary: Glossary) -> str | None:
    """The full words of an abbreviation asked for, marked as not the report's."""
    for term, entry in glossary.found(query.question):
        if entry.full:
            return wording("answered.term", term=term, meaning=entry.full)
    return None


def narrow(query: Query) -> bool:
    """A broad form of words about a narrow matter: "what is wrong with how assessments of private fostering are done"."""
    return query.kind in ("theme", "strengths", "weaknesses", "improved") and len(set(tokens(query.topic))) >= NARROW_WORDS
