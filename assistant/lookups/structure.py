"""Questions about the report's structure -> statements, without similarity: derived links, counts, lists, where words stand."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from assistant.answer import Draft, Role, Section, Statement
from assistant.lookups.judgements import enumerate_judgements, judgements_of, services_in, statements_of
from assistant.lookups.links import DERIVED, PRINTED, RELATED, Link, Links
from assistant.lookups.lookup import whole
from assistant.lookups.mentions import counted, mentions
from assistant.question.references import references, without_references
from assistant.words.caseless import Caseless
from assistant.words.leaning import POINTS_BACK
from index.passages import Passage, Report
from index.text.words import words
from prompts import wording

MENTIONS = 12  # places of a word or phrase that are quoted; the others are named
FLAGGED_WORDS = 310  # words for all flagged findings that are listed: each gets its share
_RECOMMENDED = frozenset("rec recommendation recommendations recs".split())


def enumerate_structure(report: Report, links: Links, question: str) -> Draft | None:
    """The draft that answers a question about structure, or None when it is not one."""
    for step in (_links, _counts, _document, _mentions, _lists):
        draft = step(report, links, question)
        if draft is not None:
            return draft
    return enumerate_judgements(report, question)


# ---- derived links ---------------------------------------------------------------------------------------------

_BEHIND = Caseless(
    r"\b(?:behind|led to|lead to|leads to|evidence|support(?:s|ed|ing)?|underl\w+|underpin\w*|based on|rests? on|linked?|links|relat\w+|basis|come[s]? from|back(?:s|ed|ing)?(?: up)?|why|justif\w+|prompted|reason|result(?:ed|s)? in|goes with|connected|match(?:es)?|address(?:es|ed)?|correspond\w*|findings?)\b",
)


def _links(report: Report, links: Links, question: str) -> Draft | None:
    named = references(question)
    if not named:
        return None
    rest = without_references(question)
    recommendations = [n for r in named if r.kind == "recommendation" for n in r.numbers]
    paragraphs = [n for r in named if r.kind == "paragraph" for n in r.numbers]
    by_number = {p.number: p for p in report.passages if p.number}
    if recommendations and not paragraphs and _BEHIND.search(rest):
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
    """The sentence of a finding that asks for something: the first critical one that stands by itself, else its first."""
    from assistant.words.polarity import NEGATIVE, polarity

    return next((s for s in passage.sentences if polarity(s) == NEGATIVE and not POINTS_BACK.match(s)), passage.sentences[0])


# ---- counts and lists ------------------------------------------------------------------------------------------


def _of(report: Report, kind: str) -> list[Passage]:
    return [passage for passage in report.passages if passage.kind == kind]


def _counts(report: Report, links: Links, question: str) -> Draft | None:
    match = re.fullmatch(
        r"(?:so |and )?(?:how many|number of|what number of|count(?: the)?|total(?: number)? of|what is the (?:total )?number of)\s+"
        r"(?P<what>recommendations?|recs|(?:numbered )?(?:findings|paragraphs)|pages|judge?ments?|grades|(?:findings|paragraphs) (?:are |were )?(?:marked|flagged).*|flag(?:ged|s).*)"
        r"(?:\s+(?:are|were|was|is|does|do|did|has|have|in|of|made|there|it|ofsted|inspectors|the|this|report|somerset|council|to|for|get|contain|make|give|given|altogether|total|set|out|long|with|a|all|as|recommendations?|recommendation))*\W*",
        question.strip(), re.IGNORECASE,
    )  # fmt: skip
    if not match:
        return None
    what = match["what"].casefold()
    findings, made = _of(report, "finding"), _of(report, "recommendation")
    flagged = [passage for passage in findings if passage.flagged]
    if "flag" in what or "mark" in what or ("finding" in what and "recommend" in match[0].casefold()):
        heading = wording("answered.count_flagged", count=len(flagged), numbers=_and([p.number or "" for p in flagged]))
        return Draft("answered", (Section(heading, (Statement(flagged[0], _gist(flagged[0])),)),)) if flagged else None
    if "rec" in what:
        heading = wording("answered.count_recommendations", count=len(made), page=made[0].page)
        return Draft("answered", (Section(heading, (whole(made[-1]),)),))
    if "page" in what:
        heading = wording("answered.count_pages", count=report.pages)
        return Draft("answered", (Section(heading, (whole(report.passages[-1]),)),))
    if "judg" in what or "grade" in what:
        now = statements_of(report, judgements_of(report, []))
        return Draft("answered", (Section(wording("answered.count_judgements", count=len(now)), tuple(now), "judgement"),))
    heading = wording("answered.count_findings", count=len(findings), first=findings[0].number, last=findings[-1].number)
    return Draft(
        "answered",
        (
            Section(
                heading, (Statement(findings[0], findings[0].sentences[0]), Statement(findings[-1], findings[-1].sentences[0]))
            ),
        ),
    )


_LENGTH = frozenset("how long is it this the report document that altogether".split())
_CONTENTS = frozenset(
    "contents content table of the this report document show me list what is in are sections section headings chapters which its".split()
)


# "Where can I download the original?" is made of these words alone, one of the first among them.
_ORIGINAL = frozenset("download downloaded online original originals pdf url webpage website".split())
_WHERE = _ORIGINAL | frozenset(
    """a about access actual address an are at can could did do does file find for from full get give got has have how i if in
    inspection internet is it its link me my need of ofsted ofsted's on one own page paper please printed publication published
    publisher read real report s see show site somerset source that the there this to version view want was we web were what
    what's where where's which whole with would you your copy document""".split()
)


def _document(report: Report, links: Links, question: str) -> Draft | None:
    """How long the report is, what its parts are called, and where its original is: counted, listed and found by code."""
    said = set(re.findall(r"[a-z]+", question.casefold()))
    if said & _ORIGINAL and said <= _WHERE:
        return _original(report)
    if {"how", "long"} <= said <= _LENGTH:
        findings, made = _of(report, "finding"), _of(report, "recommendation")
        lines = [wording("answered.count_pages", count=report.pages)]
        if findings:
            first, last = findings[0].number, findings[-1].number
            lines.append(wording("answered.count_findings", count=len(findings), first=first, last=last))
        if made:
            lines.append(wording("answered.count_recommendations", count=len(made), page=made[0].page))
        return Draft("answered", (Section(" ".join(lines), (whole(report.passages[0]),)),))
    if said & {"contents", "sections", "headings", "chapters"} and said <= _CONTENTS:
        begins: dict[str, Passage] = {}
        for passage in report.passages:
            if passage.part != "contents":
                begins.setdefault(passage.section, passage)
        listed = "; ".join(f"{section} (page {passage.page})" for section, passage in begins.items())
        return Draft("answered", (Section(wording("answered.contents", sections=listed), (whole(report.passages[0]),)),))
    return None


def _original(report: Report) -> Draft | None:
    """The address of the publisher's page, in the sentence of the report that prints it; None when none does."""
    for passage in reversed(report.passages):
        for sentence in passage.sentences:
            if {"publication", "available"} <= set(words(sentence)) and ("www." in sentence or "://" in sentence):
                return Draft("answered", (Section(wording("answered.original"), (Statement(passage, sentence),)),))
    return None


