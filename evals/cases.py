"""A file of cases -> Case values, each checked: a question with what a right answer cites and says.

The fields are documented in evals/cases/README.md. Knows the report's passage ids and nothing of the assistant.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from importlib.resources import files
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from evals.errors import BadCases

Outcome = Literal["answered", "not_stated", "out_of_scope", "no_such_passage", "signpost", "unclear", "help", "error"]
Split = Literal["dev", "test"]
SLICES = (
    "figure", "fact", "lay", "yes_no", "person", "date", "definition", "lookup", "judgement", "list", "theme", "strengths",
    "weaknesses", "improved", "cause", "comparison", "recommendation", "briefing", "scrutiny", "numbers", "evidence", "whole", "compound", "follow_up",
    "false_premise", "not_stated_near", "not_stated_very_near", "no_such_passage", "out_of_scope", "unsafe", "injection",
    "signpost", "help", "single", "wrapped", "exception", "unclear", "language",
)  # fmt: skip
LONG = frozenset(
    "theme strengths weaknesses improved briefing list scrutiny recommendation comparison numbers evidence whole compound single".split()
)
SHORT_WORDS, LONG_WORDS = 250, 350  # an answer longer than this is not an answer but a reading list
HONEST: tuple[Outcome, ...] = ("not_stated", "out_of_scope", "no_such_passage", "signpost", "unclear", "help")


class KeyFact(BaseModel):
    """A fact that an answer should hold: any one of these literal strings. Without a vital one the answer is wrong."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    any: tuple[str, ...] = Field(min_length=1)
    vital: bool = True


class Case(BaseModel):
    """One question with what is known about its right answers."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(min_length=1)
    slice: str
    split: Split
    question: str = Field(min_length=1)
    history: tuple[str, ...] = ()
    answerable: bool = True
    outcomes: tuple[Outcome, ...] = ()
    gold: tuple[str, ...] = ()
    acceptable: tuple[str, ...] = ()
    key_facts: tuple[KeyFact, ...] = ()
    forbidden: tuple[str, ...] = ()
    whole: bool = False
    why: str = ""
    origin: str | None = None  # of a derived case: the id of the case it was made from

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Case:
        if self.slice not in SLICES:
            raise ValueError(f"the slice {self.slice!r} is not one of {', '.join(SLICES)}")
        if self.answerable and not self.gold:
            raise ValueError("an answerable case needs gold passages")
        if self.answerable and self.outcomes and "answered" not in self.outcomes:
            raise ValueError("the outcomes of an answerable case include answered")
        if not self.answerable and (self.gold or self.key_facts):
            raise ValueError("a case that is not answerable has neither gold passages nor key facts")
        if not self.answerable and {"answered", "error"} & set(self.outcomes):
            raise ValueError("the outcomes of a case that is not answerable exclude answered and error")
        return self

    @property
    def right_outcomes(self) -> tuple[Outcome, ...]:
        """The outcomes that are right: those named, or answered, or any honest one."""
        return self.outcomes or (("answered",) if self.answerable else HONEST)

    @property
    def relevant(self) -> frozenset[str]:
        """The passages that may be cited without being wrong."""
        return frozenset(self.gold) | frozenset(self.acceptable)

    @property
    def asks_whole(self) -> bool:
        """Whether passages are asked for whole, however long they are: by number or page, or every one of a list."""
        return self.whole or self.slice == "lookup"

    @property
    def word_limit(self) -> int:
        return LONG_WORDS if self.slice in LONG else SHORT_WORDS

    @property
    def cluster(self) -> str:
        """What the case shares its luck with: the first gold passage; without one, the case alone."""
        return f"passage {self.gold[0]}" if self.gold else f"case {self.origin or self.id}"


def packaged_files() -> list[Path]:
    """The case files that come with the suite, in name order."""
    return sorted(Path(str(files("evals").joinpath("cases"))).glob("*.jsonl"))


def read_cases(paths: Iterable[Path], passages: Collection[str]) -> tuple[Case, ...]:
    """The cases of all files, in order. `passages` are the ids that exist. Raises BadCases with file and line."""
    cases: list[Case] = []
    known = frozenset(passages)
    seen: dict[str, str] = {}
    for path in paths:
        for at, line in enumerate(_lines(path), 1):
            if not line.strip():
                continue
            place = f"{path.name}:{at}"
            case = _case(line, place, known)
            if case.id in seen:
                raise BadCases(f"{place}: the id {case.id} is also used at {seen[case.id]}.")
            seen[case.id] = place
            cases.append(case)
    return tuple(cases)


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as fault:
        raise BadCases(f"{path.name} cannot be read ({type(fault).__name__}): name a file of cases, UTF-8 text.") from fault


def _case(line: str, place: str, passages: frozenset[str]) -> Case:
    try:
        case = Case.model_validate_json(line)
    except ValidationError as fault:
        first = fault.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise BadCases(f"{place}: {field + ': ' if field else ''}{first['msg']}.") from fault
    for identity in (*case.gold, *case.acceptable):
        if identity not in passages:
            raise BadCases(f"{place}: {identity} is not a passage of the report.")
    return case


def write_cases(path: Path, cases: Iterable[Case]) -> None:
    """Write cases as lines that `read_cases` reads."""
    path.write_text("".join(case.model_dump_json(exclude_defaults=True) + "\n" for case in cases), encoding="utf-8")


def choose(
    cases: Iterable[Case], slices: Collection[str] = (), split: str | None = None, limit: int | None = None
) -> tuple[Case, ...]:
    """The cases of the slices (none named: all) and of the split, at most `limit` of them. Raises BadCases for a wrong name."""
    for name in slices:
        if name not in SLICES:
            raise BadCases(f"There is no slice {name}: choose from {', '.join(SLICES)}.")
    if split not in (None, "dev", "test"):
        raise BadCases(f"There is no split {split}: choose dev or test.")
    chosen = [case for case in cases if (not slices or case.slice in slices) and split in (None, case.split)]
    if limit is not None and limit < 1:
        raise BadCases("The limit is at least 1.")
    return tuple(chosen[:limit])


def digest(cases: Iterable[Case]) -> str:
    """A checksum of the questions asked (not of what is expected of the answers)."""
    told = hashlib.sha256()
    for case in cases:
        told.update("\0".join((case.id, case.question, *case.history)).encode() + b"\1")
    return told.hexdigest()[:16]
