"""`safespan lists ...`: which lists are in force, and the way every other command opens them."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from appliance import config
from appliance.cli.list_signing import new_key, sign_lists, sign_root
from appliance.cli.list_sources import add, back, catalogue, remove, settings_option, update
from appliance.cli.output import data_dir_option, format_option, print_records, wants_jsonl
from appliance.cli.progress import bar
from appliance.edge import clock
from appliance.edge import lists as edge_lists
from appliance.edge.list_compiler import Tally
from appliance.judge.domains import DomainLists
from appliance.judge.health import STALE_LISTS_SECONDS
from appliance.model import ListStatus

F = TypeVar("F", bound=Callable[..., Any])

_COLUMNS = ("name", "category", "entries", "refused", "age", "checked", "state")
_SHOWN_EXAMPLES = 3


def lists_in_force(settings_file: Path | None, data_dir: Path) -> DomainLists:
    """The lists by the settings, compiled first where they changed; in a folder of this user's own if `data_dir` isn't theirs."""
    try:
        settings = config.load(settings_file)
        with bar() as progress:
            return edge_lists.ensure(settings, writable(data_dir), progress=progress)
    except config.SettingsError as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise click.ClickException(f"The lists can't be compiled: {error.strerror or error} ({error.filename}).") from error


def writable(data_dir: Path) -> Path:
    """`data_dir`, or a cache folder of this user's where that may not be written."""
    nearest = next((folder for folder in (data_dir, *data_dir.parents) if folder.exists()), data_dir)
    if os.access(nearest, os.W_OK):
        return data_dir
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "safespan"


@click.group()
def lists() -> None:
    """The lists that names are judged by."""


for _command in (update, add, remove, back, catalogue, new_key, sign_root, sign_lists):
    lists.add_command(_command)


@lists.command()
@data_dir_option
@settings_option
@click.option("--refused", "examples", is_flag=True, help="Show what was refused of each list, with examples.")
@format_option
def status(data_dir: Path, settings_file: Path | None, examples: bool, form: str | None) -> None:
    """Show each list: entries, refused lines, version, age, when it was last looked for, and what is wrong with it."""
    found, now = lists_in_force(settings_file, data_dir), time.time()
    tallies = edge_lists.manifest_of(writable(data_dir)).tallies
    records = [_line(entry, tallies.get(entry.name), now) for entry in found.statuses]
    print_records(records if wants_jsonl(form) else map(_to_read, records), _COLUMNS, form)
    if examples and not wants_jsonl(form):
        _show_refused(tallies)
    for sentence in _warnings(found.statuses, now):
        click.echo(sentence, err=True)


def _line(entry: ListStatus, tally: Tally | None, now: float) -> dict[str, Any]:
    """One list as a record."""
    return {
        "name": entry.name,
        "category": entry.category,
        "entries": entry.entries,
        "refused": entry.refused,
        "version": entry.version,
        "updated": entry.updated,
        "age": _age(now - entry.updated) if entry.updated else "",
        "checked": entry.checked,
        "licence": entry.licence,
        "state": _state(entry, tally.covered if tally else 0),
        "problem": entry.problem,
        "covered": tally.covered if tally else 0,
        "reasons": tally.reasons if tally else {},
        "examples": tally.examples if tally else {},
    }


def _state(entry: ListStatus, covered: int) -> str:
    if entry.entries:
        return "in force, but see below" if entry.problem else "in force"
    return "not in force" if entry.problem else "all on other lists" if covered else "empty"


def _to_read(record: dict[str, Any]) -> dict[str, Any]:
    """The same for a table."""
    checked = datetime.fromtimestamp(record["checked"]).strftime("%Y-%m-%d") if record["checked"] else ""
    return record | {"entries": f"{record['entries']:,}", "refused": f"{record['refused']:,}", "checked": checked}


def _warnings(statuses: Iterable[ListStatus], now: float) -> Iterator[str]:
    """What is wrong, and which fetched lists are old; with a clock that was never set nobody can tell."""
    for status in statuses:
        if status.problem:
            yield status.problem
    if clock.is_synced() is False:
        return
    old = [status for status in statuses if status.checked and abs(now - status.checked) > STALE_LISTS_SECONDS]
    for status in old:
        days = int((now - status.checked) // 86_400)
        when = f"was last brought up to date {days} days ago" if days > 0 else "was brought up to date while the clock was wrong"
        yield f"The list “{status.name}” {when}: run `safespan lists update`."


def _age(seconds: float) -> str:
    """Whole days in words; a clock that was set back makes no negative age."""
    days = int(max(0.0, seconds) // 86_400)
    return "today" if days == 0 else "1 day" if days == 1 else f"{days} days"


def _show_refused(tallies: dict[str, Tally]) -> None:
    for name, tally in tallies.items():
        if tally.reasons:
            click.echo(f"\nRefused of “{name}”:")
        for reason, count in tally.reasons.items():
            examples = ", ".join(text[:40] for text in tally.examples.get(reason, [])[:_SHOWN_EXAMPLES])
            click.echo(f"{count:>10,}  {reason}, such as {examples}")
