"""The network that tells whether a sentence follows: what is shipped of it, how it is made, what it has learnt."""

from __future__ import annotations

import io
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from index import entailment
from index.entailment import Entailment, open_entailment, ship, taken
from index.errors import BrokenIndex, UnwritableIndex

TOLD = "Leadership, management and governance: Staff turnover has been reduced, but caseloads remain too high in one team."


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("index")
    open_entailment(folder)
    return folder


@pytest.fixture(scope="module")
def entails(made: Path) -> Entailment:
    return open_entailment(made)


def test_differences_are_shipped_in_eight_bits_by_row(tmp_path: Path) -> None:
    import torch

    chance = torch.Generator().manual_seed(1)
    before = {"layer": torch.zeros(4, 50), "bias": torch.zeros(50), "word_embeddings": torch.zeros(3), "same": torch.ones(2)}
    after = {
        **before, "layer": torch.randn(4, 50, generator=chance) * torch.tensor([[1.0], [1e-3], [10.0], [0.0]]),
        "bias": torch.randn(50, generator=chance), "word_embeddings": torch.ones(3),
    }  # fmt: skip
    ship(tmp_path / "x.npz", before, after)
    with np.load(tmp_path / "x.npz") as held:
        assert {name for name in held.files if "/" not in name} == {
            "layer",
            "bias",
        }  # neither what is not trained nor what is not changed
        for name in ("layer", "bias"):
            step = np.abs(after[name].numpy()).max(-1, keepdims=True) / 127
            assert (np.abs(taken(held, name) - after[name].numpy()) <= step / 2 + 1e-9).all()


@pytest.mark.weights
def test_it_is_made_once_and_found_again(made: Path, entails: Entailment) -> None:
    (folder,) = made.glob("*-*")  # nothing half made is left
    first = (folder / "model.onnx").stat().st_mtime_ns
    assert open_entailment(made)([(TOLD, "Turnover fell.")]) == entails([(TOLD, "Turnover fell.")])
    assert (folder / "model.onnx").stat().st_mtime_ns == first


@pytest.mark.weights
def test_what_an_older_version_made_or_left_half_made_goes(tmp_path: Path) -> None:
    for left in ("entailment-0123456789ab", "making-entailment-1"):
        (tmp_path / left).mkdir()
    open_entailment(tmp_path)
    assert [one.name.split("-")[0] for one in tmp_path.iterdir() if one.is_dir()] == ["entailment"]


@pytest.mark.weights
@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
def test_a_damaged_file_is_said_and_what_mends_it(name: str, made: Path, tmp_path: Path) -> None:
    (folder,) = made.glob("*-*")
    shutil.copytree(folder, tmp_path / folder.name)
    (tmp_path / folder.name / name).write_text("damaged")
    with pytest.raises(BrokenIndex, match="delete the folder"):
        open_entailment(tmp_path)


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UnwritableIndex, match="FINDINGS_INDEX_DIR"):
        open_entailment(tmp_path / "file")


@pytest.mark.weights
def test_the_exported_network_is_the_trained_one(entails: Entailment) -> None:
    """The same log odds as torch gives with the shipped differences put in, whatever stands beside a pair in its batch."""
    import torch

    pairs = [
        (TOLD, "Turnover fell."),
        (TOLD, "Caseloads in one team are still too high."),
        ("A: B.", "Pay rose by 3% last year."),
    ]
    network = entailment.untrained()
    with np.load(io.BytesIO(entailment.shipped())) as held:
        state: dict[str, Any] = network.state_dict()
        for name in state:
            if f"{name}/step" in held.files:
                state[name] = state[name] + torch.from_numpy(taken(held, name))
    network.load_state_dict(state)
    with torch.no_grad():
        expected = [
            network.eval()(
                *(
                    torch.tensor([getattr(entails.tokenizer.encode(*pair), name)])
                    for name in ("ids", "attention_mask", "type_ids")
                )
            )
            for pair in pairs
        ]
    assert np.abs(entails(pairs) - torch.cat(expected).numpy()).max() < 1e-3


@pytest.mark.weights
@pytest.mark.parametrize(
    ("text", "follows"),
    [
        ("Fewer staff leave than before.", True),
        ("Turnover of staff has come down.", True),
        ("Caseloads in one team are still too high.", True),
        ("Staff turnover has been reduced by better pay.", False),
        ("Caseloads are low in every team.", False),
        ("High caseloads make social workers ill.", False),
        ("Snow fell softly over the hills.", False),
    ],
)
def test_it_has_learnt_what_follows(text: str, follows: bool, entails: Entailment) -> None:
    assert bool(entails([(TOLD, text)])[0] >= 0) == follows


@pytest.mark.weights
def test_texts_longer_than_it_reads_are_cut_from_what_is_rested_on(entails: Entailment) -> None:
    odds = entails(
        [(TOLD + " More of the same." * 200, "Turnover of staff has come down."), ("", "x"), ("\ud800", "half a character")]
    )
    assert np.isfinite(odds).all()
    assert odds[0] == pytest.approx(
        entails([(TOLD + " More of the same." * 40, "Turnover of staff has come down.")])[0], abs=1e-3
    )
