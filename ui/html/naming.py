"""Which report a citation stands in, where more than one can be asked: said in its label, and in the links of the page.

Citations of the report in force are left as they are.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from prompts import wording

AddedTo = dict[str, Any]


def named(answer: AddedTo, own: str) -> AddedTo:
    """The answer object as the page shows it: a citation of another report than `own` says its name (`of`, and in its label)."""
    found = {**answer, "citations": _all(answer["citations"], own), "nearest": _all(answer["nearest"], own)}
    if "reports" in answer:
        found["reports"] = [named(one, own) for one in answer["reports"]]
    return found


def _all(citations: list[AddedTo], own: str) -> list[AddedTo]:
    return [
        one if one["report"] == own else {**one, "of": one["report"], "label": of(one["label"], one["report"])}
        for one in citations
    ]


def of(place: str, name: str) -> str:
    """ "paragraph 4, page 6" -> "paragraph 4, page 6 of west"; without a name the place alone."""
    return wording("shelf.of", place=place, name=name) if name else place


def within(html: str, name: str) -> str:
    """A piece of the page whose links lead into the report of this name; as it is without a name."""
    return html.replace('href="?', f'href="?report={quote(name)}&amp;') if name else html
