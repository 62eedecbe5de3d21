"""The plots of a run's report, each as a piece of SVG that can stand inside a page. Every plot has a table beside it."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from typing import Any

INK, LINE, MARK = "#1d1d1d", "#b5b9bd", "#1f5f8b"
_STYLE: dict[str, Any] = {
    "font.size": 10, "font.family": "sans-serif", "text.color": INK, "axes.labelcolor": INK, "axes.edgecolor": LINE,
    "xtick.color": INK, "ytick.color": INK, "axes.spines.top": False, "axes.spines.right": False, "svg.fonttype": "none",
}  # fmt: skip


def risk_coverage_plot(points: Sequence[tuple[float, float]]) -> str:
    """Share answered against share of these wrong, surest answers first."""
    with _Drawing("risk", 6.2, 3.4) as drawing:
        drawing.axes.step([x for x, _ in points], [y for _, y in points], where="post", color=MARK, linewidth=2)
        drawing.axes.set(xlim=(0, 1), ylim=(0, 1), xlabel="answered, share of all cases", ylabel="wrong, share of answered")
        drawing.axes.grid(color=LINE, linewidth=0.5)
    return drawing.svg("Risk and coverage: the share of wrong answers as less and less sure ones are added")


def slice_bars(slices: dict[str, dict[str, Any]]) -> str:
    """Strict by slice with its interval."""
    names = list(slices)
    found = [slices[name]["strict"] for name in names]
    with _Drawing("slices", 6.2, 0.6 + 0.27 * len(names)) as drawing:
        values = [one["value"] or 0.0 for one in found]
        errors = [
            [v - one["low"] for v, one in zip(values, found, strict=True)],
            [one["high"] - v for v, one in zip(values, found, strict=True)],
        ]
        rows = range(len(names))
        drawing.axes.barh(rows, values, color=MARK, height=0.62)
        drawing.axes.errorbar(values, rows, xerr=errors, fmt="none", ecolor=INK, elinewidth=1.2, capsize=3)
        drawing.axes.set_yticks(rows, [f"{name.replace('_', ' ')} ({slices[name]['n']})" for name in names])
        drawing.axes.set(xlim=(0, 1), ylim=(len(names) - 0.4, -0.6), xlabel="right in every respect (strict), with 95% interval")
        drawing.axes.tick_params(axis="y", length=0)
    return drawing.svg("Strict by slice, with 95% intervals; the table has the numbers")


def length_recall(points: Sequence[tuple[float, float]]) -> str:
    """Words of an answer against the share of key facts it holds, one dot an answer; larger dots are several answers."""
    counts: dict[tuple[float, float], int] = {}
    for length, recall in points:
        place = (round(length / 5) * 5.0, round(recall, 2))
        counts[place] = counts.get(place, 0) + 1
    with _Drawing("length", 6.2, 3.4) as drawing:
        sizes = [18.0 * n for n in counts.values()]
        drawing.axes.scatter([x for x, _ in counts], [y for _, y in counts], s=sizes, color=MARK, alpha=0.45, linewidths=0)
        drawing.axes.set(xlim=(0, None), ylim=(-0.06, 1.06), xlabel="words in the answer", ylabel="key facts held, share")
        drawing.axes.grid(color=LINE, linewidth=0.5)
    return drawing.svg("Length of answers against the share of key facts they hold")


def times_better(measured: Sequence[tuple[str, float, float | None]]) -> str:
    """How many times better each measure is than the peer's, with the goal as a mark; a logarithmic scale around 1."""
    rows = range(len(measured))
    with _Drawing("times", 6.8, 0.7 + 0.3 * len(measured)) as drawing:
        drawing.axes.barh(rows, [value - 1 for _, value, _ in measured], left=1, color=MARK, height=0.6)
        goals = [(goal, row) for row, (_, _, goal) in zip(rows, measured, strict=True) if goal is not None]
        drawing.axes.scatter([goal for goal, _ in goals], [row for _, row in goals], marker="|", s=180, color=INK, linewidths=2)
        drawing.axes.set_yticks(rows, [name for name, _, _ in measured])
        drawing.axes.set_xscale("log")
        drawing.axes.set_xticks([0.25, 0.5, 1, 2, 5, 10, 20], ["1/4", "1/2", "1", "2", "5", "10", "20"], minor=False)
        drawing.axes.set(ylim=(len(measured) - 0.4, -0.6), xlabel="times better than the tutorial pipeline (the mark: at least)")
        drawing.axes.minorticks_off()
        drawing.axes.tick_params(axis="y", length=0)
    return drawing.svg("How many times better each measure is; the table has the numbers")


def growth_lines(sizes: Sequence[int], lines: dict[str, Sequence[float | None]]) -> str:
    """Milliseconds of a question against how many reports the shelf holds, one line a way to ask; both logarithmic."""
    with _Drawing("growth", 6.2, 3.6) as drawing:
        for (name, values), style in zip(lines.items(), ("-o", "--s", ":^", "-.d"), strict=False):
            points = [(size, value) for size, value in zip(sizes, values, strict=True) if value is not None]
            drawing.axes.plot([x for x, _ in points], [y for _, y in points], style, label=name, linewidth=2)
        drawing.axes.set(xscale="log", yscale="log", xlabel="reports on the shelf", ylabel="milliseconds, median")
        drawing.axes.set_xticks(sizes, [f"{size:,}" for size in sizes], minor=False)
        drawing.axes.minorticks_off()
        drawing.axes.grid(color=LINE, linewidth=0.5)
        drawing.axes.legend(frameon=False)
    return drawing.svg("How long a question takes as the shelf grows; the table has the numbers")


class _Drawing:
    """One figure with one pair of axes, drawn in the suite's style without matplotlib's global state."""

    def __init__(self, name: str, width: float, height: float) -> None:
        from matplotlib import rc_context

        self.name = name
        self.size = (width, height)
        self._context = rc_context(rc=dict(_STYLE, **{"svg.hashsalt": name}))  # type: ignore[arg-type]

    def __enter__(self) -> _Drawing:
        from matplotlib.figure import Figure

        self._context.__enter__()
        self.figure = Figure(figsize=self.size, layout="constrained")
        self.axes: Any = self.figure.subplots()
        return self

    def __exit__(self, *fault: object) -> None:
        if fault[0] is None:
            out = io.StringIO()
            self.figure.savefig(out, format="svg", metadata={"Date": None}, transparent=True)
            self.raw = out.getvalue()
        self._context.__exit__(*fault)  # type: ignore[arg-type]

    def svg(self, label: str) -> str:
        """The SVG element: named for those who do not see it, its ids unlike those of other plots on the page."""
        inner = self.raw[self.raw.index("<svg") :]
        inner = re.sub(r"<metadata>.*?</metadata>", "", inner, flags=re.DOTALL)
        for before in (r'\bid="', r'href="#', r"url\(#"):
            inner = re.sub(before, lambda m: f"{m[0]}{self.name}-", inner)
        return inner.replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1)
