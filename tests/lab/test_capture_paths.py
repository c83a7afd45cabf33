"""The mirror port as switches and cards really make it: one way, twice, tagged, merged, long, unplugged; and file or wire."""

from __future__ import annotations

import gzip
import os
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from . import pcap
from .box import Box
from .clients import ask, fetch
from .listening import Listener, facts, read_file
from .network import Mirror
from .record import DEMONSTRATION
from .school import BOX_MAC, SMALL_SCHOOL, School, open_school, why_not
from .wire import Tap, put

pytestmark = [pytest.mark.lab, pytest.mark.skipif(bool(why_not()), reason=why_not())]

NAME = "www.topmarks.co.uk"
PUPIL = SMALL_SCHOOL[2]  # IPv4 only
OTHER = SMALL_SCHOOL[3]
SPEED = 20  # times as fast as recorded


@pytest.fixture(scope="module")
def school() -> Iterator[School]:
    with open_school(SMALL_SCHOOL[2:4]) as opened:
        yield opened


def _wait(until: Callable[[], bool], what: str, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end, f"no {what}"
        time.sleep(0.1)


def _to_box(school: School, frames: list[bytes]) -> None:
    """Put frames on the cable to the box's port, as if the switch mirrored them."""
    put(school.network.switch, school.box_port, frames)


@pytest.mark.skipif(bool(why_not("tcpreplay")), reason=why_not("tcpreplay"))
def test_a_capture_over_the_wire_says_what_the_file_says(tmp_path: Path) -> None:
    plain = tmp_path / "demonstration.pcap"
    plain.write_bytes(gzip.decompress(DEMONSTRATION.read_bytes()))
    from_file = facts(read_file(plain))
    # A school without machines: nothing else is on the wire.
    with open_school([], switched_on=False) as school, Listener(school.box) as listener:
        argv = ["tcpreplay", "-q", f"--multiplier={SPEED}", "-i", school.box_port, str(plain)]
        assert school.network.switch.run(argv, timeout=60).returncode == 0
        listener.wait(lambda: len(listener.sightings) >= sum(from_file.values()), "the last sighting", 5)
        live = facts(listener.sightings)
    assert sum(from_file.values()) > 500
    assert live == from_file


@pytest.mark.parametrize(
    ("tag", "vlan"),
    [("81000014", 20), ("81000000", 0), ("88a80007 81000014", 20)],
    ids=["802.1Q", "priority tag", "QinQ"],
)
def test_tagged_frames_are_read_with_their_network(school: School, tag: str, vlan: int) -> None:
    with Tap(school.box) as tap:
        assert fetch(school.hosts[PUPIL.name].namespace, f"https://tagged{vlan}.example/")
        frames = tap.until(lambda seen: len(seen) > 30, seconds=2)
    head = bytes.fromhex(tag.replace(" ", ""))
    with Listener(school.box) as listener:
        _to_box(school, [frame[:12] + head + frame[12:] for frame in frames if frame[6:12].hex(":") == PUPIL.mac])
        for kind in ("dns", "tls"):
            listener.hears(f"tagged{vlan}.example", kind)
        seen = [one["vlan"] for one in listener.sightings if one.get("name") == f"tagged{vlan}.example"]
    assert vlan == 0 or set(seen) == {vlan}


def test_rubbish_on_the_wire_is_survived_and_names_are_heard_after_it(school: School) -> None:
    chance = random.Random(4)
    real = [packet.data for packet in list(pcap.read(DEMONSTRATION))[:400]]
    frames = [chance.randbytes(chance.randint(14, 1500)) for _ in range(300)]
    frames += [frame[: chance.randint(14, len(frame))] for frame in real]
    for frame in real:
        spoilt = bytearray(frame)
        for _ in range(6):
            spoilt[chance.randrange(12, len(spoilt))] = chance.randrange(256)
        frames.append(bytes(spoilt))
    with Listener(school.box) as listener:
        _to_box(school, frames)
        ask(school.hosts[PUPIL.name].namespace, "after-rubbish.example")
        listener.hears("after-rubbish.example")
        assert listener.process.poll() is None
    assert "Traceback" not in listener.said


def test_a_cable_pulled_and_plugged_in_again_is_heard_again(school: School) -> None:
    machine = school.hosts[PUPIL.name].namespace
    with Listener(school.box) as listener:
        school.network.switch.ip(f"link set {school.box_port} down")
        time.sleep(1.5)
        school.network.switch.ip(f"link set {school.box_port} up")
        ask(machine, "cable-back.example")
        listener.hears("cable-back.example")
        school.box.ip("link set eth0 down")
        time.sleep(1.5)
        school.box.ip("link set eth0 up")
        ask(machine, "card-back.example")
        listener.hears("card-back.example")


def test_an_interface_that_is_taken_away_ends_listening_with_one_sentence() -> None:
    with open_school([], switched_on=False) as school, Listener(school.box) as listener:
        school.box.ip("link del eth0")
        listener.wait(lambda: listener.process.poll() is not None, "the end")
        assert "eth0" in listener.said
        assert "Traceback" not in listener.said


def test_an_adapter_that_comes_back_is_heard_again_and_was_missed_in_the_meantime() -> None:
    lists = {"gambling": ["adapter-back.example"]}
    with open_school([PUPIL]) as school, Box(school.box, lists, lights=False) as box:
        school.box.ip("link del eth0")
        _wait(lambda: not box.runs("sensor"), "the end of the sensor")
        box.start_again("sensor")
        _wait(lambda: not box.runs("sensor"), "the end of a sensor without an adapter")
        _wait(lambda: "no-sensor" in box.problems(), "the word of a box that hears nothing")
        school.box_port = school.network.plug(school.box, BOX_MAC)
        box.start_again("sensor")
        _wait(lambda: "no-sensor" not in box.problems(), "the word that all is well again")
        ask(school.hosts[PUPIL.name].namespace, "adapter-back.example")
        _wait(lambda: [found.names for found in box.incidents()] == [("adapter-back.example",)], "the incident")


@pytest.mark.parametrize("mirror", ["both", "upstream"])
def test_a_mirror_of_one_or_both_directions_gives_each_name_once(mirror: Mirror) -> None:
    with open_school([PUPIL, OTHER], mirror=mirror) as school, Listener(school.box) as listener:
        ask(school.hosts[PUPIL.name].namespace, "once.example")
        assert fetch(school.hosts[OTHER.name].namespace, f"https://{NAME}/")
        listener.hears("once.example")
        listener.hears(NAME, "tls")
        time.sleep(0.3)
        assert listener.times("once.example") == 1
        assert listener.times(NAME, "tls") == 1
        assert (listener.times("once.example", "dns-answer") > 0) == (mirror != "upstream")


def test_a_mirror_that_sends_every_frame_twice_counts_once() -> None:
    lists = {"gambling": ["twice.example"]}
    with open_school([PUPIL], mirror="twice") as school, Tap(school.box) as tap, Box(school.box, lists, lights=False) as box:
        ask(school.hosts[PUPIL.name].namespace, "twice.example")
        asked = tap.until(lambda seen: sum(b"\x05twice" in frame for frame in seen) >= 4, seconds=5)
        time.sleep(4)
        found = box.incidents()
        with box.store(readonly=True) as store:
            kept = store.recent()
    assert sum(b"\x05twice" in frame for frame in asked) == 4
    assert [(one.category, one.count) for one in found] == [("gambling", 1)]
    assert [row.count for row in kept if row.name == "twice.example"] == [1]


@pytest.mark.parametrize(("mtu", "offloads"), [(9000, False), (1500, True)], ids=["jumbo frames", "segments merged"])
def test_frames_longer_than_usual_are_read(mtu: int, offloads: bool) -> None:
    with open_school([PUPIL, OTHER], mtu=mtu, offloads=offloads) as school, Listener(school.box) as listener:
        machine = school.hosts[OTHER.name].namespace
        with Tap(school.box) as tap:
            assert fetch(machine, f"https://{NAME}/bulk")
            assert fetch(machine, f"https://{NAME}/", "--header", "X: " + "y" * 6000)
            longest = max(map(len, tap.until(lambda seen: len(seen) > 400, seconds=2)))
        assert longest > 1514
        listener.hears(NAME, "tls")


@pytest.mark.skipif(bool(why_not("chromium")), reason=why_not("chromium"))
@pytest.mark.parametrize("quic", [False, True], ids=["tls", "quic"])
def test_a_browsers_hello_in_several_packets_gives_its_name(school: School, quic: bool) -> None:
    name = f"split-{'quic' if quic else 'tls'}.example"
    with Listener(school.box) as listener, Tap(school.box) as tap:
        assert name in school.hosts[OTHER.name].browser.open(f"https://{name}/", quic=quic)
        frames = tap.until(lambda seen: False, seconds=0.5)
        listener.hears(name, "quic" if quic else "tls")
    full = 1292 if quic else 1514
    assert any(len(frame) == full and frame[6:12].hex(":") == OTHER.mac for frame in frames), "one packet was enough here"


def test_nothing_leaves_the_boxs_port(school: School, tmp_path: Path) -> None:
    sent = school.box.run(["cat", "/sys/class/net/eth0/statistics/tx_packets"])
    with Listener(school.box) as listener:
        ask(school.hosts[PUPIL.name].namespace, "silent.example")
        listener.hears("silent.example")
    assert school.box.run(["cat", "/sys/class/net/eth0/statistics/tx_packets"]).stdout == sent.stdout
    assert os.geteuid() == 0
