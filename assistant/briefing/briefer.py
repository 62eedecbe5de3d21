"""A topic -> a briefing: what the report says of it, every line a quotation with its paragraph and page.

The chat's evidence and the chat's selector with a plan for paper. Says nothing of its own beyond fixed wording and suggested
questions, which are marked as such. Knows no file format.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cached_property

import numpy as np

from assistant.answer import Statement
from assistant.answering.evidence import Evidence
from assistant.answering.scrutiny import suggestions
from assistant.answering.selecting import HEADLINE, by_polarity, select, stated, twin
from assistant.assistant import Assistant
from assistant.briefing.briefing import FULL, PAGE, Behind, Briefing, BriefingSection, ServiceGrades, fitted
from assistant.briefing.subject import Subject, Subjects
from assistant.composing import check_verbatim
from assistant.lookups.links import DERIVED, RELATED
from assistant.lookups.lookup import whole
from assistant.question.kinds import NAMES, PAPERS, Paper, Plan
from assistant.words.polarity import MIXED, NEGATIVE, NEUTRAL, POSITIVE, polarity
from index.passages import Judgement, Passage, grade_rank
from index.text.numbers import UP_TO_TEN
from prompts import wording

# Probability from which a sentence is said, with and without banks: less than in an answer, for a briefing is read at leisure.
LIKELY, LIKELY_BARE = 0.02, 0.1
BEARS = 0.004  # probability from which a sentence bears on the topic at all, so that the report is not silent on it
SHARE = 0.3  # of what is said on a topic that must lie in a graded area for its judgement to be shown
LINES = ("finding", "summary", "context")  # kinds of passages that become lines

_NUMBER = re.compile(
    rf"(?<![\w-])\d[\d,.]*%?(?![\w,-])|\b(?:half|third|quarter) of\b|\b(?:{UP_TO_TEN.removeprefix('one|')}) (?:children|care leavers|adoption|apprenticeships)\b",
    re.IGNORECASE,
)
_NO_FIGURE = re.compile(
    r"\bkey stage \d|\bYears? \d+(?: and \d+)?|\b(?:19|20)\d\d\b|\b\d+ years(?: old)?\b|\bTeam \d|\bover 18\b|\b20\d\d to 20\d\d\b"
)


class Briefer:
    """Makes briefings from the engine's own parts: `Briefer(assistant).brief("care leavers")`."""

    def __init__(self, assistant: Assistant) -> None:
        self.assistant = assistant
        self.index = assistant.index
        self.report = assistant.index.report
        self.subjects = Subjects(assistant)
        self.likely = LIKELY if self.index.has_packaged_banks else LIKELY_BARE

    def brief(self, topic: str, length: str = FULL) -> Briefing:
        """The briefing on a topic, an area, "everything" or "recommendation 9"; `length`: PAGE or FULL. Raises NotCovered."""
        subject = self.subjects.of(topic)
        everything = subject.kind == "everything"
        plan = PAPERS[length, everything]
        named = tuple(whole(p) for p in subject.named if p.kind != "recommendation")
        parts: list[BriefingSection] = [BriefingSection("named", wording("brief.named"), named)] if named else []
        bearing = subject.said >= self.likely
        rows = [] if everything else self._chosen(subject.said, plan, fit=self._lines & (bearing if bearing.any() else True))
        parts += self._areas(plan, length) if everything else self._parts(rows)
        figures = self._plain_figures(plan) if everything else self._figures(subject, plan, rows)
        parts += [BriefingSection("figures", wording("brief.figures"), tuple(figures))] if figures else []
        recommended = self._recommended(subject, plan)
        weak = [line for part in parts if part.role == "weak" for line in part.lines]
        made = [one.statement.passage for one in recommended]
        briefing = Briefing(
            subject.title, subject.kind, length, self.report, self._graded(subject, rows), tuple(parts), tuple(recommended),
            tuple(suggestions(made, weak, self.assistant.links, self.report, plan.questions)), self._silent(subject, recommended),
        )  # fmt: skip
        for statement in briefing.statements:
            check_verbatim(statement)
        return fitted(briefing) if length == PAGE else briefing

    # ---- judgements --------------------------------------------------------------------------------------------

    def _graded(self, subject: Subject, rows: Sequence[int]) -> tuple[ServiceGrades, ...]:
        """The judgements of the areas that a topic mostly lies in. Without such an area: the overall judgement. For the whole
        report: all of them.
        """
        years = sorted({j.year for j in self.report.judgements}, reverse=True)
        by_service: dict[str, dict[int, Judgement]] = {}
        for judgement in self.report.judgements:
            by_service.setdefault(judgement.service, {})[judgement.year] = judgement
        weight = {area: float((subject.said * self.subjects.inside(area))[list(rows)].sum()) for area in self.subjects.areas}
        total = float(subject.said[list(rows)].sum())
        wanted = [area for area in self.subjects.areas if total and weight[area] / total >= SHARE]
        if subject.kind == "everything" or not wanted:
            wanted = [*(service for service in by_service if service not in self.subjects.areas), *self.subjects.areas]
            wanted = wanted if subject.kind == "everything" else wanted[:1]
        graded = []
        for service in wanted:
            pair = [self._pair(by_service[service].get(year)) for year in years[:2]]
            graded.append(ServiceGrades(service, pair[0], pair[1] if len(pair) > 1 else None))
        return tuple(graded)

    def _pair(self, judgement: Judgement | None) -> tuple[Judgement, Statement] | None:
        if judgement is None:
            return None
        return judgement, whole(self.report.passages[self.index.positions[judgement.passage]])

    # ---- lines -------------------------------------------------------------------------------------------------

    def _chosen(
        self, said: np.ndarray, plan: Plan, beside: Sequence[int] = (), fit: np.ndarray | None = None, least: float | None = None
    ) -> list[int]:
        """The sentences that the selector chooses among those that may become lines (or are `fit`) and say nothing that one
        `beside` says.
        """
        least = self.likely if least is None else least
        likely = np.where(self._lines if fit is None else fit, said, 0.0).astype(np.float32)
        for at in np.flatnonzero(likely >= least) if beside else ():
            likely[at] *= at not in beside and twin(self.index, int(at), beside) is None
        return select(self.index, Evidence(likely, np.zeros(len(NAMES), np.float32)), plan, least) if likely.any() else []

    @cached_property
    def _lines(self) -> np.ndarray:
        """Which sentences may become lines, bool (sentences,)."""
        return np.array([self._passage(at).kind in LINES for at in range(len(self.index.sentences))])

    @cached_property
    def _marks(self) -> np.ndarray:
        """The polarity of each sentence."""
        return np.array([polarity(sentence.text) for sentence in self.index.sentences])

    def _passage(self, at: int) -> Passage:
        return self.report.passages[self.index.sentences[at].passage]

    def _parts(self, rows: Sequence[int], area: str | None = None) -> list[BriefingSection]:
        """The lines by polarity. Where the topic is no graded area, the line that says most stands first: one that judges, not a
        figure.
        """
        lines = stated(self.index, rows)
        first = []
        if not area and len(lines) >= HEADLINE:
            judging = (line for line in lines if polarity(line.quote) != NEUTRAL and not _number(line.quote))
            lead = next(judging, lines[0])
            lines.remove(lead)
            first = [BriefingSection("headline", wording("brief.headline"), (lead,))]
        sections = by_polarity(lines)
        return [*first, *(BriefingSection(one.role, wording(f"brief.{one.role}"), one.statements, area) for one in sections)]

    def _areas(self, plan: Paper, length: str) -> list[BriefingSection]:
        """What works and what needs to improve in every area; on one page without a heading for each area."""
        parts: list[BriefingSection] = []
        taken: list[int] = []
        half = Plan(plan.words // 2, plan.most // 2, plan.shape)
        for area in self.subjects.areas:
            rows: list[int] = []
            for mark in (POSITIVE, NEGATIVE):
                fit = self._lines & self.subjects.inside(area) & (self._marks == mark)
                rows += self._chosen(self.subjects.whole, half, (*taken, *rows), fit, least=0.0)
            taken += rows
            parts += self._parts(rows, area)
        if length == FULL:
            return parts
        newest = {j.service: j.grade.casefold() for j in sorted(self.report.judgements, key=lambda j: j.year)}
        merged = []
        # what does not fit on the page is cut from the end
        for role, best_last in (("good", False), ("weak", True), ("mixed", True)):
            own = sorted((p for p in parts if p.role == role), key=lambda p: grade_rank(newest[p.area or ""]), reverse=best_last)
            if own:
                merged.append(BriefingSection(role, own[0].heading, tuple(line for part in own for line in part.lines)))
        return merged

    # ---- figures -----------------------------------------------------------------------------------------------

    def _figures(self, subject: Subject, plan: Paper, shown: Sequence[int]) -> list[Statement]:
        """Figures on a topic that are not among its lines, in the order of the report."""
        fit = np.array([self._counts(at) for at in range(len(self.index.sentences))]) & (subject.figures >= self.likely)
        rows = self._chosen(subject.figures, Plan(plan.words, plan.figures, plan.shape), shown, fit)
        return [statement for at in sorted(rows) for statement in stated(self.index, [at])]

    def _plain_figures(self, plan: Paper) -> list[Statement]:
        """The report's own figures, in its order."""
        own = [p for p in self.report.passages if p.kind == "figure" and not p.context and p.searchable and _number(p.text)]
        return [whole(passage) for passage in own[: plan.figures]]

    def _counts(self, at: int) -> bool:
        """Whether a sentence gives a figure."""
        return self._passage(at).kind in ("figure", "finding", "summary") and _number(self.index.sentences[at].text)

    # ---- recommendations ---------------------------------------------------------------------------------------

    def _recommended(self, subject: Subject, plan: Paper) -> list[Behind]:
        """The recommendations that bear on a topic, likeliest first; with a numbered passage, those that it is or leads to."""
        made = [p for p in self.report.passages if p.kind == "recommendation"]
        if subject.kind == "topic":
            likely = {p.id: float(subject.recommended[self._rows(p)].max(initial=0.0)) for p in made}
            made = sorted((p for p in made if likely[p.id] >= self.likely), key=lambda p: -likely[p.id])
        elif subject.kind == "numbered":
            links = self.assistant.links
            wanted = {p.number for p in subject.named if p.kind == "recommendation"}
            wanted |= {r for p in subject.named if p.kind == "finding" for r in links.recommendations(p.number or "")}
            made = [p for p in made if p.number in wanted]
        return [self._behind(p, plan) for p in made[: plan.recommendations]]

    def _rows(self, passage: Passage) -> slice:
        """The sentences of a passage."""
        at = self.index.positions[passage.id]
        return slice(int(self.index.starts[at]), int(self.index.starts[at + 1]))

    def _behind(self, recommendation: Passage, plan: Paper) -> Behind:
        """The findings that lead to a recommendation; where none does, those that are related to it."""
        links = self.assistant.links.behind(recommendation.number or "")
        leading = [link for link in links if link.kind != RELATED] or links
        findings = tuple(self.subjects.findings[link.finding] for link in leading)
        told = [stated(self.index, [self.subjects.row(link)])[0] for link in leading[: plan.behind]]
        gist = tuple(Statement(one.passage, one.quote, (), derived=not one.passage.leads_to) for one in told)
        kinds = {link.kind for link in leading}
        return Behind(whole(recommendation), findings, gist, kinds.pop() if len(kinds) == 1 else DERIVED)

    # ---- silence -----------------------------------------------------------------------------------------------

    def _silent(self, subject: Subject, recommended: Iterable[Behind]) -> tuple[str, ...]:
        """What the report does not state of the topic, in fixed words."""
        if subject.kind == "everything":
            return ()
        bearing = [int(at) for at in np.flatnonzero(subject.figures >= BEARS) if self._lines[at] or self._counts(int(at))]
        marks = {self._marks[at] for at in bearing if self._lines[at]}
        parts = {self._passage(at).part for at in bearing} | {p.part for made in recommended for p in made.findings}
        parts |= {part for part in ("summary", "leadership") if self.subjects.mentioned(subject, part)}
        if subject.kind == "numbered":  # a number is one place: that others do not speak of it says nothing
            parts = {"summary", "leadership"}
        counted = any(self._counts(at) for at in bearing)
        return (
            *(wording("brief.silent_word", word=word) for word in subject.unknown),
            *(() if marks & {POSITIVE, MIXED} else (wording("brief.silent_good"),)),
            *(() if marks & {NEGATIVE, MIXED} else (wording("brief.silent_weak"),)),
            *(() if recommended else (wording("brief.silent_recommendations"),)),
            *(() if counted else (wording("brief.silent_figures"),)),
            *(() if "summary" in parts else (wording("brief.silent_summary"),)),
            *(() if "leadership" in parts else (wording("brief.silent_leadership"),)),
        )


def _number(text: str) -> bool:
    """Whether a text gives a figure: a number that is no year, age or name of a team."""
    return _NUMBER.search(_NO_FIGURE.sub(" ", text)) is not None
