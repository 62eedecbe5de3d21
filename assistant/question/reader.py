"""A message -> what is asked: the questions in it, without what surrounds them; or the fixed words that end the walk.

Sentences are classified by intent (assistant/question/intents.py): greetings, signatures, what somebody tells before asking and
orders to the assistant are set aside. Somebody at risk is seen before anything else. Looks nothing up.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from assistant.question.conversation import POINTERS, PRONOUNS
from assistant.question.exclusions import in_english
from assistant.question.intents import AT_RISK, NAMES, at_risk, classified, intent_of
from assistant.question.plain_text import plain
from assistant.question.splitting import Near, listed, questions_of
from assistant.words.languages import language_of
from assistant.words.sense import beginning, nonsense
from index.text.words import words

SHORT = 45  # words up to which a message is taken whole: what somebody tells before asking belongs to the question
LOOKED_AT = 80  # sentences of a message that are classified, from its beginning and its end
AT_RISK_BESIDE = 0.2  # probability from which a sentence beside others says that somebody is at risk
AT_RISK_LONG, WHOLE = 0.2, 180  # the same of a message of many sentences, and words up to which it is understood as one
AT_RISK_PLAIN = 0.8  # the same where another sentence asks something
KNOWN, AT_RISK_KNOWN = 0.56, 0.5  # cosine with a known question from which a risk below the second number is not believed
# Questions of one message that are answered: each takes as long as a question alone, and 4,000 characters hold hundreds.
MOST = 12
LONGER = 8  # words around a question from which it is said back
# Probability from which a message is nonsense (1% of odd but sensible ones reach it), and from which it is once its spelling was repaired
# (docs/experiments.md, 30 November 2026).
NONSENSE, PERHAPS = 0.7, 0.35
SURE = 0.6  # probability from which a sentence is set aside
ASKS = 0.4  # probability from which a sentence of a long message is one of its questions
BRIEF = 4  # words of a sentence beside others that is a courtesy or a name, where it asks nothing
_SENTENCE = re.compile(r"(?<=[.?!])[\"')\]]*\s+(?=\S)|\n+")
# Words with a full stop that ends no sentence: "rec no. 9", "p. 47", "acc. to Ofsted".
_SHORTENED = frozenset(
    "p pp pg no nos nr rec recs para paras par acc approx cllr mr mrs ms dr st vs eg ie e.g i.e dept fig".split()
)
Embed = Callable[[Sequence[str]], np.ndarray]  # texts -> unit vectors (texts, d)
_ASIDE = ("greeting", "thanks", "bye", "instruction")
COURTESIES = ("greeting", "thanks", "bye", "help")
_AROUND = (*_ASIDE, "statement")


@dataclass(frozen=True)
class Message:
    """What was read: the questions in their own words, or the whole message if it asks none, and the likeliest intent.

    `language`: the code, if not English. `found`: the questions are part of a longer text.
    """

    questions: tuple[str, ...]
    intent: str = "question"
    language: str | None = None
    found: bool = False
    nonsense: float = 0.0  # probability that nobody could make out what is asked
    risk: float = 0.0  # probability that somebody is at risk
    in_english: bool = False  # an answer in another language was asked for: there is none
    beyond: int = 0  # questions after the first MOST, which are not answered
    alone: str | None = None  # its questions without what is told beside them, where that may be the better question

    @property
    def text(self) -> str:
        return " ".join(self.questions)


def read(
    messages: Sequence[str],
    embed: Embed,
    near: Near,
    is_english: Callable[[str], bool],
    repaired: Callable[[str], str],
    learnt: bool = True,
) -> list[Message]:
    """What each message asks. All sentences are embedded together, and all pieces of questions.

    `repaired` mends the spelling of a text. Without `learnt` (vectors of another model) the classifiers use words alone.
    """
    asked_for = [in_english(plain(message)) for message in messages]
    texts = [text for text, _ in asked_for]
    found = _told(texts, embed, is_english, learnt)
    mended = {at: text for at, one in enumerate(found) if _doubtful(one) and (text := repaired(texts[at])) != texts[at]}
    for at, again in zip(mended, _told(list(mended.values()), embed, is_english, learnt), strict=True):
        # what seemed nonsense has to make more sense than one that was merely unclear
        if not _doubtful(again) and again.nonsense < (PERHAPS if found[at].nonsense >= NONSENSE else NONSENSE):
            found[at], texts[at] = again, mended[at]
    found = [_clearer(message, near) if message.alone else message for message in found]
    found = [_believed(message, near) if message.intent in AT_RISK else message for message in found]
    found = [
        replace(message, found=True) if len(text.split()) - len(message.text.split()) >= LONGER else message
        for text, message in zip(texts, found, strict=True)
    ]
    found = [replace(one, in_english=True) if wanted else one for one, (_, wanted) in zip(found, asked_for, strict=True)]
    asked = iter(questions_of([message.text for message in found if message.intent == "question"], near))
    return [_with_questions(one, next(asked)) if one.intent == "question" else one for one in found]


def _told(texts: Sequence[str], embed: Embed, is_english: Callable[[str], bool], learnt: bool) -> list[Message]:
    """What the sentences of each text say together."""
    pieces = [sentences_of(text) for text in texts]
    several = list(
        dict.fromkeys(
            one for text, sentences in zip(texts, pieces, strict=True) for one in (*sentences, *_whole(text), beginning(text))
        )
    )
    vectors: list[np.ndarray | None] = [*embed(several)] if several and learnt else [None] * len(several)
    vector_of = dict(zip(several, vectors, strict=True))
    known = dict(zip(several, classified(several, vectors), strict=True))
    found = []
    for text, sentences in zip(texts, pieces, strict=True):
        language = language_of(text, is_english)
        if language:
            found.append(Message((text,), language=language))
            continue
        said = [word for word in re.findall(r"[a-z]{2,}|\d+", text.casefold()) if word.isdigit() or is_english(word)]
        message = _read(text, sentences, known) if sentences else Message((text or "?",), "unclear")
        strange = not said and message.intent not in COURTESIES  # no word of English in it: nobody can tell what is asked
        odd = nonsense(text, vector_of[beginning(text)], is_english) if _may_be_nonsense(message) else 0.0
        found.append(replace(message, intent="unclear" if strange or odd >= NONSENSE else message.intent, nonsense=odd))
    return found


def _may_be_nonsense(message: Message) -> bool:
    """Whether a message says nothing of its own kind: a risk that is hardly seen may be a row of keys. A number names something."""
    if message.text.strip(" .?!").isdecimal():
        return False
    return message.intent in ("question", "statement", "unclear") or (message.intent in AT_RISK and message.risk < AT_RISK_KNOWN)


def _doubtful(message: Message) -> bool:
    """Whether a message may be misspelt rather than without a question. A risk that was seen is never read away."""
    return message.intent in ("statement", "unclear")


def _with_questions(message: Message, questions: Sequence[str]) -> Message:
    """The message with its questions, each once."""
    once: dict[str, str] = {}
    for question in questions:
        once.setdefault(question.casefold(), question)
    return replace(message, questions=tuple(once.values())[:MOST], beyond=max(0, len(once) - MOST))


def _believed(message: Message, near: Near) -> Message:
    """The message as a question, if it is much like a known question though it seems to tell of somebody at risk; else as it is."""
    if message.risk < AT_RISK_KNOWN and near([message.text])[1][0] >= KNOWN:
        return replace(message, intent="question")
    return message


def _clearer(message: Message, near: Near) -> Message:
    """The message without what is told beside its questions, if that makes it more like a known question; else as it is."""
    alone = message.alone or message.text
    _, likeness = near([message.text, alone])
    return replace(message, questions=(alone,), alone=None) if likeness[1] > likeness[0] else replace(message, alone=None)


def sentences_of(text: str) -> list[str]:
    """The sentences of a message, of its beginning and its end where it is very long."""
    found: list[str] = []
    for piece in _SENTENCE.split(listed(text)):
        if found and found[-1].endswith(".") and found[-1].split()[-1].rstrip(".").casefold() in _SHORTENED:
            found[-1] = f"{found[-1]} {piece.strip()}"
        elif any(character.isalnum() for character in piece):
            found.append(piece.strip())
    found = found or ([text.strip()] if text.strip() else [])
    return found if len(found) <= LOOKED_AT else [*found[: LOOKED_AT // 2], *found[-LOOKED_AT // 2 :]]


def _read(text: str, sentences: list[str], known: dict[str, np.ndarray]) -> Message:
    """The questions among sentences of several intents."""
    told = [known[sentence] for sentence in sentences]
    intents = [intent_of(one) for one in told]
    if len(sentences) == 1:
        return Message((text,), intents[0], risk=at_risk(told[0]))
    asks = [float(one[NAMES.index("question")]) for one in told]
    # "He hit her again. Third time. What do I do?" says more together than each of its sentences.
    # A long story of past hardship asks about the report all the same: its sentences one by one would tell of risk.
    risks = [known[whole] for whole in _whole(text)] or [one for one in told if max(asks) < ASKS or at_risk(one) >= AT_RISK_PLAIN]
    most = max(risks, key=at_risk, default=told[0])
    if risks and at_risk(most) >= (AT_RISK_BESIDE if len(text.split()) <= SHORT else AT_RISK_LONG):
        return Message((text,), intent_of(most), risk=at_risk(most))
    leans = [any(word in POINTERS for word in words(sentence)) for sentence in [*sentences[1:], ""]]
    kept = [at for at, one in enumerate(told) if not _aside(sentences[at], one, leans[at])]
    if not kept:
        return Message((text,), max(intents, key=lambda intent: _AROUND.index(intent) if intent in _AROUND else len(_AROUND)))
    if len(text.split()) <= SHORT:
        left = [sentences[at] for at in kept]
        if len(left) == 1:
            whole_asks = intents[kept[0]] == "statement" and intent_of(known[text]) == "question"
            return Message((text,)) if whole_asks else Message((left[0],), intents[kept[0]])
        whole = text if len(left) == len(sentences) else " ".join(left)
        own = [sentences[at] for at in kept if asks[at] >= ASKS]
        alone = " ".join(own) if 0 < len(own) < len(left) else None
        return Message((whole,), "question" if own else intents[kept[-1]], alone=alone)
    asked = [at for at in kept if asks[at] >= ASKS] or [max(kept, key=lambda at: asks[at])]
    if any(word in PRONOUNS for word in sentences[asked[0]].casefold().split()) and asked[0] > 0 and asked[0] - 1 in kept:
        asked.insert(0, asked[0] - 1)  # "They do not turn up. Does the report say so?"
    return Message(("\n".join(sentences[at] for at in asked),))


def _whole(text: str) -> tuple[str, ...]:
    """The message itself, where it is short enough to be understood as one."""
    return (text,) if len(text.split()) <= WHOLE else ()


def _aside(sentence: str, probabilities: np.ndarray, leant_on: bool) -> bool:
    """Whether a sentence says nothing of what is asked: a courtesy, an order to the assistant, a name under an e-mail.

    A brief one may belong to the question where the next one leans on it: "My caseload is 20. Is that too high?"
    """
    if not leant_on and len(sentence.split()) <= BRIEF and probabilities[NAMES.index("question")] < ASKS:
        return True
    return float(probabilities[[NAMES.index(intent) for intent in _ASIDE]].sum()) >= SURE
