"""What a question leaves out: "apart from adoption, what grades were given?" asks for the grades, adoption's aside. Pure."""

from __future__ import annotations

import re

from assistant.caseless import Caseless

_WITHOUT = Caseless(
    r"\b(?:apart from|other than|except(?: for)?|excepting|excluding|aside from|leaving aside|with the exception of|but not|minus|not counting)\s+"
    r"(?:the\s+)?((?:[\w'-]+)(?:\s+(?!what|who|which|how|where|when|is|are|was|were|did|does|do|has|have|were)[\w'-]+){0,4})"
)


def excepted(text: str) -> tuple[str, str | None]:
    """The question without what it leaves out, and what that is; None for a question that leaves nothing out."""
    match = _WITHOUT.search(text)
    if match is None:
        return text, None
    rest = re.sub(r"\s+([,?.])", r"\1", f"{text[: match.start()]} {text[match.end() :]}")
    return " ".join(rest.split()).strip(" ,"), match[1]
