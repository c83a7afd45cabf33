"""Batches between sensor and guardian, and everything that may go wrong between them."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator

import pytest

from appliance.edge.channel import MAX_FRAME, ChannelError, ChannelReader, ChannelWriter, pair
from appliance.model import NameAsked, SensorMessage, SensorReport, TlsHello

ASKED = NameAsked(time=1.0, client="10.0.0.2", name="example.org")


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = pair()
    yield ours, theirs
    ours.close()
    theirs.close()


def test_batch_arrives_as_it_was_sent(ends: tuple[socket.socket, socket.socket]) -> None:
    batch = [ASKED, TlsHello(time=2.0, name="a.test", alpn=("h2",)), SensorReport(time=3.0, reasons={"dns": 2})]
    ChannelWriter(ends[0]).send(batch)
    assert ChannelReader(ends[1]).read() == batch


def test_closed_channel_reads_as_none_after_the_last_batch(ends: tuple[socket.socket, socket.socket]) -> None:
    writer = ChannelWriter(ends[0])
    writer.send([ASKED])
    writer.close()
    reader = ChannelReader(ends[1])
    assert reader.read() == [ASKED]
    assert reader.read() is None


def test_reader_that_must_not_wait_gets_nothing_until_a_frame_is_whole(ends: tuple[socket.socket, socket.socket]) -> None:
    ends[1].setblocking(False)
    reader = ChannelReader(ends[1])
    wire = frame_of([ASKED])
    for byte in wire[:-1]:
        ends[0].send(bytes([byte]))
        assert reader.read() == []
    ends[0].send(wire[-1:])
    assert reader.read() == [ASKED]


@pytest.mark.parametrize("body", [b"", b"\xc1", b"\x81\xa1a\x01", b"\x91\x81\xa4kind\xa6nobody", b"\x91\x81\xa4kind\xa3dns"])
def test_frame_that_is_no_list_of_sightings_is_refused(ends: tuple[socket.socket, socket.socket], body: bytes) -> None:
    ends[0].send(struct.pack(">I", len(body)) + body)
    with pytest.raises(ChannelError, match="not a list of sightings"):
        ChannelReader(ends[1]).read()


def test_frame_longer_than_agreed_is_refused_before_it_is_read(ends: tuple[socket.socket, socket.socket]) -> None:
    ends[0].send(struct.pack(">I", MAX_FRAME + 1))
    with pytest.raises(ChannelError, match="the most"):
        ChannelReader(ends[1]).read()


def test_sensor_that_dies_inside_a_frame_is_an_error(ends: tuple[socket.socket, socket.socket]) -> None:
    ends[0].send(frame_of([ASKED])[:-1])
    ends[0].close()
    with pytest.raises(ChannelError, match="inside a frame"):
        ChannelReader(ends[1]).read()


def test_batch_larger_than_a_frame_goes_as_several(ends: tuple[socket.socket, socket.socket]) -> None:
    batch = [NameAsked(time=float(n), name="x" * 200) for n in range(10_000)]
    writer = ChannelWriter(ends[0])
    sending = threading.Thread(target=lambda: (writer.send(batch), writer.close()))
    sending.start()
    reader = ChannelReader(ends[1])
    found: list[SensorMessage] = []
    while (part := reader.read()) is not None:
        found += part
    sending.join()
    assert found == batch


def test_guardian_that_reads_nothing_stalls_nobody_and_costs_the_oldest(ends: tuple[socket.socket, socket.socket]) -> None:
    writer = ChannelWriter(ends[0], max_queue=50_000)
    sent = [NameAsked(time=float(n), name=f"{n}." + "x" * 60) for n in range(60_000)]
    for start in range(0, len(sent), 10):
        writer.post(sent[start : start + 10])
        assert writer.waiting <= 50_000
    assert writer.lost
    ends[1].setblocking(False)
    reader = ChannelReader(ends[1])
    found: list[SensorMessage] = []
    while writer.waiting:
        writer.post(())
        while part := reader.read():
            found += part
    assert len(found) == len(sent) - writer.lost
    assert found[-1] == sent[-1]
    assert found[0] == sent[0]


def test_queue_outlives_the_guardian_and_goes_to_the_next_one(ends: tuple[socket.socket, socket.socket]) -> None:
    writer = ChannelWriter(ends[0])
    ends[1].close()
    writer.post([ASKED])
    writer.post([ASKED])
    assert not writer.connected
    ours, theirs = pair()
    writer.attach(ours)
    writer.post([ASKED])
    reader = ChannelReader(theirs)
    assert [reader.read() for _ in range(3)] == [[ASKED]] * 3
    theirs.close()
    writer.close()


def test_sending_to_nobody_is_an_error(ends: tuple[socket.socket, socket.socket]) -> None:
    ends[1].close()
    with pytest.raises(ChannelError, match="went away"):
        ChannelWriter(ends[0]).send([ASKED])


def test_name_that_cannot_be_written_costs_only_itself(ends: tuple[socket.socket, socket.socket]) -> None:
    writer = ChannelWriter(ends[0])
    writer.send([ASKED, NameAsked(time=1.0, name="\ud800"), ASKED])
    writer.close()
    reader = ChannelReader(ends[1])
    assert [reader.read(), reader.read(), reader.read()] == [[ASKED], [ASKED], None]
    assert writer.unsendable == 1


def test_message_larger_than_a_frame_costs_only_itself(ends: tuple[socket.socket, socket.socket]) -> None:
    writer = ChannelWriter(ends[0])
    writer.send([ASKED, NameAsked(time=1.0, name="x" * MAX_FRAME)])
    assert ChannelReader(ends[1]).read() == [ASKED]
    assert writer.unsendable == 1


def frame_of(batch: list[SensorMessage]) -> bytes:
    ours, theirs = pair()
    with ours, theirs:
        ChannelWriter(ours).send(batch)
        return theirs.recv(65_536)
