"""The judgement at work on simulated schools: as the guardian does it, with somebody who decides every incident each evening."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC
from pathlib import Path
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from appliance.edge.list_seeds import seed_sources
from appliance.edge.lists import compile_lists, open_lists
from appliance.judge.domains import DomainLists
from appliance.judge.policy import is_class_time
from appliance.judge.sight_falls import SightFalls, find_causes
from appliance.judgement import open_judgement
from appliance.model import Incident, Sighting
from appliance.pipeline import Pipeline

from .names import extra_sources
from .school import DAY, MONDAY, Item, School, SchoolDay

BATCH: Final = 64  # sightings that the sensor hands over at once


class JudgedDay(Struct, frozen=True):
    """One day with what came up on it: at the most one incident for an item, since all are decided in the evening."""

    day: SchoolDay
    incidents: dict[Item, Incident]
    falls: tuple[Incident, ...] = ()


def open_evaluation(folder: Path) -> DomainLists:
    """The lists of the box as it comes, and the simulation's own beside them, compiled in `folder`."""
    compile_lists([*seed_sources(), *extra_sources()], folder)
    return open_lists(folder)


def judge_school(school: School, lists: DomainLists) -> Iterator[JudgedDay]:
    """A school's week, day by day."""
    pipeline = open_judgement(lists)
    pipeline.use_policy(school.policy())
    watch = SightWatch(pipeline)
    for day in school.days():
        feed(pipeline, day.sightings, watch)
        evening = MONDAY + day.number * DAY + 23 * 3600.0
        pipeline.advance(evening)
        incidents: dict[Item, Incident] = {}
        for incident in decide_all(pipeline, evening):
            item = Item(school.number, day.number, school.names.get(incident.mac, incident.mac), incident.category)
            incidents[item] = incident
        yield JudgedDay(day, incidents, tuple(watch.take()))


class SightWatch:
    """What the guardian does about the box's own sight, every minute; each fall is decided in the evening."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline
        self._falls = SightFalls(UTC)
        self._at = 0.0
        self._open: dict[str, Incident] = {}

    def look(self, now: float) -> None:
        """Judge the moment, in class only."""
        meter = self._pipeline.meter
        if now - self._at < 60 or not meter.usual.settled or not is_class_time(self._pipeline.scales.policy, now):
            return
        self._at = now
        sight = meter.school()
        problems = ("no-lookups",) if self._pipeline.evasion.dark.lacking else ()
        for incident in self._falls.observe(now, find_causes(sight, meter.usual.trouble(sight), problems)):
            self._open[incident.mac] = stored = replace(incident, id=1)
            self._falls.settle(stored)

    def take(self) -> Iterator[Incident]:
        """The falls of the day, decided."""
        for incident in self._open.values():
            self._falls.settle(replace(incident, decision="technical"))
            yield incident
        self._open = {}


def feed(pipeline: Pipeline, sightings: list[Sighting], watch: SightWatch | None = None) -> None:
    """Hand sightings over as the sensor does, some at a time."""
    for start in range(0, len(sightings), BATCH):
        pipeline.feed(sightings[start : start + BATCH])
        if watch is not None:
            watch.look(pipeline.last_time)
    pipeline.take_recent()
    pipeline.meter.take()


def decide_all(pipeline: Pipeline, now: float) -> Iterable[Incident]:
    """Everything that is open, decided; what comes next begins a new incident."""
    found = []
    for number, case in enumerate(pipeline.folder.due(), 1):
        incident = replace(pipeline.folder.incident(case, now), id=number)
        found.append(incident)
        pipeline.folder.settle(case, replace(incident, decision="no_concern"))
    return found
