"""Pages of a real browser: recorded once in the lab (`python -m tests.evaluation.real_pages`), judged again and again.

The first pages of the script open in a browser that has just started; the others in one that stays open on their machine.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from msgspec import Struct

from appliance.model import Frame, Incident
from appliance.pipeline import Pipeline
from appliance.wire.dissector import Dissector
from tests.lab import pcap
from tests.lab.network import LabError
from tests.lab.record import LARGEST, Recorder, strangers
from tests.lab.school import Machine, School, open_school, why_not

from .answers import FOLDER, Answer, read_answer
from .judging import decide_all

CAPTURE: Final = FOLDER / "real-pages.pcap.gz"
SCRIPT: Final = FOLDER / "real_pages.tsv"
MACHINES: Final = (
    Machine("iPad-01", "f0:18:98:00:17:01", "ipad"),
    Machine("iPad-02", "f0:18:98:00:17:02", "ipad"),
    Machine("iPad-03", "f0:18:98:00:17:03", "ipad", ipv6=False),
    Machine("Chromebook-01", "f4:f5:d8:00:17:01", "chromebook"),
    Machine("Chromebook-02", "f4:f5:d8:00:17:02", "chromebook"),
    Machine("Laptop-01", "3c:52:82:00:17:01", "windows", ipv6=False),
    Machine("Laptop-02", "3c:52:82:00:17:02", "windows"),
    *(Machine(f"Tablet-{number:02}", f"f0:18:98:00:18:{number:02}", "ipad", ipv6=bool(number % 3)) for number in range(1, 15)),
)
LAST: Final = 12.0  # seconds that the last page stays open
FIRST: Final = 4.0  # seconds after its start at which a browser is open


class Visit(Struct, frozen=True):
    """One page: who opens it and how, what it loads besides, and the right answer. `read` is who did it, of what comes up."""

    after: float
    who: str
    how: str
    site: str
    parts: tuple[str, ...]
    answer: Answer
    read: str

    @property
    def url(self) -> str:
        """The page's address."""
        return f"https://{self.site}/with?{'&'.join(self.parts)}"

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that it may ask for."""
        return (self.site, *(part.rpartition("=")[2] for part in self.parts))


def visits() -> list[Visit]:
    """The script of the recording."""
    rows = [line.split("\t") for line in SCRIPT.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    return [
        Visit(float(after), who, how, site, tuple(parts.split()), read_answer(answer, category, because), read)
        for after, who, how, site, parts, answer, category, read, because in rows
    ]


def record(file: Path) -> str:
    """Open every page in the lab, one after the other, and keep a thin capture of it; a sentence on what came out."""
    script = visits()
    known = {name for visit in script for name in visit.names}
    with tempfile.TemporaryDirectory(prefix="safespan-pages-") as folder:
        whole, small = Path(folder) / "whole.pcap", Path(folder) / "small.pcap.gz"
        with open_school(MACHINES, known=known, switched_on=False) as school, Recorder(school.box, whole):
            school.switch_on()
            for number, visit in enumerate(one for one in script if one.how == "fresh"):
                browser = school.hosts[visit.who].browser
                page = browser.open(visit.url, quic=number % 4 == 3, also=visit.parts)
                if page.count('/blank">') != len(visit.parts):
                    raise LabError(f"{visit.site} came without its parts")
            _browse(school, [visit for visit in script if visit.how != "fresh"])
        if foreign := strangers(pcap.read(whole)):
            raise LabError(f"the lab spoke to strangers: {', '.join(sorted(foreign))}")
        kept = pcap.write(small, pcap.thin(sorted(pcap.read(whole), key=lambda packet: packet.time)))
        if small.stat().st_size > LARGEST:
            raise LabError(f"{small.stat().st_size} bytes is more than a repository should carry")
        shutil.copyfile(small, file)
    return f"{kept} packets kept, {file.stat().st_size} bytes in {file}"


def _browse(school: School, script: list[Visit]) -> None:
    """Let each machine's own browser play its rows, two machines at a time as in a quiet lesson."""
    waiting = list(dict.fromkeys(visit.who for visit in script))
    while waiting:
        pair, waiting = waiting[:2], waiting[2:]
        running = [_start(school, who, [visit for visit in script if visit.who == who]) for who in pair]
        for who, process in zip(pair, running, strict=True):
            _, said = process.communicate(timeout=180)
            if process.returncode:
                raise LabError(f"the browser of {who}: {said.decode(errors='replace')[-500:]}")


def _start(school: School, who: str, rows: list[Visit]) -> subprocess.Popen[bytes]:
    at = FIRST
    steps: list[dict[str, float | str]] = []
    for row in rows:
        at += row.after
        steps.append({"at": at, "how": row.how, "url": row.url})
    steps.append({"at": at + LAST, "how": "waits", "url": ""})
    argv = [sys.executable, "-m", "tests.evaluation.real_browser", json.dumps(steps)]
    return subprocess.Popen(
        school.hosts[who].namespace.command(argv), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )


def judge(pipeline: Pipeline, capture: Path = CAPTURE) -> Iterator[tuple[str, Incident]]:
    """What the box makes of the capture: the machine's own name and each incident."""
    dissector, last = Dissector(), 0.0
    for packet in pcap.read(capture):
        last = packet.time
        if seen := dissector.feed(Frame(time=packet.time, data=packet.data)):
            pipeline.feed(seen)
    pipeline.feed(dissector.flush(last + 60.0))
    pipeline.advance(last + 60.0)
    names = {machine.mac: machine.name for machine in MACHINES}
    for incident in decide_all(pipeline, last + 60.0):
        yield names.get(incident.mac, incident.mac), incident


def main() -> None:
    """Read the command line and record."""
    parser = argparse.ArgumentParser(prog="python -m tests.evaluation.real_pages", description=__doc__)
    parser.add_argument("file", nargs="?", type=Path, default=CAPTURE)
    options = parser.parse_args()
    if reason := why_not("chromium", "tcpdump"):
        parser.error(reason)
    print(record(options.file))


if __name__ == "__main__":
    main()
