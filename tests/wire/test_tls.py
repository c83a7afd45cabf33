from __future__ import annotations

import pytest

from appliance.wire.reader import Malformed
from appliance.wire.tls import (
    ClientHello,
    handshake_bytes,
    parse_client_hello,
    peek_client_hello,
    peek_sni,
    peek_stream,
    read_client_hello,
    starts_client_hello,
)
from tests.wire.packets import alpn, client_hello, extension, handshake, hello_body, records, server_name
from tests.wire.rubbish import survives

ECH_OUTER = extension(0xFE0D, b"\0\0\1\0\1\x2a\0\x20" + b"k" * 32 + b"\0\1p")
ECH_INNER = extension(0xFE0D, b"\1")


def test_name_and_protocols_are_read() -> None:
    hello = parse_client_hello(hello_body("www.example.com", alpn("h2", "http/1.1")))
    assert (hello.sni, hello.alpn, hello.ech_config, hello.complete) == ("www.example.com", ("h2", "http/1.1"), None, True)


def test_name_is_lower_case_without_final_dot() -> None:
    assert parse_client_hello(hello_body("WWW.Example.COM.")).sni == "www.example.com"


def test_hello_without_a_name_is_a_hello() -> None:
    assert parse_client_hello(hello_body("")).sni == ""


def test_hello_without_extensions_is_a_hello() -> None:
    assert parse_client_hello(hello_body("")[:-2]).sni == ""


def test_outer_ech_gives_its_config_id() -> None:
    assert parse_client_hello(hello_body("cloudflare-ech.com", ECH_OUTER)).ech_config == 0x2A


def test_inner_ech_has_no_config_id() -> None:
    assert parse_client_hello(hello_body("a.example", ECH_INNER)).ech_config is None


def test_entries_that_are_no_host_names_are_stepped_over() -> None:
    odd = extension(0, b"\0\x0b\x07\0\2xx\0\0\3abc")
    assert parse_client_hello(hello_body("", odd)).sni == "abc"


def test_the_beginning_alone_tells_the_name() -> None:
    body = hello_body("www.example.com", extension(51, bytes(1_200)))
    where = body.index(b"www.example.com") + len("www.example.com")
    for end in range(where, len(body)):
        assert peek_sni(body[:end]) == "www.example.com"
    assert peek_sni(body[: where - 1]) == ""
    assert not peek_client_hello(body[:where]).complete


@pytest.mark.parametrize("size", [1, 2, 3, 5, 64, 255, 16_384])
def test_hello_split_over_records_of_any_size_is_read(size: int) -> None:
    stream = records(handshake(hello_body("split.example", alpn("h2"))), size)
    hello = read_client_hello(stream, 16_384)
    assert isinstance(hello, ClientHello)
    assert hello.sni == "split.example"


def test_every_beginning_of_a_hello_asks_for_more() -> None:
    stream = client_hello("www.example.com", padding=300)
    for end in range(len(stream)):
        missing = read_client_hello(stream[:end], 16_384)
        assert isinstance(missing, int)
        assert 0 < missing <= len(stream) - end or end < 9


def test_hello_longer_than_the_limit_without_its_name_is_malformed() -> None:
    with pytest.raises(Malformed):
        read_client_hello(client_hello("a.example", padding=20_000)[:16_000], 16_384)


def test_hello_longer_than_the_limit_is_read_from_its_beginning() -> None:
    hello = read_client_hello(client_hello("a.example", extension(21, bytes(20_000)))[:1_400], 16_384)
    assert isinstance(hello, ClientHello)
    assert (hello.sni, hello.complete) == ("a.example", False)


def test_other_handshakes_are_malformed() -> None:
    with pytest.raises(Malformed):
        read_client_hello(records(handshake(b"x" * 40, kind=16)), 16_384)


def test_empty_records_are_malformed() -> None:
    with pytest.raises(Malformed):
        handshake_bytes(b"\x16\3\1\0\0" + client_hello())


def test_bytes_behind_the_handshake_are_left_alone() -> None:
    early_data = records(b"secret" * 9, kind=23)
    hello = read_client_hello(client_hello("early.example") + early_data, 16_384)
    assert isinstance(hello, ClientHello)
    assert hello.sni == "early.example"


@pytest.mark.parametrize(
    "data",
    [
        b"\x16\3\1\0\x80\2\0\0\x7c\3\3",  # ServerHello
        b"\x16\3\3\0\x28\1\xf3\0\x01\3\3",  # encrypted bytes that look like a hello of 15 MB
        b"\x17\3\3\0\x80",
        b"\x16\2\0",
        b"GET / HTTP/1.1\r\n",
    ],
)
def test_other_beginnings_are_no_client_hello(data: bytes) -> None:
    assert not starts_client_hello(data)


def test_every_beginning_of_a_hello_may_become_one() -> None:
    stream = client_hello()
    assert all(starts_client_hello(stream[:end]) for end in range(1, len(stream)))


def test_peeking_never_raises() -> None:
    survives(peek_client_hello, hello_body("a.example", alpn("h2"), ECH_OUTER))
    survives(peek_stream, client_hello("a.example"))


def test_any_bytes_are_read_or_malformed() -> None:
    samples = (hello_body("a.example", alpn("h2"), ECH_OUTER), hello_body("", server_name("b"), ECH_INNER))
    survives(parse_client_hello, *samples)
    survives(lambda data: read_client_hello(data, 16_384), client_hello("a.example"), records(handshake(samples[0]), 3))
