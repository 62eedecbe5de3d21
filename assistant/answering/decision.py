"""Does the report state what is asked? A small network over hand-made features, and vetoes that any reader would make.

Coefficients are data (decision.json; taught.json for a report that was taught), applied with numpy alone. Features compare the
question with the best sentences. Trained by `python -m evals.training`.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from assistant.answer import Draft, Section, Statement
from assistant.answering.evidence import Bare, Evidence
from assistant.answering.ranking import HOLDS
from assistant.answering.reranking import summary as read_summary
from assistant.answering.vetoes import Vetoes
from assistant.composing import report_variables
from assistant.learned.classifier import Classifier
from assistant.learned.classifier import numbers as packaged_numbers
from assistant.learned.classifier import packaged as packaged_classifier
from assistant.question.answer_types import is_of_kind
from assistant.question.kinds import FACT, KINDS
from assistant.question.understanding import Query
from assistant.words.caseless import Caseless
from index.search import SIGNALS, Found
from index.store import Index
from index.text.words import tokens, words
from index.vectors.embedding import DEFAULT_MODEL
from prompts import keys, wording

_NOW = Caseless(
    r"\b(?:today|nowadays|these days|at the moment|right now|currently|at present|as of now|this (?:week|month|year)|up to date|still)\b(?! average| plan)|\bnow\W*$|\b20(?:19|2\d)\b",
)
MODEL_ODDS = 50.0  # how many times likelier a model says "stated" of what is stated (.98 and better) than of what is not
# Confidence from which "the report does not say" is not sure enough to be said: below it 1 of 60 refusals was wrong, above it 23 of
# 53 (development cases, 28 November 2026).
UNSURE = 0.01
LEAST = 1e-4  # probability below which a classifier is taken to be no surer
STRANGE = 0.35  # a question less like any known one than this is about something else
FEATURES = (
    "score", "margin", *SIGNALS, "bank", "bank_three", "miss", "miss_three", "bank_less_miss", "answerable", "covered_sentence", "covered_passage",
    "unknown", "asks_number", "lacks_number", "asks_money", "asks_date", "lacks_date", "asks_person", "lacks_person", "asks_place",
    "lacks_place", "asks_reason", "lacks_reason", "asks_definition", "yesno", "fact", "keywords", "likeliest", "likely_three", "likely", "bank_same_kind", "miss_same_kind",
    "length", "agree", "follows",
)  # fmt: skip


@dataclass(frozen=True)
class Verdict:
    """The calibrated confidence that the report states what is asked, and a veto's name if there is one."""

    confidence: float
    veto: str | None = None

    def with_word(self, stated: bool) -> Verdict:
        """The verdict with its odds raised or lowered by a language model's yes or no."""
        sure = min(self.confidence, 1 - 1e-9)
        odds = sure / (1 - sure) * (MODEL_ODDS if stated else 1 / MODEL_ODDS)
        return replace(self, confidence=odds / (1 + odds))


