from __future__ import annotations

import pytest

from appliance.wire.neighbours import Pair, parse_arp, parse_icmp6
from appliance.wire.reader import Malformed
from tests.wire.rubbish import survives

MAC, OTHER = bytes.fromhex("a4d1d2000001"), bytes.fromhex("a4d1d2000002")
V4, V6, TARGET = b"\x0a\0\0\x05", bytes.fromhex("fe80" + "00" * 13 + "05"), bytes.fromhex("fe80" + "00" * 13 + "09")
ARP = b"\0\x01\x08\0\x06\x04\0\x01" + MAC + V4 + b"\0" * 6 + b"\x0a\0\0\x01"
SOLICITATION = b"\x87\0\0\0\0\0\0\0" + TARGET + b"\x0e\x01\0\0\0\0\0\0" + b"\x01\x01" + MAC
ADVERTISEMENT = b"\x88\0\0\0\0\0\0\0" + TARGET + b"\x02\x01" + OTHER


def test_arp_tells_its_sender() -> None:
    assert parse_arp(ARP + b"padding") == Pair(MAC, V4)


def test_probes_other_networks_and_group_macs_tell_nothing() -> None:
    assert parse_arp(ARP.replace(V4, b"\0" * 4)) is None
    assert parse_arp(b"\0\x06" + ARP[2:]) is None
    assert parse_arp(ARP.replace(MAC, b"\x01" + MAC[1:])) is None


def test_solicitation_speaks_for_its_sender_and_advertisement_for_its_target() -> None:
    assert parse_icmp6(SOLICITATION, V6) == Pair(MAC, V6)
    assert parse_icmp6(ADVERTISEMENT, V6) == Pair(OTHER, TARGET)


def test_router_messages_speak_for_their_sender() -> None:
    assert parse_icmp6(b"\x85\0\0\0\0\0\0\0\x01\x01" + MAC, V6) == Pair(MAC, V6)
    assert parse_icmp6(b"\x86" + b"\0" * 15 + b"\x01\x01" + MAC, V6) == Pair(MAC, V6)


def test_duplicate_address_detection_and_other_messages_tell_nothing() -> None:
    assert parse_icmp6(SOLICITATION[:24], b"\0" * 16) is None
    assert parse_icmp6(b"\x80" + b"ping" * 9, V6) is None
    assert parse_icmp6(b"", V6) is None


def test_short_packets_and_options_of_no_length_are_malformed() -> None:
    with pytest.raises(Malformed):
        parse_arp(ARP[:27])
    with pytest.raises(Malformed):
        parse_icmp6(SOLICITATION[:20], V6)
    with pytest.raises(Malformed):
        parse_icmp6(SOLICITATION[:24] + b"\x01\0" + b"\0" * 6, V6)


def test_any_bytes_are_a_pair_or_malformed() -> None:
    survives(parse_arp, ARP)
    survives(lambda data: parse_icmp6(data, V6), SOLICITATION, ADVERTISEMENT)
