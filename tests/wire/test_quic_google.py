from __future__ import annotations

import pytest

from appliance.wire.quic_google import GoogleHello, chlo_name, parse_hello
from appliance.wire.reader import Malformed
from tests.wire.rubbish import survives

Q043, Q046, Q024 = 0x51303433, 0x51303436, 0x51303234


def chlo(**tags: bytes) -> bytes:
    """A ClientHello of Google's: the tag table and the values."""
    table, values = b"", b""
    for tag, value in tags.items():
        values += value
        table += tag.encode().ljust(4, b"\0") + len(values).to_bytes(4, "little")
    return b"CHLO" + len(tags).to_bytes(2, "little") + b"\0\0" + table + values


def old_packet(message: bytes, version: bytes = b"Q043") -> bytes:
    """Public flags with version and connection id, one byte of packet number, hash, a stream frame (up to Q043)."""
    return b"\x09" + b"connecti" + version + b"\x01" + b"h" * 12 + b"\xa0\x01" + len(message).to_bytes(2, "big") + message


def long_packet(message: bytes) -> bytes:
    """A long header with a connection id of eight bytes, four bytes of packet number, hash, a stream frame (Q046)."""
    return b"\xc3Q046\x50connecti\0\0\0\x01" + b"h" * 12 + b"\xa0\x01" + len(message).to_bytes(2, "big") + message


def test_name_in_clear_up_to_q043_and_in_q046() -> None:
    message = chlo(PAD=b"-" * 600, SNI=b"WWW.Google.com", UAID=b"Chrome")
    assert parse_hello(old_packet(message)) == GoogleHello(Q043, "www.google.com")
    assert parse_hello(old_packet(message, b"Q024")) == GoogleHello(Q024, "www.google.com")
    assert parse_hello(long_packet(message)) == GoogleHello(Q046, "www.google.com")


def test_hello_without_a_name_is_one_all_the_same() -> None:
    assert parse_hello(old_packet(chlo(PAD=b"-", UAID=b"Chrome"))) == GoogleHello(Q043, "")


def test_other_datagrams_are_none() -> None:
    message = chlo(SNI=b"a.org")
    for other in (
        b"",
        message,
        b"\x08" + old_packet(message)[1:],
        old_packet(message, b"Q999"),
        old_packet(b"REJ\0" + message[4:]),
    ):
        assert parse_hello(other) is None


def test_hello_whose_name_is_cut_off_is_malformed() -> None:
    packet = old_packet(chlo(PAD=b"-" * 600, SNI=b"www.google.com"))
    with pytest.raises(Malformed):
        parse_hello(packet[:-3])


def test_every_beginning_of_a_hello_is_not_there_yet() -> None:
    message = chlo(SNI=b"www.google.com", UAID=b"Chrome")
    needed = len(message) - len(b"Chrome")
    assert [chlo_name(message[:length]) for length in range(4, needed)] == [None] * (needed - 4)
    assert chlo_name(message[:needed]) == "www.google.com"


@pytest.mark.parametrize(
    "message",
    [
        b"CHLO\xff\xff\0\0" + b"x" * 60,
        b"CHLO\x02\0\0\0PAD\0\x09\0\0\0SNI\0\x03\0\0\0" + b"x" * 9,
        b"SHLO\0\0\0\0",
    ],
    ids=["65,535 tags", "values that run backwards", "another message"],
)
def test_table_that_contradicts_itself_is_malformed(message: bytes) -> None:
    with pytest.raises(Malformed):
        chlo_name(message)


def test_value_whose_end_is_four_gigabytes_away_is_not_there_yet() -> None:
    assert chlo_name(b"CHLO\x01\0\0\0SNI\0\xff\xff\xff\xff" + b"x" * 9) is None


def test_any_bytes_are_a_hello_or_malformed() -> None:
    message = chlo(PAD=b"-" * 60, SNI=b"www.google.com")
    survives(parse_hello, old_packet(message), long_packet(message))
    survives(chlo_name, message)
