"""question + earlier turns -> Query: what is asked, in words the index knows. Looks nothing up, decides no outcome.

References, kind of answer, spelling, glossary, follow-up. The user's own words are kept; the report's are added.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from assistant.answer import Turn
from assistant.glossary import Glossary
from assistant.kinds import kind_of
from assistant.references import Reference, references
from assistant.spelling import Speller
from index.passages import Report
from index.words import STOPWORDS, tokens, words


@dataclass(frozen=True)
class Query:
    """What a question means once understood.

    `text` is the question made complete and spelt right; `search` adds the report's words for the user's; `topic` is
    what it is about, without the words that frame the asking; `focus` holds ids of passages that the conversation is at;
    `parts` holds the two questions of a question that asks for two things, else nothing.
    """

    question: str
    text: str
    search: str
    topic: str
    kind: str
    references: tuple[Reference, ...]
    follows: bool = False
    focus: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()


# Words that frame the asking and say nothing of the subject.
FRAMING = frozenset(
    """strength strengths weakness weaknesses improve improved improving improvement improvements better worse worst best good bad
    well poor brief briefing notes note summary summarise summarize overview scrutiny committee panel meeting prepare preparing
    question questions ask asking challenge officers tell talk main key point points issue issues concern concerns problem
    problems need needs needed recommendation recommendations recommend recommended finding findings view views picture quality
    performance praise praised criticise criticised criticism right wrong going work working works effective strong weak positive
    positives negative negatives thing things overall anything everything something give want need know learn find found think thought
    conclude concluded see saw look looking councillor councillors member members chair tomorrow tuesday tonight today week
    compare compared comparison difference differences between versus since 2015 last inspection happened happening change changed
    changes progress made make makes get getting got part parts area areas aspect aspects regard regarding concerning terms around
    how what which who why when where much many list bullet points short quick quickly paper page pages pull together draft write
    whats isnt arent spots spot falling short faults fault criticism criticisms good points overall area weak report briefed
    important matter matters service services provide provided provision current currently position situation state say says
    said mention mentioned mentions mean means please thanks hello hi""".split()
)

_ANAPHOR = re.compile(
    r"\b(?:they|them|their|theirs|it|its|this|that|these|those|he|she|him|her|his|hers|the same|the others?|ones?|such|there|then|instead|either)\b",
    re.IGNORECASE,
)
_NOT_ANAPHOR = re.compile(
    r"\b(?:this|that|the) (?:report|inspection|council|county|authority|document|place|year)\b|\bis it\b(?= true| right| the case| fair)|\b(?:there (?:is|are|was|were|any|been|enough|a|still)|(?:is|are|was|were|been) there)\b|\bit (?:true|take|takes|say|says|come|comes|mean|means)\b|\bthat (?:the|are|is|was|were|have|has|had|children|kids|staff|somerset|social|they|ofsted|all|most|every|no|nobody|young|care|only|in)\b|\bof those\b(?= who| in)|\bthose (?:who|in|with|that|leaving|aged)\b|\b(?:their|its|them|they|his|her)\b(?=.*\b(?:children|kids|carers|leavers|workers|council|staff|parents|adopters|families)\b)|\b(?:children|kids|carers|leavers|workers|council|somerset|staff|parents|adopters|families|people|youngsters|teenagers|managers|leaders|police|partners|babies|officers|councillors|inspectors|agencies|iros?|advisers)\b.*\b(?:they|their|them|it|its)\b",
    re.IGNORECASE,
)
_OF_THEM = re.compile(r"\bof (?:them|these|those)\b(?! (?:who|in|with|aged|living|placed))", re.IGNORECASE)
_OPENS_WITH_PREPOSITION = re.compile(
    r"^(?:and |but |so )?(?:over|by|in|for|at|from|to|of|with|since|until|on|under) (?:what|which|how|whom|when)\b", re.IGNORECASE
)
_CONNECTS = re.compile(
    r"^(?:and|but|or|also|what about|how about|what of|ok(?:ay)?,? (?:and|so|what|but)|so,? (?:what|why|how|is|are|who)|then|same (?:for|question)|now (?:for|the)|then what|any (?:more|others?)|what else|anything else|who else|more on|else)\b",
    re.IGNORECASE,
)
_SUBSTITUTES = re.compile(
    r"^(?:and|but|or|ok(?:ay)?,?|so|now)?,?\s*(?:(?:what|how) about|what of|and|for|same (?:question )?(?:for|on|about)|(?:is it|is that) the same for|in|with|on|among)\s+(?P<topic>[^?]{3,60})\??$|^and\s+(?P<bare>[^?]{3,50})\??$",
    re.IGNORECASE,
)
_BARE = re.compile(
    r"^(?:why|how come|why (?:is|was) (?:that|this|it)|how (?:many|much|long|often|so)|when|who|where|really|since when|by how much|what(?:'s| is| was) the (?:reason|cause|target|average|figure|number)|is that (?:good|bad|all|enough)|says who|which ones?|in what way|what happened|go on|tell me more|more(?: please| detail)?|explain|such as|like what|for example|examples?)\b[^a-z]*(?:not|is that|was that|that|this|of (?:them|those|these))?\W*$",
    re.IGNORECASE,
)
WHERE_IS_THAT = re.compile(
    r"^(?:and |so |ok |sorry,? )?(?:(?:what|which) (?:page|para(?:graph)?|section|finding|number)\b.{0,12}\b(?:is|was|does|did) (?:that|this|it)\b.{0,40}|where (?:does|did) it say (?:that|this|so)\b.{0,20}|where(?:'s| is| was) (?:that|this|it)\b.{0,25}|(?:what|which)(?:'s| is) the (?:page|paragraph|reference|source|para)\b.{0,25}|(?:source|page|reference|paragraph|citation|page number|para number)(?: please)?)\W*$",
    re.IGNORECASE,
)
# Groups of children and carers, and services: in "and for care leavers?" one of them takes the place of another.
_GROUPS = (
    r"care leavers?|young people leaving care|children (?:who are )?looked after|looked[- ]after children|(?:children|kids|those|young people) in care|adopt(?:ed|ive) (?:children|families)|adopters|adoption(?: services?)?|foster(?:ing| carers?| families| parents)?(?: services?)?|special guardians?|children in need|children (?:in need of|who need) help and protection|child protection|early help|(?:homeless|disabled|missing|unborn) (?:children|young people|teenagers|babies|16.{0,20}olds?)|children (?:who go|going) missing|older children|younger children|babies",
    r"social workers?|personal advisers?|managers|leadership|leaders|iros?|independent reviewing officers|chief exec(?:utive)?|(?:deputy )?directors?(?: of children'?s services)?|dcs|lscb chair|lead inspector|deputy lead inspector|foster carers|chairs",
    r"partner agencies|police|health(?: services?)?|schools?|housing|courts?|cafcass",
    r"primary(?: schools?)?|secondary(?: schools?)?",
    r"boys|girls",
    r"2015|2017|now|last year|last time|this year",
    r"foster families|residential(?: children's)? homes|residential special schools|parents",
)  # fmt: skip
_GROUP = tuple(re.compile(rf"\b(?:{group})\b", re.IGNORECASE) for group in _GROUPS)


@dataclass
class Understanding:
    """Makes queries for one report: its words and the glossary's are what spelling is repaired against."""

    report: Report
    glossary: Glossary
    _speller: Speller | None = field(default=None, repr=False)

    @property
    def speller(self) -> Speller:
        if self._speller is None:
            counted = Counter(word for p in self.report.passages for word in words(f"{p.section} {p.context or ''} {p.text}"))
            known = dict.fromkeys(self.glossary.vocabulary | STOPWORDS | FRAMING, 1) | dict(counted)
            self._speller = Speller(known)
        return self._speller

    def understand(self, question: str, turns: tuple[Turn, ...] = ()) -> Query:
        """The query a question stands for, given the turns before it."""
        asked = re.sub(r"\s+", " ", question.replace("’", "'").replace("‘", "'")).strip()
        full = self.speller.repaired(asked)
        named = references(asked) or references(full)
        text = without_courtesy(full)
        last = next((turn for turn in reversed(turns) if turn.passages), turns[-1] if turns else None)
        follows = last is not None and not named and depends(text)
        focus: tuple[str, ...] = ()
        kind = kind_of(full)
        if follows and last is not None:
            focus = last.passages
            substitute = _SUBSTITUTES.match(text)
            if substitute:
                kind = last.kind
            text = completed(text, last.understood)
        return Query(question, text, self.glossary.expanded(text), topic_of(text), kind, named, follows, focus, parts_of(text))


