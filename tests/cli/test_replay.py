"""A small capture with everything in it, through every part of the box."""

from __future__ import annotations

import json
import os
import struct
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from scapy.layers.dns import DNS, DNSQR, DNSRR
from scapy.layers.inet import IP, TCP, UDP
from scapy.layers.inet6 import IPv6
from scapy.layers.l2 import Ether
from scapy.packet import Packet
from scapy.utils import PcapWriter

from appliance.cli import main

NOON = 1_795_262_400.0
IPAD, LAPTOP, GATEWAY = "f0:18:98:00:07:07", "3c:52:82:00:02:04", "18:e8:29:10:00:01"
SELF_HARM, PROXY, GAMBLING = "selfharm.trigger.example", "www.croxyproxy.com", "www.bet365.com"


class Wire:
    """Packets of a made-up school, written as they would pass a mirror port."""

    def __init__(self) -> None:
        self.packets: list[Packet] = []
        self.time = NOON
        self._port = 40_000

    def later(self, seconds: float) -> Wire:
        self.time += seconds
        return self

    def ask(self, mac: str, ip: str, name: str, answer: str | None = "192.0.2.80", rcode: int = 0) -> Wire:
        self._port += 1
        question = DNSQR(qname=name)
        there, back = self._ends(mac, ip, "192.168.7.1")
        self._add(there / UDP(sport=self._port, dport=53) / DNS(id=7, qd=question))
        records = DNSRR(rrname=name, rdata=answer) if answer else None
        self._add(back / UDP(sport=53, dport=self._port) / DNS(id=7, qr=1, rcode=rcode, qd=question, an=records))
        return self

    def connect(self, mac: str, ip: str, name: str, answered: bool = True) -> Wire:
        self._port += 1
        there, back = self._ends(mac, ip, "2001:db8::80" if ":" in ip else "192.0.2.80")
        ports, ports_back = {"sport": self._port, "dport": 443}, {"sport": 443, "dport": self._port}
        hello = client_hello(name)
        self._add(there / TCP(**ports, flags="S", seq=1))
        self._add(back / TCP(**ports_back, flags="SA", seq=1, ack=2))
        self._add(there / TCP(**ports, flags="A", seq=2, ack=2))
        self._add(there / TCP(**ports, flags="PA", seq=2, ack=2) / hello)
        reply = server_hello() if answered else b""
        flags = "PA" if answered else "RA"
        self._add(back / TCP(**ports_back, flags=flags, seq=2, ack=2 + len(hello)) / reply)
        return self

    def write(self, file: Path) -> Path:
        with PcapWriter(str(file), linktype=1) as writer:
            for packet in self.packets:
                writer.write(packet)
        return file

    def _ends(self, mac: str, ip: str, server: str) -> tuple[Packet, Packet]:
        layer: Callable[..., Packet] = IPv6 if ":" in ip else IP
        return Ether(src=mac, dst=GATEWAY) / layer(src=ip, dst=server), Ether(src=GATEWAY, dst=mac) / layer(src=server, dst=ip)

    def _add(self, packet: Packet) -> None:
        packet.time = self.time
        self.time += 0.01
        self.packets.append(packet)


def client_hello(name: str) -> bytes:
    """A TLS 1.3 ClientHello with nothing but a server name (RFC 8446 section 4.1.2, RFC 6066 section 3)."""
    host = name.encode()
    entry = struct.pack("!BH", 0, len(host)) + host
    sni = struct.pack("!HHH", 0, len(entry) + 2, len(entry)) + entry
    body = b"\x03\x03" + bytes(32) + b"\x00" + struct.pack("!HH", 2, 0x1301) + b"\x01\x00" + struct.pack("!H", len(sni)) + sni
    handshake = b"\x01" + len(body).to_bytes(3, "big") + body
    return b"\x16\x03\x01" + struct.pack("!H", len(handshake)) + handshake


def server_hello() -> bytes:
    """The server's half of it."""
    body = b"\x03\x03" + bytes(range(32)) + b"\x00" + struct.pack("!HB", 0x1301, 0)
    handshake = b"\x02" + len(body).to_bytes(3, "big") + body
    return b"\x16\x03\x03" + struct.pack("!H", len(handshake)) + handshake


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as base:
        monkeypatch.setenv("XDG_RUNTIME_DIR", base)
        yield Path(base)


