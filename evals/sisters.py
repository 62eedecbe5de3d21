"""Sister reports: questions on them are data (evals/labels/sisters), their PDFs are not committed; and reports that were made for
training, whose text is (evals/labels/made). Measure one, never taught:

    python -m evals.sisters FOLDER                        Solihull, which nothing is trained on
    python -m evals.sisters FOLDER surrey-2018 ...        others; the networks without banks have seen these
    python -m evals.sisters FOLDER --asked FILES...       with other questions
    python -m evals.sisters FOLDER --taught FILES...      beside that, taught these lines (docs/teaching.md)
    python -m evals.sisters FOLDER doncaster-2018 --turns beside that, each author's questions asked of what the others taught

FOLDER holds the published PDFs. A question points at sentences by passage and place ("19.2", "p2.1/3") and by their first words, so that a
PDF that is read otherwise is noticed.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from statistics import fmean, median

import numpy as np

from assistant.answer import Answer
from assistant.assistant import Assistant
from assistant.question.kinds import NAMES as NAMES_OF_KINDS
from evals.errors import BadCases
from index.banks.teaching import MISS, Line, amount, banks, check, taken
from index.building import EXPORTED
from index.learned import learn
from index.opened import Index
from index.passages import sentence_text
from index.store import build, open_index
from index.text.words import tokens

NAMES = ("surrey-2018", "doncaster-2018")  # trained on, the embedder too
MADE = ("carrowshire", "eastmere", "kestrelbridge", "ravensholt", "thornby", "wexmouth")  # trained on, the embedder never
UNREAD = ("thornby", "wexmouth")  # of those made, what the cross-encoder has not seen: its word is weighed there
HELD_OUT = "solihull-2016"
SAME = 0.86  # cosine from which a sentence of the report says what another says


@dataclass(frozen=True)
class Asked:
    """A question with the positions of the sentences that answer it and of others that would do; a near miss has none."""

    text: str
    kind: str
    right: tuple[int, ...]
    okay: tuple[int, ...]
    voice: str


@dataclass(frozen=True)
class Sister:
    """A report as it is indexed when nobody has taught it, with questions that it answers and some that it does not."""

    name: str
    index: Index
    asked: list[Asked]
    misses: list[Asked]

    @property
    def texts(self) -> list[str]:
        """What is embedded of each sentence."""
        passages = self.index.report.passages
        return [sentence_text(passages[sentence.passage], sentence.text) for sentence in self.index.sentences]


def as_taught(index: Index, lines: Sequence[Line]) -> Index:
    """The index as it would be, had the report been taught these lines."""
    import bm25s

    passages = index.report.passages
    questions, misses, messages = banks(lines, passages)
    learned = learn(
        index.embedder,
        passages,
        questions,
        misses,
        messages,
        np.asarray(index.passage_vectors),
        np.asarray(index.sentence_vectors),
    )
    made = replace(
        index, questions=tuple(questions), near_misses=tuple(misses), bank_vectors=learned.vectors, probe=learned.probe,
        evidence=learned.evidence, teaching=amount(lines),
    )  # fmt: skip
    made.__dict__["embedder"], made.__dict__["cross_encoder"] = index.embedder, index.cross_encoder
    made.__dict__["bm25"] = dict(index.bm25)
    if questions:
        made.bm25["questions"] = bm25s.BM25()
        made.bm25["questions"].index([tokens(question.text) for question in questions], show_progress=False)
    return made


def lines_of(sister: Sister) -> list[Line]:
    """A sister's labelled questions and near misses as teaching lines."""
    files = (f"{sister.name}.jsonl", f"{sister.name}-near-misses.jsonl")
    return [line for file in files for line in check(_labels(file).encode(), sister.index.report.passages, None).lines]


def lines_in(index: Index, files: Sequence[Path]) -> list[Line]:
    """The good lines of files, as `findings teach` takes them. Raises BadTeaching."""
    lines: list[Line] = []
    for file in files:
        lines += taken(check(file.read_bytes(), index.report.passages, NAMES_OF_KINDS, file.stem, lines), file.name).lines
    return lines


