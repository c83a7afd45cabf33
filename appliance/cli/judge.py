"""`safespan judge NAME...`: what the box thinks of a name, and why."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from msgspec.structs import replace

from appliance import config
from appliance.cli.list_sources import settings_option
from appliance.cli.lists import lists_in_force, writable
from appliance.cli.output import data_dir_option, format_option, print_records
from appliance.edge.list_sources import open_addresses
from appliance.edge.store import LASTING_FILE, Store, StoreError
from appliance.edge.word_lists import open_words
from appliance.judge.address_lists import AddressLists
from appliance.judge.domains import DomainLists
from appliance.judge.levels import weigh
from appliance.judge.policy import Policy
from appliance.judge.scales import Scales
from appliance.judge.verdicts import judge_match, judge_name
from appliance.model import Verdict

_COLUMNS = ("name", "category", "level", "confidence", "reason")


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@data_dir_option
@settings_option
@format_option
@click.option("--group", help="As on a device of this group, by the school's own levels and rules.")
def judge(names: tuple[str, ...], data_dir: Path, settings_file: Path | None, form: str | None, group: str | None) -> None:
    """Say what the box thinks of each NAME, and why. `-` reads names from standard input, one a line."""
    lists = lists_in_force(settings_file, data_dir)
    scales = _scales_for(group, data_dir) if group else None
    addresses = open_addresses(config.load(settings_file), writable(data_dir))
    print_records(_verdicts(names, lists, addresses, scales), _COLUMNS, form)


def _scales_for(group: str, data_dir: Path) -> Scales:
    """Scales on which every device belongs to one group, under the policy of these records, if there are any."""
    policy = Policy()
    if (data_dir / LASTING_FILE).exists():
        try:
            with Store.open(data_dir, readonly=True) as store:
                policy = store.policy()
        except StoreError as error:
            raise click.ClickException(str(error)) from error
    if group not in policy.groups:
        raise click.ClickException(f"There is no group {group}; there are: {', '.join(policy.groups)}.")
    return Scales(replace(policy, members={"": group}))


def _in_group(verdict: Verdict, scales: Scales, now: float) -> Verdict:
    """The verdict as it counts on a device of the group, with why."""
    verdict = scales.ruled("", now, verdict.name, verdict) or verdict
    if verdict.category is None:
        return verdict
    grounds = scales.lay("", now, verdict, part_of_page=False)
    if grounds is None:
        return replace(verdict, level=None, reason=f"{verdict.reason} Nothing of it is kept for this group.")
    weighed = weigh(grounds, "unknown")
    return replace(verdict, level=weighed.level, reason=" ".join((verdict.reason, *weighed.reasons)))


def _verdicts(
    names: tuple[str, ...], lists: DomainLists, addresses: AddressLists, scales: Scales | None
) -> Iterator[dict[str, Any]]:
    words = open_words()
    for name in _spelled_out(names):
        listed = addresses.match(name)
        verdict = judge_match(name, listed) if listed else judge_name(name, lists, words)
        if scales is not None:
            verdict = _in_group(verdict, scales, time.time())
        yield {
            "name": verdict.name,
            "category": verdict.category,
            "level": verdict.level,
            "source": verdict.source,
            "reason": verdict.reason,
            "confidence": verdict.confidence,
            "entry": verdict.entry,
            "exercise": verdict.exercise,
        }


def _spelled_out(names: tuple[str, ...]) -> Iterator[str]:
    """The names as given, and those of standard input in the place of `-`."""
    for name in names:
        if name == "-":
            yield from (line.decode("utf-8", "replace").strip() for line in sys.stdin.buffer)
        else:
            yield name
