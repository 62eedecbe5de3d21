"""A message that leans on what was asked before it -> a question of its own: candidates, and a choice that was learned.

What changes (a group, a subject, a year) takes the place of a piece of the earlier question; what stays is the subject. Earlier
questions are never glued on. Labels: evals/labels/conversations.jsonl; `python -m evals.training conversation`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from assistant.answer import Relation
from assistant.learned.classifier import Classifier, arrays, packaged
from assistant.question.references import ordinal
from index.text.words import STOPWORDS

# Of a message to earlier ones, in the order of the classifier's classes: on its own, another thing in place of one (a group, a year),
# another question on the same subject, "tell me more", "where is that?", "the second one", back to an earlier subject.
RELATIONS: tuple[Relation, ...] = (
    "new",
    "swap",
    "same",
    "more",
    "place",
    "item",
    "return",
)
POINTING: tuple[Relation, ...] = ("more", "place", "item")  # relations of messages that ask for something of the last answer
LEANING: tuple[Relation, ...] = ("swap", "same", "return")  # relations of messages that stand for another question
CONSIDERED = 4  # earlier questions that a message may lean on
BELIEVED = 0.4  # probability from which a message is taken to point at the last answer
MADE = ("swapped", "modified", "pronoun", "about")  # how a question is made with an earlier one
HOWS = ("alone", *MADE, *(f"back {how}" for how in MADE))
NEARLY = 0.1  # difference from the best score within which a candidate is kept
MEANT = 1.0  # what a candidate's cosine with where the complete question lies counts beside the networks' score
LONGEST = 8  # words of what may take the place of something else
PHRASE = 12  # words of an earlier question that stand together for its subject, at most
BRIEF = 3  # words of an earlier question that is a subject as it stands
# Of an earlier question longer than this, only its end is looked at: every run of content words makes candidates as long as itself, and
# 4,000 characters of them took 20 s and more.
LOOKED_AT = 32  # words: the longest labelled question has 22
_WORD = re.compile(r"\w[\w'-]*")
# Words before the thing that takes another's place: "and what about boys?" is about boys.
LEADING = frozenset("and but so or ok okay also then now what about how of same question for the thing well right again".split())
PREPOSITIONS = frozenset("in on at for of with from by among under over since before after during".split())
ARTICLES = frozenset("a an the their its our this these those all".split())
PRONOUNS = frozenset("they them their theirs it its this that these those he she him her his hers there one ones".split())
POINTERS = PRONOUNS - {"this", "there"}  # those that mean nothing when nothing was asked before: "this" may be the report


@dataclass(frozen=True)
class Span:
    """A piece of a question, [start, end); `whole`: where it starts with the preposition and article before it."""

    start: int
    end: int
    whole: int

    def of(self, text: str) -> str:
        return text[self.start : self.end]


def subjects(text: str, framing: frozenset[str]) -> list[Span]:
    """The runs of content words of a question, in order: what may stay or change in the next one."""
    found: list[Span] = []
    run: list[re.Match[str]] = []
    before: list[re.Match[str]] = []
    for match in [*_WORD.finditer(text), None]:
        word = match[0].casefold() if match else ""
        if match and word not in STOPWORDS and word not in framing:
            run.append(match)
            continue
        if run:
            whole = run[0].start()
            for earlier in reversed(before[-2:]):
                if earlier[0].casefold() in PREPOSITIONS | ARTICLES:
                    whole = earlier.start()
                else:
                    break
            found.append(Span(run[0].start(), run[-1].end(), whole))
            run, before = [], []
        if match:
            before.append(match)
    return found


def remainder(message: str) -> str:
    """The message without the words that only connect it with the one before."""
    said = list(_WORD.finditer(message))
    at = next((at for at, match in enumerate(said) if match[0].casefold() not in LEADING), len(said))
    return message[said[at].start() :].strip(" ?.!,") if at < len(said) else ""


@dataclass(frozen=True)
class Candidate:
    """A question that a message may stand for, how it was made (one of HOWS), and the share of the earlier question's content
    kept.

    `back`: which earlier question it uses, 1 the last, 0 none. `replaced`: the piece of it replaced; `place`: where that piece
    begins, 0 to 1; `joined`: old and new piece both begin with a preposition, or neither does.
    """

    text: str
    how: str
    kept: float = 0.0
    back: int = 1
    replaced: str = ""
    place: float = 0.0
    joined: bool = False


def candidates(message: str, earlier: Sequence[str], framing: frozenset[str]) -> list[Candidate]:
    """The questions that a message may stand for, itself first. `earlier`: oldest first, not empty."""
    made = [Candidate(_asked(message), "alone", back=0), *_made(message, earlier[-1], framing)]
    for back, before in enumerate(earlier[-2::-1], 2):
        made += [replace(one, how=f"back {one.how}", back=back) for one in _made(message, before, framing)]
    first: dict[str, Candidate] = {}
    for one in made:
        first.setdefault(one.text.casefold(), one)
    return list(first.values())


def _asked(text: str) -> str:
    return f"{text.strip(' ?.!,')}?"


def _made(message: str, earlier: str, framing: frozenset[str]) -> list[Candidate]:
    text = message.strip(" ?.!,")
    earlier = _end(earlier)
    spans = subjects(earlier, framing)
    told = _told(earlier, spans)
    made = []
    new = remainder(message)
    if new and len(new.split()) <= LONGEST:
        made = [*_swapped(new, earlier, spans), *_modified(new, earlier, spans)]
    pronoun = next((match for match in _WORD.finditer(text) if match[0].casefold() in PRONOUNS), None)
    for subject, share in told.items():
        if pronoun is not None:
            owned = subject + ("'s" if pronoun[0].casefold() in ("their", "its", "his", "her") else "")
            made.append(Candidate(_asked(text[: pronoun.start()] + owned + text[pronoun.end() :]), "pronoun", share))
        made.append(Candidate(_asked(f"{text}: {subject}"), "about", share))
    return made


def _end(text: str) -> str:
    """The last words of a text, LOOKED_AT of them."""
    begins = [match.start() for match in _WORD.finditer(text)]
    return text if len(begins) <= LOOKED_AT else text[begins[-LOOKED_AT] :]


def _told(earlier: str, spans: Sequence[Span]) -> dict[str, float]:
    """What an earlier question may be about, as it stands there: its runs, two that a preposition joins, all from first to last.

    Each with the share of the question's runs that it holds.
    """
    told = {span.of(earlier): 1 / len(spans) for span in spans}
    for one, after in pairwise(spans):
        between = earlier[one.end : after.start].casefold().split()
        if len(between) <= 2 and PREPOSITIONS & set(between):  # "children in care", "support for the carers"
            told[earlier[one.start : after.end]] = 2 / len(spans)
    whole = earlier[spans[0].start : spans[-1].end] if spans else ""
    brief = earlier.strip(" ?.!,")
    for piece, most in ((whole, PHRASE), (brief, BRIEF)):
        if piece and len(piece.split()) <= most:
            told[piece] = 1.0
    return told


def _swapped(new: str, earlier: str, spans: Sequence[Span]) -> list[Candidate]:
    """The earlier question with a run, or two neighbours, replaced."""
    opens = new.split()[0].casefold()
    starts = [span.whole if opens in PREPOSITIONS | ARTICLES else span.start for span in spans]
    leads = [earlier[span.whole :].split()[0].casefold() in PREPOSITIONS for span in spans]
    fitting = opens in PREPOSITIONS and any(leads)  # "in care" takes the place of "on plans", not of "children"
    made = []
    for at, span in enumerate(spans):
        for end in spans[at : at + 2] if leads[at] or not fitting else ():
            gone = 1 if end is span else 2
            made.append(
                Candidate(
                    _asked(earlier[: starts[at]] + new + earlier[end.end :]), "swapped", 1 - gone / len(spans),
                    replaced=earlier[span.start : end.end], place=span.start / len(earlier),
                    joined=(opens in PREPOSITIONS) == leads[at],
                )
            )  # fmt: skip
    return made


def _modified(new: str, earlier: str, spans: Sequence[Span]) -> list[Candidate]:
    """The earlier question with what stands before a noun replaced: "the review ones" after "the first health check"."""
    said = new.split()
    if said[0].casefold() in ARTICLES:
        said = said[1:]
    if said and said[-1].casefold() in ("one", "ones"):
        said = said[:-1]
    elif not said or not said[-1].endswith(("'s", "s'")):
        return []
    made = []
    for before, span in zip((None, *spans), spans if said else (), strict=False):
        joined = before is not None and PREPOSITIONS & set(earlier[before.end : span.start].casefold().split())
        for start in (span.start, *((before.start,) if before is not None and joined else ())):  # "the children in care council"
            for word in _WORD.finditer(earlier, span.start, span.end):
                made.append(
                    Candidate(
                        _asked(f"{earlier[:start]}{' '.join(said)} {earlier[word.start() :]}"), "modified", 1 - 1 / len(spans) / 2,
                        replaced=earlier[start : word.start()].strip(), place=start / len(earlier),
                    )
                )  # fmt: skip
    return made


# ---- the choice ------------------------------------------------------------------------------------------------


def seen(message: str) -> list[str]:
    """The terms of a message for the classifier of relations: its first words by place, all words, the last word, the number of
    words.
    """
    said = [match[0].casefold() for match in re.finditer(r"\w[\w']*|\?", message)]
    return list(
        dict.fromkeys(
            [
                *(f"at {at} {word}" for at, word in enumerate(said[:4])), *(f"first {a} {b}" for a, b in pairwise(said[:4])), *said,
                f"last {said[-1] if said else ''}", f"size {min(len(said), 9)}",
            ]
        )
    )  # fmt: skip


@dataclass(frozen=True)
class Weighed:
    """A message with its candidates, their unit vectors and likenesses to known questions.

    `vectors` (candidates + 1, d) and `likeness` (candidates + 1,): the last row is the earlier question. `fits` (candidates,):
    the cosine of the message with the piece replaced, 0 without one.
    """

    message: str
    options: list[Candidate]
    vectors: np.ndarray
    likeness: np.ndarray
    fits: np.ndarray

    @property
    def numbers(self) -> np.ndarray:
        """What the classifier of relations sees beside words, float32 (7 + d,): what is counted, and the message's vector."""
        words = _WORD.findall(self.message.casefold())
        alone = float(self.likeness[0])
        told = (
            alone, float(self.vectors[0] @ self.vectors[-1]), float(self.likeness[:-1].max()) - alone, len(words) / 10,
            float(any(word in PRONOUNS for word in words)), float(len(words) <= 3), float(ordinal(self.message) is not None),
        )  # fmt: skip
        return np.concatenate([np.array(told, np.float32), self.vectors[0]])

    def features(self, relations: np.ndarray) -> np.ndarray:
        """What tells how well each candidate stands for the message, float32 (candidates, features)."""
        own, like = self.vectors[:-1], self.likeness[:-1]
        message, earlier = self.vectors[0], self.vectors[-1]
        new, swap, same, back = (relations[RELATIONS.index(name)] for name in ("new", "swap", "same", "return"))
        rows = []
        for at, one in enumerate(self.options):
            how = np.array([one.how == name for name in HOWS], float)
            alone, swapped, turns = float(one.how == "alone"), float(one.how.endswith("swapped")), max(0, one.back - 1) / 3
            fit = float(self.fits[at])
            told = (
                like[at], like[at] - like.max(), like[at] - like[0], own[at] @ message, own[at] @ earlier, message @ earlier, one.kept,
                len(one.text.split()) / 10,
                alone * new, alone * swap, alone * same, alone * back, turns * new, turns * back, turns * swap, turns * same, turns,
                swapped * swap, fit, fit * swap, swapped * (fit - self.fits.max()), one.place, min(len(one.replaced.split()), 6) / 6,
                swapped * one.joined, swapped * one.joined * swap,
            )  # fmt: skip
            rows.append(np.concatenate([told, how, relations, np.outer(how[: len(MADE) + 1], relations[:3]).ravel()]))
        return np.array(rows, np.float32)


