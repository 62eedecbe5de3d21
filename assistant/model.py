"""A language model writes, verification.py decides: an extractive answer -> an answer whose every sentence was verified.

The model is any chat model of LangChain, reached through the seam ChatModel; a provider's package is imported when the
first question needs it. Whatever goes wrong ends in the extractive answer with a note. Knows no doors and keeps nothing.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import random
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future
from contextlib import aclosing
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.answer import Answer, Draft, Statement, citation
from assistant.composing import check_verbatim
from assistant.errors import ModelFault
from assistant.glossary import Glossary
from assistant.lexicon import Lexicon
from assistant.settings import ModelSettings
from assistant.understanding import Query
from assistant.verification import Claim, Known, Support, Verdict, verify
from index.entailment import open_entailment
from index.passages import Passage, Report
from index.search import Found
from index.sentences import fold
from index.words import tokens
from prompts import prompt, prompt_hash, wording

UNSURE = 0.2  # a question not answered with at least this confidence that it could be is put to the model all the same
PASSAGES = 10  # shown to the model
SENTENCES, BRIEFING_SENTENCES = 4, 8  # asked for
MOST_SENTENCES = 20  # read of a reply
MOST_CHARACTERS = 24_000  # of a reply; what is longer is cut off and not read
BACK_OFF, LONGEST_WAIT = 0.5, 8.0  # seconds: the first wait before a retry, doubled each time, and the longest
LEFT = 1_000  # cancelled questions that are remembered, for calls that have yet to begin
BROAD = frozenset({"briefing", "theme"})
ENDINGS = ("finish_reason", "stop_reason", "done_reason")  # what providers call the reason why a reply ends
CUT = frozenset({"length", "max_tokens"})  # ... and the reasons that mean it was cut off
EXTRAS = {"ollama": "ollama", "openai": "openai", "anthropic": "anthropic"}

log = logging.getLogger("findings.model")


# ---- the seam --------------------------------------------------------------------------------------------------


class ChatModel(Protocol):
    """Anything that replies to instructions and a message, within `seconds`. `identity` names the question it is asked for."""

    name: str
    seconds: float

    def reply(self, instructions: str, message: str, identity: str = "", key: str = "") -> str:
        """The reply as text. Raises ModelFault."""
        ...

    def cancel(self, identity: str) -> bool:
        """Ask nothing more for a question; whether a call for it was ended."""
        ...


class LangChainModel:
    """A chat model of LangChain, called within bounds: time, length, retries, calls at once; `cancel` ends a call."""

    def __init__(self, settings: ModelSettings) -> None:
        self.settings = settings
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
        for attempt in range(self.settings.retries + 1):
            try:
                return await self._once(chat, messages)
            except ModelFault:
                raise
            except Exception as fault:
                if attempt == self.settings.retries or not passing(fault):
                    raise
                await asyncio.sleep(waiting(fault, attempt))
        raise AssertionError("unreachable")

    async def _once(self, chat: Any, messages: list[tuple[str, str]]) -> str:
        pieces: list[str] = []
        size = 0
        async with aclosing(chat.astream(messages)) as stream:
            async for chunk in stream:
                piece = str(chunk.text)
                size += len(piece)
                if size > MOST_CHARACTERS:
                    raise ModelFault("The language model's reply is too long.")
                pieces.append(piece)
                if CUT & {str(chunk.response_metadata.get(name)) for name in ENDINGS}:
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
    """Whether a fault may pass: too many requests, a server's fault, a connection that failed."""
    status = getattr(fault, "status_code", None)
    if isinstance(status, int):
        return status in (408, 409, 425, 429) or status >= 500
    kinds = {kind.__name__ for kind in type(fault).__mro__}
    return isinstance(fault, ConnectionError) or bool(kinds & {"TransportError", "APIConnectionError"})


def waiting(fault: BaseException, attempt: int) -> float:
    """Seconds before the next try: what the server asks for, or twice as long each time, never the same for all."""
    headers = getattr(getattr(fault, "response", None), "headers", None) or {}
    asked = str(headers.get("retry-after", ""))
    if asked.isdigit():
        return min(float(asked), LONGEST_WAIT)
    return min(BACK_OFF * 2**attempt, LONGEST_WAIT) * random.uniform(0.75, 1.25)


# ---- the reply -------------------------------------------------------------------------------------------------


class _Cited(BaseModel):
    model_config = ConfigDict(frozen=True)

    passage: int
    quote: str = Field(max_length=2_000)


class _Sentence(BaseModel):
    model_config = ConfigDict(frozen=True)

    text: str = Field(max_length=2_000)
    citations: tuple[_Cited, ...] = Field(default=(), max_length=10)


class ModelReply(BaseModel):
    """What a model is asked to reply: sentences with the passages they rest on, or that nothing is stated."""

    model_config = ConfigDict(frozen=True)

    stated: bool
    sentences: tuple[_Sentence, ...] = Field(default=(), max_length=MOST_SENTENCES)


