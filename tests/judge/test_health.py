from __future__ import annotations

from typing import Any

import pytest

from appliance.judge.health import BLINDING, PROBLEMS, Moment, Watch
from appliance.model import SensorReport


def moment(now: float, **changes: Any) -> Moment:
    fields: dict[str, Any] = {"list_entries": 1_000, "clock_synced": True}
    return Moment(now=now, **fields | changes)


def report(packets: int, **changes: Any) -> SensorReport:
    fields: dict[str, Any] = {"time": 0.0, "live": True, "foreign_unicast": packets}
    return SensorReport(packets=packets, **fields | changes)


def watched(*reports: SensorReport, every: float = 1.0) -> tuple[Watch, float]:
    """A watch that has heard these reports one after another; and the time of the last."""
    watch = Watch(0.0)
    for n, one in enumerate(reports):
        watch.report(one, n * every)
    return watch, (len(reports) - 1) * every


def test_healthy_box_has_no_problems() -> None:
    watch, now = watched(*(report(n * 100) for n in range(300)))
    assert watch.problems(moment(now)) == ()


def test_sensor_that_went_silent_is_told_after_some_seconds() -> None:
    watch, now = watched(report(10), report(20))
    assert watch.problems(moment(now + 4.0)) == ()
    assert watch.problems(moment(now + 6.0)) == ("no-sensor",)
    assert watch.problems(moment(now + 2.0, sensor_connected=False)) == ("no-sensor",)


def test_capture_read_to_its_end_needs_no_sensor() -> None:
    watch, now = watched(report(10, live=False, finished=True))
    assert watch.problems(moment(now + 600.0, sensor_connected=False)) == ()


def test_port_without_packets_is_told_after_a_minute() -> None:
    watch, now = watched(*(report(50) for _ in range(62)))
    assert watch.problems(moment(now)) == ("no-packets",)
    watch.report(report(51), now + 1.0)
    assert watch.problems(moment(now + 1.0)) == ()


def test_recorded_capture_is_never_called_silent() -> None:
    watch, now = watched(*(report(50, live=False) for _ in range(100)))
    assert watch.problems(moment(now)) == ()


def test_switch_without_a_mirror_is_told_after_a_minute() -> None:
    watch, now = watched(*(report(n, foreign_unicast=0) for n in range(1, 63)))
    assert watch.problems(moment(now)) == ("no-mirror",)


def test_quiet_night_after_a_working_mirror_is_no_alarm_at_once() -> None:
    watch = Watch(0.0)
    for n in range(2_000):
        watch.report(report(n, foreign_unicast=5), float(n))
        if n < 1_800:
            assert "no-mirror" not in watch.problems(moment(float(n)))
    assert watch.problems(moment(1_999.0)) == ("no-mirror",)


def test_more_than_one_packet_in_a_hundred_lost_is_told_and_passes() -> None:
    watch, now = watched(report(0), report(1_000, dropped=5))
    assert watch.problems(moment(now)) == ()
    watch.report(report(2_000, dropped=50), now + 1.0)
    assert watch.problems(moment(now + 1.0)) == ("drops",)
    for n in range(70):
        watch.report(report(3_000 + n * 100, dropped=50), now + 2.0 + n)
    assert watch.problems(moment(now + 71.0)) == ()


def test_sensor_that_started_anew_counts_from_nothing() -> None:
    watch, now = watched(report(1_000_000), report(10))
    assert watch.problems(moment(now)) == ()


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"list_entries": 0}, "no-lists"),
        ({"clock_synced": False}, "clock"),
        ({"store_fails": True}, "store"),
        ({"recovered": True}, "records-recovered"),
        ({"capped": 3}, "incidents-capped"),
        ({"routers": 1, "devices": 40}, "one-mac"),
        ({"forwarder": True}, "forwarder"),
    ],
)
def test_circumstances_are_told(changes: dict[str, Any], problem: str) -> None:
    watch, now = watched(report(10))
    assert watch.problems(moment(now, **changes)) == (problem,)


def test_clock_that_does_not_say_is_no_problem() -> None:
    watch, now = watched(report(10))
    assert watch.problems(moment(now, clock_synced=None)) == ()


def test_cable_out_is_told() -> None:
    watch, now = watched(report(10, interface_up=False))
    assert watch.problems(moment(now)) == ("interface-down",)


def test_every_blinding_problem_has_its_sentence() -> None:
    assert set(PROBLEMS) >= BLINDING
    assert all(sentence.endswith(".") for sentence in PROBLEMS.values())
