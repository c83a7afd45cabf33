"""A cursor over bytes that never reads past its end.

Parsers either return what they found, return None where the bytes are not (yet) theirs, or raise `Malformed`. Nothing else
escapes: every length that comes off the wire goes through `Reader` or through a check of the same kind.
"""

from __future__ import annotations

from struct import Struct
from typing import Final

_U16: Final = Struct("!H").unpack_from
_U32: Final = Struct("!I").unpack_from
_U64: Final = Struct("!Q").unpack_from


class Malformed(ValueError):  # noqa: N818 - a verdict on bytes, part of every parser's contract
    """Bytes that claim to be a protocol and break its rules. The message is a short fixed phrase, safe to count by."""


class Reader:
    """Reads big-endian fields from `data[at:end]`, advancing `at`; a read past `end` raises `Malformed`."""

    __slots__ = ("at", "data", "end")

    def __init__(self, data: bytes, at: int = 0, end: int | None = None) -> None:
        """Start at offset `at`; `end` is clipped to the bytes that are there."""
        self.data = data
        self.at = at
        self.end = len(data) if end is None else min(end, len(data))

    @property
    def left(self) -> int:
        """How many bytes are still unread."""
        return self.end - self.at

    def skip(self, count: int) -> None:
        """Step over `count` bytes."""
        self._claim(count)

    def u8(self) -> int:
        """One byte."""
        return self.data[self._claim(1)]

    def u16(self) -> int:
        """Two bytes, big-endian."""
        return int(_U16(self.data, self._claim(2))[0])

    def u24(self) -> int:
        """Three bytes, big-endian."""
        at = self._claim(3)
        return int.from_bytes(self.data[at : at + 3], "big")

    def u32(self) -> int:
        """Four bytes, big-endian."""
        return int(_U32(self.data, self._claim(4))[0])

    def u64(self) -> int:
        """Eight bytes, big-endian."""
        return int(_U64(self.data, self._claim(8))[0])

    def take(self, count: int) -> bytes:
        """The next `count` bytes, as a copy."""
        at = self._claim(count)
        return bytes(self.data[at : at + count])

    def rest(self) -> bytes:
        """Everything that is left."""
        return self.take(self.end - self.at)

    def block(self, count: int) -> Reader:
        """A reader of the next `count` bytes alone, which this one steps over."""
        at = self._claim(count)
        return Reader(self.data, at, at + count)

    def varint(self) -> int:
        """A QUIC variable-length integer of one to eight bytes (RFC 9000 section 16)."""
        value, self.at = read_varint(self.data, self.at, self.end)
        return value

    def _claim(self, count: int) -> int:
        at = self.at
        if count < 0 or count > self.end - at:
            raise Malformed("shorter than it says")
        self.at = at + count
        return at


def read_varint(data: bytes, at: int, end: int) -> tuple[int, int]:
    """The QUIC variable-length integer at `at` and the offset after it (RFC 9000 section 16); raises `Malformed` at `end`."""
    if at >= end:
        raise Malformed("shorter than it says")
    first = data[at]
    if first < 0x40:
        return first, at + 1
    stop = at + (1 << (first >> 6))
    if stop > end:
        raise Malformed("shorter than it says")
    # The top two bits tell the length and are no part of the value.
    return int.from_bytes(data[at:stop], "big") & (1 << 8 * (stop - at) - 2) - 1, stop
