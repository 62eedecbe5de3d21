"""What is learnt from the banks before anybody asks: the vectors of their questions, the probe, and the map of evidence.

Learning takes a minute or two and 1.5 GB and gives the same each time. So for the packaged report, bank and model it is
shipped as data (reports/learned.npz), tied by a digest to all it was learnt from, vectors as 16-bit numbers (within 4e-6 of
the originals). For anything else it is learnt while the index is built. After a change of the bank or of the reader:

    python -m index.learned
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import numpy as np

from index.banks import evidence_bank
from index.banks.evidence_bank import BroadMessage, EvidenceMap
from index.banks.probe import LANDMARKS, RIDGE, SEED, WIDTH, Probe, Rows, fit
from index.banks.probe import STEPS as GRADIENT_STEPS
from index.banks.question_bank import BankQuestion, NearMiss
from index.opened import sentences_of
from index.passages import Passage, passage_text, sentence_text
from index.vectors.embedding import DEFAULT_MODEL, Embedder, model_identity

FILE = "learned.npz"
HALF = 32_767  # steps of a 16-bit number, on either side of 0


@dataclass(frozen=True)
class Learned:
    """Unit vectors of the questions and then the near misses, float32 (questions + near misses, d), the probe, the evidence map."""

    vectors: np.ndarray
    probe: Probe
    evidence: EvidenceMap


def digest(
    model: str,
    passages: tuple[Passage, ...],
    questions: Sequence[BankQuestion],
    near_misses: Sequence[NearMiss],
    messages: Sequence[BroadMessage],
) -> str:
    """A digest of the data and the settings that are learnt from: the model's identity, texts, ties, constants. Code is left out."""
    told = [
        model, [WIDTH, RIDGE, LANDMARKS, GRADIENT_STEPS, SEED], [passage_text(passage) for passage in passages],
        [[s.passage, sentence_text(passages[s.passage], s.text)] for s in sentences_of(passages)],
        [[q.text, q.passage, q.sentence] for q in questions], [miss.text for miss in near_misses],
        [evidence_bank.WIDTH, evidence_bank.RIDGE, evidence_bank.OKAY, evidence_bank.LANDMARKS, evidence_bank.SEED],
        [[m.text, m.vital, m.okay] for m in messages],
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode("utf-8", "replace")).hexdigest()


def shipped(mark: str) -> Learned | None:
    """What is shipped, if its digest is `mark`; else None."""
    return read(files("index").joinpath("reports").joinpath(FILE), mark)


def read(file: Traversable, mark: str) -> Learned | None:
    """What a file holds, if it is there and its digest is `mark`; else None."""
    if not file.is_file():
        return None
    with np.load(io.BytesIO(file.read_bytes())) as held:
        if str(held["mark"]) != mark:
            return None
        vectors, landmarks = (_wide(held, name) for name in ("vectors", "evidence_vectors"))
        evidence = EvidenceMap(landmarks, held["evidence_weights"].astype(np.float32))
        return Learned(vectors, Probe(held["landmarks"], held["weights"], held["answers"]), evidence)


def _wide(held: Any, name: str) -> np.ndarray:
    """Vectors as they were before they were shipped in 16 bits."""
    return held[name].astype(np.float32) * (held[f"{name}_largest"] / HALF)


def _narrow(name: str, vectors: np.ndarray) -> dict[str, Any]:
    """Vectors in 16 bits, with the largest of their numbers."""
    largest = np.float32(np.abs(vectors).max(initial=1e-9))
    return {name: np.round(vectors / largest * HALF).astype(np.int16), f"{name}_largest": largest}


