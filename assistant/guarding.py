"""Questions that end the walk before any search: greetings, someone at risk, orders to the assistant, requests it refuses.

Pure: patterns over the question's words, each meant to make sense to anyone. Wording comes from prompts/.
"""

from __future__ import annotations

import re
from functools import lru_cache

from assistant.answer import Draft
from assistant.caseless import Caseless
from assistant.composing import report_variables
from index.passages import Report
from index.words import tokens
from prompts import wording

_GREETING = Caseless(
    r"(?:(?:hi|hiya|hello|hey|yo|good (?:morning|afternoon|evening|day)|greetings|morning|afternoon|evening|dear)(?: there| findings| assistant| bot| all| team)?[\s,.!]*)+(?:how are (?:you|things)|are you there|anyone there|you there)?\W*",
)
_THANKS = Caseless(
    r"(?:(?:ok|okay|great|perfect|brilliant|lovely|super|excellent|good|right|fine|cool|ta|cheers|thanks?|thank you|very much|many thanks|thx|much appreciated|very|so much|a lot|that's|that is|all|helpful|useful|for (?:that|your help|the help|this|now)|got it|understood|nice one|you've been|really|is)[\s,.!]*)+",
)
_BYE = Caseless(r"(?:ok |thanks,? |right,? )?(?:good)?(?:bye|night)(?: bye| now)?\W*|see you\b.{0,12}")
_ABOUT_ITSELF = Caseless(
    r"(?:so |and |ok,? |hello,? |hi,? )?(?:(?:please )?help(?: me)?(?: please)?|(?:what|how) (?:can|do|could|would) (?:you|this(?: (?:thing|tool|chat(?:bot)?|assistant|app))?|it) (?:do|help|work|know|answer)\b.{0,40}|what (?:are you|is this(?: (?:thing|tool|chat(?:bot)?|assistant|app|site|page|website))?|is this for)|what (?:questions )?can i ask\b.{0,30}|who (?:are you|made you|built you)|how (?:do|should|can) i (?:use|ask|work)\b.{0,40}|are you (?:a |an )?(?:bot|robot|ai|human|real|person|chatgpt|machine|computer)\b.{0,20}|what (?:sort|kind|type)s? of (?:questions|things) can (?:i|you)\b.{0,30}|instructions(?: please)?|can you help(?: me)?)\W*",
)

# Somebody at risk now, or somebody who wants to report: first person or a child of one's acquaintance, not "the report".
_CHILD = r"(?:child|children|kid|kids|baby|boy|girl|son|daughter|niece|nephew|grand(?:child|son|daughter)|toddler|teenager|pupil|student|neighbou?rs?|sister|brother|friend)"
_HARM = r"(?:abus\w*|hurt\w*|hit(?:s|ting)?|beat(?:s|en|ing)?|neglect\w*|harm\w*|molest\w*|groom\w*|rap(?:ed|ing)|unsafe|in danger|at risk|starv\w*|bruis\w*|assault\w*|exploit\w*|threaten\w*|not safe|kill\w*|suicid\w*|scared|touch\w*)"
_SIGNPOST = tuple(
    Caseless(pattern)
    for pattern in (
        rf"\b(?:my|our|the|a|this|that|his|her|their)\b (?:\w+ ){{0,3}}?{_CHILD}(?:'s \w+)? (?:\w+ ){{0,4}}?(?:is|was|are|being|gets?|has been|might be|may be|keeps?|seems?) (?:\w+ ){{0,4}}?{_HARM}.*\b(?:what (?:should|do|can) i|help|who (?:do|should|can) i|now|tonight|urgent)",
        rf"\b(?:i|we)(?:'m| am|'re| are| think| believe| know| suspect| saw| heard|'ve| have| fear)\b.{{0,50}}\b(?:my|our|a|the|next ?door|neighbou?r\w*|someone|this|some)\b.{{0,40}}\b{_CHILD}\b.{{0,50}}\b{_HARM}",
        rf"\b{_CHILD}\b (?:in|at|on|from|of) (?:my|our)\b.{{0,40}}\b{_HARM}",
        rf"\bmy (?:\w+ ){{0,2}}?{_CHILD}\b.{{0,50}}\b{_HARM}",
        rf"\b(?:someone|somebody|he|she|they|(?:my|our) family|in my family|at home|my (?:dad|mum|mother|father|step\w+|uncle|partner|husband|boyfriend|wife|carer|foster \w+))\b.{{0,30}}\b(?:{_HARM})\b.{{0,20}}\b(?:me|my {_CHILD})\b",
        r"\bi(?:'m| am)\b.{0,20}\b(?:being (?:abused|hurt|hit|beaten|groomed|neglected|exploited)|in danger|at risk|not safe|unsafe|scared (?:at|to go) home|afraid (?:at|to go) home)\b",
        rf"\b(?:how|who|where|want|need|like|wish|can i|number)\b.{{0,30}}\b(?:report|tell|contact|ring|call|phone|speak to|refer|raise|notify|inform|make a referral)\b.{{0,40}}\b(?:abuse|neglect|a (?:safeguarding )?concern|concern about a|my concerns?|worried about|{_CHILD} (?:at risk|in danger|being|is|who is)|suspected|a referral|child abuse)\b",
        rf"\b(?:worried|concerned|scared|frightened|anxious) (?:about|for|that) (?:a|my|our|the|this|some|someone's|next door's)\b.{{0,40}}\b{_CHILD}\b",
        r"\bi need to report\b.{0,40}\b(?:child|abuse|neglect|someone)\b",
        r"\bi (?:want to|will|might|am going to|feel like) (?:kill|hurt|harm)(?:ing)? (?:myself|my)",
        rf"\b{_CHILD}\b.{{0,40}}\b(?:in immediate danger|being (?:hit|beaten|abused|hurt) (?:right )?now|needs help now)\b",
    )
)
_ABOUT_REPORT = Caseless(
    r"\b(?:the|this|that|your|published) (?:\w+ )?(?:report|inspection|document|council|local authority)\b|\binspectors?\b|\bofsted\b|\bparagraph\b|\bsomerset\b",
)

