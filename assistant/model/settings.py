"""What a council may set about a language model: FINDINGS_MODEL and its companions, read from the environment once.

Without FINDINGS_MODEL there is no model, nothing of a provider is imported and nothing leaves the machine.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from assistant.errors import UnusableSetting

PREFIX = "FINDINGS_MODEL"


class ModelSettings(BaseModel):
    """The model, where it is reached, and how much it may take: seconds, tokens, retries, calls at once."""

    model_config = ConfigDict(frozen=True, protected_namespaces=())

    name: str = Field(pattern=r"^[a-z_]+:\S+$")
    base_url: str | None = Field(default=None, pattern=r"^https?://\S+$")
    api_key: SecretStr | None = None
    timeout: float = Field(default=60, gt=0, le=600)  # seconds for one answer, retries included
    max_tokens: int = Field(default=400, ge=50, le=8_000)
    retries: int = Field(default=2, ge=0, le=5)
    concurrency: int = Field(default=2, ge=1, le=32)
    temperature: float | None = Field(default=0.0, ge=0, le=2)  # None: not sent, for models that refuse it

    @property
    def provider(self) -> str:
        return self.name.partition(":")[0]


def model_settings(name: str | None = None, environment: Mapping[str, str] = os.environ) -> ModelSettings | None:
    """The settings for the model `name`, or for the one configured; None where there is none. Raises UnusableSetting."""
    name = name or environment.get(PREFIX)
    if not name:
        return None
    fields = [field for field in ModelSettings.model_fields if field != "name"]
    given: dict[str, object] = {f: value for f in fields if (value := environment.get(f"{PREFIX}_{f.upper()}"))}
    if given.get("temperature") == "none":
        given["temperature"] = None
    try:
        return ModelSettings.model_validate({"name": name, **given})
    except ValidationError as fault:
        field = str(fault.errors()[0]["loc"][0])
        if field == "name":
            raise UnusableSetting(f"{PREFIX} is not of the form provider:model, such as ollama:llama3.1.") from None
        raise UnusableSetting(f"{PREFIX}_{field.upper()} cannot be used: {fault.errors()[0]['msg']}.") from None
