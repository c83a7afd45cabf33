from __future__ import annotations

import pytest

from appliance.model import DnsAnswer, LlmnrAsked, MdnsAsked, NameAsked, Opened, QuicHello, TunnelSeen
from appliance.wire.limits import Limits
from tests.wire.initials import HELLO, V1, V2, crypto, seal
from tests.wire.packets import (
    PUPIL,
    PUPIL_MAC,
    ROUTER_MAC,
    SERVER,
    UDP,
    Wire,
    alpn,
    dns_answer,
    dns_query,
    ethernet,
    handshake,
    hello_body,
    ip4,
    udp,
)


def datagram(payload: bytes, port: int, sender_port: int = 40_000) -> bytes:
    return ethernet(ip4(udp(payload, port, sender_port), UDP))


def initial(frames: bytes, *, version: int = V1, number: int = 0) -> bytes:
    return seal(frames, b"connect!", version=version, number=number)


def answer(payload: bytes, port: int) -> bytes:
    packet = ip4(udp(payload, 40_000, port), UDP, sender=SERVER, target=PUPIL)
    return ethernet(packet, sender=ROUTER_MAC, target=PUPIL_MAC)


@pytest.mark.parametrize("port", [53, 443, 5_333, 40_001])
def test_a_question_is_read_on_any_port(port: int) -> None:
    (asked,) = Wire().show(datagram(dns_query("www.example.com", 28), port)).seen
    assert type(asked) is NameAsked
    assert (asked.name, asked.qtype, asked.client, asked.server, asked.port) == ("www.example.com", 28, PUPIL, SERVER, port)


def test_an_answer_is_about_its_target() -> None:
    (told,) = Wire().show(answer(dns_answer(), 53)).seen
    assert isinstance(told, DnsAnswer)
    assert (told.client, told.server, told.port, told.mac, told.addresses) == (PUPIL, SERVER, 53, PUPIL_MAC, (SERVER,))


def test_the_port_tells_multicast_and_link_local_questions() -> None:
    wire = Wire().show(datagram(dns_query("printer.local", 12), 5_353), datagram(dns_query("printer"), 5_355))
    assert [type(one) for one in wire.seen] == [MdnsAsked, LlmnrAsked]


def test_bytes_behind_the_datagram_are_not_its_payload() -> None:
    padded = udp(dns_query(), 9_999) + b"\0" * 20
    assert Wire().show(ethernet(ip4(padded, UDP))).names == ["www.example.com"]


def test_a_client_whose_port_is_a_services_number_by_chance_is_read() -> None:
    hello = initial(crypto(HELLO))
    for sender_port in (53, 1_646, 1_813, 2_152, 4_789, 5_353):
        assert Wire().show(datagram(hello, 443, sender_port)).names == ["example.com"]
        assert Wire().show(datagram(dns_query(), 53, sender_port)).names == ["www.example.com"]


def test_other_payloads_on_other_ports_say_nothing() -> None:
    wire = Wire()
    for first in range(256):
        wire.show(datagram(bytes([first]) + b"\x55" * 200, 9_999), datagram(bytes([first]) * 40, 443))
    assert not wire.seen
    assert not wire.dissector.counters


@pytest.mark.parametrize("version", [V1, V2])
@pytest.mark.parametrize("port", [443, 9_999])
def test_a_quic_hello_is_read_on_any_port(version: int, port: int) -> None:
    (hello,) = Wire().show(datagram(initial(crypto(HELLO), version=version), port)).seen
    assert isinstance(hello, QuicHello)
    assert (hello.name, hello.client, hello.port, hello.version) == ("example.com", PUPIL, port, version)
    assert hello.fingerprint.startswith("q13d")


def test_a_quic_hello_over_two_datagrams_in_the_wrong_order_is_read() -> None:
    parts = [initial(crypto(HELLO[:100]), number=0), initial(crypto(HELLO[100:], 100), number=1)]
    assert Wire().show(*(datagram(part, 443) for part in reversed(parts))).names == ["example.com"]


def test_a_quic_hello_that_stays_unfinished_tells_its_name() -> None:
    body = handshake(hello_body("unfinished.example", alpn("h3"), alpn("h3")))
    wire = Wire().show(datagram(initial(crypto(body[:-4])), 443))
    assert not wire.names
    assert wire.wait().names == ["unfinished.example"]


def test_a_quic_connection_without_a_name_is_a_connection() -> None:
    wire = Wire().show(datagram(initial(crypto(HELLO[100:], 100)), 443)).wait()
    (opened,) = wire.seen
    assert isinstance(opened, Opened)
    assert (opened.transport, opened.client, opened.port, opened.mac) == ("udp", PUPIL, 443, PUPIL_MAC)


def test_dns_over_quic_is_a_tunnel() -> None:
    body = handshake(hello_body("dns.example", alpn("doq")))
    (tunnel,) = Wire().show(datagram(initial(crypto(body)), 853)).kinds(TunnelSeen)
    assert isinstance(tunnel, TunnelSeen)
    assert (tunnel.protocol, tunnel.name) == ("doq", "dns.example")


def test_unfinished_quic_connections_are_bounded() -> None:
    wire = Wire(Limits(quic_flows=5))
    part = initial(crypto(HELLO[:100]))
    for port in range(1_024, 1_054):
        wire.show(datagram(part, 443, port))
        assert len(wire.dissector._datagrams._quic) <= 5
    assert wire.dissector.counters["quic-flows-full"] == 25


def test_a_wireguard_handshake_is_a_tunnel() -> None:
    first = b"\1\0\0\0" + bytes(range(1, 129)) + b"\0" * 16
    (tunnel,) = Wire().show(datagram(first, 51_820)).seen
    assert isinstance(tunnel, TunnelSeen)
    assert (tunnel.protocol, tunnel.client) == ("wireguard", PUPIL)


def test_a_question_for_a_certificate_is_dnscrypt() -> None:
    wire = Wire().show(datagram(dns_query("2.dnscrypt-cert.resolver.example", 16), 443))
    (tunnel,) = wire.kinds(TunnelSeen)
    assert isinstance(tunnel, TunnelSeen)
    assert (tunnel.protocol, wire.names) == ("dnscrypt", ["2.dnscrypt-cert.resolver.example"])


def test_malformed_messages_are_counted_by_parser() -> None:
    wire = Wire()
    for port in (53, 67, 137, 547, 5_353):
        wire.show(datagram(dns_query()[:20], port))
    wire.show(datagram(b"\x6a\x82\xff\xff", 88))
    assert set(wire.dissector.counters) >= {"malformed-dns", "malformed-netbios", "malformed-dhcp6", "malformed-mdns"}
    assert not wire.seen
