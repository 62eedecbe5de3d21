"""A language model behind a seam: instructions and a message -> its reply as text, within bounds of time, length and calls.

Any chat model of LangChain; a provider's package is imported when the first question needs it. Knows nothing of questions,
passages or replies, and keeps nothing.
"""

from __future__ import annotations

import asyncio
import logging
import random
import threading
import time
from concurrent.futures import CancelledError, Future
from contextlib import aclosing
from functools import cache, cached_property
from typing import Any, Protocol

from assistant.errors import ModelFault
from assistant.model.settings import ModelSettings

MOST_CHARACTERS = 8_000  # of a reply: numbers need a few hundred; what is longer is cut off and not read
BACK_OFF, LONGEST_WAIT = 0.5, 8.0  # seconds: the first wait before a retry, doubled each time, and the longest
LEFT = 1_000  # cancelled questions that are remembered, for calls that have yet to begin
ENDINGS = ("finish_reason", "stop_reason", "done_reason")  # what providers call the reason why a reply ends
CUT = frozenset({"length", "max_tokens"})  # ... and the reasons that mean it was cut off
EXTRAS = {"ollama": "ollama", "openai": "openai", "anthropic": "anthropic"}

log = logging.getLogger("findings.model")


class ChatModel(Protocol):
    """Anything that replies to instructions and a message, within `seconds`. `identity` names the question it is asked for."""

    name: str
    seconds: float

    def reply(self, instructions: str, message: str, identity: str = "", key: str = "") -> str:
        """The reply as text. `identity`: the question's, for `cancel`; `key`: what a recorded reply is found by. Raises
        ModelFault.
        """
        ...

    def cancel(self, identity: str) -> bool:
        """Stop asking for a question; True if a call was stopped."""
        ...


class LangChainModel:
    """A chat model of LangChain, called within bounds: time, length, retries, calls at once; `cancel` ends a call.

    Where the `cut` of a reply will do, one that was cut off or is too long is given as far as it goes.
    """

    def __init__(self, settings: ModelSettings, most: int = MOST_CHARACTERS, cut: bool = False) -> None:
        self.settings = settings
        self._most = most
        self._cut = cut
        self.name = settings.name
        self.seconds = settings.timeout
        self._left: dict[str, None] = {}
        self._free = threading.BoundedSemaphore(settings.concurrency)
        self._running: dict[str, Future[str]] = {}

    def reply(self, instructions: str, message: str, identity: str = "", key: str = "") -> str:
        ends = time.monotonic() + self.settings.timeout
        if not self._free.acquire(timeout=self.settings.timeout):
            raise ModelFault("The language model is busy.")
        try:
            if identity in self._left:  # whoever asked left before their turn came
                raise ModelFault("The question was cancelled.")
            call = self._call(instructions, message, ends - time.monotonic())
            future = asyncio.run_coroutine_threadsafe(call, calls())
            self._running[identity] = future
            try:
                return future.result()
            except CancelledError:
                raise ModelFault("The question was cancelled.") from None
            finally:
                future.cancel()  # does something only when the caller was interrupted
                if self._running.get(identity) is future:
                    del self._running[identity]
        finally:
            self._free.release()

    def cancel(self, identity: str) -> bool:
        """End the call for a question, if there is one, and begin none: whoever asked has left."""
        if len(self._left) >= LEFT:
            self._left.clear()
        self._left[identity] = None
        future = self._running.get(identity)
        return future is not None and future.cancel()

    @cached_property
    def _chat(self) -> Any:
        """The chat model. Raises ModelFault when its package is missing or refuses the settings."""
        from langchain.chat_models import init_chat_model

        try:
            return init_chat_model(self.settings.name, **arguments(self.settings))
        except ImportError as fault:
            extra = EXTRAS.get(self.settings.provider)
            install = f"install findings-somerset-2018[{extra}]" if extra else f"install what {fault.name} needs"
            raise ModelFault(f"The package for {self.settings.provider} is missing: {install}.") from fault
        except Exception as fault:  # a provider's own refusal: an unknown provider, a missing key
            raise ModelFault(f"The language model {self.name} cannot be set up ({type(fault).__name__}).") from fault

    async def _call(self, instructions: str, message: str, seconds: float) -> str:
        from langsmith import tracing_context

        try:
            chat = self._chat
            with tracing_context(enabled=False):  # LangChain would report the question to a service where it is set so
                async with asyncio.timeout(max(0.0, seconds)):
                    return await self._persist(chat, [("system", instructions), ("human", message)])
        except ModelFault:
            raise
        except TimeoutError as fault:
            raise ModelFault("The language model took too long.") from fault
        except Exception as fault:  # whatever a provider's package raises; its words may hold addresses and keys
            status = getattr(fault, "status_code", None)
            raise ModelFault(f"The language model failed ({status or type(fault).__name__}).") from fault

    async def _persist(self, chat: Any, messages: list[tuple[str, str]]) -> str:
        """One reply, tried again while the fault may pass."""
        from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt

        trying = AsyncRetrying(
            stop=stop_after_attempt(self.settings.retries + 1), retry=retry_if_exception(passing), wait=waiting, reraise=True
        )
        return await trying(self._once, chat, messages)

    async def _once(self, chat: Any, messages: list[tuple[str, str]]) -> str:
        pieces: list[str] = []
        size = 0
        async with aclosing(chat.astream(messages)) as stream:
            async for chunk in stream:
                piece = str(chunk.text)
                size += len(piece)
                if size > self._most:
                    if self._cut:
                        break
                    raise ModelFault("The language model's reply is too long.")
                pieces.append(piece)
                if not self._cut and CUT & {str(chunk.response_metadata.get(name)) for name in ENDINGS}:
                    raise ModelFault("The language model's reply was cut off.")
        return "".join(pieces)


