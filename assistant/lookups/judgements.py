"""Which graded services a text names, and how inspectors judged them -> statements: now, before, side by side.

Which services are graded is read from the report; what people call them is data (services.toml).
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from assistant.answer import Draft, Section, Statement
from assistant.question.exclusions import excepted
from assistant.question.references import references
from assistant.words.caseless import Caseless
from index.passages import GRADES, Judgement, Passage, Report
from index.text.words import STOPWORDS, stem, tokens, words
from prompts import wording

OVERALL = "Overall effectiveness"
_GRADE_WORDS = Caseless(
    r"\b(?:grades?|graded|grading|rat(?:e|ed|ing|ings)|judge?ments?|judged?|verdicts?|marks?|marked|scored?|scores|ofsted result|overall effectiveness)\b",
)
_EARLIER = Caseless(
    r"\b(?:2015|(?:two|three|3|2) years (?:ago|earlier|before)|previous(?:ly)?|last time|earlier|before|prior|last inspection|used to|first inspection|back then)\b",
)
_BOTH = Caseless(
    r"\b(?:chang(?:e|ed|es)|compar\w+|since|from .+ to|then and now|now and|both|versus|vs|improve[ds]?|better|worse|up from|gone up|history|move[ds]?|side by side)\b",
)
_WHICH = Caseless(
    r"\b(?:which|what|list|name|any|how many)\b.{0,40}\b(?:services?|areas?|parts?|judge?ments?|grades?|bits)\b",
)
_PASSES = Caseless(
    r"^(?:so |and |but )?(?:is|are|was|were|did|do|does|has|have|had)\b.*\b(?:fail(?:ed|s|ing)?|pass(?:ed|es)?)\b",
)
_OVERALL_TOO = Caseless(
    r"\boverall (?:grade|rating|judge?ment|verdict|mark|effectiveness)\b.*\b(?:and|or)\b|\b(?:and|or) (?:\w+ )?overall\b",
)
# Single words of a question: that it asks for one grade, for several, or sets services against each other.
_SINGLE = frozenset("grade rating judgment judgement verdict mark score result".split())
_EVERY = frozenset("all each every judgments judgements grades ratings table".split())
_SEVERAL = _EVERY | frozenset("any both services areas parts verdicts marks scores results which".split())
_RIVALS = frozenset("against or than versus vs".split())
_OVER_TIME = Caseless(r"\b(?:since|chang\w+|improve[ds]?|then|up from|gone up|history|move[ds]?)\b")
_FILLER = frozenset(
    """grade grades graded grading rate rated rating ratings judgement judgements judgment judgments judged judge verdict mark marks
    marked score scored scores ofsted inspectors inspection inspected report result outcome service services area areas get got
    give given receive received overall what which how did does do is was were the a an of for in on at to by and or its their
    they it this that now current currently latest 2015 2017 2018 previous previously last time earlier before prior since
    change changed compare compared improved improve better worse from then both each every all part parts children childrens
    children's please tell me us show list side somerset council county local authority good inadequate outstanding requires
    require improvement be any there has have had been with as whole many performance quality experience experiences progress
    who need help kids after effectiveness headline come out final official table were are not still only one ones you can i
    fail failed fails failing pass passed passes according versus vs against side earlier then who our own year years ago
    three two my we again word words exact just so ok well hi higher lower highest lowest best worst stronger weaker than
    most least recent verdicts comparison between difference different same go goes went gone up down stay stayed remain
    look looks like under across put next together beside inspector s council's weren't wasn't aren't isn't werent wasnt arent isnt""".split()
)


@dataclass(frozen=True)
class Service:
    """A graded service and what people call it."""

    name: str
    aliases: tuple[str, ...]


@lru_cache(maxsize=1)
def services() -> tuple[Service, ...]:
    data = tomllib.loads(files("assistant.words").joinpath("services.toml").read_text(encoding="utf-8"))
    return tuple(Service(s["name"], tuple(s["aliases"])) for s in data["service"])


@lru_cache(maxsize=1)
def _aliases() -> dict[str, tuple[str, ...]]:
    """The aliases of every service by its name, as words between single spaces, with one before and one behind."""
    return {service.name: tuple(f" {' '.join(words(alias))} " for alias in service.aliases) for service in services()}


def services_in(text: str) -> list[str]:
    """Names of the services a text mentions, most specific first; "overall" only when no other is named."""
    low = f" {' '.join(words(text))} "
    found = [name for name, aliases in _aliases().items() if any(alias in low for alias in aliases)]
    return found[1:] if len(found) > 1 and found[0] == OVERALL else found


def speaks_of(passage: Passage, sentence: str, thing: str) -> bool:
    """Whether a sentence is about the thing: it names the thing's words, or belongs to the graded service that it names."""
    told = f"{passage.context or ''} {sentence}"
    if services := services_in(thing):
        return bool(set(services) & set(services_in(told)))
    wanted = set(tokens(thing))
    return len(wanted & set(tokens(told))) > len(wanted) / 2


def _latest(report: Report) -> list[Judgement]:
    newest = max((j.year for j in report.judgements), default=0)
    return [j for j in report.judgements if j.year == newest]


