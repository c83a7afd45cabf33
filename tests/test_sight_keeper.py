"""From what is in sight to the store: in class only, only after the school was well seen, once across restarts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from appliance.edge.store import Store
from appliance.judge.blindness import HOUR
from appliance.judge.policy import make_policy
from appliance.model import Incident, Sight
from appliance.pipeline import Pipeline
from appliance.school import Hours, Term
from appliance.sight_keeper import SightKeeper
from tests.test_vitals import Nothing

TEN = datetime(2026, 11, 24, 10, tzinfo=UTC).timestamp()  # a Tuesday
NIGHT, SATURDAY = TEN + 12 * HOUR, TEN + 4 * 24 * HOUR


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "data", tmp_path / "recent") as opened:
        yield opened


def watched(hours: int = 5) -> Pipeline:
    """A pipeline that has seen so many good hours, and is in a bad one."""
    pipeline = Pipeline(Nothing(), zone=UTC)
    pipeline.meter.usual.restore(Sight(hour=TEN - n * HOUR, seen=100, named=96, asked=100) for n in range(hours, 0, -1))
    return pipeline


def spoil(pipeline: Pipeline, at: float) -> None:
    pipeline.meter.restore([Sight(hour=at // HOUR * HOUR, seen=200, named=60, asked=150, reasons={"ech": 140})])


def watch(keeper: SightKeeper, start: float, minutes: int = 20, problems: tuple[str, ...] = ()) -> None:
    for second in range(0, minutes * 60, 10):
        keeper.look(start + second, problems)


def fallen(store: Store) -> list[Incident]:
    return store.incidents(open_only=True)


def test_a_fall_is_written_once_and_lights_the_lamp(store: Store) -> None:
    pipeline = watched()
    spoil(pipeline, TEN)
    watch(SightKeeper(store, pipeline), TEN)
    watch(SightKeeper(store, pipeline), TEN + 1_300)  # after a restart
    (incident,) = fallen(store)
    assert incident.mac == "sight:fell" and incident.last_seen > TEN + 1_300 and store.count_open()["look"] == 1
    assert incident.reason == (
        "It could tell of 30 in 100 connections where they went, and of 96 in a usual hour. "
        "Most of the others showed only a cover name."
    )


@pytest.mark.parametrize("start", [NIGHT, SATURDAY])
def test_nothing_comes_up_at_night_or_at_a_weekend(store: Store, start: float) -> None:
    pipeline = watched()
    spoil(pipeline, start)
    watch(SightKeeper(store, pipeline), start, problems=("no-packets", "drops"))
    assert not fallen(store)


def test_nothing_comes_up_in_the_holidays_that_the_school_has_given(store: Store) -> None:
    pipeline = watched()
    hours = tuple(Hours(weekday=day, opens="08:30", closes="15:30") for day in range(5))
    closed = Term(name="Half-term", first="2026-11-23", last="2026-11-27", closed=True)
    pipeline.use_policy(make_policy(hours=hours, terms=(closed,)))
    watch(SightKeeper(store, pipeline), TEN, problems=("no-packets",))
    assert not fallen(store)
    pipeline.use_policy(make_policy(hours=hours))
    watch(SightKeeper(store, pipeline), TEN, problems=("no-packets",))
    assert [incident.mac for incident in fallen(store)] == ["sight:silent"]


def test_a_box_that_is_being_set_up_has_not_fallen(store: Store) -> None:
    watch(SightKeeper(store, watched(hours=2)), TEN, problems=("no-mirror", "no-lookups", "drops"))
    assert not fallen(store)
