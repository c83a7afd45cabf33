"""SOCKS proxies' requests in the clear: where the client wants to go (RFC 1928; SOCKS 4 and 4a by their memo)."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from appliance.wire.dns_names import text_of
from appliance.wire.envelope import address_text
from appliance.wire.reader import Malformed, Reader

_MAX_METHODS: Final = 16
_MAX_TEXT: Final = 255
_COMMANDS: Final = frozenset({1, 2, 3})


class SocksRequest(Struct, frozen=True, gc=False):
    """The `host` that a client asks its proxy for, as text, and the `size` of the messages so far in bytes."""

    host: str
    port: int
    size: int


def starts_socks(data: bytes) -> bool:
    """Whether a client's first bytes are a greeting of SOCKS 5, whole and alone, or a request of SOCKS 4."""
    if data[0] == 5 and len(data) >= 3:
        return (
            1 <= data[1] <= _MAX_METHODS
            and len(data) == 2 + data[1]
            and all(method < 10 or method >= 0x80 for method in data[2:])
        )
    return data[0] == 4 and len(data) >= 9 and data[1] in (1, 2) and data[-1] == 0 and len(data) < 2 * _MAX_TEXT


def parse_socks(data: bytes) -> SocksRequest | None:
    """The request in what a client has said from the start; None where more is needed; raises `Malformed`."""
    if len(data) < 2:
        return None
    if len(data) < 2:
        return None
    if data[0] == 4:
        return _parse_4(data)
    if data[0] != 5:
        raise Malformed("not a SOCKS version")
    return _parse_5(data)


def _parse_5(data: bytes) -> SocksRequest | None:
    at = 2 + data[1]
    if len(data) > at and data[at] == 1:  # user name and password, RFC 1929
        at = _after_password(data, at)
    if len(data) < at + 5:
        return None
    if data[at] != 5 or data[at + 1] not in _COMMANDS or data[at + 2]:
        raise Malformed("not a SOCKS request")
    kind = data[at + 3]
    length = {1: 4, 4: 16, 3: 1 + data[at + 4]}.get(kind)
    if length is None:
        raise Malformed("unknown SOCKS address")
    if len(data) < at + 4 + length + 2:
        return None
    reader = Reader(data, at + 4)
    raw = reader.take(length)
    host = text_of(raw[1:]) if kind == 3 else address_text(raw)
    return SocksRequest(host, reader.u16(), reader.at)


def _after_password(data: bytes, at: int) -> int:
    """The offset behind a user name and password, or one that lies beyond the data."""
    if len(data) < at + 2:
        return len(data)
    at += 2 + data[at + 1]
    return at + 1 + data[at] if len(data) > at else len(data)


def _parse_4(data: bytes) -> SocksRequest | None:
    user_end = data.find(b"\0", 8)
    if user_end < 0:
        return None
    port = data[2] << 8 | data[3]
    if data[4:7] != b"\0\0\0" or not data[7]:
        return SocksRequest(address_text(data[4:8]), port, user_end + 1)
    host_end = data.find(b"\0", user_end + 1)
    return SocksRequest(text_of(data[user_end + 1 : host_end]), port, host_end + 1) if host_end > 0 else None