def preferred(features: np.ndarray, network: dict[str, np.ndarray]) -> np.ndarray:
    """A score for each candidate, (candidates,), by a network of one hidden layer."""
    x = (features - network["mean"]) / network["scale"]
    return np.maximum(x @ network["hidden"] + network["bias"], 0.0) @ network["output"]


def weighed(
    message: str, earlier: Sequence[str], near: Callable[[Sequence[str]], tuple[np.ndarray, np.ndarray]], framing: frozenset[str]
) -> Weighed:
    """The candidates of a message with their vectors; `near` gives vectors and likenesses of texts."""
    options = candidates(message, earlier, framing)
    pieces = list(dict.fromkeys(one.replaced for one in options if one.replaced))
    asked = [*(one.text for one in options), earlier[-1]]
    vectors, likeness = near([*asked, *((remainder(message), *pieces) if pieces else ())])
    size = len(asked)
    known = dict(zip(pieces, vectors[size + 1 :] @ vectors[size], strict=True)) if pieces else {}
    fits = np.array([known.get(one.replaced, 0.0) for one in options], np.float32)
    return Weighed(message, options, vectors[:size], likeness[:size], fits)


def understood(
    one: Weighed,
    relations: Classifier | None = None,
    chooser: dict[str, np.ndarray] | None = None,
    learnt: bool = True,
    meant: np.ndarray | None = None,
) -> tuple[Relation, list[Candidate]]:
    """The relation of a message to earlier questions, and the candidates within NEARLY of the best score, best first.

    Without `learnt` (vectors of another model) the words alone tell the relation. `meant`: where the complete question lies, (d,).
    """
    known = relations or packaged("relations" if learnt else "relations_by_words")
    told = known.of(seen(one.message), one.numbers if learnt else None)
    best = int(told.argmax())
    scores = preferred(one.features(told), chooser or arrays("conversation"))
    if meant is not None:
        scores = scores + MEANT * (one.vectors[:-1] @ meant)
    order = np.argsort(-scores, kind="stable")
    chosen = [one.options[at] for at in order if scores[at] >= scores[order[0]] - NEARLY]
    if RELATIONS[best] in POINTING and told[best] >= BELIEVED:
        return RELATIONS[best], chosen
    if chosen[0].how == "alone":
        return "new", chosen
    leaning = max((at for at, name in enumerate(RELATIONS) if name not in ("new", *POINTING)), key=lambda at: told[at])
    return RELATIONS[leaning], chosen
