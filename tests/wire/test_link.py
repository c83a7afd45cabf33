from __future__ import annotations

import struct

import pytest

from appliance.model import Frame, NameAsked
from appliance.wire import link, link_types
from appliance.wire.dissector import Dissector
from appliance.wire.envelope import Envelope
from appliance.wire.reader import Malformed
from tests.wire.packets import (
    IPV6,
    PUPIL_MAC,
    UDP,
    Wire,
    address,
    dns_query,
    ethernet,
    ip4,
    ip6,
    mac,
    tagged,
    udp,
)

QUERY = ip4(udp(dns_query()), UDP)
QUERY6 = ip6(udp(dns_query()), UDP)
PUPIL = mac(PUPIL_MAC)
LLC = b"\xaa\xaa\3\0\0\0"
WLAN_TO_DS = b"\x08\x01\0\0" + b"\2\0\0\0\0\1" + PUPIL + b"\2\0\0\0\0\2" + b"\0\0"
WLAN_FROM_DS = b"\x08\x02\0\0" + b"\2\0\0\0\0\1" + b"\2\0\0\0\0\2" + PUPIL + b"\0\0"
WLAN_QOS = b"\x88\x01\0\0" + b"\2\0\0\0\0\1" + PUPIL + b"\2\0\0\0\0\2" + b"\0\0" + b"\0\0"
WLAN_BRIDGE = b"\x08\x03\0\0" + b"\2\0\0\0\0\1" + b"\2\0\0\0\0\2" + b"\2\0\0\0\0\3" + b"\0\0" + PUPIL
RADIOTAP = b"\0\0\x0c\0" + b"\0" * 8
COOKED = b"\0\0\0\1\0\6" + PUPIL + b"\0\0"
COOKED_V2 = b"\x08\0\0\0\0\0\0\1\0\1\0\6" + PUPIL + b"\0\0"
PPPOE = struct.pack("!BBHHH", 0x11, 0, 1, len(QUERY) + 2, 0x0021)

FRAMES = {
    "ethernet": (1, ethernet(QUERY), True),
    "ethernet with IPv6": (1, ethernet(QUERY6, IPV6), True),
    "802.1Q": (1, tagged(QUERY, (0x8100, 20)), True),
    "priority tag": (1, tagged(QUERY, (0x8100, 0xE000)), True),
    "QinQ": (1, tagged(QUERY, (0x88A8, 100), (0x8100, 20)), True),
    "old QinQ": (1, tagged(QUERY, (0x9100, 100), (0x8100, 20)), True),
    "PPPoE": (1, ethernet(PPPOE + QUERY, link.PPPOE), True),
    "PPPoE in a VLAN": (1, tagged(PPPOE + QUERY, (0x8100, 20), kind=link.PPPOE), True),
    "MPLS": (1, ethernet(b"\0\1\0\x40\0\2\1\x40" + QUERY, link.MPLS), True),
    "Ethernet over MPLS": (1, ethernet(b"\0\1\1\x40\0\0\0\0" + ethernet(QUERY), link.MPLS), True),
    "provider backbone": (1, tagged(b"\0\0\0\1" + ethernet(QUERY)[:12] + b"\x08\0" + QUERY, kind=0x88E7), True),
    "security group tag": (1, ethernet(b"\1\1\0\1\0\x09\x08\0" + QUERY, 0x8909), True),
    "VN-Tag": (1, ethernet(b"\0\0\0\1\x08\0" + QUERY, 0x8926), True),
    "VN-Tag in a VLAN": (1, tagged(b"\0\0\0\1\x08\0" + QUERY, (0x8100, 20), kind=0x8926), True),
    "seamless redundancy": (1, ethernet(b"\0\x40\0\1\x08\0" + QUERY, 0x892F), True),
    "port extension": (1, ethernet(b"\0\0\0\1\0\0\x08\0" + QUERY, 0x893F), True),
    "service chain": (1, ethernet(b"\x0f\xc2\1\1\0\0\0\7" + QUERY, link.NSH), True),
    "service chain with a frame": (1, ethernet(b"\x0f\xc2\1\3\0\0\0\7" + ethernet(QUERY), link.NSH), True),
    "802.3 with SNAP": (1, ethernet(LLC + b"\x08\0" + QUERY, 8 + len(QUERY)), True),
    "NULL": (0, struct.pack("<I", 2) + QUERY, False),
    "NULL of a big-endian machine": (0, struct.pack(">I", 2) + QUERY, False),
    "NULL with IPv6": (0, struct.pack("<I", 30) + QUERY6, False),
    "loop": (108, struct.pack(">I", 24) + QUERY6, False),
    "PPP": (9, b"\xff\3\0\x21" + QUERY, False),
    "PPP compressed": (9, b"\x21" + QUERY, False),
    "PPP over a serial line": (50, b"\xff\3\0\x57" + QUERY6, False),
    "PPPoE alone": (51, PPPOE + QUERY, False),
    "PPP with direction": (204, b"\1\xff\3\0\x21" + QUERY, False),
    "raw": (101, QUERY, False),
    "raw with IPv6": (12, QUERY6, False),
    "IPv4": (228, QUERY, False),
    "IPv6": (229, QUERY6, False),
    "cooked": (113, COOKED + b"\x08\0" + QUERY, True),
    "cooked with a tag": (113, COOKED + b"\x81\0\0\x14\x08\0" + QUERY, True),
    "cooked v2": (276, COOKED_V2 + QUERY, True),
    "802.11 to the access point": (105, WLAN_TO_DS + LLC + b"\x08\0" + QUERY, True),
    "802.11 from the access point": (105, WLAN_FROM_DS + LLC + b"\x08\0" + QUERY, True),
    "802.11 with quality of service": (105, WLAN_QOS + LLC + b"\x08\0" + QUERY, True),
    "802.11 between access points": (105, WLAN_BRIDGE + LLC + b"\x08\0" + QUERY, True),
    "radiotap": (127, RADIOTAP + WLAN_TO_DS + LLC + b"\x86\xdd" + QUERY6, True),
    "Prism": (119, b"\0\0\0\x44" + b"\0" * 140 + WLAN_TO_DS + LLC + b"\x08\0" + QUERY, True),
    "AVS": (163, b"\x80\x21\x10\1\0\0\0\x40" + b"\0" * 56 + WLAN_TO_DS + LLC + b"\x08\0" + QUERY, True),
    "PPI": (192, b"\0\0\x08\0\x69\0\0\0" + WLAN_TO_DS + LLC + b"\x08\0" + QUERY, True),
    "NFLOG": (239, b"\2\0\0\0" + b"\x05\0\x0a\0x\0\0\0" + struct.pack("<HH", 4 + len(QUERY), 9) + QUERY, False),
    "ARCNET": (129, b"\1\2\0\0\xd4\0\0\1" + QUERY, False),
    "ARCNET of the old kind": (129, b"\1\2\0\0\xf0" + QUERY, False),
    "frame relay": (107, b"\x18\x41\3\xcc" + QUERY, False),
    "HDLC": (104, b"\x0f\0\x08\0" + QUERY, False),
}


