"""Train what reads messages: where questions are cut apart, what somebody wants, what leans on an earlier question.

    python -m evals.training.train questions      assistant/learned/questions.npz and questions_by_words.npz, from evals/labels/messages.jsonl
    python -m evals.training.train intents        assistant/learned/intents.npz, from evals/labels/intents.jsonl and the banks
    python -m evals.training.train conversation   assistant/learned/conversation.npz, from evals/labels/conversations.jsonl
    python -m evals.training.train exceptions     assistant/learned/exceptions.npz, from evals/labels/exceptions.jsonl

Labels were written blind (evals/labels/SOURCE.md). Figures are of messages, or authors, held out; never of test cases.
"""

from __future__ import annotations

import json
import warnings
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from assistant.assistant import Assistant
from assistant.learned.classifier import VECTOR, WORDS, Classifier, terms
from assistant.question.conversation import POINTING, RELATIONS, Weighed, seen, understood, weighed
from assistant.question.exclusions import TAGS, tagged
from assistant.question.exclusions import seen as seen_of_word
from assistant.question.intents import AT_RISK, intent_of
from assistant.question.intents import NAMES as INTENT_NAMES
from assistant.question.reader import BRIEF, sentences_of
from assistant.question.splitting import Cuts, tokens_of
from assistant.question.understanding import SUBJECTS
from index.banks.evidence_bank import evidence_bytes, read_evidence_bank

SEED = 2018
FOLDS = 5


def kept(name: str, value: object) -> None:
    """Write what was learnt into assistant/learned/."""
    path = Path(__file__).resolve().parents[2] / "assistant" / "learned" / name
    if name.endswith(".json"):
        path.write_text(json.dumps(value) + "\n", encoding="utf-8")
    else:
        np.savez_compressed(path, **value)  # type: ignore[arg-type]
    print(f"wrote {name}")


def arrays(made: Classifier) -> dict[str, np.ndarray]:
    """A classifier as it is shipped."""
    held = {name: getattr(made, name).astype(np.float16) for name in ("of_vector", "of_words", "bias")}
    return {"words": np.array("\n".join(made.rows)), **held}


def lines(name: str) -> list[dict[str, Any]]:
    """The records of a label file."""
    text = files("evals").joinpath("labels").joinpath(name).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines() if line]


def fit(
    seen: Sequence[Iterable[str]], numbers: np.ndarray | None, labels: np.ndarray, classes: int, *, strength: float = 3.0,
    fewest: int = 2, weights: np.ndarray | None = None,
) -> Classifier:  # fmt: skip
    """A logistic regression over terms and numbers (rows, k); `labels` are classes from 0."""
    from scipy.sparse import csr_matrix, hstack
    from sklearn.linear_model import LogisticRegression

    counted = Counter(term for terms in seen for term in terms)
    rows = {term: row for row, term in enumerate(sorted(term for term, count in counted.items() if count >= fewest))}
    held = [[rows[term] for term in terms if term in rows] for terms in seen]
    sizes = np.array([len(one) for one in held])
    values = np.repeat(WORDS / np.sqrt(np.maximum(sizes, 1)), sizes)
    x = csr_matrix(
        (values, np.concatenate(held).astype(int), np.concatenate([[0], np.cumsum(sizes)])), shape=(len(held), len(rows))
    )
    width = 0 if numbers is None else numbers.shape[1]
    if numbers is not None:
        x = hstack([csr_matrix(VECTOR * numbers), x]).tocsr()
    model = LogisticRegression(C=strength, max_iter=1000).fit(x, labels, sample_weight=weights)
    coefficients, bias = model.coef_.T, model.intercept_
    if classes == 2:  # scikit-learn tells one row of two classes: half of it for one, half against the other
        coefficients, bias = np.concatenate([-coefficients / 2, coefficients / 2], 1), np.concatenate([-bias / 2, bias / 2])
    return Classifier(
        rows, coefficients[:width].astype(np.float32), coefficients[width:].astype(np.float32), bias.astype(np.float32)
    )


# ---- questions -------------------------------------------------------------------------------------------------

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


# ---- intents ---------------------------------------------------------------------------------------------------