_ORDERS = tuple(
    Caseless(pattern, re.DOTALL)
    for pattern in (
        r"(?:^|[.?!;:,(]\s*|\b(?:please|now|then|and|must|should|to|just|you)\s+)(?:ignore|disregard|forget|override|bypass|drop|skip)\b.{0,40}\b(?:instructions?|rules?|prompts?|above|previous|prior|guidelines?|guardrails?|restrictions?|everything|the report|your (?:programming|training|constraints?|limits?))\b",
        r"\b(?:you are now|from now on,? (?:you|answer|reply|respond)|pretend (?:to be|that|you)|role-?play|imagine (?:you|that you)|in the (?:voice|style|character) of|play the (?:part|role)|you're now|simulate|as if you were|speak like|talk like|answer (?:as|like) (?:a|an|if you))\b",
        r"(?:^|[.?!;:,(]\s*|\b(?:please|now|you|must|and|to)\s+)act as\b",
        r"\b(?:system prompt|hidden prompt|developer mode|jailbreak|your (?:system |secret |hidden |initial )?(?:prompt|instructions)|dan mode|do anything now|sudo|reveal your|print your (?:prompt|configuration|instructions))\b",
        r"\b(?:finish|end|begin|start|close|open|conclude) (?:your|the|each|every|all) (?:answers?|repl(?:y|ies)|responses?)\b",
        r"\b(?:before|after|when|while|instead of) (?:you )?answer(?:ing)?\b.{0,30}\b(?:write|say|print|add|include|output|type|repeat)\b",
        r"\b(?:answer|reply to|respond to) (?:every|each|all|any) (?:questions?|messages?)\b.{0,10}\b(?:with|by|as|in)\b",
        r"\b(?:reply|respond|answer) (?:only|just) (?:with|in|by)\b",
        r"(?:^|\n|\b)\s*(?:system|assistant|developer|admin(?:istrator)?)\s*:\s",
        r"<\s*/?\s*(?:system|assistant|instructions?|prompt|script|report|document|context)\b[^>]*>|\[/?(?:inst|system)\]|```",
        r"\b(?:say|write|repeat|output|print|reply|respond|answer|add|append|begin|start|end|finish|include|state|type)\b.{0,30}\b(?:only (?:with|the)|exactly|verbatim:|the (?:word|words|phrase|sentence|text)|after me|your (?:answer|reply|response) (?:with|by))\b.{0,60}[\"'“‘:a-z]",
    )
)
_CREATIVE = Caseless(
    r"(?:^|[.?!;:,]\s*|\b(?:please|you|to|me|and)\s+)(?:write|compose|make up|invent|tell|sing|draw|generate|create|give)\b.{0,25}\b(?:poem|haiku|limerick|song|rap|story|joke|sonnet|rhyme|essay|tweet|script|novel|play|code|program|picture|image|speech for|press release|blog|letter)s?\b|\b(?:poem|haiku|limerick|sonnet) (?:about|on)\b",
)
_OTHER_WORK = re.compile(  # work on the user's own words
    r"^(?:(?:hi|hello|please|can|could|would|will|you|just|i need you to|i'd like you to)[\s,]+)*(?:translate|proofread|spell-?check|paraphrase|rewrite|reword)\b.{0,20}\b(?:this|these|the following|my|our)\b|\btranslat(?:e|ion)\b.{0,60}\b(?:in)?to (?:(?-i:[A-Z])\w+|another language)\b",
    re.IGNORECASE,
)
_PERSONS = Caseless(
    r"\b(?:name|names|identify|identity|who (?:is|was|are|were)|address(?:es)?|where (?:does|do) .{0,20} live|which (?:child|family|school)|details of|phone number|email)\b.{0,50}\b(?:the (?:(?:\w+ ){0,2}(?:child|boy|girl|baby|young person|teenager|family|mother|father|parents?|victims?|care leavers?))\b(?! (?:protection|care|services|conference|practitioner))|individual (?:child|children|famil)|specific (?:child|children|famil|social worker)|real names?)|\b(?:child|kid|family|victim|mother|father|boy|girl)(?:'s|s')? (?:real )?(?:name|address|identity|school|home address)\b|\bidentify (?:a|any|the|one|some)\b.{0,30}\b(?:child|children|boy|girl|family|families|victims?|social workers?)\b",
)
_OPINION = Caseless(
    r"\b(?:what(?:'s| is| are)? (?:do you|your) (?:think|opinion|view|feel\w*|take|advice|reckon|thoughts)|do you (?:personally |really |honestly |actually )?(?:think|believe|agree|like|feel|reckon|support|trust)|in your (?:own )?(?:opinion|view)|your (?:personal )?(?:opinion|view|advice|thoughts|recommendation) (?:on|about|is|as)|would you (?:recommend|vote|say|trust|send|advise)|should (?:i|we) (?:vote|sue|adopt a|foster a|move|complain|resign|sack|fire|send my|trust|believe)|who should i vote|who is to blame|whose fault|(?:my|our) (?:legal )?rights\b|(?:is|was) it (?:legal|lawful|against the law) for (?:me|us|my|our)|can (?:i|we) (?:sue|appeal)|who(?:'ll| will| is going to|'s going to) win|will (?:\w+ ){1,4}(?:win|lose) the|should (?:\w+ ){1,5}?(?:resign|be sacked|be fired|lose (?:his|her|their) job|go to prison|be jailed))\b",
)


