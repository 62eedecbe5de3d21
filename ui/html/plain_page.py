"""A page of its own beside the chat: plain HTML with forms, no script, readable without any style. Knows no forms."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from prompts import wording
from ui.html.markup import tag, text

END = "</main></body></html>"


def plain_page(heading: str, body: str, faulty: bool = False, style: str = "") -> str:
    """A whole page. `body` is HTML already; `faulty`: its title says that something went wrong; `style` is added to the common one."""
    return beginning(heading, faulty, style) + body + END


def beginning(heading: str, faulty: bool = False, style: str = "") -> str:
    """A page up to its body, for one that is sent as it comes; END ends it."""
    title = f"{wording('sign_in.fault')}: {heading}" if faulty else heading
    return (
        '<!doctype html><html lang="en-GB"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">'
        f"<title>{text(title)} - {text(wording('page.heading'))}</title><style>{_common()}{style}</style></head><body>"
        f"<header><p>{text(wording('page.heading'))}</p></header><main><h1>{text(heading)}</h1>"
    )


def fault_of(said: str) -> str:
    """What went wrong, read out at once; nothing where nothing did. Fields name it by its id, `fault`."""
    return tag("p", text(said), id="fault", class_="fault", role="alert") if said else ""


@cache
def _common() -> str:
    return files("ui.html").joinpath("plain_page.css").read_text(encoding="utf-8")
