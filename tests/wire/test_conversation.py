from __future__ import annotations

import base64
import struct

import pytest

from appliance.model import DnsAnswer, HttpHost, LlmnrAsked, LoggedOn, NameAsked, TlsHello, TunnelSeen
from tests.wire.packets import (
    PUPIL,
    PUPIL_MAC,
    SERVER,
    Wire,
    alpn,
    byte_by_byte,
    client_hello,
    dns_answer,
    dns_query,
    extension,
    http_request,
    in_pieces,
)
from tests.wire.test_hpack import FIRST, SECOND
from tests.wire.test_http2 import frame
from tests.wire.test_kerberos import as_req
from tests.wire.test_ntlm import authenticate

HELLO = client_hello("secret.example")
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"


def framed(*messages: bytes) -> bytes:
    """DNS messages as TCP carries them."""
    return b"".join(struct.pack("!H", len(message)) + message for message in messages)


def one_after_another(*parts: bytes) -> list[tuple[int, bytes]]:
    """Each part in a segment of its own."""
    found, seq = [], 1
    for part in parts:
        found.append((seq, part))
        seq += len(part)
    return found


# --- HTTP --------------------------------------------------------------------------------------------------------------


def test_requests_one_after_another_are_all_read() -> None:
    parts = [http_request(f"{name}.example") for name in "abc"]
    assert Wire().say(*one_after_another(*parts), port=80).names == ["a.example", "b.example", "c.example"]


def test_pipelined_requests_are_all_read() -> None:
    together = (
        http_request("a.example") + b"\r\n" + http_request("b.example", "POST / HTTP/1.1", b"x" * 30) + http_request("c.example")
    )
    for wire in (Wire().say((1, together)), Wire().say(*byte_by_byte(together), syn=0)):
        assert wire.names == ["a.example", "b.example", "c.example"]


def test_a_request_cut_anywhere_is_read() -> None:
    request = http_request()
    for cut in range(1, len(request)):
        assert Wire().say(*in_pieces(request, cut), syn=0, port=8_080).names == ["www.example.com"]


def test_a_request_inside_a_body_is_not_one() -> None:
    body = http_request("quoted.example")
    parts = one_after_another(
        http_request("a.example", "POST / HTTP/1.1", body + body)[: -len(body) * 2], body, body, http_request("b.example")
    )
    assert Wire().say(*parts, port=80).names == ["a.example", "b.example"]


def test_requests_after_a_body_of_unknown_length_are_read() -> None:
    chunked = b"POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert Wire().say(*one_after_another(chunked, b"5\r\nhello\r\n0\r\n\r\n", http_request("b.example"))).names == [
        "a.example",
        "b.example",
    ]


def test_a_request_whose_end_never_comes_is_told() -> None:
    wire = Wire().say((1, b"GET / HTTP/1.1\r\nHost: cut.example\r\nCookie: "))
    assert wire.names == []
    (host,) = wire.wait().kinds(HttpHost)
    assert isinstance(host, HttpHost)
    assert (host.name, host.client, host.server, host.mac, host.port) == ("cut.example", PUPIL, SERVER, PUPIL_MAC, 443)


def test_a_lost_segment_does_not_hide_the_requests_behind_it() -> None:
    first, lost, last = one_after_another(http_request("a.example"), http_request("lost.example"), http_request("c.example"))
    assert lost
    assert Wire().say(first, last, port=80).wait().names == ["a.example", "c.example"]


def test_a_request_without_host_says_nothing() -> None:
    assert Wire().say((1, b"GET / HTTP/1.0\r\n\r\n"), port=80).names == []


def test_user_of_an_ntlm_log_on_is_told() -> None:
    user, domain = "s.jones".encode("utf-16-le"), "OAKWOOD".encode("utf-16-le")
    at = 72
    fields = [(0, 0), (0, 0), (len(domain), at), (len(user), at + len(domain)), (0, 0), (0, 0)]
    message = b"NTLMSSP\0\3\0\0\0" + b"".join(struct.pack("<HHI", size, size, where) for size, where in fields)
    message = (message + struct.pack("<I", 1)).ljust(at, b"\0") + domain + user
    request = b"GET / HTTP/1.1\r\nHost: intranet\r\nAuthorization: NTLM " + base64.b64encode(message) + b"\r\n\r\n"
    (logged_on,) = Wire().say((1, request), port=80).kinds(LoggedOn)
    assert isinstance(logged_on, LoggedOn)
    assert (logged_on.user, logged_on.realm.lower(), logged_on.via) == ("s.jones", "oakwood", "ntlm")


