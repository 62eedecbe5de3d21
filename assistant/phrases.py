"""The word lists of verification.toml, and how phrases of a list are looked for: by first word, longest first."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files


@lru_cache(maxsize=1)
def lists() -> dict:
    return tomllib.loads(files("assistant").joinpath("verification.toml").read_text(encoding="utf-8"))


def entries(name: str) -> Mapping[str, Sequence[str]]:
    table: Mapping[str, Sequence[str]] = lists()[name]
    return table


def words_of(phrases: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(phrase.split()) for phrase in phrases)


def by_first_word(table: Mapping[str, Sequence[str]]) -> dict[str, list[tuple[int, str, tuple[str, ...]]]]:
    """Phrases by their first word, longest first."""
    return arranged(tuple((kind, tuple(phrases)) for kind, phrases in table.items()))


@lru_cache(maxsize=512)
def arranged(table: tuple[tuple[str, tuple[str, ...]], ...]) -> dict[str, list[tuple[int, str, tuple[str, ...]]]]:
    found: dict[str, list[tuple[int, str, tuple[str, ...]]]] = {}
    for kind, phrases in table:
        for phrase in words_of(phrases):
            found.setdefault(phrase[0], []).append((len(phrase), kind, phrase))
    for options in found.values():
        options.sort(key=lambda option: -option[0])
    return found
