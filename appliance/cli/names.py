"""`safespan names`: every sighting of captures and live interfaces, as JSON lines or as a coloured list."""

from __future__ import annotations

import contextlib
import fnmatch
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import get_args

import click
from msgspec import Struct

import phrase_lists
from appliance.cli.names_lines import Columns, JsonLines, kind_of
from appliance.cli.output import format_option, wants_jsonl
from appliance.edge import privileges
from appliance.edge.capture_files import open_capture
from appliance.edge.files import CaptureError
from appliance.edge.source import Source
from appliance.listener import PATIENCE, without_help_lines
from appliance.model import Frame, Seen, Sighting
from appliance.sensor import open_interface
from appliance.wire.dissector import Dissector

LIVE_PREFIX = "iface:"
# Unnamed connections are told once a while has passed without a name: how often to look for them, in the capture's seconds.
FLUSH_EVERY = 1.0
KINDS = sorted(str(kind.__struct_config__.tag) for kind in get_args(Sighting))


class Wanted(Struct, frozen=True):
    """Which sightings to print; an empty tuple lets everything through."""

    kinds: tuple[str, ...] = ()
    clients: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    def has(self, sighting: Seen) -> bool:
        """Whether this sighting is to be printed."""
        return (
            (not self.kinds or kind_of(sighting) in self.kinds)
            and (not self.clients or sighting.client in self.clients or sighting.mac in self.clients)
            and (not self.names or self._has_name(getattr(sighting, "name", "")))
        )

    def _has_name(self, name: str) -> bool:
        """Whether a name contains one of the wished texts, or matches one with `*` in it."""
        return bool(name) and any(fnmatch.fnmatchcase(name, text if "*" in text else f"*{text}*") for text in self.names)


class Listing:
    """Sightings on their way to the screen or a pipe, counted for the summary."""

    def __init__(self, wanted: Wanted, write: Callable[[str, Sequence[Sighting]], None]) -> None:
        self._wanted, self._write = wanted, write
        self._help_names = phrase_lists.help_names()
        self.kinds: Counter[str] = Counter()
        self.clients: set[str] = set()
        self.frames = self.dropped = 0

    def show(self, source: str, found: Sequence[Sighting]) -> None:
        """Print those of the sightings that are wanted."""
        kept = without_help_lines(found, self._help_names)
        chosen = [sighting for sighting in kept if isinstance(sighting, Seen) and self._wanted.has(sighting)]
        if chosen:
            self.kinds.update(kind_of(sighting) for sighting in chosen)
            self.clients.update(sighting.mac or sighting.client for sighting in chosen)
            self._write(source, chosen)


class Reading:
    """One source with its own dissector."""

    def __init__(self, source: Source, listing: Listing) -> None:
        self.source = source
        self._listing = listing
        self._dissector = Dissector()
        self._next_flush = 0.0

    def step(self) -> bool:
        """Read and show one batch; False at the end."""
        frames = self.source.read()
        if frames is None:
            self._show(self._dissector.flush(self._next_flush + PATIENCE))
            return False
        self._listing.frames += len(frames)
        self._show([sighting for frame in frames for sighting in self._dissector.feed(frame)])
        self._flush(frames)
        return True

    def _show(self, found: Sequence[Sighting]) -> None:
        self._listing.show(self.source.name, found)

    def _flush(self, frames: Sequence[Frame]) -> None:
        """Tell of what stayed without a name, once a second."""
        now = frames[-1].time if frames else time.time() if self.source.live else 0.0
        if now >= self._next_flush:
            self._next_flush = now + FLUSH_EVERY
            self._show(self._dissector.flush(now))


@click.command()
@click.argument("sources", metavar="SOURCE...", nargs=-1, required=True)
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    type=click.Choice(KINDS),
    metavar="KIND",
    help="Only this kind, e.g. dns or tls; may be repeated.",
)
@click.option("--client", "clients", multiple=True, help="Only this machine: an address or a MAC; may be repeated.")
@click.option("--name", "names_", multiple=True, metavar="TEXT", help="Only names that contain this; * stands for anything.")
@click.option("--unfiltered", is_flag=True, help="Read every packet of a file, also those that the filter would refuse.")
@format_option
def names(
    sources: tuple[str, ...],
    kinds: tuple[str, ...],
    clients: tuple[str, ...],
    names_: tuple[str, ...],
    unfiltered: bool,
    form: str | None,
) -> None:
    """Print every name seen in captures (pcap, pcapng, also .gz) or on an interface (iface:NAME, until Ctrl-C)."""
    wanted = Wanted(tuple(kinds), tuple(text.lower() for text in clients), tuple(text.lower() for text in names_))
    listing = Listing(wanted, JsonLines().write if wants_jsonl(form) else Columns().write)
    began = time.monotonic()
    try:
        good = _read_all(sources, listing, filtered=not unfiltered)
    except privileges.PrivilegesError as error:
        raise click.ClickException(str(error)) from error
    except BrokenPipeError:
        # The reader of the pipe has had enough; nothing is left to say to it, at exit neither.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return
    if any(source.startswith(LIVE_PREFIX) for source in sources) or not wants_jsonl(form):
        _summarise(listing, time.monotonic() - began)
    if not good:
        sys.exit(1)


def _read_all(sources: Sequence[str], listing: Listing, *, filtered: bool) -> bool:
    """Read the files one by one, then all live sources together, until Ctrl-C; whether any source could be read."""
    good = False
    live: list[Reading] = []
    try:
        for text in sources:
            for reading in _opened(text, listing, filtered):
                if reading.source.live:
                    live.append(reading)
                else:
                    good |= _read_file(reading)
        good |= bool(live)
        if live:
            privileges.drop_all()
        while live:
            live = [reading for reading in live if reading.step() or not _ended(reading.source)]
    except KeyboardInterrupt:
        # Whoever stops a listing has seen enough of it: that is no failure.
        good = True
    for reading in live:
        reading.source.close()
        listing.dropped += reading.source.dropped
    return good


def _opened(text: str, listing: Listing, filtered: bool) -> list[Reading]:
    """The source of that name, ready to be read; none, and a sentence on stderr, where it can't be opened."""
    try:
        source = _open(text, filtered)
    except CaptureError as error:
        click.echo(str(error), err=True)
        return []
    return [Reading(source, listing)]


def _open(text: str, filtered: bool) -> Source:
    """An interface or a capture file, by how it is written."""
    if text.startswith(LIVE_PREFIX):
        return open_interface(text.removeprefix(LIVE_PREFIX))
    return open_capture(Path(text), filtered=filtered)


def _read_file(reading: Reading) -> bool:
    """Read a capture to its end; whether it gave anything or was at least sound."""
    with contextlib.closing(reading.source) as source:
        while reading.step():
            pass
        return not _problem(source) or source.packets > 0


def _ended(source: Source) -> bool:
    """Close a live source that has come to its end and say why."""
    _problem(source)
    source.close()
    return True


def _problem(source: Source) -> bool:
    """Say what is wrong with a source, if anything."""
    if source.problem:
        click.echo(source.problem, err=True)
    return bool(source.problem)


def _summarise(listing: Listing, seconds: float) -> None:
    """What was seen in all, on stderr."""
    kinds = ", ".join(f"{count} {kind}" for kind, count in listing.kinds.most_common()) or "no names"
    lost = f" ({listing.dropped} lost)" if listing.dropped else ""
    click.echo(f"{listing.frames} packets read{lost} in {seconds:.1f} s from {len(listing.clients)} machines: {kinds}", err=True)
