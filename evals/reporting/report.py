"""A run's numbers -> lines for the terminal, summary.md, and report.html, which needs no network and no other file.

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
from evals.comparisons.baselines import NAMES
from evals.measures.evidence import Evidence
from evals.measures.summary import BESIDE, BY_SLICE, HEADLINES, LABELS, Scored
from evals.reporting.plots import length_recall, risk_coverage_plot, slice_bars

PLAIN_NUMBERS = ("words", "citations")  # not shares: written with one decimal
WRONG = {
    "outcome ": "wrong outcome", "vital fact missing": "vital fact missing", "no gold passage": "no gold passage cited",
    "most citations": "most citations beside the point", "forbidden": "forbidden words",
}  # fmt: skip
SHOWN_RETRIEVED = 5


# ---- numbers as text -------------------------------------------------------------------------------------------


def number(value: float | None, name: str = "") -> str:
    """A number as it is written everywhere: three decimals, or one for counts."""
    if value is None:
        return "-"
    return f"{value:.1f}" if name in PLAIN_NUMBERS else f"{value:.3f}"


def interval(estimate: dict[str, Any], name: str = "") -> str:
    """The interval of an estimate: "0.71 to 0.79"."""
    if estimate["low"] is None:
        return "-"
    return f"{number(estimate['low'], name)} to {number(estimate['high'], name)}"


def milliseconds(seconds: float | None) -> str:
    return "-" if seconds is None else f"{1000 * seconds:.1f} ms"


def origin(settings: dict[str, Any]) -> str:
    """Where the numbers come from, in one sentence."""
    chosen = [f"slices {', '.join(settings['slices'])}" if settings["slices"] else "all slices"]
    chosen.append(f"split {settings['split']}" if settings["split"] else "dev and test")
    if settings["limit"]:
        chosen.append(f"the first {settings['limit']}")
    took = f" in {settings['seconds']:.1f} s" if settings["seconds"] is not None else ""
    commit = f", commit {settings['commit']}" if settings["commit"] else ""
    model = f", model {settings['model']}" if settings["model"] else ", extractive"
    return f"{settings['system']}{model}; {settings['n']} cases ({', '.join(chosen)}) asked on {settings['started'][:10]}{took}{commit}."


Table = tuple[list[str], list[list[str]]]  # column heads, rows of cells


def headline_table(summary: dict[str, Any]) -> Table:
    """The headline numbers of all cases, and of either split where both were asked."""
    splits = summary["splits"] if len(summary["splits"]) > 1 else {}
    heads = ["Measure", "Value", "95% interval", "n", "no score", *splits]
    rows = []
    for headline in HEADLINES:
        name, found = headline.name, summary["headlines"][headline.name]
        arrow = " (less is better)" if headline.better == "down" else ""
        rows.append(
            [headline.label + arrow, number(found["value"], name), interval(found, name), str(found["n"]), str(found["unscored"])]
            + [number(part[name]["value"], name) for part in splits.values()]
        )
    latency = summary["latency"]
    for what, label in (("median", "Time of an answer, median"), ("p95", "Time of an answer, 95th percentile")):
        untimed = str(summary["n"] - latency["n"])
        rows.append([label, milliseconds(latency[what]), "-", str(latency["n"]), untimed] + ["" for _ in splits])
    return heads, rows


def slice_table(summary: dict[str, Any]) -> Table:
    heads = ["Slice", "n", "strict", "95% interval", *(LABELS[name] for name in BY_SLICE[1:])]
    rows = []
    for name, found in summary["slices"].items():
        others = [number(found[one]["value"]) for one in BY_SLICE[1:]]
        rows.append(
            [name.replace("_", " "), str(found["n"]), number(found["strict"]["value"]), interval(found["strict"]), *others]
        )
    return heads, rows


def baseline_table(summary: dict[str, Any]) -> Table:
    """Ours beside every baseline on the same cases."""
    systems = {
        "This assistant" if summary["settings"]["system"] == "findings" else summary["settings"]["system"]: summary["headlines"]
    }
    systems |= {NAMES[name]: found for name, found in summary["baselines"].items()}
    heads = ["System", *(LABELS[name] for name in BESIDE), "p"]
    rows = []
    for name, found in systems.items():
        cells = [
            f"{number(found[one]['value'], one)} ({interval(found[one], one)})" if found[one]["value"] is not None else "-"
            for one in BESIDE
        ]
        rows.append([name, *cells, f"{found['p']:.2g}" if "p" in found else ""])
    return heads, rows


def robustness_table(summary: dict[str, Any]) -> Table:
    heads = ["Asked with", "n", "strict", "95% interval", "original", "drop", "p", "same outcome and citations", "injected"]
    rows = []
    for name, found in summary["robustness"].items():
        strict, same = found["strict"], found["consistency"]
        rows.append([
            name, str(found["n"]), number(strict["value"]), interval(strict), number(found["original"]), number(found["drop"]),
            f"{found['p']:.2g}", number(same["value"]), str(len(found["injected"])),
        ])  # fmt: skip
    return heads, rows


def model_table(found: dict[str, Any]) -> Table:
    """How often a model's choice could not be taken, and how many sentences it chose or named in vain."""
    rows = [
        ["Questions put to it", str(found["asked"]), "-"],
        ["Answered without it after all (fallback)", number(found["fallback"]["value"]), interval(found["fallback"])],
        ["Sentences chosen", str(found["chosen"]), "-"],
        ["Numbers that were not shown to it, left out", str(found["ignored"]), "-"],
    ]
    rows += [[f"fault: {fault}", str(count), "-"] for fault, count in found["faults"].items()]
    return ["", "value", "95% interval"], rows


