from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.edge.files import CaptureError, read_frames
from appliance.model import Frame
from appliance.wire.dissector import Dissector
from appliance.wire.limits import Limits
from tests.wire.packets import (
    IPV6,
    TCP,
    UDP,
    Wire,
    byte_by_byte,
    client_hello,
    dns_query,
    ethernet,
    http_request,
    ip4,
    ip6,
    tagged,
    tcp,
    udp,
)
from tests.wire.rubbish import bounded, spoilt
from tests.wire.test_link import FRAMES
from tests.wire.test_tunnels import TUNNELS

LINKS = sorted({number for number, _, _ in FRAMES.values()} | {4_711})
SAMPLES = [data for _, data, _ in FRAMES.values()] + list(TUNNELS.values())
CAPTURES = Path(__file__).parents[3] / "shared" / "captures" / "dev"
TINY = Limits(flows=20, stream_bytes=20_000, datagrams=10, datagram_bytes=10_000, address_texts=20, quic_flows=5)


def check_bounds(dissector: Dissector, limits: Limits) -> None:
    """Every table is within its bound."""
    assert len(dissector._segments) <= limits.flows
    assert 0 <= dissector._segments.held <= limits.stream_bytes
    assert len(dissector._fragments) <= limits.datagrams
    assert len(dissector._datagrams._quic) <= limits.quic_flows
    assert len(dissector._envelope.addresses) <= limits.address_texts
    assert len(dissector._envelope.macs) <= limits.address_texts
    assert len(dissector.counters) < 40


@pytest.mark.parametrize("number", LINKS)
def test_any_bytes_of_any_link_type_never_raise(number: int) -> None:
    dissector = Dissector(TINY)

    @bounded
    @given(spoilt(*[data for link, data, _ in FRAMES.values() if link == number] or SAMPLES))
    def check(data: bytes) -> None:
        dissector.feed(Frame(1.0, data, number))

    check()
    dissector.flush(1_000.0)


@bounded
@given(spoilt(*SAMPLES, ethernet(ip4(tcp(client_hello()), TCP)), ethernet(ip6(tcp(http_request()), TCP), IPV6)))
def test_spoilt_frames_never_raise(data: bytes) -> None:
    dissector = Dissector(TINY)
    dissector.feed(Frame(1.0, data))
    dissector.flush(10.0)


@bounded
@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 5_000), st.binary(min_size=1, max_size=60)), max_size=30), st.booleans()
)
def test_any_segments_of_a_connection_never_raise(segments: list[tuple[int, int, bytes]], syn: bool) -> None:
    starts = (b"", b"\x16\3\1", b"GET / HTTP/1.1\r\n", b"\5\1\0")
    wire = Wire(TINY).say(*[(at, starts[kind] + data) for kind, at, data in segments], syn=0 if syn else None)
    check_bounds(wire.dissector, TINY)
    wire.wait()
    assert wire.dissector._segments.held == 0


def test_a_frame_of_nothing_is_counted() -> None:
    assert Wire().show(b"").dissector.counters == {"cut-off": 1}


def test_frames_that_say_nothing_give_the_same_nothing() -> None:
    dissector = Dissector()
    assert dissector.feed(Frame(1.0, ethernet(ip4(tcp(flags=16), TCP)))) == ()


def test_floods_of_everything_stay_within_their_bounds() -> None:
    chance = random.Random(7)
    wire = Wire(TINY)
    for number in range(3_000):
        sender = f"10.{chance.randrange(250)}.{chance.randrange(250)}.{number % 250}"
        wire.show(
            ethernet(ip4(tcp(client_hello()[: chance.randrange(1, 90)], chance.randrange(1 << 32)), TCP, sender=sender)),
            ethernet(ip4(tcp(flags=2, sender_port=chance.randrange(65_536)), TCP, sender=sender)),
            ethernet(ip4(chance.randbytes(24), UDP, sender=sender, where=chance.randrange(0x4000))),
            ethernet(
                ip4(udp(dns_query(f"n{number}.example")), UDP, sender=sender),
                sender=f"02:00:00:00:{number >> 8:02x}:{number & 255:02x}",
            ),
            tagged(
                ip4(udp(b"\xc3\0\0\0\1\x08" + chance.randbytes(1_200), 443, chance.randrange(65_536)), UDP),
                (0x8100, number % 4_096),
            ),
        )
        check_bounds(wire.dissector, TINY)
    assert {"streams-evicted", "fragments-evicted"} <= set(wire.dissector.counters)
    assert len(wire.names) == 3_000


def test_the_same_frames_give_the_same_sightings() -> None:
    frames = [*SAMPLES, *(ethernet(ip4(tcp(part, seq), TCP)) for seq, part in byte_by_byte(client_hello()))]
    assert Wire().show(*frames).wait().seen == Wire().show(*frames).wait().seen


def test_a_clock_that_jumps_does_no_harm() -> None:
    hello = client_hello()
    wire = Wire()
    wire.now = 2_000_000_000.0
    wire.say((1, hello[:50]), syn=0)
    wire.now = 5.0
    wire.say((51, hello[50:]), syn=None)
    assert wire.wait().names == ["www.example.com"]


def captures() -> Iterator[Path]:
    if CAPTURES.is_dir():
        yield from sorted(CAPTURES.iterdir())[::40]


@pytest.mark.captures
@pytest.mark.skipif(not CAPTURES.is_dir(), reason="the peers' captures are not beside the checkout")
def test_mutated_captures_never_raise() -> None:
    chance = random.Random(1)
    for path in captures():
        dissector = Dissector(TINY)
        for frame in _frames(path, 300):
            data = bytearray(frame.data)
            for _ in range(chance.randrange(4)):
                if data:
                    data[chance.randrange(len(data))] = chance.randrange(256)
            keep = len(data) if chance.random() < 0.9 else chance.randrange(len(data) + 1)
            dissector.feed(Frame(frame.time, bytes(data[:keep]), frame.link))
        check_bounds(dissector, TINY)
        dissector.flush(1e12)
        assert dissector._segments.held == 0


def _frames(path: Path, count: int) -> Iterator[Frame]:
    try:
        for number, frame in enumerate(read_frames(path)):
            if number >= count:
                return
            yield frame
    except CaptureError:
        return
