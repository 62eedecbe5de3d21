"""Fourteen toy reports that the reader was mended with: what Word-made reports of the family may look like, each with several oddities."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tests.layout_parts import (
    AFTER,
    BAD,
    BOARD,
    GOOD,
    HELP,
    LEADERS,
    MIDDLE,
    SERVICES,
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


def columns_shift() -> Press:
    """Numbers move to another column within a series; the board counts anew beyond where they moved; grades centred, one cover for all."""
    words, press = Words("columns"), Press(House(words=99, cells="centre"))
    press.put("Royal Borough of Kingswood and Amberley", 71, 26, leading=40)
    press.under("Inspection of services for children in need of help and protection, children looked after and care leavers", 14)
    press.put("Inspection dates: 14 January – 5 February 2014", 71, 14, leading=23)
    press.put("Report published: 28 March 2014", 71, 14, leading=40)
    press.under("Children’s services in the Royal Borough of Kingswood and Amberley require improvement to be good", 14)
    press.judgements.append(("Overall effectiveness", "require improvement to be good"))
    press.judged(*zip(SERVICES, (MIDDLE, GOOD, GOOD, MIDDLE, MIDDLE), strict=True), (BOARD, MIDDLE))
    press.page()
    press.section("Recommendations", "recommendations")
    press.items(words.many(7, 1, 2))
    for title, house in (
        (HELP, press.house),
        (AFTER, replace(press.house, left=92, words=120)),
        (LEADERS, replace(press.house, left=78, words=107)),
    ):
        press.house = house
        press.section(title, "leadership" if title == LEADERS else "findings", grade=MIDDLE, narrow=250)
        press.under("Inspection findings")
        findings(press, words, 10, longest=4)
    press.house = replace(press.house, left=71, words=99)
    press.section("The Local Safeguarding Children Board (LSCB)", size=16)
    press.again()
    press.section("Recommendations", "recommendations")
    press.items(words.many(3, 1, 2))
    press.section("Inspection findings – the Local Safeguarding Children Board", "findings")
    findings(press, words, 40, longest=3)
    closing(press, words)
    return press


def bold_recommendations() -> Press:
    """Recommendations in bold, "1)", under the names of sections that the contents list as well."""
    words, press = Words("bold"), Press(House(form="{})", bold_recommendations=True))
    cover(press, "Northshire County Council", "Inspection dates: 6 to 10 May 2017", "1 July 2017",
          "Children’s services in Northshire are inadequate", "inadequate", BAD, BAD, MIDDLE, BAD, BAD)  # fmt: skip
    press.contents("Executive summary", "Recommendations", HELP, AFTER, LEADERS)
    press.page()
    press.section("Executive summary", "summary")
    press.text(*words.many(3))
    press.section("Recommendations", "recommendations")
    for title in (HELP, AFTER, LEADERS):
        press.under(title)
        press.items(words.many(3, 1, 3))
    for title in (HELP, AFTER, LEADERS):
        press.page()
        press.section(title, "leadership" if title == LEADERS else "findings", grade=BAD, narrow=250)
        press.under("Summary")
        press.text(*words.many(2))
        press.under("Inspection findings")
        findings(press, words, 8)
    closing(press, words)
    return press


def long_notes() -> Press:
    """Footnotes that go on at the foot of the next page between the halves of a paragraph, marks as characters, one on a grade."""
    words, press = Words("long notes"), Press(House(words=114, notes="characters", note_lines=2))
    press.note("1", words.some(4, 4))
    press.put("Northshire County Council", 71, 26, leading=40)
    press.under("Inspection of services for children in need of help and protection, children looked after and care leavers", 14)
    press.put("Inspection date: 2 March 2015 – 25 March 2015", 71, 14, leading=40)
    press.put("Children’s services in Northshire are good", 71, 14, True, leading=30)
    press.judgements.append(("Overall effectiveness", "good"))
    press.judged(*zip(SERVICES, (GOOD, f"{MIDDLE}^1", GOOD, GOOD, GOOD), strict=True))
    press.page()
    press.section("Recommendations", "recommendations")
    press.items(words.many(4, 1, 2))
    for title in (HELP, LEADERS):
        press.page()
        press.section(title, "leadership" if title == LEADERS else "findings", grade=GOOD, narrow=250)
        for at, said in enumerate(words.many(18, 4, 8)):
            mark = str(len(press.notes) + 1)
            if title == HELP and at in (3, 11):
                press.note(mark, words.some(5, 6))
                said = f"{said} Some live in special schools.^{mark} {words.some(3, 4)}"
            press.item(said, "(Recommendation)" if at % 4 == 0 else "")
    closing(press, words)
    return press


def two_sizes_of_headings() -> Press:
    """No contents page; headings of two sizes only, that of sections the smaller one."""
    words, press = Words("two sizes"), Press(House(size=11, leading=13.4, numbers="close", left=71, words=92))
    cover(press, "Eastmoor Council", "Inspection date: 3 to 26 June 2015", "14 August 2015", "Children’s services in Eastmoor require improvement",
          "require improvement", MIDDLE, MIDDLE, MIDDLE, GOOD, MIDDLE)  # fmt: skip
    press.page()
    press.section("Executive summary", "summary")
    press.text(*words.many(4))
    press.section("Recommendations", "recommendations")
    press.items(words.many(7, 1, 2))
    press.section("Summary for children and young people", "young people")
    press.bullets(*words.many(5, 1, 2))
    press.section("The local authority", size=16)
    for title in (HELP, AFTER, LEADERS):
        press.section(title, "leadership" if title == LEADERS else "findings", grade=MIDDLE, narrow=250)
        findings(press, words, 12)
    press.section("Information about this inspection", "closing")
    press.text(*words.many(2))
    return press


def headings_of_the_text_s_size() -> Press:
    """Every heading is bold and as large as the text; page numbers in the middle; bullets at the numbers' column within paragraphs."""
    words, press = Words("body"), Press(House(heading=12, foot="centre", dash="-"))
    cover(press, "Northmoor Council", "Inspection dates: 6–30 June 2016", "25 August 2016", "Children’s services in Northmoor are good", "good",
          GOOD, GOOD, GOOD, GOOD, GOOD)  # fmt: skip
    press.page()
    press.section("Executive summary", "summary")
    press.text(*words.many(3))
    press.section("Recommendations", "recommendations")
    press.items(words.many(6, 1, 2))
    for title in (HELP, AFTER, LEADERS):
        press.section(title, "leadership" if title == LEADERS else "findings")
        press.under("Summary")
        press.text(*words.many(2))
        press.under("Inspection findings")
        for at, said in enumerate(words.many(9)):
            press.item(said, "(Recommendation)" if at % 3 == 2 else "", points=tuple(words.many(3, 1, 1)) if at % 4 == 1 else ())
    closing(press, words)
    return press


