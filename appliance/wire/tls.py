"""TLS ClientHellos: the server's name, the protocols offered, and whether the true name is hidden (RFC 8446 section 4.1.2)."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Final

from msgspec import Struct

from appliance.wire.dns_names import text_of
from appliance.wire.fingerprint import HelloShape, fingerprint
from appliance.wire.reader import Malformed

HANDSHAKE: Final = 22
ALERT: Final = 21
CLIENT_HELLO: Final = 1
SERVER_HELLO: Final = 2

_FIXED: Final = 34  # version and random
_ECH_CONFIG_AT: Final = 5  # behind the form, the KDF and the AEAD
_MAX_PROTOCOLS: Final = 16
_RECORD_HEADER: Final = 5
_SURE: Final = 11  # bytes of a hello that are much the same in all
# RFC 5246 section 6.2.1 allows 2^14 bytes; an empty handshake record is forbidden (RFC 8446 section 5.1).
_MAX_RECORD: Final = 16_384

_u16: Final = struct.Struct("!H").unpack_from
_u16_pair: Final = struct.Struct("!HH").unpack_from


class ClientHello(Struct, frozen=True, gc=False):
    """What a ClientHello tells. `complete` is False where only its beginning was there."""

    sni: str = ""
    alpn: tuple[str, ...] = ()
    ech_config: int | None = None
    fingerprint: str = ""
    complete: bool = True


class _Found:
    """What has been read of a hello so far."""

    __slots__ = ("alpn", "ech", "name", "shape")

    def __init__(self) -> None:
        self.name = ""
        self.alpn: tuple[str, ...] = ()
        self.ech: int | None = None
        self.shape = HelloShape()


def parse_client_hello(body: bytes, transport: str = "t") -> ClientHello:
    """Read a whole ClientHello, `body` being the handshake message without its 4-byte header.

    `transport` is JA4's letter: t for TCP, q for QUIC. Raises `Malformed` where a length lies.
    """
    found = _Found()
    _read(body, found)
    return ClientHello(found.name, found.alpn, found.ech, fingerprint(found.shape, transport, bool(found.name), found.alpn))


def peek_client_hello(partial: bytes) -> ClientHello:
    """What the beginning of a ClientHello tells, as far as it goes; never raises."""
    found = _Found()
    # What is malformed is the end, which is missing: that is why it is only a peek.
    with suppress(Malformed):
        _read(partial, found)
    return ClientHello(found.name, found.alpn, found.ech, complete=False)


def peek_sni(partial: bytes) -> str:
    """The server's name if it stands in the beginning of a ClientHello, else the empty text."""
    return peek_client_hello(partial).sni


def handshake_bytes(stream: bytes) -> bytes:
    """The handshake bytes in the TLS records at the start of `stream`, which may split a message anywhere (RFC 8446 section 5.1).

    Stops at the first record that is no handshake. Raises `Malformed` for a record that cannot be one of TLS.
    """
    # Nearly always the hello is in one record, and then one copy does.
    end = _RECORD_HEADER + _record_length(stream, 0)
    if len(stream) <= end:
        return stream[_RECORD_HEADER:]
    parts = [stream[_RECORD_HEADER:end]]
    while len(stream) >= end + _RECORD_HEADER and stream[end] == HANDSHAKE:
        start = end + _RECORD_HEADER
        end = start + _record_length(stream, end)
        parts.append(stream[start:end])
    return b"".join(parts)


def _record_length(stream: bytes, at: int) -> int:
    length = stream[at + 3] << 8 | stream[at + 4]
    if stream[at] != HANDSHAKE or stream[at + 1] != 3 or not 0 < length <= _MAX_RECORD:
        raise Malformed("not a TLS record")
    return length


def read_client_hello(stream: bytes, limit: int) -> ClientHello | int:
    """The ClientHello at the start of a client's bytes, or how many bytes at least it takes to go on.

    Raises `Malformed` where it is none, or is longer than `limit` bytes and its name is not among the first.
    """
    if len(stream) < _RECORD_HEADER + 4:
        return _RECORD_HEADER + 4 - len(stream)
    message = handshake_bytes(stream)
    if message[0] != CLIENT_HELLO:
        raise Malformed("handshake without ClientHello")
    if len(message) < 4:
        return 4 - len(message)
    end = 4 + (message[1] << 16 | message[2] << 8 | message[3])
    if end > limit:  # too long to wait for: what its beginning tells has to do
        hello = peek_client_hello(message[4:])
        if not hello.sni:
            raise Malformed("ClientHello over the limit")
        return hello
    return parse_client_hello(message[4:end]) if len(message) >= end else end - len(message)


