"""What a reader wants beside an answer: a passage with its neighbours and links, the recommendations with the findings
behind them, and questions to ask next that the report can answer. Pure reading of the index; keeps no question of a user.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Literal

from assistant.answer import Answer
from assistant.assistant import Assistant
from assistant.composing import report_variables
from assistant.lookups.judgements import services, services_in
from assistant.lookups.links import Link, Links
from index.passages import Passage, Report
from prompts import keys, listed, wording

FOLLOW_UPS = 3
CONSIDERED = 4  # cited passages that suggestions are drawn from
NO_DIGITS = str.maketrans("", "", "0123456789")
QUIET = ("signpost", "error")  # outcomes after which nothing is suggested


@dataclass(frozen=True)
class Linked:
    """A passage at the other end of a link, the sentence of the finding that is taken up, and the link's kind (assistant/lookups/links.py)."""

    passage: Passage
    sentence: str
    kind: str


@dataclass(frozen=True)
class Opened:
    """A passage as the evidence panel shows it. `also` holds (label, id of the passage there, or None)."""

    passage: Passage
    before: Passage | None
    after: Passage | None
    recommendations: tuple[Linked, ...]
    findings: tuple[Linked, ...]
    also: tuple[tuple[str, str | None], ...]


@dataclass(frozen=True)
class Recommended:
    """A recommendation and the findings behind it, related ones last, each with the sentence that it takes up."""

    recommendation: Passage
    findings: tuple[Linked, ...]


class ReadingRoom:
    """Reads one report for the pages beside the chat."""

    def __init__(self, assistant: Assistant) -> None:
        self.assistant = assistant
        self.report: Report = assistant.index.report
        self._answerable: dict[str, bool] = {}  # of the fixed forms below, never of what a user typed

    @property
    def links(self) -> Links:
        return self.assistant.links

    def find(self, identity: str) -> Passage | None:
        """The passage with this id, or with this printed number."""
        return self.assistant.index.passage(identity)

    def open(self, identity: str, also: Sequence[str] = ()) -> Opened | None:
        """The passage with what stands around it; None when the report has none of that id."""
        passage = self.find(identity)
        if passage is None:
            return None
        number = passage.number or ""
        leads = self.links.from_finding(number) if passage.kind == "finding" else []
        behind = self._recommended(passage).findings if passage.kind == "recommendation" else ()
        before, after = neighbours(self.report, passage)
        return Opened(
            passage, before, after, self._linked(leads, "recommendation"), behind,
            tuple((label, self._at(label)) for label in also),
        )  # fmt: skip

    def _at(self, label: str) -> str | None:
        """The passage a label names: its own, else the only one on that page."""
        named = [p for p in self.report.passages if p.label == label] or [p for p in self.report.passages if p.place == label]
        return named[0].id if len(named) == 1 or (named and named[0].number) else None

    def _linked(self, links: Iterable[Link], end: Literal["finding", "recommendation"]) -> tuple[Linked, ...]:
        """What stands at the "finding" or the "recommendation" end of links."""
        by_number = {(passage.kind, passage.number): passage for passage in self.report.passages}
        ends = ((link, by_number["finding", link.finding], by_number[end, getattr(link, end)]) for link in links)
        return tuple(Linked(shown, finding.sentences[link.sentence], link.kind) for link, finding, shown in ends)

    def recommendations(self) -> list[Recommended]:
        """Every recommendation with the findings behind it, in the order printed."""
        made = [p for p in self.report.passages if p.kind == "recommendation"]
        return [self._recommended(passage) for passage in made]

    def _recommended(self, passage: Passage) -> Recommended:
        return Recommended(passage, self._linked(self.links.behind(passage.number or ""), "finding"))

    def unmatched(self) -> list[Passage]:
        """Findings marked "(Recommendation)" that no recommendation was matched with."""
        return [p for p in self.report.passages if p.flagged and not self.links.recommendations(p.number or "")]

    def work(self) -> str:
        """How the report is referred to: "Ofsted, Somerset County Council: ..., published 29 January 2018"."""
        return reference(self.report)

    # ---- questions to ask next ---------------------------------------------------------------------------------

    def follow_ups(self, answer: Answer, asked: Iterable[str] = ()) -> list[str]:
        """At most three questions that the report answers, near what was just said; none after a signpost or a fault."""
        if answer.outcome in QUIET:
            return []
        taken = {question.casefold().strip() for question in (*asked, answer.question, answer.understood)}
        cited = [*answer.citations, *answer.nearest]
        identities = list(dict.fromkeys(one.passage for one in cited))[:CONSIDERED]
        groups = candidates([p for p in map(self.find, identities) if p is not None], self.links, self.report)
        chosen: list[str] = []
        for group in [*groups, *([one] for one in starters())]:
            free = (one for one in group if one.casefold() not in taken and one not in chosen)
            chosen += [one for one in (next(filter(self.answerable, free), None),) if one]
            if len(chosen) == FOLLOW_UPS:
                break
        return chosen

    def forms(self) -> list[str]:
        """One question of each fixed form that may be suggested after some passage, to be tried before somebody waits for it."""
        groups = chain.from_iterable(candidates([passage], self.links, self.report) for passage in self.report.passages)
        tried: dict[str, str] = {}
        for question in chain(*groups, starters()):
            tried.setdefault(question.translate(NO_DIGITS), question)
        return list(tried.values())

    def answerable(self, question: str) -> bool:
        """Whether the engine answers this question whole, asked by itself.

        Of questions that differ in a number alone the first is tried for all: numbers of this report are looked up.
        """
        form = question.translate(NO_DIGITS)
        if form not in self._answerable:
            answer = self.assistant.ask(question)
            self._answerable[form] = answer.outcome == "answered" and "partly" not in answer.notes
        return self._answerable[form]


