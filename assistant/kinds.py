"""What kind of answer a question asks for: a number of what, a share, a date, a name, a reason, a theme...

Pure tables of patterns over the question's words; the first that matches names the kind.
"""

from __future__ import annotations

from functools import lru_cache

from assistant.caseless import Caseless

NUMBERS = ("count", "percentage", "money", "duration")
BROAD = ("theme", "strengths", "weaknesses", "improved", "briefing", "comparison", "recommended", "scrutiny")

_BE = r"(?:is|are|was|were|'s|’s)"
_KINDS: tuple[tuple[str, str], ...] = (
    ("briefing", r"\b(?:brief(?:ing|s)?(?: note| paper)?\b(?! placement)|(?:give|write|prepare|need|want)\b.{0,20}\b(?:notes|summary|overview|lines|key points|talking points|run-?down|low-?down)\b|speaking notes?|bullet points?|get me up to speed|everything (?:about|on)\b|all (?:there is|you have|you've got) (?:about|on)\b)"),
    ("comparison", r"\b(?:compar(?:e|es|ed|ing|ison)|versus|vs\.?|differen(?:t|ce)s? (?:between|from)|how do(?:es)? .{3,60} (?:measure|stack) up|(?:better|worse|stronger|weaker|higher|lower) (?:than|for|in)\b.{2,60}\bor\b|which (?:is|was|does|did|of)\b.{3,80}\b(?:better|worse|stronger|weaker)\b)"),
    ("recommended", r"\b(?:recommend(?:s|ed|ation|ations|ing)?|recs?|told to do|asked to do|(?:council|authority|county|somerset|leaders|managers|we|they|us|them) (?:been |being )?(?:told|asked|advised|expected) to (?!(?:the|their|our|a|an|inspectors|ofsted)\b)\w+|must the council do|have to do|required to do)\b"),
    ("scrutiny", r"\b(?:scrutin\w+ (?:questions?|ask|challenge)|what (?:should|could|can|might|would) (?:we|i|members|councillors|scrutiny|the committee|the panel)\b.{0,30}\b(?:ask|challenge|press|push|probe|raise|focus)|(?:questions?|challenge|ask|press|push|grill|hold)\b.{0,30}\b(?:officers?|the director|the dcs|managers|leaders|to account))"),
    ("improved", r"\b(?:what|which|where|how (?:has|have|much))\b.{0,60}\b(?:improv(?:ed|ing)|(?<!need )(?<!needs )(?<!needing )(?<!require )(?<!requires )improvements?|got(?:ten)? better|getting better|progress(?:ed)?|changed? for the better|turned? (?:a )?(?:corner|round|around)|moved on|come along|better than (?:before|in 2015|last time))\b|\bimprovements?\b.{0,60}\bsince\b|\bbetter than (?:it|they|things) (?:used to|was|were)\b"),
    ("strengths", r"\b(?:strengths?|strong(?:est)? (?:points?|areas?)|strong points?|(?<!not )(?<!n't )(?<!n’t )(?<!nt )(?:going|works?|working|worked|went|gone|done|doing|do|does|did) (?:really |particularly |especially )?(?:well|right)\b(?! enough)|good (?:about|at|things?|points?|news|practice)|positives?|praised?|best (?:bits?|parts?|thing)|credit|proud of|plus points?|bright spots?|successes)\b"),
    ("weaknesses", r"\b(?:weak(?:ness|nesses|est)?|shortcomings?|fail(?:ing|ings|ures?)|fall(?:s|ing)? (?:short|down)|problems?|concerns?|worr(?:y|ied|ies|ying)(?: about)?|criticis\w+|negatives?|gaps?|wrong with|going wrong|go(?:es)? wrong|(?:not|\w+n['’]t|(?:is|are|was|were|does|do|did|has|have)nt) (?:\w+ )?(?:good enough|work(?:ing)?|going (?:so |very )?well|doing (?:so |very )?well|up to (?:scratch|standard))|faults?|flaws?|deficienc(?:y|ies)|drawbacks?|needs? (?:to )?(?:improv\w+|be (?:better|fixed|done))|need(?:s|ed)? (?:more )?(?:work|attention)|must (?:improve|get better)|could be better|worst|issues? with|let(?:s|ting)? .{0,30} down|bad (?:points?|news|things)|to improve|falling behind|downsides?|challenges (?:with|in|around|facing))\b"),
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
    ("theme", r"\b(?:what (?:did|does|do|has|have) (?:inspectors|ofsted|the report|it|they|the inspection|the inspectors|this report)\b.{0,30}\b(?:say|says|said|think|thought|find|found|make|conclude|see|saw|note|tell)\b|tell me (?:about|more)|how (?:good|well|effective|strong|bad|poor|healthy|safe|robust|is|are|was|were|do|does|did|has|have)\b|overview|summar\w+|picture (?:of|on|for)|state of|performance|what about|views? (?:of|on|about)|findings (?:on|about|for)|anything (?:about|on)|quality of|what(?:'s| is) (?:it|life|the situation|the position|the story|happening|going on)|talk me through|any (?:good|use)\b|up to (?:scratch|standard|the mark)|look(?:s|ing)? like)"),
    ("yesno", r"^(?:so |and |but |ok(?:ay)?,? |well,? )?(?:is|are|am|was|were|do|does|did|has|have|had|can|could|should|will|would|isn't|aren't|don't|doesn't|didn't|hasn't|haven't|wasn't|weren't|any|is it true|true or false)\b"),
)  # fmt: skip
_PATTERNS = {kind: Caseless(pattern) for kind, pattern in _KINDS}


def kind_of(question: str) -> str:
    """The kind of answer wanted; "keywords" for a fragment without a verb, "fact" for anything else."""
    for kind, pattern in _PATTERNS.items():
        if pattern.search(question):
            return kind
    return _without_pattern(question)


@lru_cache(maxsize=4_096)
def is_of_kind(question: str, kind: str) -> bool:
    """Whether a question's kind (`kind_of`) is this one; that it is not, one pattern tells mostly."""
    pattern = _PATTERNS.get(kind)
    possible = pattern.search(question) is not None if pattern else _without_pattern(question) == kind
    return possible and kind_of(question) == kind


def all_kinds(question: str) -> tuple[str, frozenset[str]]:
    """The kind of answer wanted (as `kind_of`), and every kind whose pattern matches."""
    kinds = [kind for kind, pattern in _PATTERNS.items() if pattern.search(question)]
    return kinds[0] if kinds else _without_pattern(question), frozenset(kinds)


def _without_pattern(question: str) -> str:
    return "keywords" if len(question.split()) <= 6 and "?" not in question else "fact"