class Decision:
    """The decision for one index. `weights` is a network of one hidden layer, and the threshold (decision.json)."""

    def __init__(self, index: Index, weights: dict[str, Any] | None = None, answerable: Classifier | None = None) -> None:
        self.index = index
        self._given = weights
        self._answerable = answerable
        self.vetoes = Vetoes(index.report)

    @cached_property
    def weights(self) -> dict[str, Any]:
        return self._given or packaged(self.index.has_packaged_banks)

    @cached_property
    def threshold(self) -> float:
        """The confidence from which a question is answered."""
        return float(self.weights["threshold"] if self.index.teaching is None else packaged_numbers("taught")["threshold"])

    @cached_property
    def _network(self) -> dict[str, np.ndarray]:
        return {name: np.asarray(values) for name, values in self.weights.items()}

    def draft(self, query: Query, found: Found, evidence: Evidence, sections: tuple[Section, ...]) -> Draft:
        """The draft for the chosen sections: answered, not_stated or out_of_scope. A veto caps the confidence."""
        verdict = self.decide(query, found, evidence)
        veto = verdict.veto or self.vetoes.of_chosen(query, sections)
        confidence = min(verdict.confidence, 0.01) if veto else verdict.confidence
        verdict = replace(verdict, confidence=confidence, veto=veto)
        always = KINDS[evidence.kind].always and not veto and not off_topic(found)
        if sections and (confidence >= self.threshold or always):
            return self.stated(query, sections, verdict)
        return self.unstated(query, found, verdict)

    def stated(self, query: Query, sections: tuple[Section, ...], verdict: Verdict) -> Draft:
        """The draft that answers with these sections; noted `dated` where the question is about now."""
        notes = ("dated",) if _NOW.search(query.text) else ()
        closing = (wording("answered.dated", **report_variables(self.index.report)),) if notes else ()
        return Draft("answered", sections, closing=closing, notes=notes, confidence=verdict.confidence)

    def unstated(self, query: Query, found: Found, verdict: Verdict) -> Draft:
        """The draft of "the report does not say", with the nearest passages; or that the question is about something else."""
        if off_topic(found):
            opening = wording("out_of_scope.answer", **report_variables(self.index.report))
            return Draft("out_of_scope", opening=opening, confidence=verdict.confidence)
        if verdict.veto is None and verdict.confidence >= UNSURE:
            return Draft(
                "not_stated",
                opening=wording("not_stated.unsure"),
                nearest=nearest(found),
                notes=("unsure",),
                confidence=verdict.confidence,
            )
        return Draft("not_stated", opening=self._opening(query, verdict), nearest=nearest(found), confidence=verdict.confidence)

    def _opening(self, query: Query, verdict: Verdict) -> str:
        """The words of "the report does not say": what kind of thing is missing, and where to look for it."""
        facts = report_variables(self.index.report)
        topic = verdict.veto if verdict.veto in ("later", "council") else query.kind
        known = {key.split(".")[1] for key in keys() if key.startswith("not_stated.")}
        first = wording(f"not_stated.{topic}" if topic in known else "not_stated.answer", **facts)
        source = f"source_{topic}"
        return f"{first} {wording(f'not_stated.{source}', **facts)}" if source in known else first

    def features(self, query: Query, found: Found, evidence: Evidence) -> np.ndarray:
        """The values of FEATURES, float64 (len(FEATURES),)."""
        index = found.index
        scores = found.sentence_scores
        top = int(np.argmax(scores))
        passage = index.sentences[top].passage
        others = found.passage_scores.copy()
        others[passage] = 0
        questions = found.question_scores
        misses = found.near_miss_scores
        bank, bank_three = _best(questions)
        miss, miss_three = _best(misses)
        sentence = index.sentences[top].text
        whole = f"{index.report.passages[passage].context or ''} {index.report.passages[passage].text}"
        asked = self._content(query)
        in_sentence, in_passage = set(tokens(sentence)), set(tokens(whole))
        holds = HOLDS.get(query.kind)
        lacks = float(holds is not None and not holds.search(sentence))
        unknown = [token for token in asked if token not in self.known]
        kind = query.kind
        likely = np.sort(evidence.probabilities if evidence.before is None else evidence.before)[-20:]
        bank_alike = len(questions) > 0 and is_of_kind(index.questions[int(np.argmax(questions))].text, kind)
        miss_alike = len(misses) > 0 and is_of_kind(index.near_misses[int(np.argmax(misses))].text, kind)
        numbers = kind in ("count", "percentage", "duration")
        values = {
            "score": float(scores[top]), "margin": float(scores[top] - others.max()),
            **dict(zip(SIGNALS, map(float, found.signals[top]), strict=True)),
            "bank": bank, "bank_three": bank_three, "miss": miss, "miss_three": miss_three, "bank_less_miss": bank - miss,
            "answerable": found.answerable if len(questions) else self._asked_of_reports(query, found),
            "covered_sentence": self._covered(asked, in_sentence), "covered_passage": self._covered(asked, in_passage),
            "unknown": len(unknown) / max(1, len(asked)),
            "asks_number": float(numbers), "lacks_number": lacks * numbers, "asks_money": float(kind == "money"),
            "asks_date": float(kind == "date"), "lacks_date": lacks * (kind == "date"),
            "asks_person": float(kind == "person"), "lacks_person": lacks * (kind == "person"),
            "asks_place": float(kind == "place"), "lacks_place": lacks * (kind == "place"),
            "asks_reason": float(kind == "reason"), "lacks_reason": lacks * (kind == "reason"),
            "asks_definition": float(kind == "definition"), "yesno": float(kind == "yesno"),
            "fact": float(evidence.kinds[FACT]),
            "likeliest": float(likely[-1]), "likely_three": float(likely[-3:].mean()), "likely": math.log1p(float(likely.sum())),
            "keywords": float(kind == "keywords"),
            "bank_same_kind": float(bank_alike), "miss_same_kind": float(miss_alike),
            "length": math.log1p(len(words(query.question))),
            "agree": float(found.signals[top][4] >= 0.999 * found.signals[:, 4].max() and found.signals[top][4] > 0),
            "follows": float(" - " in query.text),  # no step makes such texts any more; the trained network keeps the place
        }  # fmt: skip
        return np.array([values[name] for name in FEATURES])

    def _asked_of_reports(self, query: Query, found: Found) -> float:
        """The log odds that inspection reports answer such a question, by the question alone; for a report without banks."""
        known = self._answerable or packaged_classifier("answerable")
        learnt = self.index.model == DEFAULT_MODEL  # the classifier knows the vectors of no other model
        probability = float(known.probabilities(query.text, found.vector if learnt else None)[1])
        return math.log(max(probability, LEAST) / max(1 - probability, LEAST))

    def decide(self, query: Query, found: Found, evidence: Evidence) -> Verdict:
        """The confidence that the report states what is asked, and any veto."""
        veto = self.vetoes.of(query)
        if evidence.bare is not None:
            logit = float(taught_features(self.without_banks(query, evidence, evidence.bare), found, evidence) @ self._taught)
        else:
            logit = self.logit(self.features(query, found, evidence))
            if evidence.read is not None:
                logit = float(self._network["read"] @ [1.0, logit, *read_summary(evidence.read)])
        return Verdict(1 / (1 + math.exp(-logit)), veto)

    def logit(self, features: np.ndarray) -> float:
        """The network's log odds for the features of a question."""
        net = self._network
        x = (features - net["mean"]) / net["scale"]
        return float(np.maximum(x @ net["hidden"] + net["hidden_bias"], 0) @ net["output"] + net["output_bias"])

    def without_banks(self, query: Query, evidence: Evidence, bare: Bare) -> float:
        """The log odds by what there is without the banks of a report that was taught."""
        return self.logit(self.features(query, bare.found, replace(evidence, before=bare.probabilities)))

    @cached_property
    def _taught(self) -> np.ndarray:
        return np.array(packaged_numbers("taught")["decision"])

    @cached_property
    def _frequency(self) -> Counter[str]:
        return Counter(token for p in self.index.report.passages for token in set(tokens(f"{p.context or ''} {p.text}")))

    @cached_property
    def known(self) -> frozenset[str]:
        """Stems that the report or the question bank uses."""
        bank = {token for question in self.index.questions for token in tokens(question.text)}
        return frozenset(set(self._frequency) | bank)

    def _content(self, query: Query) -> list[str]:
        return list(dict.fromkeys(tokens(query.topic or query.text)))

    def _covered(self, asked: list[str], held: set[str]) -> float:
        """Share of the words asked for that are among `held`; rare words count more."""
        size = len(self.index.report.passages)
        weights = {token: math.log((size + 1) / (self._frequency[token] + 0.5)) for token in asked}
        total = sum(weights.values())
        return sum(weight for token, weight in weights.items() if token in held) / total if total else 0.0


