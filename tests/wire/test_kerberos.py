from __future__ import annotations

import pytest

from appliance.wire.kerberos import Principal, parse
from appliance.wire.reader import Malformed
from tests.wire.rubbish import survives


def der(tag: int, *content: bytes) -> bytes:
    """A DER element."""
    body = b"".join(content)
    size = bytes((len(body),)) if len(body) < 0x80 else b"\x82" + len(body).to_bytes(2, "big")
    return bytes((tag,)) + size + body


def as_req(*names: str, realm: str = "SCHOOL.LOCAL", padata: bytes = b"", tag: int = 0x6A) -> bytes:
    """An AS-REQ for a client of these name components (RFC 4120 section 5.4.1)."""
    strings = [der(0x1B, name.encode()) for name in names]
    cname = der(0xA1, der(0x30, der(0xA0, b"\x02\x01\x01"), der(0xA1, der(0x30, *strings)))) if names else b""
    body = der(0x30, der(0xA0, b"\x03\x05\0\x40\x81\0\x10"), cname, der(0xA2, der(0x1B, realm.encode())), der(0xA3, b"sname"))
    extra = der(0xA3, padata) if padata else b""
    return der(tag, der(0x30, der(0xA1, b"\x02\x01\x05"), der(0xA2, b"\x02\x01\x0a"), extra, der(0xA4, body)))


def test_user_and_realm_of_an_as_req() -> None:
    assert parse(as_req("J.Smith")) == Principal("j.smith", "school.local", False)


def test_over_tcp_its_length_stands_before_it() -> None:
    message = as_req("j.smith", padata=b"p" * 200)
    assert parse(len(message).to_bytes(4, "big") + message) == Principal("j.smith", "school.local", False)


def test_computers_are_told_from_people_and_enterprise_names_taken_apart() -> None:
    assert parse(as_req("PC-07$")) == Principal("pc-07$", "school.local", True)
    assert parse(as_req("j.smith@school.org", realm="X")) == Principal("j.smith", "school.org", False)
    assert parse(as_req("host", "pc-07")) == Principal("host/pc-07", "school.local", False)


def test_other_messages_and_an_as_req_without_a_name_are_none() -> None:
    assert parse(as_req("j.smith", tag=0x6C)) is None
    assert parse(as_req()) is None
    assert parse(b"") is None


def test_lengths_that_lie_are_malformed() -> None:
    for data in (as_req("j.smith")[:-9], b"\x6a\x84\xff\xff\xff\xff", b"\x6a\x80", b"\x6a\x03\x02\x01\x05"):
        with pytest.raises(Malformed):
            parse(data)


def test_any_bytes_are_a_principal_or_malformed() -> None:
    survives(parse, as_req("j.smith"), b"\0\0\0\xff" + as_req("pc-07$", padata=b"p" * 150))
