"""What a question leaves out: "apart from adoption, what grades were given?" excludes adoption. Pure.

A classifier tags each word as kept, a cue, the thing left out, or the request for another language. Labels:
evals/labels/exceptions.jsonl; `python -m evals.training exceptions`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from assistant.learned.classifier import Classifier, packaged
from assistant.question.splitting import Token, tokens_of
from assistant.words.languages import NAMES

TAGS = ("kept", "cue", "thing", "language")  # classes of a word
BESIDE = 3  # words on either side that the classifier sees
LONGEST = 8  # words of a thing that is left out


def seen(said: Sequence[Token], at: int, before: str) -> list[str]:
    """The terms of one word for the classifier: the word, its neighbours by place, the tag of the word before it."""
    around = [f"{step} {said[at + step].word if 0 <= at + step < len(said) else '<end>'}" for step in range(-BESIDE, BESIDE + 1)]
    pairs = [f"{a} {b}" for a, b in pairwise(around)]
    return [*around, *pairs, f"tag {before}", f"tag {before} {around[BESIDE]}", f"tag {before} {around[BESIDE - 1]}"]


def tagged(said: Sequence[Token], learnt: Classifier) -> list[str]:
    """The tag of each word, from the first to the last."""
    ends = ["<end>"] * BESIDE
    words = [*ends, *(one.word for one in said), *ends]
    told: dict[tuple[str, ...], str] = {}  # a long message says much again: a quarter of its time went into this
    tags = ["kept"]
    for at in range(len(said)):
        place = (tags[-1], *words[at : at + 2 * BESIDE + 1])
        if place not in told:
            told[place] = TAGS[int(learnt.of(seen(said, at, tags[-1]), None).argmax())]
        tags.append(told[place])
    return tags[1:]


@lru_cache(maxsize=1_024)  # several steps of one question look
def _read(text: str) -> tuple[tuple[Token, ...], tuple[str, ...]]:
    """The words of a message without its marks, and their tags."""
    said = tokens_of(text)
    read = [one for one in zip(said, tagged(said, packaged("exceptions")), strict=True) if one[0].word[0].isalnum()]
    return tuple(token for token, _ in read), tuple(tag for _, tag in read)


def _without(text: str, said: Sequence[Token], kept: Sequence[int]) -> str:
    """The words at these places as they stand in the text, marks between neighbours among them."""
    rest = ""
    for before, at in zip((None, *kept), kept, strict=False):
        begins = said[at].start if before is None or before != at - 1 else said[before].end
        rest += text[begins : said[at].end] if before == at - 1 else f" {text[begins : said[at].end]}"
    return f"{rest.strip()}{'?' if text.rstrip().endswith('?') else ''}"


def excepted(text: str) -> tuple[str, str | None]:
    """The question without what it leaves out, and what that is; None for a question that leaves nothing out."""
    said, tags = _read(text)
    things = [at for at, tag in enumerate(tags) if tag == "thing"]
    kept = [at for at, tag in enumerate(tags) if tag not in ("cue", "thing")]
    if not things or not kept or "cue" not in tags:
        return text, None
    last = next((at for at in range(things[0], len(tags)) if tags[at] != "thing"), len(tags)) - 1
    if last - things[0] >= LONGEST:
        return text, None
    return _without(text, said, kept), text[said[things[0]].start : said[last].end]


def in_english(text: str) -> tuple[str, bool]:
    """The question without a request for another language, and whether it had one."""
    said, tags = _read(text)
    named = any(tag == "language" and one.word in NAMES for one, tag in zip(said, tags, strict=True))
    kept = [at for at, tag in enumerate(tags) if tag != "language"]
    return (_without(text, said, kept), True) if named and kept else (text, False)