def asking(sister: Sister, files: Sequence[Path]) -> Sister:
    """A sister with the questions and near misses of other files, in the form of teaching lines."""
    lines = [line for file in files for line in check(file.read_bytes(), sister.index.report.passages, None).lines]
    asked = [Asked(line.question, line.kind, line.right, line.okay, f"{sister.name} {line.voice}") for line in lines]
    return replace(sister, asked=[one for one in asked if one.kind != MISS], misses=[one for one in asked if one.kind == MISS])


@contextmanager
def sisters(names: Sequence[str], folder: Path) -> Iterator[list[Sister]]:
    """The reports of these names, the published ones from their PDFs in `folder`. Raises BadCases where a PDF is missing, another one, or read
    otherwise.
    """
    with tempfile.TemporaryDirectory() as place:
        found: list[Sister] = []
        models: dict[str, Path] = {}  # exported once for all
        for name in names:
            path = _report(name, folder)
            build(Path(place, name), path, models=models)
            index = open_index(Path(place, name), path)
            models = {one: index.folder / one for one in EXPORTED if (index.folder / one).is_file()}
            found.append(Sister(name, index, _asked(name, index), _misses(name)))
        yield found


def _report(name: str, folder: Path) -> Path:
    if name in MADE:
        return Path(str(files("evals").joinpath("labels", "made", f"{name}.md")))
    known = json.loads(_labels("sources.json"))
    if name not in known:
        raise BadCases(f"There are no questions on {name}: choose from {', '.join([*known, *MADE])}.")
    path = folder / known[name]["file"]
    if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != known[name]["sha256"]:
        raise BadCases(f"{path} is missing or another file: put the report's published PDF there ({known[name]['title']}).")
    return path


def _labels(file: str) -> str:
    made = file.removesuffix(".jsonl").removesuffix("-near-misses") in MADE
    return files("evals").joinpath("labels", "made" if made else "sisters", file).read_text(encoding="utf-8")


def _asked(name: str, index: Index) -> list[Asked]:
    asked = []
    for record in map(json.loads, _labels(f"{name}.jsonl").splitlines()):
        right, okay = (tuple(position(index, identity) for identity in record[key]) for key in ("right", "okay"))
        for at, begins in zip(right, record["begins"], strict=True):
            if not index.sentences[at].text.startswith(begins):
                raise BadCases(f"{name} is read otherwise than when it was labelled: no sentence {begins!r} where it stood.")
        asked.append(Asked(record["question"], record["kind"], right, okay, f"{name} {record['voice']}"))
    return asked


def _misses(name: str) -> list[Asked]:
    records = map(json.loads, _labels(f"{name}-near-misses.jsonl").splitlines())
    return [Asked(record["question"], "miss", (), (), f"{name} {record['voice']}") for record in records]


def position(index: Index, identity: str) -> int:
    """Where a sentence stands that is named by passage and place, counted from 1. Raises BadCases where there is none."""
    passage, _, place = identity.rpartition("/" if "/" in identity else ".")
    at = index.positions.get(passage)
    if at is None or not place.isdecimal() or not 0 < int(place) <= len(index.report.passages[at].sentences):
        raise BadCases(f"The report has no sentence {identity}: it is read otherwise than when it was labelled.")
    return int(index.starts[at]) + int(place) - 1


# ---- measuring -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Figures:
    """Shares of facts (right: answered with a sentence that answers, at least half of the passages cited bearing on it), of broad
    messages (means of the labelled sentences quoted, of the quotations that are labelled; median of words) and of near misses.
    """

    facts_right: float
    facts_refused: float
    broad_quoted: float
    broad_precision: float
    broad_words: float
    broad_refused: float
    misses_declined: float


def measure(sister: Sister, engine: Assistant) -> Figures:
    """What an engine makes of a sister's questions."""
    return figures(sister, answers(engine, [*sister.asked, *sister.misses]))


def answers(engine: Assistant, asked: Sequence[Asked]) -> list[Answer]:
    return list(engine.ask_many([(one.text, (), str(at)) for at, one in enumerate(asked)]))


