"""The benchmark on a capture of a few packets: the figures are there and belong together."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from appliance.cli import bench_live
from appliance.cli.bench import bench
from appliance.cli.bench_runs import installed_peers, measure_peer
from appliance.edge.files import CaptureError
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
    assert 0 < sensor["start_seconds"] < 20
    assert floor["runs"] == sensor["runs"] == 1


def test_peers_that_are_installed_are_measured_in_the_same_rounds(tmp_path: Path) -> None:
    if not shutil.which("tcpdump"):
        pytest.skip("there is no tcpdump here")
    path = tmp_path / "small.pcap"
    path.write_bytes(pcap(ethernet(ip4(udp(dns_query("a.example")), UDP))))
    peers = installed_peers()
    command = peers["tcpdump, port 53 counted"]
    run = measure_peer(command, path)
    assert 0 < run.cpu < 20 and run.peak_mib > 0
    assert all(shutil.which(words[0]) for words in peers.values())


def test_peer_that_fails_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(CaptureError, match="measured process failed"):
        measure_peer(("false",), tmp_path)


def test_live_without_root_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1_000)
    path = tmp_path / "any.pcap"
    path.write_bytes(pcap())
    result = CliRunner().invoke(bench, [str(path), "--live"])
    assert result.exit_code == 1
    assert "run it as root" in result.output


@pytest.mark.lab
def test_replay_over_a_cable_loses_nothing_at_a_leisurely_pace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if reason := bench_live.why_not_live():
        pytest.skip(reason)
    monkeypatch.setattr(bench_live, "PACES", (2_000,))
    monkeypatch.setattr(bench_live, "PASSING_PACES", (2_000,))
    path = tmp_path / "small.pcap"
    query = ethernet(ip4(udp(dns_query("a.example")), UDP))
    bulk = ethernet(ip4(tcp(b"\x9b" * 900, port=40_000, sender_port=443), TCP))
    path.write_bytes(pcap(query, *[bulk] * 9))
    mix, passing = bench_live.measure_live(path, 1)
    assert (mix.traffic, mix.dropped, passing.dropped) == ("whole", 0, 0)
    assert mix.offered > 1_000 and mix.passed == pytest.approx(mix.offered / 10, rel=0.05)
    assert passing.passed == pytest.approx(passing.offered, rel=0.05)


def test_capture_that_cannot_be_read_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "rubbish"
    path.write_bytes(b"rubbish")
    result = CliRunner().invoke(bench, [str(path)])
    assert result.exit_code == 1
    assert "neither pcap nor pcapng" in result.output
