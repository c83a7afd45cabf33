"""Google's QUIC from before the standard: its ClientHello (CHLO) is a table of tags, in clear up to version Q046."""

from __future__ import annotations

import re
from typing import Final

from msgspec import Struct

from appliance.wire.dns_names import text_of
from appliance.wire.reader import Malformed, Reader

MAX_TAGS: Final = 128  # a real CHLO has about 25

_CHLO: Final = b"CHLO"
_SNI: Final = b"SNI\0"
# Q0xx where the public flags say "version present" and the connection id of 8 bytes stands before it (up to Q043),
# or right after a long header's first byte (Q044 to Q049).
_OLD_HEADER: Final = re.compile(rb"[\x09\x0c\x0d\x19\x1c\x1d\x29\x2c\x2d\x39\x3c\x3d].{8}(Q0[0-4][0-9])", re.DOTALL)
_LONG_HEADER: Final = re.compile(rb"[\xc0-\xff](Q04[4-9])")
_SEARCH: Final = 96  # headers, message hash and frames that stand before the CHLO come to less than this


class GoogleHello(Struct, frozen=True, gc=False):
    """The server name in a CHLO (empty where it has none) and the version that its packet states."""

    version: int
    name: str


def parse_hello(data: bytes) -> GoogleHello | None:
    """The CHLO of a datagram of versions Q010 to Q049; None for any other datagram; raises `Malformed`."""
    match = _OLD_HEADER.match(data) or _LONG_HEADER.match(data)
    if match is None:
        return None
    at = data.find(_CHLO, match.end(), match.end() + _SEARCH)
    if at < 0:
        return None
    name = chlo_name(data, at)
    if name is None:
        raise Malformed("CHLO cut short")
    return GoogleHello(int.from_bytes(match[1], "big"), name)


def chlo_name(data: bytes, at: int = 0) -> str | None:
    """The server name of the CHLO at offset `at`, empty where it states none; None where it is not all there yet.

    Layout: the tag `CHLO`, the number of tags, two bytes of nothing, then per tag its name and where its value ends,
    then the values; numbers are little-endian. Raises `Malformed` for a table that contradicts itself.
    """
    if data[at : at + 4] != _CHLO:
        raise Malformed("not a CHLO")
    if len(data) < at + 8:
        return None
    tags = data[at + 4] | data[at + 5] << 8
    if tags > MAX_TAGS:
        raise Malformed("CHLO of too many tags")
    values_at = at + 8 + 8 * tags
    if len(data) < values_at:
        return None
    span = _value_of(Reader(data, at + 8, values_at), _SNI)
    if span is None:
        return ""
    if values_at + span[1] > len(data):
        return None
    return text_of(data[values_at + span[0] : values_at + span[1]])


def _value_of(table: Reader, wanted: bytes) -> tuple[int, int] | None:
    start = 0
    while table.left:
        tag = table.take(4)
        end = int.from_bytes(table.take(4), "little")
        if end < start:
            raise Malformed("CHLO whose values run backwards")
        if tag == wanted:
            return start, end
        start = end
    return None
