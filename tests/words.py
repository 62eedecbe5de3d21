"""Words for toy reports: sentences made by chance from a seed, and how wide letters of Helvetica are."""

from __future__ import annotations

import random

_PLAIN = (
    "278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556 278 278 584 584 584 556 "
    "1015 667 667 722 722 667 611 778 722 278 500 667 556 833 722 778 667 778 722 667 611 722 667 944 667 667 611 278 278 278 469 556 "
    "333 556 556 500 556 556 278 556 556 222 222 500 222 833 556 556 556 556 333 500 278 556 500 722 500 500 500 334 260 334 584"
)
_BOLD = (
    "278 333 474 556 556 889 722 238 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556 333 333 584 584 584 611 "
    "975 722 722 722 722 667 611 778 722 278 556 722 611 833 722 778 667 778 722 667 611 722 667 944 667 667 611 333 278 333 584 556 "
    "333 556 611 556 611 556 333 611 611 278 278 556 278 889 611 611 611 611 389 556 333 611 556 778 556 556 500 389 280 389 584"
)
_OTHERS = {"’": 222, "‘": 222, "–": 556, "•": 350, "£": 556, "“": 333, "”": 333}
_WIDTHS = [{chr(32 + at): int(one) for at, one in enumerate(row.split())} | _OTHERS for row in (_PLAIN, _BOLD)]

WHO = ("Children", "Social workers", "Managers", "Partners", "Senior leaders", "Personal advisers", "Foster carers", "Care leavers",
       "Adopters", "Young people", "Independent reviewing officers", "Elected members", "The local authority", "Schools")  # fmt: skip
DO = (
    "receive",
    "share",
    "understand",
    "review",
    "improve",
    "record",
    "challenge",
    "support",
    "monitor",
    "plan",
    "use",
    "describe",
)
WHAT = ("timely help", "the quality of plans", "decision-making", "risk", "early help", "assessments", "well-being", "family time",
        "life-story work", "children’s views", "the ‘signs of safety’ model", "multi-agency meetings", "caseloads", "supervision",
        "health assessments", "pathway plans", "edge-of-care work", "out-of-hours services", "the views of 16- and 17-year-olds")  # fmt: skip
HOW = ("well", "too late", "in most cases", "in 2016–17", "since April 2015", "for 45 of 120 children", "when it matters", "without drift or delay",
       "in a small number of cases", "at every stage", "in line with national guidance", "within 10 days", "at section 47 meetings",
       "at a rate of 39 per 10,000", "as the 2014 inspection found", "(83%)")  # fmt: skip
LINK = (
    "However,",
    "As a result,",
    "In addition,",
    "For example,",
    "While this is positive,",
    "Consequently,",
    "In 2016,",
    "Overall,",
)


def width(text: str, size: float, bold: bool = False) -> float:
    """In points."""
    return sum(_WIDTHS[bold].get(letter, 556) for letter in text) * size / 1000


class Words:
    """Sentences by chance; the same seed gives the same ones."""

    def __init__(self, seed: str) -> None:
        self.chance = random.Random(seed)

    def sentence(self) -> str:
        pick = self.chance.choice
        said = f"{pick(WHO)} {pick(DO)} {pick(WHAT)} {pick(HOW)}"
        if self.chance.random() < 0.4:
            said += f" and {pick(DO)} {pick(WHAT)}"
        if self.chance.random() < 0.3:
            said = f"{pick(LINK)} {said[0].lower()}{said[1:]}"
        return said + "."

    def some(self, fewest: int = 2, most: int = 7) -> str:
        return " ".join(self.sentence() for _ in range(self.chance.randint(fewest, most)))

    def many(self, count: int, fewest: int = 2, most: int = 7) -> list[str]:
        return [self.some(fewest, most) for _ in range(count)]
