"""What the filter lets through and what it keeps out, by three judges at once: the kernel, libpcap and our own machine."""

from __future__ import annotations

import random
import socket
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from appliance.edge.bpf import Program
from appliance.edge.bpf_machine import keeps
from appliance.edge.capture_files import KeepByLink, PcapLibrary, open_capture
from appliance.edge.filter import COOKED, COOKED_2, ETHERNET, NULL, RAW, program
from appliance.edge.socket_filter import attach
from appliance.model import Frame
from appliance.wire.dissector import Dissector
from tests.wire.packets import (
    ACK,
    IPV4,
    IPV6,
    RST,
    SYN,
    TCP,
    UDP,
    client_hello,
    dns_answer,
    dns_query,
    ethernet,
    http_request,
    ip4,
    ip6,
    tagged,
    tcp,
    udp,
)

CAPTURES = Path(__file__).parents[3] / "shared" / "captures" / "dev"
DATA = b"\x17\x03\x03\x05\x00" + bytes(range(256)) * 4
MIDDLE = b"\x9b" * 1448
QUIC_INITIAL = b"\xc3\x00\x00\x00\x01\x08" + bytes(1200)
QUIC_SHORT = b"\x43" + bytes(range(100, 200)) * 12


class Judges:
    """One program loaded into everything that can run it; they must agree."""

    def __init__(self, link: int) -> None:
        code = program(link)
        assert code is not None
        self._code: Program = code
        self._left, self._right = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        attach(self._right, code)
        self._right.setblocking(False)
        try:
            self._libpcap: Callable[[bytes], bool] | None = PcapLibrary().predicate(code)
        except (ImportError, OSError):
            self._libpcap = None

    def keep(self, data: bytes) -> bool:
        ours = keeps(self._code, data)
        assert self._kernel(data) is ours
        assert self._libpcap is None or self._libpcap(data) is ours
        return ours

    def close(self) -> None:
        self._left.close()
        self._right.close()

    def _kernel(self, data: bytes) -> bool:
        self._left.send(data)
        try:
            return bool(self._right.recv(1))
        except BlockingIOError:
            return False


@pytest.fixture(scope="module")
def judges() -> dict[int, Judges]:
    return {link: Judges(link) for link in (ETHERNET, COOKED, COOKED_2, RAW, NULL)}


def pppoe(packet: bytes, protocol: int) -> bytes:
    return ethernet(struct.pack("!BBHHH", 0x11, 0, 7, len(packet) + 2, protocol) + packet, 0x8864)


def version(packet: bytes) -> int:
    return IPV4 if packet[0] >> 4 == 4 else IPV6


# How an IP packet comes in: the link type and what stands before it.
COVERS: dict[str, tuple[int, Callable[[bytes], bytes]]] = {
    "ethernet": (ETHERNET, lambda p: ethernet(p, version(p))),
    "802.1Q": (ETHERNET, lambda p: tagged(p, (0x8100, 20), kind=version(p))),
    "priority tag": (ETHERNET, lambda p: tagged(p, (0x8100, 0xE000), kind=version(p))),
    "QinQ": (ETHERNET, lambda p: tagged(p, (0x88A8, 7), (0x8100, 20), kind=version(p))),
    "QinQ, outer tag stripped": (ETHERNET, lambda p: tagged(p, (0x8100, 20), kind=version(p))),
    "QinQ with 9100": (ETHERNET, lambda p: tagged(p, (0x9100, 7), (0x8100, 20), kind=version(p))),
    "PPPoE": (ETHERNET, lambda p: pppoe(p, 0x21 if version(p) == IPV4 else 0x57)),
    "PPPoE in 802.1Q": (
        ETHERNET,
        lambda p: tagged(pppoe(p, 0x21 if version(p) == IPV4 else 0x57)[14:], (0x8100, 20), kind=0x8864),
    ),
    "cooked": (COOKED, lambda p: bytes(14) + struct.pack("!H", version(p)) + p),
    "cooked 2": (COOKED_2, lambda p: struct.pack("!H", version(p)) + bytes(18) + p),
    "raw": (RAW, lambda p: p),
    "loopback": (NULL, lambda p: b"\x02\0\0\0" + p),
}
NETWORKS: dict[str, Callable[[bytes, int], bytes]] = {
    "IPv4": lambda payload, protocol: ip4(payload, protocol),
    "IPv4 with options": lambda payload, protocol: ip4(payload, protocol, options=b"\x94\x04\0\0"),
    "IPv6": lambda payload, protocol: ip6(payload, protocol),
    "IPv6 with hop-by-hop": lambda payload, protocol: ip6(bytes([protocol, 1]) + bytes(14) + payload, 0),
    "IPv6 with destination options": lambda payload, protocol: ip6(bytes([protocol, 0]) + bytes(6) + payload, 60),
}

