"""The three steps of adding a report, as plain HTML with forms: no script, and readable without any style. Knows no requests."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from assistant.composing import day
from prompts import wording
from ui.adding.drafts import Draft
from ui.adding.preview import NAME, Preview
from ui.html.markup import tag, text
from ui.html.plain_page import END, beginning, fault_of, plain_page
from ui.web.access import ADDING
from ui.web.limits import Limits

# How index/building.py and index/machine/builds.py begin to say what they do; each has plain words in prompts/adding.toml.
DOING = ("begun", "waiting", "loading", "exporting", "embedding", "storing", "learning", "indexing", "ready")
SHOWN_NAME = 60  # characters of a name that are shown again in its field


class Pages:
    """The pages of a server: `prefix` is the path before it, `limits` are said where they matter."""

    def __init__(self, prefix: str, limits: Limits) -> None:
        self.prefix, self.limits = prefix, limits

    def choose(self, said: str = "", before: Draft | None = None) -> str:
        """The first step: a file and its name. `said` is what went wrong with the last one; `before` was put on the shelf a while ago."""
        limit, minutes = self.limits.upload >> 20, int(self.limits.draft_seconds // 60)
        hint = tag("p", text(wording("adding.file_hint", limit=limit)), id="file-hint", class_="hint")
        fields = (
            tag("label", text(wording("adding.file")), for_="report") + hint
            + '<input id="report" name="report" type="file" accept="application/pdf,.pdf" required '
            f'aria-describedby="{"fault " if said else ""}file-hint">'
            + self._name("", wording("adding.name_left"), required=False)
            + tag("button", text(wording("adding.read")), type="submit")
        )  # fmt: skip
        last = f"{text(wording('adding.shelved_title', name=before.name))}. {self._ask(before)}" if before else ""
        form = tag("form", fields, method="post", action=f"{self.prefix}{ADDING}", enctype="multipart/form-data")
        body = (
            self._step(1) + (tag("p", last, class_="notice") if last else "") + tag("p", text(wording("adding.intro"))) + fault_of(said) + form
            + tag("p", text(wording("adding.reading")), class_="hint")
            + tag("p", text(wording("adding.kept", minutes=minutes)), class_="hint") + self._back()
        )  # fmt: skip
        return plain_page(wording("adding.title"), body, bool(said), style())

    def read(self, draft: Draft, first: str, taken: Sequence[str], said: str = "", name: str | None = None) -> str:
        """The second step: how it was read, and what to do with it. `first` is the name of the report in force, `taken` are those of
        the others on the shelf, `name` is what was written into the field last.
        """
        preview, said = draft.preview, said or draft.fault
        name = (draft.name or preview.name) if name is None else name
        body = self._step(2) + _summary(preview) + _facts(preview) + _judgements(preview) + _openings(preview)
        body += tag("h2", text(wording("adding.shelve_title"))) + fault_of(
            said
        )  # beside the field, which is where the page opens then
        action = f"{self.prefix}{ADDING}/{draft.id}"
        if first in preview.same:
            body += tag("p", text(wording("adding.same_in_force", name=first)), class_="notice")
        else:
            known = next((one for one in preview.same if one in taken), None)
            if known is not None:
                body += tag("p", text(wording("adding.same_there", name=known)), class_="notice")
                name = known
            box = _replace(known or name) if (known or name) in taken else ""
            fields = self._name(name, "", required=True, faulty=bool(said)) + box
            fields += tag("button", text(wording("adding.shelve")), type="submit")
            body += tag("form", fields, method="post", action=f"{action}/shelf")
        discard = tag("button", text(wording("adding.discard")), type="submit", class_="second", aria_describedby="discard-hint")
        body += tag("form", discard, method="post", action=f"{action}/discard")
        body += tag("p", text(wording("adding.discard_hint")), id="discard-hint", class_="hint")
        body += tag("p", text(wording("adding.kept", minutes=int(self.limits.draft_seconds // 60))), class_="hint") + self._back()
        return plain_page(wording("adding.read_title"), body, bool(said), style())

    def building(self, draft: Draft) -> str:
        """The third step while it is under way, up to where its progress is said; `steps` and `ended` go on."""
        title = wording("adding.building_title", name=draft.name)
        return (
            beginning(title, style=style()) + self._step(3) + tag("p", text(wording("adding.building")), class_="going")
            + tag("div", "", class_="bar going", aria_hidden="true")
            + f'<div role="log" class="progress" aria-label="{text(wording("adding.progress"))}">'
        )  # fmt: skip

    def steps(self, steps: Sequence[tuple[str, float]]) -> str:
        """What has been done since, in plain words."""
        told = ((what.partition(" ")[0], share) for what, share in steps)
        plain = ((wording(f"adding.doing_{what if what in DOING else 'loading'}"), share) for what, share in told)
        return "".join(tag("p", text(wording("adding.share", share=f"{share:.0%}", what=what))) for what, share in plain)

    def ended(self, draft: Draft) -> str:
        """How it ended, and the rest of the page."""
        return tag("div", self._ending(draft, "h2"), id="ended") + "</div>" + self._back() + END

    def shelved(self, draft: Draft) -> str:
        """The third step once it is done."""
        body = self._step(3) + self._ending(draft, None) + self._back()
        return plain_page(wording("adding.shelved_title", name=draft.name), body, style=style())

    def gone(self) -> str:
        """What is said of a draft that is not there, or not this person's."""
        again = tag("p", tag("a", text(wording("adding.title")), href=f"{self.prefix}{ADDING}"))
        return plain_page(wording("adding.title"), fault_of(wording("adding.gone")) + again + self._back(), True, style())

    def occupied(self, why: str, mine: Draft | None) -> str:
        """What is said where no further report can be sent now."""
        there = f"{self.prefix}{ADDING}/{mine.id}" if mine else f"{self.prefix}{ADDING}"
        on = tag("p", tag("a", text(wording("adding.read_title" if mine else "adding.title")), href=there))
        return plain_page(wording("adding.title"), fault_of(wording(f"adding.{why}")) + on + self._back(), True, style())

    # ---- parts ---------------------------------------------------------------------------------------------------

    def _ending(self, draft: Draft, heading: str | None) -> str:
        if draft.stage != "shelved":
            link = tag("a", text(wording("adding.failed_back")), href=f"{self.prefix}{ADDING}/{draft.id}")
            return tag("h2", text(wording("adding.failed_title"))) + fault_of(draft.fault) + tag("p", link)
        title = tag(heading, text(wording("adding.shelved_title", name=draft.name))) if heading else ""
        said = wording("adding.shelved_replaced" if draft.replaces else "adding.shelved")
        again = tag("a", text(wording("adding.another")), href=f"{self.prefix}{ADDING}")
        return title + tag("p", text(said)) + tag("p", self._ask(draft, "button")) + tag("p", again)

    def _ask(self, draft: Draft, style: str | None = None) -> str:
        return tag("a", text(wording("adding.ask", name=draft.name)), href=f"{self.prefix}/?report={draft.name}", class_=style)

    def _name(self, name: str, more: str, required: bool, faulty: bool = False) -> str:
        hint = f"{wording('adding.name_hint')} {more}".strip()
        return (
            tag("label", text(wording("adding.name")), for_="name") + tag("p", text(hint), id="name-hint", class_="hint")
            + f'<input id="name" name="name" type="text" autocomplete="off" autocapitalize="none" spellcheck="false" maxlength="{NAME}" '
            f'value="{text(name[:SHOWN_NAME])}" aria-describedby="{"fault " if faulty else ""}name-hint"{" required" if required else ""}{" autofocus" if faulty else ""}>'
        )  # fmt: skip

    def _step(self, number: int) -> str:
        return tag("p", text(wording("adding.step", number=number)), class_="step")

    def _back(self) -> str:
        return tag("p", tag("a", text(wording("adding.back")), href=f"{self.prefix}/"))


