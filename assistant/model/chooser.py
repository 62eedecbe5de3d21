"""A language model chooses: numbered sentences of the report -> the numbers of those that answer. It never writes a word of one.

What it is shown are the passages that the search ranks first. What it returns are numbers; a number that was not shown is
left out and counted. So an answer can hold nothing but the report's sentences and fixed wording, whatever a model replies. It
may also complete a follow-up, in words of the conversation. Whatever goes wrong ends in the engine's own choice with a note.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
import string
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.errors import ModelFault
from assistant.model.client import ChatModel
from index.passages import Passage
from index.store import Index
from index.text.words import STOPWORDS, tokens, words
from prompts import prompt, prompt_hash, wording

PASSAGES = 14  # shown to the model: with 14 the right one is nearly always among them (docs/experiments.md)
PROMPT_WORDS = 2_000  # of the passages shown; about 3,000 tokens
MOST_NUMBERS = 40  # read of a reply

log = logging.getLogger("findings.model")


# ---- what is asked ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Request:
    """A question with the sentences shown to the model: `rows` are their positions in the index, numbered from 1.

    `asked`: the message's parts, if several. `kind`: a question kind, key of the wording's table `choose`.
    """

    question: str
    kind: str
    asked: tuple[str, ...]
    earlier: tuple[str, ...]
    passages: tuple[Passage, ...]
    rows: tuple[int, ...]

    @property
    def key(self) -> str:
        """A checksum of the question, the passages and the prompt, random delimiters aside. Recorded replies are found by it."""
        told = hashlib.sha256(
            "\0".join((prompt_hash("choose"), wording(f"choose.{self.kind}"), wording("choose.several"))).encode()
        )
        for piece in (self.question, *self.asked, *self.earlier):
            told.update(f"\0{piece}".encode())
        for passage in self.passages:
            told.update(f"\0{passage.id}\0{passage.context}\0{passage.text}".encode())
        return told.hexdigest()[:24]

    def messages(self, mark: str) -> tuple[str, str]:
        """The instructions and the message; `mark` is the random part of the delimiters."""
        number = 0
        shown = []
        for passage in self.passages:
            lines = []
            for sentence in passage.sentences:
                number += 1
                lines.append(f"{number}. {sentence}")
            context = f"(after: {passage.context})\n" if passage.context else ""
            told = "\n".join(lines)
            shown.append(f'<passage-{mark} place="{passage.place}" kind="{passage.kind}">\n{context}{told}\n</passage-{mark}>')
        question = self.question + "".join(
            f"\n{letter}: {one}" for letter, one in zip(string.ascii_uppercase, self.asked, strict=False)
        )
        before = "\n".join((wording("choose.earlier"), *self.earlier))
        return prompt(
            "choose", mark=mark, passages="\n\n".join(shown), question=question, wanted=wording(f"choose.{self.kind}"),
            several=wording("choose.several") if self.asked else "",
            earlier=f"<earlier-{mark}>\n{before}\n</earlier-{mark}>\n\n" if self.earlier else "",
        )  # fmt: skip


def request_for(
    index: Index, question: str, kind: str, asked: Sequence[str], earlier: Sequence[str], ranked: Sequence[int]
) -> Request:
    """The request with the first of the `ranked` passages (positions) that fit into a prompt, at least one."""
    chosen: list[int] = []
    spent = 0
    for at in dict.fromkeys(ranked):
        size = len(index.report.passages[at].text.split())
        if len(chosen) >= PASSAGES or (chosen and spent + size > PROMPT_WORDS):
            break
        chosen.append(at)
        spent += size
    passages = tuple(index.report.passages[at] for at in chosen)
    rows = tuple(int(index.starts[at]) + place for at in chosen for place in range(len(index.report.passages[at].sentences)))
    return Request(question, kind, tuple(asked), tuple(earlier), passages, rows)


# ---- what is replied -------------------------------------------------------------------------------------------


class _Reply(BaseModel):
    model_config = ConfigDict(frozen=True)

    stated: bool
    numbers: list[object] | dict[str, list[object]] = Field(default_factory=list)


class _Rewriting(BaseModel):
    model_config = ConfigDict(frozen=True)

    question: str = Field(min_length=3, max_length=400)


def json_of(text: str) -> str:
    """The JSON object of a reply, without what models put around it. Raises ModelFault."""
    start, end = text.find("{"), text.rfind("}")
    if start < 0 or end < start:
        raise ModelFault("The language model's reply holds no answer.")
    return text[start : end + 1]


@dataclass(frozen=True)
class Choice:
    """A model's choice: for each part asked (else in one group) the positions of sentences, best first.

    `stated`: whether the report answers. `ignored`: how many numbers were invalid or too many.
    """

    stated: bool
    groups: tuple[tuple[int, ...], ...]
    ignored: int = 0

    @property
    def rows(self) -> tuple[int, ...]:
        return tuple(dict.fromkeys(row for group in self.groups for row in group))


def read_reply(text: str, request: Request) -> Choice:
    """The choice that a reply stands for. Raises ModelFault when it is not of the form asked for, or names nothing shown."""
    try:
        reply = _Reply.model_validate_json(json_of(text))
    except (ValidationError, RecursionError) as fault:
        raise ModelFault("The language model's reply is not of the form asked for.") from fault
    if not reply.stated:
        return Choice(False, ())
    count = max(1, len(request.asked))
    if isinstance(reply.numbers, dict):
        named = {letter.strip().upper()[:1]: numbers for letter, numbers in reply.numbers.items()}
        lists = [named.get(letter, []) for letter in string.ascii_uppercase[:count]]
        ignored = sum(len(numbers) for letter, numbers in named.items() if letter not in string.ascii_uppercase[:count])
    else:
        lists, ignored = [reply.numbers, *([] for _ in range(count - 1))], 0
    groups = []
    left = MOST_NUMBERS
    for numbers in lists:
        kept = dict.fromkeys(row for one in numbers[:left] if (row := _row(one, request)) is not None)
        ignored += sum(_row(one, request) is None for one in numbers[:left]) + max(0, len(numbers) - left)
        left = max(0, left - len(numbers))
        groups.append(tuple(kept))
    if not any(groups):
        raise ModelFault("The language model's reply names no sentence that it was shown.")
    return Choice(True, tuple(groups), ignored)


def _row(named: object, request: Request) -> int | None:
    """The position of the sentence with this number; None for anything that is no number shown."""
    if isinstance(named, str) and named.strip().isascii() and named.strip().isdecimal() and len(named) < 6:
        named = int(named)
    if isinstance(named, bool) or not isinstance(named, int) or not 1 <= named <= len(request.rows):
        return None
    return request.rows[named - 1]


def read_rewriting(text: str) -> str:
    """The question of a reply. Raises ModelFault when the reply is not of the form asked for."""
    try:
        return _Rewriting.model_validate_json(json_of(text)).question
    except (ValidationError, RecursionError) as fault:
        raise ModelFault("The language model's reply is not of the form asked for.") from fault


# ---- the chooser -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ModelCall:
    """What came of one call, for records: the request's key, the reply or the fault, how many sentences were chosen and ignored."""

    id: str
    key: str
    prompt: str
    reply: str | None
    fault: str | None
    chosen: int = 0
    ignored: int = 0

    @property
    def fallback(self) -> bool:
        """Whether the call failed."""
        return self.fault is not None


