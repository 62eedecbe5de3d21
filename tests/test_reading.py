"""A file -> lines with pages -> passages: the rules, on a small report, and what is refused."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from index import store
from index.errors import UnreadableReport
from index.formats.markdown import Line, read_markdown
from index.layout.recognising import recognise
from index.passages import PARTS, Passage
from index.text.sentences import sentences
from tests.assistant_toys import somerset
from tests.conftest import TOY, Run


def test_three_blank_lines_break_the_page_and_fewer_do_not() -> None:
    assert read_markdown("\n\n\n\none\n\n\ntwo\n \n\t\n\nthree\n\n\n\n") == [
        Line("", 0, 1), Line("", 1, 1), Line("", 2, 1), Line("", 3, 1), Line("one", 4, 1), Line("", 5, 1), Line("", 6, 1),
        Line("two", 7, 1), Line("", 8, 1), Line("", 9, 1), Line("", 10, 1), Line("three", 11, 2), Line("", 12, 2),
        Line("", 13, 2), Line("", 14, 2),
    ]  # fmt: skip


def test_a_correction_replaces_what_was_garbled_on_its_page_and_only_there() -> None:
    correction = {"page": 2, "read": "gar\n bled", "as": "In the last year"}
    lines = read_markdown("gar\n bled\n\n\n\ngar\n bled\nrest", [correction])
    assert [(line.text, line.corrected) for line in lines if line.text] == [
        ("gar", False), (" bled", False), ("In the last year", True), ("rest", False),
    ]  # fmt: skip


def test_a_small_report_is_read_whole() -> None:
    report = recognise(read_markdown(TOY))
    assert (report.title, report.authority) == ("Inspection of services for children", "Northshire County Council")
    assert (report.inspected, report.published, report.pages) == (("2019-05-06", "2019-05-10"), "2019-07-01", 6)
    assert report.warnings == ()
    assert [(j.service, j.grade, j.year) for j in report.judgements] == [
        ("Overall effectiveness", "good", 2019),
        ("Children who need help", "Good", 2019),
        ("Leadership", "Requires improvement", 2019),
    ]
    assert report.passages[-1] == Passage(
        id="12", number="12", kind="finding", page=6, page_end=6, section="Leadership", subsection=None,
        text="Managers check one case a week. They do not always record what they find.", context=None, flagged=True,
        corrected=False, searchable=True, rows=(51, 53),
    )  # fmt: skip


def test_every_passage_knows_the_part_of_the_report_it_stands_in() -> None:
    parts = {passage.id: passage.part for passage in somerset().passages}
    told = ("p1.4", "p3.1", "p6.13", "9", "p10.1", "40", "78", "p31.6")
    assert [parts[identity] for identity in told] == [
        "cover", "summary", "figures", "recommendations", "young people", "findings", "leadership", "closing",
    ]  # fmt: skip
    assert set(parts.values()) == set(PARTS)


def test_a_paragraph_cut_by_a_page_break_is_one_passage_on_both_pages() -> None:
    summary = next(p for p in recognise(read_markdown(TOY)).passages if p.kind == "summary")
    assert (summary.label, summary.text) == (
        "pages 3 to 4, Executive summary",
        "Children are safe. Leaders know their services, but the pace of change is too slow and it must be kept up for all "
        "children. Most plans are clear.",
    )


def test_a_paragraph_numbered_in_two_parts_keeps_its_printed_number() -> None:
    text = "# Findings\n\n" + "\n".join(f"- 1.{n} Sentence number {n} of this report." for n in range(1, 8))
    assert [(p.id, p.number, p.label) for p in recognise(read_markdown(text)).passages][-1] == (
        "1.7",
        "1.7",
        "paragraph 1.7, page 1",
    )


@pytest.mark.parametrize(
    ("change", "warning"),
    [
        (("- 5. ", "- 6. "), "paragraph number 6 occurs twice"),
        (("- 5. Plans are reviewed each month.\n", ""), "paragraph numbers jump from 4 to 6"),
        (("- 7. ", "- 2. "), "paragraph number 2 occurs twice"),
        (("Leadership\t6", "Leadership\t9"), 'the contents page puts "Leadership" on page 9, it was found on page 6'),
    ],
)
def test_oddities_are_warned_of_and_do_not_stop(change: tuple[str, str], warning: str) -> None:
    assert change[0] in TOY
    report = recognise(read_markdown(TOY.replace(*change)))
    assert warning in report.warnings


def test_a_flag_on_a_line_of_its_own_belongs_to_the_paragraph_before() -> None:
    text = TOY.replace("target of 10 days. (Recommendation)", "target of 10 days.\n- (Recommendation)")
    before, after = recognise(read_markdown(TOY)), recognise(read_markdown(text))
    assert [(p.number, p.flagged, p.text) for p in after.passages] == [(p.number, p.flagged, p.text) for p in before.passages]


def test_dates_in_another_form_are_not_known_and_stop_nothing() -> None:
    report = recognise(read_markdown(TOY.replace("1 July 2019", "the 1st of July 2019").replace("6 May 2019", "Mon 6 May 2019")))
    assert (report.inspected, report.published) == (None, None)


@pytest.mark.parametrize("seed", range(40))
def test_a_damaged_report_is_read_or_refused_and_never_gives_an_empty_passage(seed: int) -> None:
    """Lines of the real report deleted, cut, swapped, indented and mixed with bare markup."""
    chance = random.Random(seed)
    lines = store.packaged_report().read_text(encoding="utf-8").split("\n")
    markup = ["**", "- **", "#", "# **", "\t", "**\t**", "-", "- 1.", "<sup>1</sup>", ":", "- :", "- 7. (Recommendation)", "\x0c",
              "- 12345. x", "- ٣. x", "Report published: 29th of May 2018", "1. Foo\tGood\t"]  # fmt: skip
    for _ in range(chance.choice([1, 10, 200])):
        at = chance.randrange(len(lines))
        change = chance.randrange(5)
        if change == 0:
            del lines[at]
        elif change == 1:
            lines.insert(at, chance.choice(markup))
        elif change == 2:
            lines[at] = lines[at][: chance.randrange(len(lines[at]) + 1)]
        elif change == 3:
            lines[at], lines[-1 - at] = lines[-1 - at], lines[at]
        else:
            lines[at] = "  " + lines[at]
    try:
        passages = recognise(read_markdown("\n".join(lines))).passages
    except UnreadableReport:
        return
    assert [p.id for p in passages if not p.text.strip() or not p.sentences] == []
    assert [p.id for p in passages if " ".join(p.sentences) != p.text] == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three?", ("One.", "Two!", "Three?")),
        ("It took 26 weeks, e.g. For courts. Mr. Smith agreed.", ("It took 26 weeks, e.g. For courts.", "Mr. Smith agreed.")),
        ("They said 'yes.' Then they left.", ("They said 'yes.'", "Then they left.")),
        ("The rate is 4.5 per cent. 12 are new.", ("The rate is 4.5 per cent.", "12 are new.")),
        ("in primary schools is 11% (the national average is 15%)", ("in primary schools is 11% (the national average is 15%)",)),
        ("", ()),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, expected: tuple[str, ...]) -> None:
    assert sentences(text) == expected


NOVEL = "\n\n".join(
    f"## Chapter {n}\n\nIt was the {n}th day of the voyage. {n} gulls followed us, and nobody spoke." for n in range(1, 60)
)


def empty(path: Path) -> None:
    path.write_bytes(b"")


def blank(path: Path) -> None:
    path.write_bytes(b" \n\n\t\n" * 50)


def binary(path: Path) -> None:
    path.write_bytes(b"\x89PNG\x00\x01\x02" + random.Random(1).randbytes(5_000))


def latin_1(path: Path) -> None:
    path.write_bytes(TOY.replace("Children", "Ch\xeeldren").encode("latin-1"))


def utf_16(path: Path) -> None:
    path.write_bytes(TOY.encode("utf-16"))


def novel(path: Path) -> None:
    path.write_text(NOVEL, encoding="utf-8")


def shopping_list(path: Path) -> None:
    path.write_text("- 1. Bread\n- 2. Milk\n- 3. Tea\n", encoding="utf-8")


def huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(200_000_000)


def folder(path: Path) -> None:
    path.mkdir()


def nothing(path: Path) -> None:
    """No file at all."""


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (empty, "is empty"),
        (blank, "is empty"),
        (binary, "is a binary file"),
        (latin_1, "is not UTF-8 text"),
        (utf_16, "is a binary file"),
        (novel, "no recognisable numbered passages"),
        (shopping_list, "no recognisable numbered passages"),
        (huge, "has 200,000,000 bytes"),
        (folder, "is not a file"),
        (nothing, "cannot be read"),
    ],
)
def test_what_is_no_report_is_refused_in_one_sentence_and_the_index_stays(
    make, reason: str, tmp_path: Path, run: Run, toy_index: dict[str, str]
) -> None:
    given = tmp_path / "report.md"
    make(given)
    index = Path(toy_index["FINDINGS_INDEX_DIR"])
    before = {path: path.stat().st_mtime_ns for path in index.rglob("*")}
    ran = run("index", given, env=toy_index)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert reason in ran.stderr
    assert len(ran.stderr.splitlines()) == 1
    assert {path: path.stat().st_mtime_ns for path in index.rglob("*")} == before


def test_a_report_with_a_byte_order_mark_and_windows_line_ends_reads_the_same(tmp_path: Path) -> None:
    given = tmp_path / "report.md"
    given.write_bytes(b"\xef\xbb\xbf" + TOY.replace("\n", "\r\n").encode("utf-8"))
    assert store.read_report(given).passages == recognise(read_markdown(TOY)).passages
