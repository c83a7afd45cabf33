from __future__ import annotations

import pytest

from appliance.model import TunnelSeen
from appliance.wire.envelope import Envelope
from appliance.wire.handshakes import Handshake, dnscrypt_name, encrypted_dns, openvpn_reset, tor_shaped, udp_handshake
from appliance.wire.limits import Limits
from appliance.wire.udp import Datagrams
from tests.wire.initials import RFC_CRYPTO_FRAME, seal
from tests.wire.rubbish import survives
from tests.wire.test_dns import QUERY

SESSION, TIME = b"\x11\x22\x33\x44\x55\x66\x77\x88", b"\x66\xa1\x00\x01"
INITIATION = b"\x01\0\0\0" + b"\xa7" * 128 + b"\0" * 16
RESPONSE = b"\x02\0\0\0" + b"\xa7" * 72 + b"\0" * 16
RESET = b"\x38" + SESSION + b"\0" * 5
TLS_AUTH = b"\x38" + SESSION + b"h" * 20 + b"\0\0\0\x01" + TIME + b"\0" * 5
TLS_CRYPT = b"\x38" + SESSION + b"\0\0\0\x01" + TIME + b"c" * 37
TLS_CRYPT_V2 = b"\x50" + SESSION + b"\x0f\0\0\x01" + TIME + b"c" * 37 + b"k" * 297 + b"\x01\x2b"
L2TP = b"\xc8\x02\0\x14\0\0\0\0\0\0\0\0\x80\x08\0\0\0\0\0\x01"
TAILSCALE = b"TS\xf0\x9f\x92\xac" + b"k" * 60
DNSCRYPT = b"r6fnvWj8" + b"n" * 24 + b"c" * 200


def ike(version: int, exchange: int, *, responder: bytes = b"\0" * 8, more: bytes = b"payload!") -> bytes:
    """An IKE header and some payload (RFC 7296 section 3.1)."""
    head = SESSION + responder + bytes((0x21, version, exchange, 8)) + b"\0" * 4
    return head + (len(head) + 4 + len(more)).to_bytes(4, "big") + more


def teredo(*, before: bytes = b"", source: str = "fe80") -> bytes:
    """A router solicitation to a Teredo server (RFC 4380 section 5.2.1)."""
    return (
        before
        + b"\x60\0\0\0\0\x08\x3a\xff"
        + bytes.fromhex(source).ljust(16, b"\0")
        + b"\xff\x02"
        + b"\0" * 14
        + b"\x85"
        + b"\0" * 7
    )


@pytest.mark.parametrize(
    ("data", "port", "expected"),
    [
        (INITIATION, 51_820, Handshake("wireguard")),
        (INITIATION, 443, Handshake("wireguard")),
        (INITIATION[:-1] + b"\x01", 51_820, Handshake("wireguard", "medium")),
        (INITIATION[:-16] + b"t" * 56 + b"\0" * 16, 51_820, Handshake("tunnelbear")),
        (b"\x01\xaa\xbb\xcc" + INITIATION[4:], 2408, Handshake("warp")),
        (RESPONSE, 40_000, Handshake("wireguard", answer=True)),
        (RESET, 443, Handshake("openvpn")),
        (TLS_AUTH, 1194, Handshake("openvpn")),
        (TLS_CRYPT, 1194, Handshake("openvpn")),
        (TLS_CRYPT_V2, 1194, Handshake("openvpn")),
        (ike(0x20, 34), 500, Handshake("ikev2")),
        (b"\0\0\0\0" + ike(0x20, 34), 4500, Handshake("ikev2")),
        (ike(0x10, 2), 500, Handshake("ikev1")),
        (L2TP, 1701, Handshake("l2tp")),
        (TAILSCALE, 41_641, Handshake("tailscale")),
        (DNSCRYPT, 50_000, Handshake("dnscrypt", answer=True)),
        (teredo(), 3544, Handshake("teredo")),
        (teredo(before=b"\0\x01\0\0" + b"n" * 8 + b"\0" + b"\0\0abcdef"), 3544, Handshake("teredo")),
        (b"\0" * 11 + b"\x17\x24" + b"\0" * 9, 5938, Handshake("teamviewer")),
    ],
)
def test_first_packets_are_told(data: bytes, port: int, expected: Handshake) -> None:
    assert udp_handshake(data, port) == expected


