"""What passes of UDP: the name services and log-ons by port, tunnels, and by their first bytes QUIC, DNS and VPN handshakes."""

from __future__ import annotations

from appliance.edge.bpf import Assembler

# A port on either side: DNS, DHCP, Kerberos, NetBIOS, IKE, DHCPv6, RADIUS, mDNS, LLMNR; then L2TP, GTP, Teredo, GRE, VXLAN,
# AYIYA, CAPWAP, Geneve, MPLS, older VXLAN.
PORTS = (
    53, 67, 68, 88, 137, 138, 500, 546, 547, 1645, 1646, 1701, 1812, 1813, 2152, 3544, 4754, 4789, 4790, 5072, 5246, 5247, 5353,
    5355, 6081, 6635, 8472,
)  # fmt: skip
TZSP = 37008  # by itself: clients' ports begin between the others and it
IKE_BEHIND_NAT, OPENVPN, HTTPS = 4500, 1194, 443
SOURCE, TARGET, LENGTH, WORD = 2, 3, 4, 5  # memory slots

# QUIC versions 1 and 2 (RFC 9000, 9369).
QUIC_1, QUIC_2 = 0x00000001, 0x6B3343CF
TYPE_BITS, HANDSHAKE_TYPE = 0x30, 0x20
# IETF drafts ff0000xx, Facebook's faceb0xx, Google's Q0xx and T05x: what the version's upper bytes are.
QUIC_FAMILIES = (0xFF000000, 0xFACEB000)
GOOGLE_FAMILIES = (0x51300000, 0x54300000)
# WireGuard's first two messages by type and length, TunnelBear's longer ones; Cloudflare's WARP fills the bytes after the type.
WIREGUARD_TYPES = (1, 2)
WIREGUARD_LENGTHS = (148, 92, 204, 100)
TAILSCALE_DISCO = 0x5453F09F  # "TS" and the first half of its emblem
DNSCRYPT_ANSWER = 0x7236666E  # "r6fn"
L2TP_CONTROL = 0xC802
# OpenVPN's first packets: the plain and authenticated one by its length at most (14 bytes and a SHA-512 with id and time), the
# one with its own key by the packet id.
OPENVPN_RESET, OPENVPN_RESET_3 = 0x38, 0x50
OPENVPN_LONGEST = 128
OPENVPN_FIRST_IDS = (0x00000001, 0x0F000001)
TEAMVIEWER, TEAMVIEWER_MAGIC = 5938, 0x1724


def write_udp(code: Assembler, end: int) -> None:
    """UDP at X, inside an IP packet that ends at memory slot `end`."""
    code.label("udp")
    code.load(2, 2, beyond_x=True)
    code.store(TARGET)
    code.load(2, 0, beyond_x=True)
    code.store(SOURCE)
    for port in (SOURCE, TARGET):
        _write_port(code, port)
    code.x_to_a()
    code.alu("add", 8)
    code.a_to_x()
    code.recall(end)
    code.when_x("gt", None, "refuse")
    code.alu_x("sub")
    code.store(LENGTH)
    # Shorter than anything below; every load from here on has its bytes.
    code.when("ge", 14, None, "refuse")
    _write_dns(code)
    _write_quic(code)
    _write_vpn(code)


def _write_port(code: Assembler, slot: int) -> None:
    """Pass by one of the well-known ports; 443 and the ephemeral ports of bulk traffic are through after two tests."""
    on = code.fresh("port")
    code.recall(slot)
    code.when("eq", HTTPS, on)
    code.when("eq", TZSP, "pass")
    code.when("gt", max(PORTS), on)
    code.when_in(PORTS, "pass")
    code.label(on)


