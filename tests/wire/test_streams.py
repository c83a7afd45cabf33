from __future__ import annotations

from appliance.wire.limits import Limits
from appliance.wire.streams import Speech, Stream, Streams


def stream(key: bytes = b"k", base: int = 100, *, anchored: bool = True, now: float = 0.0) -> Stream:
    return Stream(key, base, now, anchored=anchored, limit=1_000)


def held_by(streams: Streams, one: Stream, data: bytes, now: float) -> None:
    streams.open(one)
    before = one.assembly.held
    one.put(one.base, data)
    streams.account(one, before, now)


def test_offsets_wrap_with_the_sequence_numbers() -> None:
    near_the_end = stream(base=0xFFFFFFF0)
    assert near_the_end.offset(0xFFFFFFF8) == 8
    assert near_the_end.offset(0x10) == 32
    assert near_the_end.offset(0xFFFFFFE0) == -16


def test_bytes_before_a_known_beginning_are_old() -> None:
    one = stream()
    assert not one.put(90, b"0123456789")
    assert one.put(95, b"01234567")
    assert one.assembly.data == b"567"


def test_bytes_before_an_unknown_beginning_become_the_beginning() -> None:
    one = stream(anchored=False)
    one.put(100, b"world")
    assert one.put(95, b"hello")
    assert (one.base, one.assembly.data) == (95, b"helloworld")


def test_finishing_goes_on_behind_what_has_come() -> None:
    one = stream()
    one.put(100, b"abc")
    one.put(105, b"fgh")
    one.finish(Speech.OTHER)
    assert (one.base, one.assembly.held, one.speech) == (108, 0, Speech.OTHER)


def test_a_stream_with_the_same_ends_takes_the_others_place() -> None:
    streams = Streams(Limits(), {})
    held_by(streams, stream(), b"abc", 0.0)
    streams.open(stream())
    assert (len(streams), streams.held) == (1, 0)


def test_only_streams_with_bytes_are_overdue_and_only_once() -> None:
    streams = Streams(Limits(patience_seconds=2.0), {})
    waiting = stream(b"a")
    held_by(streams, waiting, b"abc", 10.0)
    streams.open(stream(b"b"))
    assert list(streams.overdue(11.0)) == []
    assert list(streams.overdue(12.5)) == [waiting]
    assert list(streams.overdue(12.5)) == []


def test_the_oldest_go_first_and_are_counted() -> None:
    counters: dict[str, int] = {}
    streams = Streams(Limits(flows=3), counters)
    for number in range(5):
        streams.open(stream(b"%d" % number))
    assert [one.key for one in streams.surplus()] == [b"0", b"1"]
    assert (len(streams), streams.full, counters) == (3, False, {"streams-evicted": 2})


def test_those_that_hold_bytes_longest_go_when_there_are_too_many_bytes() -> None:
    counters: dict[str, int] = {}
    streams = Streams(Limits(stream_bytes=100), counters)
    for number in range(4):
        held_by(streams, stream(b"%d" % number), b"x" * 40, float(number))
    assert [one.key for one in streams.surplus()] == [b"0", b"1"]
    assert (streams.held, counters) == (80, {"stream-bytes-evicted": 2})
