"""Other links and tunnels around the same IP packets."""

from __future__ import annotations

import struct
from collections.abc import Mapping

from tests.variants.frames import IPV4, IPV6, MACS, UDP, Change, ethernet, kind_of, network, rewrapped

OUTER = bytes((192, 0, 2, 1)), bytes((192, 0, 2, 2))
OUTER6 = bytes.fromhex("20010db8" + "00" * 11 + "01"), bytes.fromhex("20010db8" + "00" * 11 + "02")
SNAP = b"\xaa\xaa\3\0\0\0"
WLAN_UP = b"\x88\x01\0\0" + MACS[:6] + MACS[6:] + MACS[:6] + bytes(4)
WLAN_DOWN = b"\x08\x02\0\0" + MACS[:6] + MACS[6:] + MACS[6:] + bytes(2)


def typed(packet: bytes) -> bytes:
    """The EtherType and the packet."""
    return struct.pack("!H", kind_of(packet)) + packet


def tags(packet: bytes, *kinds: int) -> bytes:
    """A frame with VLAN tags of these types, numbered from 5 on."""
    tail = typed(packet)
    for number, kind in reversed(list(enumerate(kinds, 5))):
        tail = struct.pack("!HH", kind, number) + tail
    return MACS + tail


def ppp(packet: bytes) -> bytes:
    """PPP's protocol and the packet."""
    return (b"\0\x21" if kind_of(packet) == IPV4 else b"\0\x57") + packet


def pppoe(packet: bytes) -> bytes:
    """A PPPoE session's header and what it carries."""
    carried = ppp(packet)
    return struct.pack("!BBHH", 0x11, 0, 1, len(carried)) + carried


def labels(count: int) -> bytes:
    """A stack of MPLS labels."""
    return b"".join(struct.pack("!I", (100 + at) << 12 | (at == count - 1) << 8 | 64) for at in range(count))


def frame(packet: bytes) -> bytes:
    """A whole Ethernet frame."""
    return ethernet(kind_of(packet), packet)


def over_ip(protocol: int, content: bytes) -> bytes:
    """Anything in an IPv4 packet between two tunnel ends, in an Ethernet frame."""
    return ethernet(IPV4, network(content, protocol, *OUTER))


def over_ip6(protocol: int, content: bytes) -> bytes:
    """The same between ends of IPv6."""
    return ethernet(IPV6, network(content, protocol, *OUTER6))


def over_udp(port: int, content: bytes, sender: int = 50_000) -> bytes:
    """Anything in a datagram between two tunnel ends."""
    return over_ip(UDP, struct.pack("!HHHH", sender, port, (8 + len(content)) & 0xFFFF, 0) + content)


def gre(kind: int, content: bytes, flags: int = 0, options: bytes = b"") -> bytes:
    """A GRE packet."""
    return over_ip(47, struct.pack("!HH", flags, kind) + options + content)


def erspan3(packet: bytes) -> bytes:
    """ERSPAN type III with its platform's subheader."""
    return gre(0x22EB, b"\x20\1\0\2" + bytes(7) + b"\1" + bytes(8) + frame(packet), 0x1000, bytes(4))


def capwap(packet: bytes, wireless: bool) -> bytes:
    """CAPWAP data of a wireless or a bridged access point."""
    header = b"\0" + (2 << 19 | 1 << 9 | wireless << 8).to_bytes(3, "big") + bytes(4)
    return over_udp(5247, header + (WLAN_UP + SNAP + typed(packet) if wireless else frame(packet)))


def a_msdu(packet: bytes) -> bytes:
    """An 802.11 frame with two subframes: one of nothing known, then the packet."""
    first = MACS + struct.pack("!H", 10) + SNAP + b"\x88\xb7" + b"\1\2"
    second = MACS + struct.pack("!H", len(SNAP) + 2 + len(packet)) + SNAP + typed(packet)
    return WLAN_UP[:24] + b"\x80\0" + first + bytes(-len(first) % 4) + second


