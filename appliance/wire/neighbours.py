"""Which MAC says that it has which address: ARP (RFC 826) and neighbour discovery (RFC 4861)."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from appliance.wire.reader import Malformed, Reader

_ETHERNET_IPV4: Final = b"\x00\x01\x08\x00\x06\x04"
_NO_MAC: Final = (b"\0\0\0\0\0\0", b"\xff\xff\xff\xff\xff\xff")
_NO_ADDRESS: Final = (b"\0\0\0\0", b"\0" * 16)
_SOLICITATION, _ADVERTISEMENT = 135, 136
_FIXED: Final = {133: 8, 134: 16, _SOLICITATION: 24, _ADVERTISEMENT: 24}  # message types and where their options begin
_SOURCE_OPTION, _TARGET_OPTION = 1, 2
_MAX_OPTIONS: Final = 16


class Pair(Struct, frozen=True, gc=False):
    """`mac` (six bytes) says it has `address` (four or sixteen bytes)."""

    mac: bytes
    address: bytes


def parse_arp(data: bytes) -> Pair | None:
    """The sender of an ARP packet; None for a probe, which has no address yet, and for other networks; raises `Malformed`."""
    if len(data) < 28:
        raise Malformed("shorter than an ARP packet")
    return _pair(data[8:14], data[14:18]) if data[:6] == _ETHERNET_IPV4 else None


def parse_icmp6(data: bytes, sender: bytes) -> Pair | None:
    """The pair that a neighbour discovery message tells; None for other ICMPv6; raises `Malformed`.

    `sender` is the packet's packed source address: solicitations and router messages speak for it, advertisements for
    their target (RFC 4861 section 4).
    """
    options_at = _FIXED.get(data[0]) if data else None
    if options_at is None:
        return None
    if len(data) < options_at:
        raise Malformed("shorter than its ICMPv6 type")
    advertises = data[0] == _ADVERTISEMENT
    mac = _link_address(Reader(data, options_at), _TARGET_OPTION if advertises else _SOURCE_OPTION)
    return _pair(mac, data[8:24] if advertises else sender)


def _link_address(reader: Reader, wanted: int) -> bytes:
    """The MAC in a link-layer address option; lengths count eight bytes each and are never nought (section 4.6)."""
    for _ in range(_MAX_OPTIONS):
        if reader.left < 8:
            break
        kind, length = reader.u8(), reader.u8()
        if not length:
            raise Malformed("neighbour discovery option of no length")
        value = reader.take(length * 8 - 2)
        if kind == wanted:
            return value[:6]
    return b""


def _pair(mac: bytes, address: bytes) -> Pair | None:
    # A MAC with the group bit set is no machine's own.
    if len(mac) != 6 or mac[0] & 1 or mac in _NO_MAC or address in _NO_ADDRESS:
        return None
    return Pair(mac, address)
