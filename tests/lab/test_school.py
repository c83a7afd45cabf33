"""The lab itself: its machines get addresses and answers, its mirror shows what it should, and it leaves nothing behind."""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from .clients import announce, ask, fetch
from .names import address_of
from .network import RUN_NETNS
from .school import SMALL_SCHOOL, School, open_school, why_not
from .wire import Tap

pytestmark = [pytest.mark.lab, pytest.mark.skipif(bool(why_not()), reason=why_not())]

KNOWN = "www.bbc.co.uk"
OTHER = "oaknational.academy"


@pytest.fixture(scope="module")
def school() -> Iterator[School]:
    with open_school(known=[KNOWN], refused=["blocked.example"], sinkholed=["sunk.example"]) as opened:
        yield opened


def test_every_machine_gets_a_lease_under_its_own_name(school: School) -> None:
    leases = (school.gateway.folder / "leases").read_text().split()
    assert all(machine.name in leases and machine.mac in leases for machine in SMALL_SCHOOL)


def test_known_names_have_addresses_of_their_own_and_blocked_names_none(school: School) -> None:
    machine = school.hosts["iPad-07"].namespace
    assert ask(machine, KNOWN) == address_of(KNOWN)[0]
    assert ask(machine, KNOWN, "-t", "AAAA") == address_of(KNOWN)[1]
    assert ask(machine, "anything.example") == "203.0.113.10"
    assert "NXDOMAIN" in machine.run(["dig", "blocked.example"]).stdout.decode()
    assert ask(machine, "sunk.example") == "0.0.0.0"


@pytest.mark.parametrize("name", [KNOWN, OTHER])
@pytest.mark.parametrize("device", ["iPad-07", "Laptop-02"])
def test_pages_answer_over_both_ip_versions(school: School, device: str, name: str) -> None:
    assert fetch(school.hosts[device].namespace, f"https://{name}/")
    assert fetch(school.hosts[device].namespace, f"http://{name}/")


def test_the_mirror_port_sees_queries_answers_and_announcements_of_others(school: School) -> None:
    pupil = school.hosts["iPad-12"]
    with Tap(school.box) as tap:
        ask(pupil.namespace, "seen.example")
        announce(pupil.namespace, "iPad-12", pupil.address, "_airplay._tcp")
        frames = tap.until(lambda seen: sum(b"\x04seen\x07example" in frame for frame in seen) >= 2, seconds=5)
        frames += tap.until(lambda seen: any(b"\x08_airplay" in frame for frame in seen), seconds=5)
    asked, answered = [frame for frame in frames if b"\x04seen\x07example" in frame][:2]
    assert asked[6:12].hex(":") == pupil.machine.mac
    assert answered[:6].hex(":") == pupil.machine.mac


def test_no_frame_is_longer_than_the_wire_allows(school: School) -> None:
    with Tap(school.box) as tap:
        assert fetch(school.hosts["Laptop-02"].namespace, f"https://{KNOWN}/bulk")
        frames = tap.until(lambda seen: len(seen) > 1000, seconds=5)
    assert len(frames) > 1000
    assert max(map(len, frames)) <= 1514


@pytest.mark.skipif(bool(why_not("chromium")), reason=why_not("chromium"))
@pytest.mark.parametrize("quic", [False, True])
def test_a_browser_opens_a_page(school: School, quic: bool) -> None:
    assert f"<h1>{KNOWN}</h1>" in school.hosts["Chromebook-05"].browser.open(f"https://{KNOWN}/", quic=quic)


def test_a_lab_that_was_killed_is_swept_away_by_the_next() -> None:
    program = "import time; from tests.lab.network import Network; n = Network().__enter__(); print(flush=True); time.sleep(60)"
    root = Path(__file__).parents[2]
    victim = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, cwd=root)
    assert victim.stdout is not None
    victim.stdout.readline()
    left = [entry.name for entry in RUN_NETNS.iterdir() if entry.name.startswith(f"lab{victim.pid}x")]
    assert left
    victim.send_signal(signal.SIGKILL)
    victim.wait()
    with open_school([], switched_on=False):
        pass
    time.sleep(0.1)
    assert not [entry for entry in RUN_NETNS.iterdir() if entry.name in left]
    assert not list(Path(tempfile.gettempdir()).glob(f"safespan-lab-{victim.pid}-*"))
