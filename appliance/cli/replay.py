"""`safespan replay CAPTURE`: the whole box on one capture, as fast as it goes, into a folder of records."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from appliance import config
from appliance.cli.list_sources import settings_option
from appliance.cli.lists import lists_in_force, writable
from appliance.cli.output import data_dir_option, format_option, print_records, printable, wants_jsonl
from appliance.edge import children, clock
from appliance.edge.channel import ChannelError, ChannelReader
from appliance.edge.list_sources import open_addresses
from appliance.edge.memory import peak_megabytes
from appliance.edge.store import Store, StoreError
from appliance.judge.domains import DomainLists
from appliance.judge.lamp import decide_lamp
from appliance.judgement import open_judgement
from appliance.model import Incident, SensorMessage, SensorReport, Sighting
from appliance.pipeline import SETTLED_SECONDS
from appliance.recorder import Recorder
from appliance.vitals import Circumstances, Vitals

COMMIT_SECONDS = 2.0


@click.command()
@click.argument("capture", type=click.Path(path_type=Path))
@data_dir_option
@settings_option
@format_option
def replay(capture: Path, data_dir: Path, settings_file: Path | None, form: str | None) -> None:
    """Put CAPTURE (pcap or pcapng, optionally .gz) through the whole box and keep what it finds."""
    try:
        settings = config.load(settings_file)
        zone = clock.zone_of(settings)
        lists = lists_in_force(settings_file, data_dir)
        with Store.open(data_dir, check=True) as store:
            recorder = Recorder(store, open_judgement(lists, zone))
            recorder.pipeline.evasion.places.use(open_addresses(settings, writable(data_dir)))
            store.save_lists(lists.statuses)
            summary = Replaying(recorder, lists, settings.keep).play(capture)
            print_summary(summary, store.incidents(limit=summary["incidents"]), form)
    except (config.SettingsError, StoreError) as error:
        raise click.ClickException(str(error)) from error


class Replaying:
    """One capture on its way through a sensor child, the pipeline and the store. Time is the capture's own throughout."""

    def __init__(self, recorder: Recorder, lists: DomainLists, keep: config.Keep) -> None:
        self._recorder, self._pipeline, self._lists, self._keep = recorder, recorder.pipeline, lists, keep
        self._vitals = Vitals(recorder.pipeline, started=clock.now(), monotonic=time.monotonic())
        self._next_commit = 0.0

    def play(self, capture: Path) -> dict[str, Any]:
        """Play it to its end; returns the summary. ClickException with one sentence where the capture can't be read."""
        self._recorder.restore(0.0)
        began = time.monotonic()
        with tempfile.TemporaryFile() as complaints:
            self._follow_child(capture, complaints)
        seconds = time.monotonic() - began
        self._finish()
        return self._summary(capture, seconds)

    def _follow_child(self, capture: Path, complaints: IO[bytes]) -> None:
        """Take everything the sensor sends until it closes; its complaint is ours."""
        child, sock = children.spawn_sensor(children.sensor_arguments(capture=capture), stderr=complaints)
        try:
            with sock, _progress(capture) as tell:
                reader = ChannelReader(sock)
                while (batch := reader.read()) is not None:
                    self._take(batch)
                    tell(self._vitals.report.packets)
        except ChannelError as error:
            children.stop(child)
            raise click.ClickException(_complaint(child, complaints) or str(error)) from error
        except BaseException:
            children.stop(child)
            raise
        # It closes the socket a moment before it ends.
        complaint = _complaint(child, complaints)
        if child.returncode != 0 or (complaint and not self._vitals.report.packets):
            raise click.ClickException(complaint or f"The sensor could not read {capture}.")
        if complaint:
            click.echo(complaint, err=True)

    def _take(self, batch: list[SensorMessage]) -> None:
        sightings: list[Sighting] = []
        for message in batch:
            if isinstance(message, SensorReport):
                self._vitals.hear(message, time.monotonic())
            else:
                sightings.append(message)
        self._pipeline.feed(sightings)
        if time.monotonic() >= self._next_commit:
            self._next_commit = time.monotonic() + COMMIT_SECONDS
            self._commit()

    def _commit(self) -> None:
        self._recorder.commit(self._pipeline.last_time)
        if self._recorder.problem:
            raise StoreError(self._recorder.problem)

    def _finish(self) -> None:
        """Write what is left, the ring within its bounds, and the state in which the capture leaves the box."""
        now, store = self._pipeline.last_time, self._recorder.store
        self._pipeline.advance(now + SETTLED_SECONDS)
        self._commit()
        self._recorder.commit_sight(now)
        store.trim_recent(now, self._keep.recent_hours, self._keep.recent_rows)
        health = self._vitals.health(
            Circumstances(now=now, monotonic=time.monotonic(), lists=self._lists.statuses, recovered=bool(store.recovered))
        )
        store.save_health(health)
        store.save_lamp(decide_lamp(store.count_open(), store.count_sounding(), health.problems, now))

    def _summary(self, capture: Path, seconds: float) -> dict[str, Any]:
        report, counts = self._vitals.report, self._pipeline.counts
        incidents = self._recorder.store.incidents(limit=1_000_000)
        levels = Counter(incident.level for incident in incidents)
        return {
            "capture": str(capture),
            "packets": report.packets,
            "offered": report.offered,
            "sightings": counts.sightings,
            "queries": counts.queries,
            "answers": counts.answers,
            "hellos": counts.hellos,
            "named": counts.named,
            "unnamed": counts.unnamed,
            "devices": len(self._pipeline.devices),
            "incidents": len(incidents),
            **{level: levels[level] for level in ("urgent", "look", "note")},
            "seconds": round(seconds, 3),
            "packets_per_second": round((report.offered or report.packets) / seconds) if seconds else 0,
            "peak_memory_mb": {"sensor": report.peak_megabytes, "guardian": peak_megabytes()},
            "reasons": {**report.reasons, **self._pipeline.reasons()},
        }


def print_summary(summary: dict[str, Any], incidents: list[Incident], form: str | None) -> None:
    """One JSON object, or a few lines for people with the incidents' sentences."""
    if wants_jsonl(form):
        print_records([summary], (), form)
        return
    peak = summary["peak_memory_mb"]
    click.echo(
        f"{summary['packets']:,} packets in {summary['seconds']} s ({summary['packets_per_second']:,} a second), "
        f"peak memory: sensor {peak['sensor']} MB, judgement {peak['guardian']} MB"
    )
    click.echo(f"{summary['sightings']:,} sightings of {summary['devices']:,} devices; incidents: {summary['incidents']:,}")
    for incident in incidents:
        click.echo(f"  {incident.level:7} {printable(incident.sentence)}")
    for reason, count in summary["reasons"].items():
        click.echo(f"  {count:,} x {reason}", err=True)


@contextmanager
def _progress(capture: Path) -> Iterator[Any]:
    """A bar on standard error that moves with the sensor's reports; how many packets a capture holds shows only at its end."""
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[packets]:,} packets"), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, refresh_per_second=5, disable=not console.is_terminal) as bar:
        task = bar.add_task(printable(capture.name).replace("[", r"\["), total=None, packets=0)
        yield lambda packets: bar.update(task, packets=packets)


def _complaint(child: subprocess.Popen[bytes], complaints: IO[bytes]) -> str:
    """The sensor's own sentence about what went wrong; its last one if there are several."""
    child.wait()
    complaints.seek(0)
    lines = complaints.read(65_536).decode(errors="replace").strip().splitlines()
    return printable(lines[-1].removeprefix("sensor: ")) if lines else ""
