"""DHCP for IPv4: what a machine calls itself, what it is, and the resolvers it is given (RFC 2131, RFC 2132)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from appliance.wire.dns_names import read_name, text_of
from appliance.wire.reader import Malformed, Reader

SERVER_PORT: Final = 67
CLIENT_PORT: Final = 68
MAX_OPTIONS: Final = 128

_COOKIE: Final = b"\x63\x82\x53\x63"  # RFC 2131 section 3
_OPTIONS_AT: Final = 240
_REQUEST, _REPLY = 1, 2
_PAD, _HOST_NAME, _RESOLVERS, _REQUESTED, _TYPE, _PARAMETERS, _VENDOR, _CLIENT_ID, _FQDN, _END = (
    0,
    12,
    6,
    50,
    53,
    55,
    60,
    61,
    81,
    255,
)
_FQDN_IN_WIRE_FORMAT: Final = 0x04  # RFC 4702 section 2.1
_NO_ADDRESS: Final = b"\0\0\0\0"


class Lease(Struct, frozen=True):
    """One DHCP message. `message` is its type (1 discover, 2 offer, 3 request, 5 acknowledgement ...), `mac` and `address`
    are packed; `address` is the one asked for or given, empty where there is none; `client_id` is hexadecimal."""

    message: int
    from_server: bool
    mac: bytes
    address: bytes = b""
    name: str = ""
    vendor: str = ""
    client_id: str = ""
    parameters: tuple[int, ...] = ()
    resolvers: tuple[bytes, ...] = ()


def parse(data: bytes) -> Lease | None:
    """The message in a UDP payload; None for BOOTP without DHCP options; raises `Malformed` (RFC 2131 section 2)."""
    if len(data) < _OPTIONS_AT or data[236:240] != _COOKIE:
        return None
    if data[0] not in (_REQUEST, _REPLY) or data[2] > 16:
        raise Malformed("DHCP header out of range")
    options = dict(_options(data))
    kind = options.get(_TYPE, b"")
    if len(kind) != 1:
        return None
    return Lease(
        kind[0],
        data[0] == _REPLY,
        data[28 : 28 + data[2]],
        _address(data, options),
        _name(options),
        text_of(options.get(_VENDOR, b"").rstrip(b"\0"), fold=False),
        options.get(_CLIENT_ID, b"").hex(),
        tuple(options.get(_PARAMETERS, b"")),
        _addresses(options.get(_RESOLVERS, b"")),
    )


def _options(data: bytes) -> Iterator[tuple[int, bytes]]:
    reader = Reader(data, _OPTIONS_AT)
    for _ in range(MAX_OPTIONS):
        code = reader.u8() if reader.left else _END
        if code == _END:
            return
        if code != _PAD:
            yield code, reader.take(reader.u8())


def _address(data: bytes, options: dict[int, bytes]) -> bytes:
    """The server's "your address", else the client's own, else the one it asks for."""
    for packed in (data[16:20], data[12:16], options.get(_REQUESTED, b"")):
        if len(packed) == 4 and packed != _NO_ADDRESS:
            return packed
    return b""


def _name(options: dict[int, bytes]) -> str:
    name = text_of(options.get(_HOST_NAME, b"").rstrip(b"\0"), fold=False)
    return name or _full_name(options.get(_FQDN, b""))


def _full_name(option: bytes) -> str:
    """Option 81: flags, two obsolete bytes, then the name as labels or, from old clients, as text (RFC 4702 section 2)."""
    if len(option) < 4:
        return ""
    if not option[0] & _FQDN_IN_WIRE_FORMAT:
        return text_of(option[3:].rstrip(b"\0"), fold=False).rstrip(".")
    # A partial name has no root label at its end.
    return read_name(option + b"\0", 3, fold=False)[0]


def _addresses(option: bytes) -> tuple[bytes, ...]:
    return tuple(option[at : at + 4] for at in range(0, len(option) - 3, 4))
