"""A topic -> a briefing: what the report says of it, every line a quotation with its paragraph and page.

The same understanding, search and ranking as a question; then more of it, grouped, without near-duplicates. Says nothing
of its own beyond fixed wording and suggested questions, which are marked as such. Knows no file format.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from assistant.answer import Statement
from assistant.assistant import Assistant
from assistant.brief import FULL, PAGE, Behind, Briefing, Graded, Part, fitted
from assistant.composing import check_verbatim
from assistant.links import taken_up
from assistant.lookup import whole
from assistant.polarity import MIXED, NEGATIVE, NEUTRAL, POSITIVE, polarity
from assistant.scrutiny import suggestions
from assistant.selecting import also_said, contiguous
from assistant.topics import SHOWN, Scope, Topics
from index.passages import Judgement, Passage
from index.words import tokens
from prompts import wording

SAME = 0.80  # cosine from which two sentences say the same
ALIKE = 0.65  # share of common words from which they do
GRADES = ("outstanding", "good", "require", "inadequate")
HEADLINE = 0.3  # by how much a summary or the first finding of an area, written to be a headline, goes before others

_LEANS = re.compile(
    r"^(?:They|These|This|It|Their|Its|Those|Such|As a result|Therefore|Consequently|Last year|Members|A few care leavers did)\b"
)
# Words that tie a sentence to the one before it and say nothing by themselves: a quotation begins after them.
_TIES = re.compile(r"^(?:However|Nevertheless|Nonetheless|In addition|Additionally|Furthermore|Moreover|Similarly), ")
_NUMBER = re.compile(
    r"(?<![\w-])\d[\d,.]*%?(?![\w,-])|\b(?:half|third|quarter) of\b|\b(?:two|three|four|five|six|seven|eight|nine|ten) (?:children|care leavers|adoption|apprenticeships)\b",
    re.IGNORECASE,
)
_NO_FIGURE = re.compile(
    r"\bkey stage \d|\bYears? \d+(?: and \d+)?|\b(?:19|20)\d\d\b|\b\d+ years(?: old)?\b|\bTeam \d|\bover 18\b|\b20\d\d to 20\d\d\b"
)


@dataclass(frozen=True)
class Limits:
    """How much a briefing of one length holds; chosen so that `page` fills one A4 side and no more (docs/briefings.md)."""

    good: int
    weak: int
    mixed: int
    neutral: int
    figures: int
    recommendations: int
    behind: int  # findings shown in words behind each recommendation; 0: only named
    questions: int
    a_passage: int  # lines of one passage
    words: int  # of good, weak, mixed and neutral together


LIMITS = {
    PAGE: Limits(good=6, weak=7, mixed=3, neutral=0, figures=3, recommendations=3, behind=0, questions=3, a_passage=3, words=300),
    FULL: Limits(
        good=14, weak=16, mixed=6, neutral=4, figures=12, recommendations=6, behind=4, questions=9, a_passage=5, words=1_200
    ),
}
WHOLE = {  # of every area, for the whole report
    PAGE: Limits(good=1, weak=1, mixed=0, neutral=0, figures=0, recommendations=13, behind=0, questions=0, a_passage=1, words=44),
    FULL: Limits(
        good=4, weak=5, mixed=1, neutral=0, figures=10, recommendations=99, behind=2, questions=10, a_passage=1, words=225
    ),
}


class Briefer:
    """Makes briefings from the engine's own parts: `Briefer(assistant).brief("care leavers")`."""

    def __init__(self, assistant: Assistant) -> None:
        self.assistant = assistant
        self.index = assistant.index
        self.report = assistant.index.report
        self.topics = Topics(assistant)

    def brief(self, topic: str, length: str = FULL) -> Briefing:
        """The briefing on a topic, an area, "everything" or "recommendation 9". Raises NotCovered."""
        scope = self.topics.scope(topic)
        everything = scope.sort == "everything"
        limits = (WHOLE if everything else LIMITS)[length]
        named = tuple(whole(p) for p in scope.named if p.kind != "recommendation")
        parts: list[Part] = [Part("named", wording("brief.named"), named)] if named else []
        parts += self._areas(limits, length) if everything else self._parts(scope, limits)
        figures = self._figures(scope, limits, [line for part in parts for line in part.lines])
        if figures:
            parts.append(Part("figures", wording("brief.figures"), tuple(figures)))
        recommended = self._recommended(scope, limits)
        weak = [line for part in parts if part.sort == "weak" for line in part.lines]
        questions = suggestions(
            [made.statement.passage for made in recommended], weak, self.assistant.links, self.report, limits.questions
        )
        briefing = Briefing(
            scope.title, scope.sort, length, self.report, self._graded(scope), tuple(parts), tuple(recommended),
            tuple(questions), self._silent(scope, recommended),
        )  # fmt: skip
        for statement in briefing.statements:
            check_verbatim(statement)
        return fitted(briefing) if length == PAGE else briefing

    # ---- judgements --------------------------------------------------------------------------------------------

    def _graded(self, scope: Scope) -> tuple[Graded, ...]:
        """The judgements that belong to a topic; for the whole report, or where no area is meant, the overall one too."""
        years = sorted({j.year for j in self.report.judgements}, reverse=True)
        by_service: dict[str, dict[int, Judgement]] = {}
        for judgement in self.report.judgements:
            by_service.setdefault(judgement.service, {})[judgement.year] = judgement
        wanted = list(scope.services)
        if scope.sort == "everything" or not wanted:
            wanted = [service for service in by_service if service not in self.topics.areas] + wanted
        rows = []
        for service in wanted:
            pair = [self._pair(by_service[service].get(year)) for year in years[:2]]
            rows.append(Graded(service, pair[0], pair[1] if len(pair) > 1 else None))
        return tuple(rows)

    def _pair(self, judgement: Judgement | None) -> tuple[Judgement, Statement] | None:
        if judgement is None:
            return None
        passage = self.report.passages[self.index.positions[judgement.passage]]
        return judgement, Statement(passage, passage.text)

    # ---- lines -------------------------------------------------------------------------------------------------

    def _parts(self, scope: Scope, limits: Limits) -> list[Part]:
        """What inspectors found on a topic, by polarity, most central first."""
        kinds = ("finding", "summary", "context")
        named = [self.index.positions[p.id] for p in scope.named]
        scores = np.where(np.isin(self.topics.passage_of, named), 0.0, scope.scores)
        leading = 0.5 * HEADLINE * (self._headlines > self.topics.central) * (scores > 0) if scope.sort == "area" else 0.0
        chosen = self._lines(scores + leading, kinds, limits)
        headings = {"good": "brief.good", "weak": "brief.weak", "mixed": "brief.mixed", "neutral": "brief.neutral"}
        return [Part(sort, wording(headings[sort]), tuple(lines)) for sort, lines in chosen.items() if lines]

    def _areas(self, limits: Limits, length: str) -> list[Part]:
        """The middle of every area: what works, what needs to improve; on one page without a heading for each area."""
        parts: list[Part] = []
        for area in self.topics.areas:
            inside = np.isin(self.topics.passage_of, self.topics.passages_of(area))
            chosen = self._lines(
                np.where(inside, self._headlines, 0.0),
                ("finding", "summary"),
                limits,
                self._positions(line for part in parts for line in part.lines),
            )
            headings = {"good": "brief.good", "weak": "brief.weak", "mixed": "brief.mixed", "neutral": "brief.neutral"}
            parts += [Part(sort, wording(headings[sort]), tuple(lines), area) for sort, lines in chosen.items() if lines]
        if length == FULL:
            return parts
        newest = {j.service: j.grade.casefold() for j in sorted(self.report.judgements, key=lambda j: j.year)}
        merged = []
        for sort, best_last in (("good", False), ("weak", True)):  # what does not fit on the page is cut from the end
            own = sorted((p for p in parts if p.sort == sort), key=lambda p: _rank(newest[p.area or ""]), reverse=best_last)
            if own:
                merged.append(Part(sort, own[0].heading, tuple(line for part in own for line in part.lines)))
        return merged

    @cached_property
    def _headlines(self) -> np.ndarray:
        """How central sentences are, with summaries and the first finding of an area first: they are written to be."""
        index, topics = self.index, self.topics
        opening = {topics.passages_of(area)[0] for area in topics.areas}
        first = {
            next((at for at in topics.passages_of(area) if self.report.passages[at].kind == "finding"), -1)
            for area in topics.areas
        }
        kinds = np.array([self._passage(at).kind == "summary" for at in range(len(index.sentences))])
        leads = np.isin(topics.passage_of, list(opening | first))
        return topics.central + HEADLINE * (kinds | leads) * (topics.central > 0)

    def _lines(
        self, scores: np.ndarray, kinds: tuple[str, ...], limits: Limits, said: Iterable[int] = ()
    ) -> dict[str, list[Statement]]:
        """The best sentences by polarity: the best of every part of the report first, then by score, none twice."""
        room = {"good": limits.good, "weak": limits.weak, "mixed": limits.mixed, "neutral": limits.neutral}
        rows: dict[str, list[tuple[float, int, Statement]]] = {sort: [] for sort in room}
        taken: list[int] = list(said)
        per_passage: dict[int, int] = {}
        spent = 0
        order = [int(at) for at in np.argsort(-scores, kind="stable") if scores[at] > 0]
        order = [at for at in order if self._passage(at).kind in kinds]
        for at in [*self._best_of_each_part(order), *(self._fuller(at, scores) for at in order)]:
            if at in taken or per_passage.get(self.index.sentences[at].passage, 0) >= limits.a_passage or self._said(at, taken):
                continue
            statement, used = self._quoted(at)
            sort = _SORTS[_tone(statement.quote)]
            size = len(statement.quote.split())
            if any(one in taken for one in used) or len(rows[sort]) >= room[sort] or spent + size > limits.words:
                continue
            rows[sort].append((float(scores[at]), -at, statement))
            taken += used
            spent += size
            passage = self.index.sentences[at].passage
            per_passage[passage] = per_passage.get(passage, 0) + 1
        return {
            sort: [statement for _, _, statement in sorted(found, key=lambda row: row[:2], reverse=True)]
            for sort, found in rows.items()
        }

    def _fuller(self, at: int, scores: np.ndarray) -> int:
        """The sentence of a finding that says the same as one of a section's summary and bears as much on the topic."""
        if self._passage(at).kind != "summary" or self._passage(at).page < 5:
            return at
        alike = np.sort(self.index.said_like(at, SAME))
        findings = [int(o) for o in alike if self._passage(int(o)).kind == "finding" and scores[o] >= 0.8 * scores[at]]
        return max(findings, key=lambda other: float(scores[other]), default=at)

    def _best_of_each_part(self, order: list[int]) -> list[int]:
        """The best sentence of each tone from the executive summary, the findings and the leadership section."""
        best: dict[tuple[str, bool], int] = {}
        for at in order:
            passage = self._passage(at)
            part = "summary" if passage.page < 5 else "leadership" if "leadership" in passage.section.casefold() else "findings"
            if passage.kind == "finding" or part == "summary":
                best.setdefault((part, polarity(self.index.sentences[at].text) == POSITIVE), at)
        return list(best.values())

    def _passage(self, at: int) -> Passage:
        return self.report.passages[self.index.sentences[at].passage]

    def _quoted(self, at: int) -> tuple[Statement, list[int]]:
        """The sentence as a statement, with the one before it where it leans on it; and the sentences it uses."""
        sentence, passage = self.index.sentences[at], self._passage(at)
        first = sentence.place - 1 if sentence.place and _LEANS.match(sentence.text) else sentence.place
        if first < sentence.place and first and _LEANS.match(passage.sentences[first]):
            first -= 1
        quote = _TIES.sub("", contiguous(passage, first, sentence.place))
        return Statement(passage, quote, also_said(self.index, at)), [at - back for back in range(sentence.place - first + 1)]

    def _positions(self, lines: Iterable[Statement]) -> list[int]:
        """The sentences that lines quote."""
        found = []
        for line in lines:
            first = self.index.starts[self.index.positions[line.passage.id]]
            found += [first + place for place, text in enumerate(line.passage.sentences) if _TIES.sub("", text) in line.quote]
        return found

    def _said(self, at: int, taken: Iterable[int]) -> bool:
        """Whether a chosen sentence says the same, in meaning or in words."""
        vectors = self.index.sentence_vectors
        own = set(tokens(self.index.sentences[at].text))
        for other in taken:
            said = set(tokens(self.index.sentences[other].text))
            if float(vectors[at] @ vectors[other]) >= SAME or len(own & said) >= ALIKE * min(len(own), len(said)):
                return True
        return False

    def _figures(self, scope: Scope, limits: Limits, shown: list[Statement]) -> list[Statement]:
        """Key figures on a topic, in the order of the report; sentences with numbers of findings where not shown already."""
        if limits.figures == 0:
            return []
        scores = scope.scores
        if scope.sort == "everything":
            plain = [p for p in self.report.passages if p.kind == "figure" and not p.context and p.searchable and _number(p.text)]
            return [whole(passage) for passage in plain][: limits.figures]
        said = self._positions(shown)
        found: dict[int, Statement] = {}
        for at in map(int, np.argsort(-scores, kind="stable")):
            passage = self._passage(at)
            if scores[at] <= 0 or len(found) >= limits.figures:
                break
            text = self.index.sentences[at].text
            if passage.kind == "figure" and _number(text):
                found.setdefault(self.index.sentences[at].passage * 100, whole(passage))
            elif passage.kind in ("finding", "summary") and _number(text) and not self._said(at, said):
                statement, used = self._quoted(at)
                if not set(used) & set(said):
                    found[self.index.sentences[at].passage * 100 + self.index.sentences[used[-1]].place] = statement
                    said += used
        return [found[key] for key in sorted(found)]

    # ---- recommendations ---------------------------------------------------------------------------------------

    def _recommended(self, scope: Scope, limits: Limits) -> list[Behind]:
        """The recommendations that bear on a topic, best first: those of an area also by its flagged findings."""
        links, positions = self.assistant.links, self.index.positions
        made = [p for p in self.report.passages if p.kind == "recommendation"]
        if scope.sort == "everything":
            chosen = made
        elif scope.named:
            wanted = {p.number for p in scope.named if p.kind == "recommendation"}
            wanted |= {r for p in scope.named if p.kind == "finding" for r in links.recommendations(p.number or "")}
            chosen = [p for p in made if p.number in wanted]
        else:
            weight = {p.number or "": float(scope.bears[positions[p.id]]) for p in made}
            weight = {number: share for number, share in weight.items() if share >= SHOWN}
            for area in scope.services if scope.sort == "area" else ():
                inside = [self.report.passages[at] for at in self.topics.passages_of(area)]
                led_to = [number for p in inside if p.flagged for number in links.recommendations(p.number or "")]
                weight |= {number: max(weight.get(number, 0.0), SHOWN) for number in led_to}
            chosen = sorted((p for p in made if p.number in weight), key=lambda p: -weight[p.number or ""])
        return [self._behind(p, limits) for p in chosen[: limits.recommendations]]

    def _behind(self, recommendation: Passage, limits: Limits) -> Behind:
        numbers = self.assistant.links.findings(recommendation.number or "")
        findings = tuple(p for p in self.report.passages if p.kind == "finding" and p.number in numbers)
        gist = tuple(self._gist(recommendation, finding) for finding in findings[: limits.behind])
        return Behind(whole(recommendation), findings, gist)

    def _gist(self, recommendation: Passage, finding: Passage) -> Statement:
        """The critical sentence of a finding that is nearest to the recommendation."""
        statement, _ = self._quoted(taken_up(self.index, recommendation.id, finding.id))
        return Statement(statement.passage, statement.quote, (), derived=True)

    # ---- silence -----------------------------------------------------------------------------------------------

    def _silent(self, scope: Scope, recommended: list[Behind]) -> tuple[str, ...]:
        """What the report does not state of the topic, in fixed words."""
        if scope.sort == "everything":
            return ()
        bearing = [
            at for at in map(int, np.flatnonzero(scope.scores > 0)) if self._passage(at).kind in ("finding", "summary", "figure")
        ]
        marks = {polarity(self.index.sentences[at].text) for at in bearing if self._passage(at).kind != "figure"}
        places = {_place(self._passage(at)) for at in bearing} | {_place(p) for made in recommended for p in made.findings}
        if scope.sort == "numbered":  # a number is one place: that others do not speak of it says nothing
            places = {"summary", "leadership"}
        counted = any(_number(self.index.sentences[at].text) for at in bearing)
        missing = [
            *(wording("brief.silent_word", word=word) for word in scope.unknown),
            *([] if marks & {POSITIVE, MIXED} else [wording("brief.silent_good")]),
            *([] if marks & {NEGATIVE, MIXED} else [wording("brief.silent_weak")]),
            *([] if recommended else [wording("brief.silent_recommendations")]),
            *([] if counted else [wording("brief.silent_figures")]),
            *([] if "summary" in places else [wording("brief.silent_summary")]),
            *([] if "leadership" in places else [wording("brief.silent_leadership")]),
        ]
        return tuple(missing)


_SORTS = {POSITIVE: "good", NEGATIVE: "weak", MIXED: "mixed", NEUTRAL: "neutral"}


def _tone(quote: str) -> str:
    """The polarity of a quotation of one or more sentences."""
    from index.sentences import sentences

    marks = {polarity(sentence) for sentence in sentences(quote)} - {NEUTRAL}
    return marks.pop() if len(marks) == 1 else MIXED if marks else NEUTRAL


def _rank(grade: str) -> int:
    """0 for the best grade; one that is not known stands last."""
    return next((at for at, name in enumerate(GRADES) if grade.startswith(name)), len(GRADES))


def _number(text: str) -> bool:
    return _NUMBER.search(_NO_FIGURE.sub(" ", text)) is not None


def _place(passage: Passage) -> str:
    if "leadership" in passage.section.casefold():
        return "leadership"
    return "summary" if passage.kind == "summary" and passage.page < 5 else "findings"
