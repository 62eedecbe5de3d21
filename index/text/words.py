"""Text -> stemmed content words: the tokens of BM25 and of every comparison of words."""

from __future__ import annotations

import re
from functools import lru_cache

import Stemmer

_WORD = re.compile(r"[a-z0-9]+(?:['’][a-z]+)?(?:,\d{3})*")
# Words in nearly every passage or question carry no information.
STOPWORDS = frozenset(
    """a about all also am an and any are as at be because been being but by can could did do does doing down each
    for from get gets getting got had has have having he her here him his how i if in into is it its itself just
    let like me more most much my no nor not of off on once only or other our out over own please said same say says
    she should so some somerset such tell than that the their them then there these they this those through to too
    under until up us very was we were what when where which while who whom why will with would you your ofsted
    inspectors inspector report""".split()
)


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The Snowball (Porter 2) stem of one lower-case word."""
    return _stemmer().stemWord(word)


@lru_cache(maxsize=1)
def _stemmer() -> Stemmer.Stemmer:
    return Stemmer.Stemmer("english")


def words(text: str) -> list[str]:
    """Lower-case words and numbers; "2,480" is one word, 's is dropped, "don't" is "dont"."""
    found = _WORD.findall(text.casefold().replace("’", "'"))
    return [w.removesuffix("'s").replace("'", "") for w in found]


def tokens(text: str) -> list[str]:
    """Stems of the content words of a text, in order."""
    return list(_tokens(text))


@lru_cache(maxsize=4_096)  # the report's passages come again with every question
def _tokens(text: str) -> tuple[str, ...]:
    return tuple(stem(word) for word in words(text) if word not in STOPWORDS)