def starters() -> list[str]:
    """The questions of the first page that are suggested where nothing nearer is left."""
    return [*listed("start.anyone"), *listed("start.councillors")]


def candidates(passages: Sequence[Passage], links: Links, report: Report) -> list[list[str]]:
    """Questions of fixed form near the passages, best first in each group: derived links, subjects, places."""
    linked, subjects, places = [], [], []
    shown = {(passage.kind, passage.number) for passage in passages}
    for passage in passages:
        behind = links.behind(passage.number or "") if passage.kind == "recommendation" else []
        leads = links.recommendations(passage.number or "") if passage.kind == "finding" else []
        if behind and not shown & {("finding", link.finding) for link in behind}:  # what was just read is not offered
            linked.append(wording("follow_up.findings", number=passage.number))
        elif leads and not shown & {("recommendation", number) for number in leads}:
            linked.append(wording("follow_up.recommendation", number=passage.number))
        for topic in topics(passage):
            subjects += [wording(f"follow_up.{form}", topic=topic) for form in ("weak", "strong", "grade")]
        _, after = neighbours(report, passage)
        if passage.number and after is not None and after.number and after.kind == passage.kind:
            form = "read_recommendation" if after.kind == "recommendation" else "read"
            places.append(wording(f"follow_up.{form}", number=after.number))
        elif not passage.number and passage.page > 1:
            places.append(wording("follow_up.page", page=passage.page))
    return [linked, list(dict.fromkeys(subjects)), places]


def topics(passage: Passage) -> list[str]:
    """What the graded services that a passage belongs to are called in a question, most specific first."""
    named = set(keys())
    graded = [service.name for service in services()]
    found: list[str] = []
    for heading in (passage.subsection, passage.section):
        found += [name for name in services_in(heading or "") if name in graded and f"topics.{name}" in named]
    return [wording(f"topics.{name}") for name in dict.fromkeys(found)]


def neighbours(report: Report, passage: Passage) -> tuple[Passage | None, Passage | None]:
    """The passages printed before and after, within the report."""
    at = report.passages.index(passage)
    before = report.passages[at - 1] if at else None
    after = report.passages[at + 1] if at + 1 < len(report.passages) else None
    return before, after


def reference(report: Report) -> str:
    """The report as a reference cites it."""
    facts = {**report_variables(report), "authority": report.authority, "title": report.title}
    if not report.published:
        return wording("reference.work_undated", authority=facts["authority"], title=facts["title"])
    return wording("reference.work", authority=facts["authority"], title=facts["title"], published=facts["published"])