def at_the_edge() -> Press:
    """Text up to the edge of the page, numbers alone on lines, a head with the page's number, notes drawn first."""
    words, press = (
        Words("edge"),
        Press(House(top=772, numbers="above", head="Northshire {}", order=("foot",), foot="none", words=99)),
    )
    cover(press, "Northshire County Council", "Inspection date: 13 May 2014 to 4 June 2014", "22 July 2014", "The overall judgement is good", "good",
          GOOD, GOOD, GOOD, "Outstanding", GOOD, board=True)  # fmt: skip
    press.page()
    press.section("Recommendations", "recommendations")
    press.items(words.many(12, 1, 1))
    for title in (HELP, AFTER, LEADERS):
        press.page()
        press.section(title, "leadership" if title == LEADERS else "findings", grade=GOOD, narrow=250)
        findings(press, words, 22, longest=5)
    closing(press, words)
    return press


def tab_stops() -> Press:
    """Numbers of two figures push their first words to the next stop; nothing parts paragraphs; false starts with the next number."""
    words, press = Words("tabs"), Press(House(numbers="close", left=71, words=87, tab=28, gap=0))
    cover(press, "Millbrook Council", "Inspection date: 8 – 30 September 2015", "23 November 2015", "Children’s services in Millbrook are inadequate",
          "inadequate", BAD, BAD, GOOD, BAD, BAD)  # fmt: skip
    press.page()
    press.section("Recommendations", "recommendations")
    press.items(words.many(14, 1, 2))
    for title in (HELP, AFTER, LEADERS):
        press.section(title, "leadership" if title == LEADERS else "findings", grade=BAD, narrow=250)
        press.under("Inspection findings")
        for at, said in enumerate(words.many(33)):
            following = press.counted + 2
            if at % 5 == 2:
                said += f" This is so for young people aged 16-\n{following}. {words.sentence()}"
            elif at % 5 == 4:
                said += f" This was true of children aged\n{following}. {words.sentence()}"
            press.item(said, "(Recommendation 2)" if at % 4 == 1 else "", ("2",) if at % 4 == 1 else ())
    closing(press, words)
    return press


