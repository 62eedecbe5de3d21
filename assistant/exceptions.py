"""What a question leaves out: "apart from adoption, what grades were given?" asks for the grades, adoption's aside. Pure.

A classifier says of each word whether it is kept, says that something is left out, or names what is left out. Labels:
evals/labels/exceptions.jsonl; `python -m evals.train exceptions`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from assistant.classifier import Classifier, packaged
from assistant.questions import Token, tokens_of

TAGS = ("kept", "cue", "thing")  # of a word
BESIDE = 3  # words on either side that the classifier sees
LONGEST = 8  # words of a thing that is left out


def seen(said: Sequence[Token], at: int, before: str) -> list[str]:
    """What the classifier sees of one word: itself, those around it by place, the tag before it."""
    around = [
        f"{step} {said[at + step].word if 0 <= at + step < len(said) else '<end>'}" for step in range(-BESIDE, BESIDE + 1)
    ]
    pairs = [f"{a} {b}" for a, b in zip(around, around[1:], strict=False)]
    return [*around, *pairs, f"tag {before}", f"tag {before} {around[BESIDE]}", f"tag {before} {around[BESIDE - 1]}"]


def tagged(said: Sequence[Token], learnt: Classifier) -> list[str]:
    """The tag of each word, from the first to the last."""
    tags: list[str] = []
    for at in range(len(said)):
        odds = learnt.of(seen(said, at, tags[-1] if tags else "kept"), None)
        tags.append(TAGS[int(odds.argmax())])
    return tags


@lru_cache(maxsize=1_024)  # several steps of one question look
def excepted(text: str) -> tuple[str, str | None]:
    """The question without what it leaves out, and what that is; None for a question that leaves nothing out."""
    said = tokens_of(text)
    tags = tagged(said, packaged("exceptions"))
    named = [one.word[0].isalnum() for one in said]
    things = [at for at, tag in enumerate(tags) if tag == "thing" and named[at]]
    left = [at for at, tag in enumerate(tags) if tag == "kept" and named[at]]
    if not things or not left or "cue" not in tags:
        return text, None
    last = next((at for at in range(things[0], len(tags)) if tags[at] != "thing" or not named[at]), len(tags))
    if last - things[0] > LONGEST:
        return text, None
    rest = ""
    for at in left:
        apart = at and said[at - 1].end == said[at].start and at - 1 in left
        rest += ("" if apart or not rest else " ") + text[said[at].start : said[at].end]
    asks = "?" if text.rstrip().endswith("?") else ""
    return f"{rest}{asks}", text[said[things[0]].start : said[last - 1].end]
