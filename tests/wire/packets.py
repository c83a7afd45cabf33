"""Packets built by hand, layer by layer, so that tests can say exactly what is on the wire."""

from __future__ import annotations

import itertools
import struct
from collections.abc import Iterable

from appliance.model import Frame, HttpHost, NameAsked, Sighting, TlsHello
from appliance.wire.dissector import Dissector
from appliance.wire.limits import Limits

PUPIL_MAC = "02:aa:bb:cc:dd:01"
ROUTER_MAC = "02:11:22:33:44:55"
PUPIL, SERVER = "10.1.2.3", "93.184.216.34"
PUPIL6, SERVER6 = bytes.fromhex("20010db8000000000000000000000005"), bytes.fromhex("20010db8000000000000000000000035")
IPV4, IPV6 = 0x0800, 0x86DD
TCP, UDP = 6, 17
SYN, RST, ACK, PUSH = 2, 4, 16, 24


def mac(text: str) -> bytes:
    """A MAC as bytes."""
    return bytes.fromhex(text.replace(":", ""))


def address(text: str) -> bytes:
    """An IPv4 address as bytes."""
    return bytes(int(part) for part in text.split("."))


def ethernet(payload: bytes, kind: int = IPV4, *, sender: str = PUPIL_MAC, target: str = ROUTER_MAC) -> bytes:
    """An Ethernet II frame."""
    return mac(target) + mac(sender) + struct.pack("!H", kind) + payload


def tagged(payload: bytes, *tags: tuple[int, int], kind: int = IPV4) -> bytes:
    """What stands behind the MACs of a frame with VLAN tags, each an (ethertype, tag) pair, outermost first."""
    for ethertype, tag in reversed(tags):
        payload = struct.pack("!HH", tag, kind) + payload
        kind = ethertype
    return mac(ROUTER_MAC) + mac(PUPIL_MAC) + struct.pack("!H", kind) + payload


