"""What the kernel (or libpcap) hands up: the two packets in a hundred that may name something.

Enters a link type; leaves a program of classic BPF for it, or None where everything must be read. The program walks VLAN tags,
PPPoE, IPv4 and IPv6 to the ports and first bytes. It never refuses what it doesn't understand but the dissector might: tunnels,
fragments and odd headers pass. On a live socket the card or the kernel has taken the outer VLAN tag off already; the walk takes
what is there. `filter_tcp` and `filter_udp` say what passes of either.
"""

from __future__ import annotations

from appliance.edge.bpf import Assembler, Program
from appliance.edge.filter_tcp import write_tcp
from appliance.edge.filter_udp import write_udp

ETHERNET, LOOPBACK, RAW, COOKED, IPV4_ONLY, IPV6_ONLY, COOKED_2, NULL = 1, 108, 101, 113, 228, 229, 276, 0
WHOLE = 262_144
END = 0  # memory slot: where the IP packet ends, counted from the frame's start
TYPE = 1  # memory slot: an EtherType while X moves

TAGS = (0x8100, 0x88A8, 0x9100, 0x9200, 0x9300)
# 802.1Q inside 802.1ad is two; a third is somebody's tunnel and passes unread.
MAX_TAGS = 2
ARP, IPV4, IPV6, PPPOE, SNAP = 0x0806, 0x0800, 0x86DD, 0x8864, 0xAAAA
# MPLS and its multicast, PPP, bridged Ethernet, provider backbone, FabricPath, TRILL, Cisco's group tag, VN-Tag, redundancy
# tag, bridge port extension, service chains: what these carry is the dissector's to find out.
CARRIERS = (0x8847, 0x8848, 0x880B, 0x6558, 0x88E7, 0x8903, 0x22F3, 0x8909, 0x8926, 0x892F, 0x893F, 0x894F)
MACSEC, MACSEC_HIDES = 0x88E5, 0x0C  # its flags "encrypted" and "changed"
# IP in IP, IPv6 in IP, GRE, authentication header, EtherIP, L2TPv3, MPLS in IP. ESP (50) can't be read by anybody.
TUNNELS = (4, 41, 47, 51, 97, 115, 137)
HOP_BY_HOP, ROUTING, FRAGMENT, DESTINATION = 0, 43, 44, 60
OTHER_EXTENSIONS = (FRAGMENT, 135, 139, 140)
TCP, UDP, ICMPV6 = 6, 17, 58
# Router and neighbour solicitation and advertisement, redirect (RFC 4861).
NEIGHBOUR_FIRST, NEIGHBOUR_LAST = 133, 137


def program(link: int) -> Program | None:
    """The filter for a link type; None for one that we don't filter."""
    if link not in _LINKS:
        return None
    code = Assembler()
    _LINKS[link](code)
    _write_network(code)
    return code.assemble()


def _write_ethernet(code: Assembler) -> None:
    """Ethernet II: the type at 12; X is where its content begins."""
    code.set_x(14)
    code.load(2, 12)
    _write_types(code)


def _write_cooked(code: Assembler) -> None:
    """Linux cooked capture: the type at 14 of a header of 16 bytes."""
    code.set_x(16)
    code.load(2, 14)
    _write_types(code)


def _write_cooked_2(code: Assembler) -> None:
    """Linux cooked capture, version 2: the type at 0 of a header of 20 bytes."""
    code.set_x(20)
    code.load(2, 0)
    _write_types(code)


def _write_raw(code: Assembler) -> None:
    """Bare IP: the version is in the first nibble."""
    code.set_x(0)
    _write_version(code)


def _write_null(code: Assembler) -> None:
    """BSD loopback: a family in some byte order, whose number differs between systems; IP's own version says the same."""
    code.set_x(4)
    _write_version(code)


_LINKS = {
    ETHERNET: _write_ethernet,
    COOKED: _write_cooked,
    COOKED_2: _write_cooked_2,
    RAW: _write_raw,
    IPV4_ONLY: _write_raw,
    IPV6_ONLY: _write_raw,
    NULL: _write_null,
    LOOPBACK: _write_null,
}


def _write_version(code: Assembler) -> None:
    """Branch by the IP version at X."""
    code.load(1, 0, beyond_x=True)
    code.alu("and", 0xF0)
    code.when("eq", 0x40, "ipv4")
    code.when("eq", 0x60, "ipv6", "refuse")


