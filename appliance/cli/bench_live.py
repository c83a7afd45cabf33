"""The live half of `safespan bench`: a capture replayed over a cable between two network namespaces, ever faster.

Needs root, `ip` and `tcpreplay`. The namespaces are this process's own and go with it; nothing is sent anywhere else.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from socket import AF_UNIX, SOCK_STREAM, socketpair
from typing import Final

from msgspec import Struct

from appliance.cli.bench_live_peer import SuricataWatched, cpu_of, prefer
from appliance.cli.bench_runs import write_capture
from appliance.edge.capture_files import open_capture
from appliance.edge.channel import ChannelError, ChannelReader
from appliance.edge.children import python_module, sensor_arguments
from appliance.edge.files import CaptureError
from appliance.model import Frame, SensorReport

LIVE_COLUMNS = (
    *("listener", "traffic", "offered_per_second", "megabits_per_second", "offered", "passed", "dropped", "core_percent"),
    *("microseconds_per_passed", "sightings"),
)
# Packets a second, of the whole mix and of the packets that pass alone; 0 is as fast as it goes.
PACES: Final = (50_000, 100_000, 200_000, 0)
PASSING_PACES: Final = (20_000, 40_000, 60_000, 80_000, 100_000, 0)
PASSING_MOST: Final = 500_000  # packets of the second kind kept, to bound memory
_SETTLE: Final = 2.5  # seconds, in which the sensor looks at the kernel's counters once more and reports
_RATED: Final = re.compile(r"Rated: .*?([\d.]+) Mbps, ([\d.]+) pps")
_ACTUAL: Final = re.compile(r"Actual: (\d+) packets")


class LiveRow(Struct, frozen=True):
    """One pace: what was sent, what passed the filter, what was lost, and the sensor's share of one core meanwhile."""

    listener: str
    traffic: str
    offered_per_second: int
    megabits_per_second: int
    offered: int
    passed: int
    dropped: int
    core_percent: float
    microseconds_per_passed: float
    sightings: int


class Watched:
    """A sensor on the receiving end of the cable, and its last report."""

    def __init__(self, namespace: str, interface: str) -> None:
        ours, theirs = socketpair(AF_UNIX, SOCK_STREAM)
        with theirs:
            words = python_module(
                "appliance.sensor", "--fd", str(theirs.fileno()), *sensor_arguments(interface=interface, buffer_megabytes=16)
            )
            self._child = subprocess.Popen(["ip", "netns", "exec", namespace, *words], pass_fds=(theirs.fileno(),))
        prefer(self._child.pid)
        self._reader = ChannelReader(ours)
        self._report: SensorReport | None = None
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def cpu(self) -> float:
        """User and system seconds so far."""
        return cpu_of(self._child.pid)

    def is_ready(self) -> bool:
        """Whether it has reported for the first time. Raises CaptureError where it has ended."""
        if self._child.poll() is not None:
            raise CaptureError("The sensor did not start; its own message is above.")
        return self._report is not None

    def stop(self) -> SensorReport:
        """End it; its last word."""
        self._child.terminate()
        self._child.wait(10)
        self._thread.join(10)
        if self._report is None:
            raise CaptureError("The sensor did not report.")
        return self._report

    def _listen(self) -> None:
        # A sensor that is told to stop doesn't wait until the last frame is taken: it may end within one.
        with contextlib.suppress(ChannelError):
            while (batch := self._reader.read()) is not None:
                for message in batch:
                    if isinstance(message, SensorReport):
                        self._report = message
        self._reader.close()


Listener = Callable[[str, str], Watched | SuricataWatched]


def why_not_live() -> str:
    """What this machine lacks for it, as a sentence; empty where nothing."""
    if os.geteuid():
        return "Measuring live makes network namespaces: run it as root."
    missing = [program for program in ("ip", "tcpreplay") if not shutil.which(program)]
    return f"Measuring live takes {' and '.join(missing)}: install iproute2 and tcpreplay." if missing else ""


