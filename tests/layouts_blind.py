"""Twelve toy reports, specified before the reader's code was read: each combines other oddities of the family. What a reader should
find is in the Press they give (tests/setting.py). Nothing of the reader is chosen by them; those it is mended with are in
tests/layouts_known.py.
"""

from __future__ import annotations

from collections.abc import Callable

from tests.layout_parts import (
    AFTER,
    BAD,
    BOARD,
    GOOD,
    HELP,
    LEADERS,
    MIDDLE,
    adoption_and_leavers,
    area,
    closing,
    cover,
    findings,
    young,
)
from tests.press import House
from tests.setting import Press
from tests.words import Words


def two_sections() -> Press:
    """2014: key findings numbered before what is to be improved, graded tables, the board as section 2, one series throughout."""
    words, press = Words("two sections"), Press(House(left=71, words=99))
    cover(press, "Northshire County Council", "Inspection date: 25 February 2014 – 19 March 2014", "20 May 2014",
          "The overall judgement is requires improvement", "requires improvement", MIDDLE, MIDDLE, GOOD, MIDDLE, MIDDLE, board=True)  # fmt: skip
    press.text("The authority is not yet delivering good protection and care for children, young people and families.")
    press.under("The effectiveness of the Local Safeguarding Children Board (LSCB) requires improvement")
    press.judgements.append((BOARD, "requires improvement"))
    press.contents("Section 1: the local authority", "Summary of key findings", "What does the local authority need to improve?",
                   "Section 2: The effectiveness of the Local Safeguarding Children Board")  # fmt: skip
    press.page()
    press.section("Section 1: the local authority", size=16)
    press.section("Summary of key findings", "summary")
    press.under("This local authority requires improvement and is not yet good because")
    findings(press, words, 8, every=99, longest=3)
    press.section("What does the local authority need to improve?", "recommendations")
    press.under("Priority and immediate action")
    for said in words.many(2, 1, 2):
        press.item(said)
    press.under("Areas for improvement")
    for said in words.many(7, 1, 3):
        press.item(said)
    press.section("The local authority’s strengths", "summary")
    findings(press, words, 4, every=99, longest=3)
    young(press, words)
    area(press, words)
    press.page()
    press.section("Inspection judgements about the local authority", size=16)
    for title, grade in ((HELP, MIDDLE), (AFTER, MIDDLE), (LEADERS, MIDDLE)):
        press.section(title, "leadership" if title == LEADERS else "findings", grade=grade, narrow=250)
        press.under("Summary")
        press.text(*words.many(2))
        press.under("Inspection findings")
        findings(press, words, 9)
        if title == AFTER:
            adoption_and_leavers(press, words, 4, "judgment")
    press.page()
    press.section("Section 2: The effectiveness of the Local Safeguarding Children Board", size=16)
    press.section("What does the LSCB need to improve?", "recommendations")
    press.under("Areas for improvement")
    for said in words.many(5, 1, 2):
        press.item(said)
    press.section("Inspection judgement about the LSCB", "findings")
    findings(press, words, 12)
    closing(press, words)
    return press


def board_counts_anew() -> Press:
    """The board's report begins again at 1, with recommendations of its own; lines are drawn in pieces, numbers after the words."""
    words, press = Words("board anew"), Press(House(words=114, pieces=7, order=("number",), mark="•", dash="-"))
    cover(press, "City of Northbury Council", "Inspection dates: 25 April to 19 May 2016", "7 July 2016",
          "Children’s services in Northbury are inadequate", "inadequate", BAD, MIDDLE, GOOD, MIDDLE, BAD, board=True)  # fmt: skip
    press.page()
    press.section("Executive summary", "summary")
    press.text(*words.many(6))
    area(press, words)
    press.page()
    press.section("Recommendations", "recommendations")
    for said in words.many(12, 1, 3):
        press.item(said)
    young(press, words)
    for title, grade in ((HELP, BAD), (AFTER, MIDDLE), (LEADERS, BAD)):
        press.page()
        press.section(title, "leadership" if title == LEADERS else "findings", grade=grade, narrow=250)
        press.under("Summary")
        press.text(*words.many(3))
        press.under("Inspection findings")
        findings(press, words, 10, (("(Recommendation 3)", ("3",)), ("(Recommendations 2 and 7)", ("2", "7"))))
    press.page()
    press.section("The Local Safeguarding Children Board (LSCB)", size=16)
    press.under("The Local Safeguarding Children Board is inadequate", 14)
    press.judgements.append((BOARD, "inadequate"))
    press.section("Executive summary", "summary")
    press.text(*words.many(3))
    press.again()
    press.section("Recommendations", "recommendations")
    for said in words.many(4, 1, 2):
        press.item(said)
    press.section("Inspection findings – the Local Safeguarding Children Board", "findings")
    findings(press, words, 11, (("(Recommendation 1)", ("1",)),))
    closing(press, words)
    return press


