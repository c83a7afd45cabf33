"""NetBIOS names, which Windows machines still call out: asked for, registered, and as senders (RFC 1001, RFC 1002)."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from appliance.wire.dns import HEADER
from appliance.wire.dns_names import text_of
from appliance.wire.reader import Malformed, Reader

NAME_PORT: Final = 137
DATAGRAM_PORT: Final = 138

_ENCODED: Final = 32  # a name of 16 bytes in half-bytes, each written as a letter from A (RFC 1001 section 14.1)
_STATUS: Final = 0x21
_REGISTERING: Final = (5, 6, 8, 9, 15)  # opcodes: registration, release, refresh (two numbers in use), multi-homed
_DATAGRAMS: Final = (0x10, 0x11, 0x12)  # direct unique, direct group, broadcast (RFC 1002 section 4.4.1)
_SOURCE_AT: Final = 14


class NetbiosName(Struct, frozen=True, gc=False):
    """A name of at most 15 letters, its 16th byte `suffix` (0 workstation, 0x20 file server, 0x1c domain) and whether the
    sender `registers` it as its own; `status` is a node status query, which asks a machine for its names."""

    name: str
    suffix: int
    registers: bool = False
    status: bool = False


def parse(data: bytes) -> NetbiosName | None:
    """The name in a name service request; None for a response; raises `Malformed` (RFC 1002 section 4.2)."""
    if len(data) < HEADER + _ENCODED + 6:
        raise Malformed("shorter than a NetBIOS name request")
    if data[2] & 0x80 or data[4:6] == b"\0\0":
        return None
    name, suffix = _decode(data, HEADER)
    kind = Reader(data, _after(data, HEADER)).u16()
    return NetbiosName(name, suffix, (data[2] >> 3 & 15) in _REGISTERING, kind == _STATUS)


def parse_sender(data: bytes) -> NetbiosName | None:
    """The sender's own name in a datagram service packet; None for other packets of that port; raises `Malformed`."""
    if not data or data[0] not in _DATAGRAMS:
        return None
    if len(data) < _SOURCE_AT + 1 + _ENCODED + 1:
        raise Malformed("shorter than a NetBIOS datagram")
    name, suffix = _decode(data, _SOURCE_AT)
    return NetbiosName(name, suffix, True)


def _decode(data: bytes, at: int) -> tuple[str, int]:
    letters = data[at + 1 : at + 1 + _ENCODED]
    if data[at] != _ENCODED or not all(0x41 <= letter <= 0x50 for letter in letters):
        raise Malformed("not a NetBIOS name")
    raw = bytes((letters[i] - 0x41) << 4 | letters[i + 1] - 0x41 for i in range(0, _ENCODED, 2))
    return text_of(raw[:15].rstrip(b" \0")), raw[15]


def _after(data: bytes, at: int) -> int:
    """The offset after the name and its scope labels."""
    while at < len(data) and data[at]:
        at += data[at] + 1
    return at + 1