ASKED, BROAD, MISSED = 6_000, 4_200, 4_000  # questions of the banks that stand for questions
FEWEST_INTENT = 2
COMMON = 300  # messages of an intent from which each weighs as told
OWN_INTENT = 10.0  # how much a labelled message weighs beside one of the banks
OF_MISSES = {"offtopic": "elsewhere", "unsafe": "instruction"}  # near misses that no sentence of such a report answers


def intent_rows(engine: Assistant) -> tuple[list[str], list[str], np.ndarray, np.ndarray]:
    """Texts, their intents, weights, and the author of each (0 for the banks)."""
    index, drawn = engine.index, np.random.default_rng(SEED)
    rows = [(record["q"], record["intent"], OWN_INTENT, record.get("voice", 1)) for record in lines("intents.jsonl")]
    rows += [
        (turn["q"], "question", OWN_INTENT, record["voice"])
        for record in lines("conversations.jsonl")
        for turn in record["turns"]
    ]
    for record in lines("messages.jsonl"):
        sentences = sentences_of(record["q"])
        if len(sentences) > 1 and len(record["parts"]) == 1:
            asked = {token.word for token in Cuts.of(record["parts"][0]).tokens}
            shares = [
                len(asked & (said := {token.word for token in Cuts.of(one).tokens})) / max(1, len(said)) for one in sentences
            ]
            best = int(np.argmax(shares))
            rows += [
                (one, "question" if at == best else "statement", OWN_INTENT, record.get("voice", 1))
                for at, (one, share) in enumerate(zip(sentences, shares, strict=True))
                if at == best or (share < 0.5 and "?" not in one and len(one.split()) > BRIEF)
            ]
    for texts, most in (
        ([question.text for question in index.questions], ASKED),
        ([message.text for message in read_evidence_bank(evidence_bytes(), index.report.passages)], BROAD),
        ([miss.text for miss in index.near_misses if miss.asks_for not in ("offtopic", "unsafe", "opinion")], MISSED),
    ):
        rows += [(texts[at], "question", 1.0, 0) for at in drawn.permutation(len(texts))[:most]]
    rows += [(miss.text, OF_MISSES[miss.asks_for], 1.0, 0) for miss in index.near_misses if miss.asks_for in OF_MISSES]
    counted = Counter(intent for _, intent, weight, _ in rows if weight == OWN_INTENT)
    rows = [  # seldom ones weigh more: few people say goodbye, and all of them should be understood
        (text, intent, weight * (COMMON / counted[intent]) ** 0.5 if weight == OWN_INTENT else weight, voice)
        for text, intent, weight, voice in rows
    ]
    columns = [list(column) for column in zip(*rows, strict=True)]
    return columns[0], columns[1], np.array(columns[2]), np.array(columns[3])


def train_intents(engine: Assistant) -> None:
    texts, intents, weights, voices = intent_rows(engine)
    vectors = engine.index.embedder.embed(texts)
    labels = np.array([INTENT_NAMES.index(intent) for intent in intents])
    told_of = [terms(text) for text in texts]

    def made(rows: np.ndarray) -> Classifier:
        return fit(
            [told_of[at] for at in rows],
            vectors[rows],
            labels[rows],
            len(INTENT_NAMES),
            fewest=FEWEST_INTENT,
            weights=weights[rows],
        )

    drawn = np.random.default_rng(SEED)
    order = np.array_split(drawn.permutation(len(texts)), FOLDS)
    told: dict[int, str] = {}
    for held in order:
        learnt = made(np.setdiff1d(np.arange(len(texts)), held))
        told |= {int(at): intent_of(learnt.probabilities(texts[at], vectors[at])) for at in held}
    risk = np.array([intent in AT_RISK for intent in intents])
    seen_risk = np.array([told[at] in AT_RISK for at in range(len(texts))])
    own = voices > 0
    right = np.array([told[at] == intents[at] for at in range(len(texts))])
    print(
        f"right intent, held out: {right[own].mean():.3f} of {own.sum()} labelled, {right[~own].mean():.3f} of {(~own).sum()} of the banks"
    )
    asked = np.array([intent == "question" for intent in intents])
    print(
        f"at risk: {seen_risk[risk].sum()} of {risk.sum()} seen; ordinary questions taken for it: {seen_risk[own & asked].sum()} of "
        f"{(own & asked).sum()} labelled, {seen_risk[~own].sum()} of {(~own).sum()} of the banks"
    )
    kept("intents.npz", arrays(made(np.arange(len(texts)))))


