"""Record the demonstration: play the day in the lab and keep a thin capture of it (`python -m tests.lab.record`)."""

from __future__ import annotations

import argparse
import ipaddress
import shutil
import signal
import tempfile
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from . import day, pcap
from .clients import announce, ask, fetch, look_around
from .network import Namespace
from .school import Host, School, open_school, why_not

DEMONSTRATION: Final = Path(__file__).parents[2] / "appliance" / "edge" / "data" / "demonstration.pcap.gz"
LARGEST: Final = 1_000_000
OWN: Final = tuple(
    ipaddress.ip_network(network)
    for network in (
        "192.168.7.0/24", "203.0.113.0/24", "2001:db8::/32", "fe80::/10", "ff00::/8", "224.0.0.0/4",
        "0.0.0.0/32", "255.255.255.255/32", "::/128",
    )
)  # fmt: skip


def perform(act: day.Act, host: Host) -> None:
    """Let a machine do one thing; what comes of it is for the capture to tell."""
    match act.verb:
        case "page" | "page-quic":
            host.browser.open(f"https://{act.name}/", quic=act.verb == "page-quic")
        case "fetch":
            fetch(host.namespace, f"https://{act.name}/")
        case "ask":
            ask(host.namespace, act.name)
        case "announce":
            announce(host.namespace, host.machine.name, host.address, act.name)
        case "look":
            look_around(host.namespace, act.name)


def play(school: School, acts: Iterable[day.Act], seconds: float, pace: float = 1.0) -> None:
    """Play the acts at their times (`pace` 2 is twice as fast), and wait until `seconds` are over."""
    start = time.monotonic()
    with ThreadPoolExecutor(6) as pool:
        running = []
        for act in acts:
            _sleep_until(start + act.at / pace)
            running.append(pool.submit(perform, act, school.hosts[act.device]))
        for done in running:
            done.result()
    _sleep_until(start + seconds / pace)


def _sleep_until(moment: float) -> None:
    time.sleep(max(0.0, moment - time.monotonic()))


class Recorder:
    """A tcpdump on the box's mirror port, from entering to leaving the context."""

    def __init__(self, box: Namespace, file: Path, *options: str) -> None:
        self.file = file
        argv = ["tcpdump", "-i", "eth0", "--immediate-mode", "-B", "65536", "-U", *options, "-w", str(file)]
        self._process = box.start(argv, "tcpdump.log")
        end = time.monotonic() + 5
        while not file.exists() or file.stat().st_size < pcap.HEADER.size:
            if time.monotonic() > end:
                raise RuntimeError("tcpdump did not start")
            time.sleep(0.02)

    def __enter__(self) -> Recorder:
        return self

    def __exit__(self, *_: object) -> None:
        time.sleep(0.2)
        self._process.send_signal(signal.SIGINT)
        self._process.wait(10)


def strangers(packets: Iterable[pcap.Packet]) -> set[str]:
    """Addresses in a capture that are not the lab's own; there should be none."""
    found = set()
    for packet in packets:
        kind = packet.data[12:14]
        if kind in (b"\x08\x00", b"\x86\xdd"):
            ends = (packet.data[26:30], packet.data[30:34]) if kind == b"\x08\x00" else (packet.data[22:38], packet.data[38:54])
            found |= {address for address in map(ipaddress.ip_address, ends) if not any(address in net for net in OWN)}
    return {str(address) for address in found}


def record(file: Path, pace: float = 1.0) -> str:
    """Play and record the day; a sentence on what came out."""
    known = {act.name for act in day.ACTS if "._" not in act.name} - set(day.REFUSED)
    with tempfile.TemporaryDirectory(prefix="safespan-record-") as folder:
        whole, small = Path(folder) / "whole.pcap", Path(folder) / "small.pcap.gz"
        opening = open_school(day.MACHINES, known=known, refused=day.REFUSED, switched_on=False)
        with opening as school, Recorder(school.box, whole):
            school.switch_on()
            play(school, day.ACTS, day.SECONDS, pace)
        if foreign := strangers(pcap.read(whole)):
            raise RuntimeError(f"the lab spoke to strangers: {', '.join(sorted(foreign))}")
        # Two cores hand in their frames a moment out of order.
        packets = sorted(pcap.read(whole), key=lambda packet: packet.time)
        kept = pcap.write(small, pcap.thin(packets))
        if small.stat().st_size > LARGEST:
            raise RuntimeError(f"{small.stat().st_size} bytes is more than a repository should carry")
        file.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(small, file)
    return f"{kept} of {len(packets)} packets kept, {file.stat().st_size} bytes in {file}"


def main() -> None:
    """Read the command line and record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", nargs="?", type=Path, default=DEMONSTRATION)
    parser.add_argument("--pace", type=float, default=1.0, help="2 plays the day twice as fast")
    options = parser.parse_args()
    if reason := why_not("chromium", "tcpdump"):
        parser.error(reason)
    print(record(options.file, options.pace))


if __name__ == "__main__":
    main()
