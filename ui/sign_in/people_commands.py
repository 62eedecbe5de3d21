"""`findings users` and `findings tokens`: who may come in where people sign in. Thin commands over ui/sign_in/people.py.

A password is asked for twice on a terminal and read from the first line of stdin otherwise, never taken from the command line, where
other users of the machine could see it.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from prompts import wording

if TYPE_CHECKING:
    from ui.sign_in.people import People

BAD_INPUT = 2

users = typer.Typer(help="Who may sign in to a shared chat.", no_args_is_help=True, rich_markup_mode=None)
tokens = typer.Typer(help="Tokens by which programs come in as a user.", no_args_is_help=True, rich_markup_mode=None)

Name = Annotated[str, typer.Argument(help="The user's name.")]


@contextmanager
def people() -> Iterator[People]:
    """The users in force; a fault ends in one line and status 2."""
    from ui.sign_in.people import People, UnusableName
    from ui.web.store import Store, UnusableState, state_file

    try:
        yield People(Store(state_file()))
    except (UnusableName, UnusableState) as fault:
        typer.echo(str(fault), err=True)
        raise typer.Exit(BAD_INPUT) from None
    except UnicodeEncodeError:  # bytes that are no UTF-8 in an argument or on stdin: no name or password is made of them
        typer.echo(wording("users.bad_letters"), err=True)
        raise typer.Exit(BAD_INPUT) from None


@users.command(name="add")
def add_user(name: Name) -> None:
    """Add a user, or give one a new password."""
    with people() as all_of_them:
        if sys.stdin.isatty():
            password = typer.prompt(wording("users.prompt", name=name), hide_input=True, confirmation_prompt=True, err=True)
        else:
            password = sys.stdin.readline().rstrip("\r\n")
        new = all_of_them.add(name, password)
        typer.echo(wording("users.added" if new else "users.changed", name=name))


@users.command(name="remove")
def remove_user(name: Name) -> None:
    """Remove a user with their sessions and tokens, at once."""
    with people() as all_of_them:
        all_of_them.remove(name)
        typer.echo(wording("users.removed", name=name))


@users.command(name="list")
def list_users() -> None:
    """The names of all users, one a line."""
    with people() as all_of_them:
        names = all_of_them.names()
        typer.echo("\n".join(names) if names else wording("users.none"), err=not names)


@users.command(name="unlock")
def unlock_users() -> None:
    """Forget failed attempts, so that whoever is locked out may try at once."""
    with people() as all_of_them:
        all_of_them.store.changed("DELETE FROM failures")
        typer.echo(wording("users.unlocked"))


@tokens.command(name="add")
def add_token(name: Name, label: Annotated[str, typer.Option(help="What it is for, shown in the list.")] = "") -> None:
    """Make a token of a user. It is printed once and cannot be shown again."""
    with people() as all_of_them:
        token = all_of_them.add_token(name, label)
        try:
            typer.echo(token)
            sys.stdout.flush()
        except OSError:  # nobody has seen it, and it cannot be shown again
            all_of_them.revoke(token)
            raise


@tokens.command(name="revoke")
def revoke_token(
    identity: Annotated[str, typer.Argument(metavar="TOKEN", help="Its id in the list, or the token itself.")],
) -> None:
    """End a token, at once."""
    with people() as all_of_them:
        all_of_them.revoke(identity)


@tokens.command(name="list")
def list_tokens() -> None:
    """All tokens, one a line: id, user, date, label."""
    with people() as all_of_them:
        found = all_of_them.tokens()
        for one in found:
            typer.echo(f"{one.id}  {one.user}  {time.strftime('%Y-%m-%d', time.localtime(one.added))}  {one.label}".rstrip())
        if not found:
            typer.echo(wording("users.no_tokens"), err=True)
