from __future__ import annotations

import pytest

from appliance.wire.netbios import NetbiosName, parse, parse_sender
from appliance.wire.reader import Malformed
from tests.wire.rubbish import survives


def encoded(name: str, suffix: int = 0) -> bytes:
    """A name in half-bytes (RFC 1001 section 14.1)."""
    raw = name.upper().encode().ljust(15) + bytes((suffix,))
    return b"\x20" + b"".join(bytes((0x41 + (byte >> 4), 0x41 + (byte & 15))) for byte in raw) + b"\0"


def request(name: str, suffix: int = 0, *, flags: int = 0x0110, kind: int = 0x20) -> bytes:
    """A name service request."""
    return b"id" + flags.to_bytes(2, "big") + b"\0\x01" + b"\0" * 6 + encoded(name, suffix) + kind.to_bytes(2, "big") + b"\0\x01"


DATAGRAM = b"\x11\x02id\x0a\0\0\x05\0\x8a\0\xbb\0\0" + encoded("PC-07", 0x20) + encoded("SCHOOL", 0x1D) + b"mailslot"


def test_query_asks_for_a_name() -> None:
    assert parse(request("WPAD")) == NetbiosName("wpad", 0)


@pytest.mark.parametrize("flags", [0x2910, 0x4110, 0x4810, 0x7910])
def test_registrations_and_refreshes_tell_the_machines_own_name(flags: int) -> None:
    assert parse(request("PC-07", 0x20, flags=flags)) == NetbiosName("pc-07", 0x20, registers=True)


def test_node_status_asks_for_all_names() -> None:
    assert parse(request("*", kind=0x21)) == NetbiosName("*", 0, status=True)


def test_responses_and_requests_without_a_question_are_none() -> None:
    assert parse(request("PC-07", flags=0x8500)) is None
    assert parse(request("PC-07")[:4] + b"\0\0" + request("PC-07")[6:]) is None


def test_datagrams_tell_their_sender() -> None:
    assert parse_sender(DATAGRAM) == NetbiosName("pc-07", 0x20, registers=True)
    assert parse_sender(b"\x13" + DATAGRAM[1:]) is None
    assert parse_sender(b"") is None


@pytest.mark.parametrize("data", [b"", request("A")[:40], request("A").replace(b"EB", b"Eb"), b"x" * 12 + b"\x1f" + b"A" * 40])
def test_names_in_any_other_form_are_malformed(data: bytes) -> None:
    with pytest.raises(Malformed):
        parse(data)
    with pytest.raises(Malformed):
        parse_sender(DATAGRAM[:30])


def test_any_bytes_are_a_name_or_malformed() -> None:
    survives(parse, request("PC-07"))
    survives(parse_sender, DATAGRAM)
