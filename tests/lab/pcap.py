"""Classic capture files, read and written as little as the lab needs, and made thin for the demonstration."""

from __future__ import annotations

import gzip
import struct
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from msgspec import Struct

MICROSECONDS: Final = 0xA1B2C3D4
HEADER: Final = struct.Struct("<IHHiIII")
RECORD: Final = struct.Struct("<IIII")
ETHERNET: Final = 1

TCP: Final = 6
UDP: Final = 17
SYN_FIN_RST: Final = 0x07
SAID_FIRST: Final = 4  # segments with data that are kept of each direction of a connection
ONE_IN: Final = 25  # of the rest
SERVER_BYTES: Final = 160  # enough for the first words of a ServerHello


class Packet(Struct, frozen=True):
    """A frame of a file: its time since the epoch, its bytes, and the length that it had on the wire."""

    time: float
    data: bytes
    length: int


def read(file: Path) -> Iterator[Packet]:
    """The packets of a little-endian pcap file with microseconds (what tcpdump writes here), `.gz` or not."""
    with gzip.open(file) if file.suffix == ".gz" else file.open("rb") as stream:
        magic, *_ = HEADER.unpack(stream.read(HEADER.size))
        if magic != MICROSECONDS:
            raise ValueError(f"{file} is not a pcap file as this machine's tcpdump writes it")
        while len(head := stream.read(RECORD.size)) == RECORD.size:
            seconds, micros, kept, length = RECORD.unpack(head)
            yield Packet(seconds + micros / 1e6, stream.read(kept), length)


def write(file: Path, packets: Iterable[Packet]) -> int:
    """Write a pcap file, `.gz` or not, the same bytes for the same packets; how many packets it has."""
    count = 0
    with file.open("wb") as plain:
        stream = gzip.GzipFile("", "wb", 9, plain, mtime=0) if file.suffix == ".gz" else plain
        stream.write(HEADER.pack(MICROSECONDS, 2, 4, 0, 0, 262_144, ETHERNET))
        for packet in packets:
            micros = round(packet.time * 1e6)
            stream.write(RECORD.pack(*divmod(micros, 1_000_000), len(packet.data), packet.length))
            stream.write(packet.data)
            count += 1
        if stream is not plain:
            stream.close()
    return count


class Segment(Struct, frozen=True):
    """What thinning wants to know of a frame; `flow` is empty for what is not TCP or UDP."""

    protocol: int = 0
    flow: bytes = b""
    ports: tuple[int, int] = (0, 0)
    flags: int = 0
    payload: int = 0
    first: int = 0


def segment(data: bytes) -> Segment:
    """Read an untagged Ethernet frame just so far (no IPv6 extension headers, no fragments)."""
    if data[12:14] == b"\x08\x00" and data[23] in (TCP, UDP):
        protocol, start, end, addresses = data[23], 14 + (data[14] & 15) * 4, 14 + int.from_bytes(data[16:18]), data[26:34]
    elif data[12:14] == b"\x86\xdd" and data[20] in (TCP, UDP):
        protocol, start, end, addresses = data[20], 54, 54 + int.from_bytes(data[18:20]), data[22:54]
    else:
        return Segment()
    ports = struct.unpack_from(">HH", data, start)
    body = start + (8 if protocol == UDP else (data[start + 12] >> 4) * 4)
    flags = data[start + 13] if protocol == TCP else 0
    first = data[body] if body < len(data) else 0
    return Segment(protocol, addresses + data[start : start + 4], (ports[0], ports[1]), flags, max(0, end - body), first)


def thin(packets: Iterable[Packet]) -> Iterator[Packet]:
    """What a listening box needs, and a thin share of the rest.

    Kept whole: all that is not TCP or bulk UDP (names, leases, neighbours), the openings and endings of connections, the first
    words of each client, the long headers of QUIC. Servers' words are cut, the length on the wire stays true.
    """
    said: Counter[bytes] = Counter()
    bulk = 0
    for packet in packets:
        seen = segment(packet.data)
        if _names(seen) or seen.flags & SYN_FIN_RST:
            yield packet
            continue
        if seen.payload:
            said[seen.flow] += 1
        opening = bool(seen.payload) and said[seen.flow] <= SAID_FIRST
        bulk += not opening
        if opening or bulk % ONE_IN == 0:
            yield _cut(packet) if _from_server(seen) or not opening else packet


def _names(seen: Segment) -> bool:
    """Traffic that is kept whole: no connection at all, or DNS, DHCP and mDNS."""
    return not seen.flow or bool({53, 67, 68, 5353, 5355, 546, 547} & set(seen.ports))


def _from_server(seen: Segment) -> bool:
    return seen.ports[0] in (80, 443)


def _cut(packet: Packet) -> Packet:
    return Packet(packet.time, packet.data[:SERVER_BYTES], packet.length)
