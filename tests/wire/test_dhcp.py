from __future__ import annotations

import pytest

from appliance.wire.dhcp import parse
from appliance.wire.reader import Malformed
from tests.wire.rubbish import survives

MAC = bytes.fromhex("a4d1d2000001")
REQUEST = {53: b"\x03", 12: b"Sophies-iPad", 55: b"\x01\x79\x03\x06", 60: b"MSFT 5.0", 61: b"\x01" + MAC, 50: b"\x0a\0\0\x05"}


def message(options: dict[int, bytes], *, reply: bool = False, yours: bytes = b"\0" * 4, mine: bytes = b"\0" * 4) -> bytes:
    """A DHCP message with these options (RFC 2131 section 2)."""
    head = (
        bytes((2 if reply else 1, 1, 6, 0)) + b"xid!" + b"\0" * 4 + mine + yours + b"\0" * 8 + MAC.ljust(16, b"\0") + b"\0" * 192
    )
    body = b"".join(bytes((code, len(value))) + value for code, value in options.items())
    return head + b"\x63\x82\x53\x63" + body + b"\xff"


def test_request_tells_who_asks() -> None:
    lease = parse(message(REQUEST))
    assert lease is not None
    assert (lease.message, lease.from_server, lease.mac, lease.address) == (3, False, MAC, b"\x0a\0\0\x05")
    assert (lease.name, lease.vendor, lease.client_id) == ("Sophies-iPad", "MSFT 5.0", "01a4d1d2000001")
    assert lease.parameters == (1, 121, 3, 6)


def test_acknowledgement_tells_the_address_and_the_resolvers() -> None:
    lease = parse(message({53: b"\x05", 6: b"\x01\x01\x01\x01\x08\x08\x08\x08"}, reply=True, yours=b"\x0a\0\0\x09"))
    assert lease is not None
    assert (lease.from_server, lease.address) == (True, b"\x0a\0\0\x09")
    assert lease.resolvers == (b"\x01\x01\x01\x01", b"\x08\x08\x08\x08")


def test_full_name_as_labels_or_as_text_where_there_is_no_host_name() -> None:
    labels = parse(message({53: b"\x03", 81: b"\x04\0\0\x05Pc-07\x06school\x05local\0"}))
    partial = parse(message({53: b"\x03", 81: b"\x04\0\0\x05Pc-07"}))
    text = parse(message({53: b"\x03", 81: b"\x00\0\0PC-07.school.local"}))
    assert [lease.name for lease in (labels, partial, text) if lease] == ["Pc-07.school.local", "Pc-07", "PC-07.school.local"]


def test_own_address_counts_before_the_one_asked_for() -> None:
    lease = parse(message({**REQUEST, 50: b"\x0a\0\0\x63"}, mine=b"\x0a\0\0\x07"))
    assert lease is not None
    assert lease.address == b"\x0a\0\0\x07"


def test_name_with_control_bytes_is_spelt_out() -> None:
    lease = parse(message({53: b"\x01", 12: b"a\x1b[31m\0"}))
    assert lease is not None
    assert "\x1b" not in lease.name


def test_bootp_and_other_payloads_are_none() -> None:
    assert parse(b"") is None
    assert parse(b"x" * 300) is None
    assert parse(message({12: b"printer"})) is None


def test_option_longer_than_the_message_and_header_out_of_range_are_malformed() -> None:
    with pytest.raises(Malformed):
        parse(message(REQUEST)[:-1][:-3])
    with pytest.raises(Malformed):
        parse(b"\x07" + message(REQUEST)[1:])


def test_any_bytes_are_a_message_or_malformed() -> None:
    survives(parse, message(REQUEST), message({53: b"\x05", 6: b"\x01\x01\x01\x01", 81: b"\x04\0\0\x01a\xc0\x03"}, reply=True))