def json_of(text: str) -> str:
    """The JSON object of a reply, without what models put around it. Raises ModelFault."""
    start, end = text.find("{"), text.rfind("}")
    if start < 0 or end < start:
        raise ModelFault("The language model's reply holds no answer.")
    return text[start : end + 1]


def read_reply(text: str) -> ModelReply:
    """Raises ModelFault when the reply is not of the form asked for."""
    try:
        return ModelReply.model_validate_json(json_of(text))
    except ValidationError as fault:
        raise ModelFault("The language model's reply is not of the form asked for.") from fault


class _Rewriting(BaseModel):
    model_config = ConfigDict(frozen=True)

    question: str = Field(min_length=3, max_length=400)


def read_rewriting(text: str) -> str:
    """The question of a reply. Raises ModelFault when the reply is not of the form asked for."""
    try:
        return _Rewriting.model_validate_json(json_of(text)).question
    except ValidationError as fault:
        raise ModelFault("The language model's reply is not of the form asked for.") from fault


# ---- the question ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Request:
    """A question with the passages shown to the model, numbered from 1 in this order."""

    name: str
    question: str
    passages: tuple[Passage, ...]

    @property
    def key(self) -> str:
        """A checksum of all that decides the reply, random delimiters aside: what a recorded reply is found by."""
        told = hashlib.sha256(f"{prompt_hash(self.name)}\0{self.question}".encode())
        for passage in self.passages:
            told.update(f"\0{passage.id}\0{passage.context}\0{passage.text}".encode())
        return told.hexdigest()[:24]

    def messages(self, mark: str) -> tuple[str, str]:
        """The instructions and the message; `mark` is the random part of the delimiters."""
        shown = "\n\n".join(_shown(number, passage, mark) for number, passage in enumerate(self.passages, 1))
        most = BRIEFING_SENTENCES if self.name == "briefing" else SENTENCES
        return prompt(self.name, mark=mark, passages=shown, question=self.question, most=most)


def _shown(number: int, passage: Passage, mark: str) -> str:
    context = f"(after: {passage.context})\n" if passage.context else ""
    return f'<passage-{mark} number="{number}" place="{passage.place}" kind="{passage.kind}">\n{context}{passage.text}\n</passage-{mark}>'


def request_for(query: Query, draft: Draft, found: Found | None) -> Request | None:
    """What the model is asked; None where the question is decided without it."""
    if found is None or draft.outcome not in ("answered", "not_stated"):
        return None
    if draft.outcome == "not_stated" and (draft.confidence or 0.0) < UNSURE:
        return None
    chosen = [statement.passage for statement in draft.statements]
    ranked = [hit.passage for hit in found.hits(PASSAGES)]
    passages = tuple({one.id: one for one in (*chosen, *ranked)}.values())[: max(PASSAGES, len(chosen))]
    name = "briefing" if BROAD & {query.kind, *query.kinds} else "answer"
    return Request(name, query.text, passages)


# ---- the answer ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Written:
    """What came of one question put to the model, for records: the request's key, the reply or the fault, the verdicts."""

    id: str
    key: str
    prompt: str
    reply: str | None
    fault: str | None
    kept: int
    dropped: tuple[str, ...]
    fallback: bool

    @property
    def sentences(self) -> int:
        return self.kept + len(self.dropped)


