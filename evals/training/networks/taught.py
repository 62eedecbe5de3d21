"""Train how much the lines that a report was taught weigh beside what is found without them:

    python -m evals.training.networks.taught FOLDER    with the PDFs of the sister reports (evals/sisters.py)

Writes assistant/learned/taught.json. It is learned on two made reports whose questions neither the embedder nor the cross-encoder has seen: each author's questions are
asked of banks that the others wrote, by turns of all their lines and of a part, so that nothing learns to lean on a bank of one size. The word of the decision without
banks comes from one that was trained on the other made reports. Solihull's report is never trained on, and no council's teaching changes any of this.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from assistant.answering.decision import Decision, taught_features
from assistant.answering.evidence import Evidence
from assistant.answering.reranking import Reranker
from assistant.answering.reranking import features as read_features
from assistant.answering.taught import FEATURES, features, probabilities
from assistant.assistant import Assistant
from assistant.question.understanding import Query
from evals.sisters import MADE, UNREAD, Sister, as_taught, lines_of, sisters
from evals.training.common import kept
from evals.training.without_banks import (
    fit_answerable,
    network_of,
    packaged_questions,
    seen_of,
    sisters_questions,
)
from index.banks.teaching import FACT, MISS, Line
from index.opened import Index
from index.search import Found
from index.store import open_index

PARTS = (1.0, 0.35)  # of the other authors' lines, that make the banks; each question is asked of one of them
OKAY = 0.5  # what a sentence counts that may be quoted but need not
LEAST = 60  # sentences of a question that are learned from: the likeliest, by any of the banks or without
REFUSED = 0.06  # the share of facts, asked of other authors' banks, that may be refused
SEED = 2018


@dataclass(frozen=True)
class Seen:
    """One question of an author whose lines are in no bank, and what is found for it."""

    line: Line
    query: Query
    found: Found
    evidence: Evidence

    @property
    def before(self) -> Evidence:
        """The evidence without any bank."""
        assert self.evidence.bare is not None
        return Evidence(self.evidence.bare.probabilities, self.evidence.kinds)


def asked(sister: Sister) -> Iterator[Seen]:
    """The questions on a sister, each asked of all or a part of what the other authors wrote."""
    lines = lines_of(sister)
    drawn = np.random.default_rng(SEED)
    for voice in sorted({line.voice for line in lines}):
        others, own = ([line for line in lines if (line.voice == voice) == mine] for mine in (False, True))
        for at, part in enumerate(PARTS):
            chosen = np.sort(drawn.permutation(len(others))[: round(part * len(others))])
            index = as_taught(sister.index, [others[row] for row in chosen])
            engine, some = Assistant(index), own[at :: len(PARTS)]
            assert engine.taught is not None
            engine.taught.weights = {"sentence": np.zeros(FEATURES)}  # what is found without banks is all that is wanted
            queries = [engine.understanding.understand(line.question) for line in some]
            vectors = index.embedder.embed([query.text for query in queries])
            for line, query, vector, known in zip(some, queries, vectors, engine.searcher.compare(vectors), strict=True):
                found = engine.ranking.rank(query, engine.searcher.search(query.search, vector, known))
                yield Seen(line, query, found, engine.weighed(query, found))
            print(f"{len(some)} questions of voice {voice} asked of {len(chosen)} lines of others", flush=True)


def share_of(line: Line, rows: Sequence[int] | np.ndarray) -> np.ndarray:
    """How far each sentence belongs in the answer to a line, 0 to 1."""
    return np.array([1.0 if at in line.right else OKAY * (at in line.okay) for at in map(int, rows)])


def fit_shares(x: np.ndarray, share: np.ndarray) -> np.ndarray:
    """A logistic regression on labels between 0 and 1; the first column of `x` is the constant."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=1.0, fit_intercept=False, max_iter=3_000)
    model.fit(np.concatenate([x, x]), np.repeat([1, 0], len(x)), sample_weight=np.concatenate([share, 1 - share]))
    return model.coef_[0]


def sentence_rows(seen: Seen) -> tuple[np.ndarray, np.ndarray]:
    """Features of the sentences that a question is learned from, and how far each belongs in its answer."""
    x = features(seen.before, seen.found)
    likely = x[:, 1] / 10 + x[:, 2] + x[:, 4] + x[:, 6]
    rows = np.argsort(-np.where(seen.found.index.searchable, likely, -np.inf), kind="stable")[:LEAST]
    return x[rows], share_of(seen.line, rows)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("folder", type=Path, help="where the PDFs lie")
    with sisters(MADE, arguments.parse_args().folder) as found:
        train(found, open_index())


