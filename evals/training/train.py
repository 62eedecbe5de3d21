"""Train what is learnt on the vectors of the embedder, all of it or one part:

    python -m evals.training.train all          ranking, kinds, evidence, decision, in this order
    python -m evals.training.train ranking      assistant/learned/ranking.json, from the development cases
    python -m evals.training.train kinds        assistant/learned/question_kinds.npz, from the evidence bank and the question bank
    python -m evals.training.train evidence     assistant/learned/evidence.npz, from the evidence bank and the lay voices of the question bank
    python -m evals.training.train decision     assistant/learned/decision.json, from the banks and the near misses; the threshold from development cases

Never from test cases. What is learnt from a bank is cross-fitted: banks were written by several authors ("voice"); each voice is
seen by what was learnt from the others, so that it is to meet words nobody here has written.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

import numpy as np

from assistant.answering.decision import Decision
from assistant.answering.evidence import Weigher
from assistant.answering.ranking import EXTRAS, Ranking
from assistant.assistant import Assistant
from assistant.learned.classifier import Classifier, terms
from assistant.question.kinds import NAMES as QUESTION_KINDS
from assistant.question.understanding import FRAMING, Query
from assistant.words.polarity import MIXED, NEGATIVE, POSITIVE, polarity
from evals.cases import Case, packaged_files, read_cases
from evals.training.messages import arrays, fit, kept, train_conversation, train_exceptions, train_intents, train_questions
from index.banks.evidence_bank import BroadMessage, evidence_bytes, read_evidence_bank
from index.banks.evidence_bank import fit as fit_map
from index.banks.question_bank import BankQuestion, NearMiss
from index.learned import learn_probe
from index.search import SIGNALS, Found, Searcher
from index.store import Index, open_index
from index.text.words import tokens, words

NAMES = (*SIGNALS, *EXTRAS)
SHARPNESS = 20.0  # of the soft maximum over sentences
PULL = 0.003  # towards the weights of plain search: few development questions must not carry far
HIDDEN, NETWORKS = 16, 3
REFUSED = 0.015  # the share of answerable development questions that may be refused
SEED = 2018


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("what", choices=("all", *PARTS))
    for part in PARTS if (what := arguments.parse_args().what) == "all" else (what,):
        print(f"--- {part}", flush=True)
        PARTS[part](Assistant(open_index()))


def development(index: Index) -> list[Case]:
    """The development cases that stand by themselves."""
    cases = read_cases(packaged_files(), [passage.id for passage in index.report.passages])
    return [case for case in cases if case.split == "dev" and not case.history]


# ---- ranking ---------------------------------------------------------------------------------------------------

SHORT = ("fact", "figure", "yes_no", "person", "date", "definition", "cause", "false_premise")


def train_ranking(engine: Assistant) -> None:
    """Weights that put a sentence of a gold passage first (soft maximum, L-BFGS; a signal never counts against)."""
    from scipy.optimize import minimize

    index, cases = engine.index, development(engine.index)
    asked = [case for case in cases if case.answerable and case.slice in SHORT]
    queries = [engine.understanding.understand(case.question) for case in asked]
    vectors = index.embedder.embed([query.text for query in queries])
    found = [engine.searcher.search(query.search, vector) for query, vector in zip(queries, vectors, strict=True)]
    x = np.stack([engine.ranking.features(q, f) * (f.sentence_scores > 0)[:, None] for q, f in zip(queries, found, strict=True)])
    passage_of = np.array([sentence.passage for sentence in index.sentences])
    gold = np.stack([np.isin(passage_of, [index.positions[identity] for identity in case.gold]) for case in asked])
    start = SHARPNESS * np.array([engine.searcher.weights.get(name, 0.0) for name in NAMES])
    bounds = [(0.0, None)] * len(SIGNALS) + [(None, None)] * len(EXTRAS)

    def fit(rows: np.ndarray) -> np.ndarray:
        def loss(w: np.ndarray) -> tuple[float, np.ndarray]:
            z = x[rows] @ w
            e = np.exp(z - z.max(1, keepdims=True))
            total, good = e.sum(1), (e * gold[rows]).sum(1)
            slope = e / total[:, None] - e * gold[rows] / good[:, None]
            gradient = np.einsum("qs,qsk->k", slope, x[rows]) / len(rows)
            away = w - start
            return float(-np.log(good / total).mean() + PULL * away @ away), gradient + 2 * PULL * away

        return minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x

    def first(rows: np.ndarray, w: np.ndarray) -> int:
        return int(gold[rows, (x[rows] @ w).argmax(1)].sum())

    everything = np.arange(len(asked))
    parts = np.array_split(np.random.default_rng(SEED).permutation(everything), 5)
    held_out = sum(first(part, fit(np.setdiff1d(everything, part))) for part in parts)
    size = len(asked)
    print(f"hit@1 on {size} development questions: {first(everything, start) / size:.3f} plain, {held_out / size:.3f} held out")
    weights = fit(everything)
    kept("ranking.json", {n: round(float(v / weights[: len(SIGNALS)].sum()), 4) for n, v in zip(NAMES, weights, strict=True)})


# ---- kinds -----------------------------------------------------------------------------------------------------

FACTS, MISSES = 3_200, 1_000  # questions of the question bank and near misses that stand for facts
BROADLY = 0.85  # cosine with a broad message from which a question of the question bank does not stand for facts
FEWEST = 3  # messages in which a word or pair stands
GROUPS = 5  # of voices that are held out together
STRENGTH = 3.0  # inverse of the regularisation


@dataclass(frozen=True)
class Labelled:
    """Messages with their kinds, voices and vectors."""

    texts: list[str]
    kinds: np.ndarray
    groups: np.ndarray
    vectors: np.ndarray


def labelled(index: Index) -> Labelled:
    """The evidence bank's messages, and questions of the other banks, which ask for facts."""
    drawn = np.random.default_rng(SEED)
    broad = broad_messages(index)
    near = index.question_vectors @ index.embedder.embed([message.text for message in broad]).T
    asked = [  # one tied to a whole passage, or much like a broad message, may be broad itself
        question for question, cosine in zip(index.questions, near.max(axis=1), strict=True) if question.sentence >= 0 and cosine < BROADLY
    ]  # fmt: skip
    facts = [(asked[at].text, asked[at].voice) for at in drawn.permutation(len(asked))[:FACTS]]
    misses = [(miss.text, miss.voice) for miss in index.near_misses if miss.asks_for not in ("broad", "offtopic", "unsafe")]
    facts += [misses[at] for at in drawn.permutation(len(misses))[:MISSES]]
    texts = [*(message.text for message in broad), *(text for text, _ in facts)]
    voices = np.array([*(message.voice for message in broad), *(voice for _, voice in facts)])
    kinds = np.array([*(message.kind for message in broad), *("fact" for _ in facts)])
    return Labelled(texts, kinds, voices % GROUPS, index.embedder.embed(texts))


