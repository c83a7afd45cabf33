from __future__ import annotations

import pytest

from appliance.wire.radius import Session, parse
from appliance.wire.reader import Malformed
from tests.wire.rubbish import survives

MAC = bytes.fromhex("a4d1d2000001")


def accounting(*attributes: tuple[int, bytes], code: int = 4) -> bytes:
    """An accounting request (RFC 2866 section 4.1)."""
    body = b"".join(bytes((kind, len(value) + 2)) + value for kind, value in attributes)
    return bytes((code, 1)) + (20 + len(body)).to_bytes(2, "big") + b"a" * 16 + body


START = accounting((40, b"\0\0\0\x01"), (1, b"SCHOOL\\J.Smith"), (8, b"\x0a\0\0\x05"), (31, b"A4-D1-D2-00-00-01"))


def test_start_tells_who_is_at_which_machine() -> None:
    assert parse(START + b"padding") == Session("j.smith", "school", MAC, b"\x0a\0\0\x05", ended=False)


@pytest.mark.parametrize("station", [b"a4:d1:d2:00:00:01", b"a4d1.d200.0001", b"A4D1D2000001", b"A4-D1-D2-00-00-01:eduroam"])
def test_macs_in_every_spelling(station: bytes) -> None:
    session = parse(accounting((1, b"j@school.org"), (31, station)))
    assert session == Session("j", "school.org", MAC)


def test_stop_ends_the_session_and_a_phone_number_is_no_mac() -> None:
    assert parse(accounting((1, b"j"), (40, b"\0\0\0\x02"), (31, b"+44 1234 567890"))) == Session("j", ended=True)


def test_other_codes_and_messages_without_a_user_are_none() -> None:
    assert parse(accounting((1, b"j"), code=1)) is None
    assert parse(accounting((40, b"\0\0\0\x07"))) is None
    assert parse(b"") is None


def test_lengths_that_lie_are_malformed() -> None:
    for data in (START[:2] + b"\xff\xff" + START[4:], START[:2] + b"\0\x13" + START[4:], accounting((1, b"j"))[:-2] + b"\x01j"):
        with pytest.raises(Malformed):
            parse(data)


def test_any_bytes_are_a_session_or_malformed() -> None:
    survives(parse, START)
