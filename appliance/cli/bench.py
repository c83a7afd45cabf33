"""`safespan bench`: what the sensor costs on a capture, against the floor that any reader behind the same filter pays.

Every measurement is a process of its own, start-up included; they take turns, so that a busy machine slows all of them. Figures
are medians; CPU seconds are user and system time of the process, per million packets in the file.
"""

from __future__ import annotations

import os
import statistics
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import click
import msgspec
from msgspec import Struct

from appliance.cli.bench_floor import count
from appliance.cli.bench_live import LIVE_COLUMNS, measure_live, why_not_live
from appliance.cli.bench_runs import Run, installed_peers, measure_floor, measure_peer, measure_sensor, write_capture
from appliance.cli.output import format_option, print_records
from appliance.edge.capture_files import open_capture
from appliance.edge.files import CaptureError

COLUMNS = (
    *("part", "cpu_seconds_per_million", "ratio", "start_seconds", "packets_per_second", "peak_mib"),
    *("offered", "passed", "sightings", "runs"),
)
Measure = Callable[[Path], Run]


class Row(Struct, frozen=True):
    """What is printed of one part; `ratio` is its CPU to the floor's, over pairs, `start_seconds` what one packet costs."""

    part: str
    cpu_seconds_per_million: float
    ratio: float
    start_seconds: float
    packets_per_second: int
    peak_mib: float
    offered: int
    passed: int
    sightings: int
    runs: int


@click.command()
@click.argument("capture", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--rounds", type=click.IntRange(1, 100), default=5, show_default=True, help="How many times each is measured.")
@click.option(
    "--against",
    is_flag=True,
    help="Measure installed peers too: tcpdump, ndpiReader, suricata, tshark.",
)
@click.option("--live", is_flag=True, help="Replay the capture over a cable of its own instead, ever faster (as root).")
@click.option("--seconds", type=click.IntRange(1, 60), default=5, show_default=True, help="How long each pace of --live lasts.")
@format_option
def bench(capture: Path, rounds: int, against: bool, live: bool, seconds: int, form: str | None) -> None:
    """Measure the sensor on a capture: CPU per million packets against reading and counting alone, and peak memory."""
    if live and (reason := why_not_live()):
        raise click.ClickException(reason)
    # Measured as installed: there Python finds its modules compiled and need not do it at every start.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    try:
        if live:
            rows = measure_live(capture, seconds, against=against)
            print_records([msgspec.structs.asdict(row) for row in rows], LIVE_COLUMNS, form)
            return
        table = _measure_file(capture, rounds, against)
    except CaptureError as error:
        raise click.ClickException(str(error)) from error
    print_records([msgspec.structs.asdict(row) for row in table], COLUMNS, form)


def _measure_file(capture: Path, rounds: int, against: bool) -> list[Row]:
    """Everything in turn, `rounds` times. Raises CaptureError where the capture can't be read."""
    offered = count(capture, filtered=False)
    if not offered:
        source = open_capture(capture, filtered=False)
        source.read()
        raise CaptureError(source.problem or f"{capture} holds no packets.")
    parts: dict[str, Measure] = {"floor": measure_floor, "sensor": measure_sensor}
    if against:
        parts |= {name: _peer(command) for name, command in installed_peers().items()}
    starts = _starts(parts, capture)
    runs = _rounds(parts, capture, rounds)
    return [_row(name, runs[name], runs["floor"], starts[name], offered) for name in parts]


def _peer(command: tuple[str, ...]) -> Measure:
    return lambda capture: measure_peer(command, capture)


def _starts(parts: Mapping[str, Measure], capture: Path) -> dict[str, float]:
    """What each part uses to read a single packet."""
    source = open_capture(capture, filtered=False)
    first = source.read() or []
    source.close()
    with tempfile.TemporaryDirectory(prefix="safespan-bench-") as folder:
        small = Path(folder) / "first.pcap"
        write_capture(small, first[:1])
        return {name: min(measure(small).cpu for _ in range(3)) for name, measure in parts.items()}


def _rounds(parts: Mapping[str, Measure], capture: Path, rounds: int) -> dict[str, list[Run]]:
    """The runs of each part, made in turn."""
    runs: dict[str, list[Run]] = {name: [] for name in parts}
    for _ in range(rounds):
        for name, measure in parts.items():
            runs[name].append(measure(capture))
    return runs


def _row(part: str, runs: list[Run], floors: list[Run], start: float, offered: int) -> Row:
    """The medians of one part."""
    return Row(
        part,
        round(statistics.median(run.cpu for run in runs) / offered * 1_000_000, 3),
        round(statistics.median(run.cpu / floor.cpu for run, floor in zip(runs, floors, strict=True)), 2),
        round(start, 3),
        int(offered / statistics.median(run.wall for run in runs)),
        round(max(run.peak_mib for run in runs), 1),
        offered,
        runs[-1].passed,
        runs[-1].sightings,
        len(runs),
    )
