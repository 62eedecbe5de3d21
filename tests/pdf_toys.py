"""Toy inspection reports as PDFs, in the layouts of the family; no council and no words of a real one."""

from __future__ import annotations

from tests.pdf_writer import Page, pdf

AREA = "Information about this local authority area"
HELP = "The experiences and progress of children who need help and protection"


def footed(number: int) -> Page:
    """A page with its number at the foot, at the right on odd pages."""
    page = Page()
    page.at(513 if number % 2 else 71, 30, str(number), size=20)
    return page


def cover() -> Page:
    page = footed(1)
    page.at(71, 722, "Northshire County Council", size=26)
    page.lines(71, 697, "Inspection of services for children in need of help and", "protection", size=14, bold=True, leading=17)
    page.at(71, 650, "Inspection dates: 6–10 May 2017", size=14)
    page.at(71, 627, "Report published: 1 July 2017", size=14)
    page.at(71, 570, "Children’s services in Northshire require improvement to be good", size=14, bold=True)
    page.at(71, 540, "1. Children who need help and protection", bold=True)
    page.at(388, 540, "Requires improvement")
    page.lines(71, 513, "2. Children looked after and achieving", bold=True)
    page.at(89, 498.5, "permanence", bold=True)
    page.at(388, 505.7, "Requires improvement")
    page.at(119, 472, "2.1 Adoption performance")
    page.at(388, 472, "Good")
    page.at(71, 445, "3. Leadership, management and governance", bold=True)
    page.at(388, 445, "Inadequate")
    return page


def contents(number: int, *listed: tuple[str, int]) -> Page:
    page = footed(number)
    page.at(71, 722, "Contents", size=26)
    y = 697.0
    for title, on in listed:
        words = title.split()
        while len(words) > 9:
            page.at(85, y, " ".join(words[:9]), size=14)
            words, y = words[9:], y - 17
        page.at(85, y, " ".join(words), size=14)
        page.at(516, y, str(on), size=14)
        y -= 23
    return page