TLS_PORT = {"port": 443, "sender_port": 40_000}
FROM_TLS = {"port": 40_000, "sender_port": 443}
PASSES: dict[str, tuple[bytes, int]] = {
    "DNS query": (udp(dns_query()), UDP),
    "DNS answer": (udp(dns_answer(), 40_000, 53), UDP),
    "DNS on another port": (udp(dns_query(), 5300), UDP),
    "DNS answer from another port": (udp(dns_answer(), 40_000, 5300), UDP),
    "DNS over TCP": (tcp(b"\0\x20" + dns_query(), port=53), TCP),
    "DNS over TCP to another port from a lower one": (
        tcp(struct.pack("!H", len(dns_query())) + dns_query(), port=5300, sender_port=1500),
        TCP,
    ),
    "mDNS": (udp(b"x" * 20, 5353, 5353), UDP),
    "LLMNR": (udp(b"x" * 20, 5355), UDP),
    "NetBIOS": (udp(b"x" * 60, 137, 137), UDP),
    "DHCP": (udp(b"x" * 300, 67, 68), UDP),
    "DHCPv6": (udp(b"x" * 60, 547, 546), UDP),
    "RADIUS accounting": (udp(b"x" * 60, 1813), UDP),
    "Kerberos": (tcp(b"\0\0\0\x40" + bytes(64), port=88), TCP),
    "SYN": (tcp(flags=SYN), TCP),
    "reset": (tcp(flags=RST, **FROM_TLS), TCP),
    "ClientHello": (tcp(client_hello()), TCP),
    "rest of a ClientHello": (tcp(MIDDLE[:700]), TCP),
    "first byte of a ClientHello": (tcp(b"\x16"), TCP),
    "ClientHello on another port": (tcp(client_hello(), port=4433), TCP),
    "rest of a ClientHello on another port": (tcp(MIDDLE[:700], port=4433), TCP),
    "ClientHello to the higher port": (tcp(client_hello(), port=50_000, sender_port=1500), TCP),
    "ServerHello": (tcp(b"\x16\x03\x03\0\x60\x02" + bytes(90), **FROM_TLS), TCP),
    "alert": (tcp(b"\x15\x03\x03\0\x02\x02\x28", **FROM_TLS), TCP),
    "HTTP request": (tcp(http_request(), port=80), TCP),
    "rest of an HTTP request": (tcp(b"st: example.org\r\n\r\n", port=8080), TCP),
    "odd method to the higher port": (tcp(b"PROPFIND / HTTP/1.1\r\n\r\n", port=50_000, sender_port=1500), TCP),
    "SSH banner of a server": (tcp(b"SSH-2.0-OpenSSH_9.2\r\n", port=40_000, sender_port=22), TCP),
    "SOCKS greeting": (tcp(b"\5\1\0", port=50_000, sender_port=1500), TCP),
    "SOCKS request": (tcp(b"\5\1\0\3\x0bexample.org\x01\xbb", port=1080), TCP),
    "RDP": (tcp(b"\3\0\0\x13\x0e\xe0\0\0\0\0\0\1\0\x08\0\3\0\0\0", port=3389), TCP),
    "PPTP": (tcp(b"x" * 156, port=1723), TCP),
    "SMB session set-up": (tcp(b"\0\0\1\0\xfeSMB\x40\0\0\0\0\0\0\0\1\0" + bytes(200), port=445), TCP),
    "QUIC Initial": (udp(QUIC_INITIAL, 443), UDP),
    "QUIC Initial on another port": (udp(QUIC_INITIAL, 4433), UDP),
    "QUIC Initial of the server": (udp(QUIC_INITIAL, 40_000, 443), UDP),
    "QUIC version 2": (udp(b"\xd3\x6b\x33\x43\xcf\x08" + bytes(1200), 443), UDP),
    "QUIC draft": (udp(b"\xc3\xff\0\0\x1d\x08" + bytes(1200), 443), UDP),
    "Facebook's QUIC": (udp(b"\xc3\xfa\xce\xb0\x02\x08" + bytes(1200), 443), UDP),
    "Google QUIC of old": (udp(b"\x0d" + bytes(8) + b"Q043\1" + bytes(1200), 443), UDP),
    "Google QUIC": (udp(b"\xc3Q050\x08" + bytes(1200), 443), UDP),
    "Google QUIC over TLS": (udp(b"\xc3T051\x08" + bytes(1200), 443), UDP),
    "WireGuard": (udp(b"\1\0\0\0" + bytes(144), 51_820), UDP),
    "WARP": (udp(b"\1abc" + bytes(144), 2408), UDP),
    "OpenVPN with the client's key": (udp(b"\x50" + b"s" * 8 + b"\0\0\0\1" + bytes(400), 443), UDP),
    "DNSCrypt answer": (udp(b"r6fnvWj8" + bytes(300), 40_000, 443), UDP),
    "TeamViewer": (udp(bytes(11) + b"\x17\x24" + bytes(30), 5938), UDP),
    "L2TP on another port": (udp(b"\xc8\x02\0\x64" + bytes(96), 1702), UDP),
    "PostgreSQL asking for TLS": (tcp(b"\0\0\0\x08\x04\xd2\x16\x2f", port=60_000, sender_port=1500), TCP),
    "OpenVPN": (udp(b"\x38" + bytes(13), 1194), UDP),
    "OpenVPN on another port": (udp(b"\x38" + bytes(53), 443), UDP),
    "OpenVPN over TCP": (tcp(b"\0\x0e\x38" + bytes(13), port=50_000, sender_port=1500), TCP),
    "IKE": (udp(bytes(28), 500, 500), UDP),
    "IKE behind NAT": (udp(bytes(32), 4500, 4500), UDP),
    "VXLAN": (udp(b"\x08" + bytes(90), 4789), UDP),
    "GTP": (udp(b"\x30" + bytes(90), 2152), UDP),
    "GRE": (bytes(40), 47),
    "IP in IP": (ip4(udp(dns_query()), UDP), 4),
    "IPv6 in IP": (ip6(udp(dns_query()), UDP), 41),
    "AYIYA": (udp(bytes(60), 5072), UDP),
    "TZSP": (udp(bytes(60), 37008), UDP),
    "second ClientHello behind a change of ciphers": (tcp(b"\x14\3\3\0\1\1" + client_hello()), TCP),
    "rest of a ClientHello that begins like a change of ciphers": (tcp(b"\x14\3" + MIDDLE[:700]), TCP),
    "neighbour solicitation": (b"\x87" + bytes(31), 58),
}
REFUSED: dict[str, tuple[bytes, int]] = {
    "acknowledgement": (tcp(flags=ACK), TCP),
    "SYN and ACK": (tcp(flags=SYN | ACK, **FROM_TLS), TCP),
    "encrypted record": (tcp(DATA), TCP),
    "encrypted record behind a change of ciphers": (tcp(b"\x14\3\3\0\1\1" + DATA), TCP),
    "encrypted record on another port": (tcp(DATA, port=8443), TCP),
    "download": (tcp(MIDDLE, **FROM_TLS), TCP),
    "certificate": (tcp(b"\x16\x03\x03\x0f\0\x0b" + bytes(1000), **FROM_TLS), TCP),
    "HTTP reply": (tcp(b"HTTP/1.1 200 OK\r\n\r\n", port=40_000, sender_port=80), TCP),
    "HTTP body": (tcp(MIDDLE, port=40_000, sender_port=80), TCP),
    "upload to a file server": (tcp(MIDDLE, port=445), TCP),
    "print job": (tcp(MIDDLE, port=9100), TCP),
    "QUIC data": (udp(QUIC_SHORT, 443), UDP),
    "QUIC handshake": (udp(b"\xe3\x00\x00\x00\x01\x08" + bytes(range(100, 200)) * 12, 40_000, 443), UDP),
    "video": (udp(b"\x80\x60" + bytes(range(50, 250)), 50_004, 50_002), UDP),
    "NTP": (udp(b"\x23" + bytes(range(47)), 123), UDP),
    "OpenVPN data": (udp(b"\x48\0\0\1" + bytes(range(200)), 1194), UDP),
    "tiny datagram": (udp(b"x", 9999), UDP),
    "ping": (b"\x08\0" + bytes(60), 1),
    "ESP": (bytes(100), 50),
}


