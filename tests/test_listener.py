"""The sensor's loop with fakes on both sides."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence

import pytest

from appliance.edge.channel import ChannelError, ChannelReader, ChannelWriter, pair
from appliance.edge.source import Source
from appliance.edge.systemd import Notifier
from appliance.listener import Listener, Recent, is_beneath, without_help_lines
from appliance.model import DnsAnswer, Frame, NameAsked, Neighbour, SensorMessage, SensorReport, Sighting

OURS = b"\x02\0\0\0\0\x01"
SILENT = Notifier("")


class FakeSource(Source):
    """Gives out the batches it was made of, then ends."""

    def __init__(self, *batches: list[Frame], live: bool = False) -> None:
        super().__init__("fake")
        self.live = live
        self._batches = list(batches)

    def read(self) -> list[Frame] | None:
        return self.count(self._batches.pop(0)) if self._batches else None

    def close(self) -> None:
        self._batches.clear()


class FakeReader:
    """Says what it was told to say for every frame."""

    def __init__(self, *sightings: Sighting) -> None:
        self.counters = {"malformed-dns": 3}
        self._sightings = sightings
        self.flushed: list[float] = []

    def feed(self, frame: Frame) -> Sequence[Sighting]:
        return self._sightings

    def flush(self, now: float) -> Sequence[Sighting]:
        self.flushed.append(now)
        return ()


@pytest.fixture
def ends() -> Iterator[tuple[ChannelWriter, ChannelReader]]:
    ours, theirs = pair()
    theirs.settimeout(5)
    yield ChannelWriter(ours), ChannelReader(theirs)
    ours.close()
    theirs.close()


def frame(number: int = 0, target: bytes = b"\x02\0\0\0\0\x08", sender: bytes = b"\x02\0\0\0\0\x09") -> Frame:
    return Frame(100.0 + number, target + sender + struct.pack("!I", number))


def heard(reader: ChannelReader) -> list[SensorMessage]:
    """Everything to the end of the channel."""
    found: list[SensorMessage] = []
    while (batch := reader.read()) is not None:
        found += batch
    return found


def test_every_sighting_arrives_and_the_last_word_is_a_finished_report(ends: tuple[ChannelWriter, ChannelReader]) -> None:
    asked = NameAsked(time=1.0, name="example.org")
    source = FakeSource([frame(1), frame(2)], [], [frame(3)])
    Listener(source, FakeReader(asked), ends[0], wall_time=False).run(SILENT)
    ends[0].close()
    *sightings, last = heard(ends[1])
    assert [one for one in sightings if isinstance(one, NameAsked)] == [asked] * 3
    assert isinstance(last, SensorReport)
    assert (last.finished, last.packets, last.sightings, last.time, last.source) == (True, 3, 3, 103.0, "fake")
    assert last.reasons == {"malformed-dns": 3}


@pytest.mark.parametrize("name", ["help.example", "www.help.example", "a.b.help.example"])
def test_help_line_leaves_no_trace_not_even_a_count(ends: tuple[ChannelWriter, ChannelReader], name: str) -> None:
    said = (NameAsked(time=1.0, name=name), DnsAnswer(time=1.0, name="cdn.example", aliases=("x.example", name)))
    sensor = Listener(FakeSource([frame()]), FakeReader(*said), ends[0], help_names={"help.example"}, wall_time=False)
    sensor.run(SILENT)
    ends[0].close()
    messages = heard(ends[1])
    assert all(isinstance(message, SensorReport) for message in messages)
    assert b"help" not in repr(messages).encode()
    assert sensor.sightings == 0


def test_names_that_only_look_like_a_help_line_stay() -> None:
    kept = [NameAsked(time=1.0, name=name) for name in ("nothelp.example", "help.example.org", "example", "")]
    kept_too = Neighbour(time=1.0, client="10.0.0.1")
    assert without_help_lines([*kept, kept_too], {"help.example"}) == [*kept, kept_too]
    assert is_beneath("help.example", {"help.example"})


def test_frames_between_two_other_machines_prove_the_mirror(ends: tuple[ChannelWriter, ChannelReader]) -> None:
    frames = [
        frame(1),
        frame(2, target=OURS),
        frame(3, sender=OURS),
        frame(4, target=b"\xff" * 6),
        frame(5, target=b"\x01\0\x5e\0\0\x01"),
        Frame(105.0, b"short"),
        Frame(106.0, b"\x45" + bytes(30), 101),
    ]
    sensor = Listener(FakeSource(frames), FakeReader(), ends[0], own_macs={OURS}, wall_time=False)
    sensor.run(SILENT)
    assert sensor.foreign_unicast == 1


def test_frame_that_the_mirror_sends_twice_is_read_once_and_counted(ends: tuple[ChannelWriter, ChannelReader]) -> None:
    twice = [frame(1), frame(1), frame(2)]
    sensor = Listener(FakeSource(twice), FakeReader(NameAsked(time=1.0, name="a.test")), ends[0], wall_time=False)
    sensor.run(SILENT)
    assert (sensor.sightings, sensor.duplicates) == (2, 1)
    assert sensor.report().reasons["duplicate"] == 1


def test_same_frame_a_while_later_is_another_and_the_memory_is_bounded() -> None:
    recent = Recent()
    assert recent.is_new(Frame(1.0, b"x"))
    assert not recent.is_new(Frame(1.001, b"x"))
    assert recent.is_new(Frame(1.001, b"x", vlan=20))
    assert recent.is_new(Frame(2.0, b"x"))
    for number in range(10_000):
        assert recent.is_new(Frame(3.0, number.to_bytes(4)))
        assert len(recent._times) <= Recent.MOST


def test_file_ends_with_an_error_where_the_guardian_went_away(ends: tuple[ChannelWriter, ChannelReader]) -> None:
    ends[1].close()
    source = FakeSource(*([frame(number)] for number in range(100)))
    with pytest.raises(ChannelError):
        Listener(source, FakeReader(NameAsked(time=1.0, name="a.test")), ends[0], wall_time=False).run(SILENT)


def test_live_sensor_finds_its_guardian_again(ends: tuple[ChannelWriter, ChannelReader]) -> None:
    ours, theirs = pair()
    moments = iter(range(1000))
    source = FakeSource(*([frame(number)] for number in range(5)), live=True)
    ends[1].close()
    sensor = Listener(
        source,
        FakeReader(NameAsked(time=1.0, name="a.test")),
        ends[0],
        beat=lambda: float(next(moments)),
        reconnect=lambda: ours,
    )
    sensor.run(SILENT)
    ours.close()
    names = [one for one in heard(ChannelReader(theirs)) if isinstance(one, NameAsked)]
    assert len(names) >= 4


def test_live_sensor_without_a_way_back_says_so_and_ends(ends: tuple[ChannelWriter, ChannelReader]) -> None:
    ends[1].close()
    moments = iter(range(1000))
    source = FakeSource(*([frame(number)] for number in range(5)), live=True)
    with pytest.raises(ChannelError, match="went away"):
        Listener(source, FakeReader(NameAsked(time=1.0, name="a")), ends[0], beat=lambda: float(next(moments))).run(SILENT)
