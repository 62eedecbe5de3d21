"""Questions about the report's structure -> statements, without similarity: derived links, counts, lists, where words stand."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from assistant.answer import Draft, Role, Section, Statement
from assistant.lookups.askings import asks_for, topic_named
from assistant.lookups.judgements import (
    OVERALL,
    areas,
    enumerate_judgements,
    judgements_of,
    service_words,
    services_in,
    speaks_of,
    statements_of,
)
from assistant.lookups.links import DERIVED, PRINTED, RELATED, Link, Links
from assistant.lookups.lookup import listed_as, no_such, ranges, whole
from assistant.lookups.mentions import counted, mentions
from assistant.question.exclusions import excepted
from assistant.question.references import references, without_references
from assistant.question.understanding import FRAMING
from assistant.words.caseless import Caseless
from assistant.words.leaning import POINTS_BACK
from index.passages import Passage, Report
from index.text.words import STOPWORDS, stem, words
from prompts import wording

MENTIONS = 12  # places of a word or phrase that are quoted; the others are named
FLAGGED_WORDS = 310  # words for all flagged findings that are listed: each gets its share
_RECOMMENDED = frozenset("rec recommendation recommendations recs".split())


@dataclass(frozen=True)
class Asking:
    """What a question asks of the structure, one of ASKS, and whether that is sure: told by its vector too, not by its words
    alone, which do not tell whether it names a subject besides.
    """

    asks: str
    sure: bool = False


def enumerate_structure(report: Report, links: Links, question: str, behind: bool = False) -> Draft | None:
    """The draft on links, lists, counts, mentions, the document or grades; None if none is asked for. `behind`: the question asks
    what a recommendation rests on.
    """
    asks = Asking(asks_for(question))
    found = _links(report, links, question, behind)
    if found is not None:
        return found
    for step in (_recommended, _mentions, _counts, _flagged, _document):
        draft = step(report, links, question, asks)
        if draft is not None:
            return draft
    return enumerate_judgements(report, question)


def enumerate_as(report: Report, links: Links, question: str, asks: str) -> Draft | None:
    """The draft for a question that surely asks for one of ASKS; None where the report holds nothing of the kind."""
    for step in (_mentions, _counts, _flagged, _document):
        draft = step(report, links, question, Asking(asks, sure=True))
        if draft is not None:
            return draft
    return None


# ---- links -------------------------------------------------------------------------------------------------------


def _links(report: Report, links: Links, question: str, behind: bool) -> Draft | None:
    named = references(question)
    if not named:
        return None
    rest = without_references(question)
    recommendations = [n for r in named if r.kind == "recommendation" for n in r.numbers]
    paragraphs = [n for r in named if r.kind == "paragraph" for n in r.numbers]
    by_number = {p.number: p for p in report.passages if p.number}
    if recommendations and not paragraphs and behind:
        sections = []
        for number in recommendations:
            passage = by_number.get(number)
            if passage is None or passage.kind != "recommendation":
                return None  # look-up says that it does not exist
            sections.append(Section(None, (whole(passage),)))
            sections += _linked(links.behind(number), "findings", number, lambda link: _taken_up(by_number[link.finding], link))
        return Draft("answered", tuple(sections))
    if paragraphs and set(words(rest)) & _RECOMMENDED and not recommendations:
        sections = []
        for number in paragraphs:
            passage = by_number.get(number)
            if passage is None:
                return None
            leads = links.from_finding(number)
            sections += _linked(leads, "recommendations", number, lambda link: whole(by_number[link.recommendation]))
            sections.append(Section(None, (Statement(passage, _asking(passage, links)),)))
        return Draft("answered", tuple(sections))
    return None


def _linked(found: Sequence[Link], what: str, number: str, said: Callable[[Link], Statement]) -> list[Section]:
    """A section for each kind of link; without links, a section that says so. `what` is "findings" or "recommendations"."""
    role: Role = "behind" if what == "findings" else "recommended"
    sections = []
    for kind in (PRINTED, DERIVED, RELATED):
        shown = tuple(replace(said(link), derived=kind != PRINTED) for link in found if link.kind == kind)
        if shown:
            sections.append(Section(wording(f"answered.{what}_{kind}", number=number), shown, role))
    return sections or [Section(wording(f"answered.no_{what}", number=number), (), role)]


def _taken_up(finding: Passage, link: Link) -> Statement:
    return Statement(finding, finding.sentences[link.sentence])


def _gist(passage: Passage) -> str:
    """A finding's first negative sentence that is understood by itself, else its first sentence."""
    from assistant.words.polarity import NEGATIVE, polarity

    return next((s for s in passage.sentences if polarity(s) == NEGATIVE and not POINTS_BACK.match(s)), passage.sentences[0])


