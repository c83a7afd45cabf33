"""How `safespan names` prints sightings: as JSON, one object a line, or in coloured columns for a person."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Sequence
from typing import Any

import click
import msgspec

from appliance.cli.output import printable
from appliance.model import Announced, DhcpSeen, DnsAnswer, NameAsked, NetbiosAsked, Seen, Sighting, TlsHello

LAST_MOMENT = 253_402_300_800  # the year 10000
COLOURS = {
    "dns": "cyan", "mdns": "blue", "llmnr": "blue", "netbios": "blue", "tls": "green", "quic": "bright_green", "http": "yellow",
    "tunnel": "red", "log-on": "magenta",
}  # fmt: skip


# The commonest types of question (IANA's register); others are shown by number.
TYPES = {
    1: "A",
    2: "NS",
    5: "CNAME",
    6: "SOA",
    12: "PTR",
    15: "MX",
    16: "TXT",
    28: "AAAA",
    33: "SRV",
    64: "SVCB",
    65: "HTTPS",
    255: "ANY",
}
RCODES = {1: "malformed", 2: "server failed", 3: "no such name", 5: "refused"}
# Columns of a name before its details: what a terminal of usual width has room for, and the least and most.
NAME_ROOM, NAME_LEAST, NAME_MOST = 100, 24, 44


def kind_of(sighting: Seen) -> str:
    """The kind of a sighting, as the command line prints it."""
    return str(sighting.__struct_config__.tag)


class JsonLines:
    """One JSON object a line, with the fields that every sighting has first and its own after them."""

    COMMON = ("time", "kind", "mac", "vlan", "client", "server", "port", "name")

    def __init__(self) -> None:
        self._encoder = msgspec.json.Encoder()

    def write(self, source: str, found: Sequence[Sighting]) -> None:
        """Print a batch and push it out."""
        lines = self._encoder.encode_lines(self._record(source, sighting) for sighting in found)
        sys.stdout.buffer.write(lines)
        sys.stdout.buffer.flush()

    def _record(self, source: str, sighting: Sighting) -> dict[str, Any]:
        """A sighting as a flat record."""
        own = msgspec.structs.asdict(sighting)
        record: dict[str, Any] = {"source": source}
        for field in self.COMMON:
            record[field] = kind_of(sighting) if field == "kind" else own.pop(field, "")
        record.update(own)
        return record


class Columns:
    """Aligned, coloured lines for a person; a machine that has told its name is shown by it."""

    HEAD = f"{'time':12}  {'kind':12}  {'machine':22}  {'name'}"

    def __init__(self) -> None:
        self._heard: dict[str, str] = {}
        self._begun = False
        columns = shutil.get_terminal_size((NAME_ROOM, 24)).columns
        self._name_width = max(NAME_LEAST, min(NAME_MOST, columns - 86))
        # What goes into a file is told whole.
        self._width = columns if sys.stdout.isatty() else sys.maxsize

    def write(self, source: str, found: Sequence[Sighting]) -> None:
        """Print a batch and push it out."""
        if not self._begun:
            click.secho(self.HEAD, bold=True)
            self._begun = True
        click.echo("\n".join(self._line(sighting) for sighting in found))

    def _line(self, sighting: Sighting) -> str:
        """One sighting in its columns."""
        self._learn(sighting)
        kind = kind_of(sighting)
        # A damaged capture may say any time; the system knows years of four digits at most.
        moment = sighting.time if 0 <= sighting.time < LAST_MOMENT else 0.0
        clock = time.strftime("%H:%M:%S", time.localtime(moment)) + f"{moment % 1:.3f}"[1:5]
        machine = printable(self._heard.get(sighting.mac) or sighting.client or sighting.mac)
        cells = f"{machine[:22]:22}  {printable(getattr(sighting, 'name', '') or '-'):{self._name_width}}"
        rest = printable(self._rest(sighting))
        room = self._width - len(f"{clock:12}  {kind:12}  {cells}  ")
        if len(rest) > room:  # one line each, or nobody finds the columns again
            rest = rest[: max(room - 1, 0)] + "…"
        line = f"{clock:12}  {click.style(f'{kind:12}', fg=COLOURS.get(kind))}  {cells}"
        return f"{line}  {click.style(rest, dim=True)}" if rest else line

    def _rest(self, sighting: Sighting) -> str:
        """What is worth knowing beside the name."""
        server = f"[{sighting.server}]:{sighting.port}" if ":" in sighting.server else f"{sighting.server}:{sighting.port}"
        own = [f"vlan {sighting.vlan}"] if sighting.vlan is not None else []
        own += [server] if sighting.server else []
        own += _meaning(sighting)
        own += [_plain(value) for field, value in msgspec.structs.asdict(sighting).items() if field in DETAILS and value]
        return "  ".join(own)

    def _learn(self, sighting: Sighting) -> None:
        """Remember what a machine calls itself; the table is bounded, a crowd beyond it keeps its addresses."""
        if isinstance(sighting, NetbiosAsked) and not sighting.registers:
            return
        if (
            isinstance(sighting, DhcpSeen | Announced | NetbiosAsked)
            and sighting.mac
            and sighting.name
            and len(self._heard) < 10_000
        ):
            self._heard[sighting.mac] = sighting.name


DETAILS = ("addresses", "aliases", "alpn", "method", "protocol", "outcome", "user", "realm", "service", "vendor")


def _meaning(sighting: Sighting) -> list[str]:
    """What numbers of a sighting stand for: the type of a question, why an answer is empty, that the true name is hidden."""
    if isinstance(sighting, NameAsked):
        return [TYPES.get(sighting.qtype, f"type {sighting.qtype}")]
    if isinstance(sighting, DnsAnswer):
        return [
            TYPES.get(sighting.qtype, f"type {sighting.qtype}"),
            *([RCODES.get(sighting.rcode, f"error {sighting.rcode}")] if sighting.rcode else []),
        ]
    return ["true name hidden (ECH)"] if isinstance(sighting, TlsHello) and sighting.ech_config is not None else []


def _plain(value: object) -> str:
    """A field's value as text."""
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
