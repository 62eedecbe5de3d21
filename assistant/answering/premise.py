"""Does the report contradict what a question takes for granted? A grade, a direction of change, a number, praise for blame.

Pure: compares the question's words with the chosen sentences. Careful to keep silent when unsure: an opening "The report
says otherwise" on a right premise would mislead a committee (measured: docs/evaluation.md).
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from assistant.answer import Draft, Section, Statement
from assistant.lookups.judgements import OVERALL, judgement_statements, judgements_of, same_grade, services_in
from assistant.question.conversation import LEADING
from assistant.question.splitting import BEING
from assistant.words.caseless import Caseless
from assistant.words.polarity import NEGATIVE, POSITIVE, polarity
from index.passages import GRADES, Report
from index.text.numbers import NUMBER_WORDS
from index.text.words import STOPWORDS, stem, words
from prompts import wording

# "got five good GCSEs" names no grade: behind a grade the sentence ends or goes on, no noun follows.
_NO_NOUN = r"(?=\W*$|\s*[,;.?!)\"'’”]|\s+(?:in|for|by|at|on|when|while|overall|last|this|the|and|or|but|if|as|so|with|despite|given|from|to|since|because|grades?|ratings?|judge?ments?|verdicts?|marks?|rather|instead|not|again|once)\b)"
_GRADED = Caseless(
    rf"\b(?:rated|graded|judged|grading|rating|grade|judgement|judgment|verdict|scored|get|got|given|labelled|marked|deemed|found|classed|called|declared|received?|awarded)\b.{{0,50}}?\b(?P<after>{'|'.join(GRADES)})\b{_NO_NOUN}|\b(?P<before>{'|'.join(GRADES)})\b.{{0,15}}\b(?:rating|grade|judgement|judgment|verdict|mark)\b",
)


def _stems(text: str) -> frozenset[str]:
    return frozenset(" ".join(map(stem, one.split())) for one in text.split(", "))


# Words and pairs of words, as stems, that tell of a direction; the other direction contradicts it.
_UP = _stems(
    "increased, goes up, go up, went up, gone up, going up, rise, rose, risen, grow, grew, higher, climbing, soared, doubled"
)
_DOWN = _stems(
    "decreased, goes down, go down, went down, gone down, going down, fall, fell, fallen, drop, dropped, reduced, reduction, fewer, "
    "lower, shrank, shrunk, halved, cut"
)
_BETTER = _stems(
    "positive, happy, improved, improvement, better, quicker, faster, shorter, strengthened, accelerated, stabilised, more stable"
)
_WORSE = _stems(
    "unhappy, worse, worsened, deteriorated, deterioration, declining, slower, longer, weaker, weakened, poorer, slipped, less stable, "
    "got bad, downhill"
)
_LEVELS = (("high", "low"), ("many", "few"), ("strong", "weak"), ("always", "not always"), ("well", "poorly"))
_LEVEL = tuple((_stems(one), _stems(other)) for pair in _LEVELS for one, other in (pair, pair[::-1]))
_CHANGE = ((_UP, _DOWN), (_DOWN, _UP), (_BETTER, _WORSE), (_WORSE, _BETTER | _DOWN))
_BLAME = _stems(
    "poor, poorly, bad, badly, weak, weakness, failed, failure, criticised, criticism, inadequate, ineffective, unsafe, unmanageable, "
    "useless, unhappy, neglected"
)
_LAUD = _stems(
    "good, so well, strong, excellent, effective, praised, success, successful, outstanding, great, impressive, manageable, happy"
)
_NUMBER = re.compile(
    r"(?<![\w.,/-])(\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)\s*(%|per ?cent|percent)?(?:\s*-?\s*([a-z]+))?",
    re.IGNORECASE,
)
_EARLIER = _stems(
    "2015, previous, last time, before, earlier, not, isnt, wasnt, or, no longer, anymore, used to"
)  # another inspection's grade, or no claim
_WHY = _stems(
    "why, how come, given, what made, what caused, what explains, what led, reason"
)  # what follows is taken for granted
_COUNCIL = _stems("we, us, council, authority, report")  # whose grade is meant where no service is named: the grade of all
_GRANTED = _stems("again, once more, still, since we")  # what is said beside is taken for granted, as after "why"
_ROUGHLY = _stems(
    "more than, less than, fewer than, over, under, above, below, at least, up to, between, about, around, nearly, almost"
)
_UNITS = {"per cent": "%", "percent": "%", "percentage": "%"}


def contradicted(question: str, statements: list[Statement]) -> bool:
    """Whether the best statement contradicts a number, a direction or a tone that the question takes for granted."""
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
    """The draft; if the report contradicts the premise, it is answered and opens with "The report says otherwise:"."""
    if draft.outcome == "not_stated" and contradicted(question, list(draft.nearest)):
        section = Section(None, draft.nearest[:1])  # what is asked is not stated because it is not so
        return replace(
            draft,
            outcome="answered",
            opening=wording("answered.premise"),
            sections=(section,),
            nearest=(),
            notes=("premise_contradicted",),
        )
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
    """The services for which the question names a grade that the report does not give."""
    match = _GRADED.search(question)
    if match is None or _said(question) & _EARLIER:
        return []
    named = (match["after"] or match["before"]).casefold()
    wrong = []
    said = _said(question)
    whole = [OVERALL] if said & _COUNCIL and said & (_WHY | _GRANTED) else []
    for service in services_in(question) or whole:
        given = judgements_of(report, [service])
        if given and not any(same_grade(judgement.grade, named) for judgement in given):
            wrong.append(service)
    return wrong


def _number(question: str, said: str) -> bool:
    """A number in the question that the sentence contradicts: it gives another number of the same unit or noun, and not this one."""
    if _said(question) & _ROUGHLY:
        return False
    held = _numbers(said)
    values = {value for value, _ in held}
    sure = words(question)[:1] == ["why"]
    return any(
        value not in values and bool(held) and (sure or (bool(unit) and any(unit == other for _, other in held)))
        for value, unit in _numbers(question)
    )


def _numbers(text: str) -> list[tuple[str, str]]:
    """(number, its unit: "%" or the stem of the noun after it), in figures or words; years, ages and "one" left out."""
    found = []
    text = " ".join(word if word == "one" else NUMBER_WORDS.get(word, word) for word in text.casefold().split())
    for match in _NUMBER.finditer(text):
        value = match[1].replace(",", "")
        if len(value) == 4 and value[:2] in ("19", "20"):
            continue
        after = (match[3] or "").casefold()
        unit = "%" if match[2] else stem(after) if after and after not in STOPWORDS else ""
        found.append((value, _UNITS.get(unit, unit)))
    return found


def _said(text: str) -> set[str]:
    """The words of a text as stems, and its pairs of neighbouring words."""
    stems = [stem(word) for word in words(text)]
    return {*stems, *(f"{a} {b}" for a, b in pairwise(stems))}


def _direction(question: str, said: str) -> bool:
    first = [word for word in words(question) if word not in LEADING - {"how"}][:2]
    if not first or first[0] in BEING or first == ["how", "many"]:
        return False  # asks whether or how much it is so
    asks, tells = _said(question), _said(said)
    pairs = (*_CHANGE, *_LEVEL) if asks & _WHY else _CHANGE
    return any(asks & one and tells & other and not tells & one and not asks & other for one, other in pairs)


def _tone(question: str, said: str) -> bool:
    """Whether the question takes blame for granted where the sentence praises the same thing, or praise where it blames."""
    asks = _said(question)
    if not asks & _WHY or asks & (_WORSE | _BETTER | _UP | _DOWN):
        return False  # a change is a matter of direction
    blames, lauds = bool(asks & _BLAME), bool(asks & _LAUD)
    if blames == lauds:
        return False
    asked, found = NEGATIVE if blames else POSITIVE, polarity(said)
    shared = {stem(w) for w in words(question) if w not in STOPWORDS} & {stem(w) for w in words(said) if w not in STOPWORDS}
    return {asked, found} == {POSITIVE, NEGATIVE} and len(shared) >= 2
