"""The pages to sign in and out: plain HTML with a form, no script, readable without any style. Knows no passwords."""

from __future__ import annotations

from importlib.resources import files

from prompts import wording
from ui.html.rendering import tag, text

LONGEST = 200  # characters of a name or password that a field takes


def sign_in(prefix: str, said: str = "", name: str = "", target: str = "/") -> str:
    """The form. `said` is what went wrong with the last attempt."""
    fault = tag("p", text(said), id="fault", class_="fault", role="alert") if said else ""
    described = ' aria-describedby="fault"' if said else ""
    fields = (
        tag("label", text(wording("sign_in.name")), for_="name")
        + f'<input id="name" name="name" type="text" autocomplete="username" autocapitalize="none" spellcheck="false" required '
        f'maxlength="{LONGEST}" value="{text(name[:LONGEST])}"{described}>'
        + tag("label", text(wording("sign_in.password")), for_="password")
        + f'<input id="password" name="password" type="password" autocomplete="current-password" required maxlength="{LONGEST}"{described}>'
        + f'<input type="hidden" name="next" value="{text(target)}">'
        + tag("button", text(wording("sign_in.button")), type="submit")
    )
    form = tag("form", fields, method="post", action=f"{prefix}/sign-in")
    return _page(wording("sign_in.title"), fault + form + tag("p", text(wording("sign_in.help")), class_="hint"), bool(said))


def sign_out(prefix: str, user: str) -> str:
    """The button that ends this session."""
    form = tag("form", tag("button", text(wording("sign_in.out")), type="submit"), method="post", action=f"{prefix}/sign-out")
    back = tag("p", tag("a", text(wording("sign_in.back")), href=f"{prefix}/"))
    return _page(wording("sign_in.out"), tag("p", text(wording("sign_in.as", name=user))) + form + back)


def _page(heading: str, body: str, faulty: bool = False) -> str:
    title = f"{wording('sign_in.fault')}: {heading}" if faulty else heading
    style = files("ui.sign_in").joinpath("signing.css").read_text(encoding="utf-8")
    return (
        '<!doctype html><html lang="en-GB"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">'
        f"<title>{text(title)} - {text(wording('page.heading'))}</title><style>{style}</style></head><body>"
        f"<header><p>{text(wording('page.heading'))}</p></header><main><h1>{text(heading)}</h1>{body}</main></body></html>"
    )
