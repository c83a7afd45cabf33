"""What a connection's first bytes say that its client speaks."""

from __future__ import annotations

from typing import Final

from appliance.wire import http, http2
from appliance.wire.dns import HEADER, looks_like_dns
from appliance.wire.socks import starts_socks
from appliance.wire.streams import Speech
from appliance.wire.tls import starts_client_hello

DNS_PORTS: Final = frozenset({53, 5353, 5355})
_PROXY_LINE: Final = b"PROXY "  # HAProxy's protocol, version 1: a line that says who the client is, before what it says
_SHORTEST_QUERY, _LONGEST_QUERY = HEADER + 5, 512
_HELLO_SURE: Final = 6  # bytes after which a record of handshake is known to hold a ClientHello


def recognise(data: bytes, *, dns_port: bool) -> Speech | None:
    """What the first bytes are; None where more bytes are needed to tell."""
    if starts_client_hello(data):
        return Speech.TLS if len(data) >= _HELLO_SURE else None
    if 0x21 <= data[0] < 0x7F or b" HTTP/1." in data:
        speech = _recognise_text(data)
        if speech is not Speech.OTHER:
            return speech
    if dns_port:
        return Speech.DNS
    if data[0] in (4, 5) and starts_socks(data):
        return Speech.SOCKS
    if _is_framed_dns(data):
        return Speech.DNS
    return None if _may_become_dns(data) else Speech.OTHER


def starts_anew(data: bytes) -> bool:
    """Whether a segment in the middle of something else is the beginning of something readable: after STARTTLS, say."""
    return starts_client_hello(data) or (0x41 <= data[0] <= 0x5A and http.starts_request(data))


def _recognise_text(data: bytes) -> Speech | None:
    if data.startswith(http2.PREFACE):
        return Speech.HTTP2
    if data.startswith(_PROXY_LINE):
        return Speech.PROXY_LINE if b"\n" in data else None
    if http2.PREFACE.startswith(data):
        return None
    if http.has_request_line(data):
        return Speech.HTTP
    return None if b"\n" not in data and http.may_become_request(data) else Speech.OTHER


def _is_framed_dns(data: bytes) -> bool:
    """Whether the first message is DNS behind its length: on other ports it has to be whole, and look it in every way."""
    if len(data) < 2 + HEADER or data[0] > 2:
        return False
    end = 2 + (data[0] << 8 | data[1])
    return len(data) >= end and looks_like_dns(data[2:end])


def _may_become_dns(data: bytes) -> bool:
    """Whether the bytes are the beginning of a query behind its length: one question and no more, as far as they go."""
    size = int.from_bytes(data[:2], "big")
    if len(data) < 2 or not _SHORTEST_QUERY <= size <= _LONGEST_QUERY or len(data) >= 2 + size:
        return False
    head = data[2 : 2 + HEADER]
    counts = head[4:]
    return not head[2:3] or (head[2] & 0xF8 == 0 and b"\0\1\0\0\0\0\0".startswith(counts[:7]) and counts[7:8] <= b"\1")
