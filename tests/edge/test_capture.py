"""The live interface, on a cable between two ends in a network namespace: the same names as from a file, and nothing else."""

from __future__ import annotations

import json
import os
import re
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from appliance.edge.capture import open_live
from appliance.edge.capture_files import open_capture
from appliance.edge.channel import ChannelReader
from appliance.edge.files import CaptureError
from appliance.model import Frame, NameAsked, SensorMessage, SensorReport, Sighting
from appliance.wire.dissector import Dissector
from tests.lab.network import Namespace, Network, missing_tools
from tests.lab.wire import put
from tests.wire.packets import IPV6, TCP, UDP, client_hello, dns_query, ethernet, http_request, ip4, ip6, tagged, tcp, udp

ROOT = Path(__file__).parents[2]
CAPTURES = ROOT.parent / "shared" / "captures" / "dev"
pytestmark = [pytest.mark.lab, pytest.mark.skipif(bool(missing_tools()), reason=missing_tools() or "-")]

HELLO = client_hello("split.example", padding=1600)
BULK = [ethernet(ip4(tcp(b"\x9b" * 1400, port=40_000, sender_port=443), TCP)) for _ in range(200)]
FRAMES = [
    ethernet(ip4(udp(dns_query("plain.example")), UDP)),
    ethernet(ip6(udp(dns_query("six.example")), UDP), IPV6),
    tagged(ip4(udp(dns_query("tagged.example")), UDP), (0x8100, 20)),
    tagged(ip4(udp(dns_query("priority.example")), UDP), (0x8100, 0xE000)),
    tagged(ip4(udp(dns_query("twice.example")), UDP), (0x88A8, 7), (0x8100, 30)),
    ethernet(ip4(tcp(HELLO[:1400], 1), TCP)),
    ethernet(ip4(tcp(HELLO[1400:], 1401), TCP)),
    ethernet(ip4(tcp(http_request("http.example"), port=80, sender_port=40_001), TCP)),
    *BULK,
]


@pytest.fixture
def cable() -> Iterator[Namespace]:
    """A namespace with a cable: what is sent into `talk` comes out of `hear`."""
    with Network() as network:
        namespace = network.namespace("wire")
        namespace.tune("net.ipv6.conf.default.disable_ipv6=1")
        namespace.ip("link add talk mtu 9000 type veth peer name hear mtu 9000", "link set talk up", "link set hear up")
        yield namespace


