"""The engine behind the page: opened when there is an index, tried again while there is none. Faults become sentences.

Keeps no question: what it returns is the answer object, what it logs of a bug is where it happened, never what was asked.
"""

from __future__ import annotations

import secrets
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from assistant.answer import Answer, error_answer
from assistant.assistant import Assistant
from assistant.conversations import REPLAYED
from assistant.errors import AssistantFault, UnusableSetting
from index.errors import IndexFault, NoUsableIndex, ShelfFault
from prompts import wording
from ui.related import ReadingRoom
from ui.terminal.installation import damaged, sentence
from ui.watch import TooLong, Watchdog
from ui.web.limits import NAME, Limits, cut
from ui.web.log import fault as log
from ui.web.log import line

RETRY_SECONDS = 2.0  # a missing index is not looked for more often than this
Done = TypeVar("Done")


@dataclass(frozen=True)
class Listed:
    """A report that may be chosen: its name on the shelf, and what it is called beside others."""

    name: str
    title: str


class Desk:
    """Holds the reading room with its assistant, or the sentence that says why there is none."""

    name = ""  # of the report on the shelf, as the page calls it; none of the report in force

    def __init__(
        self, engine: Callable[[], Assistant], seconds: float = Limits.seconds, sessions: int = Limits.sessions,
        watchdog: Watchdog | None = None,
    ) -> None:  # fmt: skip
        """`engine` opens the assistant; it raises IndexFault where there is no index to ask. `seconds` one question may take,
        `sessions` conversations are held in memory at once. Desks of one server have one `watchdog`.
        """
        self.sessions = sessions
        self._engine = engine
        self.reason = ""  # why questions are written to the log; they are not without one
        self.watchdog = watchdog or Watchdog(seconds)
        self._lock = threading.Lock()
        self._room: ReadingRoom | None = None
        self._assistant: Assistant | None = None
        self._tried = 0.0
        self._asking: dict[str, set[str]] = {}  # session -> ids of its questions that are being answered
        self.fault = ""
        self._passed: str | None = None  # a newer build that cannot be taken without a new start
        self._said = ""  # the last fault of looking for a newer build

    def room(self) -> ReadingRoom | None:
        """The reading room of the opened index; None when there is none, and then `fault` says what to do."""
        with self._lock:
            if self._room is None and (not self.fault or time.monotonic() - self._tried > RETRY_SECONDS):
                self._tried = time.monotonic()
                try:
                    self._assistant, self._room, self.fault = *self._opened(), ""
                    self.watchdog.later(partial(self._room.answerable, one) for one in self._room.forms())
                except (IndexFault, UnusableSetting) as fault:
                    self.fault = str(fault)
                except Exception as fault:
                    if (name := damaged(fault)) is None:
                        raise  # a bug
                    self.fault = sentence(name)
            return self._room

    def _opened(self) -> tuple[Assistant, ReadingRoom]:
        """The engine, with all loaded that a question needs: nothing of the index is read from disk later."""
        assistant = self._engine()
        _ = assistant.index.embedder, assistant.index.cross_encoder, assistant.index.bm25, assistant.links
        # What is suggested next is tried without a language model: it would be asked for nobody.
        return assistant, ReadingRoom(assistant if assistant.chooser is None else Assistant(assistant.index))

    def renew(self, newest: Callable[[], str | None]) -> None:
        """Open the index anew where `newest` names another build than the one asked, and answer from it once it is ready.

        Only where it holds the same report: the page shows the report too, so for another one the chat is started anew. Faults leave
        everything as it is; each is said once.
        """
        room = self._room
        if room is None:
            return  # opened by the next who asks
        try:
            if (name := newest()) is None or name in (room.assistant.index.folder.name, self._passed):
                return
            assistant, fresh = self._opened()
            if fresh.report != room.report:
                self._passed, said = name, wording("server.other_report")
            else:
                with self._lock:
                    self._assistant, self._room = assistant, fresh
                said = ""
        except (IndexFault, UnusableSetting) as fault:
            said = wording("server.not_renewed", reason=fault)
        except Exception as bug:  # looked for again; what was asked is not in it
            log(bug)
            return
        if said and said != self._said:
            print(said, file=sys.stderr, flush=True)
        self._said = said

    def in_time(self, work: Callable[[], Done]) -> Done:
        """The result of some work with the engine. Raises TooLong where it takes longer than a question may.

        A language model has its own limit of time, and waiting for it must not keep others: it is asked outside of the watchdog.
        """
        alone = self._assistant is None or self._assistant.chooser is None
        return self.watchdog.run(work) if alone else work()

    def _reopen(self, fault: str) -> None:
        with self._lock:
            self._room, self._assistant, self.fault, self._tried = None, None, fault, 0.0

    @property
    def pending(self) -> str:
        """What the page says while it waits: with a language model, that one is choosing."""
        self.room()
        chooses = self._assistant is not None and self._assistant.chooser is not None
        return wording("model.choosing") if chooses else wording("chat.pending")

    @property
    def seconds(self) -> float:
        """How long a language model may take over a question; 0 without one."""
        self.room()
        return self._assistant.seconds if self._assistant is not None else 0.0

    def left(self, session: str) -> None:
        """Whoever held a session has gone: a model is asked nothing more for them."""
        with self._lock:
            asking = tuple(self._asking.get(session, ()))
        for identity in asking:
            if self._assistant is not None:
                self._assistant.left(identity)

    def answer(
        self, question: str, earlier: Sequence[str], session: str = "", offered: Sequence[str] = (), follow: bool = True
    ) -> tuple[Answer, list[str]]:
        """The answer, and with `follow` what could be asked next, none of it `offered` before. Never raises: a fault is an answer
        with outcome `error`. What is longer than can be asked is cut before it is kept anywhere.
        """
        question, room, assistant = cut(question), self.room(), self._assistant
        if self.reason:
            line(event="question", reason=self.reason, question=question)
        if room is None or assistant is None:
            return error_answer(question, self.fault), []
        identity = secrets.token_hex(8)  # of this question, so that it can be cancelled; it leaves no trace
        with self._lock:
            self._asking.setdefault(session, set()).add(identity)
        try:

            def work() -> tuple[Answer, list[str]]:
                answer = replace(self._asked(assistant, question, earlier, identity), id="")
                return answer, self._next(room, answer, (*earlier, *offered)) if follow else []

            return self._faultless(question, room, work)
        finally:
            with self._lock:
                self._asking[session].discard(identity)
                if not self._asking[session]:
                    del self._asking[session]

    def anew(
        self, question: str, earlier: Sequence[str], offered: Sequence[str] = (), lead_on: bool = True
    ) -> tuple[Answer, list[str]]:
        """As `answer`, but never by a language model: for conversations that come back from a reader's browser.

        Without `lead_on` nothing is suggested: finding what the report answers takes longer than the answer.
        """
        room = self.room()
        if room is None:
            return error_answer(question, self.fault), []

        def work() -> tuple[Answer, list[str]]:
            answer = replace(self._again(room, question, earlier), id="")
            return answer, self._next(room, answer, (*earlier, *offered)) if lead_on else []

        return self._faultless(question, room, work)

    def _faultless(
        self, question: str, room: ReadingRoom, work: Callable[[], tuple[Answer, list[str]]]
    ) -> tuple[Answer, list[str]]:
        """What the work gives, in time; a fault becomes an answer."""
        try:
            return self.in_time(work)
        except TooLong:
            reason = wording("error.too_slow")
        except NoUsableIndex as fault:  # something of it was changed meanwhile: it is opened anew by the next question
            self._reopen(str(fault))
            reason = str(fault)
        except (AssistantFault, IndexFault) as fault:
            reason = str(fault)
        except Exception as bug:  # a bug must not take the page down; it is logged without the question
            log(bug)
            reason = wording("error.fault")
        return error_answer(question, reason, report=room.assistant.index.report), []

    # ---- what differs where several reports are asked at once ----------------------------------------------------

    def _asked(self, assistant: Assistant, question: str, earlier: Sequence[str], identity: str) -> Answer:
        answer = assistant.ask(question, earlier, identity)
        so_far = [*earlier, question][-REPLAYED:]
        self.watchdog.later(partial(assistant.foresee, so_far[:length]) for length in range(1, len(so_far) + 1))
        return answer

    def _again(self, room: ReadingRoom, question: str, earlier: Sequence[str]) -> Answer:
        return room.assistant.ask(question, earlier)

    def _next(self, room: ReadingRoom, answer: Answer, taken: Sequence[str]) -> list[str]:
        """What could be asked next, none of it taken."""
        return room.follow_ups(answer, (*taken, *answer.suggestions))

    def rooms(self) -> list[ReadingRoom]:
        """The reading rooms of the reports that are asked here, in their order; those that can be opened."""
        room = self.room()
        return [room] if room else []

    def judged(self) -> Answer:
        """How the reports that are asked here were judged."""
        return self.anew(wording("shelf.judgements_question"), ())[0]

    # ---- the other reports on the shelf (ui/desks.py) ------------------------------------------------------------

    @property
    def own(self) -> str:
        """The name of the report in force."""
        room = self.room()
        return room.report.short if room else ""

    def at(self, asked: str) -> Desk:
        """As `of`; for a name that is not there a desk that says so."""
        try:
            return self.of(asked)
        except IndexFault as fault:
            return Desk(partial(_refusing, fault))

    def of(self, asked: str) -> Desk:
        """The desk that a page asks: this one, or that of reports by name. Raises ShelfFault for a name that is not there."""
        room = self.room()
        if asked and (room is None or asked != room.report.short):
            raise ShelfFault(wording("shelf.no_report", name=asked[:NAME]))
        return self

    def listed(self) -> list[Listed]:
        """The reports among which a reader may choose; none where there is one."""
        return []


def _refusing(fault: IndexFault) -> Assistant:
    raise fault