# ---- counts and lists ------------------------------------------------------------------------------------------

# What is counted, by the words that name it.
_COUNTED = {
    "recommendation": frozenset("recommendation recommendations rec recs actions".split()),
    "page": frozenset("page pages".split()),
    "judgement": frozenset("judgement judgements judgment judgments grade grades graded".split()),
    "footnote": frozenset("footnote footnotes".split()),
    "finding": frozenset("finding findings paragraph paragraphs".split()),
}
_FLAGS = frozenset("flag flags flagged marked tagged carry labelled".split())


_ABOUT_COUNTING = frozenset(
    """about all altogether any carries chapter chapters concern concerning contain contains count counted document each every from given heading headings inspection
    inspectors linked long made many many's number numbered numbers ofsted ofsted's part parts points report section sections set show list give see please total
    attached council authority local""".split()
)


def _of_something_else(question: str) -> bool:
    """Whether a message that counts or lists what the report is made of names a subject that no graded service has."""
    known = {"the", *_ABOUT_COUNTING, *_FLAGS, *set().union(*_COUNTED.values())} | service_words(question)
    return any(word not in known and word not in STOPWORDS and word not in FRAMING for word in words(question))


def _of(report: Report, kind: str) -> list[Passage]:
    return [passage for passage in report.passages if passage.kind == kind]


def _numbered(report: Report) -> list[Passage]:
    return [passage for passage in _of(report, "finding") if passage.number]


def _counts(report: Report, links: Links, question: str, asks: Asking) -> Draft | None:
    """How many there are of what a report is made of, in the whole of it or under the heading of a graded service."""
    if asks.asks != "count":
        return None
    said = set(words(question))
    what = next((what for what, named in _COUNTED.items() if said & named), None)
    flags = bool(said & _FLAGS) or ("finding" in (what, *question.split()) and bool(said & _RECOMMENDED))
    named = services_in(question)
    of = [name for name in named if name != OVERALL]
    if not asks.sure and _of_something_else(question):
        return None
    if flags or (what == "recommendation" and said & _COUNTED["finding"]):
        return _flagged(report, links, question, replace(asks, asks="flagged"), first=True)
    if what == "recommendation":
        return _count_recommendations(report, question, of)
    if what == "page" and not of:
        return _counted(wording("answered.count_pages", count=report.pages), [whole(report.passages[-1])])
    if what == "judgement" and not of:
        now = statements_of(report, judgements_of(report, []))
        return _counted(wording("answered.count_judgements", count=len(now)), now, "judgement")
    if what == "footnote" and not of:
        notes = _of(report, "footnote")
        return _counted(wording("answered.count_footnotes", count=len(notes)), [whole(note) for note in notes])
    if what == "finding":
        return _count_findings(report, of)
    return _contents(report) if not of and said & {"section", "sections", "chapter", "chapters"} else None


def _counted(heading: str | None, shown: Sequence[Statement], role: Role = "answer") -> Draft | None:
    return Draft("answered", (Section(heading, tuple(shown), role),)) if shown else None


def _count_findings(report: Report, of: Sequence[str]) -> Draft | None:
    found = _numbered(report)
    if not found:
        return no_such(report, "paragraph", "1")
    if not of:
        heading = wording("answered.count_findings", count=len(found), numbers=_places(found))
    else:
        found = [passage for passage in found if _home(report, passage) in of]
        heading = wording("answered.count_findings_in", part=listed_as(of), count=len(found), numbers=_places(found))
    ends = dict.fromkeys((found[0], found[-1])) if found else {}
    return _counted(heading, [Statement(passage, passage.sentences[0]) for passage in ends])


def _count_recommendations(report: Report, question: str, of: Sequence[str]) -> Draft | None:
    made = _of(report, "recommendation")
    if not made:
        return no_such(report, "recommendation", "1")
    if not of:
        pages = sorted({passage.page for passage in made})
        told = f"page {pages[0]}" if len(pages) == 1 else f"pages {listed_as(list(map(str, pages)))}"
        return _counted(wording("answered.count_recommendations", count=len(made), pages=told), [whole(made[-1])])
    on = [passage for passage in made if any(speaks_of(passage, passage.text, name) for name in of)]
    heading = wording("answered.count_recommendations_on", count=len(on), all=len(made), part=listed_as(of))
    return _counted(heading, [whole(passage) for passage in on])


