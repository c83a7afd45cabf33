"""Make a large school capture for benchmarks (`python -m tests.lab.school_mix /tmp/school.pcap --packets 1600000`).

Every name in it was really asked for: 24 machines of the lab open pages with Chromium (post-quantum hellos over TCP, and QUIC)
and curl. That part is repeated with other clients until it is its share of the whole, and between it lies bulk in the opened
connections, made up (see `bulk`). Of the packets 1.5 % bear names, 23 % are IPv6, 26 % QUIC; they have about 1,065 bytes each.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import tempfile
import time
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from . import pcap
from .bulk import MODULUS, TcpBulk, UdpBulk
from .clients import fetch
from .dhcp_client import Kind
from .network import LabError
from .pcap import Packet, Segment, segment
from .record import Recorder
from .school import Host, Machine, open_school, why_not

CLIENTS: Final = 24
PER_NAME: Final = 9  # packets that bear a name, for each name opened: questions, answers, hello, and the browser's own
NAMES_EACH: Final = (8, 80)  # fewest and most that one client opens
KINDS: Final[tuple[Kind, ...]] = ("ipad", "windows", "chromebook")
NAME_SHARE: Final = 0.015
PACKETS_A_SECOND: Final = 20_000
EPOCH: Final = 1_790_000_000
RECENT: Final = 40  # connections of a kind that carry bulk at the same time
FIN_RST: Final = 0x05
CLIENT_MACS: Final = b"\x3c\x52\x82"
# Of a hundred bursts: what kind of connection each belongs to.
SHARES: Final = {("tcp", 4): 51, ("tcp", 6): 17, ("quic", 4): 22, ("quic", 6): 5, ("video", 4): 5}
VIDEO_PORT: Final = 3480
WORDS: Final = ["maple", "river", "otter", "cloud", "piano", "tiger", "lemon", "rocket", "violet", "meadow", "comet", "harbour"]
ENDINGS: Final = ("example.org", "example.net", "example.com", "school.example", "learning.example")


class Mix(Struct, frozen=True):
    """What was made: counts and shares of the file, and the seconds that writing took."""

    packets: int
    megabytes: int
    seconds: float
    name_bearing: float
    ipv6: float
    quic: float


def made_up_names(number: int, seed: int = 7) -> list[str]:
    """So many different host names under reserved domains, always the same."""
    chance = random.Random(seed)
    words = itertools.product(WORDS, WORDS)
    names = [
        f"{one}-{two}{number}.{chance.choice(ENDINGS)}"
        for number, (one, two) in zip(range(number), itertools.cycle(words), strict=False)
    ]
    return [name if chance.random() < 0.5 else f"www.{name}" for name in names]


def machines() -> list[Machine]:
    """The 24 clients; some speak IPv4 only."""
    return [
        Machine(f"Client-{n:02}", f"3c:52:82:00:24:{n:02x}", KINDS[n % len(KINDS)], ipv6=n % 5 in (0, 2))
        for n in range(1, CLIENTS + 1)
    ]


def live_part(folder: Path, clients: Sequence[Machine], packets: int, log: dict[str, list[str]]) -> list[Packet]:
    """Let every client open its share of names, and come back with what the mirror port saw; `log` gets the names by kind."""
    file = folder / "live.pcap"
    fewest, most = NAMES_EACH
    each = max(fewest, min(most, round(packets * NAME_SHARE / PER_NAME / len(clients))))
    names = iter(made_up_names(each * len(clients)))
    with open_school(clients, mirror="both") as school, Recorder(school.box, file), ThreadPoolExecutor(3) as pool:
        turns = [pool.submit(_browse, host, list(itertools.islice(names, each)), log) for host in school.hosts.values()]
        for turn in turns:
            turn.result()
    return sorted(pcap.read(file), key=lambda packet: packet.time)


def _browse(host: Host, names: Sequence[str], log: dict[str, list[str]]) -> None:
    """Half of the names with a browser over TCP, a third over QUIC, the rest with curl."""
    over_tcp, over_quic = names[: len(names) // 2], names[len(names) // 2 : len(names) * 5 // 6]
    fetched = names[len(names) * 5 // 6 :]
    host.browser.open_many(over_tcp)
    host.browser.open_many(over_quic, quic=True)
    for name in fetched:
        fetch(host.namespace, f"https://{name}/blank")
    log["tls"] += [*over_tcp, *fetched]
    log["quic"] += over_quic


def bears_name(packet: Packet) -> bool:
    """DNS either way, a ClientHello's first segment, or a client's QUIC Initial."""
    seen = segment(packet.data)
    if 53 in seen.ports:
        return True
    if seen.ports[1] != 443 or not seen.payload:
        return False
    return seen.first & 0xF0 == 0xC0 if seen.protocol == pcap.UDP else seen.first == 0x16


def for_other_clients(packet: Packet, turn: int) -> Packet:
    """The same frame in another part of the school: other client MACs and networks, with the checksums brought up to date."""
    if turn == 0:
        return packet
    data = bytearray(packet.data)
    for place in (0, 6):
        if data[place : place + 3] == CLIENT_MACS:
            data[place + 3] = turn
    if not (seen := segment(packet.data)).flow:
        return Packet(packet.time, bytes(data), packet.length)
    version_4 = data[12:14] == b"\x08\x00"
    places, network = ((26, 30), b"\xc0\xa8\x07") if version_4 else ((22, 38), b"\x20\x01\x0d\xb8\x00\x07")
    transport = (34 if version_4 else 54) + (16 if seen.protocol == pcap.TCP else 6)
    for place in places:
        if data[place : place + len(network)] == network:
            data[place + len(network) - 1] += turn
            added = turn << 8 if version_4 else turn  # as it counts in the sum of 16-bit words
            _mend(data, transport, added)
            if version_4:
                _mend(data, 24, added)
    return Packet(packet.time, bytes(data), packet.length)


def _mend(data: bytearray, at: int, added: int) -> None:
    """Bring a checksum up to date after `added` was added to what it covers (RFC 1624)."""
    data[at : at + 2] = ((int.from_bytes(data[at : at + 2]) - added) % MODULUS).to_bytes(2)


class Bulk:
    """Bursts of bulk in the connections opened last, in their shares: always of the kind that is furthest behind its share."""

    def __init__(self) -> None:
        self._open: dict[tuple[str, int], deque[TcpBulk | UdpBulk]] = {kind: deque(maxlen=RECENT) for kind in SHARES}
        self._given: Counter[tuple[str, int]] = Counter()

    def opened(self, packet: Packet, seen: Segment) -> None:
        """Take note of a client's ClientHello or QUIC Initial: from now on there may be bulk in its connection."""
        version = 4 if packet.data[12] == 8 else 6
        if seen.protocol == pcap.TCP:
            self._open["tcp", version].append(TcpBulk(packet))
            return
        self._open["quic", version].append(UdpBulk(packet))
        if version == 4:
            self._open["video", 4].append(UdpBulk(packet, VIDEO_PORT))

    def burst(self) -> Iterator[bytes]:
        """The next frames of one burst; none where no connection of the kind is open yet."""
        able = [kind for kind, connections in self._open.items() if connections]
        if not able:
            return iter(())
        kind = min(able, key=lambda kind: self._given[kind] / SHARES[kind])
        self._given[kind] += 1
        self._open[kind].rotate(-1)
        return self._open[kind][-1].burst()