def nflog(packet: bytes) -> bytes:
    """A netfilter log of Linux: a prefix, then the packet."""
    family = b"\2" if kind_of(packet) == IPV4 else b"\x0a"
    return family + b"\0\0\0" + b"\5\0\x0a\0\0\0\0\0" + struct.pack("<HH", 4 + len(packet), 9) + packet


def cooked(packet: bytes) -> bytes:
    """Linux cooked capture."""
    return b"\0\0\0\1\0\6" + MACS[6:] + b"\0\0" + typed(packet)


def cooked2(packet: bytes) -> bytes:
    """Linux cooked capture, version 2."""
    return struct.pack("!HHIHBB", kind_of(packet), 0, 2, 1, 0, 6) + MACS[6:] + b"\0\0" + packet


LINKS: Mapping[str, Change] = {
    "Ethernet": rewrapped(frame),
    "raw IP": rewrapped(bytes, 101),
    "raw IP, old number": rewrapped(bytes, 12),
    "loopback": rewrapped(lambda p: (b"\2\0\0\0" if kind_of(p) == IPV4 else b"\x1e\0\0\0") + p, 0),
    "loopback, big-endian": rewrapped(lambda p: (b"\0\0\0\2" if kind_of(p) == IPV4 else b"\0\0\0\x18") + p, 108),
    "cooked": rewrapped(cooked, 113),
    "cooked with a tag": rewrapped(lambda p: cooked(b"E")[:14] + b"\x81\0\0\5" + typed(p), 113),
    "cooked 2": rewrapped(cooked2, 276),
    "PPP": rewrapped(ppp, 9),
    "PPP in HDLC": rewrapped(lambda p: b"\xff\3" + ppp(p), 50),
    "PPP, direction": rewrapped(lambda p: b"\1\xff\3" + ppp(p), 204),
    "HDLC": rewrapped(lambda p: b"\x0f\0" + typed(p), 104),
    "PPPoE link": rewrapped(pppoe, 51),
    "frame relay": rewrapped(lambda p: b"\x18\x41\3" + (b"\xcc" if kind_of(p) == IPV4 else b"\x8e") + p, 107),
    "wireless": rewrapped(lambda p: WLAN_UP[:26] + SNAP + typed(p), 105),
    "wireless, from the network": rewrapped(lambda p: WLAN_DOWN[:24] + SNAP + typed(p), 105),
    "wireless with radiotap": rewrapped(lambda p: b"\0\0\x0c\0\4\x80\0\0\2\0\x18\0" + WLAN_UP[:26] + SNAP + typed(p), 127),
    "wireless with padding": rewrapped(lambda p: b"\0\0\x09\0\2\0\0\0\x20" + WLAN_UP[:26] + b"\0\0" + SNAP + typed(p), 127),
    "wireless, aggregated": rewrapped(a_msdu, 105),
    "per-packet information": rewrapped(lambda p: b"\0\0\x08\0\x69\0\0\0" + WLAN_UP[:26] + SNAP + typed(p), 192),
    "netfilter log": rewrapped(nflog, 239),
    "pktap": rewrapped(lambda p: struct.pack("<III", 108, 1, 1) + bytes(96) + frame(p), 258),
    "pflog": rewrapped(lambda p: bytes((61, 2 if kind_of(p) == IPV4 else 24)) + bytes(62) + p, 117),
    "token ring": rewrapped(lambda p: b"\x10\x40" + MACS + SNAP + typed(p), 6),
    "FDDI": rewrapped(lambda p: b"\x50" + MACS + SNAP + typed(p), 10),
}
"""Every link type, by what it is called."""

