"""Train how it is decided whether a report states something for which nobody has written banks, across several reports:

    python -m evals.training.without_banks FOLDER    with the PDFs of the sister reports (evals/sisters.py)

Writes assistant/learned/answerable.npz, which tells by the question alone whether inspection reports tend to answer such questions (what a thing costs and
who somebody is they rarely say), and assistant/learned/decision_without_banks.json, which weighs that beside what was found and what the cross-encoder read, and
assistant/learned/reranking.json, which weighs the cross-encoder's word on a sentence. Each report is seen by what was
learnt from the others, so that it is judged as a report that no part has seen; the embedder has seen the questions on Surrey's and
Doncaster's reports, and only those on made ones are learned from where vectors count (evals/sisters.py).
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant.answering.decision import Decision
from assistant.answering.reranking import features, summary
from assistant.assistant import Assistant
from assistant.learned.classifier import Classifier, terms
from evals.sisters import MADE, NAMES, UNREAD, Sister, sisters
from evals.training.common import arrays, fit, fit_network, kept
from index.opened import Index
from index.store import open_index

WEIGHT = 3  # times that a sister's question counts beside one of the packaged report, which has many times as many
STRENGTH, FEWEST = 1.0, 4  # inverse of the regularisation; messages in which a word or pair stands
SHRINK = 3.0  # regularisation of the decision's network: some thousand questions of a few reports
REFUSED = 0.08  # the share of facts on a report not seen that may be refused

OKAY = 0.5  # what a sentence counts that may be quoted but need not

Told = tuple[list[str], np.ndarray, np.ndarray]  # questions, their vectors, whether their report answers them


@dataclass(frozen=True)
class Seen:
    """What the engine finds for a report's questions and near misses: the decision's features (questions, features), whether the report states
    it, and whether it asks for a fact. Of UNREAD reports' also a summary of what the cross-encoder read (questions, 3), and of each sentence
    read for a question that has an answer its features (sentences, 6) and how far it answers, 0 to 1.
    """

    rows: np.ndarray
    stated: np.ndarray
    facts: np.ndarray
    read: np.ndarray
    sentences: np.ndarray
    answers: np.ndarray


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("folder", type=Path, help="where the PDFs lie")
    index = open_index()
    packaged = packaged_questions(index)
    with sisters((*NAMES, *MADE), arguments.parse_args().folder) as found:
        told = {report.name: sisters_questions(report, index) for report in found}
        kept("answerable.npz", arrays(fit_answerable(packaged, list(told.values()))))
        seen = {
            report.name: seen_of(report, fit_answerable(packaged, [told[name] for name in told if name != report.name]))
            for report in found if report.name in MADE
        }  # fmt: skip
    # the threshold is one for a report that the network has not seen either
    held_out = {name: logits(network_of([seen[other] for other in seen if other != name]), seen[name].rows) for name in seen}
    threshold = refusing(np.concatenate([*held_out.values()]), [*seen.values()])
    unread = [seen[name] for name in UNREAD]
    read = fit_read(np.concatenate([held_out[name] for name in UNREAD]), unread, threshold)
    kept(
        "decision_without_banks.json",
        {
            **network_of([*seen.values()]), "read": [round(float(w), 4) for w in read],
            "threshold": round(1 / (1 + float(np.exp(-threshold))), 4),
        },
    )  # fmt: skip
    kept("reranking.json", {"sentence": [round(float(w), 4) for w in fit_sentences(unread)]})


def network_of(seen: Sequence[Seen]) -> dict:
    """A network of one hidden layer over the decision's features, learned from these reports."""
    return fit_network(np.concatenate([one.rows for one in seen]), np.concatenate([one.stated for one in seen]), SHRINK)


def refusing(z: np.ndarray, seen: Sequence[Seen]) -> float:
    """The threshold of the log odds `z` at which the share REFUSED of these reports' facts is refused; prints what is declined then."""
    stated, facts = (np.concatenate([getattr(one, name) for one in seen]) for name in ("stated", "facts"))
    threshold = float(np.quantile(z[stated & facts], REFUSED))
    declined = z[~stated] < threshold
    print(f"a report held out, {REFUSED:.0%} of the facts refused: {declined.mean():.2f} of {len(declined)} near misses declined")
    return threshold


