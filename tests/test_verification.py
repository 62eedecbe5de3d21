"""What passes for a sentence the report bears out: tables of claims, hostile replies and honest paraphrases."""

from __future__ import annotations

import pytest

from assistant.glossary import Glossary
from assistant.lexicon import Lexicon
from assistant.quoting import snapped
from assistant.reading import Reading
from assistant.verification import Claim, Known, Verdict, parts, verify
from evals.verifying import honest, hostile, labels
from index.entailment import open_entailment
from index.passages import Passage, Report
from index.store import packaged_report, read_report
from tests.told import TOLD

P40 = "The timeliness of care proceedings has significantly improved to an average of 31 weeks from a high of 60 weeks"
PLAIN = {
    "date", "name", "grade", "quote altered", "invented", "instruction", "markup", "script", "past", "recommendation", "modal",
    "proportion", "negation", "negation added", "opposite", "subject", "overclaim", "injection or markup", "time",
}  # fmt: skip


@pytest.fixture(scope="module")
def report() -> Report:
    return read_report(packaged_report())


@pytest.fixture(scope="module")
def given(report: Report) -> dict[str, Passage]:
    return {passage.id: passage for passage in report.passages}


@pytest.fixture(scope="module")
def known(report: Report) -> Known:
    return Known(Lexicon(Glossary.packaged(), (report.authority, "Ofsted")), open_entailment())


# ---- labelled sentences ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("split", ["dev", "test"])
def test_no_hostile_sentence_is_kept_but_those_told_in_the_docs(split: str, given: dict[str, Passage], known: Known) -> None:
    rows = [row for row in labels("hostile.jsonl") if row["split"] == split]
    kept = {row["id"] for row in rows if any(one.kept for one in verify([hostile(row)], given, known))}
    assert kept - TOLD == set()
    assert len(rows) >= 60


def test_nothing_hostile_of_the_plain_sorts_is_kept(given: dict[str, Passage], known: Known) -> None:
    """Swapped grades and dates, dropped "not", altered quotes, echoed instructions, markup: a rule settles each."""
    rows = [row for row in labels("hostile.jsonl") if row["sort"] in PLAIN]
    assert [row["id"] for row in rows if any(one.kept for one in verify([hostile(row)], given, known))] == []
    assert {row["sort"] for row in rows} == PLAIN


@pytest.mark.parametrize(
    ("text", "number", "quote", "broken"),
    [
        ("After many years of continuity and clarity, these two roles have brought instability and inadequacy.", "78",
         "After many years of instability and inadequacy", "clauses exchanged"),
        ("Performance regarding the timeliness of initial health assessments is much better, but in relation to reviewing health "
         "assessments it has deteriorated.", "50", "timeliness of initial health assessments has deteriorated", "clauses exchanged"),
        ("The authority operates three homes, of which two were judged to require improvement and one to be good.", "p6.1",
         "Two were judged to be good and one was judged to require improvement", "grades"),
        ("The authority operates three homes, of which two were judged to be good and one to require improvement.", "p6.1",
         "Two were judged to be good and one was judged to require improvement", None),
        ("Initial health assessments are less timely than before, but reviews are much better.", "50",
         "timeliness of initial health assessments has deteriorated", None),
        ("Young people who are homeless are routinely treated as children in need, and may become looked after.", "33",
         "homeless young people are not routinely considered to be children in need", "denials"),
        ("Special guardianship is used far less than it was.", "47", "significantly increased the use of special guardianship", "opposites"),
    ],
)  # fmt: skip
def test_what_is_said_of_two_things_is_not_exchanged(
    text: str, number: str, quote: str, broken: str | None, given: dict[str, Passage], known: Known
) -> None:
    assert reason(text, given, known, (number, quote)) == broken


