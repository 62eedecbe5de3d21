"""What a reader wants beside an answer: a passage with its neighbours and links, the recommendations with the findings
behind them, and questions to ask next that the report can answer. Pure reading of the index; keeps no question of a user.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.answer import Answer
from assistant.assistant import Assistant
from assistant.composing import report_variables
from assistant.judgements import services, services_in
from assistant.links import Links, taken_up
from index.passages import Passage, Report
from prompts import keys, listed, wording

FOLLOW_UPS = 3
CONSIDERED = 4  # cited passages that suggestions are drawn from
QUIET = ("signpost", "error")  # outcomes after which nothing is suggested


@dataclass(frozen=True)
class Opened:
    """A passage as the evidence panel shows it. `also` holds (label, id of the passage there, or None).

    `sentences` are those that a recommendation takes up, one of each finding behind it.
    """

    passage: Passage
    before: Passage | None
    after: Passage | None
    recommendations: tuple[Passage, ...]
    findings: tuple[Passage, ...]
    also: tuple[tuple[str, str | None], ...]
    sentences: tuple[str, ...] = ()


@dataclass(frozen=True)
class Recommended:
    """A recommendation and the findings behind it (derived), each with the sentence that it takes up."""

    recommendation: Passage
    findings: tuple[Passage, ...]
    sentences: tuple[str, ...]


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
        behind = self._recommended(passage) if passage.kind == "recommendation" else None
        return Opened(
            passage, *neighbours(self.report, passage), self._passages(self.links.recommendations(passage.number or "")),
            behind.findings if behind else (), tuple((label, self._at(label)) for label in also), behind.sentences if behind else (),
        )  # fmt: skip

    def _at(self, label: str) -> str | None:
        """The passage a label names: its own, else the only one on that page."""
        named = [p for p in self.report.passages if p.label == label] or [p for p in self.report.passages if p.place == label]
        return named[0].id if len(named) == 1 or (named and named[0].number) else None

    def _passages(self, identities: Iterable[str]) -> tuple[Passage, ...]:
        return tuple(p for p in map(self.find, identities) if p is not None)

    def recommendations(self) -> list[Recommended]:
        """Every recommendation with the findings behind it, in the order printed."""
        made = [p for p in self.report.passages if p.kind == "recommendation"]
        return [self._recommended(passage) for passage in made]

    def _recommended(self, passage: Passage) -> Recommended:
        index = self.assistant.index
        findings = self._passages(self.links.findings(passage.number or ""))
        sentences = tuple(index.sentences[taken_up(index, passage.id, finding.id)].text for finding in findings)
        return Recommended(passage, findings, sentences)

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
        starters = [[one] for one in (*listed("start.anyone"), *listed("start.councillors"))]
        for group in [*groups, *starters]:
            free = (one for one in group if one.casefold() not in taken and one not in chosen)
            chosen += [one for one in (next(filter(self.answerable, free), None),) if one]
            if len(chosen) == FOLLOW_UPS:
                break
        return chosen

    def answerable(self, question: str) -> bool:
        """Whether the engine answers this question whole, asked by itself."""
        if question not in self._answerable:
            answer = self.assistant.ask(question)
            self._answerable[question] = answer.outcome == "answered" and "partly" not in answer.notes
        return self._answerable[question]


def candidates(passages: Sequence[Passage], links: Links, report: Report) -> list[list[str]]:
    """Questions of fixed form near the passages, best first in each group: derived links, subjects, places."""
    linked, subjects, places = [], [], []
    for passage in passages:
        if passage.kind == "recommendation" and links.findings(passage.number or ""):
            linked.append(wording("follow_up.findings", number=passage.number))
        elif links.recommendations(passage.number or ""):
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
