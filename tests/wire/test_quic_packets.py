from __future__ import annotations

import pytest

from appliance.wire.quic_packets import Piece, crypto_pieces, parse_packet
from appliance.wire.reader import Malformed
from tests.wire.initials import DRAFT_29, HELLO, RFC_CRYPTO_FRAME, V1, V2, crypto, seal, varint
from tests.wire.rubbish import survives

DCID = b"\x01\x02\x03\x04\x05\x06\x07\x08"
ACK = b"\x02\x05\x00\x01\x00\x02\x01"


@pytest.mark.parametrize("version", [V1, V2, DRAFT_29])
def test_initial_tells_its_ids_and_where_it_ends(version: int) -> None:
    packet = seal(RFC_CRYPTO_FRAME, DCID, version=version, source=b"\xaa\xbb", token=b"t" * 70)
    found = parse_packet(packet + b"more")
    assert found is not None
    assert (found.kind, found.version, found.destination, found.source) == ("initial", version, DCID, b"\xaa\xbb")
    assert found.end == len(packet)
    assert parse_packet(packet + b"more", found.end) is None


@pytest.mark.parametrize(("version", "kind", "name"), [(V1, 1, "other"), (V1, 2, "other"), (V2, 0, "retry"), (V2, 3, "other")])
def test_types_are_turned_by_one_in_version_2(version: int, kind: int, name: str) -> None:
    head = bytes((0xC0 | kind << 4,)) + version.to_bytes(4, "big") + b"\0\0" + varint(20) + b"x" * 20
    found = parse_packet(head)
    assert found is not None
    assert found.kind == name


def test_version_negotiation_and_retry_take_the_rest_of_the_datagram() -> None:
    for datagram in (b"\x80\0\0\0\0\0\x01a\0\0\0\x01", b"\xf0\0\0\0\x01\0\x01a" + b"token" * 9):
        found = parse_packet(datagram)
        assert found is not None
        assert found.end == len(datagram)


def test_short_headers_other_versions_and_the_end_are_no_packets() -> None:
    assert parse_packet(b"\x40" + b"x" * 30) is None
    assert parse_packet(b"\xc0\x1a\x2a\x3a\x4a" + b"x" * 30) is None
    assert parse_packet(b"") is None


@pytest.mark.parametrize(
    "header",
    [
        "c00000000115" + "00" * 40,
        "c000000001080102",
        "c00000000100007f",
        "c0000000010000004fff0000",
        "c000000001000000ffffffffffffffff",
    ],
    ids=["long id", "cut id", "token", "length", "huge length"],
)
def test_header_that_does_not_hold_together_is_malformed(header: str) -> None:
    with pytest.raises(Malformed):
        parse_packet(bytes.fromhex(header))


def test_crypto_frames_are_found_between_all_others() -> None:
    close = b"\x1c\x01\x06\x03bye"
    ecn_ack = b"\x03\x05\x00\x00\x02\x01\x02\x03"
    payload = b"\0\0\x01" + ACK + crypto(b"later", 100) + b"\x01\0\0\0" + ecn_ack + crypto(b"first") + close + b"\0" * 50
    assert crypto_pieces(payload) == [Piece(100, b"later"), Piece(0, b"first")]


def test_googles_numbers_for_crypto_and_ping_count_only_in_its_versions() -> None:
    payload = b"\x07" + crypto(b"CHLO", kind=8) + b"\0" * 9
    assert crypto_pieces(payload, google=True) == [Piece(0, b"CHLO")]
    with pytest.raises(Malformed):
        crypto_pieces(crypto(b"CHLO", kind=8))
    assert crypto_pieces(crypto(b"x") + b"\x60\x05" + crypto(b"y", 1), google=True) == [Piece(0, b"x")]


@pytest.mark.parametrize(
    "payload",
    [
        b"\x06\0\x40\xff" + b"x" * 9,
        b"\x02\x05\0\xff\xff\xff\xff\xff\xff\xff\xff",
        b"\x1c\x01\x06\x44\x44x",
        b"\x06",
        b"\x1e",
        b"\x07",
    ],
    ids=["long crypto", "ack of 2^62 ranges", "long reason", "cut", "handshake done", "new token"],
)
def test_frames_that_lie_or_have_no_place_there_are_malformed(payload: bytes) -> None:
    with pytest.raises(Malformed):
        crypto_pieces(payload)


def test_any_bytes_are_packets_or_malformed() -> None:
    survives(parse_packet, seal(RFC_CRYPTO_FRAME, DCID), seal(RFC_CRYPTO_FRAME, DCID, version=V2, token=b"t" * 64))
    survives(crypto_pieces, ACK + crypto(HELLO, 7) + b"\0\0\x01" + crypto(b"x" * 70))
    survives(lambda data: crypto_pieces(data, google=True), crypto(HELLO, kind=8) + b"\0\0\x07")
