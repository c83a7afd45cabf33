from __future__ import annotations

import struct

import pytest

from appliance.model import NameAsked
from appliance.wire import ip
from appliance.wire.envelope import Envelope
from appliance.wire.reader import Malformed
from tests.wire.packets import IPV6, PUPIL, PUPIL6, TCP, UDP, Wire, dns_query, ethernet, ip4, ip6, tcp, udp

QUERY = udp(dns_query())
OPTIONS = bytes([UDP, 0, 5, 2, 0, 0, 1, 0])  # eight bytes of hop-by-hop or destination options, next UDP


def chained(*headers: int) -> bytes:
    """Extension headers of these kinds in a row before a query."""
    payload = QUERY
    following = UDP
    for kind in reversed(headers):
        length = 0 if kind != 51 else 1
        body = b"\0\0\0\0" if kind == 51 else b""
        payload = bytes([following, length, 5, 2, 0, 0, 1, 0]) + body + payload
        following = kind
    return ip6(payload, following)


@pytest.mark.parametrize("headers", [(0,), (60,), (43,), (0, 60, 43, 60), (51,), (0, 51), (135,), (139,), (140,)])
def test_extension_headers_are_stepped_over(headers: tuple[int, ...]) -> None:
    (asked,) = Wire().show(ethernet(chained(*headers), IPV6)).seen
    assert isinstance(asked, NameAsked)
    assert asked.client == "2001:db8::5"


def test_a_fragment_header_alone_in_its_datagram_is_stepped_over() -> None:
    assert Wire().show(ethernet(ip6(bytes([UDP, 0, 0, 0, 0, 0, 0, 9]) + QUERY, 44), IPV6)).names == ["www.example.com"]


def test_options_and_authentication_of_version_4_are_stepped_over() -> None:
    authenticated = bytes([UDP, 4]) + bytes(22) + QUERY
    wire = Wire().show(ethernet(ip4(QUERY, UDP, options=b"\x94\4\0\0")), ethernet(ip4(authenticated, 51)))
    assert wire.names == ["www.example.com"] * 2


def test_padding_behind_the_packet_is_not_its_payload() -> None:
    wire = Wire().show(ethernet(ip4(tcp(flags=16), TCP) + b"GET / HTTP/1.1\r\nHost: padding\r\n\r\n"))
    assert not wire.seen


def test_a_length_of_zero_means_everything_that_is_there() -> None:
    offloaded = bytearray(ip4(QUERY, UDP))
    offloaded[2:4] = b"\0\0"
    jumbo = bytearray(ip6(QUERY, UDP))
    jumbo[4:6] = b"\0\0"
    assert Wire().show(ethernet(bytes(offloaded)), ethernet(bytes(jumbo), IPV6)).names == ["www.example.com"] * 2


@pytest.mark.parametrize("first", [0x65, 0x44, 0x00])
def test_other_headers_are_malformed(first: int) -> None:
    packet = bytes([first]) + ip4(QUERY, UDP)[1:]
    with pytest.raises(Malformed):
        ip.open_v4(packet, 0, Envelope())


def test_a_version_4_packet_shorter_than_its_header_is_malformed() -> None:
    packet = bytearray(ip4(QUERY, UDP))
    packet[2:4] = b"\0\x0f"
    with pytest.raises(Malformed):
        ip.open_v4(bytes(packet), 0, Envelope())


def test_endless_extension_headers_are_malformed() -> None:
    with pytest.raises(Malformed):
        ip.open_v6(chained(*[60] * 40), 0, Envelope())


def test_a_fragment_says_where_it_belongs() -> None:
    (segment, fragment) = ip.open_v4(ip4(b"x" * 8, UDP, where=0x2000 | 185), 0, Envelope())
    assert segment == (UDP, 20, 28)
    assert fragment is not None
    assert (fragment.offset, fragment.more, fragment.protocol) == (1_480, True, UDP)


def test_addresses_are_filled_in() -> None:
    envelope = Envelope()
    ip.open_v6(ip6(QUERY, UDP), 0, envelope)
    assert envelope.sender == PUPIL6
    ip.open_v4(ip4(QUERY, UDP), 0, envelope)
    assert envelope.addresses[envelope.sender] == PUPIL
    assert struct.calcsize("!4s") == len(envelope.target)
