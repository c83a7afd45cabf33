"""The guardian program: takes the sensor's sightings, judges, writes the store, decides the lamp. It has no network at all.

    socket -> SensorLine -> Pipeline -> Recorder -> Store
                    every tick: lamp; every second: health

One thread, one loop. Flagged things are committed as soon as the batch they came in is judged, the rest every few seconds.
A sensor that goes away, a store that fails, a broken list: health says so, and the loop goes on.
"""

from __future__ import annotations

import signal
import socket
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import FrameType

import click

from appliance.config import Settings, SettingsError, load, recent_dir
from appliance.daily_copy import DailyCopy
from appliance.edge import children, clock
from appliance.edge.lists import open_at_once
from appliance.edge.store import Store, StoreError
from appliance.edge.systemd import Notifier
from appliance.judge.domains import DomainLists
from appliance.judge.lamp import decide_lamp
from appliance.judge.policy import is_on_trial
from appliance.judgement import open_judgement
from appliance.list_follower import STALE_SECONDS, ListFollower
from appliance.model import Lamp, SensorMessage, SensorReport, Sighting
from appliance.pipeline import SETTLED_SECONDS
from appliance.recorder import Recorder
from appliance.sensor_line import SensorLine
from appliance.sight_keeper import SightKeeper
from appliance.vitals import Circumstances, Vitals
from appliance.worry_reader import WorryReader

TICK = 0.2  # the lamp is decided this often
HEALTH_SECONDS = 1.0
COMMIT_SECONDS = 3.0
NAMES_SECONDS = 0.5  # in small pieces: a busy school's three seconds at once would hold up an urgent commit
TRIM_SECONDS = 60.0
OLD_SECONDS = 900.0
COPY_SECONDS = 3600.0
FIRST_COPY_SECONDS = 60.0  # after the start, when there is enough else to do
LISTS_SECONDS = 30.0
WORRIES_SECONDS = 0.5
FALLS_SECONDS = 10.0
RETRY_SECONDS = 2.0  # after the store has failed


