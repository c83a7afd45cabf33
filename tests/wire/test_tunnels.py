from __future__ import annotations

import struct

import pytest

from appliance.model import NameAsked, TunnelSeen
from tests.wire.packets import (
    IPV4,
    IPV6,
    PUPIL_MAC,
    SERVER6,
    TCP,
    UDP,
    Wire,
    client_hello,
    dns_query,
    ethernet,
    ip4,
    ip6,
    mac,
    tagged,
    tcp,
    udp,
)

INNER = ip4(udp(dns_query("inside.example")), UDP)
INNER6 = ip6(udp(dns_query("inside.example")), UDP)
INNER_FRAME = ethernet(INNER, sender="02:00:00:00:00:99")
LLC = b"\xaa\xaa\3\0\0\0\x08\0"
WLAN = b"\x88\x01\0\0" + b"\2\0\0\0\0\1" + mac(PUPIL_MAC) + b"\2\0\0\0\0\2" + b"\0\0" + b"\0\0" + LLC
SWAPPED_WLAN = b"\x01\x88" + WLAN[2:]
ACCESS_POINT, CONTROLLER = "192.0.2.10", "192.0.2.20"


def over_ip(payload: bytes, protocol: int) -> bytes:
    return ethernet(ip4(payload, protocol, sender=ACCESS_POINT, target=CONTROLLER))


def over_udp(payload: bytes, port: int) -> bytes:
    return over_ip(udp(payload, port), UDP)


def gre(protocol: int, payload: bytes, flags: int = 0) -> bytes:
    return over_ip(struct.pack("!HH", flags, protocol) + payload, 47)


def capwap(payload: bytes, *, wireless: bool) -> bytes:
    header = b"\0" + ((2 << 19) | (1 << 9) | (0x100 if wireless else 0)).to_bytes(3, "big") + b"\0\0\0\0"
    return over_udp(header + payload, 5_247)


TUNNELS = {
    "IP in IP": over_ip(INNER, 4),
    "6in4": over_ip(INNER6, 41),
    "4in6": ethernet(ip6(INNER, 4), IPV6),
    "6in6": ethernet(ip6(INNER6, 41), IPV6),
    "GRE": gre(IPV4, INNER),
    "GRE with checksum, key and sequence": gre(IPV4, b"\0" * 12 + INNER, 0xB000),
    "GRE with IPv6": gre(IPV6, INNER6),
    "GRE bridged": gre(0x6558, INNER_FRAME),
    "GRE with a tagged frame": gre(0x6558, tagged(INNER, (0x8100, 5))),
    "GRE of PPTP": gre(0x880B, b"\0\0\0\1" + b"\0\0\0\2" + b"\0\0\0\3" + b"\xff\3\0\x21" + INNER, 0x3081),
    "GRE of WCCP": gre(0x883E, b"\0\0\0\0" + INNER),
    "GRE of Aruba": gre(0x8200, WLAN + INNER),
    "MPLS in GRE": gre(0x8847, b"\0\1\1\x40" + INNER),
    "ERSPAN I": gre(0x88BE, INNER_FRAME),
    "ERSPAN II": gre(0x88BE, b"\0\0\0\1" + b"\x10" * 8 + INNER_FRAME, 0x1000),
    "ERSPAN III": gre(0x22EB, b"\0\0\0\1" + b"\x20" + b"\0" * 11 + INNER_FRAME, 0x1000),
    "ERSPAN III with subheader": gre(0x22EB, b"\0\0\0\1" + b"\x20" + b"\0" * 10 + b"\1" + b"\0" * 8 + INNER_FRAME, 0x1000),
    "EtherIP": over_ip(b"\x30\0" + INNER_FRAME, 97),
    "MPLS in IP": over_ip(b"\0\1\1\x40" + INNER, 137),
    "VXLAN": over_udp(b"\x08\0\0\0\0\0\7\0" + INNER_FRAME, 4_789),
    "VXLAN on Linux's old port": over_udp(b"\x08\0\0\0\0\0\7\0" + INNER_FRAME, 8_472),
    "VXLAN-GPE": over_udp(b"\x0c\0\0\1\0\0\7\0" + INNER, 4_790),
    "VXLAN-GPE with a frame": over_udp(b"\x0c\0\0\3\0\0\7\0" + INNER_FRAME, 4_790),
    "Geneve": over_udp(b"\0\0\x65\x58\0\0\7\0" + INNER_FRAME, 6_081),
    "Geneve with options": over_udp(b"\2\0\x08\0\0\0\7\0" + b"\0" * 8 + INNER, 6_081),
    "GTP-U": over_udp(b"\x30\xff" + struct.pack("!HI", len(INNER), 5) + INNER, 2_152),
    "GTP-U with extensions": over_udp(b"\x36\xff\0\0\0\0\0\5" + b"\0\1\0\x85" + b"\1\0\0\0" + INNER, 2_152),
    "Teredo": over_udp(INNER6, 3_544),
    "Teredo with indications": over_udp(b"\0\1\0\0" + b"\0" * 9 + b"\0\0\x12\x34\1\2\3\4" + INNER6, 3_544),
    "CAPWAP with 802.3": capwap(INNER_FRAME, wireless=False),
    "CAPWAP with 802.11": capwap(WLAN + INNER, wireless=True),
    "CAPWAP with swapped 802.11": capwap(SWAPPED_WLAN + INNER, wireless=True),
    "L2TP": over_udp(b"\0\2\0\1\0\2" + b"\xff\3\0\x21" + INNER, 1_701),
    "L2TP with length, sequence and offset": over_udp(b"\x4a\2\0\x40\0\1\0\2\0\0\0\0\0\2xx" + b"\0\x21" + INNER, 1_701),
    "AYIYA": over_udp(b"\x42\x52\x11\x29\0\0\0\0" + b"i" * 16 + b"s" * 20 + INNER6, 5_072),
    "TZSP": over_udp(b"\1\0\0\1" + b"\0\x0a\1\5\1" + INNER_FRAME, 37_008),
    "GRE in UDP": over_udp(b"\0\0\x08\0" + INNER, 4_754),
    "MPLS in UDP": over_udp(b"\0\1\1\x40" + INNER, 6_635),
    "VXLAN in GRE in IP": gre(IPV4, ip4(udp(b"\x08\0\0\0\0\0\7\0" + INNER_FRAME, 4_789), UDP)),
}


