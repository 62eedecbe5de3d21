"""Parts that toy reports of the family share: cover, area, summary for young people, findings, closing pages."""

from __future__ import annotations

from tests.setting import Press
from tests.words import Words

SERVICES = (
    "Children who need help and protection", "Children looked after and achieving permanence", "Adoption performance",
    "Experiences and progress of care leavers", "Leadership, management and governance",
)  # fmt: skip
HELP = "The experiences and progress of children who need help and protection"
AFTER = "The experiences and progress of children looked after and achieving permanence"
LEADERS = "Leadership, management and governance"
AREA = "Information about this local authority area"
BOARD = "Local Safeguarding Children Board"
GOOD, MIDDLE, BAD = "Good", "Requires improvement", "Inadequate"


def cover(press: Press, council: str, dates: str, published: str, overall: str, grade: str, *grades: str, title: str = "Inspection", board: bool = False) -> None:  # fmt: skip
    """The first page as the family has it: council, title, dates, the overall judgement, the table of services."""
    press.put(council, 71, 26, leading=30)
    press.y -= 5
    press.under(f"{title} of services for children in need of help and protection, children looked after and care leavers", 14)
    if board:
        press.put("and", 71, 14)
        press.y -= 8
        press.note("1", "Ofsted produces this report under its power to combine reports in accordance with section 152 of the Education "
                        "and Inspections Act 2006.")  # fmt: skip
        press.under(f"Review of the effectiveness of the {BOARD}^1", 14)
    press.put(dates, 71, 14, leading=23)
    press.put(f"Report published: {published}", 71, 14, leading=50)
    if overall:
        press.put(overall, 71, 14, True, leading=30)
        press.judgements.append(("Overall effectiveness", grade))
    press.judged(*zip(SERVICES, grades, strict=True))


def area(press: Press, words: Words) -> None:
    press.section("The local authority", "figures", 16)
    press.note("2", "The local authority was given the opportunity to review this section of the report and has updated it with local "
                    "unvalidated data where this was available.")  # fmt: skip
    press.section(f"{AREA}^2", "figures")
    press.under("Children living in this area")
    press.bullets(
        "Approximately 45,437 children and young people under the age of 18 years live in Northshire. This is 21.6% of the total "
        "population in the area.",
        ("The proportion of children entitled to free school meals:", "in primary schools is 13% (the national average is 15%)",
         "in secondary schools is 12% (the national average is 13%)."),
    )  # fmt: skip
    press.under("Children looked after in this area")
    press.bullets(
        ("At 31 March 2016, 360 children are being looked after by the local authority (a rate of 39 per 10,000 children). Of this number:",
         "205 (or 57%) live outside the local authority area", "12 live in residential special schools, all of whom live outside the authority area"),
        ("In the last 12 months:", "there have been 12 adoptions", "16 children ceased to be looked after."),
    )  # fmt: skip


def young(press: Press, words: Words) -> None:
    press.section("Summary for children and young people", "young people")
    press.bullets(*words.many(6, 1, 3))


def closing(press: Press, words: Words) -> None:
    press.page()
    press.section("Information about this inspection", "closing", 16)
    press.text("Inspectors have looked closely at the experiences of children and young people who have needed or still need help.",
               "The inspection team consisted of seven of Her Majesty’s Inspectors (HMI) from Ofsted.")  # fmt: skip
    press.under("The inspection team")
    press.text("Lead inspector: A. Person", "Team inspectors: B. Person, C. Person and D. Person")


def findings(press: Press, words: Words, count: int, flags: tuple[tuple[str, tuple[str, ...]], ...] = (("(Recommendation)", ()),), every: int = 3, longest: int = 7) -> None:  # fmt: skip
    """Numbered findings, every third with the next flag."""
    for at, said in enumerate(words.many(count, 2, longest)):
        flag, leads = flags[(at // every) % len(flags)] if at % every == every - 1 else ("", ())
        press.item(said, flag, leads)


def adoption_and_leavers(press: Press, words: Words, count: int, spelt: str = "judgement") -> None:
    press.under(f"The graded {spelt} for adoption performance is that it is good")
    findings(press, words, count)
    press.under(f"The graded {spelt} about the experience and progress of care leavers is that it requires improvement")
    findings(press, words, count)
