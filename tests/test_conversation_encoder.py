"""The encoder of later messages: what is shipped finds the complete question, and damage is named."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest

from assistant.question.vectors import Vectors
from index.errors import BadWeights
from index.opened import Index
from index.vectors.conversation_encoder import FILE, ConversationEncoder, changes_bytes, export_conversation_encoder, one_text
from index.vectors.embedding import DEFAULT_MODEL, OnnxEmbedder, SentenceTransformerEmbedder, export_onnx

# earlier messages, the later one, and the question it stands for
CONVERSATIONS = [
    (["How many children are in care?"], "and on plans?", "How many children are on child protection plans?"),
    (["is the fostering service any good"], "and adoption?", "is the adoption service any good"),
    (["Do care leavers have a pathway plan?"], "are they any good", "Are the pathway plans of care leavers any good?"),
    (["what do inspectors say about return home interviews"], "are they on time", "Are return home interviews done on time?"),
]


def test_what_is_read_is_bounded() -> None:
    assert one_text("b?", ["a?"]) == "b? [SEP] a?"
    text = one_text("x" * 9_000, ["y" * 9_000] * 30)
    assert text.count("[SEP]") == 4 and len(text) < 3_100


def test_an_index_of_another_model_has_no_encoder(toy: Index) -> None:
    assert toy.conversation_encoder is None and Vectors(toy).meant([("and boys?", ["How many girls are there?"])]) is None


@pytest.mark.weights
def test_what_is_shipped_finds_the_complete_question(tmp_path: Path) -> None:
    embedder = SentenceTransformerEmbedder(DEFAULT_MODEL)
    export_onnx(embedder, tmp_path)
    export_conversation_encoder(embedder, tmp_path)
    encoder, plain = ConversationEncoder(tmp_path), OnnxEmbedder(tmp_path)
    meant = encoder.embed([one_text(message, earlier) for earlier, message, _ in CONVERSATIONS])
    alone, complete = (plain.embed([row[at] for row in CONVERSATIONS]) for at in (1, 2))
    cosines = meant @ complete.T
    assert cosines.argmax(1).tolist() == list(range(len(CONVERSATIONS)))
    assert (np.diag(cosines) > (alone * complete).sum(1)).all() and np.diag(cosines).mean() > 0.65


@pytest.mark.weights
def test_damaged_weights_are_named(tmp_path: Path) -> None:
    held = io.BytesIO()
    np.savez(held, nothing=np.zeros(3))
    embedder = SentenceTransformerEmbedder(DEFAULT_MODEL)
    for damaged in (held.getvalue(), changes_bytes()[:-9], b""):
        with pytest.raises(BadWeights, match="conversation encoder are damaged"):
            export_conversation_encoder(embedder, tmp_path, damaged)
    assert not (tmp_path / FILE).exists()
