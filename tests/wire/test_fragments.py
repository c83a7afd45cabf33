from __future__ import annotations

import itertools

import pytest

from appliance.wire.fragments import Fragments
from appliance.wire.ip import Fragment
from appliance.wire.limits import Limits
from appliance.wire.reader import Malformed
from tests.wire.packets import IPV6, TCP, UDP, Wire, client_hello, dns_query, ethernet, ip4, ip6, tcp, udp

LONG_NAME = ".".join(["a" * 60, "b" * 60, "example.com"])
DATAGRAM = udp(dns_query(LONG_NAME))


def in_v4(payload: bytes, size: int = 40, protocol: int = UDP) -> list[bytes]:
    """Frames with the fragments of an IPv4 packet."""
    return [
        ethernet(ip4(payload[at : at + size], protocol, where=at // 8 | (0x2000 if at + size < len(payload) else 0)))
        for at in range(0, len(payload), size)
    ]


def in_v6(payload: bytes, size: int = 40, protocol: int = UDP) -> list[bytes]:
    """Frames with the fragments of an IPv6 packet."""
    frames = []
    for at in range(0, len(payload), size):
        where = at | (1 if at + size < len(payload) else 0)
        header = bytes([protocol, 0]) + where.to_bytes(2, "big") + b"\0\0\0\x2a"
        frames.append(ethernet(ip6(header + payload[at : at + size], 44), IPV6))
    return frames


@pytest.mark.parametrize("cut", [in_v4, in_v6])
def test_fragments_in_any_order_give_one_name(cut: object) -> None:
    frames = cut(DATAGRAM, 56)  # type: ignore[operator]
    assert len(frames) == 3
    for order in itertools.permutations(frames):
        assert Wire().show(*order).names == [LONG_NAME]


def test_a_hello_in_fragments_of_eight_bytes_is_read() -> None:
    segment = tcp(client_hello("fragment.example"))
    assert Wire().show(*reversed(in_v4(segment, 8, TCP))).names == ["fragment.example"]


def test_extension_headers_inside_the_fragments_are_stepped_over() -> None:
    payload = bytes([UDP, 0, 5, 2, 0, 0, 1, 0]) + DATAGRAM
    assert Wire().show(*in_v6(payload, 40, 60)).names == [LONG_NAME]


def test_the_first_copy_of_a_fragment_wins() -> None:
    other = in_v4(udp(dns_query(LONG_NAME.replace("a", "x"))))
    first = in_v4(DATAGRAM)
    assert Wire().show(first[0], other[0], first[1], other[1], *first[2:]).names == [LONG_NAME]


def test_datagrams_with_other_numbers_are_kept_apart() -> None:
    frames = in_v4(DATAGRAM)
    renumbered = [frame[:18] + b"\0\x09" + frame[20:] for frame in frames]
    assert Wire().show(*frames[:-1], renumbered[-1]).names == []


def test_a_fragment_beyond_any_datagram_is_malformed() -> None:
    with pytest.raises(Malformed):
        Fragments(Limits(), {}).add(Fragment(b"k", UDP, 65_528, True), b"x" * 64, 0.0)


def test_unfinished_datagrams_are_bounded_and_counted() -> None:
    counters: dict[str, int] = {}
    fragments = Fragments(Limits(datagrams=10), counters)
    for number in range(100):
        fragments.add(Fragment(number.to_bytes(4, "big"), UDP, 8, True), b"x" * 8, 1.0)
        assert len(fragments) <= 10
    assert counters == {"fragments-evicted": 90}


def test_their_bytes_are_bounded_and_counted() -> None:
    counters: dict[str, int] = {}
    fragments = Fragments(Limits(datagram_bytes=100_000), counters)
    for number in range(100):
        fragments.add(Fragment(b"%4d" % (number // 30), UDP, 1_488 * (number % 30), True), b"x" * 1_480, 1.0)
        assert fragments._held <= 100_000
    assert counters["fragments-evicted"] >= 1


def test_a_datagram_that_stays_unfinished_is_forgotten() -> None:
    counters: dict[str, int] = {}
    fragments = Fragments(Limits(), counters)
    fragments.add(Fragment(b"k", UDP, 8, True), b"x" * 8, 100.0)
    fragments.expire(110.0)
    assert len(fragments) == 1
    fragments.expire(116.0)
    assert (len(fragments), fragments._held, counters) == (0, 0, {"fragments-expired": 1})


def test_a_clock_set_back_does_not_keep_them_for_ever() -> None:
    fragments = Fragments(Limits(), {})
    fragments.add(Fragment(b"k", UDP, 8, True), b"x" * 8, 1_000.0)
    fragments.expire(500.0)
    assert len(fragments) == 0
