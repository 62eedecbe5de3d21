"""The words of users and the words of the report: abbreviations, lay words, spellings, both ways.

Data in glossary.jsonl, one entry a line: `report` (words as the report uses them, or null when it never does), `also`
(other ways to say it), `kind` (abbreviation, lay, sector, spelling), `full` (what an abbreviation stands for).
A question keeps its own words; the report's are added.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files

_LETTERS = re.compile(r"[A-Z][A-Za-z]*[A-Z]s?")
MAX_ADDED = 6  # entries added to one question; a long question needs no more


@dataclass(frozen=True)
class Entry:
    """One line of the glossary."""

    report: str | None
    also: tuple[str, ...]
    kind: str
    full: str | None = None


_PIECE = re.compile(r"[a-z0-9]+")


class Terms:
    """Finds many terms in a text: whole words, any case, the longest at each place. `ending`: a pattern of what may follow a
    term.

    Terms are looked up by their first word, which saves trying most patterns.
    """

    def __init__(self, terms: Iterable[str], ending: str = "") -> None:
        self._by_first: dict[str, list[tuple[str, re.Pattern[str]]]] = {}
        for term in terms:
            pattern = re.compile(rf"(?<![\w-]){re.escape(term)}{ending}(?![\w-])", re.IGNORECASE)
            first = _PIECE.search(term.casefold())
            self._by_first.setdefault(first[0] if first else "", []).append((term.casefold(), pattern))

    def within(self, text: str) -> list[str]:
        """The terms as they stand in the text, in order, none overlapping another."""
        low = text.casefold()
        pieces = set(_PIECE.findall(low)) | {""}
        pieces |= {piece[:-1] for piece in pieces if piece.endswith("s")}
        spots = sorted(
            (match.start(), -len(term), match.end())
            for piece in pieces
            for term, pattern in self._by_first.get(piece, ())
            if term in low
            for match in pattern.finditer(text)
        )
        found, last = [], 0
        for start, _, end in spots:
            if start >= last:
                found.append(text[start:end])
                last = end
        return found


class Glossary:
    """Finds entries in a text, longest first, whole words, any case."""

    def __init__(self, entries: tuple[Entry, ...]) -> None:
        self.entries = entries

    @classmethod
    def packaged(cls) -> Glossary:
        lines = files("assistant.words").joinpath("glossary.jsonl").read_text(encoding="utf-8").splitlines()
        records = [json.loads(line) for line in lines]
        return cls(tuple(Entry(r["report"], tuple(r["also"]), r["kind"], r.get("full")) for r in records))

    @cached_property
    def _by_term(self) -> dict[str, list[Entry]]:
        terms: dict[str, list[Entry]] = {}
        for entry in self.entries:
            for term in entry.also:
                terms.setdefault(term.casefold(), []).append(entry)
        return terms

    @cached_property
    def _by_full(self) -> dict[str, str]:
        """The full words of an abbreviation -> the abbreviation."""
        short: dict[str, str] = {}
        for entry in self.entries:
            letters = next((term for term in entry.also if _LETTERS.fullmatch(term)), None)
            if entry.kind == "abbreviation" and letters:
                for full in filter(None, (entry.full, entry.report)):
                    short.setdefault(full.casefold(), letters)
        return short

    @cached_property
    def _terms(self) -> Terms:
        return Terms(self._by_term, r"(?:'s|s)?")

    @cached_property
    def _fulls(self) -> Terms:
        return Terms(self._by_full)

    def found(self, text: str) -> list[tuple[str, Entry]]:
        """(the words as they stand in the text, the entry), in order."""
        pairs = []
        for words in self._terms.within(text.replace("’", "'")):
            for form in (words, words.removesuffix("'s"), words.removesuffix("s")):
                if form.casefold() in self._by_term:
                    pairs += [(words, entry) for entry in self._by_term[form.casefold()]]
                    break
        return pairs

    def expanded(self, text: str) -> str:
        """The text, then in brackets up to MAX_ADDED of the report's terms and abbreviations."""
        low = text.casefold()
        added: list[str] = []
        for _, entry in self.found(text):
            words = entry.report or entry.full
            if words and words.casefold() not in low and words not in added:
                added.append(words)
        for words in self._fulls.within(text.replace("’", "'")):
            letters = self._by_full[words.casefold()]
            if letters.casefold() not in re.findall(r"\w+", low) and letters not in added:
                added.append(letters)
        return f"{text} ({', '.join(added[:MAX_ADDED])})" if added else text

    def replaced(self, text: str) -> str:
        """The text with each term replaced by the report's, where it has one."""
        for words, entry in sorted(self.found(text), key=lambda pair: -len(pair[0])):
            if entry.report:
                text = re.sub(rf"(?<![\w-]){re.escape(words)}(?![\w-])", entry.report, text, count=1, flags=re.IGNORECASE)
        return text

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """Every lower-case word of the glossary, for spelling."""
        texts = [t for e in self.entries for t in (*e.also, e.report or "", e.full or "")]
        return frozenset(word for text in texts for word in re.findall(r"[a-z]+", text.casefold()))
