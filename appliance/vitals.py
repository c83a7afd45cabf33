"""The box's own health: the sensor's reports and the pipeline's counters become the state that the page and the lamp show."""

from __future__ import annotations

from msgspec import Struct

from appliance.judge.health import STALE_LISTS_SECONDS, Moment, Watch
from appliance.judge.sight import Trouble, say_sight
from appliance.model import Health, ListStatus, SensorReport
from appliance.pipeline import Pipeline


class Circumstances(Struct, frozen=True, kw_only=True):
    """What only the program around the pipeline knows. `now` is the wall clock, `monotonic` never jumps."""

    now: float
    monotonic: float
    lists: tuple[ListStatus, ...] = ()
    clock_synced: bool | None = None
    sensor_connected: bool = True
    store_fails: bool = False
    recovered: bool = False


def _are_stale(at: Circumstances) -> bool:
    """Whether a fetched list is old. With a clock that was never set nobody can tell."""
    # A date in the future is that of a clock which was wrong: the list may be of any age.
    old = any(status.checked and abs(at.now - status.checked) > STALE_LISTS_SECONDS for status in at.lists)
    return at.clock_synced is not False and old


class Vitals:
    """Follows one sensor and one pipeline."""

    def __init__(self, pipeline: Pipeline, *, started: float, monotonic: float, demonstration: bool = False) -> None:
        self._pipeline = pipeline
        self._started = started
        self._demonstration = demonstration
        self._watch = Watch(monotonic)
        self.report = SensorReport(time=started)

    def hear(self, report: SensorReport, monotonic: float) -> None:
        """Take the sensor's report in."""
        self.report = report
        self._watch.report(report, monotonic)

    def health(self, at: Circumstances) -> Health:
        """The state of everything at this moment."""
        report, counts = self.report, self._pipeline.counts
        sight = self._pipeline.meter.school()
        return Health(
            time=at.now,
            started=self._started,
            source=report.source,
            demonstration=self._demonstration,
            live=report.live,
            interface_up=report.interface_up,
            packets=report.packets,
            bytes=report.bytes,
            dropped=report.dropped,
            foreign_unicast=report.foreign_unicast,
            last_packet=report.last_packet,
            devices=len(self._pipeline.devices),
            sightings=counts.sightings,
            queries=counts.queries,
            answers=counts.answers,
            hellos=counts.hellos,
            named=counts.named,
            unnamed=counts.unnamed,
            lists=at.lists,
            clock_synced=at.clock_synced,
            reasons={**report.reasons, **self._pipeline.reasons()},
            sight=sight,
            sight_sentence=say_sight(sight),
            problems=self._watch.problems(self._moment(at, self._pipeline.meter.usual.trouble(sight))),
        )

    def _moment(self, at: Circumstances, trouble: Trouble) -> Moment:
        return Moment(
            now=at.monotonic,
            list_entries=sum(status.entries for status in at.lists),
            clock_synced=at.clock_synced,
            lists_stale=_are_stale(at),
            store_fails=at.store_fails,
            recovered=at.recovered,
            capped=self._pipeline.folder.capped,
            routers=len(self._pipeline.devices.routers),
            forwarder=bool(self._pipeline.forwarders.found),
            devices=len(self._pipeline.devices),
            sensor_connected=at.sensor_connected,
            sight_fell=trouble.fell,
            one_way=trouble.one_way,
            no_lookups=self._pipeline.evasion.dark.lacking,
        )
