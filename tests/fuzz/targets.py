"""What is fuzzed: every parser of `appliance.wire` as a function of bytes, and the dissector as a whole.

A target may return anything or raise `Malformed`; any other exception is a finding.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from appliance.model import Frame
from appliance.wire import (
    dhcp,
    dhcp6,
    dns,
    dns_records,
    handshakes,
    handshakes_tcp,
    hpack,
    http,
    http2,
    kerberos,
    mdns,
    neighbours,
    netbios,
    ntlm,
    quic,
    quic_google,
    quic_packets,
    quic_stream,
    radius,
    socks,
    tls,
)
from appliance.wire.dissector import Dissector
from appliance.wire.limits import Limits
from appliance.wire.reader import Reader

Target = Callable[[bytes], Any]

_FLOW = (b"\x0a\0\0\1", 50_000, b"\x0a\0\0\2", 443)


def _frames(data: bytes) -> None:
    """A dissector fed with a few frames: the first byte is the link type's place, two bytes of length before each frame."""
    links = (1, 1, 101, 113, 276, 0, 127, 105, 9, 12)
    if not data:
        return
    dissector, at, time = Dissector(), 1, 0.0
    link = links[data[0] % len(links)]
    while at + 2 <= len(data):
        size = int.from_bytes(data[at : at + 2], "big")
        dissector.feed(Frame(time, data[at + 2 : at + 2 + size], link))
        at, time = at + 2 + size, time + 0.01
    dissector.flush(time + 100)


def _tcp_stream(data: bytes) -> None:
    """One TCP conversation: each piece of the input, parted by its own lengths, is a segment at an offset of its own."""
    dissector, at, time = Dissector(), 2, 0.0
    if len(data) < 3:
        return
    port = (443, 80, 53, 1080, 25, 3389, 5938, 4000)[data[0] % 8]
    while at + 3 <= len(data):
        offset, size = int.from_bytes(data[at : at + 2], "big") % 4096, data[at + 2] * 8
        payload = data[at + 3 : at + 3 + size]
        dissector.feed(Frame(time, _tcp_frame(port, 1000 + offset, payload), 101))
        at, time = at + 3 + size, time + 0.01
    dissector.flush(time + 100)


def _tcp_frame(port: int, sequence: int, payload: bytes) -> bytes:
    """An IPv4 packet with a TCP segment from a client to a server."""
    tcp = b"\xc3\x50" + port.to_bytes(2, "big") + sequence.to_bytes(4, "big") + bytes(4) + b"\x50\x18\xff\xff\0\0\0\0" + payload
    return b"\x45\0" + (20 + len(tcp)).to_bytes(2, "big") + b"\0\0\0\0\x40\x06\0\0\x0a\0\0\1\x0a\0\0\2" + tcp


def _udp_datagram(data: bytes) -> None:
    """One datagram to a port that its first byte picks."""
    if not data:
        return
    port = (53, 5353, 5355, 67, 547, 137, 88, 1813, 443, 4789, 6081, 2152, 5246, 1701, 3544, 51820)[data[0] % 16]
    body = data[1:]
    udp = b"\xc3\x50" + port.to_bytes(2, "big") + (8 + len(body)).to_bytes(2, "big") + b"\0\0" + body
    packet = b"\x45\0" + (20 + len(udp)).to_bytes(2, "big") + b"\0\0\0\0\x40\x11\0\0\x0a\0\0\1\x0a\0\0\2" + udp
    dissector = Dissector()
    dissector.feed(Frame(0.0, packet, 101))
    dissector.flush(100.0)


def _quic(data: bytes) -> None:
    """A datagram on a connection that has sent none before, then once more."""
    reassembler: quic.InitialReassembler[None] = quic.InitialReassembler(Limits())
    reassembler.feed(_FLOW, data, 0.0, lambda: None)
    reassembler.feed(_FLOW, data, 0.1, lambda: None)
    list(reassembler.expire(100.0))


def _crypto(data: bytes) -> None:
    """The frames inside an opened Initial, as if its tag had been right: what only a real client can reach otherwise."""
    stream = quic_stream.CryptoStream()
    for piece in quic_packets.crypto_pieces(data):
        stream.add(piece, 16_384)
    tls.peek_client_hello(bytes(stream.prefix[4:]))


TARGETS: Mapping[str, Target] = {
    "dhcp": dhcp.parse,
    "dhcp6": dhcp6.parse,
    "dissector": _frames,
    "dns-answer": dns_records.read_answer,
    "dns-message": dns.parse_message,
    "dns-question": dns.first_question,
    "dns-shape": dns.looks_like_dns,
    "dns-stream": dns.unframe,
    "ech": lambda data: list(dns_records.ech_configs(Reader(data))),
    "handshakes-tcp": lambda data: handshakes_tcp.tcp_handshake(data, 443),
    "handshakes-udp": lambda data: handshakes.udp_handshake(data, 443),
    "hpack": lambda data: hpack.Decoder().decode(data),
    "http": http.parse_request_head,
    "http2": lambda data: http2.ClientFrames().read(data),
    "kerberos": kerberos.parse,
    "mdns": mdns.read_announcements,
    "neighbours": lambda data: (neighbours.parse_arp(data), neighbours.parse_icmp6(data, bytes(16))),
    "netbios": lambda data: (netbios.parse(data), netbios.parse_sender(data)),
    "ntlm": ntlm.find_user,
    "quic": _quic,
    "quic-frames": _crypto,
    "quic-google": quic_google.parse_hello,
    "quic-packets": quic_packets.parse_packet,
    "radius": radius.parse,
    "socks": socks.parse_socks,
    "tcp": _tcp_stream,
    "tls": tls.parse_client_hello,
    "tls-partial": tls.peek_client_hello,
    "tls-records": lambda data: tls.read_client_hello(data, 16_384),
    "udp": _udp_datagram,
}
