"""The measured processes of `safespan bench`: each is started, listened to and reaped; its use is the system's own accounting."""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from msgspec import Struct

from appliance.edge.channel import ChannelReader
from appliance.edge.children import python_module, sensor_arguments, spawn_sensor
from appliance.edge.files import CaptureError
from appliance.model import Frame, SensorReport


class Run(Struct, frozen=True):
    """One measured process: CPU and wall seconds, peak memory in MiB, packets that passed, sightings."""

    cpu: float
    wall: float
    peak_mib: float
    passed: int = 0
    sightings: int = 0


TSHARK_FIELDS: Final = ("ip.src", "ipv6.src", "dns.qry.name", "tls.handshake.extensions_server_name", "http.host")
# The peers as people run them for names; each reads the whole capture itself. `{capture}` and `{folder}` are filled in.
PEERS: Final[dict[str, tuple[str, ...]]] = {
    "tcpdump, port 53 counted": ("tcpdump", "-n", "--count", "-r", "{capture}", "port 53"),
    "ndpiReader": ("ndpiReader", "-q", "-i", "{capture}"),
    "suricata, one thread": ("suricata", "-k", "none", "--runmode", "single", "-l", "{folder}", "-r", "{capture}"),
    "tshark": (
        *("tshark", "-n", "-r", "{capture}", "-Y", "dns or tls.handshake.type == 1 or http.request", "-T", "fields"),
        *(word for field in TSHARK_FIELDS for word in ("-e", field)),
    ),
}


def write_capture(path: Path, frames: Sequence[Frame]) -> None:
    """Write frames of one link type as a pcap file."""
    with path.open("wb") as out:
        out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262_144, frames[0].link if frames else 1))
        for frame in frames:
            seconds, rest = divmod(frame.time, 1)
            out.write(struct.pack("<IIII", int(seconds), int(rest * 1e6), len(frame.data), len(frame.data)) + frame.data)


def installed_peers() -> dict[str, tuple[str, ...]]:
    """Those of the peers that this machine has."""
    return {name: command for name, command in PEERS.items() if shutil.which(command[0])}


def measure_floor(capture: Path) -> Run:
    """Read through the filter and count, nothing else."""
    child = subprocess.Popen(python_module("appliance.cli.bench_floor", str(capture)), stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    stdout = child.stdout
    return _finish(child, lambda: (int(stdout.read() or 0), 0))


def measure_sensor(capture: Path) -> Run:
    """The whole sensor program, with somebody who takes what it says."""
    child, ours = spawn_sensor(sensor_arguments(capture=capture))
    reader = ChannelReader(ours)

    def drain() -> tuple[int, int]:
        last = None
        while (batch := reader.read()) is not None:
            last = next((message for message in batch if isinstance(message, SensorReport)), last)
        reader.close()
        return (last.packets, last.sightings) if last else (0, 0)

    return _finish(child, drain)


def measure_peer(command: tuple[str, ...], capture: Path) -> Run:
    """One of the peers; what it prints is read and thrown away."""
    with tempfile.TemporaryDirectory(prefix="safespan-bench-") as folder:
        words = [word.format(capture=capture, folder=folder) for word in command]
        child = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        assert child.stdout is not None
        stdout = child.stdout

        def drain() -> tuple[int, int]:
            while stdout.read(1 << 20):
                pass
            return 0, 0

        return _finish(child, drain)


def _finish(child: subprocess.Popen[str] | subprocess.Popen[bytes], listen: Callable[[], tuple[int, int]]) -> Run:
    """Listen to a child until it has ended; what it used. Raises CaptureError where it failed."""
    began = time.monotonic()
    passed, sightings = listen()
    _pid, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise CaptureError(f"A measured process failed ({child.args!r}); its own message may be above.")
    return Run(used.ru_utime + used.ru_stime, time.monotonic() - began, used.ru_maxrss / 1024, passed, sightings)
