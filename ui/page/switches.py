"""What a council may set about the page: how long a browser keeps a conversation, and whether readers may say a word back."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from assistant.errors import UnusableSetting

KEEP, WORD = "FINDINGS_BROWSER_DAYS", "FINDINGS_WORD_BACK"
DAYS, MOST_DAYS = 30, 365


@dataclass(frozen=True)
class Switches:
    """`days` that a reader's own browser keeps questions and notes, 0 for never; `words_back` offers "useful / wrong / missing"."""

    days: int = DAYS
    words_back: bool = False


def switches(environment: Mapping[str, str] = os.environ) -> Switches:
    """The switches as set. Raises UnusableSetting for what is neither a number of days nor yes or no."""
    days = environment.get(KEEP, "").strip() or str(DAYS)
    if not days.isdecimal() or int(days) > MOST_DAYS:
        raise UnusableSetting(f"{KEEP} is not a number of days from 0 (keep nothing) to {MOST_DAYS}.")
    word = environment.get(WORD, "").strip().casefold() or "no"
    if word not in ("yes", "no"):
        raise UnusableSetting(f"{WORD} is neither yes nor no.")
    return Switches(int(days), word == "yes")