def close_numbers() -> Press:
    """Numbers touch their words from 10 on; flags stand alone on lines; false starts; footnotes numbered as the next paragraph."""
    words, press = Words("close"), Press(House(left=78, words=96, plain=77, numbers="close", order=("note",)))
    cover(press, "Metropolitan Borough of Southley", "Inspection dates: 9–24 November 2017", "19 January 2018",
          "Children’s services in Southley are good", "good", GOOD, GOOD, "Outstanding", GOOD, GOOD, title="Re-inspection")  # fmt: skip
    press.page()
    press.section("Executive summary", "summary")
    press.text(*words.many(5))
    press.page()
    press.section("Recommendations", "recommendations")
    for said in words.many(6, 1, 2):
        press.item(said)
    press.page()
    press.section(HELP, grade=GOOD, narrow=220)
    press.under("Inspection findings")
    for at, said in enumerate(words.many(30)):
        number = press.counted + 1
        if at % 5 == 1:
            said += (
                f"\n{number + 1}. {words.sentence()}"
                if at < 10
                else f" This is so for young people aged 16-\n{number + 1}. {words.sentence()}"
            )
        if at % 7 == 3:
            said += f" Some live in special schools.^{number + 1} {words.some(1, 2)}"
            press.note(str(number + 1), "These are residential special schools that look after children for 295 days or fewer.")
        press.item(said, "\n(Recommendation)" if at % 4 == 0 else "")
    press.section(LEADERS, "leadership", grade=GOOD, narrow=220)
    findings(press, words, 9)
    closing(press, words)
    return press


def board_between() -> Press:
    """The board stands between services and leadership, one series; later lines begin under the number; small numbers, head on pages."""
    words = Words("between")
    press = Press(
        House(words=93, hanging=False, number_size=10, head="Inspection of services for children: Westshire", foot="of")
    )
    cover(press, "Westshire Council", "Inspection date: 3 – 26 June 2015", "14 August 2015", "Children’s services in Westshire require improvement",
          "require improvement", MIDDLE, MIDDLE, MIDDLE, GOOD, MIDDLE, board=True)  # fmt: skip
    press.page()
    press.section("Executive summary", "summary")
    press.text(*words.many(4))
    press.section("Recommendations", "recommendations")
    for said in words.many(9, 1, 2):
        press.item(said)
    area(press, words)
    press.page()
    for title in (HELP, AFTER):
        press.section(title, grade=MIDDLE, narrow=250)
        press.under("Inspection findings")
        findings(press, words, 12, (("(recommendation 4)", ("4",)), ("[Recommendation]", ())))
    press.section("The Local Safeguarding Children Board (LSCB)", size=16)
    press.under("The Local Safeguarding Children Board requires improvement", 14)
    press.judgements.append((BOARD, "requires improvement"))
    press.section("Recommendations", "recommendations")
    for said in words.many(3, 1, 2):
        press.item(said)
    press.section("Inspection findings – the Local Safeguarding Children Board", "findings")
    findings(press, words, 7)
    press.section(LEADERS, "leadership", grade=MIDDLE, narrow=250)
    findings(press, words, 14)
    closing(press, words)
    return press


def two_dates() -> Press:
    """A short-framework report: a table of two inspections, numbered findings, improvements as bullets over a page end."""
    words, press = Words("two dates"), Press(House(size=11, leading=13.5, plain=71, words=99, foot="centre"))
    press.put("Inspection of Eastmoor local authority children’s services", 71, 18, True, leading=30)
    press.put("Inspection dates: 4 March 2019 to 15 March 2019", 71, 12, leading=20)
    press.put("Lead inspector: A. Person, Her Majesty’s Inspector", 71, 12, leading=30)
    services = ("The impact of leaders on social work practice with children and families",
                "The experiences and progress of children who need help and protection",
                "The experiences and progress of children in care and care leavers", "Overall effectiveness")  # fmt: skip
    press.rows(("Judgement", "Previous inspection (2015)", "This inspection"), at=(71, 300, 430), bold=True)
    for service, before, now in zip(services, (BAD, BAD, MIDDLE, BAD), (MIDDLE, GOOD, GOOD, GOOD), strict=True):
        press.rows((service, before, now), at=(71, 300, 430))
        press.judgements += [(service, before), (service, now)]
    press.text(*words.many(6))
    press.section("What needs to improve", "recommendations")
    press.bullets(*words.many(8, 1, 2))
    press.section("The experiences and progress of children who need help and protection: good", "findings")
    findings(press, words, 14, every=99)
    press.section("The experiences and progress of children in care and care leavers: good", "findings")
    findings(press, words, 11, every=99)
    press.section(
        "The impact of leaders on social work practice with children and families: requires improvement to be good", "leadership"
    )
    findings(press, words, 9, every=99)
    return press