def peek_stream(stream: bytes) -> ClientHello | None:
    """What an unfinished ClientHello at the start of `stream` tells; None where there is none. Never raises."""
    if len(stream) < _RECORD_HEADER + 4:
        return None
    try:
        message = handshake_bytes(stream)
    except Malformed:
        return None
    return peek_client_hello(message[4:]) if message[:1] == b"\x01" else None


def starts_client_hello(data: bytes, at: int = 0) -> bool:
    """Whether the bytes from `at` may begin a ClientHello, as far as they go (at least one byte)."""
    if data[at] != HANDSHAKE:
        return False
    head = data[at : at + 11]
    have = len(head)
    return (
        (have < 2 or head[1] == 3)
        and (have < 6 or head[5] == CLIENT_HELLO)
        # Three bytes of length: hellos over 64 kB do not exist, and encrypted handshake bytes seldom begin with 01 00.
        and (have < 7 or head[6] == 0)
        and (have < 10 or head[9] == 3)
    )


def hello_inside(data: bytes) -> int:
    """Where a ClientHello begins behind the first byte, with enough of it to be sure; 0 where none does."""
    at = data.find(b"\x16\3", 1)
    while 0 < at <= len(data) - _SURE:
        if starts_client_hello(data, at):
            return at
        at = data.find(b"\x16\3", at + 1)
    return 0


def _read(body: bytes, found: _Found) -> None:
    """Read as far as the bytes go. This is the hot path: plain offsets, each checked where it is used."""
    if body[:1] != b"\x03":
        raise Malformed("not a TLS ClientHello")
    try:
        found.shape.version = 0x0300 | body[1]
        at = _FIXED + 1 + body[_FIXED]
        ciphers = at + 2 + _u16(body, at)[0]
        found.shape.ciphers = body[at + 2 : ciphers]
        at = ciphers + 1 + body[ciphers]
        if at == len(body):  # TLS 1.2 and older may leave the extensions out
            return
        end = at + 2 + _u16(body, at)[0]
        _read_extensions(body, at + 2, end, found)
    except (IndexError, struct.error):
        raise Malformed("ClientHello cut short") from None


def _read_extensions(body: bytes, at: int, end: int, found: _Found) -> None:
    readers = _READERS
    kinds = found.shape.extensions
    while at < end:
        kind, length = _u16_pair(body, at)
        at += 4
        stop = at + length
        if stop > end or stop > len(body):
            raise Malformed("extension cut short")
        kinds.append(kind)
        if kind in readers:
            readers[kind](body[at:stop], found)
        at = stop


def _read_names(block: bytes, found: _Found) -> None:
    """The first host name of a server_name extension (RFC 6066 section 3)."""
    at = 2
    while at + 3 <= len(block):
        stop = at + 3 + _u16(block, at + 1)[0]
        if stop > len(block):
            raise Malformed("server name cut short")
        if block[at] == 0:
            found.name = text_of(block[at + 3 : stop]).rstrip(".")
            return
        at = stop


def _read_protocols(block: bytes, found: _Found) -> None:
    """The protocols of an ALPN extension (RFC 7301 section 3.1), the first few."""
    at = 2
    names: list[str] = []
    while at < len(block) and len(names) < _MAX_PROTOCOLS:
        stop = at + 1 + block[at]
        names.append(text_of(block[at + 1 : stop]))
        at = stop
    found.alpn = tuple(names)


def _read_ech(block: bytes, found: _Found) -> None:
    """The config id of an outer encrypted_client_hello extension; the inner form has none (RFC 9849 section 5)."""
    if len(block) > _ECH_CONFIG_AT and block[0] == 0:
        found.ech = block[_ECH_CONFIG_AT]


def _read_versions(block: bytes, found: _Found) -> None:
    found.shape.versions = block


def _read_signatures(block: bytes, found: _Found) -> None:
    found.shape.signatures = block


_READERS: Final[Mapping[int, Callable[[bytes, _Found], None]]] = {
    0: _read_names,
    13: _read_signatures,
    16: _read_protocols,
    43: _read_versions,
    0xFE0D: _read_ech,
}
"""What is read of a hello, by extension type."""
