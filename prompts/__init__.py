"""Every text said to a user or to a model, as data files; this is their one loader.

What is said to a model lies in plain files, `answer.txt` and so on: the instructions, a line of three dashes, the message.

`wording.toml` holds the assistant's fixed wording by outcome, `page.toml` what the chat's page says around it, `access.toml` what
is said around sharing, `adding.toml` where reports are added in the browser, all with `$variables`. A council can put its own words in place with FINDINGS_WORDING, a file of the same form: what it names
wins, the rest stays.
"""

from __future__ import annotations

import hashlib
import os
import tomllib
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any


class UnreadableWording(Exception):
    """FINDINGS_WORDING names a file that is missing or not TOML, or that says what findings never says."""


@lru_cache(maxsize=1)
def _tables() -> dict[str, dict[str, Any]]:
    tables: dict[str, dict[str, Any]] = {}
    for name in ("wording.toml", "page.toml", "access.toml", "adding.toml"):
        tables |= tomllib.loads(files("prompts").joinpath(name).read_text(encoding="utf-8"))
    named = os.environ.get("FINDINGS_WORDING")
    if named:
        try:
            if Path(named).exists() and not Path(named).is_file():  # a pipe or a device would be read for ever
                raise ValueError("it is not a file")
            own = tomllib.loads(Path(named).read_text(encoding="utf-8"))
            for table, texts in own.items():
                tables[table] = {**tables[table], **_fitting(tables[table], texts)}
        except (OSError, ValueError, KeyError) as fault:  # ValueError: not UTF-8, not TOML, or a text that does not fit
            reason = f"there is no {fault}" if isinstance(fault, KeyError) else fault
            raise UnreadableWording(
                f"The wording file {named} cannot be used ({reason}): correct it or unset FINDINGS_WORDING."
            ) from fault
    return tables


def _fitting(packaged: dict[str, Any], own: Any) -> dict[str, Any]:
    """A table of a council's own texts. Raises KeyError for an unknown name, ValueError for an unknown variable or sort."""
    if not isinstance(own, dict):
        raise ValueError(f"{own!r} stands outside a table")
    for name, text in own.items():
        if isinstance(packaged[name], list):
            if not isinstance(text, list) or not all(isinstance(one, str) for one in text):
                raise ValueError(f"{name} is not a list of texts")
        elif not isinstance(text, str) or not Template(text).is_valid():
            raise ValueError(f"{name} is not a text with $variables")
        elif unknown := set(Template(text).get_identifiers()) - set(Template(packaged[name]).get_identifiers()):
            raise ValueError(f"{name} has no variable ${min(unknown)}")
    return own


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


def prompt(name: str, **variables: object) -> tuple[str, str]:
    """The instructions and the message of `name`.txt, with every variable filled. Raises KeyError for one left over."""
    filled = {key: str(value) for key, value in variables.items()}
    instructions, message = _prompt_text(name).split("\n---\n")
    return Template(instructions).substitute(filled).strip(), Template(message).substitute(filled).strip()


def prompt_names() -> list[str]:
    """The names of all prompts."""
    return sorted(path.name.removesuffix(".txt") for path in files("prompts").iterdir() if path.name.endswith(".txt"))


def prompt_hash(name: str) -> str:
    """A checksum of a prompt, recorded with what was answered to it."""
    return hashlib.sha256(_prompt_text(name).encode()).hexdigest()[:16]


@lru_cache(maxsize=16)
def _prompt_text(name: str) -> str:
    return files("prompts").joinpath(f"{name}.txt").read_text(encoding="utf-8")
