"""IP headers, versions 4 and 6, to the transport protocol inside."""

from __future__ import annotations

from struct import Struct
from typing import Final, TypeAlias

import msgspec

from appliance.wire.envelope import Envelope
from appliance.wire.reader import Malformed

TCP: Final = 6
UDP: Final = 17
ICMPV6: Final = 58
NO_NEXT_HEADER: Final = 59

_FRAGMENT: Final = 44
_AUTHENTICATION: Final = 51
# Hop-by-hop, routing, authentication, destination options, mobility, HIP, shim6 (RFC 8200 section 4, IANA's register).
_EXTENSIONS: Final = frozenset({0, 43, _FRAGMENT, _AUTHENTICATION, 60, 135, 139, 140})
_MAX_EXTENSIONS: Final = 16

_v4: Final = Struct("!BBHHHBBH4s4s").unpack_from
_v6: Final = Struct("!IHBB16s16s").unpack_from
_fragment: Final = Struct("!BBHI").unpack_from

# Protocol number, and where its bytes begin and end.
Segment: TypeAlias = tuple[int, int, int]


class Fragment(msgspec.Struct, frozen=True, gc=False):
    """One piece of a datagram: which datagram (`key`), where the piece belongs, and whether more follow."""

    key: bytes
    protocol: int
    offset: int
    more: bool


def open_v4(data: bytes, at: int, envelope: Envelope) -> tuple[Segment, Fragment | None]:
    """The transport segment of an IPv4 packet (RFC 791 section 3.1), and which fragment it is, if it is one.

    Raises `Malformed`, or struct.error where the header is cut off. The checksum is not looked at: offloading spoils it.
    """
    first, _, total, _, where, _, protocol, _, envelope.sender, envelope.target = _v4(data, at)
    header = (first & 0x0F) * 4
    if first >> 4 != 4 or header < 20:
        raise Malformed("not an IPv4 header")
    # A length of zero is a packet that the sender's card was to cut up (segmentation offload).
    end = min(at + total, len(data)) if total >= header else len(data)
    if total and total < header:
        raise Malformed("IPv4 shorter than its header")
    start = at + header
    fragment = None
    if where & 0x3FFF:
        key = data[at + 4 : at + 6] + data[at + 9 : at + 10] + data[at + 12 : at + 20]
        fragment = Fragment(key, protocol, (where & 0x1FFF) * 8, bool(where & 0x2000))
    elif protocol == _AUTHENTICATION:
        return open_extensions(protocol, data, start, end, envelope)
    return (protocol, start, end), fragment


def open_v6(data: bytes, at: int, envelope: Envelope) -> tuple[Segment, Fragment | None]:
    """The transport segment of an IPv6 packet (RFC 8200 section 3) behind its extension headers; as `open_v4`."""
    first, length, protocol, _, envelope.sender, envelope.target = _v6(data, at)
    if first >> 28 != 6:
        raise Malformed("not an IPv6 header")
    start = at + 40
    end = min(start + length, len(data)) if length else len(data)
    if protocol in _EXTENSIONS:
        return open_extensions(protocol, data, start, end, envelope)
    return (protocol, start, end), None


def open_extensions(protocol: int, data: bytes, at: int, end: int, envelope: Envelope) -> tuple[Segment, Fragment | None]:
    """Steps over extension headers from `protocol` on; stops at a fragment header that is not alone."""
    for _ in range(_MAX_EXTENSIONS):
        if protocol not in _EXTENSIONS:
            return (protocol, at, end), None
        if protocol == _FRAGMENT:
            following, _, where, ident = _fragment(data, at)
            at += 8
            if where & 0xFFF9:
                key = ident.to_bytes(4, "big") + envelope.sender + envelope.target
                return (following, at, end), Fragment(key, following, where & 0xFFF8, bool(where & 1))
        else:
            following = data[at]
            at += (data[at + 1] + 2) * 4 if protocol == _AUTHENTICATION else (data[at + 1] + 1) * 8
        protocol = following
    raise Malformed("too many extension headers")