@pytest.mark.parametrize("cover", COVERS)
@pytest.mark.parametrize("network", NETWORKS)
def test_names_pass_and_bulk_is_refused_in_every_wrapping(judges: dict[int, Judges], cover: str, network: str) -> None:
    link, wrap = COVERS[cover]
    for wanted, table in ((True, PASSES), (False, REFUSED)):
        for what, (payload, protocol) in table.items():
            assert judges[link].keep(wrap(NETWORKS[network](payload, protocol))) is wanted, what


def test_fragments_and_longer_chains_of_headers_pass_unread(judges: dict[int, Judges]) -> None:
    passing = [
        ethernet(ip4(MIDDLE, UDP, where=0x2000)),
        ethernet(ip4(MIDDLE, UDP, where=185)),
        ethernet(ip6(bytes([UDP, 0]) + bytes(6) + MIDDLE, 44), IPV6),
        ethernet(ip6(bytes([44, 0]) + bytes(6) + MIDDLE, 0), IPV6),
        ethernet(ip6(bytes([60, 0]) + bytes(6) + MIDDLE, 0), IPV6),
        tagged(ip4(MIDDLE, UDP), (0x88A8, 1), (0x8100, 2), (0x8100, 3)),
        ethernet(b"\0\x01\x41\xff" + ip4(MIDDLE, UDP), 0x8847),
        ethernet(b"\xaa\xaa\x03\0\0\0\x08\0" + ip4(MIDDLE, UDP), 900),
        ethernet(bytes(28), 0x0806),
        *(ethernet(bytes(60), kind) for kind in (0x88E7, 0x8909, 0x8926, 0x892F, 0x893F, 0x894F)),
    ]
    assert all(judges[ETHERNET].keep(frame) for frame in passing)
    assert not judges[ETHERNET].keep(ethernet(b"\x42\x42\x03" + bytes(35), 38))  # spanning tree
    assert not judges[ETHERNET].keep(ethernet(bytes(46), 0x88CC))  # LLDP