def ip4(
    payload: bytes, protocol: int, *, sender: str = PUPIL, target: str = SERVER, where: int = 0, options: bytes = b""
) -> bytes:
    """An IPv4 packet; `where` is the field of fragment offset and flags."""
    size = 20 + len(options)
    head = struct.pack("!BBHHHBBH", 0x40 | size // 4, 0, size + len(payload), 7, where, 64, protocol, 0)
    return head + address(sender) + address(target) + options + payload


def ip6(payload: bytes, protocol: int, *, sender: bytes = PUPIL6, target: bytes = SERVER6) -> bytes:
    """An IPv6 packet."""
    return struct.pack("!IHBB", 6 << 28, len(payload), protocol, 64) + sender + target + payload


def udp(payload: bytes, port: int = 53, sender_port: int = 40_000) -> bytes:
    """A UDP datagram."""
    return struct.pack("!HHHH", sender_port, port, 8 + len(payload), 0) + payload


def tcp(payload: bytes = b"", seq: int = 1, *, port: int = 443, sender_port: int = 40_000, flags: int = PUSH) -> bytes:
    """A TCP segment."""
    return struct.pack("!HHIIBBHHH", sender_port, port, seq & 0xFFFFFFFF, 0, 0x50, flags, 1_000, 0, 0) + payload


def dns_name(name: str) -> bytes:
    """A name as labels."""
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0"


def dns_query(name: str = "www.example.com", qtype: int = 1) -> bytes:
    """A DNS query with one question."""
    return struct.pack("!HHHHHH", 7, 0x0100, 1, 0, 0, 0) + dns_name(name) + struct.pack("!HH", qtype, 1)


def dns_answer(name: str = "www.example.com", given: str = SERVER) -> bytes:
    """A DNS answer with one address."""
    head = struct.pack("!HHHHHH", 7, 0x8180, 1, 1, 0, 0) + dns_name(name) + b"\0\1\0\1"
    return head + b"\xc0\x0c\0\1\0\1\0\0\1\0\0\4" + address(given)


def extension(kind: int, body: bytes) -> bytes:
    """One extension of a ClientHello."""
    return struct.pack("!HH", kind, len(body)) + body


def server_name(name: str) -> bytes:
    """A server_name extension."""
    return extension(0, struct.pack("!HBH", len(name) + 3, 0, len(name)) + name.encode())


def alpn(*protocols: str) -> bytes:
    """An ALPN extension."""
    names = b"".join(bytes([len(protocol)]) + protocol.encode() for protocol in protocols)
    return extension(16, struct.pack("!H", len(names)) + names)


def hello_body(name: str = "www.example.com", *more: bytes, padding: int = 0) -> bytes:
    """A ClientHello without its handshake header, with `padding` bytes before the server's name."""
    pad = extension(21, bytes(padding)) if padding else b""
    extensions = pad + (server_name(name) if name else b"") + b"".join(more)
    head = b"\3\3" + b"R" * 32 + b"\x20" + b"S" * 32 + b"\0\4\x13\1\x13\2" + b"\1\0"
    return head + struct.pack("!H", len(extensions)) + extensions


def handshake(body: bytes, kind: int = 1) -> bytes:
    """A handshake message."""
    return bytes([kind]) + len(body).to_bytes(3, "big") + body


def records(data: bytes, size: int = 16_384, kind: int = 22) -> bytes:
    """`data` in TLS records of at most `size` bytes."""
    parts = (data[at : at + size] for at in range(0, len(data), size))
    return b"".join(bytes([kind, 3, 1]) + struct.pack("!H", len(part)) + part for part in parts)


def client_hello(name: str = "www.example.com", *more: bytes, padding: int = 0) -> bytes:
    """A ClientHello as it begins a TCP connection."""
    return records(handshake(hello_body(name, *more, padding=padding)))


def http_request(host: str = "www.example.com", line: str = "GET / HTTP/1.1", body: bytes = b"") -> bytes:
    """A plain request."""
    length = f"Content-Length: {len(body)}\r\n" if body else ""
    return f"{line}\r\nHost: {host}\r\n{length}\r\n".encode() + body


class Wire:
    """A dissector to which whole frames or TCP conversations are shown; remembers what it said."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.dissector = Dissector(limits)
        self.seen: list[Sighting] = []
        self.now = 1_000.0

    def show(self, *frames: bytes, link: int = 1, vlan: int | None = None) -> Wire:
        """Feed frames, a millisecond apart."""
        for data in frames:
            self.now += 0.001
            self.seen += self.dissector.feed(Frame(self.now, data, link, vlan))
        return self

    def say(self, *segments: tuple[int, bytes], port: int = 443, sender_port: int = 40_000, syn: int | None = None) -> Wire:
        """Show a client's TCP segments, (sequence number, bytes) each; a SYN before them where `syn` is its number."""
        if syn is not None:
            self.show(ethernet(ip4(tcp(seq=syn, port=port, sender_port=sender_port, flags=SYN), TCP)))
        return self.show(*(ethernet(ip4(tcp(part, seq, port=port, sender_port=sender_port), TCP)) for seq, part in segments))

    def hear(self, payload: bytes = b"", port: int = 443, flags: int = PUSH) -> Wire:
        """Show the server's segment to the client's port 40000."""
        segment = tcp(payload, 9, port=40_000, sender_port=port, flags=flags)
        packet = ip4(segment, TCP, sender=SERVER, target=PUPIL)
        return self.show(ethernet(packet, sender=ROUTER_MAC, target=PUPIL_MAC))

    def wait(self, seconds: float = 3_600.0) -> Wire:
        """Let time pass."""
        self.now += seconds
        self.seen += self.dissector.flush(self.now)
        return self

    @property
    def names(self) -> list[str]:
        """The names asked for, in order."""
        return [sighting.name for sighting in self.seen if isinstance(sighting, NameAsked | TlsHello | HttpHost)]

    def kinds(self, *kinds: type) -> list[Sighting]:
        """The sightings of those kinds."""
        return [sighting for sighting in self.seen if isinstance(sighting, kinds)]


def in_pieces(data: bytes, *cuts: int, seq: int = 1) -> list[tuple[int, bytes]]:
    """`data` cut at these offsets, as (sequence number, bytes)."""
    edges = [0, *cuts, len(data)]
    return [(seq + start, data[start:end]) for start, end in itertools.pairwise(edges)]


def byte_by_byte(data: bytes, seq: int = 1) -> Iterable[tuple[int, bytes]]:
    """`data` in segments of one byte."""
    return [(seq + at, data[at : at + 1]) for at in range(len(data))]
