"""The sensor as a program of its own."""

from __future__ import annotations

import os
import signal
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path

import pytest

from appliance.edge.channel import ChannelReader
from appliance.model import NameAsked, SensorMessage
from tests.wire.packets import UDP, dns_query, ethernet, ip4, udp


def heard(reader: ChannelReader) -> list[SensorMessage]:
    """Everything to the end of the channel."""
    found: list[SensorMessage] = []
    while (batch := reader.read()) is not None:
        found += batch
    return found


def query(name: str, number: int) -> bytes:
    return ethernet(ip4(udp(dns_query(name), 53, 40_000 + number), UDP))


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    frames = [query(name, number) for number, name in enumerate(("one.example", "two.example", "three.example"))]
    records = b"".join(struct.pack("<IIII", 1_700_000_000, n * 1000, len(f), len(f)) + f for n, f in enumerate(frames))
    path = tmp_path / "queries.pcap"
    path.write_bytes(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1) + records)
    return path


def started(*arguments: str) -> tuple[subprocess.Popen[bytes], ChannelReader]:
    """The sensor as a child of its own."""
    ours, theirs = socket.socketpair()
    ours.settimeout(20)
    with theirs:
        command = [sys.executable, "-m", "appliance.sensor", "--fd", str(theirs.fileno()), *arguments]
        child = subprocess.Popen(command, pass_fds=[theirs.fileno()], stderr=subprocess.PIPE, cwd=Path(__file__).parents[1])
    return child, ChannelReader(ours)


def test_program_reads_a_capture_and_ends_well(capture: Path) -> None:
    child, reader = started("--capture", str(capture))
    messages = heard(reader)
    assert child.wait(10) == 0
    assert [one.name for one in messages if isinstance(one, NameAsked)] == ["one.example", "two.example", "three.example"]
    assert messages[-1].finished  # type: ignore[union-attr]
    reader.close()


def test_program_at_the_recordings_own_pace_lives_in_the_present_and_stops_when_told(capture: Path) -> None:
    child, reader = started("--capture", str(capture), "--pace", "real", "--loop")
    first = reader.read()
    assert first
    assert abs(first[0].time - time.time()) < 5
    status = Path(f"/proc/{child.pid}/status").read_text()
    rights = {line.split()[0]: line.split()[1] for line in status.splitlines() if line.startswith(("Cap", "NoNewPrivs"))}
    assert int(rights["CapEff:"], 16) == int(rights["CapPrm:"], 16) == int(rights["CapInh:"], 16) == 0
    assert rights["NoNewPrivs:"] == "1"
    if os.geteuid() == 0:
        assert int(rights["CapBnd:"], 16) == 0
    child.send_signal(signal.SIGTERM)
    assert heard(reader)[-1].finished  # type: ignore[union-attr]
    assert child.wait(10) == 0
    reader.close()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--capture", "/nowhere.pcap"], b"can't be read"),
        (["--interface", "absent0"], b"no interface absent0"),
        (["--interface", "lo", "--capture", "x"], b"not allowed with argument --interface"),
        ([], b"one of the arguments --interface --capture --settings"),
    ],
)
def test_what_cannot_be_opened_is_one_sentence(arguments: list[str], words: bytes) -> None:
    child, reader = started(*arguments)
    errors = child.communicate(timeout=10)[1]
    assert child.returncode
    assert b"Traceback" not in errors
    if b"CAP_NET_RAW" not in errors:
        assert words in errors
    reader.close()


def test_rubbish_is_a_failure_but_a_capture_cut_short_is_not(capture: Path) -> None:
    capture.write_bytes(capture.read_bytes()[:-5])
    for data, status in ((capture.read_bytes(), 0), (b"rubbish", 1)):
        capture.write_bytes(data)
        child, reader = started("--capture", str(capture))
        assert heard(reader)[-1].finished  # type: ignore[union-attr]
        assert len(child.communicate(timeout=10)[1].splitlines()) == 1
        assert child.returncode == status
        reader.close()


def test_program_meets_its_guardian_at_a_socket(capture: Path, tmp_path: Path) -> None:
    path = tmp_path / "guardian"
    command = [sys.executable, "-m", "appliance.sensor", "--socket", str(path), "--capture", str(capture)]
    child = subprocess.Popen(command, cwd=Path(__file__).parents[1])
    with socket.socket(socket.AF_UNIX) as door:
        time.sleep(0.3)  # the sensor starts before its guardian
        door.bind(str(path))
        door.listen()
        door.settimeout(10)
        reader = ChannelReader(door.accept()[0])
    assert len([one for one in heard(reader) if isinstance(one, NameAsked)]) == 3
    assert child.wait(10) == 0
    reader.close()


def test_program_never_loads_the_guardians_libraries() -> None:
    theirs = ("sqlite_utils", "flask", "marisa_trie", "scapy.all")
    code = f"import sys, appliance.sensor; print([m for m in {theirs} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=Path(__file__).parents[1], check=True)
    assert done.stdout.strip() == "[]"
