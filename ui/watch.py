"""The watchdog: a question that takes too long ends, and the server goes on.

A regular expression holds the interpreter's lock until it is done: no thread can end it, and no other runs meanwhile. Only a signal does,
and Python handles signals in the main thread alone (the matcher looks for them every 4,096 steps). So questions are worked on in the
main thread, one after another, under an alarm, while the server runs in another. Measured on 28 November 2026: docs/reliability.md.

What even a signal cannot end, a call of foreign code that never returns, ends the process with a trace of where it was; whoever runs a
shared server lets it be started again (docs/deployment.md).
"""

from __future__ import annotations

import faulthandler
import queue
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from types import FrameType
from typing import Any, TypeVar

Done = TypeVar("Done")
AGAIN = 1.0  # seconds between two alarms, where the first was swallowed by a `finally` or a callback
HOPELESS = 3  # times the limit after which the process is ended
IDLE = 0.25  # seconds between two looks whether to stop
QUIET = 0.1  # seconds without work, after which there is time for a small one that nobody waits for
SPARE = 200  # such works that are kept: those of the last answers, and what is done once at the start


class TooLong(BaseException):
    """Raised in the midst of a question that takes too long; no Exception, so that nothing catches it by the way."""


class Watchdog:
    """Runs work in the main thread under an alarm, once the main thread has come to `serve`; until then, and without limit, at once."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._work: queue.SimpleQueue[tuple[Callable[[], Any], Future[Any]]] = queue.SimpleQueue()
        self.spare: deque[Callable[[], Any]] = deque(maxlen=SPARE)
        self._serving = False
        self._door = threading.Lock()  # between the look whether work is taken and its coming into the queue, serving may end
        self._armed = False

    def run(self, work: Callable[[], Done]) -> Done:
        """The result of the work, in time. Raises TooLong, or what the work raises."""
        waiting: Future[Done] = Future()
        with self._door:
            taken = self._serving
            if taken:
                self._work.put((work, waiting))
        return waiting.result() if taken else work()

    def later(self, works: Iterable[Callable[[], Any]]) -> None:
        """Small works that nobody waits for, done one at a time, each when nothing has come for a moment.

        Those named last come first, in their order; of too many the oldest are given up.
        """
        self.spare.extend(reversed([*works]))

    def serve(self, stopped: Callable[[], bool]) -> None:
        """Do the work that comes, until stopped. To be called in the main thread."""
        if threading.current_thread() is not threading.main_thread():
            raise RuntimeError("alarms reach the main thread only")
        before = signal.signal(signal.SIGALRM, self._alarm)
        self._serving = True
        try:
            while not stopped():
                try:
                    work, waiting = self._work.get(timeout=QUIET if self.spare else IDLE)
                except queue.Empty:
                    if not self.spare:
                        continue
                    work, waiting = self.spare.pop(), Future()  # a fault in it is met again by whoever needs it
                self._one(work, waiting)
        finally:
            with self._door:
                self._serving = False
            signal.signal(signal.SIGALRM, before)
            while not self._work.empty():
                self._work.get()[1].cancel()

    def _one(self, work: Callable[[], Any], waiting: Future[Any]) -> None:
        try:
            faulthandler.dump_traceback_later(HOPELESS * self.seconds, exit=True)
            signal.setitimer(signal.ITIMER_REAL, self.seconds, AGAIN)
            self._armed = True
            try:
                result = work()
            finally:
                self._armed = False
                signal.setitimer(signal.ITIMER_REAL, 0)
                faulthandler.cancel_dump_traceback_later()
        except (Exception, TooLong) as fault:
            waiting.set_exception(fault)
        else:
            waiting.set_result(result)

    def _alarm(self, number: int, frame: FrameType | None) -> None:
        if self._armed:
            raise TooLong
