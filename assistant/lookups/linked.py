"""What stands behind a recommendation, and where a finding leads: links between passages -> sections."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from assistant.answer import Draft, Role, Section, Statement
from assistant.lookups.links import DERIVED, PRINTED, RELATED, Link, Links
from assistant.lookups.lookup import whole
from assistant.question.references import references, without_references
from assistant.words.leaning import POINTS_BACK
from assistant.words.polarity import MIXED, NEGATIVE, polarity
from index.passages import Passage, Report
from index.text.words import words
from prompts import wording

RECOMMENDED = frozenset("rec recommendation recommendations recs".split())  # words that name a recommendation


def enumerate_links(report: Report, links: Links, question: str, behind: bool) -> Draft | None:
    """The findings behind a recommendation that a question names, or the recommendations that a finding leads to; None for other questions."""
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
            sections += _linked(links.behind(number), "findings", number, _Behind(links, by_number))
        return Draft("answered", tuple(sections))
    if paragraphs and set(words(rest)) & RECOMMENDED and not recommendations:
        sections = []
        for number in paragraphs:
            passage = by_number.get(number)
            if passage is None:
                return None
            leads = links.from_finding(number)
            sections += _linked(leads, "recommendations", number, lambda link: [whole(by_number[link.recommendation])])
            sections.append(Section(None, (Statement(passage, taken_up(passage, links)),)))
        return Draft("answered", tuple(sections))
    return None


def _linked(found: Sequence[Link], what: str, number: str, said: Callable[[Link], list[Statement]]) -> list[Section]:
    """A section for each kind of link; without links, a section that says so. `what` is "findings" or "recommendations"."""
    role: Role = "behind" if what == "findings" else "recommended"
    sections = []
    for kind in (PRINTED, DERIVED, RELATED):
        shown = tuple(replace(one, derived=kind != PRINTED) for link in found if link.kind == kind for one in said(link))
        if shown:
            sections.append(Section(wording(f"answered.{what}_{kind}", number=number), shown, role))
    return sections or [Section(wording(f"answered.no_{what}", number=number), (), role)]


@dataclass
class _Behind:
    """What is quoted of the finding of each link: the sentence that the recommendation takes up, and where it leads to no other
    recommendation its further criticism, as long as there is room.
    """

    links: Links
    by_number: dict[str, Passage]
    room: int = 200  # words of further criticism in one answer

    def __call__(self, link: Link) -> list[Statement]:
        finding = self.by_number[link.finding]
        places = {link.sentence}
        if link.kind != RELATED and len(self.links.recommendations(link.finding)) == 1:
            places |= self._critical(finding, link.sentence)
        runs: list[list[int]] = []
        for place in sorted(places):
            if runs and runs[-1][1] == place - 1:
                runs[-1][1] = place
            else:
                runs.append([place, place])
        return [Statement(finding, finding.between(first, last)) for first, last in runs]

    def _critical(self, finding: Passage, taken: int) -> set[int]:
        """The places of further critical sentences, each with the one before it where it points back, within the room that is left."""
        found: set[int] = set()
        for place, sentence in enumerate(finding.sentences):
            if place == taken or polarity(sentence) not in (NEGATIVE, MIXED):
                continue
            needed = {place - 1, place} if place and POINTS_BACK.match(sentence) else {place}
            size = sum(len(finding.sentences[at].split()) for at in needed - found - {taken})
            if size <= self.room:
                found |= needed
                self.room -= size
        return found


def gist(passage: Passage) -> str:
    """A finding's first negative sentence that is understood by itself, else its first sentence."""
    return next((s for s in passage.sentences if polarity(s) == NEGATIVE and not POINTS_BACK.match(s)), passage.sentences[0])


def taken_up(passage: Passage, links: Links) -> str:
    """The sentence of a finding that its recommendation takes up; without a recommendation, the finding's gist."""
    leads = links.from_finding(passage.number) if passage.number else []
    return passage.sentences[leads[0].sentence] if leads else gist(passage)