def fit_read(z: np.ndarray, seen: Sequence[Seen], threshold: float) -> np.ndarray:
    """How the cross-encoder's word is weighed beside the network's log odds, (5,): a constant, the log odds, the summary of what was read.
    The constant is such that the network's threshold holds.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import LeaveOneGroupOut, cross_val_predict

    x = np.column_stack([z, np.concatenate([one.read for one in seen])])
    stated = np.concatenate([one.stated for one in seen])
    report = np.repeat(np.arange(len(seen)), [len(one.stated) for one in seen])
    model = LogisticRegression(C=1.0, max_iter=1_000)
    told = cross_val_predict(model, x, stated, groups=report, cv=LeaveOneGroupOut(), method="decision_function")
    at = refusing(told, seen)
    model.fit(x, stated)
    return np.array([model.intercept_[0] + threshold - at, *model.coef_[0]])


def fit_sentences(seen: Sequence[Seen]) -> np.ndarray:
    """How the cross-encoder's word on a sentence is weighed beside its probability (assistant/answering/reranking.py), (6,)."""
    from sklearn.linear_model import LogisticRegression

    x, share = (np.concatenate([getattr(one, name) for one in seen]) for name in ("sentences", "answers"))
    model = LogisticRegression(C=1.0, fit_intercept=False, max_iter=1_000)
    model.fit(np.concatenate([x, x]), np.repeat([1, 0], len(x)), sample_weight=np.concatenate([share, 1 - share]))
    return model.coef_[0]


def packaged_questions(index: Index) -> Told:
    """The question bank and the near misses on the report's subjects."""
    misses = [at for at, miss in enumerate(index.near_misses) if miss.asks_for not in ("offtopic", "unsafe")]
    texts = [question.text for question in index.questions] + [index.near_misses[at].text for at in misses]
    vectors = np.concatenate([index.question_vectors, index.near_miss_vectors[misses]])
    return texts, vectors, np.arange(len(texts)) < len(index.questions)


def sisters_questions(sister: Sister, index: Index) -> Told:
    """A sister's facts and near misses; broad messages have an answer in every report."""
    facts = [one.text for one in sister.asked if one.kind == "fact"]
    texts = facts + [one.text for one in sister.misses]
    return texts, index.embedder.embed(texts), np.arange(len(texts)) < len(facts)


def fit_answerable(packaged: Told, others: Sequence[Told]) -> Classifier:
    every = [packaged, *(one for one in others for _ in range(WEIGHT))]
    texts = [text for told, _, _ in every for text in told]
    vectors, labels = (np.concatenate([one[part] for one in every]) for part in (1, 2))
    return fit([terms(text) for text in texts], vectors, labels.astype(int), 2, strength=STRENGTH, fewest=FEWEST)


def seen_of(sister: Sister, answerable: Classifier, reading: bool = True) -> Seen:
    """What the engine finds for each question and near miss of a report; what the cross-encoder reads only of one that it has not seen."""
    engine = Assistant(sister.index)
    decision = Decision(sister.index, answerable=answerable)
    asked = [*sister.asked, *sister.misses]
    queries = [engine.understanding.understand(one.text) for one in asked]
    rows, read = [], []
    sentences, answers = [np.zeros((0, 6))], []
    for one, query, vector in zip(asked, queries, sister.index.embedder.embed([query.text for query in queries]), strict=True):
        found = engine.ranking.rank(query, engine.searcher.search(query.search, vector))
        evidence = engine.weighed(query, found)
        rows.append(decision.features(query, found, evidence))
        if sister.name not in UNREAD or not reading:
            continue
        looked_at, told = engine.reranker.read(query.text, evidence)
        read.append(summary(told))
        if one.right:
            sentences.append(features(evidence, looked_at, told))
            answers += [1.0 if at in one.right else OKAY * (at in one.okay) for at in map(int, looked_at)]
    stated = np.array([bool(one.right) for one in asked])
    facts = np.array([one.kind == "fact" for one in asked])
    return Seen(np.stack(rows), stated, facts, np.array(read), np.concatenate(sentences), np.array(answers))


def logits(network: dict, x: np.ndarray) -> np.ndarray:
    net = {name: np.asarray(values) for name, values in network.items()}
    return (
        np.maximum((x - net["mean"]) / net["scale"] @ net["hidden"] + net["hidden_bias"], 0) @ net["output"] + net["output_bias"]
    )


if __name__ == "__main__":
    main()
