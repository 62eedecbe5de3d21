"""The picture of a page of an indexed PDF: what is marked, what is refused, and the path and the panel that show it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from PIL import Image

from index.errors import NoPicture
from index.store import Index, open_index
from tests import pdf_toys
from tests.chat_pages import Server, serving
from tests.conftest import Run
from ui.html.page_picture import page_picture
from ui.html.page_pictures import figure, pages_of

QUOTE = "Plans are reviewed each month."
ACROSS = "Social workers see children alone, and the well-being of each child is recorded with care by nearly all of them."
Colours = dict[str, int]


@pytest.fixture(scope="module")
def settings(toy_settings: dict[str, str], tmp_path_factory: pytest.TempPathFactory, run: Run) -> dict[str, str]:
    """The settings under which a toy PDF is asked, once it is indexed."""
    folder = tmp_path_factory.mktemp("pictured")
    path = folder / "northshire.pdf"
    path.write_bytes(pdf_toys.single_inspection())
    found = toy_settings | {"FINDINGS_REPORT": str(path), "FINDINGS_INDEX_DIR": str(folder / "index")}
    assert run("index", env=found).returncode == 0
    return found


@pytest.fixture
def index(settings: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Index:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    return open_index()


def marked_rows(png: bytes) -> set[int]:
    """The rows of the picture, in hundredths of its height, that hold yellow."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    wide, high = picture.size
    return {
        100 * y // high
        for y in range(0, high, 2)
        for x in range(0, wide, 3)
        if (colour := picture.getpixel((x, y)))[0] > 200 and colour[2] < 170  # type: ignore[index]
    }


def test_a_page_is_drawn_as_wide_as_wanted_with_the_words_of_the_quote_marked(index: Index) -> None:
    plain, marked = page_picture(index, 6), page_picture(index, 6, QUOTE)
    assert Image.open(io.BytesIO(plain)).size == (900, 1273)
    assert Image.open(io.BytesIO(page_picture(index, 6, width=450))).size[0] == 450
    assert marked_rows(plain) == set()
    line = next(passage for passage in index.report.passages if passage.number == "6")
    assert line.text == QUOTE
    rows = marked_rows(marked)
    assert rows and max(rows) - min(rows) <= 2


def test_a_quote_over_a_page_end_is_marked_on_both_pages(index: Index) -> None:
    first, second = (marked_rows(page_picture(index, page, ACROSS)) for page in (6, 7))
    assert min(first) > 80  # at the foot of the page that it begins on
    assert max(second) < 15  # at the head of the next


def test_words_that_are_not_on_the_page_mark_nothing(index: Index) -> None:
    assert marked_rows(page_picture(index, 7, QUOTE)) == set()
    assert marked_rows(page_picture(index, 6, "() \\ %s <script>")) == set()


def test_widths_are_kept_within_bounds(index: Index) -> None:
    assert Image.open(io.BytesIO(page_picture(index, 1, width=1))).size[0] == 200
    assert Image.open(io.BytesIO(page_picture(index, 1, width=10**9))).size[0] == 2_400


def test_a_picture_is_drawn_once_and_remembered(index: Index) -> None:
    first = page_picture(index, 5, "visits to children")
    assert page_picture(index, 5, " visits  to children ") is first


@pytest.mark.parametrize("page", [0, -1, 9, 10**6])
def test_a_page_that_is_not_there_is_said_to_be_missing(page: int, index: Index) -> None:
    with pytest.raises(NoPicture, match="There is no page"):
        page_picture(index, page)


def test_a_pdf_that_is_damaged_after_indexing_gives_one_sentence(index: Index) -> None:
    kept = index.folder / "report.pdf"
    data = kept.read_bytes()
    try:
        kept.write_bytes(data[:200])
        with pytest.raises(NoPicture, match="Page 2 cannot be drawn"):
            page_picture(index, 2, "never asked before")
    finally:
        kept.write_bytes(data)


def test_a_report_in_markdown_has_no_pictures(toy: Index) -> None:
    assert pages_of(toy) == 0
    with pytest.raises(NoPicture, match="not indexed from a PDF"):
        page_picture(toy, 1)
    assert figure(toy.report.passages[-1], [], pages_of(toy)) == ""


def test_the_panel_shows_the_page_with_its_neighbours(index: Index) -> None:
    passage = index.passage("6")
    assert passage is not None
    drawn = figure(passage, ['"><script>', QUOTE], pages_of(index))
    assert 'alt="Page 6 of the report as printed, the quoted words marked"' in drawn
    assert 'src="/page/6.png?quote=Plans+are+reviewed+each+month.&amp;width=900"' in drawn
    assert [f"/page/{n}.png" in drawn for n in (4, 5, 7, 8)] == [False, True, True, False]
    assert "script" not in drawn


@pytest.fixture(scope="module")
def server(settings: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("server"), settings) as serving_now:
        yield serving_now


@pytest.mark.server
def test_the_server_sends_pages_and_nothing_else_on_that_path(server: Server, index: Index, tmp_path: Path) -> None:
    got = httpx.get(f"{server.url}page/6.png", params={"quote": QUOTE}, trust_env=False)
    assert (got.status_code, got.headers["content-type"]) == (200, "image/png")
    assert got.headers["x-content-type-options"] == "nosniff"
    assert got.content == page_picture(index, 6, QUOTE)
    for path in ("page/0.png", "page/9.png", "page/6", "page/6.png/", "page/../report.pdf", "page/6.png%0a", "page/x.png"):
        assert httpx.get(f"{server.url}{path}", trust_env=False).status_code == 404
    assert httpx.post(f"{server.url}page/6.png", trust_env=False).status_code == 404
