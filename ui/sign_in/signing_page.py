"""The pages to sign in and out: plain HTML with a form, no script, readable without any style. Knows no passwords."""

from __future__ import annotations

from prompts import wording
from ui.html.markup import tag, text
from ui.html.plain_page import fault_of, plain_page

LONGEST = 200  # characters of a name or password that a field takes


def sign_in(prefix: str, said: str = "", name: str = "", target: str = "/") -> str:
    """The form. `said` is what went wrong with the last attempt."""
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
    help_ = tag("p", text(wording("sign_in.help")), class_="hint")
    return plain_page(wording("sign_in.title"), fault_of(said) + form + help_, bool(said))


def sign_out(prefix: str, user: str) -> str:
    """The button that ends this session."""
    form = tag("form", tag("button", text(wording("sign_in.out")), type="submit"), method="post", action=f"{prefix}/sign-out")
    back = tag("p", tag("a", text(wording("sign_in.back")), href=f"{prefix}/"))
    return plain_page(wording("sign_in.out"), tag("p", text(wording("sign_in.as", name=user))) + form + back)