ETHERNETS: Mapping[str, Change] = {
    "tag": rewrapped(lambda p: tags(p, 0x8100)),
    "QinQ": rewrapped(lambda p: tags(p, 0x88A8, 0x8100)),
    "QinQ, old type": rewrapped(lambda p: tags(p, 0x9100, 0x8100)),
    "three tags": rewrapped(lambda p: tags(p, 0x88A8, 0x8100, 0x8100)),
    "SNAP": rewrapped(lambda p: MACS + struct.pack("!H", min(8 + len(p), 1500)) + SNAP + typed(p)),
    "tag and SNAP": rewrapped(lambda p: MACS + b"\x81\0\0\5" + struct.pack("!H", min(8 + len(p), 1500)) + SNAP + typed(p)),
    "PPPoE": rewrapped(lambda p: ethernet(0x8864, pppoe(p))),
    "PPPoE in QinQ": rewrapped(lambda p: MACS + b"\x88\xa8\0\5\x81\0\0\6\x88\x64" + pppoe(p)),
    "MPLS": rewrapped(lambda p: ethernet(0x8847, labels(1) + p)),
    "MPLS, three labels behind a tag": rewrapped(lambda p: MACS + b"\x81\0\0\5\x88\x47" + labels(3) + p),
    "MPLS wire": rewrapped(lambda p: ethernet(0x8847, labels(2) + frame(p))),
    "MPLS wire with control word": rewrapped(lambda p: ethernet(0x8847, labels(2) + bytes(4) + frame(p))),
    "provider backbone": rewrapped(lambda p: ethernet(0x88E7, bytes(4) + frame(p))),
    "provider backbone with tag": rewrapped(lambda p: MACS + b"\x88\xa8\0\5\x88\xe7" + bytes(4) + tags(p, 0x8100)),
    "FabricPath": rewrapped(lambda p: ethernet(0x8903, b"\0\x40" + frame(p))),
    "TRILL": rewrapped(lambda p: ethernet(0x22F3, b"\0\x3f\0\1\0\2" + frame(p))),
    "security group tag": rewrapped(lambda p: ethernet(0x8909, b"\1\1\0\1\0\5" + typed(p))),
    "VN-Tag": rewrapped(lambda p: ethernet(0x8926, bytes(4) + typed(p))),
    "VN-Tag and tag": rewrapped(lambda p: ethernet(0x8926, bytes(4) + b"\x81\0\0\5" + typed(p))),
    "port extension": rewrapped(lambda p: ethernet(0x893F, bytes(6) + typed(p))),
    "seamless redundancy": rewrapped(lambda p: ethernet(0x892F, bytes(4) + typed(p))),
    "service chain": rewrapped(lambda p: ethernet(0x894F, b"\0\2\2\3" + bytes(4) + frame(p))),
    "MACsec without encryption": rewrapped(lambda p: ethernet(0x88E5, b"\0\0\0\0\0\1" + typed(p) + bytes(16))),
    "trailer": rewrapped(lambda p: frame(p) + b"\x16\x03\x01\x02"),
}
"""What Ethernet may carry before the IP packet."""

