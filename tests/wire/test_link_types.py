from __future__ import annotations

import struct

from appliance.model import Frame, NameAsked
from appliance.wire.dissector import Dissector
from tests.wire.packets import UDP, Wire, dns_query, ethernet, ip4, mac, udp

ACCESS_POINT = mac("02:00:00:00:00:ff")
LLC = b"\xaa\xaa\3\0\0\0\x08\0"


def subframe(sender: str, name: str, *, last: bool = False) -> bytes:
    body = LLC + ip4(udp(dns_query(name)), UDP)
    made = mac("02:00:00:00:00:01") + mac(sender) + struct.pack("!H", len(body)) + body
    return made if last else made + bytes(-len(made) % 4)


def aggregate(*subframes: bytes) -> bytes:
    head = b"\x88\x01\0\0" + ACCESS_POINT + mac("02:00:00:00:00:aa") + ACCESS_POINT + b"\0\0" + b"\x80\0"
    return head + b"".join(subframes)


def test_every_frame_of_an_aggregate_is_read_with_its_own_sender() -> None:
    one, two = "02:00:00:00:00:0a", "02:00:00:00:00:0b"
    wire = Wire().show(aggregate(subframe(one, "one.example"), subframe(two, "two.example", last=True)), link=105)
    told = [(asked.mac, asked.name) for asked in wire.kinds(NameAsked) if isinstance(asked, NameAsked)]
    assert told == [(one, "one.example"), (two, "two.example")]


def test_aggregates_without_end_end_somewhere() -> None:
    empty = mac("02:00:00:00:00:01") * 2 + b"\0\0" + b"\0\0"
    dissector = Dissector()
    assert not dissector.feed(Frame(1.0, aggregate(empty * 1_000), 105))
    assert dissector.counters == {}


def test_the_next_frame_is_no_part_of_an_aggregate_before_it() -> None:
    cut = aggregate(subframe("02:00:00:00:00:0a", "one.example"), b"\2" * 15)
    wire = Wire().show(cut, link=105).show(b"\0\0\0\2" + ip4(udp(dns_query("two.example")), UDP), link=0)
    assert wire.names == ["one.example", "two.example"]


def test_a_tap_in_a_tap_is_not_followed() -> None:
    tap = struct.pack("<III", 108, 1, 258) + bytes(96)
    assert Wire().show(tap * 3 + ethernet(ip4(udp(dns_query()), UDP)), link=258).names == []


def test_encrypted_macsec_says_nothing_and_guarded_says_all() -> None:
    inside = b"\0\0\0\0\0\1\x08\0" + ip4(udp(dns_query()), UDP)
    assert Wire().show(ethernet(inside, 0x88E5)).names == ["www.example.com"]
    assert Wire().show(ethernet(b"\x0c" + inside[1:], 0x88E5)).names == []
