"""Who is logged on where, as Wi-Fi controllers tell their RADIUS server in accounting messages (RFC 2866)."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from appliance.wire.dns_names import text_of
from appliance.wire.reader import Malformed, Reader

PORTS: Final = (1813, 1646)

_ACCOUNTING_REQUEST: Final = 4
_HEADER: Final = 20
_USER, _FRAMED_ADDRESS, _CALLING_STATION, _STATUS = 1, 8, 31, 40
_STOP: Final = 2
_HEX: Final = b"0123456789abcdefABCDEF"
_SEPARATORS: Final = b"-:. "


class Session(Struct, frozen=True, gc=False):
    """A user's session: `mac` and `address` are packed, empty where the message has none; `ended` in a stop message."""

    user: str
    realm: str = ""
    mac: bytes = b""
    address: bytes = b""
    ended: bool = False


def parse(data: bytes) -> Session | None:
    """The session in an accounting request; None for other messages and one without a user; raises `Malformed`."""
    if len(data) < _HEADER or data[0] != _ACCOUNTING_REQUEST:
        return None
    length = data[2] << 8 | data[3]
    if not _HEADER <= length <= len(data):
        raise Malformed("RADIUS length out of range")
    attributes = _attributes(Reader(data, _HEADER, length))
    user, realm = _split(text_of(attributes.get(_USER, b"")))
    if not user:
        return None
    address = attributes.get(_FRAMED_ADDRESS, b"")
    return Session(
        user,
        realm,
        _mac(attributes.get(_CALLING_STATION, b"")),
        address if len(address) == 4 else b"",
        int.from_bytes(attributes.get(_STATUS, b""), "big") == _STOP,
    )


def _attributes(reader: Reader) -> dict[int, bytes]:
    """The first value of each attribute: type, length with these two bytes, value (RFC 2865 section 5)."""
    found: dict[int, bytes] = {}
    while reader.left:
        kind, length = reader.u8(), reader.u8()
        if length < 2:
            raise Malformed("RADIUS attribute of no length")
        found.setdefault(kind, reader.take(length - 2))
    return found


def _split(user: str) -> tuple[str, str]:
    """`school\\user` and `user@school` both name a realm."""
    before, mark, after = user.partition("\\")
    if mark:
        return after, before
    name, _, realm = user.partition("@")
    return name, realm


def _mac(station: bytes) -> bytes:
    """Calling-Station-Id is a MAC in any of the usual spellings (RFC 3580 section 3.21)."""
    digits = station.translate(None, _SEPARATORS)[:12]
    return bytes.fromhex(digits.decode("ascii")) if len(digits) == 12 and not digits.translate(None, _HEX) else b""