TUNNELS: Mapping[str, Change] = {
    "IP in IPv4": rewrapped(lambda p: over_ip(4 if kind_of(p) == IPV4 else 41, p)),
    "IP in IPv6": rewrapped(lambda p: over_ip6(4 if kind_of(p) == IPV4 else 41, p)),
    "IP in IP in IP": rewrapped(lambda p: over_ip6(4, network(p, 4 if kind_of(p) == IPV4 else 41, *OUTER))),
    "GRE": rewrapped(lambda p: gre(kind_of(p), p)),
    "GRE with all fields": rewrapped(lambda p: gre(kind_of(p), p, 0xB000, bytes(12))),
    "GRE with Ethernet": rewrapped(lambda p: gre(0x6558, frame(p), 0x2000, bytes(4))),
    "GRE of PPTP": rewrapped(lambda p: gre(0x880B, ppp(p), 0x3081, bytes(12))),
    "GRE with MPLS": rewrapped(lambda p: gre(0x8847, labels(1) + p)),
    "GRE over IPv6": rewrapped(lambda p: over_ip6(47, b"\0\0" + typed(p))),
    "GRE in UDP": rewrapped(lambda p: over_udp(4754, b"\0\0" + typed(p))),
    "ERSPAN I": rewrapped(lambda p: gre(0x88BE, frame(p))),
    "ERSPAN II": rewrapped(lambda p: gre(0x88BE, b"\x10\1\0\2" + bytes(4) + frame(p), 0x1000, bytes(4))),
    "ERSPAN III": rewrapped(erspan3),
    "VXLAN": rewrapped(lambda p: over_udp(4789, b"\x08" + bytes(7) + frame(p))),
    "VXLAN with group policy": rewrapped(lambda p: over_udp(4789, b"\x88\0\0\5" + bytes(4) + frame(p))),
    "VXLAN, old port": rewrapped(lambda p: over_udp(8472, b"\x08" + bytes(7) + frame(p))),
    "VXLAN with tag": rewrapped(lambda p: over_udp(4789, b"\x08" + bytes(7) + tags(p, 0x8100))),
    "VXLAN-GPE": rewrapped(lambda p: over_udp(4790, b"\x0c\0\0" + (b"\1" if kind_of(p) == IPV4 else b"\2") + bytes(4) + p)),
    "VXLAN in VXLAN": rewrapped(lambda p: over_udp(4789, b"\x08" + bytes(7) + over_udp(4789, b"\x08" + bytes(7) + frame(p)))),
    "Geneve": rewrapped(lambda p: over_udp(6081, b"\0\0\x65\x58" + bytes(4) + frame(p))),
    "Geneve with options": rewrapped(lambda p: over_udp(6081, b"\4\0\x65\x58" + bytes(20) + frame(p))),
    "Geneve with IP": rewrapped(lambda p: over_udp(6081, b"\0\0" + struct.pack("!H", kind_of(p)) + bytes(4) + p)),
    "GTP-U": rewrapped(lambda p: over_udp(2152, b"\x30\xff" + struct.pack("!HI", len(p) & 0xFFFF, 9) + p, 2152)),
    "GTP-U with extension": rewrapped(
        lambda p: over_udp(2152, b"\x34\xff" + struct.pack("!HI", (len(p) + 8) & 0xFFFF, 9) + b"\0\0\0\x85\1\x10\1\0" + p)
    ),
    "CAPWAP, wireless": rewrapped(lambda p: capwap(p, True)),
    "CAPWAP, bridged": rewrapped(lambda p: capwap(p, False)),
    "L2TP": rewrapped(
        lambda p: over_udp(1701, b"\x40\2" + struct.pack("!H", (8 + len(p)) & 0xFFFF) + bytes(4) + b"\xff\3" + ppp(p))
    ),
    "L2TP, shortest": rewrapped(lambda p: over_udp(1701, b"\0\2" + bytes(4) + ppp(p))),
    "L2TPv3": rewrapped(lambda p: over_ip(115, b"\0\0\0\5" + frame(p))),
    "L2TPv3 with sublayer": rewrapped(lambda p: over_ip(115, b"\0\0\0\5" + b"\x40\0\0\1" + frame(p))),
    "L2TPv3 over UDP": rewrapped(lambda p: over_udp(1701, b"\0\3\0\0" + b"\0\0\0\5" + frame(p))),
    "EtherIP": rewrapped(lambda p: over_ip(97, b"\x30\0" + frame(p))),
    "MPLS in IP": rewrapped(lambda p: over_ip(137, labels(1) + p)),
    "MPLS in UDP": rewrapped(lambda p: over_udp(6635, labels(1) + p)),
    "TZSP": rewrapped(lambda p: over_udp(37008, b"\1\0\0\1" + b"\x0a\1\0" + b"\1" + frame(p))),
    "authentication header": rewrapped(lambda p: over_ip(51, bytes((4, 4)) + bytes(22) + p) if kind_of(p) == IPV4 else frame(p)),
}
"""Packets in packets."""
