"""The judgement at work on simulated schools: as the guardian does it, with somebody who decides every incident each evening."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from appliance.edge.list_seeds import seed_sources
from appliance.edge.lists import compile_lists, open_lists
from appliance.judge.domains import DomainLists
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


def open_evaluation(folder: Path) -> DomainLists:
    """The lists of the box as it comes, and the simulation's own beside them, compiled in `folder`."""
    compile_lists([*seed_sources(), *extra_sources()], folder)
    return open_lists(folder)


def judge_school(school: School, lists: DomainLists) -> Iterator[JudgedDay]:
    """A school's week, day by day."""
    pipeline = open_judgement(lists)
    pipeline.use_policy(school.policy())
    for day in school.days():
        feed(pipeline, day.sightings)
        evening = MONDAY + day.number * DAY + 23 * 3600.0
        pipeline.advance(evening)
        incidents: dict[Item, Incident] = {}
        for incident in decide_all(pipeline, evening):
            item = Item(school.number, day.number, school.names.get(incident.mac, incident.mac), incident.category)
            incidents[item] = incident
        yield JudgedDay(day, incidents)


def feed(pipeline: Pipeline, sightings: list[Sighting]) -> None:
    """Hand sightings over as the sensor does, some at a time."""
    for start in range(0, len(sightings), BATCH):
        pipeline.feed(sightings[start : start + BATCH])
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
