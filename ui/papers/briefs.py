"""Briefings as files: one topic or many, in Word, Markdown or HTML. Decides nothing about content."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from assistant.briefing.briefing import Briefing
from assistant.briefing.subject import NotCovered
from prompts import wording
from ui.papers.brief_across import Across, sheet_across
from ui.papers.briefing_sheet import Sheet, sheet

FORMS = ("docx", "md", "html")
KINDS = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "md": "text/markdown;charset=utf-8",
    "html": "text/html;charset=utf-8",
}


def laid_out(briefing: Briefing | Across, made: date) -> Sheet:
    """The briefing of one report, or of several."""
    return sheet_across(briefing, made) if isinstance(briefing, Across) else sheet(briefing, made)


def rendered(briefing: Briefing | Across, form: str, made: date) -> bytes:
    """The briefing as the bytes of a file of one form."""
    laid = laid_out(briefing, made)
    if form == "docx":
        from ui.papers.brief_docx import as_docx

        return as_docx(laid)
    if form == "html":
        from ui.papers.brief_html import as_html

        return as_html(laid).encode("utf-8")
    from ui.papers.brief_markdown import as_markdown

    return as_markdown(laid).encode("utf-8")


def form_of(form: str | None, out: Path | None) -> str:
    """The form asked for, or the one that the file's name says, or Markdown. Raises ValueError for any other."""
    chosen = form or (out.suffix.removeprefix(".").casefold() if out is not None and out.suffix else "md")
    chosen = {"markdown": "md", "htm": "html"}.get(chosen, chosen)
    if chosen not in FORMS:
        raise ValueError(f"There is no format {chosen}: choose {', '.join(FORMS[:-1])} or {FORMS[-1]}.")
    return chosen


def declined(fault: NotCovered) -> str:
    """What is said where the report does not cover a topic: the sentence, the nearest areas, the nearest passages."""
    lines = [str(fault)]
    if fault.areas:
        lines.append(wording("brief.nearest_areas", areas="; ".join(fault.areas)))
    if fault.nearest:
        lines.append(wording("brief.nearest"))
        lines += [f"- {one.quote} [{one.passage.label}]" for one in fault.nearest]
    return "\n".join(lines)


def topics_in(path: Path) -> list[str]:
    """The topics of a file, one a line; empty lines and lines that begin with # are passed over. Raises OSError, ValueError."""
    lines = (line.strip() for line in path.read_text(encoding="utf-8-sig").splitlines())
    return list(dict.fromkeys(line for line in lines if line and not line.startswith("#")))
