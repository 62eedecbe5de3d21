"""Does the report contradict what a question takes for granted? A grade, a direction of change, a number, praise for blame.

Pure: compares the question's words with the chosen sentences. Careful to keep silent when unsure: an opening "The report
says otherwise" on a right premise would mislead a committee (measured: docs/evaluation.md).
"""

from __future__ import annotations

import re
from dataclasses import replace

from assistant.answer import Draft, Section, Statement
from assistant.caseless import Caseless
from assistant.polarity import NEGATIVE, POSITIVE, polarity
from assistant.structure import judgement_statements, judgements_of, same_grade, services_in
from index.passages import GRADES, Report
from index.words import STOPWORDS, stem, words
from prompts import wording

# Words by which a question takes something for granted instead of asking whether it is so.
_TAKES_FOR_GRANTED = Caseless(
    r"\b(?:why|how come|given(?: that)?|since|considering|what (?:made|caused|explains|led|lies behind|is behind|was behind|drove|accounts)|what(?:'s| is| was| were| are) (?:the )?(?:reasons?|causes?|explanation)|reasons?|how did|how has|how have|because|now that|seeing (?:that|as)|after|despite|although|even though|when did|who decided|what happens now|which of the|if|as)\b",
)
_ASKS_WHETHER = Caseless(
    r"^(?:so |and |but |ok,? )?(?:is|are|was|were|do|does|did|has|have|had|can|could|should|will|would)\b",
)
# "got five good GCSEs" names no grade: behind a grade the sentence ends or goes on, no noun follows.
_NO_NOUN = r"(?=\W*$|\s*[,;.?!)\"'’”]|\s+(?:in|for|by|at|on|when|while|overall|last|this|the|and|or|but|if|as|so|with|despite|given|from|to|since|because|grades?|ratings?|judge?ments?|verdicts?|marks?|rather|instead|not)\b)"
_GRADED = Caseless(
    rf"\b(?:rated|graded|judged|grading|rating|grade|judgement|judgment|verdict|scored|get|got|given|labelled|marked|deemed|found|classed|called|declared|received?|awarded)\b.{{0,50}}?\b(?P<after>{'|'.join(GRADES)})\b{_NO_NOUN}|\b(?P<before>{'|'.join(GRADES)})\b.{{0,15}}\b(?:rating|grade|judgement|judgment|verdict|mark)\b",
)

_UP = r"increas\w*|go(?:es)? up|rise|rises|risen|rising|rose|grow\w*|grew|went up|gone up|going up|higher|more and more|climb\w*|soar\w*|doubl\w*"
_DOWN = r"decreas\w*|go(?:es)? down|f[ae]ll(?:s|en|ing)?|drop(?:s|ped|ping)?|reduc\w*|fewer|lower|went down|gone down|going down|shr[aiu]nk\w*|halv\w*|cut"
_BETTER = r"positive shift|positive|happy|improv(?:ed|es|ing|ement|ements)|better|quicker|faster|shorter|strengthened|accelerated|stabilis\w+|more stable"
_WORSE = r"unhappy|worse(?:n\w*)?|deteriorat\w*|declin\w*|slower|longer|weaker|weakened|poorer|slipp\w*|less stable|got bad|destabilis\w+"
_LEVELS = (("high", "low"), ("many", "few"), ("strong", "weak"), ("always", "not always"), ("well", "poorly"))
_DIRECTIONS = tuple(
    (Caseless(rf"\b(?:{one})\b"), Caseless(rf"\b(?:{other})\b"))
    for one, other in (
        *_LEVELS,
        *((b, a) for a, b in _LEVELS),
        (_UP, _DOWN),
        (_DOWN, _UP),
        (_BETTER, _WORSE),
        (_WORSE, rf"{_BETTER}|{_DOWN}"),
    )
)
_NUMBER = re.compile(
    r"(?<![\w.,/-])(\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)\s*(%|per ?cent|percent)?(?:\s*-?\s*([a-z]+))?", re.IGNORECASE
)
_YEARS = re.compile(r"^(?:19|20)\d\d$")
_UNITS = {"per cent": "%", "percent": "%", "percentage": "%"}


_BLAME = Caseless(
    r"\b(?:poor\w*|bad\w*|weak\w*|fail(?:s|ed|ing|ure)?|criticis\w+|inadequate|ineffective|unsafe|unmanageable|useless|unhappy|neglected)\b",
)
_LAUD = Caseless(
    r"\b(?:good|so well|strong|excellent|effective|prais\w+|success\w*|outstanding|great|impressive|manageable|happy)\b",
)