def judged_table(found: dict[str, Any]) -> Table:
    """Mean grades over the runs, with their spread; grades that could not be read are counted."""
    heads = ["Graded", "mean", "spread between runs", "grades", "no grade"]
    return heads, [
        [name, number(one["mean"]), number(one["spread"]), str(one["n"]), str(one["none"])] for name, one in found.items()
    ]


def confusion_table(summary: dict[str, Any]) -> Table:
    given = sorted({name for row in summary["confusion"].values() for name in row})
    return ["Expected \\ given", *given], [
        [expected, *(str(row.get(name, 0)) for name in given)] for expected, row in sorted(summary["confusion"].items())
    ]


def unscored_table(summary: dict[str, Any]) -> Table:
    rows = [
        [LABELS.get(name, name), reason, str(count)]
        for name, reasons in summary["unscored"].items()
        for reason, count in reasons.items()
        if name in LABELS
    ]
    return ["Measure", "Why there is no score", "cases"], rows


# ---- text ------------------------------------------------------------------------------------------------------


def as_lines(summary: dict[str, Any]) -> list[str]:
    """The summary for a terminal."""
    lines = [origin(summary["settings"]), "", *columns(headline_table(summary)), "", *columns(slice_table(summary))]
    for title, table in extra_tables(summary):
        lines += ["", title, *columns(table)]
    return lines


def extra_tables(summary: dict[str, Any]) -> list[tuple[str, Table]]:
    """The tables of side runs, where there were any."""
    found = []
    if "model" in summary:
        found.append(("What the language model did", model_table(summary["model"])))
    if "judged" in summary:
        found.append(("What a language model thinks of the answers (a second opinion; no gate)", judged_table(summary["judged"])))
    if summary["baselines"]:
        found.append(("Beside what a user would otherwise have (p: exact McNemar on strict)", baseline_table(summary)))
    if summary["robustness"]:
        found.append(("The same questions asked less well", robustness_table(summary)))
    return found


def columns(table: Table) -> list[str]:
    """A table as aligned text."""
    heads, rows = table
    widths = [max(len(row[at]) for row in [heads, *rows]) for at in range(len(heads))]
    return [
        "  ".join(
            cell.ljust(width) if at == 0 else cell.rjust(width) for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in [heads, *rows]
    ]


def markdown(table: Table) -> str:
    heads, rows = table
    lines = [heads, ["---", *("---:" for _ in heads[1:])], *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def as_markdown(summary: dict[str, Any]) -> str:
    """summary.md."""
    parts = ["# Evaluation", origin(summary["settings"]), markdown(headline_table(summary))]
    parts += ["## Slices", markdown(slice_table(summary))]
    for title, table in extra_tables(summary):
        parts += [f"## {title}", markdown(table)]
    parts += ["## Outcomes", markdown(confusion_table(summary))]
    area = summary["risk_coverage"]["area"]
    parts += [f"Area under the risk-coverage curve: {number(area)} (less is better)."]
    return "\n\n".join(parts) + "\n"


def comparison_lines(compared: dict[str, Any]) -> list[str]:
    """Two runs side by side, with the questions gained and lost by name."""
    heads = ["Measure", "n", "first", "second", "change", "gained", "lost", "p"]
    rows = []
    for name, found in compared.items():
        if not found["n"]:
            continue
        change = found["after"] - found["before"]
        rows.append([
            LABELS[name], str(found["n"]), number(found["before"], name), number(found["after"], name), f"{change:+.3f}",
            str(len(found["gained"])), str(len(found["lost"])), f"{found['p']:.3g}",
        ])  # fmt: skip
    strict = compared.get("strict", {"gained": (), "lost": ()})
    lines = columns((heads, rows))
    lines += [
        "",
        f"Gained (strict): {', '.join(strict['gained']) or 'none'}",
        f"Lost (strict): {', '.join(strict['lost']) or 'none'}",
    ]
    return lines


# ---- HTML ------------------------------------------------------------------------------------------------------


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
