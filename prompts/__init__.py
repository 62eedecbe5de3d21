"""Every text said to a user or to a model, as data files; this is their one loader.

`wording.toml` holds the assistant's fixed wording by outcome, with `$variables`. A council can put its own words in
place with FINDINGS_WORDING, a file of the same form: what it names wins, the rest stays.
"""

from __future__ import annotations

import os
import tomllib
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any


class UnreadableWording(Exception):
    """FINDINGS_WORDING names a file that is missing or not TOML, or a text in it has an unknown variable."""


@lru_cache(maxsize=1)
def _tables() -> dict[str, dict[str, Any]]:
    tables = tomllib.loads(files("prompts").joinpath("wording.toml").read_text(encoding="utf-8"))
    named = os.environ.get("FINDINGS_WORDING")
    if named:
        try:
            own = tomllib.loads(Path(named).read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
            raise UnreadableWording(
                f"The wording file {named} cannot be read ({fault}): correct it or unset FINDINGS_WORDING."
            ) from fault
        for table, texts in own.items():
            if isinstance(texts, dict):
                tables.setdefault(table, {}).update(texts)
    return tables


def wording(key: str, **variables: object) -> str:
    """The fixed text `table.name`, with every variable filled. Raises KeyError for an unknown key or variable."""
    table, _, name = key.partition(".")
    text = _tables()[table][name]
    return Template(text).substitute({k: str(v) for k, v in variables.items()}).strip()


def listed(key: str) -> list[str]:
    """A list of fixed texts, such as the questions to start from."""
    table, _, name = key.partition(".")
    return list(_tables()[table][name])


def keys() -> list[str]:
    """Every key there is, for tests."""
    return [f"{table}.{name}" for table, texts in _tables().items() for name in texts]
