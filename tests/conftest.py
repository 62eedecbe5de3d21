"""What the tests share: a small report, a small but real embedding model, the built index, the command, the browser.

Nothing here replaces a part of findings: the small model is loaded by the same code as the real one.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import string
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from index.machine.threads import one_thread_for_products

one_thread_for_products()  # before numpy is imported, as the command does: workers beside each other have one core each

from index.store import Index, index_folder, is_fresh, open_index  # noqa: E402 (after the threads are settled)

if TYPE_CHECKING:
    from tests.chat_pages import Server, Visit
    from tests.shared_chat import Shared

for setting in ("FINDINGS_REPORT", "FINDINGS_WORDING", "FINDINGS_EMBEDDING_MODEL"):
    os.environ.pop(setting, None)

ROOT = Path(__file__).resolve().parent.parent
Run = Callable[..., subprocess.CompletedProcess[str]]

TOY = """
### **Northshire County Council**

Inspection of services for children

Inspection date: 6 May 2019 to 10 May 2019

Report published: 1 July 2019

Children's services in Northshire are good
1. Chil\tdren who need help\tGood\t
2. Lea\tdership\tRequires improvement\t



## Contents

Executive summary\t3\t
Recommendations\t5\t
Leadership\t6\t



#### **Executive summary**

Children are safe. Leaders know their services, but the pace of change is too slow and it must be kept



up for all children. Most plans are clear.



#### Recommendations

- 1. Ensure that visits to children are timely.
- 2. Improve the quality of plans.



#### Leadership

- 3. Visits take 12 days on average, against a target of 10 days. (Recommendation)
- 4. There are 40 foster carers. Six of them joined this year.
- 5. Plans are reviewed each month.
- 6. The council employs 25 social workers.
- 7. Children write their own part of the plan.
- 8. Brothers and sisters live together where that is safe.
- 9. Health checks are on time for 90% of children.
- 10. Care leavers have a personal adviser.
- 11. Schools receive their money in the first week of term.
- 12. Managers check one case a week.

  They do not always record what they find. (Recommendation)
"""


@pytest.fixture(scope="session")
def common(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of this run: where workers run tests beside each other, the same for all of them."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@contextmanager
def first_of_all(mark: Path) -> Iterator[bool]:
    """Lets one worker in after another; tells the first that it makes what all use. Where that fails, the next one tries."""
    with mark.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield (
            file.seek(0, os.SEEK_END) == 0
        )  # its end now, not when it was opened: another may have written while this one waited
        file.write("made\n")


@pytest.fixture(scope="session")
def toy_report(common: Path) -> Path:
    """A report of six pages with twelve numbered paragraphs, in the layout of the real one."""
    path = common / "northshire.md"
    with first_of_all(common / "report.lock") as missing:
        if missing:
            path.write_text(TOY, encoding="utf-8")
    return path


def make_model(folder: Path, pooling: str = "mean") -> Path:
    """Write a sentence-transformers model of two small layers that knows single characters; the same each time."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    characters = string.ascii_lowercase + string.digits + string.punctuation
    pieces = [f"##{one}" for one in string.ascii_lowercase + string.digits]
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *characters, *pieces]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.txt").write_text("\n".join(vocabulary), encoding="utf-8")
    torch.manual_seed(0)
    sizes = BertConfig(
        vocab_size=len(vocabulary), hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64,
        max_position_embeddings=128,
    )  # fmt: skip
    BertModel(sizes).save_pretrained(folder / "bert")
    BertTokenizerFast(vocab_file=str(folder / "vocab.txt")).save_pretrained(folder / "bert")
    modules = [Transformer(str(folder / "bert"), max_seq_length=128), Pooling(32, pooling_mode=pooling)]
    SentenceTransformer(modules=modules, device="cpu").save(str(folder / "model"))
    return folder / "model"


@pytest.fixture(scope="session")
def tiny_model(common: Path) -> Path:
    """The folder of a small model that can be exported."""
    with first_of_all(common / "model.lock") as missing:
        return make_model(common / "tiny") if missing else common / "tiny" / "model"