# The plainest forms of asking for a subject. People who write messages in their own voice avoid them, so bare subjects of the bank
# ("care leavers housing") are put into them, with their labels: all of them, or those of the polarity that is asked for.
PLAIN = {
    "theme": (
        "What does the report say about {}?",
        "Tell me about {}",
        "What did inspectors find on {}?",
        "How good is the work on {}?",
    ),
    "weaknesses": ("What needs to improve on {}?", "What are the weaknesses of {}?"),
    "strengths": ("What works well on {}?", "What are the strengths of {}?"),
    "briefing": ("Brief me on {}",),
}
BARE = 4  # words of a message that is nothing but a subject


def broad_messages(index: Index) -> list[BroadMessage]:
    """The evidence bank's messages, and its bare subjects in the plainest forms of asking."""
    messages = read_evidence_bank(evidence_bytes(), index.report.passages)
    marks = {"weaknesses": (NEGATIVE, MIXED), "strengths": (POSITIVE, MIXED)}
    made = list(messages)
    for message in messages:
        said = words(message.text)
        if message.kind != "theme" or len(said) > BARE or "?" in message.text or set(said) & (FRAMING - {"services", "service"}):
            continue
        for kind, forms in PLAIN.items():
            vital, okay = (
                tuple(at for at in rows if kind not in marks or polarity(index.sentences[at].text) in marks[kind])
                for rows in (message.vital, message.okay)
            )
            if vital:
                made += [replace(message, text=form.format(message.text), kind=kind, vital=vital, okay=okay) for form in forms]
    return made


def fit_kinds(data: Labelled, rows: np.ndarray) -> Classifier:
    """A logistic regression over some of the messages."""
    labels = np.array([QUESTION_KINDS.index(kind) for kind in data.kinds[rows]])
    seen = [terms(data.texts[at]) for at in rows]
    return fit(seen, data.vectors[rows], labels, len(QUESTION_KINDS), strength=STRENGTH, fewest=FEWEST)