@pytest.mark.parametrize(("authors", "share"), [((2, 3), 0.15), ((1, 2, 3), 0.17)])
def test_few_honest_paraphrases_are_rejected(
    authors: tuple[int, ...], share: float, given: dict[str, Passage], known: Known
) -> None:
    """The test split of authors who saw the report alone; the first of them, of 24, is the freest and is told of in the docs."""
    rows = [row for row in labels("paraphrases.jsonl") if row["split"] == "test" and row["author"] in authors]
    lost = [row for row in rows if not all(one.kept for one in verify([honest(row, given)], given, known))]
    assert len(rows) >= 60
    assert len(lost) < share * len(rows)


def test_sixty_paraphrases_and_more_are_measured() -> None:
    assert sum(row["author"] != 0 for row in labels("paraphrases.jsonl")) >= 60


def test_the_quote_of_every_kept_sentence_is_verbatim(given: dict[str, Passage], known: Known) -> None:
    for row in labels("paraphrases.jsonl"):
        for verdict in verify([honest(row, given)], given, known):
            assert all(support.quote in support.passage.text for support in verdict.supports)


# ---- rule by rule ----------------------------------------------------------------------------------------------


def reason(text: str, given: dict[str, Passage], known: Known, *cited: tuple[str, str]) -> str | None:
    (verdict,) = verify([Claim(text, cited)], given, known)
    return verdict.reason


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        ("Care proceedings take 31 weeks on average.", None),
        ("Care proceedings take thirty-one weeks on average.", None),
        ("The average fell to 31 weeks from 60 weeks.", None),
        ("Care proceedings take 32 weeks on average.", "numbers"),
        ("Care proceedings take 31 months on average.", "numbers"),
        ("Care proceedings take more than 31 weeks on average.", "numbers"),
        ("Care proceedings took 31 weeks on average in March.", "dates"),
        ("Care proceedings in Devon take 31 weeks on average.", "names"),
        ("Care proceedings were graded inadequate.", "grades"),
        ("Adoption proceedings take 31 weeks on average.", "subjects"),
        ("All care proceedings take 31 weeks.", "proportions"),
        ("The timeliness of care proceedings has worsened.", "opposites"),
        ("Care proceedings take 31 weeks because of the budget.", "causes"),
        ("The timeliness of care proceedings meets the expected timescale.", "marks"),
        ("The timeliness of care proceedings has not improved.", "negations"),
        ("Care proceedings take 26 weeks on average.", "values swapped"),
        ("Snow fell softly over the hills last night.", "coverage"),
        ("I think that care proceedings take 31 weeks.", "speaks of itself or the reader"),
        ("Care proceedings take <b>31</b> weeks.", "not plain text"),
        ("31 weeks.", "too short or too long"),
        ("Care proceedings take 31 weeks " + "and so on " * 30, "too short or too long"),
    ],
)
def test_each_rule_by_name(text: str, broken: str | None, given: dict[str, Passage], known: Known) -> None:
    verdicts = verify([Claim(text, (("40", P40),))], given, known)
    assert verdicts[-1].reason == broken


CITED = {
    "18": "Somerset has improved its out-of-hours arrangements",
    "28": "supervision is not sufficiently regular",
    "44": "Almost all children live in homes that meet their needs",
    "58": "all children with a plan for adoption had potential matches identified",
    "63": "The panel supports the service to improve",
    "68": "only two of the 336 care leavers were not in touch with the service",
    "78": "all services, except adoption, were judged to be inadequate",
    "90": "the quality of court work is much improved",
    "92": "A mindfulness course proved highly effective in improving staff support and retention",
    "p3.4": "Adopters and birth families receive a range of effective support services",
}


