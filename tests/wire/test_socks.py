from __future__ import annotations

import pytest

from appliance.wire.reader import Malformed
from appliance.wire.socks import parse_socks, starts_socks
from tests.wire.rubbish import survives

GREETING = b"\5\2\0\2"
PASSWORD = b"\1\4user\6secret"
NAMED = b"\5\1\0\3\x0bexample.com\1\xbb"
NUMBERED = b"\5\1\0\1\xc0\0\2\7\0\x50"


def test_a_name_is_asked_for() -> None:
    request = parse_socks(GREETING + NAMED)
    assert request is not None
    assert (request.host, request.port, request.size) == ("example.com", 443, len(GREETING + NAMED))


def test_a_password_before_the_request_is_stepped_over() -> None:
    request = parse_socks(GREETING + PASSWORD + NAMED + b"\x16\3\1")
    assert request is not None
    assert (request.host, request.size) == ("example.com", len(GREETING + PASSWORD + NAMED))


def test_an_address_is_asked_for() -> None:
    request = parse_socks(b"\5\1\0" + NUMBERED)
    assert request is not None
    assert (request.host, request.port) == ("192.0.2.7", 80)


def test_version_four_asks_for_an_address_or_a_name() -> None:
    by_address = parse_socks(b"\4\1\0\x50\xc0\0\2\7me\0")
    by_name = parse_socks(b"\4\1\1\xbb\0\0\0\1me\0example.com\0")
    assert by_address is not None and by_name is not None
    assert (by_address.host, by_name.host, by_name.port) == ("192.0.2.7", "example.com", 443)


def test_every_beginning_asks_for_more() -> None:
    for whole in (GREETING + NAMED, GREETING + PASSWORD + NAMED):
        for end in range(4, len(whole)):
            assert parse_socks(whole[:end]) is None


def test_greetings_are_told_from_other_bytes() -> None:
    assert starts_socks(b"\5\1\0")
    assert starts_socks(b"\4\1\0\x50\xc0\0\2\7\0")
    for other in (b"\5\1\0\0", b"\5\0\0", b"\5\2\0", b"\5\1\x50", b"\4\3\0\x50\xc0\0\2\7\0", b"\5"):
        assert not starts_socks(other)


def test_an_unknown_address_is_malformed() -> None:
    with pytest.raises(Malformed):
        parse_socks(b"\5\1\0\5\1\0\x09\4abcdef")


def test_any_bytes_are_read_or_malformed() -> None:
    survives(parse_socks, GREETING + PASSWORD + NAMED, b"\5\1\0" + NUMBERED, b"\4\1\1\xbb\0\0\0\1me\0example.com\0")
    survives(lambda data: starts_socks(data) if data else None, GREETING)
