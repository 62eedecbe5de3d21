"""What a report was taught: questions written for it by people or, once, by a language model, each pointing at the sentences that
answer it, and near misses. Every line is checked against the report, whoever wrote it; then banks are made of them.

A teaching line is a JSON object. A question: question, kind ("fact" or a broad kind), right (names of the sentences that answer
it), begins (the first words of each of these), okay (names of others that may be quoted), voice (its author). A near miss:
question, asks_for (what kind of thing), voice. A sentence is named by its passage and its place in it, counted from 1: "40.2",
"p7.3/1". Good lines are stored beside the index under the report's SHA-256, so that no other report ever meets them. None is ever
shown.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.banks.evidence_bank import BroadMessage
from index.banks.question_bank import BankQuestion, NearMiss
from index.errors import BadTeaching
from index.passages import Passage
from index.text.sentences import fold

FACT, MISS = "fact", "miss"
MOST_LINES = 10_000  # of a report: what is learnt from them takes memory with their square, half a gigabyte for these
MOST_BYTES = 20 << 20  # of a file
MOST_REFUSED = 0.2  # the share of a file's lines from which the whole file is refused
LONGEST, LONGEST_WORD = 400, 40  # characters of a question; of a voice or of what a near miss asks for
MOST_NAMED = 60  # sentences that one line may name as right, and as many as okay
SHORTEST = 3  # first words that a sentence is recognised by, unless it is shorter
NAMED = 3  # refused lines that a message names
FOLDER = "teaching"  # beside the builds of an index


@dataclass(frozen=True)
class Line:
    """One good line. `right` and `okay` hold positions of sentences in the index; a near miss (kind MISS) has none."""

    question: str
    kind: str
    right: tuple[int, ...]
    okay: tuple[int, ...]
    asks_for: str
    voice: str

    @property
    def key(self) -> str:
        """Two lines of the same key ask the same."""
        return " ".join(fold(self.question).casefold().rstrip(" ?.!").split())


@dataclass(frozen=True)
class Refused:
    """A line that is not taken: its number in the file, from 1, and why."""

    number: int
    reason: str


@dataclass(frozen=True)
class Checked:
    """What became of the lines of a file: the good ones, the refused ones, and how many ask what another line asked before."""

    lines: tuple[Line, ...]
    refused: tuple[Refused, ...]
    doubles: int

    @property
    def read(self) -> int:
        return len(self.lines) + len(self.refused) + self.doubles


@dataclass(frozen=True)
class Teaching:
    """How much a report was taught: lines of each sort, authors, and stored lines that fit the report as it is read now no more."""

    facts: int
    broad: int
    misses: int
    voices: int
    lost: int = 0


class Names:
    """The sentences of a report by name."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self.own: list[str] = []  # the name of each sentence, in reading order
        self.texts: list[str] = []
        self.searchable: list[bool] = []
        self._at: dict[str, int] = {}
        for passage in passages:
            mark = "." if passage.id.replace(".", "").isdecimal() else "/"
            for place, text in enumerate(passage.sentences, 1):
                self._at[f"{passage.id}.{place}"] = self._at[f"{passage.id}/{place}"] = len(self.own)
                self.own.append(f"{passage.id}{mark}{place}")
                self.texts.append(text)
                self.searchable.append(passage.searchable)

    def position(self, name: object) -> int:
        """Where the sentence of a name stands. Raises ValueError where there is none."""
        if not isinstance(name, str) or len(name) > LONGEST_WORD:
            raise ValueError("a sentence is not named by a short text")
        at = self._at.get(name.strip())
        if at is None:
            raise ValueError(f"the report has no sentence {shown(name)}")
        return at


def shown(text: str) -> str:
    """A foreign text as a message may show it: short, on one line, without control characters."""
    plain = "".join(one if one.isprintable() else "?" for one in text.encode("utf-8", "replace").decode("utf-8"))
    return f'"{plain[:LONGEST_WORD]}{"..." if len(plain) > LONGEST_WORD else ""}"'


# ---- checking --------------------------------------------------------------------------------------------------


