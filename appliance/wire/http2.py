"""HTTP/2 in the clear, the client's side: which hosts its requests are for (RFC 9113)."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from appliance.wire.hpack import Decoder
from appliance.wire.http import bare_host
from appliance.wire.reader import Malformed

PREFACE: Final = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

_HEADER: Final = 9
_HEADERS: Final = 1
_CONTINUATION: Final = 9
_END_HEADERS: Final = 0x4
_PADDED: Final = 0x8
_PRIORITY: Final = 0x20
_MAX_BLOCK: Final = 16_384
_LAST_FRAME_TYPE: Final = 0x10


class Request(Struct, frozen=True, gc=False):
    """A request's method, and its host in lower case without port."""

    method: str
    host: str


class ClientFrames:
    """Reads a client's frames in order; keeps a header block that is not at its end, within bounds."""

    __slots__ = ("_block", "_decoder", "lost")

    def __init__(self) -> None:
        """A connection whose preface has just been read."""
        self._decoder = Decoder()
        self._block = b""
        self.lost = False  # True once nothing more can be read

    def read(self, data: bytes) -> tuple[list[Request], int]:
        """The requests in the whole frames at the start of `data`, and how many bytes may be stepped over.

        That may be more than there are: bodies are not waited for. Raises `Malformed`.
        """
        found: list[Request] = []
        at = 0
        while at + _HEADER <= len(data):
            end = at + _HEADER + int.from_bytes(data[at : at + 3], "big")
            kind, flags = data[at + 3], data[at + 4]
            if kind > _LAST_FRAME_TYPE:
                raise Malformed("unknown HTTP/2 frame")
            if kind in (_HEADERS, _CONTINUATION):
                if end > len(data):
                    if end - at <= _MAX_BLOCK:
                        break
                    # Too long to wait for; the host stands at its beginning.
                    return found + self._peek_block(flags, data[at + _HEADER :]), len(data)
                found += self._read_block(kind, flags, data[at + _HEADER : end])
            at = end
        return found, at

    def _read_block(self, kind: int, flags: int, payload: bytes) -> list[Request]:
        block = _fragment(flags, payload) if kind == _HEADERS else self._block + payload
        if len(block) > _MAX_BLOCK:
            raise Malformed("HTTP/2 header block over the limit")
        if not flags & _END_HEADERS:
            self._block = block
            return []
        self._block = b""
        return _request(self._decoder.decode(block))

    def _peek_block(self, flags: int, payload: bytes) -> list[Request]:
        """The request in the beginning of a header block; the table is out of step after this."""
        self.lost = True
        return _request(self._decoder.decode(_fragment(flags & ~_PADDED, payload), cut_off=True))


def _request(fields: list[tuple[bytes, bytes]]) -> list[Request]:
    first = dict(reversed(fields))
    host = first.get(b":authority") or first.get(b"host", b"")
    return [Request(first.get(b":method", b"").decode("latin-1"), bare_host(host))] if host else []


def _fragment(flags: int, payload: bytes) -> bytes:
    """The header block in a HEADERS frame, without padding and priority (RFC 9113 section 6.2)."""
    start = end = 0
    if flags & _PADDED:
        if not payload:
            raise Malformed("HTTP/2 frame without its padding")
        start, end = 1, payload[0]
    if flags & _PRIORITY:
        start += 5
    if start + end > len(payload):
        raise Malformed("HTTP/2 frame shorter than its padding")
    return payload[start : len(payload) - end]
