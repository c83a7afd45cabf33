"""DHCP for IPv6: what a machine calls itself and the resolvers it is given (RFC 8415)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from appliance.wire.dns_names import read_name, text_of
from appliance.wire.reader import Malformed, Reader

SERVER_PORT: Final = 547
CLIENT_PORT: Final = 546
MAX_OPTIONS: Final = 128
MAX_RELAYS: Final = 8  # RFC 8415 section 7.6: HOP_COUNT_LIMIT

_FROM_SERVER: Final = (2, 7, 10)  # advertise, reply, reconfigure
_RELAY_FORWARD, _RELAY_REPLY = 12, 13
_RELAYED: Final = 9
_CLIENT_ID, _IA_NA, _ADDRESS, _REQUESTED, _VENDOR, _RESOLVERS, _FQDN = 1, 3, 5, 6, 16, 23, 39
_LINK_LAYER_DUIDS: Final = {1: 8, 3: 4}  # DUID types that hold a MAC, and where it begins (RFC 8415 section 11)
_ETHERNET: Final = 1


class Lease6(Struct, frozen=True):
    """One DHCPv6 message. `mac` is the one in the client's DUID, which may be of another interface of the same machine;
    `addresses` and `resolvers` are packed; `client_id` is the DUID in hexadecimal."""

    message: int
    from_server: bool
    mac: bytes = b""
    addresses: tuple[bytes, ...] = ()
    name: str = ""
    vendor: str = ""
    client_id: str = ""
    parameters: tuple[int, ...] = ()
    resolvers: tuple[bytes, ...] = ()


def parse(data: bytes) -> Lease6:
    """The message in a UDP payload, taken out of the relays it went through; raises `Malformed` (RFC 8415 section 8)."""
    for _ in range(MAX_RELAYS + 1):
        if not data or data[0] > 37 or data[0] == 0:
            raise Malformed("not a DHCPv6 message type")
        if data[0] not in (_RELAY_FORWARD, _RELAY_REPLY):
            return _message(data)
        data = dict(_options(Reader(data, 34))).get(_RELAYED, b"")
    raise Malformed("DHCPv6 relayed too often")


def _message(data: bytes) -> Lease6:
    options = dict(_options(Reader(data, 4)))
    duid = options.get(_CLIENT_ID, b"")
    vendor = options.get(_VENDOR, b"")
    requested = options.get(_REQUESTED, b"")
    return Lease6(
        data[0],
        data[0] in _FROM_SERVER,
        _mac(duid),
        _leased(options.get(_IA_NA, b"")),
        _name(options.get(_FQDN, b"")),
        text_of(vendor[6:], fold=False),  # after the enterprise number and the length of the first class
        duid.hex(),
        tuple(requested[at] << 8 | requested[at + 1] for at in range(0, len(requested) - 1, 2)),
        _packed(options.get(_RESOLVERS, b"")),
    )


def _options(reader: Reader) -> Iterator[tuple[int, bytes]]:
    for _ in range(MAX_OPTIONS):
        if not reader.left:
            return
        code = reader.u16()
        yield code, reader.take(reader.u16())


def _mac(duid: bytes) -> bytes:
    if len(duid) < 4:
        return b""
    at = _LINK_LAYER_DUIDS.get(duid[0] << 8 | duid[1])
    return duid[at : at + 6] if at and duid[2] << 8 | duid[3] == _ETHERNET else b""


def _leased(association: bytes) -> tuple[bytes, ...]:
    """The addresses in an IA_NA: identity, two times, then options of which each address is one (RFC 8415 section 21.4)."""
    if len(association) < 12:
        return ()
    return tuple(value[:16] for code, value in _options(Reader(association, 12)) if code == _ADDRESS and len(value) >= 16)


def _name(option: bytes) -> str:
    """Option 39: flags and a name as labels, without the root where it is a partial one (RFC 4704 section 4)."""
    return read_name(option + b"\0", 1, fold=False)[0] if len(option) > 1 else ""


def _packed(option: bytes) -> tuple[bytes, ...]:
    return tuple(option[at : at + 16] for at in range(0, len(option) - 15, 16))
