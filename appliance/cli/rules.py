"""`safespan rules`: the school's own allow and deny rules, and what one would have done in the last hours."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, get_args

import click
import msgspec

from appliance.cli.opened import opened
from appliance.cli.output import data_dir_option, format_option, print_records, printable
from appliance.judge.categories import CATEGORIES
from appliance.school import Rule, Scope

F = TypeVar("F", bound=Callable[..., Any])

DAY = 86_400.0
BY = "at the box"
_COLUMNS = ("id", "kind", "pattern", "category", "scope", "target", "reason", "by", "until")


def rule_options(function: F) -> F:
    """The options that describe one rule."""
    for option in (
        click.option(
            "--days", type=click.IntRange(1, 400), default=90, show_default=True, help="It ends by itself after so many."
        ),
        click.option("--reason", default="", help="Why; it is kept and shown."),
        click.option("--target", default="", help="The MAC of the device, or the id of the group."),
        click.option("--scope", type=click.Choice(get_args(Scope)), default="school", show_default=True),
        click.option("--category", type=click.Choice(sorted(CATEGORIES)), default=None, help="Needed by a deny rule."),
        click.argument("name", default=""),
        click.argument("kind", type=click.Choice(["allow", "deny"])),
    ):
        function = option(function)
    return function


@click.group()
def rules() -> None:
    """The school's own rules: names or categories that it allows, names that it wants to hear of."""


@rules.command("list")
@data_dir_option
@format_option
@click.option("--all", "everything", is_flag=True, help="Those that have ended too.")
def show(data_dir: Path, form: str | None, everything: bool) -> None:
    """The rules that run now, the newest first."""
    with opened(data_dir) as store:
        found = store.rulebook.rules(None if everything else time.time())
    print_records([msgspec.to_builtins(rule) for rule in found], _COLUMNS, form)


@rules.command()
@rule_options
@data_dir_option
def add(data_dir: Path, **described: Any) -> None:
    """Make a rule for NAME and all names below it, or for a whole category."""
    now = time.time()
    with opened(data_dir) as store:
        made = store.rulebook.add_rule(_rule(now, **described), by=BY, now=now)
    click.echo(f"Rule {made.id} counts from now on.")


@rules.command()
@rule_options
@data_dir_option
def preview(data_dir: Path, **described: Any) -> None:
    """Say what a rule would have hidden or shown in the last two days, without making it."""
    now = time.time()
    with opened(data_dir) as store:
        described["reason"] = described["reason"] or "preview"
        found = store.preview(store.rulebook.checked_rule(_rule(now, **described), by=BY, now=now), now)
    click.echo(printable(found.sentence))
    for incident in found.hidden:
        click.echo(f"- hidden: {printable(incident.sentence)}")
    for shown in found.shown:
        click.echo(f"- shown: {printable(shown.name)} on {shown.mac}, {shown.count} times")


@rules.command()
@click.argument("number", type=int)
@data_dir_option
def end(number: int, data_dir: Path) -> None:
    """End a rule before its day."""
    with opened(data_dir) as store:
        store.rulebook.end_rule(number, by=BY, now=time.time())
    click.echo(f"Rule {number} has ended.")


def _rule(now: float, *, kind: Any, name: str, category: str | None, scope: Scope, target: str, reason: str, days: int) -> Rule:
    until = now + days * DAY
    return Rule(kind=kind, pattern=name, category=category or "", scope=scope, target=target, reason=reason, until=until)