def safespan(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def records(*arguments: object) -> list[dict[str, Any]]:
    done = safespan(*arguments, "--format", "jsonl")
    assert done.exit_code == 0, done.output
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture
def capture(folder: Path) -> Path:
    wire = Wire()
    wire.ask(IPAD, "192.168.7.9", PROXY).connect(IPAD, "192.168.7.9", PROXY)
    wire.ask(IPAD, "192.168.7.9", "www.bbc.co.uk").connect(IPAD, "2001:db8:7::9", "www.bbc.co.uk")
    wire.later(540.0).ask(IPAD, "192.168.7.9", PROXY).connect(IPAD, "2001:db8:7::9", PROXY)
    wire.later(60.0).ask(LAPTOP, "192.168.7.20", GAMBLING, answer="0.0.0.0")
    wire.ask(LAPTOP, "192.168.7.20", SELF_HARM).connect(LAPTOP, "192.168.7.20", SELF_HARM, answered=False)
    wire.ask(LAPTOP, "192.168.7.20", "www.childline.org.uk").connect(LAPTOP, "192.168.7.20", "www.childline.org.uk")
    return wire.write(folder / "school.pcap")


def test_capture_becomes_incidents_with_outcome_and_sentence(capture: Path, folder: Path) -> None:
    (summary,) = records("replay", capture, "--data-dir", folder / "data")
    assert {key: summary[key] for key in ("devices", "incidents", "urgent", "look", "note")} == {
        "devices": 2, "incidents": 3, "urgent": 1, "look": 1, "note": 1,
    }  # fmt: skip
    assert summary["packets"] > 0 and summary["packets_per_second"] > 0
    assert all(5 < megabytes < 1_000 for megabytes in summary["peak_memory_mb"].values())
    found = {row["category"]: row for row in records("incidents", "--data-dir", folder / "data")}
    proxy, gambling, self_harm = found["proxy_avoidance"], found["gambling"], found["self_harm"]
    assert (proxy["mac"], proxy["count"], proxy["outcome"], proxy["level"]) == (IPAD, 2, "reached", "look")
    assert (gambling["mac"], gambling["outcome"], gambling["level"]) == (LAPTOP, "stopped", "note")
    assert (self_harm["mac"], self_harm["outcome"], self_harm["level"]) == (LAPTOP, "stopped", "urgent")
    assert proxy["sentence"] == "Apple 0707 opened a site for getting round the school's filter twice, at 12:00 and 12:09."
    assert gambling["sentence"] == "HP 0204 tried a gambling site at 12:10. The school's filter seems to have stopped it."
    assert self_harm["sentence"].startswith("This was a test: HP 0204")


def test_incidents_have_exactly_the_fields_of_the_contract(capture: Path, folder: Path) -> None:
    safespan("replay", capture, "--data-dir", folder / "data")
    for row in records("incidents", "--data-dir", folder / "data"):
        assert list(row) == [
            *("id", "category", "level", "device", "mac", "first_seen", "last_seen", "count", "names"),
            *("outcome", "confidence", "decision", "sentence"),
        ]
        assert row["decision"] is None


def test_both_addresses_of_a_machine_are_one_device(capture: Path, folder: Path) -> None:
    safespan("replay", capture, "--data-dir", folder / "data")
    rows = {row["mac"]: row for row in records("devices", "--data-dir", folder / "data")}
    assert rows[IPAD]["addresses"] == ["192.168.7.9", "2001:db8:7::9"]
    assert rows[IPAD]["name"] == "Apple 0707"


def test_help_line_leaves_no_trace_in_any_file(capture: Path, folder: Path) -> None:
    safespan("replay", capture, "--data-dir", folder / "data")
    for file in folder.rglob("*.db*"):
        assert b"childline" not in file.read_bytes()


def test_same_capture_twice_gives_the_same_incidents(capture: Path, folder: Path) -> None:
    for name in ("one", "two"):
        assert safespan("replay", capture, "--data-dir", folder / name).exit_code == 0
    assert records("incidents", "--data-dir", folder / "one") == records("incidents", "--data-dir", folder / "two")


def test_table_is_for_people(capture: Path, folder: Path) -> None:
    done = safespan("replay", capture, "--data-dir", folder / "data", "--format", "table")
    assert "packets in" in done.stdout and "incidents: 3" in done.stdout
    assert "HP 0204 tried a gambling site" in done.stdout
    assert "Nothing is wrong." in safespan("health", "--data-dir", folder / "data", "--format", "table").stdout
    assert "Apple 0707" in safespan("devices", "--data-dir", folder / "data", "--format", "table").stdout
    assert "gambling" in safespan("incidents", "--data-dir", folder / "data", "--format", "table").stdout


@pytest.mark.parametrize("content", [None, b"", b"not a capture", b"\xd4\xc3\xb2\xa1" + bytes(3)])
def test_unreadable_capture_is_one_sentence_and_status_one(content: bytes | None, folder: Path) -> None:
    file = folder / "broken.pcap"
    if content is not None:
        file.write_bytes(content)
    done = safespan("replay", file, "--data-dir", folder / "data")
    assert done.exit_code == 1
    assert done.stderr.strip().startswith("Error: ") and done.stderr.strip().count("\n") == 0
    assert "broken.pcap" in done.stderr


def test_capture_cut_off_in_the_middle_gives_what_it_has_and_a_word(capture: Path, folder: Path) -> None:
    cut = folder / "cut.pcap"
    cut.write_bytes(capture.read_bytes()[:-40])
    done = safespan("replay", cut, "--data-dir", folder / "data", "--format", "jsonl")
    assert done.exit_code == 0
    assert json.loads(done.stdout)["incidents"] == 3
    assert "cut.pcap" in done.stderr