@pytest.mark.parametrize(
    ("data", "port"),
    [
        (b"", 500),
        (b"\x01", 51_820),
        (INITIATION + b"\0", 51_820),
        (b"\x01\xaa\xbb\xcc" + INITIATION[4:], 51_820),
        (RESPONSE[:-1] + b"\x01", 51_820),
        (b"\x38" + b"\0" * 13, 1194),
        (RESET + b"\0", 1194),
        (TLS_AUTH[:29] + b"\0\0\0\x09" + TLS_AUTH[33:], 1194),
        (TLS_CRYPT_V2[:-2] + b"\xff\xff", 1194),
        (ike(0x20, 34, responder=SESSION), 500),
        (ike(0x20, 35), 500),
        (ike(0x20, 34) + b"x", 500),
        (ike(0x20, 34), 501),
        (L2TP[:-1] + b"\x02", 1701),
        (teredo(source="20010db8"), 3544),
        (seal(RFC_CRYPTO_FRAME, SESSION), 500),
        pytest.param(QUERY, 4500, id="a DNS query"),
    ],
)
def test_what_only_begins_like_one_is_not(data: bytes, port: int) -> None:
    assert udp_handshake(data, port) is None


def test_opcode_and_length_alone_are_no_openvpn() -> None:
    assert not openvpn_reset(b"\x38" + SESSION + b"x" * 33)
    assert openvpn_reset(TLS_AUTH)


def test_names_that_tor_makes_up() -> None:
    assert all(map(tor_shaped, ("www.ct7ctrgb6cr7.com", "www.q4cyamnc6mtokjurvdclt.com", "www.gfu7hbxpfp.net")))
    assert not any(map(tor_shaped, ("ct7ctrgb6cr7.com", "www.abc.com", "www.a1b8.com", "www.example.org", "www.a.b.com")))


def test_resolvers_asked_for_their_dnscrypt_certificate() -> None:
    assert dnscrypt_name("2.dnscrypt-cert.quad9.net")
    assert not dnscrypt_name("dnscrypt-cert.quad9.net")


def test_encrypted_dns_by_port_or_protocol() -> None:
    assert encrypted_dns(853, (), "tcp") == "dot"
    assert encrypted_dns(443, ("dot",), "tcp") == "dot"
    assert encrypted_dns(853, ("h2",), "tcp") == ""
    assert encrypted_dns(784, ("doq-i00",), "udp") == encrypted_dns(853, (), "udp") == "doq"
    assert encrypted_dns(443, ("h3",), "udp") == encrypted_dns(443, ("h2",), "tcp") == ""


@pytest.mark.parametrize("port", [53, 67, 88, 137, 5353])
@pytest.mark.parametrize("first", [INITIATION, RESET, TLS_CRYPT_V2, TAILSCALE])
def test_tunnel_behind_the_port_of_another_service_is_told(first: bytes, port: int) -> None:
    envelope = Envelope()
    envelope.sender, envelope.target, envelope.sender_port, envelope.port = b"\x0a\0\0\x05", b"\xc0\0\x02\x01", 50_000, port
    told = Datagrams(Limits(), {}, envelope).feed(first)
    assert [type(sighting) for sighting in told] == [TunnelSeen]


def test_any_bytes_are_a_handshake_or_nothing() -> None:
    samples = (INITIATION, TLS_AUTH, TLS_CRYPT_V2, ike(0x20, 34), L2TP, teredo(before=b"\0\x01\xff\xff" + b"n" * 9))
    survives(lambda data: [udp_handshake(data, port) for port in (500, 4500, 3544, 5938, 1)], *samples)
