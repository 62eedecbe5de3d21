"""What is installed: imports and data files come from the project, heavy packages stay out, versions are pinned."""

from __future__ import annotations

import email
import importlib
import importlib.metadata
import json
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.resources import files
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.conftest import ROOT, clean_environment, first_of_all

PACKAGES = ("assistant", "evals", "index", "prompts", "ui")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
HEAVY = ("torch", "transformers", "sklearn", "gradio", "chromadb", "sentence_transformers", "langchain", "matplotlib")


def tracked_data() -> list[str]:
    """Every file of the five packages that is not code, as git or the file system knows it."""
    return sorted(
        str(path.relative_to(ROOT))
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and path.suffix not in {".py", ".pyc"} and "__pycache__" not in path.parts
    )


def test_the_packages_named_are_the_packages_there_are() -> None:
    found = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    included = {name.removesuffix("*") for name in PROJECT["tool"]["setuptools"]["packages"]["find"]["include"]}
    assert included == set(PACKAGES) == found


@pytest.mark.parametrize("package", PACKAGES)
def test_each_import_resolves_inside_the_project(package: str) -> None:
    module = importlib.import_module(package)
    assert Path(module.__file__ or "").resolve().parent == ROOT / package


def test_each_import_resolves_inside_the_project_from_elsewhere_too(tmp_path: Path) -> None:
    """As an installed package, from another folder: the generic names must not be somebody else's."""
    code = f"import json, {', '.join(PACKAGES)}; print(json.dumps([m.__file__ for m in ({', '.join(PACKAGES)})]))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, env=clean_environment())
    assert [str(Path(file).resolve().parent) for file in json.loads(ran.stdout)] == [str(ROOT / p) for p in PACKAGES]


@pytest.mark.parametrize("path", tracked_data())
def test_every_data_file_loads_through_its_package(path: str) -> None:
    package, _, inside = path.partition("/")
    data = files(package).joinpath(inside).read_bytes()
    assert data == (ROOT / path).read_bytes() != b""
    if not path.endswith((".png", ".ico", ".woff2", ".npz")):
        text = data.decode("utf-8")
        if path.endswith(".json"):
            json.loads(text)
        elif path.endswith(".jsonl"):
            assert [type(json.loads(line)) for line in text.splitlines()] == [dict] * len(text.splitlines())
        elif path.endswith(".toml"):
            tomllib.loads(text)


# Data whose origin is the code beside it: the contract, a page's frame.
CODE = ("assistant/answer.schema.json", "evals/reporting/report.html")


def sources() -> dict[str, Path]:
    """Each data file of the engine and the evaluations, with the page that has to say where it comes from."""
    found = {}
    for path in tracked_data():
        if not path.startswith(("prompts/", "ui/")) and not path.endswith((".md", ".png")) and path not in CODE:
            pages = (folder / name for folder in Path(path).parents for name in ("SOURCE.md", "README.md") if folder != Path("."))
            found[path] = next(page for page in pages if (ROOT / page).is_file())
    return found


@pytest.mark.parametrize("path", sources())
def test_every_data_file_has_a_birth_certificate(path: str) -> None:
    """An entry with its name, its stem (the cases) or its folder (`sisters/`)."""
    page = sources()[path]
    inside = Path(path).relative_to(page.parent)
    names = {str(inside), inside.stem, f"{inside.parent}/"}
    told = (ROOT / page).read_text(encoding="utf-8")
    assert any(f"`{name}`" in told for name in names)


