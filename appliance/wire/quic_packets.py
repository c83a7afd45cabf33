"""QUIC long headers and the frames of Initial packets (RFC 9000 sections 17.2 and 19)."""

from __future__ import annotations

from typing import Final, Literal

from msgspec import Struct

from appliance.wire.quic_crypto import VERSIONS
from appliance.wire.reader import Malformed, Reader, read_varint

MAX_CONNECTION_ID: Final = 20  # bytes (RFC 9000 section 17.2)

Kind = Literal["initial", "retry", "negotiation", "other"]

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
    end = len(data)
    destination, at = _connection_id(data, start + 5, end)
    source, at = _connection_id(data, at, end)
    if version is None:
        return Packet("negotiation", 0, destination, source, start, at, end)
    # The top two bits are 1 in every first packet; the type stands in the next two and is turned by one in version 2.
    kind = ((data[start] >> 4 & 3) - version.initial_type) % 4
    if kind == _RETRY:
        return Packet("retry", number, destination, source, start, at, end)
    if kind == 0:
        token, at = read_varint(data, at, end)
        at += token
    length, at = read_varint(data, at, end)
    if length > end - at:
        raise Malformed("QUIC packet longer than its datagram")
    return Packet("initial" if kind == 0 else "other", number, destination, source, start, at, at + length)


def crypto_pieces(payload: bytes, *, google: bool = False) -> list[Piece]:
    """The CRYPTO frames among an Initial packet's frames, in the order they stand; raises `Malformed`.

    Only the frames that RFC 9000 section 12.4 allows there are known; Google's versions number two of them differently.
    """
    pieces: list[Piece] = []
    at, end = 0, len(payload)
    while at < end:
        kind = payload[at]
        at += 1
        if kind == 0:
            at = end - len(payload[at:].lstrip(b"\0"))
        elif kind == _CRYPTO or (google and kind == _GOOGLE_CRYPTO):
            offset, at = read_varint(payload, at, end)
            length, at = read_varint(payload, at, end)
            if length > end - at:
                raise Malformed("shorter than it says")
            pieces.append(Piece(offset, payload[at : at + length]))
            at += length
        elif google and kind != _GOOGLE_PING:
            break  # an ACK in Google's own format: what matters has come before it
        elif kind != _PING and not google:
            at = _skip_frame(payload, at, kind)
    return pieces


def closes(payload: bytes) -> bool:
    """Whether an Initial packet's frames refuse the connection before saying anything else; raises `Malformed`."""
    at = 0
    while at < len(payload):
        kind = payload[at]
        if kind in (_CLOSE, _CRYPTO):
            return kind == _CLOSE
        at += 1
        if kind > _PING:
            at = _skip_frame(payload, at, kind)
    return False


def _connection_id(data: bytes, at: int, end: int) -> tuple[bytes, int]:
    """The connection id behind its length at `at`, and the offset after it."""
    if at >= end:
        raise Malformed("shorter than it says")
    length = data[at]
    stop = at + 1 + length
    if length > MAX_CONNECTION_ID or stop > end:
        raise Malformed("QUIC connection id that does not fit")
    return data[at + 1 : stop], stop


def _skip_frame(payload: bytes, at: int, kind: int) -> int:
    """The offset after the frame of that kind whose content begins at `at`."""
    reader = Reader(payload, at)
    if kind in _ACK:
        _skip_ack(reader, kind)
    elif kind == _CLOSE:
        reader.varint()
        reader.varint()
        reader.skip(reader.varint())
    else:
        raise Malformed("QUIC frame that has no place in an Initial packet")
    return reader.at


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
