"""Learn which words people use for which words of the report, and how doubtful a foreign word is (assistant/bearing.json).

    python -m evals.train_bearing          --dry prints and writes nothing

Words: IBM model 1 (Brown et al., "The Mathematics of Statistical Machine Translation", 1993) from each sentence of the
report to the questions of the bank that it answers. Weights: logistic regression that tells the foreign words of honest
paraphrases from those of inventions, `labels/` split "dev" and labels/insertions.txt only. The two limits are those that
catch most inventions while at most LOST of the honest paraphrases fall, each scored by weights learnt from the others.
"""

from __future__ import annotations

import argparse
import json
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from assistant.bearing import Bearing, longest, mean, words_near
from assistant.glossary import Glossary
from assistant.grounds import Support, grounds_of, passage_text, read_once
from assistant.lexicon import Lexicon
from assistant.quoting import snapped
from assistant.reading import GENERAL, Reading
from index.bank import BankQuestion
from index.passages import Report
from index.store import Index, open_index

ROUNDS = 6  # of expectation and maximisation
RARE = 4.0  # added to how often a word of the report was seen: rare words prove little
LEAST = 0.01  # a pair of words less likely than this is not kept
LOST = 0.02  # the share of honest paraphrases that may fall
FOLDS = 5
STEPS = np.linspace(0.9, 1.0, 41)  # shares of the honest paraphrases among which the limits are sought


@dataclass(frozen=True)
class Example:
    """A sentence with the stems that may bear it out; `foreign` are the words to learn from; `fold` keeps like from like."""

    read: Reading
    held: frozenset[str]
    foreign: frozenset[str]
    honest: bool
    fold: int


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--dry", action="store_true", help="print, write nothing")
    dry = arguments.parse_args().dry
    index = open_index()
    lexicon = Lexicon(Glossary.packaged(), (index.report.authority, "Ofsted"))
    learnt = Bearing(translations(index.questions, index.report), asked(index), (0.0,) * 6, 0.0, 0.0, 0.0)
    examples = examples_of(index.report, lexicon)
    found = limited(weighed(learnt, examples, lexicon), learnt, examples, lexicon)
    print(
        f"weights {[round(one, 2) for one in found.weights]}, bias {found.bias:.2f}, run {found.run:.2f}, mean {found.mean:.2f}"
    )
    if not dry:
        path = Path(__file__).resolve().parent.parent / "assistant" / "bearing.json"
        path.write_text(written(found), encoding="utf-8")
        print(f"wrote {path.name}, {path.stat().st_size // 1024} kB")


# ---- words -----------------------------------------------------------------------------------------------------


def translations(questions: Sequence[BankQuestion], report: Report) -> dict[str, dict[str, float]]:
    """word of a question -> word of the report -> how likely the first is used for the second."""
    theirs: dict[str, int] = {}
    ours: dict[str, int] = {"": 0}  # "": words of a question that stand for no word of the report
    pairs = []
    for question in questions:
        passage = report.passages[question.passage]
        text = passage_text(passage)
        if question.sentence >= 0:
            text = f"{passage.context or ''} {passage.sentences[question.sentence]}"
        asked_in, held = Reading(question.text).content_stems, read_once(text).content_stems
        if asked_in:
            rows = np.array([theirs.setdefault(word, len(theirs)) for word in sorted(asked_in)])
            pairs.append(np.ix_(rows, np.array([0, *(ours.setdefault(word, len(ours)) for word in sorted(held))])))
    table = np.full((len(theirs), len(ours)), 1.0, np.float32)
    for _ in range(ROUNDS):
        counts = np.zeros_like(table)
        for place in pairs:
            shares = table[place].copy()
            shares[:, 0] *= 2
            counts[place] += shares / shares.sum(1, keepdims=True)
        table = counts / (counts.sum(0, keepdims=True) + RARE)
    words = list(ours)
    return {
        word: {
            words[at]: round(float(table[row, at]), 4) for at in np.flatnonzero(table[row] >= LEAST) if at and words[at] != word
        }
        for word, row in theirs.items()
    }


def asked(index: Index) -> dict[str, tuple[int, int]]:
    """word -> in how many questions of the bank, and in how many near misses, it occurs."""
    bank = Counter(word for one in index.questions for word in Reading(one.text).content_stems)
    misses = Counter(word for one in index.near_misses for word in Reading(one.text).content_stems)
    return {word: (bank[word], misses[word]) for word in sorted(bank.keys() | misses.keys())}


# ---- sentences -------------------------------------------------------------------------------------------------


