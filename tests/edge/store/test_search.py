from __future__ import annotations

from typing import Any

import pytest

from appliance.edge.store import Store, Wanted
from appliance.model import Device

from .conftest import MAC, incident

OTHER = "00:00:00:00:00:01"
OPEN = ("new", "seen", "looking")


@pytest.fixture
def filled(store: Store) -> Store:
    """Four incidents: urgent and new, a day later one that was opened, one that somebody looks at, and a closed one."""
    store.save_devices([Device(mac=OTHER, heard_name="Pi")])
    store.name_device(OTHER, "Libr%ry laptop", by="head", now=1.0)
    rows = (("look", MAC, "one"), ("urgent", MAC, "two"), ("look", OTHER, "a_b"), ("note", MAC, "axb"))
    for n, (level, mac, name) in enumerate(rows):
        store.save_incident(
            incident(
                level=level,
                mac=mac,
                device=f"iPad-{n}",
                names=(f"{name}.example",),
                first_seen=n * 100.0,
                last_seen=n * 100.0 + 10,
            )
        )
    store.cases.see(2, "head", by="head", now=1.0)
    store.acknowledge(3, by="head", now=1.0)
    store.decide(4, "no_concern", by="head", now=1.0)
    return store


def found(store: Store, **wanted: Any) -> list[int]:
    return [one.id for one in store.cases.find(Wanted(**wanted))]


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        ({}, [4, 3, 2, 1]),
        ({"states": OPEN}, [2, 1, 3]),
        ({"states": ("new",)}, [1]),
        ({"states": ("seen",)}, [2]),
        ({"states": ("looking",)}, [3]),
        ({"states": ("closed",)}, [4]),
        ({"levels": ("urgent", "look")}, [3, 2, 1]),
        ({"category": "suicide", "levels": ("note",)}, [4]),
        ({"category": "gambling"}, []),
        ({"device": "ipad-1"}, [2]),
        ({"device": "libr%ry"}, [3]),
        ({"device": "pi"}, [3]),
        ({"device": OTHER.upper()}, [3]),
        ({"device": "iPad_1"}, []),
        ({"site": "TWO.ex"}, [2]),
        ({"site": "a_b"}, [3]),
        ({"site": "\\"}, []),
        ({"since": 111.0}, [4, 3]),
        ({"until": 100.0}, [1]),
        ({"since": 50.0, "until": 250.0}, [3, 2]),
    ],
)
def test_every_field_that_is_given_must_fit(filled: Store, wanted: dict[str, Any], numbers: list[int]) -> None:
    assert found(filled, **wanted) == numbers
    assert sum(filled.cases.count(Wanted(**wanted)).values()) == len(numbers)


def test_counts_are_by_state(filled: Store) -> None:
    assert filled.cases.count(Wanted()) == {"new": 1, "seen": 1, "looking": 1, "closed": 1}


def test_what_comes_up_again_is_new_again(filled: Store) -> None:
    filled.sound_again([2])
    assert filled.incident(2).seen is False
    filled.save_incident(incident(id=3, mac=OTHER, level="urgent"))
    assert not filled.incident(3).seen and not filled.incident(3).acknowledged


def test_pages_follow_each_other(filled: Store) -> None:
    assert [one.id for one in filled.cases.find(Wanted(), limit=2, offset=1)] == [3, 2]


def test_what_was_passed_to_somebody_is_theirs_until_it_is_passed_on(filled: Store) -> None:
    filled.cases.pass_on(1, "rees", "", by="head", now=1.0)
    filled.cases.pass_on(2, "rees", "", by="head", now=1.0)
    filled.cases.pass_on(2, "jones", "", by="rees", now=2.0)
    assert found(filled, passed_to="rees", states=OPEN) == [1]
    assert found(filled, passed_to="jones", states=OPEN) == [2]
    filled.decide(1, "behaviour", by="rees", now=3.0)
    assert found(filled, passed_to="rees", states=OPEN) == []


def test_own_devices_stay_hidden_whatever_is_asked_for(filled: Store) -> None:
    filled.ownership.add("head", MAC, by="head", now=1.0)
    for wanted in ({}, {"device": "iPad"}, {"site": "example"}, {"states": OPEN}, {"passed_to": "head"}):
        assert set(found(filled, hidden_from="head", **wanted)) <= {3}
    assert filled.cases.count(Wanted(hidden_from="head")) == {"new": 0, "seen": 0, "looking": 1, "closed": 0}
