"""Direct references in a question: "paragraph 40", "paras 14 to 20", "rec 6", "page 7", "footnote 2", "appendix B"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from index.text.numbers import NUMBER_WORDS, UP_TO_NINE

_ORDINALS = {
    word: str(at)
    for at, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth".split(), 1
    )
}
_COUNTING = frozenset("item no number point".split())  # words before a number that is a place: "nine points" is none
_KINDS = {
    "paragraph": r"paragraphs?|paras?\.?|pars?\.|findings?|¶¶?|points?(?: number| no\.?)?|items?",
    "recommendation": r"recommendations?|recs?\.?|recommendation number|rec no\.?",
    "page": r"pages?|pgs?\.?|pp?\.?",
    "footnote": r"footnotes?|foot notes?|fns?\.?",
}
_ONE = rf"(?:\d{{1,3}}\.\d{{1,4}}|\d{{1,9}}|{'|'.join(sorted(NUMBER_WORDS, key=len, reverse=True))})"
_LIST = rf"(?:nos?\.?\s*|numbers?\s*|#\s*)?{_ONE}(?:\s*(?:-|–|to|through|until)\s*{_ONE}|(?:\s*(?:,|and|&|or|\+)\s*(?:and\s+)?{_ONE})+)?"
_TIME = rf"(?:\s*(?:,|and|&|or|to|-)\s*{_ONE})?[\s-]+(?:years?|months?|weeks?|days?)\b"  # "the findings two years ago" names none
_PATTERNS = {
    kind: re.compile(rf"(?<![\w-])(?:{names})\s*(-\d{{1,9}}|{_LIST})(?![\w%-]|\.\d|{_TIME})", re.IGNORECASE)
    for kind, names in _KINDS.items()
}
_SHORT = {
    "recommendation": re.compile(r"(?<!\w)R(\d{1,2})(?!\w)", re.IGNORECASE),
    "page": re.compile(r"(?<!\w)p(\d{1,3})(?!\w)"),
    "paragraph": re.compile(r"(?<!\w)(?:para|#|§|¶)(\d{1,3})(?!\w)", re.IGNORECASE),
}
_ORDINAL = re.compile(
    rf"\b(?:the\s+)?({'|'.join(_ORDINALS)}|last|final|\d{{1,2}}(?:st|nd|rd|th))\s+(recommendation|page|footnote)\b", re.IGNORECASE
)
_OF_THEM = re.compile(
    r"(?<!\w)(?:number|no\.?|#|§|¶|para(?:graph)?)\s*(\d{1,3}) (?:of|in|from) the (recommendation|finding|paragraph|page)s\b",
    re.IGNORECASE,
)
_AT_THE_END = re.compile(  # "the last finding", "the first three recommendations"; "the first paragraph about ..." is searched for
    rf"\b(first|last|final)\s+(?:({UP_TO_NINE}|\d)\s+(recommendations|findings|paragraphs|pages|footnotes)|(finding|paragraph))\b(?!\s+(?:about|on|that|which|to|with|mentioning|regarding|flagged|marked))",
    re.IGNORECASE,
)
# A message that is nothing but a kind and what is no number of any passage: "page 1e9", "recommendation 0x10".
_ODD = {kind: re.compile(rf"\W*(?:{names})\s+((?=\w*[a-z])\d\w{{1,11}})\W*", re.IGNORECASE) for kind, names in _KINDS.items()}
_APPENDIX = re.compile(r"\b(?i:appendix|appendices|annex(?:e|es)?)(?:\s+([A-Z]|\d+))?\b|\b(?i:schedule)\s+([A-Z]|\d+)\b")


@dataclass(frozen=True)
class Reference:
    """Passages named by a printed number. `kind`: paragraph, recommendation, page, footnote, appendix.

    `numbers`: as printed ("40", "iv", "" if none); "last-1": the last but one; "first+1": the second.
    """

    kind: str
    numbers: tuple[str, ...]


# A message that is nothing but a number, or two: a paragraph. Roman numerals number the pages before the first in some reports.
_BARE_NUMBER = re.compile(r"\W*(?:(?:number|no\.?|nr\.?|#)\s*)?(\d{1,3}(?:\.\d{1,3})?)\W*", re.IGNORECASE)
_ROMAN = re.compile(
    r"(?<![\w-])(pages?|pp?\.?|paragraphs?|paras?\.?|recommendations?|recs?\.?)\s+(?=[vx]|i[ivx])([xl]{0,4}(?:i[vx]|v?i{0,3}))(?![\w'-])",
    re.IGNORECASE,
)


@lru_cache(maxsize=1_024)  # several steps of one question look
def references(question: str) -> tuple[Reference, ...]:
    """The references in the order of their kinds; none when the question names nothing."""
    found: dict[str, list[str]] = {}
    question = _OF_THEM.sub(lambda of: f"{'paragraph' if of[2].casefold() == 'finding' else of[2]} {of[1]}", question)
    rest = question
    for kind, pattern in _PATTERNS.items():
        for match in pattern.finditer(question):
            _keep(found, kind, _expand(match[1]))
        rest = pattern.sub(" ", rest)
    for kind, pattern in _SHORT.items():
        for match in pattern.finditer(rest):  # "#4" is a paragraph, but not in "recommendation #4"
            _keep(found, kind, [match[1]])
    for match in _ORDINAL.finditer(question):
        word = match[1].casefold()
        number = "last" if word in {"last", "final"} else _ORDINALS.get(word) or re.sub(r"\D", "", word)
        _keep(found, match[2].casefold(), [number])
    for match in _AT_THE_END.finditer(question):
        many = int(NUMBER_WORDS.get((match[2] or "1").casefold(), match[2] or "1"))
        kind = (match[3] or match[4]).casefold().removesuffix("s")
        _keep(found, "paragraph" if kind == "finding" else kind, _from_the_end(match[1].casefold() == "first", many))
    for match in _ROMAN.finditer(question):
        named = match[1].casefold()
        kind = "recommendation" if named[0] == "r" else "paragraph" if named.startswith("par") else "page"
        _keep(found, kind, [match[2] if kind == "page" else str(_arabic(match[2]))])
    for kind, pattern in _ODD.items():
        if (odd := pattern.fullmatch(question)) and not found:
            _keep(found, kind, [odd[1]])
    if bare := _BARE_NUMBER.fullmatch(question):
        _keep(found, "paragraph", [bare[1]])
    if appendix := _APPENDIX.search(question):
        _keep(found, "appendix", [appendix[1] or appendix[2] or ""])
    return tuple(Reference(kind, tuple(numbers)) for kind, numbers in found.items())


def ordinal(text: str) -> int | None:
    """The place that a message names among several things, from 0, or -1 for the last: "the second one", "number 3", "the last"."""
    before = ""
    for word in re.findall(r"[\w-]+", text.casefold()):
        if word in ("last", "final"):
            return -1
        number = _ORDINALS.get(word) or word.removesuffix("st").removesuffix("nd").removesuffix("rd").removesuffix("th")
        if number.isdecimal() and (number != word or before in _COUNTING):
            return int(number) - 1
        if word in NUMBER_WORDS and word != "one" and before in _COUNTING:
            return int(NUMBER_WORDS[word]) - 1
        before = word
    return None


def without_references(question: str) -> str:
    """The question without its references (roman and bare numbers stay)."""
    for pattern in (*_PATTERNS.values(), *_SHORT.values(), _ORDINAL, _OF_THEM, _AT_THE_END, _APPENDIX):
        question = pattern.sub(" ", question)
    return re.sub(r"\s+", " ", question).strip()


def _from_the_end(first: bool, many: int) -> list[str]:
    """The first or the last so many, in the report's order: ["last-1", "last"]."""
    if first:
        return ["first" if at == 0 else f"first+{at}" for at in range(many)]
    return ["last" if at == 0 else f"last-{at}" for at in reversed(range(many))]


_NUMERALS = {"i": 1, "v": 5, "x": 10, "l": 50}


def _arabic(numeral: str) -> int:
    """iv -> 4."""
    values = [_NUMERALS[letter] for letter in numeral.casefold()]
    return sum(-value if value < max(values[at:]) else value for at, value in enumerate(values))


def _keep(found: dict[str, list[str]], kind: str, numbers: list[str]) -> None:
    kept = found.setdefault(kind, [])
    kept += [number for number in numbers if number not in kept]


def _expand(text: str) -> list[str]:
    """ "14 to 20" -> every number between; "30 and 31" -> both; number words as digits."""
    if text.startswith("-"):
        return [text]
    parts = [NUMBER_WORDS.get(part.casefold(), part) for part in re.findall(_ONE, text, re.IGNORECASE)]
    if any("." in part for part in parts):
        return parts
    if len(parts) == 2 and re.search(r"(?:-|–|\bto\b|\bthrough\b|\buntil\b)", text, re.IGNORECASE):
        first, last = int(parts[0]), int(parts[1])
        if first < last <= first + 200:
            return [str(number) for number in range(first, last + 1)]
    return [str(int(part)) for part in parts]