FLAGS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("(Recommendation 12)", ("12",)), ("(See recommendations 3 and 4.)", ("3", "4")), ("(Recommendation 1; 2)", ("1", "2")), ("Recommendation 5.", ("5",)),
    ("(Recommendations 1/3)", ("1", "3")), ("(Linked to recommendation 6)", ("6",)), ("Recommendation)", ()), ("(Rec 2)", ("2",)),
    ("(Recs 2 and 3)", ("2", "3")), ("(Recommendation number 7)", ("7",)), ("(LSCB recommendation 2)", ("2",)), ("(RECOMMENDATION)", ()),
    ("(Recommendation3)", ("3",)), ("(This is a recommendation)", ()), ("(Reccomendation 4)", ("4",)), ("[Recommendations: 1, 2 and 4]", ("1", "2", "4")),
    ("(Areas for improvement 3 and 4)", ("3", "4")), ("(Priority and immediate action 1)", ("1",)), ("(Recommendation 2)(Recommendation 3)", ("2", "3")),
    ("(Recommendation)\n(Recommendation 8)", ("8",)), ("{Recommendation 9}", ("9",)), ("(recommendation no. 4)", ("4",)),
)  # fmt: skip


def more_spellings() -> Press:
    """Twenty-two more spellings of flags, some within paragraphs; words about recommendations that are no flags."""
    words, press = Words("spellings"), Press(House(number_size=11, words=99))
    cover(press, "Fenland Council", "Inspection dates: 9–24 November 2017", "19 January 2018", "Children’s services in Fenland are good", "good",
          GOOD, GOOD, GOOD, GOOD, GOOD)  # fmt: skip
    press.page()
    press.section("Recommendations", "recommendations")
    press.items(words.many(12, 1, 2))
    for title in (HELP, LEADERS):
        press.page()
        press.section(title, "leadership" if title == LEADERS else "findings", grade=GOOD, narrow=250)
        press.under("Inspection findings")
        for at, (flag, leads) in enumerate(FLAGS):
            press.item(words.some(), flag, leads)
            if at % 6 == 0:
                press.item(f"{words.some()} (Recommendation 4) {words.some()}", leads=("4",), within=True)
            if at % 6 == 3:
                press.item(f"{words.some()} The panel made a recommendation (a recommendation of the review) in 2016.")
    closing(press, words)
    return press


def three_series() -> Press:
    """Recommendations, findings and the board's report have series of their own; the board has two recommendations."""
    words, press = Words("three series"), Press(House(words=114, numbers="close", tab=36))
    cover(press, "Westshire Council", "Inspection date: 3 – 26 June 2015", "14 August 2015", "Children’s services in Westshire are good", "good",
          GOOD, GOOD, GOOD, GOOD, GOOD, board=True)  # fmt: skip
    press.page()
    press.section("Recommendations", "recommendations")
    press.items(words.many(9, 1, 2))
    press.again()
    for title in (HELP, AFTER, LEADERS):
        press.section(title, "leadership" if title == LEADERS else "findings", grade=GOOD, narrow=250)
        press.under("Inspection findings")
        for at, said in enumerate(words.many(13)):
            points = tuple(f"{place}. {words.sentence()}" for place in (1, 2, 3)) if at == 6 else ()
            press.item(said, points=points)
    press.section("The Local Safeguarding Children Board (LSCB)", size=16)
    press.again()
    press.section("Recommendations", "recommendations")
    press.items(words.many(2, 1, 2))
    press.section("Inspection findings – the Local Safeguarding Children Board", "findings")
    findings(press, words, 12)
    closing(press, words)
    return press