def _replace(name: str) -> str:
    box = f'<input id="replace" name="replace" type="checkbox" value="{text(name)}">'
    return tag("p", box + tag("label", text(wording("adding.replace", name=name)), for_="replace"), class_="choice")


def _summary(preview: Preview) -> str:
    passages, numbered, pages, kept = preview.passages, preview.numbered, preview.pages, preview.kept
    if kept is None:
        said = wording("adding.summary", passages=passages, numbered=numbered, pages=pages)
    else:
        said = wording("adding.summary_kept", passages=passages, numbered=numbered, pages=pages, kept=f"{kept:.1%}")
    if not preview.warnings:
        return tag("p", text(said), class_="lead") + tag("p", text(wording("adding.no_warnings")))
    odd = "".join(tag("li", text(one[:1].upper() + one[1:])) for one in preview.warnings)
    notice = tag("div", tag("h2", text(wording("adding.warnings"))) + tag("ul", odd), class_="notice")
    return tag("p", text(said), class_="lead") + notice


def _facts(preview: Preview) -> str:
    days = wording("adding.days", first=day(preview.inspected[0]), last=day(preview.inspected[1])) if preview.inspected else None
    rows = (
        ("report", preview.title), ("authority", preview.authority), ("inspected", days),
        ("published", day(preview.published) if preview.published else None), ("pages", str(preview.pages)),
        ("numbered", str(preview.numbered)), ("recommendations", str(preview.recommendations)), ("flagged", str(preview.flagged)),
        ("words_kept", None if preview.kept is None else f"{preview.kept:.1%}"),
    )  # fmt: skip
    listed = "".join(
        tag("div", tag("dt", text(wording(f"adding.{name}"))) + tag("dd", text(value or wording("adding.unsaid"))))
        for name, value in rows
    )
    return tag("h2", text(wording("adding.facts"))) + tag("dl", listed)


def _judgements(preview: Preview) -> str:
    head = tag("h2", text(wording("adding.judgements")))
    if not preview.judgements:
        return head + tag("p", text(wording("adding.no_judgements")))
    names = "".join(tag("th", text(wording(f"adding.{name}")), scope="col") for name in ("service", "grade", "year"))
    rows = "".join(
        tag("tr", tag("th", text(service), scope="row") + tag("td", text(grade)) + tag("td", text(str(year) if year else "")))
        for service, grade, year in preview.judgements
    )
    return head + tag("table", tag("thead", tag("tr", names)) + tag("tbody", rows))


def _openings(preview: Preview) -> str:
    if not preview.openings:
        return ""
    lines = "".join(tag("li", tag("b", text(label)) + " " + text(words)) for label, words in preview.openings)
    shown = tag("summary", text(wording("adding.openings", count=len(preview.openings))))
    return tag("details", shown + tag("ul", lines, class_="openings"))


@cache
def style() -> str:
    """What these pages have beside the style of every plain page."""
    return files("ui.adding").joinpath("adding.css").read_text(encoding="utf-8")