@pytest.mark.parametrize(
    ("cited", "text", "broken"),
    [
        ("18", "Somerset has made its out-of-hours arrangements better.", None),
        ("18", "In the last year Somerset has improved its out-of-hours arrangements.", "times"),
        ("28", "Supervision is not held often enough.", None),
        ("28", "Supervision is held often enough.", "marks"),
        ("44", "Nearly every child lives in a home that meets their needs.", None),
        ("44", "Each and every child lives in a home that meets their needs.", "proportions"),
        ("58", "A good deal has been done: all children with a plan for adoption had potential matches identified.", None),
        ("63", "The panel helps the service to improve.", None),
        ("63", "The service supports the panel to improve.", "roles swapped"),
        ("68", "Just two of the 336 care leavers had lost touch with the service.", None),
        ("78", "In 2015 all services apart from adoption were judged to be inadequate.", None),
        ("78", "In 2015 all services, adoption among them, were judged to be inadequate.", "marks"),
        ("90", "The quality of hospital work is much improved.", "subjects"),
        ("92", "A mindfulness course has helped to keep staff.", None),
        ("92", "Morale has shifted because of a mindfulness course.", "causes"),
        (
            "p3.4",
            "Adopters receive generous payments and holidays as well as a range of effective support services.",
            "invention",
        ),
        ("p3.4", "Adopters receive a range of effective, costly support services.", "addition"),
    ],
)
def test_what_turns_a_sentence_is_found(
    cited: str, text: str, broken: str | None, given: dict[str, Passage], known: Known
) -> None:
    assert reason(text, given, known, (cited, CITED[cited])) == broken


def test_citations_must_be_given_and_quoted(given: dict[str, Passage], known: Known) -> None:
    text = "Care proceedings take 31 weeks on average."
    assert reason(text, given, known) == "no citation"
    assert reason(text, given, known, ("400", P40)) == "unknown passage"
    assert reason(text, given, known, ("41", P40)) == "quote not in passage"
    assert reason(text, given, known, ("40", P40), ("41", "made up from nothing")) == "quote not in passage"


def test_a_wasted_citation_is_removed(given: dict[str, Passage], known: Known) -> None:
    other = ("p8.1", "there have been 32 adoptions")
    (verdict,) = verify([Claim("Care proceedings take 31 weeks on average.", (("40", P40), other))], given, known)
    assert [support.passage.id for support in verdict.supports] == ["40"]


def test_what_the_report_recommends_is_no_fact(given: dict[str, Passage], known: Known) -> None:
    quote = "Ensure that sufficient foster homes are available for children"
    assert reason("Sufficient foster homes are available for children.", given, known, ("11", quote)) == "recommendation as fact"
    assert reason("Inspectors ask that sufficient foster homes be available.", given, known, ("11", quote)) is None


def test_an_earlier_grade_is_not_today_s(given: dict[str, Passage], known: Known) -> None:
    cited = ("p2.1", "when Somerset children's services were judged as inadequate overall")
    assert reason("Children's services are judged as inadequate overall.", given, known, cited) == "earlier grade"
    assert reason("In 2015 children's services were judged inadequate overall.", given, known, cited) is None


def test_a_comparison_is_worked_out(given: dict[str, Passage], known: Known) -> None:
    cited = ("p6.17", "in secondary schools is 10% (the national average is 13%)")
    said = "In secondary schools {} of children are entitled to free school meals, {} the national average of {}."
    assert reason(said.format("10%", "below", "13%"), given, known, cited) is None
    assert reason(said.format("10%", "above", "13%"), given, known, cited) is not None


@pytest.mark.parametrize(
    ("cited", "quote", "text", "kept"),
    [
        ("p7.11", "140 (or 28%) live outside the local authority area", "More than a quarter, 140 children, live outside the area.", True),
        ("p7.11", "140 (or 28%) live outside the local authority area", "More than a third, 140 children, live outside the area.", False),
        ("p7.11", "140 (or 28%) live outside the local authority area", "Under a quarter, 140 children, live outside the area.", False),
        ("p6.13", "This is 20% of the total population in the area", "This is one person in five of the population.", True),
        ("p6.13", "This is 20% of the total population in the area", "This is one person in four of the population.", False),
        ("p7.1", "account for 4% of all children living in the area", "Four in a hundred children are from minority ethnic groups.", True),
        ("p7.1", "account for 4% of all children living in the area", "Five in a hundred children are from minority ethnic groups.", False),
    ],
)  # fmt: skip
def test_shares_may_be_rough_but_not_wrong(
    cited: str, quote: str, text: str, kept: bool, given: dict[str, Passage], known: Known
) -> None:
    assert reason(text, given, known, (cited, quote)) == (None if kept else "numbers")