def _places(found: Sequence[Passage]) -> str:
    return f"{'paragraph' if len(found) == 1 else 'paragraphs'} {ranges([passage.number or '' for passage in found])}"


def _home(report: Report, passage: Passage) -> str | None:
    """The graded service under whose heading a passage stands."""
    return _homes(report)[passage.id]


@lru_cache(maxsize=2)
def _homes(report: Report) -> dict[str, str | None]:
    return dict(zip((passage.id for passage in report.passages), areas(report), strict=True))


def _flagged(report: Report, links: Links, question: str, asks: Asking, first: bool = False) -> Draft | None:
    """The findings that are marked "(Recommendation)", in the whole report or under the heading of graded services; `first` alone
    is quoted where they are only counted.
    """
    if asks.asks != "flagged":
        return None
    of = [name for name in services_in(question) if name != OVERALL]
    flagged = [passage for passage in _of(report, "finding") if passage.flagged and (not of or _home(report, passage) in of)]
    if not asks.sure and _of_something_else(question):
        return None
    numbers = listed_as([passage.number or passage.place for passage in flagged])
    if not flagged:
        key = "no_flags_in" if of else "no_flags"
        return Draft(
            "not_stated", opening=wording(f"not_stated.{key}", part=listed_as(of)) if of else wording(f"not_stated.{key}")
        )
    if of:
        heading = wording("answered.count_flagged_in", part=listed_as(of), count=len(flagged), numbers=_places(flagged))
    else:
        heading = wording("answered.count_flagged", count=len(flagged), numbers=numbers)
    if first:
        return _counted(heading, [Statement(flagged[0], _gist(flagged[0]))])
    room = FLAGGED_WORDS // len(flagged)
    return _counted(heading, [Statement(p, _clipped(_asking(p, links), room)) for p in flagged])


# ---- the document itself ---------------------------------------------------------------------------------------

# A role is named without these words too.
_IN_ROLES = {stem(word) for word in ("inspector", "inspectors", "manager", "analyst", "team", "assurance")}
_ROLE_OF_TEAM = re.compile(r"^[A-Z][\w' ’-]{0,40}\b(?:inspectors?|analysts?|managers?)(?: \([^)]*\))?:")


def _document(report: Report, links: Links, question: str, asks: Asking) -> Draft | None:
    """How long the report is, what its parts are called, who made it, and where its original is: counted and listed by code."""
    if (not asks.sure and (topic_named(question) or excepted(question)[1])) or set(services_in(question)) - {OVERALL}:
        return None
    if asks.asks == "original":
        return _original(report)
    if asks.asks == "length":
        lines = [wording("answered.count_pages", count=report.pages)]
        if found := _numbered(report):
            lines.append(wording("answered.count_findings", count=len(found), numbers=_places(found)))
        if made := _count_recommendations(report, "", []):
            lines += [made.sections[0].heading or ""] if made.sections else []
        held = sum(len(passage.text.split()) for passage in report.passages if passage.part != "contents")
        lines.append(wording("answered.count_words", count=f"{round(held, -2):,}"))
        return _counted(" ".join(lines), [whole(report.passages[0])])
    if asks.asks == "contents":
        return _contents(report)
    if asks.asks == "authors":
        return _team(report, question)
    return None


def _team(report: Report, question: str) -> Draft | None:
    """Who made the report: those whose role the question names, or all of them with the publisher."""
    team = [passage for passage in report.passages if passage.part == "closing" and _ROLE_OF_TEAM.match(passage.text)]
    said = {stem(word) for word in words(question)}
    roles = {passage.id: {stem(word) for word in words(passage.text.split(":")[0])} for passage in team}
    named = {
        passage.id: len(roles[passage.id] & said)
        for passage in team
        if roles[passage.id] <= said | _IN_ROLES and (roles[passage.id] - _IN_ROLES or roles[passage.id] <= said)
    }
    closest = [passage for passage in team if named and named.get(passage.id) == max(named.values())]
    if closest:  # "deputy lead inspector" names a lead inspector too
        return _counted(None, [whole(passage) for passage in closest])
    publisher = [
        passage
        for passage in report.passages
        if passage.part == "closing" and "Office for Standards in Education" in passage.text
    ]
    told = [Statement(passage, passage.sentences[0]) for passage in publisher[:1]]
    return _counted(wording("answered.team"), [*told, *(whole(passage) for passage in team)])


def _contents(report: Report) -> Draft | None:
    begins: dict[str, Passage] = {}
    for passage in report.passages:
        if passage.part != "contents":
            begins.setdefault(passage.section, passage)
    listed = "; ".join(f"{section} (page {passage.page})" for section, passage in begins.items())
    return _counted(wording("answered.contents", sections=listed), [whole(report.passages[0])])