# ---- conversation ----------------------------------------------------------------------------------------------

UNRELATED = 800  # questions of the bank that are asked after another one
AUTHORS = 4  # of labelled conversations
COMPLETE = 4  # words of such a question at least
HIDDEN, SHRINK, ROUNDS, NETS = 32, 1.0, 40, 3  # of the networks that choose among candidates


def conversation_rows(engine: Assistant) -> list[tuple[int, Weighed, str, np.ndarray]]:
    """Each later message: the number of its author, its candidates, its relation, and the vector of the complete question."""
    rows = []
    for record in lines("conversations.jsonl"):
        turns = record["turns"]
        for place in range(1, len(turns)):
            before = [turn["full"] for turn in turns[:place]]
            one = weighed(turns[place]["q"], before[-4:], engine.vectors.near, SUBJECTS)
            rows.append((record["voice"], one, turns[place]["relation"], engine.index.embedder.embed([turns[place]["full"]])[0]))
    return rows


def unrelated_rows(engine: Assistant) -> list[tuple[int, Weighed, str, np.ndarray]]:
    """Questions of the bank asked after another one: they stand by themselves. Each author is held out with a share of them."""
    drawn = np.random.default_rng(SEED)
    texts = [one.text for one in engine.index.questions if len(one.text.split()) >= COMPLETE]
    rows = []
    for at in range(UNRELATED):
        before, after = (texts[place] for place in drawn.choice(len(texts), 2, replace=False))
        one = weighed(after, [before], engine.vectors.near, SUBJECTS)
        rows.append((1 + at % AUTHORS, one, "new", one.vectors[0]))
    return rows


def train_conversation(engine: Assistant) -> None:
    own = conversation_rows(engine)
    rows = own + unrelated_rows(engine)
    groups = np.array([at for at, *_ in rows])
    labels = np.array([RELATIONS.index(relation) for _, _, relation, _ in rows])

    def relations(of: np.ndarray) -> Classifier:
        return fit(
            [seen(rows[at][1].message) for at in of], np.stack([rows[at][1].numbers for at in of]), labels[of], len(RELATIONS)
        )

    def chooser(of: np.ndarray, told: dict[int, np.ndarray]) -> dict[str, np.ndarray]:
        from sklearn.neural_network import MLPRegressor

        leaning = [at for at in of if rows[at][2] not in POINTING]
        x = np.concatenate([rows[at][1].features(told[at]) for at in leaning])
        near = [rows[at][1].vectors[:-1] @ rows[at][3] for at in leaning]
        y = np.concatenate([one - one.mean() for one in near])  # which of a message's candidates is nearest, not how near
        mean, scale = x.mean(0), x.std(0) + 1e-3
        nets = [
            MLPRegressor(hidden_layer_sizes=(HIDDEN,), alpha=SHRINK, max_iter=ROUNDS, random_state=SEED + at)
            for at in range(NETS)
        ]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the rounds are few on purpose
            for net in nets:
                net.fit((x - mean) / scale, y)
        return {  # several networks side by side are one
            "mean": mean,
            "scale": scale,
            "hidden": np.concatenate([net.coefs_[0] for net in nets], 1),
            "bias": np.concatenate([net.intercepts_[0] for net in nets]),
            "output": np.concatenate([net.coefs_[1][:, 0] for net in nets]) / NETS,
        }

    order = [[author] for author in sorted(set(groups))]
    everything = np.arange(len(rows))
    told: dict[int, np.ndarray] = {}
    for held in order:
        learnt = relations(np.flatnonzero(~np.isin(groups, held)))
        told |= {
            int(at): learnt.of(seen(rows[at][1].message), rows[at][1].numbers) for at in np.flatnonzero(np.isin(groups, held))
        }
    right, near, alone, kept_alone = [], [], [], []
    for held in order:
        rest, out = np.flatnonzero(~np.isin(groups, held)), np.flatnonzero(np.isin(groups, held))
        learnt, weights = relations(rest), chooser(rest, told)
        for at in out:
            relation, (chosen, *_) = understood(rows[at][1], learnt, weights)
            if at >= len(own):
                kept_alone.append(chosen.how == "alone")
                continue
            leans, said = rows[at][2] not in ("new", *POINTING), rows[at][2]
            right.append(relation == said if said in ("new", *POINTING) else relation not in ("new", *POINTING))
            if leans and relation not in POINTING:
                of = next(i for i, one in enumerate(rows[at][1].options) if one is chosen)
                near.append(float(rows[at][1].vectors[of] @ rows[at][3]))
                alone.append(float(rows[at][1].vectors[0] @ rows[at][3]))
    print(
        f"conversations of an author held out: {np.mean(right):.3f} of {len(right)} messages known as new, leaning or pointing; cosine of the question "
        f"understood with the complete one {np.mean(near):.3f} (the message alone {np.mean(alone):.3f}); "
        f"{np.mean(kept_alone):.3f} of {UNRELATED} questions of the bank left alone after another"
    )
    kept("relations.npz", arrays(relations(everything)))
    kept("conversation.npz", {name: value.astype(np.float32) for name, value in chooser(everything, told).items()})


