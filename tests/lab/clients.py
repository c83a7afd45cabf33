"""The programs that people and machines use, run inside a machine of the lab: curl, dig, Chromium, mDNS."""

from __future__ import annotations

import itertools
import shutil
import socket
import struct
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from dnslib import PTR, QTYPE, RR, TXT, A, DNSHeader, DNSRecord

from .network import LabError, Namespace

CHROMIUM_FLAGS: Final = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-default-apps", "--disable-extensions", "--mute-audio",
    "--ignore-certificate-errors", "--password-store=basic",
)  # fmt: skip
PROFILES: Iterator[int] = itertools.count(1)
TLS_FAILED: Final = 35  # as curl calls it
MDNS_GROUP: Final = "224.0.0.251"
MDNS_PORT: Final = 5353


def fetch(machine: Namespace, url: str, *options: str, timeout: float = 15) -> bool:
    """Open a page with curl; whether an answer came."""
    argv = ["curl", "-sS", "-k", "-o", "/dev/null", "--max-time", str(timeout - 1), *options, url]
    for _ in range(3):
        code = machine.run(argv, timeout=timeout + 5).returncode
        # Two who ask caddy for a new name at the same moment: one of them may get an alert while the certificate is made.
        if code != TLS_FAILED:
            break
        time.sleep(0.2)
    return code == 0


def ask(machine: Namespace, name: str, *options: str) -> str:
    """Ask the gateway for a name with dig; the short answer."""
    done = machine.run(["dig", "+short", "+tries=2", "+time=2", *options, name], timeout=10)
    return done.stdout.decode().strip()


class Chromium:
    """A pupil's browser. Each page opens in a new browser with an empty profile, as a child's turn at a shared device is."""

    def __init__(self, machine: Namespace, key_hashes: str = "") -> None:
        self.machine = machine
        self.key_hashes = key_hashes

    def start(self, url: str, quic: bool = False) -> subprocess.Popen[bytes]:
        """Start opening a page and come back at once."""
        return subprocess.Popen(
            self.machine.command(self._command(url, quic, self._profile())),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip

    def open(self, url: str, quic: bool = False, timeout: float = 45, also: Sequence[str] = ()) -> str:
        """Open a page and wait for it; its HTML as the browser sees it. `also` are more hosts to speak QUIC with."""
        profile = self._profile()
        try:
            done = self.machine.run(self._command(url, quic, profile, also), timeout=timeout)
        finally:
            shutil.rmtree(profile, ignore_errors=True)
        if done.returncode != 0:
            raise LabError(f"Chromium on {url}: {done.stderr.decode(errors='replace')[-500:]}")
        return done.stdout.decode(errors="replace")

    def open_many(self, names: Sequence[str], quic: bool = False, timeout: float = 60) -> None:
        """Open one page with a picture from each of `names`, as pages are that draw on many hosts."""
        pictures = "".join(f"<img src=https://{name}/blank>" for name in names)
        self.open(f"data:text/html,<title>many</title>{pictures}", quic, timeout, also=names)

    def _profile(self) -> Path:
        profile = self.machine.folder / f"profile{next(PROFILES)}"
        profile.mkdir()
        return profile

    def _command(self, url: str, quic: bool, profile: Path, also: Sequence[str] = ()) -> Sequence[str]:
        argv = ["env", f"HOME={profile}", "chromium", *CHROMIUM_FLAGS, f"--user-data-dir={profile}"]
        if quic:
            hosts = ",".join(f"{host}:443" for host in (urlsplit(url).hostname, *also) if host)
            argv += ["--enable-quic", f"--origin-to-force-quic-on={hosts}"]
            argv += [f"--ignore-certificate-errors-spki-list={self.key_hashes}"]
        return [*argv, "--timeout=20000", "--dump-dom", url]


def announce(machine: Namespace, name: str, address: str, service: str = "", model: str = "") -> None:
    """Tell the network by multicast DNS that `name`.local is at `address`, and what it serves (RFC 6762, RFC 6763)."""
    message = DNSRecord(DNSHeader(qr=1, aa=1, id=0))
    message.add_answer(RR(f"{name}.local", QTYPE.A, rclass=0x8001, ttl=120, rdata=A(address)))
    if service:
        full = f"{name}.{service}.local"
        message.add_answer(RR(f"{service}.local", QTYPE.PTR, ttl=4500, rdata=PTR(full)))
        message.add_answer(RR(full, QTYPE.TXT, rclass=0x8001, ttl=4500, rdata=TXT([f"model={model}".encode()])))
    _multicast(machine, bytes(message.pack()))


def look_around(machine: Namespace, service: str) -> None:
    """Ask by multicast DNS who serves `service`, as tablets do all day."""
    _multicast(machine, bytes(DNSRecord.question(f"{service}.local", "PTR").pack()))


def _multicast(machine: Namespace, message: bytes) -> None:
    with machine.entered():
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        with sock:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"eth0")
            sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, struct.pack("B", 255))
            sock.bind(("", MDNS_PORT))
            sock.sendto(message, (MDNS_GROUP, MDNS_PORT))
