"""Models that keep to the report's words: its own sentences, shortened or joined, are kept; the same with one thing changed are not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest

from assistant.glossary import Glossary
from assistant.lexicon import Lexicon
from assistant.verification import Claim, verify
from index.passages import Passage, Report
from index.store import packaged_report, read_report

Change = Callable[[str], str]


@pytest.fixture(scope="module")
def report() -> Report:
    return read_report(packaged_report())


@pytest.fixture(scope="module")
def lexicon(report: Report) -> Lexicon:
    return Lexicon(Glossary.packaged(), (report.authority, "Ofsted"))


def own(report: Report, fewest: int = 7) -> Iterator[tuple[Passage, str]]:
    """The sentences of the findings and the summary, of a length that a model would write."""
    for passage in report.passages:
        if passage.kind in ("finding", "summary"):
            yield from ((passage, one) for one in passage.sentences if fewest <= len(one.split()) < 50)


def share(report: Report, lexicon: Lexicon, change: Callable[[Passage, str], str], fewest: int = 7) -> tuple[int, int]:
    """(how many changed sentences are kept, how many are changed); each cites the sentence that it was made of."""
    given = {passage.id: passage for passage in report.passages}
    kept = count = 0
    for passage, sentence in own(report, fewest):
        if (text := change(passage, sentence)) not in ("", sentence):
            count += 1
            kept += all(one.kept for one in verify([Claim(text, ((passage.id, sentence),))], given, lexicon))
    return kept, count


# ---- honest ----------------------------------------------------------------------------------------------------


def first_clause(passage: Passage, sentence: str) -> str:
    cut = re.split(r", (?:and|but|although|while|which|with|so)\b| and (?=[a-z]+ (?:is|are|has|have)\b)", sentence)[0]
    short = cut.rstrip(" ,.")
    return f"{short}." if 6 <= len(short.split()) < len(sentence.split()) - 2 else ""


def reported(passage: Passage, sentence: str) -> str:
    named = sentence[:2].isupper() or sentence.startswith(("Somerset", "Cafcass"))
    return "" if named else f"Inspectors found that {sentence[0].lower()}{sentence[1:]}"


def joined(passage: Passage, sentence: str) -> str:
    after = passage.sentences[passage.sentences.index(sentence) + 1 :]
    if not after or len(f"{sentence} {after[0]}".split()) >= 55:
        return ""
    return f"{sentence.rstrip('.')}, and {after[0][0].lower()}{after[0][1:]}"


@pytest.mark.parametrize("change", [first_clause, reported, joined])
def test_the_report_s_words_shortened_or_joined_are_kept(
    change: Callable[[Passage, str], str], report: Report, lexicon: Lexicon
) -> None:
    kept, count = share(report, lexicon, change, fewest=13)
    assert count > 100
    assert kept >= 0.95 * count


# ---- not -------------------------------------------------------------------------------------------------------


def once(pattern: str, by: str) -> Change:
    return lambda text: re.sub(pattern, by, text, count=1, flags=re.IGNORECASE)


def ending(piece: str) -> Change:
    return lambda text: f"{text.rstrip('.')}{piece}."


def next_number(text: str) -> str:
    return re.sub(r"\b\d+\b", lambda found: str(int(found[0]) + 1), text, count=1)


CHANGES: dict[str, Change] = {
    "not left out": once(r"\b(do|does|did|is|are|was|were|has|have|had|can|could|will|may) not\b", r"\1"),
    "not put in": once(r"\b(is|are|was|were|has|have|had|can|will) (?!not|no\b|never|yet|too|hardly|neither)", r"\1 not "),
    "some, now all": once(r"\b(some|several|a few|a number of|most|almost all|nearly all)\b", "all"),
    "few, now many": once(r"\b(too few|few|a small number of|a minority of)\b", "many"),
    "sometimes, now always": once(r"\b(sometimes|often|at times|generally|mostly|usually|not always)\b", "always"),
    "quick, now late": once(r"\b(quickly|promptly|swiftly|quick|on time|early)\b", "late"),
    "better, now worse": once(r"\b(better|improved|stronger)\b", "worse"),
    "well, now badly": once(r"\b(well|good|effectively)\b", "badly"),
    "a number by one": next_number,
    "an adjective": once(r"\b(help|support|services|plans|workers|managers|children|homes)\b", r"expensive \1"),
    "a place": ending(" at weekends in Taunton"),
    "a fact": ending(" and receive generous payments"),
    "a cause": ending(" because of budget cuts"),
    "a time": ending(" every week"),
    "a verdict": ending(", which is outstanding"),
    "a feeling": ending(", to the delight of parents"),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_one_thing_changed_in_the_report_s_own_sentence_is_seen(name: str, report: Report, lexicon: Lexicon) -> None:
    kept, count = share(report, lexicon, lambda _, sentence: CHANGES[name](sentence))
    assert count >= 10
    assert kept <= 0.02 * count