@pytest.mark.parametrize("port", [139, 445])
def test_user_of_a_log_on_to_a_file_server_is_told(port: int) -> None:
    negotiate = b"\0\0\0\x40\xfeSMB" + bytes(60)
    set_up = b"\0\0\x01\x40\xfeSMB" + bytes(84) + authenticate("J.Smith")
    (logged_on,) = Wire().say(*one_after_another(negotiate, set_up), port=port, syn=0).kinds(LoggedOn)
    assert isinstance(logged_on, LoggedOn)
    assert (logged_on.user, logged_on.realm, logged_on.via, logged_on.client) == ("j.smith", "school", "ntlm", PUPIL)
    assert Wire().say((1, b"\0\0\x01\x40\xfeSMB" + authenticate("PC-07$")), port=port).kinds(LoggedOn) == []


def test_broken_log_on_to_a_file_server_is_counted_and_a_hello_there_is_read() -> None:
    wire = Wire().say((1, b"\0\0\x01\x40\xfeSMB" + authenticate("J.Smith")[:60]), port=445)
    assert wire.dissector.counters == {"malformed-ntlm": 1}
    assert wire.say((9, HELLO), port=445, sender_port=40_001).names == ["secret.example"]


def test_kerberos_log_on_over_several_segments_is_read() -> None:
    message = as_req("j.smith", padata=b"p" * 2_000)
    stream = len(message).to_bytes(4, "big") + message
    for parts in (in_pieces(stream, 1_400), byte_by_byte(stream)):
        (logged_on,) = Wire().say(*parts, port=88, syn=0).kinds(LoggedOn)
        assert isinstance(logged_on, LoggedOn)
        assert (logged_on.user, logged_on.via) == ("j.smith", "kerberos")


def test_http2_in_clear_is_read() -> None:
    stream = PREFACE + frame(b"", 4, 0) + frame(FIRST) + frame(SECOND)
    assert Wire().say((1, stream), port=80).names == ["www.example.com"] * 2
    assert Wire().say(*byte_by_byte(stream), port=80, syn=0).names == ["www.example.com"] * 2


# --- TLS after something else --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("port", "words"),
    [
        (25, [b"EHLO pupil\r\n", b"STARTTLS\r\n"]),
        (143, [b"a1 CAPABILITY\r\n", b"a2 STARTTLS\r\n"]),
        (21, [b"AUTH TLS\r\n"]),
        (5_432, [b"\0\0\0\x08\x04\xd2\x16\x2f"]),
        (3_306, [b"\x20\0\0\1\x85\xae\xff\0" + b"\0" * 28]),
        (389, [b"\x30\x1d\2\1\1\x77\x18\x80\x16" + b"1.3.6.1.4.1.1466.20037"]),
    ],
)
def test_hello_after_starttls_is_read(port: int, words: list[bytes]) -> None:
    for pieces in ([HELLO], [HELLO[:1], HELLO[1:]], [HELLO[:100], HELLO[100:]]):
        (hello,) = Wire().say(*one_after_another(*words, *pieces), port=port, syn=0).kinds(TlsHello)
        assert isinstance(hello, TlsHello)
        assert (hello.name, hello.after) == ("secret.example", "starttls")


@pytest.mark.parametrize("port", [5_432, 25])
def test_hello_that_came_in_one_with_what_stands_before_it_is_read(port: int) -> None:
    words = b"\0\0\0\x08\x04\xd2\x16\x2f" if port == 5_432 else b"EHLO pupil\r\nSTARTTLS\r\n"
    assert Wire().say((1, words + HELLO), port=port, syn=0).names == ["secret.example"]
    request, hello = one_after_another(words, HELLO)
    assert Wire().say(hello, request, port=port, syn=0).names == ["secret.example"]


def test_hello_after_starttls_whose_end_came_first_tells_its_name_after_a_while() -> None:
    hello = client_hello("secret.example", extension(0x1234, bytes(40)))
    said = one_after_another(b"EHLO pupil\r\n", b"STARTTLS\r\n", hello[:-20], hello[-20:])
    wire = Wire().say(said[0], said[1], said[3], said[2], port=25, syn=0)
    assert wire.wait().names == ["secret.example"]


def test_hello_after_a_remote_desktop_request_is_read() -> None:
    request = b"\3\0\0\x13\x0e\xe0\0\0\0\0\0\1\0\x08\0\3\0\0\0"
    wire = Wire().say(*one_after_another(request, HELLO), port=3_389, syn=0)
    (tunnel,) = wire.kinds(TunnelSeen)
    assert isinstance(tunnel, TunnelSeen)
    assert (tunnel.protocol, wire.names) == ("rdp", ["secret.example"])


def test_hello_through_a_web_proxy_is_read() -> None:
    connect = b"CONNECT 192.0.2.1:443 HTTP/1.1\r\nHost: proxied.example:443\r\n\r\n"
    for parts in ([connect, HELLO], [connect + HELLO]):
        wire = Wire().say(*one_after_another(*parts), port=3_128)
        (hello,) = wire.kinds(TlsHello)
        assert isinstance(hello, TlsHello)
        assert (hello.name, hello.after) == ("secret.example", "connect")
        assert sorted(wire.names) == ["192.0.2.1", "proxied.example", "secret.example"]