def without_numbers() -> Press:
    """A short-framework report without numbers; improvements are bullets of several lines; the grade in two lines of its cell."""
    words, press = Words("no numbers"), Press(House(mark="•", foot="centre"))
    press.put("Ofsted", 71, 12, leading=20)
    press.put("Inspection of Fenland children’s social care services", 71, 20, True, leading=36)
    press.put("Inspection dates: 10 June 2019 to 21 June 2019", 71, 12, True, leading=20)
    press.put("Lead inspector: B. Person, Her Majesty’s Inspector", 71, 12, leading=36)
    press.rows(("Judgement", "Grade"), at=(71, 420), bold=True)
    for service, grade in (("The impact of leaders on social work practice with children and families", "Requires improvement to be good"),
                           ("The experiences and progress of children who need help and protection", "Requires improvement to be good"),
                           ("The experiences and progress of children in care and care leavers", GOOD),
                           ("Overall effectiveness", "Requires improvement to be good")):  # fmt: skip
        press.rows((service, grade), at=(71, 420))
        press.judgements.append((service, grade))
    press.text(*words.many(4))
    press.section("What needs to improve", "recommendations")
    press.bullets(*words.many(6, 1, 3))
    press.page()
    for title, part in (("The experiences and progress of children who need help and protection: requires improvement to be good", "findings"),
                        ("The impact of leaders on social work practice with children and families: requires improvement to be good", "leadership")):  # fmt: skip
        press.section(title, part)
        press.text(*words.many(9, 3, 8))
    return press


def chapters() -> Press:
    """Another house: paragraphs 1.1 to 4.18 with a full stop after none, dotted contents, a head with the chapter's number on every page."""
    words, press = (
        Words("chapters"),
        Press(House(form="{}", words=114, head="Thematic review of children’s homes   {}", foot="none", size=11, leading=14)),
    )
    press.put("Thematic review of children’s homes", 71, 24, True, leading=40)
    press.put("Published: 3 May 2017", 71, 12)
    titles = ("Introduction", "What inspectors saw", "What works well", "What should happen next")
    press.contents(*(f"{at} {title}" for at, title in enumerate(titles, 1)), dots=True)
    for at, (title, count) in enumerate(zip(titles, (8, 18, 13, 11), strict=True), 1):
        press.page()
        press.section(f"{at} {title}", "findings", 16)
        press.chapter = f"{at}."
        press.again()
        for place, said in enumerate(words.many(count), 1):
            press.item(f"{said} It was {at}.{place + 1} million pounds." if place % 4 == 2 else said)
    return press


def page_numbers_in_the_column() -> Press:
    """Numbers without a full stop, alone above their words; page numbers of the same size in the same column."""
    words, press = Words("column"), Press(House(form="{}", numbers="above", bold_numbers=True, foot="body", words=107, dash="-"))
    cover(press, "Royal Borough of Kingsport", "Inspection date: 2 March to 25 March 2015", "19 May 2015",
          "Children’s services in Kingsport are good", "good", GOOD, GOOD, GOOD, "Outstanding", GOOD)  # fmt: skip
    press.page()
    press.section("Executive summary", "summary")
    press.text(*words.many(4))
    press.section("Recommendations", "recommendations")
    for said in words.many(5, 1, 2):
        press.item(said)
    for title in (HELP, AFTER, LEADERS):
        press.page()
        press.section(title, "leadership" if title == LEADERS else "findings", grade=GOOD, narrow=250)
        findings(press, words, 11)
    closing(press, words)
    return press


def justified_to_130() -> Press:
    """Justified lines, no page numbers, paragraphs beyond 100 that begin with figures, years in the column of the words."""
    words, press = Words("justified"), Press(House(justified=True, foot="none", words=106, order=("number", "note")))
    cover(press, "London Borough of Harrowgate", "Inspection date: 13 May 2014 to 4 June 2014", "22 July 2014",
          "The overall judgement is inadequate", "inadequate", BAD, BAD, MIDDLE, BAD, BAD, board=True)  # fmt: skip
    press.page()
    press.section("Executive summary", "summary")
    press.text(*words.many(5))
    press.section("Recommendations", "recommendations")
    for said in words.many(22, 1, 2):
        press.item(said)
    area(press, words)
    for title in (HELP, AFTER, LEADERS):
        press.page()
        press.section(title, "leadership" if title == LEADERS else "findings", grade=BAD, narrow=250)
        press.under("Inspection findings")
        for at, said in enumerate(words.many(36)):
            number = press.counted + 1
            if at % 6 == 0:
                said = f"{at + 20} of the {number + 1} children seen were safe. {said}"
            if at % 9 == 4:
                said += f" It has been so since\n2013. {words.sentence()}"
            if at % 9 == 7:
                said += f" This helped children aged\n{number + 1} or more. {words.sentence()}"
            press.item(said, "(Recommendation 12)" if at % 4 == 1 else "", ("12",) if at % 4 == 1 else ())
    closing(press, words)
    return press