@cache
def calls() -> asyncio.AbstractEventLoop:
    """The event loop of all calls, in a thread of its own, where a call can be cut off at any moment.

    One for the process: providers' packages share connections between their chat models, and a connection keeps to its loop.
    """
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="language-model", daemon=True).start()
    return loop


def arguments(settings: ModelSettings) -> dict[str, Any]:
    """What a provider's chat model is made with; retries are ours, so that all of them fit into one bound of time."""
    given: dict[str, Any] = {"temperature": settings.temperature} if settings.temperature is not None else {}
    if settings.base_url:
        given["base_url"] = settings.base_url
    if settings.provider == "ollama":
        return {**given, "num_predict": settings.max_tokens, "client_kwargs": {"timeout": settings.timeout}}
    if settings.api_key:
        given["api_key"] = settings.api_key.get_secret_value()
    elif settings.base_url and settings.provider == "openai":
        given["api_key"] = "none"  # the package insists on one; servers of one's own ask for none
    return {**given, "max_tokens": settings.max_tokens, "timeout": settings.timeout, "max_retries": 0}


def passing(fault: BaseException) -> bool:
    """Whether a fault is transient: rate limit, timeout, server error, lost connection."""
    if isinstance(fault, ModelFault):
        return False
    status = getattr(fault, "status_code", None)
    if isinstance(status, int):
        return status in (408, 409, 425, 429) or status >= 500
    kinds = {kind.__name__ for kind in type(fault).__mro__}
    return isinstance(fault, ConnectionError) or bool(kinds & {"TransportError", "APIConnectionError"})


def waiting(state: Any) -> float:
    """Seconds before the next try (tenacity's state): the server's Retry-After, else exponential backoff with jitter;
    LONGEST_WAIT caps it.
    """
    fault = state.outcome.exception()
    headers = getattr(getattr(fault, "response", None), "headers", None) or {}
    asked = str(headers.get("retry-after", ""))
    if asked.isdigit():
        return min(float(asked), LONGEST_WAIT)
    return min(BACK_OFF * 2 ** (state.attempt_number - 1), LONGEST_WAIT) * random.uniform(0.75, 1.25)


class ReplayedModel:
    """A model that gives recorded replies again, by key: no model is needed and nothing is sent."""

    seconds = 0.0

    def __init__(self, name: str, records: dict[str, dict[str, Any]]) -> None:
        self.name = name
        self.records = records

    def reply(self, instructions: str, message: str, identity: str = "", key: str = "") -> str:
        record = self.records.get(key)
        if record is None:
            raise ModelFault("There is no recorded reply to this question.")
        if record["reply"] is None:
            raise ModelFault(str(record["fault"]))
        return str(record["reply"])

    def cancel(self, identity: str) -> bool:
        """Nothing is ever under way."""
        return False