@pytest.mark.parametrize("name", TUNNELS)
def test_the_innermost_address_asks_through_every_tunnel(name: str) -> None:
    (asked,) = Wire().show(TUNNELS[name]).seen
    assert isinstance(asked, NameAsked)
    assert asked.name == "inside.example"
    assert asked.client in ("10.1.2.3", "2001:db8::5")
    assert asked.mac == PUPIL_MAC
    assert asked.port == 53


@pytest.mark.parametrize("name", TUNNELS)
def test_a_tunnel_cut_off_anywhere_never_raises(name: str) -> None:
    data = TUNNELS[name]
    wire = Wire()
    for end in range(0, len(data), 3):
        wire.show(data[:end])


def test_an_inner_tag_is_not_the_clients_vlan() -> None:
    (asked,) = Wire().show(TUNNELS["GRE with a tagged frame"]).kinds(NameAsked)
    assert isinstance(asked, NameAsked)
    assert asked.vlan is None


def test_a_tunnels_port_with_other_bytes_is_left_to_the_other_parsers() -> None:
    wire = Wire()
    for port in (1_701, 2_152, 3_544, 4_789, 6_081, 37_008):
        wire.show(over_udp(dns_query("not-a-tunnel.example"), port))
    assert wire.names == ["not-a-tunnel.example"] * 6


def test_a_hello_inside_a_tunnel_is_put_together() -> None:
    hello = client_hello("tunnelled.example", padding=1_500)
    packets = [ip4(tcp(hello[at : at + 700], 1 + at), TCP) for at in range(0, len(hello), 700)]
    assert Wire().show(*(gre(IPV4, packet) for packet in packets)).names == ["tunnelled.example"]


def test_tunnels_in_tunnels_end_somewhere() -> None:
    packet = INNER
    for _ in range(100):
        packet = ip4(packet, 4)
    wire = Wire().show(ethernet(packet))
    assert not wire.seen
    assert wire.dissector.counters == {"malformed-frame": 1}


def test_a_teredo_bubble_is_a_tunnel_seen() -> None:
    sender = bytes.fromhex("2001000053aa064c0055653bffffffff")
    (tunnel,) = Wire().show(over_udp(ip6(b"", 59, sender=sender, target=SERVER6), 3_544)).kinds(TunnelSeen)
    assert isinstance(tunnel, TunnelSeen)
    assert (tunnel.protocol, tunnel.client) == ("teredo", ACCESS_POINT)
