"""The glossary: the words of users and of the report, both ways; the user's own words always stay."""

from __future__ import annotations

import json
from importlib.resources import files

import pytest

from assistant.words.glossary import MAX_ADDED, Entry, Glossary

GLOSSARY = Glossary.packaged()
TOY = Glossary(
    (
        Entry("foster carers", ("foster parents", "carers at home"), "lay"),
        Entry("local board", ("LB", "board"), "abbreviation", "Local Board"),
        Entry(None, ("ZZT",), "abbreviation", "zig zag team"),
    )
)


def test_there_are_at_least_150_entries_each_with_a_known_sort_and_other_words() -> None:
    assert len(GLOSSARY.entries) >= 150
    faults = [
        entry
        for entry in GLOSSARY.entries
        if entry.kind not in ("abbreviation", "lay", "sector", "spelling")
        or not entry.also
        or (entry.report is None and entry.full is None)
        or entry.report in entry.also
        or len(set(entry.also)) != len(entry.also)
        or not all(term == term.strip() and term for term in entry.also)
    ]
    assert faults == []


def test_every_line_has_exactly_the_fields_named() -> None:
    lines = files("assistant.words").joinpath("glossary.jsonl").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if set(json.loads(line)) != {"report", "also", "kind", "full"}] == []


@pytest.mark.parametrize(
    ("question", "added"),
    [
        ("how good is CAMHS?", "child and adolescent mental health services"),
        ("how good is camhs?", "child and adolescent mental health services"),
        ("what does NEET mean?", "not in employment, education or training"),
        ("how many UASC are there?", "unaccompanied asylum-seeking children"),
        ("is the MASH good?", "multi-agency safeguarding hub"),
        ("SGOs", "special guardianship order"),
        ("IROs", "independent reviewing officers"),
        ("the LADO's work", "local authority designated officer"),
        ("MARAC", "multi-agency risk assessment conference"),
        ("CSE", "child sexual exploitation"),
        ("PEPs", "personal education plans"),
        ("RHI", "return home interviews"),
        ("EHA", "early help assessment"),
        ("FGC", "family group conference"),
        ("PLO", "public law outline"),
        ("JSNA", "joint strategic needs assessment"),
        ("foster parents", "foster carers"),
        ("youngsters", "children"),
        ("court cases", "care proceedings"),
        ("kids in care", "children looked after"),
        ("how do bosses check work?", "senior leaders"),
        ("the mental health team", "emotional and mental health"),
    ],
)
def test_the_report_s_words_are_added_and_the_user_s_own_kept(question: str, added: str) -> None:
    assert GLOSSARY.expanded(question) == f"{question} ({added})"


@pytest.mark.parametrize(
    ("question", "letters"),
    [
        ("child and adolescent mental health services", "CAMHS"), ("Who chairs the Local Safeguarding Children Board?", "LSCB"),
        ("how good is the multi-agency safeguarding hub?", "MASH"), ("independent reviewing officers", "IROs"),
        ("child sexual exploitation", "CSE"), ("return home interviews", "RHI"),
    ],
)  # fmt: skip
def test_full_words_bring_their_abbreviation(question: str, letters: str) -> None:
    assert GLOSSARY.expanded(question).startswith(f"{question} (")
    assert letters in GLOSSARY.expanded(question).removeprefix(question).strip(" ()").split(", ")


@pytest.mark.parametrize(
    ("text", "expanded"),
    [
        ("foster parents", "foster parents (foster carers)"),
        ("Foster Parents' homes", "Foster Parents' homes (foster carers)"),
        ("foster parents and foster carers", "foster parents and foster carers"),
        ("foster parents, foster parents", "foster parents, foster parents (foster carers)"),
        ("the LB", "the LB (local board)"),
        ("the LB’s work", "the LB’s work (local board)"),
        ("the local board", "the local board (LB)"),
        ("the local board (LB)", "the local board (LB)"),
        ("the LBs and the ZZT", "the LBs and the ZZT (local board, zig zag team)"),
        ("LBX and SLB and L-B", "LBX and SLB and L-B"),
        ("nothing of it", "nothing of it"),
        ("", ""),
    ],
)
def test_words_are_added_once_for_whole_words_only(text: str, expanded: str) -> None:
    assert TOY.expanded(text) == expanded


def test_a_long_question_gets_no_more_than_a_few_additions() -> None:
    question = "LAC, CAMHS, IRO, SGO, PEP, RHI, EHA, FGC, PLO and MARAC"
    assert GLOSSARY.expanded(question) == (
        f"{question} (children looked after, child and adolescent mental health services, independent reviewing officer, "
        "special guardianship order, personal education plan, return home interviews)"
    )
    assert MAX_ADDED == 6


@pytest.mark.parametrize(
    ("text", "replaced"),
    [
        ("how many foster parents are there?", "how many foster carers are there?"),
        ("the LB of carers at home", "the local board of foster carers"),
        ("ZZT", "ZZT"),
        ("nothing of it", "nothing of it"),
    ],
)
def test_a_text_in_the_report_s_words(text: str, replaced: str) -> None:
    assert TOY.replaced(text) == replaced


def test_terms_are_found_as_they_stand_longest_first() -> None:
    board, carers = TOY.entries[1], TOY.entries[0]
    assert TOY.found("The LB's foster parents") == [("LB's", board), ("foster parents", carers)]
    assert TOY.found("none") == []


def test_the_vocabulary_is_every_word_in_lower_case() -> None:
    assert TOY.vocabulary == frozenset("foster carers parents at home local board lb zzt zig zag team".split())
