"""Which graded services a text names, and how inspectors judged them -> statements: now, before, side by side.

Which services are graded is read from the report; what people call them is data (services.toml).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files

from assistant.answer import Draft, Section, Statement
from assistant.question.answer_types import is_of_kind
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
    r"\b(?:(?:two|three|3|2) years (?:ago|earlier|before)|previous(?:ly)?|last time|earlier|before|prior|last inspection|used to|first inspection|back then)\b",
)
_BOTH = Caseless(
    r"\b(?:chang(?:e|ed|es)|compar\w+|since|from .+ to|then and now|now and|both|versus|vs|improve[ds]?|better|worse|up from|go(?:ne|es|ing)? (?:up|down)|went (?:up|down)|history|move[ds]?|side by side)\b",
)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
# Single words that ask for the grades that rose, fell or stayed between two inspections: rank 0 is the best
# grade, so that -1 means improved.
_STEPS = {
    -1: frozenset("improve improved improves better rose risen up".split()),
    1: frozenset("worse worsened declined deteriorated fell fallen down dropped".split()),
    0: frozenset("same unchanged stayed stay remained remain".split()),
}
_ENDS = {min: frozenset("best highest strongest top".split()), max: frozenset("worst lowest weakest bottom".split())}
_NOW = frozenset("now current currently today latest new".split())
_WHICH = Caseless(
    r"\b(?:which|what|list|name|any|how many)\b.{0,40}\b(?:services?|areas?|parts?|judge?ments?|grades?|bits)\b|\b(?:anything|everything|nothing)\b",
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
_ANYTHING = frozenset("anything everything nothing".split())
_RIVALS = frozenset("against or than versus vs".split())
_OVER_TIME = Caseless(r"\b(?:since|chang\w+|improve[ds]?|then|up from|gone up|history|move[ds]?)\b")
_FILLER = frozenset(
    """grade grades graded grading rate rated rating ratings judgement judgements judgment judgments judged judge verdict mark marks
    marked score scored scores ofsted inspectors inspection inspected report result outcome service services area areas get got
    give given receive received overall what which how did does do is was were the a an of for in on at to by and or its their
    they it this that now current currently latest previous previously last time earlier before prior since
    change changed compare compared improved improve better worse from then both each every all part parts children childrens
    children's please tell me us show list side council county local authority good inadequate outstanding required requires
    require improvement be any there has have had been with as whole many performance quality experience experiences progress
    who need help kids after effectiveness headline come out final official table were are not still only one ones you can i
    fail failed fails failing pass passed passes according versus vs against side earlier then who our own year years ago
    three two my we again word words exact just so ok well hi higher lower highest lowest best worst stronger weaker than
    most least recent verdicts comparison between difference different same go goes went gone up down stay stayed remain
    look looks like under across put next together beside inspector s council's weren't wasn't aren't isn't werent wasnt arent isnt
    anything everything nothing only other today new name worsened declined deteriorated dropped fell fallen rose risen unchanged strongest
    weakest top bottom remained remain outcomes see table 's""".split()
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
    """Names of the services a text mentions, in the order of services.toml; the overall one only if no other is mentioned."""
    low = f" {' '.join(words(text))} "
    found = [name for name, aliases in _aliases().items() if any(alias in low for alias in aliases)]
    return found[1:] if len(found) > 1 and found[0] == OVERALL else found


def service_words(text: str) -> set[str]:
    """All words by which people call the services that a text mentions, and the overall judgement."""
    return {word for name in (*services_in(text), OVERALL) for alias in _aliases()[name] for word in alias.split()}


def speaks_of(passage: Passage, sentence: str, thing: str) -> bool:
    """Whether a sentence is about `thing`: it mentions the same service or, if the thing is no service, over half of the thing's
    words.
    """
    told = f"{passage.context or ''} {sentence}"
    if services := services_in(thing):
        return bool(set(services) & set(services_in(told)))
    wanted = set(tokens(thing))
    return len(wanted & set(tokens(told))) > len(wanted) / 2


def inspections(report: Report) -> list[int]:
    """The years of the inspections whose judgements the report gives, the earliest first."""
    return sorted({judgement.year for judgement in report.judgements})