def compose(live: Sequence[Packet], packets: int, counts: Counter[str]) -> Iterator[bytes]:
    """The frames of the mix: the live part, over and over, and bulk between them; `counts` gets those that bear names."""
    # A connection that ended would not carry bulk any more: its end is left out.
    kept = [packet for packet in live if not segment(packet.data).flags & FIN_RST]
    bearing = sum(map(bears_name, kept))
    if not bearing:
        raise LabError("the live part bears no names")
    # Each name at least once, even where that is more than its share.
    wanted = max(len(kept), round(packets * NAME_SHARE / bearing * len(kept)))
    bulk, sent = Bulk(), 0
    for number in range(min(wanted, packets)):
        turn, place = divmod(number, len(kept))
        packet = for_other_clients(kept[place], turn)
        seen = segment(packet.data)
        named = bears_name(packet)
        counts["names"] += named
        if named and seen.ports[1] == 443:
            bulk.opened(packet, seen)
        yield packet.data
        sent += 1
        while sent * wanted < (number + 1) * packets:
            before = sent
            for frame in bulk.burst():
                yield frame
                sent += 1
            if sent == before:  # no connection yet; what is owed comes later
                break


def write_mix(file: Path, frames: Iterator[bytes], packets: int, counts: Counter[str]) -> Mix:
    """Write the frames at an even pace, counting what they are."""
    start = time.monotonic()
    with file.open("wb", buffering=1 << 20) as out:
        out.write(pcap.HEADER.pack(pcap.MICROSECONDS, 2, 4, 0, 0, 262_144, pcap.ETHERNET))
        for number, frame in enumerate(itertools.islice(frames, packets)):
            seconds, place = divmod(number, PACKETS_A_SECOND)
            stamp = pcap.RECORD.pack(EPOCH + seconds, place * 1_000_000 // PACKETS_A_SECOND, len(frame), len(frame))
            out.write(stamp + frame)
            counts[_kind(frame)] += 1
            counts["bytes"] += len(frame)
    total = counts["quic4"] + counts["quic6"] + counts["other4"] + counts["other6"]
    return Mix(
        packets=total,
        megabytes=counts["bytes"] // 1_000_000,
        seconds=round(time.monotonic() - start, 1),
        name_bearing=round(counts["names"] / total, 4),
        ipv6=round((counts["quic6"] + counts["other6"]) / total, 3),
        quic=round((counts["quic4"] + counts["quic6"]) / total, 3),
    )


def _kind(frame: bytes) -> str:
    """Cheap: the transport by its ports, and the IP version."""
    version, transport, at = ("4", frame[23:24], 34) if frame[12] == 8 else ("6", frame[20:21], 54)
    quic = transport == b"\x11" and b"\x01\xbb" in (frame[at : at + 2], frame[at + 2 : at + 4])
    return ("quic" if quic else "other") + version


def main() -> None:
    """Read the command line, make the mix, print what came out as one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--packets", type=int, default=100_000)
    options = parser.parse_args()
    if reason := why_not("chromium", "tcpdump"):
        parser.error(reason)
    log: dict[str, list[str]] = {"tls": [], "quic": []}
    with tempfile.TemporaryDirectory(prefix="safespan-mix-") as folder:
        live = live_part(Path(folder), machines(), options.packets, log)
    counts: Counter[str] = Counter()
    mix = write_mix(options.file, compose(live, options.packets, counts), options.packets, counts)
    options.file.with_suffix(".names.json").write_text(json.dumps(log))
    print(msgspec.json.encode(mix).decode())


if __name__ == "__main__":
    main()