@pytest.fixture(scope="session")
def toy_settings(toy_report: Path, tiny_model: Path, common: Path) -> dict[str, str]:
    """The settings under which findings answers about the toy report, with the tiny model, from an index of its own."""
    return {
        "FINDINGS_REPORT": str(toy_report),
        "FINDINGS_EMBEDDING_MODEL": str(tiny_model),
        "FINDINGS_INDEX_DIR": str(common / "toy" / "index"),
    }


@pytest.fixture(scope="session")
def toy_index(toy_settings: dict[str, str], common: Path, run: Run) -> dict[str, str]:
    """The same settings, once the index is built by `findings index`. Other tests ask it meanwhile: harm a copy of it only."""
    with first_of_all(common / "index.lock") as missing:
        if missing:
            built = run("index", env=toy_settings)
            assert (built.returncode, built.stderr) == (0, "")
    return toy_settings


@pytest.fixture
def toy(toy_index: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Index:
    """The toy index, opened; the settings are in force for the test."""
    for name, value in toy_index.items():
        monkeypatch.setenv(name, value)
    return open_index()


@pytest.fixture(scope="session")
def real_index(run: Run) -> Index:
    """The index of the real report, opened; built first where it is missing or stale."""
    if not is_fresh():
        built = run("index", env={"FINDINGS_INDEX_DIR": str(index_folder())}, timeout=1200)
        assert built.returncode == 0, built.stderr
    return open_index()


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Runs the `findings` command in another folder, with no settings but the index folder and those given."""
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    command = Path(sys.executable).parent / "findings"

    def ran(
        *arguments: str | Path, env: dict[str, str] | None = None, stdin: str = "", timeout: float = 300
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(command), *map(str, arguments)], capture_output=True, text=True, encoding="utf-8", input=stdin,
            timeout=timeout, cwd=elsewhere, env=clean_environment() | (env or {}), check=False,
        )  # fmt: skip

    return ran


def clean_environment() -> dict[str, str]:
    """The environment without any setting of findings, but with the index folder that this session uses."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FINDINGS_")}
    return kept | {"FINDINGS_INDEX_DIR": str(index_folder())}


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium browser, the one without windows first: it is faster.

    Where there is none, the test is not run; with CI=true it fails.
    """
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    places = (
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
    )
    found = next(filter(None, map(shutil.which, names)), None) or next((p for p in places if Path(p).is_file()), None)
    if found is None:
        message = "Chromium is missing: install it (Debian: apt-get install chromium) to run the browser tests"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return found


@pytest.fixture(scope="session")
def chat_server(real_index: Index, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The chat over the real report, in a process of its own that records every address it connects to."""
    from tests.chat_pages import serving

    with serving(tmp_path_factory.mktemp("chat")) as server:
        yield server


@pytest.fixture(scope="session")
def plain_chat(toy_index: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    """`findings chat` without options over the toy report."""
    from tests.shared_chat import sharing

    with sharing(tmp_path_factory.mktemp("plain"), toy_index) as server:
        yield server


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Any]:
    """Chromium without a window."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def laptop(browser: Any) -> Iterator[Any]:
    """A browser's context that the tests use one after the other: what Gradio's page loads is fetched once, and then comes from its cache."""
    from tests.chat_pages import LAPTOP

    context = browser.new_context(**LAPTOP)
    yield context
    context.close()


@pytest.fixture
def visit(laptop: Any, chat_server: Server) -> Iterator[Visit]:
    """A page of the chat over the real report, as in a browser that holds nothing of earlier visits but the files of the page.

    At the end it has had no fault and asked no other address for anything.
    """
    from tests.chat_pages import opened

    one = opened(laptop, chat_server.url)
    try:
        yield one
        assert one.faults == []
        assert one.foreign() == []
    finally:
        for page in laptop.pages:
            if page is not one.page:
                page.close()
        one.page.goto(f"{chat_server.url}robots.txt")
        one.page.evaluate("localStorage.clear()")
        one.page.close()
        laptop.clear_permissions()
