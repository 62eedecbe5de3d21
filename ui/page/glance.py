"""The At a glance tab: judgements side by side, plots and figures, each with its place. Draws what ui/page/figures.py
and the report's judgements hold, and nothing else: no number of a report stands in this file.

Plots are inline SVG with a title and a description; the same figures stand below each as a table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from assistant.composing import report_variables
from index.passages import Judgement, Passage, Report, grade_rank
from prompts import wording
from ui.html.markup import tag, text
from ui.html.panel import opening, sentence_of
from ui.page.figures import Figures
from ui.plain import whole

WIDTH, BAR, ROW = 360, 18, 25  # of a plot, in its own units: a phone's width, so that its words stay legible there
CONTEXT = 90  # characters of the words before a bullet
LINE = 56  # characters of a line above the bars
BESIDE = {True: 172, False: 74}  # room right of the longest bar for its value, with and without its date or area


@dataclass(frozen=True)
class Bar:
    """One bar: what it counts, the words and the sort of its date or side, its value as shown, and where it stands."""

    what: str
    side: str
    value: int
    shown: str
    passage: Passage
    style: str = "now"


def glance(report: Report, read: Figures) -> str:
    """The whole tab."""
    facts = report_variables(report)
    head = tag("h2", text(wording("glance.heading")))
    if report.inspected:
        head += tag("p", text(wording("glance.intro", first=facts["first"], last=facts["last"])), class_="intro")
    plots = "".join([*_changes(read), *_proceedings(read), *_homes(read), *_national(read, facts["authority"])])
    written = judgements(report) + (tag("div", plots, class_="plots") if plots else "") + stated(read.stated)
    return head + (written or tag("p", text(wording("glance.nothing"))))


# ---- judgements ------------------------------------------------------------------------------------------------


def judgements(report: Report) -> str:
    """Each service with its grade in this report and in the one before, and whether it rose."""
    if not report.judgements:
        return ""
    newest = max(j.year for j in report.judgements)
    now = [j for j in report.judgements if j.year == newest]
    before = {j.service: j for j in report.judgements if j.year != newest}
    columns = [wording("glance.service")]
    if before:
        columns.append(wording("glance.earlier_year", year=next(iter(before.values())).year))
    columns.append(wording("glance.year", year=newest))
    columns += [wording("glance.change")] if before else []
    rows = []
    for judgement in now:
        earlier = before.get(judgement.service)
        cells = [tag("th", text(judgement.service), scope="row")]
        if before:
            cells.append(tag("td", _grade(report, earlier) if earlier else ""))
        cells.append(tag("td", _grade(report, judgement)))
        if before:
            cells.append(tag("td", text(_change(earlier, judgement)) if earlier else "", class_="change"))
        rows.append(tag("tr", "".join(cells)))
    return _section(wording("glance.judgements"), _table(columns, rows, wording("glance.judgements")))


def _grade(report: Report, judgement: Judgement) -> str:
    passage = next(p for p in report.passages if p.id == judgement.passage)
    place = opening(passage, wording("short.page", page=passage.page), passage.place, sentence_of(passage, judgement.grade))
    return f"{graded(judgement)} {place}"


def graded(judgement: Judgement) -> str:
    """A grade with its mark: filled, half filled or empty, so that it can be told without colour."""
    shown = f"{judgement.grade[:1].upper()}{judgement.grade[1:]}"
    return tag("span", text(shown), class_=f"grade rank-{grade_rank(judgement.grade)}")


def _change(before: Judgement, now: Judgement) -> str:
    earlier, later = grade_rank(before.grade), grade_rank(now.grade)
    return wording("glance.same" if earlier == later else "glance.better" if later < earlier else "glance.worse")


# ---- plots -----------------------------------------------------------------------------------------------------


def _changes(read: Figures) -> list[str]:
    if not read.changes:
        return []
    bars = []
    for change in read.changes:
        bars.append(Bar(change.what, change.before, change.then, f"{change.then:,}", change.passage, "then"))
        bars.append(Bar(change.what, change.at, change.now, f"{change.now:,}", change.passage))
    return [_plot("changes", wording("glance.changes"), wording("glance.changes_text"), bars, wording("glance.date"))]


def _homes(read: Figures) -> list[str]:
    if not read.homes:
        return []
    first = read.homes[0]
    note = wording("glance.homes_text", total=f"{first.total:,}", date=first.at)
    bars = [
        Bar(home.what, "", home.count, f"{home.count:,}", home.passage) for home in sorted(read.homes, key=lambda h: -h.count)
    ]
    return [_plot("homes", wording("glance.homes"), note, bars)]


def _proceedings(read: Figures) -> list[str]:
    plots = []
    for at, duration in enumerate(read.durations):
        rows = [("high", duration.high, "then"), ("average", duration.now, "now"), ("expected", duration.expected, "aim")]
        bars = [
            Bar(wording(f"glance.{name}"), "", value, f"{value} {duration.unit}", duration.passage, style)
            for name, value, style in rows if value is not None
        ]  # fmt: skip
        note = wording("glance.proceedings_text", unit=duration.unit)
        plots.append(_plot(f"proceedings-{at}", wording("glance.proceedings"), note, bars))
    return plots


def _national(read: Figures, authority: str) -> list[str]:
    if not read.comparisons:
        return []
    bars = []
    for one in read.comparisons:
        country = wording("glance.country" if one.national else "glance.whole_country")
        bars.append(Bar(one.what, wording("glance.own", authority=authority), one.own, f"{one.own}%", one.passage))
        bars.append(Bar(one.what, country, one.other, f"{one.other}%", one.passage, "then"))
    note = wording("glance.national_text")
    return [_plot("national", wording("glance.national", authority=authority), note, bars, wording("glance.area"))]


def _plot(name: str, title: str, note: str, bars: Sequence[Bar], side: str = "") -> str:
    """A heading, a note, the plot and its table."""
    columns = [wording("glance.measure"), *([side] if any(bar.side for bar in bars) else [])]
    rows = []
    for bar in bars:
        cells = [tag("th", text(bar.what), scope="row")]
        cells += [tag("td", text(bar.side))] if len(columns) > 1 else []
        rows.append(tag("tr", "".join([*cells, tag("td", text(bar.shown)), tag("td", _place(bar))])))
    table = _table([*columns, wording("glance.value"), wording("glance.source")], rows, title)
    folded = tag("details", tag("summary", text(wording("glance.table"))) + table)
    return _section(title, tag("p", text(note), class_="intro") + drawn(name, title, bars) + folded)


def drawn(name: str, title: str, bars: Sequence[Bar]) -> str:
    """Horizontal bars as SVG. What is counted stands above its bars, the value beside each; the source below as links."""
    longest = max(bar.value for bar in bars) or 1
    room = WIDTH - BESIDE[any(bar.side for bar in bars)]
    shapes: list[str] = []
    top, what = 0, None
    for bar in bars:
        if bar.what != what:
            what, top = bar.what, top + 6
            for line in _wrapped(bar.what, LINE):
                top += 16
                shapes.append(_text(0, top - 3, line, "what"))
            top += 3
        length = max(2.0, room * bar.value / longest)
        shapes.append(f'<rect class="bar {bar.style}" x="0" y="{top}" width="{length:.1f}" height="{BAR}"/>')
        shapes.append(_text(length + 6, top + 13, f"{bar.shown} ({bar.side})" if bar.side else bar.shown, "value"))
        top += ROW
    said = ". ".join(f"{bar.what}{', ' + bar.side if bar.side else ''}: {bar.shown}" for bar in bars)
    svg = (
        f'<svg viewBox="0 0 {WIDTH} {top}" role="img" aria-labelledby="{name}-title {name}-said" class="plot">'
        f'<title id="{name}-title">{escape(title)}</title><desc id="{name}-said">{escape(whole(said))}.</desc>{"".join(shapes)}</svg>'
    )
    places = {bar.passage.place: bar.passage for bar in reversed(bars)}
    links = ", ".join(
        opening(passage, place, quote=passage.text) for place, passage in sorted(places.items(), key=lambda item: item[1].page)
    )
    return svg + tag("p", f"{text(wording('glance.source'))}: {links}", class_="source")


def _place(bar: Bar) -> str:
    """A link to the passage that a bar is read from, its sentence marked there."""
    return opening(bar.passage, bar.passage.place, quote=sentence_of(bar.passage, bar.shown))


def _text(x: float, y: float, words: str, style: str) -> str:
    return f'<text x="{x:.1f}" y="{y}" class="{style}">{escape(whole(words))}</text>'


def _wrapped(words: str, width: int) -> list[str]:
    words = words[:1].upper() + words[1:]
    lines: list[str] = [""]
    for word in words.split():
        if lines[-1] and len(lines[-1]) + len(word) >= width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


# ---- figures ---------------------------------------------------------------------------------------------------


def stated(passages: Sequence[Passage]) -> str:
    """Every figure that the report gives for the area, in its own words, with its place."""
    if not passages:
        return ""
    rows = [
        tag("tr", tag("td", f"{_context(p)}{text(p.text)}") + tag("td", opening(p, p.place, quote=p.text)))
        for p in passages
    ]  # fmt: skip
    columns = [wording("glance.figure"), wording("glance.source")]
    return _section(wording("glance.figures"), _table(columns, rows, wording("glance.figures")))


def _context(passage: Passage) -> str:
    """The words a bullet needs to be understood, or their beginning: many bullets share one long parent."""
    if not passage.context:
        return ""
    words = passage.context.rstrip(":")
    cut = words if len(words) <= CONTEXT else f"{words[:CONTEXT].rsplit(' ', 1)[0]} …"
    return tag("span", text(f"{cut}: "), class_="context")


def _section(title: str, content: str) -> str:
    return tag("section", tag("h3", text(title)) + content, class_="glance")


def _table(columns: Sequence[str], rows: Sequence[str], caption: str) -> str:
    change = wording("glance.change")  # on a narrow page this column gives way: both grades say it
    head = "".join(
        tag(
            "th" if column else "td", text(column), scope="col" if column else None, class_="change" if column == change else None
        )
        for column in columns
    )
    return tag(
        "div",
        tag("table", tag("caption", text(caption), class_="unseen") + tag("thead", tag("tr", head)) + tag("tbody", "".join(rows))),
        class_="table", tabindex="0", role="region", aria_label=caption,
    )  # fmt: skip