def _write_dns(code: Assembler) -> None:
    """DNS on any port: one question, opcode 0, and in a query no answer and no authority; counts below 256 in an answer."""
    on, answer = code.fresh("dns"), code.fresh("answer")
    code.load(2, 4, beyond_x=True)
    code.when("eq", 1, None, on)
    code.load(1, 2, beyond_x=True)
    code.when("set", 0x78, on)
    code.when("set", 0x80, answer)
    code.load(4, 6, beyond_x=True)
    code.when("eq", 0, "pass", on)
    code.label(answer)
    code.load(4, 6, beyond_x=True)
    code.when("set", 0xFF00FF00, on, "pass")
    code.label(on)


def _write_quic(code: Assembler) -> None:
    """A long header of a known version; of version 1 not the Handshake type, which follows the hello.

    The server's Initials pass too: they tell the connection id by which the client's later ones are known to be of no interest,
    which is cheaper than trying to open those.
    """
    on, version_1, short = code.fresh("quic"), code.fresh("version 1"), code.fresh("short")
    code.load(1, 0, beyond_x=True)
    code.when("set", 0x80, None, short)
    code.load(4, 1, beyond_x=True)
    code.when("eq", QUIC_1, version_1)
    code.when("eq", QUIC_2, "pass")
    code.store(WORD)
    code.alu("and", 0xFFFFFF00)
    code.when_in(QUIC_FAMILIES, "pass")
    code.recall(WORD)
    code.alu("and", 0xFFFF0000)
    code.when_in(GOOGLE_FAMILIES, "pass")
    code.jump(on)
    code.label(version_1)
    code.load(1, 0, beyond_x=True)
    code.alu("and", TYPE_BITS)
    code.when("eq", HANDSHAKE_TYPE, on, "pass")
    # Google QUIC to Q043: flags with the version bit, a connection id of eight bytes, "Q0".
    code.label(short)
    code.when("set", 0x01, None, on)
    code.load(2, 9, beyond_x=True)
    code.when("eq", GOOGLE_FAMILIES[0] >> 16, "pass")
    code.label(on)


def _write_vpn(code: Assembler) -> None:
    """WireGuard, OpenVPN, IKE behind NAT, Tailscale, DNSCrypt, L2TP and TeamViewer handshakes."""
    code.recall(TARGET)
    code.when("eq", TEAMVIEWER, "teamviewer")
    code.load(4, 0, beyond_x=True)
    code.when_in((TAILSCALE_DISCO, DNSCRYPT_ANSWER), "pass")
    code.when("eq", 0, "no marker")  # the non-ESP marker, RFC 3948 section 2.2
    code.store(WORD)
    code.alu("rsh", 16)
    code.when("eq", L2TP_CONTROL, "pass")
    code.alu("rsh", 8)
    code.when_in(WIREGUARD_TYPES, "wireguard")
    code.when("eq", OPENVPN_RESET, "openvpn")
    code.when("eq", OPENVPN_RESET_3, "openvpn 3")
    code.store(WORD)
    code.recall(TARGET)
    code.when("eq", OPENVPN, "openvpn port")
    code.recall(SOURCE)
    code.when("eq", OPENVPN, "openvpn port", "refuse")
    code.label("openvpn")
    code.recall(LENGTH)
    code.when("gt", OPENVPN_LONGEST, "refuse", "pass")
    code.label("openvpn 3")
    code.load(4, 9, beyond_x=True)
    code.when_in(OPENVPN_FIRST_IDS, "pass")
    code.jump("refuse")
    # On its own port every control packet, but no data (opcodes 6 and 9).
    code.label("openvpn port")
    code.recall(WORD)
    code.alu("rsh", 3)
    code.when_in((6, 9), "refuse")
    code.jump("pass")
    code.label("wireguard")
    code.recall(LENGTH)
    code.when_in(WIREGUARD_LENGTHS, "pass")
    code.jump("refuse")
    code.label("no marker")
    code.recall(TARGET)
    code.when("eq", IKE_BEHIND_NAT, "pass")
    code.recall(SOURCE)
    code.when("eq", IKE_BEHIND_NAT, "pass", "refuse")
    code.label("teamviewer")
    code.load(2, 11, beyond_x=True)
    code.when("eq", TEAMVIEWER_MAGIC, "pass", "refuse")