@lru_cache(maxsize=1)
def held_out_kinds(index_folder: Path) -> tuple[Labelled, list[Classifier]]:
    """For each group of voices the classifier learnt from the others."""
    data = labelled(open_index())
    return data, [fit_kinds(data, np.flatnonzero(data.groups != group)) for group in range(GROUPS)]


def train_kinds(engine: Assistant) -> None:
    data, others = held_out_kinds(engine.index.folder)
    told = [
        QUESTION_KINDS[int(others[group].probabilities(text, vector).argmax())]
        for text, vector, group in zip(data.texts, data.vectors, data.groups, strict=True)
    ]
    right = np.array(told) == data.kinds
    fact = data.kinds == "fact"
    print(
        f"right kind, voices held out: {right[~fact].mean():.3f} of {(~fact).sum()} broad messages, {right[fact].mean():.3f} of {fact.sum()} facts"
    )
    made = fit_kinds(data, np.arange(len(data.texts)))
    kept("question_kinds.npz", arrays(made))


# ---- evidence --------------------------------------------------------------------------------------------------

LAYERS = (64, 24)
LAY = (5, 6, 7, 8)  # voices of the question bank whose questions are asked as facts: their labels name all that answers
DRAWN = 12  # sentences a message that are drawn at random beside those the network would look at


