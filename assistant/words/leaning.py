"""Whether a sentence of the report can be understood without the one before it."""

from __future__ import annotations

import re

_PRONOUNS = "They|These|This|It|Those|Their|Its|He|She"
# A sentence that speaks of something named before it: no sentence to stand alone.
POINTS_BACK = re.compile(rf"(?:{_PRONOUNS})\b")
# A sentence that is not quoted without the one before it: it points back, or it goes on with an argument.
LEANS = re.compile(
    rf"(?:{_PRONOUNS}|As a result|However|But|Therefore|Consequently|Last year|To (?:\w+ )?this|\w+ (?:this|these|those|they))\b"
)
# A sentence without which the one before it must not be quoted: it takes back what that said.
REVERSES = re.compile(r"(?:However|But|Nevertheless|Yet)\b")
