"""Suricata on the receiving end of the cable of `safespan bench --live --against`, as people run it for names: one thread."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from appliance.edge.files import CaptureError
from appliance.model import SensorReport

_COUNTED: Final = re.compile(r"packets: (\d+), drops: (\d+)")
_TICKS: Final = os.sysconf("SC_CLK_TCK")


def prefer(process: int, core: Callable[[Iterable[int]], int] = max) -> None:
    """A core of its own and real-time priority, where the system lets us: other work here shall not look like a slow sensor.

    Listeners get the last core, and who sends to them the first.
    """
    try:
        os.sched_setaffinity(process, {core(os.sched_getaffinity(0))})
        os.sched_setscheduler(process, os.SCHED_RR, os.sched_param(1))
    except OSError:
        return


def cpu_of(process: int) -> float:
    """User and system seconds of a process so far, all of its threads together."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


class SuricataWatched:
    """A Suricata that listens, with the face that the measured sensor has."""

    def __init__(self, namespace: str, interface: str) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="safespan-bench-"))
        words = ["suricata", f"--af-packet={interface}", "-k", "none", "--runmode", "single", "-l", str(self._folder)]
        self._child = subprocess.Popen(
            ["ip", "netns", "exec", namespace, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        prefer(self._child.pid)

    def cpu(self) -> float:
        """User and system seconds so far."""
        return cpu_of(self._child.pid)

    def is_ready(self) -> bool:
        """Whether its engine runs. Raises CaptureError where it has ended."""
        if self._child.poll() is not None:
            raise CaptureError(f"Suricata did not start: {self._log()[-300:]}")
        return "Engine started" in self._log()

    def stop(self) -> SensorReport:
        """End it; what it took and dropped by its own count. Its figure of packets has the dropped ones in it."""
        self._child.terminate()
        self._child.wait(60)
        counted = _COUNTED.search(self._log())
        shutil.rmtree(self._folder, ignore_errors=True)
        if counted is None:
            raise CaptureError("Suricata did not say what it counted.")
        return SensorReport(time=0.0, packets=int(counted[1]) - int(counted[2]), dropped=int(counted[2]))

    def _log(self) -> str:
        path = self._folder / "suricata.log"
        return path.read_text(errors="replace") if path.exists() else ""