def packaged(with_banks: bool) -> dict[str, Any]:
    """The weights that come with the program: for a report with banks, or for any other report."""
    return packaged_numbers("decision" if with_banks else "decision_without_banks")


def taught_features(logit: float, found: Found, evidence: Evidence) -> np.ndarray:
    """What is weighed for a report that was taught, (7,): a constant, the log odds without its banks, what the cross-encoder
    read, how much liker the question is to those that the report answers than to near misses, and whether the probe says that it
    has an answer.
    """
    asked, _ = _best(found.question_scores)
    miss, _ = _best(found.near_miss_scores)
    if found.index.evidence is not None and len(found.index.evidence.vectors):
        asked = max(asked, float((found.index.evidence.vectors @ found.vector).max()))
    read = np.zeros(3) if evidence.read is None else read_summary(evidence.read)
    return np.array([1.0, logit, *read, asked - miss, found.answerable])


def off_topic(found: Found) -> bool:
    """Whether the question is most like off-topic near misses, or like no known question at all.

    False without near misses, and for a report that was taught: nobody teaches a report such questions.
    """
    misses = found.near_miss_scores
    if not len(misses) or found.index.teaching is not None:
        return False
    three = _first(misses, 3)
    strange = [found.index.near_misses[int(at)].asks_for in ("offtopic", "unsafe") for at in three]
    weights = misses[three] ** 2  # the nearest counts most
    mostly = float(weights[strange].sum()) > float(weights.sum()) / 2
    best = float(found.question_scores.max()) if len(found.question_scores) else 0.0
    return (mostly and float(misses[three[0]]) > best - 0.05) or max(best, float(misses[three[0]])) < STRANGE


def nearest(found: Found, most: int = 3) -> tuple[Statement, ...]:
    """The best sentence of each of the nearest passages."""
    statements: dict[int, Statement] = {}
    for at in np.argsort(-found.sentence_scores, kind="stable")[:40]:
        sentence = found.index.sentences[int(at)]
        if sentence.passage not in statements and len(statements) < most:
            statements[sentence.passage] = Statement(found.index.report.passages[sentence.passage], sentence.text)
    return tuple(statements.values())


def _first(scores: np.ndarray, most: int) -> np.ndarray:
    """Positions of the highest scores, best first."""
    left, best = scores.copy(), []
    for _ in range(min(most, len(left))):  # for a few of many cheaper than any sorting
        best.append(int(left.argmax()))
        left[best[-1]] = -np.inf
    return np.array(best, np.int64)


def _best(scores: np.ndarray) -> tuple[float, float]:
    """The best score, and the mean of the best three."""
    if not len(scores):
        return 0.0, 0.0
    three = scores[_first(scores, 3)]
    return float(three[0]), float(np.add.reduce(three) / len(three))
