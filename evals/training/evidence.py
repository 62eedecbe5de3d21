"""Train what tells the probability of a sentence: assistant/learned/evidence.npz and evidence_without_banks.npz, from the evidence bank
and the lay voices of the question bank.

    python -m evals.training evidence
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TypeVar

import numpy as np

from assistant.answering.evidence import Weigher
from assistant.answering.ranking import Ranking
from assistant.assistant import Assistant
from assistant.question.understanding import Query
from evals.training.common import NETWORKS, SEED, kept
from evals.training.folds import folds, without
from evals.training.kinds import FACTS, GROUPS, broad_messages, held_out_kinds
from index.banks.evidence_bank import BroadMessage
from index.banks.evidence_bank import fit as fit_map
from index.banks.question_bank import BankQuestion, NearMiss
from index.search import Found, Searcher
from index.store import Index

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
    """Small networks for "this sentence belongs in the answer", trained apart, their logits averaged."""
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