class Writer:
    """Puts a model's verified sentences in the place of the extractive answer, or leaves it, saying so.

    With `fallback` false a ModelFault is raised instead. `note` is told of every question put to the model.
    """

    def __init__(
        self, model: ChatModel, report: Report, fallback: bool = True, note: Callable[[Written], None] | None = None
    ) -> None:
        self.model = model
        self.fallback = fallback
        self.note = note
        self.known = Known(Lexicon(Glossary.packaged(), (report.authority, "Ofsted")), open_entailment())

    def write(self, query: Query, draft: Draft, found: Found | None, answer: Answer) -> Answer:
        """The answer in the model's words where all is well. Raises ModelFault only when fallback is forbidden."""
        request = request_for(query, draft, found)
        if request is None:
            return answer
        started = time.perf_counter()
        text: str | None = None
        fault: str | None = None
        verdicts: tuple[Verdict, ...] = ()
        written: Answer | None = None
        try:
            text = self.model.reply(*request.messages(secrets.token_hex(8)), identity=answer.id, key=request.key)
            reply = read_reply(text)
            verdicts = self._verdicts(reply, request)
            written = composed(draft, answer, verdicts) if reply.stated else unstated(draft, answer)
        except ModelFault as raised:
            fault = str(raised)
            log.warning("%s The extractive answer is given instead.", fault)
        if self.note:
            kept, dropped = sum(one.kept for one in verdicts), tuple(one.reason for one in verdicts if one.reason)
            self.note(Written(answer.id, request.key, request.name, text, fault, kept, dropped, written is None))
        if written is None:
            if not self.fallback:
                raise ModelFault(fault or wording("model.unverified"))
            written = fallen_back(answer, "model.failed" if fault else "model.unverified", any(not one.kept for one in verdicts))
        return replace(written, seconds=round(answer.seconds + time.perf_counter() - started, 5))

    @property
    def seconds(self) -> float:
        """How long one question may take at most: completing a follow-up, and answering."""
        return 2 * self.model.seconds

    def cancel(self, identity: str) -> bool:
        """Ask the model nothing more for a question."""
        return self.model.cancel(identity)

    def completed(self, question: str, earlier: Sequence[str], identity: str = "") -> str:
        """A follow-up made complete by the model; the question as it is when that fails or brings in words of its own."""
        mark = secrets.token_hex(8)
        instructions, message = prompt("follow_up", mark=mark, earlier="\n".join(earlier), question=question)
        key = hashlib.sha256("\0".join((prompt_hash("follow_up"), *earlier, question)).encode()).hexdigest()[:24]
        text = fault = None
        found = question
        try:
            text = self.model.reply(instructions, message, identity=identity, key=key)
            found = read_rewriting(text)
        except ModelFault as raised:
            fault = str(raised)
            log.warning("%s The follow-up is understood without it.", fault)
        if self.note:
            self.note(Written(identity, key, "follow_up", text, fault, 0, (), fault is not None))
        held = frozenset(tokens(" ".join((*earlier, question))))
        return found if all(self.known.lexicon.supported(one, held) for one in tokens(found)) else question

    def _verdicts(self, reply: ModelReply, request: Request) -> tuple[Verdict, ...]:
        if not reply.stated:
            return ()
        numbered = {str(number): passage for number, passage in enumerate(request.passages, 1)}
        claims = [Claim(one.text, tuple((str(c.passage), c.quote) for c in one.citations)) for one in reply.sentences]
        return verify(claims, numbered, self.known)


def composed(draft: Draft, answer: Answer, verdicts: Sequence[Verdict]) -> Answer | None:
    """The answer made of the sentences that were kept; None where they do not do instead of the extractive ones."""
    kept = list({one.text: one for one in verdicts if one.kept}.values())
    dropped = sum(not one.kept for one in verdicts)
    if not kept or (draft.outcome == "answered" and not covers(kept, draft.statements[0])):
        return None
    also = {statement.passage.id: statement.also for statement in draft.statements}
    cited = dict.fromkeys(support for one in kept for support in one.supports)
    statements = [check_verbatim(Statement(s.passage, s.quote, also.get(s.passage.id, ()))) for s in cited]
    lines = "\n".join(_line(one) for one in kept)
    told = [wording("model.dropped", count=dropped)] if dropped else []
    opening = [draft.opening] if draft.outcome == "answered" and draft.opening else []
    closing = draft.closing if draft.outcome == "answered" else ()
    return replace(
        answer, outcome="answered", answer="\n\n".join([*opening, lines, *closing, *told]), mode="model", nearest=(),
        citations=tuple(citation(one) for one in statements),
        notes=tuple(dict.fromkeys((*answer.notes, *(("sentences_dropped",) if dropped else ())))),
    )  # fmt: skip


def _line(verdict: Verdict) -> str:
    passages = {support.passage.id: support.passage for support in verdict.supports}.values()
    corrected = f" {wording('answered.corrected')}" if any(one.corrected for one in passages) else ""
    return f"{verdict.text}{corrected} [{'; '.join(one.label for one in passages)}]"


def covers(kept: Sequence[Verdict], statement: Statement) -> bool:
    """Whether a sentence that was kept rests on the first statement of the extractive answer."""
    return any(_rests_on(support, statement) for one in kept for support in one.supports)


def _rests_on(support: Support, statement: Statement) -> bool:
    if support.passage.id != statement.passage.id:
        return False
    quoted, stated = fold(support.quote), fold(statement.quote)
    if quoted in stated or stated in quoted:
        return True
    ours, theirs = set(tokens(quoted)), set(tokens(stated))
    return 2 * len(ours & theirs) >= min(len(ours), len(theirs))


def unstated(draft: Draft, answer: Answer) -> Answer | None:
    """The model finds that the report does not say: that stands only where it is what was decided without it."""
    return answer if draft.outcome == "not_stated" else None


def fallen_back(answer: Answer, key: str, dropped: bool) -> Answer:
    """The extractive answer, saying that and why the model's is not shown."""
    notes = (*answer.notes, "model_fallback", *(("sentences_dropped",) if dropped else ()))
    return replace(answer, answer=f"{answer.answer}\n\n{wording(key)}", notes=tuple(dict.fromkeys(notes)))


# ---- records ---------------------------------------------------------------------------------------------------


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