def single_inspection() -> bytes:
    """Eight pages: cover, summary, contents, area, recommendations, findings, leadership, the board with its own series."""
    summary = footed(2)
    summary.at(71, 731, "Executive summary", size=14, bold=True)
    summary.lines(71, 703, "Children are safe. Leaders know their services, but the pace of", "change is too slow.")
    summary.lines(71, 660, "Most plans are clear and up to date. Some are not and", "workers do not")
    area = footed(4)
    area.at(71, 731, "The local authority", size=16, bold=True)
    area.at(71, 706, AREA, size=14, bold=True)
    area.at(71 + 281, 706, "1", size=8, bold=True, rise=5)
    area.at(71, 680, "Children living in this area", bold=True)
    area.at(71, 653, "•")
    area.lines(89, 653, "Approximately 45,000 children live in Northshire. This is 21% of", "the population.")
    area.at(71, 618, "•")
    area.at(89, 618, "The proportion of children entitled to free school meals:")
    area.at(107, 598, "–")
    area.at(122, 598, "in primary schools is 13% (the national average is 15%)")
    area.at(107, 578, "–")
    area.at(122, 578, "in secondary schools is 12%.")
    area.at(71, 90, "1", size=6.5, rise=4)
    area.at(78, 90, "The local authority was given the opportunity to review this section", size=10)
    area.at(71, 78, "of the report.", size=10)
    made = footed(5)
    made.at(71, 737, "Recommendations", size=14, bold=True)
    y = made.numbered(710, "1.", "Ensure that visits to children are timely.")
    y = made.numbered(y, "2.", "Improve the quality of plans for children aged 16-", "3. Plans are to be shared with them.")
    made.numbered(y, "3.", "Make sure that managers check each case.")
    findings = footed(6)
    findings.lines(
        71, 729, "The experiences and progress of", "children who need help and", "protection", size=14, bold=True, leading=16
    )
    findings.at(352, 713, "Requires improvement", size=14, bold=True)
    findings.at(71, 664, "Inspection findings", bold=True)
    y = findings.numbered(637, "4.", "Visits take 12 days on average, against a target of", "10 days. (Recommendation)")
    y = findings.numbered(y, "5.", "Young people aged 16-", "18. are seen within", "6 days. (Recommendations 1 and 3)")
    y = findings.numbered(y, "6.", "Plans are reviewed each month. [Recommendation]")
    findings.at(71, y, "7.")
    y = findings.lines(106, y - 14.5, "Its number stands alone on a line. (recommendation 2)") - 12
    findings.at(71, 140, "8.")
    findings.lines(106, 140, "Social workers see children alone, and the well-", "being of each child is recorded")
    findings.at(71, 90, "2", size=6.5, rise=4)
    findings.at(78, 90, "A note that stands between the two halves of a paragraph.", size=10)
    leadership = footed(7)
    leadership.lines(106, 736, "with care by nearly all of them.")
    leadership.at(71, 690, "Leadership, management and governance", size=14, bold=True)
    leadership.at(400, 690, "Inadequate", size=14, bold=True)
    leadership.at(71, 660, "Inspection findings", bold=True)
    y = leadership.numbered(633, "9.", "Managers check one case a week.")
    y = leadership.numbered(y, "10.", "The council employs 25 social workers:")
    leadership.at(106, y + 12, "•")
    leadership.at(121, y + 12, "ten of them joined this year")
    y = leadership.numbered(y - 15, "11.", "Staff like their work.", "(Recommendation)")
    board = footed(8)
    board.at(71, 737, "The Local Safeguarding Children Board (LSCB)", size=16, bold=True)
    board.at(71, 709, "The Local Safeguarding Children Board is good", size=14, bold=True)
    board.at(71, 680, "Recommendations", size=14, bold=True)
    y = board.numbered(650, "12.", "Strengthen the board’s audits.")
    y = board.numbered(y, "13.", "Publish the results.")
    board.at(71, y, "Inspection findings – the Local Safeguarding Children Board", size=14, bold=True)
    y = board.numbered(y - 27, "14.", "Partners attend the board.")
    board.numbered(y, "15.", "The board checks early help. (Recommendation 12)")
    listed = (
        ("Executive summary", 2), ("The local authority", 4), (AREA, 4), ("Recommendations", 5), (HELP, 6),
        ("Leadership, management and governance", 7), ("The Local Safeguarding Children Board (LSCB)", 8),
    )  # fmt: skip
    return pdf(cover(), summary, contents(3, *listed), area, made, findings, leadership, board)


def counted_anew() -> bytes:
    """Three pages: key findings numbered before what is to be improved, and a second report that counts from 1 again."""
    first = footed(2)
    first.at(71, 737, "Summary of key findings", size=14, bold=True)
    y = 710.0
    for number in range(1, 4):
        y = first.numbered(y, f"{number}.", f"Key finding {number} of this report.")
    first.at(71, y, "What does the local authority need to improve?", size=14, bold=True)
    first.at(71, y - 27, "Priority and immediate action", bold=True)
    y = first.numbered(y - 54, "4.", "Visit children in time.")
    first.at(71, y, "Areas for improvement", bold=True)
    y = first.numbered(y - 27, "5.", "Improve plans.")
    first.at(71, y, "Inspection judgements about the local authority", size=14, bold=True)
    y = first.numbered(y - 27, "6.", "Visits are late.")
    first.numbered(y, "7.", "Plans are poor.")
    second = footed(3)
    second.at(71, 737, "The effectiveness of the Local Safeguarding Children Board", size=14, bold=True)
    y = 710.0
    for number in range(1, 5):
        y = second.numbered(y, f"{number}.", f"The board has done thing {number}.")
    return pdf(cover(), first, second)