@pytest.mark.parametrize("page", sorted({str(page) for page in sources().values()}))
def test_every_birth_certificate_has_its_file(page: str) -> None:
    rows = [line.split("|")[1] for line in (ROOT / page).read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    named = [name for row in rows for name in re.findall(r"`([\w./-]+(?:\.(?:jsonl?|npz|toml|txt)|/))`", row)]
    assert [name for name in named if not (ROOT / page).parent.joinpath(name).exists()] == []


@pytest.mark.parametrize(
    "page", ["assistant/learned/SOURCE.md", "assistant/words/SOURCE.md", "evals/SOURCE.md", "index/SOURCE.md"]
)
def test_a_birth_certificate_is_filled_in(page: str) -> None:
    """File, what, author or method, guide or origin, date, command."""
    rows = [
        line.strip("| ").split(" | ") for line in (ROOT / page).read_text(encoding="utf-8").splitlines() if line.startswith("| `")
    ]
    assert rows and [row for row in rows if len(row) != 6 or not all(row) or not re.search(r"\b20\d\d$", row[4])] == []


@pytest.fixture(scope="module")
def wheel(common: Path, tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """A wheel built from a copy of what git would hand out, without dependencies and without the network."""
    out = common / "wheel"
    with first_of_all(common / "wheel.lock") as missing:
        if missing:
            make_wheel(tmp_path_factory.mktemp("source"), out)
    return zipfile.ZipFile(next(out.glob("*.whl")))


def make_wheel(source: Path, out: Path) -> None:
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        (source / name).write_bytes((ROOT / name).read_bytes())
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                copy = source / path.relative_to(ROOT)
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_bytes(path.read_bytes())
    build = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--no-index", "--quiet"]
    subprocess.run([*build, "--wheel-dir", str(out), str(source)], check=True, capture_output=True, env=clean_environment())


def test_a_wheel_holds_all_code_and_every_data_file(wheel: zipfile.ZipFile) -> None:
    code = [str(path.relative_to(ROOT)) for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    held = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert held == {*code, *tracked_data()}


@pytest.mark.weights
def test_a_wheel_answers_from_a_folder_outside_the_checkout(wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    """Unpacked where a package would lie, with its own index folder: every data file that asking needs is in it."""
    wheel.extractall(tmp_path / "site")
    code = "import sys, ui; assert ui.__file__.startswith(sys.argv.pop()), ui.__file__; sys.argv[0] = 'findings'; from ui.cli import main; main()"
    ran = subprocess.run(
        [sys.executable, "-c", code, "ask", "how long do care proceedings take?", str(tmp_path)], capture_output=True, text=True,
        cwd=tmp_path, env=clean_environment() | {"PYTHONPATH": str(tmp_path / "site")},
    )  # fmt: skip
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "page " in ran.stdout


def test_a_wheel_is_never_taken_by_a_public_index_and_names_one_command(wheel: zipfile.ZipFile) -> None:
    info = next(name.split("/")[0] for name in wheel.namelist() if ".dist-info/" in name)
    metadata = email.message_from_bytes(wheel.read(f"{info}/METADATA"))
    assert "Private :: Do Not Upload" in (metadata.get_all("Classifier") or [])
    assert wheel.read(f"{info}/entry_points.txt").decode() == "[console_scripts]\nfindings = ui.cli:main\n"


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["ask", "--help"], ["chat", "--help"], ["eval", "--help"], ["ask", "paragraph 4"],
     ["ask", "how long do visits take?"], ["ask", "--json", "good morning"], ["index"]],
)  # fmt: skip
def test_the_command_loads_nothing_heavy(arguments: list[str], toy_index: dict[str, str]) -> None:
    code = (
        "import sys, atexit; from ui.cli import main; sys.argv[0] = 'findings'; "
        f"atexit.register(lambda: print('loaded', sorted(set({HEAVY!r}) & set(sys.modules)))); main()"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, env=clean_environment() | toy_index
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.splitlines()[-1] == "loaded []"


def pinned() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split("==") for line in lines if line and not line.startswith("#"))


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_constraints_pin_exact_versions_and_torch() -> None:
    lines = [line for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines() if line]
    assert [line for line in lines if not re.fullmatch(r"[\w.-]+==[\w.]+", line)] == []
    assert pinned()["torch"] == "2.13.0"


def needed() -> set[str]:
    """The names of everything that findings[eval,dev] needs here, directly or not (torch pins its own companions)."""
    found: set[str] = set()
    extras = PROJECT["project"]["optional-dependencies"]
    waiting = [Requirement(text) for text in (*PROJECT["project"]["dependencies"], *extras["eval"], *extras["dev"])]
    while waiting:
        requirement = waiting.pop()
        name = normal(requirement.name)
        if name in found:
            continue
        found.add(name)
        if name == "torch":
            continue
        try:
            further = [Requirement(text) for text in importlib.metadata.requires(name) or []]
        except importlib.metadata.PackageNotFoundError:  # named, but not installed here
            continue
        for one in further:
            wanted = [{"extra": extra} for extra in (*requirement.extras, "")]
            if one.marker is None or any(one.marker.evaluate(extra) for extra in wanted):
                waiting.append(one)
    return found


def test_everything_that_make_installs_is_pinned() -> None:
    names = {normal(name) for name in pinned()}
    assert sorted(needed() - names) == []
    assert len(needed()) > 100


def test_the_makefile_and_the_constraints_name_the_same_torch() -> None:
    assert f"torch=={pinned()['torch']}" in (ROOT / "Makefile").read_text(encoding="utf-8")