def _original(report: Report) -> Draft | None:
    """The address of the publisher's page, in the sentence of the report that prints it; None when none does."""
    for passage in reversed(report.passages):
        for sentence in passage.sentences:
            if {"publication", "available"} <= set(words(sentence)) and ("www." in sentence or "://" in sentence):
                return _counted(wording("answered.original"), [Statement(passage, sentence)])
    return None


def _mentions(report: Report, links: Links, question: str, asks: Asking) -> Draft | None:
    """How often, and where, a word or phrase stands: counted by code (assistant/lookups/mentions.py)."""
    wanted = counted(question, asks.asks == "mentions")
    if wanted is None:
        return None
    found = mentions(report, wanted)
    if not found:
        return Draft("not_stated", opening=wording("not_stated.words", words=wanted))
    times = sum(count for _, _, count in found)
    heading = wording("answered.mentions", words=wanted, times=times, places=len(found))
    shown = tuple(Statement(passage, sentence) for passage, sentence, _ in found[:MENTIONS])
    more = wording("answered.mentions_more", places=listed_as([passage.place for passage, _, _ in found[MENTIONS:]]))
    closing = (more,) if len(found) > MENTIONS else ()
    return Draft("answered", (Section(heading, shown),), closing=closing)


def searches_words(message: str) -> bool:
    """Whether a message asks where words stand, which it names."""
    return asks_for(message) == "mentions" and counted(message, asked=True) is not None


# "Can you list all the recommendations in this report?" is made of these words alone. As sets, not as a pattern: a pattern of
# alternatives that may follow each other in any order takes for ever over a message that repeats them.
_BEFORE_ALL = frozenset(
    """13 a all and are been by can complete could council did do does entire every for formal from full give has have i in
    inspection inspectors is it list local authority made make me name need of ofsted ofsted's out please read report s set show
    somerset tell that the they thirteen this to us want were what what's which you see""".split()
)
_AFTER_ALL = frozenset(
    """all and are authority by contain council did does for from full get given got has have in inspection inspectors it list
    local made make of ofsted one out please report s set somerset somerset's that the there they this to was were""".split()
)


def asks_for_all_recommendations(question: str) -> bool:
    """Whether a question asks for the list of recommendations and for nothing else."""
    said = re.findall(r"[\w']+", question.lower())
    named = [
        at for at, word in enumerate(said) if word in ("recommendations", "recs") or said[at : at + 2] == ["action", "points"]
    ]
    if len(named) != 1:
        return False
    rest = named[0] + (2 if said[named[0]] == "action" else 1)
    return set(said[: named[0]]) <= _BEFORE_ALL and set(said[rest:]) <= _AFTER_ALL


_EVERYTHING_ASKED = Caseless(
    r"\b(?:all|every|each|full|complete|whole|list)\b.{0,60}\b(?:told|asked|has to|have to|had to|must|required|needs? to do|expected)\b.{0,40}\b(?:do|council|authority|somerset|action|fix)\b|\b(?:told|asked|required)\b.{0,50}\b(?:full|complete|whole) (?:set|list)\b",
)


def _recommended(report: Report, links: Links, question: str, asks: Asking) -> Draft | None:
    """All recommendations, whole."""
    return all_recommendations(report) if asks_for_all_recommendations(question) or _EVERYTHING_ASKED.search(question) else None


def all_recommendations(report: Report) -> Draft | None:
    """All recommendations, whole, or that there is none."""
    made = _of(report, "recommendation")
    return _counted(wording("answered.recommended"), [whole(p) for p in made], "recommended") or no_such(
        report, "recommendation", "1"
    )


def _asking(passage: Passage, links: Links) -> str:
    """The sentence of a finding that its recommendation takes up; without a recommendation, the finding's gist."""
    leads = links.from_finding(passage.number) if passage.number else []
    return passage.sentences[leads[0].sentence] if leads else _gist(passage)


def _clipped(sentence: str, room: int) -> str:
    """The beginning of a sentence within `room` words, up to a comma if one stands in its second half; verbatim."""
    parts = sentence.split()
    if len(parts) <= room:
        return sentence
    kept = sentence[: re.match(rf"(?:\S+\s+){{{room - 1}}}\S+", sentence).end()]  # type: ignore[union-attr]
    comma = max(kept.rfind(","), kept.rfind(";"))
    return kept[:comma] if comma > len(kept) / 2 else kept
