"""How well the check of a model's sentences works: the table of docs/choosing-a-model.md.

    python -m evals.verifying

Labelled sentences: honest paraphrases and hostile sentences of evals/labels, by author and split. Made sentences: the
report's own, shortened or joined, and these and honest paraphrases with one thing changed. Prints totals only.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib.resources import files
from typing import Any

from assistant.glossary import Glossary
from assistant.lexicon import Lexicon
from assistant.quoting import snapped
from assistant.reading import Reading
from assistant.verification import Claim, Known, verify
from evals.statistics import wilson
from index.entailment import open_entailment
from index.passages import Passage, Report
from index.store import packaged_report, read_report

Change = Callable[[str], str]  # gives the text as it is, or nothing, where it cannot be changed
LONG, SHORT, LONGEST = 13, 7, 50  # words of the report's own sentences: worth shortening, worth changing, written by a model


class Checked:
    """The verifier over the packaged report."""

    def __init__(self) -> None:
        self.report: Report = read_report(packaged_report())
        self.given: Mapping[str, Passage] = {passage.id: passage for passage in self.report.passages}
        self.known = Known(Lexicon(Glossary.packaged(), (self.report.authority, "Ofsted")), open_entailment())

    def whole(self, claim: Claim) -> bool:
        """Whether every sentence of a claim is kept."""
        return all(one.kept for one in verify([claim], self.given, self.known))

    def some(self, claim: Claim) -> bool:
        """Whether any sentence of a claim is kept."""
        return any(one.kept for one in verify([claim], self.given, self.known))

    def own(self, fewest: int) -> Iterator[tuple[Passage, str]]:
        """The sentences of the findings and the summary, of a length that a model would write."""
        for passage in self.report.passages:
            if passage.kind in ("finding", "summary"):
                yield from ((passage, one) for one in passage.sentences if fewest <= len(one.split()) < LONGEST)


def labels(name: str) -> list[dict[str, Any]]:
    """The rows of a file of labels."""
    lines = files("evals").joinpath("labels", name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def hostile(row: dict[str, Any]) -> Claim:
    return Claim(row["sentence"], ((row["passage"], row["quote"]),))


def honest(row: dict[str, Any], given: Mapping[str, Passage]) -> Claim:
    """The paraphrase with its quote, and from each further passage the sentence that has most words in common with it."""
    words = Reading(row["sentence"]).content_stems
    cited = []
    for identity in row["passages"]:
        text = given[identity].text
        nearest = max(given[identity].sentences, key=lambda one: len(words & Reading(one).content_stems))
        cited.append((identity, row["quote"] if snapped(row["quote"], text) else nearest))
    return Claim(row["sentence"], tuple(cited))


# ---- the report's own sentences, still true --------------------------------------------------------------------


def first_clause(passage: Passage, sentence: str) -> str:
    cut = re.split(r", (?:and|but|although|while|which|with|so)\b| and (?=[a-z]+ (?:is|are|has|have)\b)", sentence)[0]
    short = cut.rstrip(" ,.")
    return f"{short}." if 6 <= len(short.split()) < len(sentence.split()) - 2 else ""


def reported(passage: Passage, sentence: str) -> str:
    named = sentence[:2].isupper() or sentence.startswith(("Somerset", "Cafcass"))
    return "" if named else f"Inspectors found that {sentence[0].lower()}{sentence[1:]}"


def joined(passage: Passage, sentence: str) -> str:
    after = passage.sentences[passage.sentences.index(sentence) + 1 :]
    if not after or len(f"{sentence} {after[0]}".split()) >= LONGEST:
        return ""
    return f"{sentence.rstrip('.')}, and {after[0][0].lower()}{after[0][1:]}"


TRUE = (first_clause, reported, joined)


# ---- one thing changed -----------------------------------------------------------------------------------------


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


def true(checked: Checked, change: Callable[[Passage, str], str]) -> tuple[int, int]:
    """(kept, made) of the report's own sentences put otherwise; each cites the sentence it was made of."""
    made = [(passage, one, change(passage, one)) for passage, one in checked.own(LONG)]
    claims = [Claim(text, ((passage.id, one),)) for passage, one, text in made if text]
    return sum(map(checked.whole, claims)), len(claims)


def changed(checked: Checked, change: Change) -> tuple[int, int]:
    """(kept, made) of the report's own sentences with one thing changed."""
    made = [(passage, one, change(one)) for passage, one in checked.own(SHORT)]
    claims = [Claim(text, ((passage.id, one),)) for passage, one, text in made if text != one]
    return sum(map(checked.whole, claims)), len(claims)


def changed_paraphrases(checked: Checked, change: Change, rows: Iterable[dict[str, Any]]) -> tuple[int, int]:
    """(kept, made) of honest paraphrases that are kept, with one thing changed."""
    kept = [row for row in rows if checked.whole(honest(row, checked.given))]
    made = [{**row, "sentence": text} for row in kept if (text := change(row["sentence"])) != row["sentence"]]
    return sum(checked.whole(honest(row, checked.given)) for row in made), len(made)


# ---- the table -------------------------------------------------------------------------------------------------


def main() -> None:
    checked = Checked()
    groups = Counter((row["author"], row["split"]) for row in (*labels("paraphrases.jsonl"), *labels("hostile.jsonl")))
    for author, split in sorted(groups):
        told = f"author {author}, {split}"
        rows = [row for row in labels("paraphrases.jsonl") if (row["author"], row["split"]) == (author, split)]
        _say(f"paraphrases rejected, {told}", sum(not checked.whole(honest(row, checked.given)) for row in rows), len(rows))
        rows = [row for row in labels("hostile.jsonl") if (row["author"], row["split"]) == (author, split)]
        _say(f"hostile kept, {told}", sum(checked.some(hostile(row)) for row in rows), len(rows))
    kept, made = (sum(pair) for pair in zip(*(true(checked, change) for change in TRUE), strict=True))
    _say("own sentences put otherwise, rejected", made - kept, made)
    _say("own sentences changed, kept", *(sum(one) for one in zip(*(changed(checked, c) for c in CHANGES.values()), strict=True)))
    rows = [row for row in labels("paraphrases.jsonl") if row["split"] == "dev"]
    total = Counter[str]()
    for name, change in CHANGES.items():
        kept, made = changed_paraphrases(checked, change, rows)
        total.update(kept=kept, made=made)
        _say(f"  paraphrases changed, kept: {name}", kept, made)
    _say("paraphrases changed, kept", total["kept"], total["made"])


def _say(what: str, part: int, whole: int) -> None:
    if whole:
        found = wilson(part, whole)
        print(f"{what:55} {part:5} of {whole:5}  {found.value:.3f} ({found.low:.3f} to {found.high:.3f})")


if __name__ == "__main__":
    main()
