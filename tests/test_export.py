"""A conversation as a file: Word and Markdown, with the quoted passages in an annex."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from importlib.resources import files
from io import BytesIO
from typing import Any

import jsonschema
import pytest
from docx import Document

from assistant.composing import licence
from prompts import wording
from tests.toy_answers import UNREAD, answered, cited, compared, section, suggested
from ui.papers.export import Conversation, as_docx, as_markdown, parcel
from ui.papers.export_html import fragment

NEAR = cited("7", "Children write their own part.", label="paragraph 7, page 6")
ANSWERS = [
    answered(section(cited("5", "Plans are reviewed.", also=["page 3"]), heading="What works:"), question="Are plans reviewed?"),
    answered(section(cited("p7.1", "Six.", context="Of this number:", corrected=True)), question="How many?"),
    answered("The report does not say this.", outcome="not_stated", nearest=[NEAR], question="How much?"),
    answered(section(cited("5", "Each month.", derived=True), text="It says:"), "The rest is not stated.", question="How often?"),
]  # fmt: skip
WORK = "Ofsted, Northshire County Council: A report, published 1 July 2019"


def conversation(answers: list[dict[str, Any]] | None = None) -> Conversation:
    return Conversation(ANSWERS if answers is None else answers, WORK, "6 May 2019", "10 May 2019", date(2026, 3, 1))


def styled(document: Any, style: str) -> list[str]:
    return [p.text for p in document.paragraphs if p.style is not None and p.style.name == style]


def test_the_word_file_uses_word_s_own_styles() -> None:
    document = Document(BytesIO(as_docx(conversation())))
    assert styled(document, "Title") == ["Questions to the inspection report"]
    assert styled(document, "Heading 1") == [
        "1. Are plans reviewed?", "2. How many?", "3. How much?", "4. How often?", "Annex: quoted passages",
    ]  # fmt: skip
    assert styled(document, "Heading 2") == ["What works:", "Paragraph 5, page 6", "Page 7, Children", "Paragraph 7, page 6"]
    assert styled(document, "Quote") == [
        "Plans are reviewed.", "Each month.", "Of this number: Six.", "Children write their own part.",
    ]  # fmt: skip
    assert document.core_properties.language == "en-GB" and document.core_properties.author == wording("export.author")
    assert document.sections[0].footer.paragraphs[0].text == licence("2019-07-01")


def test_the_word_file_draws_sections_and_links_each_quotation_to_the_annex() -> None:
    document = Document(BytesIO(as_docx(conversation())))
    bullets = [p for p in document.paragraphs if p.style is not None and p.style.name == "List Bullet" and p.hyperlinks]
    assert [(p.text, [link.fragment for link in p.hyperlinks]) for p in bullets] == [
        ("Plans are reviewed. [paragraph 5, page 6]", ["passage_1"]),
        (f"Of this number: Six. {wording('answered.corrected')} [page 7, Children]", ["passage_2"]),
        ("paragraph 7, page 6", ["passage_3"]),
        ("Each month. [paragraph 5, page 6]", ["passage_1"]),
    ]
    plain = styled(document, "Normal")
    assert plain.index("It says:") < plain.index("The rest is not stated.")
    written = document.element.xml
    assert [written.count(f'w:name="passage_{at}"') for at in (1, 2, 3, 4)] == [1, 1, 1, 0]
    assert UNREAD not in written and UNREAD not in as_markdown(conversation())


def test_markdown_draws_sections_and_links_each_quotation_to_the_annex() -> None:
    text = as_markdown(conversation())
    assert "### What works:\n\n- Plans are reviewed. [paragraph 5, page 6](#paragraph-5-page-6)\n" in text
    assert f"- Of this number: Six. {wording('answered.corrected')} [page 7, Children](#page-7-children)" in text
    assert "It says:\n\n- Each month. [paragraph 5, page 6](#paragraph-5-page-6)\n\nThe rest is not stated.\n" in text
    assert "\n- [paragraph 7, page 6](#paragraph-7-page-6)\n" in text


def test_a_comparison_keeps_all_its_quotations_with_links() -> None:
    text = as_markdown(conversation([compared()]))
    assert (
        "### Judgements \\<now & then\\>:\n\n"
        "|  | Now | In 2015 |\n"
        "| --- | --- | --- |\n"
        "| Adoption | Good \\| \\[page 7\\]. [paragraph 5, page 6](#paragraph-5-page-6)"
        " | Adoption was good in 2015. [page 7, Children](#page-7-children) |\n"
        "| Care leavers | Care leavers: requires improvement. [paragraph 6, page 6](#paragraph-6-page-6)"
        " | Care leavers: inadequate. (scan corrected) [page 7, Children](#page-7-children-1) |\n"
        "| Help | Good. [paragraph 7, page 8](#paragraph-7-page-8) | Good. [paragraph 7, page 8](#paragraph-7-page-8) |\n"
    ) in text
    document = Document(BytesIO(as_docx(conversation([compared()]))))
    (table,) = document.tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["", "Now", "In 2015"],
        ["Adoption", "Good | [page 7]. [paragraph 5, page 6]", "Adoption was good in 2015. [page 7, Children]"],
        [
            "Care leavers", "Care leavers: requires improvement. [paragraph 6, page 6]",
            "Care leavers: inadequate. (scan corrected) [page 7, Children]",
        ],
        ["Help", "Good. [paragraph 7, page 8]", "Good. [paragraph 7, page 8]"],
    ]  # fmt: skip
    links = [link.fragment for row in table.rows for cell in row.cells for p in cell.paragraphs for link in p.hyperlinks]
    assert links == ["passage_1", "passage_2", "passage_3", "passage_4", "passage_5", "passage_5"]
    assert "<w:tblHeader/>" in table.rows[0]._tr.xml
    assert "Judgements <now & then>:" in styled(document, "Heading 2")


def test_a_cell_holds_all_that_is_said_in_it() -> None:
    place = {"row": "Adoption", "column": "Now"}
    made = conversation([answered(section(cited("5", "One."), cited("6", "Two."), text="Both:", **place))])
    assert "| Adoption | Both:<br>One. [paragraph 5, page 6](#paragraph-5-page-6)<br>Two. [" in as_markdown(made)
    (table,) = Document(BytesIO(as_docx(made))).tables
    assert table.cell(1, 1).text == "Both:\nOne. [paragraph 5, page 6]\nTwo. [paragraph 6, page 6]"


def test_a_suggested_question_is_marked_over_the_quotations_that_it_rests_on() -> None:
    markdown = as_markdown(conversation([suggested()]))
    first, second = (
        markdown.index("- *Suggested question:* Why are visits late?"),
        markdown.index("- *Suggested question:* Why do staff leave?"),
    )
    basis = markdown[first:second]
    assert (
        "  - Visits are late. [paragraph 5, page 6](#paragraph-5-page-6)\n  - Few are on time. [paragraph 5, page 6](#paragraph-5-page-6)"
        in basis
    )
    assert "  - Plans are reviewed. [page 7, Children](#page-7-children)" in basis
    document = Document(BytesIO(as_docx(conversation([suggested()]))))
    assert styled(document, "List Bullet")[0] == "Suggested question: Why are visits late?\nRests on:"
    assert styled(document, "List Bullet 2") == [
        "Visits are late. [paragraph 5, page 6]", "Few are on time. [paragraph 5, page 6]", "Plans are reviewed. [page 7, Children]", "Staff leave. [paragraph 3, page 6]",
    ]  # fmt: skip


def test_the_answers_drawn_here_are_of_the_contract_s_form() -> None:
    schema = json.loads(files("assistant").joinpath("answer.schema.json").read_text(encoding="utf-8"))
    for one in (*ANSWERS, compared(), suggested()):
        jsonschema.validate(one, schema)


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
    assert annex.index("> **Plans are reviewed.**") < annex.index("> **Each month.**") < annex.index("### Page 7, Children")
    assert "> Of this number: **Six.**" in annex
    assert "Also said in: page 3." in annex
    assert wording("export.derived") in annex and wording("export.corrected") in annex


@pytest.mark.parametrize("form", ["md", "docx", "print"])
def test_the_annex_shows_each_passage_once_and_whole_with_the_quoted_words_in_bold(form: str) -> None:
    texts = {"5": "Plans are reviewed. By managers <b>. Each month. Always.", "p7.1": "Six. Not more.", "7": "Another text."}
    made = replace(conversation(), texts={("toy-2020", identity): text for identity, text in texts.items()})
    if form == "md":
        annex = as_markdown(made).split("## Annex")[1]
        assert "> **Plans are reviewed.** By managers \\<b\\>. **Each month.** Always." in annex
        assert "> Of this number: **Six.** Not more." in annex
    elif form == "print":
        annex = fragment(made).split("Annex")[1]
        assert "<blockquote><b>Plans are reviewed.</b> By managers &lt;b&gt;. <b>Each month.</b> Always.</blockquote>" in annex
    else:
        quoted = [p for p in Document(BytesIO(as_docx(made))).paragraphs if p.style is not None and p.style.name == "Quote"]
        assert quoted[0].text == texts["5"]
        assert [run.text for run in quoted[0].runs if run.bold] == ["Plans are reviewed.", "Each month."]
        annex = "\n".join(p.text for p in quoted)
    assert annex.count("Each month.") == 1
    assert "Children write their own part." in annex  # a quotation that the text does not hold stands by itself


def test_markdown_of_a_question_stays_text() -> None:
    text = as_markdown(conversation([answered("No.", question="# *x* [y](http://z) <b>\n# new", outcome="not_stated")]))
    assert "## " + r"1. \# \*x\* \[y\](http://z) \<b\> \# new" in text.splitlines()
    assert wording("export.no_annex") in text


@pytest.mark.parametrize("question", ["half \ud800", "null \x00 bell \x07", "end \uffff", "<w:p>&amp;"])
def test_what_a_file_cannot_hold_does_not_break_it(question: str) -> None:
    made = conversation([answered("No.", question=question, outcome="not_stated")])
    as_markdown(made).encode("utf-8")
    assert styled(Document(BytesIO(as_docx(made))), "Heading 1")[0].startswith("1. ")


def test_a_very_long_question_is_named_by_its_beginning_and_stands_whole_below() -> None:
    question = " ".join(f"word{at}" for at in range(100))
    document = Document(BytesIO(as_docx(conversation([answered("No.", question=question, outcome="not_stated")]))))
    assert len(styled(document, "Heading 1")[0]) < 310 and question in styled(document, "Normal")


def test_the_parcel_names_the_file_by_its_day() -> None:
    assert parcel(conversation(), "docx")["name"] == "findings-conversation-2026-03-01.docx"
    assert parcel(conversation(), "anything")["name"] == "findings-conversation-2026-03-01.md"