def judged_twice() -> Press:
    """The board is judged on the cover and in its section, by its short name; "judgment"; actions of other names are recommended."""
    words, press = Words("twice"), Press(House(words=99, cells="right"))
    cover(press, "Southley Council", "Inspection date: 25 February 2014 – 19 March 2014", "20 May 2014", "The overall judgement is requires improvement",
          "requires improvement", MIDDLE, MIDDLE, GOOD, MIDDLE, MIDDLE, board=True)  # fmt: skip
    press.text("The authority is not yet delivering good protection and care for children, young people and families.")
    press.under("The effectiveness of the LSCB is requires improvement")
    press.judgements.append((BOARD, "requires improvement"))
    press.text("The LSCB is not yet demonstrating the characteristics of good.")
    press.page()
    press.section("Key findings", "summary")
    findings(press, words, 5, every=99, longest=3)
    press.section("What does Southley need to improve?", "recommendations")
    press.under("Priority actions")
    press.items(words.many(2, 1, 2))
    press.under("Areas for development")
    press.items(words.many(5, 1, 2))
    press.section(f"{HELP} require improvement", "findings")
    press.text(*words.many(2))
    findings(press, words, 9)
    press.section(AFTER, grade=MIDDLE, narrow=250)
    adoption_and_leavers(press, words, 4, "judgment")
    press.section(f"{LEADERS} requires improvement", "leadership")
    findings(press, words, 9)
    press.section("The effectiveness of the Local Safeguarding Children Board", size=16)
    press.under("The LSCB is requires improvement", 14)
    press.section("Areas for improvement", "recommendations")
    press.items(words.many(3, 1, 2))
    press.section("Inspection judgement about the LSCB", "findings")
    findings(press, words, 7)
    closing(press, words)
    return press


def further_paragraphs() -> Press:
    """Numbered paragraphs with a second paragraph, a quotation, bullets and a bold line; pieces of three letters; a grade of its own line."""
    words, press = Words("further"), Press(House(words=106, pieces=3, order=("number", "foot")))
    cover(press, "Kingsport Council", "Inspection dates: 9 to 30 November 2016", "19 January 2017", "Children’s services in Kingsport are outstanding",
          "outstanding", *["Outstanding"] * 5)  # fmt: skip
    press.page()
    press.section("Recommendations", "recommendations")
    press.text("The local authority should:")
    press.items(words.many(5, 1, 2))
    young(press, words)
    for title in (HELP, LEADERS):
        press.page()
        press.section(title, "leadership" if title == LEADERS else "findings")
        press.put("Outstanding", 71, 14, True)
        press.y -= 10
        for at, said in enumerate(words.many(14)):
            press.item(said, points=tuple(words.many(2, 1, 1)) if at % 5 == 3 else ())
            if at % 5 == 1:
                press.more(words.some())
            if at % 5 == 2:
                press.more(f"‘{words.some(1, 2)}’", 130)
    closing(press, words)
    return press


def long_report() -> Press:
    """A hundred and ninety paragraphs on forty pages, two contents of each kind, key findings first, all with what the family has."""
    words, press = (
        Words("long"),
        Press(House(words=110, left=74, order=("number",), head="Inspection of Northshire – {}", foot="of")),
    )
    cover(press, "Northshire County Council", "Inspection date: 25 April to 19 May 2016", "7 July 2016", "Children’s services in Northshire are inadequate",
          "inadequate", BAD, BAD, MIDDLE, BAD, BAD, board=True)  # fmt: skip
    press.contents("Summary of key findings", "What does the local authority need to improve?", HELP, AFTER, LEADERS,
                   "The Local Safeguarding Children Board (LSCB)", "Information about this inspection", dots=True)  # fmt: skip
    press.page()
    press.section("Summary of key findings", "summary")
    findings(press, words, 12, every=99)
    press.section("What does the local authority need to improve?", "recommendations")
    press.items(words.many(14, 1, 3))
    young(press, words)
    area(press, words)
    for title in (HELP, AFTER, LEADERS):
        press.page()
        press.section(title, "leadership" if title == LEADERS else "findings", grade=BAD, narrow=250)
        press.under("Summary")
        press.text(*words.many(4))
        press.under("Inspection findings")
        findings(press, words, 44, (("(Recommendation 14)", ("14",)), ("(Recommendations 15 and 20)", ("15", "20"))), longest=9)
        if title == AFTER:
            adoption_and_leavers(press, words, 12)
    press.page()
    press.section("The Local Safeguarding Children Board (LSCB)", size=16)
    press.section("Executive summary", "summary")
    press.text(*words.many(4))
    press.section("Recommendations", "recommendations")
    press.items(words.many(6, 1, 2))
    press.section("Inspection findings – the Local Safeguarding Children Board", "findings")
    findings(press, words, 20)
    closing(press, words)
    return press