def guard(question: str, report: Report) -> Draft | None:
    """The draft that ends the walk, or None."""
    asked = without_orders(question)
    text = re.sub(r"\s+", " ", (question if asked is None else asked).replace("’", "'")).strip()
    if _is_signpost(text):
        return Draft("signpost", opening=wording("signpost.answer"))
    if asked is None:
        return Draft("out_of_scope", opening=wording("out_of_scope.unsafe"))
    if _BYE.fullmatch(text):
        return Draft("help", opening=wording("help.bye"))
    if _THANKS.fullmatch(text):
        return Draft("help", opening=wording("help.thanks"))
    if _GREETING.fullmatch(text) or _ABOUT_ITSELF.fullmatch(text):
        return Draft("help", opening=wording("help.answer", **report_variables(report)))
    if _PERSONS.search(text):
        return Draft("out_of_scope", opening=wording("out_of_scope.person"))
    if _CREATIVE.search(text) or _OPINION.search(text):
        return Draft("out_of_scope", opening=wording("out_of_scope.opinion"))
    if _OTHER_WORK.search(text):
        return Draft("out_of_scope", opening=wording("out_of_scope.answer", **report_variables(report)))
    return None


def _orders(text: str) -> bool:
    return any(pattern.search(text) for pattern in _ORDERS)


@lru_cache(maxsize=64)  # asked twice of every question
def without_orders(question: str) -> str | None:
    """The question without the orders to the assistant that stand in it; None when no other question is left.

    An order reaches to the end of its sentence. A question about the very words that the order dictates goes with it.
    """
    if not _orders(question):
        return question
    left, ordered = [], []
    for sentence in re.split(r"(?<=[.?!])\s+|\n+", question):
        starts = [match.start() for pattern in _ORDERS if (match := pattern.search(sentence))]
        at = min(starts, default=len(sentence))
        left.append(sentence[:at].strip(" (["))
        ordered.append(sentence[at:])
    rest = " ".join(piece for piece in left if piece).strip()
    said, dictated = set(tokens(rest)), set(tokens(" ".join(ordered)))
    return rest if len(rest.split()) >= 2 and len(said & dictated) < 2 else None


def _is_signpost(text: str) -> bool:
    """Someone speaks of a child they know, or asks how to report; never when the question is about the report."""
    return not _ABOUT_REPORT.search(text) and any(pattern.search(text) for pattern in _SIGNPOST)
