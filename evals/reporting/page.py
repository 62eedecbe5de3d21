"""A run's numbers -> report.html, which needs no network and no other file; and both files of a run's folder.

Everything foreign is escaped. Decides nothing: what is a miss, and why, comes from the scores.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any

from evals.cases import SLICES
from evals.measures.evidence import Evidence
from evals.measures.summary import Scored
from evals.reporting.plots import length_recall, risk_coverage_plot, slice_bars
from evals.reporting.report import (
    Table,
    as_markdown,
    confusion_table,
    extra_tables,
    headline_table,
    number,
    origin,
    slice_table,
    unscored_table,
)

WRONG = {
    "outcome ": "wrong outcome", "vital fact missing": "vital fact missing", "no gold passage": "no gold passage cited",
    "most citations": "most citations beside the point", "forbidden": "forbidden words",
}  # fmt: skip
SHOWN_RETRIEVED = 5


def write_report(folder: Path, summary: dict[str, Any], scored: Sequence[Scored], evidence: Evidence) -> None:
    """Write summary.md and report.html into the run's folder."""
    (folder / "summary.md").write_text(as_markdown(summary), encoding="utf-8")
    (folder / "report.html").write_text(as_html(summary, scored, evidence), encoding="utf-8")


def as_html(summary: dict[str, Any], scored: Sequence[Scored], evidence: Evidence) -> str:
    """The page: tables, plots, and every miss."""
    template = Template(files("evals.reporting").joinpath("report.html").read_text(encoding="utf-8"))
    misses = [one for one in scored if not one.right]
    present = [name for name in SLICES if any(one.case.slice == name for one in misses)]
    wrong = sorted({kind for one in misses for kind in kinds(one)})
    return template.substitute(
        title="Evaluation: answers about one inspection report",
        made=escape(origin(summary["settings"])),
        sections="\n".join(_sections(summary, scored)),
        slice_options=_options(present), wrong_options=_options(wrong), n_misses=str(len(misses)),
        misses="\n".join(_miss(one, evidence) for one in misses),
    )  # fmt: skip


def _sections(summary: dict[str, Any], scored: Sequence[Scored]) -> Iterable[str]:
    yield _section("Headline numbers", _table(headline_table(summary), "All cases, with 95% intervals"))
    for title, table in extra_tables(summary):
        yield _section(title.split(" (")[0], _table(table, title))
    yield _section("Slices", _figure(slice_bars(summary["slices"])), _table(slice_table(summary), "By kind of question"))
    yield _section(
        "Outcomes", _table(confusion_table(summary), "Expected outcome by row, given outcome by column", diagonal=True)
    )
    points = summary["risk_coverage"]["points"]
    if points:
        told = f"Surest answers first. Area under the curve: {number(summary['risk_coverage']['area'])} (less is better)."
        curve = _table((["Answered, share", "Wrong, share of answered"], _thinned(points)), "Points of the curve")
        yield _section("Risk and coverage", f"<p>{told}</p>", _figure(risk_coverage_plot(points)), _folded("The numbers", curve))
    lengths = [
        (w, r) for one in scored if (w := one.value("words")) is not None and (r := one.value("key_fact_recall")) is not None
    ]
    if lengths:
        told = "One dot is an answer; a larger one, several. Long answers that hold little are bottom right."
        yield _section(
            "Length against key facts", f"<p>{told}</p>", _figure(length_recall(lengths)), _table(_lengths(lengths), "By length")
        )
    yield _section(
        "What has no score",
        _folded("Cases by measure and reason", _table(unscored_table(summary), "Counted, never taken for zero")),
    )