def short_with_sentences() -> Press:
    """A short-framework report whose headings are sentences, grades at the right, findings with bullets and notes, no page numbers."""
    words, press = (
        Words("sentences"),
        Press(House(size=11, leading=13.5, numbers="close", words=89, foot="none", cells="right", notes="level")),
    )
    press.put("Inspection of Fenland children’s social care services", 71, 20, True, leading=36)
    press.put("Inspection dates: 25 June 2018 to 6 July 2018", 71, 11, leading=20)
    press.put("Lead inspector: B. Person, Her Majesty’s Inspector", 71, 11, leading=36)
    press.rows(("Judgement", "Grade"), bold=True)
    for service, grade in (("The impact of leaders on social work practice with children and families", GOOD),
                           ("The experiences and progress of children who need help and protection", "Requires improvement to be good"),
                           ("The experiences and progress of children in care and care leavers", GOOD), ("Overall effectiveness", GOOD)):  # fmt: skip
        press.rows((service, grade))
        press.judgements.append((service, grade))
    press.text(*words.many(2))
    press.section("What needs to improve", "recommendations")
    press.bullets(*words.many(6, 1, 2))
    for title, part in (("The experiences and progress of children who need help and protection require improvement to be good", "findings"),
                        ("The experiences and progress of children in care and care leavers are good", "findings"),
                        ("The impact of leaders on social work practice with children and families is good", "leadership")):  # fmt: skip
        press.section(title, part)
        for at, said in enumerate(words.many(12)):
            mark = str(len(press.notes) + 1)
            if at % 6 == 2:
                press.note(mark, words.some(1, 2))
                said = f"{said}^{mark} {words.some(1, 2)}"
            press.item(said, points=tuple(words.many(3, 1, 1)) if at % 6 == 4 else ())
    return press


def chapters_of_another_house() -> Press:
    """Paragraphs 1.1 to 3.24 under headings of the text's size, recommendations in a chapter of their own, notes under them."""
    words, press = (
        Words("other house"),
        Press(House(form="{}", words=106, heading=13, foot="of", head="Serious case review: Child A", size=11, leading=14)),
    )
    press.put("Serious case review: Child A", 71, 22, True, leading=40)
    press.put("Published: 3 May 2017", 71, 11)
    press.page()
    for at, (title, count) in enumerate((("Introduction", 11), ("What was known", 16), ("Recommendations", 12)), 1):
        press.section(f"{at}. {title}", "recommendations" if at == 3 else "findings")
        press.chapter = f"{at}."
        press.again()
        for place, said in enumerate(words.many(count)):
            if place % 5 == 0:
                press.under(f"On {words.chance.choice(('visits', 'plans', 'homes'))}")
            mark = str(len(press.notes) + 1)
            if place % 7 == 3:
                press.note(mark, words.some(1, 2))
                said = f"{said}^{mark} {words.some(1, 2)}"
            press.item(said)
    return press


KNOWN: dict[str, Callable[[], Press]] = {
    made.__name__: made
    for made in (
        columns_shift, bold_recommendations, long_notes, two_sizes_of_headings, headings_of_the_text_s_size, at_the_edge, tab_stops, more_spellings,
        three_series, judged_twice, further_paragraphs, long_report, short_with_sentences, chapters_of_another_house,
    )
}  # fmt: skip
