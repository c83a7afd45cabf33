"""HPACK, as far as it takes to read which host a request is for (RFC 7541)."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from functools import cache
from typing import Final

from appliance.wire.reader import Malformed, Reader

_NAMES: Final = (
    b":authority :method :method :path :path :scheme :scheme :status :status :status :status :status :status :status "
    b"accept-charset accept-encoding accept-language accept-ranges accept access-control-allow-origin age allow authorization "
    b"cache-control content-disposition content-encoding content-language content-length content-location content-range "
    b"content-type cookie date etag expect expires from host if-match if-modified-since if-none-match if-range "
    b"if-unmodified-since last-modified link location max-forwards proxy-authenticate proxy-authorization range referer refresh "
    b"retry-after server set-cookie strict-transport-security transfer-encoding user-agent vary via www-authenticate"
).split()
"""The names of appendix A in order, from index 1; its values are of no interest here, but for the method's."""
_METHODS: Final = {2: b"GET", 3: b"POST"}

# Lengths in bits, in base 36, of the codes of the characters from space to tilde (appendix B). The code is canonical, so the
# lengths alone give the codes; the only other character with a code of fewer than 19 bits is zero.
_LENGTHS: Final = "6aacd68baa8b8666555666666678f6cad67777777777777777777777878djde6f56565666577666567655677777fbed"
_LONGEST: Final = 15
_MAX_TABLE: Final = 65_536
_ENTRY_COST: Final = 32
_MAX_FIELDS: Final = 256


def _codes() -> Iterator[tuple[int, int, int]]:
    """Length, value and character of every code that is known."""
    code = previous = 0
    for length, character in sorted([*((int(length, 36), 32 + index) for index, length in enumerate(_LENGTHS)), (13, 0)]):
        if length > _LONGEST:
            return
        code <<= length - previous
        yield length, code, character
        code += 1
        previous = length


@cache  # few schools see HTTP/2 in the clear, and every start would pay for it
def _machine() -> tuple[tuple[tuple[int, int], ...], ...]:
    """For each state, and each four bits that may come next: the state after them (-1: unknown), and the character (or -1)."""
    leaves = {(length, code): character for length, code, character in _codes()}
    inner = sorted({(short, code >> length - short) for length, code in leaves for short in range(length)})
    states = {node: number for number, node in enumerate(inner)}

    def after(node: tuple[int, int], bits: int) -> tuple[int, int]:
        character = -1
        for shift in (3, 2, 1, 0):
            node = node[0] + 1, node[1] << 1 | bits >> shift & 1
            if node in leaves:  # no code is shorter than five bits, so this happens once at most
                character, node = leaves[node], (0, 0)
            elif node not in states:
                return -1, character
        return states[node], character

    return tuple(tuple(after(node, bits) for bits in range(16)) for node in inner)


class Decoder:
    """The receiving end of one direction's header compression; keeps the dynamic table in step."""

    __slots__ = ("_capacity", "_size", "_table")

    def __init__(self) -> None:
        """A table as it is at a connection's start."""
        self._table: deque[tuple[bytes, bytes]] = deque()
        self._size = 0
        self._capacity = 4_096

    def decode(self, block: bytes, *, cut_off: bool = False) -> list[tuple[bytes, bytes]]:
        """The fields of a header block in order, most values of the static table left empty; raises `Malformed`.

        With `cut_off` only the beginning is there, and what it says is all that is wanted.
        """
        reader = Reader(block)
        fields: list[tuple[bytes, bytes]] = []
        try:
            while reader.left and len(fields) < _MAX_FIELDS:
                field = self._field(reader)
                if field is not None:
                    fields.append(field)
        except Malformed:
            if not cut_off:
                raise
        return fields

    def _field(self, reader: Reader) -> tuple[bytes, bytes] | None:
        first = reader.u8()
        if first & 0x80:
            return self._entry(_integer(reader, first, 7))
        if first & 0xE0 == 0x20:
            self._resize(_integer(reader, first, 5))
            return None
        indexed = bool(first & 0x40)
        index = _integer(reader, first, 6 if indexed else 4)
        name = self._entry(index)[0] if index else _string(reader)
        value = _string(reader)
        if indexed:
            self._add(name, value)
        return name, value

    def _entry(self, index: int) -> tuple[bytes, bytes]:
        if 1 <= index <= len(_NAMES):
            return _NAMES[index - 1], _METHODS.get(index, b"")
        if len(_NAMES) < index <= len(_NAMES) + len(self._table):
            return self._table[index - len(_NAMES) - 1]
        raise Malformed("header index out of the table")

    def _add(self, name: bytes, value: bytes) -> None:
        self._table.appendleft((name, value))
        self._size += len(name) + len(value) + _ENTRY_COST
        self._resize(self._capacity)

    def _resize(self, capacity: int) -> None:
        if capacity > _MAX_TABLE:
            raise Malformed("header table over the limit")
        self._capacity = capacity
        while self._size > capacity:
            name, value = self._table.pop()
            self._size -= len(name) + len(value) + _ENTRY_COST


def _integer(reader: Reader, first: int, bits: int) -> int:
    """An integer with a prefix of `bits` bits (section 5.1), of at most 28 bits more."""
    mask = (1 << bits) - 1
    value = first & mask
    if value < mask:
        return value
    for shift in range(0, 28, 7):
        byte = reader.u8()
        value += (byte & 0x7F) << shift
        if byte < 0x80:
            return value
    raise Malformed("header integer over the limit")


def _string(reader: Reader) -> bytes:
    first = reader.u8()
    raw = reader.take(_integer(reader, first, 7))
    return _unpack(raw) if first & 0x80 else raw


def _unpack(raw: bytes) -> bytes:
    """Huffman-coded text (section 5.2); the first character outside ASCII and everything behind it is left out."""
    found = bytearray()
    state = 0
    for byte in raw:
        for bits in (byte >> 4, byte & 15):
            state, character = _machine()[state][bits]
            if character >= 0:
                found.append(character)
            if state < 0:
                return bytes(found)
    return bytes(found)
