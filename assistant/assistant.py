"""The engine behind every door: `Assistant.ask(question, history) -> Answer`, the steps in order and nothing else.

understand -> look up -> enumerate -> search -> choose -> decide -> compose. A step may end the walk early.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence

import numpy as np

from assistant.answer import Answer, Draft, Retrieved, Section, Statement, Turn, citation, report_facts
from assistant.composing import compose
from assistant.errors import BadQuestion
from assistant.lookup import look_up
from assistant.understanding import Query, understand
from index.search import Found, Searcher
from index.store import Index, open_index
from prompts import wording

MAX_CHARACTERS = 4_000


class Assistant:
    """Answers questions about the report of one index, extractively. Keeps nothing of what is asked."""

    def __init__(self, index: Index | None = None) -> None:
        """Raises NoUsableIndex when no index is given and none can be opened."""
        self.index = index or open_index()
        self.searcher = Searcher(self.index)

    def ask(self, question: str, history: Sequence[str] = (), identity: str = "") -> Answer:
        """Answer one question; `history` holds the user's earlier questions, oldest first. Raises BadQuestion."""
        started = time.perf_counter()
        question = checked(question)
        turns: tuple[Turn, ...] = ()
        for earlier in history:
            turns = (*turns, self._turn(earlier, turns))
        query = understand(question, turns)
        draft, found = self._decide(query)
        return self._answer(query, draft, found, identity, time.perf_counter() - started)

    def ask_many(self, questions: Iterable[tuple[str, Sequence[str], str]]) -> Iterable[Answer]:
        """Answers to (question, history, id), in order: the same engine, the questions encoded together."""
        for question, history, identity in questions:
            yield self.ask(question, history, identity)

    def _turn(self, question: str, turns: tuple[Turn, ...]) -> Turn:
        query = understand(question, turns)
        draft, _ = self._decide(query)
        passages = tuple(s.passage.id for section in draft.sections for s in section.statements)
        return Turn(question, query.text, query.kind, draft.outcome, passages)

    def _decide(self, query: Query) -> tuple[Draft, Found | None]:
        if query.references:
            return look_up(self.index.report, query.references), None
        found = self.searcher.search(query.text)
        best = np.argsort(-found.sentence_scores)[:2]
        statements = tuple(
            Statement(self.index.report.passages[s.passage], s.text) for s in (self.index.sentences[at] for at in best)
        )
        confidence = float(min(1.0, found.sentence_scores[best[0]]))
        if confidence < 0.35:
            return Draft("not_stated", opening=wording("not_stated.answer"), nearest=statements, confidence=confidence), found
        return Draft("answered", (Section(None, statements),), confidence=confidence), found

    def _answer(self, query: Query, draft: Draft, found: Found | None, identity: str, seconds: float) -> Answer:
        statements = [s for section in draft.sections for s in section.statements]
        retrieved = tuple(
            Retrieved(h.passage.id, h.passage.number, h.passage.page, h.passage.page_end, round(h.score, 4))
            for h in (found.hits() if found else [])
        )
        return Answer(
            id=identity, question=query.question, understood=query.text, outcome=draft.outcome,
            confidence=None if draft.confidence is None else round(draft.confidence, 4),
            answer=compose(draft), citations=tuple(citation(s) for s in statements),
            nearest=tuple(citation(s) for s in draft.nearest), retrieved=retrieved, notes=draft.notes,
            mode="extractive", report=report_facts(self.index.report), seconds=round(seconds, 5),
        )  # fmt: skip


def checked(question: object) -> str:
    """The question as text. Raises BadQuestion when it is empty, too long or no text."""
    if not isinstance(question, str):
        raise BadQuestion(wording("error.not_text"))
    if not question.strip():
        raise BadQuestion(wording("error.empty"))
    if len(question) > MAX_CHARACTERS:
        raise BadQuestion(wording("error.too_long", limit=MAX_CHARACTERS))
    return question.strip()


def error_answer(question: str, reason: str, identity: str = "", index: Index | None = None) -> Answer:
    """The answer object with outcome `error`."""
    return Answer(
        id=identity, question=question, understood=question, outcome="error", confidence=None, answer=reason,
        citations=(), nearest=(), retrieved=(), notes=(), mode="extractive",
        report=report_facts(index.report if index else None), seconds=0.0,
    )  # fmt: skip
