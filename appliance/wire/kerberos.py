"""Who asks a Kerberos server for a log-on: the client's name in an AS-REQ (RFC 4120 section 5.4.1)."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from appliance.wire.dns_names import text_of
from appliance.wire.reader import Malformed, Reader

PORT: Final = 88

_AS_REQ: Final = 0x6A  # [APPLICATION 10]
_SEQUENCE: Final = 0x30
_BODY, _CNAME, _REALM, _NAME_STRINGS = 0xA4, 0xA1, 0xA2, 0xA1  # context tags of the fields, in the structure they stand in
_MAX_COMPONENTS: Final = 8


class Principal(Struct, frozen=True, gc=False):
    """The client of an AS-REQ. `machine` tells the log-on of a computer (its name ends in `$`) from a person's."""

    user: str
    realm: str
    machine: bool


def parse(data: bytes) -> Principal | None:
    """The principal in a UDP payload or, with its length of four bytes before it, at the start of a TCP stream.

    None for other Kerberos messages and an AS-REQ without a name; raises `Malformed`.
    """
    at = 4 if len(data) > 4 and data[4] == _AS_REQ and data[0] == 0 else 0
    if len(data) <= at or data[at] != _AS_REQ:
        return None
    body = _field(_inside(_inside(Reader(data, at), _AS_REQ), _SEQUENCE), _BODY)
    if body is None:
        return None
    fields = _inside(body, _SEQUENCE)
    name, realm = _field(fields, _CNAME), _field(fields, _REALM)
    if name is None or realm is None:
        return None
    return _principal(_components(name), text_of(_element(realm)[1].rest()))


def missing_bytes(stream: bytes) -> int:
    """How many bytes of the AS-REQ that begins a TCP stream have not come; 0 for other streams (RFC 4120 section 7.2.2)."""
    if not b"\0\0".startswith(stream[:2]) or (len(stream) > 4 and stream[4] != _AS_REQ):
        return 0
    if len(stream) < 5:
        return 5 - len(stream)
    return max(0, 4 + (stream[2] << 8 | stream[3]) - len(stream))


def _principal(components: list[str], realm: str) -> Principal | None:
    user = "/".join(components)
    if not user:
        return None
    # An enterprise name is the whole address in one component (RFC 6806 section 5).
    user, _, domain = user.partition("@")
    return Principal(user, domain or realm, user.endswith("$"))


def _components(name: Reader) -> list[str]:
    """The strings of a PrincipalName (RFC 4120 section 6.2)."""
    strings = _field(_inside(name, _SEQUENCE), _NAME_STRINGS)
    if strings is None:
        return []
    inside = _inside(strings, _SEQUENCE)
    found: list[str] = []
    while inside.left and len(found) < _MAX_COMPONENTS:
        found.append(text_of(_element(inside)[1].rest()))
    return found


def _element(reader: Reader) -> tuple[int, Reader]:
    """The next DER element's tag and content."""
    tag, length = reader.u8(), reader.u8()
    if length >= 0x80:
        size = length & 0x7F
        if not 1 <= size <= 4:
            raise Malformed("DER length of no known form")
        length = int.from_bytes(reader.take(size), "big")
    return tag, reader.block(length)


def _inside(reader: Reader, wanted: int) -> Reader:
    tag, content = _element(reader)
    if tag != wanted:
        raise Malformed("Kerberos message of another shape")
    return content


def _field(reader: Reader, wanted: int) -> Reader | None:
    """The next field of a sequence with that tag; fields stand in the order of their tags."""
    while reader.left:
        at = reader.at
        tag, content = _element(reader)
        if tag == wanted:
            return content
        if tag > wanted:
            reader.at = at
            return None
    return None
