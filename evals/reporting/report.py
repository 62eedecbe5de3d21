"""A run's numbers -> tables, as lines for the terminal and as Markdown. Decides nothing: what is a miss comes from the scores."""

from __future__ import annotations

from typing import Any

from evals.comparisons.baselines import NAMES
from evals.measures.summary import BESIDE, BY_SLICE, HEADLINES, LABELS

PLAIN_NUMBERS = ("words", "citations")  # not shares: written with one decimal


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
