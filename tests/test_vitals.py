from __future__ import annotations

from typing import Any

from appliance.judge.blindness import HOUR
from appliance.model import Health, ListStatus, SensorReport
from appliance.pipeline import Pipeline
from appliance.vitals import Circumstances, Vitals

from .judge.seen import NOON, asked, tls

LISTS = (ListStatus(name="a", category="gambling", entries=1),)


class Nothing:
    """Lists that know no name."""

    def match(self, name: str) -> None:
        return None


def health(pipeline: Pipeline) -> Health:
    vitals = Vitals(pipeline, started=NOON, monotonic=0.0)
    vitals.hear(SensorReport(time=NOON, packets=1, finished=True), 0.0)
    return vitals.health(Circumstances(now=NOON, monotonic=1.0, lists=LISTS))


def hours(*named: int, **facts: Any) -> list[Any]:
    """For each hour 100 connections, of which so many have a name."""
    return [
        tls("a.example" if n < count else "", time=NOON + hour * HOUR + n, **facts)
        for hour, count in enumerate(named)
        for n in range(100)
    ]


def test_the_schools_figure_is_part_of_health() -> None:
    pipeline = Pipeline(Nothing())
    pipeline.feed(hours(93))
    found = health(pipeline)
    assert found.sight is not None and (found.sight.seen, found.sight.named) == (100, 93)
    assert found.sight_sentence == "In this hour the box could tell of 93% of 100 connections where they went."
    assert found.problems == ()


def test_a_fall_of_what_is_in_sight_is_a_problem_until_it_is_over() -> None:
    pipeline = Pipeline(Nothing())
    pipeline.feed(hours(95, 95, 95, 40))
    assert health(pipeline).problems == ("sight-fell",)
    pipeline.feed(hours(0, 0, 0, 0, 95)[400:])
    assert health(pipeline).problems == ()


def test_questions_without_answers_are_one_direction() -> None:
    pipeline = Pipeline(Nothing())
    pipeline.feed([asked(f"n{n}.example") for n in range(300)])
    assert health(pipeline).problems == ("one-way",)
