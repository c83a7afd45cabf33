"""`safespan incidents`, `devices` and `health`: what the store holds, for reading only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import click
import msgspec

from appliance.cli.opened import opened
from appliance.cli.output import data_dir_option, format_option, print_records, printable, wants_jsonl
from appliance.cli.witnessed import witnessed_fields, witnessed_lines
from appliance.judge.health import PROBLEMS
from appliance.judge.sight import say_reasons
from appliance.model import Device, Health, Incident, Level

ALL = 1_000_000
_ADDRESSES = 3  # shown of one device in a table
INCIDENT_FIELDS = (
    *("id", "category", "level", "device", "mac", "first_seen", "last_seen", "count", "names"),
    *("outcome", "confidence", "decision", "sentence"),
)
DEVICE_FIELDS = (
    *("name", "mac", "addresses", "label", "heard_name", "maker", "private", "vlan"),
    *("first_seen", "last_seen", "group", "person", "last_user"),
)


@click.command()
@data_dir_option
@format_option
@click.option("--open", "open_only", is_flag=True, help="Only those that nobody has decided yet, the most urgent first.")
@click.option("--level", type=click.Choice(["urgent", "look", "note"]), help="Only this level.")
@click.option("--limit", type=click.IntRange(1), default=ALL, help="At most so many.", show_default="all")
def incidents(data_dir: Path, form: str | None, open_only: bool, level: Level | None, limit: int) -> None:
    """The incidents, newest first."""
    with opened(data_dir, readonly=True) as store:
        found = store.incidents(open_only=open_only, level=level, limit=limit)
    columns = ("id", "level", "last_seen", "count", "outcome", "decision", "sentence")
    print_records(_shown(map(_incident, found), form), columns, form)


@click.command()
@data_dir_option
@format_option
def devices(data_dir: Path, form: str | None) -> None:
    """The devices, the one heard last first."""
    with opened(data_dir, readonly=True) as store:
        found = store.devices()
    records: Iterator[dict[str, Any]] = map(_device, found)
    if not wants_jsonl(form):
        records = map(_told, records)
    print_records(_shown(records, form), ("name", "mac", "addresses", "vlan", "group", "had by", "last_seen", "remark"), form)


@click.command()
@data_dir_option
@format_option
def health(data_dir: Path, form: str | None) -> None:
    """Is it working, and what can't it see?"""
    with opened(data_dir, readonly=True) as store:
        found = store.health()
        if found is None:
            raise click.ClickException(f"The box with the records in {data_dir} has not been running since the machine started.")
        if wants_jsonl(form):
            print_records([msgspec.to_builtins(found) | witnessed_fields(store, found.time)], (), form)
            return
        _print_health(found, store.recovered)
        for line in witnessed_lines(store, found.time):
            click.echo(line)


def _incident(incident: Incident) -> dict[str, Any]:
    """The fields of the command line's contract, in its order."""
    return {field: getattr(incident, field) for field in INCIDENT_FIELDS}


def _told(record: dict[str, Any]) -> dict[str, Any]:
    """A device for people to read: who has it by the register, else the log-on name; and a MAC that will not stay."""
    had_by = record["person"] or (f"log-on {record['last_user']}" if record["last_user"] else "")
    more = len(record["addresses"]) - _ADDRESSES
    addresses = [*record["addresses"][:_ADDRESSES], *([f"{more} more"] if more > 0 else [])]
    return record | {"had by": had_by, "addresses": addresses, "remark": "private MAC, may change" if record["private"] else ""}


def _device(device: Device) -> dict[str, Any]:
    return {field: getattr(device, field) for field in DEVICE_FIELDS}


def _shown(records: Iterator[dict[str, Any]], form: str | None) -> Iterator[Mapping[str, Any]]:
    """Records as they are for programs; with times to read for people."""
    for record in records:
        if not wants_jsonl(form):
            record.update(
                {key: f"{datetime.fromtimestamp(record[key]):%Y-%m-%d %H:%M:%S}" for key in ("first_seen", "last_seen")}
            )
        yield record


def _clock(moment: float) -> str:
    """A time by this machine's clock, to read."""
    return f"{datetime.fromtimestamp(moment):%Y-%m-%d %H:%M:%S}"


def _print_health(found: Health, recovered: str) -> None:
    """A few lines: what is wrong first, then what was counted."""
    for problem in found.problems:
        click.echo(f"! {PROBLEMS.get(problem) or printable(problem)}")
    if recovered:
        click.echo(f"! {recovered}")
    if not found.problems:
        click.echo("Nothing is wrong.")
    click.echo(f"Written at {_clock(found.time)}, listening to {printable(found.source) or 'nothing yet'}.")
    click.echo(f"{found.packets:,} packets, {found.dropped:,} lost; {found.sightings:,} sightings of {found.devices:,} devices.")
    connections = found.named + found.unnamed
    if connections:
        click.echo(f"{found.named / connections:.0%} of {connections:,} connections said where they were going.")
    if found.sight:
        click.echo(found.sight_sentence)
        for sentence in say_reasons(found.sight):
            click.echo(f"  {sentence}")
    click.echo(f"{sum(status.entries for status in found.lists):,} names on {len(found.lists)} lists.")
    for reason, count in sorted(found.reasons.items()):
        click.echo(f"  {count:,} x {printable(reason)}")