def years_asked(report: Report, question: str) -> tuple[int, ...]:
    """The inspections, by year, that a question names: by a year, as the one before, or as this one; none where it names no time.

    The year in which the report was published stands for its inspection. A year without judgements is kept as it is.
    """
    known = inspections(report)
    named = [int(year) for year in _YEAR.findall(question)]
    own = int(report.published[:4]) if report.published else 0
    asked = {known[-1] if known and year == own and year not in known else year for year in named}
    if known and _EARLIER.search(question) and not asked - {known[-1]}:
        asked.add(known[0] if known[1:] else known[0] - 1)  # before the first inspection that is told
    if known and asked and set(words(question)) & _NOW:
        asked.add(known[-1])
    return tuple(sorted(asked))


def beside_the_time(report: Report, question: str) -> set[str]:
    """Ids of passages with judgements of years not asked for; none if no time is named, or a change is asked for."""
    asked = years_asked(report, question)
    if not asked or _BOTH.search(question):
        return set()
    return {judgement.passage for judgement in report.judgements if judgement.year not in asked}


def areas(report: Report) -> list[str | None]:
    """The graded service of each passage, or None: a heading above it has every word that only this service's name has."""
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
    """The judgements of the named services (none named: of all): the newest, or with `earlier` all older ones."""
    newest = max(inspections(report), default=0)
    return [j for j in report.judgements if (j.year != newest) == earlier and (not names or j.service in names)]


def judgement_statements(report: Report, names: list[str], *, earlier: bool = False) -> list[Statement]:
    """The judgements of the named services as statements; of no service when none is named."""
    return statements_of(report, judgements_of(report, names, earlier=earlier)) if names else []


def statements_of(report: Report, judgements: Sequence[Judgement]) -> list[Statement]:
    """Judgements as statements, each where it stands."""
    at = {passage.id: passage for passage in report.passages}
    return [Statement(at[judgement.passage], at[judgement.passage].text) for judgement in judgements]


def enumerate_judgements(report: Report, question: str) -> Draft | None:
    """The draft that answers a question about judgements, or None when it is not one."""
    if not report.judgements or references(question):
        return None
    question, left_out = excepted(question)
    names, graded, asked = services_in(question), grade_in(question), years_asked(report, question)
    if not _only_of_judgements(report, question):
        return None
    said, several = set(words(question)), _WHICH.search(question) is not None
    step = next((step for step, told in _STEPS.items() if said & told), None)
    graded_when = graded if several or (asked and not names and graded != "good") else None
    if not (
        _GRADE_WORDS.search(question)
        or (names and _PASSES.search(question))
        or graded_when
        or (several and step is not None and not said & _ANYTHING)  # "did anything get worse" asks of more than grades
    ):
        return None
    before = judgements_of(report, [], earlier=True)
    if set(asked) - set(inspections(report)):
        return _of_another_year(report, asked)
    if not set(names) - {OVERALL} and left_out is None:
        if graded and (graded_when or not (names or said & _SINGLE)):
            denied = re.search(rf"\b(?:not|\w+n['’]?t)\b.{{0,15}}\b{graded}\b", _as_graded(question), re.IGNORECASE) is not None
            return _of_grade(report, asked, graded, denied)
        if several and step is not None and before:
            return _of_step(report, step)
        end = next((end for end, told in _ENDS.items() if said & told), None)
        if several and end is not None:
            given = [one for one in _of_years(report, asked) if one.service != OVERALL]
            return _judged(report, [one for one in given if _rank(one.grade) == end(_rank(other.grade) for other in given)])
    if names and OVERALL not in names and _OVERALL_TOO.search(question):
        names = [OVERALL, *names]
    if names == [OVERALL] and said & _EVERY:
        names = []
    if not names and said & _SINGLE and not said & _SEVERAL:
        names = [OVERALL]  # "what was our grade" is one grade
    if left_out and not names:
        out = services_in(left_out)
        names = [service for service in dict.fromkeys(j.service for j in report.judgements) if service not in (*out, OVERALL)]
    rivals = len(names) > 1 and said & _RIVALS and not asked and not _OVER_TIME.search(question)
    if before and not rivals and (asked[1:] or _BOTH.search(question)):
        return Draft("answered", _side_by_side(report, names))
    return _judged(report, _of_years(report, asked, names))


def leading(report: Report, question: str) -> tuple[Section, ...]:
    """The judgements that answer a yes/no question such as "was adoption good?", to open the answer; else none."""
    names, step = services_in(question), any(set(words(question)) & told for told in _STEPS.values())
    asked, graded = years_asked(report, question), grade_in(question)
    if not names or not is_of_kind(question, "yesno") or not _only_of_judgements(report, question) or references(question):
        return ()
    if set(asked) - set(inspections(report)) or not (step or graded):
        return ()
    if judgements_of(report, names, earlier=True) and (step or asked[1:] or "still" in words(question)):
        return _side_by_side(report, names)
    found = _judged(report, _of_years(report, asked, names))
    return found.sections if found and graded else ()


