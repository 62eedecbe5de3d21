"""How the chat is shared: where it listens, under which names, behind which proxies, and who may come in.

Checked once, before anything is opened: what makes no sense raises UnusableOption with one sentence. Knows no request.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from prompts import wording
from ui.web.limits import Limits

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

LOOPBACK = ("127.0.0.1", "localhost", "::1")
ADDING = "/add-report"  # the page where a report is added, where somebody may (ui/adding/)
_NAME = re.compile(r"(?!-)[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})*\.?")
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,63}")
_PREFIX = re.compile(r"(?:/(?!\.\.?(?:/|$))[A-Za-z0-9._~-]+)+")
_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(?::\d{1,5})?")
_FORWARDING = (
    "forwarded",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-real-ip",
    "host",
    "cookie",
    "authorization",
)


class UnusableOption(Exception):
    """An option of `findings chat` makes no sense: the message is one sentence that says what to do."""


@dataclass(frozen=True)
class Access:
    """The options of sharing. `names` are host names under which people reach the server; `prefix` is the path before it, at
    the proxy; `frames` are origins whose pages may show it in a frame.
    """

    host: str = "127.0.0.1"
    port: int = 7860
    names: tuple[str, ...] = ()
    proxies: tuple[Network, ...] = ()
    user_header: str = ""  # the header by which the proxies name the signed-in user; none
    passwords: bool = False  # whether people sign in with a name and a password
    prefix: str = ""
    frames: tuple[str, ...] = ()
    mcp: bool = False
    logs: bool = False  # a line a request on stderr
    reason: str = ""  # why questions are written to the log; they are not without one
    adders: tuple[str, ...] = ()  # people who may add reports in the browser; nobody may without one
    limits: Limits = field(default_factory=Limits)

    @property
    def signs_in(self) -> bool:
        """Whether nobody is let in unknown."""
        return self.passwords or bool(self.user_header)

    @property
    def alone(self) -> bool:
        """Whether only this machine can reach the server, and no proxy speaks for others."""
        return is_loopback(self.host) and not self.proxies

    def may_add(self, user: str | None) -> bool:
        """Whether somebody may add reports in the browser."""
        return user is not None and user in self.adders


def access(
    host: str, port: int, *, names: Sequence[str] = (), proxies: Sequence[str] = (), trust_header: str | None = None,
    sign_in: bool | None = None, users: bool = False, prefix: str = "", frames: Sequence[str] = (), mcp: bool = False,
    logs: bool = False, reason: str | None = None, adders: Sequence[str] = (),
) -> Access:  # fmt: skip
    """The options, checked. `sign_in` is True, False ("--no-sign-in") or None (unsaid); `users` says whether there are any; `adders` are names as who signs in is known by.

    Raises UnusableOption, for one where a server that others can reach would let everybody in without having been told to.
    """
    if reason is not None and not (reason.strip() and reason.isprintable()):
        raise UnusableOption(wording("access.bad_reason"))
    if trust_header and sign_in is False:
        raise UnusableOption(wording("access.both"))
    if trust_header and not proxies:
        raise UnusableOption(wording("access.no_proxy", header=trust_header))
    if trust_header and (not _HEADER.fullmatch(trust_header) or trust_header.casefold() in _FORWARDING):
        raise UnusableOption(wording("access.bad_header", header=trust_header))
    reached = not is_loopback(host) or bool(names) or bool(proxies)
    passwords = bool(sign_in) or (sign_in is None and reached and not trust_header and users)
    if reached and sign_in is None and not trust_header and not users:
        raise UnusableOption(wording("access.refused", host=host))
    if passwords and not users:
        raise UnusableOption(wording("access.no_users"))
    if adders and not (passwords or trust_header):
        raise UnusableOption(wording("access.adding_unknown"))
    for one in adders:
        if not (one.strip() and one.isprintable()):
            raise UnusableOption(wording("access.bad_adder"))
    return Access(
        host=host.strip("[]"), port=port, names=tuple(_checked(n.casefold(), _NAME, "name").rstrip(".") for n in names),
        proxies=tuple(map(_network, proxies)), user_header=(trust_header or "").casefold(), passwords=passwords,
        prefix=_checked(prefix.rstrip("/"), _PREFIX, "prefix") if prefix.rstrip("/") else "",
        frames=tuple(_checked(one.casefold().rstrip("/"), _ORIGIN, "frame") for one in frames), mcp=mcp,
        logs=logs or reached or bool(reason), reason=reason or "", adders=tuple(adders),
    )  # fmt: skip


def is_loopback(host: str) -> bool:
    """Whether an address can only be reached from this machine."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.casefold() == "localhost"


def _network(given: str) -> Network:
    try:
        return ipaddress.ip_network(given)
    except ValueError:
        raise UnusableOption(wording("access.bad_proxy", proxy=given)) from None


def _checked(given: str, form: re.Pattern[str], option: str) -> str:
    if not form.fullmatch(given):
        raise UnusableOption(wording(f"access.bad_{option}", given=given))
    return given
