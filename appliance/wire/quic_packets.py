"""QUIC long headers and the frames of Initial packets (RFC 9000 sections 17.2 and 19)."""

from __future__ import annotations

import re
from typing import Final, Literal

from msgspec import Struct

from appliance.wire.quic_crypto import VERSIONS
from appliance.wire.reader import Malformed, Reader

MAX_CONNECTION_ID: Final = 20  # bytes (RFC 9000 section 17.2)

Kind = Literal["initial", "retry", "negotiation", "other"]

_PADDING: Final = re.compile(rb"\0*")
_RETRY: Final = 3
_PING: Final = 0x01
_ACK: Final = (0x02, 0x03)
_CRYPTO: Final = 0x06
_CLOSE: Final = 0x1C
_GOOGLE_PING: Final = 0x07
_GOOGLE_CRYPTO: Final = 0x08


class Packet(Struct, frozen=True, gc=False):
    """One packet with a long header: it takes `data[start:end]`, its packet number begins at `number_at`."""

    kind: Kind
    version: int
    destination: bytes
    source: bytes
    start: int
    number_at: int
    end: int


class Piece(Struct, frozen=True, gc=False):
    """The content of one CRYPTO frame and where in the stream it belongs."""

    offset: int
    data: bytes


def parse_packet(data: bytes, start: int = 0) -> Packet | None:
    """The long-header packet that begins at `start`; None for a short header, the end or a foreign version.

    Raises `Malformed` for a known version whose header does not hold together (RFC 9000 section 17.2).
    """
    if len(data) < start + 7 or data[start] < 0x80:
        return None
    number = int.from_bytes(data[start + 1 : start + 5], "big")
    version = VERSIONS.get(number)
    if version is None and number:
        return None
    reader = Reader(data, start + 5)
    destination = _connection_id(reader)
    source = _connection_id(reader)
    if version is None:
        return Packet("negotiation", 0, destination, source, start, reader.at, len(data))
    # The top two bits are 1 in every first packet; the type stands in the next two and is turned by one in version 2.
    kind = ((data[start] >> 4 & 3) - version.initial_type) % 4
    if kind == _RETRY:
        return Packet("retry", number, destination, source, start, reader.at, len(data))
    if kind == 0:
        reader.skip(reader.varint())
    length = reader.varint()
    if length > reader.left:
        raise Malformed("QUIC packet longer than its datagram")
    return Packet("initial" if kind == 0 else "other", number, destination, source, start, reader.at, reader.at + length)


def crypto_pieces(payload: bytes, *, google: bool = False) -> list[Piece]:
    """The CRYPTO frames among an Initial packet's frames, in the order they stand; raises `Malformed`.

    Only the frames that RFC 9000 section 12.4 allows there are known; Google's versions number two of them differently.
    """
    reader = Reader(payload)
    pieces: list[Piece] = []
    while reader.left:
        kind = reader.u8()
        if kind == 0:
            padding = _PADDING.match(payload, reader.at)
            reader.at = padding.end() if padding else reader.at
        elif kind == _CRYPTO or (google and kind == _GOOGLE_CRYPTO):
            pieces.append(Piece(reader.varint(), reader.take(reader.varint())))
        elif google and kind != _GOOGLE_PING:
            break  # an ACK in Google's own format: what matters has come before it
        elif not google:
            _skip_frame(reader, kind)
    return pieces


def _connection_id(reader: Reader) -> bytes:
    length = reader.u8()
    if length > MAX_CONNECTION_ID:
        raise Malformed("QUIC connection id over 20 bytes")
    return reader.take(length)


def _skip_frame(reader: Reader, kind: int) -> None:
    if kind == _PING:
        return
    if kind in _ACK:
        _skip_ack(reader, kind)
    elif kind == _CLOSE:
        reader.varint()
        reader.varint()
        reader.skip(reader.varint())
    else:
        raise Malformed("QUIC frame that has no place in an Initial packet")


def _skip_ack(reader: Reader, kind: int) -> None:
    """An ACK frame: largest, delay, ranges, and three ECN counts in the second form (RFC 9000 section 19.3)."""
    reader.varint()
    reader.varint()
    ranges = reader.varint()
    # Each range takes two bytes at least: a count that the packet cannot hold fails before it is walked.
    if ranges * 2 > reader.left:
        raise Malformed("shorter than it says")
    for _ in range(1 + 2 * ranges + 3 * (kind & 1)):
        reader.varint()