_BEFORE = re.compile(
    r"^(?:(?:hi|hiya|hello|hey|good (?:morning|afternoon|evening)|dear)(?: there| all| team| everyone)?|(?:so|ok(?:ay)?|right|well|um+|er+m?|basically|quick(?: question)?|just|please|sorry(?: to (?:bother|trouble|ask)(?: you)?)?|excuse me|apologies|but|hope you can help|(?:i (?:was|am)|i'm|we are|we're) (?:just )?(?:wondering|asking|trying to find out|looking for|curious)(?: if| whether| about)?|what i (?:need|want|would like) to know is|i(?:'d| would)? (?:need|want|like|love) to know(?: if| whether)?|(?:can|could|would|will) (?:you|anyone|someone) (?:please |kindly )?(?:tell|show|give|let|explain to|help) (?:me|us)(?: know| out)?(?: with| if| whether| about)?|(?:do|does) (?:you|anyone) (?:happen to )?know(?: if| whether)?|any idea|may i ask|can i ask|i was asked by a colleague|a colleague asked(?: me)?|tell me)\b)[\s,.:;!-]+",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"(?<![\s,.;:!?-])[\s,.;:!?-]+(?:(?:many |lots of )?thanks?(?: you)?(?: in advance| so much| very much| a lot)?|thank you|cheers|ta|please(?:,? if you (?:can|could))?|if you (?:can|could|know)|do you know|(?:it'?s|it is|this is|that'?s) (?:for|because of) (?:a|my|the|our|tomorrow'?s|tonight'?s) [\w' ]{3,30}|kind regards|regards|asap|urgent)[\s.!?]*$",
    re.IGNORECASE,
)


