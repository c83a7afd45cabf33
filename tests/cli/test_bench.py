"""The benchmark on a capture of a few packets: the figures are there and belong together."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner

from appliance.cli.bench import bench
from tests.cli.test_names import pcap
from tests.wire.packets import TCP, UDP, dns_query, ethernet, ip4, tcp, udp


def test_floor_and_sensor_are_measured_side_by_side(tmp_path: Path) -> None:
    path = tmp_path / "small.pcap"
    query = ethernet(ip4(udp(dns_query("a.example")), UDP))
    bulk = ethernet(ip4(tcp(b"\x9b" * 900, port=40_000, sender_port=443), TCP))
    path.write_bytes(pcap(query, *[bulk] * 9))
    # A process of its own: what a child inherits of a large parent until it starts would count as the child's memory.
    command = [sys.executable, "-c", "from appliance.cli import main; main()", "bench", str(path), "--rounds", "1"]
    result = subprocess.run([*command, "--format", "jsonl"], capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, result.stderr
    floor, sensor = (json.loads(line) for line in result.stdout.splitlines())
    assert (floor["part"], floor["offered"], floor["passed"], floor["ratio"]) == ("floor", 10, 1, 1.0)
    assert (sensor["part"], sensor["offered"], sensor["passed"], sensor["sightings"]) == ("sensor", 10, 1, 1)
    assert sensor["cpu_seconds_per_million"] > 0
    assert 5 < sensor["peak_mib"] < 80


def test_capture_that_cannot_be_read_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "rubbish"
    path.write_bytes(b"rubbish")
    result = CliRunner().invoke(bench, [str(path)])
    assert result.exit_code == 1
    assert "neither pcap nor pcapng" in result.output
