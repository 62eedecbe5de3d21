"""One message -> the questions in it, each in the message's own words. Where it is cut was learned from labelled messages.

A cut is possible at every joiner: and, also, plus, a comma, a new line, the end of a sentence. A classifier says whether another
question begins there: by the words on both sides, and by whether each side alone is like a question that somebody has asked.
Labels: evals/labels/messages.jsonl; `python -m evals.training questions`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from assistant.learned.classifier import packaged

_TOKEN = re.compile(r"\w[\w'%]*|\S|\n")
# What numbers the questions of a list: "1)", "(iii)", "Q2:", "b." where a line or a sentence begins, at the beginning of a line also
# a bullet. The number that ends a sentence is no such mark.
_LIST_MARK = re.compile(
    r"(?:(?:^|(?<=\s))(?:\(?(?:\d{1,2}|[a-h]|i{1,3}|iv|vi?)\)|q\d{1,2}[:.)])|(?:^|(?<=[.?!;:]\s))(?:\d{1,2}|[a-h])\.(?=\s)|^[-•*–—](?=\s))[^\S\n]*",
    re.IGNORECASE | re.MULTILINE,
)
BREAK = "<line>"  # the end of a line, as a word
JOINERS = frozenset("and also plus or then secondly thirdly lastly finally second as well , ; : / & ? ! . + - ( )".split(" ")) | {
    BREAK
}
ASKING = frozenset("how what whats what's who whos who's when where why which whose whom".split())
BEING = frozenset(
    "is are was were do does did has have had can could will would should isn't aren't don't doesn't didn't any did tell give list please".split()
)
AROUND = 4  # words on either side of a joiner that are seen by their place
LEAST = 0.5  # probability from which another question begins
LEAST_ASKED = 0.4  # the same where both sides open with a question word
POSSIBLE = 0.02  # probability, by words alone, below which no vector is asked for

Near = Callable[
    [Sequence[str]], tuple[np.ndarray, np.ndarray]
]  # texts -> unit vectors (texts, d), likeness to asked questions (texts,)


@dataclass(frozen=True)
class Token:
    """A word or a mark of a message, lower case, with its place in the text."""

    word: str
    start: int
    end: int


@dataclass(frozen=True)
class Gap:
    """Where a message may be cut: the tokens `first` to `last` (excluded) join what stands on its two sides."""

    first: int
    last: int


def listed(text: str) -> str:
    """The text with each list item on a new line."""
    return _LIST_MARK.sub("\n", text).strip()


def tokens_of(text: str) -> list[Token]:
    return [
        Token(BREAK if match[0] == "\n" else match[0].casefold(), match.start(), match.end()) for match in _TOKEN.finditer(text)
    ]


def gaps_of(tokens: Sequence[Token]) -> list[Gap]:
    """The runs of joiners that stand between words."""
    found, at = [], 0
    while at < len(tokens):
        if tokens[at].word not in JOINERS:
            at += 1
            continue
        first = at
        while at < len(tokens) and tokens[at].word in JOINERS:
            at += 1
        closes = any(token.word == ")" for token in tokens[first:at]) and any(token.word == "(" for token in tokens[:first])
        if first > 0 and at < len(tokens) and not closes:  # what is said in brackets belongs to the words before them
            found.append(Gap(first, at))
    return found


@dataclass(frozen=True)
class Cuts:
    """A message, its tokens, and where it may be cut."""

    text: str
    tokens: tuple[Token, ...]
    gaps: tuple[Gap, ...]

    @classmethod
    def of(cls, message: str) -> Cuts:
        text = listed(message)
        tokens = tokens_of(text)
        return cls(text, tuple(tokens), tuple(gaps_of(tokens)))

    def sides(self, at: int) -> tuple[str, str]:
        """The words from the last gap to this one, and from this one to the next."""
        gap = self.gaps[at]
        begins = self.gaps[at - 1].last if at else 0
        ends = self.gaps[at + 1].first if at + 1 < len(self.gaps) else len(self.tokens)
        return self._between(begins, gap.first), self._between(gap.last, ends)

    def _between(self, first: int, last: int) -> str:
        return self.text[self.tokens[first].start : self.tokens[last - 1].end]

    def seen(self, at: int) -> list[str]:
        """The terms of one gap for the classifier: the joiner, its neighbours by place, the words of both sides, how many there
        are.
        """
        gap = self.gaps[at]
        begins = self.gaps[at - 1].last if at else 0
        ends = self.gaps[at + 1].first if at + 1 < len(self.gaps) else len(self.tokens)
        left = [token.word for token in self.tokens[begins : gap.first]]
        right = [token.word for token in self.tokens[gap.last : ends]]
        joined = " ".join(token.word for token in self.tokens[gap.first : gap.last])
        forms = f"{_form(left[0])} {joined} {_form(right[0])}"
        return list(
            dict.fromkeys(
                [
                    f"joined by {joined}", f"forms {forms}", f"forms {_form(left[0])} {_form(right[0])}", f"form {_form(right[0])}",
                    *(f"before {place} {word}" for place, word in enumerate(reversed(left[-AROUND:]))),
                    *(f"after {place} {word}" for place, word in enumerate(right[:AROUND])),
                    *(f"left {word}" for word in left), *(f"right {word}" for word in right), *(f"follow {a} {b}" for a, b in pairwise(right[:3])),
                    f"sizes {min(len(left), 6)} {min(len(right), 6)}", f"gaps {min(len(self.gaps), 6)}", f"place {min(at, 4)}",
                    f"starts {_form(self.tokens[0].word)}",
                ]
            )
        )  # fmt: skip

    def numbers(self, at: int, vectors: dict[str, tuple[np.ndarray, float]]) -> np.ndarray:
        """How alike the sides and the whole are, and how like a question each is, float32 (8,)."""
        (left, as_left), (right, as_right) = (vectors[side] for side in self.sides(at))
        whole, as_whole = vectors[self.text]
        both = min(as_left, as_right)
        told = (left @ right, as_left, as_right, as_whole, both - as_whole, both, left @ whole, right @ whole)
        return np.array(told, np.float32)

    def least(self, at: int) -> float:
        """The probability from which the message is cut at a gap: lower where both sides open with a question word."""
        return LEAST_ASKED if all(_form(tokens_of(side)[0].word) == "asking" for side in self.sides(at)) else LEAST

    def cut(self, where: Sequence[int]) -> list[str]:
        """The pieces of the message, cut at these gaps."""
        bounds = [0, *(self.gaps[at].last for at in where)], [*(self.gaps[at].first for at in where), len(self.tokens)]
        return [" ".join(self._between(first, last).split()) for first, last in zip(*bounds, strict=True)]


def _form(word: str) -> str:
    return "asking" if word in ASKING else "being" if word in BEING else "other"


def questions_of(messages: Sequence[str], near: Near) -> list[list[str]]:
    """The questions of each message, in order: one, or several. All vectors that are needed are asked for at once."""
    learnt, by_words = packaged("questions"), packaged("questions_by_words")
    cuts = [Cuts.of(message) for message in messages]
    possible = [[at for at in range(len(one.gaps)) if by_words.of(one.seen(at), None)[1] >= POSSIBLE] for one in cuts]
    texts = list(
        dict.fromkeys(
            text for one, gaps in zip(cuts, possible, strict=True) for at in gaps for text in (one.text, *one.sides(at))
        )
    )
    known = dict(zip(texts, zip(*near(texts), strict=True), strict=True)) if texts else {}
    return [
        one.cut([at for at in gaps if learnt.of(one.seen(at), one.numbers(at, known))[1] >= one.least(at)])
        if gaps
        else [one.text]
        for one, gaps in zip(cuts, possible, strict=True)
    ]
