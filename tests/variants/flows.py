"""The same connections in other pieces, orders and directions, and between other addresses and ports."""

from __future__ import annotations

import struct
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from itertools import count

import msgspec

from appliance.model import Frame
from tests.variants.frames import RAW, TCP, UDP, Change, Transport, kind_of, network, packet_from, packet_of, retold, transport_of

MOST = 6_000  # bytes of each direction that are cut to pieces; the rest of a connection goes on whole
SYN_FIN_RST = 0x07
PREFIX = bytes.fromhex("20010db8000000000000ffff")


def cut(size: int) -> Change:
    """The first bytes of each TCP direction in segments of `size` bytes."""

    def change(frames: list[Frame]) -> list[Frame]:
        used: Counter[tuple[bytes, bytes, bytes]] = Counter()
        return retold(lambda one: _cut(one, size, used))(frames)

    return change


def _cut(one: Transport, size: int, used: Counter[tuple[bytes, bytes, bytes]]) -> Iterator[Transport]:
    if one.protocol != TCP or not one.payload or one.head[13] & SYN_FIN_RST or used[one.flow] > MOST:
        yield one
        return
    used[one.flow] += len(one.payload)
    for at in range(0, len(one.payload), size):
        yield _segment(one, at, one.payload[at : at + size])


def _segment(one: Transport, at: int, payload: bytes) -> Transport:
    head = one.head[:4] + (one.sequence + at & 0xFFFFFFFF).to_bytes(4, "big") + one.head[8:]
    return msgspec.structs.replace(one, head=head, payload=payload)


def backwards(one: Transport) -> Iterator[Transport]:
    """A segment's three parts, the last first, the middle twice and the second time with other bytes."""
    size = len(one.payload)
    if one.protocol != TCP or size < 3 or one.head[13] & SYN_FIN_RST:
        yield one
        return
    a, b = size // 3, 2 * size // 3
    for start, end in ((b, size), (a, b)):
        yield _segment(one, start, one.payload[start:end])
    yield _segment(one, a, bytes(b - a))
    yield _segment(one, 0, one.payload[:a])


def repeated(one: Transport) -> Iterator[Transport]:
    """Everything twice."""
    yield one
    yield one


def merged(frames: list[Frame]) -> list[Frame]:
    """Segments that follow one another in the file joined to one, as a card does that merges what it receives."""
    made: list[Frame] = []
    last: Transport | None = None
    for frame in frames:
        packet = packet_of(frame)
        if packet is None:
            continue
        one = transport_of(packet)
        if one and last and _follows(last, one):
            last = msgspec.structs.replace(last, payload=last.payload + one.payload)
            made[-1] = Frame(made[-1].time, packet_from(last), RAW)
            continue
        last = one
        made.append(Frame(frame.time, packet, RAW))
    return made


def _follows(last: Transport, one: Transport) -> bool:
    return (
        one.protocol == TCP
        and last.flow == one.flow
        and not (one.head[13] | last.head[13]) & SYN_FIN_RST
        and one.sequence == last.sequence + len(last.payload)
        and 0 < len(last.payload) + len(one.payload) < 60_000
    )


def swapped(frames: list[Frame]) -> list[Frame]:
    """Two neighbours of the same direction change places, in time too."""
    made = list(frames)
    held: dict[tuple[bytes, bytes, bytes], int] = {}
    for at, frame in enumerate(frames):
        packet = packet_of(frame)
        one = transport_of(packet) if packet else None
        if one is None or not one.payload:
            continue
        before = held.pop(one.flow, None)
        if before is None:
            held[one.flow] = at
        elif frame.time - frames[before].time < 1:
            made[at], made[before] = (
                msgspec.structs.replace(made[before], time=frame.time),
                msgspec.structs.replace(frame, time=frames[before].time),
            )
    return made


def without(drop: Callable[[Transport], bool]) -> Change:
    """Without the packets that `drop` says yes to."""
    return retold(lambda one: iter(() if drop(one) else (one,)))


def is_from_server(one: Transport) -> bool:
    """Whether the sender's port is the lower one."""
    return one.ports[0] < one.ports[1]


def on_ports(ports: Mapping[int, int], protocol: int) -> Change:
    """Servers' ports moved."""

    def tell(one: Transport) -> Iterator[Transport]:
        sender, target = one.ports
        if one.protocol == protocol and (sender in ports) != (target in ports):
            head = struct.pack("!HH", ports.get(sender, sender), ports.get(target, target)) + one.head[4:]
            one = msgspec.structs.replace(one, head=head)
        yield one

    return retold(tell)


def as_ipv6(one: Transport) -> Iterator[Transport]:
    """IPv4's addresses behind a prefix of IPv6."""
    if len(one.sender) == 4:
        one = msgspec.structs.replace(one, sender=PREFIX + one.sender, target=PREFIX + one.target)
    yield one


