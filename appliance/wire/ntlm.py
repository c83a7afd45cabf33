"""The user that an NTLM log-on names, inside HTTP headers or SMB messages ([MS-NLMP] section 2.2.1.3)."""

from __future__ import annotations

import binascii
from typing import Final

from msgspec import Struct

from appliance.wire.reader import Malformed

MAX_MESSAGE: Final = 8_192  # bytes searched for the log-on's fields: real ones take a few hundred

_SIGNATURE: Final = b"NTLMSSP\0\x03\0\0\0"
_ENCODED: Final = b"TlRMTVNTUAAD"  # the same in base64, as in an HTTP Authorization header
_ALPHABET: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
_DOMAIN_AT, _USER_AT, _STATION_AT, _FLAGS_AT = 28, 36, 44, 60
_UNICODE: Final = 1


class NtlmUser(Struct, frozen=True, gc=False):
    """Who logs on, in which domain, from which workstation."""

    user: str
    domain: str = ""
    workstation: str = ""


def find_user(payload: bytes) -> NtlmUser | None:
    """The user of the first authenticate message in a payload; None where there is none or it is anonymous.

    Raises `Malformed` for a message whose fields point outside of it.
    """
    at = payload.find(_SIGNATURE)
    if at >= 0:
        return _user(payload[at : at + MAX_MESSAGE])
    at = payload.find(_ENCODED)
    return _user(_decode(payload[at : at + MAX_MESSAGE])) if at >= 0 else None


def _decode(text: bytes) -> bytes:
    length = len(text) - len(text.lstrip(_ALPHABET))
    whole = text[: length - length % 4]
    try:
        return binascii.a2b_base64(whole)
    except binascii.Error:
        raise Malformed("NTLM message in broken base64") from None


def _user(message: bytes) -> NtlmUser | None:
    unicode = len(message) < _FLAGS_AT + 4 or bool(message[_FLAGS_AT] & _UNICODE)
    user = _text(message, _USER_AT, unicode)
    return NtlmUser(user, _text(message, _DOMAIN_AT, unicode), _text(message, _STATION_AT, unicode)) if user else None


def _text(message: bytes, at: int, unicode: bool) -> str:
    """A field: length, room, offset (little-endian) of text in UTF-16 or the machine's code page."""
    if len(message) < at + 8:
        raise Malformed("NTLM message cut short")
    length = message[at] | message[at + 1] << 8
    start = int.from_bytes(message[at + 4 : at + 8], "little")
    if start + length > len(message):
        raise Malformed("NTLM field outside its message")
    text = message[start : start + length].decode("utf-16-le" if unicode else "latin-1", "replace").lower()
    return text if text.isprintable() else ""
