from __future__ import annotations

import pytest

from appliance.wire.limits import Limits
from appliance.wire.quic import FlowKey
from appliance.wire.quic_answers import Unanswered
from appliance.wire.reader import Malformed
from tests.wire.initials import V1, V2, crypto, seal
from tests.wire.rubbish import survives

CLIENT: FlowKey = (b"\x0a\0\0\x05", 50_000, b"\xc0\0\x02\x01", 443)
SERVER: FlowKey = (b"\xc0\0\x02\x01", 443, b"\x0a\0\0\x05", 50_000)
DCID = b"original"
ACK = b"\x02\0\0\0\0"
CLOSE = b"\x1c\x41\x28\x06\x02no"
SERVER_HELLO = crypto(b"\x02\0\0\x01x")
HANDSHAKE = b"\xe0\0\0\0\x01\0\0\x19" + b"h" * 25


def reply(frames: bytes, *, version: int = V1, keyed_by: bytes = DCID, pad_to: int = 60) -> bytes:
    """A server's Initial."""
    return seal(frames, b"", keyed_by=keyed_by, source=b"server", side="server in", version=version, pad_to=pad_to)


def asked(limits: Limits | None = None) -> Unanswered:
    """One hello waits."""
    waiting = Unanswered(limits or Limits())
    waiting.expect(CLIENT, DCID, "a.example", 1.0)
    return waiting


@pytest.mark.parametrize("version", [V1, V2])
def test_servers_hello_is_the_answer_whatever_version_it_comes_in(version: int) -> None:
    assert asked().feed(SERVER, reply(ACK + SERVER_HELLO, version=version), 1.1) == ("a.example", "server-hello")


def test_closed_connection_is_an_alert() -> None:
    assert asked().feed(SERVER, reply(ACK + b"\0\x01" + CLOSE), 1.1) == ("a.example", "alert")


def test_acknowledgement_is_no_answer_yet() -> None:
    waiting = asked()
    assert waiting.feed(SERVER, reply(ACK), 1.1) is None
    assert waiting.feed(SERVER, reply(SERVER_HELLO), 1.2) is not None


def test_handshake_packet_behind_the_initial_says_enough() -> None:
    unreadable = reply(ACK, keyed_by=b"another id")
    assert asked().feed(SERVER, unreadable + HANDSHAKE, 1.1) == ("a.example", "server-hello")
    assert asked().feed(SERVER, unreadable + b"\0" * 900, 1.1) is None
    assert asked().feed(SERVER, unreadable + unreadable, 1.1) is None


def test_answer_is_told_once_and_only_to_the_flow_that_asked() -> None:
    waiting = asked()
    hello = reply(SERVER_HELLO)
    assert waiting.feed(CLIENT, hello, 1.1) is None
    assert waiting.feed((SERVER[0], 443, SERVER[2], 50_001), hello, 1.1) is None
    assert waiting.feed(SERVER, hello, 1.1) is not None
    assert waiting.feed(SERVER, hello, 1.1) is None


def test_after_a_retry_the_answer_comes_under_the_new_connection_id() -> None:
    waiting = asked()
    retry = b"\xf0\0\0\0\x01\0\x06newcid" + b"token" + b"t" * 16
    assert waiting.feed(SERVER, retry, 1.1) is None
    assert waiting.feed(SERVER, reply(SERVER_HELLO, keyed_by=b"newcid"), 1.2) == ("a.example", "server-hello")


def test_answer_after_a_minute_is_another_connections() -> None:
    assert asked().feed(SERVER, reply(SERVER_HELLO), 62.0) is None


def test_hellos_that_wait_are_bounded() -> None:
    waiting = asked(Limits(quic_flows=4))
    for port in range(9):
        waiting.expect((CLIENT[0], port, CLIENT[2], 443), DCID, "b.example", 1.0)
    assert len(waiting) == 4
    assert waiting.feed(SERVER, reply(SERVER_HELLO), 1.1) is None


def test_any_bytes_are_an_answer_or_none_or_malformed() -> None:
    survives(lambda data: asked().feed(SERVER, data, 1.1), reply(SERVER_HELLO), reply(ACK) + HANDSHAKE)
    survives(lambda frames: asked().feed(SERVER, reply(frames[:1_000] or b"\0"), 1.1), ACK + CLOSE)
    with pytest.raises(Malformed):
        asked().feed(SERVER, reply(b"\x1f"), 1.1)
