"""A conversation as a file: Word and Markdown, with the quoted passages in an annex."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any

import pytest
from docx import Document

from prompts import wording
from tests.toy_answers import answered, cited
from ui.export import Conversation, as_docx, as_markdown, parcel

NEAR = cited("7", "Children write their own part.", label="paragraph 7, page 6")
ANSWERS = [
    answered(
        "What works:\nPlans are reviewed. [paragraph 5, page 6]", cited("5", "Plans are reviewed.", also=["page 3"]),
        question="Are plans reviewed?",
    ),
    answered("Six. [page 7, Children]", cited("p7.1", "Six.", context="Of this number:", corrected=True), question="How many?"),
    answered("The report does not say this.", outcome="not_stated", nearest=[NEAR], question="How much?"),
    answered("Each month. [paragraph 5, page 6]", cited("5", "Each month.", derived=True), question="How often?"),
]  # fmt: skip
WORK = "Ofsted, Northshire County Council: A report, published 1 July 2019"


def conversation(answers: list[dict[str, Any]] | None = None) -> Conversation:
    return Conversation(ANSWERS if answers is None else answers, WORK, "6 May 2019", "10 May 2019", date(2026, 3, 1))


def styled(document: Any, style: str) -> list[str]:
    return [p.text for p in document.paragraphs if p.style is not None and p.style.name == style]


def test_the_word_file_uses_word_s_own_styles() -> None:
    document = Document(BytesIO(as_docx(conversation())))
    assert styled(document, "Title") == ["Questions to the inspection report"]
    assert styled(document, "Heading 1") == ["Question 1", "Question 2", "Question 3", "Question 4", "Annex: quoted passages"]
    assert styled(document, "Heading 2") == ["Paragraph 5, page 6", "Page 7, Children", "Paragraph 7, page 6"]
    assert styled(document, "Quote") == [
        "Plans are reviewed.", "Each month.", "Of this number: Six.", "Children write their own part.",
    ]  # fmt: skip
    assert document.core_properties.language == "en-GB" and document.core_properties.author == "findings"
    assert document.sections[0].footer.paragraphs[0].text == wording("standing.licence")


def test_the_file_says_when_it_was_made_from_which_report_and_how_old_that_is() -> None:
    for text in (as_markdown(conversation()), "\n".join(p.text for p in Document(BytesIO(as_docx(conversation()))).paragraphs)):
        assert "Made on 1 March 2026 with findings." in text
        assert f"Report: {WORK}." in text
        assert "Inspected 6 May 2019 to 10 May 2019. This is not today's position." in text
        assert "ab" * 32 in text


def test_the_annex_holds_each_passage_once_with_all_its_quotes_and_notes() -> None:
    text = as_markdown(conversation())
    assert text.count("### Paragraph 5, page 6") == 1
    annex = text.split("## Annex: quoted passages")[1]
    assert annex.index("> Plans are reviewed.") < annex.index("> Each month.") < annex.index("### Page 7, Children")
    assert "> Of this number: Six." in annex
    assert "Also said in: page 3." in annex
    assert wording("export.derived") in annex and wording("export.corrected") in annex


def test_markdown_of_a_question_stays_text() -> None:
    text = as_markdown(conversation([answered("No.", question="# *x* [y](http://z) <b>\n# new", outcome="not_stated")]))
    assert r"**\# \*x\* \[y\](http://z) \<b\> \# new**" in text
    assert wording("export.no_annex") in text


@pytest.mark.parametrize("question", ["half \ud800", "null \x00 bell \x07", "end \uffff", "<w:p>&amp;"])
def test_what_a_file_cannot_hold_does_not_break_it(question: str) -> None:
    made = conversation([answered("No.", question=question, outcome="not_stated")])
    as_markdown(made).encode("utf-8")
    assert "Question 1" in styled(Document(BytesIO(as_docx(made))), "Heading 1")


def test_the_parcel_names_the_file_by_its_day() -> None:
    assert parcel(conversation(), "docx")["name"] == "findings-conversation-2026-03-01.docx"
    assert parcel(conversation(), "anything")["name"] == "findings-conversation-2026-03-01.md"