@pytest.mark.parametrize("name", FRAMES)
def test_a_query_is_read_through_every_link_layer(name: str) -> None:
    number, data, has_mac = FRAMES[name]
    (asked,) = Wire().show(data, link=number).seen
    assert isinstance(asked, NameAsked)
    assert asked.name == "www.example.com"
    assert asked.client in ("10.1.2.3", "2001:db8::5")
    assert asked.mac == (PUPIL_MAC if has_mac else "")


@pytest.mark.parametrize(
    ("name", "vlan"), [("ethernet", None), ("802.1Q", 20), ("priority tag", None), ("QinQ", 20), ("cooked with a tag", 20)]
)
def test_the_inner_vlan_is_told(name: str, vlan: int | None) -> None:
    number, data, _ = FRAMES[name]
    (asked,) = Wire().show(data, link=number).kinds(NameAsked)
    assert isinstance(asked, NameAsked)
    assert asked.vlan == vlan


def test_a_tag_that_the_kernel_took_off_is_told() -> None:
    (outer,) = Wire().show(ethernet(QUERY), vlan=30).kinds(NameAsked)
    (inner,) = Wire().show(tagged(QUERY, (0x8100, 20)), vlan=30).kinds(NameAsked)
    (none,) = Wire().show(ethernet(QUERY), vlan=0).kinds(NameAsked)
    assert [one.vlan for one in (outer, inner, none) if isinstance(one, NameAsked)] == [30, 20, None]


def test_encrypted_wireless_frames_say_nothing() -> None:
    protected = bytes([WLAN_TO_DS[0], WLAN_TO_DS[1] | 0x40]) + WLAN_TO_DS[2:]
    assert not Wire().show(protected + LLC + b"\x08\0" + QUERY, link=105).seen


def test_an_unknown_link_type_is_counted() -> None:
    wire = Wire().show(QUERY, link=9_999)
    assert wire.dissector.counters == {"unknown-link-type": 1}


def test_endless_tags_and_labels_are_malformed() -> None:
    wire = Wire().show(tagged(QUERY, *[(0x8100, 1)] * 20), ethernet(b"\0\0\0\0" * 20, link.MPLS))
    wire.show(ethernet((LLC + b"\x81\0" + b"\0\1\0\5") * 1_000, 5), ethernet(b"\0\x40\0\1\x89\x2f" * 2_000, 0x892F))
    assert wire.dissector.counters == {"malformed-frame": 4}


@pytest.mark.parametrize("name", FRAMES)
def test_a_frame_cut_off_anywhere_never_raises(name: str) -> None:
    number, data, _ = FRAMES[name]
    dissector = Dissector()
    for end in range(len(data)):
        dissector.feed(Frame(1.0, data[:end], number))


def test_opening_fills_the_envelope() -> None:
    envelope = Envelope()
    ethertype, at = link_types.open_frame(1, ethernet(QUERY), envelope)
    assert (ethertype, at) == (link.IPV4, 14)
    assert (envelope.mac_from, len(envelope.mac_to)) == (PUPIL, 6)
    with pytest.raises(Malformed):
        link_types.open_frame(4_711, b"", envelope)
    assert address("10.1.2.3") == QUERY[12:16]