def test_padding_of_a_short_frame_is_no_payload(judges: dict[int, Judges]) -> None:
    assert not judges[ETHERNET].keep(ethernet(ip4(tcp(flags=ACK), TCP)) + b"\x16\x03\x01\0\0\1")


def test_packet_that_a_card_was_to_cut_up_says_its_length_is_nought(judges: dict[int, Judges]) -> None:
    packet = bytearray(ip4(tcp(client_hello() + DATA), TCP))
    packet[2:4] = b"\0\0"
    assert judges[ETHERNET].keep(ethernet(bytes(packet)))


def test_unknown_link_types_have_no_filter() -> None:
    assert program(127) is None
    assert KeepByLink(None)(Frame(1.0, b"anything", 127))


def test_three_machines_agree_on_mangled_packets(judges: dict[int, Judges]) -> None:
    dice = random.Random(5)
    kept = 0
    samples = [*PASSES.values(), *REFUSED.values()]
    for _ in range(6000):
        link, wrap = COVERS[dice.choice(list(COVERS))]
        data = bytearray(wrap(dice.choice(list(NETWORKS.values()))(*dice.choice(samples))))
        for _ in range(dice.randrange(4)):
            data[dice.randrange(min(len(data), 90))] = dice.choice([0, 1, 0x45, 0x60, 0x81, 0xFF, dice.randrange(256)])
        cut = dice.randrange(1, len(data) + 1) if dice.random() < 0.3 else len(data)
        kept += judges[link].keep(bytes(data[:cut]))
    assert 2000 < kept < 5000


def said(path: Path, *, filtered: bool) -> set[tuple[str, str, str]]:
    """(kind, client, name) of all that a capture says."""
    source, dissector = open_capture(path, filtered=filtered), Dissector()
    found = []
    last = 0.0
    while (frames := source.read()) is not None:
        for frame in frames:
            found += dissector.feed(frame)
            last = frame.time
    found += dissector.flush(last + 10)
    return {(str(one.__struct_config__.tag), one.client, getattr(one, "name", "")) for one in found}


@pytest.mark.captures
def test_filter_loses_nothing_of_the_peers_captures() -> None:
    if not CAPTURES.is_dir():
        pytest.skip("the peers' captures are not beside this checkout")
    lost = set()
    for path in sorted(CAPTURES.iterdir()):
        lost |= {(path.name, kind) for kind, _, _ in said(path, filtered=False) - said(path, filtered=True)}
    assert lost == set()
