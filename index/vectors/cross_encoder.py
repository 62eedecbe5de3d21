"""A cross-encoder: reads a question and a sentence side by side and tells whether the sentence answers the question.

It is the packaged embedder's network trained on pairs of the inspection reports' banks (`python -m
evals.training.networks.cross_encoder`) and shipped as 8-bit differences. It serves reports for which nobody has written
questions; for those it is exported into the index while that is built. A sentence costs some milliseconds, so only the likeliest
few are read.
"""

from __future__ import annotations

import hashlib
import io
from importlib.resources import files
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from index.errors import BadWeights
from index.machine.staying import stay_on_this_machine
from index.vectors.embedding import SentenceTransformerEmbedder, add_changes, export, whole

CHANGES = "cross_encoder.npz"
SHA256 = (
    "d220347e1610c79ae49db75a278c95d20834f69df5ba6d91fb8f3b7c72e5af21"  # of CHANGES; the fingerprint of an index covers this line
)
FILE = "cross_encoder.onnx"
DAMAGED = "The weights of the cross-encoder are damaged: reinstall the package."
LONGEST = 112  # tokens of a question and a sentence together that are read, as in training
INPUTS = ("input_ids", "attention_mask", "token_type_ids")


class CrossEncoder:
    """The exported cross-encoder: `folder` holds cross_encoder.onnx and tokenizer.json."""

    def __init__(self, folder: Path) -> None:
        stay_on_this_machine()
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        self.session = onnxruntime.InferenceSession(str(folder / FILE), options, providers=["CPUExecutionProvider"])
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.enable_truncation(max_length=LONGEST)
        self.tokenizer.enable_padding()

    def log_odds(self, question: str, sentences: list[str]) -> np.ndarray:
        """The log odds that each sentence answers the question, float32 (len(sentences),)."""
        if not sentences:
            return np.zeros(0, np.float32)
        asked = whole([question])[0]
        pairs = self.tokenizer.encode_batch([(asked, text) for text in whole(sentences)])
        given = {
            "input_ids": np.array([pair.ids for pair in pairs], np.int64),
            "attention_mask": np.array([pair.attention_mask for pair in pairs], np.int64),
            "token_type_ids": np.array([pair.type_ids for pair in pairs], np.int64),
        }
        return np.asarray(self.session.run(None, given)[0][:, 0], np.float32)


def changes_bytes() -> bytes:
    """What is shipped, as it lies on disk."""
    return files("index").joinpath("vectors", CHANGES).read_bytes()


def network(embedder: SentenceTransformerEmbedder) -> Any:
    """A torch module of its own with the embedder's weights: (pairs, tokens) arrays as INPUTS name them -> log odds (pairs, 1)."""
    import copy

    import torch

    transformer: Any = copy.deepcopy(embedder.model[0].auto_model)
    transformer.set_attn_implementation("eager")  # the plainest graph, and the quickest in training

    class Pairs(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.transformer = transformer
            self.head = torch.nn.Linear(2 * transformer.config.hidden_size, 1)

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor, token_type_ids: torch.Tensor) -> torch.Tensor:
            states = self.transformer(
                input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
            ).last_hidden_state
            weights = attention_mask.unsqueeze(-1).to(states.dtype)
            mean = (states * weights).sum(1) / weights.sum(1)
            return self.head(torch.cat([states[:, 0], mean], dim=1))

    return Pairs()


def export_cross_encoder(embedder: SentenceTransformerEmbedder, folder: Path, changes: bytes | None = None) -> None:
    """Write cross_encoder.onnx into `folder`, with the shipped `changes` unless others are given. Raises BadWeights when they do
    not fit, or the exporter refuses the network.
    """
    import torch

    made = network(embedder)
    if changes is None:
        changes = changes_bytes()
        if hashlib.sha256(changes).hexdigest() != SHA256:
            raise BadWeights(DAMAGED)
    try:
        with np.load(io.BytesIO(changes)) as held, torch.no_grad():
            add_changes(made.transformer, held)
            for name, value in made.head.named_parameters():
                value.copy_(torch.from_numpy(held[f"head.{name}"]))
    except (ValueError, LookupError, OSError, EOFError, RuntimeError, BadZipFile) as fault:
        raise BadWeights(DAMAGED) from fault
    example = torch.ones((2, 4), dtype=torch.long)
    export(made.eval(), folder / FILE, dict.fromkeys(INPUTS, example))
