"""What bears the words of a sentence out: doubts, runs of foreign words, and words added to a copied sentence."""

from __future__ import annotations

import math

import pytest

from assistant.bearing import BORNE, NEVER, Bearing, longest, mean, unborne, words_near
from assistant.copying import added, gaps, turned
from assistant.glossary import Glossary
from assistant.grounds import Grounds, Support, grounds_of
from assistant.lexicon import Lexicon
from assistant.reading import Reading
from assistant.tone import finds_fault, hints, likeness, tone_changed
from evals.train_bearing import inserted, translations
from index.bank import BankQuestion
from index.passages import Passage, Report
from index.store import packaged_report, read_report

TEXT = "Adopters receive a range of effective support services. Visits are timely. Recruitment is not yet effective."
# Of all that is known here, only how likely a word is used for another counts: unknown words have a doubt of 6.9 - 5.
TOY = Bearing({"parent": {"adopt": 0.4}}, {}, (-1.0, 0.0, 0.0, 0.0, 0.0, 0.0), -5.0, run=4.0, mean=-0.5)


@pytest.fixture(scope="module")
def report() -> Report:
    return read_report(packaged_report())


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return Lexicon(Glossary(()))


@pytest.fixture(scope="module")
def passage(report: Report) -> Passage:
    return Passage("1", "1", "finding", 1, 1, "Adoption", None, TEXT, None, False, False, True, (0, 1))


def grounds(text: str, passage: Passage, lexicon: Lexicon, quote: str = "receive a range of effective support") -> Grounds:
    return grounds_of(Reading(text), [Support(passage, quote)], lexicon)


def test_a_run_of_foreign_words_ends_where_words_are_borne_out() -> None:
    assert longest([BORNE] * 4 + [2.0, 1.0] + [BORNE] * 2) == 3.0
    assert longest([2.0, BORNE, 2.0, BORNE, BORNE, BORNE, BORNE, BORNE]) == 2.0
    assert longest([BORNE] * 8) == longest([]) == 0.0


def test_a_run_weighs_more_in_a_short_sentence() -> None:
    assert longest([BORNE, BORNE, BORNE, 2.0]) == 4.0
    assert longest([BORNE] * 15 + [2.0]) == 2.0


def test_the_mean_of_no_doubts_is_that_of_even_odds() -> None:
    assert (mean([]), mean([BORNE, 1.0])) == (0.0, -1.0)


def test_a_word_is_borne_out_by_itself_by_a_number_or_by_what_it_is_used_for(lexicon: Lexicon) -> None:
    held = frozenset({"adopt", "support"})
    unknown = -math.log(NEVER) - 5.0
    found = TOY.doubts(Reading("Parents get 12 holidays and support from the council."), held, lexicon)
    assert found == pytest.approx((-math.log(0.4 + NEVER) - 5.0, BORNE, unknown, BORNE))


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        ("Adopters receive effective support services.", None),
        ("Parents receive effective support services of a wide range.", None),
        ("Adopters receive holidays, payments and bicycles and a range of effective support services.", "invention"),
        ("Banks, boats and bicycles abound.", "coverage"),
    ],
)
def test_foreign_words_are_told_by_where_they_stand(text: str, broken: str | None, passage: Passage, lexicon: Lexicon) -> None:
    assert unborne(Reading(text), grounds(text, passage, lexicon), lexicon, TOY) == broken


@pytest.mark.parametrize(
    ("text", "put_in"),
    [
        ("Adopters receive a range of effective and cheap support services.", True),
        ("Adopters receive a range of effective support services at weekends.", True),
        ("In Taunton adopters receive a range of effective support services.", True),
        ("Adopters receive a range of support services.", False),  # left out, not put in
        ("Adopters receive a range of useful support services.", False),  # put in the place of a word
        ("Inspectors saw that adopters receive a range of effective support services.", False),
        ("Families who adopt are helped by a cheap range of things.", False),  # put in other words
    ],
)
def test_words_put_between_copied_pieces_are_found(text: str, put_in: bool, passage: Passage, lexicon: Lexicon) -> None:
    assert added(Reading(text), grounds(text, passage, lexicon), lexicon) is put_in