def train(made: Sequence[Sister], index: Index) -> None:
    unread = [report for report in made if report.name in UNREAD]
    seen = {report.name: list(asked(report)) for report in unread}
    rows = [sentence_rows(one) for report in unread for one in seen[report.name] if one.line.kind != MISS]
    sentence = fit_shares(np.concatenate([x for x, _ in rows]), np.concatenate([share for _, share in rows]))
    told = joined(
        [
            read_rows(one, seen[one.name], sentence, decision_of_others([o for o in made if o is not one], one, index))
            for one in unread
        ]
    )
    read = fit_shares(told.sentences, told.shares)
    kept("taught.json", {"sentence": rounded(sentence), "read": rounded(read), **fit_decision(told)})


def decision_of_others(others: Sequence[Sister], unseen: Sister, index: Index) -> Decision:
    """The decision without banks as it would be, had nobody labelled a question on the report that is not seen."""
    packaged = packaged_questions(index)
    told = {report.name: sisters_questions(report, index) for report in others}
    seen = [
        seen_of(report, fit_answerable(packaged, [told[name] for name in told if name != report.name]), reading=False)
        for report in others
    ]
    return Decision(unseen.index, network_of(seen), fit_answerable(packaged, list(told.values())))


@dataclass(frozen=True)
class Told:
    """What is learned from once the cross-encoder has read: sentences (rows, 6) with their shares; questions (n, features), whether the report states
    them, whether they ask for a fact, and their authors.
    """

    sentences: np.ndarray
    shares: np.ndarray
    questions: np.ndarray
    stated: np.ndarray
    facts: np.ndarray
    voices: np.ndarray


def joined(told: Sequence[Told]) -> Told:
    return Told(*(np.concatenate([getattr(one, field.name) for one in told]) for field in fields(Told)))


def read_rows(sister: Sister, seen: Sequence[Seen], sentence: np.ndarray, decision: Decision) -> Told:
    """What the cross-encoder reads for every question, and what the decision sees then."""
    reranker = Reranker(sister.index)
    sentences, shares, questions = [], [], []
    for at, one in enumerate(seen):
        evidence = replace(one.evidence, probabilities=probabilities(sentence, one.before, one.found))
        rows, read = reranker.read(one.query.text, evidence)
        if one.line.kind != MISS:
            sentences.append(read_features(evidence, rows, read))
            shares.append(share_of(one.line, rows))
        assert evidence.bare is not None
        logit = decision.without_banks(one.query, evidence, evidence.bare)
        questions.append(taught_features(logit, one.found, replace(evidence, read=read, before=evidence.probabilities)))
        if at % 200 == 0:
            print(f"read for {at} of {len(seen)} questions", flush=True)
    stated, facts = (np.array([test(one.line.kind) for one in seen]) for test in (MISS.__ne__, FACT.__eq__))
    voices = np.array([f"{sister.name} {one.line.voice}" for one in seen])
    return Told(np.concatenate(sentences), np.concatenate(shares), np.stack(questions), stated, facts, voices)


def fit_decision(told: Told) -> dict[str, Any]:
    """The decision's coefficients, from facts and near misses, each author's counting alike; and the threshold that refuses REFUSED of the facts of an
    author that it was not fitted on.
    """
    thresholds, declined = [], []
    for voice in np.unique(told.voices):
        own = told.voices == voice
        odds = told.questions @ odds_of(told, ~own)
        thresholds.append(float(np.quantile(odds[own & told.facts], REFUSED)))
        declined.append(float((odds[own & ~told.stated] < thresholds[-1]).mean()))
    print(
        f"authors held out, {REFUSED:.0%} of their facts refused: {np.round(declined, 2).tolist()} of their near misses declined"
    )
    threshold = float(np.mean(thresholds))
    every = odds_of(told, np.ones(len(told.stated), bool))
    return {"decision": rounded(every), "threshold": round(1 / (1 + float(np.exp(-threshold))), 4)}


def odds_of(told: Told, rows: np.ndarray) -> np.ndarray:
    """A logistic regression on the facts and near misses among some questions."""
    from sklearn.linear_model import LogisticRegression

    rows = np.flatnonzero(rows & (told.facts | ~told.stated))
    groups = [told.voices[rows][:, None] == voice for voice in np.unique(told.voices[rows])]
    weights = np.zeros(len(rows))
    for group in groups:
        for stated in (False, True):
            some = group[:, 0] & (told.stated[rows] == stated)
            weights[some] = 1 / np.sqrt(max(1, some.sum()))
    scale = np.maximum(told.questions[rows].std(axis=0), 0.01)
    scale[0] = 1.0
    model = LogisticRegression(C=1.0, fit_intercept=False, max_iter=3_000)
    model.fit(told.questions[rows] / scale, told.stated[rows], sample_weight=weights * len(rows) / weights.sum())
    return model.coef_[0] / scale


def rounded(values: np.ndarray) -> list[float]:
    return [round(float(value), 4) for value in values]


if __name__ == "__main__":
    main()