def _mentions(report: Report, links: Links, question: str) -> Draft | None:
    """How often, and where, a word or phrase stands: counted by code (assistant/lookups/mentions.py)."""
    wanted = counted(question)
    if wanted is None:
        return None
    found = mentions(report, wanted)
    if not found:
        return Draft("not_stated", opening=wording("not_stated.words", words=wanted))
    times = sum(count for _, _, count in found)
    heading = wording("answered.mentions", words=wanted, times=times, places=len(found))
    shown = tuple(Statement(passage, sentence) for passage, sentence, _ in found[:MENTIONS])
    more = wording("answered.mentions_more", places=_and([passage.place for passage, _, _ in found[MENTIONS:]]))
    closing = (more,) if len(found) > MENTIONS else ()
    return Draft("answered", (Section(heading, shown),), closing=closing)


def _and(items: list[str]) -> str:
    return ", ".join(items[:-1]) + f" and {items[-1]}" if len(items) > 1 else "".join(items)


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


_ALL_FLAGGED = Caseless(
    r"\b(?:points?|findings?|paragraphs?)\b.{0,40}\b(?:flagged|marked)\b.{0,10}\brecommendations?\b|\b(?:which|list|what|all|show)\b.{0,30}\b(?:findings?|paragraphs?)\b.{0,30}\b(?:flagged|marked|tagged|labelled|lead to|led to|carry|have|with|linked)\b.{0,25}\brecommendations?\b|\bflagged (?:findings|paragraphs)\b",
)


_EVERYTHING_ASKED = Caseless(
    r"\b(?:all|every|each|full|complete|whole|list)\b.{0,60}\b(?:told|asked|has to|have to|had to|must|required|needs? to do|expected)\b.{0,40}\b(?:do|council|authority|somerset|action|fix)\b|\b(?:told|asked|required)\b.{0,50}\b(?:full|complete|whole) (?:set|list)\b",
)


def _lists(report: Report, links: Links, question: str) -> Draft | None:
    if _ALL_FLAGGED.search(question):
        flagged = [passage for passage in _of(report, "finding") if passage.flagged]
        sections = {judged: section for judged in services_in(question) for section in _sections_of(report, judged)}
        if sections:
            flagged = [passage for passage in flagged if passage.section in sections.values()]
        if not flagged:
            return None
        heading = wording("answered.count_flagged", count=len(flagged), numbers=_and([p.number or "" for p in flagged]))
        room = FLAGGED_WORDS // len(flagged)
        return Draft("answered", (Section(heading, tuple(Statement(p, _clipped(_asking(p, links), room)) for p in flagged)),))
    if asks_for_all_recommendations(question) or _EVERYTHING_ASKED.search(question):
        return Draft(
            "answered",
            (Section(wording("answered.recommended"), tuple(whole(p) for p in _of(report, "recommendation")), "recommended"),),
        )
    return None


def _sections_of(report: Report, service: str) -> list[str]:
    """The sections of findings that a graded service has to itself."""
    wanted = set(words(service))
    names = dict.fromkeys(passage.section for passage in _of(report, "finding"))
    return [name for name in names if len(wanted & set(words(name))) >= 0.7 * len(wanted)]


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