def _write_types(code: Assembler) -> None:
    """Branch by the EtherType in A, stepping over VLAN tags and PPPoE."""
    code.when("eq", IPV4, "ipv4")
    code.when("eq", IPV6, "ipv6")
    for number in range(MAX_TAGS):
        code.when_in(TAGS, f"tag.{number}")
        code.jump("other type")
        code.label(f"tag.{number}")
        code.load(2, 2, beyond_x=True)
        code.store(TYPE)
        _advance(code, 4)
        code.recall(TYPE)
        code.when("eq", IPV4, "ipv4")
        code.when("eq", IPV6, "ipv6")
    code.when_in(TAGS, "pass")
    code.label("other type")
    code.when_in((ARP, *CARRIERS), "pass")
    code.when("eq", PPPOE, "pppoe")
    code.when("eq", MACSEC, "macsec")
    # Below 1536 it is a length, and LLC follows: only SNAP can lead on to IP.
    code.when("ge", 0x0600, "refuse")
    code.load(2, 0, beyond_x=True)
    code.when("eq", SNAP, "pass", "refuse")
    code.label("macsec")
    code.load(1, 0, beyond_x=True)
    code.when("set", MACSEC_HIDES, "refuse", "pass")
    code.label("pppoe")
    code.load(2, 6, beyond_x=True)
    code.store(TYPE)
    _advance(code, 8)
    code.recall(TYPE)
    code.when("eq", 0x0021, "ipv4")
    code.when("eq", 0x0057, "ipv6")
    # Link control and authentication (0x8000 and above) name nothing; compressed or odd fields are for the dissector.
    code.when("ge", 0x8000, "not compressed", "pass")
    code.label("not compressed")
    code.when("eq", 0xFF03, "pass", "refuse")


def _advance(code: Assembler, count: int) -> None:
    """X += count; A is lost."""
    code.x_to_a()
    code.alu("add", count)
    code.a_to_x()


def _write_network(code: Assembler) -> None:
    """IPv4 and IPv6 at X, the transports behind them, and the two ends of the program."""
    _write_ipv4(code)
    _write_ipv6(code)
    code.label("transport")
    code.when("eq", TCP, "tcp")
    code.when("eq", UDP, "udp")
    code.when("eq", ICMPV6, "icmpv6")
    code.when_in(TUNNELS, "pass")
    code.jump("refuse")
    code.label("icmpv6")
    code.load(1, 0, beyond_x=True)
    code.when("ge", NEIGHBOUR_FIRST, None, "refuse")
    code.when("gt", NEIGHBOUR_LAST, "refuse", "pass")
    write_udp(code, END)
    write_tcp(code, END)
    code.label("refuse")
    code.give(0)
    code.label("pass")
    code.give(WHOLE)


def _write_ipv4(code: Assembler) -> None:
    """IPv4 at X: its end to memory, X to its transport header, the protocol to A."""
    code.label("ipv4")
    code.load(2, 6, beyond_x=True)
    code.when("set", 0x3FFF, "pass")  # a fragment, the first or a later one
    code.load(2, 2, beyond_x=True)
    _write_end(code, 0)
    code.load(1, 9, beyond_x=True)
    code.store(TYPE)
    code.load(1, 0, beyond_x=True)
    code.alu("and", 0x0F)
    code.alu("lsh", 2)
    code.alu_x("add")
    code.a_to_x()
    code.recall(TYPE)
    code.jump("transport")


def _write_ipv6(code: Assembler) -> None:
    """IPv6 at X, with at most one extension header before the transport; more of them pass unread."""
    code.label("ipv6")
    code.load(2, 4, beyond_x=True)
    _write_end(code, 40)
    code.load(1, 6, beyond_x=True)
    code.store(TYPE)
    _advance(code, 40)
    code.recall(TYPE)
    code.when_in((TCP, UDP), "transport")
    code.when_in((HOP_BY_HOP, DESTINATION, ROUTING), "extension")
    code.when_in(OTHER_EXTENSIONS, "pass")
    code.jump("transport")
    code.label("extension")
    code.load(1, 0, beyond_x=True)
    code.store(TYPE)
    code.load(1, 1, beyond_x=True)
    code.alu("add", 1)
    code.alu("lsh", 3)
    code.alu_x("add")
    code.a_to_x()
    code.recall(TYPE)
    code.when_in((HOP_BY_HOP, DESTINATION, ROUTING, *OTHER_EXTENSIONS), "pass")


def _write_end(code: Assembler, header: int) -> None:
    """Keep where the packet ends, from the length in A; zero is the length of what a card was to cut up, and of jumbograms."""
    known, kept = code.fresh("length known"), code.fresh("length kept")
    code.when("eq", 0, None, known)
    code.load_length()
    code.jump(kept)
    code.label(known)
    code.alu_x("add")
    if header:
        code.alu("add", header)
    code.label(kept)
    code.store(END)