def two_inspections() -> bytes:
    """A table with a column for each of two inspections, then numbered findings."""
    page = footed(1)
    page.at(71, 760, "Northshire County Council", size=26)
    page.at(71, 730, "Inspection of services for children", size=14, bold=True)
    page.at(71, 710, "Inspection dates: 6 May 2019 to 10 May 2019", size=14)
    page.at(300, 680, "Previous inspection (2015)", bold=True)
    page.at(470, 680, "This inspection", bold=True)
    for at, (service, before, now) in enumerate(
        [("Overall effectiveness", "Inadequate", "Good"), ("The impact of leaders", "Good", "Outstanding"),
         ("Help and protection", "Requires improvement", "Good")]
    ):  # fmt: skip
        page.at(71, 650 - 30 * at, service)
        page.at(300, 650 - 30 * at, before)
        page.at(470, 650 - 30 * at, now)
    page.at(71, 540, "The impact of leaders on practice", size=14, bold=True)
    y = 510.0
    for number in range(1, 7):
        y = page.numbered(y, f"{number}.", f"Finding {number} of the inspectors.")
    return pdf(page, footed(2))


def short_framework() -> bytes:
    """A short report: nothing is numbered, improvements are bullets, findings are paragraphs and bullets."""
    page = footed(1)
    page.at(71, 760, "Northshire County Council", size=20, bold=True)
    page.at(71, 730, "Inspection of children’s social care services", size=16, bold=True)
    page.at(71, 700, "Inspection dates: 4 March 2019 to 15 March 2019")
    page.at(71, 670, "Lead inspector: A. Person")
    for at, (service, grade) in enumerate(
        [("The impact of leaders on social work practice with children", "Good"),
         ("The experiences and progress of children who need help", "Requires improvement to be good"),
         ("Overall effectiveness", "Good")]
    ):  # fmt: skip
        page.at(71, 640 - 30 * at, service)
        page.at(400, 640 - 30 * at, grade, size=10)
    page.lines(71, 540, "Children in Northshire are safe. Leaders have made services better since the last", "inspection.")
    page.at(71, 490, "What needs to improve", size=14, bold=True)
    page.at(71, 460, "•")
    page.at(89, 460, "The timeliness of visits to children.")
    page.at(71, 440, "•")
    page.lines(89, 440, "The quality of plans, and how well children", "understand them.")
    other = footed(2)
    other.lines(71, 737, "The experiences and progress of children who need help and protection:", "requires improvement to be good",
                size=14, bold=True, leading=17)  # fmt: skip
    other.lines(71, 690, "Most children are seen within five days. Some wait longer.")
    other.lines(71, 660, "Assessments are clear. Plans are not always shared with families.")
    other.at(71, 620, "The impact of leaders on social work practice with children: good", size=14, bold=True)
    other.lines(71, 590, "Leaders know their services well. They check one case a week.")
    return pdf(page, other)


def in_chapters() -> bytes:
    """Another house's report: paragraphs numbered 1.1, 1.2, 2.1 ... with a running head on every page."""
    pages = []
    for chapter in range(1, 4):
        page = footed(chapter)
        page.at(71, 800, f"Review of services | Northshire | {chapter}", size=9)
        page.at(
            71, 737, f"{chapter} Chapter about visits" if chapter == 1 else f"{chapter} Chapter about plans", size=16, bold=True
        )
        y = 700.0
        for place in range(1, 7):
            y = page.numbered(y, f"{chapter}.{place}", f"Sentence {place} of chapter {chapter}.")
        pages.append(page)
    return pdf(*pages)


def findings_page(number: int) -> Page:
    """A page under the heading of a service, with a paragraph without a number: most of its words have the size of the text."""
    page = footed(number)
    page.lines(
        71, 737, "The experiences and progress of", "children who need help and", "protection", size=14, bold=True, leading=16
    )
    said = "Children are seen by people who know them well, and what they say is written down."
    page.lines(71, 680, said, said.replace("Children", "Parents"), said.replace("Children", "Babies"))
    return page


