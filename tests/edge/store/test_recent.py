from __future__ import annotations

from pathlib import Path

from appliance.edge.store import Store
from appliance.model import Health, Lamp, ListStatus, RecentName

from .conftest import open_store


def name(time: float, mac: str = "a", text: str = "x.example") -> RecentName:
    return RecentName(time=time, mac=mac, kind="dns", name=text)


def test_names_come_back_in_order_of_time_for_one_device(store: Store) -> None:
    store.add_recent([name(3.0), name(1.0), name(2.0, mac="b")])
    assert [row.time for row in store.recent("a")] == [1.0, 3.0]
    assert [row.time for row in store.recent()] == [1.0, 2.0, 3.0]
    assert [row.time for row in store.recent("a", since=2.0, until=9.0)] == [3.0]


def test_limit_keeps_the_newest_names(store: Store) -> None:
    store.add_recent([name(float(n)) for n in range(10)])
    assert [row.time for row in store.recent(limit=2)] == [8.0, 9.0]


def test_ring_is_bounded_by_age_and_by_rows(store: Store) -> None:
    store.add_recent([name(float(n)) for n in range(100)])
    assert store.trim_recent(now=3600.0 + 50.0, hours=1, rows=1_000) == 50
    assert store.trim_recent(now=3600.0 + 50.0, hours=1, rows=20) == 30
    assert [row.time for row in store.recent()] == [float(n) for n in range(80, 100)]


def test_names_never_touch_the_lasting_file(store: Store, folder: Path) -> None:
    store.add_recent([name(1.0, text="secret.example")])
    for file in folder.glob("safespan.db*"):
        assert b"secret.example" not in file.read_bytes()


def test_newest_health_and_lamp_are_kept_across_openings(folder: Path) -> None:
    health = Health(time=5.0, started=1.0, lists=(ListStatus(name="a", category="b", entries=3),), problems=("no-mirror",))
    lamp = Lamp(colour="amber", sentence="Look.", time=5.0, look=2)
    with open_store(folder) as store:
        assert store.health() is None
        assert store.lamp() is None
        store.save_health(health)
        store.save_lamp(lamp)
    with open_store(folder) as store:
        assert (store.health(), store.lamp()) == (health, lamp)


def test_old_lamp_turns_grey_save_a_red_one(store: Store) -> None:
    assert store.lamp_now(1.0, 10.0).colour == "grey"
    store.save_lamp(Lamp(colour="green", sentence="Well.", time=100.0))
    assert store.lamp_now(105.0, 10.0).colour == "green"
    old = store.lamp_now(111.0, 10.0)
    assert (old.colour, old.blind, old.sentence) == ("grey", True, "We have lost touch with the box.")
    store.save_lamp(Lamp(colour="red", sentence="Now.", buzzer=True, time=100.0))
    assert store.lamp_now(500.0, 10.0).colour == "red"


def test_lamp_from_the_future_is_an_old_one(store: Store) -> None:
    store.save_lamp(Lamp(colour="green", sentence="Well.", time=10_000.0))
    assert store.lamp_now(100.0, 10.0).colour == "grey"