def evidence_rows(engine: Assistant) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Features and labels (1 for a sentence that a whole answer needs) of the sentences that each message is weighed by."""
    index, drawn = engine.index, np.random.default_rng(SEED)
    weigher = Weigher(index)
    for _, found, kinds, mapped, message in broad_found(engine):
        wanted = np.zeros(len(index.sentences))
        wanted[list(message.vital)] = 1
        yield _weighed(weigher, found, kinds, mapped, wanted, drawn)
    _, others = held_out_kinds(index.folder)
    for fold in folds(index):
        if (voice := index.questions[fold.questions[0]].voice if len(fold.questions) else 0) not in LAY:
            continue
        made = without(index, fold)
        searcher, ranking, weigher = Searcher(made), Ranking(made), Weigher(made)
        for query, vector, question in asked_of(engine, [index.questions[at] for at in fold.questions]):
            found = ranking.rank(query, searcher.search(query.search, vector))
            wanted = np.zeros(len(index.sentences))
            wanted[index.starts[question.passage] + question.sentence] = 1
            yield _weighed(weigher, found, others[voice % GROUPS].probabilities(query.text, vector), None, wanted, drawn)


def bare(index: Index) -> Index:
    """The index as that of a report for which nobody wrote banks."""
    none = np.zeros((0, index.sentence_vectors.shape[1]), np.float32)
    made = replace(index, questions=(), near_misses=(), bank_vectors=none, probe=None, evidence=None)
    made.__dict__["bm25"] = {name: held for name, held in index.bm25.items() if name != "questions"}
    return made


def bare_evidence_rows(engine: Assistant) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """As `evidence_rows`, of broad messages and every fact, seen without any bank."""
    index, drawn = bare(engine.index), np.random.default_rng(SEED)
    searcher, ranking, weigher = Searcher(index), Ranking(index), Weigher(index)
    _, others = held_out_kinds(engine.index.folder)
    asked = engine.index.questions
    facts = [asked[at] for at in drawn.permutation(len(asked))[:FACTS] if asked[at].sentence >= 0]
    for texts in (broad_messages(engine.index), facts):
        for query, vector, text in asked_of(engine, texts):
            found = ranking.rank(query, searcher.search(query.search, vector))
            wanted = np.zeros(len(index.sentences))
            wanted[list(text.vital) if isinstance(text, BroadMessage) else index.starts[text.passage] + text.sentence] = 1
            yield _weighed(weigher, found, others[text.voice % GROUPS].probabilities(query.text, vector), None, wanted, drawn)


def _weighed(
    weigher: Weigher, found: Found, kinds: np.ndarray, mapped: np.ndarray | None, wanted: np.ndarray, drawn: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    mapped = found.mapped if mapped is None else mapped
    rows = np.unique([*_first(found, mapped), *np.flatnonzero(wanted), *drawn.choice(len(wanted), DRAWN)])
    rows = rows[found.index.searchable[rows]].astype(int)
    return weigher.features(found, kinds, mapped, rows), wanted[rows]


def _first(found: Found, mapped: np.ndarray, most: int = 80) -> np.ndarray:
    return np.argsort(-(mapped + 0.3 * found.sentence_scores))[:most]


def broad_found(engine: Assistant) -> Iterator[tuple[Query, Found, np.ndarray, np.ndarray, BroadMessage]]:
    """Each broad message searched, with the kinds and the map of evidence that were learnt from other voices."""
    index = engine.index
    messages = broad_messages(index)
    vectors = index.embedder.embed([message.text for message in messages])
    _, others = held_out_kinds(index.folder)
    groups = np.array([message.voice % GROUPS for message in messages])
    for group in range(GROUPS):
        rest, own = np.flatnonzero(groups != group), np.flatnonzero(groups == group)
        learnt = fit_map([messages[at] for at in rest], vectors[rest], len(index.sentences))
        for query, vector, message in asked_of(engine, [messages[at] for at in own]):
            found = engine.ranking.rank(query, engine.searcher.search(query.search, vector))
            yield query, found, others[group].probabilities(query.text, vector), learnt.of(vector[None])[0], message


Text = TypeVar("Text", BankQuestion, NearMiss, BroadMessage)


def asked_of(engine: Assistant, texts: list[Text]) -> Iterator[tuple[Query, np.ndarray, Text]]:
    """Each text understood, with its vector."""
    queries = [engine.understanding.understand(one.text) for one in texts]
    return zip(queries, engine.index.embedder.embed([query.text for query in queries]), texts, strict=True)


def train_evidence(engine: Assistant) -> None:
    """Small networks for "this sentence belongs into the answer", trained apart, their logits averaged."""
    for name, rows in (("evidence.npz", evidence_rows(engine)), ("evidence_without_banks.npz", bare_evidence_rows(engine))):
        _fit_evidence(name, list(rows))


def _fit_evidence(name: str, pieces: list[tuple[np.ndarray, np.ndarray]]) -> None:
    from sklearn.metrics import average_precision_score
    from sklearn.neural_network import MLPClassifier

    x, y = np.concatenate([x for x, _ in pieces]), np.concatenate([y for _, y in pieces])
    mean, scale = x.mean(0), np.maximum(x.std(0), 1e-3)
    z = (x - mean) / scale
    nets = [
        MLPClassifier(
            LAYERS, alpha=0.01, batch_size=1024, learning_rate_init=2e-3, early_stopping=True, n_iter_no_change=3, max_iter=25,
            random_state=SEED + at,
        ).fit(z, y)
        for at in range(NETWORKS)
    ]  # fmt: skip
    told = np.mean([net.predict_proba(z)[:, 1] for net in nets], axis=0)
    print(f"average precision on its own {len(y)} sentences: {average_precision_score(y, told):.3f}")
    layers = {
        f"{name}{at}": np.stack([getattr(net, held)[at] for net in nets]).astype(np.float32)
        for name, held in (("weights", "coefs_"), ("bias", "intercepts_"))
        for at in range(len(LAYERS) + 1)
    }
    kept(name, {"mean": mean.astype(np.float32), "scale": scale.astype(np.float32), **layers})


# ---- decision --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fold:
    """Positions of the bank questions and near misses that one voice wrote."""

    questions: np.ndarray
    misses: np.ndarray


def folds(index: Index) -> list[Fold]:
    """Each voice by turns, the larger ones halved so that what is left always covers the report."""
    question_voices = np.array([question.voice for question in index.questions])
    miss_voices = np.array([miss.voice for miss in index.near_misses])
    made = []
    for voice in sorted({*question_voices, *miss_voices}):
        own, missed = np.flatnonzero(question_voices == voice), np.flatnonzero(miss_voices == voice)
        parts = 2 if len(own) > len(question_voices) / 2 else 1
        made += [Fold(own[at::parts], missed[at::parts]) for at in range(parts)]
    return made


def without(index: Index, fold: Fold) -> Index:
    """The index as it would be, had nobody written the fold's questions and near misses."""
    import bm25s

    kept = np.setdiff1d(np.arange(len(index.questions)), fold.questions)
    left = np.setdiff1d(np.arange(len(index.near_misses)), fold.misses)
    questions = tuple(index.questions[at] for at in kept)
    bank = np.concatenate([index.question_vectors[kept], index.near_miss_vectors[left]])
    probe = learn_probe(
        index.report.passages, questions, bank, np.asarray(index.passage_vectors), np.asarray(index.sentence_vectors)
    )
    made = replace(
        index, questions=questions, near_misses=tuple(index.near_misses[at] for at in left), bank_vectors=bank,
        probe=probe,
    )  # fmt: skip
    retriever = bm25s.BM25()
    retriever.index([tokens(question.text) for question in questions], show_progress=False)
    made.__dict__["bm25"] = {**index.bm25, "questions": retriever}
    return made