def test_grounds_are_what_is_quoted_and_what_is_most_like(passage: Passage, lexicon: Lexicon) -> None:
    found = grounds("Visits are on time, and adopters receive services.", passage, lexicon)
    assert [one.text for one in found.quoted] == ["Adopters receive a range of effective support services."]
    assert [one.text for one in found.near] == [
        "Adopters receive a range of effective support services.", "Visits are timely.",
    ]  # fmt: skip
    assert {"adopt", "visit", "time"} <= words_near(found)


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("Adopters receive a range of effective support services.", False),
        ("Adopters do not receive a range of effective support services.", True),
        ("Adopters receive a range of ineffective support services.", True),
        ("Adopters receive a range of poor support services.", True),
    ],
)
def test_what_is_exchanged_between_copied_pieces_is_found(text: str, changed: bool, passage: Passage, lexicon: Lexicon) -> None:
    assert turned(Reading(text), grounds(text, passage, lexicon), lexicon) is changed


def test_a_sentence_in_other_words_has_no_gaps(passage: Passage, lexicon: Lexicon) -> None:
    text = "Families who adopt get all kinds of useful help."
    assert list(gaps(Reading(text), grounds(text, passage, lexicon))) == []


@pytest.mark.parametrize(
    ("text", "fault", "hint"),
    [
        ("Visits are timely.", False, False),
        ("Visits are not timely.", True, True),
        ("Visits are poor.", True, True),
        ("Visits need to be timely.", False, True),
        ("Few visits are made.", False, True),
        ("The purpose is unclear.", True, True),
        ("Children are homeless.", False, True),
        ("No doubt visits are timely.", False, False),
        ("Most visits are timely.", False, False),
    ],
)
def test_fault_is_found_outright_or_hinted_at(text: str, fault: bool, hint: bool) -> None:
    assert (finds_fault(Reading(text)), hints(Reading(text))) == (fault, hint)


def test_clauses_are_laid_beside_those_most_like_them(passage: Passage, lexicon: Lexicon) -> None:
    clause, other = Reading("Parents receive support."), Reading("Adopters receive effective support.")
    assert likeness(clause, other, lexicon, TOY) == 2.5
    quote = "receive a range of effective support"
    fine = "Adopters receive support services, but recruitment is poor."
    wrong = "Adopters receive poor support services, but recruitment is not effective."
    assert not tone_changed(Reading(fine), grounds(fine, passage, lexicon, quote), lexicon, TOY)
    assert tone_changed(Reading(wrong), grounds(wrong, passage, lexicon, quote), lexicon, TOY)


# ---- what was learnt -------------------------------------------------------------------------------------------


def test_words_are_learnt_from_questions_about_a_sentence(report: Report) -> None:
    at, passage = next((at, one) for at, one in enumerate(report.passages) if one.id == "40")
    questions = [
        BankQuestion("Are judges quick?", at, 0), BankQuestion("How quick are judges?", at, 0), BankQuestion("Do proceedings drag?", at, 0)
    ]  # fmt: skip
    learnt = translations(questions, report)
    assert set(learnt) == {"judg", "quick", "proceed", "drag"}
    assert set(learnt["judg"]) <= Reading(f"{passage.context or ''} {passage.sentences[0]}").content_stems
    assert all(0 < likely <= 1 for pairs in learnt.values() for likely in pairs.values())


def test_an_invention_is_put_behind_the_first_comma_or_at_the_end() -> None:
    assert (
        inserted("Visits are timely, and plans are clear.", "by bicycle") == "Visits are timely, by bicycle, and plans are clear."
    )
    assert inserted("Visits are timely.", "by bicycle") == "Visits are timely by bicycle."


def test_the_packaged_words_know_what_people_call_things() -> None:
    learnt = Bearing.packaged()
    assert {"senior", "leader"} & set(learnt.stands["boss"])
    assert "invest" in learnt.stands["money"]
    assert "holiday" not in learnt.stands
    assert all(len(weights) == 2 for weights in learnt.asked.values())