def _thinned(points: Sequence[Sequence[float]], most: int = 20) -> list[list[str]]:
    step = max(1, len(points) // most)
    kept = [*points[:-1:step], points[-1]]
    return [[number(coverage), number(risk)] for coverage, risk in kept]


def _lengths(points: Sequence[tuple[float, float]]) -> Table:
    rows = []
    for low, high in ((0, 50), (50, 100), (100, 150), (150, 250), (250, None)):
        part = [recall for length, recall in points if length >= low and (high is None or length < high)]
        label = f"{low} words and more" if high is None else f"{low} to {high - 1} words"
        rows.append([label, str(len(part)), number(sum(part) / len(part)) if part else "-"])
    return ["Length of the answer", "answers", "key facts held"], rows


def _section(title: str, *parts: str) -> str:
    return f"<section>\n<h2>{escape(title)}</h2>\n" + "\n".join(parts) + "\n</section>"


def _figure(svg: str) -> str:
    return f"<figure>{svg}</figure>"


def _folded(title: str, inner: str) -> str:
    return f"<details><summary>{escape(title)}</summary>{inner}</details>"


def _table(table: Table, caption: str, diagonal: bool = False) -> str:
    heads, rows = table
    head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in heads)
    body = []
    for row in rows:
        cells = [f'<th scope="row">{escape(row[0])}</th>']
        for name, cell in zip(heads[1:], row[1:], strict=True):
            mark = (' class="hit"' if name == row[0] else ' class="off"') if diagonal and cell != "0" else ""
            value, bracket, range_ = escape(cell).partition(" (")
            cells.append(f"<td{mark}>{value}{f'<small>{range_[:-1]}</small>' if bracket else ''}</td>")
        body.append(f"<tr>{''.join(cells)}</tr>")
    parts = f"<caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody>"
    return f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(caption)}"><table>{parts}</table></div>'


def _options(names: Iterable[str]) -> str:
    return "".join(f'<option value="{escape(name)}">{escape(name.replace("_", " "))}</option>' for name in names)


def kinds(one: Scored) -> list[str]:
    """What is wrong with a miss, in the words of the filter."""
    reasons = one.scores["strict"].reason.split("; ")
    found = [next((kind for start, kind in WRONG.items() if reason.startswith(start)), None) for reason in reasons]
    too_long = ["too long"] if any("words, more than" in reason for reason in reasons) else []
    return list(dict.fromkeys([kind for kind in found if kind] + too_long))


def _miss(one: Scored, evidence: Evidence) -> str:
    case, reply = one.case, one.reply
    facts = "; ".join(("" if fact.vital else "(okay) ") + " / ".join(fact.any) for fact in case.key_facts)
    expected = [" or ".join(case.right_outcomes), _places(case.gold, evidence), facts]
    ranked = _places([hit.passage for hit in reply.retrieved[:SHOWN_RETRIEVED]], evidence)
    rows = [
        ("Earlier", " / ".join(case.history)),
        ("Understood", reply.understood if reply.understood != case.question else ""),
        ("Expected", ". ".join(part for part in expected if part)),
        ("Retrieved", ranked or "nothing"),
        ("Cited", _places([cited.passage for cited in reply.citations], evidence)),
        ("Confidence", number(reply.confidence) if reply.confidence is not None else ""),
    ]
    listed = "".join(f"<dt>{name}</dt><dd>{escape(text)}</dd>" for name, text in rows if text)
    answer = f'<dt>Answer</dt><dd>{escape(reply.outcome)}<br><span class="said">{escape(reply.answer)}</span></dd>'
    data = f'data-slice="{escape(case.slice)}" data-split="{case.split}" data-wrong="{escape("|".join(kinds(one)))}"'
    tag = f'<span class="tag">{escape(case.id)}, {case.split}</span>'
    why = f'<span class="why">{escape(one.scores["strict"].reason)}</span>'
    return f"<li {data}><details><summary>{escape(case.question)} {tag}{why}</summary><dl>{listed}{answer}</dl></details></li>"


def _places(ids: Iterable[str], evidence: Evidence) -> str:
    found = []
    for identity in ids:
        passage = evidence.passages.get(identity)
        found.append(
            f"{passage.place} ({identity})" if passage and passage.number is None else passage.place if passage else identity
        )
    return ", ".join(found)