@pytest.mark.parametrize(
    "words",
    [
        [b"\5\1\0", b"\5\1\0\3\x0eproxied.school\1\xbb"],
        [b"\5\2\0\2", b"\1\4user\6secret", b"\5\1\0\3\x0eproxied.school\1\xbb"],
        [b"\4\1\1\xbb\0\0\0\1me\0proxied.school\0"],
    ],
)
def test_hello_through_a_socks_proxy_is_read(words: list[bytes]) -> None:
    wire = Wire().say(*one_after_another(*words, HELLO), port=1_080, syn=0)
    (hello,), (tunnel,) = wire.kinds(TlsHello), wire.kinds(TunnelSeen)
    assert isinstance(hello, TlsHello) and isinstance(tunnel, TunnelSeen)
    assert (hello.name, hello.after) == ("secret.example", "socks")
    assert (tunnel.protocol, tunnel.name) == ("socks", "proxied.school")


def test_a_request_through_a_socks_proxy_is_read() -> None:
    words = [b"\5\1\0", b"\5\1\0\1\xc0\0\2\7\0\x50", http_request("plain.example")]
    assert Wire().say(*one_after_another(*words), port=1_080, syn=0).names == ["plain.example"]


def test_the_line_of_a_load_balancer_is_stepped_over() -> None:
    line = b"PROXY TCP4 192.0.2.1 192.0.2.2 52176 443\r\n"
    assert Wire().say((1, line + HELLO)).names == ["secret.example"]


def test_dns_over_tls_is_a_tunnel() -> None:
    wire = Wire().say((1, client_hello("dns.example")), port=853).say((1, client_hello("web.example", alpn("h2"))), port=443)
    (tunnel,) = wire.kinds(TunnelSeen)
    assert isinstance(tunnel, TunnelSeen)
    assert (tunnel.protocol, tunnel.name, tunnel.port) == ("dot", "dns.example", 853)


# --- DNS ---------------------------------------------------------------------------------------------------------------


def test_questions_over_tcp_are_read_however_they_are_cut() -> None:
    stream = framed(dns_query("one.example"), dns_query("two.example"))
    for wire in (
        Wire().say((1, stream), port=53),
        Wire().say(*byte_by_byte(stream), port=53, syn=0),
        Wire().say(*reversed(list(byte_by_byte(stream))), port=53, syn=0),
        Wire().say(*in_pieces(stream, 2), port=53),
    ):
        asked = wire.kinds(NameAsked)
        assert [one.name for one in asked if isinstance(one, NameAsked)] == ["one.example", "two.example"]
        assert {one.transport for one in asked if isinstance(one, NameAsked)} == {"tcp"}


def test_a_long_answer_over_tcp_is_read() -> None:
    answer = dns_answer("big.example") + b"\0" * 40_000
    stream = framed(answer)
    wire = Wire()
    for at in range(0, len(stream), 1_400):
        wire.show(*_answer_segment(stream[at : at + 1_400], 1 + at))
    (told,) = wire.kinds(DnsAnswer)
    assert isinstance(told, DnsAnswer)
    assert (told.name, told.client, told.addresses) == ("big.example", PUPIL, (SERVER,))


def _answer_segment(part: bytes, seq: int) -> list[bytes]:
    from tests.wire.packets import ROUTER_MAC, TCP, ethernet, ip4, tcp

    segment = tcp(part, seq, port=40_000, sender_port=53)
    return [ethernet(ip4(segment, TCP, sender=SERVER, target=PUPIL), sender=ROUTER_MAC, target=PUPIL_MAC)]


def test_questions_on_any_other_port_are_read_where_they_come_whole() -> None:
    assert Wire().say((1, framed(dns_query("hidden.example"))), port=8_443).names == ["hidden.example"]
    assert Wire().say((1, framed(b"\x99" * 40)), port=8_443).names == []


def test_llmnr_over_tcp_is_llmnr() -> None:
    assert Wire().say((1, framed(dns_query("printer"))), port=5_355).kinds(LlmnrAsked)


def test_rubbish_on_the_dns_port_is_counted() -> None:
    wire = Wire().say((1, b"\0\1xxxxxxxxx"), port=53)
    assert wire.dissector.counters == {"malformed-dns": 1}


# --- other -------------------------------------------------------------------------------------------------------------


def test_other_handshakes_are_tunnels() -> None:
    (tunnel,) = Wire().say((1, b"SSH-2.0-OpenSSH_9.2\r\n"), port=22, syn=0).kinds(TunnelSeen)
    assert isinstance(tunnel, TunnelSeen)
    assert tunnel.protocol == "ssh"


def test_broken_hellos_are_counted() -> None:
    broken = HELLO[:60] + b"\xff\xff" + HELLO[62:]
    wire = Wire().say((1, broken)).say((1, b"\x16\3\1\0\x2c\1\0\0\x28\3\3" + b"\xff" * 38), sender_port=41_000)
    assert wire.dissector.counters["malformed-tls"] >= 1
    assert wire.dissector._segments.held == 0
