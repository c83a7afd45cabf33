"""Show real captures on other roads and list the names that get lost: `python -m tests.variants --help`."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

import click

from appliance.edge.capture_files import KeepByLink, PcapLibrary
from appliance.edge.files import CaptureError, read_frames
from appliance.model import Frame, HttpHost, NameAsked, Sighting, TlsHello
from appliance.wire.dissector import Dissector
from tests.variants.flows import FLOWS
from tests.variants.wrappings import ETHERNETS, LINKS, TUNNELS

Name = tuple[str, str, str]
MOST_FRAMES = 500
VARIANTS = {**LINKS, **ETHERNETS, **TUNNELS, **FLOWS}
MAPPED = "2001:db8::ffff:"


def names(frames: Iterable[Frame]) -> set[Name]:
    """Client, kind and name of all that is said."""
    dissector, now = Dissector(), 0.0
    told: list[Sighting] = []
    for frame in frames:
        told += dissector.feed(frame)
        now = max(now, frame.time)
    told += dissector.flush(now + 1_000)
    return {
        (_plain(one.client), type(one).__name__, one.name)
        for one in told
        if isinstance(one, NameAsked | TlsHello | HttpHost) and one.name
    }


def _plain(client: str) -> str:
    """The IPv4 address in one of the addresses that `as_ipv6` makes."""
    if not client.startswith(MAPPED):
        return client
    high, low = (int(part, 16) for part in (["0", *client[len(MAPPED) :].split(":")])[-2:])
    return f"{high >> 8}.{high & 255}.{low >> 8}.{low & 255}"


def frames_of(path: Path) -> list[Frame]:
    """The first frames of a capture, as far as it can be read."""
    found: list[Frame] = []
    with contextlib.suppress(CaptureError):
        found.extend(islice(read_frames(path), MOST_FRAMES))
    return found


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("captures", nargs=-1, type=click.Path(path_type=Path), required=True)
@click.option("--variant", "wanted", multiple=True, help="Only these; all of them else.")
@click.option("--show", default=3, show_default=True, help="Show so many lost names of each.")
def main(captures: tuple[Path, ...], wanted: tuple[str, ...], show: int) -> None:
    """Count the names in CAPTURES that are told of the plain capture and not of a variant, or only of the variant."""
    files = [path for given in captures for path in (sorted(given.iterdir()) if given.is_dir() else [given])]
    keep = KeepByLink(PcapLibrary())
    lost: dict[str, list[tuple[str, Name]]] = {name: [] for name in wanted or VARIANTS}
    more: dict[str, list[tuple[str, Name]]] = {name: [] for name in lost}
    filtered: Counter[str] = Counter()
    total = 0
    for path in files:
        frames = frames_of(path)
        plain = names(frames)
        total += len(plain)
        if not plain:
            continue
        for name in lost:
            changed = VARIANTS[name](frames)
            whole = names(changed)
            passed = names(frame for frame in changed if keep(frame))
            filtered[name] += len(whole - passed)
            lost[name] += [(path.name, one) for one in sorted(plain - passed)]
            more[name] += [(path.name, one) for one in sorted(passed - plain)]
    click.echo(f"{len(files)} captures, {total} names")
    for name in sorted(lost, key=lambda one: -len(lost[one])):
        click.echo(f"{name:40} lost {len(lost[name]):5} ({filtered[name]} to the filter)  more {len(more[name])}")
        for mark, found in (("-", lost), ("+", more)):
            for file, one in found[name][:show]:
                click.echo(f"    {mark} {file[:60]} {' '.join(one)}")


if __name__ == "__main__":
    main()