def learn_probe(
    passages: tuple[Passage, ...], questions: Sequence[BankQuestion], vectors: np.ndarray, passage_vectors: np.ndarray,
    sentence_vectors: np.ndarray,
) -> Probe:  # fmt: skip
    """Learn the probe from the bank (`vectors`: its questions, then the near misses) and the report's own texts."""
    of = np.array([sentence.passage for sentence in sentences_of(passages)], np.int64)
    starts = np.searchsorted(of, np.arange(len(passages)))
    tied = np.array([starts[q.passage] + q.sentence if q.sentence >= 0 else -1 for q in questions], np.int64)
    none = np.full(len(vectors) - len(questions), -1, np.int64)
    rows = Rows(
        np.concatenate([vectors[: len(questions)], sentence_vectors, passage_vectors, vectors[len(questions) :]]),
        np.concatenate([tied, np.arange(len(of)), np.full(len(passages), -1), none]),
        np.concatenate([np.array([q.passage for q in questions]), of, np.arange(len(passages)), none]),
    )
    return fit(rows, of)


def write(path: Path, mark: str, learned: Learned) -> None:
    """Write what is shipped."""
    probe, evidence = learned.probe, learned.evidence
    np.savez_compressed(
        path, mark=np.array(mark), landmarks=probe.landmarks, weights=probe.weights, answers=probe.answers,
        evidence_weights=evidence.weights.astype(np.float16), **_narrow("vectors", learned.vectors),
        **_narrow("evidence_vectors", evidence.vectors),
    )  # fmt: skip


def learn(
    embedder: Embedder, passages: tuple[Passage, ...], questions: Sequence[BankQuestion], near_misses: Sequence[NearMiss],
    messages: list[BroadMessage], passage_vectors: np.ndarray, sentence_vectors: np.ndarray,
) -> Learned:  # fmt: skip
    """All that is learnt from banks, which may be empty, and from the report's own vectors."""
    none = np.zeros((0, sentence_vectors.shape[1]), np.float32)
    bank = embedded_bank(embedder, questions, near_misses) if questions or near_misses else none
    broad = embedder.embed([message.text for message in messages]) if messages else none
    probe = learn_probe(passages, questions, bank, passage_vectors, sentence_vectors)
    return Learned(bank, probe, evidence_bank.fit(messages, broad, len(sentence_vectors)))


def embedded_bank(embedder: Embedder, questions: Sequence[BankQuestion], near_misses: Sequence[NearMiss]) -> np.ndarray:
    """Vectors of the questions and then of the near misses."""
    return embedder.embed([*(question.text for question in questions), *(miss.text for miss in near_misses)])


def main() -> None:
    """Learn from the packaged bank with the packaged model, and write what is shipped."""
    from index.banks.evidence_bank import evidence_bytes, read_evidence_bank
    from index.banks.question_bank import bank_bytes, near_miss_bytes, read_bank, read_near_misses
    from index.reading import packaged_report, read_report
    from index.vectors.embedding import SentenceTransformerEmbedder

    passages = read_report(packaged_report()).passages
    questions = read_bank(bank_bytes(), passages)
    near_misses = read_near_misses(near_miss_bytes(), questions)
    messages = read_evidence_bank(evidence_bytes(), passages)
    embedder = SentenceTransformerEmbedder(DEFAULT_MODEL)
    broad = embedder.embed([message.text for message in messages])
    vectors = embedded_bank(embedder, questions, near_misses)
    own = (embedder.embed([passage_text(passage) for passage in passages]),
           embedder.embed([sentence_text(passages[s.passage], s.text) for s in sentences_of(passages)]))  # fmt: skip
    path = Path(__file__).parent / "reports" / FILE
    mark = digest(model_identity(DEFAULT_MODEL), passages, questions, near_misses, messages)
    probe = learn_probe(passages, questions, vectors, *own)
    write(path, mark, Learned(vectors, probe, evidence_bank.fit(messages, broad, len(own[1]))))
    print(
        f"wrote {path.name}: {len(questions)} questions, {len(near_misses)} near misses, {len(messages)} broad messages, {path.stat().st_size / 1e6:.1f} MB"
    )


if __name__ == "__main__":
    main()
