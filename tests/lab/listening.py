"""The box's ears alone: `safespan names` on a mirror port or on a file, and what it printed."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Final

from .network import LabError, Namespace

ROOT: Final = Path(__file__).parents[2]
# Python's own start-up of the command line, without relying on where it was installed.
NAMES: Final = (sys.executable, "-c", "from appliance.cli import main; main()", "names", "--format", "jsonl")

# What a sighting says about the wire, and not about the moment of looking.
FACTS: Final = ("kind", "mac", "vlan", "client", "server", "port", "name", "addresses", "outcome", "qtype")


class Listener:
    """`safespan names iface:eth0` in a namespace, from entering the context to leaving it."""

    def __init__(self, namespace: Namespace) -> None:
        self._namespace = namespace
        self._output = namespace.folder / "names.jsonl"
        self._errors = namespace.folder / "names.log"
        self._output.unlink(missing_ok=True)
        with self._output.open("wb") as out, self._errors.open("wb") as errors:
            argv = [*NAMES, "iface:eth0"]
            self.process: subprocess.Popen[bytes] = namespace.start(argv, cwd=ROOT, stdout=out, stderr=errors)

    def __enter__(self) -> Listener:
        self.wait(self._listens, "a listening socket")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    @property
    def sightings(self) -> list[dict[str, Any]]:
        """What was printed up to now."""
        return [json.loads(line) for line in self._output.read_text().splitlines() if line.endswith("}")]

    @property
    def said(self) -> str:
        """What it said on stderr."""
        return self._errors.read_text(errors="replace")

    def times(self, name: str, kind: str = "dns") -> int:
        """How often a name was reported."""
        return sum(one["kind"] == kind and one.get("name") == name for one in self.sightings)

    def hears(self, name: str, kind: str = "dns") -> None:
        """Wait until a name was reported; `LabError` where it stays away."""
        self.wait(lambda: self.times(name, kind) > 0, f"{kind} {name}")

    def wait(self, until: Callable[[], bool], what: str, seconds: float = 10) -> None:
        """Wait until something is so; `LabError` where it does not come."""
        end = time.monotonic() + seconds
        while not until():
            if time.monotonic() > end:
                raise LabError(f"{what} did not come; {self.said}")
            time.sleep(0.05)

    def _listens(self) -> bool:
        """Whether the namespace has a packet socket that runs (its column in /proc/net/packet says 1)."""
        rows = self._namespace.run(["cat", "/proc/net/packet"]).stdout.decode().splitlines()[1:]
        return any(row.split()[5] == "1" for row in rows)


def read_file(file: Path) -> list[dict[str, Any]]:
    """The sightings of a capture file."""
    done = subprocess.run([*NAMES, str(file)], capture_output=True, timeout=60, check=True, cwd=ROOT)
    return [json.loads(line) for line in done.stdout.splitlines()]


def facts(sightings: list[dict[str, Any]]) -> Counter[str]:
    """How often each fact was seen, whatever the time and the source."""
    return Counter(json.dumps([one.get(key) for key in FACTS]) for one in sightings)
