from __future__ import annotations

from contextlib import suppress
from time import process_time

import pytest

from appliance.wire.http import (
    UNKNOWN_LENGTH,
    bare_host,
    has_request_line,
    may_become_request,
    parse_request_head,
    starts_request,
)
from appliance.wire.reader import Malformed
from tests.wire.packets import http_request
from tests.wire.rubbish import survives


@pytest.mark.parametrize(
    ("field", "host"),
    [
        ("www.Example.com", "www.example.com"),
        ("example.com:8080", "example.com"),
        ("example.com.", "example.com"),
        ("  example.com  ", "example.com"),
        ("192.0.2.7:80", "192.0.2.7"),
        ("[2001:db8::1]:80", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("2001:db8::1", "2001:db8::1"),
        ("user:secret@example.com:80", "example.com"),
    ],
)
def test_host_is_bare(field: str, host: str) -> None:
    assert bare_host(field.encode()) == host
    head = parse_request_head(http_request(field))
    assert head is not None
    assert head.host == host


def test_every_beginning_of_a_request_asks_for_more() -> None:
    request = http_request(line="POST /upload?a=b HTTP/1.1", body=b"hello")
    head_end = len(request) - 5
    for end in range(1, head_end):
        assert parse_request_head(request[:end]) is None
    head = parse_request_head(request)
    assert head is not None
    assert (head.method, head.target, head.size, head.body) == ("POST", "/upload?a=b", head_end, 5)


def test_connect_names_its_target_beside_the_host() -> None:
    head = parse_request_head(b"CONNECT 192.0.2.1:443 HTTP/1.1\r\nHost: blocked.example:443\r\n\r\n")
    assert head is not None
    assert (head.host, head.authority) == ("blocked.example", "192.0.2.1")


def test_absolute_target_names_the_host_where_no_field_does() -> None:
    head = parse_request_head(b"GET http://proxied.example:8080/page HTTP/1.0\r\n\r\n")
    assert head is not None
    assert (head.host, head.authority) == ("proxied.example", "proxied.example")


def test_bodies_of_unknown_length_say_so() -> None:
    for field in (b"Transfer-Encoding: chunked", b"Content-Length: 99999999999999999999"):
        head = parse_request_head(b"POST / HTTP/1.1\r\nHost: a\r\n" + field + b"\r\n\r\n")
        assert head is not None
        assert head.body == UNKNOWN_LENGTH


def test_bare_newlines_and_odd_methods_are_taken_as_servers_take_them() -> None:
    for line in (b"get / HTTP/1.1", b"\xc3\x83 / HTTP/1.", b"M-SEARCH * HTTP/1.1", b"GET /HTTP/1.1"):
        head = parse_request_head(line + b"\nHost: odd.example\n\n")
        assert head is not None
        assert head.host == "odd.example"


def test_a_head_that_is_cut_off_tells_what_it_has() -> None:
    head = parse_request_head(b"GET / HTTP/1.1\r\nHost: cut.example\r\nCookie: abc", cut_off=True)
    assert head is not None
    assert (head.host, head.complete) == ("cut.example", False)


@pytest.mark.parametrize(
    "line", [b"EHLO mail.example\r\n", b"HTTP/1.1 200 OK\r\n", b"DESCRIBE rtsp://a RTSP/1.0\r\n", b"\x16\3\1 HTTP/1.1\n"]
)
def test_other_protocols_are_no_requests(line: bytes) -> None:
    assert not has_request_line(line)
    with pytest.raises(Malformed):
        parse_request_head(line + b"Host: a\r\n\r\n")


def test_beginnings_are_told_from_other_text() -> None:
    assert starts_request(b"GET /")
    assert not starts_request(b"GETAWAY")
    assert may_become_request(b"PROPFI")
    assert may_become_request(b"GET /page HTTP/1.1\r")
    assert not may_become_request(b"220 mail")


@pytest.mark.parametrize(
    "filling", [b" ", b"\t ", b"\r", b"HTTP/1.1 ", b"a: b\r\n", b"\ncontent-length: ", b"\ntransfer-encoding: "]
)
def test_the_time_a_head_takes_grows_only_with_its_length(filling: bytes) -> None:
    began = process_time()
    for line in (b"GET ", b"GET / HTTP/1.1\r\n", b"CONNECT ["):
        data = (line + filling * 16_384)[:16_384]
        has_request_line(data)
        may_become_request(data)
        with suppress(Malformed):
            parse_request_head(data)
    assert process_time() - began < 0.25


def test_any_bytes_are_read_or_malformed() -> None:
    survives(parse_request_head, http_request(), b"GET http://a:80/ HTTP/1.1\r\n\r\n")
    survives(lambda data: parse_request_head(data, cut_off=True), http_request())
    survives(bare_host, b"[::1]:80", b"a@b:80")
