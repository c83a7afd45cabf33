from __future__ import annotations

import pytest

from appliance.wire.hpack import Decoder
from appliance.wire.reader import Malformed
from tests.wire.rubbish import survives

# Appendix C.4 of RFC 7541: three requests in a row on one connection, with Huffman coding.
FIRST = bytes.fromhex("828684418cf1e3c2e5f23a6ba0ab90f4ff")
SECOND = bytes.fromhex("828684be5886a8eb10649cbf")
THIRD = bytes.fromhex("828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf")


def test_requests_of_rfc_7541_appendix_c_4() -> None:
    decoder = Decoder()
    assert dict(decoder.decode(FIRST))[b":authority"] == b"www.example.com"
    second = dict(decoder.decode(SECOND))
    assert (second[b":authority"], second[b"cache-control"]) == (b"www.example.com", b"no-cache")
    third = dict(decoder.decode(THIRD))
    assert (third[b":authority"], third[b"custom-key"]) == (b"www.example.com", b"custom-value")


def test_method_is_told() -> None:
    assert dict(Decoder().decode(FIRST))[b":method"] == b"GET"


def test_shrinking_the_table_forgets_its_entries() -> None:
    decoder = Decoder()
    decoder.decode(FIRST)
    decoder.decode(b"\x20")
    with pytest.raises(Malformed):
        decoder.decode(b"\xbe")


def test_table_stays_within_its_capacity() -> None:
    decoder = Decoder()
    for number in range(1_000):
        decoder.decode(b"\x40\4" + number.to_bytes(4, "big") + b"\x7f\x80\1" + b"v" * 255)
    assert decoder._size <= 4_096


@pytest.mark.parametrize("block", [b"\x80", b"\xff\xff\xff\xff\xff\xff", b"\x3f\xff\xff\xff\x7f", b"\x41\x7f", b"\x40"])
def test_numbers_out_of_range_are_malformed(block: bytes) -> None:
    with pytest.raises(Malformed):
        Decoder().decode(block)


def test_a_block_that_is_cut_off_tells_what_it_has() -> None:
    fields = Decoder().decode(FIRST + b"\x40\x7f", cut_off=True)
    assert dict(fields)[b":authority"] == b"www.example.com"


def test_any_bytes_are_read_or_malformed() -> None:
    survives(lambda data: Decoder().decode(data), FIRST, SECOND, THIRD)