def test_the_report_s_own_sentence_passes_whole(report: Report, given: dict[str, Passage], known: Known) -> None:
    own = [(p.id, sentence) for p in report.passages if p.kind in ("finding", "summary") for sentence in p.sentences]
    lost = [pair for pair in own if any(not one.kept for one in verify([Claim(pair[1], (pair,))], given, known))]
    allowed = [pair for pair in lost if len(pair[1].split()) < 3 or len(pair[1].split()) > 60 or "@" in pair[1] or "*" in pair[1]]
    assert lost == allowed
    assert len(own) > 300


def test_each_sentence_of_a_claim_is_judged_by_itself(given: dict[str, Passage], known: Known) -> None:
    text = "Care proceedings take 31 weeks on average. Care proceedings take 99 weeks elsewhere. [1]"
    verdicts = verify([Claim(text, (("40", P40),))], given, known)
    assert [(one.text, one.kept) for one in verdicts] == [
        ("Care proceedings take 31 weeks on average.", True), ("Care proceedings take 99 weeks elsewhere.", False),
    ]  # fmt: skip


def test_an_empty_claim_is_dropped(given: dict[str, Passage], known: Known) -> None:
    assert verify([Claim("", (("40", P40),))], given, known) == (Verdict("", reason="not plain text"),)
    assert parts(" [3] ") == ("",)


# ---- quotes ----------------------------------------------------------------------------------------------------

TEXT = "Children’s plans   are clear, and 31 of them were not late. “Good” work is seen in most <b>cases</b>."


@pytest.mark.parametrize(
    ("quote", "found"),
    [
        ("plans are clear", "plans   are clear,"),
        ("children's PLANS are clear", "Children’s plans   are clear,"),
        ('"Good" work is seen', "“Good” work is seen"),
        ("lans are clear, and 31", "plans   are clear, and 31"),
        ("31 of them wre not late", "31 of them were not late."),
        ("31 of them were late", None),
        ("32 of them were not late", None),
        ("31 of them were never late", None),
        ("work is seen in some cases", None),
        ("plans are unclear, and 31", None),
        ("plans", None),
        ("", None),
        ("...", None),
        (TEXT + TEXT, None),
    ],
)
def test_a_quote_is_snapped_to_whole_words_or_lost(quote: str, found: str | None) -> None:
    assert snapped(quote, TEXT) == found


# ---- reading ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("2,480 children", ["2480"]), ("thirty-one weeks", ["31"]), ("two hundred and", ["200"]), ("a dozen posts", ["12"]),
        ("a quarter of them", ["25"]), ("one in five", ["20"]), ("nine out of ten", ["90"]), ("2.5 million", ["2500000"]),
        ("one of the plans", []), ("no one knows", []), ("16- and 17-year-olds", ["16", "17"]), ("half of them", ["50"]),
    ],
)  # fmt: skip
def test_numbers_are_read_in_words_and_figures(text: str, values: list[str]) -> None:
    assert [one.value for one in Reading(text).numbers] == values


def test_units_bounds_and_origins_belong_to_numbers() -> None:
    first, second = Reading("more than 31 weeks, down from a high of 60%").numbers
    assert (first.unit, first.bounds, first.origin) == ("week", {"over"}, False)
    assert (second.unit, second.bounds, second.origin) == ("%", frozenset(), True)


def test_denials_reach_what_follows_them_in_their_clause() -> None:
    marks = Reading("Plans aren't clear, but children are safe.").marks
    assert [(one.kind, one.scope) for one in marks] == [("negative", ("clear",))]