SPELLINGS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("(Recommendation)", ()), ("(recommendation: 4)", ("4",)), ("[Recommendation 5]", ("5",)), ("(Recommendations 2, 3 and 7)", ("2", "3", "7")),
    ("(Recommendations\n1 and 6)", ("1", "6")), ("(Area for improvement 2)", ("2",)), ("(Priority action 1)", ("1",)), ("(Recommendation 3).", ("3",)),
)  # fmt: skip


def spelt_in_eight_ways() -> Press:
    """Recommendations under the names of services, with bullets; flags in eight spellings; lists 1 to 3 within paragraphs; long ones."""
    words, press = Words("eight ways"), Press(House(words=106, mark="•"))
    cover(press, "Borough of Millbrook", "Inspection date: 8 – 30 September 2015", "23 November 2015",
          "Children’s services in Millbrook require improvement to be good", "require improvement to be good", MIDDLE, MIDDLE, GOOD, MIDDLE, MIDDLE)  # fmt: skip
    press.page()
    press.section("Executive summary", "summary")
    press.text(*words.many(4))
    press.section("Recommendations", "recommendations")
    for service in ("Leadership and management", "Help and protection", "Looked after and care leavers"):
        press.under(service)
        for at, said in enumerate(words.many(3, 1, 2)):
            press.item(said, points=tuple(words.many(3, 1, 1)) if at == 1 else ())
    for title in (HELP, AFTER, LEADERS):
        press.page()
        press.section(title, "leadership" if title == LEADERS else "findings", grade=MIDDLE, narrow=250)
        press.under("Inspection findings")
        for at, said in enumerate(words.many(16)):
            flag, leads = SPELLINGS[at // 2] if at % 2 else ("", ())
            if at == 6:
                said = " ".join(words.many(9, 6, 7))
            points = tuple(f"{place}. {words.sentence()}" for place in (1, 2, 3)) if at == 10 else ()
            press.item(said, flag, leads, points)
    closing(press, words)
    return press


def a_number_is_missing() -> Press:
    """The text layer lacks the numbers 23 and 40: their words belong to the paragraph before, and a warning tells."""
    words, press = Words("missing"), Press(House(words=106))
    cover(press, "Northmoor County Council", "Inspection dates: 6–30 June 2016", "25 August 2016",
          "Children’s services in Northmoor are good", "good", GOOD, GOOD, GOOD, GOOD, GOOD)  # fmt: skip
    press.page()
    press.section("Recommendations", "recommendations")
    for said in words.many(8, 1, 2):
        press.item(said)
    for title in (HELP, LEADERS):
        press.page()
        press.section(title, "leadership" if title == LEADERS else "findings", grade=GOOD, narrow=250)
        press.under("Inspection findings")
        for said in words.many(20):
            press.item(said, lost=press.counted + 1 in (23, 40))
    closing(press, words)
    return press


def recommended_at_the_end() -> Press:
    """A reinspection: grades then as bullets, indents that change, recommendations after the findings, flags that name later numbers."""
    words, press = (
        Words("at the end"),
        Press(House(size=11, leading=13.4, words=99, left=64, plain=64, notes="level", heading_bold=True)),
    )
    cover(press, "Southdown District Council", "Inspection date: 7 November 2017 to 30 November 2017", "29 January 2018",
          "Children’s services in Southdown require improvement to be good", "require improvement to be good", MIDDLE, MIDDLE, GOOD, MIDDLE, MIDDLE,
          title="Reinspection")  # fmt: skip
    press.page()
    press.section("Executive summary", "summary")
    press.text(*words.many(5))
    area(press, words)
    press.page()
    flags = (("(Recommendation 41)", ("41",)), ("(Recommendations 42 and 45)", ("42", "45")))
    for title, house in (
        (HELP, press.house),
        (LEADERS, House(size=11, leading=13.4, left=71, words=114, plain=71, notes="level")),
    ):
        press.house = house
        press.section(title, "leadership" if title == LEADERS else "findings", grade=MIDDLE, narrow=250)
        press.under("Inspection findings")
        findings(press, words, 20, flags)
    press.section("Recommendations", "recommendations")
    for said in words.many(7, 1, 3):
        press.item(said)
    young(press, words)
    closing(press, words)
    return press


BLIND: dict[str, Callable[[], Press]] = {
    made.__name__: made
    for made in (
        two_sections, board_counts_anew, close_numbers, board_between, two_dates, without_numbers, chapters, page_numbers_in_the_column,
        justified_to_130, spelt_in_eight_ways, a_number_is_missing, recommended_at_the_end,
    )
}  # fmt: skip