def _only_of_judgements(report: Report, question: str) -> bool:
    """Whether a question is made of words that ask for judgements, and of nothing else."""
    known = _FILLER | service_words(question) | set(words(report.authority)) | set(_YEAR.findall(question))
    return all(word in known for word in words(question))


def _as_graded(question: str) -> str:
    return re.sub(r"\b(?:required?|needing|needs?) improvement\b", "requires improvement", question, flags=re.IGNORECASE)


def grade_in(question: str) -> str | None:
    """The grade that a question names."""
    named = _as_graded(question)
    return next((grade for grade in GRADES if re.search(rf"\b{grade}\b", named, re.IGNORECASE)), None)


def _of_years(report: Report, asked: Sequence[int], names: Sequence[str] = ()) -> list[Judgement]:
    """The judgements of the named services in the inspections asked for, or in the latest."""
    years = asked or inspections(report)[-1:]
    return [one for one in report.judgements if one.year in years and (not names or one.service in names)]


def _judged(report: Report, judgements: Sequence[Judgement], heading: str | None = None) -> Draft | None:
    return Draft("answered", (Section(heading, tuple(statements_of(report, judgements)), "judgement"),)) if judgements else None


def _of_another_year(report: Report, asked: Sequence[int]) -> Draft | None:
    """That the report gives no judgements of a year; None where it speaks of that year, or of an earlier inspection, in its text."""
    named = [str(year) for year in asked if year not in inspections(report)]
    if any(year in passage.text for year in named for passage in report.passages) or asked[0] == inspections(report)[0] - 1:
        return None
    told = [str(year) for year in inspections(report)]
    opening = wording("not_stated.judged", year=" and ".join(named), years=" and ".join(told))
    overall = [one for one in report.judgements if one.service == OVERALL]
    return Draft("not_stated", opening=opening, nearest=tuple(statements_of(report, overall)))


def _of_grade(report: Report, asked: Sequence[int], grade: str, denied: bool) -> Draft | None:
    """The judgements of a grade, or of any other; where there is none, that there is none, and all."""
    given = _of_years(report, asked)
    chosen = [one for one in given if same_grade(one.grade, grade) != denied]
    if chosen or denied:
        return _judged(report, chosen or given)
    years = " and ".join(map(str, asked or inspections(report)[-1:]))
    return _judged(report, given, wording("answered.none_graded", grade=grade, year=years))


def _of_step(report: Report, step: int) -> Draft:
    """The services whose grade rose (-1), fell (1) or stayed (0), then and now; where there is none, that there is none, and all."""
    before, now = ({one.service: _rank(one.grade) for one in judgements_of(report, [], earlier=told)} for told in (True, False))
    chosen = [name for name in now if name in before and (now[name] > before[name]) - (now[name] < before[name]) == step]
    table = _side_by_side(report, chosen)
    key = {-1: "rose", 0: "stayed", 1: "fell"}[step]
    heading = wording(f"answered.grades_{key}" if chosen else f"answered.no_grades_{key}")
    return Draft("answered", (replace(table[0], heading=heading), *table[1:]))


def _rank(grade: str) -> int:
    """The place of a grade among all, from 0 for the best."""
    return next((at for at, one in enumerate(GRADES) if same_grade(one, grade)), len(GRADES))


def same_grade(one: str, other: str) -> bool:
    """Whether two grades are the same, however they are worded."""

    def key(grade: str) -> str:
        return grade.casefold().replace(" to be good", "").replace("requires", "require")

    return key(one) == key(other)


def _side_by_side(report: Report, names: Sequence[str]) -> tuple[Section, ...]:
    """A table of grades of the named services: a row for each, a column for each inspection, the earlier one first."""
    now, before = judgements_of(report, [*names]), judgements_of(report, [*names], earlier=True)
    heading: str | None = wording("answered.now_and_then")
    cells = []
    for service in dict.fromkeys(judgement.service for judgement in (*now, *before)):
        for judgement in (*before, *now):
            if judgement.service == service:
                (statement,) = statements_of(report, [judgement])
                cells.append(Section(heading, (statement,), "judgement", service, row=service, column=str(judgement.year)))
                heading = None
    return tuple(cells)