def check(
    data: bytes, passages: Sequence[Passage], kinds: Collection[str] | None, voice: str = "1", known: Sequence[Line] = ()
) -> Checked:
    """The lines of a file, each checked. `kinds` are the kinds of question there are (None: any), `voice` the author of lines
    that name none, `known` lines that are taught already. Raises BadTeaching for what holds no lines at all.
    """
    rows = [(number, row) for number, row in enumerate(_text(data).split("\n"), 1) if row.strip()]
    if not rows:
        raise BadTeaching("it holds no lines")
    if len(rows) > MOST_LINES:
        raise BadTeaching(f"it holds {len(rows):,} lines, and a report is taught at most {MOST_LINES:,}")
    names = Names(passages)
    lines: list[Line] = []
    refused: list[Refused] = []
    doubles = 0
    asked = {line.key: line for line in known}
    for number, row in rows:
        try:
            line = _line(row, names, kinds, voice)
            before = asked.get(line.key)
            if before is not None and (before.kind == MISS) != (line.kind == MISS):
                raise ValueError("the same question is a near miss in one line and answered in another")
        except ValueError as fault:
            refused.append(Refused(number, str(fault)))
            continue
        if before is not None:
            doubles += 1
            continue
        asked[line.key] = line
        lines.append(line)
    return Checked(tuple(lines), tuple(refused), doubles)


def _text(data: bytes) -> str:
    if len(data) > MOST_BYTES:
        raise BadTeaching(f"it is larger than {MOST_BYTES >> 20} MB")
    if b"\0" in data:
        raise BadTeaching("it is not a text in UTF-8")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadTeaching("it is not a text in UTF-8") from None


def _line(row: str, names: Names, kinds: Collection[str] | None, voice: str) -> Line:
    """One line. Raises ValueError with the reason why it is not taken."""
    try:
        record = json.loads(row)
    except (ValueError, RecursionError):
        raise ValueError("it is not JSON" + ("" if row.rstrip().endswith("}") else " (cut off?)")) from None
    if not isinstance(record, dict):
        raise ValueError("it is not a JSON object")
    question = _short(record, "question", LONGEST)
    told = record.get("voice", voice)
    author = _short({"voice": str(told) if isinstance(told, int) else told}, "voice", LONGEST_WORD)
    if record.get("kind", MISS) == MISS and "asks_for" in record:
        if record.get("right"):
            raise ValueError("it is a near miss and names sentences that answer it")
        return Line(question, MISS, (), (), _short(record, "asks_for", LONGEST_WORD), author)
    kind = record.get("kind")
    if not isinstance(kind, str) or (kinds is not None and kind not in kinds):
        raise ValueError(f"there is no kind {shown(str(kind))}")
    right = _named(record, "right", names)
    if not right:
        raise ValueError("it names no sentence that answers")
    begins = record.get("begins")
    if not isinstance(begins, list) or len(begins) != len(right):
        raise ValueError("it does not give the first words of each sentence in right")
    for at, words in zip(right, begins, strict=True):
        if not isinstance(words, str) or not _fits(words, names.texts[at]):
            raise ValueError(f"{names.own[at]} does not begin with {shown(str(words))}")
    own, others = (
        tuple(at for at in dict.fromkeys(rows) if names.searchable[at]) for rows in (right, _named(record, "okay", names))
    )
    if not own:
        raise ValueError(f"{names.own[right[0]]} answers nothing by itself (a heading, a list's first words)")
    return Line(question, kind, own, tuple(at for at in others if at not in own), "", author)


def _fits(words: str, sentence: str) -> bool:
    """Whether a sentence begins with these words, which are at least SHORTEST or all of it."""
    begun, whole = fold(words), fold(sentence)
    return bool(begun) and whole.startswith(begun) and (len(begun.split()) >= SHORTEST or begun == whole)


def _short(record: dict[str, Any], name: str, most: int) -> str:
    """A text of one line. Raises ValueError."""
    text = record.get(name)
    if not isinstance(text, str) or not text.strip():
        raise ValueError(f"it has no {name}")
    if len(text) > most:
        raise ValueError(f"its {name} has more than {most} characters")
    if any(unicodedata.category(one) in ("Cc", "Cs") for one in text.strip()):
        raise ValueError(f"its {name} holds control characters")
    return text.strip()


def _named(record: dict[str, Any], name: str, names: Names) -> tuple[int, ...]:
    told = record.get(name, [])
    if not isinstance(told, list):
        raise ValueError(f"its {name} is not a list of names of sentences")
    if len(told) > MOST_NAMED:
        raise ValueError(f"its {name} names more than {MOST_NAMED} sentences")
    return tuple(names.position(one) for one in told)


def told(refused: Sequence[Refused]) -> str:
    """Refused lines in words, the first few by number."""
    first = "; ".join(f"line {one.number}: {one.reason}" for one in refused[:NAMED])
    return first + (f"; and {len(refused) - NAMED:,} more" if len(refused) > NAMED else "")


