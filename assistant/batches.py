"""Many questions at once: their texts are encoded together and compared with the bank in one product.

Groups are read and encoded in other threads while those before them are answered: most of that time is spent outside the
interpreter. A single question takes the same path. Calls the steps of assistant/assistant.py in their order; measures time and
decides nothing.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice, zip_longest
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from assistant.answer import Answer, Draft, Turn
from assistant.answering.pointing import leans, understood_so_far
from assistant.conversations import Conversations
from assistant.question.conversation import CONSIDERED, candidates
from assistant.question.plain_text import MAX_CHARACTERS, checked
from assistant.question.reader import Message
from assistant.question.understanding import SUBJECTS, Query
from index.search import Compared, Found

if TYPE_CHECKING:
    from assistant.assistant import Assistant

TOGETHER = 192  # questions encoded and compared at once
FIRST = 48  # questions of the first group, for whose reading everything waits; each next group is twice as large, up to TOGETHER
AHEAD = 2  # groups of questions that are read and encoded while those before them are answered: no core waits for the next

Asked = tuple[str, Sequence[str], str]  # question, the conversation's earlier questions, id
Read = tuple[list[Message], float]  # messages, and the seconds that reading them took
Encoded = tuple[dict[str, np.ndarray], float]  # text -> its vector, and the seconds they took
Known = Mapping[str, tuple[np.ndarray, Compared]]  # text -> its vector, compared with the bank


class Begun(NamedTuple):
    """A question understood after its `turns`, with the draft if it needs no search, and the seconds spent so far."""

    message: Message
    query: Query
    turns: tuple[Turn, ...]
    draft: Draft | None
    identity: str
    seconds: float


def grouped(questions: Iterable[Asked]) -> Iterator[list[Asked]]:
    """The questions in groups: a small one first, so that the first answers come soon."""
    asked, size = iter(questions), FIRST
    while group := list(islice(asked, size)):
        yield group
        size = min(2 * size, TOGETHER)


class Batches:
    """Takes questions through the steps of one Assistant, in groups."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._conversations = Conversations(self)

    def answers(self, questions: Iterable[Asked]) -> Iterator[Answer]:
        """The answers in order, in groups of up to TOGETHER: each is read and encoded while those before it are answered. Raises
        BadQuestion.

        With a model there is no look-ahead, so that a fault loses no earlier answer.
        """
        ahead = AHEAD if self._assistant.chooser is None else 0
        groups = grouped(questions)
        with ThreadPoolExecutor(1, "reading") as reading, ThreadPoolExecutor(AHEAD, "encoding") as encoding:
            unread: deque[tuple[list[Asked], Future[Read]]] = deque()
            begun: deque[tuple[list[Begun], Future[Encoded]]] = deque()
            more = True
            while more or unread or begun:
                while more and len(unread) <= ahead:
                    if more := bool(group := next(groups, [])):
                        unread.append((group, reading.submit(self._read, group)))
                if unread:
                    group, messages = unread.popleft()
                    started = self._begun(group, messages.result())
                    begun.append((started, encoding.submit(self._encoded, self._foreseen(started))))
                if begun and (len(begun) > ahead or not unread):
                    started, encoded = begun.popleft()
                    yield from self._finished(started, encoded.result())

    def answer(self, asked: Asked) -> Answer:
        """The answer to one question. Raises BadQuestion."""
        begun = self._begun([asked], self._read([asked]))
        return next(self._finished(begun, self._encoded(self._foreseen(begun))))

    def foresee(self, history: Sequence[str]) -> None:
        """Replay a conversation, oldest question first, so that it is remembered when its next question comes."""
        self._conversations.so_far([history])

    def continued(self, asked: Sequence[tuple[tuple[Turn, ...], str]]) -> list[tuple[Turn, ...]]:
        """The turns of each (turns, next question), with that question answered and added."""
        conversations = [turns for turns, _ in asked]
        texts = [question.strip()[:MAX_CHARACTERS] or "?" for _, question in asked]
        begun = self._understood(texts, self._assistant.read(texts), conversations)
        known = self._compared(self._encoded(self._foreseen(begun))[0])
        longer = []
        for text, (_, query, turns, draft, _, _) in zip(texts, begun, strict=True):
            if draft is None:
                query, draft, _ = self._assistant.searched(query, turns, known)
            quoted = tuple((s.passage.id, s.quote) for s in (*draft.statements, *draft.nearest))
            longer.append((*turns, Turn(text, query.text, draft.outcome, quoted, query.relation)))
        return longer

    def _read(self, group: Sequence[Asked]) -> Read:
        """What each question of a group asks. Raises BadQuestion."""
        started = time.perf_counter()
        messages = self._assistant.read([checked(question) for question, _, _ in group])
        return messages, time.perf_counter() - started

    def _begun(self, group: Sequence[Asked], told: Read) -> list[Begun]:
        """The questions of a group, as far as they come without a search."""
        messages, reading = told
        started = time.perf_counter()
        questions = [question for question, _, _ in group]
        conversations = self._conversations.so_far([history for _, history, _ in group])
        begun = self._understood(questions, messages, conversations, [identity for _, _, identity in group])
        shared = (reading + time.perf_counter() - started - sum(one.seconds for one in begun)) / len(group)
        return [one._replace(seconds=one.seconds + shared) for one in begun]

    def _understood(
        self,
        questions: Sequence[str],
        messages: Sequence[Message],
        conversations: Sequence[tuple[Turn, ...]],
        identities: Sequence[str | None] = (),
    ) -> list[Begun]:
        """Each question after the turns before it. Where it has an id, a model may complete it."""
        self._weigh_ahead(messages, conversations)
        begun = []
        for question, message, turns, identity in zip_longest(questions, messages, conversations, identities):
            started = time.perf_counter()
            query = self._assistant.query(question, message, turns)
            if identity is not None:
                query = self._assistant.completed(query, turns, identity)
            draft = self._assistant.without_search(query, message, turns)
            begun.append(Begun(message, query, turns, draft, identity or "", time.perf_counter() - started))
        return begun

    def _weigh_ahead(self, messages: Sequence[Message], conversations: Sequence[tuple[Turn, ...]]) -> None:
        """Find out the vectors of all candidates of messages at once, for `Assistant.query`."""
        repaired = self._assistant.understanding.speller.repaired
        later = [
            (repaired(message.questions[0]), turns)
            for message, turns in zip(messages, conversations, strict=True)
            if leans(message.questions[0], understood_so_far(turns))
        ]
        if later:
            texts = [
                one.text for text, turns in later for one in candidates(text, understood_so_far(turns)[-CONSIDERED:], SUBJECTS)
            ]
            self._assistant.vectors.near(texts)
            self._assistant.vectors.meant([(text, [turn.question for turn in turns]) for text, turns in later])

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
                query, draft, found = self._assistant.searched(query, turns, known, identity)
                seconds += shared
            yield self._assistant.composed(message, query, draft, found, identity, time.perf_counter() - started + seconds)

    def _foreseen(self, begun: list[Begun]) -> list[str]:
        """The texts that questions will be searched by, as far as that is known before."""
        waiting = (one.query for one in begun if one.draft is None)
        return list(dict.fromkeys(text for query in waiting for text in self._assistant.searched_by(query)))

    def _encoded(self, texts: list[str]) -> Encoded:
        """The vector of each text, unit length; nothing is loaded for no texts."""
        started = time.perf_counter()
        vectors = dict(zip(texts, self._assistant.vectors.of(texts), strict=True)) if texts else {}
        return vectors, time.perf_counter() - started

    def _compared(self, vectors: Mapping[str, np.ndarray]) -> Known:
        """The texts of vectors compared with the bank, all at once."""
        compared = self._assistant.searcher.compare(np.stack([*vectors.values()])) if vectors else []
        return {text: (vector, found) for (text, vector), found in zip(vectors.items(), compared, strict=True)}
