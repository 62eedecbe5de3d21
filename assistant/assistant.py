"""The engine behind every door: `Assistant.ask(question, history) -> Answer`, the steps in order and nothing else.

read -> understand -> look up -> search -> weigh -> choose -> decide -> compose. A step may end the walk early.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import cached_property, lru_cache
from itertools import islice, zip_longest
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from assistant.answer import Answer, Draft, Retrieved, Shown, Turn, citation, report_facts, sections_shown
from assistant.answering.choosing import choose, chosen_by_model
from assistant.answering.decision import Decision
from assistant.answering.evidence import Evidence, Weigher
from assistant.answering.parts import joined
from assistant.answering.pointing import LEANT_ON, asked_of, item_of, located, more_on, one_of, pointed, shown, unquoted
from assistant.answering.premise import corrected
from assistant.answering.ranking import Ranking
from assistant.answering.reranking import Reranker
from assistant.composing import compose
from assistant.errors import BadQuestion
from assistant.lookups.judgements import speaks_of
from assistant.lookups.links import Links
from assistant.lookups.lookup import look_up
from assistant.lookups.structure import asks_for_all_recommendations, enumerate_structure
from assistant.question.conversation import NEAR, POINTERS, POINTING, Candidate, candidates, understood, weighed
from assistant.question.exclusions import excepted
from assistant.question.intents import AT_RISK, ended, in_another_language, unclear
from assistant.question.kinds import packaged
from assistant.question.reader import Message, read
from assistant.question.references import references, without_references
from assistant.question.understanding import SUBJECTS, Query, Understanding
from assistant.question.vectors import Vectors
from assistant.words.glossary import Glossary
from index.search import Compared, Found, Searcher
from index.store import Index, open_index
from index.vectors.embedding import DEFAULT_MODEL
from prompts import wording

if TYPE_CHECKING:
    from assistant.model.chooser import Chooser

AT_RISK_FOLLOWING = 0.5  # probability from which a message that leans on an earlier question says that somebody is at risk
UNARGUED = ("council", "later", "year")  # vetoes of the decision that any reader would make: no model is asked

MAX_CHARACTERS = 4_000
COURTESY = 4  # words of a thank you or a goodbye at most, after an earlier question
CLOSING = ("thanks", "greeting", "bye")  # intents of messages that never lean on an earlier question
NAMING = 3  # words beside a passage that is named, up to which a message only names it
ITEM = 12  # words of a message that may point at one of several things shown
CONSIDERED = 4  # earlier questions that a message may lean on
TURNS = 8  # earlier questions of a conversation that are replayed: what was said before them no longer matters
REMEMBERED = 512  # beginnings of conversations kept in memory, so that a follow-up does not ask everything anew
TOGETHER = 192  # questions encoded and compared at once
AHEAD = 2  # groups of questions that are encoded while those before them are answered: no core waits for the next


Asked = tuple[str, Sequence[str], str]  # question, the conversation's earlier questions, id

Encoded = tuple[dict[str, np.ndarray], float]  # text -> its vector, and the seconds they took
Known = Mapping[str, tuple[np.ndarray, Compared]]  # text -> its vector, compared with the bank


class Begun(NamedTuple):
    """A question on its way: understood, with the draft that ended its walk before any search, and the seconds spent.

    `turns` are the conversation so far.
    """

    message: Message
    query: Query
    turns: tuple[Turn, ...]
    draft: Draft | None
    identity: str
    seconds: float


class Assistant:
    """Answers questions about the report of one index in its own sentences. What is asked stays in memory, for a while.

    With a `chooser`, a language model says which of the sentences found answer (assistant/model/chooser.py).
    """

    def __init__(self, index: Index | None = None, chooser: Chooser | None = None) -> None:
        """Raises NoUsableIndex when no index is given and none can be opened."""
        self.index = index or open_index()
        self.chooser = chooser
        self.searcher = Searcher(self.index)
        self.understanding = Understanding(self.index.report, Glossary.packaged())
        self.ranking = Ranking(self.index)
        self.weigher = Weigher(self.index)
        self.reranker = Reranker(self.index)
        self.decision = Decision(self.index)
        # a part of a question: foreseen, then searched by
        self._within = lru_cache(maxsize=4 * TOGETHER)(self.understanding.understand)
        self.vectors = Vectors(self.index)
        self.learnt = self.index.model == DEFAULT_MODEL  # what was learned on vectors knows those of no other model
        self._turns: dict[tuple[str, ...], tuple[Turn, ...]] = {}

    @cached_property
    def links(self) -> Links:
        return Links.of(self.index)

    def ask(self, question: str, history: Sequence[str] = (), identity: str = "") -> Answer:
        """Answer one question; `history` holds the user's earlier questions, oldest first. Raises BadQuestion."""
        self.vectors.forget()  # nothing of a question is kept for the next one
        begun = self._begun([(question, history, identity)])
        return next(self._finished(begun, self._encoded(self._foreseen(begun))))

    def ask_many(self, questions: Iterable[Asked]) -> Iterator[Answer]:
        """Answers to (question, history, id), in order. Raises BadQuestion.

        TOGETHER questions are encoded at once and compared with the bank at once, while those before them are answered.
        With a model nothing is begun ahead: it may fail, and what was answered before must be out by then.
        """
        asked = iter(questions)
        with ThreadPoolExecutor(AHEAD, "encoding") as beside:
            waiting: list[tuple[list[Begun], Future[Encoded]]] = []
            while group := list(islice(asked, TOGETHER)):
                begun = self._begun(group)
                waiting.append((begun, beside.submit(self._encoded, self._foreseen(begun))))
                if self.chooser is not None or len(waiting) > AHEAD:
                    begun, encoding = waiting.pop(0)
                    yield from self._finished(begun, encoding.result())
            for begun, encoding in waiting:
                yield from self._finished(begun, encoding.result())

    def _begun(self, group: list[Asked]) -> list[Begun]:
        """The questions of a group, as far as they come without a search."""
        started = time.perf_counter()
        messages = self.read([checked(question) for question, _, _ in group])
        conversations = self._replayed([history for _, history, _ in group])
        self._weigh_ahead(messages, conversations)
        shared = (time.perf_counter() - started) / len(group)
        begun = []
        for (question, _, identity), message, turns in zip(group, messages, conversations, strict=True):
            started = time.perf_counter()
            query = self._completed(self.query(question, message, turns), turns, identity)
            draft = self._without_search(query, message, turns)
            begun.append(Begun(message, query, turns, draft, identity, time.perf_counter() - started + shared))
        return begun

    def read(self, messages: Sequence[str]) -> list[Message]:
        """What each message asks."""
        return read(messages, self.vectors.of, self.vectors.near, self.understanding.is_english, learnt=self.learnt)

    def _finished(self, begun: list[Begun], encoded: Encoded) -> Iterator[Answer]:
        """The answers of a group; `encoded` are the texts that its questions are searched by, which share the time of it."""
        vectors, encoding = encoded
        started = time.perf_counter()
        known = self._compared(vectors)
        searched = sum(one.draft is None for one in begun)
        shared = (encoding + time.perf_counter() - started) / max(1, searched)
        for message, query, turns, draft, identity, seconds in begun:
            started = time.perf_counter()
            found: tuple[Found, ...] = ()
            if draft is None:
                draft, found = self._searched(query, turns, known)
                if self.chooser is not None:
                    draft = self._by_model(self.chooser, query, turns, draft, found, identity)
                seconds += shared
            if message.found and draft.outcome in ("answered", "not_stated"):
                draft = told_back(draft, query)
            if message.in_english:
                draft = replace(
                    draft, closing=(*draft.closing, wording("answered.english_only")), notes=(*draft.notes, "english_only")
                )
            yield self._answer(query, draft, found, identity, time.perf_counter() - started + seconds)

    def _compared(self, vectors: Mapping[str, np.ndarray]) -> Known:
        """The texts of vectors compared with the bank, all at once."""
        compared = self.searcher.compare(np.stack([*vectors.values()])) if vectors else []
        return {text: (vector, told) for (text, vector), told in zip(vectors.items(), compared, strict=True)}

    def _replayed(self, histories: Sequence[Sequence[str]]) -> list[tuple[Turn, ...]]:
        """The turns of conversations so far: each earlier question answered as it was then, remembered for a while.

        The first questions of all of them come first, then the second ones: what is encoded together costs a third of it.
        """
        recent = [tuple(history[-TURNS:]) for history in histories]
        told: dict[tuple[str, ...], tuple[Turn, ...]] = {(): ()}
        for length in range(1, max(map(len, recent)) + 1):
            beginnings = dict.fromkeys(one[:length] for one in recent if len(one) >= length)
            told.update((one, turns) for one in beginnings if (turns := self._turns.get(one)) is not None)
            fresh = [one for one in beginnings if one not in told]
            if fresh:
                told.update(zip(fresh, self._turns_after([(told[one[:-1]], one[-1]) for one in fresh]), strict=True))
                if len(self._turns) + len(fresh) > REMEMBERED:
                    self._turns.clear()
                self._turns.update((one, told[one]) for one in fresh[-REMEMBERED:])
        return [told[one] for one in recent]

    def _turns_after(self, asked: list[tuple[tuple[Turn, ...], str]]) -> list[tuple[Turn, ...]]:
        """The turns of each conversation with its next question."""
        texts = [question.strip()[:MAX_CHARACTERS] or "?" for _, question in asked]
        messages, conversations = self.read(texts), [turns for turns, _ in asked]
        self._weigh_ahead(messages, conversations)
        begun = []
        for text, message, turns in zip(texts, messages, conversations, strict=True):
            query = self.query(text, message, turns)
            begun.append(Begun(message, query, turns, self._without_search(query, message, turns), "", 0.0))
        known = self._compared(self._encoded(self._foreseen(begun))[0])
        longer = []
        for text, (_, query, turns, found, _, _) in zip(texts, begun, strict=True):
            draft = found or self._searched(query, turns, known)[0]
            quoted = tuple((s.passage.id, s.quote) for s in (*draft.statements, *draft.nearest))
            longer.append((*turns, Turn(text, query.text, draft.outcome, quoted, query.relation)))
        return longer

    def _weigh_ahead(self, messages: Sequence[Message], conversations: Sequence[tuple[Turn, ...]]) -> None:
        """Find out the vectors of all candidates of messages at once, for `query`."""
        texts = [
            one.text
            for message, turns in zip(messages, conversations, strict=True)
            if leans(message.questions[0], before := understood_so_far(turns))
            for one in candidates(message.questions[0], before[-CONSIDERED:], SUBJECTS)
        ]
        if texts:
            self.vectors.near(texts)

    def query(self, question: str, message: Message, turns: tuple[Turn, ...]) -> Query:
        """The query that a message stands for, after the questions before it."""
        before = understood_so_far(turns)
        relation, chosen = self._after(message.questions[0], before)
        said = question if len(question.split()) <= ITEM else message.text  # "The third. How was it in 2015?"
        relation, text = (relation, chosen.text) if relation == "new" else pointed(self.index, said, relation, chosen.text, turns)
        focus = tuple(passage for passage, _ in shown(turns)) if relation == "more" else ()
        query = self.understanding.understand(question, text, relation, tuple(dict.fromkeys(focus)))
        if len(message.questions) < 2:
            return query
        parts = [query.text]
        for asked in message.questions[1:]:
            parts.append(self._within(self._after(asked, parts[-1:])[1].text).text)
        return replace(query, text="; ".join(parts), parts=tuple(parts), asked=message.questions)

    def _after(self, text: str, before: Sequence[str]) -> tuple[str, Candidate]:
        """How a text leans on earlier questions, and the question that it stands for."""
        if not leans(text, before):
            return "new", Candidate(text, "alone", back=0)
        relation, chosen = understood(weighed(text, before[-CONSIDERED:], self.vectors.near, SUBJECTS), learnt=self.learnt)
        return relation, Candidate(text, "alone", back=0) if relation == "new" else chosen

    def left(self, identity: str) -> None:
        """Whoever asked the question of this id has left: a model is asked nothing more for it."""
        if self.chooser is not None:
            self.chooser.cancel(identity)

    @property
    def seconds(self) -> float:
        """How long a model may take over one question; 0 without one."""
        return self.chooser.seconds if self.chooser is not None else 0.0

    def _completed(self, query: Query, turns: tuple[Turn, ...], identity: str) -> Query:
        """A follow-up as the model completes it, understood anew; any other query as it is."""
        if self.chooser is None or query.relation in ("new", *POINTING):
            return query
        text = self.chooser.completed(query.question, [turn.question for turn in turns], identity)
        return self.understanding.understand(query.question, text, query.relation, query.focus)

    def _foreseen(self, begun: list[Begun]) -> list[str]:
        """The texts that questions will be searched by, as far as that is known before."""
        return list(dict.fromkeys(text for one in begun if one.draft is None for text in self._searched_by(one.query)))

    def _searched_by(self, query: Query) -> list[str]:
        """Its own text; for a question with several parts, the texts of the parts: they rarely need the whole."""
        return [text for part in query.parts for text in self._searched_by(self._within(part))] if query.parts else [query.text]

    def _encoded(self, texts: list[str]) -> Encoded:
        """The vector of each text, unit length; nothing is loaded for no texts."""
        started = time.perf_counter()
        vectors = dict(zip(texts, self.vectors.of(texts), strict=True)) if texts else {}
        return vectors, time.perf_counter() - started

    def _without_search(self, query: Query, message: Message, turns: tuple[Turn, ...]) -> Draft | None:
        """What ends the walk before any search: somebody at risk, a look-up, the report's structure, a message that asks nothing."""
        report = self.index.report
        if message.language:
            return in_another_language(message.language)
        rest = without_references(message.text).split() if query.references else []
        named = bool(query.references) and len(rest) <= NAMING and not message.text.isdecimal()  # "paragraph 999" calls nobody
        if message.intent in AT_RISK and not named and not (query.follows and message.risk < AT_RISK_FOLLOWING):
            return ended(message.intent, report)
        if query.follows and message.intent in CLOSING and len(message.text.split()) <= COURTESY:
            return ended(message.intent, report)
        if query.relation == "place":
            return located(self.index, shown(turns))
        picked = item_of(self.index, query.question, turns) if query.relation == "item" else None
        if picked is not None and asked_of(query.question, picked, report) is None:
            return one_of(picked)
        if query.parts or query.relation == "more":
            return None
        found = enumerate_structure(report, self.links, query.text) or look_up(report, query.references, query.text)
        if found is not None or query.follows:
            return found
        return ended(message.intent, report) or (None if turns else self._pointless(query))

    def _pointless(self, query: Query) -> Draft | None:
        """ "Is it any good?" with nothing before it: what "it" is cannot be told."""
        said = {word for word in query.text.casefold().replace("?", " ").split()}
        return unclear(wording("unclear.nothing_before")) if said & POINTERS and not query.topic else None

    def _searched(self, query: Query, turns: tuple[Turn, ...], known: Known) -> tuple[Draft, tuple[Found, ...]]:
        """The rest of the walk, with what was found for each part of the question; `known` spares encoding what was foreseen."""
        if query.relation == "more" and turns:
            return self._more(query, turns, known)
        if query.parts:
            parts = [self._part(self._within(part), len(query.parts), known) for part in query.parts]
            if any(draft.outcome == "answered" for draft, _ in parts):
                return joined(query, [draft for draft, _ in parts]), tuple(found for _, found in parts if found)
        draft, found = self._one(query, known)
        return draft, (found,)

    def _more(self, query: Query, turns: tuple[Turn, ...], known: Known) -> tuple[Draft, tuple[Found, ...]]:
        """What else the report says on what was asked last: nothing that was quoted in this conversation."""
        behind = enumerate_structure(self.index.report, self.links, f"{query.text} evidence") if query.references else None
        if behind is not None and (draft := unquoted(behind, turns)).sections:  # a recommendation: the findings behind it
            return draft, ()
        text = query.text
        if query.references and query.focus:  # a passage by its number: its first sentence says what it is about
            text = self.index.report.passages[self.index.positions[query.focus[0]]].sentences[0]
        query = replace(self._within(text), relation="more", focus=query.focus)
        found = self._found(query, known)
        return more_on(self.index, self.evidence(query, found), turns), (found,)

    def _part(self, query: Query, among: int, known: Known) -> tuple[Draft, Found | None]:
        """One of several questions asked at once: of the structure, by number, or of the text."""
        report = self.index.report
        draft = enumerate_structure(report, self.links, query.text) or look_up(report, query.references, query.text)
        return (draft, None) if draft is not None else self._one(query, known, among)

    def _one(self, query: Query, known: Known, among: int = 1) -> tuple[Draft, Found]:
        """A question that asks for one thing: search, weigh, choose, decide, and mind what it takes for granted."""
        rest, left_out = excepted(query.text)
        if left_out:
            query = replace(self._within(rest), question=query.question, relation=query.relation, focus=query.focus)
        found = self._found(query, known)
        evidence = self.evidence(query, found)
        if left_out:
            evidence = self._without(evidence, left_out)
        chosen = choose(query, found, evidence, self.vectors.of, self.understanding.glossary, among)
        return self._corrected(query, self.decision.draft(query, found, evidence, chosen)), found

    def _without(self, evidence: Evidence, thing: str) -> Evidence:
        """The evidence without sentences about a thing that the question leaves out."""
        passages = self.index.report.passages
        about = [speaks_of(passages[one.passage], one.text, thing) for one in self.index.sentences]
        return replace(evidence, probabilities=np.where(about, 0.0, evidence.probabilities).astype(np.float32))

    def evidence(self, query: Query, found: Found) -> Evidence:
        """The kind of question, and the probability of each sentence that it belongs into the answer."""
        return self.reranker.rerank(query.text, self.weighed(query, found))

    def weighed(self, query: Query, found: Found) -> Evidence:
        """The evidence before a cross-encoder read the likeliest sentences."""
        text, vector = query.text, found.vector
        if query.relation in NEAR:  # its own words tell what sort of answer is wanted, not those it leans on
            text = query.question
            vector = self.vectors.of([text])[0]
        kinds = packaged().probabilities(text, vector if self.learnt else None)
        return self.weigher.weigh(found, kinds)

    def _corrected(self, query: Query, draft: Draft) -> Draft:
        return draft if query.follows else corrected(query.text, draft, self.index.report)

    def _by_model(
        self, chooser: Chooser, query: Query, turns: tuple[Turn, ...], draft: Draft, found: tuple[Found, ...], identity: str
    ) -> Draft:
        """The draft with the sentences that a model chooses among those found, or as it is where the model failed or is not asked."""
        if not found or query.relation == "more" or self.decision.veto(query) in UNARGUED:
            return draft
        earlier = tuple(turn.question for turn in turns) if query.follows else ()
        cited = [self.index.positions[statement.passage.id] for statement in draft.statements]
        hits = [[self.index.positions[hit.passage.id] for hit in one.hits(chooser.passages)] for one in found]
        ranked = [*cited, *(at for level in zip_longest(*hits) for at in level if at is not None)]
        evidence = self.evidence(query, found[0])
        kind = "compound" if query.parts else evidence.kind
        choice = chooser.choose(self.index, query.text, kind, query.parts, earlier, ranked, identity)
        if choice is None:
            return replace(
                draft,
                closing=(*draft.closing, wording("model.failed")),
                notes=(*dict.fromkeys((*draft.notes, "model_fallback")),),
            )
        verdict = self.decision.decide(query, found[0], evidence).with_word(choice.stated)
        if not choice.stated:
            return replace(self.decision.unstated(query, found[0], verdict), chosen_by="model")
        glossary = self.understanding.glossary
        sections = chosen_by_model(self.index, query, kind, choice.groups, self.vectors.of, glossary)
        return replace(self._corrected(query, self.decision.stated(query, sections, verdict)), chosen_by="model")

    def _found(self, query: Query, known: Known) -> Found:
        """One search, ranked."""
        vector, compared = known.get(query.text) or (self.vectors.of([query.text])[0], None)  # not foreseen
        return self.ranking.rank(query, self.searcher.search(query.search, vector, compared))

    def _answer(self, query: Query, draft: Draft, found: tuple[Found, ...], identity: str, seconds: float) -> Answer:
        report = self.index.report
        retrieved = tuple(
            Retrieved(h.passage.id, h.passage.number, h.passage.page, h.passage.page_end, round(h.score, 4))
            for h in (found[0].hits() if found else [])
        )
        return Answer(
            id=identity, question=query.question, understood=query.text, outcome=draft.outcome,
            confidence=None if draft.confidence is None else round(draft.confidence, 4),
            answer=compose(draft), citations=tuple(citation(s, report) for s in draft.statements), sections=sections_shown(draft),
            suggestions=draft.suggestions, nearest=tuple(citation(s, report) for s in draft.nearest), retrieved=retrieved, notes=draft.notes,
            mode=draft.chosen_by, report=report_facts(report), seconds=round(seconds, 5),
        )  # fmt: skip


def understood_so_far(turns: Sequence[Turn]) -> list[str]:
    """The questions of a conversation that a message may lean on, as they were understood, oldest first."""
    return [turn.understood for turn in turns if turn.outcome in LEANT_ON]


def leans(text: str, before: Sequence[str]) -> bool:
    """Whether a text may lean on questions before it: one that names its passage stands for itself."""
    return bool(before) and not references(text) and not asks_for_all_recommendations(text)


def told_back(draft: Draft, query: Query) -> Draft:
    """The draft, opened with the question that was taken out of a longer message."""
    said = wording("answered.question_found", question=" / ".join(query.asked or (query.text,)))
    return replace(draft, opening=" ".join(filter(None, (said, draft.opening))), notes=(*draft.notes, "question_found"))


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
        citations=(), sections=(Shown(None, "answer", None, [], reason),), suggestions=(), nearest=(), retrieved=(), notes=(), mode="extractive",
        report=report_facts(index.report if index else None), seconds=0.0,
    )  # fmt: skip
