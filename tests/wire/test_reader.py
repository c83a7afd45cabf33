from __future__ import annotations

import pytest

from appliance.wire.reader import Malformed, Reader


def test_fields_are_read_in_order() -> None:
    reader = Reader(b"\x01\x02\x03\x00\x00\x04\x00\x00\x00\x05" + b"\0" * 7 + b"\x06tail")
    assert (reader.u8(), reader.u16(), reader.u24(), reader.u32(), reader.u64()) == (1, 0x0203, 4, 5, 6)
    assert reader.left == 4
    assert reader.rest() == b"tail"
    assert reader.left == 0


@pytest.mark.parametrize("count", [-1, 4, 1 << 40])
def test_reading_past_the_end_is_malformed(count: int) -> None:
    with pytest.raises(Malformed):
        Reader(b"abc").take(count)


@pytest.mark.parametrize("read", [Reader.u8, Reader.u16, Reader.u24, Reader.u32, Reader.u64, Reader.varint])
def test_empty_bytes_hold_no_number(read: object) -> None:
    with pytest.raises(Malformed):
        read(Reader(b""))  # type: ignore[operator]


def test_block_cannot_be_left() -> None:
    reader = Reader(b"abcdef")
    block = reader.block(2)
    assert block.rest() == b"ab"
    with pytest.raises(Malformed):
        block.u8()
    assert reader.rest() == b"cdef"


def test_end_beyond_the_bytes_is_clipped() -> None:
    assert Reader(b"abc", 1, 99).rest() == b"bc"


@pytest.mark.parametrize(
    ("data", "value"),
    [("25", 37), ("7bbd", 15_293), ("9d7f3e7d", 494_878_333), ("c2197c5eff14e88c", 151_288_809_941_952_652)],
)
def test_varints_of_rfc_9000_appendix_a(data: str, value: int) -> None:
    assert Reader(bytes.fromhex(data)).varint() == value