def _previous(report: Report) -> list[Judgement]:
    newest = max((j.year for j in report.judgements), default=0)
    return [j for j in report.judgements if j.year != newest]


def areas(report: Report) -> list[str | None]:
    """The graded service of each passage, told by its section's heading: words that only one service's name has."""
    names = {j.service: {stem(w) for w in words(j.service) if w not in STOPWORDS} for j in judgements_of(report, [])}
    shared = {word for word in set().union(*names.values()) if sum(word in name for name in names.values()) > 1}

    def home(passage: Passage) -> str | None:
        if passage.kind not in ("finding", "summary", "heading") or passage.part == "cover":
            return None
        for title in (passage.subsection, passage.section):
            held = {stem(word) for word in words(title or "")}
            fits = [service for service, name in names.items() if name - shared and name - shared <= held]
            if fits:
                return max(fits, key=lambda service: len(names[service]))
        return None

    return [home(passage) for passage in report.passages]


def judgements_of(report: Report, names: list[str], *, earlier: bool = False) -> list[Judgement]:
    """The judgements of the named services, in this report or in the inspection before it."""
    given = _previous(report) if earlier else _latest(report)
    return [judgement for judgement in given if not names or judgement.service in names]


def judgement_statements(report: Report, names: list[str], *, earlier: bool = False) -> list[Statement]:
    """The judgements of the named services as statements; of no service when none is named."""
    return statements_of(report, judgements_of(report, names, earlier=earlier)) if names else []


def statements_of(report: Report, judgements: list[Judgement]) -> list[Statement]:
    """Judgements as statements, each where it stands."""
    at = {passage.id: passage for passage in report.passages}
    return [Statement(at[judgement.passage], at[judgement.passage].text) for judgement in judgements]


def enumerate_judgements(report: Report, question: str) -> Draft | None:
    """The draft that answers a question about judgements, or None when it is not one."""
    if not any(pattern.search(question) for pattern in (_GRADE_WORDS, _WHICH, _PASSES)):
        return None
    if not report.judgements or references(question):
        return None
    question, left_out = excepted(question)
    names = services_in(question)
    alias_words = {word for name in (*names, OVERALL) for alias in _aliases()[name] for word in alias.split()}
    if any(word not in _FILLER and word not in alias_words for word in words(question)):
        return None
    named = re.sub(r"\b(?:require|needing|needs?) improvement\b", "requires improvement", question, flags=re.IGNORECASE)
    graded = next((grade for grade in GRADES if re.search(rf"\b{grade}\b", named, re.IGNORECASE)), None)
    asked = _GRADE_WORDS.search(question) or (graded and _WHICH.search(question)) or (names and _PASSES.search(question))
    if not asked:
        return None
    if graded and _WHICH.search(question) and not set(names) - {OVERALL}:
        given = judgements_of(report, [], earlier=bool(_EARLIER.search(question)))
        denied = re.search(rf"\b(?:not|\w+n['’]?t)\b.{{0,15}}\b{graded}\b", named, re.IGNORECASE) is not None
        chosen = [j for j in given if same_grade(j.grade, graded) != denied] or given
        return Draft("answered", (Section(None, tuple(statements_of(report, chosen)), "judgement"),))
    if names and OVERALL not in names and _OVERALL_TOO.search(question):
        names = [OVERALL, *names]
    said = set(words(question))
    if names == [OVERALL] and said & _EVERY:
        names = []
    if not names and said & _SINGLE and not said & _SEVERAL:
        names = [OVERALL]  # "what was our grade" is one grade
    if left_out and not names:
        out = services_in(left_out)
        names = [service for service in dict.fromkeys(j.service for j in report.judgements) if service not in (*out, OVERALL)]
    now, before = judgements_of(report, names), judgements_of(report, names, earlier=True)
    rivals = len(names) > 1 and said & _RIVALS and not _EARLIER.search(question) and not _OVER_TIME.search(question)
    if _EARLIER.search(question) and not _BOTH.search(question):
        return Draft("answered", (Section(None, tuple(statements_of(report, before)), "judgement"),)) if before else None
    if _BOTH.search(question) and before and not rivals:
        return Draft("answered", _side_by_side(report, now, before))
    return Draft("answered", (Section(None, tuple(statements_of(report, now)), "judgement"),)) if now else None


def same_grade(one: str, other: str) -> bool:
    def key(grade: str) -> str:
        return grade.casefold().replace(" to be good", "").replace("requires", "require")

    return key(one) == key(other)


def _side_by_side(report: Report, now: list[Judgement], before: list[Judgement]) -> tuple[Section, ...]:
    """A table of grades: a row for each service, a column for each inspection, the earlier one first."""
    heading: str | None = wording("answered.now_and_then")
    cells = []
    for service in dict.fromkeys(judgement.service for judgement in (*now, *before)):
        for judgement in (*before, *now):
            if judgement.service == service:
                (statement,) = statements_of(report, [judgement])
                cells.append(Section(heading, (statement,), "judgement", service, row=service, column=str(judgement.year)))
                heading = None
    return tuple(cells)