class Guardian:
    """The loop's state. `step` does one turn and returns soon; `run` goes on until `stop`."""

    def __init__(
        self,
        recorder: Recorder,
        settings: Settings,
        lists: DomainLists,
        *,
        listener: socket.socket | None = None,
        settings_file: Path | None = None,
        demonstration: bool = False,
        now: Callable[[], float] = clock.now,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._recorder, self._store, self._pipeline = recorder, recorder.store, recorder.pipeline
        self._settings, self._zone = settings, clock.zone_of(settings)
        self._complaints: dict[str, str] = {}
        self._lists = ListFollower(
            lists, self._pipeline, self._store, settings, settings_file=settings_file, complain=self._complain
        )
        self._copy = DailyCopy(self._store.data_dir, self._store.recent_dir, lambda problem: self._complain("copy", problem))
        self._now, self._monotonic = now, monotonic
        self._line = SensorLine(listener, lambda problem: self._complain("sensor", problem))
        self._worries = WorryReader(self._store, self._pipeline.words, self._zone)
        self._falls = SightKeeper(self._store, self._pipeline)
        self._vitals = Vitals(self._pipeline, started=now(), monotonic=monotonic(), demonstration=demonstration)
        self._problems: tuple[str, ...] = ()
        self._due: defaultdict[str, float] = defaultdict(float, copy=monotonic() + FIRST_COPY_SECONDS)
        self._lamp: Lamp | None = None
        self._day = ""
        self._stopped = False

    def attach(self, sock: socket.socket) -> None:
        """Listen to this sensor from now on; an earlier one is let go."""
        self._line.attach(sock)

    def stop(self) -> None:
        """End `run` after the turn at hand."""
        self._stopped = True

    def run(self, notifier: Notifier) -> None:
        """Turn after turn until `stop`; then write what is left."""
        notifier.ready()
        while not self._stopped:
            self.step(TICK)
            notifier.alive()
        notifier.stopping()
        self.close()

    def close(self) -> None:
        """Write what is left and wait for the daily copy that is being made."""
        self._lists.close()
        self._recorder.commit(self._now())
        self._do("sight", 0.0, lambda: self._recorder.commit_sight(self._now()))
        self._line.close()
        self._copy.wait()

    def step(self, patience: float) -> None:
        """One turn: what the sensor has sent, at most `patience` seconds of waiting for it, then whatever is due."""
        for batch in self._line.hear(patience):
            self._take(batch)
        self._commit_pressing()
        self._do("names", NAMES_SECONDS, self._recorder.commit_names)
        self._do("worries", WORRIES_SECONDS, self._worries.read)
        self._do("commit", COMMIT_SECONDS, self._commit)
        self._do("health", HEALTH_SECONDS, self._write_health)
        self._do("falls", FALLS_SECONDS, lambda: self._falls.look(self._now(), self._problems))
        self._do("lamp", TICK, self._write_lamp)
        self._do("trim", TRIM_SECONDS, self._trim)
        self._do("old", OLD_SECONDS, self._forget_old)
        self._do("copy", COPY_SECONDS, lambda: self._copy.keep(self._now()))
        self._do("lists", LISTS_SECONDS, lambda: self._lists.follow(self._now()))
        self._do("look-back", TICK, lambda: self._lists.look_back(self._now()))
        self._do("stale", STALE_SECONDS, self._lists.renew)

    def _do(self, what: str, every: float, deed: Callable[[], None]) -> None:
        """Do something that is due, and keep a failing store from ending the loop."""
        at = self._monotonic()
        if at < self._due[what]:
            return
        self._due[what] = at + every
        try:
            deed()
        except StoreError as error:
            self._recorder.problem = str(error)

    def _take(self, batch: list[SensorMessage]) -> None:
        sightings: list[Sighting] = []
        for message in batch:
            if isinstance(message, SensorReport):
                self._vitals.hear(message, self._monotonic())
            else:
                sightings.append(message)
        self._pipeline.feed(sightings)
        self._commit_pressing()

    def _commit_pressing(self) -> None:
        """Write flagged things at once; while the store fails, only now and then."""
        if self._pipeline.folder.pressing and self._monotonic() >= self._due["store"]:
            # A busy card may take seconds to keep what is written. The lamp lives in memory and does not wait for it.
            if self._pipeline.folder.unsaved_urgent():
                self._light_at_once()
            self._recorder.commit_flagged(self._now())
            if self._recorder.problem:
                self._due["store"] = self._monotonic() + RETRY_SECONDS
            # Whether or not the store took it, the lamp must show it in this very turn.
            self._light_at_once()

    def _light_at_once(self) -> None:
        self._due["lamp"] = 0.0
        self._do("lamp", TICK, self._write_lamp)

    def _commit(self) -> None:
        now, report = self._now(), self._vitals.report
        self._recorder.follow(now)
        if report.live:
            self._pipeline.advance(now)
        elif report.finished:
            self._pipeline.advance(self._pipeline.last_time + SETTLED_SECONDS)
        self._recorder.commit(now)
        self._pipeline.folder.forget_quiet(now)

    def _write_lamp(self) -> None:
        """Decide the lamp from what the store holds open, so that an acknowledgement on the page counts at once."""
        unsaved = self._pipeline.folder.unsaved_urgent()
        counts, sounding = self._store.count_open(), self._store.count_sounding() + unsaved
        lamp = decide_lamp(
            counts, sounding, self._problems, self._now(), on_trial=is_on_trial(self._pipeline.scales.policy, self._now())
        )
        before, self._lamp = self._lamp, lamp
        if before is None or not _same(before, lamp) or lamp.time - before.time >= 1.0 or lamp.time < before.time:
            self._store.save_lamp(lamp)
        else:
            self._lamp = before
        if before is not None and before.colour != lamp.colour:
            # An acknowledgement changes what may come back: take it over before the next hit.
            self._recorder.follow(self._now())

    def _write_health(self) -> None:
        health = self._vitals.health(self._circumstances())
        self._problems = health.problems
        self._store.save_health(health)
        self._complain("store", self._recorder.problem)

    def _circumstances(self) -> Circumstances:
        return Circumstances(
            now=self._now(),
            monotonic=self._monotonic(),
            lists=self._lists.lists.statuses,
            clock_synced=clock.is_synced(),
            sensor_connected=self._line.connected,
            store_fails=bool(self._recorder.problem),
            recovered=bool(self._store.recovered),
        )

    def _trim(self) -> None:
        """Keep the ring of names within its bounds; at a new day, sentences name the day they speak of."""
        now, keep = self._now(), self._settings.keep
        self._store.trim_recent(now, keep.recent_hours, keep.recent_rows)
        day = datetime.fromtimestamp(now, self._zone).date().isoformat()
        if day != self._day:
            self._day = day
            self._recorder.reword(now)

    def _forget_old(self) -> None:
        """Take out what is older than its term, unless the clock is known to be wrong."""
        keep = self._settings.keep
        if clock.is_synced() is not False:
            self._store.retention.forget(self._now(), keep.incident_days, keep.worry_days)

    def _complain(self, about: str, problem: str) -> None:
        """Say a failing state once when it begins and once when it ends."""
        if problem == self._complaints.get(about, ""):
            return
        self._complaints[about] = problem
        print(f"guardian: {problem or f'The {about} is well again.'}", file=sys.stderr)  # noqa: T201 - the journal's line


def _same(one: Lamp, other: Lamp) -> bool:
    """Whether two lamps show the same, whenever they were decided."""
    return (one.colour, one.sentence, one.urgent, one.look) == (other.colour, other.sentence, other.urgent, other.look)


@click.command()
@click.option("--data-dir", type=click.Path(file_okay=False, path_type=Path), required=True, help="The folder of the records.")
@click.option("--settings", "settings_file", type=click.Path(path_type=Path), help="A settings file.")
@click.option("--socket", "socket_path", type=click.Path(path_type=Path), help="Listen here for the sensor.")
@click.option("--fd", type=int, help="A connected socket to the sensor, inherited from the parent.")
@click.option("--demonstration", is_flag=True, help="Say on the page that this is a demonstration.")
def main(data_dir: Path, settings_file: Path | None, socket_path: Path | None, fd: int | None, demonstration: bool) -> None:
    """Judge what the sensor sees, keep the records, decide the lamp."""
    if (fd is None) == (socket_path is None):
        raise click.UsageError("Give one of --fd and --socket.")
    try:
        settings = load(settings_file)
        zone = clock.zone_of(settings)
        with Store.open(data_dir, recent_dir(data_dir), check=True) as store:
            listener = children.listen(socket_path) if socket_path else None
            lists, _ = open_at_once(settings, data_dir)
            recorder = Recorder(store, open_judgement(lists, zone))
            recorder.restore(clock.now())
            store.save_lists(lists.statuses)
            guardian = Guardian(
                recorder, settings, lists, listener=listener, settings_file=settings_file, demonstration=demonstration
            )
            if fd is not None:
                guardian.attach(socket.socket(fileno=fd))
            _run(guardian)
    except (SettingsError, StoreError, OSError) as error:
        print(f"guardian: {error}", file=sys.stderr)  # noqa: T201 - the journal's line
        sys.exit(1)


def _run(guardian: Guardian) -> None:
    """Run until SIGTERM or Ctrl-C."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        guardian.stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    guardian.run(Notifier.from_environment())


if __name__ == "__main__":
    main()
