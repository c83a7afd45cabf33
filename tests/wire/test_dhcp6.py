from __future__ import annotations

import pytest

from appliance.wire.dhcp6 import parse
from appliance.wire.reader import Malformed
from tests.wire.rubbish import survives

MAC = bytes.fromhex("a4d1d2000001")
DUID = b"\0\x03\0\x01" + MAC
ADDRESS = bytes.fromhex("20010db8000000000000000000000005")


def options(*pairs: tuple[int, bytes]) -> bytes:
    """Options with their codes and lengths (RFC 8415 section 21.1)."""
    return b"".join(code.to_bytes(2, "big") + len(value).to_bytes(2, "big") + value for code, value in pairs)


SOLICIT = b"\x01xid" + options(
    (1, DUID), (39, b"\0\x05Pc-07\x06school\0"), (16, b"\0\0\x01\x37\0\x08MSFT 5.0"), (6, b"\0\x17\0\x18")
)


def relayed(message: bytes) -> bytes:
    """A relay-forward message around another (RFC 8415 section 9.1)."""
    return b"\x0c\0" + b"\xfe\x80" + b"\0" * 30 + options((9, message))


def test_solicit_tells_who_asks() -> None:
    lease = parse(SOLICIT)
    assert (lease.message, lease.from_server, lease.mac, lease.name, lease.vendor) == (1, False, MAC, "Pc-07.school", "MSFT 5.0")
    assert (lease.client_id, lease.parameters) == (DUID.hex(), (23, 24))


def test_reply_tells_addresses_and_resolvers() -> None:
    association = b"\0" * 12 + options((5, ADDRESS + b"\0" * 8))
    lease = parse(b"\x07xid" + options((1, DUID), (3, association), (23, ADDRESS * 2)))
    assert (lease.from_server, lease.addresses, lease.resolvers) == (True, (ADDRESS,), (ADDRESS, ADDRESS))


def test_mac_in_a_duid_with_a_time_and_none_in_other_duids() -> None:
    assert parse(b"\x01xid" + options((1, b"\0\x01\0\x01time" + MAC))).mac == MAC
    assert parse(b"\x01xid" + options((1, b"\0\x02\0\x01time" + MAC))).mac == b""
    assert parse(b"\x01xid" + options((1, b"\0\x03"))).mac == b""


def test_message_is_taken_out_of_its_relays() -> None:
    assert parse(relayed(relayed(SOLICIT))) == parse(SOLICIT)


def test_relays_inside_relays_without_end_are_malformed() -> None:
    message = SOLICIT
    for _ in range(10):
        message = relayed(message)
    with pytest.raises(Malformed):
        parse(message)


@pytest.mark.parametrize("data", [b"", b"\0", b"\xff123", SOLICIT[:-1], relayed(b"")])
def test_what_is_no_message_is_malformed(data: bytes) -> None:
    with pytest.raises(Malformed):
        parse(data)


def test_any_bytes_are_a_message_or_malformed() -> None:
    survives(parse, SOLICIT, relayed(SOLICIT))
