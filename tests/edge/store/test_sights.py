from __future__ import annotations

from pathlib import Path
from typing import Any

from appliance.edge.store import Store
from appliance.model import Sight

from .conftest import open_store

HOUR, DAY = 3_600.0, 86_400.0
NOW = 1_795_262_400.0


def sight(hours_ago: float = 0.0, mac: str = "m1", **facts: Any) -> Sight:
    return Sight(hour=NOW - hours_ago * HOUR, mac=mac, **facts)


def test_hours_come_back_as_they_were_saved(store: Store) -> None:
    rows = [
        sight(1, heard=9, asked=4, answered=3, seen=2, named=1, reasons={"relay": 1}),
        sight(0, mac="", heard=9, quiet=2),
        sight(0, mac="m2", heard=1),
    ]
    store.save_sight(rows, NOW)
    assert store.sight() == rows
    assert store.sight(mac="") == rows[1:2] and store.sight(mac="m1") == rows[:1]
    assert store.sight(since=NOW - 10) == rows[1:] and store.sight(until=NOW - 10) == rows[:1]


def test_an_hour_is_brought_up_to_date_but_never_emptied(store: Store) -> None:
    store.save_sight([sight(heard=5, seen=2)], NOW)
    store.save_sight([sight(heard=8, seen=3)], NOW)
    store.save_sight([sight(heard=1, seen=0)], NOW)
    assert store.sight() == [sight(heard=8, seen=3)]


def test_devices_are_kept_two_days_the_school_a_month_and_the_future_not_at_all(store: Store) -> None:
    ages = (0, 47, 49, 24 * 29, 24 * 31, -10)
    store.save_sight([sight(age, mac) for age in ages for mac in ("", "m1")], NOW)
    assert [(NOW - row.hour) / HOUR for row in store.sight(mac="m1")] == [47, 0]
    assert [(NOW - row.hour) / HOUR for row in store.sight(mac="")] == [24 * 29, 49, 47, 0]


def test_hours_last_over_an_opening(folder: Path) -> None:
    with open_store(folder) as store:
        store.save_sight([sight(heard=1)], NOW)
    with open_store(folder, readonly=True) as store:
        assert store.sight() == [sight(heard=1)]


def test_what_devices_hid_is_added_up_in_the_store(store: Store) -> None:
    rows = [
        sight(2, heard=9, asked=4, seen=5, named=1),
        sight(0, heard=9, seen=3, named=0),
        sight(0, mac="m2", heard=1, seen=2),
        sight(0, mac="", heard=9, asked=9, seen=9),
    ]
    store.save_sight(rows, NOW)
    assert store.hidden(NOW - 3 * HOUR) == {"m1": (7, True), "m2": (2, False)}
    assert store.hidden(NOW) == {"m1": (3, False), "m2": (2, False)}
    assert store.sight_of(["m1"], NOW - 3 * HOUR) == rows[:2]
    assert store.sight_of(["m1", "m2"], NOW) == rows[1:3] and store.sight_of([], 0.0) == []
