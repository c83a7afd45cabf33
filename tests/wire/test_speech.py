from __future__ import annotations

import pytest

from appliance.wire.speech import recognise, starts_anew
from appliance.wire.streams import Speech
from tests.wire.packets import client_hello, dns_query, http_request
from tests.wire.rubbish import survives

FRAMED = b"\0\x21" + dns_query()
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"


@pytest.mark.parametrize(
    ("data", "speech"),
    [
        (client_hello(), Speech.TLS),
        (b"\x16\3\1\2\0", None),
        (b"\x16", None),
        (http_request(), Speech.HTTP),
        (b"GET /page", None),
        (b"G", None),
        (b"\xdd\0\0\0 GET /a HTTP/1.1\r\n", Speech.HTTP),
        (PREFACE, Speech.HTTP2),
        (PREFACE[:10], None),
        (b"PROXY TCP4 1.1.1.1 2.2.2.2 1 2\r\n", Speech.PROXY_LINE),
        (b"PROXY TCP4", None),
        (b"\5\1\0", Speech.SOCKS),
        (FRAMED, Speech.DNS),
        (FRAMED[:20], None),
        (FRAMED[:2], None),
        (FRAMED[:8] + b"\0\2", Speech.OTHER),
        (b"EHLO mail.example\r\n", Speech.OTHER),
        (b"\0\1\2\3", Speech.OTHER),
        (b"SSH-2.0-OpenSSH\r\n", Speech.OTHER),
    ],
)
def test_first_bytes_tell_what_is_spoken(data: bytes, speech: Speech | None) -> None:
    assert recognise(data, dns_port=False) is speech


def test_the_dns_port_speaks_dns_unless_its_bytes_say_otherwise() -> None:
    assert recognise(b"\0", dns_port=True) is Speech.DNS
    assert recognise(client_hello(), dns_port=True) is Speech.TLS


def test_every_beginning_waits_or_is_recognised() -> None:
    for whole, speech in ((client_hello(), Speech.TLS), (http_request(), Speech.HTTP), (PREFACE, Speech.HTTP2)):
        assert {recognise(whole[:end], dns_port=False) for end in range(1, len(whole))} <= {None, speech}


def test_new_beginnings_in_the_middle_are_told_from_bodies() -> None:
    assert starts_anew(client_hello()) and starts_anew(b"GET / HTTP/1.1")
    assert not starts_anew(b"\x17\3\3\0\x20") and not starts_anew(b"lorem ipsum") and not starts_anew(b"GETTING")


def test_any_bytes_are_recognised_or_wait() -> None:
    survives(lambda data: recognise(data, dns_port=False) if data else None, client_hello(), http_request(), PREFACE, FRAMED)
