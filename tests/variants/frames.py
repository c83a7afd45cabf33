"""Frames taken apart and put together again: the IP packet in a frame, and a frame around an IP packet."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator

from msgspec import Struct

from appliance.model import Frame
from appliance.wire import ip, link_types
from appliance.wire.envelope import Envelope
from appliance.wire.reader import Malformed

IPV4, IPV6 = 0x0800, 0x86DD
TCP, UDP = 6, 17
MACS = bytes.fromhex("02112233445502aabbccdd01")
ETHERNET, RAW = 1, 101

Change = Callable[[list[Frame]], list[Frame]]


class Transport(Struct, frozen=True):
    """A TCP segment or UDP datagram with its addresses, `head` being its header and `payload` what it carries."""

    protocol: int
    sender: bytes
    target: bytes
    head: bytes
    payload: bytes

    @property
    def ports(self) -> tuple[int, int]:
        """The sender's and the target's."""
        sender, target = struct.unpack_from("!HH", self.head)
        return sender, target

    @property
    def flow(self) -> tuple[bytes, bytes, bytes]:
        """One direction of a connection."""
        return self.sender, self.target, self.head[:4]

    @property
    def sequence(self) -> int:
        """TCP's number of the first byte."""
        return int.from_bytes(self.head[4:8], "big")


def packet_of(frame: Frame) -> bytes | None:
    """The outermost IP packet of a frame without what trails it; None where there is none."""
    try:
        kind, at = link_types.open_frame(frame.link, frame.data, Envelope())
        if kind == IPV4:
            size = int.from_bytes(frame.data[at + 2 : at + 4], "big") or len(frame.data) - at
        elif kind == IPV6:
            size = int.from_bytes(frame.data[at + 4 : at + 6], "big")
            size = size + 40 if size else len(frame.data) - at
        else:
            return None
    except (Malformed, IndexError, struct.error):
        return None
    return frame.data[at : at + size]


def transport_of(packet: bytes) -> Transport | None:
    """The transport in an IP packet that is no fragment; None for others."""
    envelope = Envelope()
    try:
        opener = ip.open_v4 if packet[0] >> 4 == 4 else ip.open_v6
        (protocol, at, end), fragment = opener(packet, 0, envelope)
        if fragment or protocol not in (TCP, UDP):
            return None
        size = 8 if protocol == UDP else (packet[at + 12] >> 4) * 4
        if at + size > end:
            return None
    except (Malformed, IndexError, struct.error):
        return None
    return Transport(protocol, envelope.sender, envelope.target, packet[at : at + size], packet[at + size : end])


def packet_from(transport: Transport, ident: int = 7) -> bytes:
    """An IP packet of the addresses' version with this transport in it, its lengths put right."""
    head = bytearray(transport.head)
    if transport.protocol == UDP:
        head[4:6] = min(8 + len(transport.payload), 65_535).to_bytes(2, "big")
    body = bytes(head) + transport.payload
    return network(body, transport.protocol, transport.sender, transport.target, ident)


def network(body: bytes, protocol: int, sender: bytes, target: bytes, ident: int = 7, where: int = 0) -> bytes:
    """An IP packet; `where` is IPv4's fragment field."""
    if len(sender) == 4:
        head = struct.pack("!BBHHHBBH", 0x45, 0, (20 + len(body)) & 0xFFFF, ident & 0xFFFF, where, 64, protocol, 0)
        return head + sender + target + body
    return struct.pack("!IHBB", 6 << 28, len(body) & 0xFFFF, protocol, 64) + sender + target + body


def kind_of(packet: bytes) -> int:
    """The EtherType of an IP packet."""
    return IPV4 if packet[0] >> 4 == 4 else IPV6


def ethernet(kind: int, content: bytes) -> bytes:
    """An Ethernet frame around anything."""
    return MACS + struct.pack("!H", kind) + content


def rewrapped(wrap: Callable[[bytes], bytes], link_type: int = ETHERNET) -> Change:
    """Every IP packet in the wrapping that `wrap` makes; frames without one are left out."""

    def change(frames: list[Frame]) -> list[Frame]:
        return [Frame(frame.time, wrap(packet), link_type) for frame in frames if (packet := packet_of(frame))]

    return change


def retold(tell: Callable[[Transport], Iterator[Transport]]) -> Change:
    """Every transport as `tell` makes it; IP packets without one go on as they are."""

    def change(frames: list[Frame]) -> list[Frame]:
        made = []
        for frame in frames:
            packet = packet_of(frame)
            transport = transport_of(packet) if packet else None
            packets = [packet_from(one) for one in tell(transport)] if transport else [packet] if packet else []
            made += [Frame(frame.time, one, RAW) for one in packets]
        return made

    return change