class Child:
    """A sensor that listens at `hear`."""

    def __init__(self, namespace: Namespace, *arguments: str) -> None:
        ours, theirs = socket.socketpair()
        ours.settimeout(10)
        with theirs:
            command = [sys.executable, "-m", "appliance.sensor", "--fd", str(theirs.fileno()), "--interface", "hear", *arguments]
            self.process = namespace.start(
                command, pass_fds=[theirs.fileno()], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=ROOT
            )
        self.reader = ChannelReader(ours)
        self.seen: list[SensorMessage] = []
        self.until(lambda message: isinstance(message, SensorReport))

    def until(self, enough: Callable[[SensorMessage], bool], seconds: float = 10) -> SensorMessage:
        """The first message from now on that is the wanted one."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            batch = self.reader.read()
            assert batch is not None, "the sensor ended"
            self.seen += batch
            for message in batch:
                if enough(message):
                    return message
        raise AssertionError("the message did not come in time")

    def finish(self) -> list[SensorMessage]:
        """Stop the sensor; all that it said."""
        self.process.send_signal(signal.SIGTERM)
        while (batch := self.reader.read()) is not None:
            self.seen += batch
        self.process.wait(10)
        self.reader.close()
        return self.seen


def asks(name: str) -> Callable[[SensorMessage], bool]:
    return lambda message: getattr(message, "name", None) == name


def same(sighting: Sighting) -> str:
    """What is the same at any time."""
    return re.sub(r"time=[\d.]+", "", repr(sighting))


def from_frames(frames: list[Frame]) -> list[str]:
    dissector = Dissector()
    found = [sighting for frame in frames for sighting in dissector.feed(frame)]
    return sorted(map(same, [*found, *dissector.flush(frames[-1].time + 10)]))


def test_wire_and_file_say_the_same_and_bulk_never_reaches_us(cable: Namespace) -> None:
    child = Child(cable)
    put(cable, "talk", FRAMES)
    child.until(asks("http.example"))
    report = child.until(lambda message: isinstance(message, SensorReport) and (message.offered or 0) >= len(FRAMES))
    assert isinstance(report, SensorReport)
    assert (report.packets, report.dropped, report.live, report.interface_up) == (len(FRAMES) - len(BULK), 0, True, True)
    assert report.foreign_unicast == report.packets
    said = child.finish()
    sightings = sorted(same(message) for message in said if not isinstance(message, SensorReport))
    assert sightings == from_frames([Frame(1.0 + number, data) for number, data in enumerate(FRAMES)])
    assert {message.name: message.vlan for message in said if isinstance(message, NameAsked)} == {
        "plain.example": None,
        "six.example": None,
        "tagged.example": 20,
        "priority.example": None,
        "twice.example": 30,
    }


@pytest.mark.captures
@pytest.mark.parametrize(
    "name", ["ndpi--android.pcap", "ipfixprobe--functional__inputs__vlan.pcapng", "mercury--pcaps__quic_v2.pcap"]
)
def test_capture_played_over_the_wire_says_what_the_file_says(cable: Namespace, name: str) -> None:
    if not CAPTURES.is_dir():
        pytest.skip("the peers' captures are not beside this checkout")
    source = open_capture(CAPTURES / name, filtered=False)
    frames: list[Frame] = []
    while (batch := source.read()) is not None:
        frames += batch
    child = Child(cable)
    put(cable, "talk", [frame.data for frame in frames])
    put(cable, "talk", [ethernet(ip4(udp(dns_query("the.end")), UDP))])
    child.until(asks("the.end"))
    said = {same(one) for one in child.finish() if not isinstance(one, SensorReport) and not asks("the.end")(one)}
    assert said == set(from_frames(frames))


def test_name_reaches_the_guardian_within_a_tenth_of_a_second(cable: Namespace) -> None:
    child = Child(cable)
    waits = []
    for number in range(10):
        began = time.monotonic()
        put(cable, "talk", [ethernet(ip4(udp(dns_query(f"n{number}.example")), UDP))])
        child.until(asks(f"n{number}.example"))
        waits.append(time.monotonic() - began)
    child.finish()
    assert sorted(waits)[len(waits) // 2] < 0.1


def test_sensor_that_listens_has_no_rights_left(cable: Namespace) -> None:
    child = Child(cable)
    lines = Path(f"/proc/{child.process.pid}/status").read_text().splitlines()
    rights = {line.split()[0]: int(line.split()[1], 16) for line in lines if line.startswith("Cap")}
    assert rights == {"CapInh:": 0, "CapPrm:": 0, "CapEff:": 0, "CapBnd:": 0, "CapAmb:": 0}
    child.finish()


def test_port_that_is_off_at_the_start_is_switched_on(cable: Namespace) -> None:
    cable.ip("link set hear down")
    child = Child(cable)
    put(cable, "talk", FRAMES[:1])
    child.until(asks("plain.example"))
    child.finish()


def test_port_that_goes_off_and_on_is_reported_and_heard_again(cable: Namespace) -> None:
    child = Child(cable)
    cable.ip("link set hear down")
    child.until(lambda message: isinstance(message, SensorReport) and not message.interface_up)
    cable.ip("link set hear up")
    child.until(lambda message: isinstance(message, SensorReport) and message.interface_up)
    put(cable, "talk", FRAMES[:1])
    child.until(asks("plain.example"))
    child.finish()


def test_port_that_is_gone_ends_the_sensor_with_one_sentence(cable: Namespace) -> None:
    child = Child(cable)
    cable.ip("link del talk")
    while child.reader.read() is not None:
        pass
    errors = child.process.communicate(timeout=10)[1]
    assert child.process.returncode == 1
    assert errors.decode().splitlines() == ["sensor: The interface hear is gone; the sensor starts again once it is back."]


def test_merging_of_packets_is_switched_off_at_the_start(cable: Namespace) -> None:
    cable.run(["ethtool", "-K", "hear", "gro", "on"])
    child = Child(cable)
    assert b"generic-receive-offload: off" in cable.run(["ethtool", "-k", "hear"]).stdout
    assert "merging-on" not in child.until(lambda message: isinstance(message, SensorReport)).reasons  # type: ignore[union-attr]
    child.finish()


def test_jumbo_frame_and_wrong_checksum_are_read(cable: Namespace) -> None:
    child = Child(cable)
    put(cable, "talk", [ethernet(ip4(tcp(client_hello("jumbo.example", padding=8000)), TCP))])
    child.until(asks("jumbo.example"))
    child.finish()


@pytest.mark.parametrize("ring", [True, False])
def test_ring_and_plain_socket_hand_up_the_same_frames(cable: Namespace, ring: bool) -> None:
    with cable.entered():
        source = open_live("hear", 4, ring=ring)
        put(cable, "talk", FRAMES)
        frames: list[Frame] = []
        end = time.monotonic() + 5
        while len(frames) < len(FRAMES) - len(BULK) and time.monotonic() < end:
            frames += source.read() or []
        source.close()
    assert [(frame.vlan, len(frame.data)) for frame in frames[:5]] == [(None, 73), (None, 91), (20, 74), (None, 76), (7, 77)]
    assert abs(frames[0].time - time.time()) < 5
    assert from_frames(frames) == from_frames([Frame(1.0 + number, data) for number, data in enumerate(FRAMES)])


@pytest.mark.parametrize("ring", [True, False])
def test_what_finds_no_room_is_counted(cable: Namespace, ring: bool) -> None:
    frames = [ethernet(ip4(udp(dns_query("flood.example") + bytes(400)), UDP))] * 20_000
    with cable.entered():
        source = open_live("hear", 1, ring=ring)
        source.read()
        put(cable, "talk", frames)
        end = time.monotonic() + 10
        while source.packets + source.dropped < len(frames) and time.monotonic() < end:
            source.read()
        source.close()
    assert source.dropped > 1000
    assert source.packets + source.dropped == len(frames)


def test_listing_on_the_wire_has_no_lag_and_ends_well_with_ctrl_c(cable: Namespace) -> None:
    # A shell that starts the tests in the background has Ctrl-C ignored, which the child would inherit.
    code = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); from appliance.cli import main; main()"
    child = cable.start(
        [sys.executable, "-c", code, "names", "iface:hear"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT
    )
    lines: list[bytes] = []
    end = time.monotonic() + 10
    while not lines and time.monotonic() < end:  # until it listens
        put(cable, "talk", FRAMES[:1])
        if select.select([child.stdout], [], [], 0.1)[0]:
            lines.append(child.stdout.readline())  # type: ignore[union-attr]
    assert json.loads(lines[0])["source"] == "hear"
    child.send_signal(signal.SIGINT)
    _, errors = child.communicate(timeout=60)
    assert child.returncode == 0
    assert b" dns" in errors
    assert len(errors.splitlines()) == 1


def test_filter_cannot_be_taken_off_again(cable: Namespace) -> None:
    with cable.entered():
        source = open_live("hear", 1)
        with pytest.raises(PermissionError):
            source._sock.setsockopt(socket.SOL_SOCKET, 27, 0)  # SO_DETACH_FILTER
        source.close()


def test_missing_port_and_missing_right_are_one_sentence(cable: Namespace) -> None:
    with cable.entered(), pytest.raises(CaptureError, match="There is no interface nowhere0"):
        open_live("nowhere0")
    code = "from appliance.edge import capture, privileges; privileges.drop_all(); capture.open_live('hear')"
    done = cable.run([sys.executable, "-c", code], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert b"takes the right CAP_NET_RAW" in done.stderr
