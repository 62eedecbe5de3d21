"""Does a sentence follow from others? A cross-encoder that reads both together: the packaged model, trained further.

What training changed is shipped (report/entailment.npz, written by evals/train_entailment.py) as 8-bit differences from the packaged
weights. Both are put together and exported beside the index when the first language model is asked: without one, nobody
needs it. A cross-encoder after Devlin et al., "BERT", NAACL 2019 (sentence pairs).
"""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import time
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from index.embedding import export, packaged_folder, whole
from index.errors import BrokenIndex, UnwritableIndex
from index.store import index_folder, locked

if TYPE_CHECKING:
    import torch

FILE = "entailment.npz"
FOLDER = "entailment"
LONGEST = 192  # word pieces of both texts; the first is cut
BATCH = 16
STEPS = 127  # of an 8-bit number, on either side of 0
FROZEN = "word_embeddings"  # not trained


class Entails(Protocol):
    """Whatever tells how far a sentence follows from a text."""

    def __call__(self, pairs: Sequence[tuple[str, str]]) -> np.ndarray:
        """Log odds that the second text of each pair follows from the first, float32 (len(pairs),)."""
        ...


class Entailment:
    """The exported cross-encoder in `folder`."""

    def __init__(self, folder: Path) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        self.session = onnxruntime.InferenceSession(str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"])
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.enable_truncation(LONGEST, strategy="only_first")
        self.tokenizer.enable_padding()

    def __call__(self, pairs: Sequence[tuple[str, str]]) -> np.ndarray:
        order = sorted(range(len(pairs)), key=lambda at: sum(map(len, pairs[at])))
        odds = np.empty(len(pairs), np.float32)
        for start in range(0, len(order), BATCH):
            rows = order[start : start + BATCH]
            read = self.tokenizer.encode_batch([tuple(whole([*pairs[at]])) for at in rows])
            given = {
                "input_ids": np.array([one.ids for one in read], np.int64),
                "attention_mask": np.array([one.attention_mask for one in read], np.int64),
                "token_type_ids": np.array([one.type_ids for one in read], np.int64),
            }
            odds[rows] = self.session.run(None, given)[0]
        return odds


def open_entailment(folder: Path | None = None) -> Entailment:
    """The cross-encoder, made first where it is not there yet: some ten seconds, once. Raises BadWeights, BrokenIndex, BuildRunning,
    UnwritableIndex.
    """
    folder = folder or index_folder()
    made = folder / f"{FOLDER}-{hashlib.sha256(shipped()).hexdigest()[:12]}"
    try:
        if not made.is_dir():
            folder.mkdir(parents=True, exist_ok=True)
            with locked(folder):
                if not made.is_dir():
                    _make_aside(folder, made)
    except OSError as fault:
        raise UnwritableIndex(
            f"The check of a language model cannot be written to {folder} ({fault.strerror}): free some space or set FINDINGS_INDEX_DIR."
        ) from fault
    try:
        return Entailment(made)
    except Exception as fault:  # onnxruntime and tokenizers raise whatever they meet in a damaged file
        raise BrokenIndex(f"The check of a language model is damaged: delete the folder {made}, it is made anew.") from fault


# ---- making ----------------------------------------------------------------------------------------------------


def _make_aside(folder: Path, made: Path) -> None:
    """Export into a folder aside and move it in, so that nothing half made is ever used; what older versions made, or left, goes."""
    aside = folder / f"making-{FOLDER}-{time.time_ns()}"
    try:
        for left in (*folder.glob(f"{FOLDER}-*"), *folder.glob(f"making-{FOLDER}-*")):
            shutil.rmtree(left, ignore_errors=True)
        export_entailment(aside)
        os.replace(aside, made)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def shipped() -> bytes:
    """What training changed, as it is shipped."""
    return files("index").joinpath("report").joinpath(FILE).read_bytes()


def export_entailment(folder: Path) -> None:
    """Write the trained cross-encoder into `folder`. Raises BadWeights."""
    import torch

    folder.mkdir()
    with np.load(io.BytesIO(shipped())) as held:
        changes = {name: torch.from_numpy(taken(held, name)) for name in held.files if f"{name}/step" in held.files}
    network = untrained()
    weights = network.state_dict()
    network.load_state_dict({name: value + changes[name] if name in changes else value for name, value in weights.items()})
    example = torch.ones((2, 4), dtype=torch.long)
    export(network.eval(), folder, {"input_ids": example, "attention_mask": example, "token_type_ids": example})
    shutil.copyfile(packaged_folder() / "tokenizer.json", folder / "tokenizer.json")


def untrained() -> torch.nn.Module:
    """The packaged transformer, which was trained to put a text's meaning into the mean of its words, with a last layer of zeros
    over the means of both texts and how they differ: maps ids, mask and types (n, tokens) to log odds (n,).
    """
    import torch
    from transformers import AutoModel

    class CrossEncoder(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.transformer = AutoModel.from_pretrained(packaged_folder(), local_files_only=True, attn_implementation="eager")
            self.last = torch.nn.Linear(3 * self.transformer.config.hidden_size, 1)
            torch.nn.init.zeros_(self.last.weight)  # then what is shipped is all there is
            torch.nn.init.zeros_(self.last.bias)

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor, token_type_ids: torch.Tensor) -> torch.Tensor:
            read = self.transformer(input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids)
            states = read.last_hidden_state
            second = token_type_ids.unsqueeze(-1).to(states.dtype)
            first = attention_mask.unsqueeze(-1).to(states.dtype) - second
            told, text = ((states * of).sum(1) / of.sum(1).clamp(min=1) for of in (first, second))
            return self.last(torch.cat([text, told * text, (told - text).abs()], dim=1)).squeeze(-1)

    return CrossEncoder()


def ship(path: Path, before: dict[str, Any], after: dict[str, Any]) -> None:
    """Write the differences of two states of the network, each row in steps of its own."""
    held: dict[str, np.ndarray] = {}
    for name, value in after.items():
        change = (value - before[name]).numpy()
        if FROZEN in name or not change.any():
            continue
        step = np.abs(change).max(axis=-1, keepdims=True) / STEPS if change.ndim else np.abs(change) / STEPS
        held[name] = np.round(change / np.maximum(step, 1e-12)).astype(np.int8)
        held[f"{name}/step"] = step.astype(np.float32)
    np.savez_compressed(path, **held)  # type: ignore[arg-type]


def taken(held: Any, name: str) -> np.ndarray:
    """A difference as it was shipped, float32."""
    return np.asarray(held[name].astype(np.float32) * held[f"{name}/step"], np.float32)