def fifteen_in_a_chapter() -> bytes:
    """Another house's chapters with more than nine paragraphs: 1.1 to 1.15, 2.1 to 2.12, 3.1 to 3.5."""
    pages = []
    for chapter, last in ((1, 15), (2, 12), (3, 5)):
        page = footed(chapter)
        page.at(71, 800, f"Review of services | Northshire | {chapter}", size=9)
        page.at(71, 760, f"{chapter} Chapter about {('visits', 'plans', 'homes')[chapter - 1]}", size=16, bold=True)
        y = 730.0
        for place in range(1, last + 1):
            y = page.numbered(y, f"{chapter}.{place}", f"Sentence {place} of chapter {chapter}, with 1.2 million pounds.")
        pages.append(page)
    return pdf(*pages)


def numbers_alone() -> bytes:
    """Every number stands alone on its line; a line of a paragraph begins with the number that comes next."""
    page = findings_page(2)
    y = 615.0
    for number in range(1, 9):
        page.at(71, y, f"{number}.")
        y = page.lines(106, y - 14.5, "Workers see children aged 16-" if number == 4 else f"Finding {number} of the inspectors.")
        y = page.lines(106, y, "5. They write it down.") if number == 4 else y
        y -= 12
    return pdf(cover(), page)


def flags_in_all_spellings() -> bytes:
    """Eight findings, each flagged in another spelling, the last on the next page alone."""
    page, other = findings_page(2), footed(3)
    y = 615.0
    spellings = ("(Recommendation)", "[Recommendation]", "(recommendation 1)", "(Recommendations 1 and 2)", "(see recommendation 2)",
                 "(Recommendation", "(Recommendation 1) (Recommendation 2)")  # fmt: skip
    for number, flag in enumerate(spellings, 1):
        y = page.numbered(y, f"{number}.", f"Finding {number} of the inspectors.", flag)
    page.numbered(100, "8.", "The last finding ends over")
    other.lines(106, 737, "the page. (Recommendations)")
    return pdf(cover(), page, other)


def over_three_pages() -> bytes:
    """One paragraph over three pages, a footnote under each of them."""
    pages = [findings_page(2), footed(3), footed(4)]
    y = pages[0].numbered(615, "1.", "Visits are in time.")
    pages[0].at(71, y, "2.")
    pages[0].lines(106, y, "Plans are clear and children know")
    pages[1].lines(106, 737, "what is in them, their parents")
    pages[2].lines(106, 737, "know it too.")
    for at, (page, note) in enumerate(
        zip(pages, ("Of all homes.", "As counted in May.", "Some live elsewhere."), strict=True), 1
    ):
        page.at(71, 90, str(at), size=6.5, rise=4)
        page.at(78, 90, note, size=10)
    y = 710.0
    for number in range(3, 8):
        y = pages[2].numbered(y, f"{number}.", "Managers check each case.")
    return pdf(cover(), *pages)


def board_in_the_middle() -> bytes:
    """The board has recommendations and findings of its own in the middle; the council's go on after them."""
    first, board, last = findings_page(2), footed(3), footed(4)
    y = first.numbered(615, "1.", "Visits are in time.")
    first.numbered(y, "2.", "Plans are clear.")
    board.at(71, 737, "The Local Safeguarding Children Board (LSCB)", size=16, bold=True)
    board.at(71, 700, "Recommendations", size=14, bold=True)
    y = board.numbered(673, "3.", "Strengthen the board’s audits.")
    board.at(71, y, "Inspection findings – the Local Safeguarding Children Board", size=14, bold=True)
    board.numbered(y - 27, "4.", "Partners attend the board.")
    last.at(71, 737, "Leadership, management and governance", size=16, bold=True)
    last.numbered(700, "5.", "Leaders know their services.")
    return pdf(cover(), first, board, last)


def nothing_recommended() -> bytes:
    """Six findings in two sections; nothing is recommended, nothing flagged."""
    page, other = findings_page(2), footed(3)
    y = 615.0
    for number in range(1, 4):
        y = page.numbered(y, f"{number}.", f"Finding {number} of the inspectors.")
    other.at(71, 737, "Leadership, management and governance", size=14, bold=True)
    y = 700.0
    for number in range(4, 7):
        y = other.numbered(y, f"{number}.", f"Finding {number} of the inspectors.")
    return pdf(cover(), page, other)