# ---- exceptions ------------------------------------------------------------------------------------------------

SINGLES = 4_000  # questions of the banks, which leave nothing out (almost all)


def _tags(text: str, without: str | None = None, cue: Sequence[str] = (), language: str | None = None) -> list[str]:
    """The tags of a message's words, from its label: what is left out, the words beside it that say so, the language wanted."""
    said = tokens_of(text)
    if language is not None:
        begins = text.index(language)
        return ["language" if begins <= one.start < begins + len(language) else "kept" for one in said]
    tags = ["kept"] * len(said)
    if without is None:
        return tags
    begins = text.index(without)
    for words in cue:
        spots = [at for at in range(len(text)) if text[at:].casefold().startswith(words.casefold())]
        spot = min(spots, key=lambda at: min(abs(at + len(words) - begins), abs(at - begins - len(without))))
        tags = ["cue" if spot <= one.start < spot + len(words) else tag for one, tag in zip(said, tags, strict=True)]
    return ["thing" if begins <= one.start < begins + len(without) else tag for one, tag in zip(said, tags, strict=True)]


def train_exceptions(engine: Assistant) -> None:
    records = [
        (record["q"], _tags(record["q"], record["without"], record["cue"], record.get("language")))
        for record in lines("exceptions.jsonl")
    ]
    drawn = np.random.default_rng(SEED)
    banks = [one.text for bank in (engine.index.questions, engine.index.near_misses) for one in bank]
    asked = [banks[at] for at in drawn.permutation(len(banks))[:SINGLES]]
    asked += [
        turn["q"] for record in lines("conversations.jsonl") for turn in record["turns"] if turn["relation"] in ("new", "same")
    ]
    asked += [record["q"] for record in lines("intents.jsonl") if record["intent"] in AT_RISK]

    def made(rows: Sequence[tuple[str, list[str]]], singles: Sequence[str]) -> Classifier:
        both = [*((text, tags, OWN_INTENT) for text, tags in rows), *((text, _tags(text), BANK) for text in singles)]
        told = [
            (seen_of_word(tokens_of(text), at, tags[at - 1] if at else "kept"), TAGS.index(tag), weight)
            for text, tags, weight in both
            for at, tag in enumerate(tags)
        ]
        words, labels, weights = zip(*told, strict=True)
        return fit(words, None, np.array(labels), len(TAGS), weights=np.array(weights))

    order = drawn.permutation(len(records))
    halves = drawn.permutation(len(asked))
    right, wrong = [], 0
    for fold in range(FOLDS):
        held = set(map(int, order[fold::FOLDS]))
        learnt = made(
            [one for at, one in enumerate(records) if at not in held], [asked[at] for at in halves if at % FOLDS != fold]
        )
        right += [tagged(tokens_of(records[at][0]), learnt) == records[at][1] for at in held]
        wrong += sum(set(tagged(tokens_of(asked[at]), learnt)) != {"kept"} for at in halves if at % FOLDS == fold)
    print(
        f"exceptions held out: {np.mean(right):.3f} of {len(records)} messages tagged right; {wrong} of {len(asked)} other messages"
    )
    kept("exceptions.npz", arrays(made(records, asked)))
