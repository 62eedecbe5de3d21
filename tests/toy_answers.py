"""Answer objects made by hand, of the contract's form, for tests of what is drawn from them."""

from __future__ import annotations

from typing import Any

REPORT = {"title": "A report", "inspected": ["2019-05-06", "2019-05-10"], "published": "2019-07-01", "sha256": "ab" * 32}


def cited(passage: str, quote: str, **more: Any) -> dict[str, Any]:
    paragraph = passage if passage.isdecimal() else None
    label = f"paragraph {passage}, page 6" if paragraph else "page 7, Children"
    return {
        "passage": passage, "paragraph": paragraph, "kind": "finding", "page": 6, "page_end": 6, "section": "Leadership",
        "label": label, "context": None, "quote": quote, "also": [], "derived": False, "corrected": False, "report": "toy-2020", **more,
    }  # fmt: skip


def answered(text: str, *citations: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "version": 2, "id": "", "question": "What?", "understood": "What?", "outcome": "answered", "confidence": 0.9,
        "answer": text, "citations": list(citations), "nearest": [], "retrieved": [], "notes": [], "mode": "extractive",
        "report": REPORT, "seconds": 0.01, **more,
    }  # fmt: skip