def decision_rows(engine: Assistant) -> Iterator[tuple[np.ndarray, bool]]:
    """The decision's features of every question that the banks answer (True) and every near miss (False), seen by the other voices'."""
    index = engine.index
    for query, found, kinds, mapped, _ in broad_found(engine):
        yield engine.decision.features(query, found, engine.weigher.weigh(found, kinds, mapped)), True
    _, others = held_out_kinds(index.folder)
    for fold in folds(index):
        made = without(index, fold)
        searcher, ranking, weigher, decision = Searcher(made), Ranking(made), Weigher(made), Decision(made)
        for texts, answerable in (
            ([index.questions[at] for at in fold.questions], True), ([index.near_misses[at] for at in fold.misses], False),
        ):  # fmt: skip
            for query, vector, text in asked_of(engine, texts):
                found = ranking.rank(query, searcher.search(query.search, vector))
                kinds = others[text.voice % GROUPS].probabilities(query.text, vector)
                yield decision.features(query, found, weigher.weigh(found, kinds)), answerable
        print(f"asked {len(fold.questions)} questions and {len(fold.misses)} near misses", flush=True)


def train_decision(engine: Assistant) -> None:
    """A small network for "the report states it"; the threshold refuses REFUSED of the answerable development cases."""
    _fit_decision("decision.json", engine, decision_rows(engine), REFUSED)


def _fit_decision(name: str, engine: Assistant, pieces: Iterator[tuple[np.ndarray, bool]], refused: float) -> None:
    rows, labels = zip(*pieces, strict=True)
    value = {**fit_network(np.stack(rows), np.array(labels)), "threshold": 0.0}
    engine.decision = Decision(engine.index, value)
    cases = development(engine.index)
    answers = list(engine.ask_many([(case.question, (), case.id) for case in cases]))
    searched = [(c, a.confidence) for c, a in zip(cases, answers, strict=True) if a.confidence is not None]
    right = np.array([confidence for case, confidence in searched if case.answerable])
    wrong = np.array([confidence for case, confidence in searched if not case.answerable])
    for share in (0.01, 0.02, 0.03, 0.04, 0.06, 0.08, 0.12):
        at = float(np.quantile(right, share))
        print(
            f"threshold {at:.3f}: refuses {share:.0%} of {len(right)} answerable, catches {(wrong < at).mean():.0%} of {len(wrong)}"
        )
    kept(name, {**value, "threshold": round(float(np.quantile(right, refused)), 4)})


def fit_network(x: np.ndarray, y: np.ndarray, shrink: float = 0.03) -> dict:
    """NETWORKS networks of one hidden layer, trained apart, their logits averaged: shipped as one network."""
    from sklearn.metrics import roc_auc_score
    from sklearn.neural_network import MLPClassifier

    mean, scale = x.mean(0), np.maximum(x.std(0), 0.01)
    z = (x - mean) / scale
    made = [
        MLPClassifier((HIDDEN,), alpha=shrink, early_stopping=True, random_state=SEED + at, max_iter=60).fit(z, y)
        for at in range(NETWORKS)
    ]
    value = {
        "mean": mean, "scale": scale, "hidden": np.concatenate([net.coefs_[0] for net in made], 1),
        "hidden_bias": np.concatenate([net.intercepts_[0] for net in made]),
        "output": np.concatenate([net.coefs_[1][:, 0] for net in made]) / NETWORKS,
        "output_bias": np.mean([net.intercepts_[1][0] for net in made]),
    }  # fmt: skip
    logits = np.maximum(z @ value["hidden"] + value["hidden_bias"], 0) @ value["output"] + value["output_bias"]
    print(f"area under the curve on its own {len(y)} questions: {roc_auc_score(y, logits):.4f}")
    return {name: np.round(numbers, 4).tolist() for name, numbers in value.items()}


PARTS = {
    "questions": train_questions,
    "intents": train_intents,
    "conversation": train_conversation,
    "exceptions": train_exceptions,
    "ranking": train_ranking,
    "kinds": train_kinds,
    "evidence": train_evidence,
    "decision": train_decision,
}


if __name__ == "__main__":
    main()
