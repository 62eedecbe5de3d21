"""What a message asks of the document, learned from labelled messages: how often a word stands, how many there are of what it is
made of, what is flagged, how long it is, its parts, who made it, where its original is; what it is, and what it says, as a whole. Pure.

One classifier goes by words alone, so that a look-up loads no embedder; it must be surer. The other goes by the message's vector
too, and is asked where the search needs the vector anyway. Labels: evals/labels/structures.jsonl and documents.jsonl;
`python -m evals.training structures`, `documents`.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from assistant.learned.classifier import Classifier, packaged
from index.text.words import STOPWORDS, words

ASKS = ("none", "mentions", "count", "flagged", "length", "contents", "authors", "original")
WHOLE = ("about", "summary", "children")  # the document as a whole: told by vector and words only
HALF = 0.5  # probability from which a message asks what a recommendation rests on
SURE_BY_BOTH = 0.6  # probability from which vector and words together tell
SURE = 0.7  # probability from which a message is taken to ask for one of them
LONGEST = 30  # words of a message that asks for nothing else


@lru_cache(maxsize=1_024)  # several steps of one question look
def asks_for(message: str) -> str:
    """What a message asks for, one of ASKS; "none" for more than LONGEST words."""
    return "none" if len(message.split()) > LONGEST else told(message, packaged("structures"))


def told(message: str, learnt: Classifier) -> str:
    """The likeliest of ASKS; "none" where its probability is below SURE."""
    odds = learnt.probabilities(message, None)
    return ASKS[int(odds.argmax())] if odds.max() >= SURE else "none"


def asks_of_document(message: str, vector: np.ndarray) -> str:
    """What a message asks for, one of ASKS or WHOLE, by its unit vector and its words."""
    return told_by_both(message, vector, packaged("documents"))


def told_by_both(message: str, vector: np.ndarray, learnt: Classifier) -> str:
    """What a message asks for, as a classifier of vector and words tells it."""
    odds = learnt.probabilities(message, vector)
    return (*ASKS, *WHOLE)[int(odds.argmax())] if odds.max() >= SURE_BY_BOTH else "none"


def asks_behind(message: str, vector: np.ndarray | None) -> bool:
    """Whether a message that names a recommendation, with its unit vector, asks for the findings behind it. Labels: the evidence
    bank and evals/labels/behind.jsonl; `python -m evals.training behind`.
    """
    return float(packaged("behind").probabilities(message, vector)[1]) >= HALF


def topic_named(message: str) -> bool:
    """Whether a message has a content word that no labelled message has: then it asks about something else, or a part."""
    known = packaged("structures").rows
    return any(word not in known and word not in STOPWORDS for word in words(message))