def measure_live(capture: Path, seconds: int, *, against: bool = False) -> list[LiveRow]:
    """The rows of the curve, of Suricata too where it is wanted and installed. Raises CaptureError where a program fails."""
    listeners: dict[str, Listener] = {"sensor": Watched}
    if against and shutil.which("suricata"):
        listeners["suricata"] = SuricataWatched
    with tempfile.TemporaryDirectory(prefix="safespan-bench-") as folder, _cable() as (sender, receiver):
        passing = Path(folder) / "passing.pcap"
        write_capture(passing, _passing(capture))
        trials = [("whole", capture, pace) for pace in PACES] + [("passing only", passing, pace) for pace in PASSING_PACES]
        return [
            _measure(name, listen, trial, seconds, sender, receiver) for trial in trials for name, listen in listeners.items()
        ]


def _passing(capture: Path) -> list[Frame]:
    """The frames of a capture that pass the filter."""
    frames: list[Frame] = []
    source = open_capture(capture)
    while len(frames) < PASSING_MOST and (batch := source.read()) is not None:
        frames += batch
    source.close()
    return frames


@contextlib.contextmanager
def _cable() -> Iterator[tuple[str, str]]:
    """A pair of network cards in two namespaces, whose names these are; the card in each is `eth0`."""
    sender, receiver = (f"safespan-bench-{os.getpid()}-{side}" for side in "ab")
    try:
        for name in (sender, receiver):
            _ip("netns", "add", name)
        _ip("link", "add", "eth0", "netns", sender, "type", "veth", "peer", "name", "eth0", "netns", receiver)
        for name in (sender, receiver):
            _ip("-n", name, "link", "set", "eth0", "mtu", "9000", "up")
        yield sender, receiver
    finally:
        for name in (sender, receiver):
            subprocess.run(["ip", "netns", "delete", name], check=False, stderr=subprocess.DEVNULL)


def _ip(*words: str) -> None:
    """Run `ip`. Raises CaptureError where it refuses."""
    done = subprocess.run(["ip", *words], check=False, capture_output=True, text=True)
    if done.returncode:
        raise CaptureError(f"ip {' '.join(words)} failed: {done.stderr.strip()}")


def _measure(listener: str, listen: Listener, trial: tuple[str, Path, int], seconds: int, sender: str, receiver: str) -> LiveRow:
    """One pace with a listener of its own; `trial` is the kind of traffic, its capture and the packets a second."""
    traffic, capture, pace = trial
    watched = listen(receiver, "eth0")
    try:
        for _ in range(400):
            if watched.is_ready():
                break
            time.sleep(0.05)
        before, began = watched.cpu(), time.monotonic()
        sent = _replay(capture, pace, seconds, sender)
        time.sleep(_SETTLE)
        used, lasted = watched.cpu() - before, time.monotonic() - began - _SETTLE
    finally:
        report = watched.stop()
    megabits, per_second, packets = sent
    return LiveRow(
        listener,
        traffic,
        int(per_second),
        int(megabits),
        packets,
        report.packets,
        report.dropped,
        round(100 * used / lasted, 1),
        round(used / max(1, report.packets) * 1e6, 1),
        report.sightings,
    )


def _replay(capture: Path, pace: int, seconds: int, namespace: str) -> tuple[float, float, int]:
    """Send a capture over and over, every round as of other machines; Mbit/s, packets a second, packets."""
    speed = [f"--pps={pace}"] if pace else ["--topspeed"]
    words = ["tcpreplay", "-i", "eth0", "--preload-pcap", "--unique-ip", "--loop=0", f"--duration={seconds}", *speed]
    command = ["ip", "netns", "exec", namespace, *words, str(capture)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    prefer(child.pid, min)
    try:
        said, errors = child.communicate(timeout=seconds + 120)
    finally:
        child.kill()
    rated, actual = _RATED.search(said), _ACTUAL.search(said)
    if rated is None or actual is None:
        raise CaptureError(f"tcpreplay failed: {(errors or said).strip()[-300:]}")
    return float(rated[1]), float(rated[2]), int(actual[1])