def labels(name: str) -> list[dict[str, Any]]:
    """The development rows of a file of labels."""
    lines = files("evals").joinpath("labels", name).read_text(encoding="utf-8").splitlines()
    return [row for row in map(json.loads, lines) if row["split"] == "dev"]


def examples_of(report: Report, lexicon: Lexicon) -> list[Example]:
    """Honest paraphrases, the same with an invention put in, and claims from general knowledge."""
    pieces = files("evals").joinpath("labels", "insertions.txt").read_text(encoding="utf-8").splitlines()
    honest = labels("paraphrases.jsonl")
    found = [example(row, report, lexicon, True) for row in honest]
    for at, row in enumerate(honest):
        for piece in (pieces[at % len(pieces)], pieces[(7 * at + 3) % len(pieces)]):
            found.append(example({**row, "sentence": inserted(row["sentence"], piece)}, report, lexicon, False, piece))
    claims = [row for row in labels("hostile.jsonl") if row["sort"] == "general knowledge"]
    passages = {passage.id for passage in report.passages}
    return found + [example(row, report, lexicon, False) for row in claims if row["passage"] in passages]


def inserted(sentence: str, piece: str) -> str:
    """A piece put behind the first comma of a sentence, or at its end."""
    start, comma, rest = sentence.rstrip(".").partition(", ")
    return f"{start}, {piece}, {rest}." if comma else f"{start} {piece}."


def example(row: dict[str, Any], report: Report, lexicon: Lexicon, honest: bool, piece: str = "") -> Example:
    """A row of the labels, read; of an insertion only the words of the piece are learnt from."""
    read = Reading(row["sentence"])
    passages = {passage.id: passage for passage in report.passages}
    supports = []
    for identity in row.get("passages") or [row["passage"]]:
        passage = passages[identity]
        most_like = max(passage.sentences, key=lambda one: len(read.content_stems & read_once(one).content_stems))
        supports.append(Support(passage, snapped(row["quote"], passage.text) or most_like))
    held = words_near(grounds_of(read, supports, lexicon))
    foreign = read.content_stems - held - lexicon.glossed(read.text, held) - GENERAL
    if piece:
        foreign &= Reading(piece).content_stems
    return Example(read, held, foreign, honest, zlib.crc32((piece or row["sentence"]).encode()) % FOLDS)


# ---- weights and limits ----------------------------------------------------------------------------------------


def weighed(learnt: Bearing, examples: Iterable[Example], lexicon: Lexicon) -> Bearing:
    """The same with weights that tell foreign words of inventions from those of honest paraphrases."""
    from sklearn.linear_model import LogisticRegression

    words = [(one, word) for one in examples for word in sorted(one.foreign)]
    rows = [learnt.features(word, one.held, lexicon) for one, word in words]
    model = LogisticRegression(class_weight="balanced", max_iter=5_000).fit(rows, [not one.honest for one, _ in words])
    return replace(learnt, weights=tuple(map(float, model.coef_[0])), bias=float(model.intercept_[0]))


def limited(found: Bearing, learnt: Bearing, examples: Sequence[Example], lexicon: Lexicon) -> Bearing:
    """The same with the limits that catch most, each sentence scored by weights learnt from the other folds."""
    runs, means = np.zeros(len(examples)), np.zeros(len(examples))
    for fold in range(FOLDS):
        judge = weighed(learnt, [one for one in examples if one.fold != fold], lexicon)
        for at, one in enumerate(examples):
            if one.fold == fold:
                doubts = judge.doubts(one.read, one.held, lexicon)
                runs[at], means[at] = longest(doubts), mean(doubts)
    honest = np.array([one.honest for one in examples])
    options = []
    for run, most in product(np.quantile(runs[honest], STEPS), np.quantile(means[honest], STEPS)):
        fallen = (runs > run) | (means > most)
        if fallen[honest].mean() <= LOST:
            options.append((float(fallen[~honest].mean()), float(fallen[honest].mean()), float(run), float(most)))
    caught, lost, run, most = max(options)
    print(f"{honest.sum()} honest, {lost:.3f} lost; {(~honest).sum()} inventions, {caught:.3f} caught")
    return replace(found, run=run, mean=most)


def written(found: Bearing) -> str:
    """The file: numbers first, then one line a word."""
    head = {"weights": [round(one, 4) for one in found.weights], "bias": round(found.bias, 4)}
    head |= {"run": round(found.run, 4), "mean": round(found.mean, 4)}
    return (
        json.dumps({**head, "asked": found.asked, "stands": {word: pairs for word, pairs in found.stands.items() if pairs}})
        + "\n"
    )


if __name__ == "__main__":
    main()