def fragmented(size: int, *, reverse: bool = False) -> Change:
    """UDP datagrams, and TCP segments with something in them, in fragments of `size` bytes; IPv6 with its fragment header."""
    idents = count(1)

    def change(frames: list[Frame]) -> list[Frame]:
        made = []
        for frame in frames:
            packet = packet_of(frame)
            one = transport_of(packet) if packet else None
            if one is None or len(one.payload) > 9_000:
                made += [Frame(frame.time, packet, RAW)] if packet else []
                continue
            parts = list(_fragments(one, size, next(idents)))
            made += [Frame(frame.time, part, RAW) for part in (reversed(parts) if reverse else parts)]
        return made

    return change


def _fragments(one: Transport, size: int, ident: int) -> Iterator[bytes]:
    packet = packet_from(one)
    body = packet[20 if len(one.sender) == 4 else 40 :]
    for at in range(0, len(body), size):
        part, more = body[at : at + size], at + size < len(body)
        if len(one.sender) == 4:
            yield network(part, one.protocol, one.sender, one.target, ident, at // 8 | more << 13)
        else:
            head = struct.pack("!BBHI", one.protocol, 0, at | more, ident)
            yield network(head + part, 44, one.sender, one.target)


def with_headers(*headers: int) -> Change:
    """IPv6 extension headers before the transport; IPv4 gets options."""

    def change(frames: list[Frame]) -> list[Frame]:
        made = []
        for frame in frames:
            packet = packet_of(frame)
            if packet is None:
                continue
            made.append(Frame(frame.time, _lengthened(packet, headers), RAW))
        return made

    return change


def _lengthened(packet: bytes, headers: tuple[int, ...]) -> bytes:
    if kind_of(packet) == 0x0800:
        if packet[0] != 0x45:
            return packet
        size = int.from_bytes(packet[2:4], "big")
        return b"\x47" + packet[1:2] + (size + 8).to_bytes(2, "big") + packet[4:20] + b"\x94\4\0\0\1\1\1\0" + packet[20:]
    following, chain = packet[6], b""
    for header in reversed(headers):
        body = bytes((following, 4 if header == 51 else 1)) + bytes(22 if header == 51 else 14)
        chain, following = body + chain, header
    size = int.from_bytes(packet[4:6], "big") + len(chain)
    return packet[:4] + size.to_bytes(2, "big") + bytes((following,)) + packet[7:40] + chain + packet[40:]


def without_length(frames: list[Frame]) -> list[Frame]:
    """IPv4 packets whose length is nought, as cards leave them that cut up what is sent."""
    made = []
    for frame in frames:
        packet = packet_of(frame)
        if packet:
            made.append(Frame(frame.time, packet[:2] + b"\0\0" + packet[4:] if packet[0] >> 4 == 4 else packet, RAW))
    return made


def snapped(size: int) -> Change:
    """Frames cut off after `size` bytes."""
    return lambda frames: [msgspec.structs.replace(frame, data=frame.data[:size]) for frame in frames]


def interleaved(frames: list[Frame]) -> list[Frame]:
    """Connections one after the other, the packets of each together: as tools export them."""
    flows: defaultdict[object, list[Frame]] = defaultdict(list)
    for frame in frames:
        packet = packet_of(frame)
        one = transport_of(packet) if packet else None
        flows[frozenset(((one.sender, one.ports[0]), (one.target, one.ports[1]))) if one else None].append(frame)
    return [frame for flow in flows.values() for frame in flow]


FLOWS: Mapping[str, Change] = {
    "segments of 1 byte": cut(1),
    "segments of 7 bytes": cut(7),
    "segments of 100 bytes": cut(100),
    "segments backwards and overlapping": retold(backwards),
    "everything twice": retold(repeated),
    "segments merged": merged,
    "neighbours swapped": swapped,
    "connection by connection": interleaved,
    "without the servers": without(is_from_server),
    "without SYN": without(lambda one: one.protocol == TCP and bool(one.head[13] & 2)),
    "without SYN and servers": without(lambda one: is_from_server(one) or (one.protocol == TCP and bool(one.head[13] & 2))),
    "TLS and HTTP on other ports": on_ports({443: 8443, 80: 8081, 993: 9993, 25: 2525}, TCP),
    "TLS and HTTP on high ports": on_ports({443: 65443, 80: 65080}, TCP),
    "QUIC on another port": on_ports({443: 8443}, UDP),
    "QUIC on a high port": on_ports({443: 65443}, UDP),
    "DNS on another port": on_ports({53: 5300}, UDP),
    "DNS over TCP on another port": on_ports({53: 5300}, TCP),
    "IPv6": retold(as_ipv6),
    "IPv6 with extension headers": lambda frames: with_headers(0, 60, 43)(retold(as_ipv6)(frames)),
    "IPv6 with one extension header": lambda frames: with_headers(60)(retold(as_ipv6)(frames)),
    "IPv6 with authentication header": lambda frames: with_headers(51)(retold(as_ipv6)(frames)),
    "IPv4 with options": with_headers(),
    "fragments": fragmented(64),
    "fragments, last first": fragmented(256, reverse=True),
    "IPv6 fragments": lambda frames: fragmented(64)(retold(as_ipv6)(frames)),
    "length nought": without_length,
}
"""Other pieces, orders, directions, addresses, ports."""
