"""Train where a message is cut into questions: assistant/learned/questions.npz and questions_by_words.npz, from
evals/labels/messages.jsonl.

    python -m evals.training questions
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assistant.assistant import Assistant
from assistant.learned.classifier import Classifier
from assistant.question.splitting import Cuts
from evals.training.common import FOLDS, SEED, arrays, fit, kept, lines
from index.banks.evidence_bank import evidence_bytes, read_evidence_bank

SINGLE = 1_500  # messages of the banks with a joiner that ask one thing
JOINED = 1_200  # messages made of questions of the bank
OWN, MADE, BANK = 2.0, 0.3, 0.5  # how much a labelled message, a made one and one of the banks weigh
MARKS = (
    " and ",
    "? And ",
    ",",
    "? ",
    "\n",
    " plus ",
    "; ",
    " / ",
    " & ",
    ". ",
    " as well as ",
    ", and also ",
    "? Also, ",
    "\n\n",
)


def train_questions(engine: Assistant) -> None:
    """Whether another question begins at a joiner: held-out figures by message, then the classifiers of all."""
    records = [record for record in lines("messages.jsonl") if not record.get("wrapped")]
    own = [(record["q"], record["parts"]) for record in records]
    drawn = np.random.default_rng(SEED)
    data = [_gaps(engine, own), _gaps(engine, _single(engine, drawn)), _gaps(engine, _joined(engine, drawn))]
    order = np.array_split(drawn.permutation(len(own)), FOLDS)
    whole = {"several": [0, 0], "one": [0, 0]}
    for held in order:
        out = np.isin(data[0].message, held)
        made = _fit_questions([data[0].without(out), *data[1:]])
        told = np.array(
            [
                made.of(terms, numbers)[1] >= least
                for terms, numbers, least in zip(data[0].seen, data[0].numbers, data[0].least, strict=True)
            ]
        )
        for message in held:
            rows = data[0].message == message
            counted = whole["several" if len(own[message][1]) > 1 else "one"]
            counted[0] += bool((told[rows] == (data[0].labels[rows] > 0)).all())
            counted[1] += 1
    print(
        "messages cut just where their author did, held out:", {name: f"{right}/{size}" for name, (right, size) in whole.items()}
    )
    kept("questions.npz", arrays(_fit_questions(data)))
    kept("questions_by_words.npz", arrays(_fit_questions(data, by_words=True)))


@dataclass(frozen=True)
class Gaps:
    """What is seen of each gap, and whether another question begins there; `message` is the position of its message, `least` the probability needed."""

    seen: list[list[str]]
    numbers: np.ndarray
    labels: np.ndarray
    message: np.ndarray
    least: np.ndarray

    def without(self, out: np.ndarray) -> Gaps:
        kept = np.flatnonzero(~out)
        return Gaps([self.seen[at] for at in kept], self.numbers[kept], self.labels[kept], self.message[kept], self.least[kept])


def _gaps(engine: Assistant, messages: Sequence[tuple[str, Sequence[str]]]) -> Gaps:
    cuts = [Cuts.of(text) for text, _ in messages]
    texts = list(dict.fromkeys(text for one in cuts for at in range(len(one.gaps)) for text in (one.text, *one.sides(at))))
    known = dict(zip(texts, zip(*engine.vectors.near(texts), strict=True), strict=True))
    seen, numbers, labels, message, least = [], [], [], [], []
    for at, (one, (_, parts)) in enumerate(zip(cuts, messages, strict=True)):
        where = set(cuts_between(one, parts))
        for gap in range(len(one.gaps)):
            seen.append(one.seen(gap))
            numbers.append(one.numbers(gap, known))
            labels.append(int(gap in where))
            message.append(at)
            least.append(one.least(gap))
    return Gaps(seen, np.array(numbers), np.array(labels), np.array(message), np.array(least))


def cuts_between(cuts: Cuts, parts: Sequence[str]) -> list[int]:
    """The gaps at which a message is cut into these parts: the cut whose pieces share most words with their parts."""
    if len(parts) == 1 or len(cuts.gaps) < len(parts) - 1:
        return []
    bounds = [0, *(gap.last for gap in cuts.gaps), len(cuts.tokens)]
    held = [{token.word for token in Cuts.of(part).tokens} for part in parts]
    shared = [np.cumsum([0, *(1 if token.word in words else -1 for token in cuts.tokens)]) for words in held]
    best: dict[int, tuple[int, list[int]]] = {0: (0, [])}
    for at in range(len(parts)):
        ends = range(1, len(bounds)) if at + 1 < len(parts) else [len(bounds) - 1]
        longer: dict[int, tuple[int, list[int]]] = {}
        for begin, (score, path) in best.items():
            for end in ends:
                if end > begin:
                    gained = score + int(shared[at][bounds[end]] - shared[at][bounds[begin]])
                    if end not in longer or gained > longer[end][0]:
                        longer[end] = (gained, [*path, end])
        best = longer
    return [end - 1 for end in best[len(bounds) - 1][1][:-1]] if len(bounds) - 1 in best else []


def _single(engine: Assistant, drawn: np.random.Generator) -> list[tuple[str, list[str]]]:
    """Messages of the banks that have a joiner and ask one thing."""
    texts = [question.text for question in engine.index.questions if " and " in question.text or "," in question.text]
    texts += [
        message.text
        for message in read_evidence_bank(evidence_bytes(), engine.index.report.passages)
        if message.kind != "compound"
    ]
    return [(texts[at], ["one"]) for at in drawn.permutation(len(texts))[:SINGLE]]


def _joined(engine: Assistant, drawn: np.random.Generator) -> list[tuple[str, list[str]]]:
    """Questions of the bank put into one message, as people join them."""
    texts = [question.text for question in engine.index.questions if len(question.text) < 110 and "\n" not in question.text]
    made = []
    for _ in range(JOINED):
        parts = [texts[at].rstrip("?. ") for at in drawn.choice(len(texts), 2 + int(drawn.random() < 0.2))]
        text = parts[0]
        for part in parts[1:]:
            text += MARKS[drawn.integers(len(MARKS))] + (part if drawn.random() < 0.3 else part[0].lower() + part[1:])
        made.append((text + "?" * int(drawn.random() < 0.5), parts))
    return made


def _fit_questions(data: Sequence[Gaps], by_words: bool = False) -> Classifier:
    weights = np.concatenate([np.full(len(one.labels), by) for one, by in zip(data, (OWN, BANK, MADE), strict=True)])
    numbers = None if by_words else np.concatenate([one.numbers for one in data])
    return fit(
        [terms for one in data for terms in one.seen], numbers, np.concatenate([one.labels for one in data]), 2, weights=weights
    )
