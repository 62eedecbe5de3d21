"""Which words may stand for which, when a sentence is compared with the report: the glossary and the lists, by stem."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cached_property

from assistant.glossary import Glossary
from assistant.phrases import by_first_word, entries
from assistant.reading import Reading, root


class Lexicon:
    """Which words may stand for which: the glossary and the lists, by stem. `allowed` are names that need no support."""

    def __init__(self, glossary: Glossary, allowed: Iterable[str] = ()) -> None:
        self.glossary = glossary
        self.allowed = frozenset(name.casefold() for text in allowed for name in re.findall(r"[A-Za-z]+", text))

    @cached_property
    def synonyms(self) -> Mapping[str, frozenset[str]]:
        """stem -> stems that may stand for it."""
        found: dict[str, set[str]] = {}
        for group in entries("synonyms")["groups"]:
            stems = {root(word) for word in group.split()}
            for one in stems:
                found.setdefault(one, set()).update(stems)
        return {one: frozenset(others) for one, others in found.items()}

    @cached_property
    def light(self) -> frozenset[str]:
        """Stems that count neither for nor against a sentence."""
        return frozenset(root(word) for word in str(entries("light")["words"]).split())

    @cached_property
    def opposites(self) -> Mapping[str, tuple[tuple[frozenset[str], frozenset[str]], ...]]:
        """stem -> (its own side, the other side) of every pair it is in."""
        found: dict[str, list[tuple[frozenset[str], frozenset[str]]]] = {}
        for pair in entries("opposites")["pairs"]:
            first, second = (frozenset(root(word) for word in side.split()) for side in pair.split(" | "))
            for own, other in ((first - second, second - first), (second - first, first - second)):
                for one in own:
                    found.setdefault(one, []).append((own, other))
        return {one: tuple(pairs) for one, pairs in found.items()}

    @cached_property
    def subjects(self) -> dict[str, list[str]]:
        """number of a group -> its phrases."""
        return {
            str(at): (
                [one.strip() for one in group.split(" | ")]
                if "|" in group
                else group.split()
                if len(group.split()) > 2
                else [group]
            )
            for at, group in enumerate(entries("subjects")["groups"])
        }

    @cached_property
    def subject_words(self) -> frozenset[str]:
        """Stems of the words that name a group or a service."""
        return frozenset(root(word) for phrases in self.subjects.values() for phrase in phrases for word in phrase.split())

    def named(self, reading: Reading) -> dict[str, int]:
        """The groups and services that a text names, with the place where it first does."""
        found: dict[str, int] = {}
        for at, token in enumerate(reading.tokens):
            for length, group, phrase in self._by_first_word.get(token, ()):
                if reading.tokens[at : at + length] == phrase:
                    found.setdefault(group, at)
        return found

    @cached_property
    def _by_first_word(self) -> dict[str, list[tuple[int, str, tuple[str, ...]]]]:
        return by_first_word(self.subjects)

    def supported(self, one: str, held: frozenset[str]) -> bool:
        """Whether a stem, or one that may stand for it, is held."""
        return one in held or bool(self.synonyms.get(one, frozenset()) & held)

    def glossed(self, text: str, held: frozenset[str]) -> frozenset[str]:
        """Stems of the words of a text that the glossary explains by words that are held."""
        found: set[str] = set()
        for words, entry in self.glossary.found(text):
            others = [other for other in (entry.report, entry.full, *entry.also) if other]
            if any((stems := Reading(other).content_stems) and stems <= held for other in others):
                found |= Reading(words).content_stems
        return frozenset(found)