def contradicted(question: str, statements: list[Statement]) -> bool:
    """Whether the best statement contradicts what the question takes for granted."""
    if not statements:
        return False
    best = statements[0]
    said = f"{best.passage.context or ''} {best.quote}"
    return (
        _number(question, said)
        or _direction(question, said)
        or (best.passage.kind != "recommendation" and _tone(question, best.quote))
    )


def corrected(question: str, draft: Draft, report: Report) -> Draft:
    """The draft, opened with "The report says otherwise:" when the question takes for granted what the report contradicts."""
    if draft.outcome != "answered":
        return draft
    wrong = wrong_grade(question, report)
    if not wrong and not contradicted(question, list(draft.statements)):
        return draft
    judged = judgement_statements(report, wrong)
    quoted = {(s.passage.id, s.quote) for s in judged}
    rest = tuple(
        replace(section, statements=tuple(s for s in section.statements if (s.passage.id, s.quote) not in quoted))
        for section in draft.sections
    )
    sections = (
        *((Section(None, tuple(judged), "judgement"),) if judged else ()),
        *(section for section in rest if section.statements),
    )
    return replace(draft, opening=wording("answered.premise"), sections=sections, notes=(*draft.notes, "premise_contradicted"))


def wrong_grade(question: str, report: Report) -> list[str]:
    """Services for which the question names another grade than the report gives."""
    match = _GRADED.search(question)
    if match is None or re.search(r"\b(?:2015|previous|last time|before|earlier|not|isn't|wasn't|or)\b", question, re.IGNORECASE):
        return []
    named = (match["after"] or match["before"]).casefold()
    wrong = []
    for service in services_in(question):
        given = judgements_of(report, [service])
        if given and not any(same_grade(judgement.grade, named) for judgement in given):
            wrong.append(service)
    return wrong


def _number(question: str, said: str) -> bool:
    """A number in the question, where the sentence gives another one of the same unit or noun, and not that one."""
    if re.search(
        r"\b(?:more|less|fewer|over|under|above|below|at least|up to|between|about|around|nearly|almost)\b\W+(?:than\W+)?\d",
        question,
    ):
        return False
    held = [(value, unit) for value, unit in _numbers(said)]
    values = {value for value, _ in held}
    sure = re.match(r"\W*(?:so |and |but )?(?:why|how come)\b", question, re.IGNORECASE) is not None
    return any(
        value not in values and bool(held) and (sure or (bool(unit) and any(unit == other for _, other in held)))
        for value, unit in _numbers(question)
    )


def _numbers(text: str) -> list[tuple[str, str]]:
    """(number, its unit: "%" or the stem of the noun after it), years and ages left out."""
    found = []
    for match in _NUMBER.finditer(text):
        value = match[1].replace(",", "")
        if _YEARS.match(value):
            continue
        after = (match[3] or "").casefold()
        unit = "%" if match[2] else stem(after) if after and after not in STOPWORDS else ""
        found.append((value, _UNITS.get(unit, unit)))
    return found


def _direction(question: str, said: str) -> bool:
    if _ASKS_WHETHER.match(question) or not _TAKES_FOR_GRANTED.search(question):
        return False
    return any(
        one.search(question) and other.search(said) and not one.search(said) and not other.search(question)
        for one, other in _DIRECTIONS
    )


def _tone(question: str, said: str) -> bool:
    """Blame taken for granted where the sentence praises, or praise where it blames, of the same thing."""
    if _ASKS_WHETHER.match(question) or not re.match(
        r"\W*(?:so |and |but )?(?:why|how come|given|what (?:made|caused|explains|led))\b", question, re.IGNORECASE
    ):
        return False
    if re.search(rf"\b(?:{_WORSE}|{_BETTER}|{_UP}|{_DOWN})\b", question, re.IGNORECASE):
        return False  # a change is a matter of direction
    blames, lauds = _BLAME.search(question) is not None, _LAUD.search(question) is not None
    if blames == lauds:
        return False
    asked, found = NEGATIVE if blames else POSITIVE, polarity(said)
    shared = {stem(w) for w in words(question) if w not in STOPWORDS} & {stem(w) for w in words(said) if w not in STOPWORDS}
    return {asked, found} == {POSITIVE, NEGATIVE} and len(shared) >= 2