def by_turns(sister: Sister) -> Figures:
    """What becomes of each author's questions when the report was taught what the others wrote."""
    lines = lines_of(sister)
    everything = [*sister.asked, *sister.misses]
    given: dict[int, Answer] = {}
    for voice in sorted({line.voice for line in lines}):
        engine = Assistant(as_taught(sister.index, [line for line in lines if line.voice != voice]))
        own = [at for at, one in enumerate(everything) if one.voice == f"{sister.name} {voice}"]
        given |= dict(zip(own, answers(engine, [everything[at] for at in own]), strict=True))
    return figures(sister, [given[at] for at in range(len(everything))])


def figures(sister: Sister, answers: Sequence[Answer]) -> Figures:
    """The figures of answers to a sister's questions and then its near misses. A sentence that says the same as a labelled one counts for it."""
    pairs = list(zip(sister.asked, answers, strict=False))
    facts = [(one, answer) for one, answer in pairs if one.kind == "fact"]
    broad = [(one, answer) for one, answer in pairs if one.kind != "fact"]
    scored = [_quoted(sister.index, one, answer) for one, answer in broad if answer.outcome == "answered"]
    return Figures(
        fmean(_right(sister.index, one, answer) for one, answer in facts),
        fmean(answer.outcome != "answered" for _, answer in facts),
        sum(quoted for quoted, _ in scored) / len(broad),
        fmean(precise for _, precise in scored),
        median(len(answer.answer.split()) for _, answer in broad if answer.outcome == "answered"),
        1 - len(scored) / len(broad),
        fmean(answer.outcome != "answered" for answer in answers[len(sister.asked) :]),
    )


def _positions(index: Index, answer: Answer) -> list[int]:
    """The sentences that an answer quotes."""
    found = []
    for citation in answer.citations:
        at = index.positions[citation.passage]
        sentences = index.report.passages[at].sentences
        found += [int(index.starts[at]) + place for place, text in enumerate(sentences) if text in citation.quote]
    return found


def _same(index: Index, at: int, others: Sequence[int]) -> bool:
    return at in others or any(float(index.sentence_vectors[at] @ index.sentence_vectors[one]) >= SAME for one in others)


def _right(index: Index, one: Asked, answer: Answer) -> bool:
    bearing = {index.report.passages[index.sentences[at].passage].id for at in (*one.right, *one.okay)}
    cited = {citation.passage for citation in answer.citations}
    told = answer.outcome == "answered" and any(at in one.right for at in _positions(index, answer))
    return told and 2 * len(cited & bearing) >= len(cited)


def _quoted(index: Index, one: Asked, answer: Answer) -> tuple[float, float]:
    said = _positions(index, answer)
    recall = fmean(_same(index, at, said) for at in one.right)
    return recall, fmean(_same(index, at, (*one.right, *one.okay)) for at in said) if said else 0.0


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("folder", type=Path, help="where the PDFs lie")
    arguments.add_argument("names", nargs="*", default=[HELD_OUT])
    arguments.add_argument(
        "--asked", type=Path, nargs="+", default=[], help="questions and near misses in place of the labelled ones"
    )
    arguments.add_argument("--taught", type=Path, nargs="+", default=[], help="teaching lines")
    arguments.add_argument("--turns", action="store_true", help="each author's questions asked of what the others taught")
    given = arguments.parse_args()
    with sisters(given.names, given.folder) as found:
        for sister in found:
            if given.asked:
                sister = asking(sister, given.asked)
            told = {"untaught": measure(sister, Assistant(sister.index))}
            if given.turns:
                told["taught"] = by_turns(sister)
            elif given.taught:
                lines = lines_in(sister.index, given.taught)
                print(f"taught {amount(lines)}")
                told["taught"] = measure(sister, Assistant(as_taught(sister.index, lines)))
            print(f"{sister.name}: {len(sister.asked)} questions, {len(sister.misses)} near misses; {', '.join(told)}")
            for name in vars(told["untaught"]):
                print(f"  {name.replace('_', ' ')} {' '.join(f'{getattr(one, name):.2f}' for one in told.values())}")


if __name__ == "__main__":
    main()
