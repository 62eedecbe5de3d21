"""What kind of answer a question wants: a number, a date, a name, a reason, yes or no...

The first matching pattern names the kind. The question kind (how much is asked for, in what form) is learned
(assistant/question/kinds.py).
"""

from __future__ import annotations

from functools import lru_cache

from assistant.words.caseless import Caseless

_KINDS: tuple[tuple[str, str], ...] = (
    ("percentage", r"(?:\b(?:percentage|per ?cent|proportion|fraction|ratio|what share|share of|what rate|rate (?:per|of)|one in how many|how big a (?:share|part))\b|%)"),
    ("money", r"(?:£|\b(?:how much (?:money|does .{0,40} cost|did .{0,40} cost|do .{0,40} cost|was spent|is spent|has been spent|funding|are .{0,40}\bpaid|is .{0,40}\bpaid|do .{0,40}\b(?:pay|earn|get paid)|did .{0,40}\b(?:pay|spend)|does .{0,40}\b(?:pay|spend))|costs?|(?<!to )(?<!them )budgets?|spend(?:ing)?|spent|salar(?:y|ies)|price|fees?|allowances?|wages?|pounds|millions?|expensive)\b)"),
    ("duration", r"\b(?:how long|how many (?:weeks|months|days|years|hours)|how (?:quickly|fast|soon)|length of time|(?:average|typical) (?:time|length|duration)|time ?scales?|time taken|waiting times?|number of (?:weeks|months|days|years))\b"),
    ("count", r"\b(?:how many|how much|number of|numbers? (?:for|on)|no\. of|total (?:number|of)|what number|headcount|count of|how few|how often|what's the (?:total|figure)|what (?:is|was|were) the (?:total|figures?|size|ratio)|caseloads? (?:size|figure|number)|average caseload)\b"),
    ("date", r"\b(?:when\b(?! (?:they|children|kids|families|a |an |the |you|young|people|it comes|someone|things|parents|needs|there|social|staff|we |care|no |families|cases|early|risks?|looking|making|it's|it is|i ))|(?:what|which) (?:date|day|month|year|time of year)|since when|how recent(?:ly)?|what dates|as (?:of|at) (?:what|which)|date of|dates? (?:did|was|were|of))"),
    ("person", r"\b(?:who(?:'s|’s|se|m)?\b(?! (?:are|have|had|were|need|live|go|do|don't|can|get|want|come|leave|left|lives|goes|needs|may|might|could|cannot|turn|become|became|misuse|experience|has been|was in|is in) )|name of|names of|named?\b(?= (?:the|a|any|person|officer|lead))|which (?:person|officer|manager|inspector|councillor|individual|member))"),
    ("place", r"\b(?:where (?:is|are|was|were|do|does|did|can|in)\b|(?:what|which) (?:town|city|school|office|location|address|hospital|district|village|area of|part of|place|site|building|provider)s?\b|whereabouts|address of|based)\b"),
    ("reason", r"\b(?:why|what (?:caused|causes|led to|leads to|lies behind|is behind|was behind|explains?|makes|made)|reasons?|how come|because of what|what(?:'s|’s| is| was| are| were) the (?:cause|reason|explanation)s?|due to what|what for|root cause)\b"),
    ("definition", r"(?:\b(?:mean(?:s|ing)?(?: of| by)?\b(?=\W*$| by| of)|what do(?:es)? .{1,60} (?:mean|stand for)|stand(?:s)? for|defin(?:e|ed|ition)|explain (?:the term|what)|what is meant|in plain (?:english|words)|jargon)\b|^what(?:'s|’s| is| are) (?:an? |the )?(?:'[^']+'|[\w-]+(?: [\w-]+){0,3})\?*$)"),
    ("judgement", r"\b(?:grades?|graded|grading|rat(?:ed|ing|ings)|judg(?:e?ments?|ed)|verdict|marks? out of|scored?|overall (?:effectiveness|outcome|result)|pass(?:ed)? or fail)\b"),
    ("list", r"\b(?:list|name (?:the|all|three|two|some)|what (?:are|were) (?:all )?the\b|which (?:services|areas|findings|paragraphs|groups|agencies|organisations|partners|things)|all (?:of )?the|every|what (?:sorts?|kinds?|types?|range) of)\b"),
    ("yesno", r"^(?:so |and |but |ok(?:ay)?,? |well,? )?(?:is|are|am|was|were|do|does|did|has|have|had|can|could|should|will|would|isn't|aren't|don't|doesn't|didn't|hasn't|haven't|wasn't|weren't|any|is it true|true or false)\b"),
)  # fmt: skip
_PATTERNS = {kind: Caseless(pattern) for kind, pattern in _KINDS}


def kind_of(question: str) -> str:
    """The kind of answer wanted; without a match "keywords" (six words or fewer, no "?") or "fact"."""
    for kind, pattern in _PATTERNS.items():
        if pattern.search(question):
            return kind
    return _without_pattern(question)


@lru_cache(maxsize=4_096)
def is_of_kind(question: str, kind: str) -> bool:
    """Whether `kind_of` gives this kind. Trying the kind's own pattern first usually settles it."""
    pattern = _PATTERNS.get(kind)
    possible = pattern.search(question) is not None if pattern else _without_pattern(question) == kind
    return possible and kind_of(question) == kind


def _without_pattern(question: str) -> str:
    return "keywords" if len(question.split()) <= 6 and "?" not in question else "fact"
