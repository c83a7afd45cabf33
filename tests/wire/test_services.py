from __future__ import annotations

import struct

from appliance.model import Announced, DhcpSeen, LoggedOn, Neighbour, NetbiosAsked
from tests.wire.packets import IPV6, PUPIL, PUPIL6, PUPIL_MAC, UDP, Wire, address, dns_name, ethernet, ip4, ip6, mac, udp
from tests.wire.test_dhcp import message

DEVICE = "a4:d1:d2:00:00:01"


def show(payload: bytes, port: int, sender_port: int = 40_000) -> Wire:
    return Wire().show(ethernet(ip4(udp(payload, port, sender_port), UDP)))


def netbios_name(name: str, suffix: int) -> bytes:
    raw = name.ljust(15).encode() + bytes([suffix])
    return b"\x20" + bytes(65 + nibble for byte in raw for nibble in (byte >> 4, byte & 15)) + b"\0"


def test_a_lease_request_tells_the_machine_that_it_names_even_through_a_relay() -> None:
    (seen,) = show(message({53: b"\x03", 12: b"Sophies-iPad", 50: b"\x0a\0\0\x05", 55: b"\1\3\6"}), 67, 68).seen
    assert isinstance(seen, DhcpSeen)
    assert (seen.mac, seen.client, seen.name, seen.parameters) == (DEVICE, "10.0.0.5", "Sophies-iPad", (1, 3, 6))


def test_an_acknowledgement_tells_the_resolvers() -> None:
    given = message({53: b"\x05", 6: b"\1\1\1\1"}, reply=True, yours=b"\x0a\0\0\x09")
    (seen,) = show(given, 68, 67).seen
    assert isinstance(seen, DhcpSeen)
    assert (seen.mac, seen.client, seen.resolvers, seen.server) == (DEVICE, "10.0.0.9", ("1.1.1.1",), PUPIL)


def test_a_version_6_lease_request_tells_its_sender() -> None:
    identity = struct.pack("!HHHH", 1, 10, 3, 1) + mac(DEVICE)
    frame = ethernet(ip6(udp(b"\1\0\0\1" + identity, 547, 546), UDP), IPV6)
    (seen,) = Wire().show(frame).seen
    assert isinstance(seen, DhcpSeen)
    assert (seen.mac, seen.client) == (DEVICE, "2001:db8::5")


def test_an_announcement_tells_a_name_and_where_it_is() -> None:
    record = dns_name("sophies-ipad.local") + b"\0\1\x80\1\0\0\0\x78\0\4" + address("10.9.9.9")
    payload = struct.pack("!HHHHHH", 0, 0x8400, 0, 1, 0, 0) + record
    (seen,) = show(payload, 5_353, 5_353).seen
    assert isinstance(seen, Announced)
    assert (seen.name, seen.client, seen.mac) == ("sophies-ipad", "10.9.9.9", PUPIL_MAC)


def test_netbios_names_are_told_as_asked_or_registered() -> None:
    question = netbios_name("FILESERVER", 0x20) + b"\0\x20\0\1"
    asked = b"\0\1\1\x10\0\1\0\0\0\0\0\0" + question
    registered = b"\0\1\x29\x10\0\1\0\0\0\0\0\1" + question + b"\xc0\x0c\0\x20\0\1\0\0\0\0\0\6\0\0" + address(PUPIL)
    found = [show(payload, 137, 137).seen[0] for payload in (asked, registered)]
    assert [(one.name, one.registers) for one in found if isinstance(one, NetbiosAsked)] == [
        ("fileserver", False),
        ("fileserver", True),
    ]


def test_an_accounting_request_tells_whose_session_it_is() -> None:
    def attribute(kind: int, value: bytes) -> bytes:
        return bytes([kind, 2 + len(value)]) + value

    attributes = (
        attribute(40, b"\0\0\0\1")
        + attribute(1, b"s.jones@school")
        + attribute(8, address("10.7.7.7"))
        + attribute(31, b"A4-D1-D2-00-00-01")
    )
    (seen,) = show(struct.pack("!BBH", 4, 1, 20 + len(attributes)) + b"\0" * 16 + attributes, 1_813).seen
    assert isinstance(seen, LoggedOn)
    assert (seen.user, seen.mac, seen.client, seen.via) == ("s.jones", DEVICE, "10.7.7.7", "radius")


def test_arp_and_neighbour_discovery_pair_addresses() -> None:
    arp = b"\0\1\x08\0\6\4\0\1" + mac(DEVICE) + address("10.4.4.4") + b"\0" * 6 + address("10.4.4.1")
    solicitation = b"\x87\0\0\0\0\0\0\0" + PUPIL6 + b"\1\1" + mac(DEVICE)
    wire = Wire().show(ethernet(arp, 0x0806), ethernet(ip6(solicitation, 58), IPV6), vlan=12)
    pairs = [(one.mac, one.client, one.vlan) for one in wire.seen if isinstance(one, Neighbour)]
    assert pairs == [(DEVICE, "10.4.4.4", 12), (DEVICE, "2001:db8::5", 12)]
