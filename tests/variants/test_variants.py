from __future__ import annotations

import pytest

from appliance.edge.bpf_machine import keeps
from appliance.edge.filter import program
from appliance.model import Frame
from tests.variants.__main__ import VARIANTS, names
from tests.wire.initials import HELLO, crypto, seal
from tests.wire.packets import (
    IPV4,
    IPV6,
    PUPIL_MAC,
    ROUTER_MAC,
    SYN,
    TCP,
    UDP,
    client_hello,
    dns_answer,
    dns_query,
    ethernet,
    http_request,
    in_pieces,
    ip4,
    ip6,
    tcp,
    udp,
)


def connection(payload: bytes, port: int, sender_port: int) -> list[bytes]:
    """The packets of a client that opens a connection and says its first words in two segments."""
    pieces = in_pieces(payload, len(payload) // 2, seq=101)
    return [
        ip4(tcp(seq=100, port=port, sender_port=sender_port, flags=SYN), TCP),
        *(ip4(tcp(part, seq, port=port, sender_port=sender_port), TCP) for seq, part in pieces),
    ]


@pytest.fixture(scope="module")
def school() -> list[Frame]:
    """DNS, TLS, HTTP, QUIC over two packets and IPv6, as one plain capture."""
    upward = [
        ip4(udp(dns_query("asked.example")), UDP),
        *connection(client_hello("tls.example", padding=1_500), 443, 50_001),
        *connection(http_request("http.example"), 80, 50_002),
        *connection(len(dns_query("tcp.example")).to_bytes(2, "big") + dns_query("tcp.example"), 53, 50_003),
        ip4(udp(seal(crypto(HELLO[100:], 100), b"12345678"), 443, 50_004), UDP),
        ip4(udp(seal(crypto(HELLO[:100]), b"12345678", number=1), 443, 50_004), UDP),
    ]
    frames = [ethernet(packet) for packet in upward]
    frames.insert(1, ethernet(ip4(udp(dns_answer("asked.example"), 40_000, 53), UDP), sender=ROUTER_MAC, target=PUPIL_MAC))
    frames.append(ethernet(ip6(udp(dns_query("six.example")), UDP), IPV6))
    frames.append(ethernet(ip6(tcp(client_hello("six.example")), TCP), IPV6))
    return [Frame(1_000 + number / 100, data) for number, data in enumerate(frames)]


def test_the_plain_capture_has_all_its_names(school: list[Frame]) -> None:
    assert {name for _, _, name in names(school)} == {
        *("asked.example", "tls.example", "http.example", "tcp.example", "example.com", "six.example")
    }
    assert school[0].data[12:14] == IPV4.to_bytes(2, "big")


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_same_names_are_told_on_every_road(school: list[Frame], variant: str) -> None:
    changed = VARIANTS[variant](school)
    assert names(changed) == names(school)


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_filter_lets_them_through_on_every_road(school: list[Frame], variant: str) -> None:
    passed = [frame for frame in VARIANTS[variant](school) if (code := program(frame.link)) is None or keeps(code, frame.data)]
    assert names(passed) == names(school)
