"""How often a word stands in the report is counted, not searched for."""

from __future__ import annotations

import pytest

from assistant.assistant import Assistant
from assistant.lookups.askings import asks_for
from assistant.lookups.mentions import counted, mentions
from index.store import Index


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("How many times is neglect mentioned?", "neglect"), ("which paragraphs mention neglect?", "neglect"),
        ("how often does the report mention foster carers", "foster carers"), ("what pages mention CAMHS", "CAMHS"),
        ("how many times does the word police appear", "police"), ('"signs of safety"', "signs of safety"),
        ("how many times does 'neglect' come up in the report?", "neglect"), ("find the phrase return home interviews", "return home interviews"),
        ("where is domestic abuse mentioned", "domestic abuse"),
        ("how many times were visits missed?", None), ("how often are children visited?", None), ("how often is supervision provided", None),
        ("how many times have children moved", None), ("how come adopter approvals used to be slow", None), ("how many children are looked after?", None), ("neglect", None), ("", None),
        ("how often " * 400, None),
    ],
)  # fmt: skip
def test_the_words_that_are_to_be_counted(message: str, words: str | None) -> None:
    assert counted(message, asks_for(message) == "mentions") == words


def test_whole_words_and_their_plural_are_counted(toy: Index) -> None:
    found = mentions(toy.report, "foster carer")
    assert sum(count for _, _, count in found) == sum(
        p.text.lower().count("foster carer") for p in toy.report.passages if p.part != "contents"
    )
    assert mentions(toy.report, "fost") == []


@pytest.mark.weights
def test_the_count_is_that_of_the_file_with_the_paragraphs_as_links(real_index: Index) -> None:
    answer = Assistant(real_index).ask("How many times is neglect mentioned?")
    places = mentions(real_index.report, "neglect")
    assert answer.outcome == "answered" and f"appears {sum(count for _, _, count in places)} times" in answer.answer
    assert [one.passage for one in answer.citations] == [passage.id for passage, _, _ in places]
    assert all("neglect" in one.quote.lower() for one in answer.citations)


@pytest.mark.weights
def test_words_that_do_not_stand_there_are_said_not_to(real_index: Index) -> None:
    answer = Assistant(real_index).ask("which paragraphs mention blockchain?")
    assert (answer.outcome, answer.answer) == ("not_stated", 'The words "blockchain" do not appear in the report.')