class Chooser:
    """Asks a model which sentences answer. With `fallback` false, `choose` raises ModelFault. `note` gets every call."""

    passages = PASSAGES

    def __init__(self, model: ChatModel, fallback: bool = True, note: Callable[[ModelCall], None] | None = None) -> None:
        self.model = model
        self.fallback = fallback
        self.note = note

    def choose(
        self,
        index: Index,
        question: str,
        kind: str,
        asked: Sequence[str],
        earlier: Sequence[str],
        ranked: Sequence[int],
        identity: str,
    ) -> Choice | None:
        """The model's choice among the sentences of the first of the `ranked` passages; None where it failed.

        Raises ModelFault only when fallback is forbidden.
        """
        request = request_for(index, question, kind, asked, earlier, ranked)
        text = choice = fault = None
        try:
            text = self.model.reply(*request.messages(secrets.token_hex(8)), identity=identity, key=request.key)
            choice = read_reply(text, request)
        except ModelFault as raised:
            fault = raised
            log.warning("%s The engine's own choice is given instead.", fault)
        if self.note:
            counts = (len(choice.rows), choice.ignored) if choice else (0, 0)
            self.note(ModelCall(identity, request.key, "choose", text, str(fault) if fault else None, *counts))
        if fault and not self.fallback:
            raise fault
        return choice

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
            self.note(ModelCall(identity, key, "follow_up", text, fault))
        held = {*tokens(" ".join((*earlier, question))), *(token for word in STOPWORDS for token in tokens(word))}
        return found if set(tokens(found)) <= held and len(words(found)) else question

    @property
    def seconds(self) -> float:
        """How long one question may take at most: completing a follow-up, and choosing."""
        return 2 * self.model.seconds

    def cancel(self, identity: str) -> bool:
        """Ask the model nothing more for a question."""
        return self.model.cancel(identity)
