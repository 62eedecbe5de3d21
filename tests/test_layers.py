"""Imports point one way, the doors share one engine, and what is heavy is imported where it is used."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.conftest import ROOT

# what each package may import of the others
MAY = {
    "prompts": set(),
    "index": {"prompts"},
    "assistant": {"prompts", "index"},
    "ui": {"prompts", "index", "assistant"},
    "evals": {"prompts", "index", "assistant"},
}
HEAVY = {
    "torch", "transformers", "sentence_transformers", "sklearn", "scipy", "gradio", "chromadb", "langchain", "langchain_chroma",
    "langchain_core", "onnxruntime", "onnx", "matplotlib", "bm25s", "tokenizers", "docx", "ir_measures", "uvicorn", "fastapi",
}  # fmt: skip
DOORS = [door for door in ("ui/cli.py", "ui/batch.py", "ui/chat.py", "evals/run.py") if (ROOT / door).is_file()]


def modules() -> list[str]:
    return sorted(str(path.relative_to(ROOT)) for package in MAY for path in (ROOT / package).rglob("*.py"))


@cache
def tree(path: str) -> ast.Module:
    return ast.parse((ROOT / path).read_text(encoding="utf-8"))


def imported(node: ast.AST) -> Iterator[str]:
    """Dotted names that an import statement brings in; `from a import b` gives a and a.b."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        yield node.module or ""
        yield from (f"{node.module}.{alias.name}" for alias in node.names)


def at_import(path: str) -> set[str]:
    """What a module imports when it is imported itself: everything outside functions and TYPE_CHECKING."""
    found: set[str] = set()
    waiting: list[ast.AST] = list(tree(path).body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        found.update(imported(node))
        waiting += ast.iter_child_nodes(node)
    return found


def test_the_five_packages_are_all_there_is() -> None:
    assert {path.split("/")[0] for path in modules()} == set(MAY)


@pytest.mark.parametrize("path", modules())
def test_imports_point_one_way(path: str) -> None:
    package = path.split("/")[0]
    wrong = set()
    for node in ast.walk(tree(path)):
        for name in imported(node):
            other = name.split(".")[0]
            if other in MAY and other != package and other not in MAY[package]:
                wrong.add(other)
    if path == "ui/cli.py":  # the command `findings eval` is a door to the evaluations, opened only when it is used
        assert "evals" not in {name.split(".")[0] for name in at_import(path)}
        wrong.discard("evals")
    assert wrong == set()


def test_imports_are_absolute() -> None:
    relative = [path for path in modules() for node in ast.walk(tree(path)) if isinstance(node, ast.ImportFrom) and node.level]
    assert relative == []


def reached(path: str) -> set[str]:
    """Heavy modules that importing a module brings in, through the project's own modules."""
    seen: set[str] = set()
    waiting, heavy = [path], set()
    while waiting:
        here = waiting.pop()
        if here in seen:
            continue
        seen.add(here)
        for name in at_import(here):
            if name.split(".")[0] in HEAVY:
                heavy.add(name.split(".")[0])
            for own in (f"{name.replace('.', '/')}.py", f"{name.replace('.', '/')}/__init__.py"):
                if (ROOT / own).is_file() and name.split(".")[0] in MAY:
                    waiting.append(own)
    return heavy


@pytest.mark.parametrize(
    "path", ["ui/cli.py", "ui/batch.py", "ui/plain.py", "assistant/assistant.py", "index/store.py", "evals/run.py"]
)
def test_what_every_question_goes_through_imports_nothing_heavy(path: str) -> None:
    assert reached(path) == set()


def test_the_search_for_heavy_imports_finds_them() -> None:
    assert {"chromadb", "langchain_chroma"} <= reached("index/vectors/chroma.py")


def test_only_one_seam_knows_the_libraries_of_networks() -> None:
    seam = {"torch", "transformers", "sentence_transformers", "onnxruntime", "tokenizers"}
    users = {
        path
        for path in modules()
        for node in ast.walk(tree(path))
        for name in imported(node)
        if name.split(".")[0] in seam and not path.startswith("evals/")
    }
    assert users == {"index/vectors/embedding.py", "index/vectors/cross_encoder.py"}


def test_there_is_one_engine_and_every_door_calls_it() -> None:
    """`Assistant` is the only class with `ask`, and only it puts search, choice and decision together."""
    engines = [
        (path, node.name)
        for path in modules()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ClassDef) and any(isinstance(part, ast.FunctionDef) and part.name == "ask" for part in node.body)
    ]
    assert [engine for engine in engines if engine[1] == "Assistant"] == [("assistant/assistant.py", "Assistant")]
    assert [path for path, _ in engines if path.startswith(("ui/", "index/", "prompts/"))] == []
    steps = {
        "assistant.answering.decision",
        "assistant.answering.choosing",
        "assistant.answering.evidence",
        "assistant.answering.selecting",
        "index.search",
    }
    users = {
        path
        for path in modules()
        if path.startswith("ui/")
        for node in ast.walk(tree(path))
        for name in imported(node)
        if name in steps
    }
    assert users == set()