def taken(checked: Checked, name: str) -> Checked:
    """The same, where enough of it is good. Raises BadTeaching, which says what is wrong with the file `name`."""
    if not checked.lines and not checked.doubles:
        raise BadTeaching(f"{name} holds no line that can be taught ({told(checked.refused)}). Nothing was changed.")
    if len(checked.refused) > MOST_REFUSED * checked.read:
        raise BadTeaching(
            f"{len(checked.refused):,} of the {checked.read:,} lines of {name} are refused, more than {MOST_REFUSED:.0%}, so none is taken "
            f"({told(checked.refused)}). Nothing was changed."
        )
    return checked


# ---- kept beside the index -------------------------------------------------------------------------------------


def stored(folder: Path, sha256: str) -> bytes:
    """The lines that a report was taught, as they are stored in the folder of its index; empty where there are none."""
    path = place(folder, sha256)
    return path.read_bytes() if sha256 and path.is_file() else b""


def kept_of_model(folder: Path, sha256: str) -> Path:
    """Where the lines that a language model has written so far are kept until they are taught, and after."""
    return folder / FOLDER / f"{sha256}.model.jsonl"


def keep(folder: Path, sha256: str, lines: bytes) -> None:
    """Store the lines that a report was taught in place of those before; no lines are no file."""
    path = place(folder, sha256)
    if not lines:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(".new")
    aside.write_bytes(lines)
    aside.replace(path)


def carry(source: Path, target: Path, sha256: str = "") -> None:
    """Add what reports were taught beside one index (all of them, or the one of this SHA-256) to what they were taught beside another."""
    for path in sorted((source / FOLDER).glob(f"{sha256}*.jsonl")):
        there = target / FOLDER / path.name
        lines = there.read_bytes().splitlines(keepends=True) if there.is_file() else []
        keep(
            target,
            path.name.removesuffix(".jsonl"),
            b"".join(dict.fromkeys([*lines, *path.read_bytes().splitlines(keepends=True)])),
        )


def place(folder: Path, sha256: str) -> Path:
    """Where the lines of a report are stored."""
    return folder / FOLDER / f"{sha256}.jsonl"


def written(lines: Sequence[Line], passages: Sequence[Passage]) -> bytes:
    """Lines in the form in which they are stored, which is the one they are written in."""
    names = Names(passages)
    rows = []
    for line in lines:
        record: dict[str, Any] = {"question": line.question, "kind": line.kind}
        if line.kind == MISS:
            record["asks_for"] = line.asks_for
        else:
            record["right"], record["okay"] = ([names.own[at] for at in rows] for rows in (line.right, line.okay))
            record["begins"] = [" ".join(fold(names.texts[at]).split()[:6]) for at in line.right]
        rows.append(json.dumps({**record, "voice": line.voice}, ensure_ascii=False) + "\n")
    return "".join(rows).encode("utf-8")


def learnt_lines(data: bytes, passages: Sequence[Passage]) -> tuple[tuple[Line, ...], Teaching | None]:
    """The stored lines that fit the report as it is read now, and what they amount to; nothing for no lines."""
    if not data:
        return (), None
    try:
        found = check(data, passages, None)
    except BadTeaching:  # a damaged file: the report is as if it were not taught
        return (), None
    return (found.lines, amount(found.lines, len(found.refused))) if found.lines else ((), None)


def amount(lines: Sequence[Line], lost: int = 0) -> Teaching:
    misses, facts = (sum(line.kind == kind for line in lines) for kind in (MISS, FACT))
    return Teaching(facts, len(lines) - misses - facts, misses, len({line.voice for line in lines}), lost)


# ---- as banks --------------------------------------------------------------------------------------------------


def banks(lines: Sequence[Line], passages: Sequence[Passage]) -> tuple[list[BankQuestion], list[NearMiss], list[BroadMessage]]:
    """The lines as a question bank (a question for each sentence that answers it), near misses and an evidence bank."""
    of = [(at, place) for at, passage in enumerate(passages) for place in range(len(passage.sentences))]
    number = {voice: at for at, voice in enumerate(dict.fromkeys(line.voice for line in lines), 1)}
    questions = [
        BankQuestion(line.question, *of[at], number[line.voice]) for line in lines if line.kind == FACT for at in line.right
    ]
    misses = [NearMiss(line.question, line.asks_for, number[line.voice]) for line in lines if line.kind == MISS]
    broad = [
        BroadMessage(line.question, line.kind, line.right, line.okay, number[line.voice])
        for line in lines
        if line.kind not in (FACT, MISS)
    ]
    return questions, misses, broad
