"""The Assistant as every door asks it: with a language model where one is configured, and nothing of models imported otherwise."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from assistant.assistant import Assistant
from index.store import Index, open_index

if TYPE_CHECKING:
    from assistant.model.chooser import ModelCall


def make_assistant(
    index: Index | None = None, model: str | None = None, fallback: bool = True, note: Callable[[ModelCall], None] | None = None
) -> Assistant:
    """The Assistant with the language model `model`, or with the one in FINDINGS_MODEL, or without any.

    With `fallback` false it raises ModelFault where the model fails; `note` is told of every call. Raises NoUsableIndex,
    UnusableSetting.
    """
    if not (model or os.environ.get("FINDINGS_MODEL")):
        return Assistant(index)
    from assistant.model.chooser import Chooser
    from assistant.model.client import LangChainModel
    from assistant.model.settings import model_settings

    settings = model_settings(model)
    assert settings is not None  # a name was given
    return Assistant(index or open_index(), Chooser(LangChainModel(settings), fallback, note))