COURTESIES = 8  # polite phrases on either side that are taken off: nobody writes more, and a message may be made of them


def without_courtesy(text: str) -> str:
    """The question without the polite words around it: "Hi, could you tell me ..., thanks" says nothing of the subject."""
    asks = text.rstrip().endswith("?")
    for _ in range(COURTESIES):
        shorter = _AFTER.sub("", _BEFORE.sub("", text, count=1), count=1).strip()
        if shorter == text or len(tokens(shorter)) < 1:
            break
        text = shorter
    return f"{text.rstrip(' ?')}?" if asks else text


def depends(text: str) -> bool:
    """Whether a question cannot be understood without the one before it."""
    if WHERE_IS_THAT.match(text) or _BARE.match(text):
        return True
    own = tokens(text)
    if _OF_THEM.search(text) or (_OPENS_WITH_PREPOSITION.match(text) and len(own) <= 4):
        return True
    if _CONNECTS.match(text) and len(own) <= 5:
        return True
    refers = _ANAPHOR.search(_NOT_ANAPHOR.sub(" ", text)) is not None
    return refers and len(own) <= 6


_SECOND = re.compile(
    r"[,;?]?\s+(?:and|also|plus|as well as)\s+(?=(?:how (?:many|much|long|often|old)|what|who|when|where|why|which|(?:is|are|was|were|did|does|do|has|have) (?:it|they|there|he|she))\b)|\?\s+(?=\w+\s+\w+)",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"^(?:so |ok,? |please,? )?(?:how|what|who|when|where|why|which|is|are|was|were|did|does|do|has|have|can)\b", re.IGNORECASE
)


def parts_of(text: str) -> tuple[str, ...]:
    """The two questions in "how many adoptions were there and who chairs the panel?"; nothing for any other question."""
    pieces = [piece.strip(" ?") for piece in _SECOND.split(text.strip())]
    if len(pieces) != 2 or " - " in text or not all(_ASKS.match(piece) and tokens(piece) for piece in pieces):
        return ()
    first, second = pieces
    alone = len(tokens(second)) >= 2 or second.casefold().startswith("how many")  # "how many findings" needs no more
    if _ANAPHOR.search(_NOT_ANAPHOR.sub(" ", second)) or not alone:
        second = f"{second} - {first}"
    return f"{first}?", f"{second}?"


def completed(text: str, before: str) -> str:
    """A follow-up made into a question of its own: a group replaced, or the earlier question's words added."""
    substitute = _SUBSTITUTES.match(text)
    if substitute:
        topic = (substitute["topic"] or substitute["bare"]).strip(" ?.")
        for group in _GROUP:
            if group.search(topic) and group.search(before):
                return re.sub(r"\bthe the\b", "the", group.sub(lambda _: topic, before, count=1))
        return f"{before.rstrip(' ?.')} - {topic}?"
    return f"{text.rstrip(' ?.')} - {before}"


def topic_of(text: str) -> str:
    """The question without the words that frame the asking."""
    kept = [word for word in re.findall(r"[\w'-]+", text) if word.casefold() not in FRAMING and word.casefold() not in STOPWORDS]
    return " ".join(kept)
