"""Questions that scrutiny could ask -> made of recommendations and weaknesses by the forms of scrutiny.toml.

They are suggestions, not the report's words; each names the passages it rests on. None is about a person who could be
identified, none takes an answer for granted. Knows no search.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from string import Template
from typing import Any

from assistant.answer import Statement
from assistant.lookups.links import Links
from index.passages import Passage, Report

OWN = 0.34  # share of the questions that are kept for weaknesses and gaps


@dataclass(frozen=True)
class Suggestion:
    """A suggested question, and the passages that it rests on."""

    text: str
    rests_on: tuple[Passage, ...]


@lru_cache(maxsize=1)
def _forms() -> dict[str, Any]:
    return tomllib.loads(files("assistant.words").joinpath("scrutiny.toml").read_text(encoding="utf-8"))


def suggestions(
    recommendations: Sequence[Passage], weaknesses: Sequence[Statement], links: Links, report: Report, most: int
) -> list[Suggestion]:
    """At most `most` questions: on recommendations, on weaknesses, then on what is known of the recommendations.

    Up to the share OWN of them is kept for weaknesses. Each passage gives one of these; passages behind no recommendation come
    first, one from each section in turn.
    """
    findings = {p.number: p for p in report.passages if p.kind == "finding"}
    first, later = [], []
    for passage in recommendations:
        ask, then = of_recommendation(passage.text, passage.number or "")
        behind = tuple(findings[link.finding] for link in links.behind(passage.number or "")[:2] if link.finding in findings)
        first.append(Suggestion(ask, (passage, *behind)))
        later.append(Suggestion(then, (passage,)))
    asked = {
        s.passage.id: Suggestion(text, (s.passage,)) for s in reversed(weaknesses) if (text := of_weakness(s.quote)) is not None
    }
    taken = {passage.id for one in first for passage in one.rests_on}
    seen: Counter[str] = Counter()
    rated = []
    for one in reversed(asked.values()):
        (passage,) = one.rests_on
        rated.append((passage.id in taken, seen[passage.section], one))
        seen[passage.section] += 1
    own = [one for *_, one in sorted(rated, key=lambda found: found[:2])]
    kept = most - min(len(own), round(OWN * most))
    return [*first[:kept], *own, *first[kept:], *later][:most]


def of_recommendation(text: str, number: str) -> tuple[str, str]:
    """Two questions about a recommendation, from the first form that fits: what was done, and what is known of it."""
    whole = text.strip()
    body = whole.rstrip(".")
    for form in _forms()["recommendation"]:
        match = re.match(form["begins"], body)
        if match:
            words = {"rest": body[match.end() :], "tail": match.groupdict().get("tail", ""), "whole": whole, "number": number}
            then = Template(form["then"]).substitute({**words, "rest": words["rest"].replace(", and that ", ", and whether ")})
            return Template(form["ask"]).substitute(words), then
    raise AssertionError("the last form fits any recommendation")


def question_on(statement: Statement) -> str | None:
    """The question that a statement suggests, to be shown with it; None when it is about somebody who could be identified."""
    passage, quote = statement.passage, statement.quote
    if passage.kind == "recommendation":
        return of_recommendation(quote, passage.number or "")[0]
    return _form_of_weakness(quote)


def of_weakness(quote: str) -> str | None:
    """The weakness quoted, with its question; None if it concerns a person who could be identified."""
    asked = _form_of_weakness(quote)
    return None if asked is None else f"Inspectors found: “{quote}” {asked}"


def _form_of_weakness(quote: str) -> str | None:
    if any(re.search(rf"\b{re.escape(cue)}", quote, re.IGNORECASE) for cue in _forms()["persons"]["cues"]):
        return None
    return next(str(form["ask"]) for form in _forms()["weakness"] if re.search(form["cue"], quote, re.IGNORECASE))