@pytest.mark.parametrize("path", DOORS)
def test_a_door_leads_to_the_engine(path: str) -> None:
    names = {name for node in ast.walk(tree(path)) for name in imported(node)}
    assert names & {"assistant.assistant.Assistant", "ui.batch.run_batch"}


@pytest.mark.parametrize("path", [path for path in modules() if (ROOT / path).read_text(encoding="utf-8").strip()])
def test_a_module_opens_with_what_it_is_for(path: str) -> None:
    assert ast.get_docstring(tree(path))


def test_nothing_of_ours_is_patched_in_the_tests() -> None:
    patched = [
        path.name
        for path in Path(__file__).parent.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if (isinstance(node, ast.ImportFrom | ast.Import) and "unittest.mock" in " ".join(imported(node)))
        or (isinstance(node, ast.Attribute) and node.attr == "setattr" and ast.unparse(node.value) == "monkeypatch")
    ]
    assert patched == []


# The order of the rooms of each package: a file imports only from its own row and from rows above. A word is a folder or a file.
ROOMS = {
    "index": ("errors machine text", "passages", "vectors", "formats", "layout", "banks", "reading opened", "learned", "building",
              "sharing", "store", "search shelf", "retriever"),
    "assistant": ("errors answer composing learned words", "question", "lookups", "answering model", "assistant batches conversations", "briefing several"),
    "ui": ("terminal plain engine related watch recent", "html", "papers", "web desk desks", "sign_in page", "adding programs", "web/server", "batch chat shelf several", "cli"),
    "evals": ("errors cases answers sisters audit_packages", "measures", "comparisons gate", "reporting audit", "run training", "speed", "probing", "command"),
}  # fmt: skip


def row(path: str) -> int | None:
    """The row of ROOMS that a file stands in; None for the packages' own __init__.py and for prompts/."""
    package, _, inside = path.removesuffix(".py").partition("/")
    if package not in ROOMS or inside == "__init__":
        return None
    rows = {name: at for at, names in enumerate(ROOMS[package]) for name in names.split()}
    return rows[inside] if inside in rows else rows[inside.split("/")[0]]


def own(path: str, names: Iterator[str] | set[str]) -> set[str]:
    """The files of the project among imported names, without those of other packages."""
    found = set()
    for name in names:
        for file in (f"{name.replace('.', '/')}.py", f"{name.replace('.', '/')}/__init__.py"):
            if (ROOT / file).is_file() and file.split("/")[0] == path.split("/")[0]:
                found.add(file)
    return found


@pytest.mark.parametrize("path", modules())
def test_a_room_knows_only_the_rooms_before_it(path: str) -> None:
    here = row(path)
    named = {name for node in ast.walk(tree(path)) for name in imported(node)}  # inside functions too
    later = {file for file in own(path, named) if here is not None and (row(file) or 0) > here}
    assert later == set()


def test_no_module_reaches_itself_through_what_it_imports() -> None:
    knows = {path: own(path, at_import(path)) - {path} for path in modules()}

    def circle(path: str, way: tuple[str, ...]) -> tuple[str, ...]:
        if path in way:
            return (*way[way.index(path) :], path)
        if path in sound:
            return ()
        found = next((found for other in knows[path] if (found := circle(other, (*way, path)))), ())
        sound.add(path)
        return found

    sound: set[str] = set()
    assert [found for path in knows if (found := circle(path, ()))] == []


def test_a_room_has_few_doors() -> None:
    """Above a dozen modules a folder is searched, not read. (evals/ has its commands and what they share beside its rooms.)"""
    folders = {str(Path(path).parent) for path in modules()}
    many = {f: n for f in folders if (n := sum(str(Path(p).parent) == f and not p.endswith("__.py") for p in modules())) > 12}
    assert many == {}
