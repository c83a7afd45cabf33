"""Bulk traffic for a school mix: data and acknowledgements of connections that were really opened, without their content.

Sequence numbers advance and every checksum is right: what a changed number adds to the sum is taken off again in the urgent
pointer, which says nothing where its flag is not set.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from .pcap import TCP, UDP, Packet, segment

DATA_IN_BURST: Final = 10
ACKS_IN_BURST: Final = 3
BURST: Final = DATA_IN_BURST + ACKS_IN_BURST
TCP_PAYLOAD: Final = 1428  # an IPv6 segment with timestamps fills its frame
QUIC_PAYLOAD: Final = 1350
MODULUS: Final = 0xFFFF
WHOLE: Final = 0xFFFFFFFF
# The start of a TLS record of application data, and of a QUIC packet with a short header.
TLS_DATA: Final = b"\x17\x03\x03\x40\x00"
QUIC_SHORT: Final = 0x4C
FILLING: Final = bytes((number * 167 + 13) % 256 for number in range(TCP_PAYLOAD))


def checksum(data: bytes) -> int:
    """The Internet checksum of RFC 1071, before it is inverted; its arithmetic is that of numbers modulo 65,535."""
    words: tuple[int, ...] = struct.unpack(f">{(len(data) + 1) // 2}H", data + b"\0" * (len(data) % 2))
    return sum(words) % MODULUS


class TcpBulk:
    """A download in an opened TCP connection, given by a frame of its client."""

    def __init__(self, opening: Packet) -> None:
        seen = segment(opening.data)
        self.client = _turned(opening.data, seen.ports, to_server=True)
        self.server = _turned(opening.data, seen.ports, to_server=False)
        said, heard = struct.unpack_from(">II", opening.data, len(self.client))
        # Past the client's hello and the server's; how long these were is nobody's business here.
        self.position, self._said = (heard + 6_000) & WHOLE, (said + 2_000) & WHOLE
        options = b"\x01\x01\x08\x0a" + bytes(8)
        body = TLS_DATA + FILLING[len(TLS_DATA) :]
        self._data = _tcp_pieces(self.server, options, body)
        self._ack = _tcp_pieces(self.client, options, b"")

    def burst(self) -> Iterator[bytes]:
        """Ten full segments of data and three acknowledgements."""
        for number in range(DATA_IN_BURST):
            yield _numbered(self._data, self.position, self._said)
            self.position = (self.position + TCP_PAYLOAD) & WHOLE
            if number % 3 == 2:
                yield _numbered(self._ack, self._said, self.position)


class UdpBulk:
    """A download over QUIC, or a video call, in a flow given by a frame of its client."""

    def __init__(self, opening: Packet, server_port: int = 443) -> None:
        ports = (segment(opening.data).ports[0], server_port)
        first = bytes([QUIC_SHORT if server_port == 443 else 0x80])
        body = first + FILLING[1:QUIC_PAYLOAD]
        data = _udp(_turned(opening.data, ports, to_server=False), body)
        answer = _udp(_turned(opening.data, ports, to_server=True), first + FILLING[1:35])
        self._burst = [*[data, data, data, answer] * ACKS_IN_BURST, data]

    def burst(self) -> Iterator[bytes]:
        """Ten datagrams of data and three short ones the other way."""
        return iter(self._burst)


def _turned(frame: bytes, ports: tuple[int, int], *, to_server: bool) -> bytes:
    """Ethernet and IP header of a client's frame, and the ports, towards the server or back."""
    version_4 = frame[12:14] == b"\x08\x00"
    start, size = (26, 4) if version_4 else (22, 16)
    source, target = frame[start : start + size], frame[start + size : start + 2 * size]
    macs, ends, both = frame[6:12] + frame[:6], target + source, (ports[1], ports[0])
    if to_server:
        macs, ends, both = frame[:12], source + target, ports
    protocol = frame[23] if version_4 else frame[20]
    ip = (
        b"\x45\x00\x00\x00\x00\x00\x40\x00\x40" + bytes([protocol, 0, 0])
        if version_4
        else b"\x60" + bytes(5) + bytes([protocol, 64])
    )
    return macs + frame[12:14] + ip + ends + struct.pack(">HH", *both)


def _lengths(head: bytes, transport: int) -> bytes:
    """The header with the length of the transport part (header and payload) and, in IPv4, its checksum."""
    if head[12:14] == b"\x86\xdd":
        return head[:18] + transport.to_bytes(2) + head[20:]
    ip = head[14:16] + (20 + transport).to_bytes(2) + head[18:34]
    return head[:14] + ip[:10] + (MODULUS - checksum(ip)).to_bytes(2) + ip[12:] + head[34:]


def _pseudo(head: bytes, transport: int) -> bytes:
    """The pseudo header of RFC 9293 section 3.1 and RFC 8200 section 8.1: addresses, protocol, length."""
    version_4 = head[12:14] == b"\x08\x00"
    addresses, protocol = (head[26:34], head[23]) if version_4 else (head[22:54], head[20])
    return addresses + struct.pack(">HH", protocol, transport)


def _tcp_pieces(head: bytes, options: bytes, body: bytes) -> tuple[bytes, bytes, int]:
    """A segment in three: what comes before the sequence number, what comes after the urgent pointer, and the sum that both
    numbers and the pointer must keep."""
    assert TCP in (head[23], head[20])
    transport = 20 + len(options) + len(body)
    before = _lengths(head, transport)
    flags = struct.pack(">BBH", (20 + len(options)) // 4 << 4, 0x10, 501)
    fixed = checksum(_pseudo(head, transport) + before[-4:] + flags + options + body)
    # Any checksum will do that is not zero, since the pointer makes up for it.
    given = 0x1234
    return before, flags + given.to_bytes(2) + options + body, (-fixed - given) % MODULUS


def _numbered(pieces: tuple[bytes, bytes, int], sequence: int, acknowledged: int) -> bytes:
    """The segment with its numbers, and the urgent pointer that keeps the sum."""
    before, after, wanted = pieces
    pointer = (wanted - sequence - acknowledged) % MODULUS
    numbers = struct.pack(">II", sequence, acknowledged)
    return b"".join((before, numbers, after[:6], pointer.to_bytes(2), after[6:]))


def _udp(head: bytes, body: bytes) -> bytes:
    assert UDP in (head[23], head[20])
    transport = 8 + len(body)
    size = transport.to_bytes(2)
    total = MODULUS - checksum(_pseudo(head, transport) + head[-4:] + size + body)
    return _lengths(head, transport) + size + total.to_bytes(2) + body
