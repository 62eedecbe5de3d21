"""Answer objects made by hand, of the contract's form, for tests of what is drawn from them."""

from __future__ import annotations

from typing import Any

REPORT = {"title": "A report", "inspected": ["2019-05-06", "2019-05-10"], "published": "2019-07-01", "sha256": "ab" * 32}

UNREAD = "Six live here [paragraph 5, page 6]: the answer's text, which no door parses."


def cited(passage: str, quote: str, **more: Any) -> dict[str, Any]:
    paragraph = passage if passage.isdecimal() else None
    label = f"paragraph {passage}, page 6" if paragraph else "page 7, Children"
    return {
        "passage": passage, "paragraph": paragraph, "kind": "finding", "page": 6, "page_end": 6, "section": "Leadership",
        "label": label, "context": None, "quote": quote, "also": [], "derived": False, "corrected": False, "report": "toy-2020", **more,
    }  # fmt: skip


def section(*citations: dict[str, Any], heading: str | None = None, text: str | None = None, **more: Any) -> dict[str, Any]:
    """A section with its citations themselves; `answered` counts them through."""
    return {
        "heading": heading, "role": "answer", "about": None, "citations": list(citations), "text": text, "row": None, "column": None,
        **more,
    }  # fmt: skip


def answered(*parts: str | dict[str, Any], **more: Any) -> dict[str, Any]:
    """An answer of fixed sentences and sections. Its text says only that nobody may read it: what is drawn comes from `sections`."""
    sections = [section(text=part) if isinstance(part, str) else dict(part) for part in parts]
    citations: list[dict[str, Any]] = []
    for one in sections:
        citations += one["citations"]
        one["citations"] = list(range(len(citations) - len(one["citations"]), len(citations)))
    return {
        "version": 2, "id": "", "question": "What?", "understood": "What?", "outcome": "answered", "confidence": 0.9,
        "answer": UNREAD, "citations": citations, "sections": sections, "suggestions": [], "nearest": [], "retrieved": [], "notes": [],
        "mode": "extractive", "report": REPORT, "seconds": 0.01, **more,
    }  # fmt: skip


def compared() -> dict[str, Any]:
    """A comparison of three services at two inspections: six quotations, two of them the same words of the same passage."""
    grades = {
        "Adoption": (cited("5", "Good | [page 7]."), cited("p7.1", "Adoption was good in 2015.")),
        "Care leavers": (
            cited("6", "Care leavers: requires improvement."),
            cited("p7.2", "Care leavers: inadequate.", corrected=True),
        ),
        "Help": (cited("7", "Good.", label="paragraph 7, page 8"), cited("7", "Good.", label="paragraph 7, page 8")),
    }
    cells = [
        section(one, role="judgement", row=row, column=column)
        for row, both in grades.items()
        for column, one in zip(("Now", "In 2015"), both, strict=True)
    ]
    cells[0]["heading"] = "Judgements <now & then>:"
    return answered(*cells, question="How were they judged?")


def suggested() -> dict[str, Any]:
    """Two suggested questions: one rests on two passages, quoted three times, the other on one."""
    return answered(
        section(
            cited("5", "Visits are late."), cited("5", "Few are on time."), cited("p7.1", "Plans are reviewed."),
            role="suggested", heading="Questions to ask:", text="Why are visits late?",
        ),
        section(cited("3", "Staff leave."), role="suggested", text="Why do staff leave?"),
        question="What should we ask?",
    )  # fmt: skip
