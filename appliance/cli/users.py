"""`safespan users`: accounts for the page, made or reset by whoever has the box itself."""

from __future__ import annotations

import time
from pathlib import Path
from typing import get_args

import click

from appliance.cli.opened import opened
from appliance.cli.output import data_dir_option
from appliance.model import Role

LONGEST_USERNAME = 64


@click.group()
def users() -> None:
    """Who may log in to the page."""


@users.command()
@click.argument("username")
@click.option("--name", "full_name", default="", help="The person's name, as notes and decisions show it.")
@click.option("--role", type=click.Choice(get_args(Role)), default="head", show_default=True)
@data_dir_option
def add(username: str, full_name: str, role: Role, data_dir: Path) -> None:
    """Make an account; asks for its passphrase, or reads it from standard input."""
    username = _checked(username)
    with opened(data_dir) as store:
        if store.account(username):
            raise click.ClickException(f"There is already an account called {username}.")
        store.add_account(username, full_name or username, role, _hashed(username), now=time.time())
    click.echo(f"{username} can log in now.")


@users.command()
@click.argument("username")
@data_dir_option
def reset(username: str, data_dir: Path) -> None:
    """Give an account a new passphrase; its browsers are logged out, and its second step is switched off."""
    with opened(data_dir) as store:
        if not store.account(username):
            raise click.ClickException(f"There is no account called {username}.")
        now = time.time()
        store.set_password(username, _hashed(username), by="at the box", now=now)
        # Whoever stands at the box has lost more than a passphrase: the phone must not keep them out for ever.
        store.factors.switch_off(username, by="at the box", now=now)
        store.set_active(username, True, by="at the box", now=now)
    click.echo(f"{username} has a new passphrase, and needs nothing else to log in.")


@users.command()
@data_dir_option
def code(data_dir: Path) -> None:
    """Print the code with which the page makes the first account."""
    with opened(data_dir) as store:
        text = store.first_run_code(time.time())
    if not text:
        raise click.ClickException("There is an account already, so there is no first-run code: use `safespan users reset`.")
    click.echo(text)


def _checked(username: str) -> str:
    """A user name as the page takes it: one short word."""
    name = username.strip()
    if not name or len(name) > LONGEST_USERNAME or not name.isprintable() or " " in name:
        raise click.ClickException(f"A user name is one word of at most {LONGEST_USERNAME} characters.")
    return name


def _hashed(username: str) -> str:
    """Ask for a passphrase by the page's own rules, and hash it as the page does."""
    # The page's libraries are wanted for this command only.
    from web_ui.passwords import Passphrases, find_fault

    passphrase: str = click.prompt("Passphrase", hide_input=True, confirmation_prompt="Once more")
    fault = find_fault(passphrase, passphrase, username)
    if fault:
        raise click.ClickException(f"{fault}.")
    return Passphrases().hash(passphrase)
