"""The page's styles and script, each one text put together from the files in ui/page/assets."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

# In the order they run: base.js opens the namespace that the others add to, start.js starts the page.
SCRIPTS = (
    "base.js", "places.js", "passage.js", "keeping.js", "asking.js", "report.js", "papers.js", "notes.js", "briefs.js",
    "words_back.js", "start.js",
)  # fmt: skip
SEVERAL = "reports.js"  # only where there is more than one report to choose from; before start.js
STYLES = ("page.css", "chat.css", "tabs.css", "paper.css")


@cache
def scripts(several: bool = False) -> str:
    """All that runs on the page; `several`: with the chooser of reports."""
    return _joined((*SCRIPTS[:-1], *((SEVERAL,) if several else ()), SCRIPTS[-1]))


@cache
def styles() -> str:
    """All that dresses it; paper.css is for printing."""
    return _joined(STYLES)


def _joined(names: tuple[str, ...]) -> str:
    return "\n".join(files("ui.page").joinpath("assets", name).read_text(encoding="utf-8").strip() for name in names)
