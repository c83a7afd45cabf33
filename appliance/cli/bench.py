"""`safespan bench`: what the sensor costs on a capture, against the floor that any reader behind the same filter pays.

Every measurement is a process of its own, start-up included; floor and whole sensor take turns, so that a busy machine slows
both. Figures are medians; CPU seconds are user and system time of the process, per million packets in the file.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import click
import msgspec
from msgspec import Struct

from appliance.cli.output import format_option, print_records
from appliance.edge.capture_files import open_capture
from appliance.edge.channel import ChannelReader
from appliance.edge.children import python_module, sensor_arguments, spawn_sensor
from appliance.edge.files import CaptureError
from appliance.model import SensorReport

COLUMNS = ("part", "cpu_seconds_per_million", "ratio", "packets_per_second", "peak_mib", "offered", "passed", "sightings")


class Run(Struct, frozen=True):
    """One measured process: CPU and wall seconds, peak memory in MiB, packets that passed, sightings."""

    cpu: float
    wall: float
    peak_mib: float
    passed: int
    sightings: int = 0


class Row(Struct, frozen=True):
    """What is printed of one part; `ratio` is its CPU to the floor's, the median over pairs."""

    part: str
    cpu_seconds_per_million: float
    ratio: float
    packets_per_second: int
    peak_mib: float
    offered: int
    passed: int
    sightings: int


@click.command()
@click.argument("capture", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--rounds", type=click.IntRange(1, 100), default=5, show_default=True, help="How many pairs to measure.")
@click.option("--floor", "only_floor", is_flag=True, hidden=True, help="Be the measured process of the floor.")
@format_option
def bench(capture: Path, rounds: int, only_floor: bool, form: str | None) -> None:
    """Measure the sensor on a capture: CPU per million packets against reading and counting alone, and peak memory."""
    try:
        if only_floor:
            click.echo(_read(capture, filtered=True))
            return
        offered = _read(capture, filtered=False)
        pairs = [(_measure_floor(capture), _measure_sensor(capture)) for _ in range(rounds)]
    except CaptureError as error:
        raise click.ClickException(str(error)) from error
    if not offered:
        raise click.ClickException(f"{capture} holds no packets.")
    rows = [
        _row("floor", [floor for floor, _ in pairs], [1.0], offered),
        _row("sensor", [whole for _, whole in pairs], [whole.cpu / floor.cpu for floor, whole in pairs], offered),
    ]
    print_records([msgspec.structs.asdict(row) for row in rows], COLUMNS, form)


def _read(capture: Path, *, filtered: bool) -> int:
    """How many frames a capture gives, with or without the filter. Raises CaptureError where it gives only trouble."""
    source = open_capture(capture, filtered=filtered)
    while source.read() is not None:
        pass
    if source.problem and not source.packets:
        raise CaptureError(source.problem)
    return source.packets


def _measure_floor(capture: Path) -> Run:
    """Read through the filter and count, nothing else."""
    command = python_module("appliance.cli.bench", str(capture), "--floor")
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    stdout = child.stdout
    return _finish(child, lambda: (int(stdout.read() or 0), 0))


def _measure_sensor(capture: Path) -> Run:
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


def _finish(child: subprocess.Popen[str] | subprocess.Popen[bytes], listen: Callable[[], tuple[int, int]]) -> Run:
    """Listen to a child until it has ended; what it used. Raises CaptureError where it failed."""
    began = time.monotonic()
    passed, sightings = listen()
    _pid, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise CaptureError("A measured process failed; its own message is above.")
    return Run(used.ru_utime + used.ru_stime, time.monotonic() - began, used.ru_maxrss / 1024, passed, sightings)


def _row(part: str, runs: list[Run], ratios: list[float], offered: int) -> Row:
    """The medians of one part."""
    return Row(
        part,
        round(statistics.median(run.cpu for run in runs) / offered * 1_000_000, 3),
        round(statistics.median(ratios), 2),
        int(offered / statistics.median(run.wall for run in runs)),
        round(max(run.peak_mib for run in runs), 1),
        offered,
        runs[-1].passed,
        runs[-1].sightings,
    )


if __name__ == "__main__":
    sys.exit(bench())
