"""Direct references in a question: "paragraph 40", "paras 14 to 20", "rec 6", "page 7", "footnote 2", "appendix B"."""

from __future__ import annotations

import re
from dataclasses import dataclass

_NUMBER_WORDS = {
    word: str(at)
    for at, word in enumerate(
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen".split(), 1
    )
}
_ORDINALS = {
    word: str(at)
    for at, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth".split(), 1
    )
}
_SORTS = {
    "paragraph": r"paragraphs?|paras?\.?|pars?\.|findings?|¶+|points?(?: number| no\.?)?|items?",
    "recommendation": r"recommendations?|recs?\.?|recommendation number|rec no\.?",
    "page": r"pages?|pgs?\.?|pp?\.",
    "footnote": r"footnotes?|foot notes?|fns?\.?",
}
_ONE = rf"(?:\d{{1,4}}|{'|'.join(_NUMBER_WORDS)})"
_LIST = rf"(?:nos?\.?\s*|numbers?\s*|#\s*)?{_ONE}(?:\s*(?:-|–|to|through|until)\s*{_ONE}|(?:\s*(?:,|and|&|or|\+)\s*(?:and\s+)?{_ONE})+)?"
_PATTERNS = {
    sort: re.compile(rf"(?<![\w-])(?:{names})\s*({_LIST})(?![\w%-]|\.\d)", re.IGNORECASE) for sort, names in _SORTS.items()
}
_SHORT = {
    "recommendation": re.compile(r"(?<!\w)R(\d{1,2})(?!\w)"),
    "page": re.compile(r"(?<!\w)p(\d{1,3})(?!\w)"),
    "paragraph": re.compile(r"(?<!\w)(?:para|#|§|¶)(\d{1,3})(?!\w)", re.IGNORECASE),
}
_ORDINAL = re.compile(
    rf"\b(?:the\s+)?({'|'.join(_ORDINALS)}|last|final|\d{{1,2}}(?:st|nd|rd|th))\s+(recommendation|page|footnote)\b", re.IGNORECASE
)
_APPENDIX = re.compile(r"\b(appendix|appendices|annex(?:e|es)?|schedule)(?:\s+([A-Z]|\d+))?\b", re.IGNORECASE)


@dataclass(frozen=True)
class Reference:
    """Passages named by what is printed: `sort` is paragraph, recommendation, page, footnote or appendix.

    `numbers` are as printed ("40"); "last" stands for the last there is.
    """

    sort: str
    numbers: tuple[str, ...]


def references(question: str) -> tuple[Reference, ...]:
    """The references in the order of their sorts; none when the question names nothing."""
    found: dict[str, list[str]] = {}
    for sort, pattern in _PATTERNS.items():
        for match in pattern.finditer(question):
            _keep(found, sort, _expand(match[1]))
    for sort, pattern in _SHORT.items():
        for match in pattern.finditer(question):
            _keep(found, sort, [match[1]])
    for match in _ORDINAL.finditer(question):
        word = match[1].casefold()
        number = "last" if word in {"last", "final"} else _ORDINALS.get(word) or re.sub(r"\D", "", word)
        _keep(found, match[2].casefold(), [number])
    if _APPENDIX.search(question):
        _keep(found, "appendix", [_APPENDIX.search(question)[2] or ""])  # type: ignore[index]
    return tuple(Reference(sort, tuple(numbers)) for sort, numbers in found.items())


def without_references(question: str) -> str:
    """The question's other words: what it asks about the passages it names."""
    for pattern in (*_PATTERNS.values(), *_SHORT.values(), _ORDINAL, _APPENDIX):
        question = pattern.sub(" ", question)
    return re.sub(r"\s+", " ", question).strip()


def _keep(found: dict[str, list[str]], sort: str, numbers: list[str]) -> None:
    kept = found.setdefault(sort, [])
    kept += [number for number in numbers if number not in kept]


def _expand(text: str) -> list[str]:
    """ "14 to 20" -> every number between; "30 and 31" -> both; number words as digits."""
    parts = [_NUMBER_WORDS.get(part.casefold(), part) for part in re.findall(_ONE, text, re.IGNORECASE)]
    if len(parts) == 2 and re.search(r"(?:-|–|\bto\b|\bthrough\b|\buntil\b)", text, re.IGNORECASE):
        first, last = int(parts[0]), int(parts[1])
        if first < last <= first + 200:
            return [str(number) for number in range(first, last + 1)]
    return [str(int(part)) for part in parts]
